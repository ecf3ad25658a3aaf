package ike_test

import (
	"encoding/hex"
	"fmt"
	"log"

	"github.com/ikescope/ikescope/ike"
)

// A gateway answers that it takes the proposal, but wants a KE payload of
// another method.
func ExampleParseMessage() {
	datagram, err := hex.DecodeString("4159bcd8fc254a607057b481b71202712920222000000000000000260000000a000000110013")
	if err != nil {
		log.Fatal(err)
	}
	m, err := ike.ParseMessage(datagram)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Exchange, "from", m.SPIr)
	if n, ok := m.Notify(ike.INVALID_KE_PAYLOAD); ok {
		method, _ := n.InvalidKEMethod()
		fmt.Println(n.Notification, method)
	}
	// Output:
	// IKE_SA_INIT from 7057b481b7120271
	// INVALID_KE_PAYLOAD KE_ECP_256
}

func ExampleMessage_AppendBinary() {
	m := ike.Message{
		Header: ike.Header{
			SPIi:         ike.SPI{1, 2, 3, 4, 5, 6, 7, 8},
			MajorVersion: 2,
			Exchange:     ike.INFORMATIONAL,
			Flags:        ike.FlagInitiator,
		},
		Payloads: []ike.Payload{&ike.Delete{Protocol: ike.ProtocolIKE}},
	}
	datagram, err := m.AppendBinary(nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%x\n", datagram)
	// Output:
	// 010203040506070800000000000000002a20250800000000000000240000000801000000
}
