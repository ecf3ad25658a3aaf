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
	} {
		if got := WithoutSecrets(line); got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
}
