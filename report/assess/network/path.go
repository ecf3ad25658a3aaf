package network

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// Findings judges whether IKE gets through.
func Findings(t *report.Target) []report.Finding {
	if ikev1Alone(t) {
		return ikev1Findings(t)
	}
	switch t.Verdict {
	case report.VerdictIKEv2:
		return append(openPathFindings(t), ikev1Findings(t)...)
	case report.VerdictNoAnswer:
		if other := otherAddressFindings(t); other != nil {
			return other
		}
		if len(t.Paths) == 1 && t.Paths[0].State == report.PathOpen {
			return tcpFindings(t)
		}
		silent := inState(t, report.PathSilent)
		means := "silence means a firewall, a wrong address, a gateway that is down, or one that answers only addresses it knows; "
		for _, p := range t.Paths {
			if p.Transport == report.TCP4500 && p.State == report.PathPortUnreachable {
				means = p.Name() + " is refused, so something is up at the address, or a firewall answers for it; " + means
			}
		}
		return append([]report.Finding{{
			ID: "PATH-NO-ANSWER", Severity: report.SeverityHigh,
			Title:    "no answer on " + english.List(transports(silent), "and"),
			Detail:   means + clientsSee,
			Evidence: pathEvidence(t.Paths),
			Fix: append(filterFixes(t),
				"check the address, and that the gateway's IKE service is running",
				"let "+portNames(silent)+" through every firewall between here and the gateway, in both directions",
				"look for the requests on the gateway: tcpdump -ni any '"+portFilter(silent)+"'",
				"scan from another network: some gateways answer only peers they know"),
			Lines: openLines(t, silent...),
		}}, tcpFindings(t)...)
	case report.VerdictUnreachable:
		f := report.Finding{
			ID: "PATH-ICMP", Severity: report.SeverityHigh,
			Title:    "the network reports that the gateway cannot be reached",
			Evidence: pathEvidence(t.Paths),
		}
		closed, silent := closedByHost(t), inState(t, report.PathSilent)
		silent = slices.DeleteFunc(silent, func(p report.Path) bool { return p.Transport == report.TCP4500 }) // which is optional
		if len(closed) > 0 {
			f.Title = portNames(closed) + " of the gateway " + areWord(closed, "closed")
		}
		up := closed
		if len(t.Paths) == 1 && t.Paths[0].Transport == report.TCP4500 && t.Paths[0].State == report.PathPortUnreachable {
			f.Title, up = t.Paths[0].Name()+" of the gateway is refused", t.Paths
		}
		var said []string
		for _, p := range t.Paths {
			if detail, fix := icmpWords(t, p); fix != "" {
				said = append(said, detail)
				f.Fix = append(f.Fix, fix)
			}
		}
		said = lists.Distinct(said)
		if len(closed) > 0 {
			said[0] = "the host is up, or a firewall answers for it: " + said[0]
		}
		if len(silent) > 0 {
			f.Title += ", and " + portNames(silent) + " " + areWord(silent, "silent")
			said = append(said, portNames(silent)+" "+areWord(silent, "silent")+": a firewall may drop the requests or the answers")
			f.Fix = append(append(f.Fix, filterFixes(t)...), "let "+portNames(silent)+" through every firewall between here and the gateway, in both directions")
			f.Lines = openLines(t, silent...)
		}
		f.Detail = strings.Join(append(said, clientsSee), "; ")
		last := "check the address and the route to it"
		if len(up) > 0 {
			last = "check that " + t.Address + " is the address of the gateway, and that it uses " + portNames(up)
		}
		f.Fix = append(lists.Distinct(f.Fix), last)
		return []report.Finding{f}
	case report.VerdictNotIKE:
		return []report.Finding{{
			ID: "PATH-NOT-IKE", Severity: report.SeverityHigh,
			Title:    "something answers, but it is not an IKEv2 responder",
			Detail:   strings.Join(Details(t.Paths), "; "),
			Evidence: pathEvidence(t.Paths),
			Fix: []string{
				"check the address and the port",
				"if the gateway supports only IKEv1, enable IKEv2 on it: IKEv1 is deprecated",
			},
			Refs: []string{"RFC 9395"},
		}}
	case report.VerdictNotScanned:
		return nil
	}
	return []report.Finding{{
		ID: "SCAN-ERROR", Severity: report.SeverityHigh, Title: "the scan failed", Detail: t.Error,
	}}
}

// openPathFindings judges the paths to a gateway that answers on one of them.
func openPathFindings(t *report.Target) []report.Finding {
	var out []report.Finding
	state := map[report.Transport]report.PathState{}
	ike, natt := t.PortName(report.UDP500), t.PortName(report.UDP4500)
	for _, p := range t.Paths {
		state[p.Transport] = p.State
	}
	for _, p := range t.Paths {
		if p.State == report.PathAnswers {
			continue
		}
		f := report.Finding{Evidence: p.Evidence, Severity: report.SeverityMedium}
		if p.AnswersFrom != nil || isFromSource(p) {
			continue // it has a finding of its own
		}
		detail, fix := icmpWords(t, p)
		switch {
		case p.Transport == report.UDP4500 && state[report.UDP500] == report.PathAnswers:
			f.ID = "PATH-4500"
			f.Title = natt + " is " + closedWord(p.State) + " while " + ike + " answers"
			f.Detail = "clients behind NAT switch to " + natt + " after the first exchange, and fail there: " + clientsSee
			f.Refs = []string{"RFC 7296, Section 2.23", "RFC 3948"}
			if t.NAT != nil && (t.NAT.LocalBehindNAT || t.NAT.GatewayBehindNAT) {
				f.Severity = report.SeverityHigh
				f.Detail = "there is a NAT on the way, so every connection from here fails on " + natt + ": " + clientsSee
			}
			f.Fix = []string{
				"let " + natt + " through every firewall between here and the gateway, in both directions",
				"if the gateway is behind NAT, forward " + natt + " to it as well as " + ike,
				"check that NAT traversal is enabled on the gateway",
			}
			f.Lines = openLines(t, p)
		case p.Transport == report.UDP500 && state[report.UDP4500] == report.PathAnswers:
			f.ID = "PATH-500"
			f.Title = ike + " is " + closedWord(p.State) + " while " + natt + " answers"
			f.Detail = "clients that start on " + ike + ", as most do, cannot connect; some gateways are set up like this on purpose"
			f.Fix = []string{"let " + ike + " through to the gateway, unless it is meant to use only " + natt}
			f.Lines = openLines(t, p)
		default:
			continue
		}
		if where := filterFix(t, p.Transport); where != "" {
			f.Fix = append([]string{where}, f.Fix...)
		}
		if fix != "" {
			f.Detail = detail + ": " + f.Detail
			f.Fix = append([]string{fix}, f.Fix...)
		}
		out = append(out, f)
	}
	out = append(out, otherAddressFindings(t)...)
	out = append(out, sourcePortFindings(t)...)
	out = append(out, sizeFindings(t)...)
	out = append(out, severalFindings(t)...)
	out = append(out, tcpFindings(t)...)
	out = append(out, answerFindings(t)...)
	out = append(out, interferenceFindings(t)...)
	return append(out, natFindings(t)...)
}

// natFindings are of a gateway without NAT traversal, or behind NAT.
func natFindings(t *report.Target) []report.Finding {
	n := t.NAT
	if n == nil {
		return nil
	}
	var out []report.Finding
	ike, natt := t.PortName(report.UDP500), t.PortName(report.UDP4500)
	if n.Supported && n.Floats == report.AnswerNo {
		out = append(out, report.Finding{
			ID: "PATH-NO-FLOAT", Severity: report.SeverityHigh,
			Title:    "the gateway does not continue on " + natt + " what began on " + ike,
			Detail:   natt + " answers new requests, but not the IKE_AUTH of an IKE SA that began on " + ike + ", which is what clients behind NAT send; a balancer that sends the two ports to different gateways causes this. " + clientsSee,
			Evidence: n.Evidence,
			Fix: []string{
				"have the balancer send both ports of a client to the same gateway: choose by source address only",
				"if " + natt + " is forwarded, forward it to the same gateway as " + ike,
			},
			Refs: []string{"RFC 7296, Section 2.23"},
		})
	}
	const keepalive = 20 * 1000 // ms, RFC 3948, Section 4
	if l := n.Lifetime; l != nil && l.LostMs > 0 && l.LostMs <= keepalive {
		out = append(out, report.Finding{
			ID: "PATH-NAT-LIFETIME", Severity: report.SeverityMedium,
			Title:    fmt.Sprintf("the NAT in front of you forgets an idle mapping within %g seconds", l.LostMs/1000),
			Detail:   "clients send a keepalive every 20 seconds by default, which is too late: an idle tunnel stays up, and nothing gets in until the client sends again",
			Evidence: l.Evidence,
			Fix: []string{
				"raise the UDP timeout of the NAT device to 2 minutes or more, as RFC 4787 requires",
				fmt.Sprintf("or have clients send keepalives more often: charon.keep_alive = %ds in strongswan.conf", max(int(l.LostMs/2000), 1)),
			},
			Refs: []string{"RFC 3948, Section 4", "RFC 4787, Section 4.3"},
		})
	}
	if n.Forced == report.AnswerNo {
		out = append(out, report.Finding{
			ID: "PATH-FORCED-NAT", Severity: report.SeverityLow,
			Title:    "the gateway does not accept forced NAT traversal",
			Detail:   "a request whose source hash fits no address is refused or dropped, and one with a true hash is accepted; clients that force UDP encapsulation in this way fail, such as strongSwan with encap = yes and libreswan with encapsulation=yes",
			Evidence: n.Evidence,
			Fix:      []string{"do not force UDP encapsulation on clients of this gateway; a firewall that inspects IKE may be what drops it"},
			Refs:     []string{"RFC 7296, Section 2.23"},
		})
	}
	if n.KeepalivesIgnored == report.AnswerNo {
		out = append(out, report.Finding{
			ID: "PATH-KEEPALIVE", Severity: report.SeverityLow,
			Title:    "NAT keepalives are answered",
			Detail:   "something sends a datagram back for each, where silence is right: the gateway, or a device before it; it wastes traffic, and may be abused for reflection attacks",
			Evidence: n.Evidence,
			Fix:      []string{"have the gateway, or the device before it, drop keepalives"},
			Refs:     []string{"RFC 3948, Section 4"},
		})
	}
	if !n.Supported {
		out = append(out, report.Finding{
			ID: "PATH-NO-NAT-T", Severity: report.SeverityMedium,
			Title:    "the gateway sent no NAT detection",
			Detail:   "NAT traversal is disabled or not supported, so clients behind NAT cannot connect",
			Evidence: n.Evidence,
			Fix:      []string{"enable NAT traversal on the gateway"},
			Refs:     []string{"RFC 7296, Section 2.23"},
		})
	}
	if n.GatewayBehindNAT {
		out = append(out, report.Finding{
			ID: "PATH-GATEWAY-NAT", Severity: report.SeverityInfo,
			Title:    "the gateway is behind NAT, or pretends to be",
			Detail:   portNames(t.Paths) + " must be forwarded to it, and every client must use UDP encapsulation; strongSwan's encap=yes looks the same from outside",
			Evidence: n.Evidence,
			Lines:    []string{assumeEncapsulation},
			Refs:     []string{"RFC 7296, Section 2.23"},
		})
	}
	return out
}

// inState returns the paths that are in a state.
func inState(t *report.Target, s report.PathState) []report.Path {
	return slices.DeleteFunc(slices.Clone(t.Paths), func(p report.Path) bool { return p.State != s })
}

// areWord puts the verb for paths before an adjective: "is closed", "are closed".
func areWord(paths []report.Path, adjective string) string {
	if len(paths) == 1 {
		return "is " + adjective
	}
	return "are " + adjective
}

// closedByHost returns the paths of UDP on which the host itself, as far as is known,
// says that nothing listens.
func closedByHost(t *report.Target) []report.Path {
	return slices.DeleteFunc(inState(t, report.PathPortUnreachable), func(p report.Path) bool {
		return p.Transport == report.TCP4500 || p.Reporter != "" && p.Reporter != t.Address
	})
}

// closedWord is an adjective for a port that does not answer.
func closedWord(s report.PathState) string {
	switch s {
	case report.PathPortUnreachable:
		return "closed"
	case report.PathAdminProhibited:
		return "filtered"
	case report.PathError:
		return "unreachable"
	case report.PathNotIKE:
		return "not IKE"
	}
	return english.Plain(string(s))
}

// icmpWords says what an ICMP error on p means, and what to do.
func icmpWords(t *report.Target, p report.Path) (detail, fix string) {
	by := "the network"
	if p.Reporter != "" {
		by = p.Reporter
	}
	switch p.State {
	case report.PathPortUnreachable:
		if p.Transport == report.TCP4500 {
			return p.Name() + " is refused: nothing listens there, or a filter refuses it",
				"have the gateway listen on " + p.Name() + ", if it speaks RFC 9329: " + listenTCP
		}
		return fmt.Sprintf("%s reports that nothing listens on %s", by, p.Name()),
			"start the gateway's IKE service, and check that it listens on this address"
	case report.PathAdminProhibited:
		if p.Reason == report.ReasonFilteredHere {
			return "this machine blocks outgoing " + p.Name(), "allow outgoing " + p.Name() + " in this machine's firewall"
		}
		return fmt.Sprintf("%s filters %s", by, p.Name()),
			"let " + p.Name() + " through the filter at " + by
	case report.PathError:
		return errorWords(t, p, by)
	}
	return "", ""
}

// errorWords is icmpWords for a path that fails for a reason.
func errorWords(t *report.Target, p report.Path, by string) (detail, fix string) {
	switch {
	case p.Reason == report.ReasonNoRoute && p.Reporter != "":
		return fmt.Sprintf("the router %s has no route to %s", by, t.Address),
			fmt.Sprintf("give the router %s a route to %s; the fault is there, not here", by, t.Address)
	case p.Reason == report.ReasonNoRoute:
		return "this machine has no route to " + t.Address, "give this machine a route to " + t.Address + ", or connect it to that network"
	case p.Reason == report.ReasonNoHost:
		return fmt.Sprintf("the router %s finds no host at %s", by, t.Address),
			fmt.Sprintf("check that the gateway is up and has the address %s; the router %s is on the same network, and cannot find it", t.Address, by)
	case p.Reason == report.ReasonNoHostOnLink:
		return "no host on the local link has the address " + t.Address,
			"check that the gateway is up and has the address " + t.Address + ", and that it is on this link"
	case p.Reason == report.ReasonFilteredHere:
		return strings.TrimSuffix("this machine blocks outgoing "+p.Name()+": "+p.Detail, ": "), "allow outgoing " + p.Name() + " in this machine's firewall"
	case p.Reporter != "":
		return strings.TrimSuffix(p.Name()+": "+p.Detail, ": "), "fix the network at " + by + ": " + p.Detail
	}
	return strings.TrimSuffix(p.Name()+": "+p.Detail, ": "), "fix the network here: " + p.Detail
}

// Gateway judges what the gateway did and said beside its suites.
func Gateway(t *report.Target) []report.Finding {
	var out []report.Finding
	if g := t.Gateway; g != nil {
		const sha1 = 1 // RFC 7427, Section 7
		if slices.ContainsFunc(g.SignatureHashes, func(h report.Number) bool { return h.ID == sha1 }) {
			out = append(out, report.Finding{
				ID: "IKE-AUTH-SIGHASH-SHA1", Severity: report.SeverityMedium,
				Title:    "signatures with SHA-1 are accepted",
				Detail:   "collisions of SHA-1 are practical",
				Evidence: g.Evidence,
				Fix:      []string{"remove SHA-1 from the gateway's signature hash algorithms"},
				Refs:     []string{"RFC 8247, Section 3: MUST NOT"},
			})
		}
		if g.Redirect != "" {
			out = append(out, report.Finding{
				ID: "GATEWAY-REDIRECT", Severity: report.SeverityInfo,
				Title:    "the gateway redirects to another one",
				Detail:   "it names " + g.Redirect + ", which this scan did not contact",
				Evidence: g.Evidence,
				Fix:      []string{"test that gateway: --follow-redirect does so"},
				Refs:     []string{"RFC 5685"},
			})
		}
	}
	if len(t.Redirects) > 0 {
		var words []string
		var evidence []int
		for _, r := range t.Redirects {
			words, evidence = append(words, r.Address+" redirects to "+r.To), append(evidence, r.Evidence...)
		}
		out = append(out, report.Finding{
			ID: "GATEWAY-REDIRECTED", Severity: report.SeverityInfo,
			Title:    "the report is on the gateway that another one redirects to",
			Detail:   strings.Join(words, ", and ") + "; clients that do not support redirection stay with the first",
			Evidence: evidence,
			Refs:     []string{"RFC 5685"},
		})
	}
	if n := t.Cost.Cookies; n > 0 {
		f := report.Finding{
			ID: "GATEWAY-COOKIES", Severity: report.SeverityInfo,
			Title:    "the gateway asked for " + english.Counted(int64(n), "cookie", "cookies"),
			Detail:   "it does so near its limit of half-open SAs, or always; other clients may connect more slowly meanwhile",
			Evidence: cookieExchanges(t.Exchanges),
			Refs:     []string{"RFC 7296, Section 2.6"},
		}
		if cookieAtOnce(t.Exchanges) {
			f.Detail = "it asked for one at once, before anything was open: it is under load, or configured so; other clients may connect more slowly meanwhile"
		}
		out = append(out, f)
	}
	if n := t.Cost.HalfOpenLeft; n > 0 {
		out = append(out, report.Finding{
			ID: "GATEWAY-HALF-OPEN", Severity: report.SeverityLow,
			Title:    english.Counted(int64(n), "half-open SA", "half-open SAs") + " may be left on the gateway",
			Detail:   "the gateway did not confirm that they were closed; they time out, usually within 30 s",
			Evidence: t.Cost.HalfOpenEvidence,
			Refs:     []string{"RFC 7296, Section 2.4"},
		})
	}
	return out
}

// cookieAtOnce reports whether the first request that was answered was asked for a
// cookie.
func cookieAtOnce(exchanges []report.Exchange) bool {
	for _, e := range exchanges {
		if e.Type == "IKE_SA_INIT" && (e.Cookie || e.RTTms > 0) {
			return e.Cookie
		}
	}
	return false
}

func cookieExchanges(exchanges []report.Exchange) []int {
	var ids []int
	for _, e := range exchanges {
		if e.Cookie {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

func pathEvidence(paths []report.Path) []int {
	var ids []int
	for _, p := range paths {
		ids = append(ids, p.Evidence...)
	}
	return ids
}

func transports(paths []report.Path) []string {
	return lists.Convert(paths, report.Path.Name)
}

// udpNames names the ports of UDP that were asked, or else are assigned: "UDP 500 and
// 4500".
func udpNames(t *report.Target) string {
	paths := slices.DeleteFunc(slices.Clone(t.Paths), func(p report.Path) bool { return p.Transport == report.TCP4500 })
	if len(paths) == 0 {
		paths = []report.Path{{Transport: report.UDP500}, {Transport: report.UDP4500}}
	}
	return portNames(paths)
}

// portNames names the ports that were asked: "UDP 500 and 4500".
func portNames(paths []report.Path) string {
	var names []string
	for i, p := range paths {
		name := p.Name()
		if i > 0 && p.Transport != report.TCP4500 {
			name = strings.TrimPrefix(name, "UDP ")
		}
		names = append(names, name)
	}
	return english.List(names, "and")
}

// portFilter is a filter of tcpdump for the ports that were asked.
func portFilter(paths []report.Path) string {
	return strings.Join(lists.Convert(paths, func(p report.Path) string { return strings.Replace(strings.ToLower(p.Name()), " ", " port ", 1) }), " or ")
}

// Details returns what was seen on paths, in words, each once.
func Details(paths []report.Path) []string {
	words := lists.Distinct(lists.Convert(paths, func(p report.Path) string { return p.Detail }))
	return slices.DeleteFunc(words, func(s string) bool { return s == "" })
}
