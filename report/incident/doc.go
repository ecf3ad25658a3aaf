// Package incident reads logs of IKE daemons and clients and says what went
// wrong in them: events (package event below) are put together into attempts,
// and of each attempt one cause is chosen, the earliest event that explains its
// end. What follows from a cause, such as retransmissions and the notifies that
// a daemon sends because of it, is not a cause.
//
// Packages below this one read the lines of one product each, mostly by a table of
// lines with samples and sources. Everything streams, and memory is bounded
// whatever is read.
package incident
