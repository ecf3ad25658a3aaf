package probe

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// nonceLen is the size of our nonces in octets. RFC 7296, Section 2.10, allows
// 16 to 256, and at least half the key size of the PRF.
const nonceLen = 32

// signatureHashes is what strongSwan clients announce.
var signatureHashes = [...]ike.HashAlgorithm{
	ike.SIGHASH_SHA2_256, ike.SIGHASH_SHA2_384, ike.SIGHASH_SHA2_512, ike.SIGHASH_IDENTITY,
}

// initRequest says what an IKE_SA_INIT request asks.
type initRequest struct {
	transport Transport
	purpose   string              // as in Exchange
	offer     []proposals.Product // become proposals numbered from 1, unless packet is set
	ke        ike.KeyExchangeMethod
	keData    []byte // of the KE payload
	attempts  int    // as in request
	quiet     bool   // as in request
	// steadfast: do not say that we would go where a REDIRECT points.
	steadfast bool
	// packet is the client's as which to ask; nil to ask as we do. The offer
	// then holds a product for each of its proposals.
	packet *FirstPacket

	// conn.newInit sets the rest.
	spi           ike.SPI
	nonce         []byte
	local, remote netip.AddrPort // that the NAT detection hashes are of
}

// buildInit returns the request of r: the payloads, and their order, of a
// strongSwan client, or of the client whose packet it is.
func buildInit(r initRequest) *ike.Message {
	sa := &ike.SA{}
	if r.packet != nil {
		sa.Proposals = r.packet.Proposals
	} else {
		for i, p := range r.offer {
			sa.Proposals = append(sa.Proposals, p.Proposal(uint8(i+1)))
		}
	}
	source := ike.NATDetectionHash(r.spi, ike.SPI{}, r.local)
	destination := ike.NATDetectionHash(r.spi, ike.SPI{}, r.remote)
	var hashes []byte
	for _, h := range signatureHashes {
		hashes = binary.BigEndian.AppendUint16(hashes, uint16(h))
	}
	m := &ike.Message{
		Header: ike.Header{
			SPIi:         r.spi,
			MajorVersion: 2,
			Exchange:     ike.IKE_SA_INIT,
			Flags:        ike.FlagInitiator,
		},
		Payloads: []ike.Payload{
			sa,
			&ike.KE{Method: r.ke, Data: r.keData},
			&ike.Nonce{Data: r.nonce},
			&ike.Notify{Notification: ike.NAT_DETECTION_SOURCE_IP, Data: source[:]},
			&ike.Notify{Notification: ike.NAT_DETECTION_DESTINATION_IP, Data: destination[:]},
			&ike.Notify{Notification: ike.IKEV2_FRAGMENTATION_SUPPORTED},
			&ike.Notify{Notification: ike.SIGNATURE_HASH_ALGORITHMS, Data: hashes},
		},
	}
	if !r.steadfast {
		m.Payloads = append(m.Payloads, &ike.Notify{Notification: ike.REDIRECT_SUPPORTED})
	}
	if addsKeyExchanges(sa) {
		// Additional key exchanges happen in IKE_INTERMEDIATE, so both sides
		// have to know of it (RFC 9370, Section 2.2.2).
		m.Payloads = append(m.Payloads, &ike.Notify{Notification: ike.INTERMEDIATE_EXCHANGE_SUPPORTED})
	}
	if r.packet != nil && r.packet.Payloads != nil {
		m.Payloads = r.packet.payloads(m.Payloads)
	}
	return m
}

// addsKeyExchanges reports whether sa offers an additional key exchange.
func addsKeyExchanges(sa *ike.SA) bool {
	for _, p := range sa.Proposals {
		for _, t := range p.Transforms {
			if axis, ok := proposals.AxisOf(t.Type); ok && axis >= proposals.ADDKE1 && t.ID != 0 {
				return true
			}
		}
	}
	return false
}

// request is one IKE request. It is encoded once: retransmissions are
// bit-identical (RFC 7296, Section 2.1).
type request struct {
	id        int // the number of the exchange
	transport Transport
	remote    netip.AddrPort
	purpose   string
	header    ike.Header
	octets    []byte // the IKE message, without the non-ESP marker
	// attempts is how often it is sent; 0 for as often as any.
	attempts int
	// quiet: silence would be no sign of congestion.
	quiet bool
	// withheld, unless nil, is asked before each try, whether it is not to be
	// sent any more, after so many tries.
	withheld func(tries int) bool

	// Of an IKE_SA_INIT request:
	offer   []proposals.Product
	ke      ike.KeyExchangeMethod
	spi     ike.SPI // the initiator's
	nonce   []byte
	message *ike.Message
	// asClient: the payloads are a client's, and offer may not tell all of
	// its proposals.
	asClient bool

	// open decrypts the answer to a protected request; nil for IKE_SA_INIT.
	open func(datagram []byte) (*ike.Message, error)
}

// number returns the Proposal Num of the offer's product i: ours count from 1, a
// client's are its own.
func (r *request) number(i int) uint8 {
	if r.asClient {
		if sa, ok := ike.Find[*ike.SA](r.message); ok {
			return sa.Proposals[i].Number
		}
	}
	return uint8(i + 1)
}

// newInit makes the next IKE_SA_INIT request. Its initiator SPI is 6 random
// octets and the number of the exchange modulo 65536, by which packets of a
// capture can be told apart. The error is of randomness, or of an offer that
// does not fit a message.
func (c *conn) newInit(r initRequest) (*request, error) {
	n := nonceLen
	if r.packet != nil {
		n = r.packet.nonceLen()
	}
	id, octets, err := c.draw(6 + n)
	if err != nil {
		return nil, err
	}
	copy(r.spi[:6], octets)
	binary.BigEndian.PutUint16(r.spi[6:], uint16(id))
	if bytes.Equal(r.spi[:4], make([]byte, 4)) {
		r.spi[0] = 1 // four zeros are the non-ESP marker
	}
	r.nonce = octets[6:]
	r.local, r.remote = c.local(), c.remote(r.transport)
	m := buildInit(r)
	encoded, err := m.AppendBinary(nil)
	if err != nil {
		return nil, fmt.Errorf("probe: request %d: %w", id, err)
	}
	return &request{
		id: id, transport: r.transport, remote: r.remote, purpose: r.purpose,
		header: m.Header, octets: encoded, message: m,
		offer: r.offer, ke: r.ke, spi: r.spi, nonce: r.nonce,
		attempts: r.attempts, quiet: r.quiet, asClient: r.packet != nil,
	}, nil
}

// newSealed makes a request of an encoded IKE message, such as an IKE_AUTH, and
// gives it the next number. open decrypts its answer. The error is that of an
// IKE header that cannot be read.
func (c *conn) newSealed(t Transport, purpose string, octets []byte, open func(datagram []byte) (*ike.Message, error)) (*request, error) {
	h, _, _, err := ike.ParseHeader(octets)
	if err != nil {
		return nil, fmt.Errorf("probe: %w", err)
	}
	id, _, err := c.draw(0)
	if err != nil {
		return nil, err
	}
	return &request{
		id: id, transport: t, remote: c.remote(t), purpose: purpose,
		header: h, octets: octets, spi: h.SPIi, open: open,
	}, nil
}

// draw returns the next number of an exchange, and n random octets.
func (c *conn) draw(n int) (id int, octets []byte, err error) {
	c.drawing.Lock()
	defer c.drawing.Unlock()
	octets = make([]byte, n)
	if _, err := io.ReadFull(c.cfg.rand, octets); err != nil {
		return 0, nil, fmt.Errorf("probe: randomness: %w", err)
	}
	c.lastID++
	return c.lastID, octets, nil
}

// withCookie returns the octets of r with a COOKIE as the first payload: "the
// initiator MUST then retry the IKE_SA_INIT request, and include the COOKIE
// notification containing the received data as the first payload, and all
// other payloads unchanged" (RFC 7296, Section 2.6).
func (r *request) withCookie(cookie []byte) ([]byte, error) {
	m := *r.message
	m.Payloads = append([]ike.Payload{&ike.Notify{Notification: ike.COOKIE, Data: cookie}}, m.Payloads...)
	return m.AppendBinary(nil)
}
