package path

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/path/mapping"
	"github.com/ikescope/ikescope/proposals"
)

// detectNAT opens an IKE SA on each port that answers, one after the other, compares
// the NAT detection hashes, and closes it: that of UDP 500 over UDP 4500, if that
// answers, as clients do behind NAT.
func (x *examination) detectNAT(ctx context.Context) {
	main := x.mainWays()
	natt := slices.ContainsFunc(main, func(w *way) bool { return w.t == initiator.UDP4500 })
	forced := Unknown
	for i, w := range main {
		if ctx.Err() != nil {
			return
		}
		detection := initiator.TrueNATDetection
		if i == 0 && !w.t.IsTCP() {
			detection = initiator.ForcedNAT
		}
		o, asked := x.openOn(ctx, w, detection)
		switch {
		case detection != initiator.ForcedNAT:
		case o != nil:
			forced = Yes
		case asked:
			o, forced = x.openUnforced(ctx, w)
		}
		if o == nil {
			continue
		}
		x.readNAT(ctx, w, o.answer)
		x.result.NAT.Forced = forced
		x.learn(o.answer.Message)
		if w.t == initiator.UDP500 && natt {
			x.closeFloating(ctx, w, o)
		} else {
			x.close(ctx, x.conn, o.request, o.answer, w.t)
		}
	}
	if n := x.result.NAT; n != nil {
		x.result.Fragmentation = &Fragmentation{Supported: slices.Contains(x.result.Notifies, ike.IKEV2_FRAGMENTATION_SUPPORTED)}
		if n.Supported && !main[0].t.IsTCP() {
			n.Insists = x.insists(ctx, main[0])
			if i := slices.IndexFunc(main, func(w *way) bool { return w.t == initiator.UDP4500 }); i >= 0 {
				n.KeepalivesIgnored = x.ignoresKeepalives(ctx, main[i])
			}
		}
		n.Evidence = append(n.Evidence, x.unopened...)
		x.compareMappings(n)
		if x.inside != nil && !x.SkipInside {
			x.inside() // it takes its time, and nothing is open meanwhile
		}
	}
}

// openUnforced opens an IKE SA on w, which did not come about with forced NAT traversal,
// and says whether that was why: it is not again, and an IKE SA is opened without.
func (x *examination) openUnforced(ctx context.Context, w *way) (o *opening, forced Answer) {
	if o, _ = x.openOn(ctx, w, initiator.TrueNATDetection); o == nil {
		return nil, Unknown
	}
	again, asked := x.openOn(ctx, w, initiator.ForcedNAT)
	switch {
	case again != nil:
		x.close(ctx, w.conn, again.request, again.answer, w.t)
		return o, Yes
	case asked && x.byChance(2*openAttempts) <= chance:
		return o, No
	}
	return o, Unknown
}

// openAttempts is how often a request that opens an IKE SA is sent.
const openAttempts = 4

// opening is an IKE SA that we opened.
type opening struct {
	request *initiator.Request
	answer  initiator.Answer
}

// insists finds out whether a gateway that opens an IKE SA on w opens none where the
// request lacks NAT detection: twice, for requests may be lost.
func (x *examination) insists(ctx context.Context, w *way) Answer {
	for range 2 {
		o, asked := x.openOn(ctx, w, initiator.NoNATDetection)
		switch {
		case o != nil:
			x.result.NAT.Evidence = append(x.result.NAT.Evidence, o.answer.ID)
			x.noteAnswer(ctx, w, x.askIdentity(ctx, w, o))
			return No
		case !asked || !x.stillAnswers(ctx, w):
			return Unknown
		}
	}
	return Yes
}

// stillAnswers reports whether w answers what it answered before.
func (x *examination) stillAnswers(ctx context.Context, w *way) bool {
	if w.asked.opens {
		return false // that would open an IKE SA
	}
	a, _ := x.greet(ctx, w, w.asked, 2)
	return a.Outcome.IsIKEv2()
}

// ignoresKeepalives sends a NAT keepalive by w, and something that is answered. What
// else comes until then is an answer to the keepalive.
func (x *examination) ignoresKeepalives(ctx context.Context, w *way) Answer {
	before := w.conn.Unmarked()
	if err := w.conn.Keepalive(); err != nil || !x.stillAnswers(ctx, w) {
		return Unknown
	}
	if w.conn.Unmarked() > before {
		return No
	}
	return Yes
}

// openOn opens an IKE SA on w with the method that the gateway asked for, or nil
// where it does not come about; asked is whether it was asked for. Without NAT
// detection, it is also without IKE fragmentation.
func (x *examination) openOn(ctx context.Context, w *way, detection initiator.NATDetection) (o *opening, asked bool) {
	var method ike.KeyExchangeMethod
	redirected := false
	for _, a := range w.answers {
		if a.Outcome == initiator.InvalidKEPayload && proposals.HasKeyExchange(w.asked.offer, a.Group) {
			method = a.Group
		}
		if a.Outcome == initiator.Accepted {
			method = ike.KeyExchangeMethod(a.Suite[proposals.KE].ID)
		}
		redirected = redirected || a.Notify == ike.REDIRECT
	}
	if redirected && method == 0 {
		method = ike.KE_MODP_2048
	}
	if !keyexchange.Supported(method) {
		return nil, false
	}
	g := w.asked.with(method)
	offer := initiator.Offer{Transport: w.t, Products: g.offer, KE: g.ke, NoRedirect: redirected, NATDetection: detection}
	if detection == initiator.NoNATDetection {
		offer.Without = []ike.NotifyType{ike.IKEV2_FRAGMENTATION_SUPPORTED}
	}
	if ctx.Err() != nil {
		return nil, false
	}
	// The answer is awaited when ctx has ended, since it opens an IKE SA that we owe to
	// close.
	awaiting, cancel := lingering(ctx, lingerTime)
	defer cancel()
	a, req := x.greetOver(awaiting, w.conn, offer, openAttempts, false)
	switch {
	case a.Outcome == initiator.Accepted:
		return &opening{req, a}, true
	case a.Outcome == initiator.NotTried:
		return nil, false
	case a.Outcome == initiator.NoAnswer && awaiting.Err() != nil:
		x.perhapsOpen(a.ID)
		return nil, false
	}
	x.unopened = append(x.unopened, a.ID)
	return nil, true
}

// lingerTime is how long an answer is awaited when its context has ended.
const lingerTime = 500 * time.Millisecond

// lingering returns a context that ends so much later than ctx.
func lingering(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(d, cancel) })
	return out, func() {
		stop()
		cancel()
	}
}

// closeFloating closes an IKE SA of UDP 500 over UDP 4500, where the gateway answers
// there. That it does not takes two IKE SAs to say which it then closes over UDP 500: one
// that is silent there, too, may have been closed by the first request, whose answer was
// lost.
func (x *examination) closeFloating(ctx context.Context, w *way, o *opening) {
	n := x.result.NAT
	for again := range 2 {
		if again > 0 {
			if o, _ = x.openOn(ctx, w, initiator.TrueNATDetection); o == nil {
				return
			}
			n.Evidence = append(n.Evidence, o.answer.ID)
		}
		if x.close(ctx, x.conn, o.request, o.answer, initiator.UDP4500) {
			n.Floats = Yes
			return
		}
		if !x.close(ctx, x.conn, o.request, o.answer, w.t) {
			return
		}
	}
	n.Floats = No
}

// readNAT compares the hashes of an accepted answer with the addresses that we see.
func (x *examination) readNAT(ctx context.Context, w *way, a initiator.Answer) {
	n := x.result.NAT
	if n == nil {
		n = &NAT{Local: a.Local, Outside: x.Outside, Observed: make(map[initiator.Transport]netip.AddrPort)}
		x.result.NAT = n
	}
	n.Evidence = append(n.Evidence, a.ID)
	x.seenBy[w.t] = a.ID
	seen, ok := a.Message.NATDetection()
	if !ok {
		return
	}
	n.Supported = true
	if seen.SenderBehindNAT(w.conn.Remote(w.t)) {
		n.GatewayBehindNAT = true
		if x.inside == nil { // once: what is not found then is not private
			x.inside = func() {
				n.GatewayInside, _ = mapping.FindInside(ctx, seen.SPIi, seen.SPIr, seen.Sources, w.t.Port(), mapping.PrivateRanges)
			}
		}
	}
	if seen.SentTo(a.Local) {
		n.Observed[w.t] = a.Local
		return
	}
	n.LocalBehindNAT = true
	if mapped, ok := seen.FindDestination(append([]netip.Addr{n.Local.Addr()}, x.Outside...)...); ok {
		n.Observed[w.t] = mapped
	}
}

// compareMappings says whether NAT has one mapping for both ports.
func (x *examination) compareMappings(n *NAT) {
	plain, encapsulated := n.Observed[initiator.UDP500], n.Observed[initiator.UDP4500]
	switch {
	case !n.LocalBehindNAT || !plain.IsValid() || !encapsulated.IsValid():
	case plain == encapsulated:
		n.Mapping = MappingSame
	default:
		n.Mapping = MappingPerDestination
	}
}

// learn keeps what an accepted answer says of the gateway.
func (x *examination) learn(m *ike.Message) {
	for _, p := range m.Payloads {
		switch p := p.(type) {
		case *ike.Notify:
			if !p.Notification.IsError() && !slices.Contains(x.result.Notifies, p.Notification) {
				x.result.Notifies = append(x.result.Notifies, p.Notification)
			}
		case *ike.VendorID:
			if !slices.ContainsFunc(x.result.VendorIDs, func(v []byte) bool { return string(v) == string(p.Data) }) {
				x.result.VendorIDs = append(x.result.VendorIDs, p.Data)
			}
		}
	}
}
