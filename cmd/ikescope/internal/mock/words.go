package mock

import (
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
	if who := g.IDWords(); who != "" {
		fmt.Fprintf(&policy, "  identity  %s\n", who)
		if trust := g.TrustWords(); trust != "" {
			fmt.Fprintf(&policy, "  trust     %s\n", trust)
		}
		over += fmt.Sprintf("ask who it is: ikescope identity --name %s %s+%d\n", g.ID(), addr, nattPort)
	}
	return fmt.Sprintf("mock gateway as %s, until interrupted\n%s  udp/%-5d  IKE\n  udp/%-5d  IKE behind the non-ESP marker\n%s"+
		"scan it: ikescope %s+%d\n", g.Profile, policy.String(), addr.Port(), nattPort, over, addr, nattPort)
}
