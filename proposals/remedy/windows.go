package remedy

import (
	"fmt"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
)

// The values of Set-VpnConnectionIPsecConfiguration. With a GCM method the hash
// is that of the PRF alone.
var powerShellWord = vocabulary(`
	des=DES 3des=DES3 aes128=AES128 aes192=AES192 aes256=AES256
	aes128gcm16=GCMAES128 aes256gcm16=GCMAES256
	md5=MD5 sha1=SHA1 sha256=SHA256 sha384=SHA384
	prfmd5=MD5 prfsha1=SHA1 prfsha256=SHA256 prfsha384=SHA384
	modp768=Group1 modp1024=Group2 modp2048=Group14 modp2048s256=Group24 ecp256=ECP256 ecp384=ECP384
`)

// powerShell gives a Windows connection a policy of its own, which is one suite
// for IKE and one for ESP, all six parameters at once.
var powerShell = syntax{
	name: client.SyntaxWindows, title: "Windows",
	client:      true,
	clientPlace: "PowerShell on the client; NAME is what Get-VpnConnection lists (add -AllUserConnection for a connection of all users)",
	word:        powerShellWord,
	oneHash:     true,
	lines: func(connection string, _ Side, s proposals.Suite, _ []proposals.Product) []string {
		auth, cipher := powerShellESP(s)
		return []string{powerShellLine(connection, s, cipher, auth, "None")}
	},
	notes: func(_ Side, s proposals.Suite) []string {
		_, cipher := powerShellESP(s)
		return []string{
			fmt.Sprintf("the last three values are for ESP, which a scan does not see: the gateway's ESP proposals must contain %[1]s (strongSwan: esp_proposals = %[1]s)", espKeywords[cipher]),
			"to go back: Set-VpnConnectionIPsecConfiguration with -RevertToDefault",
		}
	},
}

// powerShellLine sets a suite for IKE, and one for Child SAs.
func powerShellLine(connection string, s proposals.Suite, cipher, auth, group string) string {
	return fmt.Sprintf("Set-VpnConnectionIPsecConfiguration -ConnectionName %q"+
		" -EncryptionMethod %s -IntegrityCheckMethod %s -DHGroup %s"+
		" -CipherTransformConstants %s -AuthenticationTransformConstants %s -PfsGroup %s -PassThru -Force",
		connection, powerShellWord(s[proposals.ENCR]), powerShellWord(s[proposals.PRF]), powerShellWord(s[proposals.KE]), cipher, auth, group)
}

// powerShellESP chooses the ESP transforms beside an IKE suite: AES-GCM beside
// AES-GCM, else what nearly every gateway has.
func powerShellESP(s proposals.Suite) (auth, cipher string) {
	if s[proposals.ENCR].AEAD() {
		w := powerShellWord(s[proposals.ENCR])
		return w, w
	}
	return "SHA256128", "AES256"
}

var espKeywords = map[string]string{
	"GCMAES128": "aes128gcm16", "GCMAES256": "aes256gcm16", "AES256": "aes256-sha256",
}

// registry makes all connections of a Windows client offer AES-256 with
// MODP_2048, and nothing else; ESP stays as it is.
var registry = syntax{
	name: client.SyntaxWindows, title: "the registry of Windows",
	client:      true,
	clientPlace: "an elevated prompt on the client; applies to all of its connections without an IPsec configuration of their own",
	only: []proposals.Product{
		product("aes256-sha1-prfsha1-modp2048"),
		product("aes256-sha256-prfsha256-modp2048"),
		product("aes256-sha384-prfsha384-modp2048"),
	},
	lines: func(string, Side, proposals.Suite, []proposals.Product) []string {
		return []string{`reg.exe add HKLM\SYSTEM\CurrentControlSet\Services\RasMan\Parameters /v NegotiateDH2048_AES256 /t REG_DWORD /d 2 /f`}
	},
	notes: func(Side, proposals.Suite) []string {
		return []string{
			"the client then offers aes256 with sha1, sha256 and sha384 and modp2048, according to strongSwan's documentation (one source); the gateway chooses from those that it accepts",
			"restart the service RasMan, or Windows, for this to take effect; 1 instead of 2 also keeps the old suites",
		}
	},
}

func product(keywords string) proposals.Product {
	p, err := proposals.ParseProduct(keywords)
	if err != nil {
		panic("remedy: internal error: " + err.Error())
	}
	return p
}
