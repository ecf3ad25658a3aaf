package host

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// maxSockets bounds how many lines of the table of sockets are read, maxProcesses how
// many processes are looked at, and maxReadings how often the tables are read.
const (
	maxSockets   = 100_000
	maxProcesses = 100_000
	maxReadings  = 3
)

// littleEndian is the order of octets of this machine.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// Holder names the program that has a UDP socket on the port of local, on its
// address or on all; "" where that is not known, as of another user's.
func Holder(local netip.AddrPort) string {
	// The kernel hands a table over in parts, and passes over a socket where others
	// are closed in between.
	for range maxReadings {
		for _, table := range []string{"/proc/net/udp6", "/proc/net/udp"} {
			if inode := inodeIn(table, local); inode != "" {
				return programOf("/proc", "socket:["+inode+"]")
			}
		}
	}
	return ""
}

// inodeIn is inodeOf of the table in a file.
func inodeIn(table string, local netip.AddrPort) string {
	f, err := os.Open(table)
	if err != nil {
		return ""
	}
	defer f.Close()
	return inodeOf(f, local)
}

// inodeOf returns the inode of the socket of local in a table as /proc/net/udp; ""
// if there is none.
func inodeOf(table io.Reader, local netip.AddrPort) string {
	lines := bufio.NewScanner(table)
	found := ""
	for n := 0; n < maxSockets && lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if len(fields) < 10 {
			continue
		}
		at, ok := parseSocket(fields[1])
		switch {
		case !ok || at.Port() != local.Port():
		case at.Addr().Unmap() == local.Addr().Unmap():
			return fields[9]
		case at.Addr().IsUnspecified():
			found = fields[9]
		}
	}
	return found
}

// parseSocket reads an address and a port as the kernel writes them: the address in
// words of 32 bits in the order of the machine.
func parseSocket(s string) (netip.AddrPort, bool) {
	address, port, ok := strings.Cut(s, ":")
	octets, err := hex.DecodeString(address)
	n, portErr := strconv.ParseUint(port, 16, 16)
	if !ok || err != nil || portErr != nil || len(octets) != 4 && len(octets) != 16 {
		return netip.AddrPort{}, false
	}
	if littleEndian {
		for word := range slices.Chunk(octets, 4) {
			slices.Reverse(word)
		}
	}
	addr, _ := netip.AddrFromSlice(octets)
	return netip.AddrPortFrom(addr, uint16(n)), true
}

// programOf returns the name of the process below proc that has the socket open,
// with its number.
func programOf(proc, socket string) string {
	processes, err := os.ReadDir(proc)
	if err != nil {
		return ""
	}
	for i, p := range processes {
		if _, err := strconv.Atoi(p.Name()); err != nil || i > maxProcesses {
			continue
		}
		files := filepath.Join(proc, p.Name(), "fd")
		open, err := os.ReadDir(files)
		if err != nil {
			continue
		}
		if slices.ContainsFunc(open, func(f fs.DirEntry) bool {
			to, err := os.Readlink(filepath.Join(files, f.Name()))
			return err == nil && to == socket
		}) {
			name, err := os.ReadFile(filepath.Join(proc, p.Name(), "comm"))
			if err != nil {
				return "process " + p.Name()
			}
			return strings.TrimSpace(string(name)) + ", process " + p.Name()
		}
	}
	return ""
}
