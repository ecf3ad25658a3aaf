package logtext

import "regexp"

// secret is a word for one, and what it is behind the word: after a mark, or in
// quotes. A secret may hold anything, so it ends where the line does.
var secret = regexp.MustCompile(`(?i)(pass(?:word|wd|phrase|code)|secret|psk|chap2?[-_]response|(?:pre-?)?shared[-_ ]?key)(?:[^:="]{0,40}[:=]|[^:="]{0,40}")\s*\S.*`)

// WithoutSecrets returns a line without what stands behind words such as password
// and secret: some daemons and RADIUS servers log it.
func WithoutSecrets(line string) string { return secret.ReplaceAllString(line, "$1 (not shown)") }
