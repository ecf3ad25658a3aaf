package mock

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// defaultESP are the suites of Child SAs unless told otherwise: with PFS, as gateways
// mostly have them.
const defaultESP = "aes256gcm16-aes128gcm16-x25519-ecp384-ecp256,aes256-aes128-sha256-sha1-modp2048"

// parseESP reads suites of Child SAs as strongSwan writes them, most preferred first, as
// "aes256gcm16-ecp384,aes256-sha256": those without a key exchange method refuse PFS.
func parseESP(text string) ([]ike.Proposal, error) {
	var out []ike.Proposal
	for word := range strings.SplitSeq(text, ",") {
		// ESP has no PRF, and need not have a key exchange; suites of IKE have both.
		drop := []ike.TransformType{ike.TransformPRF}
		product, err := proposals.ParseProduct(word + "-prfsha256")
		if err != nil {
			drop = append(drop, ike.TransformKE)
			product, err = proposals.ParseProduct(word + "-prfsha256-modp2048")
		}
		if err != nil || strings.Contains(strings.ToLower(word), "prf") {
			return nil, fmt.Errorf("--esp: %q is not a suite of ESP, as aes256gcm16-ecp384 or aes256-sha256", word)
		}
		p := product.Proposal(uint8(len(out) + 1))
		p.Protocol = ike.ProtocolESP
		p.Transforms = slices.DeleteFunc(p.Transforms, func(t ike.Transform) bool { return slices.Contains(drop, t.Type) })
		out = append(out, p)
	}
	return out, nil
}
