//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
)

// elsewhere are gateways whose programs are not in the lab, in their own syntax.
var elsewhere = []struct {
	name   string
	syntax client.Syntax
	config string
	client string
	// added: the lines of a change are typed beside the configuration. Else
	// they take the place of its proposals.
	added bool
}{
	{"IOS-XE", client.SyntaxCisco, `crypto ikev2 proposal OLD
 encryption aes-cbc-256
 integrity sha256
 group 14
crypto ikev2 policy NAME
 proposal OLD
`, "windows-11", true},
	{"IOS-XE with AES-GCM", client.SyntaxCisco, `crypto ikev2 proposal OLD
 encryption aes-gcm-256
 prf sha384
 group 20
crypto ikev2 policy NAME
 proposal OLD
`, "macos", true},
	{"FortiOS", client.SyntaxFortiGate, `config vpn ipsec phase1-interface
    edit "NAME"
        set ike-version 2
        set proposal aes256-sha256
        set dhgrp 14
    next
end
`, "windows-11", true},
	{"FortiOS with AES-GCM", client.SyntaxFortiGate, `config vpn ipsec phase1-interface
    edit "NAME"
        set ike-version 2
        set proposal aes256gcm-prfsha384 aes128gcm-prfsha256
        set dhgrp 20 31
    next
end
`, "macos", true},
	{"ipsec.conf", client.SyntaxIpsecConf, `conn NAME
    keyexchange=ikev2
    ike=aes256gcm16-prfsha384-ecp384,aes256-sha512-modp4096!
`, "windows-11", false},
}

// testRemedyElsewhere: strongSwan takes the place of gateways whose programs
// are not here, with what their configurations accept: as these stand, and with
// the lines that are proposed, which our own reader takes as the gateway would.
// So it holds that the suites of the lines are those that the client needs, and
// that they bring in no algorithm but those that are named; not that the
// gateway's program takes the lines.
func (l lab) testRemedyElsewhere(t *testing.T, gateway string) {
	for _, test := range elsewhere {
		t.Run(test.name, func(t *testing.T) {
			before := clientOf(t, write(t, "gateway.conf", test.config)).Offer
			l.policy(t, gateway, swanctlOf(t, before))
			target := l.live(t, gateway, test.client)
			checkFails(t, target.Clients[0])
			checkMatrix(t, target, before)

			remedies := assess.Advise(&target, clientOf(t, test.client), []client.Syntax{test.syntax}).Remedies
			i := slices.IndexFunc(remedies, func(r report.Remedy) bool { return r.Side == "gateway" && len(r.Lines) > 0 })
			if i < 0 {
				t.Fatalf("there is no remedy for the gateway: %+v", remedies)
			}
			config := strings.Join(remedies[i].Lines, "\n") + "\n"
			if test.added {
				config = test.config + config
			}
			after := clientOf(t, write(t, "gateway.conf", config)).Offer
			l.policy(t, gateway, swanctlOf(t, after))
			target = l.live(t, gateway, test.client)
			checkConnects(t, target.Clients[0], remedies[i].Suite)
			checkMatrix(t, target, after)
			checkBringsIn(t, remedies[i], before, after)
		})
	}
}

// swanctlOf returns the path of a policy of strongSwan that accepts products.
func swanctlOf(t *testing.T, products []proposals.Product) string {
	t.Helper()
	var keywords []string
	for _, p := range products {
		keywords = append(keywords, p.String())
	}
	return write(t, "swanctl.conf", "connections {\n\tlab {\n\t\tproposals = "+strings.Join(keywords, ", ")+"\n\t}\n}\n")
}

// checkBringsIn fails the test unless all that is new after r are the
// algorithms of its suite on the axes that it says it changes.
func checkBringsIn(t *testing.T, r report.Remedy, before, after []proposals.Product) {
	t.Helper()
	suite := products(t, r.Suite)[0]
	for axis := range proposals.Axis(proposals.NumAxes) {
		has := func(ps []proposals.Product, a proposals.Algorithm) bool {
			return slices.ContainsFunc(ps, func(p proposals.Product) bool { return slices.Contains(p[axis], a) })
		}
		for _, p := range after {
			for _, a := range p[axis] {
				if !has(before, a) && !(slices.Contains(suite[axis], a) && slices.Contains(r.Changes, axis.String())) {
					t.Errorf("%s is new after a change of %v to %s", a, r.Changes, r.Suite)
				}
			}
		}
	}
	if rest, err := matrix.Difference(before, after); err != nil || len(rest) > 0 {
		t.Errorf("%v is no longer accepted, %v", rest, err)
	}
}
