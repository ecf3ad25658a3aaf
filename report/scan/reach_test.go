package scan

import (
	"bytes"
	"errors"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/ikev1"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/path"
	"github.com/ikescope/ikescope/probe/path/hops"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/reporttest"
)

const ms = time.Millisecond

// reached is what a healthy path gives, with source ports and all.
func reached() path.Result {
	port := func(t initiator.Transport, id int) path.Port {
		return path.Port{
			Transport: t, Port: t.Port(),
			Seen:    path.Seen{State: initiator.PathAnswers, Tries: 5, Answered: 5, RTT: path.RTT{Min: 11 * ms, Median: 12 * ms, Max: 20 * ms}, Evidence: []int{id}},
			Sources: []path.Source{{Port: t.Port(), Seen: path.Seen{State: initiator.PathAnswers, Tries: 1, Answered: 1, Evidence: []int{id + 2}}}},
		}
	}
	return path.Result{
		Address: netip.MustParseAddr("198.51.100.7"), Started: reporttest.Started, Complete: true,
		Ports: []path.Port{port(initiator.UDP500, 1), port(initiator.UDP4500, 2)},
		Size:  &path.Size{MTU: 1500, Fragments: path.Yes, Evidence: []int{8, 9}},
		NAT: &path.NAT{Supported: true, Local: netip.MustParseAddrPort("192.0.2.10:40112"), Floats: path.Yes,
			Observed: map[initiator.Transport]netip.AddrPort{}, Evidence: []int{6, 7}},
		Versions: path.Versions{MainMode: path.Mode{Detail: "no answer", Evidence: 3}, AggressiveMode: path.Mode{Detail: "no answer", Evidence: 4}, Higher: path.HigherRefused},
		Exchanges: []initiator.Exchange{
			{ID: 1, Type: ike.IKE_SA_INIT, KE: ike.KE_ECP_256, Outcome: initiator.InvalidKEPayload, Group: ike.KE_ECP_384, Tries: 1, Sent: reporttest.Started, RTT: 11 * ms},
			{ID: 3, Type: ikev1.MainMode, Outcome: initiator.NoAnswer, Tries: 2, Sent: reporttest.Started},
		},
		Cost: initiator.Cost{Exchanges: 9, DatagramsSent: 12, DatagramsReceived: 10}, HalfOpenPeak: 1, Elapsed: 300 * ms,
	}
}

// TestReach: what a path is found to be becomes findings, each of which docs/path.md
// explains, in a document that its schema takes.
func TestReach(t *testing.T) {
	docs, err := os.ReadFile("../../docs/path.md")
	if err != nil {
		t.Fatal(err)
	}
	router := netip.MustParseAddr("203.0.113.1")
	both := func(f func(*path.Port)) func(*path.Result) {
		return func(r *path.Result) {
			for i := range r.Ports {
				f(&r.Ports[i])
			}
			r.NAT, r.Size = nil, nil
		}
	}
	is := func(state initiator.PathState, reason path.Reason, reporter netip.Addr) func(*path.Port) {
		return func(p *path.Port) {
			p.Seen = path.Seen{State: state, Reason: reason, Reporter: reporter, Tries: 5, Evidence: p.Evidence}
			for i := range p.Sources {
				p.Sources[i].Seen = p.Seen
			}
		}
	}
	port := func(t initiator.Transport, id int) path.Port {
		return path.Port{Transport: t, Port: t.Port(), Seen: path.Seen{State: initiator.PathAnswers, Tries: 1, Answered: 1, Evidence: []int{id}}}
	}
	withTCP := func(state initiator.PathState, reason path.Reason) func(*path.Result) {
		return func(r *path.Result) {
			p := port(initiator.TCP4500, 7)
			p.State, p.Reason = state, reason
			r.Ports = append(r.Ports, p)
		}
	}
	for name, tc := range map[string]struct {
		change  func(*path.Result)
		verdict report.Verdict
		want    []string
		says    string // in the first finding
	}{
		"healthy":     {func(*path.Result) {}, report.VerdictIKEv2, nil, ""},
		"dead":        {both(is(initiator.PathSilent, 0, netip.Addr{})), report.VerdictNoAnswer, []string{"PATH-NO-ANSWER"}, "809"},
		"no route":    {both(is(initiator.PathError, path.NoRoute, router)), report.VerdictUnreachable, []string{"PATH-ICMP"}, "give the router 203.0.113.1 a route to 198.51.100.7; the fault is there, not here"},
		"none here":   {both(is(initiator.PathError, path.NoRoute, netip.Addr{})), report.VerdictUnreachable, []string{"PATH-ICMP"}, "this machine has no route"},
		"no host":     {both(is(initiator.PathError, path.NoHost, router)), report.VerdictUnreachable, []string{"PATH-ICMP"}, "203.0.113.1 finds no host"},
		"on the link": {both(is(initiator.PathError, path.NoHostOnLink, netip.Addr{})), report.VerdictUnreachable, []string{"PATH-ICMP"}, "no host on the local link"},
		"filter":      {both(is(initiator.PathAdminProhibited, 0, router)), report.VerdictUnreachable, []string{"PATH-ICMP"}, "let UDP 500 through the filter at 203.0.113.1"},
		"filter here": {both(is(initiator.PathError, path.FilteredHere, netip.Addr{})), report.VerdictUnreachable, []string{"PATH-ICMP"}, "this machine's firewall"},
		"closed": {both(is(initiator.PathPortUnreachable, 0, netip.MustParseAddr("198.51.100.7"))), report.VerdictUnreachable, []string{"PATH-ICMP"},
			"UDP 500 and 4500 of the gateway are closed\nthe host is up, or a firewall answers for it: 198.51.100.7 reports that nothing listens on UDP 500; 198.51.100.7 reports that nothing listens on UDP 4500"},
		"500 closed, 4500 silent": {func(r *path.Result) {
			both(is(initiator.PathSilent, 0, netip.Addr{}))(r)
			is(initiator.PathPortUnreachable, 0, netip.Addr{})(&r.Ports[0])
		}, report.VerdictUnreachable, []string{"PATH-ICMP"}, "UDP 500 of the gateway is closed, and UDP 4500 is silent\nthe host is up, or"},
		"rejected by a router": {both(is(initiator.PathPortUnreachable, 0, router)), report.VerdictUnreachable, []string{"PATH-ICMP"}, "check the address and the route to it"},
		"500 closed":           {func(r *path.Result) { is(initiator.PathPortUnreachable, 0, netip.Addr{})(&r.Ports[0]) }, report.VerdictIKEv2, []string{"PATH-500"}, "UDP 500 is closed while UDP 4500 answers"},
		"elsewhere": {both(func(p *path.Port) {
			is(initiator.PathSilent, path.OtherAddress, netip.Addr{})(p)
			p.From = netip.MustParseAddrPort("198.51.100.8:500")
		}), report.VerdictNoAnswer, []string{"PATH-OTHER-ADDRESS"}, "198.51.100.8:500"},
		"4500 silent": {func(r *path.Result) { is(initiator.PathSilent, 0, netip.Addr{})(&r.Ports[1]) }, report.VerdictIKEv2, []string{"PATH-4500"}, "809"},
		"500 silent":  {func(r *path.Result) { is(initiator.PathSilent, 0, netip.Addr{})(&r.Ports[0]) }, report.VerdictIKEv2, []string{"PATH-500"}, "UDP 500"},
		"500 filtered behind a router": {func(r *path.Result) {
			is(initiator.PathSilent, 0, netip.Addr{})(&r.Ports[0])
			r.Routes = []*hops.Route{{Transport: initiator.UDP500, Port: 500, Complete: true, FilteredAfter: 1, Hops: []hops.Hop{{Number: 1, Router: router, Exchange: 9}}}}
		}, report.VerdictIKEv2, []string{"PATH-500"}, "at the router 203.0.113.1 (hop 1)"},
		"both filtered": {func(r *path.Result) {
			both(is(initiator.PathSilent, 0, netip.Addr{}))(r)
			for _, p := range r.Ports {
				r.Routes = append(r.Routes, &hops.Route{Transport: p.Transport, Port: p.Port, Complete: true, FilteredAfter: 1, Hops: []hops.Hop{{Number: 1, Router: router, Exchange: 9}}})
			}
			r.Routes = append(r.Routes, &hops.Route{Transport: initiator.UDP500, Port: 33434, Control: true, FilteredAfter: -1})
		}, report.VerdictNoAnswer, []string{"PATH-NO-ANSWER"}, "at the router 203.0.113.1 (hop 1)"},
		"500 filtered at once": {func(r *path.Result) {
			is(initiator.PathSilent, 0, netip.Addr{})(&r.Ports[0])
			r.Routes = []*hops.Route{{Transport: initiator.UDP500, Port: 500}}
		}, report.VerdictIKEv2, []string{"PATH-500"}, "on this machine or at the first router"},
		"source taken": {func(r *path.Result) { r.Ports[0].Sources[0].State = initiator.PathSilent }, report.VerdictIKEv2,
			[]string{"PATH-SOURCE-PORT"}, "IPsec passthrough"},
		"source wanted": {func(r *path.Result) { r.Ports[0].State = initiator.PathSilent }, report.VerdictIKEv2,
			[]string{"PATH-SOURCE-PORT"}, "answers only requests from port 500"},
		"source held": {func(r *path.Result) {
			r.Ports[0].Sources[0] = path.Source{Port: 500, Err: syscall.EADDRINUSE, Holder: "charon, process 7"}
		}, report.VerdictIKEv2, nil, ""},
		"no float": {func(r *path.Result) { r.NAT.Floats = path.No }, report.VerdictIKEv2, []string{"PATH-NO-FLOAT"}, "balancer"},
		"several": {func(r *path.Result) { r.Several = &path.Several{ErrorSPIs: true, Evidence: []int{1, 2}} }, report.VerdictIKEv2,
			[]string{"PATH-SEVERAL"}, "responder SPI"},
		"no NAT-T":   {func(r *path.Result) { r.NAT.Supported = false }, report.VerdictIKEv2, []string{"PATH-NO-NAT-T"}, ""},
		"behind NAT": {func(r *path.Result) { r.NAT.GatewayBehindNAT = true }, report.VerdictIKEv2, []string{"PATH-GATEWAY-NAT"}, ""},
		"fragments":  {func(r *path.Result) { r.Size.Fragments = path.No }, report.VerdictIKEv2, []string{"PATH-FRAGMENTS"}, "RFC 7383"},
		"black hole": {func(r *path.Result) { r.Size.MTU, r.Size.Discovery = 1400, path.BlackHole }, report.VerdictIKEv2, []string{"PATH-MTU"}, "above 1,400 octets"},
		"discovery works": {func(r *path.Result) {
			r.Size.MTU, r.Size.Discovery, r.Size.Reporter = 1400, path.DiscoveryWorks, router
		},
			report.VerdictIKEv2, nil, ""},
		"TCP only": {func(r *path.Result) {
			both(is(initiator.PathSilent, 0, netip.Addr{}))(r)
			r.Ports = append(r.Ports, port(initiator.TCP4500, 7))
		}, report.VerdictIKEv2, []string{"PATH-TCP-ONLY"}, "only TCP 4500 answers"},
		"TCP too":     {withTCP(initiator.PathAnswers, 0), report.VerdictIKEv2, nil, ""},
		"TCP refused": {withTCP(initiator.PathPortUnreachable, 0), report.VerdictIKEv2, nil, ""},
		"TCP silent":  {withTCP(initiator.PathSilent, 0), report.VerdictIKEv2, nil, ""},
		"TCP closes":  {withTCP(initiator.PathOpen, path.ClosesAfterPrefix), report.VerdictIKEv2, []string{"PATH-TCP"}, "CONFIG_INET_ESPINTCP"},
		"TCP is open": {withTCP(initiator.PathOpen, 0), report.VerdictIKEv2, []string{"PATH-TCP"}, "TCP 4500 is open, and does not answer"},
		"TLS":         {withTCP(initiator.PathNotIKE, path.TLS), report.VerdictIKEv2, []string{"PATH-TCP"}, "speaks TLS"},
		"TCP refused, UDP silent": {func(r *path.Result) {
			both(is(initiator.PathSilent, 0, netip.Addr{}))(r)
			withTCP(initiator.PathPortUnreachable, 0)(r)
		}, report.VerdictNoAnswer, []string{"PATH-NO-ANSWER"}, "no answer on UDP 500 and UDP 4500"},
		"TCP alone is refused": {func(r *path.Result) {
			withTCP(initiator.PathPortUnreachable, 0)(r)
			r.Ports, r.NAT, r.Size = r.Ports[2:], nil, nil
		}, report.VerdictUnreachable, []string{"PATH-ICMP"}, "check that 198.51.100.7 is the address of the gateway, and that it uses TCP 4500"},
		"TCP alone closes": {func(r *path.Result) {
			withTCP(initiator.PathOpen, path.ClosesAfterPrefix)(r)
			r.Ports, r.NAT, r.Size = r.Ports[2:], nil, nil
		}, report.VerdictNoAnswer, []string{"PATH-TCP"}, "closes after the stream prefix"},
		"cookies at once": {func(r *path.Result) {
			r.Exchanges[0].Cookie, r.Cost.Cookies = true, 1
		}, report.VerdictIKEv2, []string{"GATEWAY-COOKIES"}, "under load, or configured so"},
		"cookies later": {func(r *path.Result) {
			r.Exchanges[1].Type, r.Exchanges[1].Cookie, r.Cost.Cookies = ike.IKE_SA_INIT, true, 1
		}, report.VerdictIKEv2, []string{"GATEWAY-COOKIES"}, "near its limit of half-open SAs, or always"},
		"redirect": {func(r *path.Result) {
			r.Redirect = &path.Redirect{To: "gw2.example", RepeatsNonce: true, Evidence: 1}
		}, report.VerdictIKEv2, []string{"GATEWAY-REDIRECT"}, "gw2.example"},
		"large answers arrive": {func(r *path.Result) {
			r.Fragmentation = &path.Fragmentation{Supported: true, LargeAnswer: path.Yes, Octets: 3000, Works: path.Yes, Pieces: 3, Evidence: []int{1}}
		}, report.VerdictIKEv2, nil, ""},
		"large answers vanish": {func(r *path.Result) {
			r.Fragmentation = &path.Fragmentation{Supported: true, LargeAnswer: path.No, Works: path.Yes, Pieces: 3, Evidence: []int{1}}
		}, report.VerdictIKEv2, []string{"PATH-LARGE-ANSWER"}, "With IKE fragmentation the answer arrives"},
		"interference": {func(r *path.Result) {
			for _, kind := range []path.InterferenceKind{path.DropsUnusual, path.DropsLarge, path.RewritesSPI, path.LimitsRate, path.LimitsRate} {
				r.Interference = append(r.Interference, path.Interference{Kind: kind, Transport: initiator.UDP500, Evidence: []int{1, 3}})
			}
			r.Interference[0].Oddity = path.OddVendorID
		}, report.VerdictIKEv2, []string{"PATH-SPI", "PATH-LARGE", "PATH-UNUSUAL", "PATH-RATE"}, "IPsec passthrough"},
		"unusual": {func(r *path.Result) {
			for _, o := range []path.Oddity{path.OddNotify, path.OddPayload, path.OddMinorVersion, path.OddKeyExchange} {
				r.Interference = append(r.Interference, path.Interference{Kind: path.DropsUnusual, Transport: initiator.UDP500, Oddity: o, Evidence: []int{1, 3}})
			}
		}, report.VerdictIKEv2, []string{"PATH-UNUSUAL"}, "an unknown status notify, an unknown payload, a higher minor version or a further proposal of ML-KEM are not answered"},
		"IKEv1 too": {func(r *path.Result) {
			r.Versions.MainMode = path.Mode{State: path.Yes, Detail: "aes256-sha1-modp1024, pre-shared key", Evidence: 3}
		}, report.VerdictIKEv2, []string{"IKE-V1"}, "aes256-sha1-modp1024"},
		"IKEv1 alone": {func(r *path.Result) {
			both(is(initiator.PathSilent, 0, netip.Addr{}))(r)
			r.Versions.MainMode = path.Mode{State: path.Yes, Detail: "aes256-sha1-modp1024, pre-shared key", Evidence: 3}
		}, report.VerdictNotIKE, []string{"IKE-V1-ONLY"}, "does not answer IKEv2"},
		"half-open": {func(r *path.Result) { r.HalfOpenLeft, r.HalfOpenEvidence = 1, []int{4} }, report.VerdictIKEv2,
			[]string{"GATEWAY-HALF-OPEN"}, "did not confirm"},
		"unconfirmed": {func(r *path.Result) { r.HalfOpenUnconfirmed = []int{4} }, report.VerdictIKEv2, nil, ""},
		"aggressive": {func(r *path.Result) {
			r.Versions.AggressiveMode = path.Mode{State: path.Yes, PreSharedKey: true, Detail: "3des-sha1-modp1024, pre-shared key", Evidence: 4}
		}, report.VerdictIKEv2, []string{"IKE-V1-AGGRESSIVE"}, "guess the key offline"},
	} {
		t.Run(name, func(t *testing.T) {
			r := reached()
			tc.change(&r)
			target := Reach("vpn.example", r)
			if n := len(r.HalfOpenUnconfirmed); n != len(target.Cost.HalfOpenUnconfirmed) || (n > 0) != strings.Contains(strings.Join(target.Notes, " "), "is not confirmed") {
				t.Errorf("%d unconfirmed: %+v, %q", n, target.Cost, target.Notes)
			}
			var ids []string
			for _, f := range target.Findings {
				ids = append(ids, f.ID)
				if !strings.Contains(string(docs), "| "+f.ID+" |") {
					t.Errorf("docs/path.md does not explain %s", f.ID)
				}
				if len(f.Evidence) == 0 {
					t.Errorf("%s has no evidence", f.ID)
				}
			}
			if !slices.Equal(ids, tc.want) || target.Verdict != tc.verdict {
				t.Errorf("%s, findings %v; want %s, %v", target.Verdict, ids, tc.verdict, tc.want)
			}
			if tc.says != "" {
				f := target.Findings[0]
				if all := f.Title + "\n" + f.Detail + "\n" + strings.Join(f.Fix, "\n"); !strings.Contains(all, tc.says) {
					t.Errorf("%q is not in\n%s", tc.says, all)
				}
			}
			doc := report.Document{SchemaVersion: report.SchemaVersion, Complete: true, Targets: []report.Target{target}, Gates: []report.Gate{}}
			var b bytes.Buffer
			if err := report.WriteJSON(&b, doc); err != nil {
				t.Fatal(err)
			}
			if err := reporttest.Fault(t, report.Schema(), b.Bytes()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestReachOutside: addresses of --outside are told where the gateway sees none of them.
func TestReachOutside(t *testing.T) {
	for _, seen := range []bool{false, true} {
		r := reached()
		r.NAT.LocalBehindNAT, r.NAT.Outside = true, []netip.Addr{netip.MustParseAddr("203.0.113.9")}
		if seen {
			r.NAT.Observed[initiator.UDP500] = netip.MustParseAddrPort("203.0.113.9:4711")
		}
		scanned := WithPath(report.Target{NAT: &report.NAT{LocalBehindNAT: true}}, r)
		for _, n := range []*report.NAT{Reach("a", r).NAT, scanned.NAT} {
			if (len(n.Outside) == 1 && n.Outside[0] == "203.0.113.9") == seen {
				t.Errorf("seen: %v; %+v", seen, n)
			}
		}
	}
}

// TestReachMalformed: a gateway whose answers are all malformed is no healthy one.
func TestReachMalformed(t *testing.T) {
	offer := make([]proposals.Product, 1)
	exchange := func(id int, o initiator.Outcome) initiator.Exchange {
		return initiator.Exchange{ID: id, Type: ike.IKE_SA_INIT, Tries: 1, Outcome: o, Offer: offer}
	}
	for _, tt := range []struct {
		second initiator.Outcome
		want   []int
	}{{initiator.NoAnswer, []int{1}}, {initiator.Malformed, []int{1, 2}}, {initiator.NoProposalChosen, nil}} {
		r := reached()
		r.Exchanges = []initiator.Exchange{exchange(1, initiator.Malformed), exchange(2, tt.second)}
		target := Reach("a", r)
		var got []int
		for _, d := range target.Doubts {
			if d.Kind == report.DoubtMalformed {
				got = append(got, d.Evidence...)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%v: doubts %+v, want exchanges %v", tt.second, target.Doubts, tt.want)
		}
	}
}

func TestUnreached(t *testing.T) {
	target := Unreached("gone.example", path.Result{}, errors.New("does not resolve"))
	if target.Verdict != report.VerdictError || target.Error != "does not resolve" || len(target.Findings) != 1 {
		t.Errorf("%+v", target)
	}
	if target = Unreached("late.example", path.Result{}, nil); target.Verdict != report.VerdictNotScanned || target.Complete || len(target.Findings) != 0 {
		t.Errorf("%+v", target)
	}
}

// TestWithPath: a scan after an examination of the path costs both, and its exchanges
// come after those.
func TestWithPath(t *testing.T) {
	scanned := Target(reporttest.Base("vpn.example", "198.51.100.7"))
	exchanges, cost := len(scanned.Exchanges), scanned.Cost.Exchanges
	r := reached()
	got := WithPath(scanned, r)
	if got.Cost.Exchanges != cost+r.Cost.Exchanges || len(got.Exchanges) != exchanges+len(r.Exchanges) || got.Exchanges[0].ID != 1 {
		t.Errorf("%d exchanges, %d told, want %d, %d", got.Cost.Exchanges, len(got.Exchanges), cost+r.Cost.Exchanges, exchanges+len(r.Exchanges))
	}
	if got.IKEv1 == nil || got.HigherVersion != report.HigherRefused || got.Paths[0].Sent != 5+5 {
		t.Errorf("%+v", got)
	}
}
