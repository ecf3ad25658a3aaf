package peer

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// challenge2759 and the others are those of RFC 2759, Section 9.2, where the password is
// "clientPass" and the user "User"; 42 is the identifier.
const (
	challenge2759 = "5B5D7C7D7B3F2F3E3C2C602132262628"
	peer2759      = "21402324255E262A28295F2B3A337C7E"
	response2759  = "82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF"
	proof2759     = "S=407A5589115FD0D6209F510FE9C04566932CDA56"
)

func userOf2759(t testing.TB, name string) *MSCHAPv2 {
	return NewMSCHAPv2(name, []byte("clientPass"), bytes.NewReader(unhex(t, peer2759)))
}

// TestTTLSMSCHAPv2: what is sent is laid out as RFC 5281 and RFC 2548 have it, and the
// server is believed only with its proof.
func TestTTLSMSCHAPv2(t *testing.T) {
	challenge := append(unhex(t, challenge2759), 0x42)
	success := func(ident byte, text string) []byte {
		return appendVendorAVP(nil, avpMSCHAP2Success, append([]byte{ident}, text...))
	}
	refusal := appendVendorAVP(nil, avpMSCHAPError, append([]byte{0x42}, "E=691 R=0 C=00 V=3 M=no"...))
	aside := appendAVP(nil, 18, []byte("hello")) // Reply-Message
	aside[4] = 0                                 // not mandatory
	for _, tt := range []struct {
		name, user string
		answer     [][]byte
		complete   bool
		failure    int
		want       error
	}{
		{"well", "User", [][]byte{success(0x42, proof2759)}, true, 0, nil},
		{"with a domain", `BIG\User`, [][]byte{success(0x42, proof2759+" M=welcome")}, true, 0, nil},
		{"in pieces, behind another", "User", [][]byte{aside, success(0x42, proof2759)[:9], success(0x42, proof2759)[9:]}, true, 0, nil},
		{"another proof", "User", [][]byte{success(0x42, "S="+strings.Repeat("0", 40))}, false, 0, ErrServer},
		{"no proof", "User", [][]byte{success(0x42, "")}, false, 0, ErrServer},
		{"another identifier", "User", [][]byte{success(0x43, proof2759)}, false, 0, ErrProtocol},
		{"an empty one", "User", [][]byte{appendVendorAVP(nil, avpMSCHAP2Success, nil)}, false, 0, ErrProtocol},
		{"of nobody's", "User", [][]byte{appendAVP(nil, avpMSCHAP2Success, append([]byte{0x42}, proof2759...))}, false, 0, ErrProtocol},
		{"refused", "User", [][]byte{refusal}, false, 691, nil},
		{"refused, with another identifier", "User", [][]byte{appendVendorAVP(nil, avpMSCHAPError, []byte("BE=648 R=0"))}, false, 648, nil},
		{"refused, without the identifier", "User", [][]byte{appendVendorAVP(nil, avpMSCHAPError, []byte("E=691 R=0"))}, false, 691, nil},
		{"refused without a word", "User", [][]byte{appendVendorAVP(nil, avpMSCHAPError, nil)}, false, unknownFailure, nil},
		{"refused outside", "User", nil, false, 0, nil},
		{"a length that is a lie", "User", [][]byte{{0, 0, 0, 26, 0xc0, 0, 0, 11, 0, 0, 1, 0x37}}, false, 0, ErrProtocol},
	} {
		conn := &tunnel{serve: func([]byte) [][]byte { return tt.answer }}
		m := userOf2759(t, tt.user)
		err := TTLSMSCHAPv2(conn, m, challenge)
		if !errors.Is(err, tt.want) || tt.want == nil && err != nil || m.Complete() != tt.complete || m.Failure != tt.failure {
			t.Errorf("%s: %v, complete %v, failure %d", tt.name, err, m.Complete(), m.Failure)
		}
		name := append([]byte(tt.user), make([]byte, (4-len(tt.user)%4)%4)...)
		want := slices.Concat(
			[]byte{0, 0, 0, 1, 0x40, 0, 0, byte(8 + len(tt.user))}, name,
			[]byte{0, 0, 0, 11, 0xc0, 0, 0, 28, 0, 0, 1, 0x37}, challenge[:16],
			[]byte{0, 0, 0, 25, 0xc0, 0, 0, 62, 0, 0, 1, 0x37, 0x42, 0}, unhex(t, peer2759), make([]byte, 8), unhex(t, response2759), []byte{0, 0})
		if len(conn.sent) != 1 || !bytes.Equal(conn.sent[0], want) {
			t.Errorf("%s: sent %x\nwant %x", tt.name, conn.sent, want)
		}
	}
	if err := TTLSMSCHAPv2(&tunnel{}, userOf2759(t, "User"), challenge[:16]); err == nil {
		t.Error("a challenge without an identifier")
	}
}

// FuzzTTLSMSCHAPv2: whatever a server answers, it is believed only with its proof.
func FuzzTTLSMSCHAPv2(f *testing.F) {
	challenge := append(unhex(f, challenge2759), 0x42)
	right := appendVendorAVP(nil, avpMSCHAP2Success, append([]byte{0x42}, proof2759...))
	for _, b := range [][]byte{right, right[:20], appendVendorAVP(nil, avpMSCHAPError, []byte("BE=691")), {0, 0, 0, 26, 0xff, 0xff, 0xff, 0xff}} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		conn := &tunnel{serve: func([]byte) [][]byte { return [][]byte{b} }}
		m := userOf2759(t, "User")
		err := TTLSMSCHAPv2(conn, m, challenge)
		if m.Complete() && (err != nil || !bytes.Contains(bytes.ToUpper(b), []byte(proof2759))) {
			t.Fatalf("%x is believed: %v", b, err)
		}
		if errors.Is(err, io.EOF) {
			t.Fatal("io.EOF of the outer EAP is passed on")
		}
	})
}
