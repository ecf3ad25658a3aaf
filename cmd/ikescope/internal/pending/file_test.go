package pending

import (
	"fmt"
	"os"
	"path/filepath"
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
