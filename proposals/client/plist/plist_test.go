package plist

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// binaryList returns a binary property list of objects, which begin at offsets,
// the topmost at the first, and name each other with numbers of that size.
func binaryList(objects string, numberSize byte, offsets ...byte) []byte {
	list := append([]byte("bplist00"+objects), offsets...)
	var trailer [32]byte
	trailer[6], trailer[7] = 1, numberSize
	binary.BigEndian.PutUint64(trailer[8:], uint64(len(offsets)))
	binary.BigEndian.PutUint64(trailer[24:], uint64(len("bplist00")+len(objects)))
	return append(list, trailer[:]...)
}

func TestBinaryPlist(t *testing.T) {
	// {"a": [20, "ü", true]}
	v, err := Parse(binaryList("\xd1\x01\x02"+"\x51a"+"\xa3\x03\x04\x05"+"\x10\x14"+"\x61\x00\xfc"+"\x09", 1,
		8, 11, 13, 17, 19, 22))
	if err != nil {
		t.Fatal(err)
	}
	a := v.Get("a")
	if a == nil || len(a.Array) != 3 || a.Array[0].Text != "20" || a.Array[1].Text != "ü" || a.Array[2].Text != "" {
		t.Errorf("%+v", v)
	}
}

// TestBinaryPlistDamaged: lists that lie about what they hold are refused.
func TestBinaryPlistDamaged(t *testing.T) {
	const far = "\x13\xff\xff\xff\xff\xff\xff\xff\xf8" // an integer
	const half = "\x13\x80\x00\x00\x00\x00\x00\x00\x00"
	for name, list := range map[string][]byte{
		"an array that is longer than memory":     binaryList("\xaf"+half, 2, 8),
		"an array of a negative length":           binaryList("\xaf"+far, 1, 8),
		"a dictionary that is longer than memory": binaryList("\xdf"+half, 1, 8),
		"a key of a negative length":              binaryList("\xd1\x01\x02\x5f"+far+"\x51a", 1, 8, 11, 21),
		"a text that is longer than memory":       binaryList("\x6f"+half, 1, 8),
		"an array that holds itself":              binaryList("\xa1\x00", 1, 8),
		"a number of no object":                   binaryList("\xa1\x07", 1, 8),
		"an offset behind the objects":            binaryList("\xa1\x01", 1, 8, 10),
		"a length without octets":                 binaryList("\xaf\x13", 1, 8),
		"texts that share their octets":           binaryList("\xa3\x01\x02\x03"+"\x54\x53\x52\x51a", 1, 8, 12, 13, 14),
	} {
		if v, err := Parse(list); err == nil {
			t.Errorf("%s: read as %+v", name, v)
		}
	}
	whole := readSample(t, "binary.mobileconfig")
	for n := range whole {
		if _, err := Parse(whole[:n:n]); err == nil {
			t.Errorf("a prefix of %d octets is read", n)
		}
	}
}

// TestXMLInPieces: a text in very many pieces is put together in linear time.
func TestXMLInPieces(t *testing.T) {
	const size = 4 << 20
	text := make([]byte, 0, size)
	text = append(text, "<a>"...)
	for len(text)+len("x<!---->") < size-len("</a>") {
		text = append(text, "x<!---->"...)
	}
	text = append(text, "</a>"...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	root, err := ParseXML(text)
	runtime.ReadMemStats(&after)
	if err != nil || len(root.Child("a").Text) != (len(text)-len("<a></a>"))/len("x<!---->") {
		t.Fatal(err)
	}
	// Put together piece by piece it would be some 10^11.
	if octets := after.TotalAlloc - before.TotalAlloc; octets > 1<<30 {
		t.Errorf("%d octets were allocated", octets)
	}
}

// readSample returns a profile that the importer has as a sample.
func readSample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", "mobileconfig", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
