// Package picture lays a matrix out for people, as data that a writer draws:
// ciphers down, key exchange methods across, and a mark in each cell.
package picture
