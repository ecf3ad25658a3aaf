// Package incident reads logs of IKE daemons and clients and says what went
// wrong in them: lines become events, events are put together into attempts,
// and of each attempt one cause is chosen, the earliest event that explains its
// end. What follows from a cause, such as retransmissions and the notifies that
// a daemon sends because of it, is not a cause.
//
// A package below this one reads the lines of one product, mostly by a table of
// lines with samples and sources. Everything streams, and memory is bounded
// whatever is read.
package incident
