package logtext

import (
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// secret is a word for one, and what it is behind the word: after a mark, or in
// quotes. A secret may hold anything, so it ends where the line does.
var secret = lazyregexp.New(`(?i)(pass(?:word|wd|phrase|code)|secret|psk|chap2?[-_]response|(?:pre-?)?shared[-_ ]?key)(?:[^:="]{0,40}[:=]|[^:="]{0,40}")\s*\S.*`)

// word is one for a secret.
var word = lazyregexp.New(`(?i)pass|secret|psk|key|chap`)

// named is the name of a connection and its SA that begin a message of pluto:
// `"l2tp-psk"[2] 192.0.2.1 #4: `.
var named = lazyregexp.New(`^[^"=]{0,80}"[\w./-]{1,40}"(?:\[\d+\])?(?: [\w.:<>*-]{1,60})?(?: #\d+)?: `)

// WithoutSecrets returns a line without what stands behind words such as password
// and secret: some daemons and RADIUS servers log it.
func WithoutSecrets(line string) string {
	if strings.IndexByte(line, '"') >= 0 {
		head := named.FindString(line)
		before, _, _ := strings.Cut(head, `"`)
		if (strings.Contains(head, ` #`) || strings.Contains(head, `"[`)) && !word.MatchString(before) {
			return head + secret.ReplaceAllString(line[len(head):], "$1 (not shown)")
		}
	}
	return secret.ReplaceAllString(line, "$1 (not shown)")
}
