package capture

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/ikescope/ikescope/ike/iketest"
)

// fragments4 cuts an IPv4 packet into fragments of at most size octets.
func fragments4(packet []byte, size int) [][]byte {
	var out [][]byte
	for payload, offset := packet[20:], 0; len(payload) > 0; {
		n := min(size, len(payload))
		f := join(packet[:20], payload[:n])
		binary.BigEndian.PutUint16(f[2:], uint16(len(f)))
		more := uint16(0)
		if n < len(payload) {
			more = 0x2000
		}
		binary.BigEndian.PutUint16(f[6:], more|uint16(offset/8))
		out = append(out, f)
		payload, offset = payload[n:], offset+n
	}
	return out
}

func fragments6(packet []byte, size int) [][]byte {
	var out [][]byte
	for payload, offset := packet[40:], 0; len(payload) > 0; {
		n := min(size, len(payload))
		more := byte(0)
		if n < len(payload) {
			more = 1
		}
		f := join(packet[:40], []byte{17, 0, byte(offset >> 8), byte(offset) | more, 0, 0, 0, 77}, payload[:n])
		f[6] = 44
		binary.BigEndian.PutUint16(f[4:], uint16(len(f)-40))
		out = append(out, f)
		payload, offset = payload[n:], offset+n
	}
	return out
}

// Fragments are put together in any order, with copies, and not across a hole.
func TestIPFragments(t *testing.T) {
	for name, all := range map[string][][]byte{
		"IPv4": fragments4(udpPacket(t, from4, to4, iketest.Request()), 64),
		"IPv6": fragments6(udpPacket(t, from6, to6, iketest.Request()), 64),
	} {
		n := len(all)
		backwards := slices.Clone(all)
		slices.Reverse(backwards)
		for order, packets := range map[string][][]byte{
			"in order": all, "backwards": backwards, "with copies": append(append([][]byte{all[n-1]}, all...), all[0]),
		} {
			d := dissect(t, pcapOf(101, packets...))
			if len(d.Tracker.SAs) != 1 || d.Counts.Reassembled != 1 {
				t.Errorf("%s %s: %d IKE SAs, %+v", name, order, len(d.Tracker.SAs), d.Counts)
				continue
			}
			m := d.Tracker.SAs[0].Exchanges[0].Request
			if m.Octets != len(iketest.Request()) || m.Fault != nil || m.Lost || m.IPFragments != n {
				t.Errorf("%s %s: %+v", name, order, m)
			}
		}
		d := dissect(t, pcapOf(101, append(slices.Clone(all[:1]), all[2:]...)...))
		if d.Counts.Incomplete != 1 || d.Counts.Reassembled != 0 || len(d.Tracker.SAs) != 1 {
			t.Fatalf("%s with a hole: %+v", name, d.Counts)
		}
		if m := d.Tracker.SAs[0].Exchanges[0].Request; !m.Lost || m.Missing != len(iketest.Request())-(64-8) || m.Octets != len(iketest.Request()) {
			t.Errorf("%s with a hole: %+v", name, m)
		}
	}
}

// An overlap does not replace what came first.
func TestIPFragmentsOverlap(t *testing.T) {
	all := fragments4(udpPacket(t, from4, to4, iketest.Request()), 64)
	forged := slices.Clone(all[1])
	copy(forged[20:], make([]byte, 64))
	binary.BigEndian.PutUint16(forged[6:], 0x2000|9) // 8 octets later
	d := dissect(t, pcapOf(101, append([][]byte{all[0], all[1], forged}, all[2:]...)...))
	if d.Counts.Reassembled != 1 || d.Tracker.SAs[0].Exchanges[0].Request.Fault != nil {
		t.Errorf("%+v", d.Counts)
	}
}

// Many unfinished packets take no more memory than a few.
func TestIPFragmentsBounded(t *testing.T) {
	var r reassembler
	for i := range 4 * maxWaiting {
		r.add(ipPacket{source: from4.Addr(), destination: to4.Addr(), payload: make([]byte, 40000)}, uint32(i), 0, true)
	}
	if len(r.waiting) > maxWaiting || r.octets > maxWaitingOctets+40000 || len(r.order) != len(r.waiting) {
		t.Errorf("%d packets of %d octets wait", len(r.waiting), r.octets)
	}
	if left := r.all(); len(r.waiting) != 0 || r.octets != 0 || len(left) == 0 {
		t.Errorf("%d packets of %d octets are left", len(r.waiting), r.octets)
	}
}
