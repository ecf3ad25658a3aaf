package ledger

import (
	"math"
	"slices"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// Disorder counts the answers that nothing can be made of: malformed ones, those
// with another answer to the same request, and those that deny an answer to
// another request. A gateway that gives many of them follows no policy, or is not
// the only one that answers. Its methods may be called concurrently.
type Disorder struct {
	mu   sync.Mutex
	all  int // exchanges with an answer
	late int // exchanges that were answered otherwise after their end
	bad  [disorders]struct {
		count     int
		exchanges []int // the first ones
	}
	// taken is what was taken, one suite of it at least, and refused what was
	// refused, by how it was asked.
	taken, refused [evidence.QuestionKinds][][]proposals.Product
	first          int       // how many exchanges there were when it was too much; 0 if it is not
	at             time.Time // when that was
}

// The kinds of disorder, with the doubts that they give rise to.
const (
	malformed = iota
	conflicting
	contradicting
	disorders
)

var disorderDoubts = [disorders]evidence.DoubtKind{evidence.DoubtMalformed, evidence.DoubtForged, evidence.DoubtContradiction}

// Answers are in disorder from fewest on, where they are one in share of all. A
// gateway that is restarted with another policy meanwhile denies some of its
// answers, too, and has answered soon after.
var (
	fewest = [disorders]int{2, 2, 3}
	share  = [disorders]int{2, 2, math.MaxInt32}
)

// mostKept bounds the questions that answers are held against: the last ones.
const mostKept = 256

// Add takes in an exchange that is over.
func (d *Disorder) Add(x evidence.Exchange) {
	if x.Type != ike.IKE_SA_INIT || x.Purpose == evidence.PurposeClient || x.Outcome == initiator.NoAnswer {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all++
	switch {
	case x.Outcome == initiator.Malformed:
		d.add(malformed, x.ID)
	case x.Doubtful:
		d.add(conflicting, x.ID)
	case d.denies(x):
		d.add(contradicting, x.ID)
	}
}

func (d *Disorder) add(kind, exchange int) {
	b := &d.bad[kind]
	b.count++
	if len(b.exchanges) < maxShown {
		b.exchanges = append(b.exchanges, exchange)
	}
	if d.first == 0 && b.count >= fewest[kind] && b.count*share[kind] >= d.all {
		d.first, d.at = d.all, time.Now()
	}
}

// AddLate takes in exchanges that were answered otherwise after their end.
func (d *Disorder) AddLate(exchanges []int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range exchanges[min(d.late, len(exchanges)):] {
		d.add(conflicting, id)
	}
	d.late = len(exchanges)
}

// denies keeps what x says, and reports whether an earlier answer to the same kind
// of question denies it.
func (d *Disorder) denies(x evidence.Exchange) bool {
	kind := evidence.KindOf(x)
	switch {
	case kind == evidence.BesideKE: // no may be an answer to the KE payload
		return false
	case x.Outcome == initiator.NoProposalChosen:
		d.refused[kind] = last(append(d.refused[kind], x.Offer))
		return slices.ContainsFunc(d.taken[kind], func(taken []proposals.Product) bool { return within(taken, x.Offer) })
	case x.Taken():
		taken := evidence.MeantBy(x)
		d.taken[kind] = last(append(d.taken[kind], taken))
		return slices.ContainsFunc(d.refused[kind], func(refused []proposals.Product) bool { return within(taken, refused) })
	}
	return false
}

// within reports whether each product of a is part of one of b.
func within(a, b []proposals.Product) bool {
	return !slices.ContainsFunc(a, func(p proposals.Product) bool {
		return !slices.ContainsFunc(b, func(q proposals.Product) bool { return q.Holds(p) })
	})
}

// last returns the last of list, as many as are kept.
func last[T any](list []T) []T { return list[max(0, len(list)-mostKept):] }

// Forget starts over, as it is known why answers denied others.
func (d *Disorder) Forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all, d.first, d.at = 0, 0, time.Time{}
	clear(d.bad[:])
	clear(d.taken[:])
	clear(d.refused[:])
}

// Since returns how many answers came after there was too much disorder, and how
// long ago that was; false if there is not.
func (d *Disorder) Since() (answers int, ago time.Duration, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.all - d.first, time.Since(d.at), d.first > 0
}

// Doubts returns the kind that there is most of, with exchanges that show it, and
// how many answers of all were in disorder.
func (d *Disorder) Doubts() (kind evidence.DoubtKind, exchanges []int, bad, all int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	most := 0
	for i, b := range d.bad {
		bad += b.count
		if b.count > d.bad[most].count {
			most = i
		}
	}
	return disorderDoubts[most], slices.Clone(d.bad[most].exchanges), bad, d.all
}
