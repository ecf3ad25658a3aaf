package proposals

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/ike"
)

// Algorithm is one transform of an IKE SA: an algorithm and, where it takes
// one, the length of its key. Algorithms are comparable; two are equal when
// they are the same transform. ID 0 on INTEG and on the ADDKE axes is NONE.
type Algorithm struct {
	Axis    Axis
	ID      uint16 // Transform ID, from the registry of the axis
	KeyBits uint16 // Key Length attribute in bits; 0 means no such attribute
}

// IsNone reports whether a stands for no algorithm, which only INTEG and the
// ADDKE axes allow.
func (a Algorithm) IsNone() bool { return a.ID == 0 && a.Axis.optional() }

// AEAD reports whether a is a cipher that needs no integrity algorithm beside
// it (RFC 5282).
func (a Algorithm) AEAD() bool {
	return a.Axis == ENCR && ike.EncryptionID(a.ID).AEAD()
}

// Name returns the IANA name without the key length, such as
// "ENCR_AES_GCM_16" or "KE_ECP_384". An additional key exchange has the name
// of its method. Unknown ids print as ike prints them.
func (a Algorithm) Name() string {
	switch a.Axis {
	case ENCR:
		return ike.EncryptionID(a.ID).String()
	case PRF:
		return ike.PRFID(a.ID).String()
	case INTEG:
		return ike.IntegrityID(a.ID).String()
	}
	return ike.KeyExchangeMethod(a.ID).String()
}

// Label returns a short name for tables and pictures, where the axis is plain
// from the place: "AES_GCM_16 256", "SHA2_256", "X25519", "none". Unknown
// algorithms have their keyword for a label.
func (a Algorithm) Label() string {
	if a.IsNone() {
		return "none"
	}
	name := a.Name()
	if strings.Contains(name, "(") {
		return a.Keyword()
	}
	switch a.Axis {
	case ENCR:
		name = strings.TrimPrefix(name, "ENCR_")
	case PRF:
		name = strings.TrimPrefix(strings.TrimPrefix(name, "PRF_"), "HMAC_")
	case INTEG:
		name = strings.TrimPrefix(strings.TrimPrefix(name, "AUTH_"), "HMAC_")
	default:
		name = strings.TrimPrefix(name, "KE_")
		switch name {
		case "CURVE25519":
			name = "X25519"
		case "CURVE448":
			name = "X448"
		}
	}
	if a.KeyBits != 0 {
		name += fmt.Sprintf(" %d", a.KeyBits)
	}
	return name
}

// String returns the keyword, or "none" where there is none to write.
func (a Algorithm) String() string {
	if k := a.Keyword(); k != "" {
		return k
	}
	return "none"
}

// Transform returns a as it stands in a Proposal.
func (a Algorithm) Transform() ike.Transform {
	t := ike.Transform{Type: a.Axis.TransformType(), ID: a.ID}
	if a.KeyBits != 0 {
		t.Attributes = []ike.Attribute{ike.KeyLengthAttribute(int(a.KeyBits))}
	}
	return t
}
