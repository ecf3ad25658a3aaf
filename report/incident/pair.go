package incident

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/logtext"
)

// pair finds attempts that two logs show from both sides, and leaves one story
// of each: that of the side whose log says why.
func pair(groups []*Group) []*Group {
	type match struct {
		a, b  *Group
		score int
		by    Pairing
	}
	var all []match
	for i, a := range groups {
		for _, b := range groups[i+1:] {
			if score, by := alike(a, b); score > 0 {
				all = append(all, match{a, b, score, by})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y match) int { return cmp.Compare(y.score, x.score) })
	taken := make(map[*Group]bool)
	gone := make(map[*Group]bool)
	for _, m := range all {
		if taken[m.a] || taken[m.b] {
			continue
		}
		taken[m.a], taken[m.b] = true, true
		base, other := m.a, m.b
		if certainty(other.Attempt) < certainty(base.Attempt) {
			base, other = other, base
		}
		base.Other, base.PairedBy = other.Attempt, m.by
		base.Apart, base.Clock = clockOf(base, other, m.by)
		gone[other] = true
	}
	return slices.DeleteFunc(slices.Clone(groups), func(g *Group) bool { return gone[g] })
}

// several reports whether attempts are of several hosts.
func several(groups []*Group) bool {
	return slices.ContainsFunc(groups, func(g *Group) bool {
		return g.Attempt.File != groups[0].Attempt.File || g.Attempt.lane != groups[0].Attempt.lane
	})
}

// mixed reports whether two logs were put into one file: that of a client of Windows,
// and that of a gateway of another product.
func mixed(groups []*Group) bool {
	if len(groups) != 2 {
		return false
	}
	x, y := groups[0].Attempt, groups[1].Attempt
	if x.Product != windowsProduct {
		x, y = y, x
	}
	return x.Product == windowsProduct && x.Side == event.Initiator && y.Product != windowsProduct && y.Side != event.Initiator
}

const windowsProduct = "Windows"

// policyMatch is Windows' error for a proposal that was refused.
const policyMatch = "13868"

// unheardAnswer returns the cause of a client's attempt that ended for want of an
// answer, where the gateway's log shows that it accepted the client; else nil.
func (a *Attempt) unheardAnswer(gateway *Attempt) *Cause {
	c := a.Cause
	if c == nil || a.Side != event.Initiator || gateway.Cause != nil || !gateway.ikeUp || gateway.Side != event.Responder {
		return nil
	}
	if c.ID == "silence-auth" || c.ID == "windows" && c.Event.Arg("code") == "809" {
		return a.cause("answer-lost", &c.Event)
	}
	return nil
}

// certainty orders attempts by how well their log says why they ended.
func certainty(a *Attempt) int {
	switch c := a.Cause; {
	case c == nil && a.Established:
		return 5
	case c == nil:
		return 4
	case c.Firm:
		return 0
	case event.Vague(c.ID) || c.ID == "auth-refused" || c.ID == "eap-refused" || c.ID == "client-deleted":
		return 3 // only the other side says why
	case c.Event.Kind == event.Sign || c.Event.Kind == event.Try || c.Event.Kind == event.Wait:
		return 1
	}
	return 2
}

// near is within which time two logs are of one attempt, and nearest within which
// they are by time alone.
const (
	near    = 10 * time.Minute
	nearest = 2 * time.Minute
)

// nearInFile is that for two hosts in one file.
const nearInFile = 10 * time.Second

// Pairing is what shows that two attempts, in the logs of both sides, are one.
type Pairing string

// The surest first. [BySides] is where nothing else speaks for it, or against it.
const (
	BySPI      Pairing = "SPI"
	ByIdentity Pairing = "identity"
	ByAddress  Pairing = "address"
	ByTime     Pairing = "time"
	BySides    Pairing = "their sides alone"
)

// alike says how well two groups fit as the two sides of the same attempts, and
// by what: 0 if they do not.
func alike(a, b *Group) (score int, by Pairing) {
	x, y := a.Attempt, b.Attempt
	if x.File == y.File && x.lane == y.lane && !mixed([]*Group{a, b}) || x.Side != "" && x.Side == y.Side {
		return 0, ""
	}
	if x.Version != 0 && y.Version != 0 && x.Version != y.Version {
		return 0, ""
	}
	// A gateway that never heard of a client cannot have established anything.
	if x.Established != y.Established && x.Cause == nil && y.Cause == nil {
		return 0, ""
	}
	apart, comparable := logtext.Between(x.First, y.First)
	close := comparable && apart.Abs() <= near
	if x.File == y.File { // which may be that of a server to which many hosts log
		close = close && apart.Abs() <= nearInFile && x.Side != "" && y.Side != ""
	}
	switch {
	case x.SPI != "" && strings.EqualFold(x.SPI, y.SPI):
		return 100, BySPI
	case x.contradicts(y) || y.contradicts(x):
		return 0, ""
	case x.PeerID != "" && x.PeerID == y.LocalID || y.PeerID != "" && y.PeerID == x.LocalID:
		score, by = 60, ByIdentity
	case x.Peer != "" && x.Peer == y.Local || y.Peer != "" && y.Peer == x.Local:
		score, by = 40, ByAddress
	case close && apart.Abs() <= nearest:
		score, by = 10, ByTime
	case !comparable && (x.File != y.File || x.Side != "" && y.Side != "") && (x.Side == event.Initiator) != (y.Side == event.Initiator):
		score, by = 1, BySides
	default:
		return 0, ""
	}
	if close {
		score += 5
	}
	if a.Count == b.Count {
		score += 3
	}
	if x.Established == y.Established {
		score += 2
	}
	if x.unheard(y) || y.unheard(x) {
		score -= 5
	}
	return score, by
}

// contradicts reports whether what a says of its peer is not what b says of itself,
// or a has chosen a suite where b has none in common with its peer. Addresses may
// differ behind a NAT, which changes none of two public ones.
func (a *Attempt) contradicts(b *Attempt) bool {
	switch {
	case logtext.Identity(a.PeerID) != "" && logtext.Identity(b.LocalID) != "" && logtext.Identity(a.PeerID) != logtext.Identity(b.LocalID):
		return true
	case logtext.Public(a.Peer) && logtext.Public(b.Local) && a.Peer != b.Local:
		return true
	}
	if a.Reached.Rank() >= event.PhaseAuth.Rank() && b.Cause != nil && b.Cause.Event.Arg("code") == policyMatch && (a.Cause == nil || a.Cause.Layer != Child && a.Cause.Layer != Negotiation) {
		return true // which no gateway answers for a key, a user or a certificate
	}
	return a.Reached.Rank() >= event.PhaseAuth.Rank() && b.Cause != nil && (b.Cause.ID == "ike-proposal" || b.Cause.ID == "no-connection") && b.Reached.Rank() <= event.PhaseInit.Rank()
}

// unheard reports whether a, a client's attempt, ended for what an answer to its
// IKE_AUTH said or held, while gateway is one of which no IKE_AUTH came.
func (a *Attempt) unheard(gateway *Attempt) bool {
	return a.Side == event.Initiator && a.Cause != nil && a.Cause.Layer != Network && a.Reached.Rank() >= event.PhaseAuth.Rank() &&
		gateway.Side == event.Responder && gateway.Reached == event.PhaseInit
}

// clockOf returns by how much the clock of the other log is ahead. Where the
// two were paired by time that says nothing of clocks.
func clockOf(base, other *Group, by Pairing) (time.Duration, bool) {
	if by == ByTime || by == BySides || base.Count != other.Count {
		return 0, false
	}
	apart, ok := logtext.Between(base.Attempt.First, other.Attempt.First)
	return apart, ok
}

// together adds what the log of the other side says to a story.
func (g *Group) together(s *Story) {
	a := g.Other
	if a == nil {
		return
	}
	p := &Partner{File: a.File, Product: a.Product, Side: a.Side, PairedBy: g.PairedBy, Timeline: a.timeline(maxOther),
		ClockKnown: g.Clock, ClockAhead: g.Apart.Milliseconds()}
	switch {
	case a.Cause != nil:
		p.Heading = a.Cause.Sentence
	case a.Established:
		p.Heading = "the connection came up"
	case a.ikeUp:
		p.Heading = "the IKE SA came up"
	default:
		p.Heading = "it reached " + cmp.Or(string(a.shown()), "no exchange")
	}
	s.Other = p
	s.Elsewhere = ""
}

// maxOther bounds the lines of the other side's timeline.
const maxOther = 5
