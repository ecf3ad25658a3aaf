package capture

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/ike/ikev1"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

func newCapturedExchange(sa *dialog.SA, x *dialog.Exchange) report.CapturedExchange {
	out := report.CapturedExchange{Type: exchangeName(x.Version, x.Type), MessageID: int64(x.MessageID), By: report.SideInitiator, Responses: []report.CapturedMessage{}}
	if !x.ByInitiator {
		out.By = report.SideResponder
	}
	if x.Version != sa.Version {
		out.Version = x.Version
	}
	if x.Request != nil {
		m := newCapturedMessage(x.Request, nil)
		out.Request = &m
	}
	for _, response := range x.Responses {
		out.Responses = append(out.Responses, newCapturedMessage(response, x.Request))
	}
	return out
}

// exchangeName is IANA's name; IKEv1 has some numbers of its own.
func exchangeName(version int, t ike.ExchangeType) string {
	if version == 1 {
		return ikev1.ExchangeName(t)
	}
	return t.String()
}

// toldPayloads is how many payloads of a message are told, several times as
// many as honest ones have.
const toldPayloads = 128

func newCapturedMessage(m, request *dialog.Message) report.CapturedMessage {
	out := report.CapturedMessage{
		File: m.File, Packet: m.Packet, Time: m.First.UTC(), Octets: m.Octets, Sent: m.Sent, SentAfterAnswer: m.Unheeded, Copies: m.Copies,
		Fragments: m.Fragments, IPFragments: m.IPFragments, IPFragmentsLost: m.Lost,
		MissingOctets: m.Missing, Variants: m.Variants, Encrypted: m.Encrypted(),
		Proposals: []report.CapturedProposal{}, Notifies: []report.CapturedNotify{}, VendorIDs: []report.VendorID{}, Payloads: []string{},
	}
	if m.Fragments > 0 {
		out.FragmentsCaptured = m.Captured
	}
	if m.Fault != nil {
		out.Fault = m.Fault.Error()
	}
	if m.IKEv1 != nil {
		addIKEv1(&out, m.IKEv1)
	}
	if m.Content == nil {
		return out
	}
	payloads := m.Content.Payloads
	if n := len(payloads); n > toldPayloads {
		payloads = payloads[:toldPayloads]
		out.Fault = fmt.Sprintf("it has %s payloads, of which %d are shown", english.Grouped(int64(n)), toldPayloads)
	}
	for _, payload := range payloads {
		out.Payloads = append(out.Payloads, payload.Type().String())
		switch p := payload.(type) {
		case *ike.SA:
			for _, proposal := range p.Proposals {
				out.Proposals = append(out.Proposals, newCapturedProposal(proposal))
			}
		case *ike.KE:
			out.KE = keMethod(p.Method)
		case *ike.VendorID:
			out.VendorIDs = append(out.VendorIDs, report.VendorIDOf(p.Data))
		case *ike.Notify:
			out.Notifies = append(out.Notifies, report.CapturedNotify{
				ID: uint16(p.Notification), Name: p.Notification.String(),
				Error: p.Notification.IsError(), Meaning: notifyMeaning(p, m, request),
			})
		}
	}
	return out
}

// addIKEv1 adds what a message of IKEv1 holds in the clear.
func addIKEv1(out *report.CapturedMessage, m *ikev1.Message) {
	for _, p := range m.Payloads {
		out.Payloads = append(out.Payloads, p.Type.String())
		switch p.Type {
		case ikev1.PayloadSA:
			all, ok := p.Transforms()
			for _, t := range all[:min(len(all), toldPayloads)] {
				out.Proposals = append(out.Proposals, report.CapturedProposal{
					Number: uint16(t.Number), Keywords: t.String(), Authentication: t.Method(),
				})
			}
			if !ok && out.Fault == "" {
				out.Fault = "not all of its SA payload can be parsed"
			}
		case ikev1.PayloadVendorID:
			out.VendorIDs = append(out.VendorIDs, report.VendorIDOf(p.Body))
		}
	}
	if n, ok := m.Notify(); ok {
		out.Notifies = append(out.Notifies, report.CapturedNotify{ID: uint16(n), Name: n.String(), Error: n.IsError()})
	}
}

func keMethod(m ike.KeyExchangeMethod) string {
	return proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)}.Keyword()
}

func newCapturedProposal(p ike.Proposal) report.CapturedProposal {
	out := report.CapturedProposal{Number: uint16(p.Number)}
	product, err := proposals.ProductOf(p)
	if err == nil {
		out.Keywords = product.String()
		return out
	}
	out.Fault = err.Error()
	out.Keywords = strings.Join(lists.Convert(p.Transforms, ike.Transform.String), " ")
	return out
}
