package certcheck

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/report"
)

// tlsRules are the rules on certificates of IKE that hold for those of TLS inside EAP,
// too. Those on names are not among them: clients compare with a name of the RADIUS
// server that their profile has.
var tlsRules = []string{
	"leaf-not-first", "broken-signature", "chain-unverifiable", "chain-constraint", "issuer-unknown", "root-untrusted", "roots-unknown",
	"self-signed-leaf", "expired", "not-yet-valid", "issuer-dates", "expires-soon", "validity-long", "eku-absent", "eku-no-serverauth",
	"rsa-short", "rsa-tiny", "weak-hash",
}

// handshakes judges the certificates that servers of EAP with TLS proved to be theirs,
// each once.
func handshakes(c *report.Connection, b Basis) {
	c.EAPTLS = slices.Clone(c.EAPTLS)
	judged := make(map[string]bool)
	for i := range c.EAPTLS {
		t := &c.EAPTLS[i]
		whole := !slices.ContainsFunc(t.Chain, func(one report.Certificate) bool { return len(one.DER) == 0 })
		if t.State != report.IdentitySeen || len(t.Chain) == 0 || !whole {
			continue // of a document of old
		}
		t.Judged, t.Remarks = nil, nil
		if leaf := t.Chain[0].SHA256; !judged[leaf] {
			judged[leaf] = true
			handshake(t, b)
		}
	}
}

// handshake adds what clients make of the certificate. What they show for it in IKE is
// not what they show in TLS, but for the code that Windows has of TLS.
func handshake(t *report.EAPTLS, b Basis) {
	g := Gateway{At: b.At, WarnDays: b.WarnDays, Roots: b.Roots, WithoutHashes: Yes, WithoutCertReq: Yes, WithHostName: Yes}
	for _, c := range t.Chain[:min(len(t.Chain), maxChain)] {
		parsed, err := certificate.Parse(c.DER)
		if err != nil {
			break
		}
		g.Chain = append(g.Chain, parsed)
	}
	if len(g.Chain) == 0 {
		return
	}
	all := Judge(g)
	evidence := slices.Compact(slices.Sorted(slices.Values(t.Evidence)))
	onTLS := func(reasons []report.Reason) []report.Reason {
		var out []report.Reason
		for _, r := range reasons {
			if slices.Contains(tlsRules, r.Rule) {
				r.Fixes, r.Shows, r.Evidence = serverFixes(r), nil, evidence
				out = append(out, r)
			}
		}
		return out
	}
	t.Remarks = onTLS(all.Observations)
	for _, c := range all.Clients {
		one := report.JudgedClient{Client: c.Client, Verdict: report.CertificateAccepted, Reasons: onTLS(c.Reasons)}
		for _, effect := range []report.Acceptance{report.CertificateRejected, report.CertificateUnknown} {
			if slices.ContainsFunc(one.Reasons, func(r report.Reason) bool { return r.Effect == effect }) {
				one.Verdict = effect
				untrusted := func(r report.Reason) bool { return r.Rule == "issuer-unknown" || r.Rule == "root-untrusted" }
				if c.Client == report.FamilyWindows && slices.ContainsFunc(one.Reasons, untrusted) {
					one.Shows = []string{"0x800B0109"}
				}
				break
			}
		}
		t.Judged = append(t.Judged, one)
	}
}

// serverFixes are the IDs of what mends the certificate of an EAP server: to have another
// one, or to let the client trust it.
func serverFixes(r report.Reason) []string {
	if r.Effect != report.CertificateRejected && r.Severity.Rank() > report.SeverityMedium.Rank() {
		return nil
	}
	ids := []string{"eapcert/freeradius", "eapcert/nps", "eapcert/strongswan"}
	for _, id := range r.Fixes {
		if strings.HasPrefix(id, "trust/") || strings.HasPrefix(id, "clock/") {
			ids = append(ids, id)
		}
	}
	return ids
}
