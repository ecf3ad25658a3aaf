package revocation

import (
	"compress/gzip"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"
)

var at = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// authority issues a certificate, and answers for it.
type authority struct {
	t     *testing.T
	key   *ecdsa.PrivateKey
	chain []*x509.Certificate // the certificate, and its own
}

func newAuthority(t *testing.T, url string) *authority {
	a := &authority{t: t}
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	a.key = key()
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, NotBefore: at.AddDate(-1, 0, 0), NotAfter: at.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte{1}}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(77), Subject: pkix.Name{CommonName: "vpn.example.com"}, NotBefore: at.AddDate(-1, 0, 0), NotAfter: at.AddDate(1, 0, 0),
		OCSPServer: []string{url + "/ocsp", "ldap://x", url + "/second", url + "/third"}, CRLDistributionPoints: []string{url + "/crl"}}
	var issuer *x509.Certificate
	for _, c := range []*x509.Certificate{ca, leaf} {
		public := a.key.Public()
		if c == leaf {
			public = key().Public()
		} else {
			issuer = ca
		}
		der, err := x509.CreateCertificate(rand.Reader, c, issuer, public, a.key)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		a.chain, issuer = append([]*x509.Certificate{parsed}, a.chain...), parsed
	}
	return a
}

func (a *authority) ocsp(status int, change func(*ocsp.Response), signer crypto.Signer) []byte {
	r := ocsp.Response{Status: status, SerialNumber: a.chain[0].SerialNumber, ThisUpdate: at.Add(-time.Hour), NextUpdate: at.Add(time.Hour), RevokedAt: at.Add(-2 * time.Hour), RevocationReason: 1}
	if change != nil {
		change(&r)
	}
	text, err := ocsp.CreateResponse(a.chain[1], a.chain[1], r, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	return text
}

// delegated is a response signed with a certificate of the authority for that usage, until then.
func (a *authority) delegated(usage x509.ExtKeyUsage, until time.Time) []byte {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(5), Subject: pkix.Name{CommonName: "Responder"},
		NotBefore: at.AddDate(-1, 0, 0), NotAfter: until, ExtKeyUsage: []x509.ExtKeyUsage{usage}}, a.chain[1], key.Public(), a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return a.ocsp(ocsp.Good, func(r *ocsp.Response) { r.Certificate = c }, key)
}

func (a *authority) crl(serial int64, change func(*x509.RevocationList), signer crypto.Signer) []byte {
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: at.Add(-time.Hour), NextUpdate: at.Add(time.Hour),
		RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: big.NewInt(serial), RevocationTime: at.Add(-2 * time.Hour), ReasonCode: 4}}}
	if change != nil {
		change(list)
	}
	text, err := x509.CreateRevocationList(rand.Reader, list, a.chain[1], signer)
	if err != nil {
		a.t.Fatal(err)
	}
	return text
}

// point is an IssuingDistributionPoint of one URL, and what build adds.
func point(url string, build func(*cryptobyte.Builder)) func(*x509.RevocationList) {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		if url != "" {
			context := func(n uint8) cbasn1.Tag { return cbasn1.Tag(n).ContextSpecific() }
			b.AddASN1(context(0).Constructed(), func(b *cryptobyte.Builder) {
				b.AddASN1(context(0).Constructed(), func(b *cryptobyte.Builder) {
					b.AddASN1(context(6), func(b *cryptobyte.Builder) { b.AddBytes([]byte(url)) })
				})
			})
		}
		if build != nil {
			build(b)
		}
	})
	return func(l *x509.RevocationList) {
		l.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: b.BytesOrPanic()}}
	}
}

// TestAsk: good, revoked, unknown and unreachable are never taken for one another.
func TestAsk(t *testing.T) {
	var answer func(http.ResponseWriter, *http.Request)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r) }))
	defer server.Close()
	a := newAuthority(t, server.URL)
	other := newAuthority(t, server.URL)
	text := func(b []byte) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(b) }
	}
	crlURL := server.URL + "/crl"
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, tt := range []struct {
		name   string
		by     string
		answer func(http.ResponseWriter, *http.Request)
		want   State
		why    string // part of it
	}{
		{"good", OCSP, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if request, err := ocsp.ParseRequest(body); err != nil || request.SerialNumber.Int64() != 77 || r.Header.Get("Content-Type") != "application/ocsp-request" {
				t.Errorf("the request: %+v, %v", request, err)
			}
			_, _ = w.Write(a.ocsp(ocsp.Good, nil, a.key))
		}, Good, ""},
		{"revoked", OCSP, text(a.ocsp(ocsp.Revoked, nil, a.key)), Revoked, "revoked on 2026-06-01 10:00 UTC: the key is compromised"},
		{"not known to it", OCSP, text(a.ocsp(ocsp.Unknown, nil, a.key)), Unknown, "does not know"},
		{"later", OCSP, text(ocsp.TryLaterErrorResponse), Unknown, "refuses to say: try later"},
		{"no OCSP", OCSP, text([]byte("<html>")), Unknown, "not a response"},
		{"of another", OCSP, text(other.ocsp(ocsp.Good, nil, other.key)), Unknown, "not a response"},
		{"of its responder", OCSP, text(a.delegated(x509.ExtKeyUsageOCSPSigning, at.AddDate(0, 1, 0))), Good, ""},
		{"of a server that it certified", OCSP, text(a.delegated(x509.ExtKeyUsageServerAuth, at.AddDate(0, 1, 0))), Unknown, "not for OCSP"},
		{"of a responder that expired", OCSP, text(a.delegated(x509.ExtKeyUsageOCSPSigning, at.AddDate(0, -1, 0))), Unknown, "not for OCSP"},
		{"of another certificate", OCSP, text(a.ocsp(ocsp.Good, func(r *ocsp.Response) { r.SerialNumber = big.NewInt(78) }, a.key)), Unknown, "not a response"},
		{"old", OCSP, text(a.ocsp(ocsp.Good, func(r *ocsp.Response) { r.NextUpdate = at.Add(-30 * time.Minute) }, a.key)), Unknown, "out of date"},
		{"of the future", OCSP, text(a.ocsp(ocsp.Good, func(r *ocsp.Response) { r.ThisUpdate = at.Add(30 * time.Minute) }, a.key)), Unknown, "valid from"},
		{"long", OCSP, text(make([]byte, maxOCSP+1)), Unknown, "longer than"},
		{"an error", OCSP, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, Unreachable, "502"},
		{"redirects forever", OCSP, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/again", http.StatusTemporaryRedirect)
		}, Unreachable, "more than 3 redirects"},
		{"a redirect elsewhere", CRL, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		}, Unreachable, ""},
		{"broken off", CRL, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte("x"))
		}, Unreachable, "breaks off"},

		{"small until it is unpacked", CRL, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			zeros := make([]byte, 1<<20)
			for range maxCRL>>20 + 1 {
				_, _ = z.Write(zeros)
			}
			_ = z.Close()
		}, Unknown, "longer than"},

		{"not in it", CRL, text(a.crl(78, nil, a.key)), Good, ""},
		{"not in it, in PEM", CRL, text(pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: a.crl(78, nil, a.key)})), Good, ""},
		{"in it", CRL, text(a.crl(77, nil, a.key)), Revoked, "superseded"},
		{"no CRL", CRL, text([]byte("404")), Unknown, "not a CRL"},
		{"CRL of another", CRL, text(other.crl(78, nil, other.key)), Unknown, "not its issuer's"},
		{"old CRL", CRL, text(a.crl(78, func(l *x509.RevocationList) { l.ThisUpdate, l.NextUpdate = at.AddDate(0, -2, 0), at.AddDate(0, -1, 0) }, a.key)), Unknown, "out of date"},
		{"of this point", CRL, text(a.crl(78, point(crlURL, nil), a.key)), Good, ""},
		{"of another point", CRL, text(a.crl(78, point(server.URL+"/other", nil), a.key)), Unknown, "of a part"},
		{"of a point whose name is longer", CRL, text(a.crl(78, point(crlURL+"2", nil), a.key)), Unknown, "of a part"},
		{"of CAs", CRL, text(a.crl(78, point("", func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.Tag(2).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddUint8(0xff) })
		}), a.key)), Unknown, "of a part"},
		{"of users", CRL, text(a.crl(78, point("", func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.Tag(1).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddUint8(0xff) })
		}), a.key)), Good, ""},
		{"of some reasons", CRL, text(a.crl(78, point("", func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.Tag(3).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes([]byte{6, 0x40}) })
		}), a.key)), Unknown, "of a part"},
		{"what changed", CRL, text(a.crl(78, func(l *x509.RevocationList) {
			l.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}}
		}, a.key)), Unknown, "of a part"},

		// The last ones: their context ends.
		{"stalls within the answer", CRL, func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("x"))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, Unreachable, "answer came within"}, // where all is slow, none came
		{"stalls", OCSP, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // or the end of the connection is not seen
			cancel()
			<-r.Context().Done()
		}, Unreachable, "no answer came"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			answer = tt.answer
			q := Question{By: tt.by, URL: server.URL + "/" + tt.by}
			asker := Asker{At: at, Timeout: time.Minute, Loopback: true}
			if strings.HasPrefix(tt.name, "stalls within") {
				asker.Timeout = 20 * time.Millisecond
			}
			got := asker.Ask(ctx, a.chain, q)
			if got.State != tt.want || !strings.Contains(got.Why, tt.why) || (got.Why == "") != (tt.want == Good) || got.Question != q {
				t.Errorf("%+v, want %s, %q", got, tt.want, tt.why)
			}
		})
	}
}

// TestLongKey: nobody has us verify a signature with a key of 100,000 bits, which takes
// seconds.
func TestLongKey(t *testing.T) {
	a := newAuthority(t, "http://192.0.2.1")
	modulus := new(big.Int).SetBit(big.NewInt(12345), 100_000-1, 1)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(5), NotAfter: at.AddDate(1, 0, 0), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}},
		a.chain[1], &rsa.PublicKey{N: modulus, E: 65537}, a.key)
	if err != nil {
		t.Fatal(err)
	}
	long, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	response := a.ocsp(ocsp.Good, func(r *ocsp.Response) { r.Certificate = long }, a.key)
	if got := (Asker{At: at}).Stapled(a.chain, 0, response); got.State != Unknown || !strings.Contains(got.Why, "cannot be verified") {
		t.Errorf("%+v", got)
	}
}

// TestStapled: an OCSP response that the gateway sends itself counts as one of its
// authority, by the same rules.
func TestStapled(t *testing.T) {
	a, other := newAuthority(t, "http://192.0.2.1"), newAuthority(t, "http://192.0.2.1")
	for _, tt := range []struct {
		name     string
		response []byte
		want     State
		why      string
	}{
		{"good", a.ocsp(ocsp.Good, nil, a.key), Good, ""},
		{"revoked", a.ocsp(ocsp.Revoked, nil, a.key), Revoked, "the key is compromised"},
		{"of another", other.ocsp(ocsp.Good, nil, other.key), Unknown, "not a response"},
		{"of a server that it certified", a.delegated(x509.ExtKeyUsageServerAuth, at.AddDate(0, 1, 0)), Unknown, "not for OCSP"},
		{"of its responder", a.delegated(x509.ExtKeyUsageOCSPSigning, at.AddDate(0, 1, 0)), Good, ""},
		{"of another certificate", a.ocsp(ocsp.Good, func(r *ocsp.Response) { r.SerialNumber = big.NewInt(78) }, a.key), Unknown, "not a response"},
		{"old", a.ocsp(ocsp.Good, func(r *ocsp.Response) { r.NextUpdate = at.Add(-30 * time.Minute) }, a.key), Unknown, "out of date"},
		{"none", nil, Unknown, "not a response"},
		{"long", make([]byte, maxOCSP+1), Unknown, "longer than"},
	} {
		got := Asker{At: at}.Stapled(a.chain, 0, tt.response)
		if got.State != tt.want || !strings.Contains(got.Why, tt.why) || (got.Why == "") != (tt.want == Good) || got.By != Staple || got.URL != "" {
			t.Errorf("%s: %+v, want %s, %q", tt.name, got, tt.want, tt.why)
		}
	}
	if got := (Asker{At: at}).Stapled([]*x509.Certificate{a.chain[0], other.chain[1]}, 0, a.ocsp(ocsp.Good, nil, a.key)); got.State != Unknown || !strings.Contains(got.Why, "issuer did not come") {
		t.Errorf("of another issuer: %+v", got)
	}
}

// TestNotAsked: nobody is asked but by HTTP, at addresses that an authority can have, and
// about whom its issuer is known of.
func TestNotAsked(t *testing.T) {
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	a := newAuthority(t, server.URL)
	a.chain[0].OCSPServer = append([]string{server.URL + "/" + strings.Repeat("x", maxURL)}, a.chain[0].OCSPServer...)
	questions := Questions(a.chain)
	if len(questions) != 3 || questions[0].URL != server.URL+"/ocsp" || questions[1].URL != server.URL+"/second" || questions[2].By != CRL {
		t.Errorf("%+v", questions)
	}
	if got := (Asker{At: at, Timeout: time.Minute}).Ask(t.Context(), a.chain, questions[0]); got.State != Unreachable || !strings.Contains(got.Why, "address of this machine") {
		t.Errorf("%+v", got)
	}
	link := Question{By: CRL, URL: "http://169.254.169.254/"}
	if got := (Asker{At: at, Timeout: time.Minute, Loopback: true}).Ask(t.Context(), a.chain, link); got.State != Unreachable || !strings.Contains(got.Why, "local link") {
		t.Errorf("%+v", got)
	}
	other := newAuthority(t, server.URL)
	if got := (Asker{At: at, Timeout: time.Minute, Loopback: true}).Ask(t.Context(), []*x509.Certificate{a.chain[0], other.chain[1]}, questions[0]); got.State != Unknown {
		t.Errorf("%+v", got)
	}
	if n := requests.Load(); n != 0 {
		t.Errorf("%d requests", n)
	}
	// A port that nobody listens on.
	server.Close()
	if got := (Asker{At: at, Timeout: time.Minute, Loopback: true}).Ask(t.Context(), a.chain, questions[0]); got.State != Unreachable {
		t.Errorf("%+v", got)
	}
	if got := Questions(a.chain[:1]); got != nil {
		t.Errorf("nobody has signed it: %+v", got)
	}
}
