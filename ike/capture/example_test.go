package capture_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/ikescope/ikescope/ike/capture"
)

// The IKE SAs in a capture of a client that rekeys twice.
func Example() {
	file, err := os.Open("../../testdata/captures/rekey.pcap")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	r, err := capture.NewReader(file)
	if err != nil {
		log.Fatal(err)
	}
	var point capture.Point
	if err := point.Read(context.Background(), file.Name(), r); err != nil {
		log.Fatal(err)
	}
	for _, sa := range point.Tracker.SAs {
		fmt.Printf("%v: %v > %v, exchanges: %d\n", sa.SPIi, sa.Paths[0].Initiator, sa.Paths[0].Responder, len(sa.Exchanges))
	}
	// Output:
	// 91f1721d76b2146a: 10.88.1.2:500 > 10.88.11.2:500, exchanges: 4
	// 0395f2d01bc33ed0: 10.88.1.2:4500 > 10.88.11.2:4500, exchanges: 2
	// c3d8e123e0442e2a: 10.88.1.2:4500 > 10.88.11.2:4500, exchanges: 1
}

// A Dissector of frames, with IKE on one more port.
func ExampleDissector() {
	file, err := os.Open("../../testdata/captures/nat-keepalive.pcap")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	r, err := capture.NewReader(file)
	if err != nil {
		log.Fatal(err)
	}
	d := capture.Dissector{Ports: []uint16{5500}}
	for {
		frame, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		d.Add(frame)
	}
	d.Finish()
	fmt.Printf("IKE messages: %d, NAT keepalives: %d, IKE SAs: %d\n", d.Counts.IKE, d.Counts.Keepalives, len(d.Tracker.SAs))
	// Output: IKE messages: 6, NAT keepalives: 4, IKE SAs: 1
}
