package iketest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/internal/answers"
	"github.com/ikescope/ikescope/ike/iketest/internal/own"
	"github.com/ikescope/ikescope/ike/keyexchange"
)

// A Responder is an IKEv2 gateway. The zero Responder refuses every offer. The
// first Serve reads the fields; changes after it have no effect.
type Responder struct {
	// Policy holds what is accepted: every combination of the transforms of
	// each Proposal. Their numbers do not matter. An absent INTEG is AUTH_NONE,
	// an absent ADDKE is KE_NONE. The gateway tries the first Proposal first,
	// and in it the first transform of each type.
	Policy []ike.Proposal
	// LaterPolicy takes the place of Policy after LaterFrom IKE_SA_INIT
	// requests, and LaterProfile, unless nil, that of Profile; with LaterFrom 0
	// they never do.
	LaterPolicy  []ike.Proposal
	LaterProfile *Profile
	LaterFrom    int

	Profile Profile
	Faults  Faults

	// Address stands in NAT_DETECTION_SOURCE_IP for the address of the
	// connection, of a gateway that knows itself by another one, or whose
	// connections are bound to no address. The port remains the connection's.
	Address netip.Addr
	// OtherAddresses each have a NAT_DETECTION_SOURCE_IP, too, before that of
	// Address, of a gateway that does not know by which of its addresses it is
	// reached (RFC 7296, Section 2.23).
	OtherAddresses []netip.Addr
	// Connections are for initiators that want EAP: the first that fits shows who the
	// gateway is. Without any, an IKE_AUTH request without AUTH payload is answered as
	// one with AUTH, as Profile.Auth says.
	Connections []Connection

	// Members are further gateways behind the same address, to which Balance
	// gives their shares of what arrives. The fields of the Responder itself
	// are about its own share; what its Members do is in their Stats.
	Members []Member
	Balance Balance

	// Rand makes nonces, SPIs and keys; nil is crypto/rand. One that Members
	// share has to be safe for concurrent use.
	Rand io.Reader

	mu     sync.Mutex
	server *server
}

// Stats counts what a Responder has done.
type Stats struct {
	Datagrams       int // received
	Requests        int // IKE requests among them, retransmissions too
	InitRequests    int // for IKE_SA_INIT
	Retransmissions int // requests answered once more with the same octets
	Ignored         int // datagrams without an answer, of all reasons

	Accepted   int // IKE_SA_INIT requests
	Refused    int // offers with nothing acceptable
	InvalidKE  int // answers INVALID_KE_PAYLOAD
	Redirected int // answers REDIRECT
	Cookies    int // answers COOKIE
	Blocked    int // requests dropped for the half-open SAs of their source
	Closed     int // SAs ended by AUTHENTICATION_FAILED or by a Delete

	HalfOpen, HalfOpenPeak int    // SAs now, and at most at once
	Established            int    // SAs now
	Logins                 int    // initiators that a Login let in
	Children               int    // Child SAs that were set up
	ChildrenLeft           int    // of those by CREATE_CHILD_SA, that were not deleted
	Passwords              int    // responses of EAP with a password, at most in one SA
	Answers                string // to the requests of a Login, in short
	Kept, KeptPeak         int    // entries of closed SAs now, and at most at once
}

// Accepts reports whether an IKE SA of suite, which has one transform of each
// type, can come about with the gateway or one of its Members, now or under its
// later policy. Of the faults it reckons with those that let none come about.
func (r *Responder) Accepts(suite ike.Proposal) bool {
	for _, m := range r.Members {
		if m.Responder.Accepts(suite) {
			return true
		}
	}
	if f := r.Faults; f.Unredeemed || f.InvalidKELoop || f.CookieLoop || f.Instead.blind() {
		return false
	}
	if r.Profile.Accepts(r.Policy, suite) {
		return true
	}
	if r.LaterFrom <= 0 {
		return false
	}
	later := r.LaterProfile
	if later == nil {
		later = &r.Profile
	}
	return later.Accepts(r.LaterPolicy, suite)
}

// Stats returns the counts since the first Serve.
func (r *Responder) Stats() Stats {
	r.mu.Lock()
	s := r.server
	r.mu.Unlock()
	if s == nil {
		return Stats{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sas.expire(s.profile.ClosedFor, time.Now())
	stats := s.stats
	stats.HalfOpen, stats.HalfOpenPeak = s.sas.halfOpen(), s.sas.halfOpenPeak
	stats.Established = len(s.sas.bySPI) - stats.HalfOpen
	stats.Kept, stats.KeptPeak = len(s.sas.closed), s.sas.closedPeak
	return stats
}

// Serve answers IKE on conn500 and IKE behind the non-ESP marker (RFC 3948,
// Section 2.2) on conn4500, whatever their ports are. Either may be nil. It
// returns nil when all connections are closed, which is for the caller to do,
// and an error when one of them fails, or when the gateway has no random
// octets. Several calls at once serve several addresses of one gateway.
func (r *Responder) Serve(conn500, conn4500 net.PacketConn) error {
	s, err := r.start()
	if err != nil {
		return err
	}
	defer s.stop()
	var conns []net.PacketConn
	results := make(chan error, 2)
	for _, side := range []struct {
		conn   net.PacketConn
		marker bool
	}{{conn500, false}, {conn4500, true}} {
		if side.conn != nil {
			conns = append(conns, side.conn)
			go func() { results <- s.serve(side.conn, side.marker) }()
		}
	}
	var failed error
	for range conns {
		if err := <-results; err != nil && failed == nil {
			failed = err
			for _, c := range conns {
				c.SetReadDeadline(time.Unix(1, 0)) // wakes the other reader
			}
		}
	}
	return failed
}

func (r *Responder) start() (*server, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.server != nil {
		return r.server, nil
	}
	s, err := newServer(r)
	if err != nil {
		return nil, err
	}
	r.server = s
	return s, nil
}

// stop ends what goes on inside EAP, which nobody will go on with.
func (s *server) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sa := range s.sas.bySPI {
		sa.stop()
	}
	for _, m := range s.cluster.members {
		m.server.stop()
	}
}

// A server is a Responder that runs.
type server struct {
	policy, laterPolicy []ike.Proposal
	laterProfile        *Profile
	laterFrom           int
	profile             Profile
	faults              faults
	address             netip.Addr
	otherAddresses      []netip.Addr
	connections         []Connection
	rand                io.Reader
	cluster             cluster

	mu       sync.Mutex
	oneNonce []byte                                            // of a gateway that has no other
	keys     map[ike.KeyExchangeMethod]*keyexchange.PrivateKey // likewise
	stats    Stats
	cookies  cookies
	sas      saTable
	answers  answers.Recent
	own      own.Queue
}

func newServer(r *Responder) (*server, error) {
	s := &server{
		policy: r.Policy, laterPolicy: r.LaterPolicy, laterProfile: r.LaterProfile, laterFrom: r.LaterFrom,
		profile: r.Profile, faults: newFaults(r.Faults),
		address: r.Address, otherAddresses: r.OtherAddresses, connections: r.Connections, rand: r.Rand,
		cookies: cookies{asked: make(map[netip.Addr]time.Time)},
		sas:     saTable{bySPI: make(map[ike.SPI]*gatewaySA)},
	}
	if s.rand == nil {
		s.rand = rand.Reader
	}
	if s.laterProfile == nil {
		s.laterProfile = &r.Profile
	}
	if _, err := io.ReadFull(s.rand, s.cookies.secret[:]); err != nil {
		return nil, fmt.Errorf("iketest: cookie secret: %w", err)
	}
	var err error
	s.cluster, err = newCluster(r)
	return s, err
}

// An arrival is one datagram received.
type arrival struct {
	local, remote netip.AddrPort
	marker        bool   // of a connection that wants the non-ESP marker
	raw           []byte // as received
	octets        []byte // without the marker
}

func (s *server) serve(conn net.PacketConn, marker bool) error {
	local, ok := conn.LocalAddr().(*net.UDPAddr)
	if !ok {
		return fmt.Errorf("iketest: %v is no UDP address", conn.LocalAddr())
	}
	buf := make([]byte, 1<<16)
	for {
		n, from, err := conn.ReadFrom(buf)
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil
		case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.EACCES):
			continue // an earlier answer met no one
		case err != nil:
			return fmt.Errorf("iketest: %w", err)
		}
		remote, ok := from.(*net.UDPAddr)
		if !ok {
			continue
		}
		in := arrival{local: unmap(local.AddrPort()), remote: unmap(remote.AddrPort()), marker: marker, raw: buf[:n]}
		member := s.member(in)
		sent, err := member.receive(in)
		if err != nil {
			return err
		}
		member.faults.send(conn, from, sent)
	}
}

// receive returns the datagrams that answer one. Its error is that of the
// source of randomness.
func (s *server) receive(in arrival) ([]outgoing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Datagrams++
	if s.faults.drops(in, time.Now()) {
		s.stats.Ignored++
		return nil, nil
	}
	var answer [][]byte
	var err error
	if in.octets = in.ike(); in.octets != nil && !s.faults.Instead.blind() {
		if answer, err = s.answer(in); err != nil {
			return nil, fmt.Errorf("iketest: %w", err)
		}
	}
	sent, err := s.faults.apply(in, answer, s.rand)
	if err != nil {
		return nil, fmt.Errorf("iketest: %w", err)
	}
	if len(sent) == 0 {
		s.stats.Ignored++
	}
	err = s.own.Each(func(octets []byte, after time.Duration) { sent = append(sent, outgoing{in.frame(octets), after}) })
	return sent, err
}

// ike returns the octets of the IKE message in a datagram, nil where there is
// none: ESP, or a keepalive, which is too short for a marker (RFC 3948, Section
// 2).
func (in arrival) ike() []byte {
	if !in.marker {
		return in.raw
	}
	octets, ok := ike.SplitNonESPMarker(in.raw)
	if !ok {
		return nil
	}
	return octets
}

// unmap returns a with an IPv4 address as such, not within IPv6.
func unmap(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}
