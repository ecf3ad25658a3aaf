package evidence

import (
	"fmt"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// Note is something that a reader of a result has to know beside what the result
// holds. Its kind says which of the other fields it has.
type Note struct {
	Kind NoteKind
	// Exchanges are the numbers of those that it is about.
	Exchanges  []int
	Transport  initiator.Transport
	Outcome    initiator.Outcome
	Notify     ike.NotifyType
	KE, Other  ike.KeyExchangeMethod
	Algorithms []proposals.Algorithm
	Proposals  []int // their numbers
	// Count is how many, Of of how many.
	Count, Of int
	// Rate is in datagrams a second.
	Rate float64
	// Again: the matrix was asked again from the start for it; else the scan
	// ended with it.
	Again bool
	// Detail says more in printable words, which are for people alone.
	Detail string
}

// NoteKind is what a [Note] says.
type NoteKind uint8

const (
	_ NoteKind = iota

	// Of a result, what the scan did and why:

	// NoteConflict: Exchanges was answered in two ways.
	NoteConflict
	// NoteRedirected: the gateway sends those elsewhere who would follow.
	NoteRedirected
	// NoteCookieLoop: it asks for a cookie again where one is sent.
	NoteCookieLoop
	// NoteDecoy: KE was offered beside all other methods as a decoy.
	NoteDecoy
	// NoteOpening: the matrix was found by accepted answers.
	NoteOpening
	// NoteLimit: requests of Count octets are answered, of Of or more not.
	NoteLimit
	// NoteIntolerances: with Algorithms in a request the gateway does not answer
	// as ever.
	NoteIntolerances
	// NoteAway: the gateway stopped answering for a while.
	NoteAway
	// NoteGone: it stopped answering and did not come back.
	NoteGone
	// NoteRefusesByError: it refuses offers with Notify.
	NoteRefusesByError
	// NoteDropsRefused: it refuses offers by silence: Count of them, sent Of
	// times.
	NoteDropsRefused
	// NoteOnlyError: it answers every offer with Notify, as Detail has it.
	NoteOnlyError
	// NoteGaveUp: the scan gave up after Count offers.
	NoteGaveUp
	// NoteDisorder: the scan gave up as Count of Of answers were malformed, or
	// denied by others.
	NoteDisorder
	// NoteBudget: the budget of Of exchanges ran out, of which Count were kept
	// for what comes after the matrix.
	NoteBudget
	// NoteDeadline: the time of the scan was over, as Detail has it.
	NoteDeadline
	// NotePriorRefused: the gateway does not take what it took in the scan that
	// this one went on from.
	NotePriorRefused

	// Why the answers cannot all be true; Again says what came of it:

	// NoteControlRefused: it refused the control offer, which it had taken.
	NoteControlRefused
	// NoteDecoyTaken: it accepted the method of the decoy.
	NoteDecoyTaken
	// NoteContradictions: suites were both taken and refused.
	NoteContradictions
	// NoteForged: answers came late that contradict earlier ones.
	NoteForged
	// NoteBlindRefusal: it refuses offers whose KE payload it cannot use, whatever
	// they hold.
	NoteBlindRefusal
	// NoteBlindUnread: the same, and it does not answer where the KE payload is
	// of some methods that are offered, or that would take too many short requests.
	NoteBlindUnread
	// NoteChanged: it answered an offer otherwise than before.
	NoteChanged
	// NoteTakenAlone: it takes a suite alone that it refuses among others.
	NoteTakenAlone

	// Of what came after the matrix, and of what is left:

	// NoteNothingClosable: no accepted suite can be computed and closed.
	NoteNothingClosable
	// NoteDetailFailed: over Transport the offer of what was found acceptable,
	// in Exchanges, ended with Outcome.
	NoteDetailFailed
	// NoteUnclosable: Exchanges left a half-open IKE SA, for which Detail says
	// why there are no keys.
	NoteUnclosable
	// NoteNotClosed: the same, as the IKE_AUTH ended with Outcome.
	NoteNotClosed
	// NoteClosedUnseen: the IKE_AUTHs to close those of Exchanges were not
	// answered, while others were.
	NoteClosedUnseen
	// NoteAcceptedLate: Exchanges were accepted after their end or more than once,
	// or may have been, and their accepted answer did not come.
	NoteAcceptedLate
	// NoteHalfOpenLeft: Count IKE SAs could not be closed, so that no more were
	// opened.
	NoteHalfOpenLeft
	// NoteStrays: Count datagrams came from other addresses.
	NoteStrays
	// NoteSlowed: the scan slowed down to Rate; Count of Of datagrams were sent
	// again.
	NoteSlowed
	// NoteCookies: a cookie was asked for in Count of Of exchanges.
	NoteCookies

	// Of a [ClientAnswer]:

	// ClientUntold: the Proposals of these numbers hold more than suites.
	ClientUntold
	// ClientInvalid: the packet cannot be sent, as Detail says.
	ClientInvalid
	// ClientHalfOpenLeft: not tried, as Count half-open IKE SAs are left.
	ClientHalfOpenLeft
	// ClientUncomputable: not tried, as KE cannot be computed.
	ClientUncomputable
	// ClientStandIn: KE cannot be computed, and the gateway asked for it after a
	// KE payload of Other.
	ClientStandIn
	// ClientWouldRetry: the gateway wants KE, which cannot be computed.
	ClientWouldRetry
	// ClientRetried: the gateway asked for KE, and the client tried again.
	ClientRetried
	// ClientLong: the packet has Count octets.
	ClientLong
	// ClientAskedAgain: the gateway asked for KE again.
	ClientAskedAgain
	// ClientNotOffered: it asks for KE, which the client does not offer.
	ClientNotOffered
	// ClientSilent: the packet was sent Count times without an answer.
	ClientSilent
	// ClientDropped: that is how the gateway refuses.
	ClientDropped
	// ClientCutShort: the scan was over, or the gateway stopped answering.
	ClientCutShort
	// ClientOtherAnswer: the answer was Outcome, as Detail has it.
	ClientOtherAnswer
	// ClientRedirected: the gateway redirects initiators, and accepted nothing of
	// this scan, which does not follow: its no may be for that.
	ClientRedirected

	noteKinds // how many there are
)

var noteNames = [noteKinds]string{
	NoteConflict:       "conflict",
	NoteRedirected:     "redirected",
	NoteCookieLoop:     "cookie_loop",
	NoteDecoy:          "decoy",
	NoteOpening:        "opening",
	NoteLimit:          "limit",
	NoteIntolerances:   "intolerances",
	NoteAway:           "away",
	NoteGone:           "gone",
	NoteRefusesByError: "refuses_by_error",
	NoteDropsRefused:   "drops_refused",
	NoteOnlyError:      "only_error",
	NoteGaveUp:         "gave_up",
	NoteDisorder:       "disorder",
	NoteBudget:         "budget",
	NoteDeadline:       "deadline",
	NotePriorRefused:   "prior_refused",

	NoteControlRefused: "control_refused",
	NoteDecoyTaken:     "decoy_taken",
	NoteContradictions: "contradictions",
	NoteForged:         "forged",
	NoteBlindRefusal:   "blind_refusal",
	NoteBlindUnread:    "blind_unread",
	NoteChanged:        "changed",
	NoteTakenAlone:     "taken_alone",

	NoteNothingClosable: "nothing_closable",
	NoteDetailFailed:    "detail_failed",
	NoteUnclosable:      "unclosable",
	NoteNotClosed:       "not_closed",
	NoteClosedUnseen:    "closed_unseen",
	NoteAcceptedLate:    "accepted_late",
	NoteHalfOpenLeft:    "half_open_left",
	NoteStrays:          "strays",
	NoteSlowed:          "slowed",
	NoteCookies:         "cookies",

	ClientUntold:       "client_untold",
	ClientInvalid:      "client_invalid",
	ClientHalfOpenLeft: "client_half_open_left",
	ClientUncomputable: "client_uncomputable",
	ClientStandIn:      "client_stand_in",
	ClientWouldRetry:   "client_would_retry",
	ClientRetried:      "client_retried",
	ClientLong:         "client_long",
	ClientAskedAgain:   "client_asked_again",
	ClientNotOffered:   "client_not_offered",
	ClientSilent:       "client_silent",
	ClientDropped:      "client_dropped",
	ClientCutShort:     "client_cut_short",
	ClientOtherAnswer:  "client_other_answer",
	ClientRedirected:   "client_redirected",
}

// String returns a name of the kind, for logs.
func (k NoteKind) String() string {
	if k > 0 && k < noteKinds {
		return noteNames[k]
	}
	return fmt.Sprintf("NoteKind(%d)", uint8(k))
}

// NoteKinds returns every kind, ascending.
func NoteKinds() []NoteKind {
	all := make([]NoteKind, 0, noteKinds-1)
	for k := NoteKind(1); k < noteKinds; k++ {
		all = append(all, k)
	}
	return all
}
