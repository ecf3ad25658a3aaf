package matrix

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// Planner recovers the set of suites that a gateway accepts by asking about
// sets of them. It is pure: what it asks next follows from the answers so far,
// and it knows neither sockets nor time.
//
// # The question
//
// An offer is a set of suites: the union of its proposals, each of which
// offers every combination of its transforms. The answer says whether the
// gateway accepts at least one of them, and then, from INVALID_KE_PAYLOAD, the
// key exchange method of the one that it would choose. One refusal decides
// every suite of the offer; tens of thousands fit into one.
//
// # The method
//
// A gateway's policy is a list of proposals, so the accepted set is a union of
// a few products. The planner finds one product after the other:
//
//  1. Cover: what is neither found nor refused yet is asked about in the
//     fewest and largest offers that touch no product already found. When all
//     of these are refused, everything outside the products is proven refused,
//     and the search ends.
//  2. Locate: an offer that was taken holds an acceptable suite. Dividing it by
//     weight, the likely algorithms first, finds the suite in about as many
//     questions as its surprise has bits. What is refused on the way is
//     remembered and serves the proof. Where hypotheses may be right, see
//     below, these are told apart instead.
//  3. Grow: around a suite that is accepted, each axis is asked about: single
//     questions for what is likely, groups for what is not. The key exchange
//     methods begin, since the answer names the one that was taken; then all
//     axes are asked about together. The values of a group each go with a
//     method of their own, and the answer shows which one was taken; a group
//     is split only where methods are too few. What stands on the other axes
//     changes from one question to the next, within what was found already, so
//     that most answers support the product and not one value alone.
//  4. Verify: the corners of the product that were not asked are inferred. Of
//     a small product each suite is observed; of a larger one a sample, in
//     which each algorithm meets others. A sample that is refused means that
//     two products overlap here: the smallest combination that is refused is
//     found, the product is cut along it, and from then on each triple of
//     algorithms is seen together as far as the number of samples allows. The
//     suites that a cut leaves over start products of their own.
//
// A hypothesis, such as a product's default policy, may be right if no suite of
// it was refused and it explains what was taken. The likely ones are told apart
// by a suite that many of them hold, by theories whole where they share none,
// and then by values around that suite. The one that is left is shown by the
// fewest suites that have all of its algorithms; what was taken of them is grown
// and verified as any product is. Where most of what they say was refused, the
// search goes on without.
//
// Cover, grow and verify ask in batches that do not depend on each other, so
// that they can be in flight together. Suites that cannot be of one product, as
// with AEAD and without, go through steps 2 to 4 side by side.
//
// # The cost
//
// An accepted product of m values costs about as many exchanges as a suite has
// bits of surprise to locate (3 to 7), m and some for the groups of refused
// values to grow, and few samples, since growing brings most of them. The proof
// is some 20 offers, and a few more for each product. One after the other are
// some nine round trips for a product, and more for one that is cut; the
// products of a family, AEAD or classic, wait for each other.
//
// # What can be wrong
//
// A refusal is proven, and so is an observed suite. An inferred one is not: a
// gateway that refuses a single combination within a large product can hide it
// from the samples. Exhaustive leaves nothing to inference.
type Planner struct {
	// Universe is the set of suites to decide.
	Universe *Universe
	// Limits bound each offer. Refusals of longer ones among Prior do not
	// count, where Limits says something, since the gateway did not read all
	// of them or refused them for their length. So who learns of such a limit
	// runs a planner with it, and with all that was asked so far.
	Limits Limits
	// Exhaustive makes every accepted suite an observed one. Thorough takes
	// more samples, so that each triple of algorithms is seen together.
	Exhaustive, Thorough bool
	// Hypotheses are sets of suites that the gateway may accept, the likelier
	// ones first. Those that the answers allow are asked about before anything
	// else, and verified as any product is: a wrong one costs some exchanges,
	// never a wrong result.
	Hypotheses []Hypothesis
	// MaxOffers bounds the offers that are asked, and with them the work on
	// answers that follow no policy; what is left then is not tested. 0 means
	// 4,096, or 32,768 if Exhaustive or Thorough: several times what
	// policies take.
	MaxOffers int
	// Prior are answers of an earlier run, in the order of their exchanges;
	// what they decide is not asked again. Offers without an answer are.
	Prior []Asked
	// Ask sends offers, all at once if it can, and returns an answer for
	// each, in their order.
	Ask func([]Offer) []Answer
}

// Asked is an offer with its answer.
type Asked struct {
	Offer
	Answer
	// Payload is the method of the KE payload that went with the offer, if it
	// is known; else the zero value. Where INVALID_KE_PAYLOAD named another
	// one, nothing with it was chosen: so a suite that was offered beside a
	// decoy was taken alone.
	Payload proposals.Algorithm
}

// Answer is what came of an offer.
type Answer struct {
	// State is Accepted if the gateway accepts a suite of the offer, Refused
	// if it accepts none of them, NoAnswer, or NotTested if the offer was
	// not sent; after that the planner stops.
	State State
	// KE is the key exchange method of the suite that the gateway chose, if
	// the answer names it; else the zero value.
	KE proposals.Algorithm
	// Suite is the suite that the gateway chose, if the answer names it whole;
	// else nil.
	Suite *proposals.Suite
	// Exchange is the number of the exchange; 0 with NoAnswer says that the
	// offer cannot be made, so that it is not tested.
	Exchange int
	// Doubtful: the caller is not sure that the gateway meant the offer, since
	// a control offer was not answered as it should have been. The answer
	// counts, but what it decides is not proven.
	Doubtful bool
	// Parts, if any, are the answers to parts of an offer that was not asked
	// whole; the other fields then say nothing. They hold all of the offer,
	// or a part that was taken.
	Parts []Part
}

// Part is a part of an offer with an answer of its own.
type Part struct {
	Products []proposals.Product
	Answer
}

// Defaults of [Planner.MaxOffers].
const (
	defaultOffers  = 1 << 12
	thoroughOffers = 1 << 15
)

// Run asks until each suite of the universe is decided or cannot be, and
// returns the matrix.
func (p Planner) Run() *Matrix {
	s := newSearch(p)
	for _, asked := range p.Prior {
		s.remember(asked)
	}
	s.run()
	return s.matrix()
}

// newSearch returns a search that knows nothing.
func newSearch(p Planner) *search {
	given := p.Limits
	p.Limits.Transforms = cmp.Or(p.Limits.Transforms, defaultTransforms)
	p.Limits.Octets = cmp.Or(p.Limits.Octets, DefaultOctets)
	if p.Exhaustive || p.Thorough {
		p.MaxOffers = cmp.Or(p.MaxOffers, thoroughOffers)
	}
	p.MaxOffers = cmp.Or(p.MaxOffers, defaultOffers)
	return &search{
		given:         given,
		tight:         given != Limits{},
		Planner:       p,
		facts:         facts{u: p.Universe, observed: make(map[sets.Box][]int), shown: make(map[sets.Box][]int)},
		weigher:       newWeigher(p.Universe),
		theories:      p.Universe.theories(p.Hypotheses),
		doubts:        make(map[sets.Box]float64),
		refusedBefore: make(map[string][]int),
		earlier:       make(map[string]Answer),
		mixed:         p.Thorough,
	}
}

// remember adds an earlier answer to the facts, if all of its offer is in the
// universe.
func (s *search) remember(asked Asked) {
	if asked.State != Accepted && asked.State != Refused || asked.State == Refused && s.given.beyond(asked.Offer) {
		return
	}
	var q []sets.Box
	for _, p := range asked.Products {
		if named := asked.KE; asked.State == Accepted && named != (proposals.Algorithm{}) && named != asked.Payload {
			p[proposals.KE] = slices.DeleteFunc(slices.Clone(p[proposals.KE]), func(m proposals.Algorithm) bool { return m == asked.Payload })
			if len(p[proposals.KE]) == 0 {
				continue
			}
		}
		b, ok := s.u.box(p)
		if parts := sets.Subtract([]sets.Box{b}, s.u.boxes...); !ok || len(parts) > 0 {
			return
		}
		for _, home := range s.u.boxes {
			if part := b.And(home); !part.Empty() {
				q = append(q, part)
			}
		}
	}
	if len(q) == 0 {
		return
	}
	s.record(q, asked.Answer)
	if asked.State == Accepted {
		s.earlier[fmt.Sprint(q)] = asked.Answer
	} else {
		s.refusedBefore[fmt.Sprint(q)] = append(s.refusedBefore[fmt.Sprint(q)], asked.Exchange)
	}
}
