package capture

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/report"
)

// A scan by ikescope is known from what is on the wire: the last two octets of
// its initiator SPIs count its exchanges, and most of its questions have a KE
// payload of a method that they do not offer, which no client sends.

const (
	// maxStep is how far the numbers of two IKE SAs of a scan are apart that
	// follow one another: several exchanges are under way at a time, and those
	// that close an IKE SA have numbers, too.
	maxStep = 32
	// leastRun is how many numbers in a row are no chance: of other SPIs one
	// in a thousand is so close to the one before.
	leastRun = 6
	// openScans bounds the scans between two addresses that an IKE SA may be
	// of.
	openScans = 8
)

// scan is a run of IKE SAs with the numbers of one.
type scan struct {
	sas     []*dialog.SA // in the order of time
	numbers map[uint16]bool
	last    uint16
	foreign int // questions with a method that is not offered
}

// scanNumber is the number of the exchange in an initiator SPI of ikescope.
func scanNumber(spi ike.SPI) uint16 { return binary.BigEndian.Uint16(spi[6:]) }

// findScans returns the scans of a capture.
func findScans(sas []*dialog.SA) []*scan {
	open := map[[2]netip.Addr][]*scan{}
	var all []*scan
	for _, sa := range sas {
		question := firstRequest(sa)
		if question == nil {
			continue
		}
		between := [2]netip.Addr{sa.Paths[0].Initiator.Addr(), sa.Paths[0].Responder.Addr()}
		s := scanOf(open[between], sa)
		if s == nil {
			s = &scan{numbers: map[uint16]bool{}}
			all = append(all, s)
			open[between] = append(open[between], s)
			if n := len(open[between]); n > openScans {
				open[between] = open[between][n-openScans:]
			}
		}
		s.add(sa, question)
	}
	return slices.DeleteFunc(all, func(s *scan) bool {
		return len(s.sas) < leastRun && (len(s.sas) < 2 || s.foreign < 2)
	})
}

// ScanQuestions returns the IKE SAs of a capture that are questions of ikescope
// scans, and no client's.
func ScanQuestions(sas []*dialog.SA) map[*dialog.SA]bool {
	questions := map[*dialog.SA]bool{}
	for _, s := range findScans(sas) {
		for _, sa := range s.sas {
			questions[sa] = true
		}
	}
	return questions
}

// firstRequest returns the IKE_SA_INIT request of an IKE SA, or nil.
func firstRequest(sa *dialog.SA) *ike.Message {
	if sa.Version != 2 || len(sa.Exchanges) == 0 || sa.Exchanges[0].Type != ike.IKE_SA_INIT {
		return nil
	}
	return contentOf(sa.Exchanges[0].Request)
}

// scanOf returns the scan whose next number an IKE SA has, or nil. One from the
// same port is preferred: a NAT may give a scan several.
func scanOf(open []*scan, sa *dialog.SA) *scan {
	n := scanNumber(sa.SPIi)
	fits := func(s *scan) bool {
		step := int(n) - int(s.last)
		return !s.numbers[n] && -maxStep <= step && step <= maxStep
	}
	samePort := func(s *scan) bool { return s.sas[0].Paths[0].Initiator == sa.Paths[0].Initiator }
	if i := slices.IndexFunc(open, func(s *scan) bool { return samePort(s) && fits(s) }); i >= 0 {
		return open[i]
	}
	if i := slices.IndexFunc(open, fits); i >= 0 {
		return open[i]
	}
	return nil
}

func (s *scan) add(sa *dialog.SA, question *ike.Message) {
	s.sas = append(s.sas, sa)
	s.last = scanNumber(sa.SPIi)
	s.numbers[s.last] = true
	if _, foreign := foreignMethod(question); foreign {
		s.foreign++
	}
}

// scanAnswer is what came of a question.
type scanAnswer uint8

const (
	scanSilent scanAnswer = iota
	scanAccepted
	scanAcceptable
	scanRefused
	scanOther
)

// answerTo reads the last attempt of IKE_SA_INIT.
func answerTo(sa *dialog.SA) scanAnswer {
	init := courseOf(sa).init
	if init == nil || init.Response() == nil {
		return scanSilent
	}
	answer := contentOf(init.Response())
	if chooses(init.Response()) {
		return scanAccepted
	}
	if answer == nil {
		return scanOther
	}
	if n, ok := answer.Notify(ike.INVALID_KE_PAYLOAD); ok {
		request := contentOf(init.Request)
		if method, named := n.InvalidKEMethod(); named && request != nil && offersMethod(request, method) {
			return scanAcceptable
		}
	}
	if _, ok := answer.Notify(ike.NO_PROPOSAL_CHOSEN); ok {
		return scanRefused
	}
	return scanOther
}

// document returns s as it is published, but for the numbers of IKE SAs.
func (s *scan) document(number int) report.CapturedScan {
	first := s.sas[0]
	out := report.CapturedScan{
		Number: number, File: first.File,
		Initiator: endpointOf(first.Paths[0].Initiator), Responder: endpointOf(first.Paths[0].Responder),
		First: first.First.UTC(), Exchanges: len(s.sas),
	}
	for _, sa := range s.sas {
		out.Errors += len(sa.Errors)
		if sa.Last.After(out.Last) {
			out.Last = sa.Last.UTC()
		}
		switch answerTo(sa) {
		case scanAccepted:
			out.Accepted++
		case scanAcceptable:
			out.Acceptable++
		case scanRefused:
			out.Refused++
		case scanSilent:
			out.Silent++
		case scanOther:
			out.Other++
		}
	}
	lowest, highest := s.last, s.last
	for n := range s.numbers {
		lowest, highest = min(lowest, n), max(highest, n)
	}
	out.Evidence = fmt.Sprintf("the last two octets of the initiator's SPIs count from %d to %d; %d of %d KE payloads are of a method that is not offered, which no client sends",
		lowest, highest, s.foreign, len(s.sas))
	return out
}

// verdict is that of an IKE SA of a scan: what would be a failure of a client is
// an answer here.
func (s *scan) verdict(sa *dialog.SA) report.CapturedVerdict {
	said := map[scanAnswer]string{
		scanSilent:     "no answer",
		scanAccepted:   "accepted; the scan ends the IKE SA with an IKE_AUTH that cannot succeed",
		scanAcceptable: "the offer is acceptable with another KE payload",
		scanRefused:    "refused",
		scanOther:      "another answer",
	}[answerTo(sa)]
	return unknown("SCAN", fmt.Sprintf("question %d of an ikescope scan: %s", scanNumber(sa.SPIi), said), "")
}
