package probe

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// with returns strongSwan's profile, changed.
func with(change func(*iketest.Profile)) iketest.Profile {
	p := iketest.StrongSwan
	change(&p)
	return p
}

// acceptsOnly names the key exchange method that it wants to nobody.
var acceptsOnly = with(func(p *iketest.Profile) { p.ForeignKE, p.UnchosenKE = iketest.AsRefusal, iketest.AsRefusal })

// TestScanKE is about gateways that do not answer a KE payload of a method
// that was not offered with INVALID_KE_PAYLOAD.
func TestScanKE(t *testing.T) {
	t.Parallel()
	foreign := func(r iketest.Reaction) iketest.Profile {
		return with(func(p *iketest.Profile) { p.ForeignKE = r })
	}
	both := func(r iketest.Reaction) iketest.Profile {
		return with(func(p *iketest.Profile) { p.ForeignKE, p.UnchosenKE = r, r })
	}
	const decoy, accepted = evidence.NoteDecoy, evidence.NoteOpening
	for _, tc := range []struct {
		name    string
		profile iketest.Profile
		note    evidence.NoteKind
		left    int // half-open IKE SAs that cannot be closed
	}{
		{"foreign refused", foreign(iketest.AsRefusal), decoy, 0},
		{"foreign is bad syntax", foreign(iketest.AsSyntax), decoy, 0},
		{"foreign is dropped", foreign(iketest.AsSilence), decoy, 0},
		{"foreign accepted", foreign(iketest.AsAccepted), accepted, 2},
		{"unchosen refused", both(iketest.AsRefusal), accepted, 0},
		{"unchosen is bad syntax", both(iketest.AsSyntax), accepted, 0},
		{"unchosen accepted", both(iketest.AsAccepted), accepted, 2},
		{"follows the KE payload", with(func(p *iketest.Profile) {
			p.FollowKE, p.ForeignKE, p.UnchosenKE = true, iketest.AsRefusal, iketest.AsRefusal
		}), accepted, 0},
	} {
		for _, policy := range []string{smallPolicy, singlesPolicy, overlapPolicy} {
			if policy != smallPolicy && tc.note == accepted && tc.name != "unchosen refused" {
				continue // big public values take their time
			}
			t.Run(tc.name, func(t *testing.T) {
				o := scene{policy: policy, profile: tc.profile, link: memnet.Link{Delay: 5 * ms}}.scan(t)
				o.right(t)
				o.notes(t, tc.note)
				for _, u := range o.Matrix.Undecided {
					for _, a := range u.Product[3] {
						if tc.note != accepted || a.Name() != "KE_GOST3410_2012_256" && a.Name() != "KE_GOST3410_2012_512" {
							t.Fatalf("undecided: %v", u.Product)
						}
					}
				}
				if o.stats.HalfOpenPeak > 3 || o.Cost.HalfOpenLeft != tc.left || o.stats.Accepted-o.stats.Closed != tc.left {
					t.Errorf("%d half-open at most, %d left, the gateway closed %d of %d", o.stats.HalfOpenPeak, o.Cost.HalfOpenLeft, o.stats.Closed, o.stats.Accepted)
				}
				t.Logf("%d exchanges in %v, peak %d", o.Cost.Exchanges, o.Cost.Elapsed, o.stats.HalfOpenPeak)
			})
		}
	}
}

// TestScanDecoyTaken: a decoy that the gateway takes beside a cipher that the
// control offer does not hold is given up, also where silence refuses.
func TestScanDecoyTaken(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string]iketest.Faults{"refuses": {}, "drops": {DropRefused: true}} {
		t.Run(name, func(t *testing.T) {
			o := scene{policy: smallPolicy + ",aes256-aesxcbc-prfsha256-modp768",
				profile: with(func(p *iketest.Profile) { p.ForeignKE = iketest.AsRefusal }), faults: faults, link: memnet.Link{Delay: 5 * ms},
				during: func(cancel context.CancelFunc) { time.AfterFunc(time.Hour, cancel) }}.scan(t)
			o.right(t)
			o.clean(t)
			o.notes(t, evidence.NoteDecoyTaken, evidence.NoteOpening)
			if !o.Complete {
				t.Errorf("it did not end by itself: %d exchanges in %v", o.Cost.Exchanges, o.Cost.Elapsed)
			}
		})
	}
}

// TestScanKERare: a gateway that takes only what hardly a client offers is not
// taken for one that takes nothing, however it answers KE payloads.
func TestScanKERare(t *testing.T) {
	t.Parallel()
	for name, profile := range map[string]iketest.Profile{
		"only accepted answers": acceptsOnly,
		"decoy":                 with(func(p *iketest.Profile) { p.ForeignKE = iketest.AsRefusal }),
	} {
		for _, policy := range []string{
			"aes256ccm16-prfsha256-ecp256", "aes192ctr-aesxcbc-prfaesxcbc-modp3072", "aes128gcm12-prfmd5-modp6144",
			"aes128ccm12-aes128gcm12-prfmd5-modp8192", "aes256gcm16-prfsha384-mlkem1024",
			hybridPolicy, "aes128ctr-sha1-prfaescmac-ecp384-ke1_mlkem512", "aes256gcm16-prfsha384-modp3072-ke1_mlkem768-ke2_mlkem1024",
		} {
			t.Run(name+"/"+policy, func(t *testing.T) {
				o := scene{policy: policy, profile: profile, link: memnet.Link{Delay: 5 * ms}}.scan(t)
				o.right(t)
				o.clean(t)
				if o.Matrix.Accepted == 0 {
					t.Error("nothing is accepted")
				}
			})
		}
	}
	nothing := scene{profile: iketest.StrongSwan, link: memnet.Link{Delay: 5 * ms}}.scan(t)
	nothing.exact(t)
	if n := nothing.Cost.Exchanges; n > 207 {
		t.Errorf("%d exchanges to see that nothing is accepted", n)
	}
}

// TestScanKELong: a gateway that cannot be asked about a method, as a KE payload
// of it makes requests too long for the gateway or the path, is not said to
// refuse it.
func TestScanKELong(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"", "aes256gcm16-prfsha384-modp8192", "aes256gcm16-prfsha384-mlkem768"} {
		o := scene{policy: policy, profile: with(func(p *iketest.Profile) {
			p.ForeignKE, p.UnchosenKE, p.MaxDatagram = iketest.AsRefusal, iketest.AsRefusal, gateway.MaxDatagram
		}), link: memnet.Link{Delay: 5 * ms}}.scan(t)
		o.right(t)
		o.clean(t)
		n, _ := find(o.Notes, evidence.NoteIntolerances)
		var names []string
		for _, a := range n.Algorithms {
			names = append(names, a.Name())
		}
		if want := []string{"KE_ML_KEM_1024", "KE_ML_KEM_512", "KE_ML_KEM_768", "KE_MODP_6144", "KE_MODP_8192"}; !slices.Equal(names, want) {
			t.Errorf("intolerant of %v, want %v", names, want)
		}
		if m := o.Matrix; m.Proven || m.NoAnswer == 0 || m.NotTested != 0 {
			t.Errorf("%s: %d without an answer, %d not tested; proven: %v", policy, m.NoAnswer, m.NotTested, m.Proven)
		}
		t.Logf("%s: %d exchanges in %v", policy, o.Cost.Exchanges, o.Cost.Elapsed)
	}
}

// TestScanKELoss: on a bad path, too, it is found out how a gateway has to be
// asked, and no answer is lost for good that has opened an IKE SA.
func TestScanKELoss(t *testing.T) {
	t.Parallel()
	for name, profile := range map[string]iketest.Profile{
		"only accepted answers": acceptsOnly,
		"decoy":                 with(func(p *iketest.Profile) { p.ForeignKE = iketest.AsRefusal }),
	} {
		for _, tc := range []struct {
			loss float64
			left int // scans that may not know of an IKE SA that it was closed
		}{{0.05, 0}, {0.2, 1}, {0.4, 5}} {
			t.Run(fmt.Sprintf("%s, %v", name, tc.loss), func(t *testing.T) {
				left := 0
				var longest time.Duration
				for seed := range repeated(20) {
					o := scene{policy: smallPolicy, profile: profile, link: memnet.Link{Delay: 10 * ms, Loss: tc.loss}, seed: seed}.scan(t)
					o.right(t)
					if o.Matrix.Accepted == 0 || t.Failed() {
						t.Fatalf("seed %d: %d accepted; %v", seed, o.Matrix.Accepted, kindsOf(o.Notes))
					}
					_, found := find(o.Notes, evidence.NoteOpening)
					if found != (profile.UnchosenKE == iketest.AsRefusal) {
						t.Errorf("seed %d: %v", seed, kindsOf(o.Notes))
					}
					if o.stats.HalfOpenPeak > 3 || o.stats.Accepted != o.stats.Closed {
						t.Errorf("seed %d: %d half-open at most, %d of %d closed", seed, o.stats.HalfOpenPeak, o.stats.Closed, o.stats.Accepted)
					}
					if o.Cost.HalfOpenLeft > 0 {
						left++
					}
					longest = max(longest, o.Cost.Elapsed)
				}
				if left > tc.left {
					t.Errorf("%d scans say that IKE SAs are left, want at most %d", left, tc.left)
				}
				t.Logf("%d scans say that IKE SAs are left; at most %v", left, longest)
			})
		}
	}
}

// TestScanRefusals is about gateways that refuse otherwise than with
// NO_PROPOSAL_CHOSEN.
func TestScanRefusals(t *testing.T) {
	t.Parallel()
	chacha := "chacha20poly1305-prfsha256-ecp256"
	for _, tc := range []struct {
		name   string
		scene  scene
		note   evidence.NoteKind
		within time.Duration
	}{
		{"silence", scene{policy: overlapPolicy, faults: iketest.Faults{DropRefused: true}}, evidence.NoteDropsRefused, 5 * time.Minute},
		{"silence, and the greeting is refused", scene{policy: chacha, faults: iketest.Faults{DropRefused: true}}, evidence.NoteDropsRefused, 5 * time.Minute},
		{"silence, half the datagrams", scene{policy: smallPolicy, faults: iketest.Faults{DropRefused: true},
			link: memnet.Link{Delay: 10 * ms, Loss: 0.2}}, evidence.NoteDropsRefused, time.Hour},
		{"silence, a limit", scene{policy: smallPolicy, faults: iketest.Faults{DropRefused: true, RateLimit: 10}}, evidence.NoteDropsRefused, time.Hour},
		{"silence, only accepted answers", scene{policy: smallPolicy, profile: acceptsOnly, faults: iketest.Faults{DropRefused: true}}, evidence.NoteDropsRefused, time.Hour},
		{"bad syntax", scene{policy: overlapPolicy, profile: with(func(p *iketest.Profile) { p.Refusal = ike.INVALID_SYNTAX })},
			evidence.NoteRefusesByError, time.Minute},
		{"bad syntax, and the greeting is refused", scene{policy: "chacha20poly1305-prfsha256-ecp256bp", profile: with(func(p *iketest.Profile) { p.Refusal = ike.INVALID_SYNTAX })},
			evidence.NoteRefusesByError, time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.scene.profile.CookieFrom == 0 {
				tc.scene.profile = iketest.StrongSwan
			}
			if tc.scene.link.Delay == 0 {
				tc.scene.link.Delay = 5 * ms
			}
			o := tc.scene.scan(t)
			o.right(t)
			o.clean(t)
			o.notes(t, tc.note)
			if m := o.Matrix; m != nil && !m.Proven && o.scene.profile.UnchosenKE == iketest.ByRFC {
				t.Errorf("%d without an answer, %d not tested", m.NoAnswer, m.NotTested)
			}
			if o.Cost.Elapsed > tc.within {
				t.Errorf("it took %v", o.Cost.Elapsed)
			}
			t.Logf("%d exchanges, %d datagrams in %v; %v", o.Cost.Exchanges, o.Cost.DatagramsSent, o.Cost.Elapsed, kindsOf(o.Notes))
		})
	}
}

// TestScanOnlyError: where every offer gets the same error, nothing of the
// policy can be told, and the reader learns why.
func TestScanOnlyError(t *testing.T) {
	t.Parallel()
	for _, refusal := range []ike.NotifyType{ike.AUTHENTICATION_FAILED, ike.INVALID_SYNTAX, 8193} {
		for name, universe := range map[string]*matrix.Universe{"standard": nil, "quick": matrix.Quick(), "deep": matrix.Deep()} {
			t.Run(refusal.String()+"/"+name, func(t *testing.T) {
				o := scene{
					profile: with(func(p *iketest.Profile) { p.Refusal = refusal }),
					link:    memnet.Link{Delay: 5 * ms}, scanner: Scanner{Universe: universe},
				}.scan(t)
				if n, _ := find(o.Notes, evidence.NoteOnlyError); n.Notify != refusal || n.Detail != refusal.String() {
					t.Errorf("note %+v, of %v", n, kindsOf(o.Notes))
				}
				if m := o.Matrix; m != nil && (m.Accepted != 0 || m.Refused != 0) {
					t.Errorf("%d accepted, %d refused", m.Accepted, m.Refused)
				}
				if o.Cost.Exchanges >= 40 {
					t.Errorf("%d exchanges for that", o.Cost.Exchanges)
				}
			})
		}
	}
}

// TestScanWhole: of a gateway that takes a client's first packet as it is, and
// nothing else, it is not said that it accepts nothing.
func TestScanWhole(t *testing.T) {
	t.Parallel()
	const theirs = "camellia256-sha256-prfsha256-modp2048,aes256gcm16-prfsha384-ecp384"
	known := []initiator.FirstPacket{packet(t, "aes128-sha1-prfsha1-modp2048"), packet(t, theirs), packet(t, "aes256gcm16-prfsha384-ecp384")}
	for _, tc := range []struct {
		name    string
		known   []initiator.FirstPacket
		profile iketest.Profile
		doubted bool
	}{
		{"known", known, with(func(p *iketest.Profile) { p.WholeOffer = true }), true},
		{"not known", known[:1], with(func(p *iketest.Profile) { p.WholeOffer = true }), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := scene{policy: theirs, profile: tc.profile, rude: true, scanner: Scanner{Known: tc.known}}.scan(t)
			doubted := slices.ContainsFunc(o.Doubts, func(d evidence.Doubt) bool { return d.Kind == evidence.DoubtWhole && len(d.Exchanges) > 0 })
			if doubted != tc.doubted || o.Complete == tc.doubted || o.Matrix.Proven == tc.doubted || (o.Matrix.Accepted > 0) != tc.doubted {
				t.Errorf("doubts %v, complete: %v, proven: %v, %d suites accepted", o.Doubts, o.Complete, o.Matrix.Proven, o.Matrix.Accepted)
			}
			if o.stats.HalfOpen > 0 {
				t.Errorf("%d half-open IKE SAs left", o.stats.HalfOpen)
			}
		})
	}
	t.Run("nothing", func(t *testing.T) {
		many := slices.Repeat(known, 20)
		without := scene{rude: true}.scan(t)
		o := scene{rude: true, scanner: Scanner{Known: many}}.scan(t)
		if extra := o.Cost.Exchanges - without.Cost.Exchanges; extra != mostWhole || !o.Complete || o.Matrix.Accepted != 0 || !o.Matrix.Proven {
			t.Errorf("%d exchanges more, want %d; complete: %v, %d suites accepted, proven: %v", extra, mostWhole, o.Complete, o.Matrix.Accepted, o.Matrix.Proven)
		}
	})
}
