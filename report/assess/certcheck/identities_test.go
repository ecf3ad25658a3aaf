package certcheck

import (
	"crypto/x509"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/report"
)

// TestIdentityKinds: an identity of each type is looked for in the certificate among the
// names of that type, and among no others.
func TestIdentityKinds(t *testing.T) {
	leaf := func(c *x509.Certificate) {
		c.DNSNames = append(c.DNSNames, "192.0.2.9")
		c.IPAddresses = []net.IP{net.ParseIP("192.0.2.7"), net.ParseIP("2001:db8::7")}
		c.EmailAddresses = []string{"gw@example.com"}
	}
	subject := withLeaf(leaf).Chain[0].X509().RawSubject
	issuer := withLeaf(leaf).Chain[0].X509().RawIssuer
	v6 := net.ParseIP("2001:db8::7")
	for name, tt := range map[string]struct {
		kind ike.IDType
		data []byte
		rule string // that strongSwan's clients have; "" for none
		says string
	}{
		"host name":                   {ike.ID_FQDN, []byte(host), "", ""},
		"another host name":           {ike.ID_FQDN, []byte("gw.example.com"), "id-not-in-certificate", "identifies itself as gw.example.com"},
		"address":                     {ike.ID_IPV4_ADDR, []byte{192, 0, 2, 7}, "", ""},
		"IPv6 address":                {ike.ID_IPV6_ADDR, v6, "", ""},
		"another address":             {ike.ID_IPV4_ADDR, []byte{192, 0, 2, 8}, "id-not-in-certificate", "identifies itself as 192.0.2.8"},
		"address that is a dNSName":   {ike.ID_IPV4_ADDR, []byte{192, 0, 2, 9}, "id-not-in-certificate", "DNS:192.0.2.9"},
		"IPv6 address as IPv4":        {ike.ID_IPV4_ADDR, v6, "id-not-in-certificate", "20010db8"},
		"cut address":                 {ike.ID_IPV4_ADDR, []byte{192, 0}, "id-not-in-certificate", "identifies itself as c000"},
		"host name that is an e-mail": {ike.ID_FQDN, []byte("gw@example.com"), "id-not-in-certificate", ""},
		"e-mail":                      {ike.ID_RFC822_ADDR, []byte("gw@example.com"), "", ""},
		"another e-mail":              {ike.ID_RFC822_ADDR, []byte("vpn@example.com"), "id-not-in-certificate", "gw@example.com"},
		"e-mail that is a host name":  {ike.ID_RFC822_ADDR, []byte(host), "id-not-in-certificate", ""},
		"subject":                     {ike.ID_DER_ASN1_DN, subject, "", ""},
		"another name":                {ike.ID_DER_ASN1_DN, issuer, "id-not-in-certificate", "it has CN="},
		"no name":                     {ike.ID_DER_ASN1_DN, []byte("CN=vpn.example.com"), "id-not-in-certificate", ""},
		"key ID":                      {ike.ID_KEY_ID, []byte("vpn"), "id-key-id", "KEY_ID"},
		"a general name":              {ike.ID_DER_ASN1_GN, []byte{0x82, 1, 'a'}, "id-undecided", "820161"},
	} {
		g := withLeaf(leaf)
		g.ID = &ike.ID{Payload: ike.PayloadIDr, IDType: tt.kind, Data: tt.data}
		result := Judge(g)
		own := result.Client(report.FamilyStrongSwan)
		reasons := slices.DeleteFunc(own.Reasons, func(r report.Reason) bool { return !strings.HasPrefix(r.Rule, "id-") })
		switch {
		case tt.rule == "" && len(reasons) > 0, tt.rule != "" && (len(reasons) != 1 || reasons[0].Rule != tt.rule || !strings.Contains(reasons[0].Sentence, tt.says)):
			t.Errorf("%s: %+v, want %q, %q", name, reasons, tt.rule, tt.says)
		}
	}
}
