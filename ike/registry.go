package ike

import (
	"cmp"
	"fmt"
	"slices"
)

//go:generate go run generate_registry.go

// The numbers of IANA's "Internet Key Exchange Version 2 (IKEv2) Parameters".
// Constants carry the identifier that IANA registered, or, where IANA has only
// a description, a name made of it. String returns that name, and for a number
// without one the type and the number, as in NotifyType(40961).
type (
	// PayloadType numbers the payloads (RFC 7296, Section 3.2).
	PayloadType uint8

	// ExchangeType numbers the exchanges (RFC 7296, Section 3.1).
	ExchangeType uint8

	// ProtocolID numbers the security protocols (RFC 7296, Section 3.3.1).
	ProtocolID uint8

	// TransformType numbers the kinds of transform (RFC 7296, Section 3.3.2;
	// RFC 9370, Section 2.2).
	TransformType uint8

	// EncryptionID is the Transform ID of type ENCR.
	EncryptionID uint16

	// PRFID is the Transform ID of type PRF.
	PRFID uint16

	// IntegrityID is the Transform ID of type INTEG. AUTH_NONE is IANA's NONE.
	IntegrityID uint16

	// KeyExchangeMethod is the Transform ID of the types KE and ADDKE1 to
	// ADDKE7, and the method number of a KE payload. KE_NONE is IANA's NONE.
	KeyExchangeMethod uint16

	// SequenceNumbersID is the Transform ID of type SN, called ESN before
	// RFC 9827. It is for AH and ESP only.
	SequenceNumbersID uint16

	// AttributeType numbers the transform attributes (RFC 7296, Section 3.3.5).
	AttributeType uint16

	// NotifyType numbers the notify messages (RFC 7296, Section 3.10.1).
	NotifyType uint16

	// AuthMethod numbers the ways to authenticate (RFC 7296, Section 3.8).
	AuthMethod uint8

	// HashAlgorithm numbers the hash algorithms of digital signatures
	// (RFC 7427, Section 4).
	HashAlgorithm uint16

	// IDType numbers the kinds of identity (RFC 7296, Section 3.5).
	IDType uint8

	// CertEncoding numbers the kinds of certificate (RFC 7296, Section 3.6).
	CertEncoding uint8

	// TrafficSelectorType numbers the kinds of traffic selector (RFC 7296,
	// Section 3.13.1).
	TrafficSelectorType uint8

	// ConfigType numbers the kinds of configuration payload (RFC 7296,
	// Section 3.15).
	ConfigType uint8

	// ConfigAttributeType numbers the configuration attributes (RFC 7296,
	// Section 3.15.1).
	ConfigAttributeType uint16

	// GatewayType numbers the identities of a gateway that a client is
	// redirected to (RFC 5685, Section 7.2).
	GatewayType uint8
)

func (t PayloadType) String() string       { return nameOf(payloadTypes, t, "PayloadType") }
func (t ExchangeType) String() string      { return nameOf(exchangeTypes, t, "ExchangeType") }
func (p ProtocolID) String() string        { return nameOf(protocolIDs, p, "ProtocolID") }
func (t TransformType) String() string     { return nameOf(transformTypes, t, "TransformType") }
func (e EncryptionID) String() string      { return nameOf(encryptionIDs, e, "EncryptionID") }
func (p PRFID) String() string             { return nameOf(prfIDs, p, "PRFID") }
func (i IntegrityID) String() string       { return nameOf(integrityIDs, i, "IntegrityID") }
func (m KeyExchangeMethod) String() string { return nameOf(keyExchangeMethods, m, "KeyExchangeMethod") }
func (s SequenceNumbersID) String() string { return nameOf(sequenceNumbersIDs, s, "SequenceNumbersID") }
func (t AttributeType) String() string     { return nameOf(attributeTypes, t, "AttributeType") }
func (t NotifyType) String() string        { return nameOf(notifyTypes, t, "NotifyType") }
func (m AuthMethod) String() string        { return nameOf(authMethods, m, "AuthMethod") }
func (h HashAlgorithm) String() string     { return nameOf(hashAlgorithms, h, "HashAlgorithm") }
func (t IDType) String() string            { return nameOf(idTypes, t, "IDType") }
func (e CertEncoding) String() string      { return nameOf(certEncodings, e, "CertEncoding") }
func (t TrafficSelectorType) String() string {
	return nameOf(trafficSelectorTypes, t, "TrafficSelectorType")
}
func (t ConfigType) String() string { return nameOf(configTypes, t, "ConfigType") }
func (t ConfigAttributeType) String() string {
	return nameOf(configAttributeTypes, t, "ConfigAttributeType")
}
func (t GatewayType) String() string { return nameOf(gatewayTypes, t, "GatewayType") }

// IsError reports whether t is in the range of errors, 0 to 16383. The rest
// are status types (RFC 7296, Section 3.10.1).
func (t NotifyType) IsError() bool { return t < 16384 }

// IsRegistered reports whether the type has a name.
func (t NotifyType) IsRegistered() bool { return rowOf(notifyTypes, t).name != "" }

// EncryptionIDs returns every registered encryption algorithm, ascending.
func EncryptionIDs() []EncryptionID { return numbersOf(encryptionIDs) }

// PRFIDs returns every registered pseudorandom function, ascending.
func PRFIDs() []PRFID { return numbersOf(prfIDs) }

// IntegrityIDs returns every registered integrity algorithm, ascending, with
// AUTH_NONE.
func IntegrityIDs() []IntegrityID { return numbersOf(integrityIDs) }

// KeyExchangeMethods returns every registered key exchange method, ascending,
// with KE_NONE.
func KeyExchangeMethods() []KeyExchangeMethod { return numbersOf(keyExchangeMethods) }

// AEAD reports whether e protects integrity itself, so that a proposal with it
// holds no INTEG transform or only AUTH_NONE (RFC 7296, Section 3.3). The
// ciphers that only authenticate, as ENCR_NULL_AUTH_AES_GMAC, count.
func (e EncryptionID) AEAD() bool { return rowOf(encryptionIDs, e).aead }

// KeyLengths returns the lengths in bits that the Key Length attribute of e
// may hold, ascending, or nil if e is sent without the attribute: its key is
// of one length, or e is not registered. Of RC5, CAST and Blowfish, which take
// every length of a range, these are the common ones (RFC 2451, Section 2.1).
func (e EncryptionID) KeyLengths() []int { return slices.Clone(rowOf(encryptionIDs, e).keyLengths) }

// IKEUse reports whether e is registered for the protection of an IKE SA.
func (e EncryptionID) IKEUse() bool { return rowOf(encryptionIDs, e).ike }

// IKEUse reports whether p is registered, as each PRF is for an IKE SA.
func (p PRFID) IKEUse() bool { return rowOf(prfIDs, p).ike }

// IKEUse reports whether i is registered for the protection of an IKE SA. For
// AUTH_NONE it is true: a proposal of AEAD ciphers may hold it.
func (i IntegrityID) IKEUse() bool { return rowOf(integrityIDs, i).ike }

// IKEUse reports whether m is registered as the key exchange of an IKE SA. For
// KE_NONE it is false: only an additional key exchange may be none.
func (m KeyExchangeMethod) IKEUse() bool { return rowOf(keyExchangeMethods, m).ike }

// A registration is one row of a registry. Tables of them ascend by number.
type registration[T number] struct {
	number     T
	name       string
	ike        bool  // an IKE SA may use the transform
	aead       bool  // encryption only
	keyLengths []int // encryption only, in bits
}

type number interface{ ~uint8 | ~uint16 }

// rowOf returns the row of n, or the zero value if the table has none.
func rowOf[T number](table []registration[T], n T) registration[T] {
	i, ok := slices.BinarySearchFunc(table, n, func(r registration[T], n T) int {
		return cmp.Compare(r.number, n)
	})
	if !ok {
		return registration[T]{}
	}
	return table[i]
}

func nameOf[T number](table []registration[T], n T, typeName string) string {
	if name := rowOf(table, n).name; name != "" {
		return name
	}
	return fmt.Sprintf("%s(%d)", typeName, uint16(n))
}

func numbersOf[T number](table []registration[T]) []T {
	ns := make([]T, len(table))
	for i, r := range table {
		ns[i] = r.number
	}
	return ns
}
