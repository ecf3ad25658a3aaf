package iketest_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"log"
	"net"
	"net/netip"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/ike/keyexchange"
)

// A gateway that behaves like strongSwan, asked for a suite that it accepts,
// with a KE payload of a method that it does not.
func Example() {
	network := memnet.New()
	gatewayAddress := netip.MustParseAddrPort("198.51.100.7:500")
	conn, err := network.ListenPacket(gatewayAddress)
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	suite := []ike.Proposal{{Number: 1, Protocol: ike.ProtocolIKE, Transforms: []ike.Transform{
		{Type: ike.TransformENCR, ID: uint16(ike.ENCR_AES_GCM_16), Attributes: []ike.Attribute{ike.KeyLengthAttribute(256)}},
		{Type: ike.TransformPRF, ID: uint16(ike.PRF_HMAC_SHA2_384)},
		{Type: ike.TransformKE, ID: uint16(ike.KE_ECP_384)},
	}}}
	gateway := &iketest.Responder{Policy: suite, Profile: iketest.StrongSwan}
	go gateway.Serve(conn, nil)

	key, err := keyexchange.Generate(ike.KE_MODP_2048, rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	request, err := (&ike.Message{
		Header: ike.Header{SPIi: ike.SPI{1}, MajorVersion: 2, Exchange: ike.IKE_SA_INIT, Flags: ike.FlagInitiator},
		Payloads: []ike.Payload{
			&ike.SA{Proposals: suite},
			&ike.KE{Method: key.Method(), Data: key.Public()},
			&ike.Nonce{Data: bytes.Repeat([]byte{1}, 32)},
		},
	}).AppendBinary(nil)
	if err != nil {
		log.Fatal(err)
	}

	client, err := network.ListenPacket(netip.MustParseAddrPort("192.0.2.10:0"))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.WriteTo(request, net.UDPAddrFromAddrPort(gatewayAddress)); err != nil {
		log.Fatal(err)
	}
	buf := make([]byte, 2048)
	n, _, err := client.ReadFrom(buf)
	if err != nil {
		log.Fatal(err)
	}
	answer, err := ike.ParseMessage(buf[:n])
	if err != nil {
		log.Fatal(err)
	}
	if invalid, ok := answer.Notify(ike.INVALID_KE_PAYLOAD); ok {
		method, _ := invalid.InvalidKEMethod()
		fmt.Println(invalid.Notification, method)
	}
	fmt.Println(gateway.Stats().HalfOpen, "half-open SAs")
	// Output:
	// INVALID_KE_PAYLOAD KE_ECP_384
	// 0 half-open SAs
}

// The kinds of odd gateways that were met, and where.
func ExampleOddities() {
	for _, odd := range iketest.Oddities() {
		if odd.Seen != "" {
			fmt.Printf("%s: %s\n", odd.Name, odd.Seen)
		}
	}
	// Output:
	// reads 15 transforms of a type: Windows Server 2012 R2
	// ignores unknown transform types: strongSwan up to 5.6.2, racoon2, pyikev2, the N3IWFs of free5GC and OMEC
	// ignores unknown transform types and pads its messages: Openswan
	// rejects unknown transform types: strongSwan 4.6, libreswan 3.32
	// ignores unknown attributes: strongSwan, OpenIKED
	// rejects unknown attributes: libreswan
	// holds no policy for IKEv2: strongSwan with version=1, libreswan with ikev2=no
	// checks the KE payload before the offer: github.com/msgboxio/ike
	// redirects who supports it: RFC 5685
	// redirects and is silent to others: libreswan with global-redirect=yes
	// pads its messages: libreswan 3.20 to 3.23
	// fakes a NAT before itself: strongSwan with encap=yes
	// several NAT_DETECTION_SOURCE_IP, one of which fits: RFC 7296, Section 2.23
	// answers IKE_AUTH with EAP: the N3IWFs of free5GC and OMEC
	// authenticates everyone: libreswan with rightauth=null
	// answers IKE_AUTH with EAP and ignores a Delete: strongSwan while it waits for EAP
	// keeps an entry for each question: OpenIKED
	// refuses by silence: racoon2
	// drops KE payloads of newer methods: Zyxel
	// demands cookies and refuses them: racoon2
}
