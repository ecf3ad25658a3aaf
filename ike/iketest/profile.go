package iketest

import (
	"time"

	"github.com/ikescope/ikescope/ike"
)

// A Profile is how a gateway behaves, each behaviour by its own name. The zero
// Profile does what RFC 7296 says and sets no limits.
type Profile struct {
	// Which suite it selects.

	// Preference is whose order of proposals and transforms counts.
	Preference Preference
	// FollowKE chooses the method of the KE payload, where an own Proposal and
	// an offered one that meet have it.
	FollowKE bool
	// AEADInteg says beside which INTEG transforms it takes an AEAD cipher.
	AEADInteg AEADInteg
	// RefuseMixed refuses every Proposal that has AEAD and other ciphers and
	// INTEG transforms.
	RefuseMixed bool
	// RefuseNoneBeside refuses every Proposal that has AUTH_NONE beside other
	// INTEG transforms.
	RefuseNoneBeside bool
	// NoAdditionalKE knows no ADDKE transforms, so that it refuses every
	// Proposal with one, be it KE_NONE.
	NoAdditionalKE bool
	// LateIntermediate selects additional key exchanges of initiators, too,
	// that do not notify INTERMEDIATE_EXCHANGE_SUPPORTED, and refuses when it
	// has looked at the KE payload.
	LateIntermediate bool
	// UnknownAttribute is what a transform attribute but Key Length leads to.
	UnknownAttribute AttributeReaction
	// TransformsRead is how many transforms of a type it reads in a Proposal;
	// 0 is all.
	TransformsRead int

	// How it refuses.

	// Refusal is the notify for an offer with nothing acceptable; 0 stands
	// for NO_PROPOSAL_CHOSEN.
	Refusal ike.NotifyType
	// UnchosenKE answers a KE payload whose method is in the offer, but not
	// the one that was selected; ForeignKE one whose method is in no Proposal
	// of the offer. UnknownKE answers one whose method has no registered
	// number (0 is not one of these) before anything is selected; ByRFC leaves
	// it to ForeignKE.
	UnchosenKE, ForeignKE, UnknownKE KEReaction
	// WrongLengthKE answers public values of the wrong length for the
	// selected method, InvalidKE those that are no member of its group.
	WrongLengthKE, InvalidKE KEReaction
	// ErrorSPI puts a responder SPI into error answers, but those to requests
	// that it could not make sense of.
	ErrorSPI bool

	// What it does not answer at all.

	// DeafAboveKE drops requests whose KE payload has a higher method; 0
	// drops none.
	DeafAboveKE ike.KeyExchangeMethod
	// MaxDatagram drops longer datagrams, in octets of UDP payload; 0 is no
	// limit.
	MaxDatagram int

	// What stands in its accepted answers.

	// TransformOrder is the order in the chosen Proposal; nil keeps that of
	// the offer. Types that are not in it come last.
	TransformOrder []ike.TransformType
	NATDetection   NATDetection
	VendorIDs      [][]byte
	CertReq        *ike.CertReq
	// Notifies are sent in each accepted answer, but
	// IKEV2_FRAGMENTATION_SUPPORTED and SIGNATURE_HASH_ALGORITHMS only if
	// they stood in the request.
	Notifies []ike.Notify
	// RedirectTo sends initiators that support it elsewhere, to an address or
	// a host name (RFC 5685), before anything is selected.
	RedirectTo string

	// How it limits half-open SAs. The counts are those of one source address.

	// AlwaysCookie demands a COOKIE of everyone.
	AlwaysCookie bool
	// CookieFrom demands one where there are so many half-open SAs, and for
	// CookieLinger after; 0 never does.
	CookieFrom   int
	CookieLinger time.Duration
	// BlockFrom drops requests where there are so many; 0 never does. As in
	// strongSwan a COOKIE that is due is demanded first.
	BlockFrom int
	// HalfOpenFor is how long one lives; 0 stands for 30 s.
	HalfOpenFor time.Duration
}

// Preference is whose order decides between suites that both sides accept.
type Preference uint8

const (
	// PreferOwn takes the first own proposal that meets the offer, the first
	// one offered that it meets, and of these the first own transforms.
	PreferOwn Preference = iota
	// PreferInitiator takes the first one offered that is acceptable, and of
	// that the first transforms offered.
	PreferInitiator
	// PreferOwnBest takes the first own proposal that meets the offer, and of
	// those offered that it meets the one whose transforms have the least sum
	// of places in its lists.
	PreferOwnBest
)

// AEADInteg is a reading of RFC 5282, Section 8, by which an AEAD cipher goes
// with no INTEG transform, or with AUTH_NONE.
type AEADInteg uint8

const (
	AEADIntegByRFC   AEADInteg = iota // none, or AUTH_NONE among them
	AEADIntegIgnored                  // any
	AEADIntegAbsent                   // none at all
)

// AttributeReaction is what an unknown transform attribute leads to.
type AttributeReaction uint8

const (
	RefuseTransform AttributeReaction = iota // by RFC 7296, Section 3.3.6
	IgnoreAttribute
	RefuseMessage // with INVALID_SYNTAX
)

// KEReaction is the answer to a KE payload that cannot be used.
type KEReaction uint8

const (
	// ByRFC is INVALID_KE_PAYLOAD for a method that was not selected (RFC
	// 7296, Section 1.3) and INVALID_SYNTAX for a value that is no member
	// (RFC 6989, Section 2.5).
	ByRFC KEReaction = iota
	// AsRefusal answers as to an offer with nothing acceptable.
	AsRefusal
	// AsSyntax answers INVALID_SYNTAX.
	AsSyntax
	// AsAccepted accepts, with random octets of the right length in the KE
	// payload. Such an SA ends unused.
	AsAccepted
	// AsSilence does not answer.
	AsSilence
)

// NATDetection is when an accepted answer holds the NAT_DETECTION notifies.
type NATDetection uint8

const (
	NATDetectionIfAsked NATDetection = iota // where the request held both
	NATDetectionAlways
	NATDetectionNever
)

// Profiles of three daemons with their default settings, as measured. Copy one
// to vary it.
var (
	// StrongSwan behaves as strongSwan 5.9.8 to 6.1.0.
	StrongSwan = Profile{
		AEADInteg:        AEADIntegIgnored,
		LateIntermediate: true,
		UnknownAttribute: IgnoreAttribute,
		WrongLengthKE:    AsRefusal,
		InvalidKE:        AsRefusal,
		TransformOrder: []ike.TransformType{
			ike.TransformENCR, ike.TransformINTEG, ike.TransformPRF, ike.TransformKE,
		},
		Notifies: []ike.Notify{
			{Notification: ike.IKEV2_FRAGMENTATION_SUPPORTED},
			signatureHashes,
			{Notification: ike.CHILDLESS_IKEV2_SUPPORTED},
			{Notification: ike.MULTIPLE_AUTH_SUPPORTED},
		},
		CookieFrom:   3,
		CookieLinger: 10 * time.Second,
		BlockFrom:    5,
	}

	// Libreswan behaves as libreswan 4.10 and 5.2.
	Libreswan = Profile{
		RefuseNoneBeside: true,
		NoAdditionalKE:   true,
		UnknownAttribute: RefuseMessage,
		UnknownKE:        AsSyntax,
		WrongLengthKE:    AsSyntax,
		InvalidKE:        AsAccepted,
		ErrorSPI:         true,
		TransformOrder: []ike.TransformType{
			ike.TransformENCR, ike.TransformPRF, ike.TransformINTEG, ike.TransformKE,
		},
		NATDetection: NATDetectionAlways,
		Notifies: []ike.Notify{
			{Notification: ike.IKEV2_FRAGMENTATION_SUPPORTED},
			{Notification: ike.CHILDLESS_IKEV2_SUPPORTED},
		},
	}

	// OpenIKED behaves as OpenIKED 7.4.
	OpenIKED = Profile{
		Preference:       PreferOwnBest,
		FollowKE:         true,
		AEADInteg:        AEADIntegAbsent,
		RefuseMixed:      true,
		NoAdditionalKE:   true,
		UnknownAttribute: IgnoreAttribute,
		WrongLengthKE:    AsRefusal,
		InvalidKE:        AsRefusal,
		ErrorSPI:         true,
		TransformOrder: []ike.TransformType{
			ike.TransformENCR, ike.TransformPRF, ike.TransformINTEG, ike.TransformKE,
		},
		NATDetection: NATDetectionAlways,
		VendorIDs:    [][]byte{[]byte("OpenIKED-7.4")},
		Notifies:     []ike.Notify{signatureHashes},
	}
)

// signatureHashes announces SHA2-256, 384, 512 and Identity (RFC 7427, Section
// 4), 2 octets each.
var signatureHashes = ike.Notify{
	Notification: ike.SIGNATURE_HASH_ALGORITHMS,
	Data: []byte{
		0, byte(ike.SIGHASH_SHA2_256), 0, byte(ike.SIGHASH_SHA2_384),
		0, byte(ike.SIGHASH_SHA2_512), 0, byte(ike.SIGHASH_IDENTITY),
	},
}
