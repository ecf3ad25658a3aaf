package evidence

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
)

// Traits are what an answer to IKE_SA_INIT shows, beside its Look, of who gave it.
type Traits struct {
	// Question is what may decide what else stands in an accepted answer: the transport,
	// what stood in the request beside the offer, and the suite that was chosen. Asked
	// is the same without the suite. Both are empty for other answers.
	Question, Asked string
	// Notifies are the status notifies of an accepted answer, whether it asks for a
	// certificate, and which hash algorithms it announces.
	Notifies string
	// SPI is the responder's.
	SPI ike.SPI
	// NAT are the hashes of an accepted answer; nil where it has none. Direct: one of
	// them is of the address that we asked.
	NAT    *ike.NATDetection
	Direct bool
	// Ended is when the answer had come.
	Ended time.Time
}

// TraitsOf returns the traits of an answer that came from an address until now; nil if
// it has none.
func TraitsOf(a initiator.Answer, from netip.AddrPort, now time.Time) *Traits {
	if a.Message == nil || a.Type != ike.IKE_SA_INIT || !a.Outcome.IsIKEv2() {
		return nil
	}
	t := &Traits{SPI: a.Message.SPIr, Ended: now}
	if a.Outcome != initiator.Accepted {
		return t
	}
	t.Asked = fmt.Sprint(a.Transport, besideOffer(a.Request))
	t.Question = fmt.Sprint(t.Asked, *a.Suite)
	t.Notifies = notifiesOf(a.Message)
	if nat, ok := a.Message.NATDetection(); ok {
		t.NAT, t.Direct = &nat, !nat.SenderBehindNAT(from)
	}
	return t
}

// besideTransport is Asked without the transport.
func (t Traits) besideTransport(of initiator.Transport) string {
	return strings.TrimPrefix(t.Asked, of.String())
}

// besideOffer names what stands in a request beside its offer and what is drawn for it.
func besideOffer(request []byte) []string {
	m, err := ike.ParseMessage(request)
	if err != nil {
		return nil
	}
	var out []string
	for _, p := range m.Payloads {
		switch p := p.(type) {
		case *ike.Notify:
			if p.Notification != ike.COOKIE && p.Notification != ike.INTERMEDIATE_EXCHANGE_SUPPORTED { // as the offer has it
				out = append(out, p.Notification.String())
			}
		case *ike.VendorID:
			out = append(out, hex.EncodeToString(p.Data))
		}
	}
	return out
}

// notifiesOf names the status notifies of an answer, but for the one that depends on the
// offer.
func notifiesOf(m *ike.Message) string {
	var out []string
	for _, p := range m.Payloads {
		switch p := p.(type) {
		case *ike.CertReq:
			out = append(out, "CERTREQ")
		case *ike.Notify:
			if p.Notification.IsError() || p.Notification == ike.INTERMEDIATE_EXCHANGE_SUPPORTED {
				continue
			}
			word := p.Notification.String()
			if hashes, ok := p.SignatureHashes(); ok {
				word += fmt.Sprint(hashes)
			}
			out = append(out, word)
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

// sight is one answer with what it shows of one trait.
type sight struct {
	id           int
	began, ended time.Time
	value        string
}

// alternating returns the exchanges of sights in which two values come and go: one, the
// other, and the first again, each after the end of the one before, and each value in so
// many answers at least. It returns nothing if there are none. What one gateway changes,
// by a restart or an update, it changes once.
func alternating(sights []sight, least int) []int {
	const most = 8 // values that are compared
	slices.SortStableFunc(sights, func(a, b sight) int { return a.ended.Compare(b.ended) })
	count := make(map[string]int)
	var values []string
	for _, s := range sights {
		if count[s.value]++; count[s.value] == least && len(values) < most {
			values = append(values, s.value)
		}
	}
	for i, a := range values {
		for _, b := range values[i+1:] {
			var chain []int
			var last sight
			for _, s := range sights {
				if s.value != a && s.value != b || len(chain) > 0 && (s.value == last.value || s.began.Before(last.ended)) {
					continue
				}
				chain, last = append(chain, s.id), s
			}
			if len(chain) > 2 {
				return chain
			}
		}
	}
	return nil
}
