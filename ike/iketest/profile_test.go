package iketest

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/ikescope/ikescope/ike"
)

// notOnCurve is a KE payload of the right length whose octets are no point.
func notOnCurve() *ike.KE {
	data := make([]byte, 64)
	data[63] = 1
	return &ike.KE{Method: ike.KE_ECP_256, Data: data}
}

// withAttribute adds one of the private range.
func withAttribute(t ike.Transform) ike.Transform {
	t.Attributes = append(slices.Clone(t.Attributes), ike.Attribute{Type: 16384, Value: []byte{0, 1}})
	return t
}

// TestBehaviour has a row for each probe whose answers were measured on real
// daemons.
func TestBehaviour(t *testing.T) {
	valid := func(m ike.KeyExchangeMethod) func(*testing.T) *ike.KE {
		return func(t *testing.T) *ike.KE { return validKE(t, m) }
	}
	octets := func(m ike.KeyExchangeMethod, n int) func(*testing.T) *ike.KE {
		return func(*testing.T) *ike.KE { return &ike.KE{Method: m, Data: make([]byte, n)} }
	}
	good := offer(proposal(gcm256, prf256, ecp256))
	bad := offer(proposal(gcm256, prf256, ke(ike.KE_MODP_768)))
	const (
		accepted = "accepted"
		invalid  = "INVALID_KE_PAYLOAD KE_ECP_256"
		refused  = "NO_PROPOSAL_CHOSEN"
		syntax   = "INVALID_SYNTAX"
	)
	for _, test := range []struct {
		name                            string
		offer                           []ike.Proposal
		ke                              func(*testing.T) *ike.KE
		strongSwan, libreswan, openIKED string
	}{
		{"a good offer", good, valid(ike.KE_ECP_256), accepted, accepted, accepted},
		{"a bad offer", bad, valid(ike.KE_ECP_256), refused, refused, refused},
		{"KE of a method not in the offer", good, valid(ike.KE_MODP_2048), invalid, invalid, invalid},
		{"KE of method 999", good, octets(999, 64), invalid, syntax, invalid},
		{"KE of method 999, bad offer", bad, octets(999, 64), refused, syntax, refused},
		{"KE of method 0", good, octets(0, 64), invalid, invalid, invalid},
		{"KE of a method that is not chosen", offer(proposal(gcm256, prf256, modp2048, ecp256)), valid(ike.KE_MODP_2048), invalid, invalid, invalid},
		{"KE of the wrong length", good, octets(ike.KE_ECP_256, 63), refused, syntax, refused},
		{"KE that is no point", good, func(*testing.T) *ike.KE { return notOnCurve() }, refused, accepted, refused},
		{"AEAD and classic with INTEG", offer(proposal(gcm256, cbc256, prf256, mac256, ecp256)), valid(ike.KE_ECP_256), accepted, accepted, refused},
		{"AEAD with INTEG", offer(proposal(gcm256, prf256, mac256, ecp256)), valid(ike.KE_ECP_256), accepted, refused, refused},
		{"AEAD and classic with INTEG and AUTH_NONE", offer(proposal(gcm256, cbc256, prf256, mac256, noInteg, ecp256)), valid(ike.KE_ECP_256), accepted, refused, refused},
		{"AEAD and classic without INTEG", offer(proposal(gcm256, cbc256, prf256, ecp256)), valid(ike.KE_ECP_256), accepted, accepted, accepted},
		{"AEAD with INTEG and AUTH_NONE", offer(proposal(gcm256, prf256, mac256, noInteg, ecp256)), valid(ike.KE_ECP_256), accepted, refused, refused},
		{"AEAD with AUTH_NONE", offer(proposal(gcm256, prf256, noInteg, ecp256)), valid(ike.KE_ECP_256), accepted, accepted, refused},
		{"classic with INTEG and AUTH_NONE", offer(proposal(cbc256, prf256, mac256, noInteg, ecp256)), valid(ike.KE_ECP_256), accepted, refused, accepted},
		{"classic with AUTH_NONE", offer(proposal(cbc256, prf256, noInteg, ecp256)), valid(ike.KE_ECP_256), refused, refused, refused},
		{"ADDKE1 that is KE_NONE", offer(proposal(gcm256, prf256, ecp256, addke(1, ike.KE_NONE))), valid(ike.KE_ECP_256), accepted, refused, refused},
		{"unknown transform type", offer(proposal(gcm256, prf256, ecp256, ike.Transform{Type: 200, ID: 1})), valid(ike.KE_ECP_256), refused, refused, refused},
		{"Sequence Numbers in an IKE SA", offer(proposal(gcm256, prf256, ecp256, ike.Transform{Type: ike.TransformSN, ID: 1})), valid(ike.KE_ECP_256), refused, refused, refused},
		{"unknown attribute", offer(proposal(withAttribute(gcm256), prf256, ecp256)), valid(ike.KE_ECP_256), accepted, syntax, accepted},
		{"unknown ENCR 60000 beside a good one", offer(proposal(encr(60000, 0), gcm256, prf256, ecp256)), valid(ike.KE_ECP_256), accepted, accepted, accepted},
	} {
		for _, daemon := range []struct {
			name    string
			profile Profile
			want    string
		}{
			{"strongSwan", StrongSwan, test.strongSwan},
			{"libreswan", Libreswan, test.libreswan},
			{"OpenIKED", OpenIKED, test.openIKED},
		} {
			t.Run(test.name+"/"+daemon.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					i := serve(t, &Responder{
						Policy:  []ike.Proposal{proposal(gcm256, prf256, ecp256), proposal(cbc256, prf256, mac256, ecp256)},
						Profile: daemon.profile,
					})
					if got := i.outcome(i.request(test.ke(t), test.offer)); got != daemon.want {
						t.Errorf("%s, want %s", got, daemon.want)
					}
				})
			})
		}
	}
}

// TestBehaviourOfAnswers holds the rows about what stands in an answer.
func TestBehaviourOfAnswers(t *testing.T) {
	for _, test := range []struct {
		name          string
		profile       Profile
		errorSPI      bool
		natUnasked    bool
		chosen        string
		vendorIDs     string
		notifiesAsked []ike.NotifyType
	}{
		{"strongSwan", StrongSwan, false, false,
			"1: ENCR_AES_CBC(256) AUTH_HMAC_SHA2_256_128 PRF_HMAC_SHA2_256 KE_MODP_2048", "",
			[]ike.NotifyType{ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP, ike.IKEV2_FRAGMENTATION_SUPPORTED,
				ike.SIGNATURE_HASH_ALGORITHMS, ike.CHILDLESS_IKEV2_SUPPORTED, ike.MULTIPLE_AUTH_SUPPORTED}},
		{"libreswan", Libreswan, true, true,
			"1: ENCR_AES_CBC(256) PRF_HMAC_SHA2_256 AUTH_HMAC_SHA2_256_128 KE_MODP_2048", "",
			[]ike.NotifyType{ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP,
				ike.IKEV2_FRAGMENTATION_SUPPORTED, ike.CHILDLESS_IKEV2_SUPPORTED}},
		{"OpenIKED", OpenIKED, true, true,
			"1: ENCR_AES_CBC(256) PRF_HMAC_SHA2_256 AUTH_HMAC_SHA2_256_128 KE_MODP_2048", "OpenIKED-7.4",
			[]ike.NotifyType{ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP, ike.SIGNATURE_HASH_ALGORITHMS}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				i := serve(t, &Responder{Policy: policy, Profile: test.profile})
				good := offer(proposal(modp2048, prf256, cbc256, mac256))

				m := i.ask(i.request(validKE(t, ike.KE_CURVE25519), good))
				if nonZero := m.SPIr != (ike.SPI{}); nonZero != test.errorSPI {
					t.Errorf("the responder SPI of an error is %v", m.SPIr)
				}

				public := validKE(t, ike.KE_MODP_2048)
				m = i.ask(i.request(public, good, ike.NAT_DETECTION_SOURCE_IP))
				if _, ok := m.Notify(ike.NAT_DETECTION_SOURCE_IP); ok != test.natUnasked {
					t.Errorf("NAT_DETECTION without both: %v", ok)
				}
				if _, ok := m.Notify(ike.SIGNATURE_HASH_ALGORITHMS); ok {
					t.Error("SIGNATURE_HASH_ALGORITHMS unasked")
				}

				m = i.ask(i.request(public, good, ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP,
					ike.IKEV2_FRAGMENTATION_SUPPORTED, ike.SIGNATURE_HASH_ALGORITHMS))
				sa, ok := ike.Find[*ike.SA](m)
				if !ok || len(sa.Proposals) != 1 {
					t.Fatalf("the answer is %s", outcomeOf(m))
				}
				if got := describe(sa.Proposals[0]); got != test.chosen {
					t.Errorf("chose %s, want %s", got, test.chosen)
				}
				var vendorID string
				if v, ok := ike.Find[*ike.VendorID](m); ok {
					vendorID = string(v.Data)
				}
				if vendorID != test.vendorIDs {
					t.Errorf("Vendor ID %q, want %q", vendorID, test.vendorIDs)
				}
				var notifies []ike.NotifyType
				for _, p := range m.Payloads {
					if n, ok := p.(*ike.Notify); ok {
						notifies = append(notifies, n.Notification)
					}
				}
				if !slices.Equal(notifies, test.notifiesAsked) {
					t.Errorf("notifies %v, want %v", notifies, test.notifiesAsked)
				}
			})
		})
	}
}

// TestKnobs varies one behaviour at a time.
func TestKnobs(t *testing.T) {
	good := offer(proposal(gcm256, prf256, modp2048, ecp256))
	bad := offer(proposal(gcm256, prf256, x25519))
	for _, test := range []struct {
		name    string
		profile Profile
		offer   []ike.Proposal
		ke      ike.KeyExchangeMethod
		want    string
	}{
		{"foreign KE refused", Profile{ForeignKE: AsRefusal}, good, ike.KE_CURVE25519, "NO_PROPOSAL_CHOSEN"},
		{"foreign KE refused, one of the offer is not", Profile{ForeignKE: AsRefusal}, good, ike.KE_MODP_2048, "INVALID_KE_PAYLOAD KE_ECP_256"},
		{"unchosen KE refused", Profile{UnchosenKE: AsRefusal}, good, ike.KE_MODP_2048, "NO_PROPOSAL_CHOSEN"},
		{"foreign KE accepted", Profile{ForeignKE: AsAccepted}, good, ike.KE_CURVE25519, "accepted"},
		{"foreign KE met with silence", Profile{ForeignKE: AsSilence}, good, ike.KE_CURVE25519, "silence"},
		{"foreign KE a syntax error", Profile{ForeignKE: AsSyntax}, good, ike.KE_CURVE25519, "INVALID_SYNTAX"},
		{"INVALID_SYNTAX for a bad offer", Profile{Refusal: ike.INVALID_SYNTAX}, bad, ike.KE_ECP_256, "INVALID_SYNTAX"},
		{"deaf above", Profile{DeafAboveKE: 21}, good, ike.KE_CURVE25519, "silence"},
		{"not deaf below", Profile{DeafAboveKE: 21}, good, ike.KE_ECP_256, "accepted"},
		{"a datagram too long", Profile{MaxDatagram: 200}, good, ike.KE_MODP_2048, "silence"},
		{"a datagram short enough", Profile{MaxDatagram: 200}, good, ike.KE_ECP_256, "accepted"},
		{"the KE payload of a later own proposal", Profile{FollowKE: true}, offer(proposal(gcm256, prf256, modp2048, ecp256), proposal(cbc256, prf256, mac256, modp2048)), ike.KE_MODP_2048, "INVALID_KE_PAYLOAD KE_ECP_256"},
		{"the RFC on a foreign KE", Profile{}, good, ike.KE_ECP_384, "INVALID_KE_PAYLOAD KE_ECP_256"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				i := serve(t, &Responder{Policy: policy, Profile: test.profile})
				if got := i.outcome(i.request(validKE(t, test.ke), test.offer)); got != test.want {
					t.Errorf("%s, want %s", got, test.want)
				}
			})
		})
	}
}

func TestInvalidPublicValueByRFC(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := serve(t, &Responder{Policy: policy})
		good := offer(proposal(gcm256, prf256, ecp256))
		if got := i.outcome(i.request(notOnCurve(), good)); got != "INVALID_SYNTAX" {
			t.Errorf("no point: %s", got)
		}
		if got := i.outcome(i.request(&ike.KE{Method: ike.KE_ECP_256, Data: make([]byte, 65)}, good)); got != "INVALID_SYNTAX" {
			t.Errorf("wrong length: %s", got)
		}
	})
}

func TestAnswerExtras(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		authorities := &ike.CertReq{Encoding: ike.CertX509Signature, Authorities: make([]byte, 40)}
		i := serve(t, &Responder{Policy: policy, Profile: Profile{
			NATDetection: NATDetectionNever,
			CertReq:      authorities,
			VendorIDs:    [][]byte{[]byte("one"), []byte("two")},
			RedirectTo:   "other.example",
		}})
		good := offer(proposal(gcm256, prf256, ecp256))
		m := i.ask(i.request(validKE(t, ike.KE_ECP_256), good, ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP))
		if _, ok := m.Notify(ike.NAT_DETECTION_SOURCE_IP); ok {
			t.Error("NAT_DETECTION in the answer")
		}
		if c, ok := ike.Find[*ike.CertReq](m); !ok || len(c.Authorities) != 40 {
			t.Errorf("CERTREQ is %+v", c)
		}
		var ids []string
		for _, p := range m.Payloads {
			if v, ok := p.(*ike.VendorID); ok {
				ids = append(ids, string(v.Data))
			}
		}
		if len(ids) != 2 || ids[0] != "one" || ids[1] != "two" {
			t.Errorf("Vendor IDs %q", ids)
		}

		m = i.ask(i.request(validKE(t, ike.KE_ECP_256), good, ike.REDIRECT_SUPPORTED))
		n, ok := m.Notify(ike.REDIRECT)
		if !ok || len(m.Payloads) != 1 {
			t.Fatalf("the answer is %s", outcomeOf(m))
		}
		if gw, ok := n.Redirect(); !ok || gw.Name != "other.example" || string(gw.Nonce) != string(i.nonce) {
			t.Errorf("redirected to %+v", gw)
		}
	})
}

func TestRedirectToAddress(t *testing.T) {
	for _, address := range []string{"192.0.2.77", "2001:db8::77"} {
		synctest.Test(t, func(t *testing.T) {
			i := serve(t, &Responder{Profile: Profile{RedirectTo: address}})
			m := i.ask(i.request(validKE(t, ike.KE_ECP_256), policy, ike.REDIRECT_SUPPORTED))
			n, ok := m.Notify(ike.REDIRECT)
			if !ok {
				t.Fatalf("the answer is %s", outcomeOf(m))
			}
			if gw, ok := n.Redirect(); !ok || gw.Addr.String() != address {
				t.Errorf("redirected to %+v", gw)
			}
		})
	}
}

// TestUnknownMethod: its answer comes before any selection, and without a
// responder SPI.
func TestUnknownMethod(t *testing.T) {
	for _, test := range []struct {
		reaction Reaction
		want     string
	}{
		{AsSyntax, "INVALID_SYNTAX"},
		{AsSilence, "silence"},
		{AsAccepted, "INVALID_KE_PAYLOAD KE_ECP_256"}, // goes on, and is foreign
	} {
		synctest.Test(t, func(t *testing.T) {
			i := serve(t, &Responder{Policy: policy, Profile: Profile{UnknownKE: test.reaction, ErrorSPI: true}})
			m := i.ask(i.request(&ike.KE{Method: 999, Data: make([]byte, 8)}, goodOffer))
			if got := outcomeOf(m); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			if test.reaction == AsSyntax && m.SPIr != (ike.SPI{}) {
				t.Errorf("responder SPI %v", m.SPIr)
			}
		})
	}
}
