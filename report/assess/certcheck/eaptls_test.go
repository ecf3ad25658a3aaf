package certcheck

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/report"
)

// TestEAPTLS: the certificate of a server of TLS inside EAP is judged once, by the rules
// that hold for it, and not where the handshake failed.
func TestEAPTLS(t *testing.T) {
	at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	certify := func(end time.Time, usage ...x509.ExtKeyUsage) []byte {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "radius"}, NotBefore: at.AddDate(-1, 0, 0), NotAfter: end, ExtKeyUsage: usage}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	seen := func(der []byte, state report.IdentityState) report.EAPTLS {
		return report.EAPTLS{Method: "eap-peap", State: state, Chain: []report.Certificate{{DER: der, SHA256: fmt.Sprintf("%x", sha256.Sum256(der))}}, Evidence: []int{9, 8}}
	}
	expired, bare, good := certify(at.AddDate(0, 0, -1), x509.ExtKeyUsageServerAuth), certify(at.AddDate(0, 6, 0)), certify(at.AddDate(0, 6, 0), x509.ExtKeyUsageServerAuth)
	id := &report.Identity{Name: "vpn.example.com", Connections: []report.Connection{{EAPTLS: []report.EAPTLS{seen(expired, report.IdentitySeen), seen(expired, report.IdentitySeen), seen(bare, report.IdentitySeen), seen(good, report.IdentitySeen), seen(good, report.IdentityUnclear)}}}}
	got := Identity(id, Basis{At: at, WarnDays: 30}).Connections[0].EAPTLS
	rules := func(i int, client report.Family) []string {
		var out []string
		for _, j := range got[i].Judged {
			for _, r := range j.Reasons {
				if j.Client == client && r.Effect == report.CertificateRejected {
					out = append(out, r.Rule)
				}
				if mended := len(r.Fixes) > 0 && r.Fixes[0] == "eapcert/freeradius"; mended != (r.Effect == report.CertificateRejected) || len(j.Shows) > 0 {
					t.Errorf("%s shows %q, %s with fixes %q", j.Client, j.Shows, r.Rule, r.Fixes)
				}
			}
		}
		return out
	}
	if len(id.Connections[0].EAPTLS[0].Judged) > 0 {
		t.Error("the document was changed")
	}
	for i, want := range [][]string{{"expired"}, nil, {"eku-absent"}, nil, nil} {
		if got := rules(i, report.FamilyWindows); !slices.Equal(got, want) {
			t.Errorf("handshake %d: Windows rejects for %q, want %q", i, got, want)
		}
	}
	if len(got[1].Judged) != 0 || len(got[4].Judged) != 0 {
		t.Errorf("judged again, or without proof: %+v, %+v", got[1].Judged, got[4])
	}
	if r := got[0].Judged[0].Reasons[0]; !slices.Equal(r.Evidence, []int{8, 9}) {
		t.Errorf("%+v", r)
	}
	if v := got[3].Judged[0].Verdict; v != report.CertificateUnknown {
		t.Errorf("of a root that nobody named: %s", v)
	}
}

// TestEAPServer: who rejects the certificate of the EAP server fails, where each method
// begins with it.
func TestEAPServer(t *testing.T) {
	judged := func(windows report.Acceptance) []report.JudgedClient {
		j := report.JudgedClient{Client: report.FamilyWindows, Verdict: windows}
		if windows == report.CertificateRejected {
			j.Shows = []string{"0x800B0109"}
			j.Reasons = []report.Reason{{Rule: "root-untrusted", Effect: windows, Sentence: "it is not trusted"}, {Rule: "expires-soon", Sentence: "soon"}}
		}
		return []report.JudgedClient{j, {Client: report.FamilyAndroid, Verdict: report.CertificateAccepted}}
	}
	server := func(leaf string, windows report.Acceptance) report.EAPTLS {
		return report.EAPTLS{Chain: []report.Certificate{{SHA256: leaf}}, Judged: judged(windows)}
	}
	bad, good := server("radius", report.CertificateRejected), server("other", report.CertificateAccepted)
	for name, tt := range map[string]struct {
		methods  string
		complete bool
		servers  []report.EAPTLS
		fails    bool
	}{
		"all with TLS":             {"eap-tls eap-peap", true, []report.EAPTLS{bad}, true},
		"others, too":              {"eap-tls eap-mschapv2", true, []report.EAPTLS{bad}, false},
		"perhaps others":           {"eap-tls", false, []report.EAPTLS{bad}, false},
		"one that it accepts":      {"eap-tls eap-peap", true, []report.EAPTLS{bad, good}, false},
		"that of IKE":              {"eap-tls", true, []report.EAPTLS{server("gateway", report.CertificateRejected)}, false},
		"no server was seen":       {"eap-tls", true, nil, false},
		"one that nothing is told": {"eap-tls", true, []report.EAPTLS{{}}, false},
	} {
		c := report.Connection{Methods: strings.Fields(tt.methods), MethodsComplete: tt.complete, EAPTLS: tt.servers, Judged: judged(report.CertificateAccepted)}
		c.Chain = []report.Certificate{{SHA256: "gateway"}}
		eapServer(&c)
		windows, android := c.Judged[0], c.Judged[1]
		if fails := windows.Verdict == report.CertificateRejected; fails != tt.fails || android.Verdict != report.CertificateAccepted || len(android.Reasons) > 0 {
			t.Errorf("%s: %+v", name, c.Judged)
		} else if fails && (len(windows.Reasons) != 1 || windows.Reasons[0].Sentence != "the certificate of the EAP server: it is not trusted" || !slices.Equal(windows.Shows, []string{"0x800B0109"})) {
			t.Errorf("%s: %+v", name, windows)
		}
	}
}
