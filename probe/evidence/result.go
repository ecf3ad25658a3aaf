package evidence

import (
	"math"
	"net/netip"
	"time"

	"github.com/ikescope/ikescope/probe/identity"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Result is everything that one scan of one address found.
type Result struct {
	Target  string // as the user named it
	Address netip.Addr
	Started time.Time
	Verdict Verdict
	// Complete is false where [probe.Scanner.Scan] returned an error, which says why: with
	// Doubts, too.
	Complete bool
	// Err is what was wrong on our side, as is all with VerdictError.
	Err     error
	Paths   []Path
	NAT     *NAT // nil where nothing was learnt of NAT
	Gateway *Gateway
	Matrix  *matrix.Matrix // nil where no matrix was asked, or the target is no IKEv2 responder
	// PriorDoubted: answers contradicted [target.Target.Prior], so that the matrix
	// does not rest on it.
	PriorDoubted bool
	Preference   *Preference
	Identity     *identity.Result // nil if it was not asked
	Clients      []ClientAnswer   // in the order of [probe.Scanner.Clients]
	Cost         Cost
	Exchanges    []Exchange
	Notes        []Note // what a reader of the result must know
	// Doubts are reasons not to rely on the result, by kind; with any it is not
	// Complete, and its matrix not Proven. Habits are what the gateway does that
	// others do not, by kind.
	Doubts []Doubt
	Habits []Habit
	// Members are the gateways at the address, if several can be told apart.
	Members []Member
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
