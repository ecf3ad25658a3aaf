package client

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// shellWord is a word of a PowerShell statement.
type shellWord struct {
	text   string
	line   int
	quoted bool
	// unknown is the variable or the expression that text stands for, where the
	// file does not give its value; "" for a word that is its own value.
	unknown string
	// table are the entries of a hashtable, by their keys in lower case.
	table map[string]shellWord
	// piped: the word begins a statement that takes what the one before it gives.
	piped bool
	// several: the word stands for a variable that the file sets to several
	// values, some of them in blocks, which may not run.
	several bool
}

// isVariable reports whether w is $name, and not what it stands for.
func (w shellWord) isVariable() bool {
	return !w.quoted && w.table == nil && strings.HasPrefix(w.text, "$")
}

// maxEntries bounds what is kept of a hashtable: no cmdlet has as many
// parameters.
const maxEntries = 100

// shellReader splits a script into statements and these into words. It knows
// quotes, here-strings, backticks, comments, hashtables, and variables that were
// set to a string or a hashtable before; blocks, pipes and parentheses end a
// statement. A script that does more than call cmdlets is so read as far as it
// does that.
type shellReader struct {
	rest       string
	line       int
	statements [][]shellWord
	words      []shellWord // of the statement that is being read
	variables  map[string]shellWord
	blocks     int    // that are open
	brackets   []bool // parentheses that are open; true for those of param
	piped      bool   // the statement follows a pipe
}

// shellStatements returns the statements of a script.
func shellStatements(script string) [][]shellWord {
	r := newShellReader(script, 1)
	return r.statements
}

// newShellReader reads a script that begins at line.
func newShellReader(script string, line int) *shellReader {
	r := &shellReader{rest: script, line: line, variables: make(map[string]shellWord)}
	for r.rest != "" {
		r.next()
	}
	r.end()
	return r
}

// skip drops n octets, which may hold ends of lines.
func (r *shellReader) skip(n int) {
	n = min(n, len(r.rest))
	r.line += strings.Count(r.rest[:n], "\n")
	r.rest = r.rest[n:]
}

// skipTo drops what is left up to the end of a text, or all of it.
func (r *shellReader) skipTo(end string) {
	if n := strings.Index(r.rest, end); n >= 0 {
		r.skip(n + len(end))
		return
	}
	r.skip(len(r.rest))
}

// space drops blanks, lines that go on, and comments. It reports whether there
// was something.
func (r *shellReader) space() bool {
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

// changed is how a hashtable gets one more entry, or loses one.
var changed = lazyregexp.New(`^(\$\w+)\.(Add|Remove)\(`)

// next reads a word, or what stands between words.
func (r *shellReader) next() {
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
		isParam := len(r.words) > 0 && strings.EqualFold(r.words[len(r.words)-1].text, "param")
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
func (r *shellReader) takesValue() bool {
	n := len(r.words)
	return n > 0 && !r.words[n-1].quoted && (strings.HasPrefix(r.words[n-1].text, "-") || r.words[n-1].text == "=") &&
		!slices.Contains([]string{"-and", "-or", "-not", "-eq", "-ne"}, strings.ToLower(r.words[n-1].text))
}

// change takes what follows $name.Add( or $name.Remove(, a key with a value or
// without.
func (r *shellReader) change(name string) {
	var words []shellWord
	for r.rest != "" && !strings.ContainsRune(")\n", rune(r.rest[0])) && len(words) < 3 {
		if r.space() {
			continue
		}
		if r.rest[0] == ',' {
			r.skip(1)
			continue
		}
		words = append(words, r.word(true))
	}
	r.skipTo(")")
	switch len(words) {
	case 1:
		name, _ = variableParts(name)
		if table := r.variables[name]; table.table != nil {
			table.table = maps.Clone(table.table)
			delete(table.table, strings.ToLower(words[0].text))
			r.variables[name] = table
		}
	case 2:
		r.setEntry(name, words[0].text, words[1])
	}
}

// word takes a word. A variable is replaced by what it stands for, if resolve.
func (r *shellReader) word(resolve bool) shellWord {
	for {
		m := cast.FindStringSubmatchIndex(r.rest)
		if m == nil {
			break
		}
		r.skip(m[2]) // what follows it
	}
	word := shellWord{line: r.line}
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
		word.text, expands = r.quoted()
		word.quoted = true
		if expands && resolve {
			r.expand(&word)
		}
		return word
	case s[0] == '=':
		word.text = "="
		r.skip(1)
		return word
	case strings.HasPrefix(s, "+="):
		word.text = "+="
		r.skip(2)
		return word
	}
	if m := variable.FindString(s); m != "" {
		r.skip(len(m))
		word.text = m
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
		word.text = s[:n]
		if table := r.variables["$"+strings.ToLower(s[1:n])]; table.table != nil {
			word.table, word.several = table.table, table.several
		} else {
			word.unknown = s[:n]
		}
		return word
	}
	// -Parameter:value is two words.
	if colon := strings.IndexByte(s[:n], ':'); s[0] == '-' && colon > 0 {
		word.text = s[:colon]
		r.skip(colon + 1)
		return word
	}
	word.text = s[:n]
	r.skip(n)
	return word
}

// variable is a variable, or an entry of a hashtable in one.
var variable = lazyregexp.New(`^\$(?:\{[^}\n]*\}|[\w?]+(?::\w+)?)(?:\.\w+|\[\s*(?:"\w+"|'\w+')\s*\])*`)

// parts returns the name of a variable, without its scope and in lower case,
// and the keys behind it.
func variableParts(text string) (name string, keys []string) {
	text = strings.NewReplacer("{", "", "}", "", `["`, ".", `"]`, "", "['", ".", "']", "", " ", "").Replace(strings.ToLower(text))
	parts := strings.Split(text, ".")
	name = parts[0]
	for _, scope := range []string{"script:", "global:", "local:", "private:"} {
		name = strings.Replace(name, "$"+scope, "$", 1)
	}
	return name, parts[1:]
}

// value returns what a variable stands for.
func (r *shellReader) value(word shellWord) shellWord {
	name, keys := variableParts(word.text)
	switch name {
	case "$true", "$false", "$null":
		return word
	}
	value, ok := r.variables[name]
	for _, key := range keys {
		several := value.several
		value, ok = value.table[key]
		value.several = value.several || several
	}
	if ok && strings.HasPrefix(value.unknown, "$") { // it stands for another one
		return shellWord{text: value.text, line: word.line, unknown: value.unknown}
	}
	if !ok || value.unknown != "" {
		word.unknown = word.text
		return word
	}
	value.line = word.line
	value.quoted = !strings.HasPrefix(value.text, "$") // but for $true
	return value
}

// expand replaces the variables in a string.
func (r *shellReader) expand(word *shellWord) {
	var b strings.Builder
	for s := word.text; s != ""; {
		n := strings.IndexByte(s, '$')
		if n < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:n])
		s = s[n:]
		m := stringVariable.FindString(s)
		value := r.value(shellWord{text: strings.NewReplacer("$(", "", ")", "").Replace(m)})
		switch {
		case m == "" || value.unknown != "" || value.table != nil || b.Len()+len(value.text) > maxValue:
			if m == "" {
				m = s[:1]
			}
			if m != "$" || strings.HasPrefix(s, "$(") {
				word.unknown = m
			}
			b.WriteString(m)
		default:
			word.several = word.several || value.several
			b.WriteString(value.text)
		}
		s = s[len(m):]
	}
	word.text = b.String()
}

// stringVariable is a variable in a string: without $( ) a dot ends it.
var stringVariable = lazyregexp.New(`^\$(?:\(\$\w+(?:\.\w+)*\)|\{[^}\n]*\}|\w+(?::\w+)?)`)

// quoted takes a string in quotes. expands reports whether variables in it
// stand for their values.
func (r *shellReader) quoted() (text string, expands bool) {
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
func (r *shellReader) hereString() shellWord {
	word := shellWord{line: r.line, quoted: true}
	end := "\n" + r.rest[1:2] + "@"
	begin := strings.IndexByte(r.rest, '\n')
	n := strings.Index(r.rest[begin:], end)
	if n < 0 {
		n = len(r.rest) - begin
	}
	if n > 0 {
		word.text = strings.TrimSuffix(r.rest[begin+1:max(begin+1, begin+n)], "\r")
	}
	r.skip(begin + n + len(end))
	return word
}

// hashtable takes @{ key = value; ... }.
func (r *shellReader) hashtable(depth int) shellWord {
	word := shellWord{line: r.line, text: "@{...}", table: make(map[string]shellWord)}
	r.skip(2)
	var key string
	var values []shellWord
	inValue := false
	end := func() {
		if key != "" && len(values) > 0 && len(word.table) < maxEntries {
			value := values[0]
			if len(values) > 1 && !strings.HasPrefix(values[1].text, ",") {
				value = shellWord{line: value.line, unknown: expression}
			}
			word.table[strings.ToLower(key)] = value
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
func (r *shellReader) block() shellWord {
	word := shellWord{text: "(...)", line: r.line, unknown: expression}
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

// expression is unknown of a word that is not worked out.
const expression = "an expression"

// end takes in the statement that was read: it sets a variable, or is kept.
func (r *shellReader) end() {
	words := r.words
	r.words = nil
	if len(words) == 0 {
		r.piped = false
		return
	}
	words[0].piped, r.piped = r.piped, false
	if words[0].isVariable() && len(words) > 1 && !words[1].quoted {
		name, keys := variableParts(words[0].text)
		switch {
		case words[1].text == "in": // of foreach
			delete(r.variables, name)
			return
		case words[1].text == "+=" && len(words) == 3 && len(keys) == 0 && words[2].table != nil:
			for key, value := range words[2].table {
				r.setEntry(name, key, value)
			}
			return
		case words[1].text == "+=":
			delete(r.variables, name)
			return
		case words[1].text == "=" && len(keys) == 1 && len(words) == 3:
			r.setEntry(name, keys[0], words[2])
			return
		case words[1].text == "=" && len(keys) == 0:
			r.set(name, words[2:])
			if len(words) == 3 {
				return
			}
		}
	}
	if len(words) == 1 && words[0].isVariable() && len(r.brackets) > 0 && r.brackets[len(r.brackets)-1] {
		name, _ := variableParts(words[0].text)
		delete(r.variables, name) // a parameter without a default
		return
	}
	if inner, ok := shellCommand(words); ok {
		for _, statement := range shellStatements(inner.text) {
			for i := range statement {
				statement[i].line = inner.line
			}
			r.statements = append(r.statements, statement)
		}
		return
	}
	r.statements = append(r.statements, words)
}

// set gives a variable its value: a string, a number, a hashtable, or what is
// not worked out.
func (r *shellReader) set(name string, words []shellWord) {
	value := shellWord{unknown: expression}
	if len(words) == 1 && len(words[0].text) <= maxValue {
		w := words[0]
		_, err := strconv.Atoi(w.text)
		if w.quoted || w.table != nil || w.unknown != "" || w.isVariable() || err == nil {
			value = w
		}
	}
	before, again := r.variables[name]
	if again && (before.several || r.blocks > 0) && (before.text != value.text || before.table != nil) {
		value.several = true
	}
	r.variables[name] = value
}

// setEntry gives the hashtable in a variable one more entry, or changes one.
func (r *shellReader) setEntry(name, key string, value shellWord) {
	name, _ = variableParts(name)
	table := r.variables[name]
	if table.table == nil || len(table.table) >= maxEntries {
		return
	}
	key = strings.ToLower(key)
	before, again := table.table[key]
	value.several = value.several || again && r.blocks > 0 && before.text != value.text
	table.table = maps.Clone(table.table)
	table.table[key] = value
	r.variables[name] = table
}

// shellCommand returns what powershell -Command "..." runs, as guides for the
// Command Prompt write it.
func shellCommand(words []shellWord) (command shellWord, ok bool) {
	if len(words) < 3 || !slices.Contains([]string{"powershell", "powershell.exe", "pwsh", "pwsh.exe"}, strings.ToLower(words[0].text)) {
		return shellWord{}, false
	}
	for i, word := range words[1 : len(words)-1] {
		name := strings.ToLower(word.text)
		if len(name) > 1 && strings.HasPrefix("-command", name) && words[i+2].quoted {
			return words[i+2], true
		}
	}
	return shellWord{}, false
}

// restOfArray drops from words what belongs to the array that first begins:
// words with commas between.
func restOfArray(first shellWord, words []shellWord) []shellWord {
	last := first.text
	for len(words) > 0 && (strings.HasSuffix(last, ",") || strings.HasPrefix(words[0].text, ",")) {
		last = words[0].text
		words = words[1:]
	}
	return words
}
