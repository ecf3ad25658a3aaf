package manual

import (
	"fmt"
	"strings"
)

const exitCodes = `
Exit codes:
  0    done
  1    internal or I/O error, or a target that could not be scanned
  2    the command line, or a file that it names, is wrong; nothing was sent
  3    a gate or a login failed; with diff --exit-code: the reports differ
  4    a target did not answer in IKEv2
  5    a gate or a login could not be decided, and none failed
  130  interrupted; the report is valid, and partial
`

// otherExitCodes are those of commands that scan nothing.
const otherExitCodes = `
Exit codes: 0 done; 1 internal or I/O error; 2 the command line, or a file that
it names, is wrong%s.
`

// ExitCodes are those of a command, all of them where scripts go by them.
func ExitCodes(command string) string {
	switch command {
	case "ikescope", "scan", "identity", "login", "reach", "watch", "compare", "check", "explain":
		return exitCodes
	case "diff":
		return fmt.Sprintf(otherExitCodes, "; 3 the reports differ, with --exit-code")
	}
	return fmt.Sprintf(otherExitCodes, "")
}

// FirstClause returns the beginning of what a flag does.
func FirstClause(usage string) string {
	const least = 12 // "with --esp: judge this client: a name, ..."
	if len(usage) < least {
		return usage
	}
	return strings.TrimSpace(usage[:least+strings.IndexAny(usage[least:]+";", ";:(")])
}

// mostExamples is how many examples short help has.
const mostExamples = 6

// FirstExamples returns the first of some, each with the lines that go on with it.
func FirstExamples(all string) string {
	n := 0
	var out []string
	for line := range strings.SplitSeq(all, "\n") {
		if !strings.HasPrefix(line, "   ") {
			n++
		}
		if n > mostExamples {
			break
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}
