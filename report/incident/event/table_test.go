package event

import (
	"testing"

	"github.com/ikescope/ikescope/proposals/table"
)

func TestTemplates(t *testing.T) {
	for _, test := range []struct {
		template, text string
		want           map[string]string // nil: does not fit
	}{
		{"giving up after {#n} retransmits", "giving up after 5 retransmits", map[string]string{"n": "5"}},
		{"giving up after {#n} retransmits", "giving up after all retransmits", nil},
		{"to {@peer}", "initiating IKE_SA a[1] to 192.0.2.1, then", map[string]string{"peer": "192.0.2.1"}},
		{"to {@peer}, ", "from a to b to 192.0.2.1, then", map[string]string{"peer": "192.0.2.1"}},
		{"for '{a}' - '{b}', but", "tried 1 shared key for '%any' - 'lee', but MAC", map[string]string{"a": "%any", "b": "lee"}},
		{"^no proposal", "there is no proposal", nil},
		{"no proposal$", "no proposal chosen", nil},
		{"{}: {reason}", "a: b: c", map[string]string{"reason": "b: c"}},
	} {
		row, err := newRow(table.Row{"line": test.template, "kind": "info"})
		if err != nil {
			t.Fatal(err)
		}
		words, ok := row.template.Match(test.text)
		if ok != (test.want != nil) {
			t.Errorf("%q fits %q: %v", test.text, test.template, ok)
			continue
		}
		for name, value := range test.want {
			if words[name] != value {
				t.Errorf("%q of %q: %s is %q, want %q", test.template, test.text, name, words[name], value)
			}
		}
	}
	for _, bad := range [][]string{{"", "info", "", ""}, {"x", "nothing", "", ""}, {"x", "info", "x", ""}, {"x", "info", "", "x"}, {"{x", "info", "", ""}} {
		if _, err := newRow(table.Row{"line": bad[0], "kind": bad[1], "side": bad[2], "phase": bad[3]}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
