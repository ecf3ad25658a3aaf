package probe

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// TestScanLimits is about gateways that ask for cookies, answer so many
// requests, or block an address for a while.
func TestScanLimits(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		profile iketest.Profile
		faults  iketest.Faults
		notes   []evidence.NoteKind
		within  time.Duration
	}{
		{"cookies", with(func(p *iketest.Profile) { p.AlwaysCookie = true }), iketest.Faults{}, []evidence.NoteKind{evidence.NoteCookies}, time.Minute},
		{"cookies, half-open blocks", with(func(p *iketest.Profile) { p.CookieFrom, p.BlockFrom = 1, 3 }), iketest.Faults{}, nil, time.Minute},
		// What closes an IKE SA goes out ahead of what the gateway drops until it is closed.
		{"cookies, blocked by one", with(func(p *iketest.Profile) { p.CookieFrom, p.BlockFrom = 1, 1 }), iketest.Faults{}, []evidence.NoteKind{evidence.NoteCookies}, 8 * time.Second},
		{"cookies of everyone, blocked by one", with(func(p *iketest.Profile) { p.AlwaysCookie, p.BlockFrom = true, 1 }), iketest.Faults{}, []evidence.NoteKind{evidence.NoteCookies}, 8 * time.Second},
		{"blocked by one", with(func(p *iketest.Profile) { p.BlockFrom = 1 }), iketest.Faults{}, nil, time.Minute},
		{"blocked by one, only accepted answers", with(func(p *iketest.Profile) {
			p.BlockFrom, p.ForeignKE, p.UnchosenKE = 1, iketest.AsRefusal, iketest.AsRefusal
		}), iketest.Faults{}, nil, 5 * time.Minute},
		{"20 a second", iketest.StrongSwan, iketest.Faults{RateLimit: 20}, []evidence.NoteKind{evidence.NoteSlowed}, time.Minute},
		{"5 a second", iketest.StrongSwan, iketest.Faults{RateLimit: 5}, []evidence.NoteKind{evidence.NoteSlowed}, 3 * time.Minute},
		{"1 a second", iketest.StrongSwan, iketest.Faults{RateLimit: 1}, []evidence.NoteKind{evidence.NoteSlowed}, 20 * time.Minute},
		{"blocked after 40 for 30 s", iketest.StrongSwan, iketest.Faults{BlockAfter: 40, BlockFor: 30 * time.Second},
			[]evidence.NoteKind{evidence.NoteAway}, 20 * time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := scene{policy: singlesPolicy, profile: tc.profile, faults: tc.faults, link: memnet.Link{Delay: 10 * ms}}.scan(t)
			o.right(t)
			if m := o.Matrix; !m.Proven && tc.profile.UnchosenKE == iketest.ByRFC {
				t.Errorf("%d without an answer, %d not tested", m.NoAnswer, m.NotTested)
			}
			o.clean(t)
			o.notes(t, tc.notes...)
			if o.Cost.Elapsed > tc.within {
				t.Errorf("it took %v", o.Cost.Elapsed)
			}
			t.Logf("%d exchanges, %d datagrams in %v, %d cookies; %v", o.Cost.Exchanges, o.Cost.DatagramsSent, o.Cost.Elapsed, o.Cost.Cookies, kindsOf(o.Notes))
		})
	}
}

// TestScanBlockedForEver: what was found until then is told.
func TestScanBlockedForEver(t *testing.T) {
	o := scene{policy: singlesPolicy, profile: iketest.StrongSwan, faults: iketest.Faults{BlockAfter: 70}}.scan(t)
	o.right(t)
	o.notes(t, evidence.NoteGone)
	if !errors.Is(o.err, ErrGone) {
		t.Errorf("error %v", o.err)
	}
	if m := o.Matrix; m.Accepted == 0 || m.NotTested+m.NoAnswer == 0 || o.Complete {
		t.Errorf("%d accepted, %d and %d undecided, complete: %v", m.Accepted, m.NoAnswer, m.NotTested, o.Complete)
	}
	// What was open when it went is closed all the same.
	for _, x := range o.Exchanges {
		if x.Outcome == initiator.NoAnswer && x.Purpose != evidence.PurposeMatrix && x.Purpose != evidence.PurposeControl && x.Purpose != evidence.PurposeClose {
			t.Errorf("exchange %d, %v, of a gateway that is gone", x.ID, x.Purpose)
		}
	}
	if o.Cost.Elapsed > 5*time.Minute || o.Cost.DatagramsSent > 300 {
		t.Errorf("it took %v and %d datagrams", o.Cost.Elapsed, o.Cost.DatagramsSent)
	}
}

// TestScanIntolerance is about gateways that do not answer what is too long for
// them, or what they do not know.
func TestScanIntolerance(t *testing.T) {
	t.Parallel()
	// deafTo drops requests that offer an algorithm for which f holds.
	deafTo := func(f func(ike.Transform) bool) iketest.Faults {
		return iketest.Faults{Rewrite: func(received []byte, sent [][]byte) [][]byte {
			message, ok := ike.SplitNonESPMarker(received)
			if !ok {
				message = received
			}
			m, _ := ike.ParseMessage(message)
			sa, ok := ike.Find[*ike.SA](m)
			if ok && slices.ContainsFunc(sa.Proposals, func(p ike.Proposal) bool { return slices.ContainsFunc(p.Transforms, f) }) {
				return nil
			}
			return sent
		}}
	}
	above21 := func(tr ike.Transform) bool { return tr.Type == ike.TransformKE && tr.ID > 21 }
	additional := func(tr ike.Transform) bool { return tr.Type >= ike.TransformADDKE1 }
	both := func(a, b iketest.Faults) iketest.Faults { a.DropRefused = b.DropRefused; return a }
	drops := iketest.Faults{DropRefused: true}
	policy := "aes256gcm16-aes128gcm16-prfsha384-ecp384-ecp521,aes256-sha256-prfsha256-modp2048"
	for _, tc := range []struct {
		name    string
		profile iketest.Profile
		faults  iketest.Faults
		link    memnet.Link
		// undecided reports whether an algorithm of a suite may have no answer.
		undecided  func(ike.Transform) bool
		notes      []evidence.NoteKind
		intolerant string // of an algorithm of this name
	}{
		{"15 transforms read", with(func(p *iketest.Profile) { p.TransformsRead = 15 }), iketest.Faults{}, memnet.Link{}, nil, nil, ""},
		{"deaf to KE payloads above 21", with(func(p *iketest.Profile) { p.DeafAboveKE = 21 }), iketest.Faults{}, memnet.Link{}, nil, nil, ""},
		{"deaf to KE transforms above 21", iketest.StrongSwan, deafTo(above21), memnet.Link{}, above21, []evidence.NoteKind{evidence.NoteIntolerances}, "KE_CURVE25519"},
		{"the same, and drops", iketest.StrongSwan, both(deafTo(above21), drops), memnet.Link{}, above21, []evidence.NoteKind{evidence.NoteIntolerances, evidence.NoteDropsRefused}, "KE_CURVE25519"},
		{"deaf to additional key exchanges", iketest.StrongSwan, deafTo(additional), memnet.Link{}, additional, []evidence.NoteKind{evidence.NoteIntolerances}, "KE_ML_KEM_768"},
		{"800 octets", iketest.StrongSwan, iketest.Faults{}, memnet.Link{Delay: 5 * ms, MaxDatagram: 800}, nil, []evidence.NoteKind{evidence.NoteLimit}, ""},
		{"600 octets", with(func(p *iketest.Profile) { p.MaxDatagram = 600 }), iketest.Faults{}, memnet.Link{}, nil, []evidence.NoteKind{evidence.NoteLimit}, ""},
		{"600 octets, and drops", with(func(p *iketest.Profile) { p.MaxDatagram = 600 }), drops, memnet.Link{}, nil, []evidence.NoteKind{evidence.NoteLimit, evidence.NoteDropsRefused}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.link.Delay == 0 {
				tc.link.Delay = 5 * ms
			}
			o := scene{policy: policy, profile: tc.profile, faults: tc.faults, link: tc.link}.scan(t)
			o.right(t)
			o.clean(t)
			o.notes(t, tc.notes...)
			n, _ := find(o.Notes, evidence.NoteIntolerances)
			if named := slices.ContainsFunc(n.Algorithms, func(a proposals.Algorithm) bool { return a.Name() == tc.intolerant }); named != (tc.intolerant != "") {
				t.Errorf("intolerant of %v, want %q among them", n.Algorithms, tc.intolerant)
			}
			t.Logf("%d exchanges, %d datagrams in %v; %v", o.Cost.Exchanges, o.Cost.DatagramsSent, o.Cost.Elapsed, kindsOf(o.Notes))
			if o.NAT == nil {
				t.Error("nothing is known of NAT")
			}
			for _, u := range o.Matrix.Undecided {
				hopeless := false
				for _, list := range u.Product {
					hopeless = hopeless || len(list) > 0 && tc.undecided != nil &&
						!slices.ContainsFunc(list, func(a proposals.Algorithm) bool { return a.IsNone() || !tc.undecided(a.Transform()) })
				}
				if t.Failed() {
					break
				}
				if !hopeless || u.State != matrix.NoAnswer || len(u.Evidence) == 0 {
					t.Errorf("undecided: %v %v %v", u.State, u.Product, u.Evidence)
				}
				for _, id := range u.Evidence {
					x := o.Exchanges[slices.IndexFunc(o.Exchanges, func(x evidence.Exchange) bool { return x.ID == id })]
					holds := slices.ContainsFunc(slices.Collect(offers.Algorithms(x.Offer)), func(a proposals.Algorithm) bool { return tc.undecided(a.Transform()) })
					if x.Outcome != initiator.NoAnswer || !holds {
						t.Errorf("%v rests on exchange %d: %v, which got %v", u.Product, id, x.Offer, x.Outcome)
					}
				}
			}
			if tc.undecided != nil && len(o.Matrix.Undecided) == 0 {
				t.Error("all is decided")
			}
		})
	}
}

// TestScanShortRequests: where long requests are dropped all is asked in parts, with
// additional key exchanges, too, whether what the greeting offers is accepted or not;
// and requests leave out what says nothing of suites, so that there are few parts.
func TestScanShortRequests(t *testing.T) {
	t.Parallel()
	for policy, most := range map[string]int{smallPolicy: 260, overlapPolicy: 440, hybridPolicy: 260} {
		o := scene{policy: policy, profile: with(func(p *iketest.Profile) { p.MaxDatagram = 600 }), link: memnet.Link{Delay: 10 * ms}}.scan(t)
		o.exact(t)
		o.clean(t)
		o.notes(t, evidence.NoteLimit)
		if o.Matrix.Accepted == 0 || o.Cost.Exchanges > most {
			t.Errorf("%s: %d suites accepted, %d exchanges, want at most %d", policy, o.Matrix.Accepted, o.Cost.Exchanges, most)
		}
	}
}

// TestScanPolicyChange: a policy that changes during the scan is seen, and the
// result is of the later one.
func TestScanPolicyChange(t *testing.T) {
	t.Parallel()
	later := "aes256gcm16-aes128gcm16-prfsha384-prfsha256-ecp384-ecp256,aes256-sha256-prfsha256-ecp256"
	seen := 0
	for from := 10; from < 110; from += 10 {
		sc := scene{policy: overlapPolicy, later: later, laterFrom: from, profile: iketest.StrongSwan, link: memnet.Link{Delay: 5 * ms}}
		o := sc.scan(t)
		o.scene.policy = later
		o.right(t)
		if o.changed() {
			seen++
		}
		if t.Failed() {
			t.Fatalf("from %d: %v", from, kindsOf(o.Notes))
		}
	}
	if seen < 8 {
		t.Errorf("seen in %d of 10 scans", seen)
	}
}

// TestScanTwoGateways: two gateways that share an address never agree, and the
// result says so.
func TestScanTwoGateways(t *testing.T) {
	n := 0
	faults := iketest.Faults{Rewrite: func(received []byte, sent [][]byte) [][]byte {
		n++
		if n%3 != 0 || len(sent) == 0 || len(sent[0]) > 60 {
			return sent
		}
		h, _, _, err := ike.ParseHeader(received)
		if err != nil || h.Exchange != ike.IKE_SA_INIT {
			return sent
		}
		h.Flags = ike.FlagResponse
		octets, _ := (&ike.Message{Header: h, Payloads: []ike.Payload{&ike.Notify{Notification: ike.NO_PROPOSAL_CHOSEN}}}).AppendBinary(nil)
		return [][]byte{octets}
	}}
	o := scene{policy: overlapPolicy, profile: iketest.StrongSwan, faults: faults, link: memnet.Link{Delay: 5 * ms}}.scan(t)
	if len(o.Doubts) == 0 || o.Complete || o.Matrix.Proven {
		t.Errorf("doubts %v, complete: %v, proven: %v", o.Doubts, o.Complete, o.Matrix.Proven)
	}
	if o.Cost.Exchanges > 3000 {
		t.Errorf("%d exchanges", o.Cost.Exchanges)
	}
}

// TestScanForged is about answers that are not the gateway's.
func TestScanForged(t *testing.T) {
	t.Run("at once", func(t *testing.T) {
		o := scene{policy: overlapPolicy, profile: iketest.StrongSwan, link: memnet.Link{Delay: 5 * ms},
			faults: iketest.Faults{Before: []iketest.Forgery{iketest.Refusal}}}.scan(t)
		o.exact(t)
		o.clean(t)
		o.notes(t, evidence.NoteConflict)
	})
	t.Run("long before", func(t *testing.T) {
		o := scene{policy: smallPolicy, profile: iketest.StrongSwan, link: memnet.Link{Delay: 5 * ms},
			faults: iketest.Faults{}, early: true}.scan(t)
		o.exact(t)
		o.clean(t)
	})
	t.Run("a method that was not offered", func(t *testing.T) {
		o := scene{policy: smallPolicy, profile: iketest.StrongSwan, link: memnet.Link{Delay: 5 * ms},
			faults: iketest.Faults{Rewrite: func(_ []byte, sent [][]byte) [][]byte {
				for _, d := range sent {
					if n := len(d); n == 38 || n == 42 { // INVALID_KE_PAYLOAD
						d[n-2], d[n-1] = 0x04, 0x01
					}
				}
				return sent
			}}}.scan(t)
		o.right(t)
	})
	t.Run("redirect", func(t *testing.T) {
		o := scene{policy: smallPolicy, profile: with(func(p *iketest.Profile) { p.RedirectTo = "other.example" }), link: memnet.Link{Delay: 5 * ms}}.scan(t)
		o.exact(t)
		o.clean(t)
		o.notes(t, evidence.NoteRedirected)
		if o.Gateway == nil || !strings.Contains(o.Gateway.Redirect, "other.example") {
			t.Errorf("gateway %+v", o.Gateway)
		}
	})
	t.Run("cookies for ever", func(t *testing.T) {
		o := scene{policy: smallPolicy, profile: iketest.StrongSwan, faults: iketest.Faults{CookieLoop: true}, rude: true}.scan(t)
		if o.Verdict != evidence.VerdictIKEv2 || o.Matrix != nil || o.Cost.DatagramsSent > 8 {
			t.Errorf("verdict %v, matrix %v, %d datagrams", o.Verdict, o.Matrix, o.Cost.DatagramsSent)
		}
		if o.Complete || !errors.Is(o.err, ErrCookies) {
			t.Errorf("complete %v, error %v", o.Complete, o.err)
		}
		o.notes(t, evidence.NoteCookieLoop)
	})
	t.Run("other methods for ever", func(t *testing.T) {
		o := scene{policy: overlapPolicy, profile: iketest.StrongSwan, faults: iketest.Faults{InvalidKELoop: true}}.scan(t)
		if o.Cost.Exchanges > 2000 {
			t.Errorf("%d exchanges", o.Cost.Exchanges)
		}
		t.Logf("%d exchanges, %d accepted; %v", o.Cost.Exchanges, o.Matrix.Accepted, kindsOf(o.Notes))
	})
}

// TestScanGivesUp: a gateway whose answers follow no policy ends the scan, for
// their number or since IKE SAs that it opens cannot be closed.
func TestScanGivesUp(t *testing.T) {
	o := scene{policy: overlapPolicy, profile: iketest.StrongSwan, rude: true, opens: true, scanner: Scanner{Rate: 1000},
		faults: iketest.Faults{FalseRefusal: 0.5, FalseAcceptance: 0.5}}.scan(t)
	const most = 3 * 4096 // of what the planner asks, each may be asked again
	if o.Complete || o.Matrix.Proven || o.Cost.Exchanges > most {
		t.Errorf("complete %v, proven %v, given up after %d of %d", o.Complete, o.Matrix.Proven, o.Matrix.Spent, o.Cost.Exchanges)
	}
	switch {
	case errors.Is(o.err, ErrGaveUp):
		o.notes(t, evidence.NoteGaveUp)
	case !errors.Is(o.err, ErrHalfOpen):
		t.Errorf("error %v", o.err)
	}
}

// TestScanShortRequestsOfNothing: a gateway that answers short requests alone and
// accepts nothing is not asked hundreds of times with KE payloads that fit, and what
// these could not ask about is unknown.
func TestScanShortRequestsOfNothing(t *testing.T) {
	t.Parallel()
	o := scene{profile: iketest.Profile{MaxDatagram: 600}, link: memnet.Link{Delay: 5 * ms}}.scan(t)
	o.right(t)
	o.notes(t, evidence.NoteLimit, evidence.NoteBlindUnread)
	if o.Cost.Exchanges > 400 {
		t.Errorf("%d exchanges", o.Cost.Exchanges)
	}
	if n, ok := find(o.Notes, evidence.NoteIntolerances); ok {
		t.Errorf("it is called intolerant of %v, for the length of the requests", n.Algorithms)
	}
	for suite, want := range map[string]matrix.State{
		"aes256-sha256-prfsha256-modp2048":          matrix.Refused,
		"aes256-sha256-prfsha256-modp8192":          matrix.NoAnswer,
		"aes256gcm16-prfsha256-x25519-ke1_mlkem768": matrix.NoAnswer,
	} {
		s, _ := products(t, suite)[0].First()
		if state, _ := o.Matrix.State(s); state != want {
			t.Errorf("%s is %v, want %v", suite, state, want)
		}
	}
	for _, u := range o.Matrix.Undecided {
		for _, id := range u.Evidence {
			x := o.Exchanges[slices.IndexFunc(o.Exchanges, func(x evidence.Exchange) bool { return x.ID == id })]
			if x.Outcome != initiator.NoAnswer {
				t.Errorf("%v rests on exchange %d, which got %v", u.Product, id, x.Outcome)
			}
		}
	}
}
