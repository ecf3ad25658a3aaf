package assess

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/proposals/remedy"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// mostChanged bounds the products of a gateway of which changes are foretold: a
// real one has a handful, a stranger's report may have any number.
const mostChanged = 256

// initiators are the well-known clients that initiate.
func initiators() []client.Policy {
	return slices.DeleteFunc(client.Policies(), func(p client.Policy) bool { return p.Responder || len(p.Offer) == 0 })
}

// inOrder returns what the gateway accepts in the order in which it takes it, and
// whether that order is known. What has no known place comes last, the soundest
// first.
func (c predictor) inOrder() (products []proposals.Product, known bool) {
	known = c.choice.Algorithms != choice.AlgorithmsUnknown && c.choice.Proposals != choice.ProposalsUnknown
	rank := 0
	for _, own := range c.choice.Own {
		known = known && own.Rank != rank
		rank = own.Rank
		for axis, list := range own.Product {
			ordered := min(own.Ordered[axis], len(list))
			rest := slices.Clone(list[ordered:])
			slices.SortStableFunc(rest, soundestFirst)
			own.Product[axis] = slices.Concat(list[:ordered], rest)
			known = known && len(rest) <= 1 && own.Anywhere[axis] == 0
		}
		products = append(products, own.Product)
	}
	unplaced := c.Accepted
	if len(products) > 0 {
		rest, err := matrix.Difference(c.Accepted, products)
		if err == nil {
			unplaced = rest
		}
	}
	unplaced = slices.Clone(unplaced)
	for i := range unplaced {
		for axis, list := range unplaced[i] {
			unplaced[i][axis] = slices.SortedStableFunc(slices.Values(list), soundestFirst)
		}
	}
	slices.SortStableFunc(unplaced, func(a, b proposals.Product) int {
		s, _ := a.First()
		t, _ := b.First()
		return cmp.Or(cmp.Compare(baseline.SuiteSoundness(t), baseline.SuiteSoundness(s)), baseline.CompareSuites(t, s))
	})
	// Of one product, and nothing beside it, there is no order but in its lists.
	onlyOne := len(products) == 0 && len(unplaced) == 1 && unplaced[0].Size() == 1
	return append(products, unplaced...), onlyOne || known && len(products) > 0 && len(unplaced) == 0
}

func soundestFirst(a, b proposals.Algorithm) int { return baseline.Compare(b, a) }

// after returns how the gateway chooses after a change of what it accepts.
func (c predictor) after(change remedy.Change, orderKnown bool) choice.Choice {
	now := c.choice
	now.Accepted, now.Own = change.Accepts, nil
	added, err := matrix.Difference(change.Accepts, c.Accepted)
	if err != nil {
		added = change.Accepts
	}
	now.Seen = slices.DeleteFunc(slices.Clone(c.choice.Seen), func(seen choice.Chosen) bool {
		return change.NewList && !orderKnown || overlapsAny(seen.Offer, added)
	})
	if change.NewList || orderKnown {
		for i, p := range change.Accepts {
			now.Own = append(now.Own, wholly(i+1, p))
		}
		return now
	}
	// What is new comes after the rest, as far as the order of that is known.
	now.Own = slices.Clone(c.choice.Own)
	last := 1
	if n := len(now.Own); n > 0 {
		last = now.Own[n-1].Rank + 1
	}
	for _, p := range added {
		now.Own = append(now.Own, choice.OwnProposal{Rank: last, Product: p})
	}
	return now
}

// wholly is an own proposal the order of which is known.
func wholly(rank int, p proposals.Product) choice.OwnProposal {
	own := choice.OwnProposal{Rank: rank, Product: p}
	for axis, list := range p {
		own.Ordered[axis] = len(list)
	}
	return own
}

// without returns how the gateway chooses once it accepts none of algorithms, all
// of one axis, any more.
func (c predictor) without(algorithms []proposals.Algorithm) choice.Choice {
	now := c.choice
	gone := func(a proposals.Algorithm) bool { return slices.Contains(algorithms, a) }
	axis := algorithms[0].Axis
	now.Accepted, now.Own = nil, nil
	for _, p := range c.Accepted {
		if p, ok := withoutAny(p, axis, gone); ok {
			now.Accepted = append(now.Accepted, p)
		}
	}
	for _, own := range c.choice.Own {
		list := own.Product[axis]
		ordered := slices.DeleteFunc(slices.Clone(list[:own.Ordered[axis]]), gone)
		anywhere := slices.DeleteFunc(slices.Clone(list[len(list)-own.Anywhere[axis]:]), gone)
		if p, ok := withoutAny(own.Product, axis, gone); ok {
			own.Product, own.Ordered[axis], own.Anywhere[axis] = p, len(ordered), len(anywhere)
			now.Own = append(now.Own, own)
		}
	}
	now.Seen = slices.DeleteFunc(slices.Clone(c.choice.Seen), func(seen choice.Chosen) bool {
		return slices.ContainsFunc(algorithms, func(a proposals.Algorithm) bool { return anyHolds(seen.Offer, a) })
	})
	return now
}

// withoutAny returns p without those of axis that are gone, and false if that
// leaves nothing.
func withoutAny(p proposals.Product, axis proposals.Axis, gone func(proposals.Algorithm) bool) (proposals.Product, bool) {
	if len(p[axis]) == 0 {
		return p, true
	}
	p[axis] = slices.DeleteFunc(slices.Clone(p[axis]), gone)
	return p, len(p[axis]) > 0
}

// cutOff names the clients that connect, and of whose offer nothing is in rest.
func (c predictor) cutOff(clients []client.Policy, rest []proposals.Product) []string {
	var names []string
	if len(c.Accepted) > mostChanged {
		return nil
	}
	for _, p := range clients {
		if overlapsAny(p.Offer, c.Accepted) && !overlapsAny(p.Offer, rest) {
			names = append(names, p.Name)
		}
	}
	return names
}

// loss is a suite that some clients get in place of a stronger one.
type loss struct {
	is, was proposals.Suite
	clients []string
}

// weakened says in sentences which of clients get a weaker suite, or may, where
// the gateway chooses as now says. Of an order that may be another one then, no
// choice is sure to be the same.
func (c predictor) weakened(clients []client.Policy, now choice.Choice, sameOrder bool) []string {
	var losses []loss
	var perhaps []string
	for _, p := range clients {
		was, is := c.before(p), now.OfKE(p.Offer, p.KE)
		if sameOrder { // it may get now what it may get then, too
			is = slices.DeleteFunc(slices.Clone(is), func(s proposals.Suite) bool {
				return slices.Contains(was, s) || len(was) > 1 && c.State(s) == matrix.Accepted
			})
		}
		after, before, found := lossOf(was, is)
		switch i := slices.IndexFunc(losses, func(l loss) bool { return l.is == after && l.was == before }); {
		case !found:
		case len(was) > 1 || len(is) > 1:
			perhaps = append(perhaps, p.Name)
		case i < 0:
			losses = append(losses, loss{after, before, []string{p.Name}})
		default:
			losses[i].clients = append(losses[i].clients, p.Name)
		}
	}
	var out []string
	for _, l := range losses {
		out = append(out, l.String())
	}
	if len(perhaps) > 0 {
		why := "with this change"
		if !sameOrder {
			why = "the scan did not find in which order the gateway prefers its proposals: if it is not the order of the lines"
		}
		out = append(out, why+", "+english.List(perhaps, "and")+" may get a weaker suite than now")
	}
	return out
}

// before returns what p gets now. It is remembered for the well-known clients, of
// whom each change is asked.
func (c predictor) before(p client.Policy) []proposals.Suite {
	if !slices.ContainsFunc(c.others, func(o client.Policy) bool { return o.Name == p.Name }) {
		return c.choice.OfKE(p.Offer, p.KE)
	}
	got, ok := c.now[p.Name]
	if !ok {
		got = c.choice.OfKE(p.Offer, p.KE)
		c.now[p.Name] = got
	}
	return got
}

// lossOf returns a suite of is that is weaker than one of was, and that one, if
// there are any: what may come of a choice of is in place of was.
func lossOf(was, is []proposals.Suite) (after, before proposals.Suite, found bool) {
	for _, after := range leastSoundFirst(is, 1) {
		for _, before := range leastSoundFirst(was, -1) {
			if baseline.CompareSuites(after, before) < 0 {
				return after, before, true
			}
		}
	}
	return after, before, false
}

// leastSoundFirst returns some of suites, the least sound first for sign 1, and
// the soundest for -1.
func leastSoundFirst(suites []proposals.Suite, sign int) []proposals.Suite {
	sorted := slices.SortedStableFunc(slices.Values(suites), func(a, b proposals.Suite) int {
		return sign * cmp.Compare(baseline.SuiteSoundness(a), baseline.SuiteSoundness(b))
	})
	return sorted[:min(len(sorted), MostCandidates)]
}

// String is a sentence without its full stop.
func (l loss) String() string {
	verb := "get"
	if len(l.clients) == 1 {
		verb = "gets"
	}
	return fmt.Sprintf("with this change, %s %s %s instead of %s, which is stronger", english.List(l.clients, "and"), verb, l.is, l.was)
}

// effectOf returns what changes of the gateway do, for the client p that gets
// than now, or nothing if that is nil. What they do to others is remembered.
func (c predictor) effectOf(p client.Policy, than *proposals.Suite, orderKnown bool) func(remedy.Change) remedy.Effect {
	return func(change remedy.Change) remedy.Effect {
		now := c.after(change, orderKnown)
		ke := p.KE
		if !proposals.HasKeyExchange(change.Offer, ke) {
			ke = firstMethod(change.Offer)
		}
		got := now.OfKE(change.Offer, ke)
		noBetter := func(s proposals.Suite) bool {
			return than != nil && baseline.SuiteSoundness(s) <= baseline.SuiteSoundness(*than)
		}
		key := fmt.Sprint(change.NewList, lists.Convert(change.Accepts, proposals.Product.String))
		weaker, ok := c.told[key]
		if !ok {
			weaker = c.weakened(c.others, now, !change.NewList || orderKnown)
			c.told[key] = weaker
		}
		return remedy.Effect{Helps: len(got) > 0 && !slices.ContainsFunc(got, noBetter), Weaker: weaker}
	}
}

func firstMethod(offer []proposals.Product) ike.KeyExchangeMethod {
	for _, p := range offer {
		for _, a := range p[proposals.KE] {
			return proposals.MethodOf(a)
		}
	}
	return ike.KE_NONE
}
