package probe

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/target"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// goOn returns the scene of a scan that goes on where o stopped.
func (o outcome) goOn() scene {
	sc := o.scene
	sc.scanner.MaxExchanges, sc.during = 0, nil
	sc.target = target.Target{Name: "gateway", Address: gatewayAddr, Prior: sc.target.Prior, FirstExchange: o.Exchanges[len(o.Exchanges)-1].ID + 1}
	if o.PriorDoubted {
		sc.target.Prior = nil
	}
	for _, x := range o.Exchanges {
		if x.Decides == matrix.NotTested {
			continue
		}
		a := matrix.Answer{State: x.Decides, Suite: x.Suite, Exchange: x.ID}
		if x.Group != 0 {
			a.KE = proposals.Algorithm{Axis: proposals.KE, ID: uint16(x.Group)}
		}
		sc.target.Prior = append(slices.Clip(sc.target.Prior), matrix.Asked{
			Offer: matrix.Offer{Products: x.Offer}, Answer: a, Payload: proposals.Algorithm{Axis: proposals.KE, ID: uint16(x.KE)},
		})
	}
	return sc
}

// matrixExchanges returns how many exchanges asked for the matrix.
func (o outcome) matrixExchanges() int {
	n := 0
	for _, x := range o.Exchanges {
		if x.Purpose == evidence.PurposeMatrix {
			n++
		}
	}
	return n
}

// holdsInferred reports whether p holds a suite that m has as accepted, though
// it was not observed.
func holdsInferred(p proposals.Product, m *matrix.Matrix) bool {
	for s := range p.Suites() {
		if state, _ := m.State(s); state == matrix.Accepted && !m.Observed(s) {
			return true
		}
	}
	return false
}

// TestScanResume: whatever the habits of the gateway, a scan that goes on asks
// no more than is left, twice over, too, and finds what a whole scan does.
func TestScanResume(t *testing.T) {
	t.Parallel()
	decoy := with(func(p *iketest.Profile) { p.ForeignKE = iketest.AsRefusal })
	drops := iketest.Faults{DropRefused: true}
	for _, tc := range []struct {
		name  string
		scene scene
	}{
		{"as the RFC has it", scene{profile: iketest.StrongSwan}},
		{"loss", scene{profile: iketest.StrongSwan, link: memnet.Link{Delay: 5 * ms, Loss: 0.2}}},
		{"drops refused", scene{profile: iketest.StrongSwan, faults: drops}},
		{"decoy", scene{profile: decoy}},
		{"only accepted answers", scene{profile: acceptsOnly}},
		{"an error in place of a refusal", scene{profile: with(func(p *iketest.Profile) { p.Refusal = 8192 })}},
		{"short requests", scene{profile: with(func(p *iketest.Profile) { p.MaxDatagram = 600 })}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sc := tc.scene
			sc.policy = overlapPolicy
			if sc.link.Delay == 0 {
				sc.link.Delay = 5 * ms
			}
			whole := sc.scan(t)
			whole.right(t)
			for _, stop := range []int{3, 90} {
				part := sc
				part.scanner.MaxExchanges = stop
				first := part.scan(t)
				part = first.goOn()
				part.during = func(cancel context.CancelFunc) { time.AfterFunc(time.Second, cancel) }
				second := part.scan(t)
				third := second.goOn().scan(t)
				for _, o := range []outcome{first, second, third} {
					o.right(t)
				}
				m := third.Matrix
				if !third.Complete || m.Proven != whole.Matrix.Proven || m.Accepted != whole.Matrix.Accepted || m.Refused != whole.Matrix.Refused {
					t.Errorf("after %d: complete %v, %d accepted, %d refused; want %d, %d; %v, %+v", stop, third.Complete, m.Accepted, m.Refused,
						whole.Matrix.Accepted, whole.Matrix.Refused, third.err, third.Doubts)
				}
				if len(m.Contradictions) > 0 || third.PriorDoubted || third.changed() {
					t.Errorf("after %d: contradictions %v; %q", stop, m.Contradictions, kindsOf(third.Notes))
				}
				// What was in flight at the end of the first is asked again.
				asked := first.matrixExchanges() + second.matrixExchanges() + third.matrixExchanges()
				if most := whole.matrixExchanges()*5/4 + 20; asked > most {
					t.Errorf("after %d: %d exchanges in three scans, want at most %d", stop, asked, most)
				}
				// With all answers known from the start products are found on
				// another way, on which suites that were inferred may be
				// observed, each once; what is decided is not asked.
				resumed := third.goOn()
				again := resumed.scan(t)
				if again.Matrix.Accepted != m.Accepted {
					t.Errorf("after %d: %d accepted, where there were %d", stop, again.Matrix.Accepted, m.Accepted)
				}
				for _, x := range again.Exchanges {
					if x.Purpose != evidence.PurposeMatrix {
						continue
					}
					if x.Decides == matrix.Refused || !slices.ContainsFunc(x.Offer, func(p proposals.Product) bool { return holdsInferred(p, m) }) {
						t.Errorf("after %d: %v decides %v, where the matrix was whole", stop, x.Offer, x.Decides)
					}
					if slices.ContainsFunc(resumed.target.Prior, func(a matrix.Asked) bool { return reflect.DeepEqual(a.Products, x.Offer) }) {
						t.Errorf("after %d: asked again: %v", stop, x.Offer)
					}
				}
			}
		})
	}
}

// TestScanResumeChanged: a policy that is another one when a scan goes on is
// noticed, also where it only holds more.
func TestScanResumeChanged(t *testing.T) {
	first := scene{policy: smallPolicy, profile: iketest.StrongSwan, link: memnet.Link{Delay: 5 * ms}}.scan(t)
	sc := first.goOn()
	for _, sc.policy = range []string{singlesPolicy, smallPolicy + ",aes256gcm16-prfsha384-ecp384", "aes128-sha256-prfsha256-modp2048"} {
		o := sc.scan(t)
		o.right(t)
		if !o.changed() {
			t.Errorf("nothing says that the policy changed: %v", kindsOf(o.Notes))
		}
		if !o.PriorDoubted {
			t.Error("the earlier scan is not doubted")
		}
		o.goOn().scan(t).exact(t)
	}
}
