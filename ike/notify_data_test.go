package ike

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
)

// TestNotifyData asks each view of each case: only the wanted one may answer.
func TestNotifyData(t *testing.T) {
	hash := strings.Repeat("ab", 20)
	for _, c := range []struct {
		name         string
		notification NotifyType
		data         string
		view         string // empty if none answers
		want         any
	}{
		{"cookie", COOKIE, "0102", "Cookie", []byte{1, 2}},
		{"longest cookie", COOKIE, strings.Repeat("11", 64), "Cookie", unhex(t, strings.Repeat("11", 64))},
		{"empty cookie", COOKIE, "", "", nil},
		{"cookie too long", COOKIE, strings.Repeat("11", 65), "", nil},
		{"method", INVALID_KE_PAYLOAD, "0024", "InvalidKEMethod", KE_ML_KEM_768},
		{"method too short", INVALID_KE_PAYLOAD, "13", "", nil},
		{"method too long", INVALID_KE_PAYLOAD, "001300", "", nil},
		{"source", NAT_DETECTION_SOURCE_IP, hash, "NATDetection", [20]byte(unhex(t, hash))},
		{"destination", NAT_DETECTION_DESTINATION_IP, hash, "NATDetection", [20]byte(unhex(t, hash))},
		{"hash too short", NAT_DETECTION_SOURCE_IP, hash[:38], "", nil},
		{"hash too long", NAT_DETECTION_SOURCE_IP, hash + "00", "", nil},
		{"hashes", SIGNATURE_HASH_ALGORITHMS, "00020005fde8", "SignatureHashes",
			[]HashAlgorithm{SIGHASH_SHA2_256, SIGHASH_IDENTITY, 65000}},
		{"no hashes", SIGNATURE_HASH_ALGORITHMS, "", "SignatureHashes", []HashAlgorithm(nil)},
		{"odd hashes", SIGNATURE_HASH_ALGORITHMS, "000200", "", nil},
		{"unsupported payload", UNSUPPORTED_CRITICAL_PAYLOAD, "c8", "UnsupportedPayload", PayloadType(200)},
		{"unsupported nothing", UNSUPPORTED_CRITICAL_PAYLOAD, "", "", nil},
		{"Windows", MS_NOTIFY_STATUS, "000035e9", "WindowsError", uint32(13801)},
		{"Windows, short", MS_NOTIFY_STATUS, "0035e9", "", nil},
		{"puzzle", PUZZLE, "000514", "Puzzle", Puzzle{PRF_HMAC_SHA2_256, 20}},
		{"puzzle without difficulty", PUZZLE, "0005", "", nil},
		{"redirect to IPv4 with a nonce", REDIRECT, "0104c00002010a0b", "Redirect",
			Gateway{Type: GatewayIPv4, Addr: netip.MustParseAddr("192.0.2.1"), Nonce: []byte{10, 11}}},
		{"redirect to IPv6", REDIRECT, "021020010db8000000000000000000000001", "Redirect",
			Gateway{Type: GatewayIPv6, Addr: netip.MustParseAddr("2001:db8::1")}},
		{"redirected from a name", REDIRECTED_FROM, "030667772e746573", "Redirect",
			Gateway{Type: GatewayFQDN, Name: "gw.tes"}},
		{"redirect to IPv4 of 16 octets", REDIRECT, "011020010db8000000000000000000000001", "", nil},
		{"redirect to IPv6 of 4 octets", REDIRECT, "0204c0000201", "", nil},
		{"redirect to no name", REDIRECT, "0300", "", nil},
		{"redirect to an unknown identity", REDIRECT, "0901ff", "", nil},
		{"redirect beyond the end", REDIRECT, "030a67772e746573", "", nil},
		{"redirect to nothing", REDIRECT, "", "", nil},
		{"authentication methods", SUPPORTED_AUTH_METHODS, "0202 030e01 060e00 300100", "SupportedAuthMethods",
			[]AuthAnnouncement{
				{Method: AuthSharedKey},
				{Method: AuthDigitalSignature, CertLink: 1},
				{Method: AuthDigitalSignature, Algorithm: []byte{0x30, 1, 0}},
			}},
		{"no authentication methods", SUPPORTED_AUTH_METHODS, "", "SupportedAuthMethods", []AuthAnnouncement(nil)},
		{"authentication method of 1 octet", SUPPORTED_AUTH_METHODS, "01", "", nil},
		{"authentication method without its link", SUPPORTED_AUTH_METHODS, "030e", "", nil},
		{"authentication method beyond the end", SUPPORTED_AUTH_METHODS, "050e0030", "", nil},
		{"empty authentication method", SUPPORTED_AUTH_METHODS, "000e", "", nil},
		{"without data", IKEV2_FRAGMENTATION_SUPPORTED, "", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := &Notify{Notification: c.notification, Data: unhex(t, c.data)}
			answered := false
			for _, v := range views(n) {
				switch {
				case v.ok && v.name != c.view:
					t.Errorf("%s answers %v", v.name, v.value)
				case v.ok && !reflect.DeepEqual(v.value, c.want):
					t.Errorf("%s\n got %+v\nwant %+v", v.name, v.value, c.want)
				case !v.ok && !reflect.ValueOf(v.value).IsZero():
					t.Errorf("%s is not ok and answers %v", v.name, v.value)
				}
				answered = answered || v.ok
			}
			if answered != (c.view != "") {
				t.Errorf("%s answers: %v", c.view, answered)
			}
		})
	}
}

func TestGatewayString(t *testing.T) {
	for want, gw := range map[string]Gateway{
		"192.0.2.1":   {Type: GatewayIPv4, Addr: netip.MustParseAddr("192.0.2.1")},
		"2001:db8::1": {Type: GatewayIPv6, Addr: netip.MustParseAddr("2001:db8::1")},
		"gw.example":  {Type: GatewayFQDN, Name: "gw.example"},
	} {
		if got := gw.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// A view is what one method of Notify says.
type view struct {
	name  string
	value any
	ok    bool
}

func views(n *Notify) []view {
	var vs []view
	add := func(name string, value any, ok bool) { vs = append(vs, view{name, value, ok}) }
	cookie, ok := n.Cookie()
	add("Cookie", cookie, ok)
	method, ok := n.InvalidKEMethod()
	add("InvalidKEMethod", method, ok)
	hash, ok := n.NATDetection()
	add("NATDetection", hash, ok)
	hashes, ok := n.SignatureHashes()
	add("SignatureHashes", hashes, ok)
	payload, ok := n.UnsupportedPayload()
	add("UnsupportedPayload", payload, ok)
	code, ok := n.WindowsError()
	add("WindowsError", code, ok)
	puzzle, ok := n.Puzzle()
	add("Puzzle", puzzle, ok)
	gateway, ok := n.Redirect()
	add("Redirect", gateway, ok)
	methods, ok := n.SupportedAuthMethods()
	add("SupportedAuthMethods", methods, ok)
	return vs
}

func FuzzNotifyData(f *testing.F) {
	f.Add(uint16(COOKIE), []byte{1, 2})
	f.Add(uint16(INVALID_KE_PAYLOAD), []byte{0, 19})
	f.Add(uint16(SIGNATURE_HASH_ALGORITHMS), []byte{0, 2, 0, 5})
	f.Add(uint16(REDIRECT), unhex(f, "0104c00002010a0b"))
	f.Add(uint16(REDIRECTED_FROM), unhex(f, "030667772e746573"))
	f.Add(uint16(SUPPORTED_AUTH_METHODS), unhex(f, "0202 030e01 060e00300100"))
	f.Add(uint16(PUZZLE), []byte{0, 5, 20})
	f.Fuzz(func(t *testing.T, notification uint16, data []byte) {
		answers := 0
		for _, v := range views(&Notify{Notification: NotifyType(notification), Data: data}) {
			if v.ok {
				answers++
			}
		}
		if answers > 1 {
			t.Fatalf("%d views answer", answers)
		}
	})
}
