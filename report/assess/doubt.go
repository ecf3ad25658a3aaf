package assess

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess/network"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// doubtFindings say why a report is not to be relied on.
func doubtFindings(t *report.Target) []report.Finding {
	var out []report.Finding
	for _, d := range t.Doubts {
		f := report.Finding{
			ID: "SCAN-" + strings.ToUpper(strings.ReplaceAll(string(d.Kind), "_", "-")), Severity: report.SeverityMedium,
			Title: d.Kind.Words(), Evidence: d.Evidence,
		}
		switch d.Kind {
		case report.DoubtContradiction:
			if d.Suite != "" {
				f.Title = "the same suite was accepted and refused: " + d.Suite
			}
			f.Detail = "several gateways with different policies share the address, the policy changed during the scan, or answers are forged"
			f.Fix = []string{"give every member of a cluster the same IKE proposals, and scan again"}
		case report.DoubtSeveral:
			f.Severity = report.SeverityHigh
			f.Detail = "one refused weak suites that another accepted"
			if d.Suite != "" {
				f.Detail += ", such as " + d.Suite
			}
			f.Fix = []string{"give every member of the cluster the same IKE proposals", "scan each member at its own address"}
		case report.DoubtUnredeemed:
			f.Detail = "it answered offers with INVALID_KE_PAYLOAD and never accepted one, whichever KE payload was sent, so it is not known which suites it accepts"
			f.Fix = []string{"read the gateway's log: it shows why it refused the offers"}
			f.Refs = []string{"RFC 7296, Section 1.3"}
		case report.DoubtUnread:
			f.Detail = "it accepted transforms with unassigned numbers, so what it accepts says little about what it supports"
			f.Refs = []string{"RFC 7296, Section 3.3.6"}
		case report.DoubtUnexamined:
			f.Severity = report.SeverityLow
			f.Detail = "it is not known whether the gateway reads all of a long offer"
		case report.DoubtRedirected:
			f.Detail = "it is not known which suites it would accept"
			f.Fix = []string{"scan the gateway that it redirects to"}
			f.Refs = []string{"RFC 5685"}
		case report.DoubtMalformed:
			f.Detail = strings.Join(network.Details(t.Paths), "; ")
			f.Refs = []string{"RFC 7296, Section 3"}
		case report.DoubtForged:
			f.Detail = "somebody else answers requests to the gateway, or the gateway answers twice"
		case report.DoubtUnnamed:
			f.Detail = "the only evidence that suites with one are accepted is INVALID_KE_PAYLOAD, which gateways that ignore such transforms also send"
			f.Refs = []string{"RFC 9370, Section 2.2.1"}
		case report.DoubtDeaf:
			f.Detail = "clients whose KE payload uses that method get no answer"
			f.Fix = []string{"use another key exchange method for them"}
		case report.DoubtWhole:
			f.Detail = "so which suites it accepts cannot be asked one by one"
			if d.Suite != "" {
				f.Detail = "it chose " + d.Suite + ", and refused that alone: " + f.Detail
			}
			f.Fix = []string{"compare the clients that are to connect: ikescope compare --live"}
		case report.DoubtMember:
			f.Detail = "its own answers do not decide all suites, or they refuse all of them, which something on the way may do"
			if len(t.Members) == 0 {
				f.Detail = "it is not known which of them refused a suite: their refusals look alike"
			} else if t.Members[0].ErrorSPI == "" {
				f.Detail = "their refusals look alike: only accepted answers show, by their vendor IDs, which of them answered"
			}
			f.Fix = []string{"scan each member at its own address"}
		}
		out = append(out, f)
	}
	for _, h := range t.Habits {
		f := report.Finding{Severity: report.SeverityLow, Evidence: h.Evidence}
		switch h.Kind {
		case report.HabitTransforms:
			f.ID = "GATEWAY-READS-TRANSFORMS"
			f.Title = "the gateway reads only " + english.Counted(int64(h.Count), "transform", "transforms") + " of each type in a proposal"
			f.Detail = "it refuses clients that offer what it accepts further down; the scan kept within that limit"
		case report.HabitProposals:
			f.ID = "GATEWAY-READS-PROPOSALS"
			f.Title = "the gateway reads only " + english.Counted(int64(h.Count), "proposal", "proposals") + " of an offer"
			f.Detail = "it refuses clients that offer what it accepts further down; the scan kept within that limit"
		case report.HabitIgnoresTypes:
			f.ID = "GATEWAY-IGNORES-TYPES"
			f.Title = "the gateway ignores transform types that it does not know"
			f.Detail = "it must refuse such proposals; a client that offers additional key exchanges gets an IKE SA without them"
			f.Fix = []string{"update the gateway: strongSwan fixed this in 5.6.3"}
			f.Refs = []string{"RFC 7296, Section 3.3.6"}
		case report.HabitRejectsTypes:
			f.ID = "GATEWAY-REJECTS-TYPES"
			f.Title = "the gateway rejects offers with transform types that it does not know"
			f.Detail = "it must refuse only such proposals; clients that also offer proposals with additional key exchanges get no IKE SA"
			f.Fix = []string{"update the gateway"}
			f.Refs = []string{"RFC 7296, Section 3.3.6"}
		case report.HabitNoAdditional:
			f.ID, f.Severity = "GATEWAY-NO-ADDITIONAL", report.SeverityInfo
			f.Title = "the gateway does not support additional key exchanges"
			f.Detail = "it does not refuse them as it should, so all suites with them count as refused, on the evidence of one exchange"
			f.Refs = []string{"RFC 9370"}
		case report.HabitIgnoresKeyLength:
			f.ID = "GATEWAY-IGNORES-KEY-LENGTH"
			f.Title = "the gateway accepts key lengths that a cipher does not have"
			f.Detail = "such as AES with " + strconv.Itoa(136) + " bits"
			f.Refs = []string{"RFC 7296, Section 3.3.5"}
		case report.HabitSeveralPrograms:
			f.ID, f.Severity = "GATEWAY-SEVERAL", report.SeverityInfo
			f.Title = "several gateways answer at this address"
			f.Detail = "their answers differ again and again"
			if words := lists.Convert(h.Signs, report.Sign.Words); len(words) > 0 {
				f.Detail += " in " + english.List(words, "and")
			}
			if slices.Equal(h.Signs, []report.Sign{report.SignSPIs}) {
				f.Title = "several gateways, or parts of one, answer at this address"
			}
			f.Detail += "; as far as the scan asked, they accept the same suites"
		default:
			handshakeFinding(&f, h)
		}
		out = append(out, f)
	}
	return out
}
