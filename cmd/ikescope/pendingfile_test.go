package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestDiscardPending: what a second interrupt leaves is what was complete.
func TestDiscardPending(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"done", "begun"} {
		f, err := createPending(filepath.Join(dir, name))
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
		if err := f.commit(); err != nil {
			t.Fatal(err)
		}
	}
	discardPending()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != "done" {
		t.Errorf("left are %v, %v; want done alone", left, err)
	}
}
