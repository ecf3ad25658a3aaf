//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/report/login"
)

// rekeyGateways are gateways with two connections: that of the login, whose suites for
// rekeying the IKE SA the matrix has to equal, and another with suites of its own, which
// IKE_SA_INIT accepts as well.
func rekeyGateways() []loginGateway {
	const credentials = "{method: psk, psk: it, identity: client.lab, remote_identity: gateway.lab}"
	try := func(told string, rekeying login.Rekeying, flags, suites string) loginTry {
		return loginTry{name: "ike", credentials: credentials, flags: "--ike " + flags, told: told, check: func(d *login.Document) string {
			e := d.IKE
			if e == nil || !e.Proven || sortedSuites(e.Suites) != suites || e.Rekeying != rekeying || e.Questions > 200 || e.Rekeyed {
				return fmt.Sprintf("%+v", e)
			}
			return ""
		}}
	}
	other := map[string]string{
		"strongswan": `connections {
	other : connections.lab {
		proposals = aes128-sha1-modp1536
		remote {
			id = other.lab
		}
	}
}`,
		"libreswan": `
conn other
	keyexchange=ikev2
	left=10.88.2.2
	right=10.88.1.2
	leftid=@gateway.lab
	rightid=@other.lab
	leftsubnet=10.2.0.0/16
	rightsubnet=10.1.0.0/16
	authby=secret
	ike=aes128-sha1;modp1536
	auto=add
`,
	}
	of := func(product, ike string) func(*end) {
		return func(r *end) { r.ike, r.rest = ike, other[product] }
	}
	const one = "aes256-sha256-prfsha256-modp2048"
	unasked := try(withSession(wellDirect, "session+"), login.RekeyingUnknown, "", "")
	unasked.check = func(d *login.Document) string {
		if e := d.IKE; e == nil || e.Questions != 0 || e.Rekeying != login.RekeyingUnknown || !strings.Contains(e.Unasked, "OpenIKED") {
			return fmt.Sprintf("%+v", e)
		}
		return ""
	}
	return []loginGateway{
		{"one suite", "strongswan", of("strongswan", "ike"), []loginTry{
			try(wellDirect, login.RekeyingAccepted, "", one),
			// It accepts that of the other connection, and then this one is not for us.
			{name: "another's suite", credentials: credentials, flags: "--ike --suite aes128-sha1-prfsha1-modp1536", told: "negotiate+ authenticate-auth-refused", exit: 3},
		}},
		{"wide", "strongswan", of("strongswan", "wide"), []loginTry{try(wellDirect, login.RekeyingAccepted, "", "aes128gcm16-aes256gcm16-prfsha384-prfsha512-ecp384-x25519 aes128-aes256-sha256-sha512-prfsha256-modp2048-modp3072")}},
		{"one suite", "libreswan", of("libreswan", "ike"), []loginTry{
			// pluto knows in IKE_SA_INIT the suites of one of them alone, and goes over to the
			// other in IKE_AUTH, whatever suite the IKE SA has.
			try(wellDirect, login.RekeyingRefused, "--suite aes128-sha1-prfsha1-modp1536", one),
		}},
		{"wide", "libreswan", func(r *end) { r.ike = "wide" }, []loginTry{try(wellDirect, login.RekeyingAccepted, "", "aes256gcm16-prfsha512-ecp256-ecp521 aes128-aes256-sha256-sha512-prfsha256-prfsha512-modp2048-modp3072")}},
		{"one suite", "openiked", of("openiked", "ike"), []loginTry{unasked}},
	}
}

// TestLabIKE: the suites that a login finds for rekeying are those of its connection alone,
// whatever others the gateway has, nothing is rekeyed, and no IKE SA is left.
func TestLabIKE(t *testing.T) {
	l := findLab(t)
	l.do(t, "install")
	t.Parallel()
	ikescope := buildIkescope(t)
	for _, g := range rekeyGateways() {
		t.Run(g.name+" "+g.product, func(t *testing.T) {
			t.Parallel()
			s := openGateway(t, l, ikescope, g.product, newWorld(t), g.set)
			for _, try := range g.tries {
				s.login(t, g, try)
			}
		})
	}
}

// sortedSuites are products, the algorithms of each kind in the order of their keywords.
func sortedSuites(keywords []string) string {
	var out []string
	for _, product := range keywords {
		p, err := proposals.ParseProduct(product)
		if err != nil {
			return err.Error()
		}
		for _, list := range p {
			slices.SortFunc(list, func(a, b proposals.Algorithm) int { return strings.Compare(a.Keyword(), b.Keyword()) })
		}
		out = append(out, p.String())
	}
	return strings.Join(out, " ")
}
