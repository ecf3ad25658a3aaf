package mapping

import (
	"context"
	"crypto/sha1"
	"encoding"
	"encoding/binary"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/ikescope/ikescope/ike"
)

// PrivateRanges are those of RFC 1918 and RFC 6598, the smaller ones first.
var PrivateRanges = []netip.Prefix{
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("10.0.0.0/8"),
}

// insideChunk is how many addresses are tried before a look at whether to go on.
const insideChunk = 1 << 14

// FindInside looks for the address of IPv4 in ranges that, with port, has one of the
// hashes of NAT detection: the one that a gateway has behind its NAT. All cores take
// part; 10.0.0.0/8 takes about a second of one core for 10 million addresses. It
// returns false if there is none, or ctx ends.
func FindInside(ctx context.Context, spii, spir ike.SPI, hashes [][20]byte, port uint16, ranges []netip.Prefix) (netip.AddrPort, bool) {
	h := newAddressHasher(spii, spir, port, hashes...)
	find := h.find
	if !stateIsHash() {
		find = h.findSlowly
	}
	for _, r := range ranges {
		first := binary.BigEndian.Uint32(r.Masked().Addr().AsSlice())
		count := uint64(1) << (32 - r.Bits())
		var next atomic.Uint64
		var found atomic.Uint64 // the address plus one
		var all sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			all.Go(func() {
				for found.Load() == 0 && ctx.Err() == nil {
					from := next.Add(insideChunk) - insideChunk
					if from >= count {
						return
					}
					if a, ok := find(first+uint32(from), int(min(insideChunk, count-from))); ok {
						found.Store(uint64(a) + 1)
						return
					}
				}
			})
		}
		all.Wait()
		if n := found.Load(); n != 0 {
			var address [4]byte
			binary.BigEndian.PutUint32(address[:], uint32(n-1))
			return netip.AddrPortFrom(netip.AddrFrom4(address), port), true
		}
	}
	return netip.AddrPort{}, false
}

// addressHasher looks for NAT detection hashes of one port among addresses of IPv4.
// What is hashed fits one block of SHA-1, padding and all, so that the state after it
// is the hash: that leaves out what sha1.Sum does for any length.
type addressHasher struct {
	block  [sha1.BlockSize]byte
	wanted map[[sha1.Size]byte]bool
	// first has a bit for the first 16 bits of each hash that is wanted, so that it
	// does not matter how many a gateway sends.
	first [1 << 16 / 64]uint64
}

// hashedLen is what is hashed: both SPIs, the address and the port (RFC 7296, Section
// 2.23). hashAt is where the hash begins in the state of package sha1.
const (
	addressAt, portAt, hashedLen = 16, 20, 22
	hashAt                       = 4
)

func newAddressHasher(spii, spir ike.SPI, port uint16, hashes ...[sha1.Size]byte) *addressHasher {
	h := &addressHasher{wanted: make(map[[sha1.Size]byte]bool)}
	for _, hash := range hashes {
		h.want(hash)
	}
	copy(h.block[:], spii[:])
	copy(h.block[len(spii):], spir[:])
	binary.BigEndian.PutUint16(h.block[portAt:], port)
	h.block[hashedLen] = 0x80 // FIPS 180-4, Section 5.1.1
	binary.BigEndian.PutUint64(h.block[len(h.block)-8:], hashedLen*8)
	return h
}

func (h *addressHasher) want(hash [sha1.Size]byte) {
	h.wanted[hash] = true
	n := binary.BigEndian.Uint16(hash[:])
	h.first[n/64] |= 1 << (n % 64)
}

// stateIsHash reports whether the state of package sha1 can be read as the hash. How
// it is laid out is not promised.
func stateIsHash() bool {
	h := newAddressHasher(ike.SPI{1}, ike.SPI{2}, 3)
	h.want(sha1.Sum(h.block[:hashedLen]))
	_, ok := h.find(0, 1)
	return ok
}

// find returns the first of n addresses, from first on, that has a hash that is
// wanted.
func (h *addressHasher) find(first uint32, n int) (address uint32, ok bool) {
	block := h.block
	var buf [128]byte
	// Made here, so that the compiler knows their type and calls them directly, which
	// saves a sixth of the time.
	digest := sha1.New()
	state, ok := digest.(encoding.BinaryAppender)
	for i := uint32(0); ok && i < uint32(n); i++ {
		binary.BigEndian.PutUint32(block[addressAt:], first+i)
		digest.Reset()
		digest.Write(block[:]) // never fails
		b, err := state.AppendBinary(buf[:0])
		if err != nil || len(b) < hashAt+sha1.Size {
			break
		}
		hash := (*[sha1.Size]byte)(b[hashAt:])
		if k := binary.BigEndian.Uint16(hash[:]); h.first[k/64]>>(k%64)&1 != 0 && h.wanted[*hash] {
			return first + i, true
		}
	}
	return 0, false
}

// findSlowly is find by what package sha1 promises.
func (h *addressHasher) findSlowly(first uint32, n int) (address uint32, ok bool) {
	block := h.block
	for i := range uint32(n) {
		binary.BigEndian.PutUint32(block[addressAt:], first+i)
		if h.wanted[sha1.Sum(block[:hashedLen])] {
			return first + i, true
		}
	}
	return 0, false
}
