package login

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/probe/login"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// IKE is which suites the connection accepts when its IKE SA is rekeyed. A scan shows those
// of all connections of the gateway together.
type IKE struct {
	// Suites are products, as strongSwan writes them.
	Suites []string `json:"suites"`
	// Asked counts the suites that were asked about, Accepted those that are accepted.
	Asked    int64 `json:"asked"`
	Accepted int64 `json:"accepted"`
	// Proven: each suite that is not accepted was refused.
	Proven bool `json:"proven"`
	// Rekeying is what becomes of the IKE SA of this login when it is rekeyed with the
	// suite that it has.
	Rekeying  Rekeying `json:"rekeying"`
	Text      string   `json:"text"` // Rekeying in words
	Questions int      `json:"questions"`
	// Rekeyed: the gateway says that it set up a new IKE SA, which cannot be deleted.
	Rekeyed bool `json:"rekeyed,omitempty"`
	// Unasked says why not all was asked.
	Unasked string      `json:"unasked,omitempty"`
	Clients []IKEClient `json:"clients"`
}

// Rekeying is what becomes of an IKE SA when it is rekeyed.
type Rekeying string

const (
	// RekeyingAccepted: the suite of the IKE SA is accepted again.
	RekeyingAccepted Rekeying = "accepted"
	// RekeyingRefused: it is not, and others are.
	RekeyingRefused Rekeying = "refused"
	// RekeyingNever: no suite is accepted.
	RekeyingNever Rekeying = "never"
	// RekeyingUnknown: that was not decided.
	RekeyingUnknown Rekeying = "unknown"
)

var rekeyingWords = map[Rekeying]string{
	RekeyingAccepted: "an IKE SA with the suite of this login can be rekeyed with the same one",
	RekeyingRefused:  "connects, and cannot rekey the IKE SA with the same suite: IKE_SA_INIT accepted %s, which this connection refuses, as one of another connection. A client that offers nothing else drops when the IKE SA is rekeyed",
	RekeyingNever:    "no suite is accepted, not even that of this login: the gateway refuses whatever its clients offer to rekey the IKE SA",
	RekeyingUnknown:  "whether an IKE SA with the suite of this login can be rekeyed is not known",
}

// IKECommon is whether a client has IKE suites in common with a connection.
type IKECommon string

const (
	IKECommonSome    IKECommon = "some"
	IKECommonNone    IKECommon = "none"
	IKECommonUnknown IKECommon = "unknown"
)

var commonWords = map[IKECommon]string{
	IKECommonSome:    "can rekey the IKE SA",
	IKECommonNone:    "no IKE suite in common with this connection: does not get in here, or drops when the IKE SA is rekeyed",
	IKECommonUnknown: "unknown: not all of what it offers was asked about and decided",
}

// IKEClient is a client at this connection.
type IKEClient struct {
	Name   string    `json:"name"`
	Common IKECommon `json:"common"`
	// Suites are products that are accepted and that it offers.
	Suites []string `json:"suites"`
	Doubt  string   `json:"doubt,omitempty"` // why its offer may be another
}

// newIKE makes it of what a login found with a suite; nil for nothing.
func newIKE(found *login.IKE, suite string) *IKE {
	if found == nil {
		return nil
	}
	out := &IKE{Suites: []string{}, Questions: found.Questions, Rekeyed: found.Rekeyed, Unasked: found.Unasked, Rekeying: RekeyingUnknown, Clients: []IKEClient{}}
	if m := found.Suites; m != nil {
		out.Asked, out.Accepted, out.Proven = m.Universe, m.Accepted, m.Proven
		for _, region := range m.Products {
			out.Suites = append(out.Suites, region.Product.String())
		}
	}
	switch {
	case found.Own == matrix.Accepted:
		out.Rekeying = RekeyingAccepted
	case found.Own == matrix.Refused && out.Accepted > 0:
		out.Rekeying = RekeyingRefused
	case found.Own == matrix.Refused && out.Proven:
		out.Rekeying = RekeyingNever
	}
	out.Text = strings.ReplaceAll(rekeyingWords[out.Rekeying], "%s", suite)
	return out
}

// JudgeIKE says of clients whether they have suites in common with what the login found
// of the IKE SA.
func (d *Document) JudgeIKE(found *login.IKE, clients []client.Policy) {
	if found == nil || found.Suites == nil || found.Suites.Accepted == 0 {
		return
	}
	for _, p := range clients {
		if p.Responder {
			continue
		}
		c := IKEClient{Name: p.Name, Common: IKECommonNone, Suites: []string{}, Doubt: p.Doubt}
		for _, offered := range p.Offer {
			for _, region := range found.Suites.Products {
				if common, ok := offered.Intersect(region.Product); ok {
					c.Common, c.Suites = IKECommonSome, append(c.Suites, common.String())
				}
			}
			if c.Common == IKECommonNone && !isDecided(found.Suites, offered) {
				c.Common = IKECommonUnknown
			}
		}
		if len(p.Offer) == 0 {
			c.Common = IKECommonUnknown
		}
		d.IKE.Clients = append(d.IKE.Clients, c)
	}
}

// ikeCommon is what was found of a client's IKE suites; "" if they were not judged.
func (d *Document) ikeCommon(name string) IKECommon {
	if d.IKE != nil {
		for _, c := range d.IKE.Clients {
			if c.Name == name {
				return c.Common
			}
		}
	}
	return ""
}

// failsAtIKE says of a client that has no IKE suite in common with the connection what
// becomes of it, whatever its Child SAs would. A login does not show whether IKE_SA_INIT
// refuses all that the client offers: of another connection some may be accepted.
func (d *Document) failsAtIKE(c *Client, p client.Policy) {
	ofESP := ". As far as ESP goes: " + c.Text
	enters := false // IKE_SA_INIT accepted a suite of it as one of another connection
	if suite, err := proposals.ParseSuite(d.Suite); err == nil && d.IKE.Rekeying == RekeyingRefused {
		enters = slices.ContainsFunc(p.Offer, func(o proposals.Product) bool { return o.Overlaps(suite.Product()) })
	}
	switch {
	case c.Verdict == ClientFails: // as it does, for want of ESP, wherever it gets in
	case !enters:
		c.Verdict, c.Text = ClientUnknown, "unknown: no IKE suite in common with this connection; a scan shows whether IKE_SA_INIT refuses all that it offers, so that it fails, or accepts some as of another connection, so that it drops when the IKE SA is rekeyed"+ofESP
	default:
		c.Verdict, c.Text = ClientDrops, "drops when the IKE SA is rekeyed: no IKE suite in common with this connection; IKE_SA_INIT accepted "+d.Suite+" as one of another"+ofESP
	}
	c.Doubt = strings.TrimSpace(p.Doubt + " " + strings.ReplaceAll(c.Doubt, p.Doubt, ""))
	c.Fix = append(c.Fix, atGateway(c.Name, "accept an IKE suite that it offers on this connection, too; ikescope explain REPORT --client NAME shows which one"))
}

// ofESPAlone is said of clients where nothing is known of their IKE SAs.
const ofESPAlone = "These verdicts cover ESP only: whether a client has an IKE suite in common was not "

// ClientNote says how far the verdicts on clients reach; "" for all the way.
func (d *Document) ClientNote() string {
	switch {
	case len(d.Clients) == 0 || slices.ContainsFunc(d.Clients, func(c Client) bool { return c.IKE != "" }):
		return ""
	case d.IKE == nil:
		return ofESPAlone + "asked (--ike asks)."
	}
	return ofESPAlone + "found."
}

// isDecided reports whether each suite of a product is accepted or refused.
func isDecided(m *matrix.Matrix, p proposals.Product) bool {
	for _, u := range m.Undecided {
		if p.Overlaps(u.Product) {
			return false
		}
	}
	var asked int64
	for _, q := range m.Asked { // which do not overlap
		if common, ok := p.Intersect(q); ok {
			asked += common.Size()
		}
	}
	return asked == p.Size()
}

// ikeLine is a line of what is said of rekeying, with the verdict that marks it; "" for none.
type ikeLine struct {
	mark ClientVerdict
	text string
	// more are sentences that belong to it.
	more []string
}

// lines say what becomes of this login and of clients, and how that was found.
func (e *IKE) lines() []ikeLine {
	mark, ok := map[Rekeying]ClientVerdict{RekeyingAccepted: ClientConnects, RekeyingRefused: ClientDrops}[e.Rekeying]
	if !ok {
		mark = ClientUnknown
	}
	out := []ikeLine{{mark: mark, text: e.Text}}
	if e.Asked > 0 {
		count := english.Grouped(e.Accepted) + " of " + english.Grouped(e.Asked) + " suites"
		if e.Proven {
			count += ", all others refused (proven)"
		}
		out = append(out, ikeLine{text: count + "; " + english.Counted(int64(e.Questions), "question", "questions")})
	}
	if e.Unasked != "" {
		out = append(out, ikeLine{text: "not all was asked: " + e.Unasked})
	}
	for _, c := range []struct {
		common IKECommon
		mark   ClientVerdict
	}{{IKECommonNone, ClientDrops}, {IKECommonUnknown, ClientUnknown}, {IKECommonSome, ClientConnects}} {
		var names, doubts []string
		for _, client := range e.Clients {
			if client.Common == c.common {
				names = append(names, client.Name)
				if client.Doubt != "" && c.common == IKECommonNone {
					doubts = append(doubts, client.Name+": "+client.Doubt)
				}
			}
		}
		if len(names) > 0 {
			out = append(out, ikeLine{c.mark, strings.Join(names, ", ") + ": " + commonWords[c.common], doubts})
		}
	}
	return out
}

// Lines say what becomes of this login and of clients, and how that was found.
func (e *IKE) Lines() (out []string) {
	for _, line := range e.lines() {
		out = append(append(out, line.text), line.more...)
	}
	return out
}

// ike writes the section.
func (d *Document) ike(p *layout.Page) {
	if d.IKE == nil {
		return
	}
	p.Section("REKEYING")
	for _, product := range d.IKE.Suites {
		p.Text(2, "+ "+product)
	}
	for _, line := range d.IKE.lines() {
		if line.mark == "" {
			p.Text(2, line.text)
			continue
		}
		marked(p, line.mark, line.text)
		for _, more := range line.more {
			for _, words := range layout.Wrap(printable.Text(more), p.Width-layout.Margin-2, 0) {
				p.Raw("  " + words)
			}
		}
	}
}

// marked writes a line with the mark of a verdict.
func marked(p *layout.Page, verdict ClientVerdict, text string) {
	mark := clientMarks[verdict]
	for i, line := range layout.Wrap(printable.Text(text), p.Width-layout.Margin-2, 0) {
		if i > 0 {
			mark.mark = " "
		}
		p.Raw(p.Paint(mark.style, mark.mark) + " " + line)
	}
}
