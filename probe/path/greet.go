package path

import (
	"bytes"
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/icmp"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// greeting is an offer that nearly every gateway answers, one way or another.
type greeting struct {
	offer []proposals.Product
	// ke is the method of the KE payload.
	ke ike.KeyExchangeMethod
	// opens: a gateway that takes the offer opens an IKE SA.
	opens bool
}

// Methods above 21 are left out of the first greeting, for some gateways do not
// answer these. ECP_256 is kept for the KE payload: it is not offered, so that a
// gateway which takes the offer asks for another one, and keeps nothing.
const (
	methods     = "modp2048-modp3072-modp4096-ecp384-ecp521-modp1024-modp1536"
	moreMethods = "modp2048-ecp256-modp3072-modp4096-ecp384-ecp521-x25519-modp1024-modp1536-modp6144-modp8192-ecp256bp-ecp384bp-x448"
)

var (
	stateless = greeting{
		offer: products("aes256gcm16-aes128gcm16-prfsha256-prfsha384-prfsha512-prfsha1-" + methods +
			",aes256-aes128-3des-sha256-sha384-sha512-sha1-prfsha256-prfsha384-prfsha512-prfsha1-" + methods),
		ke: ike.KE_ECP_256,
	}
	// asClient is what a client says, whose KE payload is of the first method that
	// it offers.
	asClient = greeting{
		offer: products("aes256gcm16-aes128gcm16-aes192gcm16-chacha20poly1305-prfsha256-prfsha384-prfsha512-prfsha1-" + moreMethods +
			",aes256-aes128-aes192-3des-sha256-sha384-sha512-sha1-prfsha256-prfsha384-prfsha512-prfsha1-" + moreMethods),
		ke: ike.KE_MODP_2048, opens: true,
	}
)

func products(s string) []proposals.Product {
	all, err := proposals.ParseProducts(s)
	if err != nil {
		panic("path: internal error: " + err.Error())
	}
	return all
}

// with returns g with one key exchange method alone, which opens an IKE SA.
func (g greeting) with(m ike.KeyExchangeMethod) greeting {
	g.offer = slices.Clone(g.offer)
	for i, p := range g.offer {
		p[proposals.KE] = []proposals.Algorithm{{Axis: proposals.KE, ID: uint16(m)}}
		g.offer[i] = p
	}
	g.ke, g.opens = m, true
	return g
}

// greet asks g on w, as often as attempts says.
func (x *examination) greet(ctx context.Context, w *way, g greeting, attempts int) (initiator.Answer, *initiator.Request) {
	return x.greetOver(ctx, w.conn, initiator.Offer{Transport: w.t, Products: g.offer, KE: g.ke}, attempts, w != x.ways[0])
}

func (x *examination) greetOver(ctx context.Context, conn *initiator.Conn, o initiator.Offer, attempts int, early bool) (initiator.Answer, *initiator.Request) {
	if conn != x.other {
		o.RedirectedFrom = x.target.RedirectedFrom
	}
	req, err := conn.Init(o)
	if err != nil {
		x.fail(err)
		return initiator.Answer{}, nil
	}
	req.Attempts, req.Early, req.Quiet = attempts, early, true
	if o.Pad > 0 {
		req.Wait = x.padWait
	}
	a := x.ask(ctx, conn, req)
	switch {
	case a.Outcome == initiator.Accepted:
		x.opened(a.ID)
	case a.Outcome == initiator.NoAnswer && proposals.HasKeyExchange(o.Products, o.KE):
		x.mu.Lock()
		x.unheard = append(x.unheard, a.ID)
		x.mu.Unlock()
	}
	return a, req
}

// firstGreetings asks on every way and, if an IKEv2 responder answers on none, as a
// client does where nothing came, and for other versions of IKE.
func (x *examination) firstGreetings(ctx context.Context) {
	first := max(x.Attempts*2/5, 1)
	x.greetAll(ctx, stateless, first, x.ways)
	if x.answering() != nil {
		return
	}
	if x.unfound() != nil {
		return
	}
	var second sync.WaitGroup
	// Where the answers come from elsewhere, an IKE SA could not be closed.
	silent := slices.DeleteFunc(x.in(initiator.PathSilent, initiator.PathOpen), func(w *way) bool { return w.seen.Reason != NoReason })
	others := slices.DeleteFunc(x.in(initiator.PathSilent, initiator.PathNotIKE), func(w *way) bool { return w.source != 0 || w.t.IsTCP() })
	if len(x.in(initiator.PathNotIKE)) == 0 && x.Attempts > first {
		// Perhaps it drops what it does not take, or a KE payload that it cannot
		// use, or IKEv2.
		second.Go(func() { x.greetAll(ctx, asClient, x.Attempts-first, silent) })
	}
	second.Go(func() { x.askVersions(ctx, false, others...) })
	second.Wait()
}

func (x *examination) greetAll(ctx context.Context, g greeting, attempts int, ways []*way) {
	var all sync.WaitGroup
	for _, w := range ways {
		all.Go(func() {
			a, req := x.greet(ctx, w, g, attempts)
			x.note(ctx, w, g, a)
			if a.Outcome == initiator.Accepted {
				x.close(ctx, w.conn, req, a, w.t)
			}
		})
	}
	all.Wait()
}

// in returns the ways in one of the states.
func (x *examination) in(states ...initiator.PathState) []*way {
	return slices.DeleteFunc(slices.Clone(x.ways), func(w *way) bool { return !slices.Contains(states, w.seen.State) })
}

// moreGreetings measures a way that answers, and asks one again that is silent
// while main, another one, answers.
func (x *examination) moreGreetings(ctx context.Context, w, main *way) {
	switch {
	case main == nil:
	case w.seen.State == initiator.PathSilent && !main.asked.opens:
		a, _ := x.greet(ctx, w, main.asked, max(x.Attempts-w.seen.Tries, 1))
		x.note(ctx, w, main.asked, a)
	case w.seen.State == initiator.PathAnswers && w.source == 0 && !w.asked.opens:
		for range x.Probes - 1 {
			a, _ := x.greet(ctx, w, w.asked, 2)
			x.note(ctx, w, w.asked, a)
		}
	}
}

// note takes in the answer to a greeting on w.
func (x *examination) note(ctx context.Context, w *way, g greeting, a initiator.Answer) {
	// What was interrupted did not have its time: it is no loss.
	interrupted := ctx.Err() != nil && a.Outcome == initiator.NoAnswer
	if a.Outcome == initiator.NotTried || interrupted && w.seen.State == initiator.PathAnswers {
		return
	}
	if interrupted && w.seen.State == initiator.PathSilent {
		w.seen.Detail = "interrupted"
	}
	w.answers = append(w.answers, a)
	x.noteRedirect(a)
	if a.OtherSPIs > 1 && !a.Outcome.IsIKEv2() {
		x.interferes(Interference{RewritesSPI, w.t, NoOddity, []int{a.ID}})
	}
	s := &w.seen
	s.Evidence = append(s.Evidence, a.ID)
	s.Tries += a.Tries
	state := stateOf(a)
	if a.Elsewhere.IsValid() && s.State != initiator.PathAnswers {
		s.Reason, s.From = OtherAddress, a.Elsewhere
	}
	if state == initiator.PathAnswers && s.State != initiator.PathAnswers || s.State == initiator.PathSilent && state != initiator.PathSilent {
		s.State, s.Detail = state, a.Detail
		if s.Reason != OtherAddress || state == initiator.PathAnswers {
			s.Reason, s.From = NoReason, netip.AddrPort{}
		}
		w.asked = g
		if a.Blocked != nil && state != initiator.PathAnswers && state != initiator.PathNotIKE {
			s.Reason, s.Reporter, s.Detail = reasonOf(a.Blocked, w.conn.Local().Addr()), a.Blocked.Reporter, a.Blocked.Detail
		}
	}
}

// noteRedirect keeps where the gateway redirects us: the first time, or the first time
// that it repeats our nonce.
func (x *examination) noteRedirect(a initiator.Answer) {
	if !a.Redirects() {
		return
	}
	n, _ := a.Message.Notify(ike.REDIRECT)
	to, ok := n.Redirect()
	request, err := ike.ParseMessage(a.Request)
	nonce, has := ike.Find[*ike.Nonce](request)
	if !ok || err != nil || !has {
		return
	}
	ours := bytes.Equal(to.Nonce, nonce.Data)
	x.mu.Lock()
	defer x.mu.Unlock()
	if r := x.result.Redirect; r == nil || ours && !r.RepeatsNonce {
		x.result.Redirect = &Redirect{To: to.String(), RepeatsNonce: ours, Evidence: a.ID}
	}
}

// arrived reports whether a request got to an IKEv2 responder. Who asks for a cookie has
// it; the one with the cookie is longer, and may be too long for our own link.
func arrived(a initiator.Answer) bool {
	return a.Outcome.IsIKEv2() || a.Cookie || a.Outcome == initiator.Malformed && a.Message != nil // its header is right
}

func stateOf(a initiator.Answer) initiator.PathState {
	switch {
	case arrived(a):
		return initiator.PathAnswers
	case a.Outcome == initiator.Echo, a.Outcome == initiator.NotIKE, a.Outcome == initiator.Malformed:
		return initiator.PathNotIKE
	case a.Outcome == initiator.Unreachable && a.Blocked != nil:
		return a.Blocked.State
	case a.Outcome == initiator.Unreachable:
		return initiator.PathError
	case a.Blocked != nil && a.Blocked.State == initiator.PathOpen:
		return initiator.PathOpen
	}
	return initiator.PathSilent
}

// reasonOf says what u means, of which own, our address, is no router.
func reasonOf(u *initiator.PathFault, own netip.Addr) Reason {
	switch {
	case u.Closed && !u.Heard:
		return ClosesAfterPrefix
	case u.Meaning == icmp.NoRoute:
		return NoRoute
	case u.Meaning == icmp.NoHost && (u.Local || u.Reporter.IsValid() && u.Reporter == own):
		return NoHostOnLink
	case u.Meaning == icmp.NoHost:
		return NoHost
	case u.Meaning == icmp.AdminProhibited && (u.Local || u.Reporter.IsValid() && u.Reporter == own):
		return FilteredHere
	}
	return NoReason
}

// unfound returns a way on which an ICMP error said that there is no way to the
// address, whatever the port; nil if none did, or another way shows that there is one.
func (x *examination) unfound() *way {
	if len(x.in(initiator.PathAnswers, initiator.PathNotIKE, initiator.PathPortUnreachable, initiator.PathOpen)) > 0 {
		return nil
	}
	i := slices.IndexFunc(x.ways, func(w *way) bool {
		return w.seen.Reason == NoRoute || w.seen.Reason == NoHost || w.seen.Reason == NoHostOnLink
	})
	if i < 0 {
		return nil
	}
	return x.ways[i]
}

// sumUp computes what the answers on each way come to.
func (x *examination) sumUp() {
	unfound := x.unfound()
	for _, w := range x.ways {
		if unfound != nil && w.seen.State == initiator.PathSilent {
			// Routers limit their ICMP errors to one or two a second.
			s, from := &w.seen, unfound.seen
			s.State, s.Reason, s.Reporter, s.Detail = from.State, from.Reason, from.Reporter, from.Detail
			s.Evidence = append(s.Evidence, from.Evidence...)
		}
		w.seen.RTT, w.seen.Lost = measured(w)
		w.seen.Answered = w.seen.Tries - w.seen.Lost
		if w.seen.State != initiator.PathAnswers {
			w.seen.Lost = 0
		}
		i := slices.Index(x.Transports, w.t)
		p := &x.result.Ports[i]
		if w.source == 0 {
			p.Seen = w.seen
			continue
		}
		j := slices.IndexFunc(p.Sources, func(s Source) bool { return s.Port == w.source })
		p.Sources[j].Seen = w.seen
	}
	refused := func(a initiator.Answer) bool { return a.Outcome == initiator.NoProposalChosen }
	if main := x.answering(); main != nil {
		x.result.Refuses = slices.ContainsFunc(main.answers, refused) && !slices.ContainsFunc(main.answers, func(a initiator.Answer) bool { return a.Outcome.IsIKEv2() && !refused(a) })
	}
	seen := map[*initiator.Conn]bool{}
	for _, w := range x.ways {
		if !seen[w.conn] {
			seen[w.conn] = true
			x.result.Cost = x.result.Cost.Plus(w.conn.Cost())
		}
	}
	x.result.HalfOpenEvidence, x.result.HalfOpenUnconfirmed = x.leftOpen()
	x.result.HalfOpenLeft = len(x.result.HalfOpenEvidence)
}

// measured returns the round trips of answers on w, and how many requests were lost:
// those that were sent again, but for answers that were only late.
func measured(w *way) (rtt RTT, lost int) {
	late := map[int]int{} // by exchange
	for _, a := range w.conn.Late() {
		late[a.Exchange]++
	}
	var all []time.Duration
	for _, a := range w.answers {
		once := 1
		if a.Cookie {
			once = 2 // and once with it
		}
		if !a.Outcome.IsIKEv2() && a.Outcome != initiator.Malformed {
			lost += max(a.Tries-late[a.ID], 0)
			continue
		}
		lost += max(a.Tries-once-late[a.ID], 0)
		if a.Tries <= once && a.RTT > 0 {
			all = append(all, a.RTT)
		}
	}
	if len(all) == 0 {
		return RTT{}, lost
	}
	slices.Sort(all)
	return RTT{all[0], all[len(all)/2], all[len(all)-1]}, lost
}
