package initiator_test

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/netip"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// One offer to one gateway. The KE payload is of a method that is not offered, so
// that a gateway which accepts the offer asks for another one and keeps nothing.
func Example() {
	ctx := context.Background()
	address, paths := gateway("aes256gcm16-prfsha384-ecp384")

	conn, err := initiator.Open(ctx, initiator.Config{Gateway: address, Paths: paths})
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	for _, keywords := range []string{"aes256gcm16-aes128gcm16-prfsha384-ecp384-modp2048", "aes256-sha256-prfsha256-modp2048"} {
		offer, err := proposals.ParseProducts(keywords)
		if err != nil {
			log.Fatal(err)
		}
		request, err := conn.Init(initiator.Offer{Products: offer, KE: ike.KE_ECP_256})
		if err != nil {
			log.Fatal(err)
		}
		answer := conn.Exchange(ctx, request)
		fmt.Println(answer.Outcome, answer.Group)
	}
	// Output:
	// invalid_ke_payload KE_ECP_384
	// no_proposal_chosen KE_NONE
}

// A client's own offer, with a key of the method that it offers. It opens an IKE
// SA, which is half-open until the gateway forgets it.
func ExampleConn_Exchange() {
	ctx := context.Background()
	address, paths := gateway("aes256gcm16-prfsha384-ecp384")

	conn, err := initiator.Open(ctx, initiator.Config{Gateway: address, Paths: paths})
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	offer, err := proposals.ParseProducts("aes256gcm16-aes128gcm16-prfsha384-ecp384")
	if err != nil {
		log.Fatal(err)
	}
	request, err := conn.Init(initiator.Offer{Products: offer})
	if err != nil {
		log.Fatal(err)
	}
	switch answer := conn.Exchange(ctx, request); answer.Outcome {
	case initiator.Accepted:
		fmt.Println("chosen:", answer.Suite)
	case initiator.NoAnswer:
		fmt.Println("silent after", answer.Tries, "tries")
	default:
		fmt.Println(answer.Outcome, answer.Detail)
	}
	// Output: chosen: aes256gcm16-prfsha384-ecp384
}

// gateway runs a responder in this process that accepts the suites of keywords.
func gateway(keywords string) (netip.Addr, initiator.Paths) {
	policy, err := proposals.ParseProduct(keywords)
	if err != nil {
		log.Fatal(err)
	}
	pc, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	responder := &iketest.Responder{Profile: iketest.StrongSwan, Policy: []ike.Proposal{policy.Proposal(1)}}
	go responder.Serve(pc, nil)
	at := pc.LocalAddr().(*net.UDPAddr).AddrPort()
	return at.Addr(), initiator.Paths{{Transport: initiator.UDP500, Port: at.Port()}}
}
