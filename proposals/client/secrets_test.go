package client

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"
)

// Secrets as people have them: a word, words with blanks, base64, and one with the
// marks that the syntaxes use.
var secrets = []string{"Zq7xWv9kLm", "Tr0ub4dor Qu1xote Vw8", "WHk4dlE5SnoyTGs9cQ==", "Kj5$Xw2#Rt9%Bn{Yp"}

// withSecrets are configurations of each syntax with a secret in each place that
// may have one: <SECRET1> to <SECRET4> stand for them.
var withSecrets = map[Syntax][]string{
	SyntaxSwanctl: {`connections {
  home {
    version = 2
    remote_addrs = vpn.example.com
    proposals = aes256-sha256-modp2048
    local {
      auth = eap-mschapv2
      eap_id = alice
    }
    children {
      home {
      }
    }
  }
}
secrets {
  ike-home {
    id = vpn.example.com
    secret = <SECRET1>
  }
  eap-alice {
    secret = "<SECRET2>"
    id = alice
  }
  private-key {
    file = key.pem
    secret = 0s<SECRET3>
  }
  ike-other { secret = <SECRET1> }
}
authorities { }
`},
	SyntaxIpsecConf: {`# ipsec.conf - strongSwan IPsec configuration file
conn home
	keyexchange=ikev2
	left=%defaultroute
	leftid="C=CH, CN=alice"
	right=vpn.example.com
	ike=aes256-sha256-modp2048!
	auto=add
include ipsec.secrets.inc
`, `conn home
	keyexchange=ikev2
	right=vpn.example.com
	ike=aes256-sha256-modp2048!
vpn.example.com : PSK "<SECRET2>"
: PSK <SECRET1>
alice : EAP "<SECRET1>"
: RSA key.pem "<SECRET2>"
`},
	SyntaxLibreswan: {`conn home
	ikev2=insist
	left=%defaultroute
	right=vpn.example.com
	ike=aes256-sha2;modp2048
	authby=secret
	auto=add
%any vpn.example.com : PSK "<SECRET2>"
@me @peer: PSK 0s<SECRET3>
`},
	SyntaxIked: {`home = "vpn.example.com"
ikev2 "home" active esp from any to any peer $home \
	ikesa enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 group modp2048 \
	srcid alice psk "<SECRET2>"
ikev2 "other" active esp from any to any peer 192.0.2.1 ikesa enc aes-256 auth hmac-sha2-256 group modp2048 psk <SECRET1>
user "alice" "<SECRET2>"
user bob <SECRET3>
key = "<SECRET1>"
ikev2 "third" from any to any psk $key
`},
	SyntaxMobileconfig: {`<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0">
<dict>
<key>PayloadContent</key>
<array>
<dict>
<key>PayloadType</key>
<string>com.apple.vpn.managed</string>
<key>UserDefinedName</key>
<string>Office</string>
<key>VPNType</key>
<string>IKEv2</string>
<key>IKEv2</key>
<dict>
<key>AuthenticationMethod</key>
<string>SharedSecret</string>
<key>SharedSecret</key>
<string><SECRET1></string>
<key>AuthPassword</key>
<string><SECRET2></string>
<key>PayloadCertificateFileName</key>
<data><SECRET3></data>
<key>RemoteAddress</key>
<string>vpn.example.com</string>
<key>IKESecurityAssociationParameters</key>
<dict>
<key>EncryptionAlgorithm</key>
<string>AES-256</string>
<key>IntegrityAlgorithm</key>
<string>SHA2-256</string>
<key>DiffieHellmanGroup</key>
<integer>14</integer>
</dict>
</dict>
</dict>
</array>
</dict>
</plist>
`},
	SyntaxPfSense: {`<pfsense>
<ipsec>
<phase1>
<ikeid>1</ikeid>
<iketype>ikev2</iketype>
<remote-gateway>vpn.example.com</remote-gateway>
<pre-shared-key><SECRET1></pre-shared-key>
<encryption>
<item>
<encryption-algorithm>
<name>aes</name>
<keylen>256</keylen>
</encryption-algorithm>
<hash-algorithm>sha256</hash-algorithm>
<dhgroup>14</dhgroup>
</item>
</encryption>
<descr><![CDATA[Office]]></descr>
</phase1>
<mobilekey><ident>alice</ident><pre-shared-key><SECRET2></pre-shared-key></mobilekey>
</ipsec>
</pfsense>
`},
	SyntaxOPNsense: {`<opnsense>
<OPNsense>
<IPsec>
<preSharedKeys><preSharedKey><ident>a</ident><Key><SECRET1></Key></preSharedKey></preSharedKeys>
</IPsec>
<Swanctl>
<Connections>
<Connection uuid="a">
<enabled>1</enabled>
<proposals>aes256-sha256-modp2048</proposals>
<version>2</version>
<description>Office</description>
</Connection>
</Connections>
</Swanctl>
</OPNsense>
<ipsec>
<phase1>
<iketype>ikev2</iketype>
<pre-shared-key><SECRET2></pre-shared-key>
<encryption-algorithm>
<name>aes</name>
<keylen>256</keylen>
</encryption-algorithm>
<hash-algorithm>sha256</hash-algorithm>
<dhgroup>14</dhgroup>
</phase1>
</ipsec>
</opnsense>
`},
	SyntaxWindows: {`$psk = "<SECRET2>"
$password = ConvertTo-SecureString '<SECRET1>' -AsPlainText -Force
Add-VpnConnection -Name "Office" -ServerAddress vpn.example.com -TunnelType Ikev2 -Force
Add-VpnConnection -Name "Old" -ServerAddress "vpn.example.org" -TunnelType L2tp -L2tpPsk "<SECRET2>" -AuthenticationMethod Pap -Force
Add-VpnConnection -Name Old2 -ServerAddress vpn.example.org -TunnelType "L2tp" -L2tpPsk <SECRET1> -Force
Add-VpnConnection Old3 vpn.example.org L2tp -L2tpPsk $psk -Force
Set-VpnConnectionIPsecConfiguration -ConnectionName "Office" -AuthenticationTransformConstants SHA256128 -CipherTransformConstants AES256 -EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup Group14 -PfsGroup None -Force
rasdial "Office" alice "<SECRET2>"
rasdial Office alice <SECRET1>
$p = @{
  Name = 'Old4'
  ServerAddress = 'vpn.example.org'
  TunnelType = 'L2tp'
  L2tpPsk = '<SECRET4>'
  Force = $true
}
Add-VpnConnection @p
`, `[
{
"Name": "Office",
"ServerAddress": "vpn.example.com",
"TunnelType": "Ikev2",
"L2tpPsk": "<SECRET2>",
"EapConfigXmlStream": "<SECRET1>",
"IPSecCustomPolicy": {
"EncryptionMethod": "AES256", "IntegrityCheckMethod": "SHA256", "DHGroup": "Group14"
}
}
]
`, `Name : Office
TunnelType : Ikev2
L2tpPsk : <SECRET1>
Note : <SECRET2>
EncryptionMethod : AES256
IntegrityCheckMethod : SHA256
DHGroup : Group14
`, `<VPNProfile>
<ProfileName>Office</ProfileName>
<NativeProfile>
<Servers>vpn.example.com</Servers>
<L2tpPsk><SECRET2></L2tpPsk>
<NativeProtocolType>IKEv2</NativeProtocolType>
<CryptographySuite>
<EncryptionMethod>AES256</EncryptionMethod>
<IntegrityCheckMethod>SHA256</IntegrityCheckMethod>
<DHGroup>Group14</DHGroup>
</CryptographySuite>
</NativeProfile>
</VPNProfile>
`},
	SyntaxRasphone: {`[Office]
Encoding=1
Type=2
VpnStrategy=7
PreSharedKey=<SECRET1>
CustomAuthData=<SECRET2>
NumCustomPolicy=1
CustomIPSecPolicies=020000000400000003000000050000000200000000000000
Device=WAN Miniport (IKEv2)
PhoneNumber=vpn.example.com
`},
	SyntaxCisco: {`hostname hub
username admin password 0 <SECRET1>
enable secret 5 <SECRET4>
crypto ikev2 proposal P
 encryption aes-cbc-256
 integrity sha256
 group 14
crypto ikev2 policy 10
 proposal P
crypto ikev2 keyring KEYS
 peer BRANCH
  address 198.51.100.7
  pre-shared-key local <SECRET1>
  pre-shared-key remote <SECRET2>
crypto ikev2 profile BRANCH
 match identity remote address 198.51.100.7 255.255.255.255
 authentication remote pre-share key <SECRET1>
 keyring local KEYS
crypto isakmp key <SECRET1> address 198.51.100.8
`, `crypto ikev2 policy 1
 encryption aes-256
 integrity sha256
 group 14
 prf sha256
tunnel-group 198.51.100.8 type ipsec-l2l
tunnel-group 198.51.100.8 ipsec-attributes
 ikev2 remote-authentication pre-shared-key <SECRET1>
 ikev2 local-authentication pre-shared-key <SECRET2>
username admin password <SECRET3> encrypted
`},
	SyntaxFortiGate: {`config vpn ipsec phase1-interface
    edit "office"
        set interface "wan1"
        set ike-version 2
        set proposal aes256-sha256
        set dhgrp 14
        set remote-gw 198.51.100.7
        set psksecret <SECRET1>
        set comments ""
    next
    edit "other"
        set ike-version 2
        set authusr alice
        set authpasswd ENC <SECRET3>
        set psksecret "<SECRET2>"
        set proposal aes128-sha256
        set dhgrp 14
        set psksecret <SECRET1>
    next
end
config user local
    edit "alice"
        set passwd <SECRET1>
    next
end
`},
	SyntaxMikroTik: {`/ip ipsec profile
add dh-group=modp2048 enc-algorithm=aes-256 hash-algorithm=sha256 name=office
/ip ipsec peer
add address=198.51.100.7/32 exchange-mode=ike2 name="office 1" profile=office secret=<SECRET1> \
    comment="a b"
add address=198.51.100.8/32 name=old secret="<SECRET2>" exchange-mode=main
/ip ipsec identity
add auth-method=pre-shared-key peer="office 1" secret="<SECRET2>"
add peer=old secret=<SECRET1>
add auth-method=eap eap-methods=eap-mschapv2 password="<SECRET2>" peer=office username=alice
/user add name=admin password=<SECRET3> group=full
`},
}

// planted returns the configuration with its secrets.
func planted(text string) string {
	for i, secret := range secrets {
		text = strings.ReplaceAll(text, fmt.Sprintf("<SECRET%d>", i+1), secret)
	}
	return text
}

// leaked returns a piece of a secret that a text shows, or "".
func leaked(text string) string {
	const piece = 5
	for _, secret := range secrets {
		for i := 0; i+piece <= len(secret); i++ {
			if strings.Contains(text, secret[i:i+piece]) {
				return secret[i : i+piece]
			}
		}
	}
	return ""
}

// damages calls try with a text damaged in each place in each way: cut off, a mark
// that was lost or doubled, lines joined or split, a line or a word that was lost
// or moved.
func damages(text string, try func(how, text string)) {
	for i := range len(text) {
		try("cut", text[:i])
		try("begun late", text[i:])
		switch c := text[i]; {
		case c == '\n':
			try("joined", text[:i]+text[i+1:])
			try("joined by a blank", text[:i]+" "+text[i+1:])
		case c == ' ' || c == '=' || c == ':':
			try("split", text[:i]+"\n"+text[i+1:])
			try("split after", text[:i+1]+"\n"+text[i+1:])
			fallthrough
		case strings.IndexByte("\"'{}[]()<>/$@&;,\\-", c) >= 0:
			try("lost mark", text[:i]+text[i+1:])
			try("mark for a blank", text[:i]+" "+text[i+1:])
			try("doubled mark", text[:i+1]+text[i:])
		}
	}
	lines := strings.SplitAfter(text, "\n")
	for i := range lines {
		before, after := strings.Join(lines[:i], ""), strings.Join(lines[i+1:], "")
		try("lost line", before+after)
		for j := range lines {
			if j < i {
				try("line to the front", strings.Join(lines[:j], "")+lines[i]+strings.Join(lines[j:i], "")+after)
			}
		}
		words := strings.SplitAfter(lines[i], " ")
		for j := range words {
			try("lost word", before+strings.Join(words[:j], "")+strings.Join(words[j+1:], "")+after)
		}
	}
}

// shown returns all that is shown of an import: the error, or what it has of each
// connection.
func shown(policies []Policy, err error) string {
	var b strings.Builder
	b.WriteString(told(policies, err))
	for _, p := range policies {
		fmt.Fprintf(&b, "%q %q %q", p.Aliases, p.Source, p.Confidence)
	}
	return b.String()
}

// TestNoSecretIsShown: neither an error nor an offer shows a piece of a secret of a
// file, wherever that is damaged, and no more do they what a terminal acts on.
func TestNoSecretIsShown(t *testing.T) {
	for _, f := range formats {
		texts := withSecrets[f.syntax]
		if len(texts) == 0 {
			t.Errorf("%s has no text with secrets", f.syntax)
		}
		for _, text := range texts {
			text = planted(text)
			if policies, err := Import("file", []byte(text), f.syntax); f.syntax != SyntaxIpsecConf && f.syntax != SyntaxLibreswan && (err != nil || len(policies) == 0) {
				t.Errorf("%s: the text without damage: %v", f.syntax, err)
			}
			tries, bad := 0, 0
			damages(text, func(how, damaged string) {
				if tries++; testing.Short() && tries%7 != 0 || bad > 5 {
					return
				}
				out := shown(Import("file", []byte(damaged), f.syntax))
				if piece := leaked(out); piece != "" {
					bad++
					t.Errorf("%s, %s: %q is shown in\n%s", f.syntax, how, piece, out)
				}
			})
		}
	}
}

// TestNoSecretOfIncludedFiles: an included file may be one of secrets.
func TestNoSecretOfIncludedFiles(t *testing.T) {
	file := planted("vpn.example.com : PSK \"<SECRET2>\"\n: PSK <SECRET1>\nsecrets {\n ike { secret = <SECRET1>\n } }\n<SECRET3>\n")
	for _, f := range formats {
		for _, text := range withSecrets[f.syntax] {
			beside := fstest.MapFS{"ipsec.secrets.inc": &fstest.MapFile{Data: []byte(file)}}
			out := shown(ImportBeside(beside, "file", []byte("include ipsec.secrets.inc\n"+planted(text)), f.syntax))
			if piece := leaked(out); piece != "" {
				t.Errorf("%s: %q is shown in\n%s", f.syntax, piece, out)
			}
		}
	}
}

// TestNoEscapesAreShown: errors show nothing that a terminal would act on.
func TestNoEscapesAreShown(t *testing.T) {
	for _, f := range formats {
		for _, text := range withSecrets[f.syntax] {
			text = planted(text)
			tries := 0
			for i := range len(text) {
				if tries++; testing.Short() && tries%7 != 0 {
					continue
				}
				for _, escape := range []string{"\x1b[2J", "\x07", "\u202e", "\x00", "\xff", "\r"} {
					_, err := Import("file", []byte(text[:i]+escape+text[i:]), f.syntax)
					if err != nil && strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x202e }) {
						t.Fatalf("%s: %q", f.syntax, err)
					}
				}
			}
		}
	}
}

// TestEncodings: each syntax is read in each encoding that editors and Windows
// write, with a byte order mark and without.
func TestEncodings(t *testing.T) {
	encode := func(order binary.AppendByteOrder, mark bool, text string) []byte {
		var out []byte
		if mark {
			out = order.AppendUint16(out, 0xfeff)
		}
		for _, unit := range utf16.Encode([]rune(text)) {
			out = order.AppendUint16(out, unit)
		}
		return out
	}
	for _, f := range formats {
		text := planted(withSecrets[f.syntax][0])
		if f.syntax == SyntaxLibreswan {
			text, _, _ = strings.Cut(text, "%any")
		}
		want := told(Import("file", []byte(text), ""))
		if strings.Contains(want, "syntax is none") {
			t.Errorf("%s: %s", f.syntax, want)
		}
		for name, data := range map[string][]byte{
			"UTF-8 with a mark":    []byte("\ufeff" + text),
			"UTF-16LE with a mark": encode(binary.LittleEndian, true, text),
			"UTF-16BE with a mark": encode(binary.BigEndian, true, text),
			"UTF-16LE":             encode(binary.LittleEndian, false, text),
			"UTF-16BE":             encode(binary.BigEndian, false, text),
			"CRLF":                 bytes.ReplaceAll([]byte(text), []byte("\n"), []byte("\r\n")),
		} {
			if got := told(Import("file", data, "")); got != want {
				t.Errorf("%s in %s\n got %s\nwant %s", f.syntax, name, got, want)
			}
		}
	}
}
