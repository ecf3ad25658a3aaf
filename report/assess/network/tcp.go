package network

import (
	"cmp"
	"slices"

	"github.com/ikescope/ikescope/report"
)

// listenTCP is how a gateway is made to speak IKE on TCP.
const listenTCP = "listen-tcp=yes under config setup in libreswan"

// tcpFindings judges IKE in TCP, where it was asked for: that only it answers, or that
// something else does.
func tcpFindings(t *report.Target) []report.Finding {
	i := slices.IndexFunc(t.Paths, func(p report.Path) bool { return p.Transport == report.TCP4500 })
	if i < 0 {
		return nil
	}
	p := t.Paths[i]
	f := report.Finding{ID: "PATH-TCP", Severity: report.SeverityLow, Evidence: p.Evidence, Refs: []string{"RFC 9329"}}
	if len(t.Paths) == 1 {
		f.Severity = report.SeverityHigh // it is all that was asked
	}
	switch {
	case p.State == report.PathAnswers:
		if len(t.Paths) == 1 || slices.ContainsFunc(t.Paths, func(q report.Path) bool { return q.Transport != report.TCP4500 && q.State == report.PathAnswers }) {
			return nil
		}
		f.ID, f.Severity, f.Evidence = "PATH-TCP-ONLY", report.SeverityHigh, pathEvidence(t.Paths)
		f.Title = "only " + p.Name() + " answers"
		f.Detail = "clients that speak IKE in TCP connect, such as libreswan with tcp-remoteport=4500 or enable-tcp=fallback; all others need UDP: " + clientsSee
		f.Fix = []string{"let " + udpNames(t) + " through every firewall between here and the gateway, in both directions; TCP is for networks that block UDP"}
	case p.Reason == report.ReasonCloses:
		f.Title = p.Name() + " is open, and closes after the stream prefix of RFC 9329"
		f.Detail = "libreswan does so on a kernel without espintcp, and a different service may; clients that fall back to TCP fail"
		f.Fix = []string{"run the gateway on a kernel with CONFIG_INET_ESPINTCP, or switch listen-tcp off"}
	case p.Reason == report.ReasonTLS:
		f.Title = p.Name() + " speaks TLS, not IKE"
		f.Detail = "a different service, such as an SSL VPN, has the port, so clients cannot fall back to IKE in TCP"
	case p.State == report.PathNotIKE:
		f.Title = "what answers on " + p.Name() + " is not IKE"
		f.Detail = p.Detail
	case p.State == report.PathOpen:
		f.Title = p.Name() + " is open, and does not answer"
		f.Detail = cmp.Or(p.Detail, "the TCP connection stays open, and nothing comes") + ": a different service, or a device before the gateway that accepts every connection"
	default:
		return nil
	}
	return []report.Finding{f}
}
