// Package hops finds the routers on the way to a gateway, by IKE_SA_INIT requests
// that may pass only so many of them: the router at which one ends says so in an ICMP
// error. A router whose error quotes another source, destination, checksum or IP ID
// than was sent stands behind what rewrites packets; and where the requests to one port
// of the gateway end earlier than those to another, a filter takes them.
//
// The errors come from the kernel (ip(7), IP_RECVERR), on Linux and without
// privileges. What they quote takes a raw socket, which [Quotes] opens.
package hops
