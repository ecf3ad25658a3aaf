// Package logtext reads the lines of a log: plain or compressed by gzip, in UTF-8,
// UTF-16 or a code page, however long they are. What is no text is refused in
// words that say what to do.
package logtext

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxLine bounds what is read of a line, in octets; the rest of a longer one is
// passed over.
const maxLine = 16 << 10

// Lines reads the lines of a log.
type Lines struct {
	in     *bufio.Reader
	number int
	buf    []byte
}

// New returns a reader of the lines of in. It fails, in words that say what to
// do, if in is no text.
func New(in io.Reader) (*Lines, error) {
	packed := &counted{in: in}
	r := bufio.NewReaderSize(packed, 64<<10)
	head, err := r.Peek(2)
	if len(head) == 0 && err != nil {
		if err == io.EOF {
			return nil, errors.New("is empty")
		}
		return nil, err
	}
	if bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("is incomplete: %w", err)
		}
		r = bufio.NewReaderSize(&unpacked{in: z, packed: packed}, 64<<10)
	}
	// At most what is there: a pipe that is followed may have one line.
	head = firstOctets(r)
	if problem := notText(head); problem != "" {
		return nil, errors.New(problem)
	}
	if order := utf16Order(head); order != nil {
		r = bufio.NewReaderSize(&utf16Reader{in: r, order: order}, 64<<10)
	}
	return &Lines{in: r}, nil
}

// firstOctets returns what can be had of r without waiting for more than its
// first read.
func firstOctets(r *bufio.Reader) []byte {
	r.Peek(1)
	head, _ := r.Peek(min(r.Buffered(), 4096))
	return head
}

// formats are files that are no text, by their beginnings.
var formats = []struct{ magic, problem string }{
	{"\xa1\xb2\xc3\xd4", "is a capture: ikescope capture FILE"}, {"\xd4\xc3\xb2\xa1", "is a capture: ikescope capture FILE"},
	{"\xa1\xb2\x3c\x4d", "is a capture: ikescope capture FILE"}, {"\x4d\x3c\xb2\xa1", "is a capture: ikescope capture FILE"},
	{"\x0a\x0d\x0d\x0a", "is a capture: ikescope capture FILE"},
	{"ElfFile\x00", "is a Windows event log: wevtutil qe FILE /lf:true /f:text"},
	{"MSCF", "is a Windows cabinet: expand FILE -F:* FOLDER, and give wfpdiag.xml"},
	{"LPKSHHRH", "is a journal: journalctl --file FILE"},
	{"\x28\xb5\x2f\xfd", "is compressed: zstdcat FILE | ikescope explain -"},
	{"\xfd7zXZ\x00", "is compressed: xzcat FILE | ikescope explain -"},
	{"BZh", "is compressed: bzcat FILE | ikescope explain -"},
	{"PK\x03\x04", "is a ZIP archive: give a file from it"},
}

func notText(head []byte) string {
	for _, f := range formats {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return f.problem
		}
	}
	if utf16Order(head) != nil {
		return ""
	}
	controls := 0
	for _, c := range head {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != 0x1b && c != 0 || c == 0x7f {
			controls++
		}
	}
	if zeros := bytes.Count(head, []byte{0}); controls*10 > len(head) || len(head) > 16 && zeros*2 > len(head) {
		return "is not a text log"
	}
	return ""
}

// utf16Order returns the order of the octets of a text in UTF-16, nil if it is
// in another encoding.
func utf16Order(head []byte) binary.ByteOrder {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return binary.LittleEndian
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return binary.BigEndian
	}
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	switch half := len(head) / 2; {
	case len(head) < 8:
		return nil
	case zeros[1]*10 >= half*6 && zeros[0]*20 < half:
		return binary.LittleEndian
	case zeros[0]*10 >= half*6 && zeros[1]*20 < half:
		return binary.BigEndian
	}
	return nil
}

// utf16Reader turns UTF-16 into UTF-8.
type utf16Reader struct {
	in    io.Reader
	order binary.ByteOrder
	out   []byte
	high  rune // half of a surrogate pair
	odd   []byte
}

func (r *utf16Reader) Read(p []byte) (int, error) {
	var raw [4096]byte
	for len(r.out) == 0 {
		n := copy(raw[:], r.odd)
		m, err := r.in.Read(raw[n:])
		n += m
		r.odd = append(r.odd[:0], raw[n&^1:n]...)
		for i := 0; i+1 < n; i += 2 {
			c := rune(r.order.Uint16(raw[i:]))
			if r.high != 0 {
				r.out = utf8.AppendRune(r.out, utf16.DecodeRune(r.high, c))
				r.high = 0
			} else if utf16.IsSurrogate(c) {
				r.high = c
			} else {
				r.out = utf8.AppendRune(r.out, c)
			}
		}
		if err != nil && len(r.out) == 0 {
			return 0, err
		}
	}
	n := copy(p, r.out)
	r.out = r.out[n:]
	return n, nil
}

// Next returns the next line without its end, and its number. It fails with
// io.EOF after the last.
func (l *Lines) Next() (string, int, error) {
	l.buf = l.buf[:0]
	for {
		piece, err := l.in.ReadSlice('\n')
		if room := maxLine - len(l.buf); len(piece) > room {
			l.buf = append(l.buf, piece[:room]...)
		} else {
			l.buf = append(l.buf, piece...)
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil && len(l.buf) == 0 {
			return "", 0, err
		}
		l.number++
		return text(l.buf), l.number, nil
	}
}

// text returns a line in UTF-8 without its end, byte order mark and NULs. What
// is not UTF-8 is taken for Latin-1.
func text(b []byte) string {
	b = bytes.TrimRight(b, "\r\n\x00")
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if bytes.IndexByte(b, 0) >= 0 {
		b = bytes.ReplaceAll(b, []byte{0}, nil)
	}
	if utf8.Valid(b) {
		return string(b)
	}
	if len(b) > maxLine-utf8.UTFMax && utf8.Valid(b[:len(b)-tail(b)]) { // cut within a character
		return string(b[:len(b)-tail(b)])
	}
	var out strings.Builder
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			r = rune(b[0])
		}
		out.WriteRune(r)
		b = b[n:]
	}
	return out.String()
}

// tail returns how many octets at the end of b are of a character that is cut.
func tail(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if utf8.RuneStart(b[len(b)-n]) {
			return n
		}
	}
	return 0
}

// Waiting reports whether the next line has to be waited for, as far as is known.
func (l *Lines) Waiting() bool { return l.in.Buffered() == 0 }
