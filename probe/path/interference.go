package path

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/path/contrast"
)

// Interference is what something on the way does to IKE, or the gateway itself, as far
// as it looks the same from here.
type Interference struct {
	Kind      InterferenceKind
	Transport initiator.Transport
	Oddity    Oddity // of DropsUnusual
	// Evidence are the numbers of the exchanges.
	Evidence []int
}

// InterferenceKind is a kind of interference.
type InterferenceKind uint8

const (
	// DropsUnusual: a request with an Oddity is not answered, and the same without it
	// is.
	DropsUnusual InterferenceKind = iota
	// DropsLarge: a request in a packet that every link carries is not answered, and
	// shorter ones are.
	DropsLarge
	// RewritesSPI: what comes has another initiator SPI than the request.
	RewritesSPI
	// LimitsRate: requests in quick succession are lost, and slower ones are not.
	LimitsRate
)

var interferenceKinds = [...]string{
	DropsUnusual: "drops_unusual",
	DropsLarge:   "drops_large",
	RewritesSPI:  "rewrites_spi",
	LimitsRate:   "limits_rate",
}

// String returns the kind as the JSON document writes it.
func (k InterferenceKind) String() string { return interferenceKinds[k] }

func (x *examination) interferes(i Interference) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.result.Interference = append(x.result.Interference, i)
}

const (
	// unusualPad is the octets of a Vendor ID that makes a request unusual, but hardly
	// longer, and unusualAttempts how often it is sent.
	unusualPad, unusualAttempts = 16, 4
	// smallestMTU is as small as that of IPv4 links is in practice, and what every host
	// takes (RFC 791). Every link of IPv6 carries smallMTU.
	smallestMTU = 576
)

// explainSize looks into why large requests are not answered, and reports whether
// their size can be: the same Vendor ID in a short one has to be answered.
func (x *examination) explainSize(ctx context.Context, w *way, s *Size) bool {
	a := x.askPadded(ctx, w.conn, w, unusualPad, unusualAttempts)
	s.note(a)
	switch {
	case ctx.Err() != nil:
		return false
	case !arrived(a):
		padded := x.padded(w, unusualPad)
		if a.Outcome == initiator.NoAnswer {
			x.blame(ctx, w, padded, Interference{DropsUnusual, w.t, OddVendorID, append([]int{a.ID}, w.seen.Evidence...)})
		}
		if padded.Verdict == contrast.Dropped {
			return false
		}
		s.doubt()
	case s.MTU == 0:
		x.explainSmall(ctx, w, s)
	}
	return true
}

// explainSmall looks for a size that every link carries, and that is not answered.
func (x *examination) explainSmall(ctx context.Context, w *way, s *Size) {
	smallest := smallestMTU
	if x.target.Address.Is6() {
		smallest = smallMTU
	}
	a := x.askLarge(ctx, w.conn, w, smallest-x.headers(), unusualAttempts)
	s.note(a)
	if a.Outcome == initiator.NoAnswer && !arrived(a) {
		x.blame(ctx, w, x.padded(w, x.padFor(w, smallest-x.headers())), Interference{DropsLarge, w.t, NoOddity, append([]int{a.ID}, w.seen.Evidence...)})
	}
}

// padded are requests by w with a Vendor ID of so many octets, 0 for none.
func (x *examination) padded(w *way, octets int) *contrast.Kind {
	return kind(w.conn, func(ctx context.Context) initiator.Answer { return x.askPadded(ctx, w.conn, w, octets, 1) })
}

// blame adds i if requests of k are lost for what they are.
func (x *examination) blame(ctx context.Context, w *way, k *contrast.Kind, i Interference) {
	usual := x.padded(w, 0)
	x.contrast(ctx, usual, k)
	if k.Verdict == contrast.Dropped {
		i.Evidence = slices.Concat(i.Evidence, usual.Evidence(), k.Evidence())
		x.interferes(i)
	}
}

const (
	// manyLost is how many requests have to be lost for a look at whether their rate is
	// why. Then quick ones are sent, slow ones a slowPause apart, and quick ones again.
	// It is their rate if quickLost of each quick ones are lost, and no slow one: by
	// chance that is so in less than 2 of 100 paths, however many they lose.
	manyLost, quickOnes, quickLost = 2, 10, 4
	slowOnes, slowPause            = 6, 500 * time.Millisecond
)

// checkRate finds out whether requests by w are lost because of their rate.
func (x *examination) checkRate(ctx context.Context, w *way) {
	if x.Brief || w.source != 0 || w.t.IsTCP() || w.seen.State != initiator.PathAnswers || w.asked.opens {
		return
	}
	if _, lost := measured(w); lost < manyLost {
		return
	}
	var evidence []int
	series := func(n int, pause time.Duration) (lost int) {
		answers := make([]initiator.Answer, n)
		var all sync.WaitGroup
		for i := range n {
			if pause > 0 {
				all.Wait()
				select {
				case <-time.After(pause):
				case <-ctx.Done():
				}
			}
			all.Go(func() { answers[i], _ = x.greet(ctx, w, w.asked, 1) })
		}
		all.Wait()
		for _, a := range answers {
			evidence = append(evidence, a.ID)
			if !a.Outcome.IsIKEv2() {
				lost++
			}
		}
		return lost
	}
	if series(quickOnes, 0) < quickLost || series(slowOnes, slowPause) > 0 || series(quickOnes, 0) < quickLost || ctx.Err() != nil {
		return
	}
	x.interferes(Interference{LimitsRate, w.t, NoOddity, evidence})
}

// canPad reports whether requests can be made larger without the system splitting them.
func (x *examination) canPad() bool { return runtime.GOOS == "linux" || x.Listen != nil }
