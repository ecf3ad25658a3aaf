// Package ledger holds what the exchanges of a scan share while they are in flight,
// each part with a lock of its own: the [Journal] of exchanges and notes, the budget
// of half-open IKE SAs ([HalfOpens]), the estimate of losses ([Loss]), the ports that
// questions go out from ([Spread]), the programs that answer, why the planner has to
// begin again, and the doubts and habits that were found. It decides nothing about the
// gateway.
package ledger
