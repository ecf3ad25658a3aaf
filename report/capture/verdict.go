package capture

import (
	"fmt"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/ike/icmp"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

const (
	// largeMessage is the size from which IKE messages commonly become IP
	// fragments, in octets: the least MTU of IPv6.
	largeMessage = 1280
	// noAnswerTime is how long a capture has to go on after a request that was
	// sent once, so that it shows that no answer comes: longer than round trips
	// are, and about when initiators send it again.
	noAnswerTime = time.Second
	// atOnce is the time in which a side reacts to what it just got.
	atOnce = 2 * time.Second
	// someESP is how many packets in one direction show that none come back, if
	// they are spread over espTime: what opens a connection, or a ping, is sent
	// so often in that time, and a shorter burst may need no answer.
	someESP = 5
	espTime = 3 * time.Second
)

func fails(layer report.Layer, id, title, detail string, fix ...string) report.CapturedVerdict {
	return report.CapturedVerdict{Result: report.ResultFails, Layer: layer, ID: id, Title: title, Detail: detail, Fix: append([]string{}, fix...)}
}

func unknown(id, title, detail string, fix ...string) report.CapturedVerdict {
	return report.CapturedVerdict{Result: report.ResultUnknown, ID: id, Title: title, Detail: detail, Fix: append([]string{}, fix...)}
}

func works(id, title, detail string) report.CapturedVerdict {
	return report.CapturedVerdict{Result: report.ResultWorks, ID: id, Title: title, Detail: detail, Fix: []string{}}
}

// course is the way of an IKE SA of IKEv2 through its exchanges.
type course struct {
	*dialog.SA
	init *dialog.Exchange // the last attempt, nil if it was not captured
	// auth is IKE_INTERMEDIATE and IKE_AUTH, after the encrypted exchanges that
	// follow them.
	auth, after []*dialog.Exchange
	// foreign is an answer in IKEv1, nil if there is none.
	foreign *dialog.Exchange
	// asked and answered count the initiator's requests and their responses,
	// sealed those of its requests that are encrypted.
	asked, answered, sealed int
}

func courseOf(sa *dialog.SA) *course {
	c := &course{SA: sa}
	for _, x := range sa.Exchanges {
		if x.Version != sa.Version {
			c.foreign = x
			continue
		}
		if x.Request != nil && x.ByInitiator {
			c.asked++
			if x.Request.Encrypted() {
				c.sealed++
			}
		}
		if x.Response() != nil && x.ByInitiator {
			c.answered++
		}
		switch {
		case x.IsInit():
			if x.ByInitiator {
				c.init = x
			}
		case x.IsAuth(), x.Type == ike.IKE_INTERMEDIATE:
			c.auth = append(c.auth, x)
		case isEncrypted(x):
			c.after = append(c.after, x)
		}
	}
	return c
}

// isEncrypted reports whether a message of x is: anyone may send others.
func isEncrypted(x *dialog.Exchange) bool {
	return x.Request != nil && x.Request.Encrypted() || x.Response() != nil && x.Response().Encrypted()
}

// judgeCapture says how far an IKE SA came, and which layer that points to.
func judgeCapture(sa *dialog.SA) report.CapturedVerdict {
	if sa.Version == 1 {
		return judgeIKEv1(sa)
	}
	c := courseOf(sa)
	v := c.judge()
	if c.init == nil && len(c.auth) > 0 {
		v.Detail = joined(v.Detail, "IKE_SA_INIT is not in the capture")
	}
	return v
}

func (c *course) judge() report.CapturedVerdict {
	switch {
	case c.init == nil && len(c.auth) == 0 && c.foreign == nil:
		return c.judgeLate()
	case c.foreign != nil && c.answered == 0:
		return c.otherVersion()
	case c.flows() && c.answered == 0:
		return c.flowing()
	case c.asked == 0 && c.answered == 1 && len(c.after) == 0:
		return answerAlone()
	case c.asked == 0:
		return oneSided("initiator")
	case c.answered == 0 && (c.init != nil && c.sealed > 0 || c.sealed > 1):
		return oneSided("responder")
	case c.init == nil:
		return c.judgeAuth()
	case c.answered == 0:
		return c.noAnswer()
	case c.init.Response() == nil:
		return c.retryUnanswered()
	case !c.accepted():
		return c.notAccepted()
	case len(c.auth)+len(c.after) == 0:
		return c.notContinued()
	}
	return c.judgeAuth()
}

// accepted reports whether the last answer to the first exchange chooses a
// proposal, or resumes an IKE SA (RFC 5723, Section 4.3.2).
func (c *course) accepted() bool {
	m := c.init.Response()
	if c.init.Type == ike.IKE_SESSION_RESUME && m.Content != nil {
		_, ok := ike.Find[*ike.Nonce](m.Content)
		return ok
	}
	return chooses(m)
}

// chooses reports whether a response to IKE_SA_INIT has a proposal.
func chooses(m *dialog.Message) bool {
	if m == nil || m.Content == nil {
		return false
	}
	_, ok := ike.Find[*ike.SA](m.Content)
	return ok
}

func oneSided(who string) report.CapturedVerdict {
	return unknown(report.CapturedOneSided, "the "+who+"'s messages are not in the capture",
		"the other side goes on, so it received them: the capture sees only one direction",
		"capture both directions, on a host rather than on one of several paths")
}

// answerAlone is of a capture with a single answer, and without its request.
func answerAlone() report.CapturedVerdict {
	return unknown(report.CapturedOneSided, "the initiator's messages are not in the capture",
		"it contains an answer, but not its request", "capture both directions, from before the client connects")
}

// waited reports whether the capture shows that a request gets no answer: it was
// sent again, or the capture goes on.
func waited(sa *dialog.SA, m *dialog.Message) bool {
	return m.Sent > 1 || goesOn(sa, m.Last, noAnswerTime)
}

// goesOn reports whether the capture goes on for so long after a time.
func goesOn(sa *dialog.SA, at time.Time, long time.Duration) bool {
	return !at.IsZero() && sa.Until.Sub(at) >= long
}

// captureEnds is the verdict on an IKE SA whose next message may come after the
// end of the capture. What is the last message, and awaited what follows it.
func captureEnds(sa *dialog.SA, last *dialog.Message, what, awaited string) report.CapturedVerdict {
	detail := "it has no times, and nothing was retransmitted"
	if !last.Last.IsZero() {
		detail = fmt.Sprintf("it ends %s after %s", seconds(max(0, sa.Until.Sub(last.Last))), what)
	}
	return unknown("CAPTURE-ENDS", "the capture ends before it shows "+awaited, detail, "capture for longer")
}

// joined puts a further thing after a sentence.
func joined(text, more string) string {
	if text == "" {
		return more
	}
	return text + "; " + more
}

// judgeLate judges an IKE SA of which neither the beginning nor IKE_AUTH is in
// the capture.
func (c *course) judgeLate() report.CapturedVerdict {
	if v, ok := c.gone(); ok {
		return v
	}
	if c.flows() {
		v := c.flowing()
		v.Detail += "; the capture begins after the IKE SA did"
		return v
	}
	if c.Of != nil {
		return works("REKEYED", "most likely, this IKE SA comes from rekeying another one",
			"its first exchange has Message ID 0, and a CREATE_CHILD_SA between the same addresses and ports was answered before; all of this is encrypted")
	}
	return unknown("CAPTURE-BEGINS-LATE", "IKE_SA_INIT is not in the capture",
		"it began after the IKE SA did, or the IKE SA comes from rekeying another one; all of this is encrypted",
		"capture from before the client connects")
}

// addErrors adds what ICMP errors said to a verdict of no answer.
func addErrors(sa *dialog.SA, v report.CapturedVerdict) report.CapturedVerdict {
	if len(sa.Errors) == 0 {
		return v
	}
	v.ID, v.Title = "ICMP", strings.Replace(v.Title, "got no answer", "got an ICMP error instead of an answer", 1)
	return withError(sa.Errors[len(sa.Errors)-1], v)
}

// withError adds what an ICMP error said.
func withError(e dialog.ICMPError, v report.CapturedVerdict) report.CapturedVerdict {
	reporter := report.AddressText(e.Reporter)
	what := e.Destination.String()
	if e.Child {
		what = "packets with SPI " + fmt.Sprintf("%08x", e.SPI)
	}
	v.Detail = fmt.Sprintf("%s reports for %s: %v (packet %d); %s", reporter, what, e.Error, e.Packet, v.Detail)
	switch e.Error.Meaning() {
	case icmp.PortUnreachable:
		v.Fix = append([]string{"start the IKE service of the responder, and check that it listens on this address"}, v.Fix...)
	case icmp.AdminProhibited:
		v.Fix = append([]string{"let UDP 500 and 4500, and ESP, through the filter at " + reporter}, v.Fix...)
	case icmp.TooBig:
		v.Fix = append([]string{"check the MTU at " + reporter}, v.Fix...)
	}
	return v
}

// tries says how often a request was sent.
func tries(m *dialog.Message) string {
	if m.Sent < 2 || m.First.IsZero() {
		return english.Counted(int64(m.Sent), "try", "tries")
	}
	return fmt.Sprintf("%d tries in %s", m.Sent, seconds(m.Last.Sub(m.First)))
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

func clock(t time.Time) string {
	if t.IsZero() {
		return "the time of the packet"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}
