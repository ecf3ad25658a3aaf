package login

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/probe/login"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// ClientVerdict is what becomes of a client's Child SAs.
type ClientVerdict string

const (
	// ClientConnects: it gets a Child SA, and can rekey it.
	ClientConnects ClientVerdict = "connects"
	// ClientDrops: it gets a Child SA, which ends at the first rekeying.
	ClientDrops ClientVerdict = "drops"
	// ClientFails: it gets none.
	ClientFails ClientVerdict = "fails"
	// ClientUnknown: the evidence does not reach.
	ClientUnknown ClientVerdict = "unknown"
)

// Client is what becomes of a client's Child SAs at this connection of the gateway, by
// what it offers for them.
type Client struct {
	Name    string        `json:"name"`
	Product string        `json:"product,omitempty"`
	Scope   string        `json:"scope,omitempty"`
	Verdict ClientVerdict `json:"verdict"`
	Text    string        `json:"text"` // half a sentence
	// Suites are those in common in IKE_AUTH, which has no key exchange for Child SAs;
	// Rekeys those in common at rekeying.
	Suites []string `json:"suites"`
	Rekeys []string `json:"rekeys"`
	// IKE is whether the client has IKE suites in common with the connection; "" if that was
	// not asked, and the verdict covers ESP only.
	IKE IKECommon `json:"ike,omitempty"`
	// Fix is what to do, on either side.
	Fix []ClientFix `json:"fix"`
	// Source is where the client's offer is from, and Doubt why it may be another.
	Source string `json:"source,omitempty"`
	Doubt  string `json:"doubt,omitempty"`
}

// Judge says of clients what becomes of their Child SAs, by the suites that the login
// found. What JudgeIKE said before of their IKE SAs counts.
func (d *Document) Judge(found *login.ESP, clients []client.Policy) {
	if found == nil {
		return
	}
	states := make(map[proposals.Suite]matrix.State)
	for _, p := range clients {
		c := Client{Name: p.Name, Product: p.Product, Scope: p.Scope, Verdict: ClientUnknown, Suites: []string{}, Rekeys: []string{}, IKE: d.ikeCommon(p.Name), Fix: []ClientFix{}}
		switch {
		case found.PFS == nil && found.Plain == nil:
			c.Text = "unknown: the gateway was not asked what it accepts"
		case nothingTaken(found):
			c.Text = "unknown: the gateway refuses a further Child SA whatever its suite is, which says nothing of the first one that a client gets"
		case p.Child == nil:
			c.Text = "unknown: the offer for Child SAs is not known"
		default:
			c.Source, c.Doubt = p.Child.Source, p.Child.Doubt
			j := &childJudge{esp: found, child: p.Child, states: states}
			j.judge(&c)
			c.Fix = append(c.Fix, j.fixes(d, c.Verdict, p)...)
		}
		if c.IKE == IKECommonNone {
			d.failsAtIKE(&c, p)
		}
		d.Clients = append(d.Clients, c)
	}
}

// nothingTaken reports whether all suites were refused.
func nothingTaken(e *login.ESP) bool {
	return e.PFS != nil && e.Plain != nil && e.PFS.Proven && e.Plain.Proven && e.PFS.Accepted+e.Plain.Accepted == 0
}

// pair is a cipher with the integrity algorithm beside it, none beside AEAD.
type pair struct{ encr, integ proposals.Algorithm }

func (p pair) String() string {
	return strings.TrimSuffix(p.encr.Keyword()+"-"+p.integ.Keyword(), "-")
}

// offered is a pair that a client offers, and what it adds to it at rekeying.
type offered struct {
	pair
	ke      []proposals.Algorithm
	plain   bool // it offers to do without a key exchange
	unknown bool // what it offers at rekeying is not known
}

// childJudge judges one client by what a login found.
type childJudge struct {
	esp    *login.ESP
	child  *client.Child
	states map[proposals.Suite]matrix.State // found already; clients share it
}

// world is what is not known of a client: whether it has what is optional, and which
// key exchange method its IKE SA has.
type world struct {
	optional bool
	ike      *proposals.Algorithm
}

// worlds returns all of them; the last has the most.
func (j *childJudge) worlds() []world {
	ike := []*proposals.Algorithm{nil}
	for _, p := range j.child.Offer {
		if p.OfIKE {
			ike = nil
			for i := range p.KE {
				ike = append(ike, &p.KE[i])
			}
			break
		}
	}
	var out []world
	for _, optional := range []bool{false, true} {
		for _, m := range ike {
			out = append(out, world{optional, m})
		}
	}
	return out
}

// offers returns what the client offers in a world, each pair once.
func (j *childJudge) offers(w world) []offered {
	var out []offered
	for _, p := range j.child.Offer {
		ours := func(list []proposals.Algorithm) []proposals.Algorithm {
			return slices.DeleteFunc(slices.Clone(list), func(a proposals.Algorithm) bool { return p.IsOptional(a) && !w.optional })
		}
		ke := ours(p.KE)
		if p.OfIKE {
			ke = []proposals.Algorithm{*w.ike}
		}
		for _, encr := range ours(p.ENCR) {
			integs := ours(p.INTEG)
			if encr.AEAD() {
				integs = []proposals.Algorithm{proposals.None(proposals.INTEG)}
			}
			for _, integ := range integs {
				one := pair{encr, integ}
				i := slices.IndexFunc(out, func(o offered) bool { return o.pair == one })
				if i < 0 {
					i = len(out)
					out = append(out, offered{pair: one})
				}
				out[i].ke = append(out[i].ke, ke...)
				out[i].plain = out[i].plain || p.Plain
				out[i].unknown = out[i].unknown || len(p.KE) == 0 && !p.Plain
			}
		}
	}
	return out
}

// judge gives the verdict that is the same in all worlds.
func (j *childJudge) judge(c *Client) {
	for i, w := range j.worlds() {
		verdict, text := j.in(w, c)
		switch {
		case i == 0:
			c.Verdict, c.Text = verdict, text
		case verdict != c.Verdict:
			c.Verdict, c.Text = ClientUnknown, "unknown: not all clients of this kind offer the same, and that decides it"
		}
	}
	short, extended := j.child.Short, j.child.Extended
	shown := short && j.esp.NoESN || extended && j.esp.ESN || !short && !extended && j.esp.NoESN
	if (c.Verdict == ClientConnects || c.Verdict == ClientDrops) && !shown {
		c.Verdict, c.Text = ClientUnknown, "unknown: it was not seen that the gateway takes the sequence numbers that the client offers"
	}
}

// in judges the client in a world, and lists what is in common.
func (j *childJudge) in(w world, c *Client) (ClientVerdict, string) {
	var common, open, lost, unsure []offered
	var takes []string // what the gateway takes with the common pairs at rekeying
	c.Suites, c.Rekeys = []string{}, []string{}
	all := j.offers(w)
	for _, o := range all {
		state, with := j.takes(o.pair)
		switch state {
		case matrix.Refused:
			continue
		case matrix.Accepted:
		default:
			open = append(open, o)
			continue
		}
		common = append(common, o)
		c.Suites = append(c.Suites, o.String())
		state, rekeys := j.rekeys(o)
		c.Rekeys = append(c.Rekeys, rekeys...)
		switch state {
		case matrix.Accepted:
		case matrix.Refused:
			lost = append(lost, o)
			for _, word := range with {
				if !slices.Contains(takes, word) {
					takes = append(takes, word)
				}
			}
		default:
			unsure = append(unsure, o)
		}
	}
	switch {
	case len(common) == 0 && len(open) == 0:
		return ClientFails, "fails: no ESP suite in common; the gateway accepts none of " + some(all, "and")
	case len(common) == 0:
		return ClientUnknown, "unknown: no suite is known to be in common, and whether the gateway takes " + some(open, "or") + " was not decided"
	case len(open) > 0 && len(lost)+len(unsure) == 0:
		return ClientUnknown, "unknown: it connects; whether it can rekey depends on the suite that the gateway chooses, and " + some(open, "or") + " was not decided"
	case len(lost) == len(common) && len(open) == 0:
		return ClientDrops, fmt.Sprintf("connects with %s, and drops at the first rekeying: there the client offers %s, and the gateway takes %s",
			some(common, "or"), exchanges(lost[0]), english.List(takes, "or"))
	case len(lost)+len(unsure) == 0:
		return ClientConnects, "connects with " + some(common, "or") + ", and can rekey"
	case len(unsure) > 0 || len(open) > 0:
		return ClientUnknown, "unknown: it connects; whether it can rekey was not decided"
	}
	return ClientUnknown, "unknown: it connects; whether it can rekey depends on the suite that the gateway chooses: not with " + some(lost, "or")
}

// takes returns whether the gateway takes a pair in IKE_AUTH, which is without a key
// exchange there, and with which it takes it at rekeying.
func (j *childJudge) takes(p pair) (matrix.State, []string) {
	out := matrix.Refused
	var with []string
	see := func(state matrix.State, word string) {
		switch {
		case state == matrix.Accepted:
			with = append(with, word)
			out = state
		case state != matrix.Refused && out == matrix.Refused:
			out = state
		}
	}
	for _, ke := range exchangesAsked() {
		see(j.state(p, &ke), ke.Keyword())
	}
	see(j.state(p, nil), "no key exchange")
	return out, with
}

// exchangesAsked are the key exchange methods that a login asks about.
var exchangesAsked = sync.OnceValue(func() []proposals.Algorithm { return login.Universe(true)[0][proposals.KE] })

// rekeys returns whether the gateway takes what the client offers when it rekeys a pair,
// and the suites in common.
func (j *childJudge) rekeys(o offered) (matrix.State, []string) {
	out := matrix.Refused
	if o.unknown {
		out = matrix.NotTested
	}
	var common []string
	see := func(state matrix.State, suite string) {
		switch {
		case state == matrix.Accepted:
			common = append(common, suite)
			out = state
		case state != matrix.Refused && out == matrix.Refused:
			out = state
		}
	}
	for _, ke := range o.ke {
		see(j.state(o.pair, &ke), o.String()+"-"+ke.Keyword())
	}
	if o.plain {
		see(j.state(o.pair, nil), o.String())
	}
	return out, common
}

// state is what the login found of a suite; without a key exchange if ke is nil.
func (j *childJudge) state(p pair, ke *proposals.Algorithm) matrix.State {
	s, m := login.SuiteOf(p.encr, p.integ, ke), j.esp.PFS
	if ke == nil {
		s[proposals.KE], m = proposals.Algorithm{}, j.esp.Plain
	}
	state, ok := j.states[s]
	if !ok {
		state = matrix.NotTested
		if m != nil {
			state, _ = m.State(login.SuiteOf(p.encr, p.integ, ke))
		}
		j.states[s] = state
	}
	return state
}

// some names the first pairs of a list, with a conjunction before the last.
func some(list []offered, conjunction string) string {
	const most = 3
	var words []string
	for _, o := range list[:min(len(list), most)] {
		words = append(words, o.String())
	}
	if more := len(list) - most; more > 0 {
		words = append(words, fmt.Sprintf("%d more", more))
	}
	return english.List(words, conjunction)
}

// exchanges says what a client adds to a pair at rekeying.
func exchanges(o offered) string {
	var words []string
	for _, ke := range o.ke {
		words = append(words, ke.Keyword())
	}
	if o.plain {
		words = append(words, "no key exchange")
	}
	return english.List(words, "or")
}
