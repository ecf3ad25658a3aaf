package meet

import "github.com/ikescope/ikescope/proposals/client"

// Syntax returns the one in which the gateway of a product is configured, "" for one that
// is not known.
func Syntax(product string) client.Syntax {
	return map[string]client.Syntax{
		"strongSwan": client.SyntaxSwanctl, "libreswan": client.SyntaxLibreswan, "OpenIKED": client.SyntaxIked,
		"Cisco": client.SyntaxCisco, "FortiGate": client.SyntaxFortiGate,
	}[product]
}
