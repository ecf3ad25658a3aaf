package report

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CaptureSchemaVersion is the version of [Capture].
const CaptureSchemaVersion = "1.0"

// Capture is what a packet capture holds of IKE. All lists are present, if
// empty, and times are UTC. It is a document of its own, beside [Document].
type Capture struct {
	SchemaVersion string `json:"schema_version"`
	Tool          Tool   `json:"tool"`
	// File names the file, or all that were read, with commas between.
	File string `json:"file"`
	// Files are in the order in which they were read.
	Files []CaptureFile `json:"files"`
	// Complete is false where a file could not be read to its end; Error says
	// why.
	Complete bool          `json:"complete"`
	Error    string        `json:"error,omitempty"`
	Counts   CaptureCounts `json:"counts"` // of all files
	// SAs are in the order of their first messages, those of each place of
	// capture together.
	SAs   []CapturedSA   `json:"sas"`
	Scans []CapturedScan `json:"scans"`
	// NotRead is what was not looked into and may hold IKE, OtherPorts the UDP
	// ports that were not looked at and have datagrams that look like it.
	NotRead    []CaptureNotRead   `json:"not_read"`
	OtherPorts []CaptureOtherPort `json:"other_ports"`
	Notes      []string           `json:"notes"`
}

// CaptureFile is one file of a capture.
type CaptureFile struct {
	Name     string        `json:"name"`
	Complete bool          `json:"complete"`
	Error    string        `json:"error,omitempty"`
	Counts   CaptureCounts `json:"counts"`
}

// CaptureCounts are numbers of packets.
type CaptureCounts struct {
	Packets    int `json:"packets"`
	IKE        int `json:"ike"`        // datagrams
	ESP        int `json:"esp"`        // in UDP or not
	AH         int `json:"ah"`         // with what is in it counted, too
	Keepalives int `json:"keepalives"` // of NAT traversal
	Malformed  int `json:"malformed"`  // IKE headers with an initiator SPI of zero
	Other      int `json:"other"`      // datagrams on IKE ports that hold none of these
	ICMPErrors int `json:"icmp_errors"`
	// Reassembled datagrams were put together of IP fragments, Incomplete ones
	// lack some.
	Reassembled int `json:"reassembled"`
	Incomplete  int `json:"incomplete"`
	Cut         int `json:"cut"`        // by the snapshot length
	Unreadable  int `json:"unreadable"` // of an unknown link type, or malformed
	Disordered  int `json:"disordered"` // older than a packet before them
}

// CaptureNotRead is a kind of packets that were not looked into.
type CaptureNotRead struct {
	What    string `json:"what"`
	Packets int    `json:"packets"`
}

// CaptureOtherPort is a UDP port that was not looked at.
type CaptureOtherPort struct {
	Port      uint16 `json:"port"`
	Datagrams int    `json:"datagrams"` // that look like IKE
}

// Add adds the numbers of m to n.
func (n *CaptureCounts) Add(m CaptureCounts) {
	n.Packets += m.Packets
	n.IKE += m.IKE
	n.ESP += m.ESP
	n.AH += m.AH
	n.Keepalives += m.Keepalives
	n.Malformed += m.Malformed
	n.Other += m.Other
	n.ICMPErrors += m.ICMPErrors
	n.Reassembled += m.Reassembled
	n.Incomplete += m.Incomplete
	n.Cut += m.Cut
	n.Unreadable += m.Unreadable
	n.Disordered += m.Disordered
}

// CapturedSA is one IKE SA.
type CapturedSA struct {
	Number  int    `json:"number"` // from 1
	Version int    `json:"version"`
	SPIi    string `json:"spi_i"`
	SPIr    string `json:"spi_r,omitempty"`
	// File is where its first message is, if several files were read.
	File string `json:"file,omitempty"`
	// Elsewhere is the same IKE SA in captures of other places.
	Elsewhere []CapturedElsewhere `json:"elsewhere,omitempty"`
	// Rekeys is the number of the IKE SA that it most likely came of by
	// rekeying.
	Rekeys int `json:"rekeys,omitempty"`
	// Next is the number of the IKE SA that the initiator began next, if that is
	// of the same attempt: after an answer that chose nothing.
	Next int `json:"next,omitempty"`
	// Scan is the number of the scan of which it is a question.
	Scan int `json:"scan,omitempty"`
	// Initiator and Responder are the addresses of the first message.
	Initiator Endpoint  `json:"initiator"`
	Responder Endpoint  `json:"responder"`
	First     time.Time `json:"first,omitzero"`
	Last      time.Time `json:"last,omitzero"`
	// Until is when the capture ends, with whatever packet.
	Until time.Time      `json:"until,omitzero"`
	Paths []CapturedPath `json:"paths"`
	// OmittedPaths counts datagrams on further paths.
	OmittedPaths int          `json:"omitted_paths"`
	NAT          *CapturedNAT `json:"nat,omitempty"`
	// Suite is what the responder chose, as keywords.
	Suite     string             `json:"suite,omitempty"`
	Exchanges []CapturedExchange `json:"exchanges"`
	Errors    []CapturedError    `json:"icmp_errors"`
	// ESPSent, ESPReceived, AHSent and AHReceived count the packets of its Child
	// SAs from and to the initiator: those whose SPIs are new since it was
	// authenticated.
	ESPSent     int `json:"esp_sent"`
	ESPReceived int `json:"esp_received"`
	AHSent      int `json:"ah_sent"`
	AHReceived  int `json:"ah_received"`
	Omitted     int `json:"omitted"` // messages that are left out, because there are too many
	// Notes say what is odd about it.
	Notes   []string        `json:"notes"`
	Verdict CapturedVerdict `json:"verdict"`
}

// Keep leaves only the IKE SAs that which is the number, an SPI or an address
// of. It fails if there are none.
func (c *Capture) Keep(which string) error {
	kept := slices.DeleteFunc(slices.Clone(c.SAs), func(sa CapturedSA) bool { return !sa.Is(which) })
	if len(kept) == 0 {
		return fmt.Errorf("%q is not a number, SPI or address of an IKE SA in %s", which, c.File)
	}
	c.SAs = kept
	c.Scans = slices.DeleteFunc(c.Scans, func(s CapturedScan) bool {
		return !slices.ContainsFunc(kept, func(sa CapturedSA) bool { return sa.Scan == s.Number })
	})
	return nil
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

// Datagrams counts those of the initiator and of the responder.
func (sa *CapturedSA) Datagrams() (sent, received int) {
	for _, path := range sa.Paths {
		sent += path.Sent
		received += path.Received
	}
	return sent, received
}

// CapturedElsewhere is an IKE SA as another place saw it: its number, and how
// many datagrams were there.
type CapturedElsewhere struct {
	Number        int    `json:"number"`
	File          string `json:"file"`
	FromInitiator int    `json:"from_initiator"`
	FromResponder int    `json:"from_responder"`
}

// CapturedPath is a pair of addresses; Sent and Received are datagrams from and
// to the initiator, and Keepalives those of NAT traversal, of either side.
type CapturedPath struct {
	Initiator  Endpoint `json:"initiator"`
	Responder  Endpoint `json:"responder"`
	TCP        bool     `json:"tcp"` // else UDP
	Sent       int      `json:"sent"`
	Received   int      `json:"received"`
	Keepalives int      `json:"keepalives"`
}

// CapturedNAT is what comparing the NAT detection hashes with the captured
// addresses shows (RFC 7296, Section 2.23). A side that is said to be behind
// NAT may also pretend to be, to have ESP in UDP.
type CapturedNAT struct {
	InitiatorSupports bool `json:"initiator_supports"`
	ResponderSupports bool `json:"responder_supports"`
	// InitiatorBehindNAT and ResponderBehindNAT are nil where it is unknown: no hash
	// shows a NAT, and those of one side, which would show one beyond the capture
	// point, did not come.
	InitiatorBehindNAT *bool `json:"initiator_behind_nat,omitempty"`
	ResponderBehindNAT *bool `json:"responder_behind_nat,omitempty"`
}

// CapturedExchange is a request and what answered it.
type CapturedExchange struct {
	Type      string `json:"type"` // IANA, such as "IKE_SA_INIT"
	MessageID int64  `json:"message_id"`
	// By is who sent the request: "initiator" or "responder" of the IKE SA.
	By        Side              `json:"by"`
	Version   int               `json:"version,omitempty"` // if it is another than the IKE SA's
	Request   *CapturedMessage  `json:"request,omitempty"`
	Responses []CapturedMessage `json:"responses"`
}

// CapturedMessage is one message, however often it was sent.
type CapturedMessage struct {
	File   string    `json:"file,omitempty"` // if several were read
	Packet int       `json:"packet"`         // the first, from 1
	Time   time.Time `json:"time,omitzero"`
	Octets int       `json:"octets"` // of IKE
	Sent   int       `json:"sent"`   // times: 1 and the retransmissions
	// SentAfterAnswer is how often a request was sent again after its response
	// was captured.
	SentAfterAnswer int `json:"sent_after_answer"`
	Copies          int `json:"copies"` // datagrams that the capture holds twice
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
	// Authentication is the method, of IKEv1.
	Authentication string `json:"authentication,omitempty"`
	Fault          string `json:"fault,omitempty"`
}

// CapturedNotify is a Notify payload. Meaning is what it says here, in words.
type CapturedNotify struct {
	ID      uint16 `json:"id"`
	Name    string `json:"name"`
	Error   bool   `json:"error"`
	Meaning string `json:"meaning,omitempty"`
}

// CapturedError is an ICMP error that quotes a message, or a packet of a Child
// SA.
type CapturedError struct {
	File     string    `json:"file,omitempty"`
	Packet   int       `json:"packet"`
	Time     time.Time `json:"time,omitzero"`
	Reporter string    `json:"reporter"`
	Type     uint16    `json:"type"` // of ICMP or ICMPv6
	Code     uint16    `json:"code"`
	Text     string    `json:"text"`
	From     Endpoint  `json:"from"` // of what it quotes
	To       Endpoint  `json:"to"`
	Child    bool      `json:"child"` // it quotes ESP or AH, not an IKE message
	Times    int       `json:"times"` // that the like of it was captured
}

// CapturedScan is a run of IKE_SA_INIT exchanges that ikescope made: each is an
// IKE SA of its own.
type CapturedScan struct {
	Number    int       `json:"number"` // from 1
	File      string    `json:"file,omitempty"`
	Initiator Endpoint  `json:"initiator"`
	Responder Endpoint  `json:"responder"`
	First     time.Time `json:"first,omitzero"`
	Last      time.Time `json:"last,omitzero"`
	// FirstSA and LastSA are the numbers of IKE SAs. What is between need not
	// all be of the scan.
	FirstSA   int `json:"first_sa"`
	LastSA    int `json:"last_sa"`
	Exchanges int `json:"exchanges"`
	// The answers: a suite was accepted; the offer is acceptable, and its KE
	// payload is not, as INVALID_KE_PAYLOAD names a method that was offered;
	// NO_PROPOSAL_CHOSEN; something else; none.
	Accepted   int `json:"accepted"`
	Acceptable int `json:"acceptable"`
	Refused    int `json:"refused"`
	Other      int `json:"other"`
	Silent     int `json:"silent"`
	// Errors counts ICMP errors.
	Errors int `json:"icmp_errors"`
	// Evidence says by what the scan is known.
	Evidence string `json:"evidence"`
}

// CapturedOneSided is the ID of the verdict on an IKE SA of which the capture
// holds one direction.
const CapturedOneSided = "ONE-SIDED"

// CapturedTriedAgain is the ID of the verdict on an IKE SA that the initiator
// started over as another one, whose result it has: the two are one attempt.
const CapturedTriedAgain = "TRIED-AGAIN"

// CapturedVerdict is how far an IKE SA came, and what it points to.
type CapturedVerdict struct {
	// Result is "works", "fails" or "unknown", each as far as unencrypted
	// octets and sizes show.
	Result Result `json:"result"`
	// Layer is where the failure is: "network", "negotiation",
	// "authentication", "child" or "client"; absent where there is none.
	Layer  Layer    `json:"layer,omitempty"`
	ID     string   `json:"id"`
	Title  string   `json:"title"`
	Detail string   `json:"detail,omitempty"`
	Fix    []string `json:"fix"`
}

// String returns the result with its layer, such as "fails: network".
func (v CapturedVerdict) String() string {
	if v.Layer == "" {
		return string(v.Result)
	}
	return string(v.Result) + ": " + string(v.Layer)
}
