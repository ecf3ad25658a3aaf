// Package certcheck judges the certificate chain of a gateway as each family of
// clients would: Windows, Apple's systems, Android and strongSwan differ in what they
// ask of names, usages, keys and chains. What they ask is a table, rules.csv, each row
// with its source and how far that goes; what mends a fault is another, fixes.csv.
//
// It has no sockets and no clock: all that is judged, the time too, is in a [Gateway].
// The chain is a stranger's: what is looked at of it is bounded, and its names are
// escaped wherever a sentence holds them.
package certcheck
