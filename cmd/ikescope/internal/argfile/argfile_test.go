package argfile

import (
	"errors"
	"fmt"
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
		"packed": "\x1f\x8b\x08\x00",
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
		"packed":      "; it is a gzip file: unpack it first",
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

// TestRefuse: what can only be a file is refused with what it is, and its name is looked up
// nowhere; a host may have the name of a file.
func TestRefuse(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, content := range map[string]string{"a.json": "{}", "a.gz": "\x1f\x8b\x08\x00", "a.txt": "vpn.example.com\n", "vpn.example.com": "a report"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for arg, want := range map[string]string{
		"a.json": "a.json: is a JSON file: ", "a.gz": "a.gz: is a gzip file: unpack it first", "./a.txt": "./a.txt: is a file: write @./a.txt",
		"b.GZ": "b.GZ: no such file, and not a target", "./b": "./b: no such file, and not a target", `C:\b`: `C:\b: no such file, and not a target`, "/b/c": "/b/c: no such file, and not a target",
		"vpn.example.com": "", "192.0.2.0/24": "", "[2001:db8::1]:500": "", "vpn.example.com:500+4500": "", "host.md": "", "2001:db8::/120": "", "c:500": "",
	} {
		err := Refuse(arg)
		if got := fmt.Sprint(err); err == nil && want != "" || err != nil && (want == "" || !strings.HasPrefix(got, want)) {
			t.Errorf("%s: %v, want %q", arg, err, want)
		}
	}
}
