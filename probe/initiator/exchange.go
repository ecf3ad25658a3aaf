package initiator

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/icmp"
)

// Answer is an exchange that is over, with what the Exchange leaves out.
type Answer struct {
	Exchange
	// Message is the answer, decrypted where it was protected; nil without one.
	Message *ike.Message
	// Octets are the IKE message of the answer, and Request that of our last
	// request, with the cookie, if any; both without the non-ESP marker.
	Octets, Request []byte
	// Local is our address and port that the last request went out from; invalid if
	// none did.
	Local netip.AddrPort
	// Blocked is what ICMP or our kernel said, whatever the outcome; nil if
	// nothing.
	Blocked *PathFault
	// Genuine: the answer is protected by the keys of the IKE SA.
	Genuine bool
	// Elsewhere is where an answer to the request came from that was not the
	// gateway's address and port; invalid if none came.
	Elsewhere netip.AddrPort
	// OtherSPIs counts the answers that came with an initiator SPI that is of no
	// request.
	OtherSPIs int
	// Conflict is the outcome of a second answer that contradicts the one
	// taken; NotTried if there was none.
	Conflict Outcome
}

// Redirects reports whether the gateway sends us elsewhere in place of an answer (RFC
// 5685).
func (a Answer) Redirects() bool {
	return a.Outcome == OtherError && a.Notify == ike.REDIRECT
}

// grace is how long a second, different answer is awaited.
const grace = time.Millisecond

// malformedTries is how often a request is sent whose answers are malformed: if
// somebody forges them, a true one gets through meanwhile.
const malformedTries = 4

// maxRemarks bounds what is reported of datagrams that were no answers.
const maxRemarks = 3

// Exchange sends req until it is answered, at the pace that all exchanges of c
// share. It ends with a conclusive answer, or after the last try; silence and
// rudeness are outcomes. If ctx ends before anything was sent the outcome is
// NotTried; if later, it is what was known, and Detail says "interrupted". Two
// exchanges at a time must not have the same initiator SPI.
func (c *Conn) Exchange(ctx context.Context, req *Request) Answer {
	a := Answer{Exchange: Exchange{
		ID: req.id, Transport: req.offer.Transport, Type: req.header.Exchange,
		Offer: req.offer.Products, KE: req.offer.KE, Flow: req.Flow,
	}}
	leave := func() {}
	if !req.Prompt {
		if err := c.pacer.enter(ctx); err != nil {
			a.Detail = "interrupted"
			return a
		}
		leave = c.pacer.leave
	}
	d := attempt{c: c, wait: c.begin(req), answer: &a, octets: req.octets, leave: sync.OnceFunc(leave)}
	defer d.leave()
	final := d.run(ctx)
	d.wait.tries = a.Tries
	if a.Cookie {
		d.wait.tries++
	}
	c.end(d.wait, final)
	a.Outcome, a.Notify, a.Group, a.Suite = final.Outcome, final.Notify, final.Group, final.Suite
	a.Detail = strings.Join(append(nonEmpty(final.Detail), d.remarks...), "; ")
	a.Genuine = final.Genuine
	a.Message, a.Octets, a.Request = final.Message, final.Octets, d.octets
	if a.Tries > 0 {
		c.add(1, 0, 0)
	}
	return a
}

// attempt is an exchange on its way.
type attempt struct {
	c *Conn
	*wait
	answer *Answer
	octets []byte // the request, with the cookie once there is one
	leave  func() // gives the place in the window to another exchange

	sent    []time.Time // the tries since the request last changed
	tries   int         // the same, with those that could not be sent
	last    time.Time   // of them
	plain   int         // tries without the cookie
	cookies int         // COOKIEs received
	weak    Reading     // the best of the answers that are not conclusive
	remarks []string    // on what was no answer
	// stop, if set, is when to stop waiting for something better than weak.
	stop time.Time
	// stream is the connection that the last try went out by, if over TCP, which
	// sends again what is lost.
	stream *stream
}

// run sends and waits until the exchange is over.
func (d *attempt) run(ctx context.Context) Reading {
	if !d.try(ctx) {
		return d.exhausted(true)
	}
	for {
		timer := time.NewTimer(time.Until(d.deadline()))
		select {
		case event := <-d.inbox:
			timer.Stop()
			r, over := d.handle(ctx, *event)
			if over {
				return r
			}
		case <-timer.C:
			if len(d.inbox) > 0 {
				continue
			}
			if !d.stop.IsZero() || d.tries >= d.attempts() || d.stream.alive() || d.weak.Outcome == Malformed && d.tries >= malformedTries && !d.req.Wary {
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
func (d *attempt) deadline() time.Time {
	if !d.stop.IsZero() {
		return d.stop
	}
	wait := d.req.wait(d.c.rto(), d.tries)
	if d.stream.alive() {
		wait = d.patience()
	}
	if d.req.Wait > 0 {
		wait = d.req.Wait
	}
	if d.req.Early {
		wait = wait * 3 / 4
	}
	return d.last.Add(wait)
}

// try sends the request once, if no answer has come while the rate made it
// wait. It reports false if ctx ended, the socket is closed, or the request is
// withheld.
func (d *attempt) try(ctx context.Context) bool {
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
	if d.req.Withheld != nil && d.req.Withheld(d.tries) {
		return false
	}
	if d.req.offer.Transport.IsTCP() && !d.connect(ctx) {
		return ctx.Err() == nil
	}
	now := time.Now()
	d.tries, d.last = d.tries+1, now
	if u := d.c.send(d.req, d.octets, d.stream); u != nil {
		d.block(u, now)
		return true
	}
	for _, fragment := range d.req.more {
		if u := d.c.send(d.req, fragment, d.stream); u != nil {
			d.block(u, now)
			break
		}
	}
	d.answer.Local = d.c.localOver(d.req.offer.Transport, d.req.Flow)
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

// connect has the TCP connection opened, if it is not. It reports false if there is
// none, and has the exchange end then.
func (d *attempt) connect(ctx context.Context) bool {
	s, err := d.c.connect(ctx, d.c.flow(d.req.Flow), d.req, d.patience())
	if err == nil {
		d.stream = s
		return true
	}
	now := time.Now()
	d.tries, d.last, d.stop = d.tries+1, now, now
	if ctx.Err() != nil {
		return false
	}
	d.answer.Tries++
	if d.answer.Tries == 1 {
		d.answer.Sent = now
	}
	if u, ok := tcpFault(err); ok {
		d.answer.Blocked = &u
		d.weaken(Reading{Outcome: Unreachable, Detail: u.Detail}, now)
		d.stop = now
	}
	return false
}

// wait returns how long a try, counted from 1, waits for an answer.
func (r *Request) wait(rto time.Duration, try int) time.Duration {
	if try <= 2 {
		return max(backOff(rto, try), r.LeastWait)
	}
	return backOff(rto, try)
}

// patience returns how long all tries that are left wait together.
func (d *attempt) patience() time.Duration {
	if d.req.Wait > 0 {
		return d.req.Wait
	}
	var all time.Duration
	for try := max(d.tries, 1); try <= d.attempts(); try++ {
		all += d.req.wait(d.c.rto(), try)
	}
	return all
}

// handle takes in what arrived, and reports whether the exchange is over.
func (d *attempt) handle(ctx context.Context, event arrival) (Reading, bool) {
	if event.stream != nil && event.stream != d.stream {
		return Reading{}, false // the try went out by another one
	}
	if event.blocked != nil {
		d.block(event.blocked, event.at)
		if d.req.HopLimit > 0 {
			if len(d.sent) == 1 {
				d.answer.RTT = event.at.Sub(d.sent[0])
			}
			return d.weak, true
		}
		return Reading{}, false
	}
	r := d.read(event)
	switch {
	case d.req.Wary && r.conclusive() && !r.Genuine:
		d.weaken(r, event.at)
	case r.conclusive():
		d.answered(event.at)
		d.answer.HopLimit = event.hopLimit
		d.leave() // the gateway is done with it
		return d.hold(ctx, r)
	case r.Cookie != nil:
		return d.retryWithCookie(ctx, r, event.at)
	case r.Outcome == NotTried:
		if r.Elsewhere.IsValid() {
			d.answer.Elsewhere = r.Elsewhere
		}
		if r.OtherSPI {
			d.answer.OtherSPIs++
		}
		d.remark(r.Detail)
	default:
		d.weaken(r, event.at)
	}
	return Reading{}, false
}

// read reads a datagram as an answer.
func (d *attempt) read(event arrival) Reading {
	r := classify(d.req, event.received)
	d.c.mu.Lock()
	defer d.c.mu.Unlock()
	d.c.opens(d.wait, r, event.received)
	return r
}

// answered notes the time that the gateway took.
func (d *attempt) answered(at time.Time) {
	var took time.Duration
	if len(d.sent) == 1 {
		// Karn's rule: of a request sent more than once it is not known
		// which try was answered.
		took = at.Sub(d.sent[0])
		if d.c.roundTrip.sample(took) {
			d.c.pacer.restore()
		}
	} else if len(d.sent) > 1 {
		d.c.roundTrip.late(at.Sub(d.sent[0]), d.req.wait(d.c.rto(), len(d.sent)))
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
// in [Conn.Late], and from then on each answer is awaited as long as a first one.
//
// A COOKIE behind an error says the same: who asks for one has not looked at the
// request yet. Then the exchange goes on with the cookie.
func (d *attempt) hold(ctx context.Context, r Reading) (_ Reading, over bool) {
	if r.Genuine {
		return r, true
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
				d.answer.Blocked = event.blocked
				continue
			}
			other := d.read(*event)
			if other.Cookie != nil && d.cookies == 0 && r.Outcome != Accepted {
				d.answer.Conflict = r.Outcome
				d.remark(fmt.Sprintf("two answers: %s, then a COOKIE", r.words()))
				return d.retryWithCookie(ctx, other, event.at)
			}
			if other.Outcome == Malformed && r.Outcome != Accepted {
				// Perhaps it is the gateway's, which says something else.
				d.answer.Conflict = Malformed
				d.remark(fmt.Sprintf("two answers: %s, then one that is malformed", r.words()))
				continue
			}
			if !other.conclusive() || other.agrees(r) {
				continue
			}
			first, second := r, other
			if other.Genuine || weight(other.Outcome) > weight(r.Outcome) {
				r, other = other, r
				d.answer.HopLimit = event.hopLimit
			}
			d.answer.Conflict = other.Outcome
			d.remark(fmt.Sprintf("two answers: %s, then %s", first.words(), second.words()))
			if r.Genuine {
				return r, true
			}
		case <-timer.C:
			return r, true
		case <-ctx.Done():
			return r, true
		}
	}
}

// weight orders answers that contradict each other: the one that is harder to
// make up is taken.
func weight(o Outcome) int {
	return slices.Index([]Outcome{OtherError, NoProposalChosen, InvalidKEPayload, Accepted}, o)
}

// retryWithCookie answers the gateway's demand for a cookie, once.
func (d *attempt) retryWithCookie(ctx context.Context, r Reading, at time.Time) (Reading, bool) {
	loop := Reading{Outcome: CookieLoop, Detail: "COOKIE again", Message: r.Message, Octets: r.Octets}
	d.cookies++
	switch {
	case d.cookies > 1 && d.cookies > d.plain:
		d.answered(at)
		return loop, true
	case d.cookies > 1:
		// Perhaps only the answer to an earlier try without the cookie.
		d.weaken(loop, at)
		return Reading{}, false
	}
	octets, err := d.req.withCookie(r.Cookie)
	if err != nil {
		d.remark(err.Error())
		return Reading{Outcome: Malformed, Detail: "its COOKIE does not fit the request", Message: r.Message}, true
	}
	d.answered(at)
	d.c.pacer.cookie(at)
	d.c.add(0, 0, 1)
	d.answer.Cookie = true
	d.octets, d.sent, d.tries, d.stop = octets, nil, 0, time.Time{}
	if !d.try(ctx) {
		return d.exhausted(true), true
	}
	return Reading{}, false
}

// block notes that the request was not delivered. An answer still wins: ICMP
// errors can be forged, or be about another datagram.
func (d *attempt) block(u *PathFault, at time.Time) {
	d.answer.Blocked = u
	d.weaken(Reading{Outcome: Unreachable, Detail: u.Detail}, at)
	if u.Closed && d.weak.Outcome == Unreachable {
		d.stop = time.Time{} // the connection can be opened again
	}
	if u.State == PathError && u.Meaning != icmp.TooBig && !u.Local && d.weak.Outcome == Unreachable {
		d.stop = time.Time{} // routes come back: go on trying
	}
}

// weaken remembers an answer that is not conclusive. After one that shows that
// no IKEv2 responder is there only one more timeout is waited, unless the request is
// wary: who has opened an IKE SA was there a moment ago.
func (d *attempt) weaken(r Reading, at time.Time) {
	order := []Outcome{NotTried, Unreachable, Echo, NotIKE, CookieLoop, Malformed, OtherError}
	if slices.Index(order, r.Outcome) > slices.Index(order, d.weak.Outcome) {
		d.weak = r
		d.stop = time.Time{}
	}
	if d.stop.IsZero() && !d.req.Wary && (d.weak.Outcome == Unreachable || d.weak.Outcome == Echo || d.weak.Outcome == NotIKE) {
		d.stop = at.Add(d.c.rto())
	}
}

// exhausted returns the outcome without a conclusive answer.
func (d *attempt) exhausted(interrupted bool) Reading {
	r := d.weak
	if r.Outcome == NotTried && d.answer.Tries > 0 {
		r.Outcome = NoAnswer
	}
	if r.Outcome == NoAnswer && d.stream.alive() {
		d.answer.Blocked = &PathFault{State: PathOpen, Detail: "the TCP connection stays open, and nothing comes"}
	}
	if interrupted {
		d.remark("interrupted")
	} else if r.Outcome == NoAnswer {
		d.lost()
	}
	return r
}

// attempts returns how often the request is sent.
func (d *attempt) attempts() int {
	if d.req.Attempts > 0 {
		return d.req.Attempts
	}
	return d.c.cfg.Attempts
}

// lost slows the scan down. Where silence is how the gateway refuses, it makes
// place instead: the gateway is not at work on the request.
func (d *attempt) lost() {
	if d.req.Quiet {
		d.leave()
		return
	}
	d.c.pacer.lost(time.Now(), d.c.rto())
}

// remark adds words to the Detail, each once.
func (d *attempt) remark(words string) {
	if words != "" && len(d.remarks) < maxRemarks && !slices.Contains(d.remarks, words) {
		d.remarks = append(d.remarks, words)
	}
}

// words names a conclusive reading.
func (r Reading) words() string {
	switch r.Outcome {
	case InvalidKEPayload:
		return fmt.Sprintf("%v (%v)", r.Outcome, r.Group)
	case OtherError:
		return r.Detail
	case Accepted:
		if r.Suite != nil {
			return fmt.Sprintf("%v (%v)", r.Outcome, *r.Suite)
		}
	}
	return r.Outcome.String()
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
