package ike

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// unhex decodes hexadecimal digits, of which blanks and ends of line are no
// part.
func unhex(tb testing.TB, digits string) []byte {
	tb.Helper()
	octets, err := hex.DecodeString(strings.Join(strings.Fields(digits), ""))
	if err != nil {
		tb.Fatal(err)
	}
	return octets
}

// datagrams reads what real gateways sent, by the names of the files.
func datagrams(tb testing.TB) map[string][]byte {
	tb.Helper()
	files, err := filepath.Glob("testdata/datagrams/*.hex")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no recorded datagrams: %v", err)
	}
	all := make(map[string][]byte, len(files))
	for _, file := range files {
		digits, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".hex")] = unhex(tb, string(digits))
	}
	return all
}
