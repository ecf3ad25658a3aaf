package ledger

import (
	"crypto/sha256"
	"net/netip"
	"sync"
)

// Shared remembers what gateways of a run drew, to find out whether two of them, which
// should draw at random, have the same. Its methods may be called concurrently; those of
// nil remember nothing.
type Shared struct {
	mu sync.Mutex
	by map[[16]byte]netip.Addr
}

// maxShared bounds what is remembered: of some thousand gateways.
const maxShared = 1 << 18

// other returns the address of another gateway that had the same value before; the zero
// address if none had.
func (s *Shared) other(key [sha256.Size]byte, at netip.Addr) netip.Addr {
	if s == nil || !at.IsValid() {
		return netip.Addr{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	short := [16]byte(key[:16])
	first, ok := s.by[short]
	if !ok {
		if s.by == nil {
			s.by = make(map[[16]byte]netip.Addr)
		}
		if len(s.by) < maxShared {
			s.by[short] = at
		}
		return netip.Addr{}
	}
	if first == at {
		return netip.Addr{}
	}
	return first
}
