// Package plaintext reads text as UTF-8 in whichever encoding editors and shells
// wrote it: Windows PowerShell writes UTF-16 to a file.
package plaintext

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// mark is the byte order mark in UTF-8.
const mark = "\xef\xbb\xbf"

// looked is how much of a text shows its encoding, in octets.
const looked = 1024

// Bytes returns a text in UTF-8 or UTF-16 as UTF-8, without its byte order mark.
// UTF-16 is known without a mark, too, where most of the text is ASCII. Other data
// it returns as they are.
func Bytes(data []byte) []byte {
	if head := data[:min(len(data), looked)]; orderOf(head) == nil && !bytes.HasPrefix(head, []byte(mark)) {
		return data
	}
	out, err := io.ReadAll(NewReader(bytes.NewReader(data)))
	if err != nil {
		return data // no reader here fails
	}
	return out
}

// NewReader returns a reader of r as [Bytes] has it.
func NewReader(r io.Reader) io.Reader {
	in := bufio.NewReader(r)
	head, _ := in.Peek(looked) // an error comes again
	order := orderOf(head)
	switch {
	case bytes.HasPrefix(head, []byte(mark)):
		_, _ = in.Discard(len(mark)) // which were seen
		return in
	case order == nil:
		return in
	}
	if order.Uint16(head) == '\ufeff' {
		_, _ = in.Discard(2)
	}
	return &utf16Reader{in: in, order: order}
}

// orderOf returns the byte order of UTF-16 that begins with head, or nil for other
// data.
func orderOf(head []byte) binary.ByteOrder {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return binary.LittleEndian
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return binary.BigEndian
	}
	head = head[:len(head)&^1]
	var zeros [2]int // at even and at odd places
	for i, octet := range head {
		if octet == 0 {
			zeros[i%2]++
		}
	}
	most := 3 * len(head) / 8 // three quarters of the units
	switch {
	case len(head) < 8:
		return nil
	case zeros[1] >= most && zeros[0] == 0:
		return binary.LittleEndian
	case zeros[0] >= most && zeros[1] == 0:
		return binary.BigEndian
	}
	return nil
}

// utf16Reader turns UTF-16 into UTF-8. Half a unit at the end is passed over.
type utf16Reader struct {
	in    io.Reader
	order binary.ByteOrder
	high  rune // half of a surrogate pair that waits for the other one
	out   []byte
	left  []byte // of out, to be read
}

func (r *utf16Reader) Read(p []byte) (int, error) {
	for len(r.left) == 0 {
		var raw [2]byte
		r.out = r.out[:0]
		for len(r.out) < 4096 {
			if _, err := io.ReadFull(r.in, raw[:]); err != nil {
				if r.high != 0 {
					r.out, r.high = utf8.AppendRune(r.out, utf8.RuneError), 0
				}
				if len(r.out) > 0 {
					break // the error comes again
				}
				if err == io.ErrUnexpectedEOF {
					err = io.EOF
				}
				return 0, err
			}
			r.unit(rune(r.order.Uint16(raw[:])))
		}
		r.left = r.out
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// unit takes in one unit.
func (r *utf16Reader) unit(c rune) {
	if r.high != 0 {
		pair := utf16.DecodeRune(r.high, c)
		r.out, r.high = utf8.AppendRune(r.out, pair), 0
		if pair != utf8.RuneError {
			return
		}
	}
	if 0xd800 <= c && c < 0xdc00 {
		r.high = c
		return
	}
	r.out = utf8.AppendRune(r.out, c) // a lone half becomes the replacement character
}
