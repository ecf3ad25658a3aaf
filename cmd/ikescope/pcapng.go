package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"time"
)

type captureInterface struct {
	link uint32
	snap uint32
	// perSecond is the units of time in a second, offset the seconds to add.
	perSecond uint64
	offset    int64
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
