package login

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report/incident"
)

// fixes returns what to do where a client fails or drops: on its side, where that is
// known, and at the gateway.
func (j *childJudge) fixes(d *Document, verdict ClientVerdict, p client.Policy) []incident.Fix {
	if verdict != ClientDrops && verdict != ClientFails {
		return nil
	}
	var out []incident.Fix
	switch p.Syntax {
	case client.SyntaxWindows, client.SyntaxRasphone:
		out = append(out, j.windowsFix(d)...)
	case client.SyntaxMobileconfig:
		out = append(out, j.appleFix()...)
	case client.SyntaxSwanctl:
		if with := j.strongest(); with != "" {
			out = append(out, incident.Fix{Where: "swanctl.conf of " + p.Name + ", in the section of the child", Line: "esp_proposals = " + with, Paste: true})
		}
	}
	if own := j.clientOffer(verdict); own != "" {
		out = append(out, incident.Fix{Where: "the gateway", Line: "accept " + own + " for Child SAs, too: at strongSwan, add it to esp_proposals"})
	}
	return out
}

// clientOffer is the first suite that the client offers at rekeying and that is no
// weak one: of those in common in IKE_AUTH if it drops.
func (j *childJudge) clientOffer(verdict ClientVerdict) string {
	for _, o := range j.offers(j.worlds()[0]) {
		if state, _ := j.takes(o.pair); verdict == ClientDrops && state != matrix.Accepted || isWeak(o.encr) || o.unknown {
			continue
		}
		if o.plain {
			return o.String()
		}
		for _, ke := range o.ke {
			return o.String() + "-" + ke.Keyword()
		}
	}
	return ""
}

func isWeak(encr proposals.Algorithm) bool {
	switch encr.Keyword() {
	case "des", "3des", "null":
		return true
	}
	return false
}

// strongest is the first suite of the gateway in the order of what was asked about.
func (j *childJudge) strongest() string {
	for _, m := range []*matrix.Matrix{j.esp.PFS, j.esp.Plain} {
		if m == nil || len(m.Products) == 0 {
			continue
		}
		suite, _ := m.Products[0].Product.First()
		return keywords(suite.Product(), m == j.esp.PFS)
	}
	return ""
}

// value is a suite of a product's settings: the words, and what they are.
type value struct{ word, keywords string }

var (
	windowsTransforms = []value{
		{"-CipherTransformConstants GCMAES256 -AuthenticationTransformConstants GCMAES256", "aes256gcm16"},
		{"-CipherTransformConstants GCMAES128 -AuthenticationTransformConstants GCMAES128", "aes128gcm16"},
		{"-CipherTransformConstants AES256 -AuthenticationTransformConstants SHA256128", "aes256-sha256"},
		{"-CipherTransformConstants AES128 -AuthenticationTransformConstants SHA256128", "aes128-sha256"},
		{"-CipherTransformConstants AES256 -AuthenticationTransformConstants SHA196", "aes256-sha1"},
		{"-CipherTransformConstants AES128 -AuthenticationTransformConstants SHA196", "aes128-sha1"},
	}
	windowsGroups = []value{{"ECP384", "ecp384"}, {"ECP256", "ecp256"}, {"PFS2048", "modp2048"}, {"PFS24", "modp2048s256"}, {"None", ""}}
	appleCiphers  = []value{
		{"EncryptionAlgorithm AES-256-GCM", "aes256gcm16"}, {"EncryptionAlgorithm AES-128-GCM", "aes128gcm16"},
		{"EncryptionAlgorithm AES-256 and IntegrityAlgorithm SHA2-512", "aes256-sha512"},
		{"EncryptionAlgorithm AES-256 and IntegrityAlgorithm SHA2-384", "aes256-sha384"},
		{"EncryptionAlgorithm AES-256 and IntegrityAlgorithm SHA2-256", "aes256-sha256"},
		{"EncryptionAlgorithm AES-128 and IntegrityAlgorithm SHA2-256", "aes128-sha256"},
	}
	appleGroups = []value{{"20", "ecp384"}, {"19", "ecp256"}, {"21", "ecp521"}, {"31", "x25519"}, {"15", "modp3072"}, {"16", "modp4096"}, {"14", "modp2048"}, {"", ""}}
)

// settable returns the first of a product's transforms with the first of its groups that
// the gateway takes together.
func (j *childJudge) settable(transforms, groups []value) (transform, group string, ok bool) {
	for _, t := range transforms {
		for _, g := range groups {
			var one pair
			for word := range strings.SplitSeq(t.keywords, "-") {
				a := algorithm(word)
				if a.Axis == proposals.INTEG {
					one.integ = a
				} else {
					one.encr = a
				}
			}
			if one.integ == (proposals.Algorithm{}) {
				one.integ = proposals.None(proposals.INTEG)
			}
			var ke *proposals.Algorithm
			if g.keywords != "" {
				a := algorithm(g.keywords)
				ke = &a
			}
			if j.state(one, ke) == matrix.Accepted {
				return t.word, g.word, true
			}
		}
	}
	return "", "", false
}

func algorithm(keyword string) proposals.Algorithm {
	a, err := proposals.ParseAlgorithm(keyword)
	if err != nil {
		panic("login: internal error: " + err.Error())
	}
	return a
}

// windowsFix gives Windows a policy of its own: for the IKE SA it has the suite of the
// login, where Windows has that.
func (j *childJudge) windowsFix(d *Document) []incident.Fix {
	transform, group, ok := j.settable(windowsTransforms, windowsGroups)
	if !ok {
		return nil
	}
	words := map[string]string{
		"aes128": "AES128", "aes256": "AES256", "aes128gcm16": "GCMAES128", "aes256gcm16": "GCMAES256",
		"prfsha1": "SHA1", "prfsha256": "SHA256", "prfsha384": "SHA384", "sha1": "SHA1", "sha256": "SHA256", "sha384": "SHA384",
		"modp1024": "Group2", "modp2048": "Group14", "modp2048s256": "Group24", "ecp256": "ECP256", "ecp384": "ECP384",
	}
	settings := transform + " -PfsGroup " + group
	suite, err := proposals.ParseSuite(d.Suite)
	encr, prf, integ, ke := words[suite[proposals.ENCR].Keyword()], words[suite[proposals.PRF].Keyword()], words[suite[proposals.INTEG].Keyword()], words[suite[proposals.KE].Keyword()]
	if suite[proposals.INTEG].IsNone() {
		integ = prf
	}
	if err != nil || encr == "" || ke == "" || prf == "" || integ != prf {
		return []incident.Fix{{Where: "Windows", Line: "set " + settings + " with Set-VpnConnectionIPsecConfiguration, beside what the IKE SA has"}}
	}
	return []incident.Fix{{
		Where: "PowerShell on the client; NAME is what Get-VpnConnection lists",
		Line: fmt.Sprintf("Set-VpnConnectionIPsecConfiguration -ConnectionName NAME -EncryptionMethod %s -IntegrityCheckMethod %s -DHGroup %s %s -PassThru -Force",
			encr, prf, ke, settings),
		Paste: true,
	}}
}

// appleFix is a profile's settings.
func (j *childJudge) appleFix() []incident.Fix {
	cipher, group, ok := j.settable(appleCiphers, appleGroups)
	if !ok {
		return nil
	}
	line := "set EnablePFS to 0, and in ChildSecurityAssociationParameters " + cipher
	if group != "" {
		line = "set EnablePFS to 1, and in ChildSecurityAssociationParameters " + cipher + " and DiffieHellmanGroup " + group
	}
	return []incident.Fix{{Where: "a configuration profile of the client", Line: line}}
}
