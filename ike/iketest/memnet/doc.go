// Package memnet is a UDP network in memory, for tests: hosts, links that lose, delay
// and reorder, NATs and filters between them. Under testing/synctest its delays pass
// at once.
package memnet
