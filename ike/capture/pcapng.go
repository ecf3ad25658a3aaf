package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"time"
)

// networkInterface is what an Interface Description Block declares.
type networkInterface struct {
	link uint32
	snap uint32
	// perSecond is the units of time in a second, offset the seconds to add.
	perSecond uint64
	offset    int64
}

// Block types of pcapng.
const (
	blockInterface      = 1
	blockPacket         = 2 // obsolete
	blockSimplePacket   = 3
	blockEnhancedPacket = 6
)

// nextBlock reads blocks of pcapng up to a packet.
func (r *Reader) nextBlock() (Frame, error) {
	for {
		h, err := r.take(8)
		if err == io.ErrUnexpectedEOF {
			err = errors.New("the file ends in the head of a block")
		}
		if err != nil {
			return Frame{}, err
		}
		if binary.LittleEndian.Uint32(h) == magicSection {
			length := [4]byte(h[4:])
			if err := r.readSection(length); err != nil {
				return Frame{}, err
			}
			continue
		}
		if r.order == nil {
			return Frame{}, errors.New("it comes before any section")
		}
		kind, length := r.order.Uint32(h), r.order.Uint32(h[4:])
		if length < 12 || length%4 != 0 {
			return Frame{}, fmt.Errorf("a block says that it has %d octets", length)
		}
		body := int64(length) - 8
		switch kind {
		case blockInterface, blockPacket, blockSimplePacket, blockEnhancedPacket:
		default:
			// Blocks without packets are of any size, and not held.
			if _, err := io.CopyN(io.Discard, r.in, body); err != nil {
				return Frame{}, errors.New("the file ends within a block")
			}
			continue
		}
		if body > maxBlock {
			return Frame{}, fmt.Errorf("a block says that it has %d octets, more than the %d of any packet", length, maxBlock)
		}
		block, err := r.rest(int(body))
		if err != nil {
			return Frame{}, err
		}
		block = block[:body-4] // without the length, which is repeated at the end
		if kind == blockInterface {
			if err := r.addInterface(block); err != nil {
				return Frame{}, err
			}
			continue
		}
		return r.packetBlock(kind, block)
	}
}

// readSection reads the rest of a Section Header Block, from which on its byte
// order and interfaces count.
func (r *Reader) readSection(length [4]byte) error {
	b, err := r.rest(8)
	if err != nil {
		return fmt.Errorf("section header: %w", err)
	}
	r.order = binary.LittleEndian
	if r.order.Uint32(b) != magicByteOrder {
		r.order = binary.BigEndian
	}
	if r.order.Uint32(b) != magicByteOrder {
		return errors.New("section header: it has no byte order")
	}
	if major := r.order.Uint16(b[4:]); major != 1 {
		return fmt.Errorf("section header: version %d.%d of pcapng is not known", major, r.order.Uint16(b[6:]))
	}
	r.interfaces = r.interfaces[:0]
	n := r.order.Uint32(length[:])
	if n < 28 || n%4 != 0 {
		return fmt.Errorf("section header: it says that it has %d octets", n)
	}
	if _, err := io.CopyN(io.Discard, r.in, int64(n)-16); err != nil {
		return errors.New("section header: the file ends within it")
	}
	return nil
}

// Options of an Interface Description Block.
const (
	optionResolution = 9
	optionOffset     = 14
)

// addInterface reads an Interface Description Block.
func (r *Reader) addInterface(b []byte) error {
	if len(b) < 8 {
		return errors.New("an interface block is too short")
	}
	if len(r.interfaces) == maxInterfaces {
		return fmt.Errorf("there are more than %d interfaces", maxInterfaces)
	}
	i := networkInterface{link: uint32(r.order.Uint16(b)), snap: r.order.Uint32(b[4:]), perSecond: 1e6}
	for o := b[8:]; len(o) >= 4; {
		code, n := r.order.Uint16(o), int(r.order.Uint16(o[2:]))
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
			i.offset = int64(r.order.Uint64(value))
		}
		o = o[min(len(o), (n+3)&^3):]
	}
	r.interfaces = append(r.interfaces, i)
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
func (i networkInterface) at(units uint64) time.Time {
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
func (r *Reader) packetBlock(kind uint32, b []byte) (Frame, error) {
	head, index := 20, uint32(0)
	if kind == blockSimplePacket {
		head = 4
	}
	if len(b) < head {
		return Frame{}, errors.New("its block is too short")
	}
	switch kind {
	case blockEnhancedPacket:
		index = r.order.Uint32(b)
	case blockPacket:
		index = uint32(r.order.Uint16(b))
	}
	if uint64(index) >= uint64(len(r.interfaces)) {
		return Frame{}, fmt.Errorf("it refers to interface %d, which the file does not declare", index)
	}
	i := r.interfaces[index]
	f := Frame{Link: i.link}
	var size uint32
	if kind == blockSimplePacket {
		f.Length = lengthOf(r.order.Uint32(b))
		size = min(uint32(f.Length), uint32(len(b)-head))
		if i.snap != 0 {
			size = min(size, i.snap)
		}
	} else {
		f.Time = i.at(uint64(r.order.Uint32(b[4:]))<<32 | uint64(r.order.Uint32(b[8:])))
		size = r.order.Uint32(b[12:])
		f.Length = lengthOf(max(size, r.order.Uint32(b[16:])))
	}
	if uint64(size) > uint64(len(b)-head) {
		return Frame{}, fmt.Errorf("it says that it has %d octets, and its block has %d", size, len(b)-head)
	}
	f.Data = b[head : head+int(size)]
	return f, nil
}
