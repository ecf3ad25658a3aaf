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
