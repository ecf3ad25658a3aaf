package keymat

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/ikescope/ikescope/ike"
)

// ErrIncomplete says that a datagram is a fragment of a message, of which others
// have not come yet.
var ErrIncomplete = errors.New("not all fragments of the message have come")

// maxFragments is how many fragments a message has at most: 64 kB in the shortest
// that are of use, and no more than a peer can make us keep.
const maxFragments = 256

// Reassembly puts the fragments of one message back together (RFC 7383, Section
// 2.6). The zero value is not ready: see [Keys.Reassembly].
type Reassembly struct {
	keys  *Keys
	role  Role
	parts [][]byte // plaintexts by number, from 1; nil for what has not come
	first ike.PayloadType
	have  int

	inside []byte // the payloads of the whole message, once it is there
}

// Reassembly returns one for a message that role sent.
func (k *Keys) Reassembly(role Role) *Reassembly { return &Reassembly{keys: k, role: role} }

// Open is [Keys.Open] for a datagram that may be a fragment of the message: then the
// error is ErrIncomplete until all have come, in any order. A fragment that was not
// protected with the keys changes nothing. Where the peer divides the message anew
// into more fragments, those of before are forgotten, as RFC 7383, Section 2.6,
// wants.
func (r *Reassembly) Open(datagram []byte) (*ike.Message, error) {
	m, err := ike.ParseMessage(datagram)
	if err != nil {
		return nil, err
	}
	last := len(m.Payloads) - 1
	var skf *ike.EncryptedFragment
	if last >= 0 {
		skf, _ = m.Payloads[last].(*ike.EncryptedFragment)
	}
	if skf == nil {
		m, r.first, r.inside, err = r.keys.open(r.role, datagram)
		return m, err
	}
	if skf.Number == 0 || skf.Number > skf.Total || skf.Total > maxFragments {
		return nil, fmt.Errorf("keymat: fragment %d of %d", skf.Number, skf.Total)
	}
	end := len(datagram) - len(m.Trailing)
	inside, err := r.keys.openBody(r.role, datagram[:end:end], skf.Body)
	if err != nil {
		return nil, err
	}
	switch total := int(skf.Total); {
	case total > len(r.parts):
		r.parts, r.have = make([][]byte, total), 0
	case total < len(r.parts):
		return nil, ErrIncomplete // late, of an earlier division
	}
	if i := skf.Number - 1; r.parts[i] == nil {
		r.parts[i] = append([]byte{}, inside...)
		r.have++
	}
	if skf.Number == 1 {
		r.first = skf.First
	}
	if r.have < len(r.parts) {
		return nil, ErrIncomplete
	}
	r.inside = slices.Concat(r.parts...)
	payloads, err := ike.ParsePayloads(r.first, r.inside)
	m.Payloads = append(m.Payloads[:last], payloads...)
	if err != nil {
		return m, fmt.Errorf("keymat: inside the fragments: %w", err)
	}
	return m, nil
}

// Fragments returns how many fragments the message has; 0 for one that came whole, or has
// not come.
func (r *Reassembly) Fragments() int { return len(r.parts) }

// SealFragments is [Keys.Seal] for a message that is divided into fragments of at
// most size octets each, header and all. It is one message without fragments if
// that is not longer.
func (k *Keys) SealFragments(role Role, h ike.Header, payloads []ike.Payload, rand io.Reader, size int) ([][]byte, error) {
	whole, err := k.Seal(role, h, payloads, rand)
	if err != nil || len(whole) <= size {
		return [][]byte{whole}, err
	}
	p, sizes, err := k.protection(role)
	if err != nil {
		return nil, err
	}
	plaintext, first, err := ike.AppendPayloads(nil, payloads)
	if err != nil {
		return nil, err
	}
	const skfHeader = 8 // generic header, Fragment Number and Total Fragments
	room := size - ike.HeaderLen - skfHeader - sizes.iv - sizes.icv
	room -= room%sizes.block + 1 // Pad Length
	if room < 1 {
		return nil, fmt.Errorf("keymat: fragments of %d octets hold nothing", size)
	}
	parts := slices.Collect(slices.Chunk(plaintext, room))
	if len(parts) > maxFragments {
		return nil, fmt.Errorf("keymat: %d fragments of %d octets, more than %d", len(parts), size, maxFragments)
	}
	var out [][]byte
	for i, part := range parts {
		skf := &ike.EncryptedFragment{Number: uint16(i + 1), Total: uint16(len(parts))}
		if i == 0 {
			skf.First = first
		}
		octets, err := sealBody(p, sizes, h, part, rand, &skf.Body, skf)
		if err != nil {
			return nil, err
		}
		out = append(out, octets)
	}
	return out, nil
}
