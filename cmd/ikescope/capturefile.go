package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// frame is one packet of a capture file, as the link carried it.
type frame struct {
	number int // from 1, as Wireshark counts
	time   time.Time
	link   uint32 // LINKTYPE_, of the interface
	data   []byte // valid until the next frame is read
	length int    // on the link; data may be cut
}

// captureReader reads pcap and pcapng files, in their order and with bounded
// memory. It stands in for package pcapgo, which believes what a file says:
// lengths up to 4 GiB, options too short for their type, and time resolutions
// by which it divides by zero; and which has no link types above 255, such as
// that of `tcpdump -i any`.
type captureReader struct {
	r      *bufio.Reader
	order  binary.ByteOrder
	number int
	// next reads a frame after its number is counted.
	next func() (frame, error)
	buf  []byte

	// Of pcap: the link type, and the nanoseconds of the lower half of times.
	link uint32
	unit int64

	// Of pcapng: the interfaces of the section.
	interfaces []captureInterface
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

var errNotCapture = errors.New("not a pcap or pcapng file")

// isCapture reports whether a file that begins so is a pcap or pcapng file.
func isCapture(begin []byte) bool {
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

// newCaptureReader reads the head of the file.
func newCaptureReader(r io.Reader) (*captureReader, error) {
	c := &captureReader{r: bufio.NewReaderSize(r, 1<<16)}
	begin, err := c.r.Peek(4)
	switch {
	case err != nil && err != io.EOF:
		return nil, err
	case len(begin) >= 2 && begin[0] == 0x1f && begin[1] == 0x8b:
		return nil, fmt.Errorf("%w, but a gzip file: unpack it first", errNotCapture)
	case !isCapture(begin):
		return nil, errNotCapture
	case binary.LittleEndian.Uint32(begin) == magicSection:
		c.next = c.nextBlock
		return c, nil
	}
	return c, c.readPcapHeader()
}

// read returns the next frame, or io.EOF at the end of the file. Other errors
// name the packet, and end the reading.
func (c *captureReader) read() (frame, error) {
	c.number++
	f, err := c.next()
	if err == io.EOF {
		return frame{}, err
	}
	if err != nil {
		return frame{}, fmt.Errorf("packet %d: %w", c.number, err)
	}
	f.number = c.number
	return f, nil
}

// take reads n octets, which stay valid until the next call. It returns io.EOF
// only if there are none at all.
func (c *captureReader) take(n int) ([]byte, error) {
	if cap(c.buf) < n {
		c.buf = make([]byte, n)
	}
	b := c.buf[:n]
	_, err := io.ReadFull(c.r, b)
	return b, err
}

// rest is take within a structure that has begun: the end of the file is an
// error there.
func (c *captureReader) rest(n int) ([]byte, error) {
	b, err := c.take(n)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = errors.New("the file ends within it")
	}
	return b, err
}

// readPcapHeader reads the file header of pcap.
func (c *captureReader) readPcapHeader() error {
	h, err := c.rest(24)
	if err != nil {
		return fmt.Errorf("file header: %w", err)
	}
	c.order = binary.LittleEndian
	magic := c.order.Uint32(h)
	if magic != magicMicroseconds && magic != magicNanoseconds {
		c.order = binary.BigEndian
		magic = c.order.Uint32(h)
	}
	c.unit = int64(time.Microsecond)
	if magic == magicNanoseconds {
		c.unit = int64(time.Nanosecond)
	}
	if major := c.order.Uint16(h[4:]); major != 2 {
		return fmt.Errorf("file header: version %d.%d of pcap is not known", major, c.order.Uint16(h[6:]))
	}
	// The upper bits tell of a frame check sequence at the end of packets.
	c.link = c.order.Uint32(h[20:]) & 0xffff
	c.next = c.nextRecord
	return nil
}

// nextRecord reads a packet of pcap. The snapshot length of the header is not
// held against it, for some writers do not keep it.
func (c *captureReader) nextRecord() (frame, error) {
	h, err := c.take(16)
	if err == io.ErrUnexpectedEOF {
		err = errors.New("the file ends within it")
	}
	if err != nil {
		return frame{}, err
	}
	seconds, fraction := int64(c.order.Uint32(h)), int64(c.order.Uint32(h[4:]))
	size, length := c.order.Uint32(h[8:]), c.order.Uint32(h[12:])
	return c.packet(size, length, frame{time: time.Unix(seconds, fraction*c.unit).UTC(), link: c.link})
}

// packet reads the octets of a frame.
func (c *captureReader) packet(size, length uint32, f frame) (frame, error) {
	if size > maxFrame {
		return frame{}, fmt.Errorf("it says that it has %d octets, more than the %d of any packet", size, maxFrame)
	}
	var err error
	f.data, err = c.rest(int(size))
	f.length = int(max(size, length))
	return f, err
}
