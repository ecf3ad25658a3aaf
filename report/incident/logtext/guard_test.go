package logtext

import (
	"strings"
	"testing"
)

// What may be a secret in a message that no table knows is not shown, however the message
// has it; what says that something is wrong with one is.
func TestGuarded(t *testing.T) {
	const secret = "Zq7xWv9kLm"
	for _, line := range []string{
		"wrong password Zq7xWv9kLm for user alice", "psk 'Zq7xWv9kLm' differs", "the secret is Zq7xWv9kLm", "shared secret <Zq7xWv9kLm>", "shared key [Zq7xWv9kLm] is wrong",
		"crypto isakmp key Zq7xWv9kLm address 192.0.2.1", "set psksecret ENC Zq7xWv9kLm", "New-NpsRadiusClient -SharedSecret Zq7xWv9kLm", "tacacs key 7 Zq7xWv9kLm", "pre-shared-key ascii-text Zq7xWv9kLm",
		"cannot parse pin=Zq7xWv9kLm", "one-time code: Zq7xWv9kLm", "Authorization: Bearer Zq7xWv9kLm", "cannot open https://alice:Zq7xWv9kLm@vpn.example.com", "curl -u alice:Zq7xWv9kLm failed",
		`cannot parse {"key": "Zq7xWv9kLm"}`, "<Data Name='Password'>Zq7xWv9kLm</Data>", "unexpected SK_ei => 16 bytes Zq7xWv9kLm", "MSK: Zq7xWv9kLm", "unexpected enc 'cbc(aes)' 0xZq7xWv9kLm",
		`cannot parse alice : EAP "Zq7xWv9kLm"`, ": RSA gw.pem Zq7xWv9kLm", "mot de passe : Zq7xWv9kLm", "пароль: Zq7xWv9kLm", "密码：Zq7xWv9kLm", "ｐａｓｓｗｏｒｄ＝Zq7xWv9kLm",
		"pass\u200dword: Zq7xWv9kLm", "pass\u00adword Zq7xWv9kLm", "pass\aword Zq7xWv9kLm", "password for alice in the realm of example.com at a gateway far away: Zq7xWv9kLm",
		"0: 63 61 6E 6E 6F 74 20 5A  cannot Zq7xWv9kLm", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCZq7xWv9kLm cannot", "login of alice/Zq7xWv9kLm denied",
	} {
		if got := Guarded(line); strings.Contains(got, secret) || !strings.HasSuffix(got, "(not shown)") {
			t.Errorf("%q is shown as %q", line, got)
		}
	}
	for _, line := range []string{
		"the pre-shared keys of the peer do not match", "wrong user name or password", "private key not found", "key exchange failed: unsupported", "unable to verify the certificate of vpn.example.com",
		"rekeying failed", "EAP authentication failed for alice", "the tunnel to 192.0.2.1 is dropped",
	} {
		if got := Guarded(line); got != line {
			t.Errorf("%q is shown as %q", line, got)
		}
	}
}
