package main

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/explain"
)

// Each command that an explanation tells to run exists, with its flags.
func TestExplainedCommands(t *testing.T) {
	seen := map[string]bool{}
	for _, word := range explain.Words() {
		found, err := explain.Explain(word)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range found {
			for _, c := range e.Checks {
				if nothing := strings.HasPrefix(c.What, "nothing more"); nothing != (c.Command == "") {
					t.Errorf("%s: %q: %q", word, c.What, c.Command)
				}
				if c.Command != "" {
					seen[c.Command] = true
				}
			}
		}
	}
	for line := range seen {
		for command := range strings.SplitSeq(line, " && ") {
			args := strings.Fields(command)
			root := new(app).rootCommand(new(bool))
			cmd, rest, err := root.Find(args[1:])
			if err == nil {
				err = cmd.ParseFlags(rest)
			}
			if args[0] != "ikescope" || err != nil {
				t.Errorf("%q: %v", command, err)
			}
			for _, arg := range cmd.Flags().Args() {
				if cmd == root && !strings.Contains(arg, ".") {
					t.Errorf("%q: there is no command %s", command, arg)
				}
			}
		}
	}
	if len(seen) < 5 {
		t.Errorf("only %d commands", len(seen))
	}
}
