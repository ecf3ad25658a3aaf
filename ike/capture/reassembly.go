package capture

import (
	"net/netip"
	"slices"
	"time"
)

// reassembler puts the fragments of IP packets together, of both versions and
// in any order. It stands in for gopacket's ip4defrag, which is for IPv4 alone,
// holds what it gets without bounds, and trusts the lengths of packets that
// were cut.
type reassembler struct {
	waiting map[fragmentKey]*fragmented
	order   []fragmentKey // the oldest first
	octets  int
}

type fragmentKey struct {
	source, destination netip.Addr
	id                  uint32
}

// fragmented is a packet of which some fragments are there.
type fragmented struct {
	first ipPacket // the first that came, without payload
	parts []part   // by their offsets, without overlaps
	total int      // 0 until the last fragment is there
}

type part struct {
	offset int
	data   []byte
}

const (
	// maxWaiting bounds the packets that wait for fragments, maxWaitingOctets
	// their size, maxParts their fragments: these are of 8 octets at least, and
	// of a thousand in practice.
	maxWaiting       = 512
	maxWaitingOctets = 8 << 20
	maxParts         = 256
	maxIPPayload     = 65535
	// fragmentTime is how long a packet waits for its fragments. They follow
	// one another closely; hosts wait for a minute.
	fragmentTime = 5 * time.Second
)

// add takes a fragment. It returns the packet that is complete with it, if any,
// and those that have to go to make room.
func (r *reassembler) add(p ipPacket, id uint32, offset int, more bool) (whole *ipPacket, evicted []ipPacket) {
	if r.waiting == nil {
		r.waiting = map[fragmentKey]*fragmented{}
	}
	end := offset + len(p.payload)
	if end > maxIPPayload || len(p.payload) == 0 {
		return nil, nil
	}
	key := fragmentKey{p.source, p.destination, id}
	w := r.waiting[key]
	if w == nil {
		for len(r.waiting) >= maxWaiting || r.octets > maxWaitingOctets {
			evicted = append(evicted, r.take(r.order[0]))
		}
		w = &fragmented{first: p}
		w.first.payload = nil
		w.first.frame.Data = nil // it is valid only until the next frame
		r.waiting[key] = w
		r.order = append(r.order, key)
	}
	at, known := slices.BinarySearchFunc(w.parts, offset, func(q part, offset int) int { return q.offset - offset })
	if known || len(w.parts) == maxParts ||
		at > 0 && w.parts[at-1].end() > offset || at < len(w.parts) && w.parts[at].offset < end {
		// A copy, or an overlap, of which there is none in honest packets (RFC
		// 5722): what came first counts.
		return nil, evicted
	}
	if !more {
		w.total = end
	}
	w.first.missing += p.missing
	w.parts = slices.Insert(w.parts, at, part{offset, slices.Clone(p.payload)})
	r.octets += len(p.payload)
	w.first.fragments = len(w.parts)
	if w.total == 0 || w.contiguous() != w.total {
		return nil, evicted
	}
	done := r.take(key)
	return &done, evicted
}

func (p part) end() int { return p.offset + len(p.data) }

// contiguous returns how many octets are there from the beginning on.
func (w *fragmented) contiguous() int {
	n := 0
	for _, p := range w.parts {
		if p.offset != n {
			break
		}
		n = p.end()
	}
	return n
}

// take removes a packet and returns what is there of it from its beginning on.
func (r *reassembler) take(key fragmentKey) ipPacket {
	w := r.waiting[key]
	delete(r.waiting, key)
	if i := slices.Index(r.order, key); i >= 0 {
		r.order = slices.Delete(r.order, i, i+1)
	}
	out, n := w.first, w.contiguous()
	for _, p := range w.parts {
		r.octets -= len(p.data)
		if p.offset < n {
			out.payload = append(out.payload, p.data...)
		}
	}
	return out
}

// older returns the packets that have waited too long at that time.
func (r *reassembler) older(at time.Time) []ipPacket {
	var out []ipPacket
	for len(r.order) > 0 {
		began := r.waiting[r.order[0]].first.frame.Time
		if began.IsZero() || at.Sub(began) < fragmentTime {
			break
		}
		out = append(out, r.take(r.order[0]))
	}
	return out
}

// all returns the packets that still wait.
func (r *reassembler) all() []ipPacket {
	var out []ipPacket
	for len(r.order) > 0 {
		out = append(out, r.take(r.order[0]))
	}
	return out
}
