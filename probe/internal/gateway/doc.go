// Package gateway holds what a scan knows of the gateway. [Known] is a value: what
// is known at a time, and what follows from it for an offer: which KE payload goes
// with it, how long the request is, and the parts to ask in its place. [Memory] is
// where the scan keeps the newest, with a lock.
//
// Nothing here asks the gateway. What its answers mean for what is known is decided
// in package probe, but for what each answer shows by itself ([Memory.Answered]).
package gateway
