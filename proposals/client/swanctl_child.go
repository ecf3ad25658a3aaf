package client

import (
	"strings"

	"github.com/ikescope/ikescope/proposals"
)

// childPolicy returns what a connection offers for Child SAs: connections.NAME.children,
// if all of them have the same esp_proposals; nil if they have not, or it has none.
func (f *swanctlFile) childPolicy(connection string) *Child {
	all, err := f.sections("connections", connection, "children")
	if err != nil {
		return nil
	}
	first, found := "", false
	for _, s := range all {
		for _, child := range s.children {
			value := f.espProposals(connection, child.name)
			if found && value != first {
				return nil
			}
			first, found = value, true
		}
	}
	if !found {
		return nil
	}
	return strongSwanChild(first)
}

// espProposals returns esp_proposals of a child, "default" if it does not set them.
func (f *swanctlFile) espProposals(connection, child string) string {
	sections, err := f.sections("connections", connection, "children", child)
	if err != nil {
		return ""
	}
	for _, s := range sections {
		if v, ok := s.values["esp_proposals"]; ok && v.value != "" {
			return v.value
		}
	}
	return "default"
}

// strongSwanChild reads esp_proposals; nil if one of them is not known. Without esn or
// noesn they have short sequence numbers (proposal.c, add_string_algo).
func strongSwanChild(text string) *Child {
	c := &Child{}
	for one := range strings.SplitSeq(text, ",") {
		one = strings.ToLower(strings.TrimSpace(one))
		if one == "default" {
			known := defaultOf("strongswan-6").Child
			c.Offer, c.Short, c.Doubt = append(c.Offer, known.Offer...), true, "What strongSwan offers by default depends on its version."
			continue
		}
		var p ChildProposal
		short, extended := false, false
		for word := range strings.SplitSeq(one, "-") {
			switch word {
			case "esn":
				extended = true
				continue
			case "noesn":
				short = true
				continue
			}
			a, err := proposals.ParseAlgorithm(word)
			switch {
			case err != nil || a.Axis > proposals.KE:
				return nil
			case a.Axis == proposals.KE && a.ID == 0:
				p.Plain = true
			default:
				p.add(a)
			}
		}
		p.Plain = p.Plain || len(p.KE) == 0
		// Ciphers without integrity are for what nobody should have; both kinds of ciphers
		// together are rejected.
		classic, aead := p.kinds()
		if len(p.ENCR) == 0 || len(c.Offer) == maxProposals || classic && (aead || len(p.INTEG) == 0) {
			return nil
		}
		c.Extended = c.Extended || extended
		c.Short = c.Short || short || !extended
		c.Offer = append(c.Offer, p)
	}
	return c
}
