package ikev1

import (
	"fmt"

	"github.com/ikescope/ikescope/ike"
)

// Exchange types. RFC 2408, Section 3.1; RFC 2409, Section 5; [MS-AIPS],
// Section 2.2.1, for those of AuthIP, which is another protocol with the same
// header.
const (
	Base               ike.ExchangeType = 1
	MainMode           ike.ExchangeType = 2
	AuthenticationOnly ike.ExchangeType = 3
	AggressiveMode     ike.ExchangeType = 4
	Informational      ike.ExchangeType = 5
	Transaction        ike.ExchangeType = 6
	QuickMode          ike.ExchangeType = 32
	NewGroupMode       ike.ExchangeType = 33
	AuthIPMainMode     ike.ExchangeType = 243
	AuthIPQuickMode    ike.ExchangeType = 244
	AuthIPExtendedMode ike.ExchangeType = 245
	AuthIPNotify       ike.ExchangeType = 246
)

var exchanges = map[ike.ExchangeType]string{
	Base: "Base", MainMode: "Main Mode", AuthenticationOnly: "Authentication Only", AggressiveMode: "Aggressive Mode",
	Informational: "Informational", Transaction: "Transaction", QuickMode: "Quick Mode", NewGroupMode: "New Group Mode",
	AuthIPMainMode: "AuthIP Main Mode", AuthIPQuickMode: "AuthIP Quick Mode",
	AuthIPExtendedMode: "AuthIP Extended Mode", AuthIPNotify: "AuthIP Notify",
}

// ExchangeName names an exchange of IKEv1, by a number if it is not known.
func ExchangeName(t ike.ExchangeType) string {
	if name := exchanges[t]; name != "" {
		return name
	}
	return fmt.Sprintf("exchange %d", uint8(t))
}

// IsAuthIP reports whether an exchange is of AuthIP, the protocol of Windows
// that has IKEv1's header and no other client speaks.
func IsAuthIP(t ike.ExchangeType) bool { return t >= AuthIPMainMode && t <= AuthIPNotify }

// A PayloadType is the number of a payload. RFC 2408, Section 3.1.
type PayloadType uint8

// Payload types that are read or written here.
const (
	PayloadSA           PayloadType = 1
	PayloadKE           PayloadType = 4
	PayloadID           PayloadType = 5
	PayloadHash         PayloadType = 8
	PayloadNonce        PayloadType = 10
	PayloadVendorID     PayloadType = 13
	PayloadNotification PayloadType = 11
	PayloadNATD         PayloadType = 20  // RFC 3947
	PayloadNATDDraft    PayloadType = 130 // its drafts
	PayloadFragment     PayloadType = 132 // [MS-IKEE], Section 2.2.4
)

var payloads = map[PayloadType]string{
	PayloadSA: "SA", 2: "P", 3: "T", PayloadKE: "KE", PayloadID: "ID", 6: "CERT", 7: "CR", PayloadHash: "HASH", 9: "SIG", PayloadNonce: "NONCE",
	PayloadNotification: "N", 12: "D", PayloadVendorID: "VID", 14: "ATTR", PayloadNATD: "NAT-D", 21: "NAT-OA",
	PayloadNATDDraft: "NAT-D", 131: "NAT-OA", PayloadFragment: "FRAG",
}

// String returns the abbreviation of RFC 2408, or a number.
func (t PayloadType) String() string {
	if name := payloads[t]; name != "" {
		return name
	}
	return fmt.Sprintf("PayloadType(%d)", uint8(t))
}

// A NotifyType is the number of a notify. RFC 2408, Section 3.14.1; RFC 2407,
// Section 4.6.3.
type NotifyType uint16

// Notifies that are judged by.
const (
	InvalidMajorVersion  NotifyType = 5
	InvalidExchangeType  NotifyType = 7
	NoProposalChosen     NotifyType = 14
	AuthenticationFailed NotifyType = 24
	UnsupportedExchange  NotifyType = 29
)

var notifies = map[NotifyType]string{
	1: "INVALID-PAYLOAD-TYPE", 2: "DOI-NOT-SUPPORTED", 3: "SITUATION-NOT-SUPPORTED", 4: "INVALID-COOKIE",
	InvalidMajorVersion: "INVALID-MAJOR-VERSION", 6: "INVALID-MINOR-VERSION", InvalidExchangeType: "INVALID-EXCHANGE-TYPE",
	8: "INVALID-FLAGS", 9: "INVALID-MESSAGE-ID", 10: "INVALID-PROTOCOL-ID", 11: "INVALID-SPI",
	12: "INVALID-TRANSFORM-ID", 13: "ATTRIBUTES-NOT-SUPPORTED", NoProposalChosen: "NO-PROPOSAL-CHOSEN",
	15: "BAD-PROPOSAL-SYNTAX", 16: "PAYLOAD-MALFORMED", 17: "INVALID-KEY-INFORMATION",
	18: "INVALID-ID-INFORMATION", 19: "INVALID-CERT-ENCODING", 20: "INVALID-CERTIFICATE",
	21: "CERT-TYPE-UNSUPPORTED", 22: "INVALID-CERT-AUTHORITY", 23: "INVALID-HASH-INFORMATION",
	AuthenticationFailed: "AUTHENTICATION-FAILED", 25: "INVALID-SIGNATURE", 26: "ADDRESS-NOTIFICATION",
	27: "NOTIFY-SA-LIFETIME", 28: "CERTIFICATE-UNAVAILABLE", UnsupportedExchange: "UNSUPPORTED-EXCHANGE-TYPE",
	30: "UNEQUAL-PAYLOAD-LENGTHS", 16384: "CONNECTED", 24576: "RESPONDER-LIFETIME", 24577: "REPLAY-STATUS",
	24578: "INITIAL-CONTACT", 36136: "R-U-THERE", 36137: "R-U-THERE-ACK",
}

// String returns the RFC's name, or "notify" and a number.
func (t NotifyType) String() string {
	if name := notifies[t]; name != "" {
		return name
	}
	return fmt.Sprintf("notify %d", uint16(t))
}

// IsError reports whether the notify is an error: status types begin at 16384,
// and from 8192 on numbers are of private use.
func (t NotifyType) IsError() bool { return t > 0 && t < 8192 }
