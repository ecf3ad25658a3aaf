package incident

import (
	"strings"
	"testing"
)

func TestTellInitiator(t *testing.T) {
	got, ok := TellInitiator("id-not-in-cert", map[string]string{"id": "vpn.example.com"})
	if !ok || got.Layer != Identity || !strings.Contains(got.Sentence, "not for the expected name, vpn.example.com:") || got.Elsewhere == "" || len(got.Fixes) == 0 {
		t.Errorf("%+v, %v", got, ok)
	}
	for _, f := range got.Fixes {
		if strings.ContainsAny(f.Line, "{}") {
			t.Errorf("%q has a word that is not known", f.Line)
		}
	}
	if got, ok := TellInitiator("id-not-in-cert", nil); !ok || strings.ContainsAny(got.Sentence, "[]{}") {
		t.Errorf("without words: %+v, %v", got, ok)
	}
	if got, ok := TellInitiator("no such cause", nil); ok {
		t.Errorf("%+v", got)
	}
}
