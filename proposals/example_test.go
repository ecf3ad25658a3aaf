package proposals_test

import (
	"fmt"

	"github.com/ikescope/ikescope/proposals"
)

func ExampleParseProduct() {
	p, err := proposals.ParseProduct("aes128gcm16-aes256gcm16-prfsha384-ecp384-curve25519")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p)
	fmt.Println(p.Size(), "suites")
	for _, a := range p[proposals.KE] {
		fmt.Println(a.Name(), a.Label())
	}
	// Output:
	// aes128gcm16-aes256gcm16-prfsha384-ecp384-x25519
	// 4 suites
	// KE_ECP_384 ECP_384
	// KE_CURVE25519 X25519
}

// Nothing is completed silently: the error says what to write.
func ExampleSyntaxError() {
	for _, s := range []string{
		"aes256-sha256-modp2048",
		"aes256-sha265-modp2048",
	} {
		_, err := proposals.ParseProduct(s)
		fmt.Println(err)
	}
	// Output:
	// "aes256-sha256-modp2048" names no PRF; strongSwan would add prfsha256: write aes256-sha256-prfsha256-modp2048
	// "aes256-sha265-modp2048": "sha265" at octet 8 is not a known keyword; did you mean sha256?
}

func ExampleProduct_Proposal() {
	p, err := proposals.ParseProduct("aes256gcm16-prfsha384-x25519-ke1_mlkem768-ke1_none")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range p.Proposal(1).Transforms {
		fmt.Println(t.Type, t.ID)
	}
	// Output:
	// ENCR 20
	// PRF 6
	// KE 31
	// ADDKE1 36
	// ADDKE1 0
}

func ExampleIKEAlgorithms() {
	for _, a := range proposals.IKEAlgorithms(proposals.ADDKE1)[:3] {
		fmt.Println(a.Keyword())
	}
	// Output:
	// ke1_none
	// ke1_modp768
	// ke1_modp1024
}
