package network

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/report"
)

// openLines are lines to paste that let UDP to the ports of paths in: for nftables, Windows,
// RouterOS and, over IPv4, Cisco IOS. Each comes before the rules that are there.
func openLines(t *report.Target, paths ...report.Path) []string {
	var ports []string
	for _, p := range paths {
		if port, udp := strings.CutPrefix(p.Name(), "UDP "); udp && !slices.Contains(ports, port) {
			ports = append(ports, port)
		}
	}
	if len(ports) == 0 {
		return nil
	}
	ip, listed := "ip", strings.Join(ports, ",")
	if strings.Contains(t.Address, ":") {
		ip = "ipv6"
	}
	lines := []string{
		"nft insert rule inet filter input udp dport { " + strings.Join(ports, ", ") + " } accept   # on a gateway that runs Linux; chain forward on a router before it",
		"New-NetFirewallRule -DisplayName IKE -Direction Inbound -Protocol UDP -LocalPort " + listed + " -Action Allow   # on a gateway that runs Windows",
		"/" + ip + " firewall filter add chain=input action=accept protocol=udp dst-port=" + listed + ` place-before=0 comment="IKE; chain=forward before a gateway"`,
	}
	if ip == "ip" {
		lines = append(lines, "ip access-list extended OUTSIDE-IN")
		for i, port := range ports {
			lines = append(lines, fmt.Sprintf(" %d permit udp any host %s eq %s", i+1, t.Address, port))
		}
	}
	return lines
}

// assumeEncapsulation has Windows connect by L2TP/IPsec to gateways behind NAT (Microsoft
// KB 947234).
const assumeEncapsulation = `New-ItemProperty HKLM:\SYSTEM\CurrentControlSet\Services\PolicyAgent -Name AssumeUDPEncapsulationContextOnSendRule -PropertyType DWord -Value 2 -Force   # on Windows clients of L2TP/IPsec, which restart then`
