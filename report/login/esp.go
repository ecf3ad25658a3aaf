package login

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/probe/login"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// PFS says whether Child SAs have a key exchange of their own.
type PFS string

const (
	PFSDemanded PFS = "demanded"
	PFSRefused  PFS = "refused"
	PFSEither   PFS = "either"
	// PFSNone: no suite is accepted, with it or without.
	PFSNone PFS = "none"
	// PFSUnknown: not all was asked.
	PFSUnknown PFS = "unknown"
)

// ESP is which suites Child SAs of the connection may have, as strongSwan writes them.
type ESP struct {
	PFS PFS `json:"pfs"`
	// WithPFS are products with a key exchange, WithoutPFS those without.
	WithPFS    []string `json:"with_pfs"`
	WithoutPFS []string `json:"without_pfs"`
	// Asked counts the suites that were asked about, Accepted those that are taken.
	Asked    int64 `json:"asked"`
	Accepted int64 `json:"accepted"`
	// Proven: each suite that is not accepted was refused.
	Proven bool `json:"proven"`
	// SequenceNumbers are "short", "extended" or both.
	SequenceNumbers []string `json:"sequence_numbers"`
	Questions       int      `json:"questions"`
	// Installed counts the Child SAs that came about on the way, and were deleted.
	Installed int `json:"installed"`
	// Unasked says why not all was asked.
	Unasked string `json:"unasked,omitempty"`
}

// newESP makes it of what a login found; nil for nothing.
func newESP(e *login.ESP) *ESP {
	if e == nil {
		return nil
	}
	out := &ESP{WithPFS: []string{}, WithoutPFS: []string{}, SequenceNumbers: []string{}, Proven: true, Questions: e.Questions, Installed: e.Installed, Unasked: e.Unasked, PFS: PFSUnknown}
	taken := func(m *matrix.Matrix, pfs bool) (products []string, count int64) {
		products = []string{}
		if m == nil {
			out.Proven = false
			return products, 0
		}
		out.Asked += m.Universe
		out.Accepted += m.Accepted
		out.Proven = out.Proven && m.Proven
		for _, region := range m.Products {
			products = append(products, keywords(region.Product, pfs))
		}
		return products, m.Accepted
	}
	var with, without int64
	out.WithPFS, with = taken(e.PFS, true)
	out.WithoutPFS, without = taken(e.Plain, false)
	switch {
	case with > 0 && without > 0:
		out.PFS = PFSEither
	case !out.Proven:
	case with > 0:
		out.PFS = PFSDemanded
	case without > 0:
		out.PFS = PFSRefused
	default:
		out.PFS = PFSNone
	}
	if e.NoESN {
		out.SequenceNumbers = append(out.SequenceNumbers, "short")
	}
	if e.ESN {
		out.SequenceNumbers = append(out.SequenceNumbers, "extended")
	}
	return out
}

// keywords returns a product of ESP, without what stands for nothing.
func keywords(p proposals.Product, pfs bool) string {
	var words []string
	for axis, list := range p {
		if proposals.Axis(axis) == proposals.PRF || proposals.Axis(axis) == proposals.KE && !pfs {
			continue
		}
		for _, alg := range list {
			if !alg.IsNone() {
				words = append(words, alg.Keyword())
			}
		}
	}
	return strings.Join(words, "-")
}

// pfsWords say what it means for clients.
var pfsWords = map[PFS]string{
	PFSDemanded: "PFS is demanded: the offer of a client without a key exchange for Child SAs is refused at its first rekeying, though it connects",
	PFSRefused:  "PFS is refused: the offer of a client that demands a key exchange for Child SAs is refused at its first rekeying, though it connects",
	PFSEither:   "PFS is possible, and not demanded",
	PFSNone:     "no suite is accepted: either the connection has only ones that were not asked about, or this login may have no further Child SA at all, and then the gateway refuses each offer, whatever is in it",
	PFSUnknown:  "whether PFS is demanded is not known",
}

// Suites are the products that are accepted, in a line each.
func (e *ESP) Suites() []string {
	return append(slices.Clone(e.WithPFS), lists.Convert(e.WithoutPFS, func(product string) string { return product + ", without a key exchange" })...)
}

// Lines say what they mean for clients, and how they were found.
func (e *ESP) Lines() []string {
	out := []string{pfsWords[e.PFS]}
	if len(e.SequenceNumbers) > 0 {
		out = append(out, "sequence numbers: "+strings.Join(e.SequenceNumbers, ", "))
	}
	count := fmt.Sprintf("%s of %s suites", english.Grouped(int64(e.Accepted)), english.Grouped(int64(e.Asked)))
	if e.Proven {
		count += ", all others refused (proven)"
	}
	out = append(out, count+"; "+english.Counted(int64(e.Questions), "question", "questions")+", "+english.Counted(int64(e.Installed), "Child SA was", "Child SAs were")+" set up and deleted")
	if e.Unasked != "" {
		out = append(out, "not all was asked: "+e.Unasked)
	}
	return out
}

// esp writes the section.
func (d *Document) esp(p *layout.Page) {
	if d.ESP == nil {
		return
	}
	p.Section("ESP")
	for _, suite := range d.ESP.Suites() {
		p.Text(2, "+ "+suite)
	}
	for _, line := range d.ESP.Lines() {
		p.Text(2, line)
	}
}
