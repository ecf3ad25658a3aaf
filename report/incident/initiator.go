package incident

import (
	"github.com/ikescope/ikescope/report/incident/causes"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/sentence"
)

// Told is what is said of a cause where the initiator saw it.
type Told struct {
	Layer    Layer
	Sentence string
	// Elsewhere is what only the gateway can tell, and Fixes what to do.
	Elsewhere string
	Fixes     []Fix
}

// TellInitiator returns what is said of a cause of the catalogue, as "cert-untrusted",
// with the words that its sentence may name. It is not ok for another cause.
func TellInitiator(cause string, words map[string]string) (_ Told, ok bool) {
	e, ok := catalogue()[cause]
	if !ok {
		return Told{}, false
	}
	t := Told{Layer: e.layers[event.Initiator], Sentence: sentence.Fill(e.sentences[event.Initiator], words), Elsewhere: sentence.Fill(e.elsewhere, words)}
	for _, f := range causes.Fixes() {
		if f.Cause != cause || f.Product != "" || f.Side == "r" || f.Side == "u" || len(t.Fixes) == maxFixes {
			continue
		}
		if line, known := sentence.Words(f.Line, words); known {
			t.Fixes = append(t.Fixes, Fix{Where: f.Where, Line: line, Paste: f.Paste})
		}
	}
	return t, true
}
