package logtext

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

// packedOf returns times a block, packed.
func packedOf(t *testing.T, block []byte, times int) []byte {
	t.Helper()
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	for range times {
		if _, err := z.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What unpacks to far more than a log does is read no further, be it one line or
// many.
func TestUnpackedIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("it unpacks gigabytes")
	}
	for name, line := range map[string]string{"no end of line": "a", "many lines": strings.Repeat("a", 1023) + "\n"} {
		packed := packedOf(t, []byte(strings.Repeat(line, (1<<20)/len(line))), 3<<10)
		lines, err := New(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, _, err = lines.Next()
		}
		if err == io.EOF || !strings.Contains(err.Error(), "unpacks to more than a log does") {
			t.Errorf("%s: %d kB that unpack to 3 GB end with %v", name, len(packed)>>10, err)
		}
	}
}

// zeros are octets that were packed as few.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.left)
	z.left -= n
	return int(n), nil
}

// A gigabyte may be packed as well as gzip can, and more by as much as logs are.
func TestUnpackedLeavesLogsAlone(t *testing.T) {
	for _, test := range []struct {
		packed, unpacked int64
		want             bool
	}{
		{1 << 10, 1 << 30, true},
		{1 << 10, 1<<30 + 1<<20, false},
		{1 << 30, 50 << 30, true},
		{10 << 20, 3 << 30, false},
	} {
		if testing.Short() && test.unpacked > 4<<30 {
			continue
		}
		n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, &unpacked{in: &zeros{test.unpacked}, packed: &counted{n: test.packed}}, make([]byte, 1<<20))
		if (err == nil) != test.want {
			t.Errorf("%d octets from %d: read %d, %v", test.unpacked, test.packed, n, err)
		}
	}
}
