package mapping

import (
	"context"
	"net/netip"
	"slices"
	"sync"

	"github.com/ikescope/ikescope/ike"
)

// usualRanges are where gateways behind NAT most often have their addresses, few enough
// to look through in some ten milliseconds.
var usualRanges = []netip.Prefix{
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("10.0.0.0/16"),
	netip.MustParsePrefix("172.16.0.0/16"),
	netip.MustParsePrefix("172.31.0.0/16"),
}

// Bounds on the searches of a Finder.
const (
	mostFound = 8 // addresses
	mostVain  = 2 // searches without a result
)

// A Finder finds the addresses of gateways behind NAT by the hashes of NAT detection, of
// several behind one address, too: among those that it knows, near them, and where they
// usually are. The zero Finder knows none. Its methods may be called concurrently.
type Finder struct {
	// Known are addresses to begin with. They are set before the first search.
	Known []netip.Addr

	mu    sync.Mutex
	vain  int
	tried map[ike.SPI]bool // responder's, of answers that were searched for in vain
}

// Until returns [Finder.Find] as it searches until ctx is done.
func (f *Finder) Until(ctx context.Context) func(ike.NATDetection, uint16) (netip.Addr, bool) {
	return func(d ike.NATDetection, port uint16) (netip.Addr, bool) { return f.Find(ctx, d, port) }
}

// Find returns the address that has one of the hashes of an answer from a port. Once ctx
// is done it knows those alone that were found before.
func (f *Finder) Find(ctx context.Context, d ike.NATDetection, port uint16) (netip.Addr, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.Known {
		if slices.Contains(d.Sources, ike.NATDetectionHash(d.SPIi, d.SPIr, netip.AddrPortFrom(a, port))) {
			return a, true
		}
	}
	if f.vain >= mostVain || f.tried[d.SPIr] || len(f.Known) >= mostFound {
		return netip.Addr{}, false
	}
	var ranges []netip.Prefix
	for _, a := range f.Known {
		if near, err := a.Prefix(16); err == nil && a.Is4() {
			ranges = append(ranges, near)
		}
	}
	found, ok := FindInside(ctx, d.SPIi, d.SPIr, d.Sources, port, append(ranges, usualRanges...))
	if ctx.Err() != nil {
		return netip.Addr{}, false
	}
	if !ok {
		if f.tried == nil {
			f.tried = make(map[ike.SPI]bool)
		}
		f.vain, f.tried[d.SPIr] = f.vain+1, true
		return netip.Addr{}, false
	}
	f.Known = append(slices.Clip(f.Known), found.Addr())
	return found.Addr(), true
}
