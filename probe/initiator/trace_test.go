package initiator

import (
	"testing"
	"testing/synctest"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keymat"
)

// A message in fragments counts once in the traffic of a path, be it ours or the
// gateway's; the cost counts each datagram.
func TestTrafficOfFragments(t *testing.T) {
	piece := func(spi ike.SPI, flags ike.Flags, number, total uint16) []byte {
		return respond(t, spi, func(m *ike.Message) { m.Exchange, m.Flags, m.MessageID = ike.IKE_AUTH, flags, 1 },
			&ike.EncryptedFragment{Number: number, Total: total, Body: make([]byte, 40)})
	}
	for _, transport := range []Transport{UDP500, UDP4500} {
		synctest.Test(t, func(t *testing.T) {
			spi := ike.SPI{1, 2, 3}
			b := newBench(t, Config{}, func(n int, _ []byte) []reply {
				if n != 1 {
					return nil
				}
				return []reply{
					{after: 10 * ms, octets: piece(spi, ike.FlagResponse, 2, 3)},
					{after: 11 * ms, octets: piece(spi, ike.FlagResponse, 1, 3)},
					{after: 12 * ms, octets: piece(spi, ike.FlagResponse, 3, 3)},
				}
			})
			req, err := b.Fragmented(transport, [][]byte{piece(spi, ike.FlagInitiator, 1, 2), piece(spi, ike.FlagInitiator, 2, 2)}, func([]byte) (*ike.Message, error) {
				return nil, keymat.ErrIncomplete
			})
			if err != nil {
				t.Fatal(err)
			}
			a := b.Exchange(t.Context(), req)
			sent, received := b.Traffic(transport)
			if sent != a.Tries || received != 1 {
				t.Errorf("%v: %d sent, %d received, want %d, 1", transport, sent, received, a.Tries)
			}
			if c := b.Cost(); c.DatagramsSent != 2*a.Tries || c.DatagramsReceived != 3 {
				t.Errorf("%v: cost %+v", transport, c)
			}
		})
	}
}

func TestFurtherFragment(t *testing.T) {
	second := respond(t, ike.SPI{1}, nil, &ike.EncryptedFragment{Number: 2, Total: 2})
	for _, test := range []struct {
		name      string
		transport Transport
		octets    []byte
		want      bool
	}{
		{"the second", UDP500, second, true},
		{"the first", UDP500, respond(t, ike.SPI{1}, nil, &ike.EncryptedFragment{Number: 1, Total: 2}), false},
		{"behind the marker", UDP4500, append(make([]byte, 4), second...), true},
		{"in a stream", TCP4500, append(make([]byte, 4), second...), true},
		{"without the marker", UDP4500, second, false},
		{"cut", UDP500, second[:33], false},
		{"encrypted whole", UDP500, respond(t, ike.SPI{1}, nil, &ike.Encrypted{Body: make([]byte, 40)}), false},
		{"nothing", UDP4500, []byte{0xff}, false},
	} {
		if got := (Datagram{Transport: test.transport, Octets: test.octets}).furtherFragment(); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
