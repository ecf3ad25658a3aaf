package initiator

import (
	"testing"

	"github.com/ikescope/ikescope/ike"
)

// TestEndedWithoutMessages: what is remembered of exchanges that are over does not
// grow with what a gateway sent.
func TestEndedWithoutMessages(t *testing.T) {
	c := &Conn{waiting: make(map[ike.SPI]*wait), finished: make(map[messageKey]*wait)}
	for i := range maxFinished + 10 {
		w := c.begin(&Request{header: ike.Header{SPIi: ike.SPI{byte(i >> 8), byte(i)}}})
		c.end(w, Reading{Outcome: NoProposalChosen, Message: &ike.Message{Payloads: make([]ike.Payload, 16000)}, Octets: make([]byte, 1<<16)})
	}
	if len(c.waiting) != 0 || len(c.finished) != maxFinished {
		t.Fatalf("%d exchanges wait and %d are remembered", len(c.waiting), len(c.finished))
	}
	for _, w := range c.finished {
		if w.final.Outcome != NoProposalChosen || w.final.Message != nil || w.final.Octets != nil {
			t.Fatalf("remembered is %+v", w.final)
		}
	}
}
