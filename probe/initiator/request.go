package initiator

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/proposals"
)

// nonceLen is the size of our nonces in octets. RFC 7296, Section 2.10, allows
// 16 to 256, and at least half the key size of the PRF.
const nonceLen = 32

// signatureHashes is what strongSwan clients announce.
var signatureHashes = [...]ike.HashAlgorithm{
	ike.SIGHASH_SHA2_256, ike.SIGHASH_SHA2_384, ike.SIGHASH_SHA2_512, ike.SIGHASH_IDENTITY,
}

// Offer is what an IKE_SA_INIT request asks. It needs Products or a Packet; the
// zero values of the other fields are defaults.
type Offer struct {
	Transport Transport
	// Products become the proposals, numbered from 1. With a Packet they are
	// those of [FirstPacket.Products], whatever stands here.
	Products []proposals.Product
	// KE is the method of the KE payload. Zero is that of the Packet, or the
	// first of Products that package keyexchange computes. It may be one that is
	// not offered, to which a gateway that accepts the offer answers with an
	// INVALID_KE_PAYLOAD and keeps nothing.
	KE ike.KeyExchangeMethod
	// Key is our key of that method; nil means one that the Conn generates once
	// and uses for all requests, as RFC 7296, Section 2.12, allows.
	Key *keyexchange.PrivateKey
	// NoRedirect leaves out REDIRECT_SUPPORTED (RFC 5685, Section 3): some
	// gateways send every initiator elsewhere that would go.
	NoRedirect bool
	// MultipleAuth announces MULTIPLE_AUTH_SUPPORTED (RFC 4739, Section 3.1).
	MultipleAuth bool
	// RedirectedFrom is the gateway that redirected us, which REDIRECTED_FROM tells in
	// place of REDIRECT_SUPPORTED (RFC 5685, Section 4); invalid if none did.
	RedirectedFrom netip.Addr
	// NATDetection says what it tells of our address.
	NATDetection NATDetection
	// Without are notifications that strongSwan clients send and others do not, to be
	// left out.
	Without []ike.NotifyType
	// Flow is the number of our port that it goes out from, as [Conn.OpenFlow]
	// gives it.
	Flow int
	// Pad is the octets of a Vendor ID that makes the request longer, for gateways
	// to pass over (RFC 7296, Section 3.12); 0 for none.
	Pad int
	// Packet is a client's, to ask as that client does; nil asks as strongSwan
	// does.
	Packet *FirstPacket
}

// NATDetection is what a request tells of the addresses that it goes between (RFC
// 7296, Section 2.23).
type NATDetection uint8

const (
	TrueNATDetection NATDetection = iota
	// ForcedNAT: its NAT_DETECTION_SOURCE_IP is of no address, so that we look as if
	// behind NAT, by which initiators force UDP encapsulation.
	ForcedNAT
	// NoNATDetection leaves both notifies out.
	NoNATDetection
)

// Octets returns the size of the request that asks o, with neither a cookie nor
// the non-ESP marker. A Packet is not looked at. Without Products it is what comes
// beside the proposals.
func (o Offer) Octets() int {
	const payloadHeader = 4
	o.Packet = nil
	public, _, _ := keyexchange.Sizes(o.KE)
	m := buildInit(initRequest{Offer: o, keData: make([]byte, public), nonce: make([]byte, nonceLen)})
	n := ike.HeaderLen + payloadHeader
	for _, p := range o.Products {
		n += p.Octets()
	}
	// The first payload is the SA, which may hold nothing, or more than fits.
	rest, _, err := ike.AppendPayloads(nil, m.Payloads[1:])
	if err != nil {
		panic("initiator: internal error: " + err.Error())
	}
	return n + len(rest)
}

// initRequest is an offer with what else is in its request.
type initRequest struct {
	Offer
	keData        []byte // of the KE payload
	spi           ike.SPI
	nonce         []byte
	local, remote netip.AddrPort // that the NAT detection hashes are of
}

// buildInit returns the request of r: the payloads, and their order, of a
// strongSwan client, or of the client whose packet it is.
func buildInit(r initRequest) *ike.Message {
	sa := &ike.SA{}
	if r.Packet != nil {
		sa.Proposals = r.Packet.Proposals
	} else {
		for i, p := range r.Products {
			sa.Proposals = append(sa.Proposals, p.Proposal(uint8(i+1)))
		}
	}
	source := ike.NATDetectionHash(r.spi, ike.SPI{}, r.local)
	destination := ike.NATDetectionHash(r.spi, ike.SPI{}, r.remote)
	if r.NATDetection == ForcedNAT {
		for i := range source {
			source[i] ^= 0xff
		}
	}
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
			&ike.KE{Method: r.KE, Data: r.keData},
			&ike.Nonce{Data: r.nonce},
			&ike.Notify{Notification: ike.NAT_DETECTION_SOURCE_IP, Data: source[:]},
			&ike.Notify{Notification: ike.NAT_DETECTION_DESTINATION_IP, Data: destination[:]},
			&ike.Notify{Notification: ike.IKEV2_FRAGMENTATION_SUPPORTED},
			&ike.Notify{Notification: ike.SIGNATURE_HASH_ALGORITHMS, Data: hashes},
		},
	}
	switch from := r.RedirectedFrom; {
	case r.NoRedirect:
	case from.IsValid():
		kind := ike.GatewayIPv6
		if from.Is4() {
			kind = ike.GatewayIPv4
		}
		octets := from.AsSlice()
		m.Payloads = append(m.Payloads, &ike.Notify{Notification: ike.REDIRECTED_FROM, Data: append([]byte{byte(kind), byte(len(octets))}, octets...)})
	default:
		m.Payloads = append(m.Payloads, &ike.Notify{Notification: ike.REDIRECT_SUPPORTED})
	}
	if r.MultipleAuth {
		m.Payloads = append(m.Payloads, &ike.Notify{Notification: ike.MULTIPLE_AUTH_SUPPORTED})
	}
	if addsKeyExchanges(sa) {
		// Additional key exchanges happen in IKE_INTERMEDIATE, so both sides
		// have to know of it (RFC 9370, Section 2.2.2).
		m.Payloads = append(m.Payloads, &ike.Notify{Notification: ike.INTERMEDIATE_EXCHANGE_SUPPORTED})
	}
	m.Payloads = slices.DeleteFunc(m.Payloads, func(p ike.Payload) bool {
		n, ok := p.(*ike.Notify)
		if !ok {
			return false
		}
		switch n.Notification {
		case ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP:
			return r.NATDetection == NoNATDetection
		}
		return slices.Contains(r.Without, n.Notification)
	})
	if r.Pad > 0 {
		m.Payloads = append(m.Payloads, &ike.VendorID{Data: bytes.Repeat([]byte("ikescope "), r.Pad/9+1)[:r.Pad]})
	}
	if r.Packet != nil && r.Packet.Payloads != nil {
		m.Payloads = r.Packet.payloads(m.Payloads)
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

// Request is one IKE request. It is encoded once: retransmissions are
// bit-identical (RFC 7296, Section 2.1). The exported fields say how it is
// sent, and are set before [Conn.Exchange].
type Request struct {
	// Attempts is how often it is sent; 0 for as often as [Config] says.
	Attempts int
	// Wait is how long each try waits for an answer; 0 for as long as the round trips
	// measured show.
	Wait time.Duration
	// LeastWait is how long the first two tries wait at least, for what is answered late
	// on purpose.
	LeastWait time.Duration
	// Quiet: silence would be no sign of congestion.
	Quiet bool
	// Wary: what anyone may have sent, an error in the clear or by ICMP, does not end
	// the exchange of a protected request. It is the outcome if no genuine answer comes
	// until the last try: "A node should treat such a message [...] as a hint that there
	// might be problems" (RFC 7296, Section 2.21.4).
	Wary bool
	// Early has it sent again after three quarters of the time. Of requests
	// that go to several ports together all but one are early, since routers
	// limit their ICMP errors to one or two a second: if the tries coincided,
	// those about one port would never come.
	Early bool
	// Prompt: it does not wait for other exchanges to end, as it ends what one of
	// them left at the gateway, which may be silent to others until then.
	Prompt bool
	// Flow is the number of our port that it goes out from, as [Conn.OpenFlow]
	// gives it. What [Conn.Init] made is bound to that of its Offer.
	Flow int
	// HopLimit, unless 0, is how many routers it may pass, on Linux. The ICMP error of
	// one of them then ends the exchange, whose RTT is that of the error.
	HopLimit int
	// Withheld, unless nil, is asked before each try, whether it is not to be
	// sent any more, after so many tries.
	Withheld func(tries int) bool

	id     int // the number of the exchange
	remote netip.AddrPort
	header ike.Header
	octets []byte // the IKE message, without the non-ESP marker
	// more are the fragments of the message behind the first, which octets is.
	more    [][]byte
	offer   Offer  // but for the transport, of an IKE_SA_INIT request
	nonce   []byte // likewise
	message *ike.Message
	// open decrypts the answer to a protected request; nil for IKE_SA_INIT.
	open func(datagram []byte) (*ike.Message, error)
	// read reads the answer to a plain request; nil for the others.
	read func(message []byte) Reading
}

// SPI returns the SPI of the initiator.
func (r *Request) SPI() ike.SPI { return r.header.SPIi }

// Nonce returns our nonce; nil but for IKE_SA_INIT. It is not to be changed.
func (r *Request) Nonce() []byte { return r.nonce }

// Key returns our key; nil but for IKE_SA_INIT. With it, the nonce and an
// accepted answer the keys of the IKE SA can be derived.
func (r *Request) Key() *keyexchange.PrivateKey { return r.offer.Key }

// Octets returns the IKE message, without the non-ESP marker. It is not to be
// changed.
func (r *Request) Octets() []byte { return r.octets }

// number returns the Proposal Num of the offer's product i: ours count from 1, a
// client's are its own.
func (r *Request) number(i int) uint8 {
	if p := r.offer.Packet; p != nil {
		return p.Proposals[i].Number
	}
	return uint8(i + 1)
}

// offersWithMore reports whether s is what a proposal of the request offers but
// for additional key exchanges and transforms of types that an IKE SA has not.
func (r *Request) offersWithMore(s proposals.Suite) bool {
	sa, ok := ike.Find[*ike.SA](r.message)
	return ok && slices.ContainsFunc(sa.Proposals, func(p ike.Proposal) bool {
		p.Transforms = slices.DeleteFunc(slices.Clone(p.Transforms), func(t ike.Transform) bool {
			axis, known := proposals.AxisOf(t.Type)
			return !known || axis >= proposals.ADDKE1
		})
		product, err := proposals.ProductOf(p)
		return err == nil && product.Contains(s)
	})
}

// Init makes the next IKE_SA_INIT request. Its initiator SPI is 6 random
// octets and the number of the exchange modulo 65536, by which packets of a
// capture can be told apart. The error is of randomness, of an unknown transport,
// of a method that package keyexchange does not compute, or of an offer that is
// empty or does not fit a message.
func (c *Conn) Init(o Offer) (*Request, error) {
	if o.Transport.Port() == 0 {
		return nil, fmt.Errorf("initiator: %v is not a transport", o.Transport)
	}
	n := nonceLen
	if o.Packet != nil {
		if err := o.Packet.Check(); err != nil {
			return nil, fmt.Errorf("initiator: %w", err)
		}
		n = o.Packet.nonceLen()
		o.Products, _ = o.Packet.Products()
		if o.KE == ike.KE_NONE {
			o.KE = o.Packet.KE
		}
	}
	if err := c.chooseKey(&o); err != nil {
		return nil, err
	}
	id, octets, err := c.draw(6 + n)
	if err != nil {
		return nil, err
	}
	r := initRequest{Offer: o, keData: o.Key.Public(), nonce: octets[6:], local: c.localOver(o.Transport, o.Flow), remote: c.Remote(o.Transport)}
	copy(r.spi[:6], octets)
	binary.BigEndian.PutUint16(r.spi[6:], uint16(id))
	if bytes.Equal(r.spi[:4], make([]byte, 4)) {
		r.spi[0] = 1 // four zeros are the non-ESP marker
	}
	m := buildInit(r)
	encoded, err := m.AppendBinary(nil)
	if err != nil {
		return nil, fmt.Errorf("initiator: request %d: %w", id, err)
	}
	return &Request{id: id, remote: r.remote, header: m.Header, octets: encoded, message: m, offer: o, nonce: r.nonce, Flow: o.Flow}, nil
}

// chooseKey fills in the method and the key of o.
func (c *Conn) chooseKey(o *Offer) error {
	if o.KE == ike.KE_NONE && o.Key != nil {
		o.KE = o.Key.Method()
	}
	if o.KE == ike.KE_NONE {
		methods := proposals.KeyExchangeMethods(o.Products)
		i := slices.IndexFunc(methods, keyexchange.Supported)
		if i < 0 {
			return fmt.Errorf("initiator: no key exchange method of the offer can be computed: %v", methods)
		}
		o.KE = methods[i]
	}
	if o.Key != nil {
		if o.Key.Method() != o.KE {
			return fmt.Errorf("initiator: a key of %v for a KE payload of %v", o.Key.Method(), o.KE)
		}
		return nil
	}
	var err error
	o.Key, err = c.key(o.KE)
	return err
}

// key returns our own key of a method.
func (c *Conn) key(m ike.KeyExchangeMethod) (*keyexchange.PrivateKey, error) {
	c.drawing.Lock()
	defer c.drawing.Unlock()
	if key, ok := c.keys[m]; ok {
		return key, nil
	}
	key, err := keyexchange.Generate(m, c.cfg.Rand)
	if err != nil {
		return nil, fmt.Errorf("initiator: a key of %v: %w", m, err)
	}
	c.keys[m] = key
	return key, nil
}

// Sealed makes a request of an encoded IKE message, such as an IKE_AUTH, and
// gives it the next number. open decrypts its answer; with keymat.ErrIncomplete the
// exchange goes on until all of it has come. The error is that of an
// unknown transport, or of an IKE header that cannot be read.
func (c *Conn) Sealed(t Transport, octets []byte, open func(datagram []byte) (*ike.Message, error)) (*Request, error) {
	return c.Fragmented(t, [][]byte{octets}, open)
}

// Fragmented is [Conn.Sealed] for a message that goes out in fragments (RFC 7383), one
// at least, all of which each try sends.
func (c *Conn) Fragmented(t Transport, fragments [][]byte, open func(datagram []byte) (*ike.Message, error)) (*Request, error) {
	octets := fragments[0]
	if t.Port() == 0 {
		return nil, fmt.Errorf("initiator: %v is not a transport", t)
	}
	h, _, _, err := ike.ParseHeader(octets)
	if err != nil {
		return nil, fmt.Errorf("initiator: %w", err)
	}
	id, _, err := c.draw(0)
	if err != nil {
		return nil, err
	}
	return &Request{id: id, remote: c.Remote(t), header: h, octets: octets, more: fragments[1:], offer: Offer{Transport: t}, open: open}, nil
}

// Plain makes a request of an encoded message that Init does not make, such as one
// of IKEv1, and gives it the next number. read says what a message with the same
// initiator SPI is, which comes without the non-ESP marker; anyone may have sent it.
// The error is that of Sealed.
func (c *Conn) Plain(t Transport, octets []byte, read func(message []byte) Reading) (*Request, error) {
	r, err := c.Sealed(t, octets, nil)
	if err == nil {
		r.read = read
	}
	return r, err
}

// Reserve returns the next number of an exchange, which c does not use then.
func (c *Conn) Reserve() int {
	c.drawing.Lock()
	defer c.drawing.Unlock()
	return c.number()
}

// number returns the next number of an exchange. c.drawing is held.
func (c *Conn) number() int {
	if c.cfg.Number != nil {
		return c.cfg.Number()
	}
	c.lastID++
	return c.lastID
}

// draw returns the next number of an exchange, and n random octets.
func (c *Conn) draw(n int) (id int, octets []byte, err error) {
	c.drawing.Lock()
	defer c.drawing.Unlock()
	octets = make([]byte, n)
	if _, err := io.ReadFull(c.cfg.Rand, octets); err != nil {
		return 0, nil, fmt.Errorf("initiator: randomness: %w", err)
	}
	return c.number(), octets, nil
}

// withCookie returns the octets of r with a COOKIE as the first payload: "the
// initiator MUST then retry the IKE_SA_INIT request, and include the COOKIE
// notification containing the received data as the first payload, and all
// other payloads unchanged" (RFC 7296, Section 2.6).
func (r *Request) withCookie(cookie []byte) ([]byte, error) {
	m := *r.message
	m.Payloads = append([]ike.Payload{&ike.Notify{Notification: ike.COOKIE, Data: cookie}}, m.Payloads...)
	return m.AppendBinary(nil)
}
