// Package gate holds reports to demands, and decides the exit code.
package gate
