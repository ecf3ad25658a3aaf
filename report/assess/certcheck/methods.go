package certcheck

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/table"
	"github.com/ikescope/ikescope/report"
)

//go:embed methods.csv
var methodsCSV string

// ability is what a family of clients can do of EAP.
type ability struct {
	methods   []string
	passwords []string // for these a user name and a password are enough
}

// abilities reads the table once.
var abilities = sync.OnceValue(func() map[report.Family]ability {
	out := make(map[report.Family]ability)
	for _, f := range table.MustRead("methods.csv", methodsCSV, "client", "methods", "passwords", "certainty", "source") {
		out[report.Family(f["client"])] = ability{strings.Fields(f["methods"]), strings.Fields(f["passwords"])}
	}
	return out
})

// methodNot: all methods of the gateway are known, and the client has none of them.
func methodNot(family report.Family) check {
	return func(f *facts) (values, bool) {
		can := abilities()[family].methods
		has := func(m string) bool { return slices.Contains(can, m) }
		return values{"methods": english.List(f.Methods, "and"), "can": english.List(can, "and")},
			f.MethodsComplete && len(f.Methods) > 0 && !slices.ContainsFunc(f.Methods, has)
	}
}

// methodCertificate: of the gateway's methods the client has some, and none that a user
// name and a password are enough for.
func methodCertificate(family report.Family) check {
	return func(f *facts) (values, bool) {
		own := abilities()[family]
		var common []string
		for _, m := range f.Methods {
			if slices.Contains(own.passwords, m) {
				return nil, false
			}
			if slices.Contains(own.methods, m) {
				common = append(common, m)
			}
		}
		return values{"methods": english.List(f.Methods, "and"), "common": english.List(common, "and"), "credentials": needs(common)}, f.MethodsComplete && len(common) > 0
	}
}

// needs is what a user has to have for methods that no password is enough for.
func needs(methods []string) string {
	withSIM := func(m string) bool { return m != "eap-tls" } // eap-sim and those of AKA
	switch {
	case !slices.ContainsFunc(methods, withSIM):
		return "a certificate"
	case slices.Contains(methods, "eap-tls"):
		return "a certificate or a SIM"
	}
	return "a SIM"
}

// withTLS are the methods in which the server proves who it is by a certificate first.
var withTLS = []string{"eap-tls", "eap-ttls", "eap-peap"}

// eapServer has clients reject a gateway all of whose methods begin with the certificate
// of a server that they reject, unless that is the one that was judged already.
func eapServer(c *report.Connection) {
	if !c.MethodsComplete || len(c.Methods) == 0 || slices.ContainsFunc(c.Methods, func(m string) bool { return !slices.Contains(withTLS, m) }) {
		return
	}
	for i := range c.Judged {
		j := &c.Judged[i]
		var reasons []report.Reason
		var shows []string
		judged, accepted := false, false
		for _, t := range c.EAPTLS {
			for _, of := range t.Judged {
				if of.Client != j.Client || len(t.Chain) == 0 || len(c.Chain) > 0 && t.Chain[0].SHA256 == c.Chain[0].SHA256 {
					continue
				}
				judged, accepted = true, accepted || of.Verdict != report.CertificateRejected
				if shows == nil {
					shows = of.Shows
				}
				for _, r := range of.Reasons {
					if r.Effect == report.CertificateRejected && !slices.ContainsFunc(reasons, func(known report.Reason) bool { return known.Rule == ofServer+r.Rule }) {
						r.Rule, r.Sentence = ofServer+r.Rule, "the certificate of the EAP server: "+r.Sentence
						reasons = append(reasons, r)
					}
				}
			}
		}
		if !judged || accepted {
			continue
		}
		if j.Verdict != report.CertificateRejected {
			j.Verdict, j.Shows = report.CertificateRejected, shows
			j.Reasons = append(reasons, j.Reasons...)
			continue
		}
		j.Reasons = append(slices.Clip(j.Reasons), reasons...)
		bySeverity(j.Reasons)
	}
}

// ofServer begins the rules of reasons on the certificate of an EAP server.
const ofServer = "eap-"
