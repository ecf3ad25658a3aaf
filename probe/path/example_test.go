package path_test

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/netip"

	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/path"
	"github.com/ikescope/ikescope/proposals"
)

// The path to a gateway in a network in memory.
func ExampleExaminer_Examine() {
	network := memnet.New()
	gateway, err := serve(network, "198.51.100.7")
	if err != nil {
		log.Fatal(err)
	}
	defer gateway.Close()

	examiner := path.Examiner{
		// Without Listen, real UDP sockets are opened.
		Listen: func(_ context.Context, _ netip.Addr, source netip.AddrPort) (net.PacketConn, error) {
			return network.ListenPacket(netip.AddrPortFrom(netip.MustParseAddr("192.0.2.10"), source.Port()))
		},
	}
	result, err := examiner.Examine(context.Background(), path.Target{Address: netip.MustParseAddr("198.51.100.7")})
	if err != nil { // of our own side
		log.Fatal(err)
	}
	for _, p := range result.Ports {
		fmt.Printf("%v: %v, %d of %d answered\n", p.Transport, p.State, p.Answered, p.Tries)
		for _, s := range p.Sources {
			fmt.Printf("  from port %d: %v\n", s.Port, s.State)
		}
	}
	fmt.Println("behind NAT:", result.NAT.LocalBehindNAT, "goes on over UDP 4500:", result.NAT.Floats)
	// Output:
	// udp500: answers, 5 of 5 answered
	//   from port 500: answers
	// udp4500: silent, 0 of 8 answered
	//   from port 4500: silent
	// behind NAT: false goes on over UDP 4500: unknown
}

// serve has a gateway answer on UDP 500 of an address, and be silent on UDP 4500.
func serve(network *memnet.Network, address string) (net.PacketConn, error) {
	policy, err := proposals.ParseProduct("aes256gcm16-prfsha384-ecp384")
	if err != nil {
		return nil, err
	}
	gateway := &iketest.Responder{Profile: iketest.StrongSwan}
	gateway.Policy = append(gateway.Policy, policy.Proposal(1))
	conn, err := network.ListenPacket(netip.AddrPortFrom(netip.MustParseAddr(address), initiator.UDP500.Port()))
	if err != nil {
		return nil, err
	}
	network.SetFilter(func(_, to netip.AddrPort, _ []byte) memnet.Verdict {
		if to.Port() == initiator.UDP4500.Port() {
			return memnet.Drop
		}
		return memnet.Pass
	})
	go gateway.Serve(conn, nil)
	return conn, nil
}
