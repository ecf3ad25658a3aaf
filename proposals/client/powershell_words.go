package client

import (
	"slices"
	"strings"
)

// shellWord is a word of a PowerShell statement.
type shellWord struct {
	text   string
	line   int
	quoted bool
}

// shellStatements splits a script into statements and these into words. It
// knows quotes, backticks, comments, and variables that were set to a string
// before; blocks, pipes and parentheses end a statement. A script that does
// more than call cmdlets is so read as far as it does that.
func shellStatements(script string) [][]shellWord {
	var (
		statements [][]shellWord
		words      []shellWord
		variables  = make(map[string]string)
		line       = 1
	)
	end := func() {
		if len(words) == 3 && !words[0].quoted && strings.HasPrefix(words[0].text, "$") && words[1].text == "=" && len(words[2].text) <= maxValue {
			variables[strings.ToLower(words[0].text)] = words[2].text
		} else if inner, ok := shellCommand(words); ok {
			for _, statement := range shellStatements(inner.text) {
				for i := range statement {
					statement[i].line = inner.line
				}
				statements = append(statements, statement)
			}
		} else if len(words) > 0 {
			statements = append(statements, words)
		}
		words = nil
	}
	for s := script; s != ""; {
		switch c := s[0]; {
		case c == '\n':
			end()
			line++
			s = s[1:]
		case c == ' ', c == '\t', c == '\r':
			s = s[1:]
		case strings.HasPrefix(s, "`\n"), strings.HasPrefix(s, "`\r\n"):
			line++
			s = s[strings.IndexByte(s, '\n')+1:]
		case strings.HasPrefix(s, "<#"):
			n := strings.Index(s, "#>")
			if n < 0 {
				n = len(s) - 2
			}
			line += strings.Count(s[:n+2], "\n")
			s = s[n+2:]
		case c == '#':
			n := strings.IndexByte(s, '\n')
			if n < 0 {
				n = len(s)
			}
			s = s[n:]
		case strings.IndexByte(";|{}()&", c) >= 0:
			end()
			s = s[1:]
		default:
			word := shellWord{line: line}
			word.text, word.quoted, s = nextShellWord(s)
			line += strings.Count(word.text, "\n")
			if value, ok := variables[strings.ToLower(word.text)]; ok && len(words) > 0 {
				word.text, word.quoted = value, true
			}
			words = append(words, word)
		}
	}
	end()
	return statements
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

// nextShellWord takes a word from s, which begins with one. A word in quotes
// loses them, and what is escaped in it its escape.
func nextShellWord(s string) (word string, quoted bool, rest string) {
	quote := s[0]
	if quote != '"' && quote != '\'' {
		if quote == '=' {
			return "=", false, s[1:]
		}
		ends := " \t\r\n;|{}()`"
		if quote == '$' {
			ends += "="
		}
		n := strings.IndexAny(s, ends)
		switch {
		case n < 0:
			n = len(s)
		case n == 0:
			n = 1 // a backtick that continues nothing
		}
		// -Parameter:value is two words.
		if colon := strings.IndexByte(s[:n], ':'); s[0] == '-' && colon > 0 {
			if colon+1 < n {
				return s[:colon], false, s[colon+1:]
			}
			return s[:colon], false, s[n:]
		}
		return s[:n], false, s[n:]
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == quote && i+1 < len(s) && s[i+1] == quote:
			i++
			b.WriteByte(quote)
		case s[i] == quote:
			return b.String(), true, s[i+1:]
		case s[i] == '`' && quote == '"' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), true, ""
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
