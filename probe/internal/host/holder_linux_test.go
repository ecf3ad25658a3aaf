package host

import (
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
)

// socketText is an address and a port as the kernel writes them.
func socketText(at netip.AddrPort) string {
	octets := at.Addr().AsSlice()
	if littleEndian {
		for word := range slices.Chunk(octets, 4) {
			slices.Reverse(word)
		}
	}
	return fmt.Sprintf("%s:%04X", strings.ToUpper(hex.EncodeToString(octets)), at.Port())
}

func TestInodeOf(t *testing.T) {
	own, other := netip.MustParseAddrPort("192.0.2.10:500"), netip.MustParseAddrPort("192.0.2.11:500")
	for _, tc := range []struct {
		at   []string
		want string
	}{
		{[]string{socketText(own)}, "100"},
		{[]string{socketText(other)}, ""},
		{[]string{"00000000:01F4", socketText(own)}, "101"},
		{[]string{"00000000:01F4"}, "100"},
		{[]string{strings.Repeat("0", 32) + ":01F4"}, "100"},
		{[]string{"00000000:1194", "0:01F4", "zz:01F4", "", ":"}, ""},
	} {
		table := "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
		for i, at := range tc.at {
			table += fmt.Sprintf("  %d: %s 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 %d 2 0 0\n", i, at, 100+i)
		}
		if got := inodeOf(strings.NewReader(table), own); got != tc.want {
			t.Errorf("%q: %q, want %q", tc.at, got, tc.want)
		}
	}
}

// TestHolderOf: a socket of this process is found in the system's own tables.
func TestHolderOf(t *testing.T) {
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	at := conn.LocalAddr().(*net.UDPAddr).AddrPort()
	if got, want := Holder(at), fmt.Sprintf(", process %d", os.Getpid()); !strings.HasSuffix(got, want) {
		t.Errorf("%q, want ...%q", got, want)
	}
	conn.Close()
	if got := Holder(at); got != "" {
		t.Errorf("%q has a closed port", got)
	}
}
