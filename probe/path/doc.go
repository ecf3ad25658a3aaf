// Package path finds out what is between us and a gateway: whether UDP 500 and UDP
// 4500 answer, each on its own and from which of our ports, how long that takes,
// which router rejects what, whether NAT is on the way, and which versions of IKE
// are spoken. It needs no suite and no credentials. [Examiner.Examine] asks one
// address and returns a [Result]; a gateway that is silent or rude is a result.
//
// The questions are small IKE_SA_INIT requests with a KE payload that the gateway
// cannot choose, so that it answers and keeps nothing. A gateway that does not
// answer them is asked as a client asks. For NAT detection one IKE SA is opened on
// each port that answers, and closed by an IKE_AUTH that fails; the one of UDP 500 is
// closed over UDP 4500, which shows whether the gateway follows a client there (RFC
// 7296, Section 2.23).
package path
