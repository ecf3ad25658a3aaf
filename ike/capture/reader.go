package capture

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

// A Frame is one packet of a capture file, as the link carried it.
type Frame struct {
	// Number is its number in the file, from 1, as Wireshark counts.
	Number int
	// Time is when it was captured, in UTC and with the resolution of the file,
	// a nanosecond at the finest. It is zero if the file does not say, as for a
	// Simple Packet Block of pcapng.
	Time time.Time
	// Link is the link type of its interface: a LINKTYPE_ value of
	// https://www.tcpdump.org/linktypes.html, such as 1 for Ethernet.
	Link uint32
	// Data is what was captured of it, from its link layer header on, at most
	// 384 KiB. It is valid until the next call of [Reader.Next].
	Data []byte
	// Length is how many octets it had on the link. It exceeds the length of
	// Data where the capture had a snapshot length that was smaller.
	Length int
}

// A Reader reads the frames of a pcap file (draft-ietf-opsawg-pcap) or a pcapng
// file (draft-ietf-opsawg-pcapng), in the order of the file and with bounded
// memory.
//
// It stands in for gopacket's pcapgo, which believes what a file says: lengths
// up to 4 GiB, options too short for their type, and time resolutions by which
// it divides by zero; and which has no link types above 255, such as that of
// `tcpdump -i any`.
type Reader struct {
	in     *bufio.Reader
	order  binary.ByteOrder
	number int
	err    error // that ended the reading
	// next reads a frame after its number is counted.
	next func() (Frame, error)
	buf  []byte

	// Of pcap: the link type, and the nanoseconds in a unit of the fraction of
	// a second.
	link uint32
	unit int64

	// Of pcapng: the interfaces of the section.
	interfaces []networkInterface
}

const (
	// maxFrame is the largest packet that is read, MAXIMUM_SNAPLEN of tcpdump.
	maxFrame = 262144
	// maxBlock bounds blocks of pcapng: a packet with room for its options.
	maxBlock = maxFrame + 1<<17
	// maxInterfaces bounds those of a section.
	maxInterfaces = 4096

	magicMicroseconds = 0xa1b2c3d4
	magicNanoseconds  = 0xa1b23c4d
	magicSection      = 0x0a0d0d0a // the same in both byte orders
	magicByteOrder    = 0x1a2b3c4d
)

var (
	errNotCapture = errors.New("not a pcap or pcapng file")
	errEmpty      = errors.New("it is empty")
)

// Is reports whether a file that begins with these octets is a pcap or pcapng
// file. It looks at the first 4; of fewer it reports false.
func Is(begin []byte) bool {
	if len(begin) < 4 {
		return false
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch order.Uint32(begin) {
		case magicMicroseconds, magicNanoseconds, magicSection:
			return true
		}
	}
	return false
}

// longestMagic is how much of a file Foreign looks at.
const longestMagic = 8

// Foreign names the format of a file that begins with these octets, if it is one
// in which captures come besides pcap and pcapng, and says what to do with it,
// such as "a gzip file: unpack it first"; else it returns "". It looks at the
// first 8 octets.
func Foreign(begin []byte) string {
	const unpack, convert = ": unpack it first", ": convert it with editcap"
	for _, f := range []struct{ magic, name string }{
		{"\x1f\x8b", "a gzip file" + unpack},
		{"\xfd7zXZ\x00", "an xz file" + unpack},
		{"\x28\xb5\x2f\xfd", "a zstd file" + unpack},
		{"\x04\x22\x4d\x18", "an lz4 file" + unpack},
		{"BZh", "a bzip2 file" + unpack},
		{"PK\x03\x04", "a zip file" + unpack},
		{"snoop\x00\x00\x00", "a snoop file" + convert},
		{"\xa1\xb2\xcd\x34", "a modified pcap file" + convert},
		{"\x34\xcd\xb2\xa1", "a modified pcap file" + convert},
		{"GMBU", "a file of Network Monitor" + convert},
		{"RTSS", "a file of Network Monitor" + convert},
		{"XCP\x00", "a file of NetXRay" + convert},
		{"TRSNIFF ", "a file of Sniffer" + convert}, // "TRSNIFF data"
	} {
		if strings.HasPrefix(string(begin), f.magic) {
			return f.name
		}
	}
	return ""
}

// NewReader returns a Reader of a capture file, and reads its first octets. The
// error says why the file cannot be read: it is in another format, such as gzip,
// it is of an unknown version, or it ends within its header.
func NewReader(file io.Reader) (*Reader, error) {
	r := &Reader{in: bufio.NewReaderSize(file, 1<<16)}
	begin, err := r.in.Peek(longestMagic)
	switch {
	case err != nil && err != io.EOF:
		return nil, err
	case len(begin) == 0:
		return nil, errEmpty
	case !Is(begin):
		if other := Foreign(begin); other != "" {
			return nil, fmt.Errorf("%w, but %s", errNotCapture, other)
		}
		return nil, errNotCapture
	case binary.LittleEndian.Uint32(begin) == magicSection:
		r.next = r.nextBlock
		return r, nil
	}
	if err := r.readPcapHeader(); err != nil {
		return nil, err
	}
	return r, nil
}

// Next returns the next frame, or [io.EOF] at the end of the file. Other errors
// name the packet. Any error ends the reading: it is returned from then on.
func (r *Reader) Next() (Frame, error) {
	if r.err != nil {
		return Frame{}, r.err
	}
	r.number++
	f, err := r.next()
	if err != nil {
		if err != io.EOF {
			err = fmt.Errorf("packet %d: %w", r.number, err)
		}
		r.err = err
		return Frame{}, err
	}
	f.Number = r.number
	return f, nil
}

// lengthOf returns the length that a file gives, as one that an int holds
// everywhere; no packet is that long.
func lengthOf(octets uint32) int { return int(min(octets, math.MaxInt32)) }

// take reads n octets, which stay valid until the next call. It returns io.EOF
// only if there are none at all.
func (r *Reader) take(n int) ([]byte, error) {
	if cap(r.buf) < n {
		r.buf = make([]byte, n)
	}
	b := r.buf[:n]
	_, err := io.ReadFull(r.in, b)
	return b, err
}

// rest is take within a structure that has begun: the end of the file is an
// error there.
func (r *Reader) rest(n int) ([]byte, error) {
	b, err := r.take(n)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = errors.New("the file ends within it")
	}
	return b, err
}
