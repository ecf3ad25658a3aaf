package ikev1

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"net/netip"

	"github.com/ikescope/ikescope/ike"
)

// NATDetection compares the NAT-D payloads of a message with the addresses and
// ports with which it was captured. The first is of the destination, and the
// others are of addresses that the sender may have: one that fits is enough. RFC
// 3947, Section 3.2. It is not ok if there are fewer than two.
func (m *Message) NATDetection(source, destination netip.AddrPort) (fitsSource, fitsDestination, ok bool) {
	n := 0
	for _, p := range m.Payloads {
		if p.Type != PayloadNATD && p.Type != PayloadNATDDraft {
			continue
		}
		if n++; n == 1 {
			fitsDestination = bytes.Equal(p.Body, natHash(m.SPIi, m.SPIr, destination, len(p.Body)))
		} else if !fitsSource {
			fitsSource = bytes.Equal(p.Body, natHash(m.SPIi, m.SPIr, source, len(p.Body)))
		}
	}
	return fitsSource, fitsDestination, n > 1
}

// natHash is HASH(CKY-I | CKY-R | IP | Port) with the hash that was negotiated,
// which is known by its size; nil if it is none.
func natHash(spii, spir ike.SPI, a netip.AddrPort, size int) []byte {
	in := append(append([]byte{}, spii[:]...), spir[:]...)
	in = append(in, a.Addr().Unmap().AsSlice()...)
	in = append(in, byte(a.Port()>>8), byte(a.Port()))
	switch size {
	case md5.Size:
		sum := md5.Sum(in)
		return sum[:]
	case sha1.Size:
		sum := sha1.Sum(in)
		return sum[:]
	case sha256.Size:
		sum := sha256.Sum256(in)
		return sum[:]
	case sha512.Size384:
		sum := sha512.Sum384(in)
		return sum[:]
	case sha512.Size:
		sum := sha512.Sum512(in)
		return sum[:]
	}
	return nil
}
