package mock

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/probe/initiator"
)

// Words says in lines what the gateway is on s, and how to ask it.
func (g *Gateway) Words(s Sockets) string {
	addr, nattPort := s.Addr(), s.Paths().Port(initiator.UDP4500)
	var policy strings.Builder
	for _, p := range g.Products() {
		fmt.Fprintf(&policy, "  accepts   %s\n", p)
	}
	over := ""
	if s.Stream != nil {
		over = fmt.Sprintf("  tcp/%-5d  IKE in TCP: ikescope reach --transport udp500,udp4500,tcp4500 %s+%d\n", nattPort, addr, nattPort)
	}
	esp, trust := "", ""
	if g.LoginWords() != "" {
		esp = cmp.Or(g.ESP, defaultESP)
	}
	if g.RootFile != "" {
		trust = " --trust " + g.RootFile
	}
	for _, line := range []struct{ label, words string }{
		{"identity", g.IDWords()}, {"login", g.LoginWords()}, {"trust", g.TrustWords()}, {"Child SAs", esp},
	} {
		if line.words != "" {
			fmt.Fprintf(&policy, "  %-9s %s\n", line.label, line.words)
		}
	}
	if g.method() != "" {
		over += fmt.Sprintf("ask who it is: ikescope identity --name %s %s+%d\n", g.ID(), addr, nattPort)
	}
	if esp != "" {
		over += fmt.Sprintf("log in: ikescope login --credentials FILE%s %s+%d\n", trust, addr, nattPort)
	}
	return fmt.Sprintf("mock gateway as %s, until interrupted\n%s  udp/%-5d  IKE\n  udp/%-5d  IKE behind the non-ESP marker\n%s"+
		"scan it: ikescope %s+%d\n", g.Profile, policy.String(), addr.Port(), nattPort, over, addr, nattPort)
}
