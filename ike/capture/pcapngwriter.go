package capture

import (
	"encoding/binary"
	"io"
	"math"
	"time"
	"unicode/utf8"
)

// pcapngWriter writes packets as pcapng (draft-ietf-opsawg-pcapng), in a section with
// one interface, little endian.
type pcapngWriter struct{ w io.Writer }

const (
	blockSection = 0x0a0d0d0a // in both byte orders

	optionEnd     = 0
	optionComment = 1
	optionUserApp = 4 // shb_userappl

	// nanoseconds is if_tsresol: 10^-9 s.
	nanoseconds = 9

	// longestComment bounds a comment, in octets; its length has 16 bits.
	longestComment = 4096
)

// begin writes the head of the section and its interface.
func (w pcapngWriter) begin() error {
	section := binary.LittleEndian.AppendUint32(nil, magicByteOrder)
	section = binary.LittleEndian.AppendUint16(section, 1)              // version 1.0
	section = binary.LittleEndian.AppendUint16(section, 0)              //
	section = binary.LittleEndian.AppendUint64(section, math.MaxUint64) // its length is not known
	section = appendOption(section, optionUserApp, []byte("ikescope"))
	section = appendOption(section, optionEnd, nil)
	link := binary.LittleEndian.AppendUint16(nil, linkRaw)
	link = binary.LittleEndian.AppendUint16(link, 0)
	link = binary.LittleEndian.AppendUint32(link, snapLength)
	link = appendOption(link, optionResolution, []byte{nanoseconds})
	link = appendOption(link, optionEnd, nil)
	_, err := w.w.Write(appendBlock(appendBlock(nil, blockSection, section), blockInterface, link))
	return err
}

// packet writes a packet, with a comment unless that is "".
func (w pcapngWriter) packet(at time.Time, data []byte, comment string) error {
	if at.IsZero() {
		at = time.Now()
	}
	units := uint64(at.UnixNano())
	body := binary.LittleEndian.AppendUint32(nil, 0) // the interface
	body = binary.LittleEndian.AppendUint32(body, uint32(units>>32))
	body = binary.LittleEndian.AppendUint32(body, uint32(units))
	body = binary.LittleEndian.AppendUint32(body, uint32(len(data)))
	body = binary.LittleEndian.AppendUint32(body, uint32(len(data)))
	body = padded(append(body, data...))
	if comment != "" {
		body = appendOption(body, optionComment, []byte(cut(comment, longestComment)))
		body = appendOption(body, optionEnd, nil)
	}
	_, err := w.w.Write(appendBlock(nil, blockEnhancedPacket, body))
	return err
}

// cut returns the beginning of s, which is UTF-8, of at most so many octets.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// appendBlock appends a block, whose length stands before and after its body.
func appendBlock(b []byte, kind uint32, body []byte) []byte {
	length := uint32(len(body) + 12)
	b = binary.LittleEndian.AppendUint32(b, kind)
	b = binary.LittleEndian.AppendUint32(b, length)
	b = append(b, body...)
	return binary.LittleEndian.AppendUint32(b, length)
}

// appendOption appends an option, padded to 32 bits.
func appendOption(b []byte, code uint16, value []byte) []byte {
	b = binary.LittleEndian.AppendUint16(b, code)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	return padded(append(b, value...))
}

// padded appends zeros up to 32 bits; what stands before b is padded.
func padded(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}
