package scan

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
)

const (
	// maxNumber bounds what a scan may have counted, so that what comes of
	// going on from it can be counted, too.
	maxNumber = 1 << 30
	// maxOffer bounds an offer as it is written, in octets: far more than a
	// datagram holds.
	maxOffer = 1 << 18
)

// checkNumbers fails if t has numbers that no scan counts.
func checkNumbers(t *report.Target) error {
	c := t.Cost
	for _, n := range []struct {
		name  string
		value int64
	}{
		{"exchanges", int64(c.Exchanges)}, {"datagrams_sent", int64(c.DatagramsSent)}, {"datagrams_received", int64(c.DatagramsReceived)},
		{"bytes_sent", c.BytesSent >> 16}, {"bytes_received", c.BytesReceived >> 16}, // of datagrams
		{"retransmits", int64(c.Retransmits)}, {"cookies", int64(c.Cookies)},
		{"half_open_peak", int64(c.HalfOpenPeak)}, {"half_open_left", int64(c.HalfOpenLeft)},
	} {
		if n.value < 0 || n.value > maxNumber {
			return fmt.Errorf("cost: %s is not a number that a scan counts", n.name)
		}
	}
	if c.ElapsedMs < 0 || c.ElapsedMs > maxNumber*1000 {
		return errors.New("cost: elapsed_ms is not the time of a scan")
	}
	seen := make(map[int]bool, len(t.Exchanges))
	for _, e := range t.Exchanges {
		switch {
		case e.ID < 1 || e.ID > maxNumber:
			return fmt.Errorf("exchange %d: its id is not a number from 1 to %d", e.ID, maxNumber)
		case seen[e.ID]:
			return fmt.Errorf("exchange %d: its id stands twice", e.ID)
		case e.Tries < 0 || e.Tries > maxNumber:
			return fmt.Errorf("exchange %d: tries %d is not a number that a scan counts", e.ID, e.Tries)
		case len(e.Offer) > maxOffer:
			return fmt.Errorf("exchange %d: its offer exceeds %d octets", e.ID, maxOffer)
		}
		seen[e.ID] = true
	}
	return nil
}

// Asked returns the offers of t's exchanges that decide something, in the order
// of the exchanges, so that a planner can go on from them. The error names the
// exchange, or the number, that cannot be of a scan.
func Asked(t *report.Target) ([]matrix.Asked, error) {
	if err := checkNumbers(t); err != nil {
		return nil, err
	}
	var out []matrix.Asked
	for _, e := range t.Exchanges {
		answer := matrix.Answer{Exchange: e.ID}
		switch e.Decides {
		case "":
			continue
		case report.StateRefused:
			answer.State = matrix.Refused
		case report.StateAccepted:
			answer.State = matrix.Accepted
		default:
			return nil, fmt.Errorf("exchange %d: decides %q, want accepted or refused", e.ID, e.Decides)
		}
		if e.Group != "" {
			method, err := proposals.ParseAlgorithm(e.Group)
			if err != nil || method.Axis != proposals.KE {
				return nil, fmt.Errorf("exchange %d: group %q is not a key exchange method", e.ID, e.Group)
			}
			answer.KE = method
		}
		if e.Suite != "" {
			suite, err := proposals.ParseSuite(e.Suite)
			if err != nil {
				return nil, fmt.Errorf("exchange %d: suite: %w", e.ID, err)
			}
			answer.Suite = &suite
		}
		products, err := proposals.ParseProducts(e.Offer)
		if err != nil {
			return nil, fmt.Errorf("exchange %d: offer: %w", e.ID, err)
		}
		asked := matrix.Asked{Offer: matrix.Offer{Products: products}, Answer: answer}
		if e.KE != "" {
			if asked.Payload, err = proposals.ParseAlgorithm(e.KE); err != nil || asked.Payload.Axis != proposals.KE {
				return nil, fmt.Errorf("exchange %d: ke %q is not a key exchange method", e.ID, e.KE)
			}
		}
		out = append(out, asked)
	}
	return out, nil
}

// Resumed returns t, of a scan that went on from the earlier one of the same
// target, with the exchanges of that one before its own. What the earlier ones
// decided counts no more if it was doubted. That their answers contradict each other,
// or are of several gateways, is true of both.
func Resumed(t report.Target, from *report.Target, doubted bool) report.Target {
	earlier := slices.Clone(from.Exchanges)
	for i := range earlier {
		if doubted {
			earlier[i].Decides = ""
		}
	}
	t.Exchanges = slices.Concat(earlier, t.Exchanges)
	keep := []report.DoubtKind{report.DoubtSeveral, report.DoubtMember}
	if !doubted {
		keep = append(keep, report.DoubtContradiction, report.DoubtForged, report.DoubtUnread)
	}
	for _, d := range from.Doubts {
		same := func(own report.Doubt) bool { return own.Kind == d.Kind && own.Suite == d.Suite }
		if slices.Contains(keep, d.Kind) && !slices.ContainsFunc(t.Doubts, same) {
			t.Doubts = append(slices.Clip(t.Doubts), d)
			t.Complete = false
		}
	}
	if m := t.Matrix; m != nil && len(t.Doubts) > 0 {
		unproven := *m
		unproven.Proven = false
		t.Matrix = &unproven
	}
	c, f := &t.Cost, from.Cost
	c.Exchanges += f.Exchanges
	c.DatagramsSent += f.DatagramsSent
	c.DatagramsReceived += f.DatagramsReceived
	c.BytesSent += f.BytesSent
	c.BytesReceived += f.BytesReceived
	c.Retransmits += f.Retransmits
	c.Cookies += f.Cookies
	c.HalfOpenPeak = max(c.HalfOpenPeak, f.HalfOpenPeak)
	c.ElapsedMs = sumOfMs(c.ElapsedMs, f.ElapsedMs)
	t.Notes = append(slices.Clone(t.Notes), fmt.Sprintf("The scan went on from an earlier one of %s; exchanges to %d are from then.",
		from.Started.Format("2006-01-02 15:04:05 MST"), from.LastExchange()))
	t.Findings = assess.Findings(&t)
	return t
}
