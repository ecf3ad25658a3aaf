package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report/internal/lists"
	"github.com/ikescope/ikescope/report/reporttest"
)

// Each row lists findings that a matrix must have, and such as it must not.
func TestFindings(t *testing.T) {
	sound := "aes256-sha256-prfsha256-modp2048"
	tests := []struct {
		name      string
		result    func() probe.Result
		want, not []string
	}{
		{"sound", matrixOf(t, sound, ""), nil,
			[]string{"IKE-ENCR-3DES", "IKE-KE-MODP1024", "IKE-PRF-SHA1", "SCAN-UNDECIDED", "IKE-NOTHING-ACCEPTED", "CLIENT-WINDOWS-DEFAULT"}},
		{"3DES", matrixOf(t, sound+",3des-sha256-prfsha256-modp2048", ""), []string{"high IKE-ENCR-3DES"}, []string{"IKE-KE-MODP1024"}},
		{"DES and MODP_768", matrixOf(t, "des-sha256-prfsha256-modp768", ""), []string{"critical IKE-ENCR-DES", "critical IKE-KE-MODP768"}, nil},
		{"MODP_1024", matrixOf(t, "aes128-sha256-prfsha256-modp1024", ""), []string{"high IKE-KE-MODP1024"}, nil},
		{"two of one weakness", matrixOf(t, "aes128-sha256-prfsha256-modp2048s224-modp2048s256", ""), []string{"medium IKE-KE-MODP2048-SUBGROUP"}, nil},
		{"SHA-1", matrixOf(t, "aes128-sha1-prfsha1-modp2048", ""), []string{"low IKE-INTEG-SHA1", "low IKE-PRF-SHA1"}, []string{"IKE-INTEG-MD5"}},
		{"MD5", matrixOf(t, "aes128-md5-prfmd5-modp2048", ""), []string{"high IKE-INTEG-MD5", "high IKE-PRF-MD5"}, nil},
		{"no AES-CBC", matrixOf(t, "aes256gcm16-prfsha256-modp2048", ""), []string{"info IKE-RFC8247-MUST"}, nil},
		{"AES-CBC with one PRF, not asked with the others", with(matrixOf(t, "aes256gcm16-prfsha256-modp2048", ""), func(r *probe.Result) {
			asked, err := proposals.ParseProducts("aes256gcm16-prfsha256-modp2048,aes128-aes256-sha256-prfsha256-modp2048")
			if err != nil {
				t.Fatal(err)
			}
			r.Matrix.Asked = asked
		}), nil, []string{"IKE-RFC8247-MUST"}},
		{"undecided AES-CBC", matrixOf(t, "aes256gcm16-prfsha256-modp2048", "aes128-aes256-sha256-prfsha256-modp2048"),
			[]string{"low SCAN-UNDECIDED"}, []string{"IKE-RFC8247-MUST"}},
		{"nothing", matrixOf(t, "", ""), []string{"high IKE-NOTHING-ACCEPTED"}, []string{"IKE-RFC8247-MUST"}},
		{"nothing decided", matrixOf(t, "", sound), []string{"medium SCAN-UNDECIDED"}, []string{"IKE-NOTHING-ACCEPTED"}},
		{"weak preferred", with(matrixOf(t, sound+",3des-sha256-prfsha256-modp2048", ""), func(r *probe.Result) {
			r.Preference = &probe.Preference{Suite: reporttest.Suite(t, "3des-sha256-prfsha256-modp2048")}
		}), []string{"medium IKE-PREFERS-WEAK"}, nil},
		{"weak preferred, and nothing else accepted", with(matrixOf(t, "3des-sha256-prfsha256-modp2048", ""), func(r *probe.Result) {
			r.Preference = &probe.Preference{Suite: reporttest.Suite(t, "3des-sha256-prfsha256-modp2048")}
		}), nil, []string{"IKE-PREFERS-WEAK"}},
		{"weak offered first, and the initiator decides", with(matrixOf(t, sound+",3des-sha256-prfsha256-modp2048", ""), func(r *probe.Result) {
			r.Preference = &probe.Preference{Suite: reporttest.Suite(t, "3des-sha256-prfsha256-modp2048"), Decides: choice.AlgorithmsInitiator}
		}), nil, []string{"IKE-PREFERS-WEAK"}},
		{"Windows refused", with(matrixOf(t, sound, ""), func(r *probe.Result) {
			r.Exchanges = append(r.Exchanges, reporttest.Exchange(t, 9, reporttest.WindowsDefault, initiator.NoProposalChosen))
		}), []string{"info CLIENT-WINDOWS-DEFAULT"}, nil},
		{"Windows refused in part", with(matrixOf(t, sound, ""), func(r *probe.Result) {
			offer, _, _ := strings.Cut(reporttest.WindowsDefault, ",aes128gcm16")
			r.Exchanges = append(r.Exchanges, reporttest.Exchange(t, 9, offer, initiator.NoProposalChosen))
		}), nil, []string{"CLIENT-WINDOWS-DEFAULT"}},
		{"Windows unanswered", with(matrixOf(t, sound, ""), func(r *probe.Result) {
			r.Exchanges = append(r.Exchanges, reporttest.Exchange(t, 9, reporttest.WindowsDefault, initiator.NoAnswer))
		}), nil, []string{"CLIENT-WINDOWS-DEFAULT"}},
		{"Windows accepted", with(matrixOf(t, "aes256-sha256-prfsha256-modp1024", ""), func(r *probe.Result) {
			r.Exchanges = append(r.Exchanges, reporttest.Exchange(t, 9, reporttest.WindowsDefault, initiator.NoProposalChosen))
		}), nil, []string{"CLIENT-WINDOWS-DEFAULT"}},
		{"4500 silent", with(matrixOf(t, sound, ""), func(r *probe.Result) { r.Paths[1].State = initiator.PathSilent }),
			[]string{"medium PATH-4500"}, []string{"PATH-500"}},
		{"4500 silent, NAT", with(matrixOf(t, sound, ""), func(r *probe.Result) {
			r.Paths[1].State = initiator.PathSilent
			r.NAT.LocalBehindNAT = true
		}), []string{"high PATH-4500"}, nil},
		{"500 silent", with(matrixOf(t, sound, ""), func(r *probe.Result) { r.Paths[0].State = initiator.PathSilent }),
			[]string{"medium PATH-500"}, []string{"PATH-4500"}},
		{"contradiction", with(matrixOf(t, sound, ""), func(r *probe.Result) {
			r.Matrix.Contradictions = []proposals.Suite{*reporttest.Suite(t, sound)}
		}), []string{"medium SCAN-CONTRADICTION"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range newTarget(tt.result()).Findings {
				got = append(got, string(f.Severity)+" "+f.ID)
			}
			for _, want := range tt.want {
				if !slices.Contains(got, want) {
					t.Errorf("findings %v lack %q", got, want)
				}
			}
			for _, not := range tt.not {
				if slices.ContainsFunc(got, func(f string) bool { return strings.HasSuffix(f, " "+not) }) {
					t.Errorf("findings %v hold %s", got, not)
				}
			}
		})
	}
}

// Findings name the ports that were asked, and not the usual ones.
func TestPathFindingsNamePorts(t *testing.T) {
	asked := func(states [2]PathState, verdict Verdict) *Target {
		paths := []Path{{Transport: "udp500", Port: 10500, State: states[0]}, {Transport: "udp4500", Port: 14700, State: states[1], Reporter: "192.0.2.9"}}
		return &Target{Verdict: verdict, Paths: paths, NAT: &NAT{Supported: true, GatewayBehindNAT: true}}
	}
	for _, target := range []*Target{
		asked([2]PathState{"silent", "silent"}, "no_answer"), asked([2]PathState{"silent", "admin_prohibited"}, "unreachable"),
		asked([2]PathState{"answers", "silent"}, "ikev2"), asked([2]PathState{"silent", "answers"}, "ikev2"),
		asked([2]PathState{"answers", "admin_prohibited"}, "ikev2"),
	} {
		for _, f := range pathFindings(target) {
			words := strings.Join(append([]string{f.Title, f.Detail}, f.Fix...), "\n")
			for _, usual := range []string{" 500", " 4500"} {
				if strings.Contains(words, usual) || !strings.Contains(words, "14700") {
					t.Errorf("%s says:\n%s", f.ID, words)
				}
			}
		}
	}
}

func matrixOf(t *testing.T, observed, silent string) func() probe.Result {
	return func() probe.Result {
		r := reporttest.Base("gw.example", "198.51.100.1")
		r.Matrix = reporttest.Matrix{Asked: matrix.Classical().Products(), Observed: observed, Silent: silent, Evidence: []int{3}}.Of(t)
		return r
	}
}

func with(make func() probe.Result, change func(*probe.Result)) func() probe.Result {
	return func() probe.Result {
		r := make()
		change(&r)
		return r
	}
}

// A finding names the exchanges in which the gateway itself chose the weak
// algorithm, before those that only let one infer it.
func TestWeakEvidence(t *testing.T) {
	r := matrixOf(t, "aes256-3des-sha256-prfsha256-modp2048-modp1024", "")()
	chosen := reporttest.Exchange(t, 12, "aes256-3des-sha256-prfsha256-modp2048", initiator.Accepted)
	chosen.Suite = reporttest.Suite(t, "3des-sha256-prfsha256-modp2048")
	group := reporttest.Exchange(t, 13, "aes256-3des-sha256-prfsha256-modp2048-modp1024", initiator.InvalidKEPayload)
	group.Group = 2
	r.Exchanges = append(r.Exchanges, chosen, group,
		reporttest.Exchange(t, 14, "3des-sha256-prfsha256-modp2048-modp1024", initiator.InvalidKEPayload),
		reporttest.Exchange(t, 15, "3des-sha256-prfsha256-modp8192", initiator.NoProposalChosen))
	want := map[string][]int{"IKE-ENCR-3DES": {12, 14}, "IKE-KE-MODP1024": {13}}
	for _, f := range newTarget(r).Findings {
		if ids, ok := want[f.ID]; ok {
			if !slices.Equal(f.Evidence, ids) {
				t.Errorf("%s has the evidence %v, want %v", f.ID, f.Evidence, ids)
			}
			delete(want, f.ID)
		}
	}
	if len(want) > 0 {
		t.Errorf("no finding for %v", want)
	}
}

func TestCounts(t *testing.T) {
	m := newMatrix(reporttest.Matrix{
		Asked:    matrix.Standard().Products(),
		Inferred: "aes256gcm16-prfsha384-ecp384-x25519-ke1_none-ke1_mlkem768-ke1_mlkem1024",
		Observed: "aes256gcm16-prfsha384-ecp384,aes256-sha384-prfsha384-ecp384-ke1_mlkem1024",
	}.Of(t))
	classical := matrix.Classical().Size()
	if m.Classical != (Counts{classical, 2, classical - 2, 0}) {
		t.Errorf("classical = %+v, want 2 of %d accepted", m.Classical, classical)
	}
	if want := m.Universe - classical; m.Hybrid != (Counts{want, 5, want - 5, 0}) {
		t.Errorf("hybrid = %+v, want 5 of %d accepted", m.Hybrid, want)
	}
}

func TestPostQuantum(t *testing.T) {
	standard, classical := matrix.Standard().Products(), matrix.Classical().Products()
	for _, tt := range []struct {
		name    string
		m       reporttest.Matrix
		state   QuantumState
		methods string
	}{
		{"hybrid beside classical", reporttest.Matrix{Asked: standard, Observed: "aes256gcm16-prfsha384-ecp384-ke1_none-ke1_mlkem768"}, "accepted", "mlkem768"},
		{"hybrid alone", reporttest.Matrix{Asked: standard, Observed: "aes256gcm16-prfsha384-ecp384-ke1_mlkem768-ke1_mlkem1024-ke2_none"}, "required", "mlkem768 mlkem1024"},
		{"hybrid product, classical product", reporttest.Matrix{Asked: standard, Observed: "aes256gcm16-prfsha384-ecp384-ke1_mlkem768,aes256gcm16-prfsha384-ecp256"}, "accepted", "mlkem768"},
		{"hybrid alone, so far", reporttest.Matrix{Asked: standard, Observed: "aes256gcm16-prfsha384-ecp384-ke1_mlkem768", NotTested: "aes256gcm16-prfsha384-ecp384"}, "accepted", "mlkem768"},
		{"ML-KEM by itself", reporttest.Matrix{Asked: standard, Observed: "aes256gcm16-prfsha384-mlkem768"}, "required", "mlkem768"},
		{"none", reporttest.Matrix{Asked: standard, Observed: "aes256gcm16-prfsha384-ecp384"}, "none", ""},
		{"undecided", reporttest.Matrix{Asked: standard, Observed: "aes256gcm16-prfsha384-ecp384", Silent: "aes256gcm16-prfsha384-ecp384-ke1_mlkem768"}, "unknown", ""},
		{"classical methods asked", reporttest.Matrix{Asked: reporttest.Products(t, "aes256gcm16-prfsha384-ecp384-x25519"), Observed: "aes256gcm16-prfsha384-ecp384"}, "not_tested", ""},
		{"classical undecided", reporttest.Matrix{Asked: classical, Observed: "aes256gcm16-prfsha384-ecp384", NotTested: "aes256gcm16-prfsha384-x25519"}, "none", ""},
	} {
		got := judgePostQuantum(tt.m.Of(t))
		methods := strings.Join(lists.Convert(got.Methods, func(a Algorithm) string { return a.Keyword }), " ")
		if got.State != tt.state || methods != tt.methods {
			t.Errorf("%s: %s with %q, want %s with %q", tt.name, got.State, methods, tt.state, tt.methods)
		}
	}
}

func TestVendorID(t *testing.T) {
	for _, tt := range []struct{ hex, want string }{
		{"4f70656e494b45442d372e34", "OpenIKED-7.4"},
		{"882fe56d6fd20dbc2251613b2ebe5beb", "strongSwan"},
		{"882fe56d6fd20dbc2251613b2ebe5beb00", "strongSwan"},                                  // prefix
		{"fd808804df73b15150709d878044cde0ac1efcde", "Juniper SRX (according to one source)"}, // exact
		{"fd808804df73b15150709d878044cde0ac1efcde00", "fd808804df73b15150709d878044cde0ac1efcde00 (unknown)"},
		{"464c455856504e2d535550504f52544544", "FLEXVPN-SUPPORTED"},
		{"61626364", `"abcd"`},
		{"616263", "616263 (unknown)"},
		{"6162631b5b", "6162631b5b (unknown)"},
		{"", " (unknown)"},
	} {
		if got := VendorIDOf(reporttest.Hex(t, tt.hex)).String(); got != tt.want {
			t.Errorf("vendor ID %s = %q, want %q", tt.hex, got, tt.want)
		}
	}
	if n := len(knownVendorIDs()); n < 500 {
		t.Errorf("only %d vendor IDs are known", n)
	}
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		in          string
		width, hang int
		want        []string
	}{
		{"", 20, 2, nil},
		{"one two three four five", 12, 2, []string{"one two", "  three four", "  five"}},
		{"aes256-sha256-prfsha256-modp2048", 20, 2, []string{"aes256-sha256-", "  prfsha256-modp2048"}},
		{"a 0123456789012345678901234", 12, 0, []string{"a", "012345678901", "234567890123", "4"}},
		{"ééééé ééééé ééééé", 12, 0, []string{"ééééé ééééé", "ééééé"}},
	} {
		if got := wrap(tt.in, tt.width, tt.hang); !slices.Equal(got, tt.want) {
			t.Errorf("wrap(%q, %d, %d) = %q, want %q", tt.in, tt.width, tt.hang, got, tt.want)
		}
	}
}
