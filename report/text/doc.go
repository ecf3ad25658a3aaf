// Package text writes documents for people: as lines of a limited width, with
// labels at the left, and with colours where these are wanted. What came from
// the wire is escaped.
package text
