package probe

import (
	"crypto/sha256"
	"sync"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// fresh remembers what a gateway should draw anew for each IKE SA: of accepted answers,
// the exchange that had each public value, nonce and SPI first.
type fresh struct {
	mu    sync.Mutex
	first map[[sha256.Size]byte]int
	again map[evidence.HabitKind]int
}

// freshness looks at an accepted answer, which belongs to an exchange of its own: an
// answer that came twice is one.
func (s *scan) freshness(a initiator.Answer) {
	if a.Outcome != initiator.Accepted || a.Message == nil || a.Conflict != initiator.NotTried {
		return
	}
	s.fresh.mu.Lock()
	defer s.fresh.mu.Unlock()
	if ke, ok := ike.Find[*ike.KE](a.Message); ok {
		s.repeated(evidence.HabitRepeatsPublic, a.ID, ke.Data)
	}
	if nonce, ok := ike.Find[*ike.Nonce](a.Message); ok {
		s.repeated(evidence.HabitRepeatsNonces, a.ID, nonce.Data)
		if n := len(nonce.Data); n < shortestNonce(a.Suite) {
			s.findings.Habit(evidence.HabitShortNonces, n, a.ID)
		}
	}
	s.repeated(evidence.HabitRepeatsSPIs, a.ID, a.Message.SPIr[:])
}

// repeated notes a value of an exchange, and the habit if another one had it.
func (s *scan) repeated(kind evidence.HabitKind, id int, value []byte) {
	key := sha256.Sum256(append([]byte{byte(kind)}, value...))
	first, ok := s.fresh.first[key]
	if !ok {
		if s.fresh.first == nil {
			s.fresh.first, s.fresh.again = make(map[[sha256.Size]byte]int), make(map[evidence.HabitKind]int)
		}
		s.fresh.first[key] = id
		return
	}
	s.fresh.again[kind]++
	s.findings.Habit(kind, s.fresh.again[kind], first, id)
}

// shortestNonce returns how many octets the nonces of a suite have at least: "Nonces used
// in IKEv2 MUST be randomly chosen, MUST be at least 128 bits in size, and MUST be at
// least half the key size of the negotiated pseudorandom function (PRF)" (RFC 7296,
// Section 2.10).
func shortestNonce(suite *proposals.Suite) int {
	const least = 16
	if suite == nil {
		return least
	}
	return max(least, (keymat.PRFKeyLen(ike.PRFID(suite[proposals.PRF].ID))+1)/2)
}
