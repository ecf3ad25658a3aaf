package targets

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/probe/target"
)

func TestReadTargets(t *testing.T) {
	in := "\ufeff# a list from Windows\r\nvpn.example.com\r\n\r\n  198.51.100.7:4500 # the second\r\n[2001:db8::7]:500"
	found, err := readList("list", strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	want := []Listed{
		{target.Endpoint{Text: "vpn.example.com", Host: "vpn.example.com"}, "list", 2},
		{target.Endpoint{Text: "198.51.100.7:4500", Host: "198.51.100.7", Port: 4500}, "list", 4},
		{target.Endpoint{Text: "[2001:db8::7]:500", Host: "2001:db8::7", Port: 500}, "list", 5},
	}
	if !slices.Equal(found, want) {
		t.Errorf("got %+v", found)
	}
	for _, third := range []string{"b c", strings.Repeat("b", 1<<17)} {
		if _, err := readList("list", strings.NewReader("a\n\n"+third+"\n")); err == nil || !strings.HasPrefix(err.Error(), "list:3: ") {
			t.Errorf("got %v", err)
		}
	}
}

// TestManyTargets reads a list as long as those of large networks. With a search
// for each line among those before, it takes hours.
func TestManyTargets(t *testing.T) {
	const lines = 200_000
	var list bytes.Buffer
	for i := range lines {
		fmt.Fprintf(&list, "gw%d.example.com\n", i)
	}
	path := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(path, append(list.Bytes(), list.Bytes()...), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := Read([]string{"@" + path, "gw7.example.com", "-"}, &list)
	if err != nil || len(found) != lines || found[lines-1].Host != fmt.Sprintf("gw%d.example.com", lines-1) {
		t.Errorf("%d targets, %v; want each of %d once, in order", len(found), err, lines)
	}
}

// Ranges stand for their addresses, and a report is not a list.
func TestRangesAndReports(t *testing.T) {
	found, err := readList("list", strings.NewReader("192.0.2.0/30\n192.0.2.9-10 # two\n"))
	if err != nil || len(found) != 4 || found[3].Host != "192.0.2.10" {
		t.Errorf("got %+v, %v", found, err)
	}
	if all, err := Read([]string{"192.0.2.0/30", "192.0.2.1", "192.0.2.2-3"}, nil); err != nil || len(all) != 3 {
		t.Errorf("got %+v, %v", all, err)
	}
	if _, err := readList("list", strings.NewReader("192.0.2.1\n192.0.0.0/8\n")); err == nil || !strings.HasPrefix(err.Error(), "list:2: ") {
		t.Errorf("got %v", err)
	}
	path := filepath.Join(t.TempDir(), "vpn.json")
	if err := os.WriteFile(path, []byte(`{"schema_version": "1.0"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read([]string{"@" + path}, nil); err == nil || !strings.Contains(err.Error(), "is a report, not a list of targets") {
		t.Errorf("got %v", err)
	}
}

// Ranges are bounded together, too.
func TestTooManyTargets(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads a million addresses")
	}
	var many strings.Builder
	for i := range 20 {
		fmt.Fprintf(&many, "10.%d.0.0/16\n", i)
	}
	if _, err := readList("list", strings.NewReader(many.String())); err == nil || !strings.HasPrefix(err.Error(), "list:16: the targets up to here are more than 1,000,000") {
		t.Errorf("got %v", err)
	}
}
