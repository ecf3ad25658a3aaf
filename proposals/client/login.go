package client

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/client/plist"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// Login is what the configuration of a client says of its IKE_AUTH.
type Login struct {
	// By is how the client authenticates; "" if that is not known.
	By LoginBy
	// EAP is the one method of EAP that it has, as strongSwan writes it; "" if it has
	// several, or it is not known.
	EAP string
	// Gateway is the identity that it demands of the gateway, which it sends in IDr; ""
	// for the name that it dials, unless AnyGateway says that it demands none.
	Gateway    string
	AnyGateway bool
}

// maxIdentity bounds an identity in octets.
const maxIdentity = 255

// LoginBy is a way to authenticate in IKE_AUTH.
type LoginBy string

// The ways.
const (
	LoginEAP         LoginBy = "eap"
	LoginCertificate LoginBy = "certificate" // without EAP
	LoginPSK         LoginBy = "psk"
)

// families are those of the clients that a syntax configures.
var families = map[Syntax]Family{
	SyntaxWindows: FamilyWindows, SyntaxRasphone: FamilyWindows, SyntaxMobileconfig: FamilyApple,
	SyntaxSwanctl: FamilyStrongSwan, SyntaxIpsecConf: FamilyStrongSwan,
}

// setFamily fills in the family of a policy of a file, unless it is that of a gateway.
func (p *Policy) setFamily() {
	if p.Responder || p.passive {
		p.Family = ""
	} else if f := families[p.Syntax]; f != "" {
		p.Family = f
	}
}

// strongSwanLogin is what strongSwan's settings auth of the own side, auth of the
// gateway and id of the gateway say. A gateway with a pre-shared key counts as LoginPSK,
// whatever the client authenticates by.
func strongSwanLogin(own, gateway, id string) *Login {
	l := &Login{Gateway: id}
	switch own, _, _ := strings.Cut(own, ":"); {
	case own == "psk" || own == "secret":
		l.By = LoginPSK
	case own == "eap":
		l.By = LoginEAP
	case strings.HasPrefix(own, "eap-"):
		l.By, l.EAP = LoginEAP, own
	case isPublicKey(own):
		l.By = LoginCertificate
	}
	if gateway == "psk" || gateway == "secret" {
		l.By = LoginPSK
	}
	if strings.HasPrefix(id, "%any") || id == "" || strings.ContainsAny(id, "*?") {
		l.Gateway, l.AnyGateway = "", true
	}
	return l
}

// isPublicKey reports whether auth is by a key pair: strongSwan writes pubkey, or a kind
// of key with the hashes and strengths that are allowed, such as rsa-2048-sha256.
func isPublicKey(auth string) bool {
	kind, _, _ := strings.Cut(auth, "-")
	return slices.Contains([]string{"pubkey", "rsa", "ecdsa", "ed25519", "ed448", "rsasig"}, kind)
}

// login returns what the sections local and remote of a connection say; nil where there
// are two rounds of authentication.
func (f *swanctlFile) login(connection string) *Login {
	side := func(begins string) (auth, id string, ok bool) {
		whole, err := f.sections("connections", connection)
		if err != nil {
			return "", "", false
		}
		var names []string
		for _, s := range whole {
			for _, c := range s.children {
				if (c.name == begins || strings.HasPrefix(c.name, begins+"-")) && !slices.Contains(names, c.name) {
					names = append(names, c.name)
				}
			}
		}
		if len(names) == 0 {
			return "pubkey", "", true
		}
		sections, err := f.sections("connections", connection, names[0])
		if err != nil || len(names) > 1 {
			return "", "", false
		}
		auth = "pubkey"
		for _, s := range slices.Backward(sections) {
			if v := s.values["auth"].value; v != "" {
				auth = v
			}
			if v := s.values["id"].value; v != "" {
				id = v
			}
		}
		return auth, id, true
	}
	own, _, ok := side("local")
	gateway, id, also := side("remote")
	if !ok || !also {
		return nil
	}
	return strongSwanLogin(own, gateway, id)
}

// loginOfConn returns what a conn of ipsec.conf says, whose right is the gateway.
func loginOfConn(get func(key string) (ipsecSetting, bool), right string) *Login {
	value := func(key, otherwise string) string {
		if s, ok := get(key); ok {
			return s.value
		}
		return otherwise
	}
	if value("leftauth2", "")+value("rightauth2", "") != "" {
		return nil
	}
	both := value("authby", "pubkey")
	return strongSwanLogin(value("leftauth", both), value("rightauth", both), value("rightid", right))
}

// appleLogin returns what the IKEv2 dictionary of a profile says: a user name and a
// password are EAP-MSCHAPv2, a certificate with ExtendedAuthEnabled is EAP-TLS.
func appleLogin(ikev2 *plist.Value) *Login {
	l := &Login{Gateway: ikev2.TextAt("RemoteIdentifier")}
	if name := ikev2.TextAt("ServerCertificateCommonName"); name != "" && name != l.Gateway {
		return nil // IDr is one, and the name in the certificate another
	}
	extended := ikev2.TextAt("ExtendedAuthEnabled") == "1"
	switch method := ikev2.TextAt("AuthenticationMethod"); {
	case method == "SharedSecret":
		l.By = LoginPSK
	case ikev2.Get("ExtendedAuthEnabled") != nil && ikev2.TextAt("ExtendedAuthEnabled") == "":
		// A boolean, which is not read.
	case method == "Certificate" && !extended:
		l.By = LoginCertificate
	case method == "Certificate":
		l.By, l.EAP = LoginEAP, "eap-tls"
	case method == "None" && extended:
		l.By, l.EAP = LoginEAP, "eap-mschapv2"
	}
	return l
}

// eapMethods are those of EAP that Windows has, by their numbers.
var eapMethods = map[string]string{"13": "eap-tls", "21": "eap-ttls", "25": "eap-peap", "26": "eap-mschapv2", "55": "eap-teap"}

// eapType is the type of the method in an EapHostConfig; the first is the outer one.
var eapType = lazyregexp.New(`(?i)<EapMethod>\s*<Type\b[^>]*>\s*(\d{1,3})\s*<`)

// windowsLogin returns what the methods of a connection of Windows say, by the words of
// Get-VpnConnection, and its EAP configuration.
func windowsLogin(methods []string, config string) *Login {
	if len(methods) != 1 {
		return nil
	}
	switch l := (&Login{}); strings.ToLower(methods[0]) {
	case "machinecertificate":
		l.By = LoginCertificate
		return l
	case "mschapv2":
		l.By, l.EAP = LoginEAP, "eap-mschapv2"
		return l
	case "eap":
		l.By = LoginEAP
		if m := eapType.FindStringSubmatch(config); m != nil {
			l.EAP = eapMethods[m[1]]
		}
		return l
	}
	return nil
}
