package clients

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/proposals/client"
)

const captures = "../../../../testdata/captures"

// written returns the path of a new file.
func written(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pcap")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A real client's packet offers what its configuration says.
func TestCapturedClients(t *testing.T) {
	for file, proposals := range map[string]string{ // as in testdata/captures/record
		"no-proposal.pcap": "3des-md5-modp1024, aes128-sha1-modp1024",
		"invalid-ke.pcap":  "aes256gcm16-aes128gcm16-prfsha256-prfsha384-x25519-ecp256-ecp384-modp2048, aes256-sha256-modp2048-ecp384",
	} {
		want, err := client.Import("swanctl.conf", []byte("connections {\n lab {\n version = 2\n proposals = "+proposals+"\n }\n}\n"), client.SyntaxSwanctl)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Find(filepath.Join(captures, file))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 || got[0].Name != "10.88.1.2:500" || got[0].Packet == nil || got[0].KE != want[0].KE {
			t.Errorf("%s: %d clients, %+v", file, len(got), got[0])
		}
		if diff := cmp.Diff(want[0].Offer, got[0].Offer); diff != "" {
			t.Errorf("%s (-configured +captured):\n%s", file, diff)
		}
		if diff := cmp.Diff(saOf(t, want[0]), saOf(t, got[0])); diff != "" {
			t.Errorf("%s: the SA payload (-configured +captured):\n%s", file, diff)
		}
	}
}

// saOf returns the octets of the SA payload that a client sends.
func saOf(t *testing.T, p client.Policy) []byte {
	t.Helper()
	octets, _, err := ike.AppendPayloads(nil, []ike.Payload{&ike.SA{Proposals: p.Proposals()}})
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

// Clients are found by number, SPI and address, and repeated offers are one.
func TestCapturedClientNames(t *testing.T) {
	first := iketest.Request()
	again, other := append([]byte{}, first...), append([]byte{}, first...)
	again[0], other[0] = 0xa0, 0xb0
	m, err := ike.ParseMessage(other)
	if err != nil {
		t.Fatal(err)
	}
	m.Payloads[0].(*ike.SA).Proposals[0].Transforms[0].Attributes[0].Value = []byte{0, 128}
	if other, err = m.AppendBinary(nil); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "several.pcap")
	file := pcapOf(t, sent4(first), sent4(again), sent4(other), sent6(ping(t)))
	if err := os.WriteFile(path, file, 0o644); err != nil {
		t.Fatal(err)
	}
	for selector, want := range map[string]string{
		"":                  "192.0.2.10:500, 192.0.2.10:500/b002030405060708",
		"#1":                "192.0.2.10:500",
		"#2":                "192.0.2.10:500",
		"#3":                "192.0.2.10:500/b002030405060708",
		"#a002030405060708": "192.0.2.10:500",
		"#192.0.2.10":       "192.0.2.10:500, 192.0.2.10:500/b002030405060708",
	} {
		found, err := Find(path + selector)
		if got := strings.Join(connectionNames(found), ", "); err != nil || got != want {
			t.Errorf("%q: %s, %v; want %s", selector, got, err, want)
		}
	}
	response := append([]byte{}, first...)
	response[19] = byte(ike.FlagResponse)
	for _, tt := range []struct {
		file []byte
		want string
	}{
		{pcapOf(t), "holds no IKE_SA_INIT request on UDP 500 or 4500"},
		{pcapOf(t), ": it holds no packets"},
		{firstFragment(pcapOf(t, sent4(first)), 64), ": datagrams that lack IP fragments: 1"},
		{withLink(pcapOf(t, sent4(first)), 147), ": link type 147 (of its user) is not examined"},
		{pcapOf(t, sent4(response)), ": it begins after the first request"},
		{pcapOf(t, sent4(ping(t))), "packet 1: it lacks an SA or a KE payload"},
		{file[:60], "packet 1: the file ends within it"},
		{[]byte("\x1f\x8b\x08\x00"), "it is a gzip file: unpack it first"},
		{[]byte("\xfd7zXZ\x00\x00"), "it is an xz file: unpack it first"},
		{nil, "it is empty"},
	} {
		if err := os.WriteFile(path, tt.file, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Find(path); err == nil || !strings.HasPrefix(err.Error(), path+": ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, want %q", err, tt.want)
		}
	}
}

// A capture that is cut has the clients until there, and each says so.
func TestCapturedClientsOfACutFile(t *testing.T) {
	file := pcapOf(t, sent4(ping(t)), sent4(ping(t)))
	whole, err := os.ReadFile(captures + "/nat-client.pcap")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Find(written(t, whole[:len(whole)-10]))
	if err != nil || len(got) != 1 || len(got[0].Offer) == 0 || len(got[0].Notes) == 0 ||
		!strings.Contains(got[0].Notes[len(got[0].Notes)-1], "the file ends within it") {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := Find(written(t, file[:len(file)-3])); err == nil || !strings.Contains(err.Error(), "packet 2: the file ends within it") {
		t.Errorf("%+v, %v", got, err)
	}
}

// ping is an IKE_SA_INIT request without an offer.
func ping(t *testing.T) []byte {
	t.Helper()
	m := &ike.Message{Header: ike.Header{SPIi: ike.SPI{9}, MajorVersion: 2, Exchange: ike.IKE_SA_INIT, Flags: ike.FlagInitiator}}
	octets, err := m.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

// The questions of a scan are no clients, unless there are no others or one is
// picked.
func TestCapturedScan(t *testing.T) {
	const path = captures + "/scan.pcap"
	for connection, want := range map[string]string{"": "captured client", "#3": "question of an ikescope scan", "#10.88.2.2": "question of an ikescope scan"} {
		got, err := Find(path + connection)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range got {
			if p.Product != want {
				t.Errorf("%q: %s is a %s", connection, p.Name, p.Product)
			}
		}
		if connection != "#10.88.2.2" && len(got) != 1 {
			t.Errorf("%q: %d clients", connection, len(got))
		}
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	end := pcapHeader
	for range 20 {
		end += recordHeader + int(binary.LittleEndian.Uint32(whole[end+8:]))
	}
	if got, err := Find(written(t, whole[:end])); err != nil || len(got) != 4 {
		t.Errorf("of a scan alone %d clients, %v", len(got), err)
	}
}
