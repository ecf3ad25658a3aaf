package plaintext

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
)

func encode(order binary.AppendByteOrder, text string) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return out
}

func TestBytes(t *testing.T) {
	const text = "vpn.example.com # B\u00fcro \U0001f512\r\n198.51.100.7\r\n"
	for name, in := range map[string][]byte{
		"UTF-8":             []byte(text),
		"UTF-8 with mark":   []byte("\ufeff" + text),
		"UTF-16LE":          encode(binary.LittleEndian, text),
		"UTF-16BE":          encode(binary.BigEndian, text),
		"UTF-16LE and mark": encode(binary.LittleEndian, "\ufeff"+text),
		"UTF-16BE and mark": encode(binary.BigEndian, "\ufeff"+text),
		"half a unit more":  append(encode(binary.LittleEndian, "\ufeff"+text), 'x'),
	} {
		if got := string(Bytes(in)); got != text {
			t.Errorf("%s: %q", name, got)
		}
		got, err := io.ReadAll(iotest.OneByteReader(NewReader(iotest.OneByteReader(bytes.NewReader(in)))))
		if err != nil || string(got) != text {
			t.Errorf("%s, octet by octet: %q, %v", name, got, err)
		}
	}
	for in, want := range map[string]string{
		"":                                       "",
		"\x00":                                   "\x00",
		"\xff\xfe":                               "",
		"a\x00b":                                 "a\x00b", // not enough to tell
		"\xff\xfe\x3d\xd8":                       "\ufffd", // half a pair
		"\xff\xfe\x3d\xd8a\x00":                  "\ufffda",
		"\xff\xfe\x3d\xd8\x3d\xd8\x12\xdd":       "\ufffd\U0001f512",
		"\xff\xfe\x12\xdda\x00":                  "\ufffda",
		"\x80\x81 neither":                       "\x80\x81 neither",
		strings.Repeat("\x00", 20):               strings.Repeat("\x00", 20),
		strings.Repeat("long text\n", 1000):      strings.Repeat("long text\n", 1000),
		"\ufeff" + strings.Repeat("long\n", 999): strings.Repeat("long\n", 999),
	} {
		if got := string(Bytes([]byte(in))); got != want {
			t.Errorf("%.20q: %.20q, want %.20q", in, got, want)
		}
	}
	if _, err := io.ReadAll(NewReader(iotest.ErrReader(io.ErrClosedPipe))); err != io.ErrClosedPipe {
		t.Errorf("the error of a reader became %v", err)
	}
}

func FuzzBytes(f *testing.F) {
	f.Add([]byte("\xff\xfe\x3d\xd8\x12\xdd"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if out := Bytes(in); len(out) > 3*len(in)+3 {
			t.Errorf("%d octets of %d", len(out), len(in))
		}
	})
}
