package strongswan

import "github.com/ikescope/ikescope/report/incident"

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
func (c *copies) copied(l *incident.Line, h *header, text string) bool {
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
