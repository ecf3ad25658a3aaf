package report

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/report/english"
	"github.com/ikescope/ikescope/report/internal/lists"
)

func (c *contrast) target() {
	if c.old.Target != c.now.Target {
		c.add("target", effectNeither, "", "it is compared with %s, the only target of the older report", diffTarget(c.old).name())
	}
	if c.old.Verdict != c.now.Verdict {
		c.add("target", effectNeither, "", "it is now: %s; it was: %s", verdictWords(c.now.Verdict), verdictWords(c.old.Verdict))
	}
	if c.old.Address != c.now.Address && c.old.Target == c.now.Target {
		c.add("target", effectNeither, "", "its address is now %s; it was %s", c.now.Address, c.old.Address)
	}
}

func (c *contrast) paths() {
	// Not the ports: those of a mock gateway are never the same.
	key := func(p Path) string { return p.Transport }
	for _, p := range c.old.Paths {
		i := slices.IndexFunc(c.now.Paths, func(q Path) bool { return key(q) == key(p) })
		switch {
		case i < 0:
			c.add("path", effectNeither, "", "%s is not asked any more; it was: %s", p.name(), english.Plain(p.State))
		case c.now.Paths[i].State != p.State:
			c.add("path", effectNeither, "", "%s: %s; it was: %s", p.name(), english.Plain(c.now.Paths[i].State), english.Plain(p.State))
		}
	}
	for _, p := range c.now.Paths {
		if !slices.ContainsFunc(c.old.Paths, func(q Path) bool { return key(q) == key(p) }) {
			c.add("path", effectNeither, "", "%s: %s; it was not asked before", p.name(), english.Plain(p.State))
		}
	}
}

func (c *contrast) nat() {
	old, now := c.old.NAT, c.now.NAT
	switch {
	case old == nil && now == nil:
		return
	case now == nil:
		c.add("nat", effectNeither, "", "NAT is no longer known; %s", natWords(old))
		return
	case old == nil:
		c.add("nat", effectNeither, "", "NAT is known now: %s", natWords(now))
		return
	}
	if natWords(old) != natWords(now) {
		c.add("nat", effectNeither, "", "NAT: %s; it was: %s", natWords(now), natWords(old))
	}
}

func natWords(n *NAT) string {
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
		c.add("gateway", effectNeither, "", "its vendor IDs and extensions are no longer known")
		return
	case old == nil:
		c.add("gateway", effectNeither, "", "its vendor IDs and extensions are known now")
		return
	}
	one := func(what string, old, now []string) {
		gained, lost := without(now, old), without(old, now)
		for _, w := range gained {
			c.add("gateway", effectNeither, "", "%s %s is sent now", what, w)
		}
		for _, w := range lost {
			c.add("gateway", effectNeither, "", "%s %s is sent no more", what, w)
		}
	}
	one("vendor ID", lists.Convert(old.VendorIDs, vendorWords), lists.Convert(now.VendorIDs, vendorWords))
	name := func(n Number) string { return n.Name }
	one("notify", lists.Convert(old.Notifies, name), lists.Convert(now.Notifies, name))
	sha1 := func(g *Gateway) bool {
		return slices.ContainsFunc(g.SignatureHashes, func(h Number) bool { return h.ID == uint16(ike.SIGHASH_SHA1) })
	}
	oldHashes, nowHashes := lists.Convert(old.SignatureHashes, name), lists.Convert(now.SignatureHashes, name)
	for _, h := range without(nowHashes, oldHashes) {
		if h == ike.SIGHASH_SHA1.String() && sha1(now) {
			c.add("gateway", effectWeaker, "collisions of SHA-1 are practical", "signatures with %s are accepted now", h)
		} else {
			c.add("gateway", effectNeither, "", "signatures with %s are accepted now", h)
		}
	}
	for _, h := range without(oldHashes, nowHashes) {
		if h == ike.SIGHASH_SHA1.String() && sha1(old) {
			c.add("gateway", effectStronger, "collisions of SHA-1 are practical", "signatures with %s are accepted no more", h)
		} else {
			c.add("gateway", effectNeither, "", "signatures with %s are accepted no more", h)
		}
	}
	if old.Redirect != now.Redirect {
		c.add("gateway", effectNeither, "", "it redirects to %q; it was %q", now.Redirect, old.Redirect)
	}
}

// without returns those of list that are not in others.
func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(others, s) })
}
