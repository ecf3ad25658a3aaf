package client

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/ikescope/ikescope/proposals/plaintext"
)

// TestWindowsForms: what says the same in other words is the same.
func TestWindowsForms(t *testing.T) {
	const suite = "aes256gcm16-prfsha256-ecp384"
	for name, text := range map[string]string{
		"abbreviated": "set-vpnconnectionipsecconfiguration -Conn A -auth GCMAES256 -cip GCMAES256 -enc GCMAES256 -integ SHA256 -dh ECP384 -pfs None -for -pass",
		"positions":   "Set-VpnConnectionIPsecConfiguration A GCMAES256 GCMAES256 ECP384 GCMAES256 SHA256 None",
		"mixed":       "Set-VpnConnectionIPsecConfiguration GCMAES256 -ConnectionName A GCMAES256 -DHGroup ECP384 GCMAES256 SHA256 None",
		"colons":      `Set-VpnConnectionIPsecConfiguration -ConnectionName:"A" -AuthenticationTransformConstants:GCMAES256 -CipherTransformConstants:GCMAES256 -EncryptionMethod:GCMAES256 -IntegrityCheckMethod:SHA256 -DHGroup:ECP384 -PfsGroup:None -Force:$true | Out-Null`,
		"block and comments": "<# about\nit #>\nif ($x) { # yes\n  Set-VpnConnectionIPsecConfiguration -ConnectionName 'A' -AuthenticationTransformConstants GCMAES256 `\r\n" +
			"   -CipherTransformConstants GCMAES256 -EncryptionMethod GCMAES256 `\r\n -IntegrityCheckMethod SHA256 -DHGroup ECP384 -PfsGroup None }\r\n",
		"variables": "$name='A'\n$cipher = \"GCMAES256\"\nSet-VpnConnectionIPsecConfiguration -ConnectionName $name -AuthenticationTransformConstants $Cipher" +
			" -CipherTransformConstants $cipher -EncryptionMethod $cipher -IntegrityCheckMethod SHA256 -DHGroup ECP384 -PfsGroup None",
		"for the Command Prompt": "echo off\r\npowershell.exe -NoProfile -command \"Set-VpnConnectionIPsecConfiguration -ConnectionName 'A'" +
			" -AuthenticationTransformConstants GCMAES256 -CipherTransformConstants GCMAES256 -EncryptionMethod GCMAES256" +
			" -IntegrityCheckMethod SHA256 -DHGroup ECP384 -PfsGroup None -PassThru -Force\"\r\n",
		"script with an attribute": "[CmdletBinding()]\nparam([string]$Server = 'b')\n" +
			"Set-VpnConnectionIPsecConfiguration A GCMAES256 GCMAES256 ECP384 GCMAES256 SHA256 None",
		"object":     `{"EncryptionMethod":"GCMAES256","IntegrityCheckMethod":"SHA256","DHGroup":"ECP384","ConnectionName":"A"}`,
		"connection": `{"name":"A","TunnelType":"Ikev2","IPsecCustomPolicy":{"EncryptionMethod":6,"IntegrityCheckMethod":2,"DHGroup":5}}`,
		"array of Windows PowerShell": `{"value":[{"Name":"A","TunnelType":"Ikev2","IPSecCustomPolicy":{"EncryptionMethod":6,` +
			`"IntegrityCheckMethod":2,"DHGroup":5}}],"Count":1}`,
		"list": "Name : A\nEncryptionMethod:GCMAES256\nIntegrityCheckMethod : SHA256\nDHGroup : ECP384\n",
	} {
		policies, err := Import("", []byte(text), "")
		if err != nil || len(policies) != 1 || policies[0].Name != "A" || offerText(policies[0]) != suite {
			t.Errorf("%s: %v, %v", name, policies, err)
		}
	}
}

// TestWindowsScript: later commands change what earlier ones made.
func TestWindowsScript(t *testing.T) {
	policies, err := Import("", []byte(`
Add-VpnConnection -Name "One" -ServerAddress vpn.example.com -TunnelType Ikev2 -AuthenticationMethod Eap, MachineCertificate -Force
Add-VpnConnection Two vpn.example.com
Add-VpnConnection -Name Three -ServerAddress vpn.example.com -TunnelType L2tp -L2tpPsk "a # b" -Force
Set-VpnConnectionIPsecConfiguration two SHA256128 AES128 Group14 AES128 SHA256 None
Set-VpnConnectionIPsecConfiguration -ConnectionName One -AuthenticationTransformConstants None -CipherTransformConstants AES256 -EncryptionMethod AES256 -IntegrityCheckMethod SHA1 -DHGroup Group24 -PfsGroup PFSMM
Set-VpnConnectionIPsecConfiguration -ConnectionName One -RevertToDefault -Force
Set-VpnConnection -Name "Two" -SplitTunneling $true
`), "")
	if err != nil || len(policies) != 2 {
		t.Fatal(policies, err)
	}
	got := []string{policies[0].Name, offerText(policies[0]), policies[1].Name, offerText(policies[1])}
	if want := []string{"One", "windows-11", "Two", "aes128-sha256-prfsha256-modp2048"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if notes := strings.Join(policies[0].Notes, " "); !strings.Contains(notes, "Three") {
		t.Errorf("the notes do not tell of the connection without IKEv2: %s", notes)
	}
	if notes := strings.Join(policies[1].Notes, " "); !strings.Contains(notes, "Automatic") {
		t.Errorf("the notes do not tell of other protocols: %s", notes)
	}
}

// TestWindowsRegistry: a script that sets NegotiateDH2048_AES256 changes what
// Windows offers by default, and only that.
func TestWindowsRegistry(t *testing.T) {
	const connections = "Add-VpnConnection -Name A -ServerAddress b -TunnelType Ikev2\n" +
		"Set-VpnConnectionIPsecConfiguration B SHA256128 AES128 Group14 AES128 SHA256 None\n"
	for line, want := range map[string]string{
		"New-ItemProperty -LiteralPath $path -Name 'NegotiateDH2048_AES256' -Value 2 -PropertyType DWord -Force": "windows-dh2048",
		"New-ItemProperty -Path \"HKLM:\\SYSTEM\\CurrentControlSet\\Services\\RasMan\\Parameters\" `\n" +
			" -Name \"NegotiateDH2048_AES256\" -PropertyType DWord -Value 1 -Force | Out-Null": "windows-dh2048-enabled",
		`reg add HKLM\SYSTEM\CurrentControlSet\Services\Rasman\Parameters /v NegotiateDH2048_AES256 /t REG_DWORD /d 0 /f`: "windows-11",
		`Get-ItemProperty $path NegotiateDH2048_AES256`:                                                                   "windows-11",
	} {
		policies, err := Import("", []byte(connections+line), "")
		if err != nil || len(policies) != 2 || offerText(policies[0]) != want ||
			offerText(policies[1]) != "aes128-sha256-prfsha256-modp2048" {
			t.Errorf("%s: %+v, %v", line, policies, err)
		}
	}
}

// TestWindowsServer: a server without a custom policy is not a client.
func TestWindowsServer(t *testing.T) {
	policies, err := Import("", []byte("Set-VpnServerConfiguration -Ikev2Ports 64 -PassThru"), "")
	if err != nil || len(policies) != 1 || offerText(policies[0]) != "windows-server" {
		t.Errorf("%+v, %v", policies, err)
	}
}

func TestWindowsErrors(t *testing.T) {
	set := func(parameters string) string {
		return "Set-VpnConnectionIPsecConfiguration -ConnectionName A `\n" + parameters
	}
	testImportErrors(t, SyntaxWindows, []struct{ in, want string }{
		// group that Windows lacks
		{set("-EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup Group19"),
			`line 2: "Group19" is not a value of DHGroup; did you mean Group1, Group14 or Group2?`},
		// no group
		{set("-EncryptionMethod AES256 -IntegrityCheckMethod SHA256 `\n -DHGroup None"),
			`line 3: "None" is not a value of DHGroup for an IKE SA, which always has a key exchange: write one of Group1, Group2, Group14, ECP256, ECP384, Group24`},
		// missing
		{set("-EncryptionMethod AES256 -DHGroup Group14"),
			`line 1: its custom policy has no IntegrityCheckMethod: give it one of MD5, SHA1, SHA256, SHA384`},
		// of a Child SA
		{set("-EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup Group14 -PfsGroup PFS14"),
			`line 2: "PFS14" is not a value of PfsGroup; did you mean PFS1, PFS24 or PFS2?`},
		// slip of Microsoft's own example
		{set(`-DHhGroup "Group2"`),
			`line 2: "DHhGroup" is not a parameter of Set-VpnConnectionIPsecConfiguration; did you mean DHGroup or PfsGroup?`},
		// ambiguous
		{set("-C A"),
			`line 2: "C" could be any of ConnectionName, CipherTransformConstants, CimSession, Confirm: write more of its name`},
		// twice
		{set("-DHGroup Group14 -PfsGroup None `\n -DHGroup Group2"), `line 3: "-DHGroup" is given twice, which PowerShell refuses`},
		// no value
		{set("-DHGroup"), `line 2: "-DHGroup" has no value`},
		// registry
		{"Add-VpnConnection A b Ikev2\nSet-ItemProperty $p NegotiateDH2048_AES256 -Value 3",
			`line 2: "3" is not a value of NegotiateDH2048_AES256: write 0, 1 or 2`},
		// splatted
		{set("@policy"),
			`line 2: "@policy" is a hashtable that the file does not set to @{...}: write its parameters in the line of Set-VpnConnectionIPsecConfiguration`},
		// variable from elsewhere
		{set("-EncryptionMethod $enc -IntegrityCheckMethod SHA256 -DHGroup Group14"),
			`line 2: "$enc" has no value in the file, and is the EncryptionMethod of Set-VpnConnectionIPsecConfiguration: write its value there`},
		// too much
		{set("SHA256128 AES128 Group14 AES128 SHA256 None more"),
			`line 2: a word (not shown, because it may be a secret) does not fit any parameter of Set-VpnConnectionIPsecConfiguration`},
		// shallow JSON
		{"{\"Name\": \"A\", \"TunnelType\": \"Ikev2\",\n\"IPSecCustomPolicy\": \"VpnConnectionIPsecConfiguration\"}",
			`line 2: "VpnConnectionIPsecConfiguration" is the name of the custom policy's type, not the policy: write it with ConvertTo-Json -Depth 5`},
		// number
		{"{\"EncryptionMethod\": 6, \"IntegrityCheckMethod\": 2,\n \"DHGroup\": 7}",
			`line 2: "7" is not the number of a value of DHGroup: write its name, one of None, Group1, Group2, Group14, ECP256, ECP384, Group24`},
		// tunnel
		{`{"Name": "A", "TunnelType": "Ikev"}`, `line 1: "Ikev" is not a value of TunnelType; did you mean Ikev2?`},
		// no JSON
		{"[\n{\"Name\": }]", "line 2: the text is not JSON: invalid character '}' looking for beginning of value"},
		// cut
		{"[\n{\"Name\":\n", "line 2: the text is cut off"},
		// two texts
		{`{"Name": "A", "TunnelType": "Ikev2"} {}`, "line 1: something follows the JSON text: put the connections into one array"},
		// deep
		{strings.Repeat("[", 100000), "line 1: values are nested more than 16 deep"},
		// no IKEv2
		{`{"Name": "A", "TunnelType": "Sstp"}`, "it has no IKEv2 connection (read as windows)"},
	})
}

// TestUTF16: a text is the same in each of the encodings that PowerShell
// writes.
func TestUTF16(t *testing.T) {
	const text = "EncryptionMethod : AES256\r\nIntegrityCheckMethod : SHA256\r\nDHGroup : ECP384\r\nName : Zürich 🙂\r\n"
	encode := func(order binary.AppendByteOrder) []byte {
		out := order.AppendUint16(nil, 0xfeff)
		for _, unit := range utf16.Encode([]rune(text)) {
			out = order.AppendUint16(out, unit)
		}
		return out
	}
	for name, data := range map[string][]byte{
		"UTF-8":     []byte(text),
		"UTF-8 BOM": []byte("\ufeff" + text),
		"UTF-16LE":  encode(binary.LittleEndian),
		"UTF-16BE":  encode(binary.BigEndian),
	} {
		if got := plaintext.Bytes(data); !bytes.Equal(got, []byte(text)) {
			t.Errorf("%s: %q", name, got)
		}
		policies, err := Import("", data, "")
		if err != nil || len(policies) != 1 || policies[0].Name != "Zürich 🙂" {
			t.Errorf("%s: %v, %v", name, policies, err)
		}
	}
}

func FuzzWindows(f *testing.F) { fuzzImport(f, SyntaxWindows) }
