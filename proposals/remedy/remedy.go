package remedy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
)

// Side is whose configuration a remedy changes.
type Side string

const (
	ClientSide  Side = "client"
	GatewaySide Side = "gateway"
)

// Case is a client that a gateway refuses, or to which it gives a weak suite.
type Case struct {
	Client client.Policy
	// Accepted is what the gateway accepts, as far as it is known: the policy
	// that is in force there, in the order in which the gateway takes it.
	Accepted []proposals.Product
	// OrderUnknown: the gateway takes Accepted in another order, perhaps.
	OrderUnknown bool
	// Than is the suite that the client gets now, to be replaced by a sounder
	// one; nil for a client that the gateway refuses.
	Than *proposals.Suite
	// Effect says what a change of the gateway does to this client and to
	// others; nil if that is not known.
	Effect func(Change) Effect
	// ClientSyntaxes are those to write the client's side in; nil stands for
	// the client's own. GatewaySyntaxes are those for the gateway's.
	ClientSyntaxes, GatewaySyntaxes []client.Syntax
	// Connection is what the client calls the connection. A placeholder stands
	// for "", for a name that would need quoting, and for the gateway's.
	Connection string
}

// Change is a change of a gateway.
type Change struct {
	// Accepts is what the gateway takes then. With NewList, it takes it in this
	// order, else what is new comes after the rest, in whatever order that is.
	Accepts []proposals.Product
	NewList bool
	// Offer is what the client of the case offers then.
	Offer []proposals.Product
}

// Effect is what a change of a gateway does.
type Effect struct {
	Helps  bool     // the client gets the suite that it is to get
	Weaker []string // sentences on other clients that get weaker suites
}

// Remedy is one way to give both sides a suite, or the reason why there is
// none.
type Remedy struct {
	Side   Side
	Syntax client.Syntax
	// Where says in words which product's setting it is.
	Where string
	// Suite is what both sides then have.
	Suite proposals.Suite
	// Together: the other side has to be changed to Suite, too.
	Together bool
	// Changes are the axes on which Suite differs from what the side offers or
	// accepts now.
	Changes []proposals.Axis
	// Weaker are sentences on what Suite brings in that is weaker than the
	// side's policy in force, and on other clients that get a weaker suite. It
	// is empty if nothing is.
	Weaker []string
	// Accepts is what the gateway takes after a change of it, in its order.
	Accepts []proposals.Product
	// Lines are to paste; empty if there is no remedy of this syntax, and Why
	// then says why.
	Lines []string
	Why   string
	// Notes are sentences on what to mind.
	Notes []string
}

// Remedies returns the remedies of c, the best first: what weakens nothing
// before what does, then the soundest suite, then the client's side before the
// gateway's. Where each would weaken something, or leads to a weak suite, there
// are changes of both sides, too. Syntaxes without a remedy come last. There are none for a
// client that the gateway accepts, unless it gets a suite that is to be replaced.
func (c Case) Remedies() []Remedy {
	if c.Than == nil && meet(c.Client.Offer, c.Accepted) {
		return nil
	}
	var groups []group
	own := c.ClientSyntaxes
	if own == nil {
		own = []client.Syntax{c.Client.Syntax}
		if c.Client.Syntax == client.SyntaxRasphone { // which PowerShell writes
			own = []client.Syntax{client.SyntaxWindows}
		}
	}
	for _, name := range own {
		found := false
		for _, s := range syntaxes {
			if s.name == name && s.client {
				groups = append(groups, group{c.client(s)})
				found = true
			}
		}
		if !found {
			why := "no setting is known that changes what this client offers"
			if name == client.SyntaxCapture {
				why = "a capture does not show which product sent it"
			}
			groups = append(groups, group{{Side: ClientSide, Syntax: name, Where: "the client", Why: why}})
		}
	}
	for _, name := range c.GatewaySyntaxes {
		for _, s := range syntaxes {
			if s.name == name && s.gateway {
				groups = append(groups, group{c.gateway(s)})
			}
		}
	}
	if !slices.ContainsFunc(groups, group.sound) {
		// Both are changed only for what is better than a change of one.
		best := slices.MinFunc(append([]group{{{}}}, groups...), compareGroups)
		for _, g := range c.both(own) {
			if compareGroups(g, best) < 0 {
				groups = append(groups, g)
			}
		}
	}
	slices.SortStableFunc(groups, compareGroups)
	return slices.Concat(groups...)
}

// group is changes that are made together.
type group []Remedy

func (g group) possible() bool { return len(g[0].Lines) > 0 }

// weakensNothing reports whether g is possible and weakens nothing.
func (g group) weakensNothing() bool {
	return g.possible() && !slices.ContainsFunc(g, func(r Remedy) bool { return len(r.Weaker) > 0 })
}

// sound reports whether g is possible, weakens nothing and leads to a suite that
// nothing speaks against.
func (g group) sound() bool {
	return g.weakensNothing() && baseline.SuiteSoundness(g[0].Suite) == baseline.Sound
}

// compareGroups is negative if a is the better change.
func compareGroups(a, b group) int {
	number := func(yes bool) int {
		if yes {
			return 0
		}
		return 1
	}
	if order := cmp.Compare(number(a.possible()), number(b.possible())); order != 0 || !a.possible() {
		return order
	}
	return cmp.Or(
		cmp.Compare(number(a.weakensNothing()), number(b.weakensNothing())),
		cmp.Compare(baseline.SuiteSoundness(b[0].Suite), baseline.SuiteSoundness(a[0].Suite)),
	)
}

// client returns the remedy that sets the client to a suite of the gateway's.
// The suite stands alone: what else the client offers there, the gateway refuses,
// or would give it in its place.
func (c Case) client(s *syntax) Remedy {
	r := Remedy{Side: ClientSide, Syntax: s.name, Where: s.clientPlace}
	if s.only != nil && len(c.Client.Offer) == 1 && c.Client.Offer[0].Size() == 1 {
		r.Why = "a connection with a suite of its own does not follow " + s.title
		return r
	}
	var able []proposals.Product
	for _, p := range c.Accepted {
		able = append(able, s.writable(p)...)
	}
	able, all := c.sounder(able), able
	suite, changes, ok := nearest(able, c.Client.Offer)
	switch {
	case !ok && len(all) > 0:
		r.Why = "the gateway accepts nothing stronger that " + s.title + " can be set to"
		return r
	case !ok:
		r.Why = s.unable(c.Accepted, "the gateway accepts nothing that "+s.title+" can be set to")
		return r
	}
	if s.only != nil && len(all) != len(able) {
		r.Why = s.title + " also brings in a suite that is not stronger"
		return r
	}
	r.Suite, r.Changes = suite, changes
	r.Weaker = weaker(suite, c.Client.Offer, clientWords)
	if s.only != nil { // the gateway chooses among them
		r.Weaker = weakerOfAny(able, c.Client.Offer, clientWords)
	}
	r.Lines, r.Notes = s.write(c.name(), ClientSide, suite, []proposals.Product{suite.Product()})
	return r
}

// gateway returns the remedy that has the gateway take a suite of the client's
// beside what it takes now, after it where it refuses the client.
func (c Case) gateway(s *syntax) Remedy {
	r := Remedy{Side: GatewaySide, Syntax: s.name, Where: s.gatewayPlace}
	var able []proposals.Product
	for _, p := range c.Client.Offer {
		able = append(able, s.writable(p)...)
	}
	able, all := c.sounder(able), able
	suite, changes, ok := nearest(able, c.Accepted)
	switch {
	case !ok && len(all) > 0:
		r.Why = "the client offers nothing stronger that " + s.title + " can be set to"
		return r
	case !ok:
		r.Why = s.unable(c.Client.Offer, "the client offers nothing that "+s.title+" can be set to")
		return r
	}
	return c.changeGateway(r, s, c.Client.Offer, suite, changes)
}

// changeGateway completes r, which has the gateway take suite, for a client that
// then offers offer.
func (c Case) changeGateway(r Remedy, s *syntax, offer []proposals.Product, suite proposals.Suite, changes []proposals.Axis) Remedy {
	if !s.additive {
		if r.Why = c.inexact(s); r.Why != "" {
			return r
		}
	}
	accepts := c.with(s, suite)
	var effect Effect
	if c.Effect != nil {
		if effect = c.Effect(Change{Accepts: accepts, NewList: !s.additive, Offer: offer}); !effect.Helps {
			r.Why = "together with what is in force, the gateway might not choose " + suite.String()
			return r
		}
	}
	r.Accepts, r.Suite, r.Changes = accepts, suite, changes
	r.Weaker = append(weaker(suite, c.Accepted, gatewayWords), effect.Weaker...)
	r.Lines, r.Notes = s.write(placeholder, GatewaySide, suite, r.Accepts)
	if !s.additive {
		r.Notes = append(r.Notes, c.orderNote(suite))
	}
	return r
}

// with returns what the gateway takes once it takes suite, too, which s writes:
// after the rest or, where the client gets another suite, before that.
func (c Case) with(s *syntax, suite proposals.Suite) []proposals.Product {
	if s.everyPair {
		return everyPair(c.Accepted, suite)
	}
	at := len(c.Accepted)
	if c.Than != nil && !s.additive {
		if i := slices.IndexFunc(c.Accepted, func(p proposals.Product) bool { return p.Contains(*c.Than) }); i >= 0 {
			at = i
		}
	}
	return eachOnce(slices.Concat(c.Accepted[:at], []proposals.Product{suite.Product()}, c.Accepted[at:]))
}

// eachOnce leaves out what an earlier one of products holds.
func eachOnce(products []proposals.Product) []proposals.Product {
	var out []proposals.Product
	for _, p := range products {
		if !slices.ContainsFunc(out, func(earlier proposals.Product) bool { return earlier.Holds(p) }) {
			out = append(out, p)
		}
	}
	return out
}

// everyPair returns what takes suite, too, where each method goes with all else.
func everyPair(accepted []proposals.Product, suite proposals.Suite) []proposals.Product {
	methods := []proposals.Algorithm{}
	add := func(list []proposals.Algorithm) {
		for _, a := range list {
			if !slices.Contains(methods, a) {
				methods = append(methods, a)
			}
		}
	}
	for _, p := range accepted {
		add(p[proposals.KE])
	}
	add([]proposals.Algorithm{suite[proposals.KE]})
	var out []proposals.Product
	for _, p := range append(slices.Clone(accepted), suite.Product()) {
		p[proposals.KE] = methods
		out = append(out, p)
	}
	return out
}

// sounder returns the suites of products that are sounder than the one that the
// client gets now; all, if it gets none.
func (c Case) sounder(products []proposals.Product) []proposals.Product {
	if c.Than == nil {
		return products
	}
	least := baseline.SuiteSoundness(*c.Than)
	var out []proposals.Product
	for _, p := range products {
		possible := true
		for _, axis := range judged {
			if len(p[axis]) == 0 {
				continue
			}
			p[axis] = slices.DeleteFunc(slices.Clone(p[axis]), func(a proposals.Algorithm) bool { return baseline.Soundness(a) <= least })
			possible = possible && len(p[axis]) > 0
		}
		if possible {
			out = append(out, p)
		}
	}
	return out
}

// orderNote says what of the lines for a gateway is in force already, and that
// its order counts.
func (c Case) orderNote(suite proposals.Suite) string {
	where := "at the end"
	if c.Than != nil {
		where = "before " + c.Than.String()
	}
	switch {
	case meet(c.Accepted, []proposals.Product{suite.Product()}):
		return "this is what the scan found in force, in its order, except that " + suite.String() + " comes " + where
	case c.OrderUnknown:
		return "all but " + suite.String() + " is what the scan found in force, but not in which order: keep yours, and add that suite " + where
	}
	return "all but " + suite.String() + " is what the scan found in force, in its order; if yours is written differently, keep it and add that suite " + where
}

// inexact says why s cannot write what the gateway accepts, or returns "".
func (c Case) inexact(s *syntax) string {
	for _, p := range c.Accepted {
		if why := s.inexact(p); why != "" {
			return "the gateway accepts " + p.String() + ", and " + why + ": its configuration has a different form"
		}
	}
	return ""
}

// placeholder stands for the name of a connection.
const placeholder = "NAME"

// name returns what the client's connection is called in each syntax: a name
// that needs no quoting in any.
func (c Case) name() string {
	plain := func(r rune) bool {
		return r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	if c.Connection == "" || len(c.Connection) > 64 || strings.ContainsFunc(c.Connection, func(r rune) bool { return !plain(r) }) {
		return placeholder
	}
	return c.Connection
}

func meet(a, b []proposals.Product) bool {
	for _, p := range a {
		for _, q := range b {
			if p.Overlaps(q) {
				return true
			}
		}
	}
	return false
}

// syntaxes are the ways to write a remedy. One product may have several.
var syntaxes = []*syntax{
	&powerShell, &registry, &mobileconfig,
	&swanctl, &ipsecConf, &libreswan, &iked, &iosXE, &fortiOS,
}

// Syntaxes returns the syntaxes that a remedy of side can be written in.
func Syntaxes(side Side) []client.Syntax {
	var out []client.Syntax
	for _, s := range syntaxes {
		if (side == ClientSide && s.client || side == GatewaySide && s.gateway) && !slices.Contains(out, s.name) {
			out = append(out, s.name)
		}
	}
	return out
}

// syntax is one way to write what a product offers or accepts.
type syntax struct {
	name  client.Syntax
	title string // the product, in words
	// client and gateway say on which sides the product is, and the places
	// where its lines go there.
	client, gateway           bool
	clientPlace, gatewayPlace string

	// word returns how the syntax names an algorithm, "" if it does not. None
	// of an axis is not asked for.
	word func(proposals.Algorithm) string
	// lacks says why there is no word for an algorithm where that is more
	// than that there is none.
	lacks map[string]string // by keyword
	// oneHash: one word names the integrity algorithm and the PRF. With
	// hashLists a proposal may name several.
	oneHash, hashLists bool
	// only are the suites that the setting knows, if it is not a list of
	// words.
	only []proposals.Product
	// additive: the lines add to the gateway's, and need not name what is
	// there. With everyPair, each method goes with all else.
	additive, everyPair bool
	// lines writes products, one of which is suite.
	lines func(connection string, side Side, suite proposals.Suite, products []proposals.Product) []string
	// notes are sentences for either side.
	notes func(side Side, suite proposals.Suite) []string
}

func (s *syntax) write(connection string, side Side, suite proposals.Suite, products []proposals.Product) (lines, notes []string) {
	lines = s.lines(connection, side, suite, products)
	if s.notes != nil {
		notes = s.notes(side, suite)
	}
	return lines, notes
}

// writable returns the suites of p that s can write.
func (s *syntax) writable(p proposals.Product) []proposals.Product {
	if s.only != nil {
		var out []proposals.Product
		for _, q := range s.only {
			if both, ok := p.Intersect(q); ok {
				out = append(out, both)
			}
		}
		return out
	}
	for axis, list := range p {
		if len(list) == 0 {
			continue
		}
		p[axis] = slices.DeleteFunc(slices.Clone(list), func(a proposals.Algorithm) bool {
			return !a.IsNone() && s.word(a) == ""
		})
		if len(p[axis]) == 0 {
			return nil
		}
	}
	if !s.oneHash {
		return []proposals.Product{p}
	}
	var out []proposals.Product
	with := func(integ []proposals.Algorithm, prf proposals.Algorithm) {
		q := p
		q[proposals.INTEG], q[proposals.PRF] = integ, []proposals.Algorithm{prf}
		out = append(out, q)
	}
	for _, integ := range p[proposals.INTEG] {
		if prf, ok := proposals.PRFOf(integ); ok && slices.Contains(p[proposals.PRF], prf) {
			with([]proposals.Algorithm{integ}, prf)
		}
	}
	if len(p[proposals.INTEG]) == 0 {
		for _, prf := range p[proposals.PRF] {
			with(nil, prf)
		}
	}
	return out
}

// inexact says why s cannot write p, or returns "".
func (s *syntax) inexact(p proposals.Product) string {
	for _, list := range p {
		for _, a := range list {
			if !a.IsNone() && s.word(a) == "" {
				return s.noWord(a)
			}
		}
	}
	if !s.oneHash {
		return ""
	}
	var prfs []proposals.Algorithm
	for _, a := range p[proposals.INTEG] {
		if prf, ok := proposals.PRFOf(a); ok {
			prfs = append(prfs, prf)
		}
	}
	classic := len(p[proposals.INTEG]) > 0
	if classic && !sameSet(prfs, p[proposals.PRF]) || len(p[proposals.PRF]) > 1 && !s.hashLists {
		return s.title + " names one hash for the PRF and the integrity algorithm"
	}
	if classic && !slices.Equal(prfs, p[proposals.PRF]) {
		return s.title + " has one order of hashes for the PRF and the integrity algorithm"
	}
	return ""
}

func sameSet(a, b []proposals.Algorithm) bool {
	in := func(list []proposals.Algorithm) func(proposals.Algorithm) bool {
		return func(x proposals.Algorithm) bool { return !slices.Contains(list, x) }
	}
	return !slices.ContainsFunc(a, in(b)) && !slices.ContainsFunc(b, in(a))
}

func (s *syntax) noWord(a proposals.Algorithm) string {
	if why, ok := s.lacks[a.Keyword()]; ok {
		return why
	}
	return fmt.Sprintf("%s has no %s", s.title, named(a))
}

// unable says why nothing of products can be written: the algorithm without a
// word that is in the way of each of them, if there is one.
func (s *syntax) unable(products []proposals.Product, otherwise string) string {
	if len(products) == 0 {
		return "the gateway is not known to accept anything"
	}
	if s.only != nil {
		return otherwise
	}
	for axis := proposals.ENCR; axis < proposals.NumAxes; axis++ {
		var missing []proposals.Algorithm
		for _, p := range products {
			if len(p[axis]) == 0 || slices.ContainsFunc(p[axis], func(a proposals.Algorithm) bool { return a.IsNone() || s.word(a) != "" }) {
				missing = nil
				break
			}
			missing = append(missing, p[axis]...)
		}
		if len(missing) > 0 {
			return otherwise + ": " + s.noWord(missing[0])
		}
	}
	return otherwise
}

// named returns the IANA name of a, with its key length.
func named(a proposals.Algorithm) string {
	if a.KeyBits != 0 {
		return fmt.Sprintf("%s with %d bits", a.Name(), a.KeyBits)
	}
	return a.Name()
}
