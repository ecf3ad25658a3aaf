package printable

import "testing"

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "",
		"größe 例":                "größe 例",
		"\x1b[2J":                `\u{1b}[2J`,
		"a\tb\r\n":               `a\u{9}b\u{d}\u{a}`,
		"a\u202eb\u200bc\u00a0d": `a\u{202e}b\u{200b}c\u{a0}d`,
		"a\xffb\xe2\x82":         `a\xffb\xe2\x82`,
		"\ufffd":                 "\ufffd",
		"\U000e0041":             `\u{e0041}`,
	} {
		if got := Text(in); got != want {
			t.Errorf("Text(%q) = %s, want %s", in, got, want)
		}
	}
}
