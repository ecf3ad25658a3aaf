package general

import "strings"

// split returns the numbers of the words of a text, 0 for those that the lexicon
// does not have. Letters count as small ones, "NoProposal" as two words, and
// "doesn't" as "doesnt".
func (x *lexicon) split(text string, out []uint16) []uint16 {
	var buf [32]byte
	text = text[:min(len(text), maxOctets)]
	from, n, small := 0, 0, false
	end := func(i int) {
		if n > 0 && len(out) < maxWords {
			var id uint16
			if n <= len(buf) && !isLevel(text, from, i) && !isField(text, from, i) {
				id = x.ids[string(buf[:n])]
			}
			out = append(out, id)
		}
		n, small = 0, false
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		if n == 0 {
			from = i
			if size := name(text[i:]); size > 0 {
				i += size - 1
				if len(out) < maxWords {
					out = append(out, 0)
				}
				continue
			}
		}
		switch {
		case 'a' <= c && c <= 'z':
			small = true
		case '0' <= c && c <= '9':
		case 'A' <= c && c <= 'Z':
			if small {
				end(i)
				from = i
			}
			c += 'a' - 'A'
		case c == '\'' && n > 0 && i+1 < len(text) && text[i+1] == 't':
			continue
		default:
			end(i)
			continue
		}
		if n < len(buf) {
			buf[n] = c
		}
		n++
	}
	end(len(text))
	return out
}

// name returns how long a name in quotes is that s begins with, 0 if it does
// not: one word, or a distinguished name. Names of connections, such as
// "l2tp-psk", say nothing; what is in capitals alone may be that of a notify.
func name(s string) int {
	if s[0] != '"' && s[0] != '\'' {
		return 0
	}
	inside, _, found := strings.Cut(s[1:], s[:1])
	if !found || len(inside) > 100 || strings.Contains(inside, " ") && !strings.Contains(inside, "=") || strings.Trim(inside, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == "" {
		return 0
	}
	return len(inside) + 2
}

// isField reports whether the word between from and to is the name of a field:
// "Username:lee".
func isField(text string, from, to int) bool {
	if to+1 >= len(text) || text[to] != ':' && text[to] != '=' || strings.ContainsAny(text[from:to], "0123456789") {
		return false
	}
	c := text[to+1]
	return c == '"' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// isLevel reports whether the word between from and to is the level of the line:
// "ERROR:", "ISAKMP-ERROR", "[ERROR]".
func isLevel(text string, from, to int) bool {
	switch text[from:to] {
	case "ERROR", "Error", "error", "ERR":
		return to < len(text) && (text[to] == ':' || text[to] == ']') || from > 0 && (text[from-1] == '-' || text[from-1] == '[')
	}
	return false
}
