package baseline

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/table"
)

//go:embed advised.csv
var advisedCSV string

// Advised returns the algorithms of axis to move to, the first choice first. All
// that is advised anywhere, in findings, remedies and comparisons, follows this
// order, by [Prefer].
func Advised(axis proposals.Axis) []proposals.Algorithm {
	return slices.Clone(tables().advised[axis])
}

func readAdvised(text string) (out [proposals.NumAxes][]proposals.Algorithm, err error) {
	records, err := table.Read(text, "axis", "keywords")
	if err != nil {
		return out, err
	}
	for _, f := range records {
		for _, keyword := range strings.Fields(f["keywords"]) {
			a, err := proposals.ParseAlgorithm(keyword)
			if err != nil {
				return out, err
			}
			if a.Axis.String() != f["axis"] {
				return out, fmt.Errorf("%s is not of %s", keyword, f["axis"])
			}
			out[a.Axis] = append(out[a.Axis], a)
		}
	}
	return out, nil
}

// Prefer orders algorithms of one axis by how good a choice they are for a new
// configuration: it is negative if a is the worse one. What speaks against them
// counts first, then their strength up to 128 bits, beyond which more costs more
// than it gives, and then their place in [Advised].
func Prefer(a, b proposals.Algorithm) int {
	bitsA, _ := Strength(a)
	bitsB, _ := Strength(b)
	return cmp.Or(
		cmp.Compare(Soundness(a), Soundness(b)),
		cmp.Compare(min(bitsA, plenty), min(bitsB, plenty)),
		cmp.Compare(place(b), place(a)),
		preferUnadvised(a, b),
	)
}

// place is where a stands in the list of its axis; what is not in it comes after
// all that is.
func place(a proposals.Algorithm) int {
	list := tables().advised[a.Axis]
	if i := slices.Index(list, a); i >= 0 {
		return i
	}
	return len(list)
}

// enough are the bits of a key exchange from which on the cheaper one is the
// better choice: MODP_8192 is no better than ECP_521.
const enough = 192

func preferUnadvised(a, b proposals.Algorithm) int {
	bitsA, _ := Strength(a)
	bitsB, _ := Strength(b)
	if a.Axis == proposals.KE && min(bitsA, bitsB) >= enough {
		return cmp.Or(cmp.Compare(bitsB, bitsA), cmp.Compare(b.ID, a.ID))
	}
	return cmp.Compare(bitsA, bitsB)
}

// PreferSuite orders suites by how good a choice they are: it is negative if a is
// the worse one. Their least sound algorithm counts first, then the strength of
// all, up to 128 bits each, then whether the cipher is AEAD, and then [Prefer] of
// each axis, the key exchange first.
func PreferSuite(a, b proposals.Suite) int {
	strength := func(s proposals.Suite) (sum int) {
		for _, axis := range judged {
			bits, _ := Strength(s[axis])
			sum += min(bits, plenty)
		}
		return sum
	}
	aead := func(s proposals.Suite) int {
		if s[proposals.ENCR].AEAD() {
			return 1
		}
		return 0
	}
	order := cmp.Or(
		cmp.Compare(SuiteSoundness(a), SuiteSoundness(b)),
		cmp.Compare(strength(a), strength(b)),
		cmp.Compare(aead(a), aead(b)),
	)
	for _, axis := range []proposals.Axis{proposals.KE, proposals.ENCR, proposals.PRF, proposals.INTEG} {
		order = cmp.Or(order, Prefer(a[axis], b[axis]))
	}
	return order
}
