package certcheck

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
)

func revoked(f *facts) (values, bool) {
	return values{"subject": shown(f.Revoked)}, f.Revoked != ""
}

func idUnknown(f *facts) (values, bool) { return when(f.ID == nil) }

func idKeyID(f *facts) (values, bool) { return when(f.ID != nil && f.ID.IDType == ike.ID_KEY_ID) }

func idUndecided(f *facts) (values, bool) {
	if f.ID == nil || f.ID.IDType == ike.ID_KEY_ID {
		return nil, false
	}
	_, known := idInCertificate(f.ID, f.leaf())
	return values{"id": idName(f.ID)}, !known
}

func idNotInCertificate(f *facts) (values, bool) {
	if f.ID == nil {
		return nil, false
	}
	is, known := idInCertificate(f.ID, f.leaf())
	return values{"id": idName(f.ID), "names": listed(idNames(f.ID, f.leaf()))}, known && !is
}

// idCase: the certificate has the identity but for the case of letters.
func idCase(f *facts) (values, bool) {
	if f.ID == nil || f.ID.IDType != ike.ID_FQDN && f.ID.IDType != ike.ID_RFC822_ADDR {
		return nil, false
	}
	is, _ := idInCertificate(f.ID, f.leaf())
	same := slices.Contains(slices.Concat(f.leaf().DNSNames, f.leaf().EmailAddresses), string(f.ID.Data))
	return values{"id": idName(f.ID), "names": listed(idNames(f.ID, f.leaf()))}, is && !same
}

func hostNameRefused(f *facts) (values, bool) {
	return values{"name": shown(f.Name)}, f.WithHostName == No && f.Name != ""
}

// hostNameNotKnown: a gateway that calls itself what users dial answers to it.
func hostNameNotKnown(f *facts) (values, bool) {
	if f.ID == nil || f.Name == "" {
		return nil, false
	}
	return values{"name": shown(f.Name), "id": idName(f.ID)}, f.WithHostName == NotKnown && !f.idIsName()
}

func noSignatureWithoutHashes(f *facts) (values, bool) {
	return values{"why": f.whyUnsigned()}, f.WithoutHashes == No
}

// whyUnsigned says why a gateway may not sign without RFC 7427, by its key. An RSA key
// signs with SHA-1 then, and of the others those alone have a method that RFC 4754 has one
// for.
func (f *facts) whyUnsigned() string {
	switch {
	case f.leaf() == nil:
		return "its key has no older signature method, or its system forbids SHA-1 signatures"
	case f.leaf().Key.Algorithm == "RSA":
		return "its RSA key would have to sign with SHA-1, which its system or its settings may forbid"
	case slices.Contains(ofRFC4754, f.leaf().Key.Curve):
		return "RFC 4754 has a method for its key, " + shown(f.leaf().Key.String()) + ", and it does not use that"
	}
	return "its key, " + shown(f.leaf().Key.String()) + ", has no older signature method: such clients need RFC 7427, or the gateway needs another key"
}

// allowsSHA1 reports whether a system that allows SHA-1 may help: it does nothing for keys
// that are not of RSA.
func (f *facts) allowsSHA1() bool { return f.leaf() == nil || f.leaf().Key.Algorithm == "RSA" }

func hashesNotKnown(f *facts) (values, bool) { return when(f.WithoutHashes == NotKnown) }

func noCertificateWithoutCertReq(f *facts) (values, bool) { return when(f.WithoutCertReq == No) }

func certReqNotKnown(f *facts) (values, bool) { return when(f.WithoutCertReq == NotKnown) }

func onlyEAPOnly(f *facts) (values, bool) { return when(f.OnlyEAPOnly) }

func onlyByName(f *facts) (values, bool) { return values{"name": shown(f.Name)}, f.OnlyByName }

func hashAndURL(f *facts) (values, bool) { return when(f.HashAndURL) }

func sharedKeyMAC(f *facts) (values, bool) { return when(f.SharedKeyMAC) }
