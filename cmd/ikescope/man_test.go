package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// TestManPages: there is a page for every command, with its flags, and a formatter of
// man pages that is not ours has nothing to say against it.
func TestManPages(t *testing.T) {
	root := (&app{}).rootCommand(new(bool))
	pages := manPages(root)
	if len(pages) < 20 {
		t.Errorf("%d pages", len(pages))
	}
	man, err := exec.LookPath("man")
	if err != nil {
		t.Skip("man is not installed")
	}
	for _, p := range pages {
		path := filepath.Join(t.TempDir(), "page.1")
		var b bytes.Buffer
		if err := p.Write(&b); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(man, "--warnings", "-P", "cat", "-l", path)
		cmd.Env = append(os.Environ(), "MANWIDTH=500", "LC_ALL=C.UTF-8", "MAN_KEEP_FORMATTING=", "MANROFFOPT=-c")
		var shown, complaints bytes.Buffer
		cmd.Stdout, cmd.Stderr = &shown, &complaints
		if err := cmd.Run(); err != nil || complaints.Len() > 0 {
			t.Errorf("%s: %v\n%s", p.Command, err, &complaints)
			continue
		}
		text := strings.Join(strings.Fields(shown.String()), " ")
		for _, g := range p.Flags {
			for _, f := range g.Flags {
				if !strings.Contains(text, f.Name+" "+strings.Join(strings.Fields(f.Text), " ")) {
					t.Errorf("%s: the page does not say of %s: %s", p.Command, f.Name, f.Text)
				}
			}
		}
		for line := range strings.Lines(p.Examples) {
			if !strings.Contains(shown.String(), strings.TrimSpace(line)) {
				t.Errorf("%s: the page has no line %q", p.Command, line)
			}
		}
		if long := strings.Join(strings.Fields(p.Long), " "); !strings.Contains(text, long) {
			t.Errorf("%s: the page does not say %q", p.Command, long)
		}
	}
}

// TestManCommand: pages are written to a folder, and one to stdout.
func TestManCommand(t *testing.T) {
	dir := t.TempDir()
	var out, complaints bytes.Buffer
	run := func(want int, args ...string) string {
		out.Reset()
		complaints.Reset()
		if code := runContext(t.Context(), append([]string{"man"}, args...), nil, &out, &complaints); code != want {
			t.Errorf("man %v ended with %d: %s", args, code, &complaints)
		}
		return out.String()
	}
	run(report.ExitDone, "--dir", dir)
	saved, err := os.ReadFile(filepath.Join(dir, "ikescope-client-list.1"))
	if shown := run(report.ExitDone, "client", "list"); err != nil || shown != string(saved) || shown == "" {
		t.Errorf("%v: the page of client list in the folder is another than on stdout", err)
	}
	if run(exitUsage, "scna"); !strings.Contains(complaints.String(), `man: "scna" is not a command; the commands are scan, `) {
		t.Errorf("got %s", &complaints)
	}
	run(report.ExitDone, "--dir", filepath.Join(dir, "missing"), "client")
	if _, err := os.Stat(filepath.Join(dir, "missing", "ikescope-client-list.1")); err != nil {
		t.Errorf("a folder that is missing is not made: %v", err)
	}
	run(report.ExitError, "--dir", filepath.Join(dir, "ikescope.1")) // a file
}
