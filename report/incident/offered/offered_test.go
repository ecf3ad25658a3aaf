package offered

import "testing"

// proposal makes a proposal of names by axis, in pairs.
func proposal(protocol string, pairs ...string) Proposal {
	p := Proposal{Protocol: protocol, Names: make(map[Axis][]string)}
	for i := 0; i < len(pairs); i += 2 {
		p.Names[Axis(pairs[i])] = append(p.Names[Axis(pairs[i])], pairs[i+1])
	}
	return p
}

// TestNearest: of several proposals those count that are nearest, and what one of them
// lacks as well.
func TestNearest(t *testing.T) {
	gcm := proposal("ESP", string(Cipher), "AES_GCM_16_128")
	for _, c := range []struct {
		name                 string
		received, configured []Proposal
		want                 string
	}{
		{"PFS on one side", []Proposal{proposal("ESP", string(Cipher), "AES_CBC_256", string(Integrity), "HMAC_SHA2_256_128"), gcm},
			[]Proposal{proposal("ESP", string(Cipher), "AES_GCM_16_128", string(Exchange), "MODP_2048")}, string(Exchange) + ": received none, configured MODP_2048"},
		{"no hash in IKE", []Proposal{proposal("IKE", string(Cipher), "AES_CBC_256", string(Exchange), "MODP_1024")},
			[]Proposal{proposal("IKE", string(Cipher), "AES_CBC_256", string(Integrity), "HMAC_SHA1_96", string(PRF), "PRF_HMAC_SHA1", string(Exchange), "MODP_1024")},
			string(Integrity) + ": received none, configured HMAC_SHA1_96"},
		{"a cipher with its own integrity", []Proposal{proposal("IKE", string(Cipher), "AES_GCM_16_256", string(Exchange), "MODP_1024")},
			[]Proposal{proposal("IKE", string(Cipher), "AES_GCM_16_256", string(PRF), "PRF_HMAC_SHA1", string(Exchange), "MODP_2048")},
			string(Exchange) + ": received MODP_1024, configured MODP_2048"},
	} {
		gaps, _, _, ok := Unmet(c.received, c.configured)
		if !ok || len(gaps) != 1 || gaps[0].String() != c.want {
			t.Errorf("%s: %v, %v, want %s", c.name, gaps, ok, c.want)
		}
	}
	if !NoExchange([]Proposal{gcm, gcm}) || NoExchange(nil) || NoExchange([]Proposal{gcm, proposal("ESP", string(Exchange), "MODP_2048")}) {
		t.Error("whether all are without a key exchange method is wrong")
	}
}
