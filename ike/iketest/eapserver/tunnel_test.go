package eapserver

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike/eap"
)

// said is what a peer sends into a tunnel.
type said struct {
	*bytes.Reader
	bytes.Buffer
}

func (s *said) Read(b []byte) (int, error) { return s.Reader.Read(b) }

// TestPAP: the user inside counts, and the whole password, whatever its length.
func TestPAP(t *testing.T) {
	attribute := func(code uint32, data string) []byte {
		b := binary.BigEndian.AppendUint32(nil, code)
		b = binary.BigEndian.AppendUint32(b, 0x40<<24|uint32(8+len(data)))
		return append(append(b, data...), make([]byte, (4-len(data)%4)%4)...)
	}
	for _, length := range []int{1, 8, 15, 16, 17, 32} {
		right := strings.Repeat("p", length)
		c := Config{Passwords: map[string]string{"carol": right, "dave": ""}}
		for _, tt := range []struct {
			user, password string
			want           error
		}{
			{"carol", right, nil},
			{"carol", "x" + right, ErrRefused},
			{"carol", right + "x", ErrRefused},
			{"carol", right[1:], ErrRefused},
			{"mallory", right, ErrRefused},
			{"dave", "", ErrRefused},
		} {
			padded := tt.password + strings.Repeat("\x00", (16-len(tt.password)%16)%16)
			in := append(attribute(1, tt.user), attribute(2, padded)...)
			if _, err := Tunnel(&said{Reader: bytes.NewReader(in)}, eap.TTLS, "anonymous", nil, c); !errors.Is(err, tt.want) {
				t.Errorf("%s with %d octets: %v, want %v", tt.user, len(tt.password), err, tt.want)
			}
		}
	}
	for _, in := range [][]byte{{0, 0, 0, 1}, {0, 0, 0, 1, 0, 0, 0, 4}, {0, 0, 0, 1, 0, 0, 1, 0}} {
		if _, err := Tunnel(&said{Reader: bytes.NewReader(in)}, eap.TTLS, "carol", nil, Config{Passwords: map[string]string{"carol": "p"}}); !errors.Is(err, ErrRefused) {
			t.Errorf("%x: %v", in, err)
		}
	}
}
