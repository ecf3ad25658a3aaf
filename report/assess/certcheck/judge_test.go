package certcheck

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/report"
)

// TestAnyTime: a chain of any century is judged at the time given, not at ours.
func TestAnyTime(t *testing.T) {
	for _, year := range []int{1971, 2015, 2049, 2200} {
		at := time.Date(year, 7, 1, 0, 0, 0, 0, time.UTC)
		valid := func(c *x509.Certificate) { c.NotBefore, c.NotAfter = at.AddDate(0, -6, 0), at.AddDate(0, 6, 0) }
		root := newCA("Root", nil, valid)
		ca := newCA("Intermediate", &root, valid)
		template := goodTemplate()
		valid(template)
		g := gateway(func(g *Gateway) {
			g.Chain = []*certificate.Certificate{made(template, ca.X509(), rsaKey(2048), ca.key), ca.Certificate}
			g.Roots, g.At = pool(root.Certificate), at
		})
		if r := Judge(g); verdicts(r) != "AAAA" || len(applied(r)) > 0 {
			t.Errorf("%d: verdicts %s, rules %q", year, verdicts(r), applied(r))
		}
		g.At = at.AddDate(1, 0, 0)
		if r := Judge(g); !slices.Equal(applied(r), []string{"expired", "issuer-dates", "root-expired"}) || r.DaysLeft >= 0 {
			t.Errorf("%d, a year later: rules %q, %d days", year, applied(r), r.DaysLeft)
		}
		g.At = at.AddDate(-1, 0, 0)
		if r := Judge(g); !slices.Equal(applied(r), []string{"issuer-dates", "not-yet-valid"}) {
			t.Errorf("%d, a year before: rules %q", year, applied(r))
		}
	}
}

// TestOlderThanRoot: a certificate that expired before the root that clients have was
// renewed has expired, and nothing else is wrong with it.
func TestOlderThanRoot(t *testing.T) {
	from := func(years int) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.NotBefore = now.AddDate(years, 0, 0) }
	}
	root := newCA("Renewed Root", nil, from(-1))
	older, newer := newCA("Older Intermediate", &root, from(-12)), newCA("Newer Intermediate", &root, from(-1))
	leaf := func(ca authority) *certificate.Certificate {
		template := goodTemplate()
		template.NotBefore, template.NotAfter = now.AddDate(-4, 0, 0), now.AddDate(-3, 0, 0)
		return made(template, ca.X509(), rsaKey(2048), ca.key)
	}
	for name, tt := range map[string]struct {
		chain []*certificate.Certificate
		also  []string
	}{
		"by the root":                    {[]*certificate.Certificate{leaf(root)}, nil},
		"by the root, which came":        {[]*certificate.Certificate{leaf(root), root.Certificate}, []string{"root-sent"}},
		"by an intermediate":             {[]*certificate.Certificate{leaf(older), older.Certificate}, nil},
		"by one that was renewed, too":   {[]*certificate.Certificate{leaf(newer), newer.Certificate}, nil},
		"by one, and the root came, too": {[]*certificate.Certificate{leaf(older), older.Certificate, root.Certificate}, []string{"root-sent"}},
		"by one that did not come":       {[]*certificate.Certificate{leaf(older)}, []string{"issuer-unknown"}},
	} {
		r := Judge(gateway(func(g *Gateway) { g.Chain, g.Roots = tt.chain, pool(root.Certificate) }))
		if want := append([]string{"expired"}, tt.also...); !slices.Equal(applied(r), want) {
			t.Errorf("issued %s: rules %q, want %q", name, applied(r), want)
		}
	}
}

// TestNoClock holds that the package asks package time for nothing that depends on
// now, and crypto/x509 for nothing without a time.
func TestNoClock(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"Time", "Hour", "Nanosecond"}
	verifies := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && !slices.Contains(allowed, n.Sel.Name) {
					t.Errorf("%s uses time.%s", name, n.Sel.Name)
				}
			case *ast.CompositeLit:
				if s, ok := n.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "VerifyOptions" {
					verifies++
					if !slices.ContainsFunc(n.Elts, func(e ast.Expr) bool {
						kv, ok := e.(*ast.KeyValueExpr)
						return ok && fmt.Sprint(kv.Key) == "CurrentTime"
					}) {
						t.Errorf("%s: VerifyOptions without CurrentTime", name)
					}
				}
			}
			return true
		})
	}
	if verifies < 2 {
		t.Errorf("%d VerifyOptions were looked at", verifies)
	}
}

// TestDaysLeft: whole days, the last of them 0.
func TestDaysLeft(t *testing.T) {
	for after, days := range map[time.Duration]int{
		-day - time.Second: -2, -day: -2, -time.Second: -1, 0: 0, day - time.Second: 0, day: 1, 300*day + time.Hour: 300,
	} {
		g := withLeaf(func(c *x509.Certificate) { c.NotAfter = now.Add(after) })
		if got := Judge(g).DaysLeft; got != days {
			t.Errorf("%v: %d days, want %d", after, got, days)
		}
	}
}

// TestMatchDNS: names match as crypto/x509 has it, but that it takes a dNSName with a
// dot at its end, too, which is none (RFC 5280, Section 4.2.1.6).
func TestMatchDNS(t *testing.T) {
	patterns := []string{
		host, "VPN.Example.COM", "*.example.com", "*.Example.com", "*.*.com", "v*.example.com", "*vpn.example.com", "*", "*.", "**.example.com",
		"vpn.*.com", "example.com", "vpn.example.com.", "xn--vpn-x.example.com", "", ".example.com", "*..example.com",
	}
	hosts := []string{host, "VPN.EXAMPLE.COM", "a.vpn.example.com", "example.com", "vpn.example.net", host + ".", "xn--vpn-x.example.com", "com"}
	for _, pattern := range patterns {
		c := leafWith(func(c *x509.Certificate) { c.DNSNames = []string{pattern, "other.example"} })
		if c.X509() == nil {
			continue
		}
		for _, h := range hosts {
			want := c.X509().VerifyHostname(h) == nil && !strings.HasSuffix(pattern, ".")
			if got := matchDNS(pattern, h) != different; got != want {
				t.Errorf("%q with %q: %v, crypto/x509 says %v", pattern, h, got, want)
			}
		}
	}
	for pattern, want := range map[string]match{
		host: exact, "vpn.Example.com": butForCase, "*.example.com": byWildcard, "*.com": different, "ex\u00e4mple.com": different,
	} {
		if got := matchDNS(pattern, host); got != want {
			t.Errorf("%q: %v, want %v", pattern, got, want)
		}
	}
	if matchDNS("*.example.com", "*.example.com") != exact || matchDNS("*.com", "com") != different {
		t.Error("a wildcard that is dialed")
	}
}

// TestShown: words of strangers are short, and hold nothing that a terminal or a
// sentence would take for its own.
func TestShown(t *testing.T) {
	for in, want := range map[string]string{
		"CN=a":                         "CN=a",
		"\x1b[31m{name}\u202e":         `\u{1b}[31m{name}\u{202e}`,
		strings.Repeat("a", 200):       strings.Repeat("a", maxName) + "...",
		"a" + strings.Repeat("ä", 100): "a" + strings.Repeat("ä", 59) + "...",
	} {
		if got := shown(in); got != want {
			t.Errorf("%q is shown as %s, want %s", in, got, want)
		}
	}
	if got := (values{"a": "{b}", "b": "{a}"}).fill("{a} {b}"); got != "{b} {a}" {
		t.Errorf("braces of values: %s", got)
	}
}

// TestPaste: no line to paste holds a word of the gateway's, nor a name that a shell
// would take for more than a word.
func TestPaste(t *testing.T) {
	for name, want := range map[string]string{
		"VPN.example.com.":        "DNS:vpn.example.com",
		"192.0.2.7":               "DNS:192.0.2.7, IP:192.0.2.7",
		"::ffff:192.0.2.7":        "DNS:192.0.2.7, IP:192.0.2.7",
		"2001:DB8::7":             "DNS:2001:db8::7, IP:2001:db8::7",
		"fe80::1%$(id)":           "DNS:vpn.example.com",
		"a;id":                    "DNS:vpn.example.com",
		"-x.example.com":          "DNS:vpn.example.com",
		"a\nb":                    "DNS:vpn.example.com",
		"":                        "DNS:vpn.example.com",
		strings.Repeat("a.", 200): "DNS:vpn.example.com",
	} {
		if got := pasted(name)["san"]; got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
	g := withLeaf(func(c *x509.Certificate) {
		c.Subject.CommonName, c.DNSNames, c.ExtKeyUsage = "evil", []string{"evil.example"}, nil
	})
	for _, f := range Judge(g).Fixes {
		if lines := strings.Join(f.Lines, "\n"); strings.Contains(lines, "evil") {
			t.Errorf("%s:\n%s", f.ID, lines)
		}
	}
}

// TestFixOpenSSL does what the lines say, and judges what comes of it.
func TestFixOpenSSL(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("there is no openssl")
	}
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh")
	}
	for _, name := range []string{host, "192.0.2.7"} {
		if testing.Short() && name != host {
			continue
		}
		dir := t.TempDir()
		i := slices.IndexFunc(fixes(), func(f report.IdentityFix) bool { return f.ID == "issue/openssl" })
		lines := []string{
			`set -e`,
			`openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -subj "/CN=CA" -days 30 -out ca.crt`,
		}
		for _, line := range fixes()[i].Lines {
			lines = append(lines, pasted(name).fill(line))
		}
		lines = append(lines, "openssl x509 -in gateway.crt -outform der -out gateway.der", "openssl x509 -in ca.crt -outform der -out ca.der")
		sh := exec.CommandContext(t.Context(), "sh", "-c", strings.Join(lines, "\n"))
		sh.Dir = dir
		if out, err := sh.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		read := func(file string) *certificate.Certificate {
			der, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			c, err := certificate.Parse(der)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		g := gateway(func(g *Gateway) {
			g.Chain, g.Roots, g.Name = []*certificate.Certificate{read("gateway.der")}, pool(read("ca.der")), name
			g.At = g.Chain[0].NotBefore
			g.ID = fqdn(name)
			if name != host {
				g.ID = &ike.ID{IDType: ike.ID_IPV4_ADDR, Data: net.ParseIP(name).To4()}
			}
		})
		if r := Judge(g); verdicts(r) != "AAAA" || name == host && len(applied(r)) > 0 {
			t.Errorf("%s: verdicts %s, rules %q", name, verdicts(r), applied(r))
		}
	}
}

// TestHostileChains: whatever comes, it is judged in bounded time, and its words
// are fit to be shown.
func TestHostileChains(t *testing.T) {
	p := testPKI()
	names := make([]string, 600)
	for i := range names {
		names[i] = fmt.Sprintf("\x1b]0;%d\x07\r\n{name}.example.com", i)
	}
	crowd := leafWith(func(c *x509.Certificate) {
		c.DNSNames = names
		c.Subject = pkix.Name{CommonName: strings.Repeat("\u202e{cn}", 1000), Organization: []string{"\x00\x1b[2J"}}
	})
	var many []*certificate.Certificate
	for range 200 {
		many = append(many, crowd)
	}
	// A loop: each of two CAs is issued by the other.
	a := newCA("A", nil, nil)
	b := newCA("B", &a, nil)
	loop := made(goodTemplate(), a.X509(), a.key.Public(), a.key)
	back := made(&x509.Certificate{
		SerialNumber: loop.X509().SerialNumber, Subject: pkix.Name{CommonName: "A"}, NotBefore: now, NotAfter: now.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, b.X509(), a.key.Public(), b.key)
	huge := made(goodTemplate(), p.intermediate.X509(), rsaKey(200_000), p.intermediate.key)
	for name, chain := range map[string][]*certificate.Certificate{
		"200 certificates": many,
		"names":            {crowd, p.intermediate.Certificate},
		"a loop":           {loop, back, b.Certificate},
		"a huge key":       {huge, huge, p.intermediate.Certificate},
		"the root first":   {p.root.Certificate, p.root.Certificate},
		"what is not read": {stored(t, "explicit.pem"), stored(t, "rsapss.pem"), stored(t, "ed448.pem")},
	} {
		for _, roots := range []*x509.CertPool{nil, pool(p.root.Certificate), x509.NewCertPool()} {
			g := gateway(func(g *Gateway) { g.Chain, g.Roots, g.Name = chain, roots, "vpn.example.com\x1b[2J{cn}" })
			r := Judge(g)
			checkWords(t, r)
			if len(r.Path) > maxChain {
				t.Errorf("%s: a path of %d", name, len(r.Path))
			}
			if again := Judge(g); !reflect.DeepEqual(r, again) {
				t.Errorf("%s: judged otherwise the second time", name)
			}
			if strings.Contains(name, "huge") && r.Client(report.FamilyStrongSwan).Verdict == report.CertificateAccepted {
				t.Errorf("%s: accepted", name)
			}
		}
	}
}

// FuzzJudge judges chains whose DER was mutated.
func FuzzJudge(f *testing.F) {
	for _, c := range faults(f) {
		var first, second []byte
		for i, one := range c.gateway.Chain {
			switch i {
			case 0:
				first = one.Raw
			case 1:
				second = one.Raw
			}
		}
		id := c.gateway.ID
		if id == nil {
			id = &ike.ID{}
		}
		f.Add(first, second, c.gateway.Name, uint8(id.IDType), id.Data, uint8(c.gateway.WithoutHashes), int64(0))
	}
	root := pool(testPKI().root.Certificate)
	f.Fuzz(func(t *testing.T, first, second []byte, name string, idType uint8, id []byte, seen uint8, seconds int64) {
		g := Gateway{Name: name, At: now.Add(time.Duration(seconds)), WarnDays: 30}
		for _, der := range [][]byte{first, second, first} {
			if c, err := certificate.Parse(der); err == nil {
				g.Chain = append(g.Chain, c)
			}
		}
		if idType != 0 {
			g.ID = &ike.ID{IDType: ike.IDType(idType), Data: id}
		}
		g.WithoutHashes, g.WithoutCertReq, g.WithHostName = Seen(seen%3), Seen(seen/3%3), Seen(seen/9%3)
		if seen&0x80 != 0 {
			g.Roots = root
		}
		r := Judge(g)
		checkWords(t, r)
		for _, c := range r.Clients {
			if (c.Verdict == report.CertificateAccepted) != !slices.ContainsFunc(c.Reasons, func(x report.Reason) bool { return x.Effect != "" }) {
				t.Errorf("%s %s for %+v", c.Client, c.Verdict, c.Reasons)
			}
			if c.Verdict == report.CertificateAccepted && g.Roots == nil {
				t.Errorf("%s accepts a chain without roots", c.Client)
			}
		}
	})
}
