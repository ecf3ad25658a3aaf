package revoked

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/ikescope/ikescope/report"
)

// TestCheck: each authority is named before it is asked, and asked once for all
// connections, also about the intermediate of a root that did not come.
func TestCheck(t *testing.T) {
	now := time.Now()
	var lists [][]byte // of the root and of the intermediate
	requests := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests[r.URL.Path]++
		switch r.URL.Path {
		case "/root":
			_, _ = w.Write(lists[0])
		case "/intermediate":
			_, _ = w.Write(lists[1])
		}
	}))
	defer server.Close()
	pool := x509.NewCertPool()
	var issuer *x509.Certificate
	var signer *ecdsa.PrivateKey
	var chain []report.Certificate
	var issuers []*x509.Certificate
	var keys []*ecdsa.PrivateKey
	for i, name := range []string{"Root", "Intermediate", "vpn.example.com\x1b"} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		c := &x509.Certificate{SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
			IsCA: i < 2, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte{byte(i)}}
		c.CRLDistributionPoints = []string{server.URL + map[int]string{1: "/root", 2: "/intermediate"}[i]}
		if issuer == nil {
			issuer, signer = c, key
		}
		der, err := x509.CreateCertificate(rand.Reader, c, issuer, key.Public(), signer)
		if err != nil {
			t.Fatal(err)
		}
		if issuer, err = x509.ParseCertificate(der); err != nil {
			t.Fatal(err)
		}
		signer = key
		issuers, keys = append(issuers, issuer), append(keys, key)
		if i == 0 {
			pool.AddCert(issuer)
		} else {
			chain = append([]report.Certificate{{DER: der}}, chain...)
		}
		if i < 2 { // the intermediate is revoked, and the gateway's certificate is not
			list, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(time.Hour),
				RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: big.NewInt(2), RevocationTime: now.Add(-time.Hour)}}}, issuer, signer)
			if err != nil {
				t.Fatal(err)
			}
			lists = append(lists, list)
		}
	}
	var connection report.Connection
	connection.Chain = chain
	target := &report.Target{Address: "127.0.0.1", Identity: &report.Identity{Connections: []report.Connection{connection, connection}}}
	before := target.Identity
	var said bytes.Buffer
	Check(t.Context(), &said, target, pool)
	for _, c := range target.Identity.Connections {
		if len(c.Revocation) != 2 || c.Revocation[0].State != report.RevocationGood || c.Revocation[0].NextUpdate.IsZero() || c.Revocation[1].State != report.RevocationRevoked {
			t.Errorf("%+v", c.Revocation)
		}
	}
	if requests["/root"] != 1 || requests["/intermediate"] != 1 {
		t.Errorf("requests: %v", requests)
	}
	if words := said.String(); strings.Count(words, "\n") != 2 || !strings.Contains(words, "asking "+server.URL+"/intermediate about") || strings.Contains(words, "\x1b") {
		t.Errorf("%q", words)
	}
	if before.RevocationAsked || len(before.Connections[0].Revocation) > 0 || !target.Identity.RevocationAsked {
		t.Error("the document was changed in place, or does not say that it was asked")
	}
	// An OCSP response of the gateway's own is of the certificate that it says.
	staple := func(serial int64, status int) []byte {
		response, err := ocsp.CreateResponse(issuers[0], issuers[0], ocsp.Response{Status: status, SerialNumber: big.NewInt(serial), ThisUpdate: now.Add(-time.Hour), RevokedAt: now}, keys[0])
		if err != nil {
			t.Fatal(err)
		}
		return response
	}
	target.Identity.Connections = target.Identity.Connections[:1]
	target.Identity.Connections[0].Staple = &report.Introduction{State: report.IdentitySeen, Staples: [][]byte{staple(2, ocsp.Revoked), []byte("none"), nil, nil, staple(2, ocsp.Good)}}
	Check(t.Context(), &said, target, pool)
	if r := target.Identity.Connections[0].Revocation; len(r) != 2+maxStaples || r[0].By != "staple" || r[0].URL != "" || r[0].State != report.RevocationRevoked || r[0].Subject != "CN=Intermediate" ||
		r[1].State != report.RevocationUnknown || r[1].Why == "" || r[maxStaples].By != "crl" {
		t.Errorf("%+v", r)
	}
	requests["/intermediate"] = 1
	target.Identity.Connections[0].Staple = nil
	// Without the root, nobody can be asked about the intermediate; nothing is asked at
	// this machine for others.
	target.Address = "192.0.2.1"
	Check(t.Context(), &said, target, nil)
	if r := target.Identity.Connections[0].Revocation; len(r) != 1 || r[0].State != report.RevocationUnreachable || requests["/intermediate"] != 1 {
		t.Errorf("%+v, %v", r, requests)
	}
	Check(t.Context(), &said, &report.Target{}, nil)
}
