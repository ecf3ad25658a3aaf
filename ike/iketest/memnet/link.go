package memnet

import (
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// A Link says what a datagram meets on its way, in one direction. The zero
// Link loses nothing and takes no time.
type Link struct {
	// Delay is added to each datagram, and of Jitter a random part. Jitter
	// above the distance of two datagrams reorders them.
	Delay, Jitter time.Duration
	// Loss, Duplicate and Reorder are probabilities, 0 to 1: that a datagram
	// is lost, that it arrives twice, and that HoldBack is added to its delay.
	Loss, Duplicate, Reorder float64
	// HoldBack is how late a reordered datagram is. 0 stands for 10 ms.
	HoldBack time.Duration
	// MaxDatagram drops what has more octets of UDP payload, as a path does
	// that drops IP fragments. 0 drops nothing.
	MaxDatagram int
}

const defaultHoldBack = 10 * time.Millisecond

// fate returns after which delays a datagram arrives: none where it is lost,
// two where it is duplicated. It takes the same number of random values for
// each datagram, so that one's fate does not hang on another's.
func (l Link) fate(r *rand.Rand, octets int) []time.Duration {
	lost := r.Float64() < l.Loss
	copies := 1
	if r.Float64() < l.Duplicate {
		copies = 2
	}
	delays := make([]time.Duration, 2)
	for i := range delays {
		delays[i] = l.Delay + time.Duration(r.Float64()*float64(l.Jitter))
		if r.Float64() < l.Reorder {
			if l.HoldBack > 0 {
				delays[i] += l.HoldBack
			} else {
				delays[i] += defaultHoldBack
			}
		}
	}
	if lost || (l.MaxDatagram > 0 && octets > l.MaxDatagram) {
		return nil
	}
	return delays[:copies]
}

func hashFlow(f flow) uint64 {
	h := fnv.New64a()
	h.Write([]byte(f.from.String() + ">" + f.to.String()))
	return h.Sum64()
}
