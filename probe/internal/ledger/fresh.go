package ledger

import (
	"crypto/sha256"
	"net/netip"
	"sync"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// Fresh remembers what a gateway should draw anew for each IKE SA: of accepted answers,
// the exchange that had each public value, nonce and SPI first. Its methods may be
// called concurrently.
type Fresh struct {
	// Shared is what all gateways of a run drew, nil for none, and Of the address of this
	// one.
	Shared *Shared
	Of     netip.Addr

	mu    sync.Mutex
	first map[[sha256.Size]byte]int
	again map[evidence.HabitKind]int
}

// Add looks at an accepted answer, which belongs to an exchange of its own: an answer
// that came twice is one. What is not as it should be is added to the findings.
func (f *Fresh) Add(a initiator.Answer, findings *Findings) {
	if a.Outcome != initiator.Accepted || a.Message == nil || a.Conflict != initiator.NotTried {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if ke, ok := ike.Find[*ike.KE](a.Message); ok {
		f.repeated(findings, evidence.HabitRepeatsPublic, a.ID, ke.Data)
	}
	if nonce, ok := ike.Find[*ike.Nonce](a.Message); ok {
		f.repeated(findings, evidence.HabitRepeatsNonces, a.ID, nonce.Data)
		if n := len(nonce.Data); n < shortestNonce(a.Suite) {
			findings.Habit(evidence.HabitShortNonces, n, a.ID)
		}
	}
	f.repeated(findings, evidence.HabitRepeatsSPIs, a.ID, a.Message.SPIr[:])
}

// alsoShared are the kinds of what no two gateways have alike, if each draws its own.
var alsoShared = map[evidence.HabitKind]evidence.HabitKind{
	evidence.HabitRepeatsPublic: evidence.HabitSharesPublic,
	evidence.HabitRepeatsNonces: evidence.HabitSharesNonces,
}

// repeated notes a value of an exchange, and the habit if another one had it.
func (f *Fresh) repeated(findings *Findings, kind evidence.HabitKind, id int, value []byte) {
	key := sha256.Sum256(append([]byte{byte(kind)}, value...))
	first, ok := f.first[key]
	if shares, can := alsoShared[kind]; can && !ok {
		if other := f.Shared.other(key, f.Of); other.IsValid() {
			if f.again == nil {
				f.again = make(map[evidence.HabitKind]int)
			}
			f.again[shares]++
			findings.Shares(shares, other, f.again[shares], id)
		}
	}
	if !ok {
		if f.first == nil {
			f.first = make(map[[sha256.Size]byte]int)
		}
		f.first[key] = id
		return
	}
	if f.again == nil {
		f.again = make(map[evidence.HabitKind]int)
	}
	f.again[kind]++
	findings.Habit(kind, f.again[kind], first, id)
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
