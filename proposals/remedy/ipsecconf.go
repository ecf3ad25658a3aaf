package remedy

import (
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
)

// ipsecConf is strongSwan's ipsec.conf. Without the ! the default proposals
// would follow those of the line.
var ipsecConf = syntax{
	name: client.SyntaxIpsecConf, title: "strongSwan",
	client: true, gateway: true,
	clientPlace:  "ipsec.conf of strongSwan on the client, in the connection's section; then ipsec update",
	gatewayPlace: "ipsec.conf of strongSwan on the gateway, in the connection's section; then ipsec update",
	word:         keyword,
	lines: func(connection string, _ Side, _ proposals.Suite, products []proposals.Product) []string {
		return []string{
			"conn " + connection,
			"    keyexchange=ikev2",
			"    ike=" + strings.ReplaceAll(join(products), ", ", ",") + "!",
		}
	},
}
