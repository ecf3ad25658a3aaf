package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
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

type captureInterface struct {
	link uint32
	snap uint32
	// perSecond is the units of time in a second, offset the seconds to add.
	perSecond uint64
	offset    int64
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

// Blocks of pcapng.
const (
	blockInterface      = 1
	blockPacket         = 2 // obsolete
	blockSimplePacket   = 3
	blockEnhancedPacket = 6
)

// nextBlock reads blocks of pcapng up to a packet.
func (c *captureReader) nextBlock() (frame, error) {
	for {
		h, err := c.take(8)
		if err == io.ErrUnexpectedEOF {
			err = errors.New("the file ends in the head of a block")
		}
		if err != nil {
			return frame{}, err
		}
		if binary.LittleEndian.Uint32(h) == magicSection {
			length := [4]byte(h[4:])
			if err := c.readSection(length); err != nil {
				return frame{}, err
			}
			continue
		}
		if c.order == nil {
			return frame{}, errors.New("it comes before any section")
		}
		kind, length := c.order.Uint32(h), c.order.Uint32(h[4:])
		if length < 12 || length%4 != 0 {
			return frame{}, fmt.Errorf("a block says that it has %d octets", length)
		}
		body := int64(length) - 8
		switch kind {
		case blockInterface, blockPacket, blockSimplePacket, blockEnhancedPacket:
		default:
			// Blocks without packets are of any size, and not held.
			if _, err := io.CopyN(io.Discard, c.r, body); err != nil {
				return frame{}, errors.New("the file ends within a block")
			}
			continue
		}
		if body > maxBlock {
			return frame{}, fmt.Errorf("a block says that it has %d octets, more than the %d of any packet", length, maxBlock)
		}
		block, err := c.rest(int(body))
		if err != nil {
			return frame{}, err
		}
		block = block[:body-4] // without the length, which is repeated at the end
		if kind == blockInterface {
			if err := c.addInterface(block); err != nil {
				return frame{}, err
			}
			continue
		}
		return c.packetBlock(kind, block)
	}
}

// readSection reads the rest of a Section Header Block, from which on its byte
// order and interfaces count.
func (c *captureReader) readSection(length [4]byte) error {
	b, err := c.rest(8)
	if err != nil {
		return fmt.Errorf("section header: %w", err)
	}
	c.order = binary.LittleEndian
	if c.order.Uint32(b) != magicByteOrder {
		c.order = binary.BigEndian
	}
	if c.order.Uint32(b) != magicByteOrder {
		return errors.New("section header: it has no byte order")
	}
	if major := c.order.Uint16(b[4:]); major != 1 {
		return fmt.Errorf("section header: version %d.%d of pcapng is not known", major, c.order.Uint16(b[6:]))
	}
	c.interfaces = c.interfaces[:0]
	n := c.order.Uint32(length[:])
	if n < 28 || n%4 != 0 {
		return fmt.Errorf("section header: it says that it has %d octets", n)
	}
	if _, err := io.CopyN(io.Discard, c.r, int64(n)-16); err != nil {
		return errors.New("section header: the file ends within it")
	}
	return nil
}

// Options of an Interface Description Block.
const (
	optionResolution = 9
	optionOffset     = 14
)

func (c *captureReader) addInterface(b []byte) error {
	if len(b) < 8 {
		return errors.New("an interface block is too short")
	}
	if len(c.interfaces) == maxInterfaces {
		return fmt.Errorf("there are more than %d interfaces", maxInterfaces)
	}
	i := captureInterface{link: uint32(c.order.Uint16(b)), snap: c.order.Uint32(b[4:]), perSecond: 1e6}
	for o := b[8:]; len(o) >= 4; {
		code, n := c.order.Uint16(o), int(c.order.Uint16(o[2:]))
		o = o[4:]
		if code == 0 || n > len(o) {
			break
		}
		value := o[:n]
		switch {
		case code == optionResolution && n == 1:
			perSecond, ok := unitsPerSecond(value[0])
			if !ok {
				return fmt.Errorf("an interface has a time resolution of %#02x", value[0])
			}
			i.perSecond = perSecond
		case code == optionOffset && n == 8:
			i.offset = int64(c.order.Uint64(value))
		}
		o = o[min(len(o), (n+3)&^3):]
	}
	c.interfaces = append(c.interfaces, i)
	return nil
}

// unitsPerSecond reads if_tsresol: the negative power of 10, or of 2 where the
// highest bit is set.
func unitsPerSecond(resolution byte) (uint64, bool) {
	exponent := resolution & 0x7f
	if resolution&0x80 != 0 {
		return 1 << exponent, exponent < 64
	}
	return uint64(math.Pow10(int(exponent))), exponent < 20
}

// at returns the time of so many units. What is beyond all calendars is the
// zero time, which stands for unknown.
func (i captureInterface) at(units uint64) time.Time {
	seconds, fraction := units/i.perSecond, units%i.perSecond
	sum := int64(seconds) + i.offset
	const lastSecond = 253402300799 // of the year 9999
	if seconds > lastSecond || sum < 0 || sum > lastSecond {
		return time.Time{}
	}
	// The fraction is below perSecond, so that the quotient fits.
	hi, lo := bits.Mul64(fraction, 1e9)
	nanoseconds, _ := bits.Div64(hi, lo, i.perSecond)
	return time.Unix(sum, int64(nanoseconds)).UTC()
}

// packetBlock reads the octets of a block with a packet.
func (c *captureReader) packetBlock(kind uint32, b []byte) (frame, error) {
	head, index := 20, uint32(0)
	if kind == blockSimplePacket {
		head = 4
	}
	if len(b) < head {
		return frame{}, errors.New("its block is too short")
	}
	switch kind {
	case blockEnhancedPacket:
		index = c.order.Uint32(b)
	case blockPacket:
		index = uint32(c.order.Uint16(b))
	}
	if uint64(index) >= uint64(len(c.interfaces)) {
		return frame{}, fmt.Errorf("it is of interface %d, of which the file has not told", index)
	}
	i := c.interfaces[index]
	f := frame{link: i.link}
	var size uint32
	if kind == blockSimplePacket {
		f.length = int(c.order.Uint32(b))
		size = min(uint32(f.length), uint32(len(b)-head))
		if i.snap != 0 {
			size = min(size, i.snap)
		}
	} else {
		f.time = i.at(uint64(c.order.Uint32(b[4:]))<<32 | uint64(c.order.Uint32(b[8:])))
		size = c.order.Uint32(b[12:])
		f.length = int(max(size, c.order.Uint32(b[16:])))
	}
	if uint64(size) > uint64(len(b)-head) {
		return frame{}, fmt.Errorf("it says that it has %d octets, and its block has %d", size, len(b)-head)
	}
	f.data = b[head : head+int(size)]
	return f, nil
}
