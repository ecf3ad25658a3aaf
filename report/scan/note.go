package scan

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/english"
)

// sentences returns what notes say, one sentence or more for each.
func sentences(notes []evidence.Note) []string {
	out := []string{}
	for _, n := range notes {
		out = append(out, sentence(n))
	}
	return out
}

// sentence says what a note of a result or a client says.
func sentence(n evidence.Note) string {
	if reason := doubt(n.Kind); reason != "" {
		if n.Again {
			return reason + " The matrix was asked again from the start."
		}
		return reason + " The scan ended there."
	}
	exchange := 0
	if len(n.Exchanges) > 0 {
		exchange = n.Exchanges[0]
	}
	switch n.Kind {
	case evidence.NoteConflict:
		return fmt.Sprintf("Exchange %d got two answers that contradict each other, so one of them may be forged. "+
			"From then on the scan waited longer for each answer, and a positive one counts.", exchange)
	case evidence.NoteRedirected:
		return "The gateway redirects initiators that support REDIRECT; the scan did not follow."
	case evidence.NoteCookieLoop:
		return "The gateway keeps asking for a cookie even when one is sent, so its policy cannot be seen."
	case evidence.NoteDecoy:
		return fmt.Sprintf("The gateway does not name the key exchange method that it wants when the KE payload uses one that was not offered. "+
			"Every offer therefore also contained %v, which it does not accept.", n.KE)
	case evidence.NoteOpening:
		return "The gateway does not name the key exchange method that it wants. The matrix was therefore found from accepted answers, " +
			"one method at a time, each of which opens an IKE SA that has to be closed. Methods that this scanner cannot compute were not offered."
	case evidence.NoteLimit:
		return fmt.Sprintf("The gateway answers requests of %d octets, but not of %d or more: the gateway or the path drops long requests. "+
			"The scan used shorter ones.", n.Count, n.Of)
	case evidence.NoteIntolerances:
		does := map[initiator.Outcome]string{
			initiator.NotTried: "stops answering", initiator.OtherError: "answers with an error",
			initiator.NoProposalChosen: "refuses everything",
		}[n.Outcome]
		does = cmp.Or(does, "sends answers that say nothing")
		return "The gateway " + does + " when these are offered; they were left out, and whether it accepts suites with them is not known: " +
			names(n.Algorithms) + "."
	case evidence.NoteAway:
		return "The gateway stopped answering for a while; the scan waited for it."
	case evidence.NoteGone:
		return "The gateway stopped answering and did not come back while the scan waited."
	case evidence.NoteRefusesByError:
		return fmt.Sprintf("The gateway refuses offers with %v instead of NO_PROPOSAL_CHOSEN.", n.Notify)
	case evidence.NoteDropsRefused:
		return fmt.Sprintf("The gateway drops offers that it does not accept. %d offers, sent %d times in all, got no answer while control offers "+
			"between them did; they count as refused.", n.Count, n.Of)
	case evidence.NoteOnlyError:
		return fmt.Sprintf("The gateway answers every offer with %s, so which suites it accepts cannot be determined.", n.Detail)
	case evidence.NoteGaveUp:
		return fmt.Sprintf("The scan gave up after %d offers, more than any policy should take: the answers seem to follow none, "+
			"or too many suites are accepted to observe each one. What is left is not tested.", n.Count)
	case evidence.NoteDisorder:
		return fmt.Sprintf("The scan gave up: %d of %d answers were malformed or contradicted others. What is left is not tested.", n.Count, n.Of)
	case evidence.NoteBudget:
		s := fmt.Sprintf("The budget of %d exchanges ran out; what it did not cover is not tested.", n.Of)
		if n.Count > 0 {
			s += fmt.Sprintf(" Up to %d of them were reserved for NAT detection and the gateway's preferences.", n.Count)
		}
		return s
	case evidence.NoteDeadline:
		return fmt.Sprintf("The scan took %s, as long as it may; what it did not reach by then is not tested.", n.Detail)
	case evidence.NotePriorRefused:
		return "The gateway no longer accepts what it accepted in the earlier scan, so everything was asked again: its policy changed."
	case evidence.NoteNothingClosable:
		return "Every accepted suite needs algorithms that this scanner cannot compute, or a KE payload that leaves no room in a datagram, " +
			"so NAT detection and extensions are not known."
	case evidence.NoteDetailFailed:
		return fmt.Sprintf("An offer of suites that were found acceptable ended with %s over %v (exchange %d).", english.Plain(n.Outcome.String()), n.Transport, exchange)
	case evidence.NoteUnclosable:
		return fmt.Sprintf("Exchange %d left a half-open IKE SA at the gateway, which will time out: %s.", exchange, n.Detail)
	case evidence.NoteNotClosed:
		return fmt.Sprintf("Exchange %d left a half-open IKE SA at the gateway, which will time out: the IKE_AUTH to close it ended with %s.",
			exchange, english.Plain(n.Outcome.String()))
	case evidence.NoteClosedUnseen:
		return fmt.Sprintf("The requests to close the IKE SAs of these exchanges got no answer, while others did: %s. "+
			"A gateway answers them only once, so the answers were lost; the IKE SAs count as closed.", numbers(n.Exchanges))
	case evidence.NoteAcceptedLate:
		return fmt.Sprintf("These exchanges may have left half-open IKE SAs at the gateway, which will time out: %s. "+
			"They were accepted late or more than once, or their accepted answers did not arrive.", numbers(n.Exchanges))
	case evidence.NoteHalfOpenLeft:
		return fmt.Sprintf("%d half-open IKE SAs could not be closed, so nothing more was asked that may open another.", n.Count)
	case evidence.NoteStrays:
		return english.Counted(int64(n.Count), "datagram", "datagrams") + " from other addresses than the gateway's: ignored."
	case evidence.NoteSlowed:
		return fmt.Sprintf("Requests were lost on the way or dropped by the gateway, so the scan slowed down, to %s a second at the lowest; "+
			"%d of %d datagrams were retransmissions.", english.Counted(max(1, int64(math.Round(n.Rate))), "datagram", "datagrams"), n.Count, n.Of)
	case evidence.NoteCookies:
		return fmt.Sprintf("The gateway asked for a cookie in %d of %d exchanges.", n.Count, n.Of)
	}
	return clientSentence(n)
}

// doubt says why answers cannot all be true; "" for other notes.
func doubt(k evidence.NoteKind) string {
	switch k {
	case evidence.NoteControlRefused:
		return "The gateway refused an offer that it had accepted before: its policy changed."
	case evidence.NoteDecoyTaken:
		return "The gateway accepted a key exchange method that it had seemed to refuse."
	case evidence.NoteContradictions:
		return "Some suites were both accepted and refused: the gateway's policy changed during the scan, or several gateways share this address."
	case evidence.NoteForged:
		return "Late answers contradict earlier ones, which may have been forged."
	case evidence.NoteBlindRefusal:
		return "The gateway refuses offers with a KE payload that it cannot use, without looking at the proposals."
	case evidence.NoteBlindUnread:
		return "The gateway refuses every offer with a KE payload that it cannot use. Some whose KE payload uses an offered method it does not answer, " +
			"or they would take too many short requests: whether it accepts those is not known."
	case evidence.NoteChanged:
		return "The gateway answered an offer differently than before: its policy changed."
	case evidence.NoteTakenAlone:
		return "The gateway accepts a suite on its own that it refuses among others."
	}
	return ""
}

// clientSentence says what a note of a client's first packet says.
func clientSentence(n evidence.Note) string {
	switch n.Kind {
	case evidence.ClientUntold:
		return fmt.Sprintf("Proposals that contain more than suites can express were sent unchanged: %s.", numbers(n.Proposals))
	case evidence.ClientInvalid:
		return fmt.Sprintf("Not tried: %s.", n.Detail)
	case evidence.ClientHalfOpenLeft:
		return fmt.Sprintf("Not tried: %d half-open IKE SAs are left at the gateway.", n.Count)
	case evidence.ClientUncomputable:
		return fmt.Sprintf("Not tried: this scanner cannot compute %v, the method of the client's KE payload.", n.KE)
	case evidence.ClientStandIn:
		return fmt.Sprintf("This scanner cannot compute %v, the method of the client's KE payload. Given one of %v instead, the gateway asked for %[1]v: "+
			"the offer is acceptable.", n.KE, n.Other)
	case evidence.ClientWouldRetry:
		return fmt.Sprintf("The gateway asks for %v, with which the client would retry and this scanner cannot: the offer is acceptable.", n.KE)
	case evidence.ClientRetried:
		return fmt.Sprintf("The gateway asked for %v, and the client retried with it.", n.KE)
	case evidence.ClientLong:
		return fmt.Sprintf("The client's packet has %d octets, more than every path carries unfragmented.", n.Count)
	case evidence.ClientAskedAgain:
		return fmt.Sprintf("The gateway asked for %v again.", n.KE)
	case evidence.ClientNotOffered:
		return fmt.Sprintf("The gateway asks for %v, which the client does not offer.", n.KE)
	case evidence.ClientSilent:
		return fmt.Sprintf("The packet was sent %d times without an answer, while control offers in between were answered.", n.Count)
	case evidence.ClientDropped:
		return "The gateway drops offers that it does not accept."
	case evidence.ClientCutShort:
		return "Nothing more could be learned: the scan was over, or the gateway stopped answering."
	case evidence.ClientOtherAnswer:
		if n.Detail != "" {
			return fmt.Sprintf("The gateway's answer: %s.", n.Detail)
		}
		return fmt.Sprintf("The gateway's answer: %s.", english.Plain(n.Outcome.String()))
	case evidence.ClientRedirected:
		return "The gateway redirects initiators, and may refuse those that do not follow, whatever they offer."
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
