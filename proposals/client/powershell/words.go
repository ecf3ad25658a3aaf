package powershell

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// skip drops n octets, which may hold ends of lines.
func (r *reader) skip(n int) {
	n = min(n, len(r.rest))
	r.line += strings.Count(r.rest[:n], "\n")
	r.rest = r.rest[n:]
}

// skipTo drops what is left up to the end of a text, or all of it.
func (r *reader) skipTo(end string) {
	if n := strings.Index(r.rest, end); n >= 0 {
		r.skip(n + len(end))
		return
	}
	r.skip(len(r.rest))
}

// space drops blanks, lines that go on, and comments. It reports whether there
// was something.
func (r *reader) space() bool {
	begin := len(r.rest)
	for r.rest != "" {
		switch s := r.rest; {
		case strings.IndexByte(" \t\r", s[0]) >= 0:
			r.skip(1)
		case strings.HasPrefix(s, "`\n"), strings.HasPrefix(s, "`\r\n"):
			r.skipTo("\n")
		case strings.HasPrefix(s, "<#"):
			r.skipTo("#>")
		case s[0] == '#':
			n := strings.IndexByte(s, '\n')
			if n < 0 {
				n = len(s)
			}
			r.skip(n)
		default:
			return len(s) < begin
		}
	}
	return begin > 0
}

// cast is a type or an attribute before a value: [string], [ValidateSet("a")].
var cast = lazyregexp.New(`^\[[A-Za-z][\w.]*(?:\[\])?(?:\([^()\n]*\))?\]\s*([$"'@\[(])`)

// next reads a word, or what stands between words.
func (r *reader) next() {
	if r.space() {
		return
	}
	s := r.rest
	inParam := len(r.brackets) > 0 && r.brackets[len(r.brackets)-1]
	switch c := s[0]; {
	case c == '|':
		r.skip(1)
		r.end()
		r.piped = true
	case c == '\n' && r.piped && len(r.words) == 0: // the statement goes on
		r.skip(1)
	case c == '\n', c == ';', c == '&', inParam && c == ',':
		r.skip(1)
		r.end()
	case c == '{':
		r.skip(1)
		r.end()
		r.blocks++
	case c == '}':
		r.skip(1)
		r.end()
		r.blocks = max(0, r.blocks-1)
	case c == '(' && r.takesValue():
		r.words = append(r.words, r.block())
	case c == '(':
		isParam := len(r.words) > 0 && strings.EqualFold(r.words[len(r.words)-1].Text, "param")
		r.skip(1)
		r.end()
		r.brackets = append(r.brackets, isParam)
	case c == ')':
		r.skip(1)
		r.end()
		r.brackets = r.brackets[:max(0, len(r.brackets)-1)]
	case len(r.words) == 0 && changed.MatchString(s):
		m := changed.FindStringSubmatch(s)
		r.skip(len(m[0]))
		r.change(m[1])
	default:
		r.words = append(r.words, r.word(len(r.words) > 0))
	}
}

// takesValue reports whether what follows is the value of a parameter or of a
// variable.
func (r *reader) takesValue() bool {
	n := len(r.words)
	return n > 0 && !r.words[n-1].Quoted && (strings.HasPrefix(r.words[n-1].Text, "-") || r.words[n-1].Text == "=") &&
		!slices.Contains([]string{"-and", "-or", "-not", "-eq", "-ne"}, strings.ToLower(r.words[n-1].Text))
}

// word takes a word. A variable is replaced by what it stands for, if resolve.
func (r *reader) word(resolve bool) Word {
	for {
		m := cast.FindStringSubmatchIndex(r.rest)
		if m == nil {
			break
		}
		r.skip(m[2]) // what follows it
	}
	word := Word{Line: r.line}
	s := r.rest
	switch {
	case strings.HasPrefix(s, "@{"):
		return r.hashtable(0)
	case strings.HasPrefix(s, "@(") || strings.HasPrefix(s, "$("):
		r.skip(1)
		return r.block()
	case strings.HasPrefix(s, "@\"\n"), strings.HasPrefix(s, "@\"\r\n"), strings.HasPrefix(s, "@'\n"), strings.HasPrefix(s, "@'\r\n"):
		return r.hereString()
	case s[0] == '"' || s[0] == '\'':
		var expands bool
		word.Text, expands = r.quoted()
		word.Quoted = true
		if expands && resolve {
			r.expand(&word)
		}
		return word
	case s[0] == '=':
		word.Text = "="
		r.skip(1)
		return word
	case strings.HasPrefix(s, "+="):
		word.Text = "+="
		r.skip(2)
		return word
	}
	if m := variable.FindString(s); m != "" {
		r.skip(len(m))
		word.Text = m
		if resolve {
			return r.value(word)
		}
		return word
	}
	n := strings.IndexAny(s, " \t\r\n;|{}()`")
	switch {
	case n < 0:
		n = len(s)
	case n == 0:
		n = 1 // a backtick that continues nothing
	}
	if s[0] == '@' && n > 1 { // a hashtable whose entries are parameters
		r.skip(n)
		word.Text = s[:n]
		if table := r.variables["$"+strings.ToLower(s[1:n])]; table.Table != nil {
			word.Table, word.Several = table.Table, table.Several
		} else {
			word.Unknown = s[:n]
		}
		return word
	}
	// -Parameter:value is two words.
	if colon := strings.IndexByte(s[:n], ':'); s[0] == '-' && colon > 0 {
		word.Text = s[:colon]
		r.skip(colon + 1)
		return word
	}
	word.Text = s[:n]
	r.skip(n)
	return word
}

// quoted takes a string in quotes. expands reports whether variables in it
// stand for their values.
func (r *reader) quoted() (text string, expands bool) {
	s, quote := r.rest, r.rest[0]
	var b strings.Builder
	i := 1
	for ; i < len(s); i++ {
		switch {
		case s[i] == quote && i+1 < len(s) && s[i+1] == quote:
			i++
			b.WriteByte(quote)
		case s[i] == quote:
			r.skip(i + 1)
			return b.String(), quote == '"'
		case s[i] == '`' && quote == '"' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	r.skip(i)
	return b.String(), quote == '"'
}

// hereString takes @" or @' with the lines up to the one that begins with its
// end.
func (r *reader) hereString() Word {
	word := Word{Line: r.line, Quoted: true}
	end := "\n" + r.rest[1:2] + "@"
	begin := strings.IndexByte(r.rest, '\n')
	n := strings.Index(r.rest[begin:], end)
	if n < 0 {
		n = len(r.rest) - begin
	}
	if n > 0 {
		word.Text = strings.TrimSuffix(r.rest[begin+1:max(begin+1, begin+n)], "\r")
	}
	r.skip(begin + n + len(end))
	return word
}

// hashtable takes @{ key = value; ... }.
func (r *reader) hashtable(depth int) Word {
	word := Word{Line: r.line, Text: "@{...}", Table: make(map[string]Word)}
	r.skip(2)
	var key string
	var values []Word
	inValue := false
	end := func() {
		if key != "" && len(values) > 0 && len(word.Table) < maxEntries {
			value := values[0]
			if len(values) > 1 && !strings.HasPrefix(values[1].Text, ",") {
				value = Word{Line: value.Line, Unknown: Expression}
			}
			word.Table[strings.ToLower(key)] = value
		}
		key, values, inValue = "", nil, false
	}
	for r.rest != "" {
		if r.space() {
			continue
		}
		switch s := r.rest; {
		case s[0] == '}':
			r.skip(1)
			end()
			return word
		case s[0] == '\n' || s[0] == ';':
			r.skip(1)
			if !inValue || len(values) > 0 {
				end()
			}
		case !inValue && s[0] == '=':
			r.skip(1)
			inValue = true
		case !inValue && strings.HasPrefix(s, "@{") || inValue && strings.HasPrefix(s, "@{") && depth == maxDepth:
			r.skip(2) // out of place, or too deep
		case inValue && strings.HasPrefix(s, "@{"):
			values = append(values, r.hashtable(depth+1))
		case s[0] == '(' || s[0] == '{':
			values = append(values, r.block())
		case s[0] == ')':
			r.skip(1)
		case inValue:
			values = append(values, r.word(true))
		default:
			n := strings.IndexAny(s, " \t\r\n;=}")
			switch {
			case s[0] == '"' || s[0] == '\'':
				key, _ = r.quoted()
				continue
			case n < 0:
				n = len(s)
			}
			key = s[:n]
			r.skip(max(n, 1))
		}
	}
	end()
	return word
}

// block takes parentheses or braces and what is in them, whose value is not
// known.
func (r *reader) block() Word {
	word := Word{Text: "(...)", Line: r.line, Unknown: Expression}
	depth := 0
	for r.rest != "" {
		if r.space() {
			continue
		}
		switch r.rest[0] {
		case '(', '{':
			depth++
		case ')', '}':
			depth--
		case '"', '\'':
			r.quoted()
			continue
		}
		r.skip(1)
		if depth == 0 {
			break
		}
	}
	return word
}
