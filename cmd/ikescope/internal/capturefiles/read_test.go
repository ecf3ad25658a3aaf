package capturefiles

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
	captured "github.com/ikescope/ikescope/report/capture"
)

// cutPcap returns a little-endian pcap file as two, the first with so many
// packets.
func cutPcap(file []byte, packets int) (first, second []byte) {
	at := 24
	for range packets {
		at += 16 + int(binary.LittleEndian.Uint32(file[at+8:]))
	}
	return file[:at], append(append([]byte{}, file[:24]...), file[at:]...)
}

// captureFiles writes files, and returns their paths by name.
func captureFiles(t *testing.T, files map[string][]byte) map[string]string {
	t.Helper()
	paths := map[string]string{}
	for name, octets := range files {
		paths[name] = filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(paths[name], octets, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

// captures are those of the repository.
const captures = "../../../../testdata/captures"

func readCapturesOf(t *testing.T, paths ...string) (doc *report.Capture, failed, err error) {
	t.Helper()
	views, failed, err := Read(t.Context(), strings.NewReader(""), paths, nil)
	return captured.New(report.Tool{}, views), failed, err
}

// Files that follow one another are one capture, in whatever order they are
// named, and each capture point has its own.
func TestCaptureFilesInARow(t *testing.T) {
	files := map[string][]byte{}
	for _, name := range []string{"nat-client", "nat-gateway"} {
		whole, err := os.ReadFile(filepath.Join(captures, name+".pcap"))
		if err != nil {
			t.Fatal(err)
		}
		files[name+".pcap0"], files[name+".pcap1"] = cutPcap(whole, 6)
	}
	paths := captureFiles(t, files)
	doc, failed, err := readCapturesOf(t, paths["nat-gateway.pcap1"], paths["nat-client.pcap1"], paths["nat-client.pcap0"], paths["nat-gateway.pcap0"])
	if failed != nil || err != nil {
		t.Fatal(failed, err)
	}
	if len(doc.SAs) != 2 || len(doc.Files) != 4 || doc.Counts.Packets != 20 {
		t.Fatalf("%d IKE SAs, %d files, %+v", len(doc.SAs), len(doc.Files), doc.Counts)
	}
	for i, name := range []string{"nat-client", "nat-gateway"} {
		sa := doc.SAs[i]
		if sa.File != paths[name+".pcap0"] || sa.Verdict.ID != "GOES-ON" || len(sa.Elsewhere) != 1 || len(sa.Exchanges) != 5 {
			t.Errorf("%s: in %s, %s, %d exchanges, elsewhere %+v", name, sa.File, sa.Verdict.ID, len(sa.Exchanges), sa.Elsewhere)
		}
		if last := sa.Exchanges[4].Request; last.File != paths[name+".pcap1"] || last.Packet != 3 {
			t.Errorf("%s: the last request is packet %d of %s", name, last.Packet, last.File)
		}
	}
}

// What is wrong with one of several files is known before any is read in full,
// but for its end: then the others are told.
func TestCaptureFilesWrong(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join(captures, "cookie.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(filepath.Join(captures, "rekey.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	paths := captureFiles(t, map[string][]byte{"whole.pcap": whole, "cut.pcap": other[:len(other)-5], "text.pcap": []byte("hello")})
	doc, failed, err := readCapturesOf(t, paths["whole.pcap"], paths["cut.pcap"])
	if err != nil || failed == nil || !strings.Contains(failed.Error(), "cut.pcap: packet 14: the file ends within it") {
		t.Errorf("%v, %v", failed, err)
	}
	if doc.Complete || len(doc.SAs) != 4 || doc.Files[0].Complete || !doc.Files[1].Complete {
		t.Errorf("complete %t, %d IKE SAs, %+v", doc.Complete, len(doc.SAs), doc.Files)
	}
	doc, failed, err = readCapturesOf(t, paths["whole.pcap"], paths["text.pcap"])
	if failed != nil || err == nil || len(doc.Files) != 0 {
		t.Errorf("%v, %v, %d files", failed, err, len(doc.Files))
	}
}
