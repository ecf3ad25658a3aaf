package report

import "iter"

// EachTarget hands over the targets of doc in their order, each with its index and with
// the gates that are of it. It ends at the first error, which it returns.
func EachTarget(doc Source, do func(i int, t *Target, gates []Gate) error) error {
	next, stop := iter.Pull2(doc.EachGate())
	defer stop()
	all := targetGates{next: next}
	for i := range doc.Count() {
		t, err := doc.At(i)
		if err != nil {
			return err
		}
		gates, err := all.of(t.Key())
		if err != nil {
			return err
		}
		if err := do(i, t, gates); err != nil {
			return err
		}
	}
	return nil
}

// targetGates reads the gates of a report target by target, in the order of these.
type targetGates struct {
	next func() (Gate, error, bool)
	// held is the gate that was read last, of a target that is to come.
	held *Gate
}

// of returns the gates of the target that is known by key, which may have none. It is
// asked once for each target, in their order.
func (g *targetGates) of(key Key) ([]Gate, error) {
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
