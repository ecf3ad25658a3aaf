package iketest

import (
	"time"

	"github.com/ikescope/ikescope/ike"
)

// Profiles of three daemons with their default settings, as measured. Copy one
// to vary it.
var (
	// StrongSwan behaves as strongSwan 5.9.8 to 6.1.0.
	StrongSwan = Profile{
		AEADInteg:        AEADIntegIgnored,
		LateIntermediate: true,
		UnknownAttribute: IgnoreUnknown,
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
		FragmentSize: 1252, // in packets of 1,280 octets
		Delete:       DeleteIgnored,
		CookieFrom:   3,
		CookieLinger: 10 * time.Second,
		BlockFrom:    5,
	}

	// Libreswan behaves as libreswan 4.10 and 5.2.
	Libreswan = Profile{
		RefuseNoneBeside: true,
		NoAdditionalKE:   true,
		UnknownAttribute: RejectUnknown,
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
		FragmentSize: 548, // in packets of 576 octets
	}

	// OpenIKED behaves as OpenIKED 7.4.
	OpenIKED = Profile{
		Preference:       PreferOwnBest,
		FollowKE:         true,
		AEADInteg:        AEADIntegAbsent,
		RefuseMixed:      true,
		NoAdditionalKE:   true,
		UnknownAttribute: IgnoreUnknown,
		WrongLengthKE:    AsRefusal,
		InvalidKE:        AsRefusal,
		ErrorSPI:         true,
		TransformOrder: []ike.TransformType{
			ike.TransformENCR, ike.TransformPRF, ike.TransformINTEG, ike.TransformKE,
		},
		NATDetection: NATDetectionAlways,
		VendorIDs:    [][]byte{[]byte("OpenIKED-7.4")},
		Notifies:     []ike.Notify{signatureHashes},
		Delete:       DeleteUnanswered,
		ClosedFor:    300 * time.Second,
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
