package baseline

import (
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals"
)

func TestRequirement(t *testing.T) {
	tests := []struct {
		baseline string
		a        proposals.Algorithm
		want     string // "" where the baseline does not speak of it
	}{
		{RFC8247, proposals.Algorithm{Axis: proposals.ENCR, ID: 12, KeyBits: 256}, "RFC 8247, Section 2.1: MUST"},
		{RFC8247, proposals.Algorithm{Axis: proposals.ENCR, ID: 12, KeyBits: 192}, "RFC 8247, Section 2.1: MAY"},
		{RFC8247, proposals.Algorithm{Axis: proposals.ENCR, ID: 28}, "RFC 8247, Section 2.1: SHOULD"},
		{RFC8247, proposals.Algorithm{Axis: proposals.ENCR, ID: 2}, "RFC 8247, Section 2.1: MUST NOT"},
		{RFC8247, proposals.Algorithm{Axis: proposals.ENCR, ID: 23, KeyBits: 256}, "RFC 8247, Section 2.1: MAY"}, // the default row
		{RFC8247, proposals.Algorithm{Axis: proposals.PRF, ID: 2}, "RFC 8247, Section 2.2: MUST-"},
		{RFC8247, proposals.Algorithm{Axis: proposals.INTEG, ID: 12}, "RFC 8247, Section 2.3: MUST"},
		{RFC8247, proposals.Algorithm{Axis: proposals.KE, ID: 2}, "RFC 8247, Section 2.4: SHOULD NOT"},
		{RFC8247, proposals.Algorithm{Axis: proposals.KE, ID: 29}, "RFC 8247, Section 2.4: MAY"}, // inside 27-30
		{RFC8247, proposals.Algorithm{Axis: proposals.KE, ID: 36}, ""},
		{RFC8247, proposals.Algorithm{Axis: proposals.ADDKE1, ID: 2}, ""},
		{RFC9395, proposals.Algorithm{Axis: proposals.KE, ID: 22}, "RFC 9395: DEPRECATED (from secondary sources)"},
		{RFC9395, proposals.Algorithm{Axis: proposals.ENCR, ID: 3}, "RFC 9395: not deprecated (from secondary sources)"},
		{RFC9395, proposals.Algorithm{Axis: proposals.ENCR, ID: 20, KeyBits: 256}, ""},
		{"BSI TR-02102-3", proposals.Algorithm{Axis: proposals.INTEG, ID: 12}, "BSI TR-02102-3, Section 3.2 integrity + DH tables: RECOMMENDED (not verified)"},
	}
	for _, tt := range tests {
		b, ok := Named(tt.baseline)
		if !ok {
			t.Fatalf("no baseline %q", tt.baseline)
		}
		var got string
		if r, ok := b.Requirement(tt.a); ok {
			got = r.String()
		}
		if got != tt.want {
			t.Errorf("%s of %v %d/%d = %q, want %q", tt.baseline, tt.a.Axis, tt.a.ID, tt.a.KeyBits, got, tt.want)
		}
	}
	if _, ok := Named("RFC 0"); ok {
		t.Error(`Named("RFC 0") found a baseline`)
	}
}

func TestRequired(t *testing.T) {
	b, _ := Named(RFC8247)
	want := []proposals.Algorithm{
		{Axis: proposals.ENCR, ID: 12, KeyBits: 128},
		{Axis: proposals.ENCR, ID: 12, KeyBits: 256},
		{Axis: proposals.PRF, ID: 5},
		{Axis: proposals.INTEG, ID: 12},
		{Axis: proposals.KE, ID: 14},
	}
	if got := b.Required(); !slices.Equal(got, want) {
		t.Errorf("Required of RFC 8247 = %v, want %v", got, want)
	}
}

// The ids were added to rows that name an algorithm: where the row begins with
// its number, or with its IANA name, both must be the same algorithm.
func TestIDsAgreeWithNames(t *testing.T) {
	named := 0
	for name, b := range tables().baselines {
		for _, r := range b.rows {
			if len(r.match.ids) != 1 || r.match.ids[0].first != r.match.ids[0].last {
				continue
			}
			for _, a := range r.match.algorithms() {
				for _, word := range strings.FieldsFunc(r.Transform, func(r rune) bool { return r == ' ' || r == ',' }) {
					if strings.HasPrefix(word, "ENCR_") || strings.HasPrefix(word, "PRF_") || strings.HasPrefix(word, "AUTH_") {
						named++
						if word != a.Name() {
							t.Errorf("%s: row %q has the ids of %s", name, r.Transform, a.Name())
						}
					}
					if strings.HasPrefix(word, "MODP_") || strings.HasPrefix(word, "ECP_") {
						named++
						if "KE_"+word != a.Name() {
							t.Errorf("%s: row %q has the ids of %s", name, r.Transform, a.Name())
						}
					}
				}
			}
		}
	}
	if named < 60 {
		t.Errorf("only %d rows were compared with names", named)
	}
}

func TestWeaknessOf(t *testing.T) {
	tests := []struct {
		a        proposals.Algorithm
		id       string
		severity Severity
		ref      string // one of Refs
	}{
		{proposals.Algorithm{Axis: proposals.ENCR, ID: 2}, "IKE-ENCR-DES", Critical, "RFC 8247, Section 2.1: MUST NOT"},
		{proposals.Algorithm{Axis: proposals.ENCR, ID: 3}, "IKE-ENCR-3DES", High, "CVE-2016-2183"},
		{proposals.Algorithm{Axis: proposals.ENCR, ID: 7, KeyBits: 128}, "IKE-ENCR-BLOWFISH", Medium, "RFC 9395: DEPRECATED (from secondary sources)"},
		{proposals.Algorithm{Axis: proposals.PRF, ID: 2}, "IKE-PRF-SHA1", Low, "RFC 8247, Section 2.2: MUST-"},
		{proposals.Algorithm{Axis: proposals.INTEG, ID: 1}, "IKE-INTEG-MD5", High, "RFC 8247, Section 2.3: MUST NOT"},
		{proposals.Algorithm{Axis: proposals.KE, ID: 2}, "IKE-KE-MODP1024", High, "RFC 8247, Section 2.4: SHOULD NOT"},
		{proposals.Algorithm{Axis: proposals.KE, ID: 24}, "IKE-KE-MODP2048-SUBGROUP", Medium, "RFC 8247, Section 2.4: SHOULD NOT"},
	}
	for _, tt := range tests {
		w, ok := WeaknessOf(tt.a)
		if !ok || w.ID != tt.id || w.Severity != tt.severity || !slices.Contains(w.Refs, tt.ref) {
			t.Errorf("WeaknessOf(%s) = %+v, %t, want %s, %s, a ref %q", tt.a.Name(), w, ok, tt.id, tt.severity, tt.ref)
		}
	}
	for _, a := range []proposals.Algorithm{
		{Axis: proposals.ENCR, ID: 20, KeyBits: 256}, {Axis: proposals.PRF, ID: 5},
		proposals.None(proposals.INTEG), {Axis: proposals.KE, ID: 14}, {Axis: proposals.ADDKE1, ID: 2},
	} {
		if w, ok := WeaknessOf(a); ok {
			t.Errorf("WeaknessOf(%s) = %s, want none", a.Name(), w.ID)
		}
	}
}

// Everything that RFC 8247 or RFC 9395 speaks against has a reason here, and
// every replacement is a keyword of something sound.
func TestWeaknessesAreComplete(t *testing.T) {
	for _, name := range []string{RFC8247, RFC9395} {
		b, _ := Named(name)
		for _, r := range b.rows {
			for _, a := range r.match.algorithms() {
				if _, ok := WeaknessOf(a); r.Level.Objects() && !ok {
					t.Errorf("%s: %s is %s, and no weakness", name, a.Name(), r.Level)
				}
			}
		}
	}
}

func TestReadFaults(t *testing.T) {
	const heading = "axis,ids,id,severity,reason,refs\n"
	for _, tt := range []struct{ in, want string }{
		{heading + "ENCR,x,ID,high,r,\n", "invalid syntax"},
		{heading + "ENCR,1-x,ID,high,r,\n", "invalid syntax"},
		{heading + "ENCR,70000,ID,high,r,\n", "out of range"},
		{heading + "ESN,1,ID,high,r,\n", "not a transform type"},
		{heading + "ENCR,1,ID,awful,r,\n", "unknown severity"},
		{heading + "ENCR,1,ID\n", "wrong number of fields"},
		{"", "no heading"},
	} {
		if _, err := readWeaknesses(tt.in); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("readWeaknesses(%q) = %v, want %q", tt.in, err, tt.want)
		}
	}
}
