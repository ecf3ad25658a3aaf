package login

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// TestESPCost: of policies as gateways have them, small and large, all suites are known
// after at most 200 exchanges, Deletes among them, and each is judged as the policy is.
func TestESPCost(t *testing.T) {
	const most = 200
	for name, policy := range map[string]string{
		"one suite":      "aes256gcm16-ecp384",
		"strongSwan's":   "aes128gcm16-aes192gcm16-aes256gcm16-chacha20poly1305-x25519-ecp256-ecp384-ecp521-modp3072-modp4096-modp6144-modp8192-modp2048,aes128-aes192-aes256-sha256-sha384-sha512-sha1-aesxcbc-x25519-ecp256-ecp384-ecp521-modp3072-modp4096-modp6144-modp8192-modp2048",
		"lists":          "aes256gcm16-ecp384,aes128gcm16-ecp256,aes256-sha512-ecp521,aes256-sha384-ecp384,aes256-sha256-modp4096,aes192-sha256-modp3072,aes128-sha256-modp2048,aes128-sha1-modp1536,3des-sha1-modp1024",
		"an appliance's": "aes256-aes192-aes128-3des-des-sha512-sha384-sha256-sha1-md5-modp8192-modp4096-modp2048-modp1536-modp1024-ecp256-ecp384",
		"nearly all":     espAEAD + "-" + espKE + "," + espClassic + "-" + espInteg + "-" + strings.Replace(espKE, "-modp768", "", 1),
	} {
		t.Run(name, func(t *testing.T) {
			products, err := proposals.ParseProducts(strings.ReplaceAll(policy, ",", "-prfsha256,") + "-prfsha256")
			if err != nil {
				t.Fatal(err)
			}
			var esp []ike.Proposal
			for i, product := range products {
				p := product.Proposal(uint8(i + 1))
				p.Transforms = slices.DeleteFunc(p.Transforms, func(t ike.Transform) bool { return t.Type == ike.TransformPRF })
				esp = append(esp, p)
			}
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				s.client.Credentials, s.client.ESP = psk("it"), true
				s.connection().Login.ESP = esp
				r := s.login(t.Context())
				exchanges := 0
				for _, x := range r.Exchanges {
					if x.Type == ike.CREATE_CHILD_SA || x.Type == ike.INFORMATIONAL {
						exchanges++
					}
				}
				e := r.ESP
				if e.Unasked != "" || !e.PFS.Proven || !e.Plain.Proven || exchanges > most || e.Installed > 0 {
					t.Fatalf("%d exchanges, %d installed, unasked %q", exchanges, e.Installed, e.Unasked)
				}
				wrong := 0
				for _, product := range Universe(true) {
					for suite := range product.Suites() {
						in := slices.ContainsFunc(products, func(p proposals.Product) bool { return p.Contains(suite) })
						if state, _ := e.PFS.State(suite); (state == matrix.Accepted) != in {
							wrong++
						}
					}
				}
				if wrong > 0 {
					t.Errorf("%d suites are judged wrongly: %v", wrong, e.PFS.Products)
				}
			})
		})
	}
}
