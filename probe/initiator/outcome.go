package initiator

import (
	"fmt"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// Outcome is how an exchange ended.
type Outcome uint8

const (
	NotTried         Outcome = iota // nothing was sent
	NoAnswer                        // every try was met with silence
	Accepted                        // the gateway chose a suite
	InvalidKEPayload                // a suite is acceptable; Group is its method
	NoProposalChosen                // no suite of the offer is acceptable
	CookieLoop                      // a second COOKIE for an answer that held the first
	OtherError                      // another error, or REDIRECT; Notify says which
	Malformed                       // an answer with our SPI that breaks RFC 7296
	Echo                            // our own octets came back
	NotIKE                          // the answers are not IKEv2
	Unreachable                     // an ICMP error, or no TCP connection, see Detail
)

var outcomes = [...]string{
	NotTried:         "not_tried",
	NoAnswer:         "no_answer",
	Accepted:         "accepted",
	InvalidKEPayload: "invalid_ke_payload",
	NoProposalChosen: "no_proposal_chosen",
	CookieLoop:       "cookie_loop",
	OtherError:       "other_error",
	Malformed:        "malformed",
	Echo:             "echo",
	NotIKE:           "not_ike",
	Unreachable:      "unreachable",
}

// String returns the outcome as the JSON document writes it.
func (o Outcome) String() string {
	if int(o) < len(outcomes) {
		return outcomes[o]
	}
	return fmt.Sprintf("Outcome(%d)", uint8(o))
}

// IsIKEv2 reports whether only an IKEv2 responder answers so.
func (o Outcome) IsIKEv2() bool {
	switch o {
	case Accepted, InvalidKEPayload, NoProposalChosen, CookieLoop, OtherError:
		return true
	}
	return false
}

// Exchange is one request with its retries and its answer.
type Exchange struct {
	ID        int // from 1; also the last two octets of the request's initiator SPI
	Transport Transport
	Type      ike.ExchangeType
	// Flow is the number of our port that it went out from.
	Flow int
	// Offer is empty for exchanges other than IKE_SA_INIT.
	Offer []proposals.Product
	KE    ike.KeyExchangeMethod // of our KE payload
	// Outcome, with Detail in words where it needs some (printable).
	Outcome Outcome
	Detail  string
	// Notify is the type of the notify that decides the outcome: an error, or
	// REDIRECT; 0 if none does.
	Notify ike.NotifyType
	Group  ike.KeyExchangeMethod // of INVALID_KE_PAYLOAD
	Suite  *proposals.Suite      // of an accepted answer
	// Tries counts requests sent; Cookie: one was asked for.
	Tries  int
	Cookie bool
	Sent   time.Time
	RTT    time.Duration // from the try that was answered; 0 without one
	// HopLimit is that of the answer as it arrived, its TTL; 0 without one, and where the
	// system does not say.
	HopLimit int
}

// Taken reports whether the gateway accepts a suite of what x offered. An
// INVALID_KE_PAYLOAD that names what was not offered, or the method of our KE
// payload, says nothing.
func (x Exchange) Taken() bool {
	switch x.Outcome {
	case Accepted:
		return x.Suite != nil && slices.ContainsFunc(x.Offer, func(p proposals.Product) bool { return p.Contains(*x.Suite) })
	case InvalidKEPayload:
		return x.Group != x.KE && proposals.HasKeyExchange(x.Offer, x.Group)
	}
	return false
}

// Cost is what the exchanges of a Conn took.
type Cost struct {
	Exchanges                        int // of which at least one try was sent
	DatagramsSent, DatagramsReceived int
	BytesSent, BytesReceived         int64 // UDP payload octets
	Retransmits                      int   // datagrams that were sent again
	Cookies                          int   // exchanges in which a cookie was asked for
}

// Plus returns the sum of two costs.
func (c Cost) Plus(d Cost) Cost {
	c.Exchanges += d.Exchanges
	c.DatagramsSent += d.DatagramsSent
	c.DatagramsReceived += d.DatagramsReceived
	c.BytesSent += d.BytesSent
	c.BytesReceived += d.BytesReceived
	c.Retransmits += d.Retransmits
	c.Cookies += d.Cookies
	return c
}
