package probe

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// fidelity is how a result stands to what is true of the gateway.
type fidelity struct {
	// wrong are the claims of a proven matrix that are false.
	wrong []string
	// contradicted: the exchanges contradict a result that is complete.
	contradicted []string
	// missed: a weak member with a tenth of the answers or more was not seen,
	// by a result that a gate would pass.
	missed bool
	// exact: all is decided, and as it is.
	exact bool
}

// sound reports whether nothing is claimed that is not so.
func (f fidelity) sound() bool { return len(f.wrong)+len(f.contradicted) == 0 && !f.missed }

// fidelity holds a result against the gateway.
func (o outcome) fidelity(t *testing.T, seed uint64) fidelity {
	t.Helper()
	var f fidelity
	f.contradicted = o.contradicted()
	if !o.Complete {
		f.contradicted = nil
	}
	m := o.Matrix
	if m == nil || !m.Proven {
		return f
	}
	rng := rand.New(rand.NewPCG(seed, 7))
	for _, s := range o.witnesses(t, rng) {
		state, _ := m.State(s)
		truth := o.accepts(s)
		if state == matrix.Accepted && !o.acceptsAnywhere(s) {
			f.wrong = append(f.wrong, "accepted: "+s.String())
		} else if state == matrix.Refused && truth {
			if o.weakOnly(s) {
				f.missed = true
			}
			f.wrong = append(f.wrong, "refused: "+s.String())
		}
	}
	f.exact = o.Complete && f.sound()
	return f
}

// contradicted looks for a suite that was chosen from one offer and refused in
// another one, each with a KE payload that lets the gateway say so, by an answer
// that was not seen to be forged.
func (o outcome) contradicted() []string {
	var out []string
	for _, x := range o.Exchanges {
		if x.Outcome != initiator.Accepted || x.Type != ike.IKE_SA_INIT {
			continue
		}
		for _, y := range o.Exchanges {
			if y.Outcome == initiator.NoProposalChosen && !y.Doubtful && y.KE == ike.KeyExchangeMethod(x.Suite[proposals.KE].ID) &&
				slices.ContainsFunc(y.Offer, func(p proposals.Product) bool { return p.Contains(*x.Suite) }) {
				out = append(out, fmt.Sprintf("%v was chosen in exchange %d and refused in %d", x.Suite, x.ID, y.ID))
			}
		}
	}
	return out
}

// witnesses are suites to hold a matrix to: of the policies, of what it calls
// accepted, and of all.
func (o outcome) witnesses(t *testing.T, rng *rand.Rand) []proposals.Suite {
	var out []proposals.Suite
	some := func(products []proposals.Product, most int) {
		for _, p := range products {
			for range most {
				var s proposals.Suite
				for axis, list := range p {
					if len(list) > 0 {
						s[axis] = list[rng.IntN(len(list))]
					} else {
						s[axis] = proposals.None(proposals.Axis(axis))
					}
				}
				out = append(out, s)
			}
		}
	}
	for _, policy := range []string{o.scene.policy, o.scene.later, "3des-sha1-prfsha1-modp1024"} {
		if policy != "" {
			some(products(t, policy), 20)
		}
	}
	for _, r := range o.Matrix.Products {
		some([]proposals.Product{r.Product}, 40)
	}
	some(o.Matrix.Asked, 40)
	return slices.DeleteFunc(out, func(s proposals.Suite) bool {
		state, _ := o.Matrix.State(s)
		return state == matrix.NotTested && !slices.ContainsFunc(o.Matrix.Asked, func(p proposals.Product) bool { return p.Contains(s) })
	})
}

func proposalOf(s proposals.Suite) ike.Proposal { return s.Product().Proposal(1) }

// accepts reports whether s is accepted by a gateway that gave a tenth of the
// answers or more.
func (o outcome) accepts(s proposals.Suite) bool {
	return slices.ContainsFunc(o.heard(), func(r *iketest.Responder) bool { return r.Accepts(proposalOf(s)) })
}

// acceptsAnywhere reports whether some gateway accepts s.
func (o outcome) acceptsAnywhere(s proposals.Suite) bool { return o.gateway.Accepts(proposalOf(s)) }

// weakOnly reports whether s is what a weak member accepts, and the others not.
func (o outcome) weakOnly(s proposals.Suite) bool {
	return len(o.gateway.Members) > 0 && !o.alone().Accepts(proposalOf(s))
}

// alone returns the gateway without its members.
func (o outcome) alone() *iketest.Responder {
	g := o.gateway
	return &iketest.Responder{Policy: g.Policy, LaterPolicy: g.LaterPolicy, LaterProfile: g.LaterProfile, LaterFrom: g.LaterFrom,
		Profile: g.Profile, Faults: g.Faults}
}

// heard returns the gateways that gave a tenth of the answers or more.
func (o outcome) heard() []*iketest.Responder {
	var out []*iketest.Responder
	if o.stats.InitRequests*10 >= len(o.Exchanges) {
		out = append(out, o.alone())
	}
	for _, m := range o.gateway.Members {
		if m.Responder.Stats().InitRequests*10 >= len(o.Exchanges) {
			out = append(out, m.Responder)
		}
	}
	return out
}

// truthPolicies are those that odd gateways have.
var truthPolicies = []string{overlapPolicy, smallPolicy, singlesPolicy, "aes256gcm16-prfsha384-ecp384,aes128-aes256-sha256-prfsha256-modp2048"}

// oddScene is a scene of a gateway with oddities.
func oddScene(policy string, profile iketest.Profile, seed uint64, odd ...iketest.Oddity) scene {
	return scene{policy: policy, profile: profile, seed: seed, odd: odd, rude: true, opens: true,
		faults: iketest.Faults{Seed: seed}, link: memnet.Link{Delay: 10 * ms},
		during: func(cancel context.CancelFunc) { time.AfterFunc(time.Hour, cancel) }}
}

// TestTruthAlone: of each kind of odd gateway nothing is claimed that is not so.
func TestTruthAlone(t *testing.T) {
	t.Parallel()
	for i, odd := range iketest.Oddities() {
		t.Run(odd.Name, func(t *testing.T) {
			for j, policy := range truthPolicies[:2] {
				if testing.Short() && j != i%2 {
					continue
				}
				o := oddScene(policy, iketest.StrongSwan, uint64(i*10+j), odd).scan(t)
				f := o.fidelity(t, uint64(i))
				o.report(t, f)
				o.soon(t)
				if o.left() > o.Cost.HalfOpenLeft {
					t.Errorf("%d half-open IKE SAs are left, the result says %d", o.left(), o.Cost.HalfOpenLeft)
				}
			}
		})
	}
}

// TestTruthResumed: the same where a scan was cut short, at some point or another, and
// another one goes on with its answers. A report keeps some doubts of the first scan; here
// the other one has to be sound without them.
func TestTruthResumed(t *testing.T) {
	t.Parallel()
	for i, odd := range iketest.Oddities() {
		stops := []int{5, 20, 35, 50, 80}
		if testing.Short() {
			stops = stops[i%len(stops):][:1]
			if i%16 != 0 {
				continue
			}
		}
		t.Run(odd.Name, func(t *testing.T) {
			for n, stop := range stops {
				sc := oddScene(truthPolicies[(i+n)%2], iketest.StrongSwan, uint64(i*10+n), odd)
				sc.scanner.MaxExchanges = stop
				next := sc.scan(t).goOn()
				next.during = sc.during
				o := next.scan(t)
				o.report(t, o.fidelity(t, uint64(i)))
			}
		})
	}
}

// left returns how many half-open IKE SAs are left at the gateway and its members.
func (o outcome) left() int {
	n := o.stats.HalfOpen
	for _, m := range o.gateway.Members {
		n += m.Responder.Stats().HalfOpen
	}
	return n
}

// admits fails where the gateway and its members hold more half-open IKE SAs than the
// result admits: those that are left, and of those that are not confirmed one for each
// time that the request was sent.
func (o outcome) admits(t *testing.T) {
	t.Helper()
	most := o.Cost.HalfOpenLeft
	for _, x := range o.Exchanges {
		if slices.Contains(o.Cost.HalfOpenUnconfirmed, x.ID) {
			most += x.Tries
		}
	}
	if held := o.left(); held > most {
		t.Errorf("%d half-open IKE SAs are left, the result says %d, and perhaps those of %v", held, o.Cost.HalfOpenLeft, o.Cost.HalfOpenUnconfirmed)
	}
}

// soon fails where it took long to find out that the answers are in disorder, unless
// the gateway was away.
func (o outcome) soon(t *testing.T) {
	t.Helper()
	disorder := slices.ContainsFunc(o.Doubts, func(d evidence.Doubt) bool {
		return slices.Contains([]evidence.DoubtKind{evidence.DoubtContradiction, evidence.DoubtSeveral, evidence.DoubtUnredeemed,
			evidence.DoubtUnread, evidence.DoubtMalformed, evidence.DoubtForged}, d.Kind)
	})
	if _, away := find(o.Notes, evidence.NoteAway); !disorder || away {
		return
	}
	if o.Cost.Elapsed > 30*time.Second || o.Cost.Exchanges > 1200 {
		t.Errorf("it took %v and %d exchanges to find %v", o.Cost.Elapsed, o.Cost.Exchanges, o.Doubts)
	}
}

// report fails where a result is not sound, and logs what it is.
func (o outcome) report(t *testing.T, f fidelity) {
	t.Helper()
	what := "honestly unknown"
	switch {
	case !f.sound():
		what = "FALSE"
		t.Errorf("wrong %d: %.300v; contradicted %d: %.300v; missed: %v", len(f.wrong), f.wrong, len(f.contradicted), f.contradicted, f.missed)
	case f.exact:
		what = "exact"
	}
	acc := int64(-1)
	if o.Matrix != nil {
		acc = o.Matrix.Accepted
	}
	var doubts []evidence.DoubtKind
	for _, d := range o.Doubts {
		doubts = append(doubts, d.Kind)
	}
	var habits []evidence.HabitKind
	for _, h := range o.Habits {
		habits = append(habits, h.Kind)
	}
	t.Logf("%s: %v, accepted %d, complete %v; %d exchanges in %v, %d left (says %d); %v %v", what, o.Verdict, acc, o.Complete,
		o.Cost.Exchanges, o.Cost.Elapsed.Round(time.Second), o.left(), o.Cost.HalfOpenLeft, doubts, habits)
}

// TestTruthMixed: whatever kinds of odd gateways meet, on paths that lose, nothing
// is claimed that is not so.
func TestTruthMixed(t *testing.T) {
	t.Parallel()
	scans := uint64(400)
	if testing.Short() {
		scans = 15
	}
	if n, err := strconv.ParseUint(os.Getenv("IKESCOPE_TRUTH_SCANS"), 10, 64); err == nil {
		scans = n
	}
	odds := iketest.Oddities()
	profiles := []iketest.Profile{iketest.StrongSwan, iketest.Libreswan, iketest.OpenIKED, {}}
	count := make(map[string]int)
	for seed := range scans {
		r := rand.New(rand.NewPCG(seed, 3))
		var odd []iketest.Oddity
		var names []string
		for _, i := range r.Perm(len(odds))[:1+r.IntN(3)] {
			odd = append(odd, odds[i])
			names = append(names, odds[i].Name)
		}
		sc := oddScene(truthPolicies[r.IntN(len(truthPolicies))], profiles[r.IntN(len(profiles))], seed, odd...)
		sc.link.Loss = []float64{0, 0, 0.05, 0.2}[r.IntN(4)]
		t.Run(fmt.Sprintf("%d %s", seed, strings.Join(names, " and ")), func(t *testing.T) {
			o := sc.scan(t)
			f := o.fidelity(t, seed)
			o.report(t, f)
			o.admits(t)
			switch {
			case !f.sound():
				count["false"]++
			case f.exact:
				count["exact"]++
			default:
				count["unknown"]++
			}
		})
	}
	t.Logf("%d scans: %d exact, %d unknown, %d false", scans, count["exact"], count["unknown"], count["false"])
}

// TestTruthMet are mixes of which something false was once said.
func TestTruthMet(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kinds   []string
		seed    uint64
		policy  string
		profile iketest.Profile
		loss    float64
	}{
		// The true answers are malformed, and behind the forged ones, or ahead of them.
		{[]string{"a forged refusal well ahead", "half of every answer"}, 41, smallPolicy, iketest.StrongSwan, 0},
		{[]string{"redirects and is silent to others", "a forged refusal ahead", "half of every answer"}, 125, smallPolicy, iketest.StrongSwan, 0},
		{[]string{"a forged refusal behind", "half of every answer"}, 2972, overlapPolicy, iketest.OpenIKED, 0},
		// A true answer is lost, and the forged one refuses an offer of several
		// methods. The same offer is accepted in the next exchange.
		{[]string{"a forged refusal behind"}, 47, singlesPolicy, iketest.OpenIKED, 0.05},
		// One member accepts such an offer, the other one refuses it.
		{[]string{"a member that refuses everything", "asks for an unknown key exchange"}, 393, singlesPolicy, iketest.Libreswan, 0.2},
		// One member redirects, and is silent to who does not follow; the other one
		// refuses by silence.
		{[]string{"refuses by silence", "a weak member for a tenth of the packets", "redirects and is silent to others"}, 425, truthPolicies[3], iketest.Profile{}, 0},
		// Its silence is a refusal, so that one of the weak suites says little: they go
		// with all that is asked.
		{[]string{"refuses by silence", "hundreds of vendor IDs", "a weak member for a tenth of the SPIs on port 500"}, 482, singlesPolicy, iketest.Profile{}, 0.2},
		// It asks for a method that is none, and reads nothing else of an offer.
		{[]string{"asks for an unknown key exchange", "reads 15 transforms of a type", "reads the first Proposal"}, 885, smallPolicy, iketest.Profile{}, 0.05},
		// True answers are lost, and the forged refusals that stand alone look as if
		// they were from another gateway, which refuses everything.
		{[]string{"reads one transform of a type", "a forged refusal ahead", "refuses more than 8 transforms of a type"}, 820, singlesPolicy, iketest.OpenIKED, 0.2},
		// The true answer asks for a cookie, and comes behind the forged one.
		{[]string{"a forged refusal well ahead", "demands a cookie of everyone", "a malformed acceptance: two Proposals are chosen"}, 1157, smallPolicy, iketest.Profile{}, 0},
		// Each of two products was asked by itself, and the weak one among them was not
		// looked for meanwhile.
		{[]string{"a malformed acceptance: two Proposals are chosen", "a weak member for a tenth of the packets", "two products behind one address"}, 1563, smallPolicy, iketest.StrongSwan, 0.2},
		// What one member chose another one refused, with the KE payload for it.
		{[]string{"members with addresses of their own", "refuses the key exchange that it asked for"}, 1596, truthPolicies[3], iketest.OpenIKED, 0.05},
		// The scan is short, and only one of its questions that are answered yes came to the
		// member that refuses them.
		{[]string{"a member that refuses everything"}, 2143, truthPolicies[3], iketest.StrongSwan, 0},
		// All yeses of a true answer stand beside a forged no, so that they decide nothing,
		// and of an offer only the first transforms are read.
		{[]string{"does not answer IKE_AUTH", "reads one transform of a type", "a forged refusal ahead"}, 997, smallPolicy, iketest.StrongSwan, 0},
		// The true answer, which is ahead, is lost now and then, and the forged refusals
		// behind the others come when these are over.
		{[]string{"a forged refusal behind"}, 203, overlapPolicy, iketest.StrongSwan, 0.05},
		// The one question with a suite that the gateway takes alone came to the weak member.
		{[]string{"fakes a NAT before itself", "reads the first Proposal", "a weak member for a tenth of the SPIs"}, 6790, smallPolicy, iketest.Profile{}, 0},
		// Nothing is lost, and yet the answers are forged to the end.
		{[]string{"reads one transform of a type", "a forged refusal well ahead", "a forged INVALID_KE_PAYLOAD behind"}, 7402, smallPolicy, iketest.StrongSwan, 0},
		// It accepts nothing, and of the questions whose KE payload fits, which are most of
		// them, none asked for weak suites.
		{[]string{"holds no policy for IKEv2", "a weak member for a tenth of the SPIs on port 500"}, 1192, singlesPolicy, iketest.OpenIKED, 0.2},
		// The one that redirects and is silent has a port of its own, and what the other one
		// accepts says nothing of it.
		{[]string{"a weak member on port 4500", "redirects and is silent to others", "asks for an unknown key exchange"}, 3248, overlapPolicy, iketest.Libreswan, 0.05},
		// The offer with the method that it asks for is too long for it, so that it could not be
		// given, and where it was given later it asked for another one.
		{[]string{"drops requests above 600 octets", "asks for another key exchange for ever", "a malformed acceptance: the KE payload is missing"}, 4201, smallPolicy, iketest.StrongSwan, 0.2},
		// It reads the first Proposal, and takes an unknown number in it, so that the last one
		// seems to be read.
		{[]string{"reads the first Proposal", "accepts unknown numbers", "a malformed acceptance: the initiator SPI is wrong"}, 5253, overlapPolicy, iketest.OpenIKED, 0},
		// It refuses by silence, with the method that it asked for, too.
		{[]string{"refuses the key exchange that it asked for", "answers 20 datagrams a second", "refuses by silence"}, 7406, overlapPolicy, iketest.StrongSwan, 0},
		// The one that redirects is silent where the weak member refuses aloud.
		{[]string{"a weak member for half of the SPIs", "a malformed acceptance: two Proposals are chosen", "redirects and is silent to others"}, 171, smallPolicy, iketest.OpenIKED, 0.05},
	} {
		var odd []iketest.Oddity
		for _, name := range tc.kinds {
			i := slices.IndexFunc(iketest.Oddities(), func(o iketest.Oddity) bool { return o.Name == name })
			odd = append(odd, iketest.Oddities()[i])
		}
		sc := oddScene(tc.policy, tc.profile, tc.seed, odd...)
		sc.link.Loss = tc.loss
		o := sc.scan(t)
		f := o.fidelity(t, tc.seed)
		o.report(t, f)
	}
}
