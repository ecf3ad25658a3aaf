package probe

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
)

// answer is an exchange that is over, with what the Exchange leaves out.
type answer struct {
	Exchange
	message *ike.Message // the answer, decrypted where it was protected; nil without one
	octets  []byte       // of the answer, without the non-ESP marker
	request []byte       // of our last request, with the cookie, if any
	// blocked is what ICMP or our kernel said, whatever the outcome; nil if
	// nothing.
	blocked *unreachable
	// conflict is the outcome of a second answer that contradicts the one
	// taken; NotTried if there was none.
	conflict Outcome
}

// grace is how long a second, different answer is awaited.
const grace = time.Millisecond

// maxRemarks bounds what is told of datagrams that were no answers.
const maxRemarks = 3

// exchange sends req until it is answered, at the pace that all exchanges of c
// share. It ends with a conclusive answer, or after the last try; silence and
// rudeness are outcomes. If ctx ends before anything was sent the outcome is
// NotTried; if later, it is what was known, and Detail says "interrupted". Two
// exchanges at a time must not have the same initiator SPI.
func (c *conn) exchange(ctx context.Context, req *request) answer {
	a := answer{Exchange: Exchange{
		ID: req.id, Transport: req.transport, Type: req.header.Exchange,
		Purpose: req.purpose, Offer: req.offer, KE: req.ke,
	}}
	if err := c.pacer.enter(ctx); err != nil {
		a.Detail = "interrupted"
		return a
	}
	d := dialogue{c: c, wait: c.begin(req), answer: &a, octets: req.octets, leave: sync.OnceFunc(c.pacer.leave)}
	defer d.leave()
	final := d.run(ctx)
	c.end(d.wait, final)
	a.Outcome, a.Group, a.Suite = final.outcome, final.group, final.suite
	a.Detail = strings.Join(append(nonEmpty(final.detail), d.remarks...), "; ")
	a.message, a.octets, a.request = final.message, final.octets, d.octets
	if a.Tries > 0 {
		c.add(1, 0, 0)
	}
	return a
}

// dialogue is an exchange on its way.
type dialogue struct {
	c *conn
	*wait
	answer *answer
	octets []byte // the request, with the cookie once there is one
	leave  func() // gives the place in the window to another exchange

	sent    []time.Time // the tries since the request last changed
	tries   int         // the same, with those that could not be sent
	last    time.Time   // of them
	plain   int         // tries without the cookie
	cookies int         // COOKIEs received
	weak    reading     // the best of the answers that are not conclusive
	remarks []string    // on what was no answer
	// stop, if set, is when to stop waiting for something better than weak.
	stop time.Time
}

// run sends and waits until the exchange is over.
func (d *dialogue) run(ctx context.Context) reading {
	if !d.try(ctx) {
		return d.exhausted(true)
	}
	for {
		timer := time.NewTimer(time.Until(d.deadline()))
		select {
		case event := <-d.inbox:
			timer.Stop()
			r, over := d.handle(ctx, event)
			if over {
				return r
			}
		case <-timer.C:
			if len(d.inbox) > 0 {
				continue
			}
			if !d.stop.IsZero() || d.tries >= d.attempts() {
				return d.exhausted(false)
			}
			d.lost()
			if !d.try(ctx) {
				return d.exhausted(true)
			}
		case <-ctx.Done():
			timer.Stop()
			return d.exhausted(true)
		case <-d.c.done:
			timer.Stop()
			if d.c.broken != nil {
				d.remark(fmt.Sprintf("the socket failed: %v", d.c.broken))
			}
			return d.exhausted(true)
		}
	}
}

// deadline returns when the next try, or the end, is due.
func (d *dialogue) deadline() time.Time {
	if !d.stop.IsZero() {
		return d.stop
	}
	wait := backOff(d.c.rto(), d.tries)
	if d.req.purpose == forReach && d.req.transport == UDP4500 {
		// Port 500 is asked at the same time. Routers limit their ICMP errors
		// to one or two a second: if the tries coincided, those about one port
		// would never come.
		wait = wait * 3 / 4
	}
	return d.last.Add(wait)
}

// try sends the request once, if no answer has come while the rate made it
// wait. It reports false if ctx ended, the socket is closed, or the request is
// withheld.
func (d *dialogue) try(ctx context.Context) bool {
	if err := d.c.pacer.waitToSend(ctx); err != nil {
		return false
	}
	select {
	case <-d.c.done:
		return false
	default:
	}
	if d.tries > 0 && len(d.inbox) > 0 {
		return true
	}
	if d.req.withheld != nil && d.req.withheld(d.tries) {
		return false
	}
	now := time.Now()
	d.tries, d.last = d.tries+1, now
	if u := d.c.send(d.req, d.octets); u != nil {
		d.block(u, now)
		return true
	}
	if d.answer.Tries == 0 {
		d.answer.Sent = now
	} else if len(d.sent) > 0 {
		d.c.add(0, 1, 0)
	}
	d.answer.Tries++
	d.sent = append(d.sent, now)
	if d.cookies == 0 {
		d.plain++
	}
	return true
}

// handle takes in what arrived, and reports whether the exchange is over.
func (d *dialogue) handle(ctx context.Context, event arrival) (reading, bool) {
	if event.blocked != nil {
		d.block(event.blocked, event.at)
		return reading{}, false
	}
	r := classify(d.req, event.octets, event.from)
	switch {
	case r.conclusive():
		d.answered(event.at)
		d.leave() // the gateway is done with it
		return d.hold(ctx, r), true
	case r.cookie != nil:
		return d.retryWithCookie(ctx, r, event.at)
	case r.outcome == NotTried:
		d.remark(r.detail)
	default:
		d.weaken(r, event.at)
	}
	return reading{}, false
}

// answered notes the time that the gateway took.
func (d *dialogue) answered(at time.Time) {
	var took time.Duration
	if len(d.sent) == 1 {
		// Karn's rule: of a request sent more than once it is not known
		// which try was answered.
		took = at.Sub(d.sent[0])
		d.c.roundTrip.sample(took)
	}
	best := d.c.roundTrip.shortest()
	d.c.pacer.answered(took, best)
	if len(d.sent) == 0 {
		return
	}
	d.answer.RTT = at.Sub(answeredTry(d.sent, at, best))
}

// answeredTry guesses which try an answer belongs to: the last that lies at
// least the shortest known round trip back, or the first if none is known.
func answeredTry(sent []time.Time, at time.Time, best time.Duration) time.Time {
	for _, try := range slices.Backward(sent) {
		if best > 0 && at.Sub(try) >= best {
			return try
		}
	}
	return sent[0]
}

// hold waits a moment for a second answer that contradicts r. Errors in
// IKE_SA_INIT are not authenticated, so the first answer may be forged: "the
// recipient should continue trying for some time before giving up" (RFC 7296,
// Section 2.21.1). A scan cannot wait as long for each. What comes later is found
// in conn.late, and from then on each answer is awaited as long as a first one.
func (d *dialogue) hold(ctx context.Context, r reading) reading {
	if r.genuine {
		return r
	}
	moment := grace
	if d.c.patient.Load() {
		moment = d.c.rto()
	}
	timer := time.NewTimer(moment)
	defer timer.Stop()
	for {
		select {
		case event := <-d.inbox:
			if event.blocked != nil {
				d.answer.blocked = event.blocked
				continue
			}
			other := classify(d.req, event.octets, event.from)
			if !other.conclusive() || other.agrees(r) {
				continue
			}
			first, second := r, other
			if other.genuine || weight(other.outcome) > weight(r.outcome) {
				r, other = other, r
			}
			d.answer.conflict = other.outcome
			d.remark(fmt.Sprintf("two answers: %s, then %s", first.words(), second.words()))
			if r.genuine {
				return r
			}
		case <-timer.C:
			return r
		case <-ctx.Done():
			return r
		}
	}
}

// weight orders answers that contradict each other: the one that is harder to
// make up is taken.
func weight(o Outcome) int {
	return slices.Index([]Outcome{OtherError, NoProposalChosen, InvalidKEPayload, Accepted}, o)
}

// retryWithCookie answers the gateway's demand for a cookie, once.
func (d *dialogue) retryWithCookie(ctx context.Context, r reading, at time.Time) (reading, bool) {
	loop := reading{outcome: CookieLoop, detail: "COOKIE again", message: r.message, octets: r.octets}
	d.cookies++
	switch {
	case d.cookies > 1 && d.cookies > d.plain:
		d.answered(at)
		return loop, true
	case d.cookies > 1:
		// Perhaps only the answer to an earlier try without the cookie.
		d.weaken(loop, at)
		return reading{}, false
	}
	octets, err := d.req.withCookie(r.cookie)
	if err != nil {
		d.remark(err.Error())
		return reading{outcome: Malformed, detail: "its COOKIE does not fit the request", message: r.message}, true
	}
	d.answered(at)
	d.c.add(0, 0, 1)
	d.answer.Cookie = true
	d.octets, d.sent, d.tries, d.stop = octets, nil, 0, time.Time{}
	if !d.try(ctx) {
		return d.exhausted(true), true
	}
	return reading{}, false
}

// block notes that the request was not delivered. An answer still wins: ICMP
// errors can be forged, or be about another datagram.
func (d *dialogue) block(u *unreachable, at time.Time) {
	d.answer.blocked = u
	d.weaken(reading{outcome: Unreachable, detail: u.detail}, at)
	if u.state == PathError && !u.local && d.weak.outcome == Unreachable {
		d.stop = time.Time{} // routes come back: go on trying
	}
}

// weaken remembers an answer that is not conclusive. After one that tells that
// no IKEv2 responder is there only one more timeout is waited.
func (d *dialogue) weaken(r reading, at time.Time) {
	order := []Outcome{NotTried, Unreachable, Echo, NotIKE, CookieLoop, Malformed}
	if slices.Index(order, r.outcome) > slices.Index(order, d.weak.outcome) {
		d.weak = r
		d.stop = time.Time{}
	}
	if d.stop.IsZero() && (d.weak.outcome == Unreachable || d.weak.outcome == Echo || d.weak.outcome == NotIKE) {
		d.stop = at.Add(d.c.rto())
	}
}

// exhausted returns the outcome without a conclusive answer.
func (d *dialogue) exhausted(interrupted bool) reading {
	r := d.weak
	if r.outcome == NotTried && d.answer.Tries > 0 {
		r.outcome = NoAnswer
	}
	if interrupted {
		d.remark("interrupted")
	} else if r.outcome == NoAnswer {
		d.lost()
	}
	return r
}

// attempts returns how often the request is sent.
func (d *dialogue) attempts() int {
	if d.req.attempts > 0 {
		return d.req.attempts
	}
	return d.c.cfg.attempts
}

// lost slows the scan down. Where silence is how the gateway refuses, it makes
// place instead: the gateway is not at work on the request.
func (d *dialogue) lost() {
	if d.req.quiet {
		d.leave()
		return
	}
	d.c.pacer.lost(time.Now(), d.c.rto())
}

// remark adds words to the Detail, each once.
func (d *dialogue) remark(words string) {
	if len(d.remarks) < maxRemarks && !slices.Contains(d.remarks, words) {
		d.remarks = append(d.remarks, words)
	}
}

// words names a conclusive reading.
func (r reading) words() string {
	switch r.outcome {
	case InvalidKEPayload:
		return fmt.Sprintf("%v (%v)", r.outcome, r.group)
	case OtherError:
		return r.detail
	case Accepted:
		if r.suite != nil {
			return fmt.Sprintf("%v (%v)", r.outcome, *r.suite)
		}
	}
	return r.outcome.String()
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
