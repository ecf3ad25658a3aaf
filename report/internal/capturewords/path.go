package capturewords

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// Path says what went over a path.
func Path(path report.CapturedPath) string {
	text := fmt.Sprintf("%s > %s: %d sent, %d received", &path.Initiator, &path.Responder, path.Sent, path.Received)
	if path.TCP {
		text = "TCP " + text
	}
	if path.Keepalives > 0 {
		text += ", " + english.Counted(int64(path.Keepalives), "NAT keepalive", "NAT keepalives")
	}
	return text
}

// Between says what is known of NAT between the two, and what else went over the paths.
func Between(sa *report.CapturedSA) []string {
	var out []string
	if n := sa.NAT; n != nil {
		said := slices.Concat(behind("initiator", n.InitiatorBehindNAT), behind("responder", n.ResponderBehindNAT))
		silent, heard := "initiator", "responder"
		if n.InitiatorSupports {
			silent, heard = heard, silent
		}
		if len(said) == 0 {
			said = []string{"no NAT between the " + heard + " and the capture point"}
		}
		out = append(out, strings.Join(said, ", "))
		if n.InitiatorSupports != n.ResponderSupports {
			text := "there is no NAT detection of the " + silent
			_, received := sa.Datagrams()
			switch {
			case sa.Verdict.ID == report.CapturedOneSided, isCut(sa):
				text = "the NAT detection of the " + silent + " is not in the capture"
			case silent == "responder" && received == 0:
				text = "no answer came"
			}
			out = append(out, text+": a NAT beyond the capture point cannot be seen")
		}
	} else if sa.Version == 2 && sa.Rekeys == 0 && hasInit(sa) {
		out = append(out, "no NAT detection: a NAT on the way cannot be detected")
	}
	if sa.ESPSent+sa.ESPReceived > 0 {
		out = append(out, fmt.Sprintf("ESP: %s from the initiator, %d to it", english.Counted(int64(sa.ESPSent), "packet", "packets"), sa.ESPReceived))
	}
	if sa.AHSent+sa.AHReceived > 0 {
		out = append(out, fmt.Sprintf("AH: %s from the initiator, %d to it", english.Counted(int64(sa.AHSent), "packet", "packets"), sa.AHReceived))
	}
	return out
}

// hasInit reports whether both messages of an IKE_SA_INIT are there, so that
// what they lack is not in them.
func hasInit(sa *report.CapturedSA) bool {
	return !isCut(sa) && slices.ContainsFunc(sa.Exchanges, func(x report.CapturedExchange) bool {
		return x.Type == "IKE_SA_INIT" && x.Request != nil
	})
}

// isCut reports whether a first message is not all in the capture.
func isCut(sa *report.CapturedSA) bool {
	return slices.ContainsFunc(sa.Exchanges, func(x report.CapturedExchange) bool {
		return x.Type == "IKE_SA_INIT" && (x.Request == nil || x.Request.MissingOctets > 0 ||
			slices.ContainsFunc(x.Responses, func(m report.CapturedMessage) bool { return m.MissingOctets > 0 }))
	})
}

// behind says whether a side is behind NAT, if that is known.
func behind(who string, behind *bool) []string {
	switch {
	case behind == nil:
		return nil
	case *behind:
		return []string{who + " behind NAT, or pretends to be"}
	}
	return []string{who + " not behind NAT"}
}
