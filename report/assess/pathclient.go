package assess

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// clientsSee is what clients show where no answer reaches them.
const clientsSee = `Windows shows error 809, Apple "The VPN server did not respond", and strongSwan "giving up after 5 retransmits"`

// otherAddressFindings are of answers from another address than the one asked.
func otherAddressFindings(t *report.Target) []report.Finding {
	var from, asked []string
	var evidence []int
	for _, p := range t.Paths {
		if p.AnswersFrom != nil && p.State != report.PathAnswers {
			from, asked = append(from, p.AnswersFrom.String()), append(asked, p.Name())
			evidence = append(evidence, p.Evidence...)
		}
	}
	if from == nil {
		return nil
	}
	f := report.Finding{
		ID: "PATH-OTHER-ADDRESS", Severity: report.SeverityHigh,
		Title: "the answers come from another address: " + english.List(distinct(from), "and"),
		Detail: fmt.Sprintf("requests to %s of %s are answered from there, so that clients drop the answers, and firewalls and NAT do not let them in; %s",
			english.List(asked, "and"), t.Address, clientsSee),
		Evidence: evidence,
		Fix: []string{
			"have the gateway's daemon listen on " + t.Address + ", not on all addresses at once",
			"give the gateway a route by source address, so that what it sends from " + t.Address + " leaves by the interface that has it",
			"if the gateway is behind a balancer or NAT, have its answers go back through that",
		},
		Refs: []string{"RFC 7296, Section 2.11"},
	}
	if !strings.Contains(t.Address, ":") {
		f.Lines = []string{"ip rule add from " + t.Address + " table 100   # on a gateway that runs Linux; table 100 needs a default route"}
	}
	return []report.Finding{f}
}

// isFromSource reports whether p answers from some of our ports only.
func isFromSource(p report.Path) bool {
	return p.State != report.PathAnswers && slices.ContainsFunc(p.Sources, func(s report.PathSource) bool { return s.State == report.PathAnswers })
}

// sourcePortFindings are of paths on which it matters what port of ours a request
// comes from.
func sourcePortFindings(t *report.Target) []report.Finding {
	var out []report.Finding
	for _, p := range t.Paths {
		for _, s := range p.Sources {
			if s.State == "" || (s.State == report.PathAnswers) == (p.State == report.PathAnswers) {
				continue
			}
			f := report.Finding{
				ID: "PATH-SOURCE-PORT", Severity: report.SeverityHigh,
				Evidence: append(slices.Clone(p.Evidence), s.Evidence...),
				Refs:     []string{"RFC 7296, Section 2.23"},
			}
			if s.State == report.PathAnswers {
				f.Title = fmt.Sprintf("%s answers only what comes from port %d", p.Name(), s.Port)
				f.Detail = "clients behind NAT, which gives them other ports, get no answer: " + clientsSee
				f.Fix = []string{fmt.Sprintf("let %s of the gateway through from every source port, in each firewall on the way", p.Name())}
				f.Lines = []string{fmt.Sprintf("nft add rule inet filter input udp dport %d accept   # on a gateway that runs Linux, in place of a rule with sport", p.Port)}
			} else {
				f.Title = fmt.Sprintf("%s is %s for what comes from port %d", p.Name(), english.Plain(s.State), s.Port)
				f.Detail = fmt.Sprintf("other ports of ours get answers. Windows, Apple and strongSwan send from port %d; %s", s.Port, clientsSee)
				if s.Reporter != "" {
					f.Detail = s.Reporter + " rejects it. " + f.Detail
				}
				f.Fix = []string{
					"switch off IPsec passthrough, or the VPN helper (ALG), of the router before this machine",
					fmt.Sprintf("look for another device behind the same NAT that is connected from port %d: some routers serve one only", s.Port),
				}
			}
			out = append(out, f)
		}
	}
	return out
}

// sizeFindings are of packets that are too large for the path.
func sizeFindings(t *report.Target) []report.Finding {
	s := t.PathSize
	if s == nil || s.MTU == 0 {
		return nil
	}
	var out []report.Finding
	if s.Fragments == report.AnswerNo {
		out = append(out, report.Finding{
			ID: "PATH-FRAGMENTS", Severity: report.SeverityMedium,
			Title: "a request in IP fragments is not answered",
			Detail: fmt.Sprintf("one of 2,000 octets is not, while one of %s octets in a single packet is: something on the way drops fragments, or the gateway takes no requests as long. "+
				"A certificate chain takes some 3,000 octets, and ML-KEM-1024 a public value of 1,568: without IKE fragmentation, logins with certificates fail after the first exchange, and Windows shows error 809", english.Grouped(int64(s.MTU))),
			Evidence: s.Evidence,
			Fix: []string{
				"enable IKE fragmentation (RFC 7383) on both sides: fragmentation = yes in swanctl.conf, fragmentation=yes in ipsec.conf, set fragmentation in iked.conf, EnableServerFragmentation in the registry of Windows RRAS",
				"let IP fragments through the firewalls between here and the gateway",
			},
			Refs: []string{"RFC 7383", "RFC 7296, Section 2"},
		})
	}
	if s.Discovery == report.DiscoveryBlackHole && s.Fragments != report.AnswerNo {
		unsure := ""
		if s.Fragments != report.AnswerYes {
			unsure = "; or it is the gateway that does not answer longer requests"
		}
		out = append(out, report.Finding{
			ID: "PATH-MTU", Severity: report.SeverityMedium,
			Title:    fmt.Sprintf("packets above %s octets vanish, and nothing reports it", english.Grouped(int64(s.MTU))),
			Detail:   "a link on the way is smaller than ours, and the ICMP errors that say so are dropped or never sent: the tunnel comes up, and large packets in it get lost" + unsure,
			Evidence: s.Evidence,
			Fix: []string{
				`let ICMP "fragmentation needed" (type 3, code 4) and ICMPv6 "packet too big" (type 2) through every firewall on the way`,
				fmt.Sprintf("or set the MTU of the VPN interface to what fits %d octets with ESP around, and clamp TCP on the gateway", s.MTU),
			},
			Lines: []string{"nft add rule inet filter forward tcp flags syn tcp option maxseg size set rt mtu"},
			Refs:  []string{"RFC 1191", "RFC 8201"},
		})
	}
	return out
}

// ikev1Alone reports whether IKEv1 is all that a gateway speaks, as far as is known.
func ikev1Alone(t *report.Target) bool {
	return t.Verdict != report.VerdictIKEv2 && t.Verdict != report.VerdictNotScanned && t.Verdict != report.VerdictError &&
		t.IKEv1 != nil && (t.IKEv1.MainMode == report.AnswerYes || t.IKEv1.AggressiveMode == report.AnswerYes)
}

// ikev1Findings are of a gateway that speaks IKEv1, too or alone.
func ikev1Findings(t *report.Target) []report.Finding {
	v := t.IKEv1
	if v == nil {
		return nil
	}
	var out []report.Finding
	switch refuses := refusesIKEv2(t); {
	case v.MainMode != report.AnswerYes && v.AggressiveMode != report.AnswerYes:
	case ikev1Alone(t) || refuses:
		detail := "it does not answer IKEv2"
		if refuses {
			detail = "it refuses every common suite of IKEv2"
		}
		out = append(out, report.Finding{
			ID: "IKE-V1-ONLY", Severity: report.SeverityHigh,
			Title:    "the gateway has IKEv1 connections only, as it seems",
			Detail:   detail + ", and IKEv1 takes " + ikev1Suites(v) + ". Clients of IKEv2 cannot connect: Windows shows error 13868 or 809, strongSwan NO_PROPOSAL_CHOSEN or no answer",
			Evidence: v.Evidence,
			Fix: []string{
				"enable IKEv2 for the connection on the gateway: version = 2 or 0 in swanctl.conf, keyexchange=ikev2 or ikev2=yes in ipsec.conf, set ike-version 2 in FortiOS",
			},
			Refs: []string{"RFC 9395"},
		})
	case v.MainMode == report.AnswerYes:
		out = append(out, report.Finding{
			ID: "IKE-V1", Severity: report.SeverityLow,
			Title:    "IKEv1 is still enabled",
			Detail:   "Main Mode takes " + v.MainModeDetail + "; IKEv1 is retired, and its algorithms are old",
			Evidence: v.Evidence,
			Fix:      []string{"switch IKEv1 off once no client needs it: version = 2 in swanctl.conf, ikev1-policy=drop in ipsec.conf of libreswan"},
			Refs:     []string{"RFC 9395"},
		})
	}
	if v.AggressiveMode == report.AnswerYes {
		f := report.Finding{
			ID: "IKE-V1-AGGRESSIVE", Severity: report.SeverityMedium,
			Title:    "IKEv1 Aggressive Mode is enabled",
			Detail:   "it takes " + v.AggressiveModeDetail + ", and shows identities to everyone",
			Evidence: v.Evidence,
			Fix:      []string{"switch Aggressive Mode off: aggressive = no in swanctl.conf, aggressive=no in ipsec.conf, set mode main in FortiOS"},
			Refs:     []string{"RFC 9395", "RFC 2409, Section 5.4"},
		}
		if v.PreSharedKey {
			f.Severity = report.SeverityHigh
			f.Detail += "; its answer holds a hash under the pre-shared key, so that a stranger can guess the key offline"
		}
		out = append(out, f)
	}
	return out
}

// refusesIKEv2 reports whether an IKEv2 responder refused whatever it was offered to
// find out if it is there.
func refusesIKEv2(t *report.Target) bool {
	refused := false
	for _, e := range t.Exchanges {
		if e.Purpose != report.PurposeReach || e.Offer == "" {
			continue
		}
		switch e.Outcome {
		case report.OutcomeNoProposalChosen:
			refused = true
		case report.OutcomeAccepted, report.OutcomeInvalidKEPayload:
			return false
		}
	}
	return refused && (t.Matrix == nil || t.Matrix.Accepted == 0)
}

// ikev1Suites names what IKEv1 takes.
func ikev1Suites(v *report.IKEv1) string {
	var all []string
	if v.MainMode == report.AnswerYes {
		all = append(all, v.MainModeDetail+" in Main Mode")
	}
	if v.AggressiveMode == report.AnswerYes {
		all = append(all, v.AggressiveModeDetail+" in Aggressive Mode")
	}
	return english.List(all, "and")
}
