package client

import (
	"maps"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
)

// childOfConn returns what a conn of strongSwan's ipsec.conf offers for Child SAs: esp=,
// and behind it the default proposals unless it ends in ! (stroke_config.c,
// add_proposals). It is nil where that is not known, and for AH.
func childOfConn(get func(key string) (ipsecSetting, bool)) *Child {
	if _, ah := get("ah"); ah {
		return nil
	}
	esp, ok := get("esp")
	if !ok {
		return strongSwanChild("default")
	}
	list, strict := strings.CutSuffix(esp.value, "!")
	if !strict {
		list += ",default"
	}
	return strongSwanChild(list)
}

// libreswanChildKeys are the settings that decide what is offered for Child SAs; phase2alg
// is esp of old.
var libreswanChildKeys = []string{"esp", "phase2alg", "phase2", "ah", "pfs", "esn"}

// child returns what a conn of libreswan offers for Child SAs, beside what it offers for
// an IKE SA; nil where that is not known, and for AH.
func (c *libreswanConn) child(offer []proposals.Product) *Child {
	esp, hasESP := c.get("esp")
	old, hasOld := c.get("phase2alg")
	if hasOld {
		esp = old
	}
	_, ah := c.get("ah")
	phase2, set := c.get("phase2")
	if c.childUnknown || ah || set && !strings.EqualFold(phase2.value, "esp") || hasESP && hasOld {
		return nil
	}
	out := &Child{}
	switch esn, ok := c.get("esn"); {
	case ok && isYes(esn.value):
		out.Extended = true
	case ok && isNo(esn.value):
		out.Short = true
	case ok && strings.EqualFold(esn.value, "either"), !ok && c.release == 5:
		out.Short, out.Extended = true, true
	case ok:
		return nil
	}
	pfs := true
	if setting, ok := c.get("pfs"); ok {
		if pfs = isYes(setting.value); !pfs && !isNo(setting.value) {
			return nil
		}
	}
	list := esp.value
	if !hasESP && !hasOld {
		list = "aes_gcm_16_256,aes_gcm_16_128,chacha20_poly1305,aes_cbc_256,aes_cbc_128" // esp_info.c at v5.0 to v5.4
		if c.release == 4 {
			list = "aes_gcm_16_256,aes_gcm_16_128,aes_cbc_256,aes_cbc_128" // at v4.0 and v4.15
		}
	}
	for text := range strings.SplitSeq(list, ",") {
		p, ok := parseLibreswanChild(text)
		if !ok || len(out.Offer) == maxProposals {
			return nil
		}
		if !hasESP && !hasOld && p.ENCR[0].Keyword() == "chacha20poly1305" {
			p.Optional = p.ENCR // not in FIPS mode, nor with 4.x
		}
		switch {
		case !pfs: // "ignoring ESP DH algorithm MODP2048 as PFS policy is disabled"
			p.KE, p.Plain = nil, true
		case len(p.KE) == 0 && !p.Plain:
			p.OfIKE = true
			for _, m := range proposals.KeyExchangeMethods(offer) {
				p.KE = append(p.KE, proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)})
			}
		}
		out.Offer = append(out.Offer, p)
	}
	return out
}

func isYes(value string) bool {
	return slices.Contains([]string{"yes", "y", "on", "true", "1"}, strings.ToLower(value))
}

func isNo(value string) bool {
	return slices.Contains([]string{"no", "n", "off", "false", "0"}, strings.ToLower(value))
}

// What libreswan has for ESP beside the algorithms for IKE.
var (
	libreswanChildCiphers = map[string]libreswanCipher{
		"aes_ccm_8": {"aes", "ccm8", false}, "aes_ccm_a": {"aes", "ccm8", false},
		"aes_ccm_12": {"aes", "ccm12", false}, "aes_ccm_b": {"aes", "ccm12", false},
		"aes_ccm": {"aes", "ccm16", false}, "aes_ccm_16": {"aes", "ccm16", false}, "aes_ccm_c": {"aes", "ccm16", false},
		"null": {before: "null", fixed: true},
	}
	libreswanChildIntegs = map[string]string{"aes_cmac": "aescmac", "aes_cmac_96": "aescmac"}
)

// parseLibreswanChild reads a proposal of esp=, ENCR-INTEG-KE with a + between
// alternatives, and the methods behind a semicolon, too. It reports false for what is not
// known or is rejected; TestLibreswanChildren has what libreswan 5.2 makes of proposals.
func parseLibreswanChild(text string) (p ChildProposal, ok bool) {
	positional, behind, semicolon := strings.Cut(strings.ToLower(text), ";")
	parts := strings.Split(positional, "-")
	// The length of a key may stand alone: aes-256.
	for i := len(parts) - 1; i > 0; i-- {
		length, more, _ := strings.Cut(parts[i], "+")
		if length == "128" || length == "192" || length == "256" {
			parts[i-1] += "_" + length
			if parts = slices.Delete(parts, i, i+1); more != "" {
				parts[i-1] += "+" + more
			}
		}
	}
	for word := range strings.SplitSeq(parts[0], "+") {
		ciphers, ok := libreswanChildCipher(word)
		if !ok {
			return p, false
		}
		p.add(ciphers...)
	}
	if len(p.ENCR) == 0 {
		return p, false
	}
	integ, ke := "", ""
	switch rest := parts[1:]; len(rest) {
	case 0:
	case 1:
		integ = rest[0]
	case 2:
		integ, ke = rest[0], rest[1]
	default:
		return p, false
	}
	if semicolon { // ke= is of 5.4
		if ke != "" || behind == "" {
			return p, false
		}
		ke = strings.TrimPrefix(behind, "ke=")
	}
	none := false
	if integ != "" {
		if none, ok = p.addNamed(integ, proposals.INTEG); !ok {
			return p, false
		}
	}
	if ke != "" {
		if p.Plain, ok = p.addNamed(ke, proposals.KE); !ok {
			return p, false
		}
	}
	classic, aead := p.kinds()
	switch {
	case classic && (aead || none), aead && len(p.INTEG) > 0:
		return p, false
	case classic && len(p.INTEG) == 0:
		p.INTEG = keywords("sha512", "sha256")
	}
	return p, true
}

// libreswanChildCipher returns the algorithms of a cipher's name.
func libreswanChildCipher(word string) ([]proposals.Algorithm, bool) {
	name, length := word, ""
	cipher, ok := libreswanChildCiphers[name]
	if !ok {
		name = strings.TrimRight(word, "0123456789")
		length = word[len(name):]
		cipher, ok = libreswanChildCiphers[strings.TrimSuffix(name, "_")]
	}
	switch {
	case !ok:
	case cipher.fixed && length == "":
		return keywords(cipher.before), true
	case !cipher.fixed && length == "":
		return keywords(cipher.before+"256"+cipher.after, cipher.before+"128"+cipher.after), true
	case !cipher.fixed && (length == "128" || length == "192" || length == "256"):
		return keywords(cipher.before + length + cipher.after), true
	default:
		return nil, false
	}
	list, problem := libreswanCipherOf(word, "")
	return list, problem == ""
}

// libreswanNames are the names of an axis of ESP, in strongSwan's keywords; "" is none.
func libreswanNames(axis proposals.Axis) map[string]string {
	if axis == proposals.KE {
		all := maps.Clone(libreswanKEs)
		all["none"], all["null"], all["dh0"] = "", "", ""
		return all
	}
	all := maps.Clone(libreswanIntegs)
	maps.Copy(all, libreswanChildIntegs)
	return all
}

// addNamed adds the algorithms of an axis by libreswan's names. It reports whether none is
// among them, and whether all are known.
func (p *ChildProposal) addNamed(words string, axis proposals.Axis) (none, ok bool) {
	names := libreswanNames(axis)
	for word := range strings.SplitSeq(words, "+") {
		name, known := names[word]
		switch {
		case !known:
			return false, false
		case name == "":
			none = true
		default:
			a := keyword(name)
			a.Axis = axis
			p.add(a)
		}
	}
	return none, true
}
