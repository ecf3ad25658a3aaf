// Package host says what this machine knows of its own addresses and ports.
package host
