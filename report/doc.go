// Package report holds the documents that ikescope publishes: the report on
// targets, the difference between two reports, what a capture holds, and a few
// smaller ones. They are version 1, which only ever gains fields; [Schema] and
// its like describe them.
//
// A [Document] holds everything that a report shows, so that a saved one prints
// as the scan did. Package scan makes it of the results of scans, package assess
// judges what it says, packages diff and gate compare it with others and with
// demands, and package text writes it for people.
//
// Much of a document came from the wire. It is kept as it was received, and
// escaped where it is shown.
package report
