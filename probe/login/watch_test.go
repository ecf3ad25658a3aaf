package login

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/initiator"
)

// rekeyOf is a request for new keys.
func rekeyOf(t *testing.T, after time.Duration, protocol ike.ProtocolID, spi []byte, keywords string) iketest.OwnRequest {
	t.Helper()
	r := iketest.OwnRequest{After: after, Exchange: ike.CREATE_CHILD_SA}
	sa := &ike.SA{}
	for i, p := range parsed(keywords) {
		one := p.Proposal(uint8(i + 1))
		one.Protocol, one.SPI = protocol, []byte{1, 2, 3, byte(after / time.Second)}
		if protocol == ike.ProtocolIKE {
			one.SPI = append(one.SPI, one.SPI...)
		}
		sa.Proposals = append(sa.Proposals, one)
	}
	if protocol == ike.ProtocolESP {
		r.Payloads = append(r.Payloads, &ike.Notify{Protocol: ike.ProtocolESP, SPI: spi, Notification: ike.REKEY_SA})
	}
	r.Payloads = append(r.Payloads, sa, &ike.Nonce{Data: make([]byte, 32)}, &ike.KE{Method: ike.KE_ECP_384, Data: make([]byte, 96)})
	return r
}

// stayTold is a stay in short.
func stayTold(s *Stay) string {
	if s == nil {
		return "none"
	}
	var out []string
	for _, r := range s.Requests {
		one := fmt.Sprintf("%s@%v", r.Kind, r.After.Round(time.Second))
		if r.Times > 1 {
			one += fmt.Sprintf("x%d", r.Times)
		}
		if len(r.Offer) > 0 {
			one += fmt.Sprintf("(%d proposals, %v, %v)", len(r.Offer), r.KE, r.Answer)
		}
		out = append(out, one)
	}
	return fmt.Sprintf("%s; %s after %v", strings.Join(out, " "), s.End, s.Stayed.Round(time.Second))
}

// TestStay: a login stays until the gateway rekeys as often as is waited for, or ends the
// IKE SA, or the time is over, answers what it asks, and leaves nothing.
func TestStay(t *testing.T) {
	const suites = "aes256gcm16-prfsha384-ecp384,aes256-sha256-prfsha256-ecp256"
	alive := iketest.OwnRequest{After: 10 * time.Second, Exchange: ike.INFORMATIONAL}
	child := rekeyOf(t, time.Minute, ike.ProtocolESP, []byte{1, 1, 1, 1}, suites)
	retry := rekeyOf(t, 65*time.Second, ike.ProtocolESP, []byte{1, 1, 1, 1}, suites)
	whole := rekeyOf(t, 2*time.Minute, ike.ProtocolIKE, nil, suites)
	deleted := iketest.OwnRequest{After: 3 * time.Minute, Exchange: ike.INFORMATIONAL, Payloads: []ike.Payload{&ike.Delete{Protocol: ike.ProtocolIKE}}}
	childDeleted := iketest.OwnRequest{After: 40 * time.Second, Exchange: ike.INFORMATIONAL, Payloads: []ike.Payload{&ike.Delete{Protocol: ike.ProtocolESP, SPISize: 4, SPIs: [][]byte{{1, 1, 1, 1}}}}}
	again := iketest.OwnRequest{After: 12 * time.Second, Again: true}
	for _, tt := range []struct {
		name    string
		own     []iketest.OwnRequest
		staying Staying
		// told are what the gateway asked, and answers what it got.
		told, answers string
	}{
		{"child", []iketest.OwnRequest{alive, child}, Staying{Limit: time.Hour},
			"liveness@10s rekey_child@1m0s(2 proposals, KE_ECP_384, TEMPORARY_FAILURE); rekeyed after 1m0s",
			"INFORMATIONAL 0:; CREATE_CHILD_SA 1: N(TEMPORARY_FAILURE); "},
		{"child, retried, and the IKE SA", []iketest.OwnRequest{child, retry, whole}, Staying{Limit: time.Hour, Rekeyings: 2},
			"rekey_child@1m0sx2(2 proposals, KE_ECP_384, TEMPORARY_FAILURE) rekey_ike@2m0s(2 proposals, KE_ECP_384, TEMPORARY_FAILURE); rekeyed after 2m0s",
			"CREATE_CHILD_SA 0: N(TEMPORARY_FAILURE); CREATE_CHILD_SA 1: N(TEMPORARY_FAILURE); CREATE_CHILD_SA 2: N(TEMPORARY_FAILURE); "},
		{"an answer that was lost", []iketest.OwnRequest{alive, again, child}, Staying{Limit: time.Hour},
			"liveness@10s rekey_child@1m0s(2 proposals, KE_ECP_384, TEMPORARY_FAILURE); rekeyed after 1m0s",
			"INFORMATIONAL 0:; INFORMATIONAL 0:; CREATE_CHILD_SA 1: N(TEMPORARY_FAILURE); "},
		{"deleted", []iketest.OwnRequest{childDeleted, deleted}, Staying{Limit: time.Hour},
			"delete_child@40s delete_ike@3m0s; deleted after 3m0s", "INFORMATIONAL 0: Delete; "},
		{"the time is over", []iketest.OwnRequest{alive, child}, Staying{Limit: 30 * time.Second}, "liveness@10s; limit after 30s", "INFORMATIONAL 0:; "},
		{"nothing", nil, Staying{Limit: 20 * time.Minute}, "; limit after 20m0s", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				s.client.Credentials, s.client.Stay = psk("it"), tt.staying
				s.connection().Login.Own = tt.own
				var last ike.Header
				s.client.Trace = func(d initiator.Datagram) {
					if d.Sent {
						last, _, _, _ = ike.ParseHeader(messageOf(d))
					}
				}
				calls := 0
				s.client.Stay.Progress = func(OwnRequest) { calls++ }
				r := s.login(t.Context())
				if got := stayTold(r.Stay); got != tt.told {
					t.Errorf("%s, want %s", got, tt.told)
				}
				stats := s.gateway.Stats()
				if stats.Answers != tt.answers {
					t.Errorf("answers %q, want %q", stats.Answers, tt.answers)
				}
				times := 0
				for _, o := range r.Stay.Requests {
					times += o.Times
				}
				if calls != times || !strings.HasSuffix(told(r), "end+") || r.Left != Ended {
					t.Errorf("%d calls of %d; %s", calls, times, told(r))
				}
				if left := stats.HalfOpen + stats.Established; left != 0 && r.Stay.End != StayDeleted {
					t.Errorf("%d IKE SAs are left", left)
				}
				if !slices.ContainsFunc(r.Exchanges, func(x Exchange) bool { return x.Type == ike.IKE_AUTH && slices.Contains(x.Sends, "SA") }) {
					t.Error("no Child SA is asked for")
				}
				if answered := last.Flags&ike.FlagResponse != 0; answered != (r.Stay.End == StayDeleted) {
					t.Errorf("the last message is %+v", last) // the network is gone before it arrives
				}
			})
		})
	}
}

// TestStayInterrupted: the user ends it, and the IKE SA is deleted.
func TestStayInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.client.Credentials, s.client.Stay = psk("it"), Staying{Limit: time.Hour}
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		r := s.login(ctx)
		if stats := s.gateway.Stats(); r.Stay == nil || r.Stay.End != StayInterrupted || stats.Established != 0 || !strings.HasSuffix(told(r), "end+") {
			t.Errorf("%s; %s; %+v", stayTold(r.Stay), told(r), stats)
		}
	})
}

// TestStayAlone: a gateway that is gone is noticed, and what others send is no request.
func TestStayAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.client.Credentials, s.client.Stay = psk("it"), Staying{Limit: 3 * time.Hour}
		junk := iketest.OwnRequest{After: time.Minute, Exchange: ike.INFORMATIONAL}
		s.connection().Login.Own = []iketest.OwnRequest{junk}
		began := time.Now()
		s.network.SetFilter(func(from, _ netip.AddrPort, datagram []byte) memnet.Verdict {
			if from.Addr() == gatewayAddr && time.Since(began) > 30*time.Second {
				clear(datagram[len(datagram)-4:]) // of the checksum
			}
			return memnet.Pass
		})
		r := s.login(t.Context())
		if got := stayTold(r.Stay); !strings.HasPrefix(got, "; silent after 5m") || r.Left != MayBeLeft {
			t.Errorf("%s; %s", got, told(r))
		}
	})
}
