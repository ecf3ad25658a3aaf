package scan

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// newMember returns what is known of one of several gateways.
func newMember(number int, m evidence.Member) report.Member {
	own := newMatrix(m.Matrix)
	out := report.Member{
		Number: number, ErrorSPI: m.Look.ErrorSPI.String(), VendorIDs: []report.VendorID{},
		Counts: own.Counts, Products: own.Products, Undecided: own.Undecided, Evidence: lists.Evidence(m.Exchanges),
	}
	for word := range strings.FieldsSeq(m.Look.VendorIDs) {
		if id, err := hex.DecodeString(word); err == nil {
			out.VendorIDs = append(out.VendorIDs, report.VendorIDOf(id))
		}
	}
	return out
}

func newMatrix(m *matrix.Matrix) *report.Matrix {
	out := &report.Matrix{
		Counts:         report.Counts{Universe: m.Universe, Accepted: m.Accepted, Refused: m.Refused, Unknown: m.NoAnswer + m.NotTested},
		Proven:         m.Proven,
		Products:       []report.AcceptedSuites{},
		Undecided:      []report.UndecidedSuites{},
		Contradictions: lists.Convert(m.Contradictions, func(c matrix.Contradiction) string { return c.Suite.String() }),
		Asked:          lists.Convert(m.Asked, proposals.Product.String),
	}
	slices.Sort(out.Contradictions)
	var accepted []proposals.Product
	for _, r := range m.Products {
		accepted = append(accepted, r.Product)
		out.Products = append(out.Products, report.AcceptedSuites{
			Suites:   report.SuitesOf(r.Product),
			Basis:    report.Basis(r.Basis.String()),
			Samples:  r.Samples,
			Evidence: lists.Evidence(r.Evidence),
		})
	}
	var undecided []proposals.Product
	for _, u := range m.Undecided {
		undecided = append(undecided, u.Product)
		out.Undecided = append(out.Undecided, report.UndecidedSuites{
			State:    report.State(u.State.String()),
			Suites:   u.Product.String(),
			Count:    u.Product.Size(),
			Evidence: lists.Evidence(u.Evidence),
		})
	}
	c := report.Counts{Universe: countClassical(m.Asked), Accepted: countClassical(accepted), Unknown: countClassical(undecided)}
	c.Refused = c.Universe - c.Accepted - c.Unknown
	out.Classical = c
	out.Hybrid = report.Counts{Universe: m.Universe - c.Universe, Accepted: m.Accepted - c.Accepted, Refused: m.Refused - c.Refused, Unknown: out.Unknown - c.Unknown}
	return out
}

// countClassical returns the number of suites in products, which may overlap,
// that have no additional key exchange.
func countClassical(products []proposals.Product) int64 {
	var parts []proposals.Product
	for _, p := range products {
		if part, ok := assess.ClassicalPart(p); ok {
			parts = append(parts, part)
		}
	}
	u, err := matrix.NewUniverse(parts...)
	if err != nil {
		// Parts of a universe fit into one.
		panic("report: internal error: " + err.Error())
	}
	return u.Size()
}
