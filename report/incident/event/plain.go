package event

// Plain is a [Reader] of a product whose lines need little beside a table.
type Plain struct {
	Table *Table
	// Claim reports whether a line is of the product, and returns what of it
	// the table is for, and words that stand before that.
	Claim func(l *Line) (text string, words map[string]string, mine bool)
	// After, if it is there, completes an event that a line of the table gave.
	After func(e *Event)
	// Key returns the IKE SA of an event; without it all lines are of one.
	Key func(e *Event) string
}

// Read implements [Reader].
func (p *Plain) Read(l *Line) ([]Event, bool) {
	text, before, mine := p.Claim(l)
	if !mine {
		return nil, false
	}
	row, words := p.Table.FindOrGeneral(text)
	if row == nil {
		return nil, true
	}
	e := row.Event(l, words)
	for name, value := range before {
		if e.Args[name] == "" {
			e.Set(name, value)
		}
	}
	if p.After != nil {
		p.After(&e)
	}
	if p.Key != nil {
		e.Key = p.Key(&e)
	}
	return []Event{e}, true
}
