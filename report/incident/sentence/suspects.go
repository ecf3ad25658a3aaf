package sentence

import (
	"cmp"
	"strconv"
	"strings"
)

// Suspects are what a refusal of an initiator may be about that gives no reason: what
// this side showed the one that refused, and no more than that. id is the cause of the
// catalogue, version that of IKE, 0 if nothing says, and words those of the attempt.
func Suspects(id string, version int, words map[string]string) []string {
	var out []string
	switch id {
	case "auth-refused":
		if words["ppk"] != "" {
			out = append(out, "the post-quantum key (PPK) that AUTH was computed with is another on the gateway, or unknown there")
		}
		if own := words["own-id"]; own != "" {
			out = append(out, "the gateway does not know the identity "+own+OfPrivate(own))
		}
		switch method := strings.ToLower(words["own-method"]); {
		case strings.Contains(method, "pre-shared"), strings.Contains(method, "shared-key"), method == "secret":
			out = append(out, "the pre-shared keys differ")
		case method != "":
			out = append(out, "the gateway does not trust this client's certificate or key")
		}
	case "ike-proposal":
		out = append(out, "the two sides have no IKE proposal in common", "the gateway has no connection for IKEv"+strconv.Itoa(cmp.Or(version, 2))+" with this client's address: many gateways answer that in the same way")
	}
	return out
}
