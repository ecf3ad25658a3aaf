package main

import (
	"bytes"
	"path/filepath"
	"testing"
)

// TestConvertDocuments: what is written of the saved JSON of a capture or of log stories is
// octet by octet what the command itself writes. Each capture and each log has such JSON.
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
		if len(paths) < 20 {
			t.Errorf("only %d files for %s", len(paths), command)
		}
		if testing.Short() {
			paths = paths[:2]
		}
		for _, path := range paths {
			saved, code := run(nil, command, "-o", "json", path)
			if code != 0 || saved == "" || saved[0] != '{' {
				t.Errorf("%s %s ends with %d, and writes %.100q", command, path, code, saved)
				continue
			}
			for _, format := range []string{"json", "text", "html"} {
				want, _ := run(nil, command, "-o", format, path)
				got, code := run([]byte(saved), "convert", "-", "-o", format)
				if code != 0 || got != want {
					t.Errorf("%s %s as %s: convert ends with %d and writes %d octets, %s writes %d", command, path, format, code, len(got), command, len(want))
				}
			}
		}
	}
	// What words and codes mean is written anew each time.
	saved, _ := run(nil, "explain", "-o", "json", "13868")
	if _, code := run([]byte(saved), "convert", "-"); code != exitUsage {
		t.Errorf("what an error code means is converted, and ends with %d", code)
	}
}
