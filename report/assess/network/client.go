package network

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
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
		Title: "the answers come from another address: " + english.List(lists.Distinct(from), "and"),
		Detail: fmt.Sprintf("requests to %s of %s are answered from there, so clients ignore the answers, and firewalls and NAT block them; %s",
			english.List(asked, "and"), t.Address, clientsSee),
		Evidence: evidence,
		Fix: []string{
			"have the gateway's daemon listen on " + t.Address + ", not on all addresses at once",
			"route by source address on the gateway, so that packets from " + t.Address + " leave through the interface that has it",
			"if the gateway is behind a balancer or NAT, send its answers back through it",
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
				f.Title = fmt.Sprintf("%s answers only requests from port %d", p.Name(), s.Port)
				f.Detail = "NAT changes the port, so clients behind NAT get no answer: " + clientsSee
				f.Fix = []string{fmt.Sprintf("allow %s to the gateway from every source port, in each firewall on the way", p.Name())}
				f.Lines = []string{fmt.Sprintf("nft add rule inet filter input udp dport %d accept   # on a gateway that runs Linux, in place of a rule with sport", p.Port)}
			} else {
				f.Title = fmt.Sprintf("%s is %s for requests from port %d", p.Name(), closedWord(s.State), s.Port)
				f.Detail = fmt.Sprintf("requests from other ports are answered. Windows, Apple and strongSwan send from port %d; %s", s.Port, clientsSee)
				if s.Reporter != "" {
					f.Detail = s.Reporter + " rejects it; " + f.Detail
				}
				f.Fix = []string{
					"disable IPsec passthrough, or the VPN helper (ALG), on the router in front of this machine",
					fmt.Sprintf("look for another device behind the same NAT that is connected from port %d: some routers support only one", s.Port),
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
			Detail: fmt.Sprintf("one of 2,000 octets is not, while one of %s octets in a single packet is: something on the way drops fragments, or the gateway does not accept requests of that length. "+
				"A certificate chain takes some 3,000 octets, and ML-KEM-1024 a public value of 1,568: without IKE fragmentation, logins with certificates fail after the first exchange, and Windows shows error 809", english.Grouped(int64(s.MTU))),
			Evidence: s.Evidence,
			Fix: []string{
				enableFragmentation,
				"let IP fragments through the firewalls between here and the gateway",
			},
			Refs: []string{"RFC 7383", "RFC 7296, Section 2"},
		})
	}
	if s.Discovery == report.DiscoveryBlackHole && s.Fragments != report.AnswerNo {
		unsure := ""
		if s.Fragments != report.AnswerYes {
			unsure = "; or the gateway itself does not answer longer requests"
		}
		out = append(out, report.Finding{
			ID: "PATH-MTU", Severity: report.SeverityMedium,
			Title:    fmt.Sprintf("packets above %s octets vanish, and nothing reports it", english.Grouped(int64(s.MTU))),
			Detail:   "a link on the way has a smaller MTU than ours, and the ICMP errors that say so are dropped or never sent: the tunnel comes up, but large packets in it are lost" + unsure,
			Evidence: s.Evidence,
			Fix: []string{
				`let ICMP "fragmentation needed" (type 3, code 4) and ICMPv6 "packet too big" (type 2) through every firewall on the way`,
				fmt.Sprintf("or set the MTU of the VPN interface so that packets fit into %d octets with ESP, and clamp the TCP MSS on the gateway", s.MTU),
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
			Title:    "the gateway seems to have only IKEv1 connections",
			Detail:   detail + ", and accepts " + ikev1Suites(v) + " in IKEv1. IKEv2 clients cannot connect: Windows shows error 13868 or 809, strongSwan NO_PROPOSAL_CHOSEN or no answer",
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
			Detail:   "Main Mode accepts " + v.MainModeDetail + "; IKEv1 is deprecated, and its algorithms are old",
			Evidence: v.Evidence,
			Fix:      []string{"disable IKEv1 once no client needs it: version = 2 in swanctl.conf, ikev1-policy=drop in ipsec.conf of libreswan"},
			Refs:     []string{"RFC 9395"},
		})
	}
	if v.AggressiveMode == report.AnswerYes {
		f := report.Finding{
			ID: "IKE-V1-AGGRESSIVE", Severity: report.SeverityMedium,
			Title:    "IKEv1 Aggressive Mode is enabled",
			Detail:   "it accepts " + v.AggressiveModeDetail + ", and reveals identities to everyone",
			Evidence: v.Evidence,
			Fix:      []string{"disable Aggressive Mode: aggressive = no in swanctl.conf, aggressive=no in ipsec.conf, set mode main in FortiOS"},
			Refs:     []string{"RFC 9395", "RFC 2409, Section 5.4"},
		}
		if v.PreSharedKey {
			f.Severity = report.SeverityHigh
			f.Detail += "; its answer contains a hash of the pre-shared key, so anyone can guess the key offline"
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
