package certcheck

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
)

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

func noSignatureWithoutHashes(f *facts) (values, bool) { return when(f.WithoutHashes == No) }

func hashesNotKnown(f *facts) (values, bool) { return when(f.WithoutHashes == NotKnown) }

func noCertificateWithoutCertReq(f *facts) (values, bool) { return when(f.WithoutCertReq == No) }

func certReqNotKnown(f *facts) (values, bool) { return when(f.WithoutCertReq == NotKnown) }

func onlyEAPOnly(f *facts) (values, bool) { return when(f.OnlyEAPOnly) }

func onlyByName(f *facts) (values, bool) { return values{"name": shown(f.Name)}, f.OnlyByName }

func hashAndURL(f *facts) (values, bool) { return when(f.HashAndURL) }

func sharedKeyMAC(f *facts) (values, bool) { return when(f.SharedKeyMAC) }
