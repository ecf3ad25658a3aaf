package logtext

import "testing"

func TestWithoutSecrets(t *testing.T) {
	for line, want := range map[string]string{
		`User-Password = "Zq7xWv9kLm"`:                         `User-Password (not shown)`,
		`05[CFG] loaded IKE secret for alice: "Tr0ub Qu1xote"`: `05[CFG] loaded IKE secret (not shown)`,
		`secret=Zq7xWv9kLm dir=in`:                             `secret (not shown)`,
		`set psksecret "Zq7xWv9kLm"`:                           `set psk (not shown)`,
		`pre-shared-key: a b c`:                                `pre-shared-key (not shown)`,
		`MS-CHAP2-Response=0x5a71 x`:                           `MS-CHAP2-Response (not shown)`,
		`PASSPHRASE "a`:                                        `PASSPHRASE (not shown)`,
		// What is told of secrets without one.
		"no shared key found for 'vpn.example.com' - '192.0.2.1'":      "no shared key found for 'vpn.example.com' - '192.0.2.1'",
		"14[IKE] received proposals unacceptable":                      "14[IKE] received proposals unacceptable",
		"the user name or password is incorrect.":                      "the user name or password is incorrect.",
		"authentication failed due to a mismatch of the shared secret": "authentication failed due to a mismatch of the shared secret",
		"secret:": "secret:",
		`003 "hq" #9: No matching PSK found for connection: hq`:                        `003 "hq" #9: No matching PSK found for connection: hq`,
		`#1: STATE_MAIN_I4: ISAKMP SA established {auth=PRESHARED_KEY cipher=aes_256}`: `#1: STATE_MAIN_I4: ISAKMP SA established {auth=PRESHARED_KEY cipher=aes_256}`,
		`002 loading secrets from "/etc/ipsec.secrets"`:                                `002 loading secrets from "/etc/ipsec.secrets"`,
		`003 "/etc/ipsec.d/hq.secrets" line 1: expected record boundary in key`:        `003 "/etc/ipsec.d/hq.secrets" line 1: expected record boundary in key`,
		`12[IKE] no shared key found for 'C=CH, CN=gw' - '192.0.2.1'`:                  `12[IKE] no shared key found for 'C=CH, CN=gw' - '192.0.2.1'`,
		`#1: authenticated peer using authby=secret and ID_DER_ASN1_DN 'C=CA, CN=gw'`:  `#1: authenticated peer using authby=secret and ID_DER_ASN1_DN 'C=CA, CN=gw'`,
		`#2: initiating Quick Mode PSK+ENCRYPT+UP {using isakmp#1 msgid:c8f8}`:         `#2: initiating Quick Mode PSK+ENCRYPT+UP {using isakmp#1 msgid:c8f8}`,
		`003 "/etc/ipsec.secrets" line 7: ERROR: unexpected end of record in PSK`:      `003 "/etc/ipsec.secrets" line 7: ERROR: unexpected end of record in PSK`,
		`05[CFG] loading secrets from '/etc/ipsec.secrets'`:                            `05[CFG] loading secrets from '/etc/ipsec.secrets'`,
		`05[CFG] opening '/etc/ipsec.secrets' failed: No such file or directory`:       `05[CFG] opening '/etc/ipsec.secrets' failed: No such file or directory`,
		// What follows such words is one nevertheless.
		`"/etc/ipsec.d/hq.secrets" line 1: : PSK "tulip"`:                          `"/etc/ipsec.d/hq.secrets" line 1: (not shown)`,
		`secret=/etc/hq.secrets`:                                                   `secret (not shown)`,
		`No matching PSK found for connection: hq, secret: tulip`:                  `No matching PSK found for connection: hq, secret (not shown)`,
		`auth=PRESHARED_KEY psk=tulip`:                                             `auth=PRESHARED_KEY psk (not shown)`,
		`003 "/etc/ipsec.secrets" line 1: ERROR: unrecognized key format: "tulip"`: `003 "/etc/ipsec.secrets" line 1: (not shown)`,
		`003 "/etc/ipsec.secrets" line 1: index "tulip!" illegal (non-DNS-name)`:   `003 "/etc/ipsec.secrets" line 1: (not shown)`,
		`003 "/etc/ipsec.secrets" line 1: tulip unterminated string`:               `003 "/etc/ipsec.secrets" line 1: (not shown)`,
		`/etc/ipsec.secrets:3: syntax error [tulip]`:                               `/etc/ipsec.secrets (not shown)`,
		`003 "ipsec.secrets" line 1: index "tulip!" illegal`:                       `003 "ipsec.secret (not shown)`,
		`loading secrets from "/etc/ipsec.secrets" tulip`:                          `loading secrets from "/etc/ipsec.secrets" (not shown)`,
		`12[IKE] shared key for 'a' - 'b': tulip`:                                  `12[IKE] shared key for 'a' - 'b' (not shown)`,
		`12[IKE] shared key for 'C=CH' - 'b' is = tulip`:                           `12[IKE] shared key for 'C=CH' - 'b' is  (not shown)`,
		`: PSK "/a.secretfoo"`:                                                     `: PSK (not shown)`,
		`: PSK "/a.secret"`:                                                        `: PSK (not shown)`,
		`: PSK "/a.secrets tulip"`:                                                 `: PSK (not shown)`,
		`: PSK 0x1234`:                                                             `: PSK (not shown)`,
		"\x000\x00 secret=/a/b.secrets":                                            "\x000\x00 secret (not shown)",
	} {
		if got := WithoutSecrets(line); got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
}

// The name of a connection that begins a message is no word for a secret, and
// what stands before and behind it may still be one.
func TestNamedSecrets(t *testing.T) {
	for in, want := range map[string]string{
		`"l2tp-psk"[2] 192.0.2.1 #4: malformed payload in packet`:          `"l2tp-psk"[2] 192.0.2.1 #4: malformed payload in packet`,
		`Nov  3 08:00:00 gw pluto[15]: "my-secret" #1: sending PSK: tulip`: `Nov  3 08:00:00 gw pluto[15]: "my-secret" #1: sending PSK (not shown)`,
		`psk: tulip "hq" #1: started`:                                      `psk (not shown)`,
		`password "tulip" #1: x`:                                           `password (not shown)`,
		`"hq" 192.0.2.1 #1: password=tulip`:                                `"hq" 192.0.2.1 #1: password (not shown)`,
	} {
		if got := WithoutSecrets(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
