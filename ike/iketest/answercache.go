package iketest

import (
	"crypto/sha256"
	"net/netip"
	"slices"
	"time"
)

// answerCache holds recent answers: "The responder MUST remember each response"
// (RFC 7296, Section 2.1), and one request sent again gets the same octets.
type answerCache struct {
	answers map[answerKey][][]byte
	order   []cachedAnswer // the oldest first
}

type answerKey struct {
	local, remote netip.AddrPort
	request       [sha256.Size]byte
}

type cachedAnswer struct {
	key answerKey
	at  time.Time
}

// answerFor is how long an initiator may send the same request again.
const answerFor = 30 * time.Second

func keyOf(in arrival) answerKey {
	return answerKey{in.local, in.remote, sha256.Sum256(in.octets)}
}

func (c *answerCache) get(key answerKey, now time.Time) ([][]byte, bool) {
	expired := 0
	for expired < len(c.order) && !now.Before(c.order[expired].at.Add(answerFor)) {
		delete(c.answers, c.order[expired].key)
		expired++
	}
	c.order = slices.Delete(c.order, 0, expired)
	answer, ok := c.answers[key]
	return answer, ok
}

func (c *answerCache) put(key answerKey, answer [][]byte, now time.Time) {
	c.answers[key] = answer
	c.order = append(c.order, cachedAnswer{key, now})
}
