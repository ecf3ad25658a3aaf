package report

import (
	"cmp"
	"math"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// Run is what a document says of the run as a whole.
type Run struct {
	Tool Tool
	// Interrupted: the user stopped the run before its end.
	Interrupted bool
}

// New returns the document of some results, in their order.
func New(run Run, results []probe.Result) *Document {
	doc := &Document{
		SchemaVersion: SchemaVersion,
		Tool:          run.Tool,
		Complete:      !run.Interrupted,
		Interrupted:   run.Interrupted,
		Targets:       []Target{},
		Gates:         []Gate{},
	}
	for _, r := range results {
		t := newTarget(r)
		doc.Complete = doc.Complete && t.Complete
		doc.Targets = append(doc.Targets, t)
	}
	return doc
}

func newTarget(r probe.Result) Target {
	t := Target{
		Name:      r.Target,
		Address:   AddressText(r.Address),
		Started:   timeStamp(r.Started),
		Verdict:   Verdict(r.Verdict.String()),
		Complete:  r.Complete,
		Paths:     lists.Convert(r.Paths, newPath),
		Clients:   lists.Convert(r.Clients, liveClient),
		Policies:  []Policy{},
		Cost:      newCost(r.Cost),
		Notes:     append([]string{}, r.Notes...),
		Exchanges: lists.Convert(r.Exchanges, newExchange),
	}
	slices.SortStableFunc(t.Exchanges, func(a, b Exchange) int { return cmp.Compare(a.ID, b.ID) })
	if r.Err != nil {
		t.Error = r.Err.Error()
	}
	if r.NAT != nil {
		t.NAT = &NAT{
			Supported:        r.NAT.Supported,
			LocalBehindNAT:   r.NAT.LocalBehindNAT,
			GatewayBehindNAT: r.NAT.GatewayBehindNAT,
			Local:            endpoint(r.NAT.Local),
			Observed:         endpoint(r.NAT.Observed),
			Evidence:         lists.Sorted(r.NAT.Evidence),
		}
	}
	if r.Gateway != nil {
		t.Gateway = newGateway(*r.Gateway)
	}
	if r.Matrix != nil {
		t.Matrix = newMatrix(r.Matrix)
		t.PostQuantum = judgePostQuantum(r.Matrix)
	}
	if r.Preference != nil {
		t.Preference = newPreference(*r.Preference)
	}
	t.Findings = findings(&t)
	return t
}

// choosers are the words for whose order counts.
var choosers = map[choice.AlgorithmRule]Chooser{
	choice.AlgorithmsResponder: ByGateway,
	choice.AlgorithmsInitiator: ByInitiator,
}

func newPreference(p probe.Preference) *Preference {
	out := &Preference{
		KE:          lists.Convert(p.KE, MethodOf),
		KEComplete:  p.KEComplete,
		Decides:     choosers[p.Decides],
		Proposals:   proposalRules[p.Proposals],
		FollowsKE:   p.FollowsKE == choice.Yes,
		MayFollowKE: p.FollowsKE == choice.Unknown && p.Suite != nil,
		Own: lists.Convert(p.Own, func(own choice.OwnProposal) OwnProposal {
			o := OwnProposal{Rank: own.Rank, Suites: SuitesInOrder(own.Product)}
			o.Ordered = LengthsOf(own.Ordered, len(o.ADDKE))
			o.Anywhere = LengthsOf(own.Anywhere, len(o.ADDKE))
			return o
		}),
		Evidence: lists.Sorted(p.Evidence),
	}
	if p.Suite != nil {
		out.Suite = p.Suite.String()
	}
	return out
}

func newPath(p probe.Path) Path {
	return Path{
		Transport: Transport(p.Transport.String()),
		Port:      p.Port,
		State:     PathState(p.State.String()),
		RTTms:     milliseconds(p.RTT),
		Sent:      p.Sent,
		Received:  p.Received,
		Reporter:  AddressText(p.Reporter),
		Detail:    p.Detail,
		Evidence:  lists.Sorted(p.Evidence),
	}
}

// liveClient is what the gateway answered to a client's own first packet.
func liveClient(a probe.ClientAnswer) Client {
	c := Client{
		Name:       a.Name,
		Verdict:    ClientUnknown,
		Candidates: []string{},
		Missing:    []Missing{},
		Basis:      BasisLive,
		Notes:      []string{},
		Evidence:   lists.Sorted(a.Evidence),
	}
	switch a.State {
	case matrix.Accepted:
		c.Verdict = ClientConnects
	case matrix.Refused:
		c.Verdict = ClientFails
	}
	if a.Suite != nil {
		c.Suite = a.Suite.String()
	}
	if a.Detail != "" {
		c.Notes = append(c.Notes, a.Detail)
	}
	return c
}

func newCost(c probe.Cost) Cost {
	return Cost{
		Exchanges:         c.Exchanges,
		DatagramsSent:     c.DatagramsSent,
		DatagramsReceived: c.DatagramsReceived,
		BytesSent:         c.BytesSent,
		BytesReceived:     c.BytesReceived,
		Retransmits:       c.Retransmits,
		Cookies:           c.Cookies,
		HalfOpenPeak:      c.HalfOpenPeak,
		HalfOpenLeft:      c.HalfOpenLeft,
		ElapsedMs:         milliseconds(c.Elapsed),
	}
}

func newExchange(e probe.Exchange) Exchange {
	var offer []string
	for _, p := range e.Offer {
		offer = append(offer, p.String())
	}
	out := Exchange{
		ID:        e.ID,
		Transport: Transport(e.Transport.String()),
		Type:      e.Type.String(),
		Purpose:   Purpose(e.Purpose.String()),
		Offer:     strings.Join(offer, ","),
		KE:        methodKeyword(e.KE),
		Outcome:   Outcome(e.Outcome.String()),
		Detail:    e.Detail,
		Group:     methodKeyword(e.Group),
		Tries:     e.Tries,
		Cookie:    e.Cookie,
		Sent:      timeStamp(e.Sent),
		RTTms:     milliseconds(e.RTT),
	}
	if e.Suite != nil {
		out.Suite = e.Suite.String()
	}
	if e.Decides != matrix.NotTested {
		out.Decides = State(e.Decides.String())
	}
	return out
}

func newGateway(g probe.Gateway) *Gateway {
	return &Gateway{
		VendorIDs: lists.Convert(g.VendorIDs, VendorIDOf),
		Notifies: lists.Convert(g.Notifies, func(n ike.NotifyType) Number {
			return Number{uint16(n), n.String()}
		}),
		SignatureHashes: lists.Convert(g.SignatureHashes, func(h ike.HashAlgorithm) Number {
			return Number{uint16(h), h.String()}
		}),
		Authorities: g.Authorities,
		Redirect:    g.Redirect,
		Evidence:    lists.Sorted(g.Evidence),
	}
}

func endpoint(a netip.AddrPort) *Endpoint {
	if !a.IsValid() {
		return nil
	}
	return &Endpoint{a.Addr().String(), a.Port()}
}

func timeStamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// milliseconds returns d in milliseconds, rounded to microseconds.
func milliseconds(d time.Duration) float64 {
	return math.Round(float64(d)/float64(time.Microsecond)) / 1000
}

// methodKeyword returns the keyword of m, or "" for none.
func methodKeyword(m ike.KeyExchangeMethod) string {
	if m == ike.KE_NONE {
		return ""
	}
	return MethodOf(m).Keyword
}
