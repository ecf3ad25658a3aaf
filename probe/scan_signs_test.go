package probe

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
)

// signs returns by what a result says that several gateways answer.
func (o outcome) signs() []evidence.SignKind {
	for _, h := range o.Habits {
		if h.Kind == evidence.HabitMembers {
			return h.Signs
		}
	}
	return nil
}

// TestScanSigns: that several gateways share an address is said of members with the same
// policy, too, whose accepted answers disagree; what they refuse is not proven then, as it
// is not known who refused it. Of one gateway it is never said, whatever it changes in the
// middle of a scan.
func TestScanSigns(t *testing.T) {
	t.Parallel()
	// inTurn has every second accepted answer from each port changed, as that of another
	// member.
	inTurn := func(change func(*ike.Message)) func(received []byte, sent [][]byte) [][]byte {
		next := map[bool]bool{true: true} // whether it is, of port 4500 and of the other
		return func(_ []byte, sent [][]byte) [][]byte {
			for i, d := range sent {
				message, marked := ike.SplitNonESPMarker(d)
				if !marked {
					message = d
				}
				m, err := ike.ParseMessage(message)
				if _, accepted := ike.Find[*ike.SA](m); err != nil || !accepted {
					continue
				}
				if next[marked] = !next[marked]; next[marked] {
					continue
				}
				change(m)
				var out []byte
				if marked {
					out = ike.AppendNonESPMarker(nil)
				}
				if sent[i], err = m.AppendBinary(out); err != nil {
					t.Error(err)
				}
			}
			return sent
		}
	}
	moved := func(m *ike.Message) {
		for _, p := range m.Payloads {
			if n, ok := p.(*ike.Notify); ok && n.Notification == ike.NAT_DETECTION_SOURCE_IP {
				hash := ike.NATDetectionHash(m.SPIi, m.SPIr, netip.MustParseAddrPort("10.0.3.9:500"))
				n.Data = hash[:]
			}
		}
	}
	libreswan := func(change func(*iketest.Profile)) iketest.Profile {
		p := iketest.Libreswan
		p.Notifies = slices.Clone(p.Notifies)
		change(&p)
		return p
	}
	childless := func(p *iketest.Profile) { p.Notifies = p.Notifies[:1] }
	vendors := func(p *iketest.Profile) { p.VendorIDs = [][]byte{[]byte("updated")} }
	for _, tc := range []struct {
		name   string
		change func(*ike.Message)     // of every second accepted answer
		later  func(*iketest.Profile) // after half of the scan
		want   evidence.SignKind
	}{
		{"vendor IDs", func(m *ike.Message) { m.Payloads = append(m.Payloads, &ike.VendorID{Data: []byte("member 2")}) }, nil, evidence.SignVendorIDs},
		{"notifies", func(m *ike.Message) {
			m.Payloads = append(m.Payloads, &ike.Notify{Notification: ike.MULTIPLE_AUTH_SUPPORTED})
		}, nil, evidence.SignNotifies},
		{"addresses", moved, nil, evidence.SignAddresses},
		{"one gateway", nil, nil, 0},
		{"an update of its vendor IDs", nil, vendors, 0},
		{"an update of its notifies", nil, childless, 0},
		{"an update of its errors", nil, func(p *iketest.Profile) { p.ErrorSPI = false }, 0},
	} {
		sc := oddScene(singlesPolicy, iketest.Libreswan, 5)
		if tc.change != nil {
			sc.faults.Rewrite = inTurn(tc.change)
		}
		if tc.later != nil {
			later := libreswan(tc.later)
			sc.later, sc.laterProfile, sc.laterFrom = sc.policy, &later, 50
		}
		o := sc.scan(t)
		got := o.signs()
		if tc.want == 0 && len(got) > 0 || tc.want != 0 && !slices.Contains(got, tc.want) {
			t.Errorf("%s: several gateways by %v, want %v", tc.name, got, tc.want)
		}
		if o.Complete != (tc.want == 0) || o.Matrix.Proven != (tc.want == 0) {
			t.Errorf("%s: complete %v, proven %v, doubts %v", tc.name, o.Complete, o.Matrix.Proven, o.Doubts)
		}
	}
}

// TestScanBareHeaders: an answer that is nothing but a header of IKEv2 with our SPI is
// malformed IKEv2, whatever the header says, and not no IKEv2 at all; our own request
// that comes back, cut off, is neither.
func TestScanBareHeaders(t *testing.T) {
	t.Parallel()
	header := func(change func(h []byte)) func(received []byte, sent [][]byte) [][]byte {
		return func(received []byte, sent [][]byte) [][]byte {
			var out [][]byte
			for range sent {
				message, marked := ike.SplitNonESPMarker(received)
				if !marked {
					message = received
				}
				h := slices.Clone(message[:ike.HeaderLen])
				change(h)
				if marked {
					h = append(ike.AppendNonESPMarker(nil), h...)
				}
				out = append(out, h)
			}
			return out
		}
	}
	const next, exchange, flags, id, length = 16, 18, 19, 23, 24
	bare := func(h []byte) {
		h[next] = 0
		binary.BigEndian.PutUint32(h[length:], ike.HeaderLen)
	}
	for _, tc := range []struct {
		name   string
		change func(h []byte)
		want   evidence.Verdict
	}{
		{"an answer", func(h []byte) { bare(h); h[flags] = byte(ike.FlagResponse) }, evidence.VerdictIKEv2},
		{"no flag", func(h []byte) { bare(h); h[flags] = 0 }, evidence.VerdictIKEv2},
		{"a request", bare, evidence.VerdictIKEv2},
		{"another exchange", func(h []byte) { bare(h); h[flags], h[exchange] = byte(ike.FlagResponse), byte(ike.INFORMATIONAL) }, evidence.VerdictIKEv2},
		{"another message", func(h []byte) { bare(h); h[flags], h[id] = byte(ike.FlagResponse), 1 }, evidence.VerdictIKEv2},
		{"our own, cut off", func([]byte) {}, evidence.VerdictNotIKE},
		{"another version", func(h []byte) { bare(h); h[flags], h[17] = byte(ike.FlagResponse), 0x30 }, evidence.VerdictNotIKE},
	} {
		o := scene{policy: smallPolicy, profile: iketest.StrongSwan, faults: iketest.Faults{Rewrite: header(tc.change)}, rude: true, opens: true}.scan(t)
		malformed := slices.ContainsFunc(o.Doubts, func(d evidence.Doubt) bool { return d.Kind == evidence.DoubtMalformed })
		if o.Verdict != tc.want || malformed != (tc.want == evidence.VerdictIKEv2) || o.Complete == malformed {
			t.Errorf("%s: %v, complete %v, doubts %v; %v", tc.name, o.Verdict, o.Complete, o.Doubts, o.Exchanges[0].Detail)
		}
		if tc.want == evidence.VerdictIKEv2 && o.Exchanges[0].Outcome != initiator.Malformed {
			t.Errorf("%s: %v", tc.name, o.Exchanges[0].Outcome)
		}
	}
}
