package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// readPcapHeader reads the file header of pcap.
func (r *Reader) readPcapHeader() error {
	h, err := r.rest(24)
	if err != nil {
		return fmt.Errorf("file header: %w", err)
	}
	r.order = binary.LittleEndian
	magic := r.order.Uint32(h)
	if magic != magicMicroseconds && magic != magicNanoseconds {
		r.order = binary.BigEndian
		magic = r.order.Uint32(h)
	}
	r.unit = int64(time.Microsecond)
	if magic == magicNanoseconds {
		r.unit = int64(time.Nanosecond)
	}
	if major := r.order.Uint16(h[4:]); major != 2 {
		return fmt.Errorf("file header: version %d.%d of pcap is not known", major, r.order.Uint16(h[6:]))
	}
	// The upper bits say whether packets end with a frame check sequence.
	r.link = r.order.Uint32(h[20:]) & 0xffff
	r.next = r.nextRecord
	return nil
}

// nextRecord reads a packet of pcap. The snapshot length of the header is not
// held against it, for some writers do not keep it.
func (r *Reader) nextRecord() (Frame, error) {
	h, err := r.take(16)
	if err == io.ErrUnexpectedEOF {
		err = errors.New("the file ends within it")
	}
	if err != nil {
		return Frame{}, err
	}
	seconds, fraction := int64(r.order.Uint32(h)), int64(r.order.Uint32(h[4:]))
	size, length := r.order.Uint32(h[8:]), r.order.Uint32(h[12:])
	if size > maxFrame {
		return Frame{}, fmt.Errorf("it says that it has %d octets, more than the %d of any packet", size, maxFrame)
	}
	data, err := r.rest(int(size))
	return Frame{
		Time: time.Unix(seconds, fraction*r.unit).UTC(), Link: r.link,
		Data: data, Length: lengthOf(max(size, length)),
	}, err
}
