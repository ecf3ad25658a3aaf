package certcheck

import (
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"maps"
	"net"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/explain"
)

// faults has for each rule a gateway that has this fault and no other, the rules
// that cannot but apply with it, and the verdicts of Windows, Apple, Android and
// strongSwan: accepts, rejects, unknown.
func faults(t testing.TB) map[string]fault {
	p := testPKI()
	none := func(c *x509.Certificate) { c.ExtKeyUsage, c.UnknownExtKeyUsage = nil, nil }
	return map[string]fault{
		"no-certificate": {gateway(func(g *Gateway) { g.Chain = nil }), "", "UUUU"},
		"leaf-not-first": {gateway(func(g *Gateway) {
			g.Chain = []*certificate.Certificate{p.intermediate.Certificate, g.Chain[0]}
		}), "", "UUUU"},
		"chain-order": {gateway(func(g *Gateway) {
			second := newCA("Second", &p.intermediate, nil)
			leaf := made(goodTemplate(), second.X509(), rsaKey(2048), second.key)
			g.Chain = []*certificate.Certificate{leaf, p.intermediate.Certificate, second.Certificate}
		}), "", "AAAA"},
		"stray-certificate": {gateway(func(g *Gateway) {
			g.Chain = append(g.Chain, newCA("Stranger", nil, nil).Certificate)
		}), "", "AAAA"},
		"root-sent": {gateway(func(g *Gateway) { g.Chain = append(g.Chain, p.root.Certificate) }), "", "AAAA"},
		"chain-long": {gateway(func(g *Gateway) {
			for range maxChain {
				g.Chain = append(g.Chain, p.intermediate.Certificate)
			}
		}), "stray-certificate", "AAAA"},
		"broken-signature": {gateway(func(g *Gateway) {
			g.Chain[1] = newCA("Test Intermediate", &p.root, nil).Certificate // of another key
		}), "", "RRRR"},
		"chain-unverifiable": {gateway(func(g *Gateway) {
			template := p.intermediate.X509()
			ca := made(template, p.root.X509(), rsaKey(maxKey+8), p.root.key)
			g.Chain[1] = ca
		}), "", "UUUU"},
		"chain-constraint": {below(func(c *x509.Certificate) {
			c.PermittedDNSDomainsCritical, c.PermittedDNSDomains = true, []string{"example.net"}
		}), "", "RRRR"},
		"issuer-unknown": {gateway(func(g *Gateway) { g.Chain = g.Chain[:1] }), "", "RRRR"},
		"root-untrusted": {gateway(func(g *Gateway) {
			g.Chain, g.Roots = append(g.Chain, p.root.Certificate), pool(newCA("Test Root", nil, nil).Certificate)
		}), "root-sent", "RRRR"},
		"roots-unknown": {gateway(func(g *Gateway) { g.Roots = nil }), "", "UUUU"},
		"leaf-alone":    {gateway(func(g *Gateway) { g.Roots, g.Chain = nil, g.Chain[:1] }), "roots-unknown", "UUUU"},
		"self-signed-leaf": {gateway(func(g *Gateway) {
			key := newCA("x", nil, nil).key
			template := goodTemplate()
			g.Chain = []*certificate.Certificate{made(template, template, key.Public(), key)}
			g.Roots = pool(g.Chain[0])
		}), "key-ecdsa", "AURA"},
		"leaf-is-ca": {withLeaf(func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true }), "", "AAAA"},

		"expired":       {withLeaf(func(c *x509.Certificate) { c.NotAfter = now.Add(-1e9) }), "", "RRRR"},
		"not-yet-valid": {withLeaf(func(c *x509.Certificate) { c.NotBefore = now.Add(1e9) }), "", "RRRR"},
		"issuer-dates":  {below(func(c *x509.Certificate) { c.NotAfter = now.Add(-1e9) }), "", "RRRR"},
		"root-expired": {gateway(func(g *Gateway) {
			root := newCA("Old Root", nil, func(c *x509.Certificate) { c.NotAfter = now.Add(-1e9) })
			ca := newCA("Intermediate", &root, nil)
			g.Chain = []*certificate.Certificate{made(goodTemplate(), ca.X509(), rsaKey(2048), ca.key), ca.Certificate}
			g.Roots = pool(root.Certificate)
		}), "", "UUAU"},
		"expires-soon":  {withLeaf(func(c *x509.Certificate) { c.NotAfter = now.Add(30*day - 1e9) }), "", "AAAA"},
		"revoked":       {gateway(func(g *Gateway) { g.Revoked = "CN=vpn.example.com" }), "", "UUAU"},
		"validity-long": {withLeaf(func(c *x509.Certificate) { c.NotAfter = c.NotBefore.Add(826 * day) }), "", "AAAA"},

		"eku-absent":        {withLeaf(none), "", "RRAA"},
		"eku-no-serverauth": {withLeaf(func(c *x509.Certificate) { none(c); c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} }), "", "RRAA"},
		"eku-other-purpose": {withLeaf(func(c *x509.Certificate) { none(c); c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }),
			"eku-no-serverauth", "RRRA"},
		"eku-no-ikeintermediate": {withLeaf(func(c *x509.Certificate) { c.UnknownExtKeyUsage = nil }), "", "AAAA"},
		"key-usage":              {withLeaf(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }), "", "AAAA"},

		"rsa-short": {withKey(rsaKey(1024), nil, nil), "", "UUAA"},
		"rsa-tiny":  {withKey(rsaKey(1023), nil, nil), "", "UURA"},
		"weak-hash": {withLeaf(func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 }), "chain-unverifiable", "UURU"},
		"key-ecdsa": {withKey(curveKey(elliptic.P384()), nil, nil), "", "AURA"},
		"key-brainpool": {gateway(func(g *Gateway) {
			g.Chain = []*certificate.Certificate{stored(t, "brainpool.pem")}
			g.At = g.Chain[0].NotBefore
		}), "chain-unverifiable self-signed-leaf validity-long", "RRRU"},
		"key-other-curve": {withKey(curveKey(elliptic.P224()), nil, nil), "", "RRRU"},
		"key-ed25519":     {withKey(ed25519Key(), nil, nil), "", "RRRA"},
		"key-ed448": {gateway(func(g *Gateway) {
			g.Chain = []*certificate.Certificate{stored(t, "ed448.pem")}
			g.At, g.Name, g.ID = g.Chain[0].NotBefore, "ed448.example", fqdn("ed448.example")
		}), "chain-unverifiable self-signed-leaf leaf-is-ca validity-long eku-absent", "RRRU"},
		"key-unknown": {gateway(func(g *Gateway) {
			c := *g.Chain[0]
			c.Key = certificate.Key{Algorithm: "1.2.3"}
			g.Chain[0] = &c
		}), "", "UUUU"},

		"name-unknown":      {gateway(func(g *Gateway) { g.Name = "" }), "", "UUUU"},
		"name-not-ascii":    {gateway(func(g *Gateway) { g.Name = "vpn.exämple.com" }), "", "UUUU"},
		"name-missing":      {gateway(func(g *Gateway) { g.Name = "gw.example.com" }), "", "RRRR"},
		"name-cn-only":      {gatewayNamed("other.example.com"), "", "ARRR"},
		"name-case":         {gateway(func(g *Gateway) { g.Name = "VPN.example.com" }), "", "AARA"},
		"name-trailing-dot": {gateway(func(g *Gateway) { g.Name = host + "." }), "", "UURU"},
		"name-wildcard": {gateway(func(g *Gateway) {
			g.Chain[0] = leafWith(func(c *x509.Certificate) { c.DNSNames = []string{"*.example.com", "gw.example.com"} })
			g.ID = fqdn("gw.example.com")
		}), "wildcard-san", "AURR"},
		"wildcard-san": {withLeaf(func(c *x509.Certificate) { c.DNSNames = append(c.DNSNames, "*.example.net") }), "", "AAAA"},
		"no-san":       {withLeaf(func(c *x509.Certificate) { c.DNSNames = nil }), "name-cn-only id-not-in-certificate", "ARRR"},
		"odd-name":     {withLeaf(func(c *x509.Certificate) { c.DNSNames = append(c.DNSNames, "a b\x1b[2J") }), "", "AAAA"},
		"address-not-dnsname": {addressed(func(c *x509.Certificate) {
			c.IPAddresses = []net.IP{net.ParseIP("192.0.2.7")}
		}), "", "RAAA"},
		"address-not-ipaddress": {addressed(func(c *x509.Certificate) { c.DNSNames = append(c.DNSNames, "192.0.2.7") }), "", "AARR"},
		"address-missing":       {addressed(func(*x509.Certificate) {}), "address-not-dnsname address-not-ipaddress", "RRRR"},

		"id-unknown":            {gateway(func(g *Gateway) { g.ID = nil }), "", "AUUU"},
		"id-undecided":          {gateway(func(g *Gateway) { g.ID = &ike.ID{IDType: ike.ID_DER_ASN1_GN, Data: []byte{5, 0}} }), "", "AUUU"},
		"id-key-id":             {gateway(func(g *Gateway) { g.ID = &ike.ID{IDType: ike.ID_KEY_ID, Data: []byte("gw")} }), "", "AURU"},
		"id-case":               {gateway(func(g *Gateway) { g.ID = fqdn("VPN.example.com") }), "", "AARA"},
		"id-not-in-certificate": {gateway(func(g *Gateway) { g.ID = fqdn("gw.example.com") }), "", "AURR"},
		"host-name-refused":     {gateway(func(g *Gateway) { g.WithHostName = No }), "", "ARRR"},
		"host-name-not-known": {gateway(func(g *Gateway) {
			g.WithHostName, g.ID = NotKnown, fqdn("gw.example.com")
			g.Chain[0] = leafWith(func(c *x509.Certificate) { c.DNSNames = []string{host, "gw.example.com"} })
		}), "", "AUUU"},

		"no-signature-without-hashes":    {gateway(func(g *Gateway) { g.WithoutHashes = No }), "", "RRAA"},
		"hashes-not-known":               {gateway(func(g *Gateway) { g.WithoutHashes = NotKnown }), "", "UUAA"},
		"no-certificate-without-certreq": {gateway(func(g *Gateway) { g.WithoutCertReq = No }), "", "AUAA"},
		"certreq-not-known":              {gateway(func(g *Gateway) { g.WithoutCertReq = NotKnown }), "", "AUAA"},
		"hash-and-url":                   {gateway(func(g *Gateway) { g.HashAndURL = true }), "", "AARA"},
		"only-eap-only":                  {gateway(func(g *Gateway) { g.OnlyEAPOnly = true }), "", "UUUA"},
		"only-by-name":                   {gateway(func(g *Gateway) { g.OnlyByName = true }), "", "RAAA"},
		"method-not-windows":             {offering("eap-md5"), "method-not-apple method-not-android", "UUUA"},
		"method-not-apple":               {offering("eap-ttls"), "method-not-android", "AUUA"},
		"method-not-android":             {offering("eap-tls"), "method-certificate-windows method-certificate-apple", "UUUA"},
		"method-not-strongswan":          {offering("eap-teap"), "method-not-apple method-not-android", "AUUU"},
		"method-certificate-windows":     {offering("eap-tls", "eap-sim"), "method-not-android method-certificate-apple", "UUUA"},
		"method-certificate-apple":       {offering("eap-tls", "eap-peap"), "method-not-android", "AUUA"},
		"shared-key-mac":                 {gateway(func(g *Gateway) { g.SharedKeyMAC = true }), "", "RAAA"},
	}
}

type fault struct {
	gateway  Gateway
	also     string
	verdicts string
}

func leafWith(change func(*x509.Certificate)) *certificate.Certificate {
	return withLeaf(change).Chain[0]
}

// gatewayNamed has name as its only subjectAltName and its identity.
func gatewayNamed(name string) Gateway {
	return gateway(func(g *Gateway) {
		g.Chain[0], g.ID = leafWith(func(c *x509.Certificate) { c.DNSNames = []string{name} }), fqdn(name)
	})
}

// offering has these methods of EAP, and no others.
func offering(methods ...string) Gateway {
	return gateway(func(g *Gateway) { g.Methods, g.MethodsComplete = methods, true })
}

// addressed is dialed by address.
func addressed(change func(*x509.Certificate)) Gateway {
	g := withLeaf(change)
	g.Name = "192.0.2.7"
	return g
}

// applied returns the rules of a result.
func applied(r Result) []string {
	ids := make(map[string]bool)
	for _, reason := range r.Observations {
		ids[reason.Rule] = true
	}
	for _, c := range r.Clients {
		for _, reason := range c.Reasons {
			ids[reason.Rule] = true
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

// verdicts returns the first letter of each client's, in capitals.
func verdicts(r Result) string {
	var out string
	for _, c := range r.Clients {
		out += strings.ToUpper(string(c.Verdict[:1]))
	}
	return out
}

func TestGoodGateway(t *testing.T) {
	r := Judge(gateway(nil))
	if got := verdicts(r); got != "AAAA" || len(applied(r)) > 0 || len(r.Fixes) > 0 {
		t.Errorf("verdicts %s, rules %q, fixes %d", got, applied(r), len(r.Fixes))
	}
	if r.Root != "CN=Test Root" || !slices.Equal(r.Path, []int{0, 1}) || r.DaysLeft != 273 {
		t.Errorf("root %s, path %v, %d days", r.Root, r.Path, r.DaysLeft)
	}
}

func TestEachRule(t *testing.T) {
	cases := faults(t)
	for id := range checks {
		if _, ok := cases[id]; !ok {
			t.Errorf("%s has no case", id)
		}
	}
	for id, f := range cases {
		t.Run(id, func(t *testing.T) {
			r := Judge(f.gateway)
			want := append(strings.Fields(f.also), id)
			slices.Sort(want)
			if got := applied(r); !slices.Equal(got, want) {
				t.Errorf("rules %q, want %q", got, want)
			}
			if got := verdicts(r); got != f.verdicts {
				t.Errorf("verdicts %s, want %s", got, f.verdicts)
			}
			checkWords(t, r)
			for _, row := range rules() {
				if row.id != id {
					continue
				}
				checkRow(t, r, row)
				v, _ := checks[id](examine(f.gateway))
				if text := v.fill(row.sentence + strings.Join(row.shows, "")); strings.ContainsAny(text, "{}") && id != "odd-name" {
					t.Errorf("a place is not filled: %s", text)
				}
			}
		})
	}
}

// checkRow holds that the row is a reason of each of its clients.
func checkRow(t *testing.T, r Result, row rule) {
	t.Helper()
	lists := [][]report.Reason{r.Observations}
	if len(row.clients) > 0 {
		lists = nil
	}
	for _, c := range row.clients {
		lists = append(lists, r.Client(c).Reasons)
	}
	for _, reasons := range lists {
		if !slices.ContainsFunc(reasons, func(x report.Reason) bool {
			return x.Rule == row.id && x.Effect == row.effect && x.Severity == row.severity && x.Source == row.source
		}) {
			t.Errorf("row %s of %v is not there", row.id, row.clients)
		}
	}
}

// checkWords holds that the words of a result are whole, and fit for a terminal.
func checkWords(t testing.TB, r Result) {
	t.Helper()
	fixes := make(map[string]bool)
	for _, f := range r.Fixes {
		if fixes[f.ID] {
			t.Errorf("fix %s is there twice", f.ID)
		}
		fixes[f.ID] = true
		for _, line := range f.Lines {
			if strings.ContainsAny(line, "{}") {
				t.Errorf("fix %s: %s", f.ID, line)
			}
		}
	}
	all := r.Observations
	for _, c := range r.Clients {
		all = append(all, c.Reasons...)
	}
	for _, reason := range all {
		for _, words := range append(reason.Shows, reason.Sentence) {
			if words == "" || len(words) > 5000 || strings.ContainsFunc(words, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%s: %q", reason.Rule, words)
			}
		}
		for _, id := range reason.Fixes {
			if !fixes[id] {
				t.Errorf("%s: there is no fix %s", reason.Rule, id)
			}
		}
	}
}

func TestTables(t *testing.T) {
	rows := make(map[string]bool)
	for _, r := range rules() {
		rows[r.id] = true
		_, ok := checks[r.id]
		switch {
		case !ok:
			t.Errorf("%s has no check", r.id)
		case r.severity.Rank() > report.SeverityInfo.Rank():
			t.Errorf("%s: severity %q", r.id, r.severity)
		case r.effect != "" && r.effect != report.CertificateRejected && r.effect != report.CertificateUnknown:
			t.Errorf("%s: effect %q", r.id, r.effect)
		case r.effect != "" && len(r.clients) == 0:
			t.Errorf("%s: an effect on no client", r.id)
		case len(r.clients) > 1 && slices.Contains(r.clients, report.FamilyWindows) && len(r.shows) > 0:
			t.Errorf("%s: a code of Windows for others, too", r.id)
		case r.certainty == report.NotFound && r.effect != report.CertificateUnknown:
			t.Errorf("%s: %s without a source", r.id, r.effect)
		case !slices.Contains([]report.Certainty{report.Measured, report.Documented, report.Reported, report.NotFound}, r.certainty) || r.source == "" || r.sentence == "":
			t.Errorf("%s: certainty %q, source %q", r.id, r.certainty, r.source)
		}
		for _, c := range r.clients {
			if !slices.Contains(report.Families(), c) {
				t.Errorf("%s: client %q", r.id, c)
			}
			for _, code := range r.shows {
				if c == report.FamilyWindows && !explain.Known(code) {
					t.Errorf("%s: explain does not know %s", r.id, code)
				}
			}
		}
		for _, group := range r.fixes {
			if len(fixesOf([]string{group}, "")) == 0 {
				t.Errorf("%s: no fixes of %s", r.id, group)
			}
		}
	}
	for id := range checks {
		if !rows[id] {
			t.Errorf("%s has no row", id)
		}
	}
	used := make(map[string]bool)
	for _, r := range rules() {
		for _, f := range fixesOf(r.fixes, "") {
			used[f.ID] = true
		}
	}
	for _, id := range serverFixes(report.Reason{Effect: report.CertificateRejected}) {
		used[id] = true
	}
	seen := make(map[string]bool)
	for _, f := range fixes() {
		if seen[f.ID] || !used[f.ID] || f.Goal == "" || f.Where == "" || len(f.Lines) == 0 || f.Source == "" ||
			!slices.Contains([]report.Certainty{report.Measured, report.Documented, report.Reported}, f.Certainty) {
			t.Errorf("fixes.csv: %+v", f)
		}
		seen[f.ID] = true
	}
}

// TestIdentities: an IDr is found as a name of the same type, and not otherwise.
func TestIdentities(t *testing.T) {
	leaf := leafWith(func(c *x509.Certificate) {
		c.Subject = pkix.Name{Organization: []string{"Example"}, CommonName: host}
		c.EmailAddresses, c.IPAddresses = []string{"gw@example.com"}, []net.IP{net.ParseIP("2001:db8::7")}
	})
	subject := leaf.X509().RawSubject
	// The same name in another type of string.
	utf8 := func(s string) asn1.RawValue { return asn1.RawValue{Tag: asn1.TagUTF8String, Bytes: []byte(s)} }
	utf8Subject, err := asn1.Marshal(pkix.RDNSequence{
		{{Type: asn1.ObjectIdentifier{2, 5, 4, 10}, Value: utf8("Example")}},
		{{Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: utf8(host)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	address := net.ParseIP("2001:db8::7")
	for _, tt := range []struct {
		idType ike.IDType
		data   []byte
		is     bool
	}{
		{ike.ID_FQDN, []byte("VPN.EXAMPLE.COM"), true},
		{ike.ID_FQDN, []byte("gw@example.com"), false},
		{ike.ID_RFC822_ADDR, []byte("GW@example.com"), true},
		{ike.ID_RFC822_ADDR, []byte(host), false},
		{ike.ID_IPV6_ADDR, address, true},
		{ike.ID_IPV6_ADDR, address[:15], false},
		{ike.ID_IPV4_ADDR, []byte{192, 0, 2, 7}, false},
		{ike.ID_DER_ASN1_DN, subject, true},
		{ike.ID_DER_ASN1_DN, utf8Subject, true},
		{ike.ID_DER_ASN1_DN, subject[:len(subject)-1], false},
		{ike.ID_DER_ASN1_DN, nil, false},
	} {
		is, known := idInCertificate(&ike.ID{IDType: tt.idType, Data: tt.data}, leaf)
		if is != tt.is || !known {
			t.Errorf("%v %x: %v, %v, want %v", tt.idType, tt.data, is, known, tt.is)
		}
	}
	g := gateway(func(g *Gateway) { g.Chain[0], g.ID = leaf, &ike.ID{IDType: ike.ID_DER_ASN1_DN, Data: utf8Subject} })
	if r := Judge(g); r.Client(report.FamilyStrongSwan).Verdict != report.CertificateAccepted {
		t.Errorf("a distinguished name: %+v", r.Client(report.FamilyStrongSwan))
	}
}
