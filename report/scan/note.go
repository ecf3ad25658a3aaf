package scan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/proposals"
)

// sentences returns what notes say, one sentence or more for each.
func sentences(notes []probe.Note) []string {
	out := []string{}
	for _, n := range notes {
		out = append(out, sentence(n))
	}
	return out
}

// sentence says what a note of a result or a client says.
func sentence(n probe.Note) string {
	if reason := doubt(n.Kind); reason != "" {
		if n.Again {
			return reason + " The matrix was asked again from the start."
		}
		return reason + " The scan ended with that."
	}
	exchange := 0
	if len(n.Exchanges) > 0 {
		exchange = n.Exchanges[0]
	}
	switch n.Kind {
	case probe.NoteConflict:
		return fmt.Sprintf("Two answers to exchange %d contradict each other, so one is forged, perhaps: from then on each answer was waited for longer, "+
			"and what says yes counts.", exchange)
	case probe.NoteRedirected:
		return "The gateway sends initiators elsewhere that follow a REDIRECT; the scan did not follow it."
	case probe.NoteCookieLoop:
		return "The gateway asks for a cookie again and again, also where one is sent; its policy cannot be seen."
	case probe.NoteDecoy:
		return fmt.Sprintf("The gateway does not name the key exchange method that it wants where the KE payload is of one that was not offered; "+
			"so %v, which it does not take, was offered beside all others.", n.KE)
	case probe.NoteOpening:
		return "The gateway does not name the key exchange method that it wants, so the matrix was found by accepted answers, one method at a time, " +
			"each of which opens an IKE SA that has to be closed. Methods that this scanner cannot compute were not offered."
	case probe.NoteLimit:
		return fmt.Sprintf("The gateway answers requests of %d octets, but not of %d or more: it drops what is long, or the path does. "+
			"The scan asked in shorter requests.", n.Count, n.Of)
	case probe.NoteIntolerances:
		return "The gateway does not answer as ever where these are offered, which were left out; what it thinks of such suites is not known: " +
			names(n.Algorithms) + "."
	case probe.NoteAway:
		return "The gateway stopped answering for a while, and the scan waited for it."
	case probe.NoteGone:
		return "The gateway stopped answering, and did not come back while the scan waited."
	case probe.NoteRefusesByError:
		return fmt.Sprintf("The gateway refuses offers with %v in place of NO_PROPOSAL_CHOSEN.", n.Notify)
	case probe.NoteDropsRefused:
		return fmt.Sprintf("The gateway drops offers that it does not take. %d of them were sent %d times in all without an answer, "+
			"while control offers in between were answered, and count as refused.", n.Count, n.Of)
	case probe.NoteOnlyError:
		return fmt.Sprintf("The gateway answers every offer with %s; which suites it takes cannot be told.", n.Detail)
	case probe.NoteGaveUp:
		return fmt.Sprintf("The scan gave up after %d offers, more than a policy takes to be found out: the answers seem to follow none, "+
			"or too many suites are accepted to observe each. What is left is not tested.", n.Count)
	case probe.NoteBudget:
		s := fmt.Sprintf("The budget of %d exchanges ran out; what it did not reach is not tested.", n.Of)
		if n.Count > 0 {
			s += fmt.Sprintf(" Up to %d of it were kept for NAT detection and what the gateway prefers.", n.Count)
		}
		return s
	case probe.NotePriorRefused:
		return "The gateway does not take what it took in the scan that this one went on from, so all was asked again: its policy changed."
	case probe.NoteNothingClosable:
		return "Every accepted suite needs algorithms that this scanner cannot compute, or a KE payload that leaves no place in a datagram; " +
			"so NAT detection and extensions are not known."
	case probe.NoteDetailFailed:
		return fmt.Sprintf("The offer of what was found acceptable ended with %v over %v (exchange %d).", n.Outcome, n.Transport, exchange)
	case probe.NoteUnclosable:
		return fmt.Sprintf("Exchange %d left a half-open IKE SA at the gateway, which times out by itself: %s.", exchange, n.Detail)
	case probe.NoteNotClosed:
		return fmt.Sprintf("Exchange %d left a half-open IKE SA at the gateway, which times out by itself: the IKE_AUTH to close it ended with %v.",
			exchange, n.Outcome)
	case probe.NoteClosedUnseen:
		return fmt.Sprintf("The IKE_AUTH to close the IKE SA of exchange %s was not answered, while others were. "+
			"The answer, which is sent only once, was lost; the IKE SA counts as closed.", numbers(n.Exchanges))
	case probe.NoteAcceptedLate:
		return fmt.Sprintf("Exchange %d was accepted after its end, which left a half-open IKE SA at the gateway that times out by itself.", exchange)
	case probe.NoteHalfOpenLeft:
		return fmt.Sprintf("%d half-open IKE SAs could not be closed, so no more was asked that may open another.", n.Count)
	case probe.NoteStrays:
		return fmt.Sprintf("%d datagrams came from other addresses than the gateway's and were ignored.", n.Count)
	case probe.NoteSlowed:
		return fmt.Sprintf("Requests were lost on the way or dropped by the gateway, so the scan slowed down, to %.3g datagrams a second at the lowest; "+
			"%d of %d datagrams were sent again.", n.Rate, n.Count, n.Of)
	case probe.NoteCookies:
		return fmt.Sprintf("The gateway asked for a cookie in %d of %d exchanges.", n.Count, n.Of)
	}
	return clientSentence(n)
}

// doubt says why answers cannot all be true; "" for other notes.
func doubt(k probe.NoteKind) string {
	switch k {
	case probe.NoteControlRefused:
		return "The gateway refused what it had taken before: its policy changed."
	case probe.NoteDecoyTaken:
		return "The gateway accepted a key exchange method that it seemed to refuse."
	case probe.NoteContradictions:
		return "Suites were both taken and refused: the policy of the gateway changed meanwhile, or there are several gateways at this address."
	case probe.NoteForged:
		return "Answers came late that contradict earlier ones: these were forged, perhaps."
	case probe.NoteBlindRefusal:
		return "The gateway refuses offers whose KE payload it cannot use, without looking at the proposals."
	case probe.NoteBlindUnread:
		return "The gateway refuses all offers whose KE payload it cannot use, and does not answer some whose KE payload is of a method that is offered: " +
			"what it thinks of those is not known."
	case probe.NoteChanged:
		return "The gateway answered an offer otherwise than before: its policy changed."
	}
	return ""
}

// clientSentence says what a note of a client's first packet says.
func clientSentence(n probe.Note) string {
	switch n.Kind {
	case probe.ClientUntold:
		return fmt.Sprintf("Proposals that hold more than can be told as suites, and were sent as they are: %s.", numbers(n.Proposals))
	case probe.ClientInvalid:
		return fmt.Sprintf("Not tried: %s.", n.Detail)
	case probe.ClientHalfOpenLeft:
		return fmt.Sprintf("Not tried: %d half-open IKE SAs are left at the gateway.", n.Count)
	case probe.ClientUncomputable:
		return fmt.Sprintf("Not tried: this scanner cannot compute %v, of which the client's KE payload is.", n.KE)
	case probe.ClientStandIn:
		return fmt.Sprintf("This scanner cannot compute %v, of which the client's KE payload is. To one of %v the gateway answered that it wants %[1]v: "+
			"the offer is acceptable.", n.KE, n.Other)
	case probe.ClientWouldRetry:
		return fmt.Sprintf("The gateway wants %v, with which the client tries again and this scanner cannot: the offer is acceptable.", n.KE)
	case probe.ClientRetried:
		return fmt.Sprintf("The gateway asked for %v, and the client tried again with that.", n.KE)
	case probe.ClientLong:
		return fmt.Sprintf("The client's packet has %d octets, more than every path carries whole.", n.Count)
	case probe.ClientAskedAgain:
		return fmt.Sprintf("The gateway asked for %v again.", n.KE)
	case probe.ClientNotOffered:
		return fmt.Sprintf("The gateway asks for %v, which the client does not offer.", n.KE)
	case probe.ClientSilent:
		return fmt.Sprintf("The packet was sent %d times without an answer, while control offers in between were answered.", n.Count)
	case probe.ClientDropped:
		return "The gateway drops offers that it does not take."
	case probe.ClientCutShort:
		return "There was no more to be learnt: the scan was over, or the gateway stopped answering."
	case probe.ClientOtherAnswer:
		if n.Detail != "" {
			return fmt.Sprintf("The gateway's answer was %s.", n.Detail)
		}
		return fmt.Sprintf("The gateway's answer was %v.", n.Outcome)
	}
	return n.Kind.String()
}

// names returns the names of algorithms, each once, and not too many of them.
func names(algorithms []proposals.Algorithm) string {
	const most = 6
	var out []string
	for _, a := range algorithms {
		out = append(out, a.Name())
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if more := len(out) - most; more > 0 {
		out = append(out[:most], fmt.Sprintf("%d more", more))
	}
	return strings.Join(out, ", ")
}

func numbers(list []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ", "), "[]")
}
