package assess_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

// policy is a client that offers keywords, with a KE payload of their first
// method.
func policy(t testing.TB, keywords string) client.Policy {
	t.Helper()
	offer := reporttest.Products(t, keywords)
	return client.Policy{Name: "it", Offer: offer, KE: ike.KeyExchangeMethod(offer[0][proposals.KE][0].ID), Doubt: "Perhaps."}
}

// compared returns what a client gets of a gateway, both in keywords.
func compared(t *testing.T, accepted, offer string) report.Client {
	t.Helper()
	r := reporttest.Base("vpn.example.com", "198.51.100.7")
	r.Matrix = reporttest.Matrix{Asked: matrix.Standard().Products(), Observed: accepted, Evidence: []int{4, 5}}.Of(t)
	r.Exchanges = append(r.Exchanges, reporttest.Exchange(t, 20, reporttest.WindowsDefault, initiator.NoProposalChosen),
		reporttest.Exchange(t, 21, "aes128-aes256-sha1-sha256-prfsha1-prfsha256-modp1024-modp1536", initiator.NoProposalChosen))
	doc := scan.Document(scan.Run{}, []evidence.Result{r})
	doc.Targets[0].Clients = assess.Clients(&doc.Targets[0], []client.Policy{policy(t, offer)})
	if len(doc.Targets[0].Clients) != 1 {
		t.Fatalf("%d clients", len(doc.Targets[0].Clients))
	}
	return doc.Targets[0].Clients[0]
}

func TestCompareConnects(t *testing.T) {
	for _, tt := range []struct {
		name, accepted, offer string
		suite                 string
		candidates            []string
		notes                 []string
	}{
		{"one suite in common", "aes256-sha256-prfsha256-modp2048-ecp256", "aes256-aes128-sha256-prfsha256-modp2048",
			"aes256-sha256-prfsha256-modp2048", []string{}, []string{}},
		{"another group than that of the KE payload", "aes256-sha256-prfsha256-ecp256", "aes256-sha256-prfsha256-modp2048-ecp256",
			"aes256-sha256-prfsha256-ecp256", []string{},
			[]string{"The first KE payload is of MODP_2048, which the gateway does not choose: the client gets the IKE SA after INVALID_KE_PAYLOAD."}},
		{"suites of which the order is not known", "aes256-aes128-sha256-prfsha256-ecp256", "aes128-aes256-sha256-prfsha256-ecp256",
			"", []string{"aes128-sha256-prfsha256-ecp256", "aes256-sha256-prfsha256-ecp256"}, []string{}},
		{"some suites that nobody asked about", "aes256-sha256-prfsha256-ecp256", "aes256-sha256-prfsha256-ecp256,encr_65001-sha256-prfsha256-ecp256",
			"", []string{"aes256-sha256-prfsha256-ecp256"},
			[]string{"Of the 2 suites that it offers, 1 was not asked about. The gateway may choose one of these."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := compared(t, tt.accepted, tt.offer)
			want := report.Client{Name: "it", Verdict: report.ClientConnects, Suite: tt.suite, Candidates: tt.candidates, Missing: []report.Missing{},
				Basis: report.BasisPredicted, Doubt: "Perhaps.", Notes: tt.notes, Evidence: []int{4, 5}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What is weak in the suite that a client gets is said, and what another order of
// proposals would give it. The gateway takes the first of its own, here.
// TestCompareReading: what a gateway does not read of an offer gives no client an
// IKE SA, and what is beyond its limits may have it refuse the whole.
func TestCompareReading(t *testing.T) {
	const accepted = "aes256-sha256-prfsha256-ecp256"
	const cut = "It offers more than the gateway reads or takes"
	for _, tt := range []struct {
		name  string
		habit report.Habit
		offer string
		want  report.ClientVerdict
		note  string
	}{
		{"within", report.Habit{Kind: report.HabitTransforms, Count: 2}, "aes128-aes256-sha256-prfsha256-ecp256", report.ClientConnects, ""},
		{"beyond, and further back", report.Habit{Kind: report.HabitTransforms, Count: 1}, "aes128-aes256-sha256-prfsha256-ecp256", report.ClientFails, cut + "."},
		{"beyond, and in front", report.Habit{Kind: report.HabitTransforms, Count: 1}, "aes256-aes128-sha256-prfsha256-ecp256", report.ClientUnknown,
			cut + ", so what it gets is not known."},
		{"the second proposal", report.Habit{Kind: report.HabitProposals, Count: 1}, "aes128-sha256-prfsha256-ecp256," + accepted, report.ClientFails, cut + "."},
		{"both proposals", report.Habit{Kind: report.HabitProposals, Count: 2}, "aes128-sha256-prfsha256-ecp256," + accepted, report.ClientConnects, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := reporttest.Base("vpn.example.com", "198.51.100.7")
			r.Matrix = reporttest.Matrix{Asked: matrix.Standard().Products(), Observed: accepted, Evidence: []int{4, 5}}.Of(t)
			target := scan.Target(r)
			target.Habits = []report.Habit{tt.habit}
			got := assess.Verdicts(&target, []client.Policy{policy(t, tt.offer)})[0]
			if got.Verdict != tt.want || tt.note != "" && !slices.Equal(got.Notes, []string{tt.note}) || tt.note == "" && len(got.Notes) > 0 {
				t.Errorf("%s, %q; want %s, %q", got.Verdict, got.Notes, tt.want, tt.note)
			}
		})
	}
}

func TestCompareWeak(t *testing.T) {
	const strong, weak, legacy = "aes256-sha256-prfsha256-modp2048", "3des-sha1-prfsha1-modp1024", "aes256-sha1-prfsha1-modp2048"
	ofWeak := []string{"3des", "prfsha1", "sha1", "modp1024"}
	for _, tt := range []struct {
		name, own, offer string
		ordered          bool
		weak             *report.WeakSuite
		worse            string
	}{
		{"nothing weak", strong, strong, true, nil, ""},
		{"only what is weak", strong + "," + weak, weak, true, &report.WeakSuite{Severity: "high", Algorithms: ofWeak, Certain: true}, ""},
		{"the weak one first", weak + "," + strong, strong + "," + weak, true,
			&report.WeakSuite{Severity: "high", Algorithms: ofWeak, Certain: true, Better: strong}, ""},
		{"the strong one first", strong + "," + weak, weak + "," + strong, true, nil, weak},
		{"SHA-1 beside a sound one", strong + "," + legacy, legacy + "," + strong, true, nil, ""},
		{"SHA-1 alone", legacy, legacy, true, &report.WeakSuite{Severity: "low", Algorithms: []string{"prfsha1", "sha1"}, Certain: true}, ""},
		{"of an order that is not known", strong + "," + weak, weak + "," + strong, false, &report.WeakSuite{Severity: "high", Algorithms: ofWeak}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := reporttest.Base("vpn.example.com", "198.51.100.7")
			r.Matrix = reporttest.Matrix{Asked: matrix.Standard().Products(), Observed: tt.own, Evidence: []int{4}}.Of(t)
			if tt.ordered {
				r.Preference = reporttest.InOrder(t, tt.own)
			}
			doc := scan.Document(scan.Run{}, []evidence.Result{r})
			got := assess.Clients(&doc.Targets[0], []client.Policy{policy(t, tt.offer)})[0]
			if diff := cmp.Diff(tt.weak, got.Weak); diff != "" || got.Worse != tt.worse {
				t.Errorf("it gets %q or %q, worse %q, want %q; weak (-want +got):\n%s", got.Suite, got.Candidates, got.Worse, tt.worse, diff)
			}
		})
	}
}

// Where the gateway was seen to choose of what is the same offer to it, that
// exchange is the evidence, not another in which it accepted the suite.
func TestCompareCitesTheChoice(t *testing.T) {
	const accepted, chosen = "aes256-aes128-sha256-prfsha256-modp2048", "aes128-sha256-prfsha256-modp2048"
	r := reporttest.Base("vpn.example.com", "198.51.100.7")
	r.Matrix = reporttest.Matrix{Asked: matrix.Standard().Products(), Observed: accepted, Evidence: []int{4, 5}}.Of(t)
	alone := reporttest.Exchange(t, 20, chosen, initiator.Accepted)
	alone.Suite = reporttest.Suite(t, chosen)
	choice := reporttest.Exchange(t, 21, "aes256-aes128-3des-sha256-prfsha256-modp2048", initiator.Accepted)
	choice.Purpose, choice.Suite = evidence.PurposeClient, reporttest.Suite(t, chosen)
	r.Exchanges = append(r.Exchanges, alone, choice)
	doc := scan.Document(scan.Run{}, []evidence.Result{r})
	doc.Targets[0].Clients = assess.Clients(&doc.Targets[0], []client.Policy{policy(t, accepted), policy(t, chosen)})
	for i, want := range []int{21, 20} {
		if c := doc.Targets[0].Clients[i]; c.Suite != chosen || !slices.Equal(c.Evidence, []int{want}) {
			t.Errorf("%s, evidence %d; want %s, evidence %d", c.Suite, c.Evidence, chosen, want)
		}
	}
}

func TestCompareFails(t *testing.T) {
	windows, _ := client.Named("windows-11")
	for _, tt := range []struct {
		name, accepted, offer string
		missing               []string // axis: text
		evidence              []int
	}{
		{"Windows, and a gateway without MODP_1024", "aes256-sha256-prfsha256-modp2048-ecp256", reporttest.KeywordsOf(windows.Offer),
			[]string{"KE: It offers only MODP_1024; the gateway accepts MODP_2048, ECP_256."}, []int{20}},
		{"only what is left to mend is named", "aes256gcm16-prfsha384-ecp384,aes256-sha256-prfsha256-modp2048", "aes256-sha256-prfsha256-modp1024",
			[]string{"KE: It offers only MODP_1024; the nearest that the gateway accepts: MODP_2048."}, []int{20}},
		{"all groups of the client", "aes256-sha256-prfsha256-modp2048", "aes256-sha256-prfsha256-modp1024,aes128-sha1-prfsha1-modp1536",
			[]string{"KE: It offers only MODP_1024, MODP_1536; the gateway accepts MODP_2048."}, []int{20, 21}},
		{"AEAD against a classic cipher", "aes256gcm16-prfsha256-modp1024", "aes256-sha256-prfsha256-modp1024",
			[]string{"ENCR: It offers only AES_CBC_256; the gateway accepts AES_GCM_16_256."}, []int{20}},
		{"two axes", "aes256-sha256-prfsha384-ecp384", "aes256-sha256-prfsha256-modp1024",
			[]string{"PRF: It offers only PRF SHA2_256; the gateway accepts PRF SHA2_384.", "KE: It offers only MODP_1024; the gateway accepts ECP_384."}, []int{20}},
		{"an axis that meets in another proposal", "aes256-sha256-prfsha256-ecp256,3des-md5-prfsha1-ecp256", "aes256-sha256-prfsha1-modp1024",
			[]string{"PRF: In the nearest proposals, it offers PRF SHA1; the gateway accepts PRF SHA2_256.", "KE: It offers only MODP_1024; the gateway accepts ECP_256."}, []int{21}},
		{"a combination", "aes256-sha256-prfsha256-modp2048,aes128-sha256-prfsha256-modp1024", "aes256-sha256-prfsha256-modp1024",
			[]string{"combination: They have no combination in common: the nearest are " +
				"aes256-sha256-prfsha256-modp1024, which it offers, and aes256-sha256-prfsha256-modp2048, which the gateway accepts."}, []int{20}},
		{"a gateway that wants ML-KEM", "aes256gcm16-prfsha384-x25519-ke1_mlkem768", "aes256gcm16-prfsha384-x25519",
			[]string{"ADDKE1: It does not offer the additional key exchange ADDKE1; the gateway accepts no suite without ML_KEM_768."}, nil},
		{"a client that wants ML-KEM", "aes256gcm16-prfsha384-x25519", "aes256gcm16-prfsha384-x25519-ke1_mlkem768",
			[]string{"ADDKE1: It offers only ADDKE1 ML_KEM_768; the gateway accepts none."}, nil},
		{"a gateway that takes nothing", "", "aes256-sha256-prfsha256-modp1024", nil, []int{20}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := compared(t, tt.accepted, tt.offer)
			var texts []string
			for _, m := range got.Missing {
				texts = append(texts, m.Axis+": "+m.Text)
				if m.Axis != "combination" && (len(m.Offers) == 0 || len(m.Accepts) == 0) {
					t.Errorf("%s has no lists", m.Axis)
				}
			}
			if diff := cmp.Diff(tt.missing, texts); diff != "" || got.Verdict != report.ClientFails || got.Suite != "" {
				t.Errorf("%s %q, missing (-want +got):\n%s", got.Verdict, got.Suite, diff)
			}
			if !slices.Equal(got.Evidence, tt.evidence) {
				t.Errorf("evidence %v, want %v", got.Evidence, tt.evidence)
			}
		})
	}
}

// What is not known stays unknown, for a reason.
func TestCompareUnknown(t *testing.T) {
	all := reporttest.Cases(t)
	for _, tt := range []struct{ result, offer, note string }{
		{"undecided", "3des-sha1-prfsha1-modp1024", "Of the 1 suite that it offers, 1 is undecided."},
		{"undecided", "aes256gcm16-prfsha256-ecp256,aes128-sha1-prfsha1-modp1024", "Of the 2 suites that it offers, 1 is undecided."},
		{"undecided", "camellia256-sha1-prfsha1-modp1024", "Of the 1 suite that it offers, 1 was not asked about."},
		{"dead", "aes256-sha256-prfsha256-modp2048", "The target did not answer in IKEv2."},
		{"error", "aes256-sha256-prfsha256-modp2048", "The target did not answer in IKEv2."},
	} {
		doc := scan.Document(scan.Run{}, all[tt.result])
		doc.Targets[0].Clients = assess.Clients(&doc.Targets[0], []client.Policy{policy(t, tt.offer)})
		got := doc.Targets[0].Clients[0]
		if got.Verdict != report.ClientUnknown || !slices.Equal(got.Notes, []string{tt.note}) || len(got.Missing) > 0 || got.Suite != "" {
			t.Errorf("%s and %s: %+v, want %q", tt.result, tt.offer, got, tt.note)
		}
	}
	doc := scan.Document(scan.Run{}, all["openiked"])
	doc.Targets[0].Clients = assess.Clients(&doc.Targets[0], []client.Policy{{Name: "it"}})
	if got := doc.Targets[0].Clients[0]; got.Verdict != report.ClientUnknown || len(got.Notes) != 1 {
		t.Errorf("without an offer: %+v", got)
	}
	r := reporttest.Base("vpn.example.com", "198.51.100.7") // the matrix was not asked for
	doc = scan.Document(scan.Run{}, []evidence.Result{r})
	doc.Targets[0].Clients = assess.Clients(&doc.Targets[0], []client.Policy{policy(t, "aes256-sha256-prfsha256-modp2048")})
	if got := doc.Targets[0].Clients[0]; got.Verdict != report.ClientUnknown || !slices.Equal(got.Notes, []string{"The scan did not ask the gateway what it accepts."}) {
		t.Errorf("without a matrix: %+v", got)
	}
}

// What the client's own packet got comes before the prediction, however often
// the document is compared.
func TestCompareLive(t *testing.T) {
	const taken, other = "aes256-sha256-prfsha256-ecp256", "aes256-sha256-prfsha256-modp2048"
	for _, tt := range []struct {
		live  evidence.ClientAnswer
		offer string
		want  report.Client
	}{
		{evidence.ClientAnswer{State: matrix.Accepted, Suite: reporttest.Suite(t, taken)}, taken, report.Client{Verdict: report.ClientConnects, Suite: taken}},
		{evidence.ClientAnswer{State: matrix.Refused, Notes: []evidence.Note{{Kind: evidence.ClientDropped}}}, taken,
			report.Client{Verdict: report.ClientFails, Notes: []string{"The gateway drops offers that it does not accept.", "The matrix predicted something else: it connects."}}},
		{evidence.ClientAnswer{State: matrix.Accepted, Suite: reporttest.Suite(t, other)}, taken,
			report.Client{Verdict: report.ClientConnects, Suite: other, Notes: []string{"The matrix predicted something else: " + taken + "."}}},
		{evidence.ClientAnswer{State: matrix.NoAnswer}, taken, report.Client{Verdict: report.ClientUnknown}},
		{evidence.ClientAnswer{State: matrix.Refused}, other,
			report.Client{Verdict: report.ClientFails, Missing: []report.Missing{{Axis: "KE", Text: "It offers only MODP_2048; the gateway accepts ECP_256."}}}},
	} {
		r := reporttest.Base("vpn.example.com", "198.51.100.7")
		r.Matrix = reporttest.Matrix{Asked: matrix.Classical().Products(), Observed: taken, Evidence: []int{4}}.Of(t)
		tt.live.Name, tt.live.Evidence = "it", []int{90}
		r.Clients = []evidence.ClientAnswer{tt.live}
		r.Exchanges = append(r.Exchanges, evidence.Exchange{Exchange: initiator.Exchange{ID: 90, Offer: reporttest.Products(t, tt.offer)}})
		target := &scan.Document(scan.Run{}, []evidence.Result{r}).Targets[0]
		for range 2 {
			target.Clients = assess.Clients(target, []client.Policy{policy(t, tt.offer)})
		}
		got := target.Clients[0]
		if got.Basis != report.BasisLive || got.Verdict != tt.want.Verdict || got.Suite != tt.want.Suite || !slices.Equal(got.Notes, tt.want.Notes) ||
			!slices.Equal(got.Evidence, []int{90}) || got.Doubt != "Perhaps." || len(got.Missing) != len(tt.want.Missing) ||
			len(got.Missing) > 0 && got.Missing[0].Text != tt.want.Missing[0].Text {
			t.Errorf("%+v, want %+v", got, tt.want)
		}
		// Of another offer with the same name nothing was seen.
		const third = "aes256-sha256-prfsha256-modp1024"
		target.Clients = assess.Clients(target, []client.Policy{policy(t, third)})
		if got := target.Clients[0]; got.Basis != report.BasisPredicted || got.Verdict != report.ClientFails {
			t.Errorf("the live verdict of %s counts for %s: %+v", tt.offer, third, got)
		}
	}
}

// Every well-known client has a verdict with each case, and what it says of a
// suite holds against the matrix.
func TestCompareAll(t *testing.T) {
	verdicts := map[report.ClientVerdict]int{}
	for name, results := range reporttest.Cases(t) {
		doc := scan.Document(scan.Run{}, results)
		for i := range doc.Targets {
			target := &doc.Targets[i]
			target.Clients = assess.Clients(target, client.Policies())
			for j, c := range target.Clients {
				verdicts[c.Verdict]++
				if c.Name != client.Policies()[j].Name || c.Basis != report.BasisPredicted {
					t.Errorf("%s: %+v", name, c)
				}
				for _, s := range append(slices.Clone(c.Candidates), c.Suite) {
					if s == "" {
						continue
					}
					parsed, err := proposals.ParseSuite(s)
					if err != nil || assess.FactsOf(target).State(parsed) != matrix.Accepted {
						t.Errorf("%s: %s connects with %s: %v", name, c.Name, s, err)
					}
				}
				if c.Verdict == report.ClientUnknown && len(c.Notes) == 0 || c.Verdict == report.ClientFails && len(c.Missing)+len(c.Notes) == 0 {
					t.Errorf("%s: %s %s for no reason", name, c.Name, c.Verdict)
				}
			}
		}
	}
	if verdicts[report.ClientConnects] < 50 || verdicts[report.ClientFails] < 50 || verdicts[report.ClientUnknown] < 50 {
		t.Errorf("the cases are one-sided: %v", verdicts)
	}
}
