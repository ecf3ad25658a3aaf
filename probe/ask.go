package probe

import (
	"context"
	"errors"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// stubbornAttempts is how often a request is sent that the gateway is known to
// accept: if its answer were lost for good, an IKE SA would stay half-open.
const stubbornAttempts = 10

// way is how an offer is asked so that the answer tells what the gateway thinks
// of it.
type way uint8

const (
	// byForeignKE: with a KE payload of a method that is not in the offer.
	// The gateway selects a suite first and then asks for its method with
	// INVALID_KE_PAYLOAD, or has no proposal to choose. It keeps nothing.
	byForeignKE way = iota
	// byDecoy: with a KE payload of a method that is put into the offer, and
	// that the gateway does not take. For gateways that refuse a method that
	// is not offered.
	byDecoy
	// byOwnKE: with a KE payload of the only method that is offered, so that
	// an acceptable offer is accepted, and the IKE SA has to be closed.
	byOwnKE
)

// init offers products over t with a KE payload of method.
func (s *scan) init(ctx context.Context, t initiator.Transport, purpose Purpose, offer []proposals.Product, method ike.KeyExchangeMethod) initiator.Answer {
	return s.initiate(ctx, purpose, initiator.Offer{Transport: t, Products: offer, KE: method})
}

// initiate asks what o says, and closes the half-open IKE SA that an accepted
// answer leaves at the gateway. If nothing was sent, as the scan is over or too
// many half-open IKE SAs are left, the outcome is NotTried.
func (s *scan) initiate(ctx context.Context, purpose Purpose, o initiator.Offer) initiator.Answer {
	mayOpen := proposals.HasKeyExchange(o.Products, o.KE)
	placed, ok := s.takePlace(mayOpen, purpose)
	if !ok {
		return initiator.Answer{}
	}
	closing := false // which leaves the place in the end
	defer func() {
		if !closing {
			s.leavePlace(placed, false)
		}
	}()
	if ctx.Err() != nil || !s.begin(purpose) {
		return initiator.Answer{}
	}
	var err error
	if o.Key, err = s.key(o.KE); err != nil {
		return s.failed(err)
	}
	o.NoRedirect = s.steadfast
	req, err := s.conn.Init(o)
	if err != nil {
		return s.failed(err)
	}
	req.Early = purpose == PurposeReach && o.Transport == initiator.UDP4500 // UDP 500 is asked at the same time
	if s.refusal.how == dropsRefused && (purpose == PurposeMatrix || purpose == PurposeClient) {
		req.Quiet, req.Attempts = true, quietAttempts
	}
	stop := ctx
	if mayOpen {
		// It may be accepted: see it through, so that it can be closed. If the
		// answer is lost the same request gets it again, where another one would
		// open another IKE SA; but where silence may be a refusal it is too slow
		// to wait for that.
		ctx = context.WithoutCancel(ctx)
		enough := max(s.enough(), s.conn.Attempts())
		switch {
		case purpose == PurposeReach:
		case s.refusesAloud():
			req.Attempts = enough
		case purpose == PurposeDetail:
			req.Attempts = stubbornAttempts
		case purpose == PurposeClient:
			req.Attempts = min(enough, stubbornAttempts)
		}
	}
	req.Withheld = func(tries int) bool {
		return !placed && s.opensUnasked() || tries >= s.conn.Attempts() && stop.Err() != nil
	}
	a := s.conn.Exchange(ctx, req)
	if a.Outcome == initiator.NotTried && !placed && s.opensUnasked() && ctx.Err() == nil {
		s.unbegin()
		return s.initiate(ctx, purpose, o) // with a place
	}
	a.Offer = slices.DeleteFunc(slices.Clone(a.Offer), func(p proposals.Product) bool { return p.Size() == 0 })
	s.record(req, a, purpose)
	if a.Outcome == initiator.Accepted {
		s.opened()
		if !placed {
			s.placeUnasked()
			placed = true
		}
		closing = true
		end := func() { s.leavePlace(placed, !s.closeHalfOpen(ctx, req, a)) }
		if purpose == PurposeDetail {
			s.closing.Go(end) // while the next is asked
		} else {
			end()
		}
	}
	return a
}

// key returns our key of a method, one for the scan: keys may be used again
// (RFC 7296, Section 2.12), and nothing secret is ever sent.
func (s *scan) key(m ike.KeyExchangeMethod) (*keyexchange.PrivateKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k, ok := s.keys[m]; ok {
		return k, nil
	}
	k, err := keyexchange.Generate(m, s.rand())
	if err != nil {
		return nil, err
	}
	if s.keys == nil {
		s.keys = make(map[ike.KeyExchangeMethod]*keyexchange.PrivateKey)
	}
	s.keys[m] = k
	return k, nil
}

// ask offers products over the main transport in the way that the gateway
// answers. Of the first two answers that contradict each other one is forged,
// or the gateway is confused: it asks again, and waits for the second answer
// from then on.
func (s *scan) ask(ctx context.Context, purpose Purpose, offer []proposals.Product) initiator.Answer {
	sent, method, ok := s.payload(offer)
	if !ok {
		return initiator.Answer{Exchange: initiator.Exchange{Outcome: initiator.NoAnswer}}
	}
	a := s.init(ctx, s.main, purpose, sent, method)
	if a.Conflict != initiator.NotTried && !s.conn.BePatient() {
		s.note("Two answers to exchange %d contradict each other, so one is forged, perhaps: from then on each answer was waited for longer, "+
			"and what says yes counts.", a.ID)
		a = s.init(ctx, s.main, purpose, sent, method)
	}
	return a
}

// payload returns the offer as it is sent and the method of its KE payload. It
// reports false if there is no such method that can be computed.
func (s *scan) payload(offer []proposals.Product) ([]proposals.Product, ike.KeyExchangeMethod, bool) {
	switch s.way {
	case byForeignKE:
		m, ok := foreign(offer)
		return offer, m, ok
	case byDecoy:
		return withMethod(offer, s.decoy), s.decoy, true
	default:
		methods := proposals.KeyExchangeMethods(offer)
		return offer, methods[0], keyexchange.Supported(methods[0])
	}
}

// foreign returns a key exchange method that offer does not hold, so that the
// gateway cannot select it. The first ones are known to every gateway and
// their public values are short. It reports false if offer holds them all.
func foreign(offer []proposals.Product) (ike.KeyExchangeMethod, bool) {
	first := []ike.KeyExchangeMethod{ike.KE_ECP_256, ike.KE_ECP_384, ike.KE_ECP_521, ike.KE_MODP_1024, ike.KE_MODP_2048}
	for _, m := range append(first, keyexchange.Methods()...) {
		if !proposals.HasKeyExchange(offer, m) {
			return m, true
		}
	}
	return 0, false
}

// onlyMethod returns offer with the key exchange method m in place of all
// others; withMethod with m beside them.
func onlyMethod(offer []proposals.Product, m ike.KeyExchangeMethod) []proposals.Product {
	out := slices.Clone(offer)
	for i := range out {
		out[i][proposals.KE] = []proposals.Algorithm{{Axis: proposals.KE, ID: uint16(m)}}
	}
	return out
}

func withMethod(offer []proposals.Product, m ike.KeyExchangeMethod) []proposals.Product {
	out := slices.Clone(offer)
	a := proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)}
	for i, p := range out {
		if !slices.Contains(p[proposals.KE], a) {
			out[i][proposals.KE] = append(slices.Clone(p[proposals.KE]), a)
		}
	}
	return out
}

// begin counts an exchange. It reports false if there is no budget for it, and
// for one more for each IKE SA that may have to be closed: what comes after the
// matrix has its own part, a quarter at most.
func (s *scan) begin(purpose Purpose) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	reserve := 0
	if purpose == PurposeMatrix || purpose == PurposeControl {
		reserve = min(detailBudget, s.MaxExchanges/4)
	}
	closings := s.places - s.left
	if s.MaxExchanges > 0 && s.begun+closings+reserve >= s.MaxExchanges && purpose != PurposeReach && purpose != PurposeClose {
		s.outOfBudget = true
		return false
	}
	s.begun++
	return true
}

// unbegin takes an exchange back that was not begun.
func (s *scan) unbegin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun--
}

func (s *scan) failed(err error) initiator.Answer {
	s.mu.Lock()
	s.result.Err = errors.Join(s.result.Err, err)
	s.mu.Unlock()
	return initiator.Answer{}
}

// record adds an exchange to the result, and what it tells to what is known of
// the gateway.
func (s *scan) record(req *initiator.Request, a initiator.Answer, purpose Purpose) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.Outcome == initiator.NotTried {
		return
	}
	x := Exchange{Exchange: a.Exchange, Purpose: purpose}
	s.result.Exchanges = append(s.result.Exchanges, x)
	if a.Type == ike.IKE_SA_INIT {
		s.odds.add(a.Exchange)
		s.seen.add(a.Exchange)
		s.heard.add(a.Exchange, len(req.Octets()))
	}
	if s.Progress != nil {
		s.Progress(Progress{Target: s.target, Doing: purpose, Exchanges: len(s.result.Exchanges), Last: x})
	}
}

// seen is what answers a gateway was seen to give to IKE_SA_INIT.
type seen struct {
	taken   bool // INVALID_KE_PAYLOAD, or a suite: an offer was acceptable
	refused bool // NO_PROPOSAL_CHOSEN
}

func (s *seen) add(x initiator.Exchange) {
	s.taken = s.taken || isTaken(x)
	s.refused = s.refused || x.Outcome == initiator.NoProposalChosen
}

// isTaken reports whether the gateway accepts a suite of what x offered. An
// INVALID_KE_PAYLOAD that names what was not offered says nothing.
func isTaken(x initiator.Exchange) bool {
	return x.Outcome == initiator.Accepted || x.Outcome == initiator.InvalidKEPayload && proposals.HasKeyExchange(x.Offer, x.Group)
}
