package scan

import (
	"cmp"
	"math"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// Run is what a document says of the run as a whole.
type Run struct {
	Tool report.Tool
	// Interrupted: the user stopped the run before its end.
	Interrupted bool
}

// Document returns the document of some results, in their order.
func Document(run Run, results []evidence.Result) *report.Document {
	doc := &report.Document{
		SchemaVersion: report.SchemaVersion,
		Tool:          run.Tool,
		Complete:      !run.Interrupted,
		Interrupted:   run.Interrupted,
		Targets:       []report.Target{},
		Gates:         []report.Gate{},
	}
	for _, r := range results {
		t := Target(r)
		doc.Complete = doc.Complete && t.Complete
		doc.Targets = append(doc.Targets, t)
	}
	return doc
}

// NotScanned returns what a report says of one scan that an interrupt ended before
// it sent anything, or while it waited for a first answer: that none had come says
// nothing of the target.
func NotScanned(r evidence.Result) report.Target {
	t := Target(r)
	t.Verdict, t.Complete, t.Findings = report.VerdictNotScanned, false, []report.Finding{}
	t.Error = ""
	return t
}

// Target returns what a report says of one scan.
func Target(r evidence.Result) report.Target {
	t := report.Target{
		Name:      r.Target,
		Address:   report.AddressText(r.Address),
		Started:   timeStamp(r.Started),
		Verdict:   report.Verdict(r.Verdict.String()),
		Complete:  r.Complete,
		Paths:     lists.Convert(r.Paths, newPath),
		Clients:   lists.Convert(r.Clients, liveClient),
		Policies:  []report.Policy{},
		Cost:      newCost(r.Cost, r.Notes),
		Notes:     sentences(r.Notes),
		Exchanges: lists.Convert(r.Exchanges, newExchange),
	}
	slices.SortStableFunc(t.Exchanges, func(a, b report.Exchange) int { return cmp.Compare(a.ID, b.ID) })
	if r.Err != nil {
		t.Error = r.Err.Error()
	}
	if r.NAT != nil {
		t.NAT = &report.NAT{
			Supported:        r.NAT.Supported,
			LocalBehindNAT:   r.NAT.LocalBehindNAT,
			GatewayBehindNAT: r.NAT.GatewayBehindNAT,
			Local:            endpoint(r.NAT.Local),
			Observed:         endpoint(r.NAT.Observed),
			Evidence:         lists.Evidence(r.NAT.Evidence),
		}
	}
	if r.Gateway != nil {
		t.Gateway = newGateway(*r.Gateway)
	}
	t.Identity = newIdentity(r.Identity, r.Started)
	if r.Matrix != nil {
		t.Matrix = newMatrix(r.Matrix)
		t.PostQuantum = assess.PostQuantum(r.Matrix)
	}
	if r.Preference != nil {
		t.Preference = newPreference(*r.Preference)
	}
	for _, d := range r.Doubts {
		doubt := report.Doubt{Kind: report.DoubtKind(d.Kind.String()), Evidence: lists.Evidence(d.Exchanges)}
		if d.Suite != nil {
			doubt.Suite = d.Suite.String()
		}
		t.Doubts = append(t.Doubts, doubt)
	}
	for _, h := range r.Habits {
		habit := report.Habit{Kind: report.HabitKind(h.Kind.String()), Count: h.Count, Evidence: lists.Evidence(h.Exchanges), Other: report.AddressText(h.Other)}
		for _, sign := range h.Signs {
			habit.Signs = append(habit.Signs, report.Sign(sign.String()))
		}
		t.Habits = append(t.Habits, habit)
	}
	for i, m := range r.Members {
		t.Members = append(t.Members, newMember(i+1, m))
		for j := range t.Exchanges {
			if slices.Contains(m.Exchanges, t.Exchanges[j].ID) {
				t.Exchanges[j].Member = i + 1
			}
		}
	}
	if r.Watched > 0 {
		t.HiddenShare = math.Ceil(r.Hidden()*1000) / 1000
	}
	if without := assess.PrefersWithout(&t); len(without) > 0 {
		t.PostQuantum.PrefersWithout, t.PostQuantum.Evidence = true, without
	}
	t.Findings = assess.Findings(&t)
	return t
}

// choosers are the words for whose order counts.
var choosers = map[choice.AlgorithmRule]report.Chooser{
	choice.AlgorithmsResponder: report.ByGateway,
	choice.AlgorithmsInitiator: report.ByInitiator,
}

func newPreference(p evidence.Preference) *report.Preference {
	out := &report.Preference{
		KE:          lists.Convert(p.KE, report.MethodOf),
		KEComplete:  p.KEComplete,
		Decides:     choosers[p.Decides],
		Proposals:   assess.ProposalRule(p.Proposals),
		FollowsKE:   p.FollowsKE == choice.Yes,
		MayFollowKE: p.FollowsKE == choice.Unknown && p.Suite != nil,
		Own: lists.Convert(p.Own, func(own choice.OwnProposal) report.OwnProposal {
			o := report.OwnProposal{Rank: own.Rank, Suites: report.SuitesInOrder(own.Product)}
			o.Ordered = report.LengthsOf(own.Ordered, len(o.ADDKE))
			o.Anywhere = report.LengthsOf(own.Anywhere, len(o.ADDKE))
			return o
		}),
		Evidence: lists.Evidence(p.Evidence),
	}
	if p.Suite != nil {
		out.Suite = p.Suite.String()
	}
	return out
}

func newPath(p evidence.Path) report.Path {
	return report.Path{
		Transport: report.Transport(p.Transport.String()),
		Port:      p.Port,
		State:     report.PathState(p.State.String()),
		RTTms:     milliseconds(p.RTT),
		Sent:      p.Sent,
		Received:  p.Received,
		Reporter:  report.AddressText(p.Reporter),
		Detail:    p.Detail,
		Evidence:  lists.Evidence(p.Evidence),
	}
}

// liveClient is what the gateway answered to a client's own first packet.
func liveClient(a evidence.ClientAnswer) report.Client {
	c := report.Client{
		Name:       a.Name,
		Verdict:    report.ClientUnknown,
		Candidates: []string{},
		Missing:    []report.Missing{},
		Basis:      report.BasisLive,
		Notes:      []string{},
		Evidence:   lists.Evidence(a.Evidence),
	}
	switch a.State {
	case matrix.Accepted:
		c.Verdict = report.ClientConnects
	case matrix.Refused:
		c.Verdict = report.ClientFails
	}
	if a.Suite != nil {
		c.Suite = a.Suite.String()
	}
	if said := sentences(a.Notes); len(said) > 0 {
		c.Notes = append(c.Notes, strings.Join(said, " "))
	}
	return c
}

func newCost(c evidence.Cost, notes []evidence.Note) report.Cost {
	var left []int
	for _, n := range notes {
		switch n.Kind {
		case evidence.NoteUnclosable, evidence.NoteNotClosed, evidence.NoteAcceptedLate:
			left = append(left, n.Exchanges...)
		}
	}
	slices.Sort(left)
	return report.Cost{
		Exchanges:         c.Exchanges,
		DatagramsSent:     c.DatagramsSent,
		DatagramsReceived: c.DatagramsReceived,
		BytesSent:         c.BytesSent,
		BytesReceived:     c.BytesReceived,
		Retransmits:       c.Retransmits,
		Cookies:           c.Cookies,
		HalfOpenPeak:      c.HalfOpenPeak,
		HalfOpenLeft:      c.HalfOpenLeft,
		HalfOpenEvidence:  left,

		HalfOpenUnconfirmed: c.HalfOpenUnconfirmed,

		ElapsedMs: milliseconds(c.Elapsed),
	}
}

// Exchange returns what a report says of one exchange of a scan, as far as is known
// when it ends.
func Exchange(e evidence.Exchange) report.Exchange { return newExchange(e) }

func newExchange(e evidence.Exchange) report.Exchange {
	out := exchangeOf(e.Exchange, report.Purpose(e.Purpose.String()))
	out.Doubtful = e.Doubtful
	if e.Decides != matrix.NotTested {
		out.Decides = report.State(e.Decides.String())
	}
	return out
}

// exchangeOf returns what the initiator knows of an exchange.
func exchangeOf(e initiator.Exchange, purpose report.Purpose) report.Exchange {
	out := report.Exchange{
		ID:        e.ID,
		Transport: report.Transport(e.Transport.String()),
		Type:      e.Type.String(),
		Purpose:   purpose,
		Offer:     offerText(e.Offer),
		KE:        methodKeyword(e.KE),
		Outcome:   report.Outcome(e.Outcome.String()),
		Detail:    e.Detail,
		Group:     methodKeyword(e.Group),
		Tries:     e.Tries,
		Cookie:    e.Cookie,
		Sent:      timeStamp(e.Sent),
		RTTms:     milliseconds(e.RTT),
		HopLimit:  e.HopLimit,
	}
	if e.Suite != nil {
		out.Suite = e.Suite.String()
	}
	return out
}

// offerText returns products as keywords.
func offerText(products []proposals.Product) string {
	return strings.Join(lists.Convert(products, proposals.Product.String), ",")
}

func newGateway(g evidence.Gateway) *report.Gateway {
	return &report.Gateway{
		VendorIDs: lists.Convert(g.VendorIDs, report.VendorIDOf),
		Notifies: lists.Convert(g.Notifies, func(n ike.NotifyType) report.Number {
			return report.Number{ID: uint16(n), Name: n.String()}
		}),
		SignatureHashes: lists.Convert(g.SignatureHashes, func(h ike.HashAlgorithm) report.Number {
			return report.Number{ID: uint16(h), Name: h.String()}
		}),
		Authorities: g.Authorities,
		Redirect:    g.Redirect,
		Evidence:    lists.Evidence(g.Evidence),
	}
}

func endpoint(a netip.AddrPort) *report.Endpoint {
	if !a.IsValid() {
		return nil
	}
	return &report.Endpoint{Address: a.Addr().String(), Port: a.Port()}
}

func timeStamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// milliseconds returns d in milliseconds, rounded to microseconds.
func milliseconds(d time.Duration) float64 {
	return math.Round(float64(d)/float64(time.Microsecond)) / 1000
}

// sumOfMs adds times in milliseconds, to the microsecond.
func sumOfMs(a, b float64) float64 { return math.Round((a+b)*1000) / 1000 }

// methodKeyword returns the keyword of m, or "" for none.
func methodKeyword(m ike.KeyExchangeMethod) string {
	if m == ike.KE_NONE {
		return ""
	}
	return report.MethodOf(m).Keyword
}
