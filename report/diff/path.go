package diff

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

func (c *contrast) target() {
	if c.old.Name != c.now.Name {
		c.add(report.AreaTarget, report.EffectNeither, "", "compared with %s, the only target of the older report", report.DiffTargetOf(c.old).String())
	}
	if c.old.Verdict != c.now.Verdict {
		c.add(report.AreaTarget, report.EffectNeither, "", "now: %s; before: %s", c.now.Verdict.Words(), c.old.Verdict.Words())
	}
	if c.old.Address != c.now.Address && c.old.Name == c.now.Name {
		c.add(report.AreaTarget, report.EffectNeither, "", "its address is now %s; it was %s", c.now.Address, c.old.Address)
	}
}

func (c *contrast) paths() {
	// Not the ports: those of a mock gateway are never the same.
	key := func(p report.Path) report.Transport { return p.Transport }
	for _, p := range c.old.Paths {
		i := slices.IndexFunc(c.now.Paths, func(q report.Path) bool { return key(q) == key(p) })
		switch {
		case i < 0:
			c.add(report.AreaPath, report.EffectNeither, "", "%s was not asked this time; before: %s", p.Name(), p.StateWords())
		case c.now.Paths[i].State != p.State:
			c.add(report.AreaPath, report.EffectNeither, "", "%s: %s; before: %s", p.Name(), c.now.Paths[i].StateWords(), p.StateWords())
		}
	}
	for _, p := range c.now.Paths {
		if !slices.ContainsFunc(c.old.Paths, func(q report.Path) bool { return key(q) == key(p) }) {
			c.add(report.AreaPath, report.EffectNeither, "", "%s: %s; not asked before", p.Name(), p.StateWords())
		}
	}
}

func (c *contrast) nat() {
	old, now := c.old.NAT, c.now.NAT
	switch {
	case old == nil && now == nil:
		return
	case now == nil:
		c.add(report.AreaNAT, report.EffectNeither, "", "NAT is no longer known; %s", natWords(old))
		return
	case old == nil:
		c.add(report.AreaNAT, report.EffectNeither, "", "NAT is now known: %s", natWords(now))
		return
	}
	if natWords(old) != natWords(now) {
		c.add(report.AreaNAT, report.EffectNeither, "", "NAT: %s; before: %s", natWords(now), natWords(old))
	}
}

func natWords(n *report.NAT) string {
	switch {
	case !n.Supported:
		return "the gateway sends no NAT detection"
	case n.LocalBehindNAT && n.GatewayBehindNAT:
		return "both sides are behind NAT"
	case n.LocalBehindNAT:
		return "we are behind NAT"
	case n.GatewayBehindNAT:
		return "the gateway is behind NAT"
	}
	return "there is none"
}

func (c *contrast) gateway() {
	old, now := c.old.Gateway, c.now.Gateway
	switch {
	case old == nil && now == nil:
		return
	case now == nil:
		c.add(report.AreaGateway, report.EffectNeither, "", "its vendor IDs and extensions are no longer known")
		return
	case old == nil:
		c.add(report.AreaGateway, report.EffectNeither, "", "its vendor IDs and extensions are now known")
		return
	}
	one := func(what string, old, now []string) {
		gained, lost := without(now, old), without(old, now)
		for _, w := range gained {
			c.add(report.AreaGateway, report.EffectNeither, "", "%s %s is now sent", what, w)
		}
		for _, w := range lost {
			c.add(report.AreaGateway, report.EffectNeither, "", "%s %s is no longer sent", what, w)
		}
	}
	one("vendor ID", lists.Convert(old.VendorIDs, report.VendorID.String), lists.Convert(now.VendorIDs, report.VendorID.String))
	name := func(n report.Number) string { return n.Name }
	one("notify", lists.Convert(old.Notifies, name), lists.Convert(now.Notifies, name))
	sha1 := func(g *report.Gateway) bool {
		return slices.ContainsFunc(g.SignatureHashes, func(h report.Number) bool { return h.ID == uint16(ike.SIGHASH_SHA1) })
	}
	oldHashes, nowHashes := lists.Convert(old.SignatureHashes, name), lists.Convert(now.SignatureHashes, name)
	for _, h := range without(nowHashes, oldHashes) {
		if h == ike.SIGHASH_SHA1.String() && sha1(now) {
			c.add(report.AreaGateway, report.EffectWeaker, "collisions of SHA-1 are practical", "signatures with %s are now accepted", h)
		} else {
			c.add(report.AreaGateway, report.EffectNeither, "", "signatures with %s are now accepted", h)
		}
	}
	for _, h := range without(oldHashes, nowHashes) {
		if h == ike.SIGHASH_SHA1.String() && sha1(old) {
			c.add(report.AreaGateway, report.EffectStronger, "collisions of SHA-1 are practical", "signatures with %s are no longer accepted", h)
		} else {
			c.add(report.AreaGateway, report.EffectNeither, "", "signatures with %s are no longer accepted", h)
		}
	}
	if old.Redirect != now.Redirect {
		c.add(report.AreaGateway, report.EffectNeither, "", "it redirects to %q; before, to %q", now.Redirect, old.Redirect)
	}
}

// without returns those of list that are not in others.
func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(others, s) })
}
