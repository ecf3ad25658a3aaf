package login

import (
	"maps"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/login"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// certificateNames lists who a certificate is for, by its subjectAltNames or else its
// subject, and returns the first that a client can ask for.
func certificateNames(c *certificate.Certificate) (list, one string) {
	all := certificateOf(c).Names
	if i := slices.IndexFunc(all, func(name string) bool { return !strings.HasPrefix(name, "*") }); i >= 0 {
		one = all[i]
	}
	if len(all) == 0 {
		return c.Subject + ", without a subjectAltName", c.CommonName
	}
	return someNames(all), one
}

// wordsOf returns the words of sentences on why a step of r did not pass, and on what to do:
// the gateway, as the user named it too, the ports that were asked, and what the step says.
// Without ports the sentences name the assigned ones.
func (d *Document) wordsOf(s login.Step, r *login.Result) map[string]string {
	words := map[string]string{"peer": r.Address.String(), "host": r.Host, "target": d.Target}
	var all []string
	asked := map[initiator.Transport]string{}
	for _, t := range []initiator.Transport{initiator.UDP500, initiator.UDP4500, initiator.TCP4500} {
		for _, p := range r.Asked {
			if p.Transport == t && asked[t] == "" {
				asked[t] = report.Path{Transport: report.Transport(t.String()), Port: p.Port}.Name()
				all = append(all, asked[t])
			}
		}
	}
	if len(all) > 0 {
		list := english.List(all, "and")
		words["ports"], words["ports-short"] = list, strings.ReplaceAll(list, " and UDP ", " and ")
		for name, t := range map[string]initiator.Transport{"udp500": initiator.UDP500, "udp4500": initiator.UDP4500} {
			if words[name] = asked[t]; asked[t] == "" {
				words[name] = list // of the ports there are, one that stands for it
			}
		}
	}
	if s.Kind == login.Gateway && len(r.Gateway.Chain) > 0 {
		words["names"], words["name"] = certificateNames(r.Gateway.Chain[0])
	}
	if s.Cause == "eap-server-name" && r.EAPTLS != nil && len(r.EAPTLS.Chain) > 0 {
		words["names"], words["name"] = certificateNames(r.EAPTLS.Chain[0])
	}
	maps.Copy(words, s.Words)
	return words
}
