package incident

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/report/incident/sentence"
)

// suspects are what a refusal may be about that gives no reason: what this side
// showed the one that refused, and no more than that.
func (a *Attempt) suspects(id string) []string {
	if a.Side != Initiator {
		return nil
	}
	var out []string
	switch id {
	case "auth-refused":
		if a.words["ppk"] != "" {
			out = append(out, "the post-quantum key (PPK) that AUTH was computed with is another on the gateway, or unknown there")
		}
		if own := a.words["own-id"]; own != "" {
			out = append(out, "the gateway does not know the identity "+own+sentence.OfPrivate(own))
		}
		switch method := strings.ToLower(a.words["own-method"]); {
		case strings.Contains(method, "pre-shared"), strings.Contains(method, "shared-key"), method == "secret":
			out = append(out, "the pre-shared keys differ")
		case method != "":
			out = append(out, "the gateway does not trust this client's certificate or key")
		}
	case "ike-proposal":
		out = append(out, "the two sides have no IKE proposal in common", "the gateway has no connection for IKEv"+strconv.Itoa(cmp.Or(a.Version, 2))+" with this client's address: many gateways answer that in the same way")
	}
	return out
}
