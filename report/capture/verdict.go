package capture

import (
	"fmt"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/ike/icmp"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/english"
)

const (
	// largeMessage is the size from which IKE messages commonly become IP
	// fragments, in octets: the least MTU of IPv6.
	largeMessage = 1280
	// sealedNotify is the most that an Encrypted payload with a single notify
	// has: an IV of 16 octets, 16 of ciphertext and 32 of ICV. The least that a
	// responder needs to authenticate itself, IDr and AUTH, is more, and so is
	// an SA payload with a nonce.
	sealedNotify = 64
	// sealedChild is less than what ends EAP in success has: an IV of 8 octets,
	// an AUTH payload of 24, an SA payload of 36, two traffic selectors of 24
	// each, and 12 of ICV.
	sealedChild = 127
	// atOnce is the time in which a side reacts to what it just got.
	atOnce = 2 * time.Second
	// someESP is how many packets in one direction tell that none come back.
	someESP = 5
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

// course is the way of an IKE SA through its exchanges.
type course struct {
	*dialog.SA
	init *dialog.Exchange // the last attempt, nil if IKE_SA_INIT was not captured
	// auth is IKE_INTERMEDIATE and IKE_AUTH, after the encrypted exchanges that
	// follow them.
	auth, after []*dialog.Exchange
	// asked and answered count the initiator's requests and their responses.
	asked, answered int
}

func courseOf(sa *dialog.SA) *course {
	c := &course{SA: sa}
	for _, x := range sa.Exchanges {
		if x.Request != nil && x.ByInitiator {
			c.asked++
		}
		if x.Response() != nil && x.ByInitiator {
			c.answered++
		}
		switch {
		case x.Type == ike.IKE_SA_INIT:
			if x.ByInitiator {
				c.init = x
			}
		case x.Type == ike.IKE_AUTH, x.Type == ike.IKE_INTERMEDIATE:
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
	switch {
	case c.init == nil:
		return c.judgeLate()
	case c.asked == 0:
		return oneSided("initiator")
	case c.answered == 0 && len(c.auth)+len(c.after) > 0:
		return oneSided("responder")
	case c.answered == 0:
		return c.noAnswer()
	case c.init.Response() == nil:
		return c.retryUnanswered()
	}
	if !chooses(c.init.Response()) {
		return c.notAccepted()
	}
	if len(c.auth)+len(c.after) == 0 {
		return c.notContinued()
	}
	return c.judgeAuth()
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
		"the other side goes on, so that it got them: the capture sees one direction only",
		"capture both directions, on a host rather than on one of several paths")
}

// judgeLate judges an IKE SA whose beginning is not in the capture.
func (c *course) judgeLate() report.CapturedVerdict {
	if v, ok := c.gone(); ok {
		return v
	}
	if c.Of != nil {
		return works("REKEYED", "this IKE SA came of rekeying another one, most likely",
			"its first exchange has Message ID 0, and a CREATE_CHILD_SA between the same addresses and ports was answered before; all of this is encrypted")
	}
	return unknown("CAPTURE-BEGINS-LATE", "IKE_SA_INIT is not in the capture",
		"it began after the IKE SA did, or the IKE SA came of rekeying another one; all of this is encrypted",
		"capture from before the client connects")
}

// addErrors adds what ICMP errors said to a verdict of no answer.
func addErrors(sa *dialog.SA, v report.CapturedVerdict) report.CapturedVerdict {
	if len(sa.Errors) == 0 {
		return v
	}
	e := sa.Errors[len(sa.Errors)-1]
	reporter := report.AddressText(e.Reporter)
	v.ID = "ICMP"
	v.Detail = fmt.Sprintf("%s says of %v: %v (packet %d); %s", reporter, e.Destination, e.Error, e.Packet, v.Detail)
	switch e.Error.Meaning() {
	case icmp.PortUnreachable:
		v.Fix = append([]string{"start the IKE service of the responder, and check that it listens on this address"}, v.Fix...)
	case icmp.AdminProhibited:
		v.Fix = append([]string{"let UDP 500 and 4500 through the filter at " + reporter}, v.Fix...)
	case icmp.TooBig:
		v.Fix = append([]string{"mind the MTU at " + reporter}, v.Fix...)
	}
	return v
}

// tries tells how often a request was sent.
func tries(m *dialog.Message) string {
	if m.Sent < 2 || m.First.IsZero() {
		return english.Counted(int64(m.Sent), "try", "tries")
	}
	return fmt.Sprintf("%d tries in %s", m.Sent, seconds(m.Last.Sub(m.First)))
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// fragmentsLost is the verdict of a message whose IP fragments did not all
// reach the place of the capture.
func fragmentsLost(m *dialog.Message, name string, v report.CapturedVerdict) report.CapturedVerdict {
	v.ID = "IP-FRAGMENTS-LOST"
	v.Title = name + " came without all of its IP fragments"
	v.Detail = fmt.Sprintf("of %s octets %s are missing; something before the place of the capture drops IP fragments, and then the responder cannot answer, or the capture's filter leaves them out",
		english.Grouped(int64(m.Octets)), english.Grouped(int64(m.Missing)))
	v.Fix = []string{
		"enable IKE fragmentation (RFC 7383) on both sides",
		"let IP fragments through every firewall on the way",
		"capture with a filter that keeps fragments, such as 'udp port 500 or udp port 4500 or ip[6:2] & 0x1fff != 0'",
	}
	return v
}

func clock(t time.Time) string {
	if t.IsZero() {
		return "the time of the packet"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}
