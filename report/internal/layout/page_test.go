package layout

import (
	"slices"
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		in          string
		width, hang int
		want        []string
	}{
		{"", 20, 2, nil},
		{"one two three four five", 12, 2, []string{"one two", "  three four", "  five"}},
		{"aes256-sha256-prfsha256-modp2048", 20, 2, []string{"aes256-sha256-", "  prfsha256-modp2048"}},
		{"a 0123456789012345678901234", 12, 0, []string{"a", "012345678901", "234567890123", "4"}},
		{"ééééé ééééé ééééé", 12, 0, []string{"ééééé ééééé", "ééééé"}},
		{"東京本社 東京本社", 10, 0, []string{"東京本社", "東京本社"}}, // each character is two columns wide
		{"東京本社東京本社", 11, 0, []string{"東京本社東", "京本社"}},
		{"o\u0308o\u0308o\u0308 o\u0308o\u0308 o\u0308o\u0308", 10, 0, []string{"o\u0308o\u0308o\u0308 o\u0308o\u0308 o\u0308o\u0308"}},
	} {
		if got := Wrap(tt.in, tt.width, tt.hang); !slices.Equal(got, tt.want) {
			t.Errorf("Wrap(%q, %d, %d) = %q, want %q", tt.in, tt.width, tt.hang, got, tt.want)
		}
	}
}

// TestAligned holds a label of its own to what a stranger may have written in it.
func TestAligned(t *testing.T) {
	p := NewPage(Options{Width: 60})
	p.Aligned("ios", "accepts")
	p.Aligned("é\x1b[2Jéé", "one two")
	p.Aligned("", "three")
	var out strings.Builder
	if err := p.Print(&out); err != nil {
		t.Fatal(err)
	}
	const margin = "           "
	want := margin + "ios        accepts\n" + margin + `é\u{1b}[2Jéé one two` + "\n" + margin + margin + "three\n"
	if out.String() != want {
		t.Errorf("got\n%q\nwant\n%q", out.String(), want)
	}
}

// TestSection: a label is made printable, whoever wrote it.
func TestSection(t *testing.T) {
	p := NewPage(Options{})
	p.Section("\x1b]0;x\a")
	p.Text(0, "text")
	var b strings.Builder
	if err := p.Print(&b); err != nil || strings.ContainsAny(b.String(), "\x1b\a") || !strings.Contains(b.String(), "]0;x") {
		t.Errorf("%q, %v", b.String(), err)
	}
}
