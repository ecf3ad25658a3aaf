package path

import (
	"context"
	"crypto/sha1"
	"encoding"
	"encoding/binary"
	"hash"
	"net/netip"
	"runtime"
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
				h := newAddressHasher(spii, spir, port)
				for found.Load() == 0 && ctx.Err() == nil {
					from := next.Add(insideChunk) - insideChunk
					if from >= count {
						return
					}
					for i := from; i < min(from+insideChunk, count); i++ {
						if h.isOneOf(hashes, first+uint32(i)) {
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

// addressHasher makes NAT detection hashes of one port and many addresses of IPv4. What
// is hashed fits one block of SHA-1, padding and all, so that the state after it is
// the hash: that leaves out what sha1.Sum does for any length.
type addressHasher struct {
	block  [sha1.BlockSize]byte
	digest hash.Hash
	state  encoding.BinaryAppender // of digest; nil where its state cannot be read
	buf    []byte
}

// hashedLen is what is hashed: both SPIs, the address and the port (RFC 7296, Section
// 2.23). hashAt is where the hash begins in the state of package sha1.
const (
	addressAt, portAt, hashedLen = 16, 20, 22
	hashAt                       = 4
)

func newAddressHasher(spii, spir ike.SPI, port uint16) *addressHasher {
	h := &addressHasher{digest: sha1.New(), buf: make([]byte, 0, 128)}
	copy(h.block[:], spii[:])
	copy(h.block[len(spii):], spir[:])
	binary.BigEndian.PutUint16(h.block[portAt:], port)
	h.block[hashedLen] = 0x80 // FIPS 180-4, Section 5.1.1
	binary.BigEndian.PutUint64(h.block[len(h.block)-8:], hashedLen*8)
	h.state, _ = h.digest.(encoding.BinaryAppender)
	// How the state is laid out is not promised.
	if h.sum(1) != sha1.Sum(h.block[:hashedLen]) {
		h.state = nil
	}
	return h
}

// isOneOf reports whether an address has one of hashes.
func (h *addressHasher) isOneOf(hashes [][sha1.Size]byte, address uint32) bool {
	sum := h.hash(address)
	for i := range hashes {
		if binary.BigEndian.Uint32(sum) == binary.BigEndian.Uint32(hashes[i][:]) && [sha1.Size]byte(sum) == hashes[i] {
			return true
		}
	}
	return false
}

// sum returns the hash of an address.
func (h *addressHasher) sum(address uint32) [sha1.Size]byte { return [sha1.Size]byte(h.hash(address)) }

// hash returns the hash of an address, good until the next one.
func (h *addressHasher) hash(address uint32) []byte {
	binary.BigEndian.PutUint32(h.block[addressAt:], address)
	if h.state != nil {
		h.digest.Reset()
		h.digest.Write(h.block[:]) // never fails
		if state, err := h.state.AppendBinary(h.buf[:0]); err == nil && len(state) >= hashAt+sha1.Size {
			return state[hashAt : hashAt+sha1.Size]
		}
	}
	sum := sha1.Sum(h.block[:hashedLen])
	return append(h.buf[:0], sum[:]...)
}
