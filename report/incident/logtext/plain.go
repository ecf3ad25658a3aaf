package logtext

import (
	"html"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// Plain returns a line without what shows it: colours of a terminal, entities and
// tags of pages and forums, typographic quotes and hard blanks.
func Plain(s string) string {
	s = withoutColours(s)
	if n := strings.Count(s, "**"); n > 1 && n%2 == 0 { // of Markdown
		s = strings.ReplaceAll(s, "**", "")
	}
	if strings.IndexByte(s, '&') >= 0 && strings.IndexByte(s, ';') >= 0 && !strings.HasPrefix(s, "<") {
		s = html.UnescapeString(s)
	}
	if strings.IndexFunc(s, func(r rune) bool { return r == 0xa0 || r >= 0x2000 && r < 0x2070 || r == 0xfeff }) >= 0 {
		s = plainMarks.Replace(s)
	}
	if strings.HasPrefix(strings.TrimLeft(s, " \t"), "[") || strings.HasPrefix(s, "<") {
		s = withoutTags(s)
	}
	return s
}

// plainMarks are characters that word processors, forums and browsers put in the
// place of those of a log.
var plainMarks = strings.NewReplacer("\u201c", `"`, "\u201d", `"`, "\u201e", `"`, "\u2018", "'", "\u2019", "'", "\u00a0", " ", "\u200b", "", "\ufeff", "")

// withoutColours removes the sequences that colour text on a terminal.
func withoutColours(s string) string {
	if strings.IndexByte(s, 0x1b) < 0 {
		return s
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "\x1b")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		s = after
		if !strings.HasPrefix(s, "[") {
			continue
		}
		end := strings.IndexFunc(s[1:], func(c rune) bool { return c >= '@' && c <= '~' })
		if end < 0 {
			return b.String()
		}
		s = s[end+2:]
	}
}

// withoutTags removes the tags that forums and pages put around a line:
// "[COLOR=#000000]line[/COLOR]", "<code>line</code>".
func withoutTags(s string) string {
	t := strings.TrimLeft(s, " \t")
	for {
		m := tag.FindString(t)
		if m == "" {
			break
		}
		t = t[len(m):]
		if s = t; t == "" {
			return ""
		}
	}
	for {
		m := endTag.FindStringIndex(s)
		if m == nil {
			return s
		}
		s = s[:m[0]]
	}
}

var (
	tag    = lazyregexp.New(`^(?i:\[(?:color|size|font|b|i|code|quote|list|indent)(?:=[^\]]{0,40})?\]|\[\*\]|<(?:br|p|pre|code|span|div|li|td|tr|b|i|font|strong|em|blockquote)(?: [^>]{0,80})?/?>)\s*`)
	endTag = lazyregexp.New(`(?i:\[/(?:color|size|font|b|i|code|quote|list|indent)\]|</?(?:br|p|pre|code|span|div|li|td|tr|b|i|font|strong|em|blockquote) ?/?>)\s*$`)
)
