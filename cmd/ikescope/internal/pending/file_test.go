package pending

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestDiscardAll: what a second interrupt leaves is what was complete.
func TestDiscardAll(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"done", "begun"} {
		f, err := Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("x"); err != nil {
			t.Fatal(err)
		}
		if name == "begun" {
			defer f.file.Close()
			continue
		}
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	DiscardAll()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != "done" {
		t.Errorf("left are %v, %v; want done alone", left, err)
	}
}

func TestPendingFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "report")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	content := func() string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%s, %d in the folder", b, len(entries))
	}
	p, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(p, "half")
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := content(); got != "old, 2 in the folder" {
		t.Errorf("before its end: %s", got)
	}
	p.Discard()
	p.Discard() // harmless
	if got := content(); got != "old, 1 in the folder" {
		t.Errorf("after discard: %s", got)
	}
	if p, err = Create(path); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(p, "new")
	if err := p.Commit(); err != nil {
		t.Fatal(err)
	}
	p.Discard() // harmless
	if got := content(); got != "new, 1 in the folder" {
		t.Errorf("after commit: %s", got)
	}

	// What cannot be written leaves the older file.
	if p, err = Create(path); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(p, "lost")
	if err := p.file.Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.Commit(); err == nil {
		t.Error("commit of a closed file worked")
	}
	if got := content(); got != "new, 1 in the folder" {
		t.Errorf("after a commit that failed: %s", got)
	}
}

// TestLinks: a link is followed, unless anyone may have put it there.
func TestLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need rights there")
	}
	own, shared := t.TempDir(), t.TempDir()
	if err := os.Chmod(shared, 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	content := func(path string) string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	victim := filepath.Join(own, "victim")
	for _, tt := range []struct {
		folder, to, name string
		follow           bool
	}{
		{own, victim, "link", true},
		{own, "victim", "relative", true},
		{own, "link", "link-to-link", true},
		{own, "../" + filepath.Base(own) + "/victim", "up", true},
		{shared, victim, "planted", false},
		{shared, own, "folder/victim", false},
		{own, filepath.Join(shared, "planted"), "link-to-planted", false},
	} {
		link, _, _ := strings.Cut(tt.name, "/")
		if err := os.Symlink(tt.to, filepath.Join(tt.folder, link)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(victim, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(tt.folder, tt.name)
		f, err := Create(path)
		if !tt.follow {
			if err == nil || !strings.Contains(err.Error(), "is a symbolic link in a folder that everyone can write to") || content(victim) != "old" {
				t.Errorf("%s: %v, and the file holds %s", tt.name, err, content(victim))
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		fmt.Fprint(f, "new")
		if err := f.Commit(); err != nil || content(victim) != "new" {
			t.Errorf("%s: %v, and the file holds %s", tt.name, err, content(victim))
		}
		if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("%s is a link no more: %v", tt.name, err)
		}
	}
	// A file of its own in the same folder is nothing to fear.
	f, err := Create(filepath.Join(shared, "own"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Error(err)
	}
	loop := filepath.Join(own, "loop")
	if err := os.Symlink(loop, loop); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(loop); err == nil {
		t.Error("a link to itself is a file")
	}
	for folder, want := range map[string]int{own: 7, shared: 3} {
		if left, err := os.ReadDir(folder); err != nil || len(left) != want {
			t.Errorf("in %s are %v, want %d: %v", folder, left, want, err)
		}
	}
}

// TestAppear: a file that appears before its end is seen as it grows, and stays.
func TestAppear(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lines")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	content := func() string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(f, "first")
	if content() != "old" {
		t.Errorf("before: %q", content())
	}
	f.Appear()
	f.Appear() // harmless
	if content() != "first\n" {
		t.Errorf("when it appears: %q", content())
	}
	fmt.Fprintln(f, "second")
	if err := f.Flush(); err != nil || content() != "first\nsecond\n" {
		t.Errorf("as it grows: %q, %v", content(), err)
	}
	DiscardAll()
	f.Discard()
	if content() != "first\nsecond\n" {
		t.Errorf("after discard: %q", content())
	}
}

// TestTemporary: nobody sees the file, and nothing is left of it.
func TestTemporary(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	f, err := CreateTemporary()
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); runtime.GOOS == "linux" && len(left) > 0 {
		t.Errorf("seen are %v", left)
	}
	if _, err := f.WriteAt([]byte("abc"), 0); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left are %v", left)
	}
}
