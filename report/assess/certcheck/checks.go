package certcheck

import "github.com/ikescope/ikescope/report"

// check reports whether a rule applies to a gateway, and what its sentence says of
// it. One that needs a certificate does not apply without.
type check func(*facts) (values, bool)

// checks are the rules of rules.csv by their ids.
var checks = map[string]check{
	"no-certificate":     noCertificate,
	"leaf-not-first":     ofLeaf(leafNotFirst),
	"chain-order":        ofLeaf(chainOrder),
	"stray-certificate":  ofLeaf(strayCertificate),
	"root-sent":          ofLeaf(rootSent),
	"chain-long":         ofLeaf(chainLong),
	"broken-signature":   ofLeaf(brokenSignature),
	"chain-unverifiable": ofLeaf(chainUnverifiable),
	"chain-constraint":   ofLeaf(chainConstraint),
	"issuer-unknown":     ofLeaf(issuerUnknown),
	"root-untrusted":     ofLeaf(rootUntrusted),
	"roots-unknown":      ofLeaf(rootsUnknown),
	"leaf-alone":         ofLeaf(leafAlone),
	"self-signed-leaf":   ofLeaf(selfSignedLeaf),
	"leaf-is-ca":         ofLeaf(leafIsCA),

	"expired":       ofLeaf(expired),
	"not-yet-valid": ofLeaf(notYetValid),
	"issuer-dates":  ofLeaf(issuerDates),
	"root-expired":  ofLeaf(rootExpired),
	"expires-soon":  ofLeaf(expiresSoon),
	"validity-long": ofLeaf(validityLong),

	report.RuleRevoked: ofLeaf(revoked),

	"eku-absent":             ofLeaf(ekuAbsent),
	"eku-no-serverauth":      ofLeaf(ekuNoServerAuth),
	"eku-other-purpose":      ofLeaf(ekuOtherPurpose),
	"eku-no-ikeintermediate": ofLeaf(ekuNoIKEIntermediate),
	"key-usage":              ofLeaf(keyUsage),

	"rsa-short":       ofLeaf(rsaShort),
	"rsa-tiny":        ofLeaf(rsaTiny),
	"weak-hash":       ofLeaf(weakHashes),
	"key-ecdsa":       ofLeaf(keyECDSA),
	"key-brainpool":   ofLeaf(keyBrainpool),
	"key-other-curve": ofLeaf(keyOtherCurve),
	"key-ed25519":     ofLeaf(keyEd25519),
	"key-ed448":       ofLeaf(keyEd448),
	"key-unknown":     ofLeaf(keyUnknown),

	"name-unknown":          ofLeaf(nameUnknown),
	"name-not-ascii":        ofLeaf(nameNotASCII),
	"name-missing":          ofLeaf(nameMissing),
	"name-cn-only":          ofLeaf(nameCNOnly),
	"name-case":             ofLeaf(nameCase),
	"name-trailing-dot":     ofLeaf(nameTrailingDot),
	"name-wildcard":         ofLeaf(nameWildcard),
	"wildcard-san":          ofLeaf(wildcardSAN),
	"no-san":                ofLeaf(noSAN),
	"odd-name":              ofLeaf(oddName),
	"address-not-dnsname":   ofLeaf(addressNotDNSName),
	"address-not-ipaddress": ofLeaf(addressNotIPAddress),
	"address-missing":       ofLeaf(addressMissing),

	"id-unknown":            ofLeaf(idUnknown),
	"id-undecided":          ofLeaf(idUndecided),
	"id-case":               ofLeaf(idCase),
	"id-key-id":             ofLeaf(idKeyID),
	"id-not-in-certificate": ofLeaf(idNotInCertificate),
	"host-name-refused":     hostNameRefused,
	"host-name-not-known":   ofLeaf(hostNameNotKnown),

	"no-signature-without-hashes":    noSignatureWithoutHashes,
	"hashes-not-known":               ofLeaf(hashesNotKnown),
	"no-certificate-without-certreq": noCertificateWithoutCertReq,
	"certreq-not-known":              ofLeaf(certReqNotKnown),

	"only-eap-only":  onlyEAPOnly,
	"only-by-name":   onlyByName,
	"hash-and-url":   hashAndURL,
	"shared-key-mac": sharedKeyMAC,

	"method-not-windows":         methodNot(report.FamilyWindows),
	"method-not-apple":           methodNot(report.FamilyApple),
	"method-not-android":         methodNot(report.FamilyAndroid),
	"method-not-strongswan":      methodNot(report.FamilyStrongSwan),
	"method-certificate-windows": methodCertificate(report.FamilyWindows),
	"method-certificate-apple":   methodCertificate(report.FamilyApple),
}

// ofLeaf is a check that needs a certificate.
func ofLeaf(c check) check {
	return func(f *facts) (values, bool) {
		if f.leaf() == nil {
			return nil, false
		}
		return c(f)
	}
}

// when is the answer of a check whose sentence has no places.
func when(applies bool) (values, bool) { return nil, applies }
