// Package report turns the results of scans into a versioned document, and the
// document into text and JSON.
//
// A [Document] is the published schema, which [Schema] returns: version 1 only
// ever gains fields. It holds everything that a report shows, so that a saved
// document prints as the scan did. Findings and the exit code are decided when
// the document is made, never by a writer.
//
// Much of a document came from the wire. It is kept as it was received, and
// escaped where it is shown.
package report
