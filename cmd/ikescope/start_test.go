package main

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

// TestStart bounds what each run of the program allocates before it knows what it is to
// do: tables and regular expressions are read at their first use.
func TestStart(t *testing.T) {
	if testing.CoverMode() != "" {
		t.Skip("what is counted is not the program's alone")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^$")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1", "GORACE=atexit_sleep_ms=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	packages, allocations := 0, 0
	for _, m := range regexp.MustCompile(`(?m)^init (github\.com/ikescope/ikescope/[a-z0-9/]+) @.* (\d+) allocs$`).FindAllSubmatch(out, -1) {
		n, err := strconv.Atoi(string(m[2]))
		if err != nil {
			t.Fatal(err)
		}
		packages, allocations = packages+1, allocations+n
		if n > 1000 {
			t.Errorf("%s allocates %d times at the start", m[1], n)
		}
	}
	if packages < 10 || allocations > 4000 {
		t.Errorf("%d packages allocate %d times at the start, want 4000 at most", packages, allocations)
	}
}
