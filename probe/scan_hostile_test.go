package probe

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
)

// rewriter is a gateway whose datagrams somebody changes.
type rewriter struct {
	name string
	// make returns the Rewrite of one gateway.
	make func() func(in message, sent []message) []message
}

// message is an IKE message on its way, with or without the marker before it.
type message struct {
	octets []byte
	marked bool
}

func split(datagram []byte) message {
	octets, marked := ike.SplitNonESPMarker(datagram)
	if !marked {
		octets = datagram
	}
	return message{octets, marked}
}

func (m message) header() ike.Header {
	h, _, _, _ := ike.ParseHeader(m.octets)
	return h
}

func (m message) parse() *ike.Message {
	p, _ := ike.ParseMessage(m.octets)
	return p
}

func (m message) isInit() bool { return m.header().Exchange == ike.IKE_SA_INIT }

func (m message) accepts() bool {
	p := m.parse()
	if p == nil || !m.isInit() {
		return false
	}
	_, ok := ike.Find[*ike.SA](p)
	return ok
}

// answer returns a message that answers m, with payloads.
func (m message) answer(payloads ...ike.Payload) message {
	h := m.header()
	h.Flags, h.SPIr = ike.FlagResponse, ike.SPI{}
	octets, err := (&ike.Message{Header: h, Payloads: payloads}).AppendBinary(nil)
	if err != nil {
		panic(err)
	}
	return message{octets, m.marked}
}

func (m message) notify(n ike.NotifyType, data ...byte) message {
	return m.answer(&ike.Notify{Notification: n, Data: data})
}

// choose accepts the offer of m with the transforms that pick says of each list.
func (m message) choose(pick func([]ike.Transform) ike.Transform) (message, bool) {
	p := m.parse()
	if p == nil {
		return message{}, false
	}
	sa, okSA := ike.Find[*ike.SA](p)
	ke, okKE := ike.Find[*ike.KE](p)
	if !okSA || !okKE || len(sa.Proposals) == 0 {
		return message{}, false
	}
	of := sa.Proposals[0]
	chosen := ike.Proposal{Number: of.Number, Protocol: of.Protocol}
	for _, kind := range []ike.TransformType{ike.TransformENCR, ike.TransformPRF, ike.TransformINTEG, ike.TransformKE} {
		var list []ike.Transform
		for _, t := range of.Transforms {
			if t.Type == kind && (kind != ike.TransformKE || ike.KeyExchangeMethod(t.ID) == ke.Method) {
				list = append(list, t)
			}
		}
		if len(list) > 0 {
			chosen.Transforms = append(chosen.Transforms, pick(list))
		} else if kind == ike.TransformKE {
			return message{}, false
		}
	}
	h := m.header()
	h.Flags = ike.FlagResponse
	copy(h.SPIr[:], "forgery!")
	octets, err := (&ike.Message{Header: h, Payloads: []ike.Payload{
		&ike.SA{Proposals: []ike.Proposal{chosen}}, &ike.KE{Method: ke.Method, Data: slices.Clone(ke.Data)},
		&ike.Nonce{Data: make([]byte, 32)},
	}}).AppendBinary(nil)
	return message{octets, m.marked}, err == nil
}

func first(list []ike.Transform) ike.Transform { return list[0] }
func last(list []ike.Transform) ike.Transform  { return list[len(list)-1] }

func simple(f func(in message, sent []message) []message) func() func(message, []message) []message {
	return func() func(message, []message) []message { return f }
}

var rewriters = []rewriter{
	{"answers twice with different suites", simple(func(in message, sent []message) []message {
		if len(sent) == 1 && sent[0].accepts() {
			if other, ok := in.choose(last); ok {
				return append(sent, other)
			}
		}
		return sent
	})},
	{"answers with another suite first", simple(func(in message, sent []message) []message {
		if len(sent) == 1 && sent[0].accepts() {
			if other, ok := in.choose(last); ok {
				return []message{other, sent[0]}
			}
		}
		return sent
	})},
	{"accepts everything twice, first and last", simple(func(in message, sent []message) []message {
		if !in.isInit() {
			return sent
		}
		a, ok := in.choose(first)
		b, _ := in.choose(last)
		if !ok {
			return nil
		}
		return []message{a, b}
	})},
	{"accepts for ten seconds, refuses for ten", func() func(message, []message) []message {
		began := time.Now()
		return func(in message, sent []message) []message {
			if in.isInit() && time.Since(began)/(10*time.Second)%2 == 1 {
				return []message{in.notify(ike.NO_PROPOSAL_CHOSEN)}
			}
			return sent
		}
	}},
	{"accepts for two seconds, refuses for one", func() func(message, []message) []message {
		began := time.Now()
		return func(in message, sent []message) []message {
			if in.isInit() && time.Since(began)/time.Second%3 == 2 {
				return []message{in.notify(ike.NO_PROPOSAL_CHOSEN)}
			}
			return sent
		}
	}},
	{"an echo before and behind", simple(func(in message, sent []message) []message {
		return slices.Concat([]message{in}, sent, []message{in})
	})},
	{"a COOKIE that changes before each answer", func() func(message, []message) []message {
		n := uint64(0)
		return func(in message, sent []message) []message {
			n++
			if !in.isInit() {
				return sent
			}
			return append([]message{in.notify(ike.COOKIE, binary.BigEndian.AppendUint64(nil, n)...)}, sent...)
		}
	}},
	{"a COOKIE at random", func() func(message, []message) []message {
		r := rand.New(rand.NewPCG(1, 2))
		return func(in message, sent []message) []message {
			if in.isInit() && r.IntN(2) == 0 {
				return []message{in.notify(ike.COOKIE, binary.BigEndian.AppendUint64(nil, r.Uint64())...)}
			}
			return sent
		}
	}},
	{"a COOKIE that cannot be", simple(func(in message, sent []message) []message {
		return []message{in.notify(ike.COOKIE), in.notify(ike.COOKIE, make([]byte, 65)...), in.notify(ike.COOKIE, make([]byte, 60000)...)}
	})},
	{"garbage for IKE_AUTH", func() func(message, []message) []message {
		r := rand.New(rand.NewPCG(1, 2))
		return func(in message, sent []message) []message {
			if in.isInit() {
				return sent
			}
			h := in.header()
			h.Flags = ike.FlagResponse
			var out []message
			for range 20 {
				body := make([]byte, r.IntN(2000))
				for i := range body {
					body[i] = byte(r.Uint32())
				}
				o := slices.Clone(in.octets[:28])
				o[16], o[19] = byte(r.Uint32()), byte(ike.FlagResponse)
				if r.IntN(2) == 0 {
					o[16] = byte(ike.PayloadEncrypted)
				}
				o = append(o, body...)
				binary.BigEndian.PutUint32(o[24:], uint32(len(o)))
				out = append(out, message{o, in.marked})
			}
			return out
		}
	}},
	{"AUTHENTICATION_FAILED in the clear", simple(func(in message, sent []message) []message {
		if in.isInit() {
			return sent
		}
		return []message{in.notify(ike.AUTHENTICATION_FAILED)}
	})},
	{"a REDIRECT to itself", simple(func(in message, sent []message) []message {
		if !in.isInit() {
			return sent
		}
		return []message{in.notify(ike.REDIRECT, append([]byte{1, 4}, gatewayAddr.AsSlice()...)...)}
	})},
	{"a REDIRECT to nowhere", simple(func(in message, sent []message) []message {
		if !in.isInit() {
			return sent
		}
		return []message{in.notify(ike.REDIRECT, append([]byte{3, 200}, "\x1b[31m\u202e"...)...), in.notify(ike.REDIRECT)}
	})},
	{"a REDIRECT beside each answer", simple(func(in message, sent []message) []message {
		if !in.isInit() {
			return sent
		}
		return append([]message{in.notify(ike.REDIRECT, 1, 4, 10, 0, 0, 9)}, sent...)
	})},
	{"thousands of notifies in each of many answers", simple(func(in message, sent []message) []message {
		var all []ike.Payload
		for i := range 1000 {
			all = append(all, &ike.Notify{Notification: ike.NotifyType(16384 + i)})
		}
		var out []message
		for range 8 {
			out = append(out, in.answer(all...))
		}
		return append(out, sent...)
	})},
	{"its choice among thousands of notifies", simple(func(in message, sent []message) []message {
		if len(sent) != 1 || !sent[0].accepts() {
			return sent
		}
		p := sent[0].parse()
		for i := range 7000 {
			p.Payloads = append(p.Payloads, &ike.Notify{Notification: ike.NotifyType(16384 + i)})
		}
		octets, err := p.AppendBinary(nil)
		if err != nil {
			panic(err)
		}
		return []message{{octets, sent[0].marked}}
	})},
	{"each answer two hundred times", simple(func(_ message, sent []message) []message {
		var out []message
		for range 200 {
			out = append(out, sent...)
		}
		return out
	})},
	{"the answer to the question before", func() func(message, []message) []message {
		var before []message
		return func(in message, sent []message) []message {
			out := before
			before = slices.Clone(sent)
			var spoilt []message
			for _, m := range out {
				o := slices.Clone(m.octets)
				copy(o[:8], in.octets[:8])
				spoilt = append(spoilt, message{o, in.marked})
			}
			return spoilt
		}
	}},
	{"INVALID_KE_PAYLOAD that names a random method of the offer", func() func(message, []message) []message {
		r := rand.New(rand.NewPCG(1, 2))
		return func(in message, sent []message) []message {
			p := in.parse()
			sa, ok := ike.Find[*ike.SA](p)
			if !in.isInit() || !ok {
				return sent
			}
			var of []uint16
			for _, x := range sa.Proposals {
				for _, t := range x.Transforms {
					if t.Type == ike.TransformKE {
						of = append(of, t.ID)
					}
				}
			}
			if len(of) == 0 {
				return sent
			}
			return []message{in.notify(ike.INVALID_KE_PAYLOAD, binary.BigEndian.AppendUint16(nil, of[r.IntN(len(of))])...)}
		}
	}},
	{"accepts what is long, refuses what is short", simple(func(in message, sent []message) []message {
		if !in.isInit() {
			return sent
		}
		if len(in.octets) > 700 {
			if a, ok := in.choose(last); ok {
				return []message{a}
			}
		}
		return []message{in.notify(ike.NO_PROPOSAL_CHOSEN)}
	})},
	{"accepts what is short, refuses what is long", simple(func(in message, sent []message) []message {
		if in.isInit() && len(in.octets) < 500 {
			if a, ok := in.choose(first); ok {
				return []message{a}
			}
		}
		if in.isInit() {
			return []message{in.notify(ike.NO_PROPOSAL_CHOSEN)}
		}
		return sent
	})},
	{"accepts by the parity of the SPI", simple(func(in message, sent []message) []message {
		if in.isInit() && in.octets[7]&1 == 0 {
			return []message{in.notify(ike.NO_PROPOSAL_CHOSEN)}
		}
		return sent
	})},
	{"refuses all, and something critical", simple(func(in message, _ []message) []message {
		return []message{in.notify(ike.UNSUPPORTED_CRITICAL_PAYLOAD, 33)}
	})},
	{"another error each time", func() func(message, []message) []message {
		n := uint16(0)
		return func(in message, sent []message) []message {
			n++
			return []message{in.notify(ike.NotifyType(1 + n%16000))}
		}
	}},
	{"another error each time, unless it accepts", func() func(message, []message) []message {
		n := uint16(0)
		return func(in message, sent []message) []message {
			if len(sent) == 1 && sent[0].accepts() || !in.isInit() {
				return sent
			}
			n++
			return []message{in.notify(ike.NotifyType(1 + n%16000))}
		}
	}},
	{"answers of another exchange, version or message ID", func() func(message, []message) []message {
		n := 0
		return func(_ message, sent []message) []message {
			var out []message
			for _, m := range sent {
				o := slices.Clone(m.octets)
				switch n++; n % 4 {
				case 0:
					o[17] = 0x2f
				case 1:
					o[18] = byte(ike.INFORMATIONAL)
				case 2:
					o[23] = 7
				case 3:
					o[19] |= byte(ike.FlagInitiator)
				}
				out = append(out, message{o, m.marked})
			}
			return out
		}
	}},
	{"each choice with another number", simple(func(_ message, sent []message) []message {
		for i, m := range sent {
			if !m.accepts() {
				continue
			}
			p := m.parse()
			sa, _ := ike.Find[*ike.SA](p)
			sa.Proposals[0].Number += 3
			o, err := p.AppendBinary(nil)
			if err != nil {
				panic(err)
			}
			sent[i] = message{o, m.marked}
		}
		return sent
	})},
	{"each choice without key lengths", simple(func(_ message, sent []message) []message {
		for i, m := range sent {
			if !m.accepts() {
				continue
			}
			p := m.parse()
			sa, _ := ike.Find[*ike.SA](p)
			for j := range sa.Proposals[0].Transforms {
				sa.Proposals[0].Transforms[j].Attributes = nil
			}
			o, err := p.AppendBinary(nil)
			if err != nil {
				panic(err)
			}
			sent[i] = message{o, m.marked}
		}
		return sent
	})},
	{"refuses now and then, in words of its own", func() func(message, []message) []message {
		n := 0
		return func(in message, sent []message) []message {
			if n++; in.isInit() && n%7 == 0 {
				return []message{in.notify(ike.TEMPORARY_FAILURE)}
			}
			return sent
		}
	}},
	{"stops for good after 60 questions and begins again", func() func(message, []message) []message {
		n := 0
		return func(in message, sent []message) []message {
			if n++; n > 60 && n < 90 {
				return nil
			}
			if n > 200 && n < 260 {
				return []message{in.notify(ike.NO_PROPOSAL_CHOSEN)}
			}
			return sent
		}
	}},
}

func (r rewriter) oddity() iketest.Oddity {
	return iketest.Oddity{Name: r.name, Apply: func(g *iketest.Responder) {
		rewrite := r.make()
		g.Faults.Rewrite = func(received []byte, sent [][]byte) [][]byte {
			var answers []message
			for _, d := range sent {
				answers = append(answers, split(d))
			}
			in := split(received)
			if len(in.octets) < 28 {
				return sent
			}
			var out [][]byte
			for _, m := range rewrite(in, answers) {
				d := m.octets
				if m.marked {
					d = append(ike.AppendNonESPMarker(nil), m.octets...)
				}
				out = append(out, d)
			}
			return out
		}
	}}
}

// TestHostile: of gateways that want to deceive, or to be a burden, nothing is
// claimed that is not so, and the scan ends.
func TestHostile(t *testing.T) {
	t.Parallel()
	for i, r := range rewriters {
		t.Run(r.name, func(t *testing.T) {
			for j, policy := range truthPolicies[:2] {
				if testing.Short() && j != i%2 {
					continue
				}
				sc := oddScene(policy, iketest.StrongSwan, uint64(i*10+j), r.oddity())
				sc.during = func(cancel context.CancelFunc) { time.AfterFunc(2*time.Hour, cancel) }
				sc.scanner.Deadline = 5 * time.Minute
				o := sc.scan(t)
				o.report(t, o.fidelity(t, uint64(i)))
				o.soon(t)
				if o.Cost.Elapsed > 6*time.Minute+15*time.Second {
					t.Errorf("it took %v", o.Cost.Elapsed)
				}
				if wrong := o.passes(t, uint64(i)); len(wrong) > 0 {
					t.Errorf("a gate passes, and it is not so: %.300v", wrong)
				}
			}
		})
	}
}

// passes returns what is false of a result on which a gate may pass: it is complete,
// without a doubt, and all is decided, be it proven or not.
func (o outcome) passes(t *testing.T, seed uint64) []string {
	m := o.Matrix
	if m == nil || !o.Complete || len(o.Doubts) > 0 || m.NoAnswer+m.NotTested > 0 {
		return nil
	}
	t.Logf("a gate may pass; proven: %v", m.Proven)
	proven := *m
	proven.Proven = true
	o.Matrix = &proven
	return o.fidelity(t, seed).wrong
}
