package login

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
)

// inTheClear is an unprotected error with the header of an answer, as anyone can send it
// who sees the request.
func inTheClear(t *testing.T, n ike.NotifyType, answer []byte) []byte {
	h, _, _, err := ike.ParseHeader(answer)
	if err != nil {
		t.Error(err)
	}
	b, err := (&ike.Message{Header: h, Payloads: []ike.Payload{&ike.Notify{Notification: n}}}).AppendBinary(nil)
	if err != nil {
		t.Error(err)
	}
	return b
}

// TestForgedErrors: what somebody else sends before the gateway answers ends nothing.
func TestForgedErrors(t *testing.T) {
	for _, n := range []ike.NotifyType{ike.AUTHENTICATION_FAILED, ike.INVALID_IKE_SPI, ike.INVALID_SYNTAX} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			s.client.Credentials = user(MSCHAPv2, "carol", "Ar3etTnp")
			forged := 0
			// Each answer is lost once, and in its place comes the error.
			s.gateway.Faults.Rewrite = func(_ []byte, sent [][]byte) [][]byte {
				if len(sent) == 0 {
					return sent
				}
				h, _, _, err := ike.ParseHeader(sent[0])
				if err != nil || h.Exchange != ike.IKE_AUTH || int(h.MessageID) <= forged {
					return sent
				}
				forged++
				return [][]byte{inTheClear(t, n, sent[0])}
			}
			r := s.login(t.Context())
			if got := told(r); got != "negotiate+ gateway+ eap_method+ authenticate+ end+" || forged != 5 {
				t.Errorf("%v: %s, with %d forged", n, got, forged)
			}
			if stats := s.gateway.Stats(); stats.HalfOpen+stats.Established > 0 || stats.Passwords != 1 {
				t.Errorf("%v: %+v", n, stats)
			}
		})
	}
}

// TestErrorInTheClear: where nothing better comes, it is what the login says.
func TestErrorInTheClear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.client.Credentials = user(MSCHAPv2, "carol", "Ar3etTnp")
		s.gateway.Faults.Rewrite = func(_ []byte, sent [][]byte) [][]byte {
			for i, d := range sent {
				if h, _, _, err := ike.ParseHeader(d); err == nil && h.Exchange != ike.IKE_SA_INIT {
					sent[i] = inTheClear(t, ike.AUTHENTICATION_FAILED, d)
				}
			}
			return sent
		}
		if got := told(s.login(t.Context())); got != "negotiate+ eap_method-plain-notify end?" {
			t.Error(got)
		}
	})
}

// TestPersonAsked: a RADIUS server that waits 20 seconds for a person is waited for.
func TestPersonAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.client.Credentials = user(MSCHAPv2, "carol", "Ar3etTnp")
		var since time.Time
		s.gateway.Faults.Rewrite = func(_ []byte, sent [][]byte) [][]byte {
			if len(sent) == 0 {
				return sent
			}
			h, _, _, err := ike.ParseHeader(sent[0])
			if err != nil || h.Exchange != ike.IKE_AUTH || h.MessageID != 3 { // the answer to the password
				return sent
			}
			if since.IsZero() {
				since = time.Now()
			}
			if time.Since(since) < 20*time.Second {
				return nil
			}
			return sent
		}
		if got := told(s.login(t.Context())); got != "negotiate+ gateway+ eap_method+ authenticate+ end+" {
			t.Error(got)
		}
	})
}
