// Package probe scans a gateway: whether its IKE responder is reached, which
// suites it accepts, how it chooses, and what it makes of a client's first
// packet. [Scanner.Scan] does all of it and returns an [evidence.Result]. A gateway
// that is silent or rude is a result, too: its Verdict says so, and Matrix, NAT,
// Gateway and Preference are nil where nothing was learnt. [target.Parse] reads
// what a user names, [target.Endpoint.Resolve] makes a [target.Target] of each
// address, and package report makes a document of results.
//
// The planner of package matrix says what to offer; this package asks, and
// finds out what the answers mean. An exchange is one request with its tries and
// its answer ([evidence.Exchange]); the oracle is which KE payload goes with an
// offer, so that the answer shows whether the offer is acceptable without opening
// an IKE SA ([gateway.Oracle]); a question is an offer until it is decided, or its
// parts in place of it.
//
// A scan keeps what it knows of the gateway in a [gateway.Memory], and what
// exchanges in flight share in the parts of package ledger: the journal of
// exchanges, the budget of half-open IKE SAs, the estimate of losses. The rest
// belongs to the one goroutine that runs it (scan.go). Package initiator sends the
// requests.
//
// # Silence
//
// A gateway that does not answer an offer may refuse it so, or not read it, or
// be away, or the request was lost. What it was is found out in this order, with
// a control offer that the gateway is known to answer ([scan.settle] is the
// loop):
//
//   - Loss. From the requests that were answered at last comes how often one is
//     lost, and so how many tries have to be silent, that all of them were lost
//     being one in a million: that is enough ([ledger.Loss]).
//   - Liveness. The control offer is asked after silence. If it is silent, too,
//     the gateway is away: the scan waits for it, and asks again from nothing
//     (liveness.go).
//   - Intolerance. What is in an offer, or is as long, may never have been
//     answered. A gateway is intolerant of an algorithm that keeps it from
//     answering, whatever is offered beside it (intolerance.go); the limit is the
//     longest request that it answers (length.go). An offer that holds such an
//     algorithm or is too long is divided into parts that can be asked
//     ([gateway.Known.Divide]); what cannot be asked stays without an answer.
//   - Refusal. Of a gateway that refuses aloud, by NO_PROPOSAL_CHOSEN or another
//     error, silence is no refusal. If it never did, it is asked an offer that
//     nobody accepts, to see whether it drops these (refusal.go).
//
// So silence is a refusal only after enough tries, of a gateway that is there,
// reads the offer, and drops what it cannot accept. All other silence is
// [matrix.NoAnswer].
//
// # What is left at the gateway
//
// An accepted answer opens an IKE SA, half-open until it is closed by an
// IKE_AUTH that fails. There are at most three at a time; if so many cannot be
// closed, nothing is asked any more that may open another ([ledger.HalfOpens]).
package probe
