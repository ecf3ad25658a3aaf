package logtext

import (
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// secret is a word for one, and what it is behind the word: after a mark, in quotes, or
// in octets. A secret may hold anything, so it ends where the line does.
var secret = lazyregexp.New(`(?i)(pass(?:word|wd|phrase|code)|secret|psk|chap2?[-_]response|(?:pre-?)?shared[-_ ]?key)(?:[^:="]{0,40}[:=]|[^:="]{0,40}"|\s+0[sxt])\s*\S.*`)

// command is a word of a configuration's language that a secret follows.
var command = lazyregexp.New(`(?i)((?:isakmp key|tacacs(?:-server)? key|radius-server [^"]{0,80} key|set psksecret(?: enc)?|ikev[12] (?:local-authentication |remote-authentication )?pre-shared-key|pre-shared-(?:key|secret) (?:ascii-text|hexadecimal|local|remote|address)|-(?:sharedsecret|sharedkey|l2tppsk)|--xauthpass)\s+)[^"\s].*`)

// word is one for a secret.
var word = lazyregexp.New(`(?i)pass|secret|psk|key|chap`)

// named is the name of a connection and its SA that begin a message of pluto:
// `"l2tp-psk"[2] 192.0.2.1 #4: `.
var named = lazyregexp.New(`^[^"=]{0,80}"[\w./-]{1,40}"(?:\[\d+\])?(?: [\w.:<>*-]{1,60})?(?: #\d+)?: `)

// innocuous is what daemons say of secrets, or name after them, without one: what
// follows is examined on its own.
var innocuous = lazyregexp.New(`(?i)\bno matching PSK found for connection: ` +
	`|\bauth=(?:OAKLEY_)?PRESHARED_KEY\b` +
	`|\bshared key calculation using \w{1,8} failed\b` +
	`|\bauthby=secret and ID_\w{1,20} '[^']{0,200}'` +
	`|\bPSK(?:\+[A-Z]\w{1,30})+` +
	`|"[\w.-]{0,40}(?:PSK|psk)[\w.-]{0,40}"(?:\[\d{1,6}\])?: (?:\*\*)?(?:[Ww]e cannot|deleting|terminating|cannot|initiating|added|loaded|adding|connection)\b` +
	`|\b(?:shared keys?|secret) (?:found )?for '[^']{0,200}' - '[^']{0,200}'` +
	`|\bloading secrets from ["']/[\w./-]{1,200}\.secrets?["']` +
	`|/[\w./-]{1,200}\.secrets?\b`)

var (
	// between are those that a secret is for, and what it may be.
	between = lazyregexp.New(`(?i)(\bfor '[^']{0,200}' - '[^']{0,200}'[^:=]{0,200})[:=].*`)
	// file is one of secrets, and what is said of it: a daemon may quote what it does
	// not understand.
	file = lazyregexp.New(`(?i)/[\w./-]*\.secrets?\b["']?(?: line \d{1,6}:?)?`)
	// known is what daemons say of such a file without quoting it.
	known = lazyregexp.New(`(?i)^[:,]? ?(?:[.)]?|expected record boundary in key|unterminated string|ERROR: unexpected end of record in PSK|(?:failed: )?(?:No such file or directory|Permission denied)(?: \((?:errno )?\d{1,3}\))?|failed)$`)
)

// WithoutSecrets returns a line without what stands behind words such as password
// and secret: some daemons and RADIUS servers log it.
func WithoutSecrets(line string) string {
	if !word.MatchString(line) {
		return line
	}
	line = command.ReplaceAllString(withoutQuoted(line), "$1(not shown)")
	const mark = "\x00"
	var kept []string
	if !strings.Contains(line, mark) {
		line = innocuous.ReplaceAllStringFunc(line, func(s string) string {
			own := 1
			if strings.HasPrefix(s, "loading") {
				own = 2
			}
			if len(word.FindAllString(s, own+1)) > own { // in what stands for a name
				return s
			}
			kept = append(kept, s)
			return mark + strconv.Itoa(len(kept)-1) + mark
		})
	}
	line = withoutSecrets(line)
	for i, s := range kept {
		line = strings.Replace(line, mark+strconv.Itoa(i)+mark, s, 1)
	}
	return line
}

// withoutQuoted returns a line without what stands behind those that a secret is for,
// and behind the name of a file of secrets.
func withoutQuoted(line string) string {
	if strings.Contains(line, "' - '") {
		line = between.ReplaceAllString(line, "$1 (not shown)")
	}
	if m := file.FindStringIndex(line); m != nil && !known.MatchString(line[m[1]:]) {
		line = line[:m[1]] + " (not shown)"
	}
	return line
}

func withoutSecrets(line string) string {
	if strings.IndexByte(line, '"') >= 0 {
		head := named.FindString(line)
		before, _, _ := strings.Cut(head, `"`)
		if (strings.Contains(head, ` #`) || strings.Contains(head, `"[`)) && !word.MatchString(before) {
			return head + secret.ReplaceAllString(line[len(head):], "$1 (not shown)")
		}
	}
	return secret.ReplaceAllString(line, "$1 (not shown)")
}

// HideSecrets takes secrets out of the words of a line: a name may go on to the end
// of a line, or begin it.
func HideSecrets(words map[string]string) {
	for name, value := range words {
		if strings.ContainsAny(value, `:="`) { // without one there is no secret
			words[name] = WithoutSecrets(value)
		}
	}
}
