package capture

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// View is what was captured at one place, in one file or in several that
// follow one another.
type View struct {
	Files   []report.CaptureFile
	SAs     []*dialog.SA
	Omitted int // messages of other IKE SAs
	// NotRead is what was not looked into, and OtherPorts the UDP ports with
	// what looks like IKE.
	NotRead    []NotRead
	OtherPorts []report.CaptureOtherPort
}

// NotRead is a kind of packets that were not looked into.
type NotRead struct {
	report.CaptureNotRead
	// Link: they are all of a link type that is not read.
	Link bool
}

// New returns the document of what was captured, at each place in turn.
func New(tool report.Tool, views []View) *report.Capture {
	c := builder{&report.Capture{
		SchemaVersion: report.CaptureSchemaVersion, Tool: tool, Complete: true,
		Files: []report.CaptureFile{}, SAs: []report.CapturedSA{}, Scans: []report.CapturedScan{},
		NotRead: []report.CaptureNotRead{}, OtherPorts: []report.CaptureOtherPort{}, Notes: []string{},
	}}
	omitted, unknownLinks := 0, 0
	var places []int // how many IKE SAs there are up to the end of each
	for _, v := range views {
		c.addFiles(v.Files)
		c.addView(v.SAs)
		places = append(places, len(c.SAs))
		omitted += v.Omitted
		for _, n := range v.NotRead {
			c.NotRead = append(c.NotRead, n.CaptureNotRead)
			if n.Link {
				unknownLinks += n.Packets
			}
		}
		c.OtherPorts = append(c.OtherPorts, v.OtherPorts...)
	}
	c.findAgain(places)
	c.addNotes(omitted, unknownLinks)
	return c.Capture
}

// builder is a document in the making.
type builder struct{ *report.Capture }

// note adds a note where there is something to count.
func (c builder) note(n int, one, many, rest string) {
	if n > 0 {
		c.Notes = append(c.Notes, english.Counted(int64(n), one, many)+rest)
	}
}

func (c builder) addFiles(files []report.CaptureFile) {
	for _, f := range files {
		c.Files = append(c.Files, f)
		c.Complete = c.Complete && f.Complete
		if c.Error == "" {
			c.Error = f.Error
		}
		c.Counts.Add(f.Counts)
	}
	c.File = strings.Join(lists.Convert(c.Files, func(f report.CaptureFile) string { return f.Name }), ", ")
}

// addView adds the IKE SAs of one place.
func (c builder) addView(sas []*dialog.SA) {
	before := len(c.SAs)
	numbers := map[*dialog.SA]int{}
	for i, sa := range sas {
		numbers[sa] = before + i + 1
		out := newCapturedSA(numbers[sa], sa)
		out.Rekeys = numbers[sa.Of] // 0 if it is nil
		c.SAs = append(c.SAs, out)
	}
	c.follow(sas, numbers)
	for _, s := range findScans(sas) {
		number := len(c.Scans) + 1
		out := s.document(number)
		out.FirstSA, out.LastSA = numbers[s.sas[0]], numbers[s.sas[len(s.sas)-1]]
		c.Scans = append(c.Scans, out)
		for _, sa := range s.sas {
			captured := &c.SAs[numbers[sa]-1]
			captured.Scan, captured.Next, captured.Verdict = number, 0, s.verdict(sa)
		}
	}
}

func endpointOf(a netip.AddrPort) report.Endpoint {
	return report.Endpoint{Address: report.AddressText(a.Addr()), Port: a.Port()}
}

func newCapturedSA(number int, sa *dialog.SA) report.CapturedSA {
	out := report.CapturedSA{
		Number: number, Version: sa.Version, SPIi: sa.SPIi.String(), File: sa.File,
		Initiator: endpointOf(sa.Paths[0].Initiator), Responder: endpointOf(sa.Paths[0].Responder),
		First: sa.First.UTC(), Last: sa.Last.UTC(), Until: sa.Until.UTC(),
		Paths: lists.Convert(sa.Paths, func(p dialog.Path) report.CapturedPath {
			return report.CapturedPath{
				Initiator: endpointOf(p.Initiator), Responder: endpointOf(p.Responder), TCP: p.TCP,
				Sent: p.Sent, Received: p.Received, Keepalives: p.Keepalives,
			}
		}),
		Exchanges: lists.Convert(sa.Exchanges, func(x *dialog.Exchange) report.CapturedExchange { return newCapturedExchange(sa, x) }),
		Errors:    lists.Convert(slices.Concat(sa.Errors, sa.ChildErrors), newCapturedError),
		ESPSent:   sa.Sent.ESP, ESPReceived: sa.Received.ESP, AHSent: sa.Sent.AH, AHReceived: sa.Received.AH,
		Omitted: sa.Omitted, OmittedPaths: sa.OmittedPaths, Notes: oddities(sa), Verdict: judgeCapture(sa),
	}
	if sa.SPIr != (ike.SPI{}) {
		out.SPIr = sa.SPIr.String()
	}
	if n, ok := sa.NAT(); ok {
		known := func(behind bool) *bool {
			if !behind && n.Supported != [2]bool{true, true} {
				return nil
			}
			return &behind
		}
		out.NAT = &report.CapturedNAT{
			InitiatorSupports: n.Supported[0], ResponderSupports: n.Supported[1],
			InitiatorBehindNAT: known(n.Initiator), ResponderBehindNAT: known(n.Responder),
		}
	}
	if chosen := chosenBy(sa); chosen != nil {
		out.Suite = newCapturedProposal(*chosen).Keywords
	} else if chosen := ikev1Choice(sa); chosen != nil {
		out.Suite = chosen.String()
	}
	return out
}

func newCapturedError(e dialog.ICMPError) report.CapturedError {
	return report.CapturedError{
		File: e.File, Packet: e.Packet, Time: e.Time, Reporter: report.AddressText(e.Reporter),
		Type: uint16(e.Error.Type), Code: uint16(e.Error.Code), Text: e.Error.String(),
		From: endpointOf(e.Source), To: endpointOf(e.Destination), Child: e.Child, Times: max(1, e.Times),
	}
}

// chosenBy returns the proposal that the responder chose, or nil.
func chosenBy(sa *dialog.SA) *ike.Proposal {
	for _, x := range sa.Exchanges {
		m := x.Response()
		if !x.IsInit() || m == nil || m.Content == nil {
			continue
		}
		if payload, ok := ike.Find[*ike.SA](m.Content); ok && len(payload.Proposals) > 0 {
			return &payload.Proposals[0]
		}
	}
	return nil
}
