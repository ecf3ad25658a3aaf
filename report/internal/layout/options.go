package layout

// Options says how a text report looks.
type Options struct {
	// Color uses the terminal's colours; no meaning rests on them alone.
	Color bool
	// ASCII writes each other character as its code point.
	ASCII bool
	// Width is the number of columns; 0 means 80, and less than 60 is 60.
	Width int
	// Height is the number of lines of the terminal, 0 where the text is not for one.
	// A report that is longer ends with its verdict again, which else is out of sight.
	Height int
	// Names is whose names algorithms have, as package spelling lists them.
	Names string
	// Details are what a report has room for only where it was asked for them: why a
	// finding matters, and what is refused in every combination.
	Details bool
	// Evidence lists the exchanges at the end of each target.
	Evidence bool
	// ClientsAsked: the clients were asked for, and are not those that every
	// report names. Headings then name the ones that fail, as they do where
	// the clients are few, rather than count them.
	ClientsAsked bool
	// All shows each IKE SA of a capture, those of scans and those alike too.
	All bool
	// Attempt is the number of the story of logs to show alone, 0 for all.
	Attempt int
}
