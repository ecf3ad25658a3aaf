package strongswan

import "github.com/ikescope/ikescope/report/incident/event"

// copies are the messages of one second. Charon logs to several facilities, and who
// started a connection prints what charon shows it: without thread and subsystem.
type copies struct {
	stamp, program string
	texts          map[string]bool
}

// maxCopies bounds the messages that are remembered.
const maxCopies = 256

// copied reports whether a message without a header is one that was logged with its
// header in the same second, under another name.
func (c *copies) copied(l *event.Line, h *header, text string) bool {
	if l.Stamp == "" {
		return false
	}
	if l.Stamp != c.stamp || len(c.texts) >= maxCopies {
		c.stamp, c.texts = l.Stamp, nil
	}
	if h.group == "" {
		return l.Program != c.program && c.texts[text]
	}
	if c.texts == nil {
		c.texts = make(map[string]bool)
	}
	c.texts[text], c.program = true, l.Program
	return false
}

// halves tells messages of two facilities that were cut apart: where the copy with a
// header is before the beginning of the log, the one without is not known as a copy.
type halves struct {
	// bare are the stamp and the program of the last message without a header, and
	// now those of the last of all.
	bare, now struct{ stamp, program string }
}

func (c *halves) note(l *event.Line, h *header) {
	c.now.stamp, c.now.program = l.Stamp, l.Program
	if h.group == "" {
		c.bare = c.now
	}
}

// whole returns last, if it is of messages without a header that were logged in the
// second of the one at hand, and under another name: they are of one IKE SA.
func (c *halves) whole(last *session) *session {
	if last == nil || last.key != "-" || c.now.stamp == "" || c.bare.stamp != c.now.stamp || c.bare.program == c.now.program {
		return nil
	}
	return last
}
