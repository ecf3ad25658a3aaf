package datagrams

import (
	"bytes"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ikescope/ikescope/ike/capture"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/archive"
)

func spool(t *testing.T) *archive.Spool {
	dir := t.TempDir() // which is removed after the spool is closed, as Windows demands
	s := &archive.Spool{Create: func() (archive.File, error) { return os.Create(filepath.Join(dir, "spool")) }}
	t.Cleanup(func() { s.Close() })
	return s
}

var (
	at      = time.Unix(1_700_000_000, 0).UTC()
	local   = netip.MustParseAddrPort("192.0.2.1:40000")
	gateway = netip.MustParseAddrPort("198.51.100.7:4500")
)

// A packet goes from who sent its datagram, and says what became of its exchange.
func TestPacket(t *testing.T) {
	comments := map[int]string{0: "target a", 7: "matrix: outcome accepted"}
	var got []capture.Packet
	for _, r := range []record{
		{Time: at, Sent: true, Exchange: 7, Local: local, Remote: gateway, Octets: []byte("request")},
		{Time: at, Exchange: 70000, Local: local, Remote: gateway, TCP: true, Octets: []byte("response")},
		{Time: at, Local: local, Remote: gateway, Octets: []byte("stray")},
	} {
		got = append(got, r.packet(comments))
	}
	want := []capture.Packet{
		{Time: at, Source: local, Destination: gateway, ID: 7, Comment: "sent: exchange 7, matrix: outcome accepted; target a", Octets: []byte("request")},
		{Time: at, Source: gateway, Destination: local, ID: 70000, TCP: true, Comment: "received: exchange 70000; target a", Octets: []byte("response")},
		{Time: at, Source: gateway, Destination: local, Comment: "received: of no exchange; target a", Octets: []byte("stray")},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRecorder: datagrams of several targets come in their order, each with what is
// known of its own target's exchange.
func TestRecorder(t *testing.T) {
	r := New(spool(t), 3)
	for i, d := range []initiator.Datagram{
		{Time: at, Sent: true, Exchange: 1, Local: local, Remote: gateway, Octets: []byte("a1")},
		{Time: at.Add(1), Sent: true, Exchange: 1, Local: local, Remote: gateway, Octets: []byte("b1")},
		{Time: at.Add(2), Exchange: 1, Local: local, Remote: gateway, Octets: []byte("a2")},
	} {
		r.Of(i % 2)(d)
	}
	r.Done(0, &report.Target{Name: "a", Address: "198.51.100.7", Exchanges: []report.Exchange{
		{ID: 1, Purpose: report.PurposeReach, Outcome: report.OutcomeInvalidKEPayload, Group: "x25519", Decides: report.StateAccepted}}})
	r.Done(1, &report.Target{Name: "evil\x1b[2J", Exchanges: []report.Exchange{{ID: 1, Purpose: report.PurposeMatrix, Outcome: "no_answer", Doubtful: true}}})
	var file bytes.Buffer
	if err := r.Write(&file); err != nil {
		t.Fatal(err)
	}
	last := -1
	for _, want := range []string{
		"a1", "sent: exchange 1, reach: outcome invalid_ke_payload, group x25519, decides accepted; target a 198.51.100.7",
		"b1", `sent: exchange 1, matrix: outcome no_answer, doubtful; target evil\u{1b}[2J`,
		"a2", "received: exchange 1, reach: outcome invalid_ke_payload, group x25519, decides accepted; target a 198.51.100.7",
	} {
		at := bytes.Index(file.Bytes()[last+1:], []byte(want))
		if at < 0 {
			t.Fatalf("%q is not where it should be in\n%q", want, file.Bytes())
		}
		last += 1 + at
	}
}

type noRoom struct{ archive.File }

var errNoRoom = errors.New("no space left on device")

func (noRoom) WriteAt([]byte, int64) (int, error) { return 0, errNoRoom }
func (noRoom) Close() error                       { return nil }

// TestNoRoom: what could not be kept is an error of the whole file.
func TestNoRoom(t *testing.T) {
	r := New(&archive.Spool{Create: func() (archive.File, error) { return noRoom{}, nil }}, 1)
	r.Of(0)(initiator.Datagram{Local: local, Remote: gateway})
	r.Done(0, &report.Target{})
	if err := r.Write(new(bytes.Buffer)); !errors.Is(err, errNoRoom) {
		t.Errorf("got %v", err)
	}
}
