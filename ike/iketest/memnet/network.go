package memnet

import (
	"cmp"
	"container/heap"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

// A Network carries UDP datagrams between hosts in memory. A host is there as
// soon as something listens on one of its addresses. A datagram for a closed
// port of such a host comes back as an ICMP error would, one for an unknown
// host is lost.
//
// Delays pass on the clock of package time. In a bubble of testing/synctest,
// in which the Network has to be made, they take no real time. What a datagram
// meets depends on Seed, on its flow (its source and destination) and on its
// place in that flow, not on the scheduler.
type Network struct {
	// Seed is set before the first datagram is sent.
	Seed uint64

	mu     sync.Mutex
	conns  map[netip.AddrPort]*packetConn
	hosts  map[netip.Addr]bool
	nats   []*natBox
	link   Link
	paths  map[path]Link
	filter func(from, to netip.AddrPort, datagram []byte) Verdict
	flows  map[flow]*rand.Rand
	queue  deliveries
	sent   uint64
	timer  *time.Timer
}

// A Verdict is what becomes of a datagram at a filter.
type Verdict uint8

const (
	Pass        Verdict = iota
	Drop                // silently
	RejectPort          // as ICMP port unreachable: reading returns ECONNREFUSED
	RejectHost          // as ICMP host unreachable: EHOSTUNREACH
	RejectAdmin         // as ICMPv6 administratively prohibited: EACCES, as on Linux
)

type path struct{ from, to netip.Addr }

type flow struct{ from, to netip.AddrPort }

// New returns a network without hosts that loses and delays nothing.
func New() *Network {
	return &Network{
		conns: make(map[netip.AddrPort]*packetConn),
		hosts: make(map[netip.Addr]bool),
		paths: make(map[path]Link),
		flows: make(map[flow]*rand.Rand),
	}
}

// AddHost makes a host known on which nothing listens yet: its ports are
// closed, not silent.
func (n *Network) AddHost(address netip.Addr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hosts[address.Unmap()] = true
}

// SetLink sets the way of every datagram that no SetPath is about.
func (n *Network) SetLink(l Link) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.link = l
}

// SetPath sets the way of the datagrams that the host at from sends to the
// address to, in that direction only.
func (n *Network) SetPath(from, to netip.Addr, l Link) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.paths[path{from.Unmap(), to.Unmap()}] = l
}

// SetFilter has f judge every datagram as it is sent, before any NAT. f must
// neither keep nor change the datagram, nor call the Network. It suits a test
// that only wants to watch, too. Nil passes all.
func (n *Network) SetFilter(f func(from, to netip.AddrPort, datagram []byte) Verdict) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.filter = f
}

// ephemeralPort is the first port given to a ListenPacket that asks for any
// (RFC 6335, Section 6).
const ephemeralPort = 49152

// ListenPacket opens a UDP port of the host at local's address, any free one
// where local's port is 0. The address has to be a single host's.
func (n *Network) ListenPacket(local netip.AddrPort) (net.PacketConn, error) {
	local = unmap(local)
	fail := func(err error) (net.PacketConn, error) {
		return nil, &net.OpError{Op: "listen", Net: "udp", Addr: net.UDPAddrFromAddrPort(local), Err: err}
	}
	if !local.Addr().IsValid() || local.Addr().IsUnspecified() || local.Addr().IsMulticast() {
		return fail(fmt.Errorf("iketest: %v is not the address of a host", local.Addr()))
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if local.Port() == 0 {
		port, ok := n.freePort(local.Addr())
		if !ok {
			return fail(os.NewSyscallError("bind", syscall.EADDRINUSE))
		}
		local = netip.AddrPortFrom(local.Addr(), port)
	} else if n.conns[local] != nil {
		return fail(os.NewSyscallError("bind", syscall.EADDRINUSE))
	}
	c := newPacketConn(n, local)
	n.conns[local] = c
	n.hosts[local.Addr()] = true
	return c, nil
}

func (n *Network) freePort(host netip.Addr) (uint16, bool) {
	for port := ephemeralPort; port < 1<<16; port++ {
		if n.conns[netip.AddrPortFrom(host, uint16(port))] == nil {
			return uint16(port), true
		}
	}
	return 0, false
}

func (n *Network) remove(c *packetConn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.conns[c.local] == c {
		delete(n.conns, c.local)
	}
}

// A delivery is a datagram, or an ICMP error, on its way.
type delivery struct {
	due      time.Time
	from, to netip.AddrPort
	data     []byte
	sequence uint64
	// origin is the sender's own address, before any NAT, and dialed the
	// address that it sent to: an ICMP error goes there and names that.
	origin, dialed netip.AddrPort
	delay          time.Duration
	err            error
}

// send takes a datagram from c's host to the address to.
func (n *Network) send(c *packetConn, to netip.AddrPort, data []byte) {
	to = unmap(to)
	n.mu.Lock()
	defer n.mu.Unlock()
	link, ok := n.paths[path{c.local.Addr(), to.Addr()}]
	if !ok {
		link = n.link
	}
	d := delivery{from: c.local, to: to, data: data, origin: c.local, dialed: to, delay: link.Delay}
	if n.filter != nil {
		switch n.filter(c.local, to, data) {
		case Drop:
			return
		case RejectPort:
			n.refuse(d, syscall.ECONNREFUSED)
			return
		case RejectHost:
			n.refuse(d, syscall.EHOSTUNREACH)
			return
		case RejectAdmin:
			n.refuse(d, syscall.EACCES)
			return
		}
	}
	for _, box := range n.nats {
		if box.Inside.Contains(c.local.Addr()) && !box.Inside.Contains(to.Addr()) {
			if d.from, ok = box.outbound(c.local, to); !ok {
				return
			}
		}
	}
	for _, delay := range link.fate(n.random(flow{c.local, to}), len(data)) {
		n.schedule(d, delay)
	}
}

// random returns the source of chance of one flow.
func (n *Network) random(f flow) *rand.Rand {
	r := n.flows[f]
	if r == nil {
		r = rand.New(rand.NewPCG(n.Seed, hashFlow(f)))
		n.flows[f] = r
	}
	return r
}

// refuse sends err to where d came from.
func (n *Network) refuse(d delivery, err error) {
	n.schedule(delivery{from: d.dialed, to: d.origin, err: err}, d.delay)
}

func (n *Network) schedule(d delivery, delay time.Duration) {
	n.sent++
	d.sequence = n.sent
	if delay <= 0 {
		n.flush() // what is due at this moment too was sent before
		n.deliver(d)
		return
	}
	d.due = time.Now().Add(delay)
	heap.Push(&n.queue, d)
	if n.queue[0].sequence == d.sequence {
		n.wait(delay)
	}
}

// wait has the queue looked at after d.
func (n *Network) wait(d time.Duration) {
	if n.timer != nil {
		n.timer.Stop()
	}
	n.timer = time.AfterFunc(d, n.deliverDue)
}

func (n *Network) deliverDue() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.flush()
}

// flush delivers what is due.
func (n *Network) flush() {
	now := time.Now()
	for len(n.queue) > 0 {
		if left := n.queue[0].due.Sub(now); left > 0 {
			n.wait(left)
			return
		}
		n.deliver(heap.Pop(&n.queue).(delivery))
	}
}

func (n *Network) deliver(d delivery) {
	if d.err != nil {
		if c := n.conns[d.to]; c != nil {
			c.push(packet{from: d.from, err: d.err})
		}
		return
	}
	to := d.to
	for _, box := range n.nats {
		if box.Outside == to.Addr() {
			inside, ok := box.inbound(to.Port(), d.from)
			if !ok {
				return
			}
			to = inside
			break
		}
		if box.Inside.Contains(to.Addr()) && !box.Inside.Contains(d.origin.Addr()) {
			return // a private address has no route from outside
		}
	}
	switch c := n.conns[to]; {
	case c != nil:
		c.push(packet{from: d.from, data: d.data})
	case n.hosts[to.Addr()]:
		n.refuse(d, syscall.ECONNREFUSED)
	}
}

// deliveries is a heap, the next to arrive first. What arrives at the same
// moment does so in an order that the scheduler has no part in.
type deliveries []delivery

func (q deliveries) Len() int      { return len(q) }
func (q deliveries) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *deliveries) Push(d any)   { *q = append(*q, d.(delivery)) }

func (q deliveries) Less(i, j int) bool {
	a, b := q[i], q[j]
	return cmp.Or(a.due.Compare(b.due), a.to.Compare(b.to), a.from.Compare(b.from),
		cmp.Compare(a.sequence, b.sequence)) < 0
}

func (q *deliveries) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = delivery{}
	*q = old[:len(old)-1]
	return last
}

func unmap(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}
