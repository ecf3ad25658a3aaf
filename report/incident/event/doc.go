// Package event has what a line of a log says: events, the tables of lines that readers
// find them in, and what a reader of a product's log is.
package event
