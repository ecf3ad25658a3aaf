package probe_test

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/netip"

	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/target"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// A scan of a gateway in this process, asked about six suites.
func ExampleScanner_Scan() {
	policy, err := proposals.ParseProduct("aes256gcm16-prfsha384-ecp384-x25519")
	if err != nil {
		log.Fatal(err)
	}
	gateway := &iketest.Responder{Profile: iketest.StrongSwan}
	gateway.Policy = append(gateway.Policy, policy.Proposal(1))
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	go gateway.Serve(conn, nil)

	ask, err := proposals.ParseProduct("aes256gcm16-aes128gcm16-prfsha384-ecp384-ecp256-x25519")
	if err != nil {
		log.Fatal(err)
	}
	universe, err := matrix.NewUniverse(ask)
	if err != nil {
		log.Fatal(err)
	}
	scanner := probe.Scanner{Universe: universe, Transports: []initiator.Transport{initiator.UDP500}}
	result, err := scanner.Scan(context.Background(), target.Target{
		Name:    "example",
		Address: netip.MustParseAddr("127.0.0.1"),
		Paths:   initiator.Paths{{Transport: initiator.UDP500, Port: uint16(conn.LocalAddr().(*net.UDPAddr).Port)}},
	})
	if err != nil { // the result holds what was found until then
		log.Print(err)
	}
	fmt.Println(result.Verdict)
	if result.Matrix == nil { // nothing was asked: silent, unreachable, or no IKEv2 responder
		return
	}
	for _, r := range result.Matrix.Products {
		fmt.Println("accepted:", r.Product, r.Basis)
	}
	fmt.Println("refused:", result.Matrix.Refused, "proven:", result.Matrix.Proven)
	// Output:
	// ikev2
	// accepted: aes256gcm16-prfsha384-ecp384-x25519 observed
	// refused: 4 proven: true
}
