package scan

import (
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
)

// Asked returns the offers of t's exchanges that decide something, in the order
// of the exchanges, so that a planner can go on from them. The error names the
// exchange that cannot be read.
func Asked(t *report.Target) ([]matrix.Asked, error) {
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
// decided counts no more if it was doubted.
func Resumed(t report.Target, from *report.Target, doubted bool) report.Target {
	earlier := slices.Clone(from.Exchanges)
	for i := range earlier {
		if doubted {
			earlier[i].Decides = ""
		}
	}
	t.Exchanges = slices.Concat(earlier, t.Exchanges)
	c, f := &t.Cost, from.Cost
	c.Exchanges += f.Exchanges
	c.DatagramsSent += f.DatagramsSent
	c.DatagramsReceived += f.DatagramsReceived
	c.BytesSent += f.BytesSent
	c.BytesReceived += f.BytesReceived
	c.Retransmits += f.Retransmits
	c.Cookies += f.Cookies
	c.HalfOpenPeak = max(c.HalfOpenPeak, f.HalfOpenPeak)
	c.ElapsedMs += f.ElapsedMs
	t.Notes = append(slices.Clone(t.Notes), fmt.Sprintf("The scan went on from an earlier one of %s; exchanges to %d are from then.",
		from.Started.Format("2006-01-02 15:04:05 MST"), from.LastExchange()))
	t.Findings = assess.Findings(&t)
	return t
}
