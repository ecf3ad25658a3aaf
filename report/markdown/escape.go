package markdown

import (
	"strings"
	"unicode/utf8"

	"github.com/ikescope/ikescope/ike/printable"
)

// prose returns text that GitHub, GitLab and others show as it is: what would be
// markup, a link, a mention of a person or an issue is taken apart.
func prose(s string) string {
	s = printable.Text(s)
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '@':
			b.WriteString("@<!-- -->") // or it notifies whoever has that name
		case r == '#' && i+1 < len(s) && isWord(s[i+1]):
			b.WriteString("#<!-- -->")
		case r == ':' && strings.HasPrefix(s[i:], "://"):
			b.WriteString(":<!-- -->")
		case r == '.' && i > 2 && strings.EqualFold(s[i-3:i], "www"):
			b.WriteString(".<!-- -->")
		case r == '_' && i > 0 && i+1 < len(s) && isWord(s[i-1]) && isWord(s[i+1]):
			b.WriteRune(r) // as in IANA's names
		case strings.ContainsRune("\\`*_[]<>#|~$&", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case i == 0 && strings.ContainsRune("+-=>", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

func isWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// code returns s as a code span.
func code(s string) string {
	s = printable.Text(s)
	if s == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.TrimSpace(s) == "" {
		s = " " + s + " "
	}
	return fence + s + fence
}

// cell returns s as a code span of a table, where a | ends a cell even in code.
func cell(s string) string { return strings.ReplaceAll(code(s), "|", `\|`) }

// block returns lines as a code block, which a list item may hold: columns is how far
// it is indented.
func block(lines []string, columns int) string {
	longest := 2
	for _, l := range lines {
		longest = max(longest, longestRun(l))
	}
	fence := strings.Repeat("`", longest+1)
	indent := strings.Repeat(" ", columns)
	var b strings.Builder
	b.WriteString(indent + fence + "\n")
	for _, l := range lines {
		b.WriteString(strings.TrimRight(indent+printable.Text(l), " ") + "\n")
	}
	b.WriteString(indent + fence + "\n")
	return b.String()
}

// longestRun is the most backquotes in a row.
func longestRun(s string) int {
	longest, run := 0, 0
	for i := range len(s) {
		if run++; s[i] != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
