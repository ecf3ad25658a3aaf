// Package powershell reads scripts of PowerShell as far as that needs no running:
// the words of each statement, with the variables in them that the script sets.
package powershell

import (
	"slices"
	"strings"
)

// Script is what was read of a script.
type Script struct {
	// Statements are the words of each that calls something.
	Statements [][]Word
	// Variables are those that are set in the end, by their names in lower case,
	// with the $.
	Variables map[string]Word
}

// Word is a word of a statement.
type Word struct {
	Text   string
	Line   int // the first is 1
	Quoted bool
	// Unknown is the variable or the expression that Text stands for, where the
	// file does not give its value; "" for a word that is its own value.
	Unknown string
	// Table are the entries of a hashtable, by their keys in lower case.
	Table map[string]Word
	// Piped: the word begins a statement that takes what the one before it gives.
	Piped bool
	// Several: the word stands for a variable that the file sets to several
	// values, some of them in blocks, which may not run.
	Several bool
}

// Expression is Unknown of a word that is not worked out.
const Expression = "an expression"

// isVariable reports whether w is $name, and not what it stands for.
func (w Word) isVariable() bool {
	return !w.Quoted && w.Table == nil && strings.HasPrefix(w.Text, "$")
}

// maxDepth bounds how deep hashtables stand in each other, maxEntries how many
// entries are kept of one (no cmdlet has as many parameters), maxValue how long the
// value of a variable may be, and maxExpanded how much is put in the place of variables
// in strings, in octets.
const (
	maxDepth    = 16
	maxEntries  = 100
	maxValue    = 8192
	maxExpanded = 1 << 20
)

// reader splits a script into statements and these into words.
type reader struct {
	rest       string
	line       int
	statements [][]Word
	words      []Word // of the statement that is being read
	variables  map[string]Word
	blocks     int    // that are open
	brackets   []bool // parentheses that are open; true for those of param
	piped      bool   // the statement follows a pipe
	expanded   int    // octets that variables in strings stood for
}

// Read reads a script. It knows quotes, here-strings, backticks, comments,
// hashtables, and variables that were set to a string or a hashtable before;
// blocks, pipes and parentheses end a statement. A script that does more than call
// cmdlets is so read as far as it does that.
func Read(script string) Script {
	r := &reader{rest: script, line: 1, variables: make(map[string]Word)}
	for r.rest != "" {
		r.next()
	}
	r.end()
	return Script{Statements: r.statements, Variables: r.variables}
}

// end takes in the statement that was read: it sets a variable, or is kept.
func (r *reader) end() {
	words := r.words
	r.words = nil
	if len(words) == 0 {
		r.piped = false
		return
	}
	words[0].Piped, r.piped = r.piped, false
	if words[0].isVariable() && len(words) > 1 && !words[1].Quoted {
		name, keys := variableParts(words[0].Text)
		switch {
		case words[1].Text == "in": // of foreach
			delete(r.variables, name)
			return
		case words[1].Text == "+=" && len(words) == 3 && len(keys) == 0 && words[2].Table != nil:
			for key, value := range words[2].Table {
				r.setEntry(name, key, value)
			}
			return
		case words[1].Text == "+=":
			delete(r.variables, name)
			return
		case words[1].Text == "=" && len(keys) == 1 && len(words) == 3:
			r.setEntry(name, keys[0], words[2])
			return
		case words[1].Text == "=" && len(keys) == 0:
			r.set(name, words[2:])
			if len(words) == 3 {
				return
			}
		}
	}
	if len(words) == 1 && words[0].isVariable() && len(r.brackets) > 0 && r.brackets[len(r.brackets)-1] {
		name, _ := variableParts(words[0].Text)
		delete(r.variables, name) // a parameter without a default
		return
	}
	if inner, ok := commandOf(words); ok {
		for _, statement := range Read(inner.Text).Statements {
			for i := range statement {
				statement[i].Line = inner.Line
			}
			r.statements = append(r.statements, statement)
		}
		return
	}
	r.statements = append(r.statements, words)
}

// commandOf returns what powershell -Command "..." runs, as guides for the
// Command Prompt write it.
func commandOf(words []Word) (command Word, ok bool) {
	if len(words) < 3 || !slices.Contains([]string{"powershell", "powershell.exe", "pwsh", "pwsh.exe"}, strings.ToLower(words[0].Text)) {
		return Word{}, false
	}
	for i, word := range words[1 : len(words)-1] {
		name := strings.ToLower(word.Text)
		if len(name) > 1 && strings.HasPrefix("-command", name) && words[i+2].Quoted {
			return words[i+2], true
		}
	}
	return Word{}, false
}

// AfterArray returns words without those that belong to the array that first
// begins: words with commas between.
func AfterArray(first Word, words []Word) []Word {
	last := first.Text
	for len(words) > 0 && (strings.HasSuffix(last, ",") || strings.HasPrefix(words[0].Text, ",")) {
		last = words[0].Text
		words = words[1:]
	}
	return words
}
