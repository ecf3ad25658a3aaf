package evidence

import (
	"fmt"

	"github.com/ikescope/ikescope/proposals"
)

// Doubt is a reason why a result is not to be relied on. A result with a doubt is
// neither complete nor is its matrix proven.
type Doubt struct {
	Kind DoubtKind
	// Exchanges are the numbers of those that show it, ascending.
	Exchanges []int
	// Suite is one that it is about; nil if there is none.
	Suite *proposals.Suite
}

// DoubtKind is what a [Doubt] is about.
type DoubtKind uint8

const (
	_ DoubtKind = iota
	// DoubtContradiction: answers of the scan say that Suite is accepted and
	// that it is refused.
	DoubtContradiction
	// DoubtSeveral: several gateways answer at the address, and not alike.
	DoubtSeveral
	// DoubtUnredeemed: the gateway asks for key exchange methods by
	// INVALID_KE_PAYLOAD, and never accepts an offer with the one that it asked
	// for.
	DoubtUnredeemed
	// DoubtUnread: it accepts offers that nobody can mean, such as numbers that
	// are not assigned: so it does not read what it accepts.
	DoubtUnread
	// DoubtUnexamined: control questions were not answered, so that it is not
	// known whether the gateway reads all of an offer.
	DoubtUnexamined
	// DoubtRedirected: it sends initiators elsewhere, and accepted nothing of
	// one that does not follow. What it would accept is not known.
	DoubtRedirected
	// DoubtMalformed: its answers are IKEv2 messages with our SPI that break RFC
	// 7296.
	DoubtMalformed
	// DoubtForged: answers that contradict each other came to one request, again
	// and again: somebody forges them, or the gateway is not one.
	DoubtForged
	// DoubtUnnamed: suites with additional key exchanges are accepted, and no
	// accepted answer named one.
	DoubtUnnamed
	// DoubtDeaf: it does not answer requests with a KE payload of a method that it
	// asks for.
	DoubtDeaf
	// DoubtWhole: it accepts the first packet of a client as it is, and nothing
	// else that it was asked.
	DoubtWhole
	// DoubtMember: several gateways answer at the address, which can be told apart,
	// and the answers of one of them do not decide all suites, or refuse all.
	DoubtMember

	doubtKinds // how many there are
)

var doubtNames = [doubtKinds]string{
	DoubtContradiction: "contradiction",
	DoubtSeveral:       "several_gateways",
	DoubtUnredeemed:    "unredeemed",
	DoubtUnread:        "unread",
	DoubtUnexamined:    "unexamined",
	DoubtRedirected:    "redirected",
	DoubtMalformed:     "malformed",
	DoubtForged:        "forged",
	DoubtUnnamed:       "unnamed",
	DoubtDeaf:          "deaf",
	DoubtWhole:         "whole_packets",
	DoubtMember:        "member_undecided",
}

// String returns the kind as the JSON document writes it.
func (k DoubtKind) String() string {
	if k > 0 && k < doubtKinds {
		return doubtNames[k]
	}
	return fmt.Sprintf("DoubtKind(%d)", uint8(k))
}

// DoubtKinds returns every kind, ascending.
func DoubtKinds() []DoubtKind {
	var all []DoubtKind
	for k := DoubtKind(1); k < doubtKinds; k++ {
		all = append(all, k)
	}
	return all
}
