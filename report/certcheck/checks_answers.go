package certcheck

import "github.com/ikescope/ikescope/ike"

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
	return values{"id": idName(f.ID), "names": listed(altNames(f.leaf()))}, known && !is
}

func hostNameRefused(f *facts) (values, bool) {
	return values{"name": shown(f.Name)}, f.WithHostName == No && f.Name != ""
}

// hostNameNotAsked: a gateway that calls itself what users dial answers to it.
func hostNameNotAsked(f *facts) (values, bool) {
	if f.ID == nil || f.Name == "" {
		return nil, false
	}
	return values{"name": shown(f.Name), "id": idName(f.ID)}, f.WithHostName == NotAsked && !f.idIsName()
}

func noSignatureWithoutHashes(f *facts) (values, bool) { return when(f.WithoutHashes == No) }

func hashesNotAsked(f *facts) (values, bool) { return when(f.WithoutHashes == NotAsked) }

func noCertificateWithoutCertReq(f *facts) (values, bool) { return when(f.WithoutCertReq == No) }

func certReqNotAsked(f *facts) (values, bool) { return when(f.WithoutCertReq == NotAsked) }

func hashAndURL(f *facts) (values, bool) { return when(f.HashAndURL) }

func sharedKeyMAC(f *facts) (values, bool) { return when(f.SharedKeyMAC) }
