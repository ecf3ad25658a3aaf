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
	// AcceptAll selects the first transform of each type in the first Proposal,
	// whatever the policy.
	AcceptAll bool

	// WholeOffer refuses offers that do not hold each of its Proposals, with all
	// of its transforms.
	WholeOffer bool

	// What it reads of an offer.

	// TransformsRead is how many transforms of a type it reads in a Proposal,
	// ProposalsRead how many Proposals; 0 is all. Windows Server 2012 R2 reads
	// 15 transforms.
	TransformsRead, ProposalsRead int
	// MostTransforms of a type in a Proposal, MostProposals and MostOctets of
	// the SA payload are what it takes; 0 is no limit. What is longer is
	// answered as TooLong says, which ByRFC is AsRefusal.
	MostTransforms, MostProposals, MostOctets int
	TooLong                                   Reaction
	// UnknownType is what a transform type that it does not know leads to,
	// UnknownAttribute a transform attribute other than Key Length. strongSwan
	// up to 5.6.2, Openswan and racoon2 ignore such types.
	UnknownType, UnknownAttribute UnknownReaction
	// IgnoreKeyLength takes an algorithm of the policy with any Key Length.
	IgnoreKeyLength bool
	// AcceptUnknown takes transforms whose ID has no registered number for
	// acceptable, after those of the policy.
	AcceptUnknown bool

	// How it refuses.

	// Refusal is the notify for an offer with nothing acceptable; 0 stands
	// for NO_PROPOSAL_CHOSEN.
	Refusal ike.NotifyType
	// KECheck is when it looks at the method of the KE payload.
	KECheck KECheck
	// UnchosenKE answers a KE payload whose method is in the offer, but not
	// the one that was selected; ForeignKE one whose method is in no Proposal
	// of the offer. UnknownKE answers one whose method has no registered
	// number (0 is not one of these) before anything is selected; ByRFC leaves
	// it to ForeignKE.
	UnchosenKE, ForeignKE, UnknownKE Reaction
	// WrongLengthKE answers public values of the wrong length for the
	// selected method, InvalidKE those that are no member of its group.
	WrongLengthKE, InvalidKE Reaction
	// ErrorSPI puts a responder SPI into error answers, but those to requests
	// that it could not make sense of.
	ErrorSPI bool
	// SPIPrefix begins its responder SPIs, at most 4 octets of it.
	SPIPrefix []byte
	// PadTo fills IKE_SA_INIT messages with zero octets to a multiple of it,
	// within the header's Length; 0 fills none. libreswan 3.20 to 3.23 and
	// Openswan pad to 4.
	PadTo int

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
	// FakeNAT makes NAT_DETECTION_SOURCE_IP that of no address, so that
	// initiators encapsulate ESP in UDP, as strongSwan does with encap=yes.
	FakeNAT   bool
	VendorIDs [][]byte
	CertReq   *ike.CertReq
	// Notifies are sent in each accepted answer, but
	// IKEV2_FRAGMENTATION_SUPPORTED and SIGNATURE_HASH_ALGORITHMS only if
	// they stood in the request.
	Notifies []ike.Notify

	// Whom it sends elsewhere.

	// RedirectTo sends initiators that support it to an address or a host name
	// (RFC 5685), before anything is selected; RedirectAll sends the others,
	// too.
	RedirectTo  string
	RedirectAll bool
	// Unredirected is the answer to the others: ByRFC serves them. libreswan
	// with global-redirect=yes is silent.
	Unredirected Reaction

	// What it should draw anew for each IKE SA.

	// OneKey has one private key for each key exchange method, OneNonce one nonce, and
	// OneSPI one SPI, unless an IKE SA has it. NonceLength is the size of nonces in
	// octets; 0 stands for 32.
	OneKey, OneNonce, OneSPI bool
	NonceLength              int

	// FragmentSize is the largest datagram in octets that it sends in an IKE SA, where
	// both sides support fragments (RFC 7383); 0 is no bound. The fragment of the number
	// LoseFragment, from 1, is never sent; 0 loses none.
	FragmentSize, LoseFragment int

	// How it ends IKE SAs.

	// Auth is the answer to an IKE_AUTH request, Delete that to a Delete in an
	// IKE SA that is not authenticated.
	Auth   AuthReaction
	Delete DeleteReaction
	// ClosedFor is how long it keeps an entry for an IKE SA that is over, and
	// for each INVALID_KE_PAYLOAD that it sent.
	ClosedFor time.Duration

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

// UnknownReaction is what a part of an offer leads to that is not understood.
type UnknownReaction uint8

const (
	// RefuseUnknown refuses the Proposal of an unknown transform type, and the
	// transform of an unknown attribute (RFC 7296, Section 3.3.6).
	RefuseUnknown UnknownReaction = iota
	// IgnoreUnknown selects as if it were not there.
	IgnoreUnknown
	// RejectUnknown answers the whole offer with INVALID_SYNTAX.
	RejectUnknown
)

// KECheck is when the method of the KE payload is looked at, and which it
// should be. A request with another one is answered INVALID_KE_PAYLOAD.
type KECheck uint8

const (
	// CheckSelected wants that of the suite that was selected (RFC 7296,
	// Section 1.3).
	CheckSelected KECheck = iota
	// CheckOwn wants the first of the policy before it looks at the offer,
	// which may not hold it. github.com/msgboxio/ike does so.
	CheckOwn
	// CheckOffered wants the first of the policy that any Proposal holds before
	// it looks at other transforms, and may refuse the offer when it gets it.
	CheckOffered
)

// Reaction is the answer to what cannot be used, mostly a KE payload.
type Reaction uint8

const (
	// ByRFC is INVALID_KE_PAYLOAD for a method that was not selected (RFC
	// 7296, Section 1.3) and INVALID_SYNTAX for a value that is no member
	// (RFC 6989, Section 2.5).
	ByRFC Reaction = iota
	// AsRefusal answers as to an offer with nothing acceptable.
	AsRefusal
	// AsSyntax answers INVALID_SYNTAX.
	AsSyntax
	// AsAccepted goes on as if nothing were wrong. A KE payload that cannot be
	// used is accepted with random octets of the right length in return; such
	// an SA ends unused.
	AsAccepted
	// AsSilence does not answer.
	AsSilence
)

// AuthReaction is the answer to an IKE_AUTH request. With an AUTH payload it is
// never right, as the Responder knows no one.
type AuthReaction uint8

const (
	// AuthFails answers AUTHENTICATION_FAILED and forgets the SA.
	AuthFails AuthReaction = iota
	// AuthEAP asks for the initiator's EAP identity and keeps the SA half-open,
	// as the N3IWFs of free5GC and OMEC do.
	AuthEAP
	// AuthEstablishes takes everyone: the SA stays until it is deleted, as with
	// libreswan's rightauth=null.
	AuthEstablishes
	// AuthSilent does not answer and keeps the SA half-open.
	AuthSilent
)

// DeleteReaction is the answer to a Delete that an unauthenticated initiator
// sends in an INFORMATIONAL request with the keys of the SA.
type DeleteReaction uint8

const (
	DeleteEnds       DeleteReaction = iota // the SA is forgotten
	DeleteIgnored                          // answered, but the SA stays: strongSwan
	DeleteUnanswered                       // OpenIKED
)

// NATDetection is when an accepted answer holds the NAT_DETECTION notifies.
type NATDetection uint8

const (
	NATDetectionIfAsked NATDetection = iota // where the request held both
	NATDetectionAlways
	NATDetectionNever
)
