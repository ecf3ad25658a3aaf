package path

import (
	"context"
	"crypto/sha1"
	"encoding/binary"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/ikescope/ikescope/ike"
)

// privateRanges are those of RFC 1918 and RFC 6598, the smaller ones first.
var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("10.0.0.0/8"),
}

// insideChunk is how many addresses are tried before a look at whether to go on.
const insideChunk = 1 << 14

// findInside looks for the address of IPv4 in ranges that, with port, has one of the
// hashes of NAT detection: the one that a gateway has behind its NAT. All cores take
// part; 10.0.0.0/8 takes about a second of one core for 10 million addresses. It
// returns false if there is none, or ctx ends.
func findInside(ctx context.Context, spii, spir ike.SPI, hashes [][20]byte, port uint16, ranges []netip.Prefix) (netip.AddrPort, bool) {
	for _, r := range ranges {
		first := binary.BigEndian.Uint32(r.Masked().Addr().AsSlice())
		count := uint64(1) << (32 - r.Bits())
		var next atomic.Uint64
		var found atomic.Uint64 // the address plus one
		var all sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			all.Go(func() {
				var in [8 + 8 + 4 + 2]byte
				copy(in[:], spii[:])
				copy(in[8:], spir[:])
				binary.BigEndian.PutUint16(in[20:], port)
				for found.Load() == 0 && ctx.Err() == nil {
					from := next.Add(insideChunk) - insideChunk
					if from >= count {
						return
					}
					for i := from; i < min(from+insideChunk, count); i++ {
						binary.BigEndian.PutUint32(in[16:], first+uint32(i))
						if sum := sha1.Sum(in[:]); slices.Contains(hashes, sum) {
							found.Store(i + 1)
							return
						}
					}
				}
			})
		}
		all.Wait()
		if n := found.Load(); n != 0 {
			var address [4]byte
			binary.BigEndian.PutUint32(address[:], first+uint32(n-1))
			return netip.AddrPortFrom(netip.AddrFrom4(address), port), true
		}
	}
	return netip.AddrPort{}, false
}
