package dialog

import (
	"net/netip"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
)

// anewTime is how long after an answer a client begins another IKE SA of the same
// attempt: clients do at once, or after one of the pauses that grow from try to
// try, of which this is the fourth. Later it is another attempt, as of a user or
// of a timer.
const anewTime = 16 * time.Second

// Finish puts together what only all of a capture shows: the order of time, in
// which a file need not be, which packets of Child SAs are whose, and which IKE
// SA follows another one. It is to be called when all is added, and may be
// called again when more was.
func (t *Tracker) Finish() {
	if t.until.Equal(time.Unix(0, 0)) {
		t.forgetTimes()
	}
	for _, sa := range t.SAs {
		sa.Until = t.until
		for _, x := range sa.Exchanges {
			x.heed()
		}
		sa.order()
	}
	slices.SortStableFunc(t.SAs, func(a, b *SA) int {
		if a.First.IsZero() || b.First.IsZero() {
			return 0
		}
		return a.First.Compare(b.First)
	})
	t.share()
	t.follow()
}

// forgetTimes makes all times unknown: each is that of the epoch, as of files
// that were made without a clock. What looked like copies was sent again.
func (t *Tracker) forgetTimes() {
	none := time.Time{}
	t.until = none
	for _, sa := range t.SAs {
		sa.First, sa.Last, sa.sealed.time = none, none, none
		for i := range sa.Paths {
			sa.Paths[i].first.time = none
		}
		for i := range sa.Errors {
			sa.Errors[i].Time = none
		}
		for _, x := range sa.Exchanges {
			for _, m := range x.messages() {
				m.First, m.Last, m.Copies = none, none, 0
				for i := range m.seen {
					s := &m.seen[i]
					s.times += s.copies
					s.copies, s.last, s.sent = 0, none, nil
					m.Sent = max(m.Sent, s.times)
				}
			}
		}
	}
	for _, f := range t.flows {
		for i := range f.bursts {
			f.bursts[i].first.time, f.bursts[i].last.time = none, none
		}
		for i := range f.errors {
			f.errors[i].Time = none
		}
	}
}

// heedTime is how long after a response the initiator cannot but have it, if it
// arrives at all: longer than the way there takes, and shorter than any
// retransmission timer.
const heedTime = 500 * time.Millisecond

// heed counts how often the request was sent again though it was answered.
func (x *Exchange) heed() {
	if x.Request == nil || len(x.Responses) == 0 {
		return
	}
	answered := x.Responses[0].First
	for _, m := range x.Responses {
		if m.First.Before(answered) {
			answered = m.First
		}
	}
	for _, s := range x.Request.seen {
		late := 0
		for _, at := range s.sent {
			if at.Sub(answered) > heedTime {
				late++
			}
		}
		x.Request.Unheeded = max(x.Request.Unheeded, late)
	}
}

// order puts exchanges and paths in order of time. Without times they are in
// that of the file.
func (sa *SA) order() {
	hasTimes := !slices.ContainsFunc(sa.Exchanges, func(x *Exchange) bool { return x.First().First.IsZero() })
	if hasTimes {
		slices.SortStableFunc(sa.Exchanges, func(x, y *Exchange) int { return x.First().First.Compare(y.First().First) })
	}
	slices.SortStableFunc(sa.Paths, func(p, q Path) int {
		if p.first.time.IsZero() || q.first.time.IsZero() {
			return 0
		}
		return p.first.time.Compare(q.first.time)
	})
	if slices.ContainsFunc(sa.Exchanges, (*Exchange).IsAuth) {
		sa.Of = nil // an IKE SA that came of rekeying is authenticated
	}
}

// follow finds the SA that the initiator of each began next.
func (t *Tracker) follow() {
	type ends struct{ initiator, responder netip.AddrPort }
	next := map[ends]*SA{}                // of what comes later
	elsewhere := map[netip.AddrPort]*SA{} // with anyone
	for _, sa := range slices.Backward(t.SAs) {
		sa.Next = nil
		if !sa.Began() || len(sa.Paths) == 0 {
			continue
		}
		from, to := beginsFrom(sa.Paths[0]), netip.AddrPortFrom(sa.Paths[0].Responder.Addr(), 0)
		between := ends{from, to}
		follower := next[between]
		if gateway, ok := sa.redirected(); ok {
			follower = elsewhere[from]
			if gateway.IsValid() {
				follower = next[ends{from, netip.AddrPortFrom(gateway, 0)}]
			}
		}
		if follower != nil && follower.First.Sub(sa.answered()) <= anewTime {
			sa.Next = follower
		}
		next[between], elsewhere[from] = sa, sa
	}
}

// beginsFrom returns from where the initiator begins an IKE SA. It may change from
// port 500 to 4500 for one that it starts over, and has another port with each
// TCP connection.
func beginsFrom(p Path) netip.AddrPort {
	if p.TCP || isIKEPort(p.Initiator.Port()) {
		return netip.AddrPortFrom(p.Initiator.Addr(), 0)
	}
	return p.Initiator
}

// answered returns when the last answer to the first exchange was captured, or
// its last request, if there is none.
func (sa *SA) answered() time.Time {
	at := sa.First
	for _, x := range sa.Exchanges {
		if !x.IsInit() && sa.Version == 2 {
			continue
		}
		for _, m := range x.messages() {
			at = later(m.Last, at)
		}
	}
	return at
}

// redirected returns where the responder sends the initiator, which is not valid
// if it is a name.
func (sa *SA) redirected() (netip.Addr, bool) {
	for _, x := range slices.Backward(sa.Exchanges) {
		m := x.Response()
		if !x.IsInit() || m == nil || m.Content == nil {
			continue
		}
		n, ok := m.Content.Notify(ike.REDIRECT)
		if !ok {
			return netip.Addr{}, false
		}
		gateway, ok := n.Redirect()
		return gateway.Addr, ok
	}
	return netip.Addr{}, false
}
