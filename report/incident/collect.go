package incident

import (
	"cmp"
	"slices"
	"time"

	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/general"
	"github.com/ikescope/ikescope/report/incident/logtext"
)

// maxOpen bounds the attempts that are followed at once; the one that had no
// line for longest is then taken to have ended.
const maxOpen = 1000

// collector puts the events of a log together into attempts.
type collector struct {
	done func(*Attempt)
	open map[string]*Attempt
	tick int
	// news is, by IKE SA, the last that was said of one before anything that begins
	// an attempt.
	news map[string]event.Event
	// complaints are, by product and host, the last before anything that begins an
	// attempt.
	complaints map[string]*event.Line
	requests   general.Requests // of a RADIUS server
	// backwards: the lines come from the end of a log in descending order.
	backwards bool
}

func newCollector(done func(*Attempt)) *collector {
	return &collector{done: done, open: make(map[string]*Attempt), complaints: make(map[string]*event.Line)}
}

// add puts an event of a product's log into its attempt.
func (c *collector) add(product string, e event.Event) {
	logtext.HideSecrets(e.Args)
	if e.Cause != general.CausePassword {
		c.join(product, e)
		return
	}
	c.requests.Take(e.Args, e.Kind == event.Root, func() { c.join(product, e) })
}

func (c *collector) join(product string, e event.Event) {
	key := product + "\x00" + e.Key
	a := c.open[key]
	over := a != nil && (e.Kind == event.Start && (a.began || a.ended || a.Established || a.Reached == event.PhaseEstablished) || e.Kind == event.Begin && (a.ended || a.Established))
	if e.Arg(event.RedirectedTo) != "" {
		over = false // a redirect is followed
	}
	if over {
		if a.Side == "" && e.Side == event.Initiator {
			a.hint = "" // this side began in its place: it may have begun it, too
		}
		c.finish(key, a)
		a = nil
	}
	if a == nil {
		if e.Kind == event.Info || e.Kind == event.Match || e.Kind == event.Deleted && e.Cause == "" {
			c.hear(key, &e)
			return
		}
		if n, ok := c.news[key]; ok && max(e.Line-n.Line, n.Line-e.Line) <= maxApart {
			for name, value := range n.Args {
				if e.Arg(name) == "" {
					e.Set(name, value)
				}
			}
		}
		delete(c.news, key)
		if len(c.open) >= maxOpen {
			c.evict()
		}
		a = &Attempt{Product: product}
		host := product + "\x00" + e.Lane
		if before := c.complaints[host]; before != nil && !over && e.Kind != event.Start && max(e.Line-before.Number, before.Number-e.Line) <= maxApart {
			a.complaints = append(a.complaints, before)
		}
		delete(c.complaints, host)
		c.open[key] = a
	}
	c.tick++
	a.usage = c.tick
	a.add(e)
}

// maxNews bounds the IKE SAs of which news are kept, and maxApart the lines between
// these and what they are of.
const (
	maxNews  = 256
	maxApart = 4
)

// hear keeps whom a line is about that begins no attempt.
func (c *collector) hear(key string, e *event.Event) {
	if e.Kind != event.Info || e.Arg("peer-id") == "" && e.Arg("peer") == "" {
		return
	}
	if c.news == nil || len(c.news) >= maxNews {
		c.news = make(map[string]event.Event)
	}
	c.news[key] = *e
}

// evict ends the oldest tenth of the attempts.
func (c *collector) evict() {
	keys := make([]string, 0, len(c.open))
	for key := range c.open {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Compare(c.open[a].usage, c.open[b].usage) })
	for _, key := range keys[:maxOpen/10] {
		c.finish(key, c.open[key])
	}
}

func (c *collector) finish(key string, a *Attempt) {
	delete(c.open, key)
	a.conclude()
	if a.Cause == nil && !a.Established && a.Reached == event.PhaseNone && a.ending == "" {
		return // nothing that could be told
	}
	c.done(a)
}

// flush ends the attempts in the order of their first lines; with onlyEnded
// those alone whose end was seen.
func (c *collector) flush(onlyEnded bool) {
	if !onlyEnded {
		c.requests.End()
	}
	var keys []string
	for key, a := range c.open {
		if !onlyEnded || a.ended {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b string) int {
		if c.backwards {
			a, b = b, a
		}
		return cmp.Compare(c.open[a].FirstLine, c.open[b].FirstLine)
	})
	for _, key := range keys {
		c.finish(key, c.open[key])
	}
}

// Group is attempts that ended for one cause.
type Group struct {
	Attempt *Attempt // the first of them
	Count   int
	// Peers are the addresses or identities of the other sides, at most
	// maxPeers; MorePeers: there are others.
	Peers       []string
	MorePeers   bool
	First, Last time.Time
	LastLine    int
	// Other is the same attempt in the log of the other side.
	Other    *Attempt
	PairedBy Pairing
	// Apart is by how much the clock of Other is ahead, where Clock says that
	// this is known.
	Apart time.Duration
	Clock bool
}

// Bounds of what is remembered of a log.
const (
	maxGroups = 400
	maxPeers  = 50
)

// Groups are the attempts of a log by cause.
type Groups struct {
	All []*Group
	// Attempts counts all, Beyond those of causes that are not kept, because
	// there are too many.
	Attempts, Beyond int
	byKey            map[string]*Group
}

// Add puts an attempt that ended into its group.
func (g *Groups) Add(a *Attempt) *Group {
	g.Attempts++
	if g.byKey == nil {
		g.byKey = make(map[string]*Group)
	}
	key := a.Product + "\x00" + a.File + "\x00" + a.lane + "\x00" + string(a.Side) + "\x00" + a.Connection + "\x00"
	switch {
	case a.Cause == nil && a.Established:
		key += "established"
	case a.Cause == nil:
		key += "unexplained" + string(a.Reached)
	default:
		key += a.Cause.ID
		for _, gap := range a.Cause.Gaps {
			key += "\x00" + gap.String()
		}
		key += "\x00" + a.Cause.Event.Arg("cert") + "\x00" + a.Cause.Event.Arg("code")
	}
	group := g.byKey[key]
	if group == nil {
		if len(g.All) >= maxGroups {
			g.Beyond++
			return nil
		}
		group = &Group{Attempt: a, First: a.First}
		g.byKey[key] = group
		g.All = append(g.All, group)
	}
	group.Count++
	group.LastLine = max(group.LastLine, a.LastLine)
	if !a.First.IsZero() && (group.First.IsZero() || a.First.Before(group.First)) {
		group.First = a.First
	}
	if a.Last.After(group.Last) {
		group.Last = a.Last
	}
	peer := cmp.Or(a.Peer, a.PeerID)
	if peer != "" && !slices.Contains(group.Peers, peer) {
		if len(group.Peers) < maxPeers {
			group.Peers = append(group.Peers, peer)
		} else {
			group.MorePeers = true
		}
	}
	return group
}

// Sort puts failures before what worked, and the most frequent first.
func (g *Groups) Sort() {
	slices.SortStableFunc(g.All, func(a, b *Group) int {
		return cmp.Or(cmp.Compare(a.worth(), b.worth()), cmp.Compare(b.Count, a.Count))
	})
}

func (g *Group) worth() int {
	switch {
	case g.Attempt.Cause != nil && g.Attempt.Cause.Layer != NoFailure:
		return 0
	case g.Attempt.Cause == nil && !g.Attempt.Established:
		return 1
	}
	return 2
}
