package client

import (
	"strings"
	"testing"
)

// TestWhoseIpsecConf: the forms are those of the files that strongSwan and
// libreswan install, of strongSwan's ipsec.conf.5 and its test scenarios
// (ikev2/net2net-psk, ikev2/rw-eap-mschapv2-id-rsa, ikev2/net2net-route), and of
// libreswan's ipsec.conf.5 and its pages on subnets and authentication.
func TestWhoseIpsecConf(t *testing.T) {
	const (
		strongSwanHead = "# ipsec.conf - strongSwan IPsec configuration file\n\n"
		libreswanHead  = "# /etc/ipsec.conf - Libreswan IPsec configuration file\n"
		plain          = "conn a\n\tleft=192.0.2.10\n\tright=203.0.113.20\n\tauto=add\n\tkeyexchange=ikev2\n"
	)
	for in, want := range map[string]Syntax{
		plain:                  ambiguous,
		strongSwanHead + plain: SyntaxIpsecConf,
		libreswanHead + plain:  SyntaxLibreswan,
		"# generated for strongswan by vpn.sh\nconfig setup\n" + plain:                SyntaxIpsecConf,
		"# moved from strongSwan to Libreswan\n" + plain:                              ambiguous,
		plain + "# then strongSwan reads it\n":                                        ambiguous,
		plain + "\tauthby=psk\n":                                                      SyntaxIpsecConf,
		plain + "\tauthby=xauthpsk\n":                                                 SyntaxIpsecConf,
		plain + "\tauthby=null\n":                                                     SyntaxLibreswan,
		plain + "\tauthby=rsa-sha2_256\n":                                             SyntaxLibreswan,
		plain + "\tauthby=rsasig,ecdsa\n":                                             SyntaxLibreswan,
		plain + "\tauthby=secret\n":                                                   ambiguous,
		plain + "\tleftauth=psk\n\trightauth=psk\n":                                   SyntaxIpsecConf,
		plain + "\trightauth=eap-mschapv2\n":                                          SyntaxIpsecConf,
		plain + "\tleftauth=rsasig\n":                                                 SyntaxLibreswan,
		plain + "\tmark=%unique\n":                                                    SyntaxIpsecConf,
		plain + "\tmark=5/0xffffffff\n":                                               ambiguous,
		plain + "\trightsubnet=10.1.0.0/16,10.2.0.0/16\n":                             SyntaxIpsecConf,
		libreswanHead + plain + "\trightsubnet=10.1.0.0/16,10.2.0.0/16\n":             SyntaxLibreswan,
		plain + "\trightsubnets={10.1.0.0/16 10.2.0.0/16}\n":                          SyntaxLibreswan,
		plain + "\trightsourceip=10.9.0.0/24\n":                                       SyntaxIpsecConf,
		plain + "\tleftsourceip=%config\n":                                            SyntaxIpsecConf,
		plain + "\tleftcert=moonCert.pem\n":                                           SyntaxIpsecConf,
		plain + "\tleftcert=vpn.example.com\n":                                        ambiguous,
		plain + "\tike=aes256-sha256-modp2048!\n":                                     SyntaxIpsecConf,
		plain + "\tike=aes256-sha2;modp2048\n":                                        SyntaxLibreswan,
		plain + "\tike=aes_gcm256-sha2\n":                                             SyntaxLibreswan,
		plain + "\tesp=aes256-sha1!\n":                                                SyntaxIpsecConf,
		plain + "\tauto=ondemand\n":                                                   SyntaxLibreswan,
		plain + "\tforceencaps=yes\n":                                                 SyntaxIpsecConf,
		plain + "\tforceencaps=yes\n\tikev2=insist\n":                                 SyntaxLibreswan,
		"config setup\n\tprotostack=netkey\n" + plain:                                 SyntaxLibreswan,
		"config setup\n\tcharondebug=\"ike 2\"\n" + plain:                             SyntaxIpsecConf,
		"config setup\n\tvirtual_private=%v4:10.0.0.0/8\n" + plain:                    ambiguous,
		"config setup\n\tvirtual-private=%v4:10.0.0.0/8\n" + plain:                    SyntaxLibreswan,
		plain + "\tleftfirewall=yes\n":                                                SyntaxIpsecConf,
		plain + "\tnat_keepalive=no\n":                                                SyntaxLibreswan,
		plain + "\tauto=route\n":                                                      ambiguous,
		"ca strongswan\n\tcacert=strongswanCert.pem\n\tauto=add\n" + plain:            SyntaxIpsecConf,
		strongSwanHead + plain + "\tikev2=insist\n":                                   SyntaxLibreswan, // which strongSwan does not load
		libreswanHead + plain + "\tauthby=psk\n\tikev2=insist\n":                      SyntaxLibreswan, // the header decides
		"# the header\n" + plain + "\tleftid=\"C=CH, O=strongSwan, CN=vpn\" # mine\n": ambiguous,
	} {
		if got := ipsecConfDaemon([]byte(in)); got != want {
			t.Errorf("%s\nis of %q, want %q", in, got, want)
		}
	}
}

// TestIpsecTemplates: what others inherit from and no auto= loads is not a
// connection. The forms are those of libreswan's "VPN server for remote clients
// using IKEv2" and of strongSwan's scenarios, which have %default instead.
func TestIpsecTemplates(t *testing.T) {
	const ike = "\tikev2=insist\n\tike=aes256-sha2;modp2048\n"
	for in, want := range map[string]string{
		"conn base\n\tleft=%defaultroute\n\tright=%any\n" + ike + "conn phones\n\talso=base\n\tauto=add\n":                     "phones",
		"conn base\n\tleft=%defaultroute\n\tauto=ignore\n" + ike + "conn one\n\talso=base\n\tauto=add\n\tright=192.0.2.1\n":    "one",
		"conn one\n\tauto=start\n\talso=base\nconn two\n\tauto=start\n\talso=base\nconn base\n\tright=192.0.2.1\n" + ike:       "one two",
		"conn base\n\tright=192.0.2.1\n\tauto=add\n" + ike + "conn two\n\talso=base\n\tleftsubnet=10.0.0.0/8\n":                "base two",
		"conn base\n\tright=192.0.2.1\n" + ike + "conn two\n\talso=base\n\tleftsubnet=10.0.0.0/8\n":                            "base two", // all are loaded by hand
		"conn %default\n\tauto=add\nconn base\n\tright=192.0.2.1\n" + ike + "conn two\n\talso=base\n\tleftsubnet=10.0.0.0/8\n": "base two",
		"conn grand\n" + ike + "conn base\n\talso=grand\n\tright=192.0.2.1\nconn two\n\talso=base\n\tauto=add\n":               "two",
	} {
		policies, err := Import("ipsec.conf", []byte(in), SyntaxLibreswan)
		var names []string
		for _, p := range policies {
			names = append(names, p.Name)
		}
		if err != nil || strings.Join(names, " ") != want {
			t.Errorf("%s\nhas %q, %v, want %s", in, names, err, want)
		}
	}
}

// TestIpsecRight: a conn for any peer initiates nothing.
func TestIpsecRight(t *testing.T) {
	for syntax, ike := range map[Syntax]string{SyntaxIpsecConf: "aes256-sha256-modp2048!", SyntaxLibreswan: "aes256-sha2;modp2048"} {
		for right, want := range map[string]string{
			"%any":          "Its right is %any, so it does not initiate by itself.",
			"192.0.2.1":     "Its gateway is 192.0.2.1, if right is the remote end.",
			"%defaultroute": "",
		} {
			policies, err := Import("", []byte("conn a\n\tkeyexchange=ikev2\n\tright="+right+"\n\tike="+ike+"\n"), syntax)
			if err != nil || strings.Contains(strings.Join(policies[0].Notes, " "), "right") != (want != "") || !strings.Contains(strings.Join(policies[0].Notes, " "), want) {
				t.Errorf("%s %s: %s", syntax, right, told(policies, err))
			}
		}
	}
}
