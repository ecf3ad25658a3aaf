package network

import (
	"slices"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// enableFragmentation is how gateways and clients come to fragment in IKE.
const enableFragmentation = "enable IKE fragmentation (RFC 7383) on both sides: fragmentation = yes in swanctl.conf, fragmentation=yes in ipsec.conf, set fragmentation in iked.conf, EnableServerFragmentation in the registry of Windows RRAS"

// answerFindings are of answers that are larger than a packet.
func answerFindings(t *report.Target) []report.Finding {
	f := t.Fragmentation
	if f == nil || f.LargeAnswer != report.AnswerNo {
		return nil
	}
	out := report.Finding{
		ID: "PATH-LARGE-ANSWER", Severity: report.SeverityMedium,
		Title: "large answers from the gateway do not arrive",
		Detail: "the gateway took the next request, so it had answered the one before with its certificates, and that answer never came: something on the way to us drops IP fragments. " +
			"Clients without IKE fragmentation get no further than the first exchange: Windows before 10 1803 shows error 809",
		Evidence: f.Evidence,
		Fix: []string{
			enableFragmentation,
			"let IP fragments through the firewalls between the gateway and here",
		},
		Refs: []string{"RFC 7383"},
	}
	switch {
	case f.Works == report.AnswerYes:
		out.Detail += ". With IKE fragmentation the answer arrives"
	case !f.Supported || f.Works == report.AnswerNo:
		out.Severity = report.SeverityHigh
	}
	return []report.Finding{out}
}

// unusual says of what responders have to pass over what it is, and where that is said.
var unusual = map[report.Unusual]struct{ request, ref string }{
	report.UnusualVendorID:     {"an unknown Vendor ID", "RFC 7296, Section 3.12"},
	report.UnusualNotify:       {"an unknown status notify", "RFC 7296, Section 3.10.1"},
	report.UnusualPayload:      {"an unknown payload", "RFC 7296, Section 2.5"},
	report.UnusualMinorVersion: {"a higher minor version", "RFC 7296, Section 2.5"},
	report.UnusualAdditionalKE: {"a further proposal of ML-KEM", "RFC 7296, Section 3.3.6"},
}

// interferenceFindings are of what is done to IKE on the way.
func interferenceFindings(t *report.Target) []report.Finding {
	var out []report.Finding
	seen := map[report.InterferenceKind]int{}
	for _, i := range t.Interference {
		if at, ok := seen[i.Kind]; ok {
			out[at].Evidence = append(out[at].Evidence, i.Evidence...)
			continue
		}
		f := report.Finding{Severity: report.SeverityMedium, Evidence: append([]int{}, i.Evidence...)}
		switch i.Kind {
		case report.DropsUnusual:
			f.ID = "PATH-UNUSUAL"
			var dropped, refs []string
			for _, j := range t.Interference {
				if words := unusual[j.Unusual]; j.Kind == i.Kind && words.request != "" {
					dropped, refs = append(dropped, words.request), append(refs, words.ref)
				}
			}
			f.Title = "requests with " + english.List(lists.Distinct(dropped), "or") + " are not answered"
			f.Detail = "the same request without it is: a firewall that inspects IKE, or the gateway, drops what it does not know, although RFC 7296 says to ignore it. Clients that send it fail: " + clientsSee
			if slices.Contains(dropped, unusual[report.UnusualVendorID].request) {
				f.Detail += ". How large a packet gets through could not be tested"
			}
			f.Fix = []string{"disable the inspection of IKE on the firewalls between here and the gateway, or update the gateway"}
			f.Refs = lists.Distinct(refs)
		case report.DropsLarge:
			f.ID = "PATH-LARGE"
			f.Title = "larger requests are not answered, though every link carries them"
			f.Detail = "a packet of 576 octets over IPv4, or 1,280 over IPv6, is not answered, and a shorter one with the same contents is: it is not the MTU of a link, but a firewall that inspects IKE, or the gateway. Clients with long offers fail: " + clientsSee
			f.Fix = []string{"disable the inspection of IKE on the firewalls between here and the gateway, or raise its limit of size"}
			f.Refs = []string{"RFC 7296, Section 2", "RFC 8200, Section 5"}
		case report.RewritesSPI:
			f.ID = "PATH-SPI"
			f.Severity = report.SeverityHigh
			f.Title = "answers have another initiator SPI than the requests"
			f.Detail = "no client takes such an answer: a device that rewrites SPIs, as some IPsec passthrough does to tell clients behind one address apart, or a gateway that answers wrongly; " + clientsSee
			f.Fix = []string{"disable IPsec passthrough (ALG) on the router in front of you, and on those in front of the gateway"}
			f.Refs = []string{"RFC 7296, Section 3.1"}
		case report.LimitsRate:
			f.ID = "PATH-RATE"
			f.Severity = report.SeverityLow
			f.Title = "requests in quick succession are lost, slower ones are not"
			f.Detail = "twice, a burst of 10 lost 4 or more, and in between, 6 sent half a second apart lost none; random loss does that on fewer than 2 of 100 paths: a rate limit on the way, or of the gateway. Many clients behind one address, or after a failure, connect slowly"
			f.Fix = []string{"raise the limit for " + udpNames(t) + " on the firewalls in front of the gateway, or in its control-plane policing", "scan more slowly: --rate 2"}
		default:
			continue
		}
		seen[i.Kind] = len(out)
		out = append(out, f)
	}
	return out
}
