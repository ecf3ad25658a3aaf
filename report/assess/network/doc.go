// Package network judges the way to a gateway, from a target of a report: whether IKE
// gets through, what sits in between, and what clients see of it. It is pure.
package network
