package capture

import (
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// gone judges an IKE SA that worked, and whose last request was sent again and
// again without an answer.
func (c *course) gone() (report.CapturedVerdict, bool) {
	if len(c.after) == 0 {
		return report.CapturedVerdict{}, false
	}
	x := c.after[len(c.after)-1]
	silent, other := "responder", "initiator"
	if !x.ByInitiator {
		silent, other = other, silent
	}
	if n, ok := unprotectedError(x.Response()); ok && n.Notification == ike.INVALID_IKE_SPI {
		return unknown("INVALID_IKE_SPI", "the "+silent+" no longer has the IKE SA",
			fmt.Sprintf("its answer to %v is not encrypted, so anyone may have sent it; a side that restarted or deleted the IKE SA answers like this", x.Type),
			"read the "+silent+"'s log before "+clock(x.Response().First)), true
	}
	if x.Request == nil || x.Response() != nil || x.Request.Sent < 2 || !slices.ContainsFunc(c.Exchanges, heardBy(x)) {
		return report.CapturedVerdict{}, false
	}
	return fails(report.LayerNetwork, "PEER-GONE", "the "+silent+" no longer answers",
		fmt.Sprintf("%s of %v %d, after %s; it is down or has lost the IKE SA, or the path is closed, for example by a NAT or a firewall that drops idle mappings",
			tries(x.Request), x.Type, x.MessageID, english.Counted(int64(answeredBefore(c.Exchanges)), "exchange", "exchanges")),
		"capture at the "+silent+": does the request arrive there, and is it answered?",
		"read the "+silent+"'s log at "+clock(x.Request.First),
		"if this happens after a pause, let the "+other+" send NAT keepalives or dead peer detection more often"), true
}

// heardBy returns whether an exchange holds anything of who is to answer x.
func heardBy(x *dialog.Exchange) func(*dialog.Exchange) bool {
	return func(y *dialog.Exchange) bool {
		if y.ByInitiator == x.ByInitiator {
			return y.Response() != nil
		}
		return y.Request != nil
	}
}

func answeredBefore(exchanges []*dialog.Exchange) int {
	n := 0
	for _, x := range exchanges {
		if isAnswered(x) {
			n++
		}
	}
	return n
}

// judgeAfter: IKE_AUTH was answered, and what counts is what follows.
func (c *course) judgeAfter() report.CapturedVerdict {
	answer := c.auth[len(c.auth)-1].Response()
	said := fmt.Sprintf("the answer to IKE_AUTH, of %d octets, has room for the responder's identity and AUTH", answer.Octets)
	switch {
	case inPart(answer):
		said = "only a part of the answer to IKE_AUTH is in the capture"
	case !sizesOf(chosenBy(c.SA)).child(answer) && answer.Fragments == 0 && len(c.auth) == 1:
		said += ", but not for a Child SA"
	}
	if len(c.after) == 0 {
		detail := said + "; whether the initiator accepted it, and whether a Child SA was made, is encrypted"
		if !answer.Last.IsZero() && !goesOn(c.SA, answer.Last, atOnce) {
			detail += fmt.Sprintf("; the capture ends %s later", seconds(max(0, c.Until.Sub(answer.Last))))
		}
		return unknown("AUTH-ANSWERED", "IKE_AUTH was answered, and nothing follows", detail,
			"read either side's log at "+clock(answer.First), "also capture ESP: IP protocol 50, and UDP 4500")
	}
	if c.endsAtOnce() {
		return c.endedAtOnce(said)
	}
	return works("GOES-ON", "authenticated: exchanges follow IKE_AUTH",
		said+fmt.Sprintf("; %s; no ESP of it is in the capture", english.Counted(int64(len(c.after)), "exchange follows", "exchanges follow")))
}

// endsAtOnce reports whether what follows authentication are INFORMATIONALs of
// one side, all of them at once: a Delete of each SA, or a notify.
func (c *course) endsAtOnce() bool {
	answer := c.auth[len(c.auth)-1].Response()
	for _, x := range c.after {
		if x.Type != ike.INFORMATIONAL || x.ByInitiator != c.after[0].ByInitiator || x.Request == nil ||
			x.Request.First.Sub(answer.Last) >= atOnce {
			return false
		}
	}
	return len(c.after) > 0
}

// endedAtOnce: INFORMATIONALs right after authentication are the last exchanges.
func (c *course) endedAtOnce(said string) report.CapturedVerdict {
	x := c.after[0]
	who, reason := "responder", "the initiator's identity or what it asks for"
	if x.ByInitiator {
		who, reason = "initiator", "the responder's certificate, identity or Child SA"
	}
	requests := fmt.Sprintf("an INFORMATIONAL request of the %s, of %d octets, follows", who, x.Request.Octets)
	if n := len(c.after); n > 1 {
		requests = fmt.Sprintf("%d INFORMATIONAL requests of the %s follow", n, who)
	}
	return unknown("ENDED-AT-ONCE", "most likely, the "+who+" ends the IKE SA, or objects, right after IKE_AUTH",
		fmt.Sprintf("%s; %s within %s, and nothing after that: a Delete, or a notification; the sender does not accept %s, or was told to disconnect",
			said, requests, seconds(atOnce), reason),
		"read the "+who+"'s log at "+clock(x.Request.First))
}

// rekeyRefused: the last CREATE_CHILD_SA was answered with a notify only.
func (c *course) rekeyRefused() (report.CapturedVerdict, bool) {
	for _, x := range slices.Backward(c.after) {
		if x.Type != ike.CREATE_CHILD_SA || x.Response() == nil {
			continue
		}
		if !isSmall(x.Response(), sealedNotify) || inPart(x.Response()) {
			break
		}
		by := "responder"
		if !x.ByInitiator {
			by = "initiator"
		}
		return fails(report.LayerChild, "CREATE-CHILD-REFUSED", "the "+by+" refuses CREATE_CHILD_SA, which rekeys or adds SAs",
			fmt.Sprintf("the answer is encrypted, and its %d octets have room only for a notification: NO_PROPOSAL_CHOSEN, INVALID_KE_PAYLOAD or TS_UNACCEPTABLE, for example if only one side wants a key exchange for Child SAs (PFS), TEMPORARY_FAILURE or NO_ADDITIONAL_SAS; an SA that is not rekeyed ends with its lifetime", x.Response().Octets),
			"read the "+by+"'s log at "+clock(x.Response().First)+": only that shows the reason",
			"compare the key exchange methods (PFS) of the ESP proposals of both sides"), true
	}
	return report.CapturedVerdict{}, false
}
