package logtext

import "strings"

// withoutMarks removes what mail and forums put before lines: marks of quotes and
// lists, fences, and numbers before times.
func withoutMarks(s string) string {
	t := strings.TrimLeft(s, " \t")
	if t == "" || strings.IndexByte(">`*\u2022", t[0]) < 0 {
		if n := span(t, isDigit); n > 0 && n < 6 && n < len(t) && (t[n] == ' ' || t[n] == '\t' || t[n] == ')' || t[n] == '|') {
			rest := strings.TrimLeft(t[n:], " \t)|")
			if _, _, _, ok := Stamp(rest); ok {
				return rest
			}
			if _, _, ok := program(rest); ok {
				return rest
			}
		}
		return s
	}
	inner := strings.TrimLeft(t, ">` \t")
	if rest, found := strings.CutPrefix(inner, "* "); found {
		inner = strings.TrimLeft(rest, " ")
	}
	return strings.TrimRight(inner, "` ")
}

// maxFrame bounds what may stand before a message, in octets.
const maxFrame = 200

// starts are the beginnings of messages whose product they show, by their first
// octets.
var starts = []string{"%ASA-", "%FTD-", "%PIX-", "%CRYPTO-", "%IKEV2-", "%PKI-", "IKEv2:(", "IKEv2-PROTO", "IKEv2-ERROR", "IKEv2-INTERNAL", "ISAKMP:", "ISAKMP (", "ISAKMP-ERROR", "IPSEC(", "[IKEv1", "ike 0:", "ike V=",
	"ipsec,error", "ipsec,info", "ipsec,debug", "KMD_", "spi=0x", "packet from ", "AWS tunnel", "SESSION_ID", "[IKE] ", "[ENC] ", "[NET] ", "[CFG] ", "[KNL] ", "[CHD] ", "[JOB] ", "RasClient"}

// startBytes are the first octets of starts and of programs.
var startBytes = func() (first [256]bool) {
	for _, list := range [][]string{starts, programs, {`"`}} {
		for _, s := range list {
			first[s[0]] = true
		}
	}
	for c := '0'; c <= '9'; c++ {
		first[c] = true
	}
	return first
}()

// Inner returns the message that begins within s, behind what is not known: a
// prompt, a host, the columns of a viewer.
func Inner(s string) (string, bool) {
	for i := 1; i < len(s) && i < maxFrame; i++ {
		if !startBytes[s[i]] || isLetter(s[i-1]) || isDigit(s[i-1]) || s[i-1] == '/' {
			continue
		}
		rest := s[i:]
		switch c := rest[0]; {
		case isDigit(c):
			// charon's "07[IKE] ".
			n := span(rest, isDigit)
			if n < 4 && len(rest) > n+5 && rest[n] == '[' && strings.Trim(rest[n+1:n+4], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && (rest[n+4] == ']' || rest[n+5] == ']') {
				return rest, true
			}
			continue
		case c == '"':
			// pluto's `"name" #1: `.
			if name, after, found := strings.Cut(rest[1:], `"`); found && len(name) < 64 && (strings.HasPrefix(after, " #") || strings.HasPrefix(after, "[")) && strings.Contains(clip(after, 80), ": ") {
				return rest, true
			}
			continue
		}
		if c := rest[0]; c == '[' && strings.Count(s[:i+1], "][") > 1 { // the tags of another program: "[INFO][N3IWF][IKE] "
			continue
		}
		for _, start := range starts {
			if strings.HasPrefix(rest, start) {
				return rest, true
			}
		}
		if _, _, ok := program(rest); ok {
			return rest, true
		}
	}
	return "", false
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
