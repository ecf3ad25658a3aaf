package mapping

import (
	"net/netip"
	"slices"
	"sync"

	"github.com/ikescope/ikescope/probe/initiator"
)

// Gateway is a gateway that can be asked about a mapping.
type Gateway struct {
	Address netip.Addr
	Paths   initiator.Paths
}

// Others are the gateways of a run, which are asked about each other's mappings. Each
// has one examination at a time ask it, because gateways limit what one address has
// open there.
type Others struct {
	all []Gateway

	mu     sync.Mutex
	freed  *sync.Cond
	taken  map[netip.Addr]bool
	silent map[netip.Addr]bool
}

// NewOthers returns the others of a run.
func NewOthers(all []Gateway) *Others {
	o := &Others{all: all, taken: map[netip.Addr]bool{}, silent: map[netip.Addr]bool{}}
	o.freed = sync.NewCond(&o.mu)
	return o
}

// Beside returns those of the same IP version at other addresses than a, each address
// once.
func (o *Others) Beside(a netip.Addr) []Gateway {
	if o == nil {
		return nil
	}
	var out []Gateway
	for _, g := range o.all {
		if g.Address != a && g.Address.Is4() == a.Is4() && !slices.ContainsFunc(out, func(h Gateway) bool { return h.Address == g.Address }) {
			out = append(out, g)
		}
	}
	return out
}

// Take waits until nobody else asks the gateway at a, and says whether it is known to
// be silent. What it returns ends it, and must be called, with whether it answers.
func (o *Others) Take(a netip.Addr) (silent bool, leave func(answers bool)) {
	if o == nil {
		return false, func(bool) {}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.taken[a] {
		o.freed.Wait()
	}
	o.taken[a] = true
	return o.silent[a], func(answers bool) {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.taken, a)
		o.silent[a] = !answers
		o.freed.Broadcast()
	}
}
