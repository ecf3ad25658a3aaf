package target

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"github.com/ikescope/ikescope/probe/initiator"
)

// Resolve returns the addresses of e, each a target of its own. The paths are
// for what e names no port of: its Port is that of UDP 500, and its NATTPort that
// of UDP 4500, which has the non-ESP marker.
func (e Endpoint) Resolve(ctx context.Context, paths initiator.Paths) ([]Target, error) {
	if e.Port != 0 {
		paths = paths.With(initiator.UDP500, e.Port)
	}
	if e.NATTPort != 0 {
		paths = paths.With(initiator.UDP4500, e.NATTPort).With(initiator.TCP4500, e.NATTPort)
	}
	addrs := []netip.Addr{}
	if a, err := netip.ParseAddr(e.Host); err == nil {
		addrs = append(addrs, a.Unmap())
	} else {
		found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", e.Host)
		if err != nil {
			return nil, fmt.Errorf("%q does not resolve: %w", e.Host, err)
		}
		for _, a := range found {
			addrs = append(addrs, a.Unmap())
		}
	}
	var targets []Target
	seen := make(map[netip.Addr]bool)
	for _, a := range addrs {
		if seen[a] {
			continue
		}
		seen[a] = true
		targets = append(targets, Target{Name: e.Text, Address: a, Paths: paths})
	}
	return targets, nil
}
