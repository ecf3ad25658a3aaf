package client

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/proposals/table"
)

// policiesCSV is what products offer and accept by default: a row for each
// Proposal, with its source and how far it was checked.
//
//go:embed policies.csv
var policiesCSV string

// namesCSV names the policies of policiesCSV that are offers for an IKE SA.
//
//go:embed names.csv
var namesCSV string

// gathered is when policiesCSV was, and oldAfter how old a source may be by
// then without doubt, both in months.
const (
	gathered = 2026*12 + 8
	oldAfter = 3 * 12
)

// Policies returns what well-known clients offer, Windows first. Those that
// are of responders say so. Each call returns policies of its own.
func Policies() []Policy {
	var all []Policy
	for _, p := range known().policies {
		all = append(all, p.clone())
	}
	return all
}

// Named returns the policy of Policies with that name or alias, such as
// "windows-11", and false if there is none.
func Named(name string) (Policy, bool) {
	k := known()
	i, ok := k.index[name]
	if !ok {
		return Policy{}, false
	}
	return k.policies[i].clone(), true
}

// clone returns a copy of a policy of the tables, which has no Packet, that
// shares nothing with it.
func (p Policy) clone() Policy {
	p.Aliases, p.Notes, p.Offer = slices.Clone(p.Aliases), slices.Clone(p.Notes), slices.Clone(p.Offer)
	for i := range p.Offer {
		for axis := range p.Offer[i] {
			p.Offer[i][axis] = slices.Clone(p.Offer[i][axis])
		}
	}
	return p
}

// knownPolicies are the policies of the tables.
type knownPolicies struct {
	policies []Policy
	index    map[string]int // of policies, by names and aliases
}

var known = sync.OnceValue(func() knownPolicies {
	k := knownPolicies{index: make(map[string]int)}
	rows := readPolicies()
	for _, name := range readNames() {
		p, err := named(name, rows)
		if err != nil {
			panic("client: internal error: " + name["name"] + ": " + err.Error())
		}
		for _, word := range append([]string{p.Name}, p.Aliases...) {
			if _, taken := k.index[word]; taken {
				panic("client: internal error: two policies are named " + word)
			}
			k.index[word] = len(k.policies)
		}
		k.policies = append(k.policies, p)
	}
	k.addChildren(rows)
	return k
})

// readPolicies and readNames return the rows of the tables.
func readPolicies() []table.Row {
	return table.MustRead("policies.csv", policiesCSV, "policy_id", "product", "version_scope", "role", "proposal_no", "protocol",
		"encr", "integ", "prf", "ke", "sn_esn", "lifetime_s", "notes", "source", "source_date", "confidence")
}

func readNames() []table.Row {
	return table.MustRead("names.csv", namesCSV, "name", "aliases", "product", "scope", "syntax", "family", "policy_id", "rows", "offer", "doubt", "notes")
}

// isAbout reports whether row is a Proposal for an IKE SA of the policy that
// name names.
func isAbout(row, name table.Row) bool {
	return row["policy_id"] == name["policy_id"] && strings.HasPrefix(row["protocol"], "IKE") &&
		strings.HasPrefix(row["version_scope"], name["rows"])
}

// named makes the policy of a row of names.csv from those of policies.csv.
func named(name table.Row, rows []table.Row) (Policy, error) {
	p := Policy{
		Name: name["name"], Aliases: strings.Fields(name["aliases"]), Product: name["product"], Scope: name["scope"], Syntax: Syntax(name["syntax"]),
		Family: Family(name["family"]),
	}
	if name["notes"] != "" {
		p.Notes = strings.Split(name["notes"], "|")
	}
	var sources, dates, confidences []string
	for _, row := range rows {
		if !isAbout(row, name) {
			continue
		}
		sources = addNew(sources, row["source"])
		dates = addNew(dates, row["source_date"])
		confidences = addNew(confidences, row["confidence"])
		p.Responder = strings.HasPrefix(row["role"], "responder") && !strings.Contains(row["role"], "initiate")
		if name["offer"] == "" {
			product, err := rowProduct(row)
			if err != nil {
				return Policy{}, err
			}
			p.Offer = append(p.Offer, product)
		}
	}
	if name["offer"] != "" {
		var err error
		if p.Offer, err = proposals.ParseProducts(name["offer"]); err != nil {
			return Policy{}, err
		}
	}
	if len(confidences) == 0 || len(p.Offer) == 0 {
		return Policy{}, fmt.Errorf("no row for IKE is about it")
	}
	p.KE = ike.KeyExchangeMethod(p.Offer[0][proposals.KE][0].ID)
	p.INTEGFirst = sentByStrongSwan(p.Syntax) || strings.HasPrefix(name["policy_id"], "strongswan-")
	p.Source = strings.Join(sources, "; ")
	p.SourceDate = strings.Join(dates, "; ")
	p.Confidence = strings.Join(confidences, "; ")

	var doubts []string
	if p.Responder {
		doubts = append(doubts, "This is what it accepts as a responder, not an offer that was observed.")
	}
	if name["doubt"] != "" {
		doubts = append(doubts, name["doubt"])
	}
	for _, c := range confidences {
		if d := doubtOfConfidence(c); d != "" {
			doubts = addNew(doubts, d)
		}
	}
	if d := doubtOfDate(p.SourceDate); d != "" {
		doubts = append(doubts, d)
	}
	p.Doubt = strings.Join(doubts, " ")
	return p, nil
}

// addNew is [appendNew], but for a text that is empty.
func addNew(list []string, s string) []string {
	if s == "" {
		return list
	}
	return appendNew(list, s)
}

// doubtOfConfidence returns what is doubtful of a row that was checked so
// far, in a sentence, or "".
func doubtOfConfidence(confidence string) string {
	how, detail := confidence, ""
	if i := strings.IndexAny(confidence, "(;"); i >= 0 {
		how, detail = strings.TrimSpace(confidence[:i]), strings.Trim(confidence[i:], "(); ")
	}
	switch how {
	case "verified":
		if _, open, ok := strings.Cut(confidence, "); "); ok {
			return "Not fully verified: " + open + "."
		}
		return ""
	case "one-source":
		if detail == "secondary" {
			return "Only one secondary source shows this."
		}
		return "Only one source shows this."
	case "inferred":
		return "It is inferred, not observed."
	case "UNCERTAIN":
		return "Its data is uncertain."
	}
	return "It was only partly checked: " + detail + "."
}

var yearAndMonth = lazyregexp.New(`\b(20\d\d)(?:-(0[1-9]|1[0-2])\b)?`)

// doubtOfDate returns a sentence where the newest date of dates is old, or
// there is none, else "".
func doubtOfDate(dates string) string {
	newest, text := 0, ""
	for _, m := range yearAndMonth.FindAllStringSubmatch(dates, -1) {
		year, _ := strconv.Atoi(m[1])  // digits
		month, _ := strconv.Atoi(m[2]) // or 0
		if when := year*12 + month; when > newest {
			newest, text = when, m[0]
		}
	}
	switch {
	case newest == 0:
		return "Its source has no date."
	case gathered-newest > oldAfter:
		return "Its source is from " + text + ": newer versions may differ."
	}
	return ""
}

// rowProduct reads a row whose algorithms are IANA names, without the prefixes
// of ciphers and key exchange methods, and with the key length behind.
func rowProduct(row table.Row) (proposals.Product, error) {
	var p proposals.Product
	for axis, column := range map[proposals.Axis]string{
		proposals.ENCR: "encr", proposals.INTEG: "integ", proposals.PRF: "prf", proposals.KE: "ke",
	} {
		for word := range strings.FieldsSeq(row[column]) {
			if axis == proposals.INTEG && word == "NONE" {
				continue
			}
			a, ok := ianaNames()[word]
			if !ok || a.Axis != axis {
				return p, fmt.Errorf("proposal %s: %s: %q is not an algorithm", row["proposal_no"], column, word)
			}
			p[axis] = append(p[axis], a)
		}
	}
	// What the keywords of p can be read as is complete, too.
	return proposals.ParseProduct(p.String())
}

// ianaNames are the algorithms as policies.csv names them.
var ianaNames = sync.OnceValue(func() map[string]proposals.Algorithm {
	names := make(map[string]proposals.Algorithm)
	for axis := proposals.ENCR; axis <= proposals.KE; axis++ {
		for _, a := range proposals.IKEAlgorithms(axis) {
			name := strings.TrimPrefix(strings.TrimPrefix(a.Name(), "ENCR_"), "KE_")
			if a.KeyBits != 0 {
				name += "_" + strconv.Itoa(int(a.KeyBits))
			}
			names[strings.Replace(name, "CURVE", "CURVE_", 1)] = a
		}
	}
	return names
})
