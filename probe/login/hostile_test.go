package login

import (
	"testing"
	"testing/synctest"

	"github.com/ikescope/ikescope/ike"
)

// TestHostileChildAnswers: whatever answers offers for Child SAs, no suite is taken for
// accepted that was not, the questions are bounded, and the IKE SA is ended.
func TestHostileChildAnswers(t *testing.T) {
	notify := func(n ike.NotifyType, data ...byte) func([]ike.Payload) []ike.Payload {
		return func([]ike.Payload) []ike.Payload { return []ike.Payload{&ike.Notify{Notification: n, Data: data}} }
	}
	child := func(transforms ...ike.Transform) func([]ike.Payload) []ike.Payload {
		return func([]ike.Payload) []ike.Payload {
			return []ike.Payload{&ike.SA{Proposals: []ike.Proposal{{Number: 1, Protocol: ike.ProtocolESP, SPI: []byte{1, 2, 3, 4}, Transforms: transforms}}}, &ike.Nonce{Data: make([]byte, 32)}}
		}
	}
	// After the first, which is refused honestly, as it shows that answers are about suites.
	later := func(answer func([]ike.Payload) []ike.Payload) func([]ike.Payload) []ike.Payload {
		n := 0
		return func(honest []ike.Payload) []ike.Payload {
			if n++; n == 1 {
				return honest
			}
			return answer(honest)
		}
	}
	for name, answer := range map[string]func([]ike.Payload) []ike.Payload{
		"a method that was not offered": notify(ike.INVALID_KE_PAYLOAD, 0x03, 0xe7),
		"the decoy":                     notify(ike.INVALID_KE_PAYLOAD, 0, byte(ike.KE_CURVE448)),
		"no method":                     notify(ike.INVALID_KE_PAYLOAD),
		"an error that nobody knows":    notify(8191),
		"nothing":                       func([]ike.Payload) []ike.Payload { return nil },
		"a suite that was not offered":  child(ike.Transform{Type: ike.TransformENCR, ID: 999}),
		"a suite of nothing":            child(),
	} {
		for when, answer := range map[string]func([]ike.Payload) []ike.Payload{"at once": answer, "later": later(answer)} {
			t.Run(name+" "+when, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newScene(t)
					s.client.Credentials, s.client.ESP = psk("it"), true
					s.connection().Login.ChildAnswer = answer
					r := s.login(t.Context())
					e := r.ESP
					taken := 0
					if e.PFS != nil {
						taken += len(e.PFS.Products)
					}
					if e.Plain != nil {
						taken += len(e.Plain.Products)
					}
					stats := s.gateway.Stats()
					if taken > 0 || e.Questions > maxQuestions || stats.Established > 0 || told(r) != wellDirect {
						t.Errorf("%d products, %d questions, %d IKE SAs are left: %s", taken, e.Questions, stats.Established, told(r))
					}
					if proven := e.PFS != nil && e.PFS.Proven; proven {
						t.Errorf("it is proven that all is refused, after %d questions", e.Questions)
					}
				})
			})
		}
	}
}
