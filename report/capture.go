package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/proposals"
)

// CaptureSchemaVersion is the version of [Capture].
const CaptureSchemaVersion = "1.0"

//go:embed capture-schema.json
var captureSchema []byte

// CaptureSchema returns the JSON Schema (draft 2020-12) of version 1 of
// [Capture].
func CaptureSchema() []byte { return bytes.Clone(captureSchema) }

// Capture is what a packet capture holds of IKE. All lists are present, if
// empty, and times are UTC. It is a document of its own, beside [Document].
type Capture struct {
	SchemaVersion string `json:"schema_version"`
	Tool          Tool   `json:"tool"`
	File          string `json:"file"`
	// Complete is false where the file could not be read to its end; Error
	// says why.
	Complete bool          `json:"complete"`
	Error    string        `json:"error,omitempty"`
	Counts   CaptureCounts `json:"counts"`
	// SAs are in the order of their first messages.
	SAs   []CapturedSA `json:"sas"`
	Notes []string     `json:"notes"`
}

// CaptureCounts are numbers of packets.
type CaptureCounts struct {
	Packets    int `json:"packets"`
	IKE        int `json:"ike"`        // datagrams
	ESP        int `json:"esp"`        // in UDP or not
	Keepalives int `json:"keepalives"` // of NAT traversal
	Other      int `json:"other"`      // datagrams on IKE ports that hold none of these
	ICMPErrors int `json:"icmp_errors"`
	// Reassembled datagrams were put together of IP fragments, Incomplete ones
	// lack some.
	Reassembled int `json:"reassembled"`
	Incomplete  int `json:"incomplete"`
	Cut         int `json:"cut"`        // by the snapshot length
	Unreadable  int `json:"unreadable"` // of an unknown link type, or malformed
}

// CapturedSA is one IKE SA.
type CapturedSA struct {
	Number  int    `json:"number"` // from 1
	Version int    `json:"version"`
	SPIi    string `json:"spi_i"`
	SPIr    string `json:"spi_r,omitempty"`
	// Initiator and Responder are the addresses of the first message.
	Initiator Endpoint       `json:"initiator"`
	Responder Endpoint       `json:"responder"`
	First     time.Time      `json:"first,omitzero"`
	Last      time.Time      `json:"last,omitzero"`
	Paths     []CapturedPath `json:"paths"`
	NAT       *CapturedNAT   `json:"nat,omitempty"`
	// Suite is what the responder chose, as keywords.
	Suite     string             `json:"suite,omitempty"`
	Exchanges []CapturedExchange `json:"exchanges"`
	Errors    []CapturedError    `json:"icmp_errors"`
	// ESPSent and ESPReceived count ESP packets from and to the initiator that
	// followed its IKE_AUTH between the same addresses.
	ESPSent     int             `json:"esp_sent"`
	ESPReceived int             `json:"esp_received"`
	Omitted     int             `json:"omitted"` // messages that are not told, because there are too many
	Verdict     CapturedVerdict `json:"verdict"`
}

// Is reports whether which is the number, an SPI or an address of the IKE SA.
func (sa *CapturedSA) Is(which string) bool {
	if which == strconv.Itoa(sa.Number) || strings.EqualFold(which, sa.SPIi) || strings.EqualFold(which, sa.SPIr) {
		return true
	}
	for _, p := range sa.Paths {
		for _, e := range []Endpoint{p.Initiator, p.Responder} {
			if which == e.Address || which == e.String() {
				return true
			}
		}
	}
	return false
}

// CapturedPath is a pair of addresses; Sent and Received are datagrams from and
// to the initiator.
type CapturedPath struct {
	Initiator Endpoint `json:"initiator"`
	Responder Endpoint `json:"responder"`
	Sent      int      `json:"sent"`
	Received  int      `json:"received"`
}

// CapturedNAT is what comparing the NAT detection hashes with the captured
// addresses tells (RFC 7296, Section 2.23). A side that is said to be behind
// NAT may also pretend to be, to have ESP in UDP.
type CapturedNAT struct {
	InitiatorSupports  bool `json:"initiator_supports"`
	ResponderSupports  bool `json:"responder_supports"`
	InitiatorBehindNAT bool `json:"initiator_behind_nat"`
	ResponderBehindNAT bool `json:"responder_behind_nat"`
}

// CapturedExchange is a request and what answered it.
type CapturedExchange struct {
	Type      string `json:"type"` // IANA, such as "IKE_SA_INIT"
	MessageID int64  `json:"message_id"`
	// By is who sent the request: "initiator" or "responder" of the IKE SA.
	By        string            `json:"by"`
	Request   *CapturedMessage  `json:"request,omitempty"`
	Responses []CapturedMessage `json:"responses"`
}

// CapturedMessage is one message, however often it was sent.
type CapturedMessage struct {
	Packet int       `json:"packet"` // the first, from 1
	Time   time.Time `json:"time,omitzero"`
	Octets int       `json:"octets"` // of IKE
	Sent   int       `json:"sent"`   // times: 1 and the retransmissions
	Copies int       `json:"copies"` // datagrams that the capture holds twice
	// Fragments are those of RFC 7383, 0 if the message is whole.
	Fragments         int  `json:"fragments"`
	FragmentsCaptured int  `json:"fragments_captured"`
	IPFragments       int  `json:"ip_fragments"`
	IPFragmentsLost   bool `json:"ip_fragments_lost"`
	MissingOctets     int  `json:"missing_octets"`
	Variants          int  `json:"variants"` // datagrams that should repeat it, and differ
	Encrypted         bool `json:"encrypted"`
	// Proposals are those of the SA payload: an offer, or the choice.
	Proposals []CapturedProposal `json:"proposals"`
	KE        string             `json:"ke,omitempty"` // the method, as keyword
	Notifies  []CapturedNotify   `json:"notifies"`
	VendorIDs []VendorID         `json:"vendor_ids"`
	// Payloads are the names of all payloads, in their order.
	Payloads []string `json:"payloads"`
	Fault    string   `json:"fault,omitempty"` // why not all of it could be read
}

// CapturedProposal is a proposal; Keywords are its transforms. Where these
// cannot be written as keywords, Fault says why, and they are listed by name.
type CapturedProposal struct {
	Number   uint16 `json:"number"`
	Keywords string `json:"keywords"`
	Fault    string `json:"fault,omitempty"`
}

// CapturedNotify is a Notify payload. Meaning is what it says here, in words.
type CapturedNotify struct {
	ID      uint16 `json:"id"`
	Name    string `json:"name"`
	Error   bool   `json:"error"`
	Meaning string `json:"meaning,omitempty"`
}

// CapturedError is an ICMP error that quotes a message.
type CapturedError struct {
	Packet   int       `json:"packet"`
	Time     time.Time `json:"time,omitzero"`
	Reporter string    `json:"reporter"`
	Text     string    `json:"text"`
	From     Endpoint  `json:"from"` // of the message
	To       Endpoint  `json:"to"`
}

// CapturedVerdict is how far an IKE SA came, and what it points to.
type CapturedVerdict struct {
	// Result is "works", "fails" or "unknown", each as far as unencrypted
	// octets and sizes tell.
	Result string `json:"result"`
	// Layer is where the failure is: "network", "negotiation",
	// "authentication" or "client"; absent where there is none.
	Layer  string   `json:"layer,omitempty"`
	ID     string   `json:"id"`
	Title  string   `json:"title"`
	Detail string   `json:"detail,omitempty"`
	Fix    []string `json:"fix"`
}

// NewCapture returns the document of what a tracker gathered. fault is why the
// file was not read to its end, or nil.
func NewCapture(tool Tool, file string, t *dialog.Tracker, counts CaptureCounts, fault error) *Capture {
	c := &Capture{
		SchemaVersion: CaptureSchemaVersion, Tool: tool, File: file, Complete: fault == nil,
		Counts: counts, SAs: []CapturedSA{}, Notes: []string{},
	}
	if fault != nil {
		c.Error = fault.Error()
	}
	for i, sa := range t.SAs {
		c.SAs = append(c.SAs, newCapturedSA(i+1, sa))
	}
	note := func(n int, one, many, rest string) {
		if n > 0 {
			c.Notes = append(c.Notes, counted(int64(n), one, many)+rest)
		}
	}
	note(t.Omitted, "message", "messages", " of further IKE SAs are not told: there are too many")
	note(counts.Cut, "packet is", "packets are", " cut: capture without a snapshot length (tcpdump -s 0) to have all")
	note(counts.Incomplete, "datagram lacks", "datagrams lack", " IP fragments: they were dropped before the place of the capture, or the capture's filter leaves them out, as that of a port does: further fragments have no ports")
	note(counts.Unreadable, "packet", "packets", " could not be read: malformed, or of a link type that is not known")
	note(counts.Other, "datagram", "datagrams", " on IKE ports hold neither IKE nor ESP")
	if counts.IKE == 0 {
		c.Notes = append(c.Notes, "there is no IKE message on the ports looked at (others: --port)")
	}
	return c
}

func endpointOf(a netip.AddrPort) Endpoint {
	return Endpoint{Address: addressText(a.Addr()), Port: a.Port()}
}

func newCapturedSA(number int, sa *dialog.SA) CapturedSA {
	out := CapturedSA{
		Number: number, Version: sa.Version, SPIi: sa.SPIi.String(),
		Initiator: endpointOf(sa.Paths[0].Initiator), Responder: endpointOf(sa.Paths[0].Responder),
		First: sa.First.UTC(), Last: sa.Last.UTC(),
		Paths: convert(sa.Paths, func(p dialog.Path) CapturedPath {
			return CapturedPath{endpointOf(p.Initiator), endpointOf(p.Responder), p.Sent, p.Received}
		}),
		Exchanges: convert(sa.Exchanges, func(x *dialog.Exchange) CapturedExchange { return newCapturedExchange(sa, x) }),
		Errors: convert(sa.Errors, func(e dialog.ICMPError) CapturedError {
			return CapturedError{e.Packet, e.Time, addressText(e.Reporter), e.Text, endpointOf(e.Source), endpointOf(e.Destination)}
		}),
		ESPSent: sa.ESPSent, ESPReceived: sa.ESPReceived, Omitted: sa.Omitted,
		Verdict: judgeCapture(sa),
	}
	if sa.SPIr != (ike.SPI{}) {
		out.SPIr = sa.SPIr.String()
	}
	if n, ok := sa.NAT(); ok {
		out.NAT = &CapturedNAT{n.Supported[0], n.Supported[1], n.Initiator, n.Responder}
	}
	if chosen := chosenBy(sa); chosen != nil {
		out.Suite = newCapturedProposal(*chosen).Keywords
	}
	return out
}

// chosenBy returns the proposal that the responder chose, or nil.
func chosenBy(sa *dialog.SA) *ike.Proposal {
	for _, x := range sa.Exchanges {
		m := x.Response()
		if x.Type != ike.IKE_SA_INIT || m == nil || m.Content == nil {
			continue
		}
		if payload, ok := ike.Find[*ike.SA](m.Content); ok && len(payload.Proposals) > 0 {
			return &payload.Proposals[0]
		}
	}
	return nil
}

func newCapturedExchange(sa *dialog.SA, x *dialog.Exchange) CapturedExchange {
	out := CapturedExchange{Type: exchangeName(sa.Version, x.Type), MessageID: int64(x.MessageID), By: "initiator", Responses: []CapturedMessage{}}
	if !x.ByInitiator {
		out.By = "responder"
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
		switch t {
		case 2:
			return "Identity Protection"
		case 4:
			return "Aggressive"
		case 5:
			return "Informational"
		case 32:
			return "Quick Mode"
		}
	}
	return t.String()
}

func newCapturedMessage(m, request *dialog.Message) CapturedMessage {
	out := CapturedMessage{
		Packet: m.Packet, Time: m.First.UTC(), Octets: m.Octets, Sent: m.Sent, Copies: m.Copies,
		Fragments: m.Fragments, IPFragments: m.IPFragments, IPFragmentsLost: m.Lost,
		MissingOctets: m.Missing, Variants: m.Variants, Encrypted: m.Encrypted(),
		Proposals: []CapturedProposal{}, Notifies: []CapturedNotify{}, VendorIDs: []VendorID{}, Payloads: []string{},
	}
	if m.Fragments > 0 {
		out.FragmentsCaptured = m.Captured
	}
	if m.Fault != nil {
		out.Fault = m.Fault.Error()
	}
	if m.Content == nil {
		return out
	}
	for _, payload := range m.Content.Payloads {
		out.Payloads = append(out.Payloads, payload.Type().String())
		switch p := payload.(type) {
		case *ike.SA:
			for _, proposal := range p.Proposals {
				out.Proposals = append(out.Proposals, newCapturedProposal(proposal))
			}
		case *ike.KE:
			out.KE = keMethod(p.Method)
		case *ike.VendorID:
			out.VendorIDs = append(out.VendorIDs, vendorID(p.Data))
		case *ike.Notify:
			out.Notifies = append(out.Notifies, CapturedNotify{
				ID: uint16(p.Notification), Name: p.Notification.String(),
				Error: p.Notification.IsError(), Meaning: notifyMeaning(p, m, request),
			})
		}
	}
	return out
}

func keMethod(m ike.KeyExchangeMethod) string {
	return proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)}.Keyword()
}

func newCapturedProposal(p ike.Proposal) CapturedProposal {
	out := CapturedProposal{Number: uint16(p.Number)}
	product, err := proposals.ProductOf(p)
	if err == nil {
		out.Keywords = product.String()
		return out
	}
	out.Fault = err.Error()
	out.Keywords = strings.Join(convert(p.Transforms, ike.Transform.String), " ")
	return out
}

// notifyMeaning says what a notify of IKE_SA_INIT means to a person, "" where
// its name says enough. request is what it answers, or nil.
func notifyMeaning(n *ike.Notify, m, request *dialog.Message) string {
	switch n.Notification {
	case ike.NO_PROPOSAL_CHOSEN:
		return "none of the proposals is acceptable, or the KE payload is not"
	case ike.INVALID_KE_PAYLOAD:
		method, ok := n.InvalidKEMethod()
		if !ok {
			return "another key exchange method is wanted, and none is named"
		}
		text := "a KE payload of " + keMethod(method) + " is wanted"
		if request != nil && request.Content != nil && !offersMethod(request.Content, method) {
			text += ", which is not offered"
		}
		return text
	case ike.COOKIE:
		if request == nil {
			return fmt.Sprintf("the cookie that was asked for, %d octets", len(n.Data))
		}
		return fmt.Sprintf("the responder is busy, or careful: ask again with these %d octets", len(n.Data))
	case ike.INVALID_SYNTAX:
		return "the responder cannot read the request, or does not like it"
	case ike.INVALID_MAJOR_VERSION:
		return "the responder does not speak this version of IKE"
	case ike.AUTHENTICATION_FAILED:
		return "unprotected, so that anyone may have sent it"
	case ike.INVALID_IKE_SPI:
		return "the sender does not know this IKE SA: it has restarted, or has given up"
	case ike.TEMPORARY_FAILURE:
		return "not now; try again later"
	case ike.UNSUPPORTED_CRITICAL_PAYLOAD:
		if t, ok := n.UnsupportedPayload(); ok {
			return fmt.Sprintf("payload %v is critical, and not known", t)
		}
	case ike.MS_NOTIFY_STATUS:
		if code, ok := n.WindowsError(); ok {
			return fmt.Sprintf("Windows says error %d", code)
		}
	case ike.REDIRECT:
		if gw, ok := n.Redirect(); ok {
			return "go to " + gw.String()
		}
	case ike.SIGNATURE_HASH_ALGORITHMS:
		if hashes, ok := n.SignatureHashes(); ok {
			return join(convert(hashes, func(h ike.HashAlgorithm) string {
				return strings.ReplaceAll(strings.TrimPrefix(h.String(), "SIGHASH_"), "_", "-")
			}), "and")
		}
	case ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP:
		of, name := m.Source, "source"
		if n.Notification == ike.NAT_DETECTION_DESTINATION_IP {
			of, name = m.Destination, "destination"
		}
		if hash, ok := n.NATDetection(); ok && hash == ike.NATDetectionHash(m.Content.SPIi, m.Content.SPIr, of) {
			return "the " + name + " as captured"
		}
		return "not the " + name + " as captured"
	}
	return ""
}

// offersMethod reports whether an offer holds a key exchange method.
func offersMethod(m *ike.Message, method ike.KeyExchangeMethod) bool {
	sa, ok := ike.Find[*ike.SA](m)
	if !ok {
		return false
	}
	for _, p := range sa.Proposals {
		for _, t := range p.Transforms {
			if t.Type == ike.TransformKE && t.ID == uint16(method) {
				return true
			}
		}
	}
	return false
}
