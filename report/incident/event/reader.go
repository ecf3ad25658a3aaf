package event

// Reader turns lines of one product's log into events. It remembers what it
// needs of the lines before.
type Reader interface {
	// Read returns the events of a line. mine is false if the line is not of
	// the product's log.
	Read(l *Line) (events []Event, mine bool)
}

// Ender is a Reader that has events left at the end of a log.
type Ender interface {
	End() []Event
}

// Product is a product whose logs are read.
type Product struct {
	// Name is how people call it, Word how it is named on the command line.
	Name, Word string
	New        func() Reader
	// Lines are the lines that are known, nil where there is no table.
	Lines *Table
	// Bare, if it is there, completes an event of a message that was copied
	// without what stands before it.
	Bare func(e *Event)
	// Program is the name under which messages that were copied without what
	// stands before them are of the product, "" where they need more than that.
	Program string
	// Folds: lines that are copied from the terminal or sent by mail are often
	// folded, and what is on the next line belongs to the one before.
	Folds bool
	// Complete: the table knows every line that says why something failed, so
	// that others are not read by what they say in general.
	Complete bool
}
