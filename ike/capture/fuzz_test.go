package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike/iketest"
)

// FuzzReader reads what a stranger recorded, and looks into it.
func FuzzReader(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(captures, "*.pcap"))
	if err != nil || len(files) == 0 {
		f.Fatalf("%d captures, %v", len(files), err)
	}
	for _, file := range files {
		octets, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(octets)
	}
	one4, one6 := udpPacket(f, from4, to4, iketest.Request()), udpPacket(f, from6, to6, iketest.Request())
	f.Add(ngOf(f, one4))
	f.Add(join(ngSection(binary.BigEndian), ngRaw(binary.BigEndian, 4, ngOption(binary.BigEndian, optionResolution, 9)),
		ngBlock(binary.BigEndian, blockSimplePacket, words(binary.BigEndian, uint32(len(one6))), one6)))
	f.Add(pcapOf(linkRaw, withExtensions(one6)))
	f.Add(pcapOf(linkRaw, fragments6(one6, 64)...))
	f.Add(pcapOf(linkRaw, fragments4(one4, 64)...))
	for _, l := range links(f) {
		f.Add(pcapOf(l.link, l.packet))
	}
	f.Add(pcapOf(linkRaw, tcpStream(f, from4, to4, join([]byte(streamPrefix), recordOf(iketest.Request())), 40)...))
	f.Add(pcapOf(linkSLL2, join([]byte{0x86, 0xdd}, make([]byte, 18), one6)))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := NewReader(bytes.NewReader(file))
		if err != nil {
			return
		}
		if !Is(file) {
			t.Error("a file that is none was read")
		}
		d := Dissector{Ports: []uint16{0x101}}
		frames, octets := 0, 0
		for {
			frame, err := r.Next()
			if err != nil {
				if _, again := r.Next(); again != err {
					t.Errorf("after %v came %v", err, again)
				}
				break
			}
			frames++
			octets += len(frame.Data)
			if frame.Number != frames || len(frame.Data) > maxBlock {
				t.Errorf("frame %d of %d has %d octets", frame.Number, frames, len(frame.Data))
			}
			d.Add(frame)
		}
		d.Finish()
		if octets > len(file) {
			t.Errorf("%d octets of a file of %d", octets, len(file))
		}
		if len(d.pending.waiting) != 0 || len(d.pending.order) != 0 || d.pending.octets != 0 {
			t.Errorf("fragments of %d packets are left, %d octets", len(d.pending.waiting), d.pending.octets)
		}
		n := d.Counts
		// A TCP segment holds a datagram for each 6 octets, and ESP may be in AH.
		if n.Packets != frames || n.Cut > frames || n.Unreadable > frames || n.ICMPErrors > frames ||
			n.IKE+n.ESP+n.AH+n.Keepalives+n.Malformed+n.Other > 2*frames+octets/6 {
			t.Errorf("of %d frames %+v", frames, n)
		}
		if n.IKE == 0 && len(d.Tracker.SAs) != 0 {
			t.Errorf("%d IKE SAs of no messages", len(d.Tracker.SAs))
		}
	})
}

// FuzzWriter: what is written is read again, whatever it is.
func FuzzWriter(f *testing.F) {
	f.Add(iketest.Request(), from4.Addr().AsSlice(), to4.Addr().AsSlice(), uint16(500), uint16(500), uint32(7), int64(1_700_000_000_000_000))
	f.Add([]byte{0xff}, from6.Addr().AsSlice(), to6.Addr().AsSlice(), uint16(4500), uint16(4500), uint32(70000), int64(1))
	f.Add([]byte{}, from4.Addr().AsSlice(), to6.Addr().AsSlice(), uint16(500), uint16(0), uint32(0), int64(1))
	f.Fuzz(func(t *testing.T, octets, from, to []byte, fromPort, toPort uint16, id uint32, microseconds int64) {
		source, ok := netip.AddrFromSlice(from)
		destination, okay := netip.AddrFromSlice(to)
		at := time.UnixMicro(microseconds).UTC()
		if !ok || !okay || microseconds < 0 || at.Unix() > 1<<32-1 {
			return
		}
		var file bytes.Buffer
		w := NewWriter(&file)
		p := Packet{
			Time: at, Source: netip.AddrPortFrom(source, fromPort), Destination: netip.AddrPortFrom(destination, toPort),
			ID: id, Octets: octets,
		}
		if err := w.Write(p); err != nil {
			if len(octets) <= 65507 {
				t.Fatal(err)
			}
			return
		}
		r := newReader(t, file.Bytes())
		frame, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		header := 48
		if source.Unmap().Is4() && destination.Unmap().Is4() {
			header = 28
		}
		if frame.Time != at || frame.Link != linkRaw || len(frame.Data) != frame.Length || frame.Length != header+len(octets) ||
			!bytes.Equal(frame.Data[header:], octets) || binary.BigEndian.Uint16(frame.Data[header-8:]) != fromPort {
			t.Errorf("%+v became %+v", p, frame)
		}
		d := Dissector{Ports: []uint16{toPort}}
		d.Add(frame)
		n := d.Counts
		if n.IKE+n.ESP+n.Keepalives+n.Other != 1 || n.Unreadable != 0 {
			t.Errorf("%+v counts as %+v", p, n)
		}
		if _, err := r.Next(); err != io.EOF {
			t.Errorf("then %v", err)
		}
	})
}
