package login

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/login"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/explain"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/reporttest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// result is a login of carol that came so far.
func result(t *testing.T, method login.Method, steps ...login.Step) *login.Result {
	t.Helper()
	r := &login.Result{
		Address: netip.MustParseAddr("198.51.100.7"), Host: "vpn.example.com", Method: method,
		Local: login.Identity{Type: ike.ID_FQDN, Data: []byte("carol")}, Started: time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC), Elapsed: 1500 * time.Millisecond,
		Steps: steps, Suite: reporttest.Suite(t, "aes256gcm16-prfsha384-ecp384"), Left: login.Ended,
		Gateway: login.Peer{ID: login.Identity{Type: ike.ID_FQDN, Data: []byte("vpn.example.com")}, Proven: true, Trusted: true},
		Exchanges: []login.Exchange{
			{Exchange: initiator.Exchange{ID: 1, Type: ike.IKE_SA_INIT, Outcome: initiator.Accepted, Tries: 1, RTT: 5 * time.Millisecond}, Answer: []string{"SA", "KE"}},
			{Exchange: initiator.Exchange{ID: 2}}, // interrupted before it was sent
		},
	}
	return r
}

func clientOf(method login.Method) login.Client {
	return login.Client{Credentials: login.Credentials{Method: method, User: "carol", Password: login.NewSecret([]byte("Ar3etTnp"))}}
}

var (
	negotiated = login.Step{Kind: login.Negotiate, State: login.Passed, Exchanges: []int{1}}
	met        = login.Step{Kind: login.Gateway, State: login.Passed, Exchanges: []int{2}}
	asked      = login.Step{Kind: login.EAPMethod, State: login.Passed, Exchanges: []int{3}}
	accepted   = login.Step{Kind: login.Authenticate, State: login.Passed, Exchanges: []int{4}}
	ended      = login.Step{Kind: login.End, State: login.Passed, Exchanges: []int{5}}
)

// documents are logins by the name of their golden file.
func documents(t *testing.T) map[string]*Document {
	made := func(m login.Method, change func(*login.Result), steps ...login.Step) *Document {
		r := result(t, m, steps...)
		if change != nil {
			change(r)
		}
		d := New(report.Tool{Name: "ikescope", Version: "1"}, "vpn.example.com", clientOf(m), r)
		d.JudgeIKE(r.IKE, []client.Policy{known(t, "windows-11"), known(t, "ios"), known(t, "strongswan-6")})
		d.Judge(r.ESP, slices.DeleteFunc(client.Policies(), func(p client.Policy) bool { return p.Child == nil && p.Name != "windows-server" }))
		return d
	}
	return map[string]*Document{
		"well": made(login.MSCHAPv2, func(r *login.Result) {
			r.LoggedIn, r.Childless, r.EAPServer, r.AuthLifetime = true, true, "strong\x1b[2JSwan", 3*time.Hour
		}, negotiated, met, asked, accepted, ended),
		"address": made(login.PSK, func(r *login.Result) {
			r.LoggedIn, r.Child = true, true
			r.Assigned = []ike.ConfigAttribute{
				{Type: ike.INTERNAL_IP4_ADDRESS, Value: []byte{10, 9, 0, 1}}, {Type: ike.INTERNAL_IP4_SUBNET, Value: []byte{10, 2, 0, 0, 255, 255, 0, 0}},
				{Type: ike.INTERNAL_IP6_ADDRESS, Value: append(make([]byte, 15), 1, 64)}, {Type: ike.INTERNAL_IP4_DNS, Value: []byte{1}}, {Type: ike.INTERNAL_DNS_DOMAIN, Value: []byte("a\x1b.example")},
			}
		}, negotiated, met, accepted, login.Step{Kind: login.Session, State: login.Passed}, ended),
		"password": made(login.MSCHAPv2, func(r *login.Result) { r.EAPError, r.EAPMessage = 691, "FAIL" }, negotiated, met, asked,
			login.Step{Kind: login.Authenticate, State: login.Failed, Cause: "eap-credentials", Words: map[string]string{"reason": "E=691"}, Exchanges: []int{4, 5}}),
		"expired": made(login.MSCHAPv2, func(r *login.Result) { r.EAPError = 648 }, negotiated, met, asked,
			login.Step{Kind: login.Authenticate, State: login.Failed, Cause: "eap-credentials", Exchanges: []int{4}}),
		"esp": made(login.PSK, func(r *login.Result) {
			r.LoggedIn, r.Childless = true, true
			r.ESP = &login.ESP{Questions: 30, Installed: 0, NoESN: true, ESN: true, Plain: espMatrix(t, false, "aes256-sha256-prfsha256-modp2048"), PFS: espMatrix(t, true, "aes256gcm16-aes128gcm16-prfsha256-ecp384-x25519")}
		}, negotiated, met, accepted, ended),
		"esp-pfs": made(login.PSK, func(r *login.Result) {
			r.LoggedIn, r.Childless, r.Suite = true, true, reporttest.Suite(t, "aes256gcm16-prfsha384-x25519")
			r.ESP = &login.ESP{Questions: 30, NoESN: true, Plain: espMatrix(t, false, ""), PFS: espMatrix(t, true, "aes256-sha256-prfsha256-ecp384")}
		}, negotiated, met, accepted, ended),
		"esp-unasked": made(login.PSK, func(r *login.Result) {
			r.LoggedIn, r.Childless = true, true
			r.ESP = &login.ESP{Questions: 1, Unasked: "an offer that no gateway should take is answered by INVALID_SYNTAX"}
		}, negotiated, met, accepted, ended),
		"ike": made(login.PSK, func(r *login.Result) {
			r.LoggedIn, r.Childless = true, true
			r.IKE = &login.IKE{Questions: 60, Own: matrix.Accepted, Suites: ikeMatrix(t, "aes256gcm16-aes128gcm16-prfsha384-ecp384,aes256-sha256-prfsha256-modp2048")}
		}, negotiated, met, accepted, ended),
		"ike-refused": made(login.PSK, func(r *login.Result) {
			r.LoggedIn, r.Childless = true, true
			r.IKE = &login.IKE{Questions: 60, Own: matrix.Refused, Suites: ikeMatrix(t, "aes256-sha512-prfsha512-ecp521")}
		}, negotiated, met, accepted, ended),
		"ike-never": made(login.PSK, func(r *login.Result) {
			r.LoggedIn, r.Childless = true, true
			r.IKE = &login.IKE{Questions: 20, Own: matrix.Refused, Suites: ikeMatrix(t, "")}
		}, negotiated, met, accepted, ended),
		"ike-unasked": made(login.PSK, func(r *login.Result) {
			r.LoggedIn, r.Childless = true, true
			r.IKE = &login.IKE{Own: matrix.NotTested, Unasked: "OpenIKED keeps an IKE SA of each offer to rekey until it is restarted, so none was made"}
		}, negotiated, met, accepted, ended),
		"stay": made(login.PSK, func(r *login.Result) {
			r.LoggedIn, r.Child = true, true
			esp := reporttest.Products(t, "aes256gcm16-prfsha384-ecp384")[0].Proposal(1)
			esp.Protocol, esp.Transforms = ike.ProtocolESP, append(esp.Transforms, ike.Transform{Type: ike.TransformSN, ID: 1}, ike.Transform{Type: ike.TransformSN, ID: 7})
			r.Stay = &login.Stay{Stayed: 58*time.Minute + 7300*time.Millisecond, End: login.StayRekeyed, Requests: []login.OwnRequest{
				{Kind: login.Liveness, After: 30 * time.Second, Times: 100},
				{Kind: login.RekeyChild, After: 58*time.Minute + 7*time.Second, Times: 1, Offer: []ike.Proposal{esp}, KE: ike.KE_ECP_384, Answer: ike.TEMPORARY_FAILURE},
			}}
		}, negotiated, met, accepted, login.Step{Kind: login.Session, State: login.Passed}, ended),
		"stay-deleted": made(login.PSK, func(r *login.Result) {
			r.LoggedIn, r.Child = true, true
			r.Stay = &login.Stay{Stayed: 8 * time.Second, End: login.StayDeleted, Requests: []login.OwnRequest{{Kind: login.DeleteIKE, After: 8 * time.Second, Times: 1}}}
		}, negotiated, met, accepted, login.Step{Kind: login.End, State: login.Passed, Detail: "the gateway deleted the IKE SA: none is left"}),
		"refused": made(login.PSK, func(r *login.Result) { r.Gateway = login.Peer{} }, negotiated,
			login.Step{Kind: login.Authenticate, State: login.Failed, Cause: "auth-refused", Notify: ike.AUTHENTICATION_FAILED, Exchanges: []int{2}}),
		"untrusted": made(login.Certificate, func(r *login.Result) { r.Gateway.Trusted = false }, negotiated,
			login.Step{Kind: login.Gateway, State: login.Failed, Cause: "cert-untrusted", Words: map[string]string{"cert": "CN=x", "issuer": "CN=y\x1b"}, Exchanges: []int{2}}, ended),
		"name": made(login.Certificate, func(r *login.Result) {
			r.Gateway = certified(t, r.Gateway, "vpn.example.com", "*.example.com", "b.example.com", "c\x1b.example.com", "d.example.com")
		}, negotiated, login.Step{Kind: login.Gateway, State: login.Failed, Cause: "id-not-in-cert", Words: map[string]string{"id": "192.0.2.1", "want": "192.0.2.1"}, Exchanges: []int{2}}, ended),
		"name-untrusted": made(login.Certificate, func(r *login.Result) {
			r.Gateway = certified(t, r.Gateway)
			r.Gateway.Trusted = false
		}, negotiated, login.Step{Kind: login.Gateway, State: login.Failed, Cause: "cert-untrusted", Words: map[string]string{"id": "192.0.2.1", "cert": "CN=gw"}, Exchanges: []int{2}}, ended),
		"peer-id-only": made(login.Certificate, func(r *login.Result) {
			r.Gateway = certified(t, r.Gateway)
			r.Gateway.IDFit, r.Gateway.CertificateFit = login.Differs, login.Fits
		}, negotiated, login.Step{Kind: login.Gateway, State: login.Failed, Cause: "peer-id", Words: map[string]string{"got": "vpn.example.com", "want": "192.0.2.1"}, Exchanges: []int{2}}, ended),
		"peer-id-untrusted": made(login.Certificate, func(r *login.Result) {
			r.Gateway = certified(t, r.Gateway)
			r.Gateway.Trusted, r.Gateway.IDFit, r.Gateway.CertificateFit = false, login.Differs, login.Fits
		}, negotiated, login.Step{Kind: login.Gateway, State: login.Failed, Cause: "cert-untrusted", Words: map[string]string{"got": "vpn.example.com", "id": "192.0.2.1", "cert": "CN=gw"}, Exchanges: []int{2}}, ended),
		"peer-id": made(login.PSK, func(r *login.Result) {
			r.Gateway.Wanted, r.Gateway.IDFit = login.Identity{Type: ike.ID_FQDN, Data: []byte("hq.example.com")}, login.Differs
		}, negotiated, login.Step{Kind: login.Gateway, State: login.Failed, Cause: "peer-id", Words: map[string]string{"got": "vpn.example.com", "want": "hq.example.com"}, Exchanges: []int{2}}, ended),
		"tls": made(login.PEAP, func(r *login.Result) {
			r.LoggedIn, r.EAPTLS = true, serverOf(t, login.Differs, "radius.example.com", "b\x1b.example.com")
		}, negotiated, met, asked, accepted, ended),
		"tls-fits": made(login.TTLS, func(r *login.Result) {
			r.LoggedIn, r.EAPTLS = true, serverOf(t, login.Fits)
		}, negotiated, met, asked, accepted, ended),
		"tls-name": made(login.TTLSMSCHAPv2, func(r *login.Result) {
			r.EAPTLS = serverOf(t, login.Differs, "radius.example.com")
			r.EAPTLS.Proven, r.EAPTLS.Demanded = false, true // TLS ends before that
		}, negotiated, met, asked, login.Step{Kind: login.Authenticate, State: login.Failed, Cause: "eap-server-name", Words: map[string]string{"id": "vpn.example.com"}, Exchanges: []int{4}}),
		"inside": made(login.TTLSMSCHAPv2, func(r *login.Result) {
			r.EAPTLS = serverOf(t, login.Fits, "vpn.example.com")
		}, negotiated, met, asked, login.Step{Kind: login.Authenticate, State: login.Failed, Cause: "eap-refused", Exchanges: []int{3, 4, 5, 6}}),
		"address-ignored": made(login.PSK, func(r *login.Result) { r.LoggedIn, r.Child = true, true }, negotiated, met, accepted,
			login.Step{Kind: login.Session, State: login.Warning, Cause: login.CauseNoAddress, Exchanges: []int{2}}, ended),
		"server": made(login.TLS, nil, negotiated, met, asked,
			login.Step{Kind: login.Authenticate, State: login.Failed, Cause: "eap-server-cert", Detail: "x509: certificate signed by unknown authority", Exchanges: []int{4}}),
		"silent": made(login.GTC, func(r *login.Result) { r.Left = login.MayBeLeft }, negotiated, met, asked,
			login.Step{Kind: login.Authenticate, State: login.Unknown, Cause: login.CauseSilentPassword, Exchanges: []int{4}},
			login.Step{Kind: login.End, State: login.Unknown, Detail: "the gateway did not answer"}),
		"echo":   made(login.PSK, func(r *login.Result) { r.Suite, r.Gateway = nil, login.Peer{} }, login.Step{Kind: login.Negotiate, State: login.Failed, Cause: login.CauseNoResponder, Detail: "our own request came back", Exchanges: []int{1}}),
		"nobody": made(login.PSK, func(r *login.Result) { r.Suite, r.Gateway = nil, login.Peer{} }, login.Step{Kind: login.Negotiate, State: login.Unknown, Cause: "silence", Exchanges: []int{1}}),
	}
}

// serverOf is an EAP server whose certificate is proven and trusted, and for some names.
func serverOf(t *testing.T, fit login.Fit, names ...string) *login.EAPServer {
	t.Helper()
	p := certified(t, login.Peer{}, names...)
	return &login.EAPServer{Version: tls.VersionTLS13, Chain: p.Chain, Proven: true, Trusted: true, Fit: fit, Wanted: login.Identity{Type: ike.ID_FQDN, Data: []byte("vpn.example.com")}}
}

// certified is a gateway with a certificate that is for other names than was asked for.
func certified(t *testing.T, p login.Peer, names ...string) login.Peer {
	t.Helper()
	p.Chain = []*certificate.Certificate{{Subject: "CN=gw", CommonName: "gw", Issuer: "CN=CA", DNSNames: names, NotAfter: time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)}}
	p.Scheme = certificate.Scheme{Method: ike.AuthRSASignature, Algorithm: "RSA PKCS#1", Hash: "SHA-1"}
	p.Wanted, p.CertificateFit = login.Identity{Type: ike.ID_IPV4_ADDR, Data: []byte{192, 0, 2, 1}}, login.Differs
	return p
}

// espMatrix is that of a gateway with some suites.
func espMatrix(t *testing.T, pfs bool, accepts string) *matrix.Matrix {
	t.Helper()
	u, err := matrix.NewUniverse(login.Universe(pfs)...)
	if err != nil {
		t.Fatal(err)
	}
	return found(t, u, accepts)
}

// ikeMatrix is likewise that of rekeying the IKE SA.
func ikeMatrix(t *testing.T, accepts string) *matrix.Matrix {
	t.Helper()
	return found(t, login.RekeyUniverse(false), accepts)
}

// known is a well-known client.
func known(t *testing.T, name string) client.Policy {
	t.Helper()
	p, ok := client.Named(name)
	if !ok {
		t.Fatal(name)
	}
	return p
}

func found(t *testing.T, u *matrix.Universe, accepts string) *matrix.Matrix {
	t.Helper()
	var policy []proposals.Product
	if accepts != "" {
		policy = reporttest.Products(t, accepts)
	}
	exchange := 0
	return matrix.Planner{Universe: u, Ask: func(offers []matrix.Offer) []matrix.Answer {
		var out []matrix.Answer
		for _, o := range offers {
			exchange++
			a := matrix.Answer{State: matrix.Refused, Exchange: exchange}
			for _, p := range o.Products {
				for _, own := range policy {
					if both, ok := p.Intersect(own); ok && a.State == matrix.Refused {
						suite, _ := both.First()
						a.State, a.KE = matrix.Accepted, suite[proposals.KE]
					}
				}
			}
			out = append(out, a)
		}
		return out
	}}.Run()
}

func TestText(t *testing.T) {
	for name, d := range documents(t) {
		var out bytes.Buffer
		if err := Text(&out, d, layout.Options{}); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if out.String() != string(want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, &out, want)
		}
		if strings.Contains(out.String(), "\x1b") {
			t.Errorf("%s holds what is not for a terminal", name)
		}
		for line := range strings.Lines(out.String()) {
			if len([]rune(strings.TrimSuffix(line, "\n"))) > 80 && !strings.Contains(line, "Set-VpnConnection") { // which is to be pasted
				t.Errorf("%s: %q is too long", name, line)
			}
		}
	}
}

// TestVerdicts: what the exit codes are.
func TestVerdicts(t *testing.T) {
	for name, want := range map[string]struct {
		verdict Verdict
		code    int
	}{
		"well": {LoggedIn, 0}, "address": {LoggedIn, 0}, "password": {Failed, 3}, "refused": {Failed, 3}, "untrusted": {Failed, 3},
		"silent": {Undecided, 5}, "nobody": {NoAnswer, 4}, "echo": {NoAnswer, 4},
	} {
		if d := documents(t)[name]; d.Verdict != want.verdict || d.Exit.Code != want.code {
			t.Errorf("%s: %s, %d; want %s, %d", name, d.Verdict, d.Exit.Code, want.verdict, want.code)
		}
	}
	r := result(t, login.PSK, negotiated, login.Step{Kind: login.Authenticate, State: login.Unknown, Cause: login.CauseInterrupted})
	r.Interrupted = true
	if d := New(report.Tool{}, "x", clientOf(login.PSK), r); d.Exit.Code != report.ExitInterrupted {
		t.Errorf("interrupted: %d", d.Exit.Code)
	}
}

// TestProtocolLayer: where the gateway does not keep to the protocol is where the login ends.
func TestProtocolLayer(t *testing.T) {
	for kind, want := range map[login.StepKind]incident.Layer{login.Negotiate: incident.Negotiation, login.Authenticate: incident.Authentication} {
		d := New(report.Tool{}, "x", clientOf(login.PSK), result(t, login.PSK, login.Step{Kind: kind, State: login.Failed, Cause: login.CauseProtocol}))
		if got := d.Steps[0].Reason.Layer; got != want {
			t.Errorf("%s: the layer is %s, want %s", kind, got, want)
		}
	}
}

// TestDocuments: they fit the schema, hold no secret, and are read back as they were.
func TestDocuments(t *testing.T) {
	for name, d := range documents(t) {
		var out bytes.Buffer
		if err := report.WriteJSON(&out, d); err != nil {
			t.Fatal(err)
		}
		reporttest.Validate(t, Schema(), out.Bytes())
		if strings.Contains(out.String(), "Ar3etTnp") {
			t.Errorf("%s holds the password", name)
		}
		var back Document
		if err := json.Unmarshal(out.Bytes(), &back); err != nil || !reflect.DeepEqual(&back, d) {
			t.Errorf("%s: %v\n%+v\n%+v", name, err, back, d)
		}
	}
}

// TestSchema: it describes each field of the document, and nothing else.
func TestSchema(t *testing.T) {
	type object struct {
		Properties map[string]json.RawMessage
		Required   []string
	}
	var s struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		got  object
		from any
	}{
		"document": {s.object, Document{}}, "step": {s.Defs["step"], Step{}}, "reason": {s.Defs["reason"], Reason{}}, "windows": {s.Defs["windows"], Windows{}},
		"fix": {s.Defs["fix"], incident.Fix{}}, "gateway": {s.Defs["gateway"], Gateway{}}, "certificate": {s.Defs["certificate"], Certificate{}},
		"esp": {s.Defs["esp"], ESP{}}, "client": {s.Defs["client"], Client{}}, "client_fix": {s.Defs["client_fix"], ClientFix{}}, "ike": {s.Defs["ike"], IKE{}}, "ike_client": {s.Defs["ike_client"], IKEClient{}}, "stay": {s.Defs["stay"], Stay{}}, "own_request": {s.Defs["own_request"], OwnRequest{}}, "eap": {s.Defs["eap"], EAP{}}, "tls": {s.Defs["tls"], TLS{}}, "session": {s.Defs["session"], Session{}}, "setting": {s.Defs["setting"], Setting{}}, "exchange": {s.Defs["exchange"], Exchange{}},
	} {
		var names, required []string
		for f := range reflect.TypeOf(test.from).Fields() {
			name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
			names = append(names, name)
			if rest == "" {
				required = append(required, name)
			}
		}
		for _, n := range names {
			if _, ok := test.got.Properties[n]; !ok {
				t.Errorf("%s: %s is not described", name, n)
			}
		}
		for n := range test.got.Properties {
			if !slices.Contains(names, n) {
				t.Errorf("%s: %s is not there", name, n)
			}
		}
		slices.Sort(required)
		slices.Sort(test.got.Required)
		if !slices.Equal(required, test.got.Required) {
			t.Errorf("%s: required are %v, want %v", name, test.got.Required, required)
		}
	}
}

// TestCauses: each cause of the table has a sentence, here or of the logs, and each code
// of Windows is known.
func TestCauses(t *testing.T) {
	layers := []incident.Layer{incident.Network, incident.Identity, incident.Authentication, incident.Child, incident.Client}
	for name, row := range rows() {
		_, ofLogs := incident.TellInitiator(name, nil)
		if ofLogs != (row["layer"] == "") || !ofLogs && (row["sentence"] == "" || !slices.Contains(layers, incident.Layer(row["layer"]))) {
			t.Errorf("%s: of logs %v, %q, layer %q", name, ofLogs, row["sentence"], row["layer"])
		}
		if row["windows"] != "" {
			if _, ok := explain.Windows(row["windows"]); !ok {
				t.Errorf("%s: Windows knows no error %s", name, row["windows"])
			}
		}
	}
	for _, own := range []string{login.CauseUnproven, login.CauseProtocol, login.CauseServer, login.CauseSilentPassword, login.CauseUnasked, login.CauseInterrupted} {
		if rows()[own]["sentence"] == "" {
			t.Errorf("%s has no sentence", own)
		}
	}
}
