package probe

import (
	"maps"
	"slices"
	"sync"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// gateway holds what a scan knows of the gateway. Its methods may be called
// concurrently.
type gateway struct {
	mu    sync.Mutex
	known knowledge
}

// knowledge is what is known of a gateway at a time. It is a value: its lists
// and maps are replaced, never changed.
type knowledge struct {
	// control is an offer that the gateway is known to answer; takesControl
	// says whether it is acceptable, or refused.
	control      []proposals.Product
	takesControl bool

	oracle oracle
	// decoy is the method of the oracle byDecoy.
	decoy ike.KeyExchangeMethod
	// noRedirect: it sends those elsewhere who would go.
	noRedirect bool
	// takesNothing: it takes nothing either when the KE payload fits.
	takesNothing bool
	refusal      refusal

	// taken and refused say whether it was seen to take an offer, and to send
	// NO_PROPOSAL_CHOSEN.
	taken, refused bool
	// read holds the algorithms of offers that it took or refused, longest the
	// octets of the longest request that it answered.
	read    map[proposals.Algorithm]bool
	longest int
	// intolerances are the algorithms that keep it from answering, with the
	// number of the exchange that shows it.
	intolerances map[proposals.Algorithm]int
	// limit is the octets of the longest request that it answers; 0 if there is
	// none known.
	limit int
	// failure is what it answers every offer with, if that is an error.
	failure failure

	// examined: its yes was tried, and whether it understands offers.
	// hollow is the number of an exchange that was refused with the very method
	// that the gateway had asked for, so that INVALID_KE_PAYLOAD is no yes; 0 if
	// there is none.
	examined bool
	hollow   int
	// noAdditional is the number of an exchange that shows that it has no
	// additional key exchanges, though it does not refuse them as RFC 7296 has it;
	// 0 if there is none.
	noAdditional int
	// reads is how much it reads of an offer.
	reads reads
	// weak are weak suites that it refuses, which go with other offers to see
	// whether another gateway takes them; nil if it takes some.
	weak []proposals.Product
	// watched: weak suites were asked for.
	watched bool

	absences  int                          // how often it was waited for
	gone      bool                         // it did not come back
	described map[initiator.Transport]bool // by an accepted answer
}

// failure is an error that every offer is answered with.
type failure struct {
	notify ike.NotifyType
	detail string // of the first answer
	count  int    // of the answers; 0 if there was none, or another one
	other  bool   // there was another answer
}

// now returns what is known.
func (g *gateway) now() knowledge {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.known
}

// learn changes what is known. It must not call methods of g.
func (g *gateway) learn(change func(*knowledge)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(&g.known)
}

// answered takes in the end of an IKE_SA_INIT exchange, whose request had so many
// octets.
func (g *gateway) answered(x initiator.Exchange, octets int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	k := &g.known
	k.taken = k.taken || isTaken(x)
	k.refused = k.refused || x.Outcome == initiator.NoProposalChosen
	k.failure.add(x)
	if !isIKEv2(x.Outcome) {
		return
	}
	k.longest = max(k.longest, octets)
	if !isTaken(x) && x.Outcome != initiator.NoProposalChosen {
		return // it did not like something in it
	}
	read := maps.Clone(k.read)
	if read == nil {
		read = make(map[proposals.Algorithm]bool)
	}
	for a := range algorithmsOf(x.Offer) {
		read[a] = true
	}
	k.read = read
}

// setControl makes offer the control offer.
func (g *gateway) setControl(offer []proposals.Product, taken bool) {
	g.learn(func(k *knowledge) { k.control, k.takesControl = offer, taken })
}

// doubtControl notes that the control offer may be refused from now on.
func (g *gateway) doubtControl() {
	g.learn(func(k *knowledge) { k.takesControl = false })
}

// setRefusal notes how the gateway refuses, and returns r.
func (g *gateway) setRefusal(r refusal) refusal {
	g.learn(func(k *knowledge) { k.refusal = r })
	return r
}

// addIntolerance notes that an exchange showed the gateway to be intolerant of a.
func (g *gateway) addIntolerance(a proposals.Algorithm, exchange int) {
	g.learn(func(k *knowledge) { k.intolerances = plus(k.intolerances, a, exchange) })
}

// addDescribed notes that an accepted answer over t described the gateway.
func (g *gateway) addDescribed(t initiator.Transport) {
	g.learn(func(k *knowledge) { k.described = plus(k.described, t, true) })
}

// plus returns a copy of m with a value for key.
func plus[K comparable, V any](m map[K]V, key K, value V) map[K]V {
	out := maps.Clone(m)
	if out == nil {
		out = make(map[K]V)
	}
	out[key] = value
	return out
}

func (f *failure) add(x initiator.Exchange) {
	switch {
	case x.Outcome == initiator.NoAnswer || f.other:
	case x.Outcome != initiator.OtherError || f.count > 0 && x.Notify != f.notify:
		*f = failure{other: true}
	case f.count == 0:
		*f = failure{notify: x.Notify, detail: x.Detail, count: 1}
	default:
		f.count++
	}
}

// isTaken reports whether the gateway accepts a suite of what x offered. An
// INVALID_KE_PAYLOAD that names what was not offered, or the method of our KE
// payload, says nothing.
func isTaken(x initiator.Exchange) bool {
	switch x.Outcome {
	case initiator.Accepted:
		return x.Suite != nil && slices.ContainsFunc(x.Offer, func(p proposals.Product) bool { return p.Contains(*x.Suite) })
	case initiator.InvalidKEPayload:
		return x.Group != x.KE && proposals.HasKeyExchange(x.Offer, x.Group)
	}
	return false
}

// isIKEv2 reports whether only an IKEv2 responder answers so.
func isIKEv2(o initiator.Outcome) bool {
	switch o {
	case initiator.Accepted, initiator.InvalidKEPayload, initiator.NoProposalChosen, initiator.CookieLoop, initiator.OtherError:
		return true
	}
	return false
}

// refusesAloud reports whether the gateway was seen to refuse with an answer, so
// that silence is no refusal.
func (k knowledge) refusesAloud() bool {
	return k.refused || k.refusal.how == refusesByError
}

// payload returns the offer as it is sent and the method of its KE payload. It
// reports false if there is no such method that can be computed.
func (k knowledge) payload(offer []proposals.Product) ([]proposals.Product, ike.KeyExchangeMethod, bool) {
	switch k.oracle {
	case byForeignKE:
		m, ok := foreign(offer)
		return offer, m, ok
	case byDecoy:
		return withMethod(offer, k.decoy), k.decoy, true
	default:
		methods := proposals.KeyExchangeMethods(offer)
		return offer, methods[0], keyexchange.Supported(methods[0])
	}
}

// unread returns the algorithms of offer that the gateway was neither seen to
// read nor to be intolerant of.
func (k knowledge) unread(offer []proposals.Product) []proposals.Algorithm {
	var out []proposals.Algorithm
	for a := range algorithmsOf(offer) {
		if !k.read[a] && k.intolerances[a] == 0 && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}
