// Package socket opens sockets of the system and reads what it knows of their packets:
// ICMP errors, our own address, the hop limit. It has a file for each system where they
// differ.
package socket
