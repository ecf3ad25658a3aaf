package login

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// policyOf is a policy of IKE.
func policyOf(t *testing.T, keywords string) []ike.Proposal {
	t.Helper()
	out := []ike.Proposal{}
	if keywords == "" {
		return out
	}
	products, err := proposals.ParseProducts(keywords)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range products {
		out = append(out, p.Proposal(uint8(i+1)))
	}
	return out
}

// TestRekey: the suites for rekeying are those of the connection and not those of
// IKE_SA_INIT, after at most 200 questions of which none has the method of its KE payload,
// and nothing is rekeyed or left.
func TestRekey(t *testing.T) {
	const init = "aes256gcm16-prfsha384-ecp384"
	for _, tt := range []struct {
		name, rekey string
		own         matrix.State
	}{
		{name: "the same suite", rekey: init, own: matrix.Accepted},
		{name: "others", rekey: "aes256-sha256-prfsha256-modp2048", own: matrix.Refused},
		{name: "some more", rekey: init + ",aes128-aes256-sha1-sha256-prfsha1-prfsha256-modp2048-modp3072", own: matrix.Accepted},
		{name: "an appliance's", rekey: "3des-aes128-aes192-aes256-md5-sha1-sha256-sha384-sha512-prfmd5-prfsha1-prfsha256-prfsha384-prfsha512-ecp256-ecp384-ecp521-modp1024-modp1536-modp2048-modp4096", own: matrix.Refused},
		{name: "none", rekey: "", own: matrix.Refused},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				s.client.Credentials, s.client.IKE = psk("it"), true
				s.connection().Login.Rekey = policyOf(t, tt.rekey)
				r := s.login(t.Context())
				e := r.IKE
				if e == nil || e.Unasked != "" || e.Suites == nil || !e.Suites.Proven {
					t.Fatalf("%+v", e)
				}
				if got := strings.ReplaceAll(productsOf(e.Suites), " ", ","); got != tt.rekey || e.Own != tt.own || e.Questions > 200 || e.Rekeyed {
					t.Errorf("%s, %v to its own, %d questions", got, e.Own, e.Questions)
				}
				for _, x := range r.Exchanges {
					if x.Type == ike.CREATE_CHILD_SA && (!x.OffersKE || !slices.Equal(x.Sends, []string{"SA", "Nonce", "KE"})) {
						t.Errorf("exchange %d sends %q, and offers KE: %v", x.ID, x.Sends, x.OffersKE)
					}
				}
				stats := s.gateway.Stats()
				if left := stats.HalfOpen + stats.Established; left != 0 || r.Left != Ended || told(r) != wellDirect {
					t.Errorf("%d IKE SAs are left: %s", left, told(r))
				}
			})
		})
	}
}

// TestRekeyHostile: whatever answers offers to rekey, no suite is taken for accepted that
// was not offered, the questions are bounded, and an IKE SA that may be left is said.
func TestRekeyHostile(t *testing.T) {
	notify := func(n ike.NotifyType, data ...byte) []ike.Payload {
		return []ike.Payload{&ike.Notify{Notification: n, Data: data}}
	}
	rekeyed := []ike.Payload{&ike.SA{Proposals: policyOf(t, "aes256gcm16-prfsha384-x448")}, &ike.Nonce{Data: make([]byte, 32)}, &ike.KE{Method: decoy, Data: make([]byte, 56)}}
	for _, tt := range []struct {
		name   string
		answer []ike.Payload
		after  int // so many honest ones
		most   int // questions
		told   string
	}{
		{"a method that was not offered", notify(ike.INVALID_KE_PAYLOAD, 0x03, 0xe7), 1, maxQuestions, wellDirect},
		{"the decoy", notify(ike.INVALID_KE_PAYLOAD, 0, byte(decoy)), 1, maxQuestions, wellDirect},
		{"an error that nobody knows", notify(8191), 1, 2, wellDirect},
		{"not now", notify(ike.TEMPORARY_FAILURE), 0, 1, wellDirect},
		{"nothing", nil, 1, 2, wellDirect},
		{"a new IKE SA", rekeyed, 1, 2, "negotiate+ gateway+ authenticate+ end?"},
		{"a new IKE SA at once", rekeyed, 0, 1, "negotiate+ gateway+ authenticate+ end?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				s.client.Credentials, s.client.IKE = psk("it"), true
				n := 0
				s.connection().Login.ChildAnswer = func(honest []ike.Payload) []ike.Payload {
					if n++; n <= tt.after {
						return honest
					}
					return tt.answer
				}
				r := s.login(t.Context())
				e := r.IKE
				if e.Suites != nil && (len(e.Suites.Products) > 0 || e.Suites.Proven) || e.Own == matrix.Accepted || e.Questions > tt.most {
					t.Errorf("%+v", e)
				}
				if left := s.gateway.Stats().Established; left != 0 || told(r) != tt.told || (r.Left == MayBeLeft) != e.Rekeyed {
					t.Errorf("%d IKE SAs are left, %v: %s", left, r.Left, told(r))
				}
			})
		})
	}
}

// TestRekeyUnasked: OpenIKED is not asked, nor is any gateway once the user has ended it.
func TestRekeyUnasked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.client.Credentials, s.client.IKE = psk("it"), true
		s.gateway.Profile = iketest.OpenIKED
		if r := s.login(t.Context()); r.IKE == nil || r.IKE.Questions != 0 || !strings.Contains(r.IKE.Unasked, openIKED) || !r.LoggedIn {
			t.Errorf("%+v: %s", r.IKE, told(r))
		}
	})
}

// TestInterruptedQuestions: who ends the questions after a login is not told that all was
// asked.
func TestInterruptedQuestions(t *testing.T) {
	seen := 0
	for after := 5 * time.Millisecond; after < 400*time.Millisecond; after += 20 * time.Millisecond {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			s.client.Credentials, s.client.ESP, s.client.IKE = psk("it"), true, true
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			r := s.login(ctx)
			const ended = "it was interrupted"
			if r.ESP != nil && r.ESP.Unasked == ended || r.IKE != nil && r.IKE.Unasked == ended {
				seen++
				if !r.LoggedIn || !r.Interrupted {
					t.Errorf("after %v: it is not said to be interrupted: %s", after, told(r))
				}
			}
		})
	}
	if seen == 0 {
		t.Error("no questions were interrupted")
	}
}
