package login

import (
	"fmt"

	"github.com/ikescope/ikescope/probe/login"
)

// Intended says what a login is going to do to the gateway.
func Intended(c login.Client) []string {
	m := c.Credentials.Method
	who := c.Credentials.Local().String()
	if who == "" {
		who = "this machine's address"
	}
	as := fmt.Sprintf("log in once as %s by %s, which the gateway logs", who, m)
	if m.IsEAP() {
		if c.Credentials.User != "" {
			who = c.Credentials.User
		}
		as = fmt.Sprintf("log in once as %s by %s, which the gateway and its RADIUS server log", who, m)
	}
	if second := c.Credentials.Second; second != "" {
		as = fmt.Sprintf("log in once as %s by %s and as %s by %s, which the gateway and its RADIUS server log", who, m, c.Credentials.User, second)
	}
	out := []string{as}
	if m.IsEAP() && !m.HasCertificate() || c.Credentials.Second != "" {
		out = append(out, "send what proves the password only to a gateway that proved who it is; a wrong one counts as one failed attempt of the user")
	}
	if m == login.PSK {
		out = append(out, "show whoever answers what a weak pre-shared key can be guessed from offline, as each client does")
	}
	switch {
	case c.Address:
		out = append(out, "ask for an address and a Child SA, which are given back at the end")
	case c.Stay.Limit > 0:
		out = append(out, "ask for a Child SA, and for no address")
	default:
		out = append(out, "ask for no address, and for no Child SA where the gateway can do without")
	}
	if c.ESP {
		out = append(out, "offer suites for Child SAs, in up to a few hundred requests, in a way that sets up none where the gateway allows it; those that are set up are deleted at once")
	}
	if c.IKE {
		out = append(out, "offer suites to rekey the IKE SA with, in up to a few hundred requests whose key exchange is never one that is offered, so that it is not rekeyed")
	}
	if c.Stay.Limit > 0 {
		out = append(out, fmt.Sprintf("stay logged in until the gateway rekeys, at most %v, with a Child SA that carries nothing; what it wants to rekey is put off with TEMPORARY_FAILURE, which it logs", c.Stay.Limit))
	}
	return append(out,
		"end the IKE SA with a Delete, even when interrupted",
		"perhaps end a running session of the same user, where the gateway allows one at a time")
}
