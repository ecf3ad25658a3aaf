package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
)

// DiffVersion is the version of a Diff as JSON.
const DiffVersion = "1.0"

// Diff is what changed from one report to another, in meaning: how suites are
// cut into products, times and ports of ours do not count.
type Diff struct {
	SchemaVersion string       `json:"schema_version"`
	Tool          Tool         `json:"tool"`
	Same          bool         `json:"same"`
	Targets       []TargetDiff `json:"targets"` // those of both reports
	// OnlyOld and OnlyNew are targets that the other report does not hold.
	OnlyOld []DiffTarget `json:"only_old"`
	OnlyNew []DiffTarget `json:"only_new"`
}

// DiffTarget names a target of one report.
type DiffTarget struct {
	Target  string    `json:"target"`
	Address string    `json:"address"`
	Started time.Time `json:"started"`
}

// TargetDiff is what changed of one target.
type TargetDiff struct {
	Old     DiffTarget `json:"old"`
	New     DiffTarget `json:"new"`
	Same    bool       `json:"same"`
	Changes []Change   `json:"changes"` // weaker ones first
}

// Effects of a change.
const (
	effectWeaker   = "weaker"
	effectUnknown  = "unknown" // it may have become weaker: less is known
	effectStronger = "stronger"
	effectNeither  = "neither"
)

var effects = []string{effectWeaker, effectUnknown, effectStronger, effectNeither}

// Change is one difference.
type Change struct {
	// Area is "target", "path", "nat", "gateway", "suites", "algorithm",
	// "preference", "post_quantum", "finding", "client" or "policy".
	Area   string `json:"area"`
	Effect string `json:"effect"`           // "weaker", "unknown", "stronger" or "neither"
	Text   string `json:"text"`             // a sentence without its full stop
	Reason string `json:"reason,omitempty"` // why weaker or stronger
	// Suites are those of area "suites", as keywords, and Count their number.
	Suites []string `json:"suites"`
	Count  int64    `json:"count,omitempty"`
}

// CompareReports tells what changed from old to current. Targets are matched by
// name and address, then by name.
func CompareReports(tool Tool, old, current *Document) *Diff {
	d := &Diff{SchemaVersion: DiffVersion, Tool: tool, Same: true, Targets: []TargetDiff{}, OnlyOld: []DiffTarget{}, OnlyNew: []DiffTarget{}}
	match := matchTargets(old.Targets, current.Targets)
	taken := make([]bool, len(current.Targets))
	for i := range old.Targets {
		n := match[i]
		if n < 0 {
			d.OnlyOld = append(d.OnlyOld, diffTarget(&old.Targets[i]))
			continue
		}
		taken[n] = true
		t := compareTargets(&old.Targets[i], &current.Targets[n])
		d.Same = d.Same && t.Same
		d.Targets = append(d.Targets, t)
	}
	for n := range current.Targets {
		if !taken[n] {
			d.OnlyNew = append(d.OnlyNew, diffTarget(&current.Targets[n]))
		}
	}
	d.Same = d.Same && len(d.OnlyOld) == 0 && len(d.OnlyNew) == 0
	return d
}

func diffTarget(t *Target) DiffTarget { return DiffTarget{t.Target, t.Address, t.Started.UTC()} }

// matchTargets returns for each target of old the index of its counterpart, or
// -1.
func matchTargets(old, current []Target) []int {
	match := make([]int, len(old))
	for i := range match {
		match[i] = -1
	}
	taken := map[int]bool{}
	for _, sameAddress := range []bool{true, false} {
		for i := range old {
			if match[i] >= 0 {
				continue
			}
			n := -1
			for k := range current {
				if !taken[k] && current[k].Target == old[i].Target && (!sameAddress || current[k].Address == old[i].Address) {
					n = k
					break
				}
			}
			if n >= 0 {
				match[i], taken[n] = n, true
			}
		}
	}
	return match
}

// contrast is of one target, then and now.
type contrast struct {
	old, now *Target
	was, is  facts
	changes  []Change
	// lessKnown and moreKnown: suites are not decided now that were then, and
	// the other way.
	lessKnown, moreKnown bool
}

func compareTargets(old, now *Target) TargetDiff {
	c := &contrast{old: old, now: now}
	if old.Matrix != nil {
		c.was = newFacts(old)
	}
	if now.Matrix != nil {
		c.is = newFacts(now)
	}
	c.target()
	c.paths()
	c.nat()
	c.gateway()
	c.suites()
	c.algorithms()
	c.preference()
	c.postQuantum()
	c.findings()
	c.clients()
	c.policies()
	slices.SortStableFunc(c.changes, func(a, b Change) int {
		return cmp.Compare(slices.Index(effects, a.Effect), slices.Index(effects, b.Effect))
	})
	return TargetDiff{Old: diffTarget(old), New: diffTarget(now), Same: len(c.changes) == 0, Changes: append([]Change{}, c.changes...)}
}

func (c *contrast) add(area, effect, reason, format string, args ...any) {
	c.changes = append(c.changes, Change{Area: area, Effect: effect, Text: fmt.Sprintf(format, args...), Reason: reason, Suites: []string{}})
}

func (c *contrast) target() {
	if c.old.Verdict != c.now.Verdict {
		c.add("target", effectNeither, "", "it is now: %s; it was: %s", verdictWords(c.now.Verdict), verdictWords(c.old.Verdict))
	}
	if c.old.Address != c.now.Address {
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
			c.add("path", effectNeither, "", "%s is not asked any more; it was: %s", p.name(), stateWords(p.State))
		case c.now.Paths[i].State != p.State:
			c.add("path", effectNeither, "", "%s: %s; it was: %s", p.name(), stateWords(c.now.Paths[i].State), stateWords(p.State))
		}
	}
	for _, p := range c.now.Paths {
		if !slices.ContainsFunc(c.old.Paths, func(q Path) bool { return key(q) == key(p) }) {
			c.add("path", effectNeither, "", "%s: %s; it was not asked before", p.name(), stateWords(p.State))
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
	one("vendor ID", convert(old.VendorIDs, vendorWords), convert(now.VendorIDs, vendorWords))
	name := func(n Number) string { return n.Name }
	one("notify", convert(old.Notifies, name), convert(now.Notifies, name))
	sha1 := func(g *Gateway) bool {
		return slices.ContainsFunc(g.SignatureHashes, func(h Number) bool { return h.ID == uint16(ike.SIGHASH_SHA1) })
	}
	oldHashes, nowHashes := convert(old.SignatureHashes, name), convert(now.SignatureHashes, name)
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

// suites compares the sets of suites, each suite accepted, refused or not
// decided, then and now.
func (c *contrast) suites() {
	switch {
	case c.old.Matrix == nil && c.now.Matrix == nil:
		return
	case c.now.Matrix == nil:
		c.lessKnown = true
		c.add("suites", effectUnknown, "", "no suite is known any more; %s", acceptedWords(c.old))
		return
	case c.old.Matrix == nil:
		c.add("suites", effectNeither, "", "suites are known now: %s", acceptedWords(c.now))
		return
	}
	was, is := c.was, c.is
	var failed error
	minus := func(a []proposals.Product, others ...[]proposals.Product) []proposals.Product {
		out, err := proposals.Difference(a, slices.Concat(others...))
		if failed == nil {
			failed = err
		}
		return out
	}
	both := func(a, b []proposals.Product) []proposals.Product {
		out, err := proposals.Intersection(a, b)
		if failed == nil {
			failed = err
		}
		return out
	}
	more := minus(is.accepted, was.accepted)
	gained := minus(both(more, was.asked), was.undecided)
	found := minus(more, gained)
	fewer := minus(was.accepted, is.accepted)
	lost := minus(both(fewer, is.asked), is.undecided)
	hidden := minus(fewer, lost)
	opened := minus(append(both(is.undecided, was.asked), minus(was.asked, is.asked)...), was.accepted, was.undecided, is.accepted)
	closed := minus(append(both(was.undecided, is.asked), minus(is.asked, was.asked)...), is.accepted, is.undecided, was.accepted)
	if failed != nil {
		c.lessKnown = true
		c.add("suites", effectUnknown, "", "the sets of suites differ in too many pieces to tell")
		return
	}
	c.lessKnown = len(hidden) > 0 || len(opened) > 0
	c.moreKnown = len(found) > 0 || len(closed) > 0

	before := extremes(was.accepted)
	weak, sound := split(gained, before)
	c.addSuites(effectWeaker, "accepted now, refused before", weak, weakWords(weak, before))
	c.addSuites(effectNeither, "accepted now, refused before", sound, "")
	weak, sound = split(found, extremes(nil))
	c.addSuites(effectUnknown, "accepted; not decided before", weak, weakWords(weak, extremes(nil)))
	c.addSuites(effectNeither, "accepted; not decided before", sound, "")
	weak, sound = split(lost, extremes(is.accepted))
	c.addSuites(effectStronger, "refused now, accepted before", weak, weakWords(weak, extremes(is.accepted)))
	c.addSuites(effectNeither, "refused now, accepted before", sound, "")
	c.addSuites(effectNeither, "no longer known: not decided now, accepted before", hidden, "")
	c.addSuites(effectUnknown, "no longer known: not decided now, refused before", opened, "")
	c.addSuites(effectNeither, "known now to be refused; not decided before", closed, "")
}

func acceptedWords(t *Target) string {
	return counted(t.Matrix.Accepted, "suite", "suites") + " accepted"
}

// addSuites tells of a set of suites, if it is not empty.
func (c *contrast) addSuites(effect, what string, suites []proposals.Product, reason string) {
	if len(suites) == 0 {
		return
	}
	n := proposals.Count(suites)
	c.changes = append(c.changes, Change{
		Area: "suites", Effect: effect, Text: counted(n, "suite", "suites") + " " + what, Reason: reason,
		Suites: convert(suites, proposals.Product.String), Count: n,
	})
}

// extreme are the weakest and the strongest algorithm of each axis.
type extreme struct {
	weakest, strongest [proposals.NumAxes]*proposals.Algorithm
}

// extremes of integrity algorithms have no strongest one where AEAD ciphers,
// which need none, are there, too.
func extremes(products []proposals.Product) extreme {
	var out extreme
	for _, axis := range judgedAxes {
		for _, p := range products {
			for _, a := range p[axis] {
				if out.weakest[axis] == nil || baseline.Compare(a, *out.weakest[axis]) < 0 {
					out.weakest[axis] = &a
				}
				if out.strongest[axis] == nil || baseline.Compare(a, *out.strongest[axis]) > 0 {
					out.strongest[axis] = &a
				}
			}
		}
	}
	if slices.ContainsFunc(products, func(p proposals.Product) bool { return len(p[proposals.INTEG]) == 0 }) {
		out.strongest[proposals.INTEG] = nil
	}
	return out
}

// lowers reports whether a is weak, or weaker than all of e.
func (e extreme) lowers(a proposals.Algorithm) bool {
	if a.Axis > proposals.KE || a.IsNone() {
		return false
	}
	_, weak := baseline.WeaknessOf(a)
	return weak || e.weakest[a.Axis] != nil && baseline.Compare(a, *e.weakest[a.Axis]) < 0
}

// split parts suites into those with an algorithm that lowers e, and others.
func split(suites []proposals.Product, e extreme) (weak, sound []proposals.Product) {
	for _, p := range suites {
		whole := true
		for axis, list := range p {
			kept := slices.DeleteFunc(slices.Clone(list), e.lowers)
			whole = whole && (len(kept) > 0 || len(list) == 0)
			p[axis] = kept
		}
		if whole {
			sound = append(sound, p)
		}
	}
	weak, err := proposals.Difference(suites, sound)
	if err != nil { // then they are not told apart
		return suites, nil
	}
	return weak, sound
}

// weakWords says by which algorithms suites are weak.
func weakWords(suites []proposals.Product, e extreme) string {
	var words []string
	for _, axis := range judgedAxes {
		for _, p := range suites {
			for _, a := range p[axis] {
				if w := a.Keyword(); e.lowers(a) && !slices.Contains(words, w) {
					words = append(words, w)
				}
			}
		}
	}
	if len(words) == 0 {
		return ""
	}
	return "they have " + join(words, "or")
}

// algorithms compares what is accepted in any suite.
func (c *contrast) algorithms() {
	if c.old.Matrix == nil || c.now.Matrix == nil {
		return
	}
	before, after := extremes(c.was.accepted), extremes(c.is.accepted)
	for axis := proposals.ENCR; axis < proposals.NumAxes; axis++ {
		old, now := acceptedOn(axis, c.was), acceptedOn(axis, c.is)
		for _, a := range now {
			if holds(old, a) {
				continue
			}
			effect, reason := effectNeither, ""
			switch {
			case before.lowers(a):
				effect, reason = effectWeaker, lowerReason(a, before)
			case axis <= proposals.KE && before.strongest[axis] != nil && baseline.Compare(a, *before.strongest[axis]) > 0:
				effect, reason = effectStronger, "stronger than "+before.strongest[axis].Keyword()+", the strongest before"
			}
			if known(a, c.was) {
				c.add("algorithm", effect, reason, "%s is accepted now (%s)", a.Keyword(), a.Name())
			} else {
				if effect == effectWeaker {
					effect = effectUnknown
				}
				c.add("algorithm", effect, reason, "%s is accepted (%s); not decided before", a.Keyword(), a.Name())
			}
		}
		for _, a := range old {
			if holds(now, a) {
				continue
			}
			if !known(a, c.is) {
				c.add("algorithm", effectNeither, "", "%s (%s) is no longer known: not decided now, accepted before", a.Keyword(), a.Name())
				continue
			}
			effect, reason := effectNeither, ""
			switch {
			case after.lowers(a):
				effect, reason = effectStronger, lowerReason(a, after)
			case axis <= proposals.KE && after.strongest[axis] != nil && baseline.Compare(a, *after.strongest[axis]) > 0:
				effect, reason = effectWeaker, "the strongest now is "+after.strongest[axis].Keyword()
			}
			c.add("algorithm", effect, reason, "%s is accepted no more (%s)", a.Keyword(), a.Name())
		}
	}
}

func lowerReason(a proposals.Algorithm, e extreme) string {
	if w, ok := baseline.WeaknessOf(a); ok {
		return w.Reason
	}
	return "weaker than " + e.weakest[a.Axis].Keyword() + ", the weakest of the others"
}

// known reports whether a was asked about and nothing about it is open, so that
// its absence is a refusal.
func known(a proposals.Algorithm, f facts) bool {
	return anyHolds(f.asked, a) && !anyHolds(f.undecided, a)
}

func (c *contrast) preference() {
	old, now := c.old.Preference, c.now.Preference
	if old == nil || now == nil {
		return
	}
	if old.Decides != now.Decides && old.Decides != "" && now.Decides != "" {
		c.add("preference", effectNeither, "", "whose order counts: the %s's; it was the %s's", now.Decides, old.Decides)
	}
	words := func(p *Preference) string { return strings.Join(convert(p.KE, methodLabel), ", ") }
	if words(old) != words(now) && len(old.KE) > 1 && len(now.KE) > 1 {
		c.add("preference", effectNeither, "", "it prefers key exchange methods in the order %s; it was %s", words(now), words(old))
	}
	if old.Suite != now.Suite && old.Suite != "" && now.Suite != "" {
		effect, reason := compareSuites(old.Suite, now.Suite)
		c.add("preference", effect, reason, "it prefers %s; it was %s", now.Suite, old.Suite)
	}
}

// compareSuites tells whether now is weaker or stronger than old: on some axis,
// and the other way on none.
func compareSuites(old, now string) (effect, reason string) {
	o, err1 := proposals.ParseSuite(old)
	n, err2 := proposals.ParseSuite(now)
	if err1 != nil || err2 != nil {
		return effectNeither, ""
	}
	var weaker, stronger []string
	for _, axis := range judgedAxes {
		if o[axis].IsNone() || n[axis].IsNone() {
			continue
		}
		switch order := baseline.Compare(n[axis], o[axis]); {
		case order < 0:
			weaker = append(weaker, n[axis].Keyword()+" is weaker than "+o[axis].Keyword())
		case order > 0:
			stronger = append(stronger, n[axis].Keyword()+" is stronger than "+o[axis].Keyword())
		}
	}
	switch {
	case len(weaker) > 0 && len(stronger) == 0:
		return effectWeaker, strings.Join(weaker, "; ")
	case len(stronger) > 0 && len(weaker) == 0:
		return effectStronger, strings.Join(stronger, "; ")
	}
	return effectNeither, ""
}

func (c *contrast) postQuantum() {
	if c.old.PostQuantum == nil || c.now.PostQuantum == nil || c.old.PostQuantum.State == c.now.PostQuantum.State {
		return
	}
	old, now := c.old.PostQuantum.State, c.now.PostQuantum.State
	levels := []string{"none", "accepted", "required"}
	was, is := slices.Index(levels, old), slices.Index(levels, now)
	effect, reason := effectNeither, ""
	switch {
	case is < 0 && was > 0:
		effect = effectUnknown
	case was < 0 || is < 0:
	case is < was:
		effect, reason = effectWeaker, "what is recorded today can be decrypted once there is a quantum computer"
	default:
		effect, reason = effectStronger, "what is recorded today withstands a quantum computer, where it is used"
	}
	c.add("post_quantum", effect, reason, "post-quantum key exchange is: %s; it was: %s",
		strings.ReplaceAll(now, "_", " "), strings.ReplaceAll(old, "_", " "))
}

func (c *contrast) findings() {
	severity := func(list []Finding) map[string]Finding {
		out := map[string]Finding{}
		for _, f := range list {
			if _, ok := out[f.ID]; !ok {
				out[f.ID] = f
			}
		}
		return out
	}
	old, now := severity(c.old.Findings), severity(c.now.Findings)
	// Algorithms and paths are told of above; here is what they amount to.
	effect := func(f Finding, e string) string {
		if strings.HasPrefix(f.ID, "IKE-") && severityRank(f) <= baseline.Low.Rank() {
			return e
		}
		return effectNeither
	}
	for _, f := range c.now.Findings {
		before, ok := old[f.ID]
		switch {
		case !ok && (c.old.Matrix == nil || c.moreKnown) && effect(f, effectUnknown) == effectUnknown:
			c.add("finding", effectUnknown, "", "%s finding %s, and more is decided now: %s", f.Severity, f.ID, f.Title)
		case !ok:
			c.add("finding", effect(f, effectWeaker), "", "new %s finding %s: %s", f.Severity, f.ID, f.Title)
		case before.Severity != f.Severity:
			c.add("finding", effectNeither, "", "finding %s is %s now; it was %s", f.ID, f.Severity, before.Severity)
		}
	}
	for _, f := range c.old.Findings {
		if _, ok := now[f.ID]; ok {
			continue
		}
		if c.lessKnown || !c.now.Complete {
			c.add("finding", effectNeither, "", "finding %s is no longer seen, but less is decided now: %s", f.ID, f.Title)
			continue
		}
		c.add("finding", effect(f, effectStronger), "", "gone: %s finding %s: %s", f.Severity, f.ID, f.Title)
	}
}

// clients compares the verdicts on client policies: those of which both reports
// tell, and the well-known ones, predicted where a report does not tell.
func (c *contrast) clients() {
	was, is := newPredictor(c.old), newPredictor(c.now)
	find := func(list []Client, name string) *Client {
		if i := slices.IndexFunc(list, func(l Client) bool { return l.Client == name }); i >= 0 {
			return &list[i]
		}
		return nil
	}
	told := map[string]bool{}
	for _, p := range client.Policies() {
		if told[p.Name] = true; p.Responder {
			continue
		}
		old, now := find(c.old.Clients, p.Name), find(c.now.Clients, p.Name)
		if old == nil {
			old = new(was.predict(p))
		}
		if now == nil {
			now = new(is.predict(p))
		}
		c.client(*old, *now)
	}
	for _, now := range c.now.Clients {
		if old := find(c.old.Clients, now.Client); old != nil && !told[now.Client] {
			c.client(*old, now)
		}
	}
}

func (c *contrast) client(old, now Client) {
	if old.Verdict == now.Verdict {
		return
	}
	was := old.Verdict
	if old.Basis != now.Basis {
		was += ", " + old.Basis + ", and is " + now.Basis + " now"
	}
	switch now.Verdict {
	case "connects":
		c.add("client", effectNeither, "", "%s connects now, with %s; it was: %s", now.Client, suiteWords(now), was)
	case "fails":
		c.add("client", effectNeither, missingText(now), "%s connects no more; it was: %s", now.Client, was)
	default:
		c.add("client", effectNeither, "", "whether %s connects is no longer known; it was: %s", now.Client, was)
	}
}

// suiteWords names the suite that a client gets, or how many it may be.
func suiteWords(c Client) string {
	if c.Suite != "" {
		return c.Suite
	}
	return "one of " + counted(int64(len(c.Candidates)), "suite", "suites")
}

// missingText says in one sentence, without its full stop, why a client fails.
func missingText(c Client) string {
	return strings.Join(convert(c.Missing, func(m Missing) string { return strings.TrimSuffix(m.Text, ".") }), ". ")
}

// policies compares how the gateway stands to each embedded policy, and to
// those of which both reports tell.
func (c *contrast) policies() {
	if c.old.Matrix == nil || c.now.Matrix == nil {
		return
	}
	old, now := newJudge(c.old), newJudge(c.now)
	for _, p := range baseline.Policies() {
		c.policy(old.policy(p), now.policy(p))
	}
	for _, n := range c.now.Policies {
		i := slices.IndexFunc(c.old.Policies, func(o Policy) bool { return o.Policy == n.Policy })
		if _, embedded := baseline.PolicyNamed(n.Policy); !embedded && i >= 0 {
			c.policy(c.old.Policies[i], n)
		}
	}
}

func (c *contrast) policy(old, now Policy) {
	if old.Verdict == now.Verdict {
		return
	}
	var broken []string
	for _, r := range now.Rules {
		if r.State == now.Verdict && baseline.Severity(r.Severity) != baseline.Info {
			broken = append(broken, r.Rule)
		}
	}
	reason := now.Verdict + ": " + join(broken, "and")
	switch {
	case now.Verdict == ruleMet && old.Verdict == ruleViolated:
		c.add("policy", effectStronger, "", "policy %s is met now; it was violated", now.Policy)
	case now.Verdict == ruleMet:
		c.add("policy", effectNeither, "", "policy %s is met; it was undecided", now.Policy)
	case now.Verdict == ruleViolated && old.Verdict == ruleMet:
		c.add("policy", effectWeaker, reason, "policy %s is violated now; it was met", now.Policy)
	case now.Verdict == ruleViolated:
		c.add("policy", effectUnknown, reason, "policy %s is violated; it was undecided", now.Policy)
	case old.Verdict == ruleMet:
		c.add("policy", effectUnknown, reason, "whether policy %s is met is no longer known; it was met", now.Policy)
	default:
		c.add("policy", effectNeither, reason, "whether policy %s is met is no longer known; it was violated", now.Policy)
	}
}
