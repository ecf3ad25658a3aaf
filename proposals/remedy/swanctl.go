package remedy

import (
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
)

// swanctl.conf takes every suite that has keywords. Sections of one name are
// merged, so that the lines can stand below what there is.
var swanctl = syntax{
	name: client.SyntaxSwanctl, title: "strongSwan",
	client: true, gateway: true,
	clientPlace:  "swanctl.conf of the client, in place of the connection's proposals; then swanctl --load-conns",
	gatewayPlace: "swanctl.conf of the gateway, in place of the connection's proposals; then swanctl --load-conns",
	word:         keyword,
	lines: func(connection string, _ Side, _ proposals.Suite, products []proposals.Product) []string {
		return []string{
			"connections {",
			"    " + connection + " {",
			"        proposals = " + join(products),
			"    }",
			"}",
		}
	},
}

// keyword returns strongSwan's, if it has one.
func keyword(a proposals.Algorithm) string {
	k := a.Keyword()
	for _, numbered := range []string{"encr_", "prf_", "integ_", "ke_"} {
		if strings.HasPrefix(k, numbered) {
			return ""
		}
	}
	return k
}

func join(products []proposals.Product) string {
	var texts []string
	for _, p := range products {
		texts = append(texts, p.String())
	}
	return strings.Join(texts, ", ")
}
