package logtext

import "github.com/ikescope/ikescope/proposals/lazyregexp"

// shell is a line of a shell: a command of ipsec with its words, a script by its path,
// or a comment in capitals after the command that does nothing (":").
var shell = lazyregexp.New(`^\s{0,8}(?:(?:sudo )?ipsec (?:auto|whack|up|down|add|addconn|start|stop|restart|delete|route|unroute|ondemand|listen|status|connectionstatus|certutil|pk12util|import) [-\w./"'%]|\.{1,2}/[\w./-]+(?: |$)|: (?:\S{1,80} )?(?:[A-Z]{2,16} ){2})`)

// Command reports whether a line is what was typed or run in a shell, which says nothing of
// what came of it.
func Command(s string) bool {
	return len(s) > 0 && (s[0] <= ' ' || s[0] == '.' || s[0] == ':' || s[0] == 'i' || s[0] == 's') && shell.MatchString(s)
}
