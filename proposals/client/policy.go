package client

import (
	"cmp"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// Policy is what a client offers in its first packet, and how that is known.
type Policy struct {
	// Name is stable, such as "windows-11". A policy of a file has the name of
	// the connection in it.
	Name string
	// Aliases are other names of a well-known client.
	Aliases []string
	// Product and Scope say in words whose it is, and of which versions and
	// settings.
	Product, Scope string
	// Syntax is in which the client is configured, by which its remedies are
	// written; "" if unknown.
	Syntax Syntax
	// Family is how the client judges a gateway's certificate; "" if that is not known.
	Family Family
	// Login is what its configuration says of IKE_AUTH; nil if that is not known.
	Login *Login
	// Offer is what is offered, the most preferred first.
	Offer []proposals.Product
	// Child is what it offers for Child SAs, nil if that is not known.
	Child *Child
	// Responder: Offer is what the product accepts; what it offers is not
	// known, or it never initiates.
	Responder bool
	// KE is the method of the first KE payload.
	KE ike.KeyExchangeMethod
	// INTEGFirst: its Proposals hold the integrity algorithms before the PRFs,
	// as strongSwan sends them, and others may not.
	INTEGFirst bool
	// Packet is the client's own first packet, where it was captured, else
	// nil. Its SA payload is what Offer says.
	Packet *ike.Message
	// Source says where the policy is from, SourceDate when that was written,
	// Confidence how far it was checked, in the source's words.
	Source, SourceDate, Confidence string
	// Doubt says why the policy may be wrong: that it is old, or unsure. It is
	// a sentence, shown wherever the policy is used; "" where there is none.
	Doubt string
	// Notes are sentences on what the reader should know: quirks, and what an
	// importer completed, dropped or took from the product's defaults.
	Notes []string

	// What an importer found, until the lines of its text are known as lines of
	// files: where the policy is, notes on other lines, and what was not read.
	line      int
	lineNotes []note
	unread    includes
	// passive: it waits for others to initiate.
	passive bool
}

// note is a sentence about a line; 0 if it is about none.
type note struct {
	line int
	text string
}

// Family is a family of clients that judge certificates alike.
type Family string

// The families.
const (
	FamilyWindows    Family = "windows"
	FamilyApple      Family = "apple"
	FamilyAndroid    Family = "android"
	FamilyStrongSwan Family = "strongswan"
)

// Syntax is a configuration syntax.
type Syntax string

// The syntaxes that ikescope reads or writes.
const (
	SyntaxSwanctl      Syntax = "swanctl"      // strongSwan's swanctl.conf
	SyntaxIpsecConf    Syntax = "ipsec.conf"   // strongSwan's ipsec.conf
	SyntaxLibreswan    Syntax = "libreswan"    // libreswan's ipsec.conf
	SyntaxIked         Syntax = "iked"         // OpenBSD's iked.conf
	SyntaxWindows      Syntax = "windows"      // PowerShell, and the registry
	SyntaxRasphone     Syntax = "rasphone"     // rasphone.pbk
	SyntaxMobileconfig Syntax = "mobileconfig" // Apple's configuration profiles
	SyntaxCisco        Syntax = "cisco"        // IOS, IOS-XE and ASA
	SyntaxFortiGate    Syntax = "fortigate"    // FortiOS
	SyntaxMikroTik     Syntax = "mikrotik"     // RouterOS
	SyntaxPfSense      Syntax = "pfsense"      // config.xml of pfSense
	SyntaxOPNsense     Syntax = "opnsense"     // config.xml of OPNsense
	SyntaxCapture      Syntax = "capture"      // a packet capture
)

// Proposals returns the Proposal substructures of p's first packet: the
// captured ones as they are, else those of its offer, numbered from 1.
func (p Policy) Proposals() []ike.Proposal {
	if p.Packet != nil {
		for _, payload := range p.Packet.Payloads {
			if sa, ok := payload.(*ike.SA); ok {
				return sa.Proposals
			}
		}
	}
	var out []ike.Proposal
	for i, product := range p.Offer {
		proposal := product.Proposal(uint8(i + 1))
		if p.INTEGFirst {
			slices.SortStableFunc(proposal.Transforms, integFirst)
		}
		out = append(out, proposal)
	}
	return out
}

// integFirst orders transforms as strongSwan does, where that is another order
// than that of [proposals.Product.Proposal].
func integFirst(a, b ike.Transform) int {
	order := []ike.TransformType{ike.TransformENCR, ike.TransformINTEG, ike.TransformPRF}
	place := func(t ike.Transform) int {
		if i := slices.Index(order, t.Type); i >= 0 {
			return i
		}
		return len(order)
	}
	return cmp.Compare(place(a), place(b))
}

// sentByStrongSwan reports whether what is configured in a syntax sends its
// packets with strongSwan's daemon.
func sentByStrongSwan(s Syntax) bool {
	switch s {
	case SyntaxSwanctl, SyntaxIpsecConf, SyntaxPfSense, SyntaxOPNsense:
		return true
	}
	return false
}
