// Package own has the requests that a gateway sends by itself, in an IKE SA with an
// initiator that it let in, and reads their answers.
package own

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keymat"
)

// Request is sent some time after the initiator was let in, once.
type Request struct {
	After    time.Duration
	Exchange ike.ExchangeType
	Payloads []ike.Payload
	// Again sends the request before it once more, with its Message ID.
	Again bool
}

// Queue has the requests that go out behind the next answer.
type Queue struct {
	keys     *keymat.Keys
	messages [][]byte
	requests []Request
	err      error
}

// Fill seals requests to who was let in, with Message IDs from 0.
func (q *Queue) Fill(keys *keymat.Keys, spii, spir ike.SPI, requests []Request, rand io.Reader) {
	*q = Queue{keys: keys, requests: requests}
	id := uint32(0)
	for i, r := range requests {
		if r.Again && i > 0 {
			q.messages = append(q.messages, q.messages[i-1])
			continue
		}
		h := ike.Header{SPIi: spii, SPIr: spir, MajorVersion: 2, Exchange: r.Exchange, MessageID: id}
		octets, err := keys.Seal(keymat.Responder, h, r.Payloads, rand)
		if err != nil {
			q.err = err
			return
		}
		q.messages = append(q.messages, octets)
		id++
	}
}

// Each calls send with each message that is queued, and how long after now it goes out,
// and empties the queue. The error is that of Fill.
func (q *Queue) Each(send func(octets []byte, after time.Duration)) error {
	for i, octets := range q.messages {
		send(octets, q.requests[i].After)
	}
	q.messages = nil
	return q.err
}

// Answer tells an answer to the last ones in short, as "CREATE_CHILD_SA 1:
// N(TEMPORARY_FAILURE); "; "" for what is none.
func (q *Queue) Answer(octets []byte) string {
	if q.keys == nil {
		return ""
	}
	m, err := q.keys.Open(keymat.Initiator, octets)
	if err != nil || m.Flags&ike.FlagResponse == 0 {
		return ""
	}
	var names []string
	for _, p := range m.Payloads {
		name := p.Type().String()
		if n, ok := p.(*ike.Notify); ok {
			name = fmt.Sprintf("N(%v)", n.Notification)
		}
		names = append(names, name)
	}
	return strings.TrimSpace(fmt.Sprintf("%v %d: %s", m.Exchange, m.MessageID, strings.Join(names, " "))) + "; "
}
