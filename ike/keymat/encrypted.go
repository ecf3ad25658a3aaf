package keymat

import (
	"crypto/cipher"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/ikescope/ikescope/ike"
)

// ErrIntegrity says that a message was not protected with these keys, or was
// changed on the way.
var ErrIntegrity = errors.New("integrity check failed")

// A protection encrypts and authenticates what one side sends. The body of an
// Encrypted payload is an initialization vector of ivLen octets, the
// ciphertext, and icvLen octets of Integrity Checksum Data. RFC 7296, Section
// 3.14, and RFC 5282.
type protection interface {
	// seal returns ciphertext and checksum. head is the message up to the
	// initialization vector.
	seal(head, iv, plaintext []byte) []byte

	// open returns the plaintext of ciphertext and checksum, which are at
	// least icvLen+1 octets. It is ErrIntegrity that the checksum is wrong.
	open(head, iv, sealed []byte) ([]byte, error)
}

// sizes are in octets.
type sizes struct{ iv, block, icv int }

// protection returns the protection of what role sends.
func (k *Keys) protection(role Role) (protection, sizes, error) {
	a, err := algorithmsOf(k.transforms)
	if err != nil {
		return nil, sizes{}, err
	}
	ske, ska := k.SKer, k.SKar
	if role == Initiator {
		ske, ska = k.SKei, k.SKai
	}
	e := a.encryption
	if len(ske) != a.keyLen+e.saltLen || len(ska) != a.integrity.keyLen {
		return nil, sizes{}, fmt.Errorf("keymat: %v: keys of %d and %d octets", k.transforms, len(ske), len(ska))
	}
	key, salt := ske[:a.keyLen], ske[a.keyLen:]
	if e.newAEAD != nil {
		aead, err := e.newAEAD(key)
		if err != nil {
			return nil, sizes{}, fmt.Errorf("keymat: %v: %w", k.transforms, err)
		}
		return combined{aead, salt}, sizes{e.ivLen, e.blockLen, aead.Overhead()}, nil
	}
	block, err := e.newBlock(key)
	if err != nil {
		return nil, sizes{}, fmt.Errorf("keymat: %v: %w", k.transforms, err)
	}
	return encryptThenMAC{block, salt, ska, a.integrity}, sizes{e.ivLen, e.blockLen, a.integrity.icvLen}, nil
}

// Seal writes the message that role sends with header h and the payloads in
// one Encrypted payload. It reads the initialization vector from rand, which
// must not be nil and must be unpredictable; for the ciphers that need vectors
// without repetition, 64 random bits do for the few messages of a probe.
func (k *Keys) Seal(role Role, h ike.Header, payloads []ike.Payload, rand io.Reader) ([]byte, error) {
	p, size, err := k.protection(role)
	if err != nil {
		return nil, err
	}
	plaintext, first, err := ike.AppendPayloads(nil, payloads)
	if err != nil {
		return nil, err
	}
	sk := &ike.Encrypted{First: first}
	return sealBody(p, size, h, plaintext, rand, &sk.Body, sk)
}

// sealBody writes a message whose only payload is sealed, an Encrypted or Encrypted
// Fragment payload, and plaintext in the body of that.
func sealBody(p protection, size sizes, h ike.Header, plaintext []byte, rand io.Reader, body *[]byte, sealed ike.Payload) ([]byte, error) {
	plaintext = pad(slices.Clone(plaintext), size.block)
	*body = make([]byte, size.iv+len(plaintext)+size.icv)
	if _, err := io.ReadFull(rand, (*body)[:size.iv]); err != nil {
		return nil, fmt.Errorf("keymat: initialization vector: %w", err)
	}
	// The checksum covers the lengths, so the message is written before the
	// rest of the body is known.
	m := ike.Message{Header: h, Payloads: []ike.Payload{sealed}}
	out, err := m.AppendBinary(nil)
	if err != nil {
		return nil, err
	}
	start := len(out) - len(*body)
	copy(out[start+size.iv:], p.seal(out[:start:start], (*body)[:size.iv], plaintext))
	return out, nil
}

// Open returns the message of a datagram that role sent, with the payloads of
// its Encrypted payload in the place of that. Payloads in front of it are kept.
// The integrity is checked before anything is decrypted: ErrIntegrity. If what
// is inside cannot be parsed, the message holds what was read, and the error is
// that of ike.ParsePayloads, with offsets counted inside. With every other
// error the message is nil. The major version, SPIs, flags and Message ID are
// the caller's to judge.
func (k *Keys) Open(role Role, datagram []byte) (*ike.Message, error) {
	m, _, _, err := k.open(role, datagram)
	return m, err
}

// open is Open, and returns the payloads of the Encrypted payload as they came, with
// the type of the first.
func (k *Keys) open(role Role, datagram []byte) (_ *ike.Message, first ike.PayloadType, inside []byte, _ error) {
	if _, err := algorithmsOf(k.transforms); err != nil {
		return nil, 0, nil, err
	}
	m, err := ike.ParseMessage(datagram)
	if err != nil {
		return nil, 0, nil, err
	}
	var sk *ike.Encrypted
	last := len(m.Payloads) - 1
	if last >= 0 {
		sk, _ = m.Payloads[last].(*ike.Encrypted)
	}
	if sk == nil {
		return nil, 0, nil, errors.New("keymat: the message has no Encrypted payload")
	}
	// The Encrypted payload ends the message, but not always the datagram.
	end := len(datagram) - len(m.Trailing)
	inside, err = k.openBody(role, datagram[:end:end], sk.Body)
	if err != nil {
		return nil, 0, nil, err
	}
	payloads, err := ike.ParsePayloads(sk.First, inside)
	m.Payloads = append(m.Payloads[:last], payloads...)
	if err != nil {
		return m, sk.First, inside, fmt.Errorf("keymat: inside the Encrypted payload: %w", err)
	}
	return m, sk.First, inside, nil
}

// openBody returns what the body of an Encrypted or Encrypted Fragment payload, which
// ends message, holds without its padding.
func (k *Keys) openBody(role Role, message, body []byte) ([]byte, error) {
	p, size, err := k.protection(role)
	if err != nil {
		return nil, err
	}
	// A Pad Length octet at least.
	if least := size.iv + 1 + size.icv; len(body) < least {
		return nil, fmt.Errorf("keymat: Encrypted payload of %d octets, want %d at least", len(body), least)
	}
	start := len(message) - len(body)
	plaintext, err := p.open(message[:start:start], body[:size.iv], body[size.iv:])
	if err != nil {
		return nil, fmt.Errorf("keymat: Encrypted payload of the %v: %w", role, err)
	}
	return unpad(plaintext)
}

// pad appends Padding and Pad Length, as few octets as block allows.
func pad(plaintext []byte, block int) []byte {
	n := block - 1 - len(plaintext)%block
	plaintext = append(plaintext, make([]byte, n)...)
	return append(plaintext, byte(n))
}

// unpad takes Padding and Pad Length off. "The recipient MUST accept any length
// that results in proper alignment", and any value.
func unpad(plaintext []byte) ([]byte, error) {
	n := len(plaintext) - 1
	if padding := int(plaintext[n]); padding <= n {
		return plaintext[:n-padding], nil
	}
	return nil, fmt.Errorf("keymat: Encrypted payload: Pad Length %d exceeds the %d octets before it", plaintext[n], n)
}

// combined is the protection of an AEAD: RFC 5282.
type combined struct {
	aead cipher.AEAD
	salt []byte
}

func (c combined) seal(head, iv, plaintext []byte) []byte {
	return c.aead.Seal(nil, slices.Concat(c.salt, iv), plaintext, head)
}

func (c combined) open(head, iv, sealed []byte) ([]byte, error) {
	plaintext, err := c.aead.Open(nil, slices.Concat(c.salt, iv), sealed, head)
	if err != nil {
		return nil, ErrIntegrity
	}
	return plaintext, nil
}

// encryptThenMAC is the protection of a cipher with an integrity algorithm.
// The checksum covers the message from its header on, and the ciphertext.
type encryptThenMAC struct {
	block     cipher.Block
	salt      []byte // empty: CBC, else counter mode
	macKey    []byte
	integrity integrity
}

func (c encryptThenMAC) seal(head, iv, plaintext []byte) []byte {
	ciphertext := make([]byte, len(plaintext))
	if len(c.salt) == 0 {
		cipher.NewCBCEncrypter(c.block, iv).CryptBlocks(ciphertext, plaintext)
	} else {
		c.counter(iv).XORKeyStream(ciphertext, plaintext)
	}
	return append(ciphertext, c.icv(head, iv, ciphertext)...)
}

func (c encryptThenMAC) open(head, iv, sealed []byte) ([]byte, error) {
	n := len(sealed) - c.integrity.icvLen
	ciphertext := sealed[:n]
	if subtle.ConstantTimeCompare(c.icv(head, iv, ciphertext), sealed[n:]) != 1 {
		return nil, ErrIntegrity
	}
	plaintext := make([]byte, n)
	if len(c.salt) > 0 {
		c.counter(iv).XORKeyStream(plaintext, ciphertext)
		return plaintext, nil
	}
	if block := c.block.BlockSize(); n%block != 0 {
		return nil, fmt.Errorf("ciphertext of %d octets, not a multiple of %d", n, block)
	}
	cipher.NewCBCDecrypter(c.block, iv).CryptBlocks(plaintext, ciphertext)
	return plaintext, nil
}

func (c encryptThenMAC) icv(head, iv, ciphertext []byte) []byte {
	return c.integrity.sum(c.macKey, slices.Concat(head, iv, ciphertext))[:c.integrity.icvLen]
}

// counter returns the key stream of counter mode: the block is the salt, the
// initialization vector and a 32-bit counter from 1. RFC 5930 and
// RFC 3686, Section 4, for AES, and RFC 5528 for Camellia.
func (c encryptThenMAC) counter(iv []byte) cipher.Stream {
	return cipher.NewCTR(c.block, slices.Concat(c.salt, iv, []byte{0, 0, 0, 1}))
}
