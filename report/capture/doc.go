// Package capture makes the document of the IKE SAs of packet captures: each
// with its messages in words, how far it came, and which layer that points to.
package capture
