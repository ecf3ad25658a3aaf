package remedy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
)

// Side is whose configuration a remedy changes.
type Side string

const (
	ClientSide  Side = "client"
	GatewaySide Side = "gateway"
)

// Case is a client that a gateway refuses.
type Case struct {
	Client client.Policy
	// Accepted is what the gateway accepts, as far as it is known: the policy
	// that is in force there.
	Accepted []proposals.Product
	// ClientSyntaxes are those to write the client's side in; nil stands for
	// the client's own. GatewaySyntaxes are those for the gateway's.
	ClientSyntaxes, GatewaySyntaxes []client.Syntax
	// Connection is what the client calls the connection. A placeholder stands
	// for "", for a name that would need quoting, and for the gateway's.
	Connection string
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
	// side's policy in force. It is empty if nothing is.
	Weaker []string
	// Lines are to paste; empty if there is no remedy of this syntax, and Why
	// then says why.
	Lines []string
	Why   string
	// Notes are sentences on what to mind.
	Notes []string
}

// Remedies returns the remedies of c, the best first: what weakens nothing
// before what does, and the client's side before the gateway's. Where each
// would weaken something, changes of both sides come first, if they do not.
// Syntaxes without a remedy come last. There are none for a client that the gateway
// accepts.
func (c Case) Remedies() []Remedy {
	if meet(c.Client.Offer, c.Accepted) {
		return nil
	}
	var out []Remedy
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
				out = append(out, c.client(s))
				found = true
			}
		}
		if !found {
			why := "no setting is known that changes what this client offers"
			if name == client.SyntaxCapture {
				why = "a capture does not show which product sent it"
			}
			out = append(out, Remedy{Side: ClientSide, Syntax: name, Where: "the client", Why: why})
		}
	}
	for _, name := range c.GatewaySyntaxes {
		for _, s := range syntaxes {
			if s.name == name && s.gateway {
				out = append(out, c.gateway(s))
			}
		}
	}
	sound := func(r Remedy) bool { return len(r.Lines) > 0 && len(r.Weaker) == 0 }
	if !slices.ContainsFunc(out, sound) {
		out = append(c.both(own), out...)
	}
	slices.SortStableFunc(out, func(a, b Remedy) int {
		return cmp.Or(
			cmp.Compare(min(1, len(b.Lines)), min(1, len(a.Lines))),
			cmp.Compare(min(1, len(a.Weaker)), min(1, len(b.Weaker))),
		)
	})
	return out
}

// client returns the remedy that sets the client to a suite of the gateway's.
// The suite stands alone: what else the client offers there, the gateway
// refuses.
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
	suite, changes, ok := nearest(able, c.Client.Offer)
	if !ok {
		r.Why = s.unable(c.Accepted, "of what the gateway accepts, "+s.title+" can be set to nothing")
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
// beside what it takes now.
func (c Case) gateway(s *syntax) Remedy {
	r := Remedy{Side: GatewaySide, Syntax: s.name, Where: s.gatewayPlace}
	var able []proposals.Product
	for _, p := range c.Client.Offer {
		able = append(able, s.writable(p)...)
	}
	suite, changes, ok := nearest(able, c.Accepted)
	if !ok {
		r.Why = s.unable(c.Client.Offer, "of what the client offers, "+s.title+" can be set to nothing")
		return r
	}
	all := append(slices.Clone(c.Accepted), suite.Product())
	if !s.additive {
		if r.Why = c.inexact(s); r.Why != "" {
			return r
		}
	}
	r.Suite, r.Changes = suite, changes
	r.Weaker = weaker(suite, c.Accepted, gatewayWords)
	r.Lines, r.Notes = s.write(placeholder, GatewaySide, suite, all)
	return r
}

// inexact says why s cannot write what the gateway accepts, or returns "".
func (c Case) inexact(s *syntax) string {
	for _, p := range c.Accepted {
		if why := s.inexact(p); why != "" {
			return "the gateway accepts " + p.String() + ", and " + why + ": its configuration has another form"
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
	// there.
	additive bool
	// lines writes products, the last of which is suite.
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
