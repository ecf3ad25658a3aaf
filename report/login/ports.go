package login

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/login"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// portsAsked puts the ports that were asked in the place of the assigned ones, which the
// sentences on causes and what to do have.
func portsAsked(r *login.Result) *strings.Replacer {
	name := func(t initiator.Transport) string {
		for _, p := range r.Asked {
			if p.Transport == t {
				return report.Path{Transport: report.Transport(t.String()), Port: p.Port}.Name()
			}
		}
		return ""
	}
	var all []string
	for _, t := range []initiator.Transport{initiator.UDP500, initiator.UDP4500, initiator.TCP4500} {
		if n := name(t); n != "" {
			all = append(all, n)
		}
	}
	if len(all) == 0 {
		return strings.NewReplacer()
	}
	list := english.List(all, "and")
	short := strings.ReplaceAll(list, " and UDP ", " and ")
	or := func(n string) string {
		if n == "" {
			return list
		}
		return n
	}
	return strings.NewReplacer("UDP 500 and UDP 4500", list, "UDP 500 and 4500", short,
		"UDP 4500", or(name(initiator.UDP4500)), "UDP 500", or(name(initiator.UDP500)))
}

// nameAsked has the reason name the target and its ports as they were asked.
func (d *Document) nameAsked(out *Reason, r *login.Result) {
	asked := portsAsked(r)
	out.Text, out.Elsewhere = asked.Replace(out.Text), asked.Replace(out.Elsewhere)
	out.Fix = slices.Clone(out.Fix)
	for i, f := range out.Fix {
		if f.Paste && f.Line == "ikescope "+d.Address {
			out.Fix[i].Line = "ikescope " + d.Target
		} else if !f.Paste {
			out.Fix[i].Line = asked.Replace(f.Line)
		}
	}
}
