package identity

import (
	"net/netip"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/proposals"
)

// Question is what one IKE SA is opened to ask. The plain one is asked as Windows asks:
// without IDr, with one empty CERTREQ, and with all that strongSwan clients announce.
type Question struct {
	// Suite is the one that the IKE SA has: gateways choose among connections by it.
	Suite proposals.Suite
	// Host is the host name or the address that users dial; "" if that is not known.
	Host string

	// EAPOnly announces EAP_ONLY_AUTHENTICATION (RFC 5998): the gateway may prove who
	// it is by EAP alone.
	EAPOnly bool
	// AsUser asks as a user of the host's domain, for gateways that choose the
	// connection by it.
	AsUser bool
	// ByName asks for the gateway by Host in IDr, as Apple's and Android's clients do.
	ByName bool
	// NoHashes does not announce SIGNATURE_HASH_ALGORITHMS (RFC 7427), as Apple's and
	// Windows' clients do not.
	NoHashes bool
	// NoCertReq sends no CERTREQ, as Apple's clients that were set up by hand do.
	NoCertReq bool
	// NoFragments does not announce IKEV2_FRAGMENTATION_SUPPORTED (RFC 7383), as Windows
	// before 10 1803: a large answer comes in IP fragments.
	NoFragments bool
	// Staple asks for an OCSP response with the certificates (RFC 4806).
	Staple bool
}

// Without returns the notifications that the IKE_SA_INIT request leaves out.
func (q Question) Without() []ike.NotifyType {
	var out []ike.NotifyType
	if q.NoHashes {
		out = append(out, ike.SIGNATURE_HASH_ALGORITHMS)
	}
	if q.NoFragments {
		out = append(out, ike.IKEV2_FRAGMENTATION_SUPPORTED)
	}
	return out
}

// nobody is who we say we are: nobody's name (RFC 2606).
const nobody = "ikescope.invalid"

// Payloads returns those of the IKE_AUTH request: of a client that wants EAP, an
// address and a tunnel. No AUTH payload is among them, which asks for EAP (RFC 7296,
// Section 2.16).
func (q Question) Payloads() []ike.Payload {
	idi := &ike.ID{Payload: ike.PayloadIDi, IDType: ike.ID_FQDN, Data: []byte(nobody)}
	if q.AsUser {
		idi.IDType, idi.Data = ike.ID_RFC822_ADDR, []byte("ikescope@"+q.Host)
	}
	out := []ike.Payload{idi}
	if q.EAPOnly {
		out = append(out, &ike.Notify{Notification: ike.EAP_ONLY_AUTHENTICATION})
	}
	if !q.NoCertReq {
		out = append(out, &ike.CertReq{Encoding: ike.CertX509Signature})
	}
	if q.Staple {
		out = append(out, &ike.CertReq{Encoding: ike.CertOCSPContent}) // of any responder
	}
	if q.ByName {
		idr := &ike.ID{Payload: ike.PayloadIDr}
		idr.IDType, idr.Data = certificate.IDOf(q.Host)
		out = append(out, idr)
	}
	return append(out,
		&ike.CP{ConfigType: ike.CFG_REQUEST, Attributes: []ike.ConfigAttribute{
			{Type: ike.INTERNAL_IP4_ADDRESS}, {Type: ike.INTERNAL_IP4_DNS}, {Type: ike.INTERNAL_IP6_ADDRESS},
		}},
		&ike.SA{Proposals: []ike.Proposal{
			child(1, []ike.Transform{{Type: ike.TransformENCR, ID: uint16(ike.ENCR_AES_GCM_16), Attributes: []ike.Attribute{ike.KeyLengthAttribute(256)}}}),
			child(2, []ike.Transform{
				{Type: ike.TransformENCR, ID: uint16(ike.ENCR_AES_CBC), Attributes: []ike.Attribute{ike.KeyLengthAttribute(256)}},
				{Type: ike.TransformENCR, ID: uint16(ike.ENCR_AES_CBC), Attributes: []ike.Attribute{ike.KeyLengthAttribute(128)}},
				{Type: ike.TransformINTEG, ID: uint16(ike.AUTH_HMAC_SHA2_256_128)},
				{Type: ike.TransformINTEG, ID: uint16(ike.AUTH_HMAC_SHA1_96)},
			}),
		}},
		anything(ike.PayloadTSi), anything(ike.PayloadTSr),
	)
}

// child is a proposal for ESP, of a Child SA that never comes about.
func child(number uint8, transforms []ike.Transform) ike.Proposal {
	return ike.Proposal{
		Number: number, Protocol: ike.ProtocolESP, SPI: []byte{0xc0, 0, 0, number},
		Transforms: append(transforms, ike.Transform{Type: ike.TransformSN}),
	}
}

// anything are traffic selectors for all of IPv4 and IPv6.
func anything(t ike.PayloadType) *ike.TS {
	last := netip.AddrFrom16([16]byte{
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	})
	return &ike.TS{Payload: t, Selectors: []ike.TrafficSelector{
		{TSType: ike.TS_IPV4_ADDR_RANGE, EndPort: 65535, Start: netip.IPv4Unspecified(), End: netip.AddrFrom4([4]byte{255, 255, 255, 255})},
		{TSType: ike.TS_IPV6_ADDR_RANGE, EndPort: 65535, Start: netip.IPv6Unspecified(), End: last},
	}}
}

// IsHostName reports whether name can be one, with a dot in it: what an identity of
// type ID_FQDN holds. An address is not.
func IsHostName(name string) bool {
	_, err := netip.ParseAddr(name)
	return err != nil && strings.Contains(name, ".") && certificate.IsHostName(name)
}
