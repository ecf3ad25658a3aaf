package client

import (
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/english"
)

// lists are the algorithms that the settings of a connection name, the most
// preferred first. It offers each combination of them.
type lists struct {
	encr, integ, prf, ke []proposals.Algorithm
}

// products returns the proposals of l. Classic and AEAD ciphers stand in
// different ones, since only the first go with an integrity algorithm (RFC
// 7296, Section 3.3); the kind of the first cipher comes first. Without PRFs
// they are those of the integrity algorithms. It reports false if an axis lacks
// an algorithm.
func (l lists) products() ([]proposals.Product, bool) {
	if len(l.prf) == 0 {
		for _, integ := range l.integ {
			if prf, ok := proposals.PRFOf(integ); ok {
				l.prf = append(l.prf, prf)
			}
		}
	}
	if len(l.encr) == 0 || len(l.prf) == 0 || len(l.ke) == 0 {
		return nil, false
	}
	var products []proposals.Product
	for _, aead := range []bool{l.encr[0].AEAD(), !l.encr[0].AEAD()} {
		p := proposals.Product{
			proposals.PRF: appendNew(nil, l.prf...),
			proposals.KE:  appendNew(nil, l.ke...),
		}
		for _, encr := range l.encr {
			if encr.AEAD() == aead {
				p[proposals.ENCR] = appendNew(p[proposals.ENCR], encr)
			}
		}
		if len(p[proposals.ENCR]) == 0 {
			continue
		}
		if !aead {
			if len(l.integ) == 0 {
				return nil, false
			}
			p[proposals.INTEG] = appendNew(nil, l.integ...)
		}
		products = append(products, p)
	}
	return products, true
}

// appendNew appends those of more that are not in list yet.
func appendNew[T comparable](list []T, more ...T) []T {
	for _, m := range more {
		if !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

// inWords returns "a, b and c", or "a, b and 7 more" for a long list.
func inWords(names []string) string {
	const most = 5
	if more := len(names) - most; more > 0 {
		names = append(slices.Clone(names[:most]), fmt.Sprintf("%d more", more))
	}
	return english.List(names, "and")
}

// leftOut adds to the first of policies a note on the connections of the file
// that are not IKEv2.
func leftOut(policies []Policy, names []string) []Policy {
	if len(policies) == 0 || len(names) == 0 {
		return policies
	}
	policies[0].Notes = append(policies[0].Notes, "Left out, because they are not IKEv2: "+inWords(names)+".")
	return policies
}
