package client

import (
	"slices"

	"github.com/ikescope/ikescope/proposals"
)

// ikedChildCiphers are what childsa has beside the ciphers of ikesa (OpenIKED 7.4,
// parse.y, ipsecencxfs).
var ikedChildCiphers = map[string]string{
	"aes-128-ctr": "aes128ctr", "aes-192-ctr": "aes192ctr", "aes-256-ctr": "aes256ctr",
	"aes-192-gcm": "aes192gcm16", "chacha20-poly1305": "chacha20poly1305", "null": "null",
}

// ikedOnlyIKE are ciphers of ikesa that childsa has not.
var ikedOnlyIKE = []string{"aes-128-gcm-12", "aes-256-gcm-12"}

// addChild takes one transform of a childsa; a prf is passed over.
func (sa *ikedSA) addChild(kind, value string) {
	var name string
	var ok bool
	axis := proposals.ENCR
	switch kind {
	case "enc":
		if name, ok = ikedChildCiphers[value]; !ok && !slices.Contains(ikedOnlyIKE, value) {
			name, ok = ikedCiphers[value]
		}
	case "auth":
		axis = proposals.INTEG
		name, ok = ikedIntegs[value]
	case "group":
		if value == "none" {
			sa.plain = true
			return
		}
		axis = proposals.KE
		name, ok = ikedGroups[value]
	default:
		return
	}
	if !ok {
		sa.unknown = true
		return
	}
	a := keyword(name)
	a.Axis = axis
	sa.product[axis] = appendNew(sa.product[axis], a)
}

// childOffer returns what a rule offers for Child SAs, completed with the defaults of iked;
// nil where that is not known, and for AH.
func (r *ikedReading) childOffer() *Child {
	if r.ah {
		return nil
	}
	defaults := defaultOf("openiked").Child
	out := &Child{}
	completed := len(r.child) == 0
	all := r.child
	if completed {
		all = []ikedSA{{child: true}}
	}
	for _, sa := range all {
		classic, aead := ChildProposal{ENCR: sa.product[proposals.ENCR]}.kinds()
		integ := len(sa.product[proposals.INTEG]) > 0
		if sa.unknown || aead && (classic || integ) {
			return nil
		}
		for i, byDefault := range defaults.Offer { // AEAD, and then others
			if i == 0 && (classic || integ) || i == 1 && aead {
				continue
			}
			p := ChildProposal{ENCR: sa.product[proposals.ENCR], INTEG: sa.product[proposals.INTEG], KE: sa.product[proposals.KE]}
			if len(p.ENCR) == 0 {
				p.ENCR, completed = byDefault.ENCR, true
				p.addOptional(byDefault, proposals.ENCR)
			}
			if i > 0 && len(p.INTEG) == 0 {
				p.INTEG, completed = byDefault.INTEG, true
				p.addOptional(byDefault, proposals.INTEG)
			}
			p.Plain = sa.plain || len(p.KE) == 0
			out.Offer = append(out.Offer, p)
		}
		neither := !sa.short && !sa.extended
		out.Short = out.Short || sa.short || neither
		out.Extended = out.Extended || sa.extended || neither
	}
	if completed {
		out.Doubt = defaults.Doubt
	}
	return out
}

// addOptional marks what is optional on an axis of a default.
func (p *ChildProposal) addOptional(byDefault ChildProposal, axis proposals.Axis) {
	for _, a := range byDefault.Optional {
		if a.Axis == axis {
			p.Optional = append(p.Optional, a)
		}
	}
}
