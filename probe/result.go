package probe

import (
	"fmt"
	"math"
	"net/netip"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Verdict is the one word on a target.
type Verdict uint8

const (
	VerdictNoAnswer    Verdict = iota // silence on every path
	VerdictIKEv2                      // an IKEv2 responder answered
	VerdictUnreachable                // ICMP errors, and no answer
	VerdictNotIKE                     // something answered that is not an IKEv2 responder
	VerdictError                      // the scan could not be done, see Result.Err
)

var verdicts = [...]string{
	VerdictNoAnswer:    "no_answer",
	VerdictIKEv2:       "ikev2",
	VerdictUnreachable: "unreachable",
	VerdictNotIKE:      "not_ike",
	VerdictError:       "error",
}

// String returns the verdict as the JSON document writes it.
func (v Verdict) String() string {
	if int(v) < len(verdicts) {
		return verdicts[v]
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}

// Preference is how the gateway chooses, as far as it was seen.
type Preference struct {
	// KE lists key exchange methods, most preferred first: in the order in
	// which the gateway chooses them from what it accepts, if those that it
	// chose are offered no more. It is empty where the initiator's order
	// decides.
	KE []ike.KeyExchangeMethod
	// KEComplete: KE holds every accepted method, not only the first ones.
	KEComplete bool
	// Decides is whose order counts within a proposal.
	Decides choice.AlgorithmRule
	// Proposals is how it comes to one of several proposals, and Own are its
	// own ones, as [choice.Choice] has them.
	Proposals choice.ProposalRule
	Own       []choice.OwnProposal
	// FollowsKE says whether it prefers suites with the method of the KE
	// payload.
	FollowsKE choice.Known
	// Suite is the suite chosen from an offer of everything accepted that
	// fits one request and that this scanner can compute.
	Suite    *proposals.Suite
	Evidence []int
}

// Result is everything that one scan of one address found.
type Result struct {
	Target  string // as the user named it
	Address netip.Addr
	Started time.Time
	Verdict Verdict
	// Complete is false where [Scanner.Scan] returned an error, which says why: with
	// Doubts, too.
	Complete bool
	// Err is what was wrong on our side, as is all with VerdictError.
	Err     error
	Paths   []Path
	NAT     *NAT // nil where nothing was learnt of NAT
	Gateway *Gateway
	Matrix  *matrix.Matrix // nil where no matrix was asked, or the target is no IKEv2 responder
	// PriorDoubted: answers contradicted [Target.Prior], so that the matrix
	// does not rest on it.
	PriorDoubted bool
	Preference   *Preference
	Clients      []ClientAnswer // in the order of [Scanner.Clients]
	Cost         Cost
	Exchanges    []Exchange
	Notes        []Note // what a reader of the result must know
	// Doubts are reasons not to rely on the result, by kind; with any it is not
	// Complete, and its matrix not Proven. Habits are what the gateway does that
	// others do not, by kind.
	Doubts []Doubt
	Habits []Habit
	// Watched counts the answers that would have shown another gateway at the
	// address that accepts weak suites, as Weak names them, which this one
	// refuses; 0 if this one accepts some.
	Watched int
	Weak    []proposals.Product
}

// Hidden returns the share of the answers, 0 to 1, that a gateway with weak
// suites must have given to be seen with a probability of 95 %; 1 where nothing
// is known of it.
func (r Result) Hidden() float64 {
	if r.Watched == 0 {
		return 1
	}
	return 1 - math.Pow(0.05, 1/float64(r.Watched))
}
