package path

import (
	"context"
	"math"
	"net/netip"
	"sync"
	"time"

	"github.com/ikescope/ikescope/probe/initiator"
)

// Lifetime is how long NAT before us keeps a mapping by which nothing goes.
type Lifetime struct {
	// Kept is the longest idle time after which the gateway saw the same port of NAT,
	// and Lost the shortest after which it saw another one; 0 if there is none.
	Kept, Lost time.Duration
	// Unmeasured says why there is neither.
	Unmeasured LifetimeReason
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
)

var lifetimeReasons = [...]string{
	LifetimeMeasured: "",
	NoNAT:            "no_nat",
	NoOutside:        "outside_unknown",
	PortKept:         "port_kept",
	NotAnswered:      "not_answered",
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
		kept, known := make([]bool, len(idle)), make([]bool, len(idle))
		var all sync.WaitGroup
		for i := range idle {
			all.Go(func() { kept[i], known[i] = x.survives(ctx, w, l, outside, idle[i]) })
		}
		all.Wait()
		l.take(idle, kept, known)
		if l.Lost == 0 {
			break
		}
	}
	if l.Kept == 0 && l.Lost == 0 {
		l.Unmeasured = NotAnswered
	}
}

// take takes in what became of mappings: what is kept longer than the first one that
// was lost says nothing, since NAT may have given the same port again.
func (l *Lifetime) take(idle []time.Duration, kept, known []bool) {
	for i, d := range idle {
		if known[i] && !kept[i] && (l.Lost == 0 || d < l.Lost) {
			l.Lost = d
		}
	}
	for i, d := range idle {
		if known[i] && kept[i] && d > l.Kept && (l.Lost == 0 || d < l.Lost) {
			l.Kept = d
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

// survives reports whether the mapping of a new socket is the same after it was idle;
// known is false where the gateway did not say.
func (x *examination) survives(ctx context.Context, w *way, l *Lifetime, outside netip.Addr, idle time.Duration) (kept, known bool) {
	conn, err := initiator.Open(ctx, x.config(netip.AddrPortFrom(w.conn.Local().Addr(), 0)))
	if err != nil {
		return false, false
	}
	defer x.closeConn(conn)
	own := &way{conn: conn, t: w.t, answers: w.answers, asked: w.asked}
	before := x.mappedPort(ctx, own, l, outside)
	if before == 0 {
		return false, false
	}
	select {
	case <-time.After(idle):
	case <-ctx.Done():
		return false, false
	}
	after := x.mappedPort(ctx, own, l, outside)
	return after == before, after != 0
}

// mappedPort returns the port that NAT has given to w, as the gateway sees it; 0 if
// that is not known. One IKE SA at a time is open for it.
func (x *examination) mappedPort(ctx context.Context, w *way, l *Lifetime, outside netip.Addr) uint16 {
	x.opening <- struct{}{}
	defer func() { <-x.opening }()
	o, _ := x.openOn(ctx, w, initiator.TrueNATDetection)
	if o == nil {
		return 0
	}
	x.close(ctx, w.conn, o.request, o.answer, w.t)
	l.Evidence = append(l.Evidence, o.answer.ID)
	seen, ok := o.answer.Message.NATDetection()
	if !ok {
		return 0
	}
	mapped, _ := seen.FindDestination(outside)
	return mapped.Port()
}

// closeConn closes a socket of ours, and counts what it cost.
func (x *examination) closeConn(conn *initiator.Conn) {
	_ = conn.Close() // it was read to the end
	x.mu.Lock()
	defer x.mu.Unlock()
	x.result.Cost = x.result.Cost.Plus(conn.Cost())
}
