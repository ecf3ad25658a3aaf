package iketest

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
)

// An Oddity is a way in which a gateway is not what a scanner may expect: one
// that holds one policy, reads all of an offer, understands it, and means its
// answers.
type Oddity struct {
	Name string
	// Seen is where it was met: products, or a document. It is empty for what
	// only has to be expected.
	Seen string
	// Apply makes a gateway, which has its Policy and Profile, an odd one.
	// Several Oddities may be applied to one; where two set the same field the
	// later one counts, and Members are like the gateway at that moment.
	Apply func(*Responder)
}

// Oddities returns every kind of odd gateway that a Responder can be.
func Oddities() []Oddity {
	return slices.Concat(oddReaders(), oddKEChecks(), clusters(), fickle(), redirectors(), oddAnswers(), oddEnds(), oddSilence())
}

// oddReaders do not read all of an offer, or do not understand it.
func oddReaders() []Oddity {
	profile := func(name, seen string, change func(*Profile)) Oddity {
		return Oddity{name, seen, func(r *Responder) { change(&r.Profile) }}
	}
	return []Oddity{
		profile("reads 15 transforms of a type", "Windows Server 2012 R2", func(p *Profile) { p.TransformsRead = 15 }),
		profile("reads one transform of a type", "", func(p *Profile) { p.TransformsRead = 1 }),
		profile("reads the first Proposal", "", func(p *Profile) { p.ProposalsRead = 1 }),
		profile("reads 4 Proposals", "", func(p *Profile) { p.ProposalsRead = 4 }),
		profile("reads 3 Proposals and 9 transforms of a type", "", func(p *Profile) { p.ProposalsRead, p.TransformsRead = 3, 9 }),
		profile("refuses more than 8 transforms of a type", "", func(p *Profile) { p.MostTransforms = 8 }),
		profile("refuses more than 2 Proposals", "", func(p *Profile) { p.MostProposals = 2 }),
		profile("rejects offers above 300 octets", "", func(p *Profile) { p.MostOctets, p.TooLong = 300, AsSyntax }),
		profile("ignores unknown transform types",
			"strongSwan up to 5.6.2, racoon2, pyikev2, the N3IWFs of free5GC and OMEC",
			func(p *Profile) { p.NoAdditionalKE, p.UnknownType = true, IgnoreUnknown }),
		profile("ignores unknown transform types and pads its messages", "Openswan", func(p *Profile) {
			p.NoAdditionalKE, p.UnknownType, p.PadTo = true, IgnoreUnknown, 4
		}),
		profile("rejects unknown transform types", "strongSwan 4.6, libreswan 3.32", func(p *Profile) {
			p.NoAdditionalKE, p.UnknownType = true, RejectUnknown
		}),
		profile("ignores unknown attributes", "strongSwan, OpenIKED", func(p *Profile) { p.UnknownAttribute = IgnoreUnknown }),
		profile("rejects unknown attributes", "libreswan", func(p *Profile) { p.UnknownAttribute = RejectUnknown }),
		profile("ignores key lengths", "", func(p *Profile) { p.IgnoreKeyLength = true }),
		profile("accepts unknown numbers", "", func(p *Profile) { p.AcceptUnknown = true }),
		profile("accepts every offer", "", func(p *Profile) { p.AcceptAll = true }),
		profile("wants its whole offer", "", func(p *Profile) { p.WholeOffer = true }),
		{"holds no policy for IKEv2", "strongSwan with version=1, libreswan with ikev2=no", func(r *Responder) { r.Policy = nil }},
	}
}

// oddKEChecks answer INVALID_KE_PAYLOAD where it means nothing.
func oddKEChecks() []Oddity {
	return []Oddity{
		{"checks the KE payload before the offer", "github.com/msgboxio/ike", func(r *Responder) { r.Profile.KECheck = CheckOwn }},
		{"selects the key exchange before the rest", "", func(r *Responder) { r.Profile.KECheck = CheckOffered }},
		{"asks for another key exchange for ever", "", func(r *Responder) { r.Faults.InvalidKELoop = true }},
		{"asks for another key exchange for ever, whatever the offer", "", func(r *Responder) {
			r.Profile.AcceptAll, r.Faults.InvalidKELoop = true, true
		}},
		{"asks for no key exchange in INVALID_KE_PAYLOAD", "", func(r *Responder) { r.Faults.Instead = NoMethod }},
		{"asks for MODP 2048, whatever it is sent", "", func(r *Responder) { r.Faults.Instead = AsksForOne }},
		{"asks for any key exchange, whatever it is sent", "", func(r *Responder) { r.Faults.Instead = AsksForAny }},
		{"asks for an unknown key exchange", "", func(r *Responder) { r.Faults.Instead = UnknownMethod }},
		{"refuses the key exchange that it asked for", "", func(r *Responder) { r.Faults.Unredeemed = true }},
		{"asks for a key exchange of every offer and refuses it", "", func(r *Responder) {
			r.Profile.AcceptAll, r.Faults.Unredeemed = true, true
		}},
	}
}

// clusters are several gateways behind one address.
func clusters() []Oddity {
	weak := func(name string, b Balance, share float64) Oddity {
		return Oddity{name, "", func(r *Responder) {
			r.Balance = b
			r.Members = append(r.Members, Member{Responder: r.another(weakPolicy()), Share: share})
		}}
	}
	// like has a second member with the same policy, for half of the packets.
	like := func(name string, change func(first, second *Responder)) Oddity {
		return Oddity{name, "", func(r *Responder) {
			second := r.another(r.Policy)
			change(r, second)
			r.Balance = PerPacket
			r.Members = append(r.Members, Member{Responder: second, Share: 0.5})
		}}
	}
	return []Oddity{
		weak("a weak member for half of the flows", PerFlow, 0.5),
		weak("a weak member for a tenth of the flows", PerFlow, 0.1),
		weak("a weak member for half of the sources", PerSource, 0.5),
		weak("a weak member for half of the SPIs", PerSPI, 0.5),
		weak("a weak member for half of the packets", PerPacket, 0.5),
		weak("a weak member for a tenth of the SPIs", PerSPI, 0.1),
		weak("a weak member for a tenth of the packets", PerPacket, 0.1),
		{"a weak member on port 4500", "", func(r *Responder) {
			r.Members = append(r.Members, Member{Responder: r.another(weakPolicy()), Share: 1, Port: 4500})
		}},
		{"a weak member for a tenth of the SPIs on port 500", "", func(r *Responder) {
			r.Balance = PerSPI
			r.Members = append(r.Members, Member{Responder: r.another(weakPolicy()), Share: 0.1, Port: 500})
		}},
		{"three members with different policies", "", func(r *Responder) {
			r.Balance = PerSPI
			r.Members = append(r.Members,
				Member{Responder: r.another(weakPolicy()), Share: 0.3},
				Member{Responder: r.another(nil), Share: 0.3})
		}},
		{"a member that refuses everything", "", func(r *Responder) {
			r.Balance = PerPacket
			r.Members = append(r.Members, Member{Responder: r.another(nil), Share: 0.2})
		}},
		like("two products behind one address", func(first, second *Responder) {
			second.Profile = OpenIKED
			if len(first.Profile.VendorIDs) > 0 {
				second.Profile = StrongSwan
			}
		}),
		like("members with their own vendor IDs", func(first, second *Responder) {
			first.Profile.VendorIDs = [][]byte{[]byte("member 1")}
			second.Profile.VendorIDs = [][]byte{[]byte("member 2")}
		}),
		like("members with their numbers in SPIs", func(first, second *Responder) {
			first.Profile.SPIPrefix, second.Profile.SPIPrefix = []byte{0, 0, 0, 1}, []byte{0, 0, 0, 2}
		}),
		like("members with addresses of their own", func(first, second *Responder) {
			first.Address, second.Address = netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
		}),
	}
}

// weakPolicy accepts one suite, 3des-sha1-prfsha1-modp1024 in strongSwan's
// words.
func weakPolicy() []ike.Proposal {
	return []ike.Proposal{{Number: 1, Protocol: ike.ProtocolIKE, Transforms: []ike.Transform{
		{Type: ike.TransformENCR, ID: uint16(ike.ENCR_3DES)},
		{Type: ike.TransformINTEG, ID: uint16(ike.AUTH_HMAC_SHA1_96)},
		{Type: ike.TransformPRF, ID: uint16(ike.PRF_HMAC_SHA1)},
		{Type: ike.TransformKE, ID: uint16(ike.KE_MODP_1024)},
	}}}
}

// another returns a gateway that differs in its policy only.
func (r *Responder) another(policy []ike.Proposal) *Responder {
	return &Responder{
		Policy: policy, Profile: r.Profile, Faults: r.Faults,
		Address: r.Address, OtherAddresses: r.OtherAddresses, Connections: r.Connections, Rand: r.Rand,
	}
}

// fickle answer one question now so and now so, or someone answers for them.
func fickle() []Oddity {
	const apart = 100 * time.Millisecond
	faults := func(name string, change func(*Faults)) Oddity {
		return Oddity{name, "", func(r *Responder) { change(&r.Faults) }}
	}
	later := func(name string, from int, policy func() []ike.Proposal) Oddity {
		return Oddity{name, "", func(r *Responder) { r.LaterFrom, r.LaterPolicy = from, policy() }}
	}
	return []Oddity{
		faults("refuses a fifth of what it accepts", func(f *Faults) { f.FalseRefusal = 0.2 }),
		faults("accepts a tenth of what it refuses", func(f *Faults) { f.FalseAcceptance = 0.1 }),
		faults("accepts and refuses at random", func(f *Faults) { f.FalseRefusal, f.FalseAcceptance = 0.5, 0.5 }),
		faults("a forged refusal ahead", func(f *Faults) { f.Before = []Forgery{Refusal} }),
		faults("a forged refusal well ahead", func(f *Faults) { f.Before, f.Apart = []Forgery{Refusal}, apart }),
		faults("a forged refusal behind", func(f *Faults) { f.After, f.Apart = []Forgery{Refusal}, apart }),
		faults("a forged INVALID_KE_PAYLOAD ahead", func(f *Faults) { f.Before, f.Apart = []Forgery{FalseInvalidKE}, apart }),
		faults("a forged INVALID_KE_PAYLOAD behind", func(f *Faults) { f.After, f.Apart = []Forgery{FalseInvalidKE}, apart }),
		faults("a forged acceptance ahead", func(f *Faults) { f.Before, f.Apart = []Forgery{FalseAcceptance}, apart }),
		faults("a forged acceptance behind", func(f *Faults) { f.After, f.Apart = []Forgery{FalseAcceptance}, apart }),
		faults("contradictory answers to everything", func(f *Faults) { f.Instead = Contradiction }),
		later("another policy after 20 requests", 20, weakPolicy),
		later("no policy after 30 requests", 30, func() []ike.Proposal { return nil }),
	}
}

// redirectors send initiators elsewhere.
func redirectors() []Oddity {
	redirect := func(name, seen string, change func(*Profile)) Oddity {
		return Oddity{name, seen, func(r *Responder) {
			r.Profile.RedirectTo = "192.0.2.77"
			change(&r.Profile)
		}}
	}
	return []Oddity{
		redirect("redirects who supports it", "RFC 5685", func(*Profile) {}),
		redirect("redirects and is silent to others", "libreswan with global-redirect=yes", func(p *Profile) { p.Unredirected = AsSilence }),
		redirect("redirects and refuses others", "", func(p *Profile) { p.Unredirected = AsRefusal }),
		redirect("redirects everyone", "", func(p *Profile) { p.RedirectAll = true }),
	}
}

// oddAnswers are well meant, but for their form.
func oddAnswers() []Oddity {
	odd := []Oddity{
		{"pads its messages", "libreswan 3.20 to 3.23", func(r *Responder) { r.Profile.PadTo = 4 }},
		{"fakes a NAT before itself", "strongSwan with encap=yes", func(r *Responder) { r.Profile.FakeNAT = true }},
		{"several NAT_DETECTION_SOURCE_IP, one of which fits", "RFC 7296, Section 2.23", func(r *Responder) {
			r.OtherAddresses = []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("2001:db8::1")}
		}},
		{"hundreds of vendor IDs", "", func(r *Responder) {
			ids := make([][]byte, 300)
			for i := range ids {
				ids[i] = binary.BigEndian.AppendUint32([]byte("vendor ID "), uint32(i))
			}
			r.Profile.VendorIDs = ids
		}},
		{"malformed answers to everything", "", func(r *Responder) { r.Faults.Instead = Malformed }},
		{"half of every answer", "", func(r *Responder) { r.Faults.Instead = Truncated }},
	}
	for _, spoilt := range []struct {
		name string
		as   Forgery
	}{
		{"half of it is missing", Truncated},
		{"its Length is too big", Overlong},
		{"the initiator SPI is wrong", WrongInitiatorSPI},
		{"the responder SPI is wrong", WrongResponderSPI},
		{"the responder SPI is zero", NoResponderSPI},
		{"the Response flag is missing", NoResponseFlag},
		{"the KE payload is missing", NoKE},
		{"the nonce is missing", NoNonce},
		{"the KE payload is short", ShortKE},
		{"the KE payload has another method", OtherKE},
		{"two Proposals are chosen", TwoProposals},
		{"two ciphers are chosen", TwoCiphers},
		{"a cipher is chosen that was not offered", UnofferedCipher},
		{"an error stands beside the choice", AcceptedAndError},
	} {
		odd = append(odd, Oddity{"a malformed acceptance: " + spoilt.name, "", func(r *Responder) {
			r.Faults.InsteadOfAccepted = spoilt.as
		}})
	}
	return odd
}

// oddEnds keep an IKE SA that a failed IKE_AUTH should end.
func oddEnds() []Oddity {
	return []Oddity{
		{"answers IKE_AUTH with EAP", "the N3IWFs of free5GC and OMEC", func(r *Responder) { r.Profile.Auth = AuthEAP }},
		{"authenticates everyone", "libreswan with rightauth=null", func(r *Responder) { r.Profile.Auth = AuthEstablishes }},
		{"does not answer IKE_AUTH", "", func(r *Responder) { r.Profile.Auth = AuthSilent }},
		{"answers IKE_AUTH with EAP and ignores a Delete", "strongSwan while it waits for EAP", func(r *Responder) {
			r.Profile.Auth, r.Profile.Delete = AuthEAP, DeleteIgnored
		}},
		{"keeps an entry for each question", "OpenIKED", func(r *Responder) { r.Profile.ClosedFor = 300 * time.Second }},
	}
}

// oddSilence is not loss, and not refusal either but for the first.
func oddSilence() []Oddity {
	return []Oddity{
		{"refuses by silence", "racoon2", func(r *Responder) { r.Faults.DropRefused = true }},
		{"loses its accepted answers", "", func(r *Responder) { r.Faults.AcceptedLoss = 1 }},
		{"loses half of its accepted answers", "", func(r *Responder) { r.Faults.AcceptedLoss = 0.5 }},
		{"drops requests above 600 octets", "", func(r *Responder) { r.Profile.MaxDatagram = 600 }},
		{"drops KE payloads of newer methods", "Zyxel", func(r *Responder) { r.Profile.DeafAboveKE = ike.KE_ECP_521 }},
		{"demands cookies and refuses them", "racoon2", func(r *Responder) { r.Faults.CookieLoop = true }},
		{"demands a cookie of everyone", "", func(r *Responder) { r.Profile.AlwaysCookie = true }},
		{"answers 20 datagrams a second", "", func(r *Responder) { r.Faults.RateLimit = 20 }},
		{"blocks after 40 datagrams", "", func(r *Responder) { r.Faults.BlockAfter = 40 }},
		{"takes 1.5 s to answer", "", func(r *Responder) { r.Faults.Delay = 1500 * time.Millisecond }},
	}
}
