package powershell

import (
	"strings"
	"testing"
)

// TestBounded: a script cannot make more of its variables than it is bounded to.
func TestBounded(t *testing.T) {
	script := "$a = \"" + strings.Repeat("x", maxValue) + "\"\nf " + strings.Repeat("\"$a\" ", 10_000)
	octets := 0
	for _, statement := range Read(script).Statements {
		for _, word := range statement {
			octets += len(word.Text)
		}
	}
	if octets < maxExpanded/2 || octets > maxExpanded+len(script) {
		t.Errorf("%d octets of a script of %d", octets, len(script))
	}
}
