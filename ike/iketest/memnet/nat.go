package memnet

import (
	"net/netip"
	"time"
)

// A NAT translates the addresses of the hosts inside to one outside (RFC 4787).
// It lets in only the answers of those that an inside host sent to, and what
// is forwarded.
type NAT struct {
	// Inside holds the private addresses, which no one outside can reach.
	Inside  netip.Prefix
	Outside netip.Addr
	// KeepPorts takes the inside port outside too, where it is free.
	// Otherwise ports are given from FirstPort on; 0 stands for 40000.
	KeepPorts bool
	FirstPort uint16
	// PerDestination makes a mapping for each destination address and port,
	// and not one for all that an inside port sends to.
	PerDestination bool
	// Lifetime is how long a mapping lives that nothing goes out by; the next one has
	// another port. 0 is for ever.
	Lifetime time.Duration
	// Forward opens outside ports for servers inside, such as a gateway with
	// 500 and 4500 forwarded. Their answers leave from that port.
	Forward map[uint16]netip.AddrPort
}

const defaultFirstPort = 40000

// AddNAT puts a NAT between its inside and the rest of the network. It panics
// if Inside or Outside is no address.
func (n *Network) AddNAT(nat NAT) {
	if !nat.Inside.IsValid() || !nat.Outside.IsValid() {
		panic("iketest: a NAT needs Inside and Outside")
	}
	nat.Outside = nat.Outside.Unmap()
	if nat.FirstPort == 0 {
		nat.FirstPort = defaultFirstPort
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.nats = append(n.nats, &natBox{
		NAT:      nat,
		ports:    make(map[flow]uint16),
		mappings: make(map[uint16]*mapping),
	})
}

type natBox struct {
	NAT
	// ports holds the outside port of each inside port; the flow's to is
	// zero where one mapping serves all destinations.
	ports    map[flow]uint16
	mappings map[uint16]*mapping
	// next is the port after the last one given, where mappings end.
	next int
}

type mapping struct {
	inside netip.AddrPort
	peers  map[netip.AddrPort]bool // to which inside has sent
	last   time.Time
}

// outbound returns the outside source address of what from sends to to; false
// where no port is left.
func (b *natBox) outbound(from, to netip.AddrPort) (netip.AddrPort, bool) {
	for port, inside := range b.Forward {
		if unmap(inside) == from {
			return netip.AddrPortFrom(b.Outside, port), true
		}
	}
	key := flow{from: from}
	if b.PerDestination {
		key.to = to
	}
	port, ok := b.ports[key]
	if ok && b.Lifetime > 0 && time.Since(b.mappings[port].last) >= b.Lifetime {
		delete(b.mappings, port)
		ok = false
	}
	if !ok {
		if port, ok = b.freePort(from.Port()); !ok {
			return netip.AddrPort{}, false
		}
		b.ports[key] = port
		b.mappings[port] = &mapping{inside: from, peers: make(map[netip.AddrPort]bool)}
	}
	b.mappings[port].peers[to] = true
	b.mappings[port].last = time.Now()
	return netip.AddrPortFrom(b.Outside, port), true
}

func (b *natBox) freePort(wanted uint16) (uint16, bool) {
	if b.KeepPorts && b.free(wanted) {
		return wanted, true
	}
	for port := max(int(b.FirstPort), b.next); port < 1<<16; port++ {
		if b.free(uint16(port)) {
			if b.Lifetime > 0 {
				b.next = port + 1
			}
			return uint16(port), true
		}
	}
	return 0, false
}

func (b *natBox) free(port uint16) bool {
	_, forwarded := b.Forward[port]
	return !forwarded && b.mappings[port] == nil
}

// inbound returns the inside address of an outside port; false where the
// datagram is not let in.
func (b *natBox) inbound(port uint16, from netip.AddrPort) (netip.AddrPort, bool) {
	if inside, ok := b.Forward[port]; ok {
		return unmap(inside), true
	}
	m := b.mappings[port]
	if m == nil || !m.peers[from] || b.Lifetime > 0 && time.Since(m.last) >= b.Lifetime {
		return netip.AddrPort{}, false
	}
	return m.inside, true
}
