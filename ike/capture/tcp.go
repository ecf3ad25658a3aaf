package capture

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/ikescope/ikescope/ike/dialog"
)

// portTCP is the TCP port of IKE. RFC 9329, Section 2.
const portTCP = 4500

// streamPrefix is how the originator of a TCP connection begins it. RFC 9329,
// Section 4.
const streamPrefix = "IKETCP"

const (
	// maxStreams bounds the directions of TCP connections that are held, and
	// maxStreamOctets what waits in each: a record, and segments that came
	// before their turn.
	maxStreams      = 512
	maxStreamOctets = 1 << 17
	maxSegments     = 16
)

// streams are the directions of TCP connections that carry IKE.
type streams struct {
	of    map[streamKey]*stream
	order []streamKey // the oldest first
}

type streamKey struct{ source, destination netip.AddrPort }

// stream is one direction.
type stream struct {
	next uint32 // the sequence number of what comes next
	// atRecord: buf begins with a record, or with the prefix. It is not so where
	// the capture begins in the middle, or lacks a segment.
	atRecord bool
	begun    bool // something of it was read
	buf      []byte
	early    []segment
}

type segment struct {
	sequence uint32
	data     []byte
}

// tcp reads the records of a TCP stream with IKE and ESP.
func (d *Dissector) tcp(p ipPacket) {
	const least = 20
	if len(p.payload) < least {
		return
	}
	header := int(p.payload[12]>>4) * 4
	if header < least || header > len(p.payload) {
		return
	}
	source := netip.AddrPortFrom(p.source, binary.BigEndian.Uint16(p.payload))
	destination := netip.AddrPortFrom(p.destination, binary.BigEndian.Uint16(p.payload[2:]))
	sequence, flags, data := binary.BigEndian.Uint32(p.payload[4:]), p.payload[13], p.payload[header:]
	const syn = 0x02
	key := streamKey{source, destination}
	ours := d.isTCPPort(source.Port()) || d.isTCPPort(destination.Port())
	s := d.streams.of[key]
	switch {
	case flags&syn != 0:
		if ours {
			d.streams.put(key, &stream{next: sequence + 1, atRecord: true})
		}
		return
	case len(data) == 0:
		return
	case s == nil && bytes.HasPrefix(data, []byte(streamPrefix)):
		s = d.streams.put(key, &stream{next: sequence, atRecord: true})
		// The other side of a port that is not known has no prefix.
		if back := (streamKey{destination, source}); !ours && d.streams.of[back] == nil {
			d.streams.put(back, &stream{next: binary.BigEndian.Uint32(p.payload[8:]), atRecord: true})
		}
	case s == nil && ours:
		s = d.streams.put(key, &stream{next: sequence})
	case s == nil:
		return
	}
	if !s.take(sequence, data) {
		return
	}
	for {
		record, ok := s.record()
		if !ok {
			break
		}
		d.record(p, source, destination, record)
	}
	if p.missing > 0 { // what the snapshot length cut off
		s.lose(sequence + uint32(len(data)) + uint32(p.missing))
	}
}

func (d *Dissector) isTCPPort(port uint16) bool {
	return port == portTCP || port != 500 && d.isPort(port)
}

// record takes a record: an IKE message behind a marker, or an ESP packet.
func (d *Dissector) record(p ipPacket, source, destination netip.AddrPort, record []byte) {
	// Port 4500 makes the marker count.
	at := netip.AddrPortFrom(destination.Addr(), portTCP)
	switch kind, message := dialog.Classify(source, at, record); kind {
	case dialog.IKE:
		d.Counts.IKE++
		d.Tracker.Add(dialog.Datagram{
			File: d.File, Packet: p.frame.Number, Time: p.frame.Time, Source: source, Destination: destination,
			Marked: true, TCP: true, Octets: message,
		})
	case dialog.ESP:
		d.Counts.ESP++
		d.Tracker.AddChild(dialog.ChildPacket{
			Packet: p.frame.Number, Time: p.frame.Time, Source: source, Destination: destination, SPI: binary.BigEndian.Uint32(record),
		})
	case dialog.Malformed:
		d.Counts.Malformed++
	case dialog.Other:
		d.Counts.Other++
	}
}

// put adds a stream in place of an older one.
func (s *streams) put(key streamKey, added *stream) *stream {
	if s.of == nil {
		s.of = map[streamKey]*stream{}
	}
	if s.of[key] == nil {
		if len(s.order) == maxStreams {
			delete(s.of, s.order[0])
			s.order = s.order[1:]
		}
		s.order = append(s.order, key)
	}
	s.of[key] = added
	return added
}

// take adds a segment, and those that waited for it. It reports whether anything
// new is there to read.
func (s *stream) take(sequence uint32, data []byte) bool {
	ahead := int32(sequence - s.next)
	switch {
	case ahead < 0 && int64(-ahead) >= int64(len(data)):
		return false // sent again
	case ahead < 0:
		data = data[-ahead:]
	case ahead > 0:
		waiting := len(data)
		for _, e := range s.early {
			waiting += len(e.data)
		}
		s.early = append(s.early, segment{sequence, bytes.Clone(data)})
		if len(s.early) <= maxSegments && waiting <= maxStreamOctets {
			return false
		}
		// What is missing does not come any more.
		next := slices.MinFunc(s.early, func(a, b segment) int { return cmp.Compare(a.sequence-s.next, b.sequence-s.next) })
		s.lose(next.sequence)
		data = nil
	}
	s.append(data)
	for again := true; again; {
		again = false
		for i, e := range s.early {
			if behind := int32(s.next - e.sequence); behind >= 0 {
				s.early = append(s.early[:i], s.early[i+1:]...)
				if int(behind) < len(e.data) {
					s.append(e.data[behind:])
				}
				again = true
				break
			}
		}
	}
	return true
}

// append adds octets in their turn.
func (s *stream) append(data []byte) {
	s.next += uint32(len(data))
	if !s.atRecord && len(data) > 0 {
		// Records begin with a segment, as a rule: it is one where the lengths
		// fit it.
		if !areRecords(data) {
			return
		}
		s.atRecord, s.begun = true, true
	}
	s.buf = append(s.buf, data...)
}

// lose goes on after a gap.
func (s *stream) lose(sequence uint32) {
	s.next, s.atRecord, s.buf = sequence, false, nil
}

// areRecords reports whether data is a whole number of records.
func areRecords(data []byte) bool {
	for len(data) >= 2 {
		n := int(binary.BigEndian.Uint16(data))
		if n < 2+4 || n > len(data) {
			return false
		}
		data = data[n:]
	}
	return len(data) == 0
}

// record takes the next whole record off the stream. Its first two octets are
// its length, themselves included. RFC 9329, Section 3.
func (s *stream) record() ([]byte, bool) {
	if !s.atRecord {
		return nil, false
	}
	if !s.begun {
		if len(s.buf) < len(streamPrefix) && bytes.HasPrefix([]byte(streamPrefix), s.buf) {
			return nil, false
		}
		s.buf = bytes.TrimPrefix(s.buf, []byte(streamPrefix))
		s.begun = true
	}
	if len(s.buf) < 2 {
		return nil, false
	}
	n := int(binary.BigEndian.Uint16(s.buf))
	if n < 2 { // not a stream of records
		s.lose(s.next)
		return nil, false
	}
	if len(s.buf) < n {
		return nil, false
	}
	record := s.buf[2:n:n]
	s.buf = s.buf[n:]
	return record, true
}
