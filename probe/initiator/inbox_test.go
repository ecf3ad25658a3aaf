package initiator

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
)

// TestWeakAnswers: what is no good answer is told when nothing better comes,
// and forgotten when it does.
func TestWeakAnswers(t *testing.T) {
	for _, tc := range []struct {
		name    string
		rude    func(request []byte) []byte
		outcome Outcome
		detail  string
		tries   int // when nothing better comes
	}{
		{"cut off", func(r []byte) []byte {
			return respond(t, spiOf(r), nil, choicePayloads(t, 1, "aes256-sha256-prfsha256-ecp256")...)[:50]
		}, Malformed, "50 octets", 4},
		{"echo", func(r []byte) []byte { return r }, Echo, "came back", 1},
		{"text", func([]byte) []byte { return []byte("hello") }, NotIKE, `"hello"`, 1},
		{"IKEv1", func(r []byte) []byte {
			return append(bytes.Clone(r[:17]), unhex(t, "10 05 00 00000000 0000001c")...)
		}, NotIKE, "IKEv1", 1},
		{"wrong SPI", func([]byte) []byte { return respond(t, otherSPI, nil, notify(ike.NO_PROPOSAL_CHOSEN)) },
			NoAnswer, "another initiator SPI", 4},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, Config{}, func(_ int, request []byte) []reply {
					return []reply{{after: 10 * ms, octets: tc.rude(request)}}
				})
				a := b.ask()
				if a.Outcome != tc.outcome || !strings.Contains(a.Detail, tc.detail) || a.Tries != tc.tries {
					t.Errorf("alone: got %v, %q, %d tries; want %v, %q, %d", a.Outcome, a.Detail, a.Tries, tc.outcome, tc.detail, tc.tries)
				}
			})
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, Config{}, func(_ int, request []byte) []reply {
					return []reply{{after: 10 * ms, octets: tc.rude(request)},
						{after: 400 * ms, octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN))}}
				})
				if a := b.ask(); a.Outcome != NoProposalChosen || a.Tries != 1 {
					t.Errorf("with a good answer: got %+v", a.Exchange)
				}
			})
		})
	}
}

func TestForeignAnswers(t *testing.T) {
	for _, tc := range []struct {
		from   string
		strays int
	}{
		{"192.0.2.99:500", 1},
		{"192.0.2.1:4501", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, Config{}, func(n int, request []byte) []reply {
				if n > 0 {
					return nil
				}
				return []reply{{octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN)), from: netip.MustParseAddrPort(tc.from)}}
			})
			a := b.ask()
			if a.Outcome != NoAnswer || !strings.Contains(a.Detail, "from "+tc.from) {
				t.Errorf("%s: got %v, %q", tc.from, a.Outcome, a.Detail)
			}
			if b.Strays() != tc.strays {
				t.Errorf("%s: %d strays, want %d", tc.from, b.Strays(), tc.strays)
			}
			if got := b.Cost(); got.DatagramsReceived != 1-tc.strays {
				t.Errorf("%s: cost %+v", tc.from, got)
			}
			_, _, trace := b.seen()
			if second := trace[1]; second.Remote.String() != tc.from || second.Exchange != 1 {
				t.Errorf("%s: the trace shows %v of exchange %d", tc.from, second.Remote, second.Exchange)
			}
		})
	}
}

// TestNoiseFromElsewhere: only the gateway's noise tells what it is.
func TestNoiseFromElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, func(n int, _ []byte) []reply {
			if n > 0 {
				return nil
			}
			return []reply{{octets: []byte("noise"), from: netip.MustParseAddrPort("192.0.2.99:500")}}
		})
		if a := b.ask(); a.Outcome != NoAnswer || a.Detail != "" || b.Strays() != 1 {
			t.Errorf("got %v, %q, %d strays", a.Outcome, a.Detail, b.Strays())
		}
		if _, _, trace := b.seen(); trace[1].Exchange != 0 {
			t.Errorf("the noise is shown with exchange %d", trace[1].Exchange)
		}
	})
}

func TestConflict(t *testing.T) {
	refusal := func(r []byte) []byte { return respond(t, spiOf(r), nil, notify(ike.NO_PROPOSAL_CHOSEN)) }
	group := func(r []byte) []byte { return respond(t, spiOf(r), nil, notify(ike.INVALID_KE_PAYLOAD, 0, 20)) }
	accept := func(r []byte) []byte {
		return respond(t, spiOf(r), nil, choicePayloads(t, 1, "aes256-sha256-prfsha256-ecp256")...)
	}
	for _, tc := range []struct {
		name              string
		first, second     func([]byte) []byte
		outcome, conflict Outcome
		detail            string
	}{
		{"forged refusal first", refusal, group, InvalidKEPayload, NoProposalChosen, "two answers: no_proposal_chosen, then invalid_ke_payload (KE_ECP_384)"},
		{"forged refusal last", accept, refusal, Accepted, NoProposalChosen, "two answers: accepted (aes256-sha256-prfsha256-ecp256), then no_proposal_chosen"},
		{"the same twice", group, group, InvalidKEPayload, NotTried, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, Config{}, func(_ int, request []byte) []reply {
				return []reply{{after: 80 * ms, octets: tc.first(request)}, {after: 80*ms + grace/2, octets: tc.second(request)}}
			})
			a := b.ask()
			if a.Outcome != tc.outcome || a.Conflict != tc.conflict || a.Detail != tc.detail {
				t.Errorf("%s: got %v, %v, %q", tc.name, a.Outcome, a.Conflict, a.Detail)
			}
		})
	}
}

func TestLateAnswers(t *testing.T) {
	refusal := func(r []byte) []byte { return respond(t, spiOf(r), nil, notify(ike.NO_PROPOSAL_CHOSEN)) }
	group := func(r []byte) []byte { return respond(t, spiOf(r), nil, notify(ike.INVALID_KE_PAYLOAD, 0, 20)) }
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{Attempts: 1}, func(n int, request []byte) []reply {
			return [][]reply{
				{{after: 40 * ms, octets: refusal(request)}, {after: 150 * ms, octets: group(request)}},
				{{after: 40 * ms, octets: group(request)}, {after: 150 * ms, octets: group(request)}},
				{{after: 2 * time.Second, octets: refusal(request)}},
				{{after: 40 * ms, octets: refusal(request)}, {after: 150 * ms, octets: []byte("noise")}},
			}[n]
		})
		for range 4 {
			b.ask()
			time.Sleep(3 * time.Second)
		}
		want := []LateAnswer{
			{Exchange: 1, Outcome: InvalidKEPayload, Group: ike.KE_ECP_384, Differs: true, Denies: true},
			{Exchange: 2, Outcome: InvalidKEPayload, Group: ike.KE_ECP_384},
			{Exchange: 3, Outcome: NoProposalChosen, Differs: true},
		}
		if got := b.Late(); !slices.Equal(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

// TestOpened: each responder SPI of accepted answers, early and late, stands for an
// IKE SA, and so does an accepted answer with a fault.
func TestOpened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		choice := func(r []byte, spi byte) []byte {
			return respond(t, spiOf(r), func(m *ike.Message) { m.SPIr = ike.SPI{spi} }, choicePayloads(t, 1, "aes256gcm16-prfsha384-ecp384")...)
		}
		fault := func(r []byte) []byte { return choice(r, 0) }
		refusal := func(r []byte) []byte { return respond(t, spiOf(r), nil, notify(ike.NO_PROPOSAL_CHOSEN)) }
		b := newBench(t, Config{Attempts: 1}, func(n int, r []byte) []reply {
			return [][]reply{
				{{after: 40 * ms, octets: choice(r, 1)}, {after: 40 * ms, octets: choice(r, 1)}},
				{{after: 40 * ms, octets: choice(r, 1)}, {after: 150 * ms, octets: choice(r, 2)}},
				{{after: 40 * ms, octets: refusal(r)}, {after: 150 * ms, octets: choice(r, 1)}},
				{{after: 40 * ms, octets: fault(r)}},
				{{after: 40 * ms, octets: refusal(r)}},
			}[n]
		})
		for range 5 {
			b.ask()
			time.Sleep(3 * time.Second)
		}
		for i, want := range []int{1, 2, 1, 1, 0} {
			if got := b.Opened(i + 1); got != want {
				t.Errorf("exchange %d opened %d, want %d", i+1, got, want)
			}
		}
	})
}
