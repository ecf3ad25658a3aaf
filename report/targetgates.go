package report

import "iter"

// TargetGates hands out the gates of a report target by target, in the order of
// these.
type TargetGates struct {
	next func() (Gate, error, bool)
	stop func()
	// held is the gate that was read last, of a target that is to come.
	held *Gate
}

// GatesByTarget returns those of doc. Its Stop has to be called.
func GatesByTarget(doc Source) *TargetGates {
	next, stop := iter.Pull2(doc.EachGate())
	return &TargetGates{next: next, stop: stop}
}

// Of returns the gates of the target that is known by key, which may have none. It is
// asked once for each target, in their order.
func (g *TargetGates) Of(key Key) ([]Gate, error) {
	var out []Gate
	for {
		if g.held == nil {
			gate, err, ok := g.next()
			if err != nil || !ok {
				return out, err
			}
			g.held = &gate
		}
		if (Key{g.held.Target, g.held.Address}) != key {
			return out, nil
		}
		out = append(out, *g.held)
		g.held = nil
	}
}

// Stop ends the reading.
func (g *TargetGates) Stop() { g.stop() }
