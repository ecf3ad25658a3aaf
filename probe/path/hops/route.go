package hops

import (
	"net/netip"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike/icmp"
	"github.com/ikescope/ikescope/probe/initiator"
)

// Route is the way of requests to one port of a gateway.
type Route struct {
	Transport initiator.Transport
	Port      uint16
	// Control: the port is not IKE's, but one to compare with.
	Control bool
	// Hops are the routers, from the first, and at the end the gateway if Reached. If
	// not, the last that answered ends them, and Silent is how many further ones were
	// asked for.
	Hops    []Hop
	Reached bool
	Silent  int
	// Complete: the search went on until the gateway or a router ended it, or silence
	// did. Where it was interrupted, what it did not find proves nothing.
	Complete bool
	// Answers: the port is known to answer requests that no hop limit stops.
	Answers bool
	// Quoted: what the errors quote was read.
	Quoted bool
	// Rewritten is the number of the first hop that quotes something else than was
	// sent, 0 if none does.
	Rewritten int
	// FilteredAfter is the number of the last hop that the requests are known to pass,
	// where those to another port get further; -1 if none does.
	FilteredAfter int
}

// Hop is where requests with one hop limit end.
type Hop struct {
	Number int // the hop limit
	// Router sent the ICMP error; invalid if none came. Of the gateway it is its
	// address.
	Router netip.Addr
	// Gateway: the gateway answered, with IKE.
	Gateway bool
	// Meaning is that of the ICMP error: icmp.TimeExceeded of a router that the
	// request would have passed, another one of who rejects it, which Detail says in
	// words.
	Meaning icmp.Meaning
	Detail  string
	RTT     time.Duration
	Quote   *Quote // nil if it was not read
	// Exchange is the number of the last one.
	Exchange int
}

// answered reports whether anything came.
func (h Hop) answered() bool { return h.Gateway || h.Router.IsValid() }

// ends reports whether no request gets further.
func (h Hop) ends() bool { return h.Gateway || h.Router.IsValid() && h.Meaning != icmp.TimeExceeded }

// Quote is the request as an ICMP error shows it.
type Quote struct {
	Source, Destination netip.AddrPort
	ID                  uint16 // of IPv4
	// Changed says what of it is not as it was sent.
	Changed Change
}

// Change is a set of what was rewritten.
type Change uint8

const (
	ChangedSource Change = 1 << iota
	ChangedDestination
	ChangedChecksum // of UDP, alone
	ChangedID       // of IPv4, alone
)

// last returns the number of the last hop of r that answered.
func (r *Route) last() int {
	for _, h := range slices.Backward(r.Hops) {
		if h.answered() {
			return h.Number
		}
	}
	return 0
}

// trim drops the hops after the last that answered, of those that had their time.
func (r *Route) trim(asked int) {
	n := r.last()
	r.Silent = max(asked-n, 0)
	r.Hops = r.Hops[:n]
	r.compareIDs()
	i := slices.IndexFunc(r.Hops, func(h Hop) bool { return h.Quote != nil && h.Quote.Changed != 0 })
	if i >= 0 {
		r.Rewritten = r.Hops[i].Number
	}
}

// compareIDs finds IP IDs that were rewritten. Ours are 0, as those of all packets that
// are not to be fragmented may be (RFC 6864, Section 4.1), if the first router saw it so.
func (r *Route) compareIDs() {
	var first *Quote
	for _, h := range r.Hops {
		switch {
		case h.Quote == nil:
		case first == nil:
			first = h.Quote
		case first.ID == 0 && first.Changed == 0 && h.Quote.ID != 0 && h.Quote.Changed == 0:
			h.Quote.Changed = ChangedID
		}
	}
}

// Compare finds out where requests to one port are filtered: those to another get
// further. How far requests do not get is known of a complete route only; how far they
// do get, of each.
func Compare(routes []*Route) {
	for _, r := range routes {
		r.FilteredAfter = -1
		if r.further(routes) > r.last() {
			r.FilteredAfter = r.last()
		}
	}
}

// further returns the number of the last hop that requests of any of routes are known to
// get to, where it says something of r: 0 if not.
func (r *Route) further(routes []*Route) int {
	if !r.Complete || r.Control || r.Reached || r.Answers || len(r.Hops) > 0 && r.Hops[len(r.Hops)-1].ends() {
		return 0
	}
	n := 0
	for _, other := range routes {
		n = max(n, other.last())
	}
	return n
}
