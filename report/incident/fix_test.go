package incident

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/incident/causes"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/sentence"
)

// Each fix is for a cause that there is, of a side, and is pasted or said.
func TestFixes(t *testing.T) {
	for _, f := range causes.Fixes() {
		id := f.Cause
		if strings.HasPrefix(id, "windows-") { // with a code
			id = "windows"
		}
		id = strings.TrimSuffix(id, "-ikev1")
		if _, ok := catalogue()[id]; !ok {
			t.Errorf("unknown cause %q", f.Cause)
		}
		if !slices.Contains([]string{"", "r", "i", "u"}, f.Side) || !slices.Contains([]string{"", "ASA", "IOS"}, f.System) || f.Version < 0 || f.Version > 2 || f.Line == "" {
			t.Errorf("%+v", f)
		}
		if !f.Paste && strings.Contains(f.Line, "\n") {
			t.Errorf("%+v has several lines and is not to be pasted", f)
		}
	}
}

// Each cause has a sentence for each side, and its layer is one of the known.
func TestCauses(t *testing.T) {
	known := map[Layer]bool{Name: true, Network: true, Negotiation: true, Identity: true, Authentication: true, Child: true, Client: true, NoFailure: true}
	for id, c := range catalogue() {
		for side, layer := range c.layers {
			if !known[layer] {
				t.Errorf("%s: %q: there is no layer %q", id, side, layer)
			}
		}
		if c.sentences[""] == "" || c.elsewhere == "" {
			t.Errorf("%s lacks something", id)
		}
		for side, said := range c.sentences {
			if strings.Count(said, "[") != strings.Count(said, "]") || strings.Count(said, "{") != strings.Count(said, "}") {
				t.Errorf("%s: %q: %q", id, side, said)
			}
			// Without any word the sentence stands.
			if bare := sentence.Fill(said, nil); strings.ContainsAny(bare, "{}[]") || strings.Contains(bare, "  ") || strings.Contains(bare, " ,") {
				if id != "windows" {
					t.Errorf("%s: %q", id, bare)
				}
			}
		}
	}
}

// Each cause has something to do for each side, known or not, in the words of each
// product, even if no line names anything.
func TestEachCauseHasAFix(t *testing.T) {
	for id := range catalogue() {
		if id == "idle" || id == "peer-ended" || id == "windows" { // nothing failed, or it goes by a code
			continue
		}
		for _, side := range []event.Side{event.Initiator, event.Responder, ""} {
			for _, product := range []string{"strongSwan", "libreswan", "another"} {
				a := &Attempt{Product: product, Side: side, Cause: &Cause{ID: id}}
				if len(a.Fixes()) == 0 {
					t.Errorf("%s: nothing to do for %q of %s", id, side, product)
				}
			}
		}
	}
}

// No field of a story, whatever its cause and whose log it is, holds a place for a word.
func TestNoPlacesLeft(t *testing.T) {
	place := regexp.MustCompile(`\{[a-z0-9/-]+[|}]`)
	for id := range catalogue() {
		for _, side := range []event.Side{event.Initiator, event.Responder, ""} {
			for _, ends := range []bool{false, true} {
				a := &Attempt{Side: side, ikeUp: true, ending: id, Events: []event.Event{{Text: "x", Count: 1}}}
				if !ends {
					a.Cause = a.cause(id, &a.Events[0])
				}
				text, err := json.Marshal((&Group{Attempt: a}).story())
				if err != nil {
					t.Fatal(err)
				}
				if left := place.Find(text); left != nil {
					t.Errorf("%s, %q: %s in %s", id, side, left, text)
				}
			}
		}
	}
}
