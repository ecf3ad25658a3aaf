// Package capture reads the IKE messages in packet captures, and writes
// captures of UDP datagrams.
//
// A [Reader] takes the frames out of a pcap or pcapng file. A [Dissector] looks
// into them: link layers, VLAN tags, tunnels such as GRE and VXLAN, IPv4 and IPv6
// with extension headers, IP fragments, UDP, TCP (RFC 9329), ESP, AH and ICMP.
// What may hold IKE and is not looked into is named. What belongs to IKE goes to
// its [dialog.Tracker], which puts it together into IKE SAs; everything else is
// counted. A [Point] does both, for one file or for several that follow one
// another in time. A [Writer] writes pcap.
//
// Captures are hostile input: of any length, cut anywhere, with any number in
// any field. Memory is bounded, whatever they hold; what is beyond the bounds
// is counted or is an error, and never a panic. Nothing is decrypted.
//
// The package opens no files: it works on an [io.Reader] and an [io.Writer].
package capture
