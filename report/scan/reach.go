package scan

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/ikev1"
	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/path"
	"github.com/ikescope/ikescope/probe/path/mapping"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// Reach returns what a report says of the path to a target, which the user named.
func Reach(name string, r path.Result) report.Target {
	t := report.Target{
		Name:     name,
		Address:  report.AddressText(r.Address),
		Started:  timeStamp(r.Started),
		Complete: r.Complete,
		Paths:    lists.Convert(r.Ports, examinedPath),
		PathSize: examinedSize(r.Size),
		Several:  severalOf(r.Several),
		HopLimits: lists.Convert(r.HopLimits, func(h path.HopLimit) report.HopLimit {
			return report.HopLimit{Limit: h.Limit, Evidence: lists.Sorted(h.Evidence)}
		}),
		Routes:    lists.Convert(r.Routes, routeOf),
		NAT:       examinedNAT(r.NAT),
		IKEv1:     ikev1Of(r.Versions),
		Clients:   []report.Client{},
		Policies:  []report.Policy{},
		Notes:     []string{},
		Exchanges: lists.Convert(r.Exchanges, func(e initiator.Exchange) report.Exchange { return examinedExchange(e, r.Beside) }),
		Cost: report.Cost{
			Exchanges:         r.Cost.Exchanges,
			DatagramsSent:     r.Cost.DatagramsSent,
			DatagramsReceived: r.Cost.DatagramsReceived,
			BytesSent:         r.Cost.BytesSent,
			BytesReceived:     r.Cost.BytesReceived,
			Retransmits:       r.Cost.Retransmits,
			Cookies:           r.Cost.Cookies,
			HalfOpenPeak:      r.HalfOpenPeak,
			HalfOpenLeft:      r.HalfOpenLeft,
			HalfOpenEvidence:  r.HalfOpenEvidence,
			ElapsedMs:         milliseconds(r.Elapsed),

			HalfOpenUnconfirmed: r.HalfOpenUnconfirmed,
		},
	}
	t.Verdict = verdictOf(&t)
	switch r.Versions.Higher {
	case path.HigherRefused:
		t.HigherVersion = report.HigherRefused
	case path.HigherTaken:
		t.HigherVersion = report.HigherTaken
	}
	if broken := malformed(r); broken != nil {
		t.Doubts = append(t.Doubts, report.Doubt{Kind: report.DoubtMalformed, Evidence: broken})
	}
	if r.Refuses {
		t.Notes = append(t.Notes, "The gateway refused the common suites that reach offers, which says nothing of the path; a scan shows what it accepts.")
	}
	t.Notes = append(t.Notes, unconfirmed(r)...)
	if f := r.Fragmentation; f != nil {
		t.Fragmentation = &report.Fragmentation{
			Supported: f.Supported, LargeAnswer: report.Answer(f.LargeAnswer.String()), AnswerOctets: f.Octets,
			Works: report.Answer(f.Works.String()), Pieces: f.Pieces, Evidence: lists.Evidence(f.Evidence),
		}
	}
	for _, i := range r.Interference {
		t.Interference = append(t.Interference, report.Interference{
			Kind: report.InterferenceKind(i.Kind.String()), Transport: report.Transport(i.Transport.String()), Unusual: report.Unusual(i.Oddity.String()),
			Evidence: lists.Evidence(i.Evidence),
		})
	}
	if to := r.Redirect; to != nil {
		t.Gateway = &report.Gateway{VendorIDs: []report.VendorID{}, Notifies: []report.Number{}, SignatureHashes: []report.Number{},
			Redirect: printable.Text(to.To), Evidence: []int{to.Evidence}}
	}
	t.Findings = assess.Findings(&t)
	return t
}

// Redirected returns t, a report on the gateway that those before it redirected us to,
// with what was found of them. stopped says why the redirect of the last one was not
// followed, or is empty.
func Redirected(t report.Target, before []path.Result, stopped string) report.Target {
	if len(before) == 0 && stopped == "" {
		return t
	}
	for _, r := range slices.Backward(before) {
		reached := Reach(t.Name, r)
		t.Started = reached.Started
		t.Cost = plus(reached.Cost, t.Cost)
		t.Exchanges = append(reached.Exchanges, t.Exchanges...)
		t.Redirects = append([]report.Redirect{{Address: reached.Address, To: reached.Gateway.Redirect, Evidence: reached.Gateway.Evidence}}, t.Redirects...)
	}
	if stopped != "" && t.Gateway != nil {
		t.Notes = append(t.Notes, "The redirect to "+t.Gateway.Redirect+" was not followed: "+printable.Text(stopped)+".")
	}
	t.Findings = assess.Findings(&t)
	return t
}

// OnlyIKEv1 returns what a report says of a target that was not scanned since IKEv1 is
// what it speaks.
func OnlyIKEv1(name string, r path.Result) report.Target {
	t := Reach(name, r)
	t.Complete = false
	t.Notes = []string{"The gateway refused the common suites of IKEv2, and took one of IKEv1: other suites were not asked about. --exhaustive asks about them all the same."}
	t.Notes = append(t.Notes, unconfirmed(r)...)
	return t
}

// WithPath returns t, a scan that came after r, an examination of the path to the same
// target, with what that found.
func WithPath(t report.Target, r path.Result) report.Target {
	reached := Reach(t.Name, r)
	t.Started = reached.Started
	t.IKEv1, t.HigherVersion = reached.IKEv1, reached.HigherVersion
	t.Interference = reached.Interference
	if t.NAT != nil && t.NAT.LocalBehindNAT && reached.NAT != nil {
		t.NAT.MappingBehavior = reached.NAT.MappingBehavior
		if t.NAT.Observed == nil {
			t.NAT.Outside = reached.NAT.Outside
		}
	}
	t.Notes = append(t.Notes, unconfirmed(r)...)
	for i, p := range t.Paths {
		j := slices.IndexFunc(reached.Paths, func(q report.Path) bool { return q.Transport == p.Transport })
		if j < 0 {
			continue
		}
		q := reached.Paths[j]
		if q.State == p.State {
			t.Paths[i].Reason, t.Paths[i].AnswersFrom = q.Reason, q.AnswersFrom
		}
		t.Paths[i].Sent += q.Sent
		t.Paths[i].Received += q.Received
	}
	t.Cost = plus(reached.Cost, t.Cost)
	t.Exchanges = append(reached.Exchanges, t.Exchanges...)
	t.Findings = assess.Findings(&t)
	return t
}

// unconfirmed says which SAs of r may be left at the gateway.
func unconfirmed(r path.Result) []string {
	n := len(r.HalfOpenUnconfirmed)
	if n == 0 {
		return nil
	}
	return []string{"The end of " + english.Counted(int64(n), "SA", "SAs") +
		" that the examination of the path may have opened is not confirmed: an answer may have been lost. What is left times out at the gateway, usually within 30 s."}
}

// plus returns the sum of two costs.
func plus(a, b report.Cost) report.Cost {
	a.Exchanges += b.Exchanges
	a.DatagramsSent += b.DatagramsSent
	a.DatagramsReceived += b.DatagramsReceived
	a.BytesSent += b.BytesSent
	a.BytesReceived += b.BytesReceived
	a.Retransmits += b.Retransmits
	a.Cookies += b.Cookies
	a.HalfOpenPeak = max(a.HalfOpenPeak, b.HalfOpenPeak)
	a.HalfOpenLeft += b.HalfOpenLeft
	a.HalfOpenEvidence = append(slices.Clone(a.HalfOpenEvidence), b.HalfOpenEvidence...)
	slices.Sort(a.HalfOpenEvidence)
	a.HalfOpenUnconfirmed = append(slices.Clone(a.HalfOpenUnconfirmed), b.HalfOpenUnconfirmed...)
	slices.Sort(a.HalfOpenUnconfirmed)
	a.ElapsedMs = sumOfMs(a.ElapsedMs, b.ElapsedMs)
	return a
}

// Unreached returns what a report says of a target whose path was not examined, or
// could not be.
func Unreached(name string, r path.Result, failed error) report.Target {
	t := Reach(name, r)
	t.Verdict, t.Complete = report.VerdictNotScanned, false
	if failed != nil {
		t.Verdict, t.Error = report.VerdictError, failed.Error()
	}
	t.Findings = assess.Findings(&t)
	return t
}

// verdictOf sums up the paths of t: one that answers decides, then one on which
// something else speaks, then what ICMP says.
func verdictOf(t *report.Target) report.Verdict {
	// Most gateways have no IKE on TCP.
	counts := func(p report.Path, s report.PathState) bool {
		return p.Transport != report.TCP4500 || len(t.Paths) == 1 || s == report.PathAnswers
	}
	has := func(states ...report.PathState) bool {
		return slices.ContainsFunc(t.Paths, func(p report.Path) bool {
			return slices.Contains(states, p.State) && counts(p, p.State) ||
				slices.ContainsFunc(p.Sources, func(s report.PathSource) bool { return slices.Contains(states, s.State) })
		})
	}
	switch {
	case has(report.PathAnswers):
		return report.VerdictIKEv2
	case has(report.PathNotIKE), t.IKEv1 != nil && (t.IKEv1.MainMode == report.AnswerYes || t.IKEv1.AggressiveMode == report.AnswerYes):
		return report.VerdictNotIKE
	case has(report.PathPortUnreachable, report.PathAdminProhibited, report.PathError):
		return report.VerdictUnreachable
	}
	return report.VerdictNoAnswer
}

func examinedPath(p path.Port) report.Path {
	out := report.Path{
		Transport:   report.Transport(p.Transport.String()),
		Port:        p.Port,
		State:       report.PathState(p.State.String()),
		Reason:      report.PathReason(p.Reason.String()),
		RTTms:       milliseconds(p.RTT.Min),
		Sent:        p.Tries,
		Received:    p.Answered,
		Lost:        p.Lost,
		Reporter:    report.AddressText(p.Reporter),
		AnswersFrom: endpoint(p.From),
		Detail:      p.Detail,
		Sources:     lists.Convert(p.Sources, examinedSource),
		Evidence:    lists.Sorted(p.Evidence),
	}
	if p.RTT.Max != p.RTT.Min {
		out.RTTMedianMs, out.RTTMaxMs = milliseconds(p.RTT.Median), milliseconds(p.RTT.Max)
	}
	return out
}

func examinedSource(s path.Source) report.PathSource {
	out := report.PathSource{
		Port:     s.Port,
		State:    report.PathState(s.State.String()),
		Reason:   report.PathReason(s.Reason.String()),
		RTTms:    milliseconds(s.RTT.Min),
		Tries:    s.Tries,
		Reporter: report.AddressText(s.Reporter),
		Detail:   s.Detail,
		Evidence: lists.Sorted(s.Evidence),
	}
	if s.Err != nil {
		out.State, out.HeldBy, out.Detail = "", s.Holder, s.Err.Error()
	}
	return out
}

func examinedSize(s *path.Size) *report.PathSize {
	if s == nil {
		return nil
	}
	return &report.PathSize{
		MTU:       s.MTU,
		Discovery: report.MTUDiscovery(s.Discovery.String()),
		Reporter:  report.AddressText(s.Reporter),
		Fragments: report.Answer(s.Fragments.String()),
		Evidence:  lists.Sorted(s.Evidence),
	}
}

func severalOf(s *path.Several) *report.PathSeveral {
	if s == nil {
		return nil
	}
	return &report.PathSeveral{ErrorSPIs: s.ErrorSPIs, Answers: s.Answers, Evidence: lists.Sorted(s.Evidence)}
}

func examinedNAT(n *path.NAT) *report.NAT {
	if n == nil {
		return nil
	}
	out := &report.NAT{
		Supported:        n.Supported,
		LocalBehindNAT:   n.LocalBehindNAT,
		GatewayBehindNAT: n.GatewayBehindNAT,
		Local:            endpoint(n.Local),
		Evidence:         lists.Sorted(n.Evidence),
	}
	out.GatewayInside = endpoint(n.GatewayInside)
	for _, a := range []struct {
		seen path.Answer
		out  *report.Answer
	}{{n.Floats, &out.Floats}, {n.Forced, &out.Forced}, {n.Insists, &out.Insists}, {n.KeepalivesIgnored, &out.KeepalivesIgnored}} {
		if a.seen != path.Unknown {
			*a.out = report.Answer(a.seen.String())
		}
	}
	if l := n.Lifetime; l != nil {
		out.Lifetime = &report.NATLifetime{KeptMs: milliseconds(l.Kept), LostMs: milliseconds(l.Lost), Unmeasured: l.Unmeasured.String(), Interrupted: l.Interrupted, Evidence: lists.Sorted(l.Evidence)}
	}
	if n.LocalBehindNAT {
		out.Observed = endpoint(n.Observed[initiator.UDP500])
		out.ObservedNATT = endpoint(n.Observed[initiator.UDP4500])
		if out.Observed == nil {
			out.Observed = out.ObservedNATT
		}
		if out.Observed == nil {
			out.Outside = lists.Convert(n.Outside, report.AddressText)
		}
		out.PortKept = out.Observed != nil && out.Observed.Port == n.Local.Port()
	}
	out.MappingBehavior = behaviorOf(n.Behavior)
	switch n.Mapping {
	case path.MappingSame:
		out.Mapping = report.MappingSame
	case path.MappingPerDestination:
		out.Mapping = report.MappingPerDestination
	}
	return out
}

func behaviorOf(s *mapping.Seen) *report.NATBehavior {
	if s == nil {
		return nil
	}
	word := func(b mapping.Behavior) report.MappingBehavior { return report.MappingBehavior(b.String()) }
	out := &report.NATBehavior{Behavior: word(s.Behavior), Reason: s.Reason.String(), Seen: []report.SeenPort{}}
	if s.Behavior == mapping.Unknown {
		out.Possible = lists.Convert(s.Possible, word)
	}
	var evidence []int
	for _, x := range s.Sightings {
		out.Seen = append(out.Seen, report.SeenPort{Gateway: *endpoint(x.Gateway), As: *endpoint(x.As)})
		evidence = append(evidence, x.Evidence)
	}
	out.Evidence = lists.Sorted(evidence)
	return out
}

func ikev1Of(v path.Versions) *report.IKEv1 {
	if v.MainMode.Evidence == 0 && v.AggressiveMode.Evidence == 0 {
		return nil
	}
	out := &report.IKEv1{
		MainMode:             report.Answer(v.MainMode.State.String()),
		AggressiveMode:       report.Answer(v.AggressiveMode.State.String()),
		PreSharedKey:         v.AggressiveMode.PreSharedKey,
		MainModeDetail:       v.MainMode.Detail,
		AggressiveModeDetail: v.AggressiveMode.Detail,
	}
	for _, m := range []path.Mode{v.MainMode, v.AggressiveMode} {
		if m.Evidence != 0 {
			out.Evidence = append(out.Evidence, m.Evidence)
		}
	}
	out.Evidence = lists.Sorted(out.Evidence)
	return out
}

// examinedExchange returns what a report says of an exchange; beside are the numbers of
// those with other gateways.
func examinedExchange(e initiator.Exchange, beside []int) report.Exchange {
	out := exchangeOf(e, report.PurposeReach)
	if slices.Contains(beside, e.ID) {
		out.Purpose = report.PurposeMapping
	}
	switch e.Type {
	case ikev1.MainMode, ikev1.AggressiveMode:
		out.Type = "IKEv1 " + ikev1.ExchangeName(e.Type)
	case ike.IKE_AUTH, ike.INFORMATIONAL:
		out.Purpose = report.PurposeClose
	}
	return out
}

// malformed returns the exchanges whose answers are malformed, where no other was.
func malformed(r path.Result) (broken []int) {
	for _, x := range r.Exchanges {
		switch {
		case x.Type != ike.IKE_SA_INIT || len(x.Offer) == 0:
		case x.Outcome.IsIKEv2():
			return nil
		case x.Outcome == initiator.Malformed && r.Answers():
			broken = append(broken, x.ID)
		}
	}
	return broken
}
