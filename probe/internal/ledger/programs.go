package ledger

import (
	"encoding/hex"
	"sync"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
)

// Programs tell the programs that answer apart by what their answers look like:
// some have a responder SPI in their errors and others have zero there, and an
// accepted answer has the vendor IDs of its program. Its methods may be called
// concurrently.
type Programs struct {
	mu    sync.Mutex
	looks map[initiator.Outcome]map[string][]int // exchanges
}

// Add takes in how an answer looks.
func (p *Programs) Add(a initiator.Answer) {
	if a.Message == nil || a.Type != ike.IKE_SA_INIT {
		return
	}
	look := ""
	switch a.Outcome {
	case initiator.NoProposalChosen, initiator.InvalidKEPayload:
		look = "zero"
		if a.Message.SPIr != (ike.SPI{}) {
			look = "drawn"
		}
	case initiator.Accepted:
		for _, payload := range a.Message.Payloads {
			if v, ok := payload.(*ike.VendorID); ok {
				look += hex.EncodeToString(v.Data) + " "
			}
		}
	default:
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.looks == nil {
		p.looks = make(map[initiator.Outcome]map[string][]int)
	}
	if p.looks[a.Outcome] == nil {
		p.looks[a.Outcome] = make(map[string][]int)
	}
	p.looks[a.Outcome][look] = append(p.looks[a.Outcome][look], a.ID)
}

// Several returns an exchange of each of several programs; nothing if there is
// one. An error may be forged or come from something between, so that one alone
// says nothing.
func (p *Programs) Several() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	for outcome, looks := range p.looks {
		var ids []int
		for _, exchanges := range looks {
			if outcome == initiator.Accepted || len(exchanges) > 1 {
				ids = append(ids, exchanges[0])
			}
		}
		if len(ids) > 1 {
			return ids
		}
	}
	return nil
}
