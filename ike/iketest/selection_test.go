package iketest

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

// describe writes a chosen Proposal as "2: ENCR_AES_CBC(256) PRF_HMAC_SHA2_256 ...".
func describe(p ike.Proposal) string {
	var words []string
	for _, t := range p.Transforms {
		words = append(words, t.String())
	}
	return string('0'+rune(p.Number)) + ": " + strings.Join(words, " ")
}

func TestChoose(t *testing.T) {
	privateAttribute := withAttribute(gcm256)
	esp := proposal(gcm256, prf256, ecp256)
	esp.Protocol = ike.ProtocolESP
	withSPI := proposal(gcm256, prf256, ecp256)
	withSPI.SPI = make([]byte, 8)
	noBits := ike.Transform{Type: ike.TransformENCR, ID: uint16(ike.ENCR_AES_CBC)}
	mlkem768, mlkem1024, noADDKE := addke(1, ike.KE_ML_KEM_768), addke(1, ike.KE_ML_KEM_1024), addke(1, ike.KE_NONE)
	hybrid := []ike.Proposal{proposal(gcm256, prf384, ecp384, mlkem768, mlkem1024)}
	optional := []ike.Proposal{proposal(gcm256, prf384, ecp384, mlkem1024, noADDKE)}

	for _, test := range []struct {
		name    string
		profile Profile
		policy  []ike.Proposal
		offer   []ike.Proposal
		request request
		want    []ike.Transform // nil: refused
		number  uint8           // 0 stands for 1
	}{
		{name: "nothing configured", offer: policy},
		{name: "nothing offered", policy: policy},
		{name: "the same", policy: policy, offer: offer(proposal(gcm256, prf256, ecp256)),
			want: []ike.Transform{gcm256, prf256, ecp256}},
		{name: "another key length", policy: policy, offer: offer(proposal(encr(ike.ENCR_AES_GCM_16, 192), prf256, ecp256))},
		{name: "no key length", policy: policy, offer: offer(proposal(noBits, prf256, mac256, modp2048))},
		{name: "classic without INTEG", policy: policy, offer: offer(proposal(cbc256, prf256, modp2048))},
		{name: "classic with INTEG", policy: policy, offer: offer(proposal(cbc256, prf256, mac384, mac256, modp2048)),
			want: []ike.Transform{cbc256, prf256, mac256, modp2048}},
		{name: "a cross of two policies", policy: policy, offer: offer(proposal(gcm256, prf256, modp2048))},
		{name: "no KE", policy: policy, offer: offer(proposal(gcm256, prf256))},
		{name: "no PRF", policy: policy, offer: offer(proposal(gcm256, ecp256))},
		{name: "no ENCR", policy: policy, offer: offer(proposal(prf256, mac256, modp2048))},
		{name: "cipher without INTEG on both sides", policy: offer(proposal(des3, prf256, modp2048)),
			offer: offer(proposal(des3, prf256, noInteg, modp2048)), want: []ike.Transform{des3, prf256, modp2048}},
		{name: "the last of 61", policy: policy,
			offer: func() []ike.Proposal {
				var all []ike.Proposal
				for range 60 {
					all = append(all, proposal(gcm256, prf256, ke(ike.KE_MODP_768)))
				}
				return offer(append(all, proposal(gcm256, prf256, ecp256))...)
			}(), number: 61, want: []ike.Transform{gcm256, prf256, ecp256}},
		{name: "unknown ENCR beside a good one", policy: policy,
			offer: offer(proposal(encr(60000, 0), gcm256, prf256, ecp256)), want: []ike.Transform{gcm256, prf256, ecp256}},
		{name: "unknown transform type", policy: policy,
			offer: offer(proposal(gcm256, prf256, ecp256, ike.Transform{Type: 200, ID: 1}))},
		{name: "a type of no IKE SA", policy: policy,
			offer: offer(proposal(gcm256, prf256, ecp256, ike.Transform{Type: ike.TransformSN, ID: 1}))},
		{name: "unknown attribute", policy: policy, offer: offer(proposal(privateAttribute, prf256, ecp256))},
		{name: "unknown attribute beside a good one", policy: policy, offer: offer(proposal(privateAttribute, gcm128, prf256, ecp256)),
			want: []ike.Transform{gcm128, prf256, ecp256}},
		{name: "for ESP", policy: policy, offer: offer(esp)},
		{name: "with an SPI", policy: policy, offer: offer(withSPI)},

		{name: "own order of transforms", policy: policy, offer: offer(proposal(gcm128, gcm256, prf384, prf256, ecp256)),
			want: []ike.Transform{gcm256, prf256, ecp256}},
		{name: "the initiator's order of transforms", profile: Profile{Preference: PreferInitiator}, policy: policy,
			offer: offer(proposal(gcm128, gcm256, prf384, prf256, ecp256)), want: []ike.Transform{gcm128, prf384, ecp256}},
		{name: "own order of proposals", policy: policy,
			offer:  offer(proposal(cbc256, prf256, mac256, modp2048), proposal(gcm128, prf256, ecp256)),
			number: 2, want: []ike.Transform{gcm128, prf256, ecp256}},
		{name: "the initiator's order of proposals", profile: Profile{Preference: PreferInitiator}, policy: policy,
			offer: offer(proposal(cbc256, prf256, mac256, modp2048), proposal(gcm128, prf256, ecp256)),
			want:  []ike.Transform{cbc256, prf256, mac256, modp2048}},
		{name: "the chosen method, not the KE payload's", policy: policy, request: request{ke: ike.KE_MODP_2048},
			offer:  offer(proposal(cbc256, prf256, mac256, modp2048), proposal(gcm128, prf256, ecp256)),
			number: 2, want: []ike.Transform{gcm128, prf256, ecp256}},
		{name: "the KE payload's method", profile: Profile{FollowKE: true}, policy: offer(proposal(gcm256, prf256, ecp256, modp2048)),
			request: request{ke: ike.KE_MODP_2048}, offer: offer(proposal(gcm256, prf256, ecp256, modp2048)),
			want: []ike.Transform{gcm256, prf256, modp2048}},
		{name: "the KE payload's method, of a later own proposal", profile: Profile{FollowKE: true}, policy: policy,
			request: request{ke: ike.KE_MODP_2048}, offer: offer(proposal(cbc256, prf256, mac256, modp2048), proposal(gcm128, prf256, ecp256)),
			number: 2, want: []ike.Transform{gcm128, prf256, ecp256}},
		{name: "the KE payload's method is not acceptable", profile: Profile{FollowKE: true}, policy: policy,
			request: request{ke: ike.KE_CURVE25519}, offer: offer(proposal(gcm128, prf256, x25519, ecp256)),
			want: []ike.Transform{gcm128, prf256, ecp256}},

		{name: "AEAD with AUTH_NONE", policy: policy, offer: offer(proposal(gcm256, prf256, noInteg, ecp256)),
			want: []ike.Transform{gcm256, prf256, ecp256}},
		{name: "AEAD with INTEG", policy: policy, offer: offer(proposal(gcm256, prf256, mac256, ecp256))},
		{name: "AEAD with INTEG, lenient", profile: Profile{AEADInteg: AEADIntegIgnored}, policy: policy,
			offer: offer(proposal(gcm256, prf256, mac256, ecp256)), want: []ike.Transform{gcm256, prf256, ecp256}},
		{name: "AEAD with AUTH_NONE, strict", profile: Profile{AEADInteg: AEADIntegAbsent}, policy: policy,
			offer: offer(proposal(gcm256, prf256, noInteg, ecp256))},
		{name: "AEAD without INTEG, strict", profile: Profile{AEADInteg: AEADIntegAbsent}, policy: policy,
			offer: offer(proposal(gcm256, prf256, ecp256)), want: []ike.Transform{gcm256, prf256, ecp256}},
		{name: "AEAD with INTEG or AUTH_NONE", policy: policy, offer: offer(proposal(gcm256, prf256, mac256, noInteg, ecp256)),
			want: []ike.Transform{gcm256, prf256, ecp256}},
		{name: "AUTH_NONE beside others, refused", profile: Profile{RefuseNoneBeside: true}, policy: policy,
			offer: offer(proposal(gcm256, prf256, mac256, noInteg, ecp256))},
		{name: "AUTH_NONE alone", profile: Profile{RefuseNoneBeside: true}, policy: policy,
			offer: offer(proposal(gcm256, prf256, noInteg, ecp256)), want: []ike.Transform{gcm256, prf256, ecp256}},
		{name: "unknown attribute, ignored", profile: Profile{UnknownAttribute: IgnoreUnknown}, policy: policy,
			offer: offer(proposal(privateAttribute, prf256, ecp256)), want: []ike.Transform{gcm256, prf256, ecp256}},
		{name: "AEAD and classic with INTEG", policy: offer(proposal(gcm256, prf256, modp2048), policy[1]),
			offer: offer(proposal(gcm256, cbc256, prf256, mac256, modp2048)), want: []ike.Transform{cbc256, prf256, mac256, modp2048}},
		{name: "AEAD and classic with INTEG, refused", profile: Profile{RefuseMixed: true}, policy: policy,
			offer: offer(proposal(gcm256, cbc256, prf256, mac256, modp2048))},
		{name: "AEAD and classic without INTEG", profile: Profile{RefuseMixed: true}, policy: policy,
			offer: offer(proposal(gcm256, cbc256, prf256, ecp256)), want: []ike.Transform{gcm256, prf256, ecp256}},
		{name: "mixed policy, AEAD", policy: offer(proposal(cbc256, gcm256, prf256, mac256, ecp256)),
			offer: offer(proposal(cbc256, gcm256, prf256, ecp256)), want: []ike.Transform{gcm256, prf256, ecp256}},

		{name: "unknown numbers accepted, after those of the policy", profile: Profile{AcceptUnknown: true}, policy: policy,
			offer: offer(proposal(gcm256, prf(60000), prf256, ke(60000), ecp256)), want: []ike.Transform{gcm256, prf256, ecp256}},
		{name: "unknown numbers accepted, in the initiator's order", profile: Profile{AcceptUnknown: true, Preference: PreferInitiator}, policy: policy,
			offer: offer(proposal(gcm256, prf(60000), prf256, ecp256, ke(60000))), want: []ike.Transform{gcm256, prf(60000), ecp256}},
		{name: "an unknown cipher accepted wants INTEG", profile: Profile{AcceptUnknown: true}, policy: policy,
			offer: offer(proposal(encr(60000, 0), prf256, mac256, modp2048)), want: []ike.Transform{encr(60000, 0), prf256, mac256, modp2048}},
		{name: "key lengths ignored, in own order", profile: Profile{IgnoreKeyLength: true}, policy: policy,
			offer: offer(proposal(noBits, prf256, mac256, modp2048)), want: []ike.Transform{noBits, prf256, mac256, modp2048}},
		{name: "key lengths ignored, in the initiator's order", profile: Profile{IgnoreKeyLength: true, Preference: PreferInitiator}, policy: policy,
			offer: offer(proposal(noBits, prf256, mac256, modp2048)), want: []ike.Transform{noBits, prf256, mac256, modp2048}},
		{name: "everything accepted", profile: Profile{AcceptAll: true},
			offer: offer(proposal(gcm256, gcm128, prf256, mac256, ecp256, ecp384, noADDKE)), want: []ike.Transform{gcm256, prf256, ecp256}},
		{name: "everything accepted, a classic cipher", profile: Profile{AcceptAll: true},
			offer: offer(proposal(cbc256, gcm256, prf256, mac256, ecp256)), want: []ike.Transform{cbc256, prf256, mac256, ecp256}},
		{name: "reads the first transforms", profile: Profile{TransformsRead: 2}, policy: policy,
			offer: offer(proposal(gcm256, prf256, modp2048, x25519, ecp256))},
		{name: "reads enough", profile: Profile{TransformsRead: 3}, policy: policy,
			offer: offer(proposal(gcm256, prf256, modp2048, x25519, ecp256)), want: []ike.Transform{gcm256, prf256, ecp256}},
		{name: "reads the first transforms, unknown ones too", profile: Profile{TransformsRead: 1}, policy: policy,
			offer: offer(proposal(privateAttribute, gcm256, prf256, ecp256))},

		{name: "hybrid", policy: hybrid, request: request{intermediate: true},
			offer: offer(proposal(gcm256, prf384, ecp384, mlkem1024)), want: []ike.Transform{gcm256, prf384, ecp384, mlkem1024}},
		{name: "hybrid without IKE_INTERMEDIATE", policy: hybrid, offer: offer(proposal(gcm256, prf384, ecp384, mlkem1024))},
		{name: "hybrid of the wrong level", policy: hybrid, request: request{intermediate: true},
			offer: offer(proposal(gcm256, prf384, ecp384, addke(1, ike.KE_ML_KEM_512)))},
		{name: "hybrid in the wrong place", policy: hybrid, request: request{intermediate: true},
			offer: offer(proposal(gcm256, prf384, ecp384, addke(2, ike.KE_ML_KEM_1024)))},
		{name: "hybrid asked, not configured", policy: policy, request: request{intermediate: true},
			offer: offer(proposal(gcm256, prf384, ecp256, mlkem1024))},
		{name: "hybrid configured, not asked", policy: hybrid, request: request{intermediate: true},
			offer: offer(proposal(gcm256, prf384, ecp384))},
		{name: "optional hybrid", policy: optional, request: request{intermediate: true},
			offer: offer(proposal(gcm256, prf384, ecp384, mlkem1024)), want: []ike.Transform{gcm256, prf384, ecp384, mlkem1024}},
		{name: "optional hybrid, not asked", policy: optional,
			offer: offer(proposal(gcm256, prf384, ecp384)), want: []ike.Transform{gcm256, prf384, ecp384}},
		{name: "optional on both sides, without IKE_INTERMEDIATE", policy: optional,
			offer: offer(proposal(gcm256, prf384, ecp384, mlkem1024, noADDKE)), want: []ike.Transform{gcm256, prf384, ecp384}},
		{name: "KE_NONE for a gateway of before RFC 9370", profile: Profile{NoAdditionalKE: true}, policy: policy,
			offer: offer(proposal(gcm256, prf256, ecp256, noADDKE))},
		{name: "hybrid without IKE_INTERMEDIATE, found late", profile: Profile{LateIntermediate: true}, policy: hybrid,
			offer: offer(proposal(gcm256, prf384, ecp384, mlkem1024)), want: []ike.Transform{gcm256, prf384, ecp384, mlkem1024}},
		{name: "no method twice", policy: offer(proposal(gcm256, prf384, ecp384, addke(1, ike.KE_ECP_384), mlkem768)), request: request{intermediate: true},
			offer: offer(proposal(gcm256, prf384, ecp384, addke(1, ike.KE_ECP_384), mlkem768)), want: []ike.Transform{gcm256, prf384, ecp384, mlkem768}},
		{name: "only the same method twice", policy: offer(proposal(gcm256, prf384, ecp384, addke(1, ike.KE_ECP_384))), request: request{intermediate: true},
			offer: offer(proposal(gcm256, prf384, ecp384, addke(1, ike.KE_ECP_384)))},

		{name: "order as offered", policy: policy, offer: offer(proposal(ecp256, prf256, gcm256)),
			want: []ike.Transform{ecp256, prf256, gcm256}},
		{name: "order of the profile", profile: StrongSwan, policy: policy, offer: offer(proposal(modp2048, prf256, mac256, cbc256)),
			want: []ike.Transform{cbc256, mac256, prf256, modp2048}},
		{name: "types without a place come last", profile: StrongSwan, policy: hybrid, request: request{intermediate: true},
			offer: offer(proposal(mlkem768, ecp384, prf384, gcm256)), want: []ike.Transform{gcm256, prf384, ecp384, mlkem768}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.request.offer = test.offer
			got, ok := test.profile.choose(test.policy, test.request)
			if !ok {
				if test.want != nil {
					t.Error("refused")
				}
				return
			}
			if test.number == 0 {
				test.number = 1
			}
			want := proposal(test.want...)
			want.Number = test.number
			if d, w := describe(got), describe(want); d != w {
				t.Errorf("chose %s, want %s", d, w)
			}
		})
	}
}

func TestAccepts(t *testing.T) {
	member := Member{Responder: &Responder{Policy: weakPolicy()}, Share: 0.1}
	newer := proposal(gcm256, prf256, x25519)
	for _, test := range []struct {
		name      string
		responder *Responder
		suite     ike.Proposal
		want      bool
	}{
		{"its policy", &Responder{Policy: policy}, good, true},
		{"no policy", &Responder{}, good, false},
		{"its later policy", &Responder{Policy: policy, LaterPolicy: weakPolicy(), LaterFrom: 9}, weak, true},
		{"its policy before a later one", &Responder{Policy: policy, LaterPolicy: weakPolicy(), LaterFrom: 9}, good, true},
		{"a later policy that never comes", &Responder{Policy: policy, LaterPolicy: weakPolicy()}, weak, false},
		{"its later profile", &Responder{LaterProfile: &Profile{AcceptAll: true}, LaterFrom: 9}, good, true},
		{"of a member", &Responder{Policy: policy, Members: []Member{member}}, weak, true},
		{"of a member, the rest is faulty", &Responder{Faults: Faults{Unredeemed: true}, Members: []Member{member}}, weak, true},
		{"never redeemed", &Responder{Policy: policy, Faults: Faults{Unredeemed: true}}, good, false},
		{"never asked for the same twice", &Responder{Policy: policy, Faults: Faults{InvalidKELoop: true}}, good, false},
		{"never let in", &Responder{Policy: policy, Faults: Faults{CookieLoop: true}}, good, false},
		{"no IKEv2", &Responder{Policy: policy, Faults: Faults{Instead: Echo}}, good, false},
		{"a method that it drops", &Responder{Policy: offer(newer), Profile: Profile{DeafAboveKE: ike.KE_ECP_521}}, newer, false},
		{"a transform that it ignores", &Responder{Policy: policy, Profile: Profile{NoAdditionalKE: true, UnknownType: IgnoreUnknown}}, hybrid, false},
		{"an INTEG that it ignores", &Responder{Policy: policy, Profile: Profile{AEADInteg: AEADIntegIgnored}}, proposal(gcm256, prf256, mac256, ecp256), false},
		{"an INTEG that is none", &Responder{Policy: policy}, proposal(gcm256, prf256, noInteg, ecp256), true},
	} {
		if got := test.responder.Accepts(test.suite); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
