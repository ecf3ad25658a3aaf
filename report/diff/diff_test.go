package diff

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

func scanned(t *testing.T, name, address string, c reporttest.Matrix) *report.Document {
	t.Helper()
	doc := scan.Document(scan.Run{}, []evidence.Result{c.Scan(t, name)})
	doc.Targets[0].Address = address
	return doc
}

// told returns the changes as lines of effect, area and text.
func told(d *report.Diff) string {
	var lines []string
	for _, t := range d.Targets {
		for _, c := range t.Changes {
			line := string(c.Effect) + " " + string(c.Area) + ": " + c.Text
			if len(c.Suites) > 0 {
				line += ": " + strings.Join(c.Suites, ",")
			}
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func TestDiffSuites(t *testing.T) {
	const (
		good  = "aes256gcm16-prfsha384-ecp384"
		wide  = "aes256gcm16-prfsha384-ecp384-ecp256"
		weak  = "3des-sha1-prfsha1-modp1024"
		other = "aes128-sha256-prfsha256-modp2048"
	)
	for _, tt := range []struct {
		name     string
		old, now reporttest.Matrix
		want     []string // lines of told; one that begins with ! must not be there
	}{
		{"the same in other pieces", reporttest.Matrix{Observed: wide}, reporttest.Matrix{Observed: "aes256gcm16-prfsha384-ecp256," + good}, nil},
		{"gained weak", reporttest.Matrix{Observed: good}, reporttest.Matrix{Observed: good + "," + weak}, []string{
			"weaker suites: 1 suite now accepted, refused before: " + weak,
			"weaker algorithm: modp1024 is now accepted",
			"weaker policy: policy rfc8247 is now violated; it was met",
			"weaker finding: new high finding IKE-KE-MODP1024: KE_MODP_1024 is accepted",
		}},
		{"lost weak", reporttest.Matrix{Observed: good + "," + weak}, reporttest.Matrix{Observed: good}, []string{
			"stronger suites: 1 suite now refused, accepted before: " + weak,
			"stronger algorithm: 3des is no longer accepted",
			"stronger policy: policy rfc8247 is now met; it was violated",
			"stronger finding: gone: high finding IKE-KE-MODP1024: KE_MODP_1024 is accepted",
			"!weaker",
		}},
		// Methods of 128 bits or more count the same, but for a policy that was asked.
		{"gained another method", reporttest.Matrix{Observed: good}, reporttest.Matrix{Observed: wide}, []string{
			"neither suites: 1 suite now accepted, refused before: aes256gcm16-prfsha384-ecp256",
			"neither algorithm: ecp256 is now accepted",
			"neither policy: policy cnsa1 is now violated; it was met", "!weaker", "!stronger",
		}},
		{"lost the largest method", reporttest.Matrix{Observed: wide}, reporttest.Matrix{Observed: "aes256gcm16-prfsha384-ecp256"}, []string{
			"neither algorithm: ecp384 is no longer accepted",
			"neither suites: 1 suite now refused, accepted before: aes256gcm16-prfsha384-ecp384", "!weaker",
		}},
		{"gained the weakest, which is sound", reporttest.Matrix{Observed: good}, reporttest.Matrix{Observed: wide + "-modp2048"}, []string{
			"weaker suites: 1 suite now accepted, refused before: aes256gcm16-prfsha384-modp2048",
			"weaker algorithm: modp2048 is now accepted",
			"weaker policy: policy cnsa1 is now violated; it was met",
		}},
		{"gained the strongest", reporttest.Matrix{Observed: "aes128gcm16-prfsha256-modp2048"}, reporttest.Matrix{Observed: "aes128gcm16-aes256gcm16-prfsha256-modp2048-ecp384"}, []string{
			"stronger algorithm: ecp384 is now accepted",
			"stronger algorithm: aes256gcm16 is now accepted", "!weaker",
		}},
		{"lost the strongest", reporttest.Matrix{Observed: wide + "-modp2048"}, reporttest.Matrix{Observed: "aes256gcm16-prfsha384-modp2048"}, []string{
			"weaker algorithm: ecp384 is no longer accepted",
			"neither suites: 2 suites now refused, accepted before: aes256gcm16-prfsha384-ecp256-ecp384",
		}},
		{"gained a suite of what was there", reporttest.Matrix{Observed: good + "," + other}, reporttest.Matrix{Observed: good + "," + other + ",aes128-sha256-prfsha384-modp2048"}, []string{
			"neither suites: 1 suite now accepted, refused before: aes128-sha256-prfsha384-modp2048",
			"!weaker", "!algorithm",
		}},
		{"lost the integrity algorithm beside AEAD", reporttest.Matrix{Observed: good + "," + other + ",aes128-sha1-prfsha256-modp2048"},
			reporttest.Matrix{Observed: good + ",aes128-sha1-prfsha256-modp2048"}, []string{
				"neither algorithm: sha256 is no longer accepted", "!weaker"}},
		// Silence now is no refusal, and silence then is no gain.
		{"accepted, then silent", reporttest.Matrix{Observed: good + "," + other}, reporttest.Matrix{Observed: good, Silent: other}, []string{
			"neither suites: 1 suite now undecided, accepted before: " + other,
			"neither algorithm: modp2048 is now undecided; accepted before",
			"!refused now", "!no more", "!gone:",
		}},
		{"refused, then silent", reporttest.Matrix{Observed: good}, reporttest.Matrix{Observed: good, Silent: weak}, []string{
			"unknown suites: 1 suite now undecided, refused before: " + weak,
			"!weaker", "!accepted now",
		}},
		{"silent, then accepted", reporttest.Matrix{Observed: good, Silent: weak}, reporttest.Matrix{Observed: good + "," + weak}, []string{
			"unknown suites: 1 suite accepted, undecided before: " + weak,
			"unknown algorithm: 3des is accepted; undecided before",
			"!weaker", "!refused before",
		}},
		{"silent, then refused", reporttest.Matrix{Observed: good, Silent: weak}, reporttest.Matrix{Observed: good}, []string{
			"neither suites: 1 suite now refused, undecided before: " + weak,
			"!weaker", "!accepted before",
		}},
		{"not asked any more", reporttest.Matrix{Asked: reporttest.Products(t, good+","+weak), Observed: good}, reporttest.Matrix{Asked: reporttest.Products(t, good), Observed: good}, []string{
			"unknown suites: 1 suite now undecided, refused before: " + weak,
		}},
		// An algorithm is lost or gained only if what held it was asked about.
		{"not asked with what took it", reporttest.Matrix{Observed: good + "," + other}, reporttest.Matrix{Asked: reporttest.Products(t, other+",chacha20poly1305-prfsha256-ecp384"), Observed: other}, []string{
			"unknown algorithm: ecp384 is now undecided; accepted before",
			"!weaker", "!no more",
		}},
		{"asked now with what takes it", reporttest.Matrix{Asked: reporttest.Products(t, other+",chacha20poly1305-prfsha256-ecp384,chacha20poly1305-prfsha1-modp2048"), Observed: other},
			reporttest.Matrix{Observed: good + "," + other + ",aes128-sha256-prfsha1-modp2048"}, []string{
				"neither algorithm: ecp384 is accepted; undecided before",
				"unknown algorithm: prfsha1 is accepted; undecided before",
				"!stronger", "!weaker", "!accepted now",
			}},
		{"other suites", reporttest.Matrix{Asked: reporttest.Products(t, good), Observed: good}, reporttest.Matrix{Asked: reporttest.Products(t, other), Observed: other}, []string{
			"unknown algorithm: ecp384 is now undecided",
			"neither client: libreswan-5 connects, with " + other + ", or another suite; unknown before",
			"neither client: android-12 (doubtful) connects, with ",
			"!weaker", "!stronger", "!no more", "!connects now",
		}},
		{"hybrid", reporttest.Matrix{Observed: good}, reporttest.Matrix{Observed: good + "-ke1_none-ke1_mlkem768"}, []string{
			"stronger post_quantum: post-quantum key exchange: accepted; before: none",
			"neither algorithm: ke1_mlkem768 is now accepted",
			"neither suites: 1 suite now accepted, refused before: " + good + "-ke1_mlkem768",
			"!weaker",
		}},
	} {
		old, now := scanned(t, "gw", "192.0.2.1", tt.old), scanned(t, "gw", "192.0.2.1", tt.now)
		d := Compare(report.Tool{}, old, now)
		got := told(d)
		if tt.want == nil && (got != "" || !d.Same || !d.Targets[0].Same) || tt.want != nil && d.Same {
			t.Errorf("%s: same %t:\n%s", tt.name, d.Same, got)
		}
		for _, line := range tt.want {
			if no, ok := strings.CutPrefix(line, "!"); ok == strings.Contains(got, strings.TrimPrefix(no, "!")) {
				t.Errorf("%s: want %s, got\n%s", tt.name, line, got)
			}
		}
	}
}

// What is preferred of less is not weaker, or stronger, than what is of all.
func TestDiffPreference(t *testing.T) {
	const strong, middle = "aes256gcm16-prfsha384-ecp384", "aes256-sha256-prfsha256-modp2048"
	whole, both := reporttest.Matrix{Observed: strong + "," + middle}, "weaker preference: it prefers "+middle+"; before, "+strong
	for _, tt := range []struct {
		name, prefers string
		now           reporttest.Matrix
		want          string
	}{
		{"the order changed", middle, whole, both},
		{"the better suite is gone", middle, reporttest.Matrix{Observed: middle}, both},
		{"the better suite was not asked about", middle, reporttest.Matrix{Asked: reporttest.Products(t, middle), Observed: middle},
			"neither preference: of what is known now, it prefers " + middle + "; of what was known before, " + strong},
	} {
		old, now := scanned(t, "gw", "192.0.2.1", whole), scanned(t, "gw", "192.0.2.1", tt.now)
		old.Targets[0].Preference, now.Targets[0].Preference = &report.Preference{Suite: strong}, &report.Preference{Suite: tt.prefers}
		if got := told(Compare(report.Tool{}, old, now)); !strings.Contains(got, tt.want) {
			t.Errorf("%s: want %s, got\n%s", tt.name, tt.want, got)
		}
	}
}

// A client that gets a weaker suite than before is weaker, though the gateway
// accepts what it did; one of which the choice is not known may be.
func TestDiffClientSuites(t *testing.T) {
	const strong, weak = "aes256-sha256-prfsha256-modp2048", "3des-sha1-prfsha1-modp1024"
	whole := reporttest.Matrix{Observed: strong + "," + weak}
	ordered := func(products ...string) *report.Document {
		doc := scanned(t, "gw", "192.0.2.1", whole)
		pref := &report.Preference{Decides: report.ByGateway, Proposals: report.ProposalsGateway}
		for i, keywords := range products {
			own := report.OwnProposal{Rank: i + 1, Suites: report.SuitesInOrder(reporttest.Products(t, keywords)[0])}
			own.Ordered = report.Lengths{ENCR: 1, PRF: 1, INTEG: 1, KE: 1}
			pref.Own = append(pref.Own, own)
		}
		doc.Targets[0].Preference = pref
		return doc
	}
	for _, tt := range []struct {
		name     string
		old, now *report.Document
		want     string
	}{
		{"the weak one first", ordered(strong, weak), ordered(weak, strong),
			"weaker client: windows-dh2048-enabled (doubtful), ios (doubtful) and openiked get " + weak + "; before, it was " + strong},
		{"the strong one first", ordered(weak, strong), ordered(strong, weak),
			"stronger client: windows-dh2048-enabled (doubtful), ios (doubtful) and openiked get " + strong + "; before, it was " + weak},
		{"the order is not known", ordered(strong, weak), scanned(t, "gw", "192.0.2.1", whole),
			"unknown client: windows-dh2048-enabled (doubtful), ios (doubtful) and openiked may get " + weak + "; before, it was " + strong},
		{"the order was not known", scanned(t, "gw", "192.0.2.1", whole), ordered(strong, weak), ""},
	} {
		got := told(Compare(report.Tool{}, tt.old, tt.now))
		if !strings.Contains(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%s: want %q, got\n%s", tt.name, tt.want, got)
		}
	}
}

func TestDiffTargets(t *testing.T) {
	c := reporttest.Matrix{Observed: "aes256gcm16-prfsha384-ecp384"}
	all := func(docs ...*report.Document) *report.Document {
		out := *docs[0]
		out.Targets = nil
		for _, d := range docs {
			out.Targets = append(out.Targets, d.Targets...)
		}
		return &out
	}
	old := all(scanned(t, "gw", "192.0.2.1", c), scanned(t, "gw", "192.0.2.2", c), scanned(t, "moved", "192.0.2.3", c), scanned(t, "gone", "192.0.2.4", c))
	now := all(scanned(t, "moved", "192.0.2.9", c), scanned(t, "gw", "192.0.2.2", c), scanned(t, "gw", "192.0.2.1", c), scanned(t, "new", "192.0.2.5", c))
	d := Compare(report.Tool{}, old, now)
	if got, want := told(d), "neither target: its address is now 192.0.2.9; it was 192.0.2.3"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if d.Same || len(d.OnlyOld) != 1 || d.OnlyOld[0].Name != "gone" || len(d.OnlyNew) != 1 || d.OnlyNew[0].Name != "new" {
		t.Errorf("unmatched: %+v and %+v", d.OnlyOld, d.OnlyNew)
	}
}

// A report is the same as itself, whatever is in it, and differs from one
// without an answer without a word on what is refused.
func TestDiffOfCases(t *testing.T) {
	dead := scan.Document(scan.Run{}, reporttest.Cases(t)["dead"])
	for name, results := range reporttest.Cases(t) {
		doc := scan.Document(scan.Run{}, results)
		if d := Compare(report.Tool{}, doc, doc); !d.Same {
			t.Errorf("%s differs from itself:\n%s", name, told(d))
		}
		if len(doc.Targets) == 0 {
			continue
		}
		dead.Targets[0].Name = doc.Targets[0].Name
		if got := told(Compare(report.Tool{}, doc, dead)); strings.Contains(got, "refused now") || strings.Contains(got, "finding IKE-") && strings.Contains(got, "gone: ") {
			t.Errorf("%s, then dead:\n%s", name, got)
		}
	}
}
