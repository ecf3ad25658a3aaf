package mapping

import (
	"context"
	"crypto/sha1"
	"encoding/binary"
	"net/netip"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
)

func TestFindInside(t *testing.T) {
	spii, spir := ike.SPI{1, 2, 3}, ike.SPI{4, 5, 6}
	ranges := []netip.Prefix{netip.MustParsePrefix("192.168.0.0/20"), netip.MustParsePrefix("10.1.0.0/18")}
	for _, address := range []string{"192.168.0.0", "192.168.15.255", "10.1.63.255", "10.1.0.1", "10.1.64.0", "198.51.100.7"} {
		at := netip.AddrPortFrom(netip.MustParseAddr(address), 500)
		hashes := [][20]byte{{9}, ike.NATDetectionHash(spii, spir, at)}
		within := ranges[0].Contains(at.Addr()) || ranges[1].Contains(at.Addr())
		if got, ok := FindInside(t.Context(), spii, spir, hashes, 500, ranges); ok != within || ok && got != at {
			t.Errorf("%v: found %v, %v", at, got, ok)
		}
		if got, ok := FindInside(t.Context(), spii, spir, hashes, 4500, ranges); ok {
			t.Errorf("%v: found %v of another port", at, got)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if got, ok := FindInside(ended, spii, spir, [][20]byte{{1}}, 500, PrivateRanges); ok {
		t.Errorf("found %v after the end", got)
	}
}

// TestAddressHasher: what is found has the hash of NAT detection, by the state of package
// sha1 and without it, among as many hashes as a gateway may send.
func TestAddressHasher(t *testing.T) {
	if !stateIsHash() {
		t.Error("the state of package sha1 cannot be read any more, which makes hashing slower")
	}
	spii, spir := ike.SPI{1, 2, 3, 4, 5, 6, 7, 8}, ike.SPI{9, 10, 11, 12, 13, 14, 15, 16}
	var others [][sha1.Size]byte
	for i := range 2000 {
		others = append(others, sha1.Sum(binary.BigEndian.AppendUint32(nil, uint32(i))))
	}
	for _, port := range []uint16{1, 500, 4500, 65535} {
		for _, address := range []string{"0.0.0.5", "10.0.0.1", "192.168.255.255", "255.255.255.255"} {
			a := netip.MustParseAddr(address)
			n := binary.BigEndian.Uint32(a.AsSlice())
			h := newAddressHasher(spii, spir, port, append(others, ike.NATDetectionHash(spii, spir, netip.AddrPortFrom(a, port)))...)
			for name, find := range map[string]func(uint32, int) (uint32, bool){"by the state": h.find, "without it": h.findSlowly} {
				if got, ok := find(n, 1); !ok || got != n {
					t.Errorf("%v, %s: %x, %v", a, name, got, ok)
				}
				if got, ok := find(n-5, 6); !ok || got != n {
					t.Errorf("%v, %s, as the last of six: %x, %v", a, name, got, ok)
				}
				if got, ok := find(n-5, 5); ok {
					t.Errorf("%v, %s, before it: %x", a, name, got)
				}
			}
		}
	}
}

// BenchmarkFindInside reports hashes a second of all cores, and the share of what the
// same cores hash of a MiB in blocks of 64 octets, which is the bound: the median of
// pairs of short runs, one right after the other, which others on the machine disturb
// alike. Where there is openssl, beside what it makes of as many octets in one core.
func BenchmarkFindInside(b *testing.B) {
	ranges := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/14")} // 262,144 addresses
	const mebi, mebis = 1 << 20, 8
	hashes, blocks := float64(uint64(1)<<(32-ranges[0].Bits())), float64(runtime.GOMAXPROCS(0)*mebis*mebi/sha1.BlockSize)
	var rates, shares []float64
	for b.Loop() {
		start := time.Now()
		if _, ok := FindInside(b.Context(), ike.SPI{1}, ike.SPI{2}, [][20]byte{{1}}, 500, ranges); ok {
			b.Fatal("found what is not there")
		}
		rate := hashes / time.Since(start).Seconds()
		start = time.Now()
		var all sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			all.Go(func() {
				octets := make([]byte, mebi)
				for range mebis {
					sha1.Sum(octets)
				}
			})
		}
		all.Wait()
		rates, shares = append(rates, rate), append(shares, rate*time.Since(start).Seconds()/blocks)
	}
	slices.Sort(rates)
	slices.Sort(shares)
	b.ReportMetric(rates[len(rates)/2], "hashes/s")
	b.ReportMetric(shares[len(shares)/2], "of-bound")
	if out, err := exec.Command("openssl", "speed", "-bytes", "22", "-seconds", "1", "sha1").Output(); err == nil {
		fields := strings.Fields(string(out))
		if k, err := strconv.ParseFloat(strings.TrimSuffix(fields[len(fields)-1], "k"), 64); err == nil {
			b.ReportMetric(k*1000/hashedLen, "openssl-hashes/s/core")
		}
	}
}
