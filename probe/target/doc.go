// Package target reads what a user names as a gateway. [Parse] makes an [Endpoint]
// of the text, [ParseAll] one of each address of a range, and [Endpoint.Resolve] a [Target] of each of its addresses, which is
// what a scan takes.
package target
