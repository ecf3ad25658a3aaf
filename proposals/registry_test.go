package proposals

import (
	"encoding/csv"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

// TestIKEAlgorithms compares the algorithms with the registry's own file.
func TestIKEAlgorithms(t *testing.T) {
	f, err := os.Open("../testdata/registry/iana-transforms.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := func(name string) int { return slices.Index(rows[0], name) }
	var (
		typ, id   = column("type_name"), column("id")
		lengths   = column("key_lengths_bits")
		attribute = column("key_length_attr")
		aead      = column("aead")
		use       = column("ike_use")
		status    = column("status")
		notes     = column("notes")
		rangeOf   = map[string][]uint16{"40-2040": {128}, "40-128": {128}, "40-448": {128, 192, 256}}
	)
	want := make(map[Axis][]Algorithm)
	for _, axis := range []Axis{ADDKE1, ADDKE7} {
		want[axis] = []Algorithm{{Axis: axis}}
	}
	for _, row := range rows[1:] {
		n, err := strconv.ParseUint(row[id], 10, 16)
		if err != nil {
			continue
		}
		a := Algorithm{ID: uint16(n)}
		switch row[typ] {
		case "ENCR":
			if row[use] != "yes" && a.ID != uint16(ike.ENCR_CAMELLIA_CTR) {
				continue
			}
			bits := []uint16{0}
			if strings.HasPrefix(row[attribute], "y") {
				if bits = rangeOf[row[lengths]]; bits == nil {
					for s := range strings.SplitSeq(row[lengths], ",") {
						b, err := strconv.ParseUint(s, 10, 16)
						if err != nil {
							t.Fatal(err)
						}
						bits = append(bits, uint16(b))
					}
				}
			}
			for _, a.KeyBits = range bits {
				want[ENCR] = append(want[ENCR], a)
				if isAEAD := strings.HasPrefix(row[aead], "y"); a.AEAD() != isAEAD || a.classic() == isAEAD {
					t.Errorf("%v: AEAD %t, classic %t, registry %q", a, a.AEAD(), a.classic(), row[aead])
				}
			}
		case "PRF":
			a.Axis = PRF
			want[PRF] = append(want[PRF], a)
		case "INTEG":
			if a.Axis = INTEG; a.ID != 0 && !strings.Contains(row[notes], "not for IKE") {
				want[INTEG] = append(want[INTEG], a)
			}
		case "KE":
			if s := row[status]; strings.HasPrefix(s, "reserved") || strings.HasPrefix(s, "private") || s == "UNCERTAIN" {
				continue
			}
			for _, a.Axis = range []Axis{KE, ADDKE1, ADDKE7} {
				want[a.Axis] = append(want[a.Axis], a)
			}
		}
	}
	for axis, list := range want {
		if got := IKEAlgorithms(axis); !slices.Equal(got, list) {
			t.Errorf("%v\n got %v\nwant %v", axis, got, list)
		}
	}
	if len(want) != 6 || len(want[ENCR]) < 40 || len(want[KE]) != 27 {
		t.Errorf("the registry was not read: %d axes, %d ciphers, %d methods", len(want), len(want[ENCR]), len(want[KE]))
	}
}

func TestAxis(t *testing.T) {
	names := []string{"ENCR", "PRF", "INTEG", "KE", "ADDKE1", "ADDKE2", "ADDKE3", "ADDKE4", "ADDKE5", "ADDKE6", "ADDKE7"}
	types := []uint8{1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12}
	for i := range NumAxes {
		axis := Axis(i)
		if axis.String() != names[i] || uint8(axis.TransformType()) != types[i] {
			t.Errorf("axis %d: %s of type %d", i, axis, axis.TransformType())
		}
		if back, ok := AxisOf(axis.TransformType()); !ok || back != axis {
			t.Errorf("%s: type %d is axis %s", axis, axis.TransformType(), back)
		}
	}
	for _, typ := range []uint8{0, 5, 13, 255} {
		if axis, ok := AxisOf(ike.TransformType(typ)); ok {
			t.Errorf("type %d is axis %s", typ, axis)
		}
	}
	for axis, want := range map[Axis]string{ENCR: "cipher", PRF: "PRF", INTEG: "integrity algorithm", KE: "key exchange method", ADDKE1: "additional key exchange", ADDKE7: "additional key exchange"} {
		if got := axis.Noun(); got != want {
			t.Errorf("%s: a noun %q, want %q", axis, got, want)
		}
	}
	if got := Axis(NumAxes).String(); got != "Axis(11)" {
		t.Errorf("axis 11 prints %q", got)
	}
}
