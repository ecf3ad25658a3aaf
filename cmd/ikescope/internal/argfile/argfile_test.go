package argfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHint: who names a file where a target goes learns what it is.
func TestHint(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, content := range map[string]string{
		"report": "\n {}", "utf16": "\xff\xfe{\x00}\x00", "capture": "\xd4\xc3\xb2\xa1\x02\x00\x04\x00", "list": "vpn.example.com\n", "empty": "",
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir("folder", 0o700); err != nil {
		t.Fatal(err)
	}
	const json = "; it is a JSON file: ikescope check, compare, convert, diff and explain read reports"
	for name, want := range map[string]string{
		"report":      json,
		"utf16":       json,
		"capture":     "; it is a packet capture, which ikescope capture reads",
		"list":        "; it is a file: write @list for the targets in it",
		"empty":       "; it is an empty file",
		"windows-11":  "; it is a client: write --client windows-11",
		"folder":      "; it is a folder",
		"absent":      "",
		"absent.json": "; nor is it a file",
	} {
		cause := errors.New("no such host")
		if err := Hint(name, cause); !errors.Is(err, cause) || err.Error() != "no such host"+want {
			t.Errorf("%s: %v", name, err)
		}
		if got, want := IsNamed(name), want != ""; got != want {
			t.Errorf("%s names a file: %t", name, got)
		}
		if got, want := IsJSON(name), want == json; got != want {
			t.Errorf("%s is JSON: %t", name, got)
		}
	}
	if !Exists("list") || Exists("folder") || Exists("absent") {
		t.Error("a list exists, and neither a folder nor what is absent is a file")
	}
	_, err := os.Open(filepath.Join("absent", "file"))
	if got := Cause(err); !errors.Is(got, fs.ErrNotExist) || got.Error() == err.Error() || strings.Contains(got.Error(), "absent") {
		t.Errorf("the cause is %q", got)
	}
}
