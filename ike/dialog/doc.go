// Package dialog puts the IKE messages of a capture back together into the IKE
// SAs and exchanges that they were part of: requests with their responses,
// retransmissions, retries with a cookie or another group, and the change to
// UDP port 4500.
//
// It judges nothing, decrypts nothing, and does no I/O. What it holds is
// bounded, whatever is captured and for how long: what is beyond the bounds is
// counted.
package dialog
