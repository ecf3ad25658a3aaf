package logtext

import (
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// facility is what OpenWrt has where others have the host, and hostname a host.
var (
	facility = lazyregexp.New(`^(?:auth|authpriv|cron|daemon|kern|local\d|syslog|user)\.`)
	hostname = lazyregexp.New(`^[A-Za-z0-9][\w.-]{0,252}$`)
)

// ranOn notes the host that a wrap names.
func (l *Message) ranOn(host string) {
	if (IsProgram(l.Program) || l.Program != "" && Beside(l.Program)) && !facility.MatchString(host) && hostname.MatchString(host) {
		l.Host = shortHost(host)
	}
}

// shortHost returns the name of a host up to the first dot, in small letters; an address
// stays as it is.
func shortHost(host string) string {
	short, _, _ := strings.Cut(host, ".")
	if strings.Trim(short, "0123456789") == "" {
		return host
	}
	return strings.ToLower(short)
}

var (
	// tailed is how tail heads the lines of a file, headed a line that says whose log
	// follows, and prompt that of a shell.
	tailed = lazyregexp.New(`^==> (\S{1,200}) <==$`)
	headed = lazyregexp.New(`(?i)^[#*=_\-\[ ]{0,8}(?:(?:logs?|output|here is|on|from|of|the|my|at|in) ){0,4}(initiator|responder|client|server|gateway)(?:'s)?(?: (?:side|end|logs?|output|host|machine|peer)){0,3} ?(?:\([^()]{1,40}\) ?)?:{1,2}[*=_\-\] ]{0,8}$`)
	prompt = lazyregexp.New(`^\[?[a-z_][\w.-]{0,31}@([\w.-]{1,63})[: ][^$#]{0,80}[$#](?: |$)`)
)

// Heading returns the part of a file that a line heads, and whether that is the log of
// the initiator or the responder, if it says so.
func (l *Message) Heading() (section, side string, ok bool) {
	if l.Stamp != "" || l.Program != "" || len(l.Text) > 240 {
		return "", "", false
	}
	if m := tailed.FindStringSubmatch(l.Text); m != nil {
		return m[1], "", true
	}
	m := headed.FindStringSubmatch(l.Text)
	if m == nil {
		return "", "", false
	}
	side = "responder"
	if who := strings.ToLower(m[1]); who == "initiator" || who == "client" {
		side = "initiator"
	}
	return side, side, true
}

// On returns the host of a line, which a shell's prompt names too, "" where it names
// none.
func (l *Message) On() string {
	if l.Host != "" || l.Stamp != "" || l.Program != "" {
		return l.Host
	}
	if m := prompt.FindStringSubmatch(l.Text); m != nil {
		return shortHost(m[1])
	}
	return ""
}
