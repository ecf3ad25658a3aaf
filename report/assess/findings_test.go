package assess_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

// Each row lists findings that a matrix must have, and such as it must not.
func TestFindings(t *testing.T) {
	sound := "aes256-sha256-prfsha256-modp2048"
	tests := []struct {
		name      string
		result    func() evidence.Result
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
		{"AES-CBC with one PRF, not asked with the others", with(matrixOf(t, "aes256gcm16-prfsha256-modp2048", ""), func(r *evidence.Result) {
			asked, err := proposals.ParseProducts("aes256gcm16-prfsha256-modp2048,aes128-aes256-sha256-prfsha256-modp2048")
			if err != nil {
				t.Fatal(err)
			}
			r.Matrix.Asked = asked
		}), nil, []string{"IKE-RFC8247-MUST"}},
		{"undecided AES-CBC", matrixOf(t, "aes256gcm16-prfsha256-modp2048", "aes128-aes256-sha256-prfsha256-modp2048"),
			[]string{"low SCAN-UNDECIDED"}, []string{"IKE-RFC8247-MUST"}},
		{"nothing", matrixOf(t, "", ""), []string{"high IKE-NOTHING-ACCEPTED"}, []string{"IKE-RFC8247-MUST"}},
		{"nothing of the one suite asked about", func() evidence.Result {
			r := reporttest.Base("vpn.example.com", "198.51.100.7")
			r.Matrix = reporttest.Matrix{Asked: reporttest.Products(t, sound)}.Of(t)
			return r
		}, []string{"info IKE-ASKED-REFUSED"}, []string{"IKE-NOTHING-ACCEPTED"}},
		{"nothing decided", matrixOf(t, "", sound), []string{"medium SCAN-UNDECIDED"}, []string{"IKE-NOTHING-ACCEPTED"}},
		{"weak preferred", with(matrixOf(t, sound+",3des-sha256-prfsha256-modp2048", ""), func(r *evidence.Result) {
			r.Preference = &evidence.Preference{Suite: reporttest.Suite(t, "3des-sha256-prfsha256-modp2048"), Decides: choice.AlgorithmsResponder}
		}), []string{"medium IKE-PREFERS-WEAK"}, nil},
		{"weak chosen, by whose order is not known", with(matrixOf(t, sound+",3des-sha256-prfsha256-modp2048", ""), func(r *evidence.Result) {
			r.Preference = &evidence.Preference{Suite: reporttest.Suite(t, "3des-sha256-prfsha256-modp2048")}
		}), []string{"low IKE-PREFERS-WEAK"}, nil},
		{"weak preferred, and nothing else accepted", with(matrixOf(t, "3des-sha256-prfsha256-modp2048", ""), func(r *evidence.Result) {
			r.Preference = &evidence.Preference{Suite: reporttest.Suite(t, "3des-sha256-prfsha256-modp2048")}
		}), nil, []string{"IKE-PREFERS-WEAK"}},
		{"weak offered first, and the initiator decides", with(matrixOf(t, sound+",3des-sha256-prfsha256-modp2048", ""), func(r *evidence.Result) {
			r.Preference = &evidence.Preference{Suite: reporttest.Suite(t, "3des-sha256-prfsha256-modp2048"), Decides: choice.AlgorithmsInitiator}
		}), nil, []string{"IKE-PREFERS-WEAK"}},
		{"Windows refused", with(matrixOf(t, sound, ""), func(r *evidence.Result) {
			r.Exchanges = append(r.Exchanges, reporttest.Exchange(t, 9, reporttest.WindowsDefault, initiator.NoProposalChosen))
		}), []string{"info CLIENT-WINDOWS-DEFAULT"}, nil},
		{"Windows refused in part", with(matrixOf(t, sound, ""), func(r *evidence.Result) {
			offer, _, _ := strings.Cut(reporttest.WindowsDefault, ",aes128gcm16")
			r.Exchanges = append(r.Exchanges, reporttest.Exchange(t, 9, offer, initiator.NoProposalChosen))
		}), nil, []string{"CLIENT-WINDOWS-DEFAULT"}},
		{"Windows unanswered", with(matrixOf(t, sound, ""), func(r *evidence.Result) {
			r.Exchanges = append(r.Exchanges, reporttest.Exchange(t, 9, reporttest.WindowsDefault, initiator.NoAnswer))
		}), nil, []string{"CLIENT-WINDOWS-DEFAULT"}},
		{"Windows accepted", with(matrixOf(t, "aes256-sha256-prfsha256-modp1024", ""), func(r *evidence.Result) {
			r.Exchanges = append(r.Exchanges, reporttest.Exchange(t, 9, reporttest.WindowsDefault, initiator.NoProposalChosen))
		}), nil, []string{"CLIENT-WINDOWS-DEFAULT"}},
		{"4500 silent", with(matrixOf(t, sound, ""), func(r *evidence.Result) { r.Paths[1].State = initiator.PathSilent }),
			[]string{"medium PATH-4500"}, []string{"PATH-500"}},
		{"4500 silent, NAT", with(matrixOf(t, sound, ""), func(r *evidence.Result) {
			r.Paths[1].State = initiator.PathSilent
			r.NAT.LocalBehindNAT = true
		}), []string{"high PATH-4500"}, nil},
		{"500 silent", with(matrixOf(t, sound, ""), func(r *evidence.Result) { r.Paths[0].State = initiator.PathSilent }),
			[]string{"medium PATH-500"}, []string{"PATH-4500"}},
		{"contradiction", with(matrixOf(t, sound, ""), func(r *evidence.Result) {
			r.Matrix.Contradictions = []matrix.Contradiction{{Suite: *reporttest.Suite(t, sound)}}
		}), []string{"medium SCAN-CONTRADICTION"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range scan.Document(scan.Run{}, []evidence.Result{tt.result()}).Targets[0].Findings {
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

// The ID of a finding says what it is about.
func TestFindingsAreAbout(t *testing.T) {
	subjects := map[report.Subject]int{report.AboutPath: 0, report.AboutIKE: 0, report.AboutClient: 0, report.AboutGateway: 0, report.AboutScan: 0}
	for name, results := range reporttest.Cases(t) {
		for _, target := range scan.Document(scan.Run{}, results).Targets {
			for _, f := range target.Findings {
				if _, ok := subjects[f.About()]; !ok {
					t.Errorf("%s: %s is about %q", name, f.ID, f.About())
				}
				subjects[f.About()]++
			}
		}
	}
	for subject, n := range subjects {
		if n == 0 {
			t.Errorf("no case has a finding about %s", subject)
		}
	}
}

// Findings name the ports that were asked, and not the usual ones.
func TestPathFindingsNamePorts(t *testing.T) {
	asked := func(states [2]report.PathState, verdict report.Verdict) *report.Target {
		paths := []report.Path{{Transport: "udp500", Port: 10500, State: states[0]}, {Transport: "udp4500", Port: 14700, State: states[1], Reporter: "192.0.2.9"}}
		return &report.Target{Verdict: verdict, Paths: paths, NAT: &report.NAT{Supported: true, GatewayBehindNAT: true}}
	}
	for _, target := range []*report.Target{
		asked([2]report.PathState{"silent", "silent"}, "no_answer"), asked([2]report.PathState{"silent", "admin_prohibited"}, "unreachable"),
		asked([2]report.PathState{"answers", "silent"}, "ikev2"), asked([2]report.PathState{"silent", "answers"}, "ikev2"),
		asked([2]report.PathState{"answers", "admin_prohibited"}, "ikev2"),
	} {
		for _, f := range assess.Findings(target) {
			words := strings.Join(append([]string{f.Title, f.Detail}, f.Fix...), "\n")
			for _, usual := range []string{" 500", " 4500"} {
				if strings.Contains(words, usual) || !strings.Contains(words, "14700") {
					t.Errorf("%s says:\n%s", f.ID, words)
				}
			}
		}
	}
}

func matrixOf(t *testing.T, observed, silent string) func() evidence.Result {
	return func() evidence.Result {
		r := reporttest.Base("gw.example", "198.51.100.1")
		r.Matrix = reporttest.Matrix{Asked: matrix.Classical().Products(), Observed: observed, Silent: silent, Evidence: []int{3}}.Of(t)
		return r
	}
}

func with(make func() evidence.Result, change func(*evidence.Result)) func() evidence.Result {
	return func() evidence.Result {
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
	for _, f := range scan.Document(scan.Run{}, []evidence.Result{r}).Targets[0].Findings {
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
