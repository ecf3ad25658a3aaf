package picture

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

// The picture says of each suite what the matrix says: every accepted and every
// undecided suite has its mark in exactly one row, and the rest is refused.
func TestPictureShowsTheMatrix(t *testing.T) {
	universe := reporttest.Products(t, "aes256gcm16-aes128gcm16-prfsha1-prfsha256-prfsha384-modp1024-modp2048-ecp256,"+
		"aes128-aes256-3des-sha1-sha256-prfsha1-prfsha256-prfsha384-modp1024-modp2048-ecp256")
	rapid.Check(t, func(rt *rapid.T) {
		subset := func(label string) proposals.Product {
			p := universe[rapid.IntRange(0, 1).Draw(rt, label)]
			for i, list := range p {
				if len(list) > 0 {
					p[i] = rapid.SliceOfNDistinct(rapid.SampledFrom(list), 1, len(list), rapid.ID[proposals.Algorithm]).Draw(rt, label)
				}
			}
			return p
		}
		m := &matrix.Matrix{Asked: universe, Universe: reporttest.Size(t, universe)}
		for range rapid.IntRange(0, 3).Draw(rt, "products") {
			basis := matrix.Basis(rapid.IntRange(0, 1).Draw(rt, "basis"))
			m.Products = append(m.Products, matrix.Region{Product: subset("product"), Basis: basis})
		}
		for range rapid.IntRange(0, 2).Draw(rt, "undecided") {
			state := matrix.State(rapid.IntRange(0, 1).Draw(rt, "state"))
			m.Undecided = append(m.Undecided, matrix.UndecidedRegion{Product: subset("region"), State: state})
		}
		target := scan.Document(scan.Run{}, []evidence.Result{{Matrix: m}}).Targets[0]
		pic, ok := Of(&target)
		if !ok && len(m.Products)+len(m.Undecided) > 0 {
			rt.Fatal("no picture")
		}
		drawn := map[proposals.Suite]byte{}
		if ok {
			drawn = readPicture(rt, pic)
		}
		for _, p := range universe {
			for s := range p.Suites() {
				got := drawn[s]
				if got == 0 {
					got = MarkRefused
				}
				if want := wantMark(m, s); got != want {
					rt.Fatalf("%s is drawn as %q, want %q", s, got, want)
				}
				delete(drawn, s)
			}
		}
		for s, mark := range drawn {
			if mark != markOutside {
				rt.Fatalf("%s is outside the universe, and drawn as %q", s, mark)
			}
		}
	})
}

func wantMark(m *matrix.Matrix, s proposals.Suite) byte {
	want := byte(MarkRefused)
	for _, u := range m.Undecided {
		if u.Product.Contains(s) {
			want = MarkNotTested
			if u.State == matrix.NoAnswer {
				want = MarkNoAnswer
			}
		}
	}
	for _, basis := range []matrix.Basis{matrix.Inferred, matrix.Observed} {
		for _, r := range m.Products {
			if r.Basis == basis && r.Product.Contains(s) {
				want = MarkInferred
				if basis == matrix.Observed {
					want = MarkObserved
				}
			}
		}
	}
	return want
}

// readPicture returns the mark of each suite that pic has a cell for.
func readPicture(rt *rapid.T, pic *Picture) map[proposals.Suite]byte {
	out := map[proposals.Suite]byte{}
	for _, g := range pic.Groups {
		for _, r := range g.Rows {
			for k, method := range pic.Columns {
				p := proposals.Product{proposals.ENCR: r.Ciphers, proposals.PRF: g.PRFs, proposals.INTEG: g.Integs,
					proposals.KE: {method}}
				for s := range p.Suites() {
					if _, twice := out[s]; twice {
						rt.Fatalf("%s is drawn twice", s)
					}
					out[s] = r.Cells[k]
				}
			}
		}
	}
	return out
}

// A document that asks for too much work is not drawn.
func TestPictureIsBounded(t *testing.T) {
	many := make([]report.Algorithm, maxValues+1)
	for i := range many {
		many[i].ID = uint16(i + 1)
	}
	one := []report.Algorithm{{ID: 1}}
	huge := report.Target{Matrix: &report.Matrix{
		Counts:    report.Counts{Universe: 1, Accepted: 1},
		Classical: report.Counts{Universe: 1, Accepted: 1},
		Products:  []report.AcceptedSuites{{Suites: report.Suites{ENCR: many, PRF: one, KE: one}, Basis: report.BasisObserved}},
	}}
	if _, ok := Of(&huge); ok {
		t.Errorf("%d ciphers were drawn", len(many))
	}
	huge.Matrix.Products[0].ENCR = many[:maxValues]
	if _, ok := Of(&huge); !ok {
		t.Errorf("%d ciphers were not drawn", maxValues)
	}
}

// With many columns and hardly any accepted, the picture leaves undecided rows
// and columns out, never accepted ones.
func TestPictureLeavesUndecidedOut(t *testing.T) {
	target := scan.Document(scan.Run{}, reporttest.Cases(t)["interrupted"]).Targets[0]
	pic, ok := Of(&target)
	if !ok || !pic.Partial || pic.rows() != 1 || len(pic.Columns) != 1 {
		t.Fatalf("picture = %+v, %t, want one partial row of one column", pic, ok)
	}
	full := scan.Document(scan.Run{}, reporttest.Cases(t)["undecided"]).Targets[0]
	if pic, _ := Of(&full); pic.Partial {
		t.Error("a small picture is partial")
	}
}
