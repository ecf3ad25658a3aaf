package main

import (
	"bytes"
	"path/filepath"
	"testing"
)

// TestConvertDocuments: what is written of the saved JSON of a capture or of log stories is
// octet by octet what the command itself writes.
func TestConvertDocuments(t *testing.T) {
	captures, err := filepath.Glob("../../testdata/captures/*.pcap")
	if err != nil {
		t.Fatal(err)
	}
	logs, err := filepath.Glob("../../report/incident/readers/testdata/field/*")
	if err != nil {
		t.Fatal(err)
	}
	run := func(stdin []byte, args ...string) (string, int) {
		var out, errs bytes.Buffer
		code := runContext(t.Context(), args, bytes.NewReader(stdin), &out, &errs)
		return out.String(), code
	}
	for command, paths := range map[string][]string{"capture": captures, "explain": logs} {
		converted := 0
		for _, path := range paths {
			saved, code := run(nil, command, "-o", "json", path)
			if code != 0 || saved == "" || saved[0] != '{' {
				continue // words of a log that no story is told of
			}
			converted++
			for _, format := range []string{"json", "text", "html"} {
				want, _ := run(nil, command, "-o", format, path)
				got, code := run([]byte(saved), "convert", "-", "-o", format)
				if code != 0 || got != want {
					t.Errorf("%s %s as %s: convert ends with %d and writes %d octets, %s writes %d", command, path, format, code, len(got), command, len(want))
				}
			}
			if testing.Short() && converted == 2 {
				break
			}
		}
		if converted < 2 {
			t.Errorf("only %d documents of %s were converted", converted, command)
		}
	}
}
