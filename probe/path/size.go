package path

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/icmp"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/host"
	"github.com/ikescope/ikescope/probe/path/contrast"
)

const (
	// smallMTU is that of requests as they are sent otherwise; every IPv6 path has
	// it (RFC 8200, Section 5).
	smallMTU = 1280
	// largestMTU is as much as is tried.
	largestMTU = 9000
	// stepMTU is how exactly the MTU is looked for, in octets, and mostSizes how many sizes
	// are tried at most, of which routers may name some.
	stepMTU, mostSizes = 8, 24
	// sizeAttempts is how often a large request is sent, fragmentAttempts one in IP
	// fragments, and fragmented is the UDP payload of that, in octets, which makes two
	// on Ethernet.
	sizeAttempts, fragmentAttempts = 2, 4
	fragmented                     = 2000
	// vanishAttempts is how often one is sent again of which it is said that it vanishes.
	vanishAttempts = 3
	// The wait for an answer is twice the longest round trip, within these.
	minSizeRTO, maxSizeRTO = 200 * time.Millisecond, 2 * time.Second
)

// measureSize finds out how large a packet gets through whole, and whether one does
// in fragments: by requests that a Vendor ID makes larger.
func (x *examination) measureSize(ctx context.Context) {
	w := x.answering()
	if w == nil || w.source != 0 || w.t.IsTCP() || w.asked.opens || ctx.Err() != nil {
		return
	}
	if !x.canPad() {
		return // elsewhere nothing keeps the system from fragments
	}
	cfg := x.config(netip.AddrPortFrom(w.conn.Local().Addr(), 0))
	cfg.DontFragment = true
	rtt, _ := measured(w)
	cfg.InitialRTO = min(max(2*rtt.Max, minSizeRTO), maxSizeRTO)
	x.padWait = cfg.InitialRTO // many vanish, and are confirmed to
	conn, err := initiator.Open(ctx, cfg)
	if err != nil {
		return // the rest stands without it
	}
	defer x.closeConn(conn)
	var s *Size
	var a initiator.Answer
	var both sync.WaitGroup
	both.Go(func() { s = x.findMTU(ctx, conn, w, x.enough(sizeAttempts)) })
	both.Go(func() { a = x.askLarge(ctx, w.conn, w, fragmented, x.enough(fragmentAttempts)) })
	both.Wait()
	s.note(a)
	switch {
	case arrived(a):
		s.Fragments = Yes
	case s.Discovery == BlackHole && x.target.Address.Is6():
		// No router splits fragments of IPv6, which are as large as our link allows.
	case a.Outcome == initiator.NoAnswer && s.MTU > 0:
		s.Fragments = No
	}
	if s.Discovery == BlackHole || s.Fragments == No || s.MTU == 0 {
		if !x.explainSize(ctx, w, s) {
			return // it is not their size
		}
		x.confirmSize(ctx, conn, w, s)
	}
	x.result.Size = s
}

// doubt takes back what large requests are said to meet, where smaller ones get lost too.
func (s *Size) doubt() {
	if s.Discovery == BlackHole {
		s.Discovery = DiscoveryUnknown
	}
	if s.Fragments == No {
		s.Fragments = Unknown
	}
}

// confirmSize holds what large requests are said to meet against shorter ones that are
// answered, with the same contents, meanwhile.
func (x *examination) confirmSize(ctx context.Context, conn *initiator.Conn, w *way, s *Size) {
	large := func(conn *initiator.Conn, payload int) *contrast.Kind {
		return kind(conn, func(ctx context.Context) initiator.Answer { return x.askLarge(ctx, conn, w, payload, 1) })
	}
	usual := x.padded(w, unusualPad)
	if s.MTU > 0 {
		usual = large(conn, s.MTU-x.headers())
	}
	whole, split := large(conn, s.vanishes-x.headers()), large(w.conn, fragmented)
	var others []*contrast.Kind
	if s.Discovery == BlackHole {
		others = append(others, whole)
	}
	if s.Fragments == No {
		others = append(others, split)
	}
	if len(others) == 0 {
		return
	}
	x.contrast(ctx, usual, others...)
	s.Evidence = append(s.Evidence, usual.Evidence()...)
	for _, k := range others {
		s.Evidence = append(s.Evidence, k.Evidence()...)
	}
	if s.Fragments == No {
		s.Fragments = map[contrast.Verdict]Answer{contrast.Dropped: No, contrast.Answered: Yes}[split.Verdict]
	}
	if s.Discovery == BlackHole && whole.Verdict != contrast.Dropped {
		s.Discovery = DiscoveryUnknown
		if whole.Verdict == contrast.Answered {
			s.MTU = s.vanishes
		}
		if s.MTU == mostMTU(w) {
			s.Discovery = DiscoveryUnneeded
		}
	}
}

// findMTU finds the largest packet that gets through whole, by requests that are sent so
// often. What vanishes is sent more often in the end, for it may only have been lost.
func (x *examination) findMTU(ctx context.Context, conn *initiator.Conn, w *way, attempts int) *Size {
	s := &Size{}
	low, high := 0, mostMTU(w)
	next, named := high, 0
	for range mostSizes {
		a := x.askLarge(ctx, conn, w, next-x.headers(), attempts)
		s.note(a)
		f := a.Blocked
		tooBig := f != nil && f.Meaning == icmp.TooBig
		switch {
		case arrived(a):
			low = next
		case tooBig && !f.Local && f.MTU >= minimumMTU && f.MTU < next && f.MTU > low:
			s.Discovery, s.Reporter = DiscoveryWorks, f.Reporter
			high, named = next, f.MTU
			next = named
			continue
		case s.Discovery != DiscoveryWorks && !(tooBig && f.Local): // our own link is no black hole
			s.Discovery, s.vanishes = BlackHole, next
			fallthrough
		default:
			high = next
		}
		next = max(smallMTU, (low+high)/2/stepMTU*stepMTU)
		if low == named && named > 0 || high-low <= stepMTU || low >= next || high <= smallMTU || ctx.Err() != nil {
			break
		}
	}
	s.MTU = low
	if s.Discovery == BlackHole && attempts < mostAttempts {
		a := x.askLarge(ctx, conn, w, s.vanishes-x.headers(), max(attempts, vanishAttempts))
		s.note(a)
		if arrived(a) {
			return x.findMTU(ctx, conn, w, mostAttempts)
		}
	}
	return s
}

// mostMTU is the largest that is tried.
func mostMTU(w *way) int { return min(host.MTU(w.conn.Local().Addr()), largestMTU) }

// minimumMTU is the smallest that an IPv4 link may have (RFC 791).
const minimumMTU = 68

func (s *Size) note(a initiator.Answer) {
	if a.ID != 0 && a.Outcome != initiator.NotTried {
		s.Evidence = append(s.Evidence, a.ID)
	}
}

// headers returns the octets of the IP and UDP headers.
func (x *examination) headers() int {
	if x.target.Address.Is6() {
		return 40 + 8
	}
	return 20 + 8
}

// askLarge asks with a UDP payload of so many octets.
func (x *examination) askLarge(ctx context.Context, conn *initiator.Conn, w *way, payload, attempts int) initiator.Answer {
	pad := x.padFor(w, payload)
	if pad < 0 {
		return initiator.Answer{}
	}
	return x.askPadded(ctx, conn, w, pad, attempts)
}

// padFor returns the octets of a Vendor ID that makes a UDP payload of so many.
func (x *examination) padFor(w *way, payload int) int {
	const payloadHeader = 4
	pad := payload - x.greetingOf(w).Octets() - payloadHeader
	if w.t == initiator.UDP4500 {
		pad -= len(ike.AppendNonESPMarker(nil))
	}
	return pad
}

// greetingOf returns the offer that w answered.
func (x *examination) greetingOf(w *way) initiator.Offer {
	return initiator.Offer{Transport: w.t, Products: w.asked.offer, KE: w.asked.ke, RedirectedFrom: x.target.RedirectedFrom}
}

// askPadded asks with a Vendor ID of so many octets.
func (x *examination) askPadded(ctx context.Context, conn *initiator.Conn, w *way, pad, attempts int) initiator.Answer {
	o := x.greetingOf(w)
	o.Pad = pad
	a, req := x.greetOver(ctx, conn, o, attempts, false)
	if a.Outcome == initiator.Accepted {
		x.close(ctx, conn, req, a, w.t)
	}
	return a
}
