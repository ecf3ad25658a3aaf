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
	"github.com/ikescope/ikescope/ike/keyexchange"
)

// A gateway that behaves like strongSwan, asked for a suite that it accepts,
// with a KE payload of a method that it does not.
func Example() {
	network := iketest.NewNetwork()
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
