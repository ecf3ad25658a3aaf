package spelling

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals"
)

func TestText(t *testing.T) {
	const (
		accepted = "KE_MODP_1024 is accepted; for example 3des-sha1-prfsha1-modp1024"
		fix      = "remove md5 from the gateway's IKE proposals; it accepts aes256gcm16 and ecp384 already (ikescope client show windows-dh2048-enabled)"
		must     = "not accepted: ENCR_AES_CBC with 128 bits, PRF_HMAC_SHA2_256 and KE_MODP_2048"
	)
	for _, test := range []struct {
		names    Names
		in, want string
	}{
		{"", accepted, "modp1024 (group 2) is accepted; for example 3des-sha1-prfsha1-modp1024"},
		{StrongSwan, fix, "remove md5 from the gateway's IKE proposals; it accepts aes256gcm16 and ecp384 (group 20) already (ikescope client show windows-dh2048-enabled)"},
		{StrongSwan, must, "not accepted: aes128, prfsha256 and modp2048 (group 14)"},
		{IANA, accepted, "KE_MODP_1024 (group 2) is accepted; for example ENCR_3DES/PRF_HMAC_SHA1/AUTH_HMAC_SHA1_96/KE_MODP_1024"},
		{IANA, "it accepts aes256gcm16", "it accepts ENCR_AES_GCM_16_256"},
		{IOS, accepted, "group 2 is accepted; for example 3des/sha1/group 2"},
		{FortiOS, "aes256gcm16-prfsha384-ecp384", "aes256gcm-prfsha384 dhgrp 20"},
		{FortiOS, "aes256-sha256-prfsha256-modp2048", "aes256-sha256 dhgrp 14"}, // as its settings have it
		{FortiOS, "aes256-sha1-prfsha256-modp2048-modp1536", "aes256-sha1-prfsha256 dhgrp 14 5"},
		{Libreswan, "aes256-sha256-prfsha256-ecp256", "aes256-sha2_256-dh19"},
		{Libreswan, "KE_ECP_256", "dh19"},
		{Windows, "set the client to aes256gcm16-prfsha384-ecp384", "set the client to GCMAES256-SHA384-ECP384"},
		{Windows, "x25519", "X25519 (group 31)"}, // Windows has no word for it
		{IOS, "x25519 and modp2048", "X25519 (group 31) and group 14"},
		{Windows, "with 3des, prfsha1, sha1 and modp1024", "with DES3, PRF SHA1, SHA1 and Group2"},
		{Windows, "no ENCR_AES_GCM_16 with 192 bits, and no PRF_AES128_XCBC", "no AES_GCM_16_192, and no PRF AES128_XCBC"},
		{FortiOS, "it takes aes256-sha1-ecp384 and aes256gcm16-esn", "it takes aes256-sha1 dhgrp 20 and aes256gcm-esn"}, // of ESP
		{Windows, "accept aes256gcm16 (strongSwan: esp_proposals = aes256gcm16)", "accept GCMAES256 (strongSwan: esp_proposals = aes256gcm16)"},
		{"", "it accepts ecp384, ecp256 and x25519", "it accepts ecp384 (group 20), ecp256 (19) and x25519 (31)"},
		{"", "It offers only AES_CBC_256; it offers only PRF SHA2_256 with MODP_2048.", "It offers only aes256; it offers only prfsha256 with modp2048 (group 14)."},
		{Libreswan, "NegotiateDH2048_AES256", "NegotiateDH2048_AES256"},
		{IANA, "high IKE-ENCR-3DES, high IKE-KE-MODP1024; SHA2-256", "high IKE-ENCR-3DES, high IKE-KE-MODP1024; SHA2-256"},
		{IANA, "it names modp2048.example.com, which", "it names modp2048.example.com, which"},
		{"", "it names modp2048.example.com:500 and vpn.ecp384.example.", "it names modp2048.example.com:500 and vpn.ecp384.example."},
		{IANA, "of sha256@example.com, aes256@modp2048, /path/aes256.pem, aes256/x25519.pem and https://aes256/modp2048", "of sha256@example.com, aes256@modp2048, /path/aes256.pem, aes256/x25519.pem and https://aes256/modp2048"},
		{IANA, "it accepts aes256gcm16, and modp2048. Not (ecp384).", "it accepts ENCR_AES_GCM_16_256, and KE_MODP_2048 (group 14). Not (KE_ECP_384 (20))."},
		{IANA, "3des-sha1-prfsha1-modp1024...", "ENCR_3DES/PRF_HMAC_SHA1/AUTH_HMAC_SHA1_96/KE_MODP_1024..."},
		{IOS, "aes and null, as in des, and none", "aes and null, as in des, and none"},
	} {
		if got := test.names.Text(test.in); got != test.want {
			t.Errorf("%s: %q\n got %q\nwant %q", test.names, test.in, got, test.want)
		}
	}
}

// TestNumbersAlone: a group whose name is a number is listed with what it is the number of.
func TestNumbersAlone(t *testing.T) {
	group2 := proposals.Algorithm{Axis: proposals.KE, ID: 2}
	for n, want := range map[Names]string{IOS: "group 2", FortiOS: "dhgrp 2", Windows: "Group2", "": "modp1024 (2)"} {
		if got := n.Listed(group2); got != want || n.IsNumber(group2) != (n == IOS || n == FortiOS) {
			t.Errorf("%s: %q, want %q", n, got, want)
		}
	}
}

// TestOneName: IANA's name is the same in a column, in a list and in a sentence.
func TestOneName(t *testing.T) {
	for _, axis := range []proposals.Axis{proposals.ENCR, proposals.PRF, proposals.INTEG} {
		for _, a := range proposals.IKEAlgorithms(axis) {
			if label, listed, inText := IANA.Label(a), IANA.Listed(a), IANA.InText(a); label != listed || listed != inText {
				t.Errorf("%q, %q and %q", label, listed, inText)
			}
		}
	}
}

// TestNumbers: whatever its name, a group is listed with its number.
func TestNumbers(t *testing.T) {
	for _, n := range append([]string{""}, All...) {
		for _, a := range proposals.IKEAlgorithms(proposals.KE) {
			listed := Names(n).Listed(a)
			id, ok := GroupNumber(a)
			if n := fmt.Sprint(id); ok && !strings.HasSuffix(listed, "("+n+")") && strings.TrimLeft(listed, " abcdefghijklmnopqrstuvwxyzG") != n {
				t.Errorf("group %d is listed as %q", id, listed)
			}
		}
	}
}
