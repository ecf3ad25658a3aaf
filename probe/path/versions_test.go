package path

import (
	"net/netip"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/ikev1"
	"github.com/ikescope/ikescope/probe/initiator"
)

// speaksIKEv1 has answer decide what becomes of IKEv1 at the gateway's UDP 500; nil
// is silence. IKEv2 is answered by no one there.
func (s *scene) speaksIKEv1(answer func(m *ikev1.Message) *ikev1.Message) {
	conn, err := s.network.ListenPacket(netip.AddrPortFrom(gatewayAddr, 500))
	if err != nil {
		s.t.Fatal(err)
	}
	s.conns = append(s.conns, conn)
	s.served.Go(func() {
		buf := make([]byte, 1<<16)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			m, err := ikev1.Parse(buf[:n])
			if err != nil || m.MajorVersion != 1 {
				continue
			}
			if reply := answer(m); reply != nil {
				octets, err := reply.AppendBinary(nil)
				if err != nil {
					s.t.Error(err)
				}
				conn.WriteTo(octets, from)
			}
		}
	})
}

// chooses answers with transform i of the offer.
func chooses(s *scene, m *ikev1.Message, i int) *ikev1.Message {
	sa, isOffer := m.Find(ikev1.PayloadSA)
	if !isOffer {
		return nil // it is to end the SA
	}
	all, ok := sa.Transforms()
	if !ok || i >= len(all) {
		s.t.Errorf("an offer of %d transforms", len(all))
		return nil
	}
	chosen, err := ikev1.Offer(all[i : i+1])
	if err != nil {
		s.t.Error(err)
	}
	h := m.Header
	h.SPIr = ike.SPI{9}
	return &ikev1.Message{Header: h, Payloads: []ikev1.Payload{chosen}}
}

// notifies answers with a notify.
func notifies(m *ikev1.Message, n ikev1.NotifyType) *ikev1.Message {
	h := m.Header
	h.SPIr, h.Exchange = ike.SPI{9}, ikev1.Informational
	body := []byte{0, 0, 0, 1, 1, 0, byte(n >> 8), byte(n)}
	return &ikev1.Message{Header: h, Payloads: []ikev1.Payload{{Type: ikev1.PayloadNotification, Body: body}}}
}

func TestIKEv1(t *testing.T) {
	refuse := func(n ikev1.NotifyType) func(*scene, *ikev1.Message) *ikev1.Message {
		return func(_ *scene, m *ikev1.Message) *ikev1.Message { return notifies(m, n) }
	}
	silent := func(*scene, *ikev1.Message) *ikev1.Message { return nil }
	choose := func(i int) func(*scene, *ikev1.Message) *ikev1.Message {
		return func(s *scene, m *ikev1.Message) *ikev1.Message { return chooses(s, m, i) }
	}
	for name, tc := range map[string]struct {
		main, aggressive func(*scene, *ikev1.Message) *ikev1.Message
		want             [2]Answer
		detail           string // of Main Mode
	}{
		"both":                     {choose(0), choose(0), [2]Answer{Yes, Yes}, "aes256-sha256-modp2048, pre-shared key"},
		"main alone":               {choose(10), refuse(ikev1.InvalidExchangeType), [2]Answer{Yes, No}, "3des-sha1-modp1024, pre-shared key"},
		"name refused":             {choose(0), refuse(ikev1.AuthenticationFailed), [2]Answer{Yes, Unknown}, "aes256-sha256-modp2048, pre-shared key"},
		"a refusal proves nothing": {refuse(ikev1.NoProposalChosen), silent, [2]Answer{Unknown, Unknown}, "NO-PROPOSAL-CHOSEN"},
		"no IKEv1":                 {refuse(ikev1.InvalidMajorVersion), refuse(ikev1.InvalidMajorVersion), [2]Answer{No, No}, "INVALID-MAJOR-VERSION"},
		"silence":                  {silent, silent, [2]Answer{Unknown, Unknown}, "no answer"},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(s *scene) {
				s.speaksIKEv1(func(m *ikev1.Message) *ikev1.Message {
					if m.Exchange == ikev1.MainMode {
						return tc.main(s, m)
					}
					return tc.aggressive(s, m)
				})
				start := time.Now()
				r := s.examine(s.examiner())
				if took := time.Since(start); took >= 6*time.Second {
					t.Errorf("took %v", took)
				}
				v := r.Versions
				if got := [2]Answer{v.MainMode.State, v.AggressiveMode.State}; got != tc.want || v.MainMode.Detail != tc.detail {
					t.Errorf("%+v, want %v, %q", v, tc.want, tc.detail)
				}
				if only := tc.want[0] == Yes || tc.want[1] == Yes; r.OnlyIKEv1() != only {
					t.Errorf("IKEv1 alone: %v", r.OnlyIKEv1())
				}
				if r.Answers() {
					t.Errorf("%v: an IKEv2 responder", states(r))
				}
				left := 0 // by a gateway that does not answer what is wrong
				for _, a := range tc.want {
					if a == Yes {
						left++
					}
				}
				if r.HalfOpenLeft != 0 || len(r.HalfOpenUnconfirmed) != left {
					t.Errorf("%d half-open, unconfirmed those of %v; want %d", r.HalfOpenLeft, r.HalfOpenUnconfirmed, left)
				}
				for _, id := range r.HalfOpenUnconfirmed {
					if id != v.MainMode.Evidence && id != v.AggressiveMode.Evidence {
						t.Errorf("opened by %d, which neither mode is", id)
					}
				}
			})
		})
	}
}

// TestIKEv1Ended: a gateway that answers what is wrong with an error has ended its SA.
func TestIKEv1Ended(t *testing.T) {
	run(t, func(s *scene) {
		open := 0
		s.speaksIKEv1(func(m *ikev1.Message) *ikev1.Message {
			if _, isOffer := m.Find(ikev1.PayloadSA); isOffer {
				open++
				return chooses(s, m, 0)
			}
			open--
			return notifies(m, ikev1.AuthenticationFailed)
		})
		r := s.examine(s.examiner())
		if open != 0 || r.HalfOpenLeft != 0 || r.HalfOpenPeak == 0 {
			t.Errorf("%d are open, %d left, %d at most", open, r.HalfOpenLeft, r.HalfOpenPeak)
		}
	})
}

// TestAggressiveGroup: Aggressive Mode is asked with the group that Main Mode chose.
func TestAggressiveGroup(t *testing.T) {
	run(t, func(s *scene) {
		s.speaksIKEv1(func(m *ikev1.Message) *ikev1.Message {
			sa, _ := m.Find(ikev1.PayloadSA)
			all, _ := sa.Transforms()
			for i, offered := range all {
				if offered.Group == groupMODP1024 {
					return chooses(s, m, i)
				}
			}
			return notifies(m, ikev1.NoProposalChosen)
		})
		if v := s.examine(s.examiner()).Versions; v.AggressiveMode.State != Yes || !v.AggressiveMode.PreSharedKey {
			t.Errorf("%+v", v)
		}
	})
}

// TestHigherVersion: what a gateway may do with a request of IKE version 3.
func TestHigherVersion(t *testing.T) {
	for name, tc := range map[string]struct {
		answer func(h ike.Header) *ike.Message
		want   Higher
	}{
		"refuses": {func(h ike.Header) *ike.Message {
			return &ike.Message{Header: h, Payloads: []ike.Payload{&ike.Notify{Notification: ike.INVALID_MAJOR_VERSION}}}
		}, HigherRefused},
		"takes": {func(h ike.Header) *ike.Message {
			return &ike.Message{Header: h, Payloads: []ike.Payload{&ike.Notify{Notification: ike.NO_PROPOSAL_CHOSEN}}}
		}, HigherTaken},
		"silent": {func(ike.Header) *ike.Message { return nil }, HigherUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(s *scene) {
				s.gateway.Faults.Rewrite = func(received []byte, sent [][]byte) [][]byte {
					if octets, ok := ike.SplitNonESPMarker(received); ok {
						received = octets
					}
					h, _, _, err := ike.ParseHeader(received)
					if err != nil || h.MajorVersion != 3 {
						return sent
					}
					h.MajorVersion, h.Flags = 2, ike.FlagResponse
					m := tc.answer(h)
					if m == nil {
						return nil
					}
					octets, err := m.AppendBinary(nil)
					if err != nil {
						t.Error(err)
					}
					return [][]byte{octets}
				}
				s.serve(gatewayAddr)
				if got := s.examine(s.examiner()).Versions.Higher; got != tc.want {
					t.Errorf("%v, want %v", got, tc.want)
				}
			})
		})
	}
}

// FuzzVersions: whatever answers a request of another version, it is read.
func FuzzVersions(f *testing.F) {
	m := &ikev1.Message{Header: ike.Header{SPIi: ike.SPI{1}, SPIr: ike.SPI{2}, MajorVersion: 1, Exchange: ikev1.MainMode}}
	sa, err := ikev1.Offer(offerIKEv1(0)[:1])
	if err != nil {
		f.Fatal(err)
	}
	m.Payloads = []ikev1.Payload{sa}
	for _, message := range []*ikev1.Message{m, notifies(m, ikev1.NoProposalChosen)} {
		octets, err := message.AppendBinary(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(octets)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, mode := range []ike.ExchangeType{ikev1.MainMode, ikev1.AggressiveMode} {
			r, chosen := readIKEv1(mode, in)
			if (r.Outcome == initiator.Accepted) != (chosen != nil) {
				t.Errorf("%v with %v", r.Outcome, chosen)
			}
		}
		readHigher(in)
	})
}

// TestGarbage: what is no IKE shows nothing of IKEv1, and a gateway whose answers are all
// malformed does not refuse anything.
func TestGarbage(t *testing.T) {
	for name, rewrite := range map[string]func(octets []byte) []byte{
		"not IKE": func([]byte) []byte { return []byte("\x00\x00\x00\x00HTTP/1.1 400 Bad Request") },
		"malformed": func(octets []byte) []byte {
			out := append([]byte{}, octets...)
			ike := unmarked(out)
			ike[30], ike[31] = 0xff, 0xff // the length of the first payload
			return out
		},
	} {
		run(t, func(s *scene) {
			s.gateway.Faults.Rewrite = func(_ []byte, sent [][]byte) (out [][]byte) {
				if len(sent) == 0 {
					sent = [][]byte{make([]byte, 40)} // of IKEv1
				}
				for _, octets := range sent {
					out = append(out, rewrite(octets))
				}
				return out
			}
			s.serve(gatewayAddr)
			r := s.examine(s.examiner())
			if v := r.Versions; v.MainMode.State != Unknown || v.AggressiveMode.State != Unknown || r.Refuses {
				t.Errorf("%s: %+v, refuses %v", name, v, r.Refuses)
			}
			if got := r.Answers(); got != (name == "malformed") {
				t.Errorf("%s: answers %v", name, got)
			}
		})
	}
}
