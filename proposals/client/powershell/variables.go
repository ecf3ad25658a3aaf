package powershell

import (
	"maps"
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// variable is a variable, or an entry of a hashtable in one.
var variable = lazyregexp.New(`^\$(?:\{[^}\n]*\}|[\w?]+(?::\w+)?)(?:\.\w+|\[\s*(?:"\w+"|'\w+')\s*\])*`)

// variableParts returns the name of a variable, without its scope and in lower case,
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
func (r *reader) value(word Word) Word {
	name, keys := variableParts(word.Text)
	switch name {
	case "$true", "$false", "$null":
		return word
	}
	value, ok := r.variables[name]
	for _, key := range keys {
		several := value.Several
		value, ok = value.Table[key]
		value.Several = value.Several || several
	}
	if ok && strings.HasPrefix(value.Unknown, "$") { // it stands for another one
		return Word{Text: value.Text, Line: word.Line, Unknown: value.Unknown}
	}
	if !ok || value.Unknown != "" {
		word.Unknown = word.Text
		return word
	}
	value.Line = word.Line
	value.Quoted = !strings.HasPrefix(value.Text, "$") // but for $true
	return value
}

// expand replaces the variables in a string.
func (r *reader) expand(word *Word) {
	var b strings.Builder
	for s := word.Text; s != ""; {
		n := strings.IndexByte(s, '$')
		if n < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:n])
		s = s[n:]
		m := stringVariable.FindString(s)
		value := r.value(Word{Text: strings.NewReplacer("$(", "", ")", "").Replace(m)})
		switch {
		case m == "" || value.Unknown != "" || value.Table != nil || b.Len()+len(value.Text) > maxValue || r.expanded+len(value.Text) > maxExpanded:
			if m == "" {
				m = s[:1]
			}
			if m != "$" || strings.HasPrefix(s, "$(") {
				word.Unknown = m
			}
			b.WriteString(m)
		default:
			word.Several = word.Several || value.Several
			r.expanded += len(value.Text)
			b.WriteString(value.Text)
		}
		s = s[len(m):]
	}
	word.Text = b.String()
}

// stringVariable is a variable in a string: without $( ) a dot ends it.
var stringVariable = lazyregexp.New(`^\$(?:\(\$\w+(?:\.\w+)*\)|\{[^}\n]*\}|\w+(?::\w+)?)`)

// set gives a variable its value: a string, a number, a hashtable, or what is
// not worked out.
func (r *reader) set(name string, words []Word) {
	value := Word{Unknown: Expression}
	if len(words) == 1 && len(words[0].Text) <= maxValue {
		w := words[0]
		_, err := strconv.Atoi(w.Text)
		if w.Quoted || w.Table != nil || w.Unknown != "" || w.isVariable() || err == nil {
			value = w
		}
	}
	before, again := r.variables[name]
	if again && (before.Several || r.blocks > 0) && (before.Text != value.Text || before.Table != nil) {
		value.Several = true
	}
	r.variables[name] = value
}

// setEntry gives the hashtable in a variable one more entry, or changes one.
func (r *reader) setEntry(name, key string, value Word) {
	name, _ = variableParts(name)
	table := r.variables[name]
	if table.Table == nil || len(table.Table) >= maxEntries {
		return
	}
	key = strings.ToLower(key)
	before, again := table.Table[key]
	value.Several = value.Several || again && r.blocks > 0 && before.Text != value.Text
	table.Table = maps.Clone(table.Table)
	table.Table[key] = value
	r.variables[name] = table
}

// changed is how a hashtable gets one more entry, or loses one.
var changed = lazyregexp.New(`^(\$\w+)\.(Add|Remove)\(`)

// change takes what follows $name.Add( or $name.Remove(, a key with a value or
// without.
func (r *reader) change(name string) {
	var words []Word
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
		if table := r.variables[name]; table.Table != nil {
			table.Table = maps.Clone(table.Table)
			delete(table.Table, strings.ToLower(words[0].Text))
			r.variables[name] = table
		}
	case 2:
		r.setEntry(name, words[0].Text, words[1])
	}
}
