// Package introduction writes who a gateway says it is, and what clients make of its
// certificate, as lines of a report.
package introduction
