package login

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/probe/login"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/proposals/remedy"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// ClientFix is what to do for a client to connect, and to stay connected.
type ClientFix struct {
	// Side is that which is changed, and Place where at the client. Without a Place, Where
	// alone says it.
	Side  remedy.Side `json:"side,omitempty"`
	Place string      `json:"place,omitempty"`
	Where string      `json:"where,omitempty"` // for this client, in words
	Line  string      `json:"line"`
	Paste bool        `json:"paste"` // Line is to be pasted; else it is said in words
}

// atGateway is a fix at the gateway for a client.
func atGateway(name, line string) ClientFix {
	f := ClientFix{Side: remedy.GatewaySide, Line: line}
	f.Where = f.whereFor(name)
	return f
}

// atClient is a fix at a client itself.
func atClient(name, place, line string) ClientFix {
	f := ClientFix{Side: remedy.ClientSide, Place: place, Line: line, Paste: true}
	f.Where = f.whereFor(name)
	return f
}

// whereFor says where a fix is done that is the same for several clients.
func (f ClientFix) whereFor(names ...string) string {
	switch all := strings.Join(names, ", "); {
	case f.Side == remedy.GatewaySide:
		return "the gateway, for " + all
	case f.Place != "":
		return all + ": " + f.Place
	}
	return f.Where
}

// same reports whether two fixes, of two clients, are one.
func (f ClientFix) same(o ClientFix) bool {
	return f.Line == o.Line && f.Side == o.Side && f.Place == o.Place && (f.Where == o.Where || f.Side == remedy.GatewaySide || f.Place != "")
}

// forAll returns the fix as one for clients of these names.
func (f ClientFix) forAll(names ...string) incident.Fix {
	return incident.Fix{Where: f.whereFor(names...), Line: f.Line, Paste: f.Paste}
}

// Fixes are those of the client alone.
func (c Client) Fixes() []incident.Fix {
	return lists.Convert(c.Fix, func(f ClientFix) incident.Fix { return f.forAll(c.Name) })
}

// fixes returns what to do where a client fails or drops: on its side, where that is
// known, and at the gateway.
func (j *childJudge) fixes(d *Document, verdict ClientVerdict, p client.Policy) []ClientFix {
	if verdict != ClientDrops && verdict != ClientFails {
		return nil
	}
	var out []ClientFix
	switch p.Syntax {
	case client.SyntaxWindows, client.SyntaxRasphone, client.SyntaxMobileconfig:
		out = append(out, j.childFix(d, p)...)
	case client.SyntaxMikroTik:
		out = append(out, j.mikrotikFix(p)...)
	case client.SyntaxSwanctl:
		if with := j.strongest(); with != "" {
			out = append(out, ClientFix{Side: remedy.ClientSide, Where: "swanctl.conf of " + p.Name + ", in the section of the child", Line: "esp_proposals = " + with, Paste: true})
		}
	}
	if own, weaker := j.clientOffer(verdict); own != "" {
		// Names of algorithms do not change behind the words before the equals sign.
		line := "accept " + own + " for Child SAs, too (strongSwan: beside what is there, esp_proposals = " + own + ")"
		if len(weaker) > 0 {
			line += ". WEAKER than what it accepts now: " + strings.Join(weaker, "; ")
		}
		out = append(out, atGateway(p.Name, line))
	}
	return out
}

// clientOffer is the first suite that the client offers at rekeying and that is no
// weak one, and what it has that is weaker than what the gateway accepts: of those in
// common in IKE_AUTH if it drops. One without such goes before the others.
func (j *childJudge) clientOffer(verdict ClientVerdict) (suite string, weaker []string) {
	for _, o := range j.offers(j.worlds()[0]) {
		if state, _ := j.takes(o.pair); verdict == ClientDrops && state != matrix.Accepted || isWeak(o.encr) || o.unknown {
			continue
		}
		var all []*proposals.Algorithm
		if o.plain {
			all = append(all, nil)
		}
		for i := range o.ke {
			all = append(all, &o.ke[i])
		}
		for _, ke := range all {
			words := o.String()
			if ke != nil {
				words += "-" + ke.Keyword()
			}
			worse := j.weaker(o.pair, ke)
			if len(worse) == 0 {
				return words, nil
			}
			if suite == "" {
				suite, weaker = words, worse
			}
		}
	}
	return suite, weaker
}

// weaker says what a suite has that is weaker than what the gateway accepts now; without a
// key exchange if ke is nil.
func (j *childJudge) weaker(p pair, ke *proposals.Algorithm) []string {
	var accepted []proposals.Product
	pfs, plain := false, false
	if j.esp.PFS != nil {
		for _, region := range j.esp.PFS.Products {
			accepted, pfs = append(accepted, region.Product), true
		}
	}
	if j.esp.Plain != nil {
		for _, region := range j.esp.Plain.Products {
			one := region.Product
			one[proposals.KE] = nil // stands for none
			accepted, plain = append(accepted, one), true
		}
	}
	suite := login.SuiteOf(p.encr, p.integ, ke)
	if ke != nil {
		return remedy.LetsIn(suite, accepted)
	}
	var none proposals.Product
	none[proposals.KE] = []proposals.Algorithm{suite[proposals.KE]} // which stands for none
	out := remedy.LetsIn(suite, append(accepted, none))
	if pfs && !plain {
		out = append(out, "this lets in rekeying without a key exchange: whoever gets hold of the keys of the IKE SA reads its Child SAs, too")
	}
	return out
}

func isWeak(encr proposals.Algorithm) bool {
	switch encr.Keyword() {
	case "des", "3des", "null":
		return true
	}
	return false
}

// strongest is the first suite of the gateway in the order of what was asked about.
func (j *childJudge) strongest() string {
	for _, m := range []*matrix.Matrix{j.esp.PFS, j.esp.Plain} {
		if m == nil || len(m.Products) == 0 {
			continue
		}
		suite, _ := m.Products[0].Product.First()
		return keywords(suite.Product(), m == j.esp.PFS)
	}
	return ""
}

// value is a suite of a product's settings: the words, and what they are.
type value struct{ word, keywords string }

var (
	mikrotikCiphers = []value{
		{"enc-algorithms=aes-256-cbc auth-algorithms=sha512", "aes256-sha512"}, {"enc-algorithms=aes-256-cbc auth-algorithms=sha256", "aes256-sha256"},
		{"enc-algorithms=aes-128-cbc auth-algorithms=sha256", "aes128-sha256"}, {"enc-algorithms=aes-256-cbc auth-algorithms=sha1", "aes256-sha1"},
		{"enc-algorithms=aes-128-cbc auth-algorithms=sha1", "aes128-sha1"},
	}
	mikrotikGroups = []value{{"ecp384", "ecp384"}, {"ecp256", "ecp256"}, {"ecp521", "ecp521"}, {"modp3072", "modp3072"}, {"modp4096", "modp4096"}, {"modp2048", "modp2048"}, {"none", ""}}
)

// settable returns the first of a product's transforms with the first of its groups that
// the gateway takes together.
func (j *childJudge) settable(transforms, groups []value) (transform, group string, ok bool) {
	for _, t := range transforms {
		for _, g := range groups {
			var one pair
			for word := range strings.SplitSeq(t.keywords, "-") {
				a := algorithm(word)
				if a.Axis == proposals.INTEG {
					one.integ = a
				} else {
					one.encr = a
				}
			}
			if one.integ == (proposals.Algorithm{}) {
				one.integ = proposals.None(proposals.INTEG)
			}
			var ke *proposals.Algorithm
			if g.keywords != "" {
				a := algorithm(g.keywords)
				ke = &a
			}
			if j.state(one, ke) == matrix.Accepted {
				return t.word, g.word, true
			}
		}
	}
	return "", "", false
}

func algorithm(keyword string) proposals.Algorithm {
	a, err := proposals.ParseAlgorithm(keyword)
	if err != nil {
		panic("login: internal error: " + err.Error())
	}
	return a
}

// childFix gives a client the first suite that the gateway takes of those that its product
// can be set to, in lines that keep its IKE part.
func (j *childJudge) childFix(d *Document, p client.Policy) []ClientFix {
	for _, c := range remedy.ChildSuites(p.Syntax) {
		if j.state(pair{c.ENCR, c.INTEG}, c.KE) != matrix.Accepted {
			continue
		}
		ike, note := d.keptIKE(p)
		where, lines, suite, ok := remedy.ChildLines(p.Syntax, ike, c)
		if !ok && d.IKE != nil && d.IKE.Proven {
			return nil // the gateway refuses all that the product can be set to for the IKE SA
		}
		if !ok { // of its own, the product can be set to
			ike, note = p.Offer, ownIKE
			where, lines, suite, ok = remedy.ChildLines(p.Syntax, ike, c)
		}
		if !ok {
			return nil
		}
		if note != "" && suite != nil {
			where += "; " + fmt.Sprintf(note, suite)
		}
		return []ClientFix{atClient(p.Name, j.onClient(where, c.KE == nil), strings.Join(lines, "\n"))}
	}
	return nil
}

// ownIKE says of a suite for the IKE SA where it is from, and that it was not tried.
const ownIKE = "%v for the IKE SA is of what the client offers now, and whether the gateway takes it was not asked (--ike asks)"

// keptIKE returns what the IKE SA of a client may have: its own suite if it has one alone
// that is not known to be refused; else what this login has shown that the gateway takes: its suite, and those that its IKE
// SA can be rekeyed with. The note, unless "", is of the suite that is chosen of them.
func (d *Document) keptIKE(p client.Policy) (ike []proposals.Product, note string) {
	if len(p.Offer) == 1 && p.Offer[0].Size() == 1 && d.ikeCommon(p.Name) != IKECommonNone {
		return p.Offer, ""
	}
	if suite, err := proposals.ParseSuite(d.Suite); err == nil {
		ike = append(ike, suite.Product())
	}
	if _, _, _, ok := remedy.ChildLines(p.Syntax, ike, remedy.ChildSuites(p.Syntax)[0]); !ok && d.IKE != nil {
		for _, words := range d.IKE.Suites {
			if product, err := proposals.ParseProduct(words); err == nil {
				ike = append(ike, product)
			}
		}
	}
	return ike, ""
}

// onClient says where a fix is done, and that it takes a key exchange away from a client
// that has one for its Child SAs, if it is without.
func (j *childJudge) onClient(where string, without bool) string {
	if without && !slices.ContainsFunc(j.child.Offer, func(o client.ChildProposal) bool { return o.Plain }) {
		return where + " (WEAKER than now: without a key exchange for Child SAs)"
	}
	return where
}

// mikrotikFix are lines for RouterOS, whose peers have the proposal default unless others
// are named.
func (j *childJudge) mikrotikFix(p client.Policy) []ClientFix {
	cipher, group, ok := j.settable(mikrotikCiphers, mikrotikGroups)
	if !ok {
		return nil
	}
	return []ClientFix{atClient(p.Name, j.onClient("RouterOS on the client; default is the proposal that its policy names", group == "none"), "/ip ipsec proposal\nset default "+cipher+"\nset default pfs-group="+group)}
}
