package initiator

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	defaultRate   = 50 // datagrams a second
	defaultWindow = 16 // exchanges in flight at most
	// atGateway is how many exchanges a gateway may have at work: each is a
	// half-open IKE SA to strongSwan until it answers, and from the third of
	// one address it asks for cookies. It is also the burst of the rate.
	atGateway = 2
	// slowest is the rate that no loss goes below.
	slowest = 2
	// maxDelay is by how much an answer may take longer than the quickest, for
	// the gateway not to be at work on others.
	maxDelay = 5 * time.Millisecond
	// maxWork is how long a gateway is thought to work on a request. So much of a
	// round trip may be its work and not the path, which then holds nothing.
	maxWork = 5 * time.Millisecond
)

// pacer keeps a scan gentle: a rate for datagrams, retransmissions included,
// and a congestion window for exchanges. It grows up to what the path holds: by
// one with each answer, as long as none is lost and the answers take no longer
// for it; then by one a round trip. Loss halves both: a path that is full needs a
// smaller window, and a gateway that answers so many requests a second a lower
// rate, which rises again by one a second with each answer.
type pacer struct {
	limiter *rate.Limiter
	fastest float64 // datagrams a second
	limit   float64 // of the window

	mu       sync.Mutex
	rate     float64 // now
	lowest   float64 // that it was
	window   float64
	inFlight int
	queue    []chan struct{} // who waits for the window, first come first
	halved   time.Time
	// ceiling is what the window stays below, as a cookie was asked for above it;
	// 0 if none was. alone is since when cookies were asked for with a window of
	// one exchange.
	ceiling float64
	alone   time.Time
}

func newPacer(perSecond float64, window int) *pacer {
	return &pacer{
		limiter: rate.NewLimiter(rate.Limit(perSecond), atGateway),
		fastest: perSecond,
		rate:    perSecond,
		lowest:  perSecond,
		limit:   float64(window),
		window:  min(atGateway, float64(window)),
	}
}

// enter waits for a place in the window. Who entered has to leave.
func (p *pacer) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p.mu.Lock()
	granted := make(chan struct{})
	p.queue = append(p.queue, granted)
	p.grant()
	p.mu.Unlock()
	select {
	case <-granted:
		return nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.queue, granted); i >= 0 {
		p.queue = slices.Delete(p.queue, i, i+1)
	} else { // it was granted while ctx ended
		p.inFlight--
		p.grant()
	}
	return ctx.Err()
}

// grant lets in who fits the window. p.mu is held.
func (p *pacer) grant() {
	for len(p.queue) > 0 && p.inFlight < int(p.window) {
		close(p.queue[0])
		p.queue = p.queue[1:]
		p.inFlight++
	}
}

// leave gives a place in the window back.
func (p *pacer) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inFlight--
	p.grant()
}

// waitToSend waits until the rate allows one more datagram.
func (p *pacer) waitToSend(ctx context.Context) error { return p.limiter.Wait(ctx) }

// answered widens the window after an answer that took so long, 0 if that is
// not known: to no more than are on the way at the rate, given the shortest
// round trip without the gateway's work, with those at the gateway.
func (p *pacer) answered(took, shortest time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rate < p.fastest {
		p.setRate(min(p.rate+1, p.fastest))
	}
	wider := 1 / p.window
	if p.halved.IsZero() && took > 0 && took-shortest <= min(shortest/8, maxDelay) {
		wider = 1
	}
	path := atGateway + p.rate*max(0, shortest-maxWork).Seconds()
	p.window = max(1, min(p.window+wider, p.limit, path))
	if p.ceiling > 0 {
		p.window = min(p.window, p.ceiling)
	}
	p.grant()
}

// lingering is how long a gateway may ask for cookies after it had too many
// half-open IKE SAs: strongSwan does so for 10 seconds.
const lingering = 12 * time.Second

// cookie narrows the window, once for those that were in flight together: the
// gateway asks for cookies since it counts us as load, and would go on. The window
// stays at half of what it was. If cookies are asked for with one exchange in
// flight, longer than a gateway does so after load, then it asks them of everyone,
// and the window is free again.
func (p *pacer) cookie(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ceiling == 1 {
		switch {
		case p.alone.IsZero():
			p.alone = now
		case now.Sub(p.alone) > lingering:
			p.ceiling = math.Inf(1)
		}
		return
	}
	if math.IsInf(p.ceiling, 1) || float64(p.inFlight) > p.window {
		return // that is known, or of those in flight when it was narrowed
	}
	p.ceiling = max(1, math.Floor(p.window/2))
	p.window = p.ceiling
}

// onTheWay returns how many requests can be sent while one and its answer are on
// the way.
func (p *pacer) onTheWay(roundTrip time.Duration) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return int(min(p.rate*roundTrip.Seconds(), p.window))
}

// lost halves the window and the rate, at most once in a round trip: what is
// lost together is one sign of congestion.
func (p *pacer) lost(now time.Time, roundTrip time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.halved.IsZero() && now.Sub(p.halved) < roundTrip {
		return
	}
	p.halved = now
	p.window = max(p.window/2, 1)
	p.setRate(max(p.rate/2, min(slowest, p.fastest)))
}

// restore takes back what losses led to.
func (p *pacer) restore() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lowest = p.fastest
	p.setRate(p.fastest)
}

// setRate changes the rate. p.mu is held.
func (p *pacer) setRate(perSecond float64) {
	p.rate, p.lowest = perSecond, min(p.lowest, perSecond)
	p.limiter.SetLimit(rate.Limit(perSecond))
}

// slowed returns the lowest rate that there was, and whether loss led to it.
func (p *pacer) slowed() (perSecond float64, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lowest, p.lowest < p.fastest
}
