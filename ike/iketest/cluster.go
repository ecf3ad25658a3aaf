package iketest

import (
	"hash/fnv"
	"math/rand/v2"

	"github.com/ikescope/ikescope/ike"
)

// A Member is one of several gateways behind one address.
type Member struct {
	Responder *Responder
	// Share is the part of the datagrams that it gets, 0 to 1.
	Share float64
	// Port 500 or 4500 is the only side of Serve on which it gets any; 0 is
	// both.
	Port uint16
}

// Balance is which datagrams go to the same member of a cluster.
type Balance uint8

const (
	PerFlow   Balance = iota // those of the same addresses and ports
	PerSource                // those of the same source address
	PerSPI                   // those of the same initiator SPI
	PerPacket                // none: each goes anywhere
)

// cluster is the members of a gateway that runs, other than itself.
type cluster struct {
	members []clusterMember
	balance Balance
	seed    uint64
	chance  *rand.Rand
}

type clusterMember struct {
	Member
	server *server
}

func newCluster(r *Responder) (cluster, error) {
	c := cluster{balance: r.Balance, seed: r.Faults.Seed, chance: rand.New(rand.NewPCG(r.Faults.Seed, 1))}
	for _, m := range r.Members {
		s, err := m.Responder.start()
		if err != nil {
			return c, err
		}
		c.members = append(c.members, clusterMember{m, s})
	}
	return c, nil
}

// member returns the one whose share a datagram is in.
func (s *server) member(in arrival) *server {
	if len(s.cluster.members) == 0 {
		return s
	}
	s.mu.Lock()
	place := s.cluster.place(in)
	s.mu.Unlock()
	for _, m := range s.cluster.members {
		if m.Port != 0 && (m.Port == portNATT) != in.marker {
			continue
		}
		if place < m.Share {
			return m.server.member(in)
		}
		place -= m.Share
	}
	return s
}

// portNATT is the port of IKE behind the non-ESP marker (RFC 3948).
const portNATT = 4500

// place returns a number from 0 to 1, the same for datagrams that belong
// together.
func (c *cluster) place(in arrival) float64 {
	if c.balance == PerPacket {
		return c.chance.Float64()
	}
	h := fnv.New64a()
	switch c.balance {
	case PerFlow:
		h.Write([]byte(in.remote.String() + ">" + in.local.String()))
	case PerSource:
		h.Write(in.remote.Addr().AsSlice())
	case PerSPI:
		if octets := in.ike(); len(octets) >= len(ike.SPI{}) {
			h.Write(octets[:len(ike.SPI{})])
		}
	}
	return rand.New(rand.NewPCG(h.Sum64(), c.seed)).Float64()
}
