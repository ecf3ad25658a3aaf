package probe

import (
	"context"
	"errors"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// conclude draws the conclusions from all exchanges: whether they deny what the
// result says, and what it could not see.
func (s *scan) conclude(ctx context.Context) {
	r := &s.result
	for _, c := range evidence.Contradictions(*r) {
		suite := c.Suite
		ids := append(slices.Clone(c.Evidence[:min(len(c.Evidence), 3)]), c.Exchange)
		s.findings.Doubt(evidence.DoubtContradiction, &suite, ids...)
		if c.Says == matrix.Refused {
			s.concede(c.Exchange, ids)
		}
	}
	if m := r.Matrix; m != nil {
		if known := s.gateway.Now(); known.NoRedirect {
			// It may refuse whoever does not follow, or be silent.
			var redirects []int
			redirecting := make(map[initiator.Transport]bool)
			for _, x := range r.Exchanges {
				if x.Notify == ike.REDIRECT {
					redirects = append(redirects, x.ID)
					redirecting[x.Transport] = true
				}
			}
			silent := func(x evidence.Exchange) bool {
				return x.Type == ike.IKE_SA_INIT && x.Outcome == initiator.NoAnswer && (redirecting[x.Transport] ||
					x.Purpose == evidence.PurposeMatrix || x.Purpose == evidence.PurposeControl)
			}
			if !known.Taken || known.Refusal.How == gateway.DropsRefused || slices.ContainsFunc(r.Exchanges, silent) {
				s.findings.Doubt(evidence.DoubtRedirected, nil, redirects[:min(len(redirects), 1)]...)
			}
			if !known.Taken {
				r.Matrix = s.untested()
				m = r.Matrix
			}
		}
		for _, c := range m.Contradictions {
			s.findings.Doubt(evidence.DoubtContradiction, &c.Suite, append(slices.Clone(c.Taken), c.Refused...)...)
		}
		s.doubtHollow(r)
		if m = r.Matrix; m.Accepted == 0 {
			if suite, chosen, refused := evidence.ChosenAndRefused(r.Exchanges); suite != nil {
				// The matrix, which accepts nothing, says no more of it than that it is not known.
				s.findings.Doubt(evidence.DoubtContradiction, suite, chosen, refused)
			}
			for _, x := range r.Exchanges {
				// Perhaps it accepts what it answers so, or what another answer refuses.
				if x.Type == ike.IKE_SA_INIT && (x.Outcome == initiator.Malformed || x.Outcome != initiator.Accepted && s.conn.Opened(x.ID) > 0) {
					s.findings.Doubt(evidence.DoubtMalformed, nil, x.ID)
				}
			}
		}
		for _, x := range r.Exchanges {
			if x.Doubtful && x.Decides == matrix.Refused {
				s.findings.Doubt(evidence.DoubtForged, nil, x.ID) // another answer said otherwise
			}
		}
		lossy := r.Cost.Retransmits > 0
		for _, n := range s.journal.Noted() {
			// Where a true answer is lost a forged one stands alone. Without losses what
			// was asked again is sound, unless it was forged to the end.
			if n.Kind == evidence.NoteForged && (lossy || !n.Again) || n.Kind == evidence.NoteConflict && lossy {
				s.findings.Doubt(evidence.DoubtForged, nil, n.Exchanges...)
			}
		}
		if lossy {
			if denied := s.denied(); len(denied) > 0 {
				s.findings.Doubt(evidence.DoubtForged, nil, denied[:min(len(denied), 3)]...)
			}
		}
	}
	if r.Matrix != nil {
		r.Members = evidence.Members(r.Exchanges)
	}
	var decided *matrix.Matrix // of one of them
	for i := range r.Members {
		m := &r.Members[i]
		m.Matrix = s.memberMatrix(*m)
		sign := evidence.SignErrorSPIs
		if m.Look.Accepted {
			sign = evidence.SignVendorIDs
		}
		s.findings.Several(sign, m.Exchanges[0])
		switch {
		case !m.Matrix.Proven || m.Matrix.Accepted == 0: // somebody between may forge refusals
			s.findings.Doubt(evidence.DoubtMember, nil, m.Exchanges[0])
		case decided == nil:
			decided = m.Matrix
		case !m.Matrix.AcceptsSame(decided):
			s.findings.Doubt(evidence.DoubtSeveral, nil, r.Members[0].Exchanges[0], m.Exchanges[0])
		}
	}
	if decided != nil && r.Matrix.Proven && !decided.AcceptsSame(r.Matrix) {
		s.findings.Doubt(evidence.DoubtSeveral, nil, r.Members[0].Exchanges[0])
	}
	if r.Matrix != nil {
		signs, _ := evidence.Signs(r.Exchanges, s.inside.Until(ctx))
		for _, sign := range signs {
			s.findings.Several(sign.Kind, sign.Exchanges...)
			if len(r.Members) == 0 && !sign.Kind.OneProgram() {
				s.findings.Doubt(evidence.DoubtMember, nil, sign.Exchanges...)
			}
		}
	}
	r.Watched = evidence.CountWatched(*r, weakestSuite())
	r.Doubts, r.Habits = s.findings.All()
	r.Cost.HalfOpenUnconfirmed = evidence.Unconfirmed(*r)
	if r.Matrix != nil && len(r.Doubts) > 0 {
		r.Matrix.Proven = false
	}
}

// concede takes back that what an exchange took is refused. A suite is accepted if
// the IKE SA that was opened with it had the keys of a gateway; all else is undecided,
// since an INVALID_KE_PAYLOAD names no suite, and may be forged.
func (s *scan) concede(exchange int, ids []int) {
	m := s.result.Matrix
	i := slices.IndexFunc(s.result.Exchanges, func(x evidence.Exchange) bool { return x.ID == exchange })
	if i < 0 {
		return
	}
	x := s.result.Exchanges[i]
	slices.Sort(ids)
	var err error
	if x.Confirmed && x.Suite != nil {
		err = m.Admit(*x.Suite, ids)
	} else {
		for _, p := range evidence.MeantBy(x) {
			err = errors.Join(err, m.Contest(p, ids))
		}
	}
	if err != nil {
		s.result.Matrix = s.untested() // what is left is not known
	}
}

// doubtHollow adds a doubt if the gateway asked for methods and never accepted
// one, be it that it refused them, or that it named none that was offered. What it
// asked for then is no refusal either.
func (s *scan) doubtHollow(r *evidence.Result) {
	hollow := evidence.Unredeemed(r.Exchanges, s.gateway.Now().Hollow, r.Matrix)
	if hollow == 0 {
		if ids := evidence.NamedInVain(r.Exchanges, s.gateway.Now().Hollow, r.Matrix); len(ids) > 0 {
			s.findings.Doubt(evidence.DoubtContradiction, nil, ids...)
		}
		if id := evidence.Unanswered(r.Exchanges, r.Matrix); id != 0 && s.gateway.Now().Refusal.How == gateway.DropsRefused {
			s.findings.Doubt(evidence.DoubtUnredeemed, nil, id)
		}
		return
	}
	s.findings.Doubt(evidence.DoubtUnredeemed, nil, hollow)
	if evidence.Retract(r.Matrix, r.Exchanges) != nil {
		r.Matrix = s.untested()
	}
}
