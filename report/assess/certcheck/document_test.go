package certcheck

import (
	"crypto/x509"
	"slices"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/report"
)

// shownBy is an answer in which a gateway shows a certificate.
func shownBy(g Gateway, evidence ...int) report.Introduction {
	i := report.Introduction{
		State: report.IdentitySeen, ID: string(g.ID.Data), IDType: g.ID.IDType.String(), IDData: g.ID.Data,
		Proof: report.ProofVerified, Evidence: evidence,
	}
	for _, c := range g.Chain {
		i.Chain = append(i.Chain, report.Certificate{DER: c.Raw})
	}
	return i
}

func refusedWith(n ike.NotifyType, evidence ...int) *report.Introduction {
	return &report.Introduction{State: report.IdentityRefused, Notify: n.String(), Evidence: evidence}
}

// ruleOf returns the reason of a family that a rule is, nil if it does not apply.
func ruleOf(c report.Connection, f report.Family, rule string) *report.Reason {
	for _, j := range c.Judged {
		for i, r := range j.Reasons {
			if j.Client == f && r.Rule == rule {
				return &j.Reasons[i]
			}
		}
	}
	return nil
}

// TestIdentity: each family is judged by the answer that it gets, and a reason cites the
// exchanges that show it.
func TestIdentity(t *testing.T) {
	good := gateway(nil)
	noEKU := withLeaf(func(c *x509.Certificate) { c.ExtKeyUsage, c.UnknownExtKeyUsage = nil, nil })
	basis := Basis{At: now, WarnDays: 30, Roots: good.Roots}
	judge := func(change func(*report.Connection)) report.Connection {
		id := &report.Identity{Name: host, Connections: []report.Connection{{Introduction: shownBy(good, 2, 1)}}}
		plain := shownBy(good, 3, 4)
		id.Connections[0].NoHashes, id.Connections[0].NoCertReq, id.Connections[0].ByName = &plain, &plain, &plain
		change(&id.Connections[0])
		out := Identity(id, basis)
		if len(id.Connections[0].Judged) > 0 {
			t.Error("the document was changed")
		}
		return out.Connections[0]
	}
	all := func(c report.Connection) string { return verdicts(Result{Clients: c.Judged}) }

	for name, tt := range map[string]struct {
		change   func(*report.Connection)
		verdicts string
		rule     string
		of       report.Family
		evidence []int
	}{
		"the same to all": {func(*report.Connection) {}, "AAAA", "", "", nil},
		"another certificate without RFC 7427": {func(c *report.Connection) {
			other := shownBy(noEKU, 6, 5)
			c.NoHashes = &other
		}, "RAAA", "eku-absent", report.FamilyWindows, []int{5, 6}},
		"another certificate by name": {func(c *report.Connection) {
			other := shownBy(noEKU, 8, 7)
			c.ByName = &other
		}, "ARAA", "eku-absent", report.FamilyApple, []int{7, 8}},
		"a forged signature without RFC 7427": {func(c *report.Connection) {
			other := shownBy(good, 9)
			other.Proof = report.ProofForged
			c.NoHashes = &other
		}, "RAAA", "auth-forged", report.FamilyWindows, []int{9}},
		"refused by name": {func(c *report.Connection) { c.ByName = refusedWith(ike.AUTHENTICATION_FAILED, 12, 11) }, "ARRR",
			"host-name-refused", report.FamilyAndroid, []int{11, 12}},
		"another error without RFC 7427": {func(c *report.Connection) { c.NoHashes = refusedWith(ike.TEMPORARY_FAILURE, 13) }, "UUAA",
			"hashes-not-known", report.FamilyWindows, []int{1, 2}},
		"no answer by name": {func(c *report.Connection) {
			c.ByName = &report.Introduction{State: report.IdentityNoAnswer, Evidence: []int{14}}
		}, "AAAA", "", "", nil},
		"revoked": {func(c *report.Connection) {
			c.Revocation = []report.Revocation{{Subject: "CN=x", State: report.RevocationGood}, {Subject: "CN=y", State: report.RevocationRevoked}}
		}, "UUAU", report.RuleRevoked, report.FamilyStrongSwan, []int{3, 4}},
		"whether it is revoked is not known": {func(c *report.Connection) {
			c.Revocation = []report.Revocation{{Subject: "CN=x", State: report.RevocationUnknown}}
		}, "AAAA", "", "", nil},
		"a hash and a URL": {func(c *report.Connection) { c.Introduction.HashAndURL, c.ByName = true, nil }, "AARA",
			"hash-and-url", report.FamilyAndroid, []int{1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			c := judge(tt.change)
			if got := all(c); got != tt.verdicts {
				t.Errorf("verdicts %s, want %s", got, tt.verdicts)
			}
			if tt.rule == "" {
				return
			}
			if r := ruleOf(c, tt.of, tt.rule); r == nil || !slices.Equal(r.Evidence, tt.evidence) {
				t.Errorf("%s of %s: %+v, want it with evidence %d", tt.rule, tt.of, r, tt.evidence)
			}
		})
	}

	// Another name, as a saved report is judged by.
	id := Identity(&report.Identity{Name: host, Connections: []report.Connection{{Introduction: shownBy(good, 1)}}}, basis)
	again := Identity(id, Basis{Name: "gw.example.com", At: now, Roots: good.Roots})
	if got := all(again.Connections[0]); got != "RRRR" || again.Name != "gw.example.com" || all(id.Connections[0]) == got {
		t.Errorf("by another name: %s, by its own: %s", got, all(id.Connections[0]))
	}
	// A report of old has no certificates, and keeps its verdicts.
	id.Connections[0].Chain[0].DER = nil
	again = Identity(id, Basis{Name: "gw.example.com", At: now, Roots: good.Roots})
	if got, want := all(again.Connections[0]), all(id.Connections[0]); got != want {
		t.Errorf("without certificates: %s, was %s", got, want)
	}
	// More certificates than are read.
	c := judge(func(c *report.Connection) { c.Omitted = 3 })
	if i := slices.IndexFunc(c.Remarks, func(r report.Reason) bool { return r.Rule == "chain-long" }); i < 0 || c.Remarks[i].Sentence[:14] != "5 certificates" {
		t.Errorf("%+v", c.Remarks)
	}
}
