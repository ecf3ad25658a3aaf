package proposals

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
)

//go:embed keywords.csv
var keywordsCSV string

// keywordTable is strongSwan's keywords, in both directions.
type keywordTable struct {
	words     []string             // in the order of the file
	algorithm map[string]Algorithm // those of an IKE SA, aliases too
	keyword   map[Algorithm]string // the one that is printed
	sequence  map[string]bool      // esn and noesn, which are for ESP and AH
}

var keywords = readKeywords(keywordsCSV)

func readKeywords(text string) keywordTable {
	r := csv.NewReader(strings.NewReader(text))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		panic("proposals: internal error: keywords.csv: " + err.Error())
	}
	axes := map[string]Axis{"ENCR": ENCR, "PRF": PRF, "INTEG": INTEG, "KE": KE}
	t := keywordTable{
		algorithm: make(map[string]Algorithm),
		keyword:   make(map[Algorithm]string),
		sequence:  make(map[string]bool),
	}
	for _, row := range rows[1:] {
		word, kind, id, bits := row[0], row[1], row[2], row[3]
		if kind == "SN" {
			t.sequence[word] = true
			continue
		}
		axis, ok := axes[kind]
		a := Algorithm{Axis: axis}
		if a.ID, err = parseNumber(id); !ok || err != nil {
			panic("proposals: internal error: keywords.csv: " + strings.Join(row, ","))
		}
		if bits != "" {
			if a.KeyBits, err = parseNumber(bits); err != nil {
				panic("proposals: internal error: keywords.csv: " + strings.Join(row, ","))
			}
		}
		t.words = append(t.words, word)
		t.algorithm[word] = a
		if _, ok := t.keyword[a]; !ok {
			t.keyword[a] = word
		}
	}
	return t
}

// numberedAxes are the words before the number of an algorithm that has no
// keyword.
var numberedAxes = [...]string{ENCR: "encr", PRF: "prf", INTEG: "integ", KE: "ke"}

// Keyword returns strongSwan's keyword, such as "aes256gcm16", "x25519" or
// "ke1_mlkem768". Algorithms without one are written with their numbers, as
// "encr_65001_256", "prf_99" or "ke1_1035". None is "" on INTEG and, for
// example, "ke1_none" on an ADDKE axis. [ParseAlgorithm] reads all but "".
func (a Algorithm) Keyword() string {
	if a.IsNone() {
		if a.Axis == INTEG {
			return ""
		}
		a.KeyBits = 0
	}
	var prefix string
	if a.Axis >= ADDKE1 {
		prefix = fmt.Sprintf("ke%d_", a.Axis-ADDKE1+1)
		a.Axis = KE
	}
	if word, ok := keywords.keyword[a]; ok {
		return prefix + word
	}
	if prefix == "" {
		prefix = numberedAxes[a.Axis] + "_"
	}
	if a.KeyBits == 0 {
		return fmt.Sprintf("%s%d", prefix, a.ID)
	}
	return fmt.Sprintf("%s%d_%d", prefix, a.ID, a.KeyBits)
}

// ParseAlgorithm reads one keyword, in any case: strongSwan's keywords with
// their aliases, the prefixes ke1_ to ke7_ for additional key exchanges, and
// the numbers that [Algorithm.Keyword] writes. An error is a [*SyntaxError]
// with the nearest known keywords.
func ParseAlgorithm(keyword string) (Algorithm, error) {
	word := strings.ToLower(keyword)
	if a, ok := keywords.algorithm[word]; ok {
		return a, nil
	}
	fail := func(problem string, nearest []string) (Algorithm, error) {
		return Algorithm{}, &SyntaxError{Input: keyword, Token: keyword, Problem: problem, Nearest: nearest}
	}
	switch {
	case keywords.sequence[word]:
		return fail("is for ESP and AH: an IKE SA has no Sequence Numbers transform", nil)
	case word == "default":
		return fail("stands for proposals that vary with strongSwan's version: name the algorithms", nil)
	}
	if axis, rest, ok := cutAdditional(word); ok {
		if axis >= NumAxes || axis < ADDKE1 {
			return fail("is not an additional key exchange: those are ke1_ to ke7_", nil)
		}
		if a, ok := keywords.algorithm[rest]; ok {
			if a.Axis != KE {
				return fail(fmt.Sprintf("takes a key exchange method, and %s is %v", rest, a.Axis), nil)
			}
			a.Axis = axis
			return a, nil
		}
		if a, ok := parseNumbered(axis, rest); ok {
			return a, nil
		}
		// The prefix of the token belongs to each suggestion.
		near := nearest(rest, KE)
		for i := range near {
			near[i] = word[:len(word)-len(rest)] + near[i]
		}
		return fail("is not a known keyword", near)
	}
	for axis, name := range numberedAxes {
		if rest, ok := strings.CutPrefix(word, name+"_"); ok {
			if a, ok := parseNumbered(Axis(axis), rest); ok {
				return a, nil
			}
			if other := fromOtherName(word); other != nil {
				return fail("is not a keyword", other)
			}
			return fail(fmt.Sprintf("is not a number: write %s_ID or %s_ID_KEYBITS, each at most 65535", name, name), nil)
		}
	}
	if other := fromOtherName(word); other != nil {
		return fail("is not a keyword", other)
	}
	near := nearest(word, NumAxes)
	if len(near) == 0 {
		return fail("is not a known keyword; such are aes256gcm16, sha256, prfsha384 and ecp384", nil)
	}
	return fail("is not a known keyword", near)
}

// cutAdditional splits "ke1_mlkem768" into ADDKE1 and "mlkem768". Any single
// digit is cut, so that ke0, ke8 and ke9 can be refused by name: the axis is
// then out of range.
func cutAdditional(word string) (axis Axis, rest string, ok bool) {
	if len(word) < 4 || word[:2] != "ke" || word[2] < '0' || word[2] > '9' || word[3] != '_' {
		return 0, "", false
	}
	return ADDKE1 + Axis(word[2]-'0') - 1, word[4:], true
}

// parseNumbered reads "65001" and "65001_256".
func parseNumbered(axis Axis, text string) (Algorithm, bool) {
	a := Algorithm{Axis: axis}
	id, bits, hasBits := strings.Cut(text, "_")
	var err error
	if a.ID, err = parseNumber(id); err != nil {
		return Algorithm{}, false
	}
	if hasBits {
		if a.KeyBits, err = parseNumber(bits); err != nil || a.KeyBits == 0 || a.IsNone() {
			return Algorithm{}, false
		}
	}
	return a, true
}

func parseNumber(text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	return uint16(n), err
}
