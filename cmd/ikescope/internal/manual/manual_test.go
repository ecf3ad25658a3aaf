package manual

import (
	"strings"
	"testing"
)

// TestWrite: nothing in a text is taken for roff.
func TestWrite(t *testing.T) {
	var b strings.Builder
	p := Page{Command: "ikescope a", Short: "a - b", Usage: "ikescope a", Version: "1",
		Long:     ".hidden\n'quoted' \\n\n\nLines:\n  .kept as-is\n  a\\b\nafter",
		Flags:    []Group{{"", []Item{Flag("o", "out", "file", "write ~/x", "")}}, {"More", []Item{Flag("", "n", "", ".5", "3")}}},
		Examples: "  ikescope a | cat\n", Exit: "\n0 done\n", See: []string{"ikescope", "ikescope b c"}}
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\n\\&.hidden\n\\(aqquoted\\(aq \\en\n.PP\nLines:\n.nf\n  .kept as\\-is\n  a\\eb\n.fi\nafter\n",
		"\n.TP\n.B \\-o, \\-\\-out file\nwrite \\(ti/x\n.SS More\n.TP\n.B \\-\\-n\n\\&.5 (default 3)\n",
		"\n.BR ikescope (1),\n.BR ikescope\\-b\\-c (1)\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, &b)
		}
	}
}

func TestFirst(t *testing.T) {
	for usage, want := range map[string]string{
		"the most exchanges in flight":                      "the most exchanges in flight",
		"how much to ask: quick or deep (default standard)": "how much to ask",
		"with --esp: judge this client: a name":             "with --esp: judge this client",
		"short":                                             "short",
		"a folder (made if it is not there); or":            "a folder (made if it is not there)",
		"":                                                  "",
	} {
		if got := FirstClause(usage); got != want {
			t.Errorf("%q of %q, want %q", got, usage, want)
		}
	}
	all := "  a 1\n      goes on\n  a 2\n  a 3\n  a 4\n  a 5\n  a 6\n      goes on\n  a 7\n      no more"
	if got, want := FirstExamples(all), strings.TrimSuffix(all, "\n  a 7\n      no more"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
