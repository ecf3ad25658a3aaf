// Package diff says what changed between two reports, and what became weaker.
// What is no longer known is never called refused.
package diff
