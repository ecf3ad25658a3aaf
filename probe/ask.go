package probe

import (
	"context"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/probe/internal/session"
	"github.com/ikescope/ikescope/proposals"
)

// stubbornAttempts is how often a request is sent that the gateway is known to
// accept: if its answer were lost for good, an IKE SA would stay half-open.
const stubbornAttempts = 10

// init offers products over t with a KE payload of method.
func (s *scan) init(ctx context.Context, t initiator.Transport, purpose evidence.Purpose, offer []proposals.Product, method ike.KeyExchangeMethod) initiator.Answer {
	return s.initiate(ctx, purpose, initiator.Offer{Transport: t, Products: offer, KE: method})
}

// initiate asks what o says, and closes the half-open IKE SA that an accepted
// answer leaves at the gateway. If nothing was sent, as the scan is over or too
// many half-open IKE SAs are left, the outcome is NotTried.
func (s *scan) initiate(ctx context.Context, purpose evidence.Purpose, o initiator.Offer) initiator.Answer {
	return s.initiateAnd(ctx, purpose, o, nil)
}

// initiateAnd is initiate that has use, unless nil, ask in the IKE SA before it is
// closed, and if it could not be, report it.
func (s *scan) initiateAnd(ctx context.Context, purpose evidence.Purpose, o initiator.Offer, use session.Use) initiator.Answer {
	mayOpen := proposals.HasKeyExchange(o.Products, o.KE)
	reserved, ok := s.halfOpens.Reserve(mayOpen, purpose)
	if !ok {
		return initiator.Answer{}
	}
	closing := false // which releases the place in the end
	defer func() {
		if !closing {
			s.halfOpens.Release(reserved, false)
		}
	}()
	if ctx.Err() != nil || !s.begin(purpose) {
		return initiator.Answer{}
	}
	known := s.gateway.Now()
	o.NoRedirect = known.NoRedirect
	if purpose == evidence.PurposeMatrix || purpose == evidence.PurposeControl {
		o = known.Brief(o)
	}
	if !mayOpen && o.Flow == 0 && (purpose == evidence.PurposeMatrix || purpose == evidence.PurposeControl) {
		o.Flow = s.spread.Flow(ctx)
	}
	req, err := s.conn.Init(o)
	if err != nil {
		return s.failed(err)
	}
	req.Early = purpose == evidence.PurposeReach && o.Transport == initiator.UDP4500 // UDP 500 is asked at the same time
	if known.Refusal.How == gateway.DropsRefused && (purpose == evidence.PurposeMatrix || purpose == evidence.PurposeClient) {
		req.Quiet, req.Attempts = true, quietAttempts
	}
	stop := ctx
	if mayOpen {
		// It may be accepted: see it through, so that it can be closed. If the
		// answer is lost the same request gets it again, where another one would
		// open another IKE SA; but where silence may be a refusal it is too slow
		// to wait for that.
		ctx = context.WithoutCancel(ctx)
		enough := max(s.loss.Enough(), s.conn.Attempts())
		switch {
		case purpose == evidence.PurposeReach:
		case known.RefusesAloud():
			req.Attempts = enough
		case purpose == evidence.PurposeDetail:
			req.Attempts = stubbornAttempts
		case purpose == evidence.PurposeClient:
			req.Attempts = min(enough, stubbornAttempts)
		}
	}
	req.Withheld = func(tries int) bool {
		return !reserved && s.halfOpens.OpensUnasked() || tries >= s.conn.Attempts() && stop.Err() != nil
	}
	a := s.conn.Exchange(ctx, req)
	if a.Outcome == initiator.NotTried && !reserved && s.halfOpens.OpensUnasked() && ctx.Err() == nil {
		s.journal.Unbegin()
		return s.initiateAnd(ctx, purpose, o, use) // with a place
	}
	if a.Tries > 0 {
		s.spread.Ended(o.Flow, a.Outcome != initiator.NoAnswer)
	}
	s.countUnclosable(a)
	a.Offer = slices.DeleteFunc(slices.Clone(a.Offer), func(p proposals.Product) bool { return p.Size() == 0 })
	s.record(req, a, purpose)
	if a.Outcome == initiator.Accepted {
		s.halfOpens.OpenedBy(a.ID)
		if !reserved {
			s.halfOpens.ReserveUnasked()
			reserved = true
		}
		closing = true
		end := func() { s.halfOpens.Release(reserved, !s.sessions.Close(ctx, req, a, use)) }
		if purpose == evidence.PurposeDetail {
			s.closing.Go(end) // while the next is asked
		} else {
			end()
		}
	}
	return a
}

// countUnclosable counts the IKE SA that an answer left at the gateway which cannot
// be used.
func (s *scan) countUnclosable(a initiator.Answer) {
	if a.Outcome != initiator.Malformed || s.conn.Opened(a.ID) == 0 {
		return
	}
	s.halfOpens.OpenedBy(a.ID)
	s.journal.Note(evidence.Note{Kind: evidence.NoteNotClosed, Exchanges: []int{a.ID}, Outcome: a.Outcome})
}

// ask offers products over the main transport in the way that the gateway
// answers. Of the first two answers that contradict each other one is forged,
// or the gateway is confused: it asks again, and waits for the second answer
// from then on.
func (s *scan) ask(ctx context.Context, purpose evidence.Purpose, offer []proposals.Product) initiator.Answer {
	if purpose == evidence.PurposeMatrix {
		if a, ok := s.askWatching(ctx, purpose, offer); ok && a.Conflict == initiator.NotTried {
			return a
		}
	}
	sent, method, ok := s.gateway.Now().Payload(offer)
	if !ok {
		return initiator.Answer{Exchange: initiator.Exchange{Outcome: initiator.NoAnswer}}
	}
	a := s.init(ctx, s.main, purpose, sent, method)
	if a.Conflict != initiator.NotTried && !s.conn.BePatient() {
		s.journal.Note(evidence.Note{Kind: evidence.NoteConflict, Exchanges: []int{a.ID}})
		a = s.init(ctx, s.main, purpose, sent, method)
	}
	return a
}

// begin counts an exchange, if there is budget for it.
func (s *scan) begin(purpose evidence.Purpose) bool {
	if s.gaveUp() && purpose != evidence.PurposeReach && purpose != evidence.PurposeClose {
		return false
	}
	return s.journal.Begin(purpose, s.halfOpens.ToClose())
}

// failed is the answer where something is wrong on our side.
func (s *scan) failed(err error) initiator.Answer {
	s.journal.Fail(err)
	return initiator.Answer{}
}

// record adds an exchange to the journal, and what it shows to what is known of
// the gateway and of the path.
func (s *scan) record(req *initiator.Request, a initiator.Answer, purpose evidence.Purpose) {
	if a.Outcome == initiator.NotTried {
		return
	}
	if a.Type == ike.IKE_SA_INIT {
		s.fresh.Add(a, &s.findings)
		s.loss.Add(a.Exchange)
		s.gateway.Answered(a.Exchange, len(req.Octets()))
	} else {
		s.closeLoss.Add(a.Exchange)
	}
	x := evidence.Exchange{Exchange: a.Exchange, Purpose: purpose, Doubtful: a.Conflict != initiator.NotTried}
	if !x.Doubtful {
		x.Look = evidence.LookOf(a)
		x.Traits = evidence.TraitsOf(a, s.conn.Remote(a.Transport), time.Now())
	}
	if !s.apart.Load() {
		s.disorder.Add(x)
	}
	s.journal.Add(x, func(count int) {
		if s.Progress != nil {
			s.Progress(Progress{Target: s.target, Doing: purpose, Exchanges: count, Last: x})
		}
	})
}
