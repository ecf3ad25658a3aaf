package client

import (
	"fmt"
	"strings"
	"testing"
)

// TestLogins: the family of what is imported, and what its configuration says of
// IKE_AUTH, as other settings of it would not.
func TestLogins(t *testing.T) {
	swanctl := func(settings string) string {
		return "connections { c { version = 2\nremote_addrs = vpn.example.com\n" + settings + " } }"
	}
	conf := func(settings ...string) string {
		return "conn c\n\tkeyexchange=ikev2\n\t" + strings.Join(settings, "\n\t") + "\n"
	}
	apple := func(keys string) string {
		return `<?xml version="1.0"?><plist version="1.0"><dict><key>PayloadContent</key><array><dict><key>PayloadType</key><string>com.apple.vpn.managed</string>` +
			`<key>VPNType</key><string>IKEv2</string><key>UserDefinedName</key><string>c</string><key>IKEv2</key><dict>` + keys + `</dict></dict></array></dict></plist>`
	}
	key := func(name, value string) string { return "<key>" + name + "</key><string>" + value + "</string>" }
	const extended = "<key>ExtendedAuthEnabled</key><integer>1</integer>"
	profile := func(auth string) string {
		return "<VPNProfile><ProfileName>c</ProfileName><NativeProfile><Servers>vpn.example.com</Servers><NativeProtocolType>IKEv2</NativeProtocolType><Authentication>" + auth + "</Authentication></NativeProfile></VPNProfile>"
	}
	for _, tt := range []struct {
		name   string
		syntax Syntax
		text   string
		want   string
	}{
		{"swanctl, defaults", SyntaxSwanctl, swanctl(""), "strongswan certificate   any"},
		{"swanctl, EAP", SyntaxSwanctl, swanctl("local { auth = eap-mschapv2 }\nremote { auth = pubkey\nid = gw.example.com }"), "strongswan eap eap-mschapv2 gw.example.com "},
		{"swanctl, any EAP", SyntaxSwanctl, swanctl("local-1 { auth = eap }\nremote { id = %any }"), "strongswan eap   any"},
		{"swanctl, a kind of key", SyntaxSwanctl, swanctl("local { auth = rsa-2048-sha256:ecdsa-256 }"), "strongswan certificate   any"},
		{"swanctl, a pre-shared key", SyntaxSwanctl, swanctl("local { auth = psk }\nremote { auth = psk }"), "strongswan psk   any"},
		{"swanctl, a gateway with one", SyntaxSwanctl, swanctl("local { auth = eap-tls }\nremote { auth = psk }"), "strongswan psk eap-tls  any"},
		{"swanctl, two rounds", SyntaxSwanctl, swanctl("local-1 { auth = pubkey }\nlocal-2 { auth = eap }"), "strongswan -"},
		{"swanctl, a template", SyntaxSwanctl, "t { local { auth = eap-tls } }\n" + strings.Replace(swanctl(""), "c {", "c : t {", 1), "strongswan eap eap-tls  any"},
		{"swanctl, a gateway", SyntaxSwanctl, "connections { c { version = 2\nlocal { auth = pubkey } } }", " certificate   any"},
		{"ipsec.conf, EAP", SyntaxIpsecConf, conf("right=vpn.example.com", "leftauth=eap-tls", "rightauth=pubkey"), "strongswan eap eap-tls vpn.example.com "},
		{"ipsec.conf, a secret", SyntaxIpsecConf, conf("right=vpn.example.com", "authby=secret"), "strongswan psk  vpn.example.com "},
		{"ipsec.conf, an identity", SyntaxIpsecConf, conf("right=192.0.2.1", "leftauth=pubkey", "rightid=@gw"), "strongswan certificate  @gw "},
		{"ipsec.conf, a gateway", SyntaxIpsecConf, conf("right=%any", "rightauth=eap-tls"), " certificate   any"},
		{"ipsec.conf, two rounds", SyntaxIpsecConf, conf("right=vpn.example.com", "leftauth=pubkey", "leftauth2=eap"), "strongswan -"},
		{"Apple, a password", SyntaxMobileconfig, apple(key("AuthenticationMethod", "None") + extended + key("RemoteIdentifier", "gw.example.com")), "apple eap eap-mschapv2 gw.example.com "},
		{"Apple, EAP-TLS", SyntaxMobileconfig, apple(key("AuthenticationMethod", "Certificate") + extended), "apple eap eap-tls  "},
		{"Apple, a certificate", SyntaxMobileconfig, apple(key("AuthenticationMethod", "Certificate")), "apple certificate   "},
		{"Apple, a pre-shared key", SyntaxMobileconfig, apple(key("AuthenticationMethod", "SharedSecret")), "apple psk   "},
		{"Apple, a boolean", SyntaxMobileconfig, apple(key("AuthenticationMethod", "None") + "<key>ExtendedAuthEnabled</key><true/>"), "apple    "},
		{"Apple, another name in the certificate", SyntaxMobileconfig, apple(key("RemoteIdentifier", "a.example.com") + key("ServerCertificateCommonName", "b.example.com")), "apple -"},
		{"Windows, EAP", SyntaxWindows, `{"Name":"c","TunnelType":"Ikev2","AuthenticationMethod":["Eap"],"EapConfigXmlStream":{"InnerXml":"<EapHostConfig><EapMethod><Type xmlns=\"x\">13</Type></EapMethod></EapHostConfig>"}}`, "windows eap eap-tls  "},
		{"Windows, another EAP", SyntaxWindows, `{"Name":"c","TunnelType":"Ikev2","AuthenticationMethod":["Eap"],"EapConfigXmlStream":"<EapMethod><Type>99</Type></EapMethod>"}`, "windows eap   "},
		{"Windows, MSCHAPv2", SyntaxWindows, `{"Name":"c","TunnelType":"Ikev2","AuthenticationMethod":"MSChapv2"}`, "windows eap eap-mschapv2  "},
		{"Windows, two methods", SyntaxWindows, `{"Name":"c","TunnelType":"Ikev2","AuthenticationMethod":["Eap","MachineCertificate"]}`, "windows -"},
		{"Windows, a list", SyntaxWindows, "Name : c\nTunnelType : Ikev2\nAuthenticationMethod : {MachineCertificate}\n", "windows certificate   "},
		{"Windows, commands", SyntaxWindows, "Add-VpnConnection -Name c -ServerAddress a -TunnelType Ikev2 -AuthenticationMethod Eap\nSet-VpnConnection -Name c -AuthenticationMethod MachineCertificate\n", "windows certificate   "},
		{"Windows, a command with two", SyntaxWindows, "Add-VpnConnection -Name c -ServerAddress a -TunnelType Ikev2 -AuthenticationMethod Eap, MachineCertificate\n", "windows -"},
		{"Windows, ProfileXML", SyntaxWindows, profile("<UserMethod>Eap</UserMethod><Eap><Configuration><EapHostConfig><EapMethod><Type>25</Type></EapMethod><Type>26</Type></EapHostConfig></Configuration></Eap>"), "windows eap eap-peap  "},
		{"Windows, ProfileXML of a device", SyntaxWindows, profile("<MachineMethod>Certificate</MachineMethod>"), "windows certificate   "},
		{"Windows, a server", SyntaxWindows, "Set-VpnServerConfiguration -CustomPolicy -EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup Group14\n", " -"},
		{"Windows, a phone book", SyntaxRasphone, "[c]\nVpnStrategy=7\nType=2\n", "windows -"},
		{"an identity without end", SyntaxSwanctl, swanctl("remote { id = " + strings.Repeat("a", 300) + " }"), "strongswan -"},
	} {
		policies, err := Import("", []byte(tt.text), tt.syntax)
		if err != nil || len(policies) != 1 {
			t.Errorf("%s: %d policies, %v", tt.name, len(policies), err)
			continue
		}
		p := policies[0]
		got := string(p.Family) + " -"
		if l := p.Login; l != nil {
			got = fmt.Sprintf("%s %s %s %s %s", p.Family, l.By, l.EAP, l.Gateway, map[bool]string{true: "any"}[l.AnyGateway])
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
