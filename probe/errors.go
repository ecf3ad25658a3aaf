package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/probe/evidence"
)

// Why a scan is not complete, for [errors.Is]. There may be several reasons.
var (
	// ErrInterrupted: the context of the scan ended.
	ErrInterrupted = errors.New("probe: interrupted")
	// ErrDeadline: the time of [Scanner.Deadline] was over.
	ErrDeadline = errors.New("probe: the deadline passed")
	// ErrBudget: the exchanges of [Scanner.MaxExchanges] were used up.
	ErrBudget = errors.New("probe: the budget of exchanges ran out")
	// ErrGone: the gateway stopped answering, and did not come back.
	ErrGone = errors.New("probe: the gateway stopped answering")
	// ErrHalfOpen: so many half-open IKE SAs could not be closed that no more
	// could be opened, which the matrix needs.
	ErrHalfOpen = errors.New("probe: too many half-open IKE SAs could not be closed")
	// ErrGaveUp: the answers took more offers than any policy does, or most of
	// them were malformed or denied by others.
	ErrGaveUp = errors.New("probe: the answers follow no policy")
	// ErrDoubt: there are reasons not to rely on the result, in Result.Doubts.
	ErrDoubt = errors.New("probe: the answers cannot be relied on")
	// ErrCookies: the gateway asks for a cookie again where one is sent, and answers
	// nothing else.
	ErrCookies = errors.New("probe: the gateway asks for cookies for ever")
)

// incomplete returns why the scan is not complete, or nil.
func (s *scan) incomplete(ctx context.Context) error {
	var errs []error
	if err := s.result.Err; err != nil {
		errs = append(errs, err)
	}
	if late(ctx) {
		errs = append(errs, ErrDeadline)
	} else if ctx.Err() != nil {
		errs = append(errs, fmt.Errorf("%w: %w", ErrInterrupted, context.Cause(ctx)))
	}
	if s.journal.IsSpent() {
		errs = append(errs, ErrBudget)
	}
	if s.gateway.Now().Gone {
		errs = append(errs, ErrGone)
	}
	if s.halfOpens.IsStuck() {
		errs = append(errs, ErrHalfOpen)
	}
	if m := s.result.Matrix; m != nil && m.Spent > 0 || s.gaveUp() {
		errs = append(errs, ErrGaveUp)
	}
	if len(s.result.Doubts) > 0 {
		errs = append(errs, ErrDoubt)
	}
	if slices.ContainsFunc(s.result.Notes, func(n evidence.Note) bool { return n.Kind == evidence.NoteCookieLoop }) {
		errs = append(errs, ErrCookies)
	}
	return errors.Join(errs...)
}

// late reports whether ctx ended with the deadline of the scan.
func late(ctx context.Context) bool {
	return ctx.Err() != nil && errors.Is(context.Cause(ctx), ErrDeadline)
}
