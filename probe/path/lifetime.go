package path

import (
	"context"
	"math"
	"net/netip"
	"sync"
	"time"

	"github.com/ikescope/ikescope/probe/initiator"
)

// Lifetime is how long NAT in front of us keeps a mapping by which nothing goes.
type Lifetime struct {
	// Kept is the longest idle time after which the gateway saw the same port of NAT,
	// and Lost the shortest after which it saw another one; 0 if there is none.
	Kept, Lost time.Duration
	// Unmeasured says why there is neither.
	Unmeasured LifetimeReason
	// Interrupted: it was ended before everything was tried. Kept and Lost are what was
	// found until then.
	Interrupted bool
	// Evidence are the numbers of the exchanges.
	Evidence []int
}

// LifetimeReason is why the lifetime of mappings is not known.
type LifetimeReason uint8

const (
	LifetimeMeasured LifetimeReason = iota
	// NoNAT: there is none before us, or the gateway does not say.
	NoNAT
	// NoOutside: it has another address than those that were given.
	NoOutside
	// PortKept: it keeps our port, so a new mapping looks like the old one.
	PortKept
	// NotAnswered: the gateway did not answer often enough.
	NotAnswered
	// Interrupted: no mapping had been idle for its time.
	Interrupted
)

var lifetimeReasons = [...]string{
	LifetimeMeasured: "",
	NoNAT:            "no_nat",
	NoOutside:        "outside_unknown",
	PortKept:         "port_kept",
	NotAnswered:      "not_answered",
	Interrupted:      "interrupted",
}

// String returns the reason as the JSON document writes it.
func (r LifetimeReason) String() string { return lifetimeReasons[r] }

const (
	// lifetimeSockets is how many mappings are left idle side by side, and
	// lifetimeRounds how often, the second time between what was found the first.
	lifetimeSockets = 8
	lifetimeRounds  = 2
)

// measureLifetime finds out how long NAT keeps an idle mapping, up to
// x.NATLifetime: of each of several sockets it learns the port that NAT gave, by the
// gateway's hash, leaves it idle for its own time, and looks again.
func (x *examination) measureLifetime(ctx context.Context) {
	l := &Lifetime{}
	n, w := x.result.NAT, x.natWay()
	switch {
	case n == nil || w == nil || !n.Supported || !n.LocalBehindNAT:
		l.Unmeasured = NoNAT
	case !n.Observed[w.t].IsValid():
		l.Unmeasured = NoOutside
	case n.Observed[w.t].Port() == n.Local.Port():
		l.Unmeasured = PortKept
	}
	if n != nil {
		n.Lifetime = l
	}
	if l.Unmeasured != LifetimeMeasured {
		return
	}
	outside := n.Observed[w.t].Addr()
	for round := range lifetimeRounds {
		idle := idleTimes(round, l.Kept, l.Lost, x.NATLifetime)
		if len(idle) == 0 || ctx.Err() != nil {
			break
		}
		if x.Waiting != nil {
			x.Waiting(idle[len(idle)-1])
		}
		tried := make([]idleness, len(idle))
		var all sync.WaitGroup
		for i := range idle {
			all.Go(func() { tried[i] = x.survives(ctx, w, l, outside, idle[i]) })
		}
		all.Wait()
		l.take(tried)
		if l.Lost == 0 {
			break
		}
	}
	l.Interrupted = ctx.Err() != nil
	switch {
	case l.Kept != 0 || l.Lost != 0:
	case l.Interrupted:
		l.Unmeasured = Interrupted
	default:
		l.Unmeasured = NotAnswered
	}
}

// idleness is what became of a mapping that was idle for a time between two bounds. It
// is not known where the gateway did not say.
type idleness struct {
	least, most time.Duration
	known, kept bool
}

// take takes in what became of mappings: what is kept longer than the first one that
// was lost says nothing, since NAT may have given the same port again.
func (l *Lifetime) take(tried []idleness) {
	for _, t := range tried {
		if t.known && !t.kept && (l.Lost == 0 || t.most < l.Lost) {
			l.Lost = t.most
		}
	}
	for _, t := range tried {
		if t.known && t.kept && t.least > l.Kept && (l.Lost == 0 || t.least < l.Lost) {
			l.Kept = t.least
		}
	}
}

// idleTimes returns the idle times of a round, ascending: first up to most, each the
// square root of two times the one before, then evenly between kept and lost.
func idleTimes(round int, kept, lost, most time.Duration) []time.Duration {
	var out []time.Duration
	for i := range lifetimeSockets {
		d := time.Duration(float64(most) * math.Pow(2, float64(i+1-lifetimeSockets)/2))
		if round > 0 {
			d = kept + (lost-kept)*time.Duration(i+1)/(lifetimeSockets+1)
		}
		if d = d.Round(100 * time.Millisecond); d > kept && (lost == 0 || d < lost) && (len(out) == 0 || d > out[len(out)-1]) {
			out = append(out, d)
		}
	}
	return out
}

// natWay returns the way by which clients behind NAT go: that of UDP 4500 if it
// answers, else another one of UDP that does; nil if there is none.
func (x *examination) natWay() *way {
	var found *way
	for _, w := range x.in(initiator.PathAnswers) {
		if w.source == 0 && !w.t.IsTCP() && (found == nil || w.t == initiator.UDP4500) {
			found = w
		}
	}
	return found
}

// survives finds out whether the mapping of a new socket is the same after it was idle.
func (x *examination) survives(ctx context.Context, w *way, l *Lifetime, outside netip.Addr, idle time.Duration) idleness {
	conn, err := initiator.Open(ctx, x.config(netip.AddrPortFrom(w.conn.Local().Addr(), 0)))
	if err != nil {
		return idleness{}
	}
	defer x.closeConn(conn)
	own := &way{conn: conn, t: w.t, answers: w.answers, asked: w.asked}
	before := x.mappedPort(ctx, own, l, outside)
	if before.port == 0 {
		return idleness{}
	}
	select {
	case <-time.After(idle):
	case <-ctx.Done():
		return idleness{}
	}
	after := x.mappedPort(ctx, own, l, outside)
	const step = 10 * time.Millisecond
	return idleness{
		least: after.asked.Sub(before.ended).Truncate(step), most: (after.answered.Sub(before.answered) + step - 1).Truncate(step),
		known: after.port != 0, kept: after.port == before.port,
	}
}

// mapped is the port that NAT has given to a socket, 0 if that is not known, and when
// packets went by it.
type mapped struct {
	port                   uint16
	asked, answered, ended time.Time
}

// mappedPort returns the port that NAT has given to w, as the gateway sees it. One IKE
// SA at a time is open for it.
func (x *examination) mappedPort(ctx context.Context, w *way, l *Lifetime, outside netip.Addr) mapped {
	x.opening <- struct{}{}
	defer func() { <-x.opening }()
	m := mapped{asked: time.Now()}
	o, _ := x.openOn(ctx, w, initiator.TrueNATDetection)
	if o == nil {
		return mapped{}
	}
	m.answered = time.Now()
	x.close(ctx, w.conn, o.request, o.answer, w.t)
	m.ended = time.Now()
	l.Evidence = append(l.Evidence, o.answer.ID)
	seen, ok := o.answer.Message.NATDetection()
	if !ok {
		return mapped{}
	}
	outer, _ := seen.FindDestination(outside)
	m.port = outer.Port()
	return m
}

// closeConn closes a socket of ours, and counts what it cost.
func (x *examination) closeConn(conn *initiator.Conn) {
	_ = conn.Close() // it was read to the end
	x.mu.Lock()
	defer x.mu.Unlock()
	x.result.Cost = x.result.Cost.Plus(conn.Cost())
}
