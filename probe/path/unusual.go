package path

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/path/contrast"
)

// Oddity is what makes a request unusual: each is one that a responder has to pass over,
// and that requests of some clients have.
type Oddity uint8

const (
	NoOddity Oddity = iota
	// OddVendorID is an unknown Vendor ID (RFC 7296, Section 3.12).
	OddVendorID
	// OddNotify is a status notify of an unknown type (Section 3.10.1).
	OddNotify
	// OddPayload is a payload of an unknown type, not critical (Section 2.5).
	OddPayload
	// OddMinorVersion is a higher minor version (Section 2.5).
	OddMinorVersion
	// OddKeyExchange is a further proposal with an additional key exchange, of ML-KEM
	// (RFC 9370): who does not know it refuses that proposal alone (RFC 7296, Section
	// 3.3.6).
	OddKeyExchange
)

var oddities = [...]string{
	NoOddity:        "",
	OddVendorID:     "vendor_id",
	OddNotify:       "notify",
	OddPayload:      "payload",
	OddMinorVersion: "minor_version",
	OddKeyExchange:  "additional_ke",
}

// String returns the oddity as the JSON document writes it.
func (o Oddity) String() string {
	if int(o) < len(oddities) {
		return oddities[o]
	}
	return fmt.Sprintf("Oddity(%d)", uint8(o))
}

// Types for private use, that nobody knows (RFC 7296, Sections 3.2 and 3.10.1), and how
// long the contents are, in octets.
const (
	unknownPayload ike.PayloadType = 0xf3
	unknownNotify  ike.NotifyType  = 0xf3f3
	unknownLen                     = 16
)

// askUnusual finds out whether requests by w are dropped for what a responder has to pass
// over: first for all of it at once, which one answer clears. An unknown Vendor ID is
// left to measureSize.
func (x *examination) askUnusual(ctx context.Context, w *way) {
	if x.Brief || w.source != 0 || w.t.IsTCP() || w.seen.State != initiator.PathAnswers || w.asked.opens {
		return
	}
	odd := []Oddity{OddNotify, OddPayload, OddMinorVersion, OddKeyExchange}
	if a, _ := x.askOdd(ctx, w, unusualAttempts, odd...); a.Outcome != initiator.NoAnswer {
		return
	}
	var suspect []*contrast.Kind
	of := map[*contrast.Kind]Oddity{}
	octets := map[Oddity]int{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, o := range odd {
		all.Go(func() {
			a, n := x.askOdd(ctx, w, unusualAttempts, o)
			if a.Outcome != initiator.NoAnswer {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			k := kind(w.conn, func(ctx context.Context) initiator.Answer {
				a, _ := x.askOdd(ctx, w, 1, o)
				return a
			})
			suspect, of[k], octets[o] = append(suspect, k), o, n
		})
	}
	all.Wait()
	if len(suspect) == 0 {
		return
	}
	usual := x.padded(w, 0)
	x.contrast(ctx, usual, suspect...)
	for _, k := range suspect {
		if k.Verdict == contrast.Dropped {
			x.blameOddity(ctx, w, of[k], octets[of[k]], slices.Concat(w.seen.Evidence, usual.Evidence(), k.Evidence()))
		}
	}
}

// blameOddity says that requests with o, of so many octets, are dropped, if usual ones of
// their length are not.
func (x *examination) blameOddity(ctx context.Context, w *way, o Oddity, octets int, evidence []int) {
	if longer := octets - x.greetingOf(w).Octets(); longer > 0 {
		a := x.askPadded(ctx, w.conn, w, longer, unusualAttempts)
		if !arrived(a) {
			return // it may be its length
		}
		evidence = append(evidence, a.ID)
	}
	x.interferes(Interference{DropsUnusual, w.t, o, evidence})
}

// askOdd asks w with oddities, so often, in a request of so many octets.
func (x *examination) askOdd(ctx context.Context, w *way, attempts int, odd ...Oddity) (a initiator.Answer, octets int) {
	message, err := x.unusual(w, odd)
	if err != nil {
		x.fail(err)
		return a, 0
	}
	req, err := w.conn.Plain(w.t, message, readAny)
	if err != nil {
		x.fail(err)
		return a, 0
	}
	req.Attempts, req.Quiet = attempts, true
	return x.ask(ctx, w.conn, req), len(message)
}

// readAny reads an answer that shows no more than that the request arrived.
func readAny(b []byte) initiator.Reading {
	r := readIKEv2(b)
	if h, _, _, err := ike.ParseHeader(b); err == nil && h.MajorVersion == 2 && h.Flags&ike.FlagResponse != 0 && r.Outcome == initiator.Malformed {
		r.Outcome = initiator.OtherError
	}
	return r
}

// unusual returns the request that w answers, with oddities.
func (x *examination) unusual(w *way, odd []Oddity) ([]byte, error) {
	req, err := w.conn.Init(x.greetingOf(w))
	if err != nil {
		return nil, err
	}
	m, err := ike.ParseMessage(req.Octets())
	if err != nil {
		return nil, err
	}
	for _, o := range odd {
		switch o {
		case OddNotify:
			m.Payloads = append(m.Payloads, &ike.Notify{Notification: unknownNotify, Data: make([]byte, unknownLen)})
		case OddPayload:
			m.Payloads = append(m.Payloads, &ike.Unknown{PayloadType: unknownPayload, Body: make([]byte, unknownLen)})
		case OddMinorVersion:
			m.MinorVersion = 1
		case OddKeyExchange:
			if sa, ok := ike.Find[*ike.SA](m); ok {
				more := sa.Proposals[0]
				more.Number = uint8(len(sa.Proposals) + 1)
				more.Transforms = append(firstOfEach(more.Transforms), ike.Transform{Type: ike.TransformADDKE1, ID: uint16(ike.KE_ML_KEM_768)})
				sa.Proposals = append(sa.Proposals, more)
			}
		}
	}
	return m.AppendBinary(nil)
}

// firstOfEach returns the first transform of each type.
func firstOfEach(all []ike.Transform) []ike.Transform {
	var out []ike.Transform
	for _, t := range all {
		if !slices.ContainsFunc(out, func(o ike.Transform) bool { return o.Type == t.Type }) {
			out = append(out, t)
		}
	}
	return out
}
