package incident

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
)

// steps say what a line shows of how far an attempt came, the first that matches. The
// words of a line are filled in for $1 and $2.
var steps = []struct {
	line *lazyregexp.Regexp
	said string
}{
	{lazyregexp.New(`\bgenerating (IKE_SA_INIT|IKE_AUTH|IKE_INTERMEDIATE|CREATE_CHILD_SA|ID_PROT|AGGRESSIVE|QUICK_MODE|TRANSACTION) (request|response)\b`), "this side's $1 $2"},
	{lazyregexp.New(`\bparsed (IKE_SA_INIT|IKE_AUTH|IKE_INTERMEDIATE|CREATE_CHILD_SA|ID_PROT|AGGRESSIVE|QUICK_MODE|TRANSACTION) (request|response)\b`), "the other side's $1 $2, which arrived"},
	{lazyregexp.New(`\bsent (IKE_SA_INIT|IKE_AUTH|IKE_INTERMEDIATE|CREATE_CHILD_SA) (request|response)\b`), "this side's $1 $2"},
	{lazyregexp.New(`\bprocessed (IKE_SA_INIT|IKE_INTERMEDIATE) (response)\b.*\binitiating IKE_AUTH\b`), "the other side's $1 $2, which arrived, so that IKE_AUTH is begun"},
	{lazyregexp.New(`\binitiator processed (IKE_INTERMEDIATE), initiating IKE_AUTH\b`), "the other side's $1 response, which arrived, so that IKE_AUTH is begun"},
	{lazyregexp.New(`\bprocess(?:ed|ing)(?: decrypted)? (IKE_SA_INIT|IKE_AUTH|IKE_INTERMEDIATE|CREATE_CHILD_SA) (request|response)\b`), "the other side's $1 $2, which arrived"},
	{lazyregexp.New(`\bauthentication of '([^']{1,120})' with .{1,60} successful\b`), "the authentication of the other side, $1, which succeeded"},
	{lazyregexp.New(`\bassigning virtual IP (\S{1,45}) to peer\b`), "the address $1, which was assigned to the client"},
	{lazyregexp.New(`\bsending DHCP (DISCOVER|REQUEST)\b`), "the DHCP $1 that this side sent for the client's address"},
	{lazyregexp.New(`\breceived DHCP (OFFER|ACK) (?:for )?(\S{1,45})`), "the DHCP $1 of the client's address, $2"},
}

// lastShown says which step of the attempt its lines show last, "" if none that is known.
func (a *Attempt) lastShown() string {
	for i := len(a.Events) - 1; i >= 0; i-- {
		e := &a.Events[i]
		if e.Kind == event.IKEUp || e.Kind == event.Up || e.Kind == event.Deleted {
			return "" // which the heading tells, or which came after any step
		}
		for _, s := range steps {
			if m := s.line.FindStringSubmatch(e.Text); m != nil {
				said := s.said
				for n, word := range m[1:] {
					said = strings.ReplaceAll(said, fmt.Sprintf("$%d", n+1), word)
				}
				return fmt.Sprintf("the last step shown is %s (line %d)", said, e.Line)
			}
		}
	}
	return ""
}

// asks and answers are lines that only one side has: the initiator alone sends the first
// message of phase 1 again, as a request, or IKE_AUTH, and the responder alone answers
// IKE_AUTH, or compares an offer with what it accepts.
var (
	asks    = lazyregexp.New(`(?i)\bretransmit \d{1,3} of request message ID 0, seq 1\b|\binitiated by me\b|^sending IKE_(?:SA_)?AUTH \(\d|^bringing up tunnel|\bSTATE_(?:MAIN_I1|AGGR_I1|PARENT_I1|V2_PARENT_I1)\b|\bfailed to receive IKE SA init packet\b`)
	answers = lazyregexp.New(`(?i)\bresponding to (?:IKE_)?AUTH message\b|\binitiated by peer\b|\bNegotiate SA Error: (?:.*: )?peer SA proposal not match local policy`)
)

// byWords returns whose log it is by lines that only one side has, "" if there is none,
// or there are some of both.
func (a *Attempt) byWords() event.Side {
	asked, answered := a.Product == "SWu-IKEv2" || a.Product == "macOS", false // which only begin
	for i := range a.Events {
		e := &a.Events[i]
		asked = asked || asks.MatchString(e.Text) || strings.HasPrefix(e.Cause, "vpnc-") || e.Cause == "status-unanswered"
		answered = answered || answers.MatchString(e.Text)
	}
	switch {
	case asked && !answered:
		return event.Initiator
	case answered && !asked:
		return event.Responder
	}
	return ""
}
