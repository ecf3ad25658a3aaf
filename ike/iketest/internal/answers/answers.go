// Package answers remembers the answers of a responder, so that a request that is sent
// again gets the same octets.
package answers

import (
	"crypto/sha256"
	"net/netip"
	"slices"
	"time"
)

// Recent holds recent answers, each of one datagram or of several fragments: "The
// responder MUST remember each response" (RFC 7296, Section 2.1).
type Recent struct {
	of    map[Key][][]byte
	order []entry // the oldest first
}

// Key distinguishes requests.
type Key struct {
	local, remote netip.AddrPort
	request       [sha256.Size]byte
}

type entry struct {
	key Key
	at  time.Time
}

// answerFor is how long an initiator may send the same request again.
const answerFor = 30 * time.Second

// KeyOf returns the key of a request, of all its octets.
func KeyOf(local, remote netip.AddrPort, request []byte) Key {
	return Key{local, remote, sha256.Sum256(request)}
}

// Get returns the answer to a request, if it is recent.
func (r *Recent) Get(key Key, now time.Time) ([][]byte, bool) {
	expired := 0
	for expired < len(r.order) && !now.Before(r.order[expired].at.Add(answerFor)) {
		delete(r.of, r.order[expired].key)
		expired++
	}
	r.order = slices.Delete(r.order, 0, expired)
	answer, ok := r.of[key]
	return answer, ok
}

// Put remembers the answer to a request.
func (r *Recent) Put(key Key, answer [][]byte, now time.Time) {
	if r.of == nil {
		r.of = make(map[Key][][]byte)
	}
	r.of[key] = answer
	r.order = append(r.order, entry{key, now})
}
