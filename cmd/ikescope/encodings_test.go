package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/targets"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/report"
)

// encodings writes a text as editors and shells write it.
var encodings = map[string]func(string) []byte{
	"UTF-8":             func(s string) []byte { return []byte(s) },
	"UTF-8 with a mark": func(s string) []byte { return []byte("\ufeff" + s) },
	"UTF-16LE":          func(s string) []byte { return utf16Text(binary.LittleEndian, "\ufeff"+s) },
	"UTF-16BE":          func(s string) []byte { return utf16Text(binary.BigEndian, "\ufeff"+s) },
	"UTF-16, unmarked":  func(s string) []byte { return utf16Text(binary.LittleEndian, s) },
	"CRLF":              func(s string) []byte { return bytes.ReplaceAll([]byte(s), []byte("\n"), []byte("\r\n")) },
}

func utf16Text(order binary.AppendByteOrder, s string) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, unit)
	}
	return out
}

// TestEncodings: lists of targets, policies and reports are read in each encoding.
func TestEncodings(t *testing.T) {
	intermediate, _ := baseline.PolicyNamed("intermediate")
	yaml, err := intermediate.YAML()
	if err != nil {
		t.Fatal(err)
	}
	const list = "# B\u00fcro\nvpn.example.com\n198.51.100.7:4500\n"
	wantList, err := targets.Read([]string{"vpn.example.com", "198.51.100.7:4500"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var saved bytes.Buffer
	if code := runContext(t.Context(), []string{"demo", "-q", "-o", "json", "--accept", "aes256gcm16-prfsha384-ecp384"}, nil, &saved, io.Discard); code != report.ExitDone {
		t.Fatalf("the demo ended with %d", code)
	}
	for name, encode := range encodings {
		dir := t.TempDir()
		write := func(file, content string) string {
			path := filepath.Join(dir, file)
			if err := os.WriteFile(path, encode(content), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		listPath := write("list", list)
		found, err := targets.Read([]string{"@" + listPath}, nil)
		wantFound := slices.Clone(wantList)
		for i := range wantFound {
			wantFound[i].File, wantFound[i].Line = listPath, i+2
		}
		if diff := cmp.Diff(wantFound, found); err != nil || diff != "" {
			t.Errorf("%s: list: %v\n%s", name, err, diff)
		}
		if found, err = targets.Read([]string{"-"}, bytes.NewReader(encode(list))); err != nil || !cmp.Equal(wantList, found) {
			t.Errorf("%s: list on stdin: %v, %v", name, found, err)
		}
		intermediate.File = write("policy.yaml", string(yaml))
		policy, err := flagvalue.FindPolicy(intermediate.File)
		if diff := cmp.Diff(intermediate, policy); err != nil || diff != "" {
			t.Errorf("%s: policy: %v\n%s", name, err, diff)
		}
		path := write("report.json", saved.String())
		if !argfile.IsJSON(path) {
			t.Errorf("%s: the report does not look like JSON", name)
		}
		var out, stderr bytes.Buffer
		if code := runContext(t.Context(), []string{"check", path, "--fail-on", "critical", "--baseline", path, "-o", "gates"}, nil, &out, &stderr); code != report.ExitDone {
			t.Errorf("%s: check of a report ended with %d: %s%s", name, code, &out, &stderr)
		}
	}
}
