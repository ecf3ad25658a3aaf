package path

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/icmp"
	"github.com/ikescope/ikescope/probe/initiator"
)

const (
	// smallMTU is that of requests as they are sent otherwise; every IPv6 path has
	// it (RFC 8200, Section 5).
	smallMTU = 1280
	// defaultMTU is that of Ethernet, where that of our interface is not known, and
	// largestMTU is as much as is tried.
	defaultMTU, largestMTU = 1500, 9000
	// stepMTU is how exactly the MTU is looked for, in octets.
	stepMTU = 8
	// sizeAttempts is how often a large request is sent, fragmentAttempts one in IP
	// fragments, and fragmented is the UDP payload of that, in octets, which makes two
	// on Ethernet.
	sizeAttempts, fragmentAttempts = 2, 4
	fragmented                     = 2000
	// vanishAttempts is how often one is sent again of which it is said that it vanishes.
	vanishAttempts = 3
	// The first wait for an answer is twice the longest round trip, within these.
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
	case isIKEv2(a.Outcome):
		s.Fragments = Yes
	case s.Discovery == BlackHole && x.target.Address.Is6():
		// No router splits fragments of IPv6, which are as large as our link allows.
	case a.Outcome == initiator.NoAnswer && s.MTU > 0:
		s.Fragments = No
	}
	if (s.Discovery == BlackHole || s.Fragments == No || s.MTU == 0) && !x.explainSize(ctx, w, s) {
		return // it is not their size
	}
	x.result.Size = s
}

// findMTU finds the largest packet that gets through whole, by requests that are sent so
// often. What vanishes is sent more often in the end, for it may only have been lost.
func (x *examination) findMTU(ctx context.Context, conn *initiator.Conn, w *way, attempts int) *Size {
	s := &Size{}
	passes := func(mtu int) (bool, *initiator.PathFault) {
		a := x.askLarge(ctx, conn, w, mtu-x.headers(), attempts)
		s.note(a)
		return isIKEv2(a.Outcome), a.Blocked
	}
	low, high := 0, min(interfaceMTU(w.conn.Local().Addr()), largestMTU)
	ok, fault := passes(high)
	switch {
	case ok:
		low = high
	case fault != nil && fault.Meaning == icmp.TooBig && fault.MTU >= minimumMTU && fault.MTU < high:
		s.Discovery, s.Reporter = DiscoveryWorks, fault.Reporter
		if ok, _ := passes(fault.MTU); ok {
			low, high = fault.MTU, fault.MTU
		}
	default:
		s.Discovery = BlackHole
	}
	for low < high && ctx.Err() == nil {
		middle := max(smallMTU, (low+high)/2/stepMTU*stepMTU)
		if low >= middle || high <= smallMTU {
			break
		}
		if ok, _ := passes(middle); ok {
			low = middle
		} else {
			high = middle
		}
		if high-low <= stepMTU {
			break
		}
	}
	s.MTU = low
	if s.Discovery == BlackHole && attempts < mostAttempts {
		a := x.askLarge(ctx, conn, w, high-x.headers(), max(attempts, vanishAttempts))
		s.note(a)
		if isIKEv2(a.Outcome) {
			return x.findMTU(ctx, conn, w, mostAttempts)
		}
	}
	return s
}

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
	const payloadHeader = 4
	pad := payload - x.greetingOf(w).Octets() - payloadHeader
	if w.t == initiator.UDP4500 {
		pad -= len(ike.AppendNonESPMarker(nil))
	}
	if pad < 0 {
		return initiator.Answer{}
	}
	return x.askPadded(ctx, conn, w, pad, attempts)
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

// interfaceMTU returns that of the interface that has an address of ours.
func interfaceMTU(own netip.Addr) int {
	all, err := net.Interfaces()
	if err != nil {
		return defaultMTU
	}
	for _, i := range all {
		addresses, err := i.Addrs()
		if err != nil {
			continue
		}
		for _, a := range addresses {
			if n, ok := a.(*net.IPNet); ok {
				if found, ok := netip.AddrFromSlice(n.IP); ok && found.Unmap() == own.WithZone("") && i.MTU > 0 {
					return i.MTU
				}
			}
		}
	}
	return defaultMTU
}
