package client

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/table"
)

// Child is what a client offers for Child SAs (ESP), and how that is known. It is not to
// be changed: policies share it.
type Child struct {
	// Offer are the proposals, the most preferred first.
	Offer []ChildProposal
	// Short and Extended are the sequence numbers that it offers; neither is set where
	// that is not known.
	Short, Extended bool
	// Source, SourceDate, Confidence and Doubt are those of [Policy].
	Source, SourceDate, Confidence, Doubt string
}

// ChildProposal is one proposal for a Child SA. In IKE_AUTH it has no key exchange (RFC
// 7296, Section 1.2); when the client rekeys the Child SA, it has KE.
type ChildProposal struct {
	// ENCR are its ciphers; INTEG its integrity algorithms, nil beside AEAD.
	ENCR, INTEG []proposals.Algorithm
	// KE are its key exchange methods, and Plain: it offers to do without. If it has
	// neither, what it offers at rekeying is not known.
	KE    []proposals.Algorithm
	Plain bool
	// OfIKE: KE is one of the methods listed, that of the IKE SA.
	OfIKE bool
	// Optional are those algorithms that only some of the clients offer: those whose
	// kernel or build has them.
	Optional []proposals.Algorithm
}

// IsOptional reports whether only some of the clients offer an algorithm.
func (p ChildProposal) IsOptional(a proposals.Algorithm) bool { return slices.Contains(p.Optional, a) }

// childrenCSV is what well-known clients offer for Child SAs.
//
//go:embed children.csv
var childrenCSV string

// addChildren gives the known policies what they offer for Child SAs.
func (k *knownPolicies) addChildren(rows []table.Row) {
	for _, row := range table.MustRead("children.csv", childrenCSV, "names", "policy_id", "rows", "offer", "sn", "doubt") {
		for name := range strings.FieldsSeq(row["names"]) {
			i, ok := k.index[name]
			if !ok || k.policies[i].Child != nil {
				panic("client: internal error: children.csv: " + name)
			}
			child, err := childOf(row, rows, k.policies[i])
			if err != nil {
				panic("client: internal error: children.csv: " + name + ": " + err.Error())
			}
			k.policies[i].Child = child
		}
	}
}

// childOf makes what a row of children.csv says of a policy.
func childOf(row table.Row, rows []table.Row, p Policy) (*Child, error) {
	c := &Child{Short: strings.Contains(row["sn"], "short"), Extended: strings.Contains(row["sn"], "extended")}
	var sources, dates, confidences, doubts []string
	for _, r := range rows {
		if isAboutChild(r, row) {
			sources = addNew(sources, r["source"])
			dates = addNew(dates, r["source_date"])
			confidences = addNew(confidences, r["confidence"])
		}
	}
	if len(confidences) == 0 {
		return nil, fmt.Errorf("no row for ESP is about it")
	}
	c.Source, c.SourceDate, c.Confidence = strings.Join(sources, "; "), strings.Join(dates, "; "), strings.Join(confidences, "; ")
	doubts = addNew(doubts, row["doubt"])
	for _, confidence := range confidences {
		doubts = addNew(doubts, doubtOfConfidence(confidence))
	}
	doubts = addNew(doubts, doubtOfDate(c.SourceDate))
	c.Doubt = strings.Join(doubts, " ")
	for text := range strings.SplitSeq(row["offer"], ",") {
		proposal, err := parseChild(text, proposals.KeyExchangeMethods(p.Offer))
		if err != nil {
			return nil, err
		}
		c.Offer = append(c.Offer, proposal)
	}
	return c, nil
}

// isAboutChild reports whether row is what a row of children.csv is about.
func isAboutChild(row, child table.Row) bool {
	return row["policy_id"] == child["policy_id"] && strings.HasPrefix(row["version_scope"], child["rows"]) &&
		(strings.HasSuffix(row["protocol"], "ESP") || strings.HasPrefix(row["version_scope"], "Set-VpnConnectionIPsecConfiguration"))
}

// parseChild reads a proposal as children.csv has it: the ciphers and integrity
// algorithms, then after a slash the key exchange methods of rekeying, among which none
// is to do without, ike the one of the IKE SA, and own all those that the client offers
// for one. What is in brackets only some of the clients offer.
func parseChild(text string, own []ike.KeyExchangeMethod) (ChildProposal, error) {
	var p ChildProposal
	suite, groups, ok := strings.Cut(text, "/")
	if !ok {
		return p, fmt.Errorf("%q has no key exchange methods", text)
	}
	for word := range strings.SplitSeq(suite+"-"+groups, "-") {
		inner, optional := strings.CutPrefix(word, "[")
		inner = strings.TrimSuffix(inner, "]")
		var found []proposals.Algorithm
		switch inner {
		case "none":
			p.Plain = true
			continue
		case "own", "ike":
			p.OfIKE = inner == "ike"
			for _, m := range own {
				found = append(found, proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)})
			}
		default:
			a, err := proposals.ParseAlgorithm(inner)
			if err != nil {
				return p, err
			}
			found = append(found, a)
		}
		if optional {
			p.Optional = append(p.Optional, found...)
		}
		p.add(found...)
	}
	return p, nil
}

// childOfText makes what a configuration says of one proposal, as [parseChild] reads it.
// Clients that are configured so offer short sequence numbers.
func childOfText(text string, offer []proposals.Product) (*Child, error) {
	p, err := parseChild(text, proposals.KeyExchangeMethods(offer))
	if err != nil {
		return nil, err
	}
	return &Child{Offer: []ChildProposal{p}, Short: true}, nil
}

// add adds algorithms to the lists of their axes.
func (p *ChildProposal) add(all ...proposals.Algorithm) {
	for _, a := range all {
		switch a.Axis {
		case proposals.ENCR:
			p.ENCR = appendNew(p.ENCR, a)
		case proposals.INTEG:
			p.INTEG = appendNew(p.INTEG, a)
		case proposals.KE:
			p.KE = appendNew(p.KE, a)
		}
	}
}

// kinds reports whether a proposal has ciphers without and with AEAD.
func (p ChildProposal) kinds() (classic, aead bool) {
	for _, a := range p.ENCR {
		classic, aead = classic || !a.AEAD(), aead || a.AEAD()
	}
	return classic, aead
}

// String is the proposal as strongSwan writes it.
func (p ChildProposal) String() string {
	var words []string
	for _, a := range slices.Concat(p.ENCR, p.INTEG, p.KE) {
		words = append(words, a.Keyword())
	}
	return strings.Join(words, "-")
}
