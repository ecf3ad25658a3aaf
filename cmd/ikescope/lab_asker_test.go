//go:build linux

package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/proposals"
)

// An asker sends single requests, well-formed or not, where a scan would send
// what it thinks right.
type asker struct {
	conn              net.PacketConn
	port500, port4500 netip.AddrPort
}

// asker returns one in a namespace of the lab, for a gateway.
func (l lab) asker(t *testing.T, namespace, gateway string) *asker {
	t.Helper()
	address, err := netip.ParseAddr(gateway)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := listenIn(l.root+"/run/netns/"+namespace, ":0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &asker{conn, netip.AddrPortFrom(address, 500), netip.AddrPortFrom(address, 4500)}
}

// listenIn opens a UDP socket in the network namespace of a file. A socket stays in the
// namespace where its thread was when it was made.
func listenIn(namespace, address string) (net.PacketConn, error) {
	there, err := os.Open(namespace)
	if err != nil {
		return nil, err
	}
	defer there.Close()
	runtime.LockOSThread()
	here, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return nil, err
	}
	defer here.Close()
	if err := unix.Setns(int(there.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, fmt.Errorf("enter %s: %w", namespace, err)
	}
	conn, err := net.ListenPacket("udp4", address)
	if back := unix.Setns(int(here.Fd()), unix.CLONE_NEWNET); back != nil {
		// The thread stays locked, and ends with this goroutine.
		return nil, errors.Join(err, fmt.Errorf("leave %s: %w", namespace, back))
	}
	runtime.UnlockOSThread()
	return conn, err
}

// askerOf returns one for a responder in this process, over loopback.
func askerOf(t *testing.T, r *iketest.Responder) *asker {
	t.Helper()
	listen := func() net.PacketConn {
		conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	address := func(c net.PacketConn) netip.AddrPort { return c.LocalAddr().(*net.UDPAddr).AddrPort() }
	conn, port500, port4500 := listen(), listen(), listen()
	done := make(chan error)
	go func() { done <- r.Serve(port500, port4500) }()
	t.Cleanup(func() {
		port500.Close()
		port4500.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return &asker{conn, address(port500), address(port4500)}
}

// exchange sends a datagram, again if need be, and returns the answer to its
// IKE message, nil for silence.
func (a *asker) exchange(t *testing.T, to netip.AddrPort, datagram []byte) *ike.Message {
	t.Helper()
	marked := to == a.port4500
	request := datagram
	if octets, ok := ike.SplitNonESPMarker(datagram); ok && marked {
		request = octets
	}
	buf := make([]byte, 1<<16)
	for wait := 500 * time.Millisecond; wait <= 2*time.Second; wait *= 2 {
		if _, err := a.conn.WriteTo(datagram, net.UDPAddrFromAddrPort(to)); err != nil {
			t.Fatal(err)
		}
		if err := a.conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
			t.Fatal(err)
		}
		for {
			n, from, err := a.conn.ReadFrom(buf)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			octets := buf[:n]
			if marked {
				if octets, marked = ike.SplitNonESPMarker(octets); !marked {
					t.Fatalf("an answer from port 4500 has no non-ESP marker: %x", buf[:n])
				}
			}
			if len(octets) < 8 || !bytes.Equal(octets[:8], request[:8]) {
				continue // a late answer to an earlier request
			}
			if got := from.(*net.UDPAddr).AddrPort(); got != to {
				t.Errorf("the answer came from %v, want %v", got, to)
			}
			m, err := ike.ParseMessage(octets)
			if err != nil {
				t.Fatalf("answer %x: %v", octets, err)
			}
			if m.Flags&ike.FlagResponse == 0 || m.Exchange != ike.IKE_SA_INIT || m.MessageID != 0 {
				t.Fatalf("the answer has the header %+v", m.Header)
			}
			return m
		}
	}
	return nil
}

// A question is an IKE_SA_INIT request; zero fields but offer and ke mean what
// most requests have.
type question struct {
	// offer holds proposals with commas between them, each of keywords that
	// become transforms in their order, whatever they make together.
	offer string
	// ke is the method of the KE payload, and keData its octets instead of a
	// fresh public value.
	ke       ike.KeyExchangeMethod
	keData   []byte
	notifies []ike.NotifyType
	// change has the last word on the message.
	change func(*ike.Message)
	// to4500 sends it to port 4500, behind the non-ESP marker unless bare.
	to4500, bare bool
}

// ask sends a question with a fresh SPI and returns the answer, nil for
// silence.
func (a *asker) ask(t *testing.T, q question) *ike.Message {
	t.Helper()
	to := a.port500
	if q.to4500 {
		to = a.port4500
	}
	return a.exchange(t, to, q.encode(t, q.message(t)))
}

// open asks on UDP 500, brings the COOKIE that it is asked for, if any, and
// returns the outcomes.
func (a *asker) open(t *testing.T, q question) string {
	t.Helper()
	request := q.message(t)
	answer := a.exchange(t, a.port500, q.encode(t, request))
	words := outcome(answer)
	if answer == nil {
		return words
	}
	if cookie, ok := answer.Notify(ike.COOKIE); ok {
		request.Payloads = slices.Insert(request.Payloads, 0, ike.Payload(cookie))
		words += ", " + outcome(a.exchange(t, a.port500, q.encode(t, request)))
	}
	return words
}

func (q question) encode(t *testing.T, m *ike.Message) []byte {
	t.Helper()
	var octets []byte
	if q.to4500 && !q.bare {
		octets = ike.AppendNonESPMarker(nil)
	}
	octets, err := m.AppendBinary(octets)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

func (q question) message(t *testing.T) *ike.Message {
	t.Helper()
	m := &ike.Message{Header: ike.Header{MajorVersion: 2, Exchange: ike.IKE_SA_INIT, Flags: ike.FlagInitiator}}
	nonce := make([]byte, 32)
	rand.Read(nonce) // never fails
	rand.Read(m.SPIi[:])
	keData := q.keData
	if keData == nil {
		key, err := keyexchange.Generate(q.ke, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		keData = key.Public()
	}
	m.Payloads = []ike.Payload{&ike.SA{Proposals: proposalsOf(t, q.offer)}, &ike.KE{Method: q.ke, Data: keData}, &ike.Nonce{Data: nonce}}
	for _, n := range q.notifies {
		p := &ike.Notify{Notification: n}
		switch n {
		case ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP:
			p.Data = make([]byte, 20) // of no address
		case ike.SIGNATURE_HASH_ALGORITHMS:
			p.Data = []byte{0, byte(ike.SIGHASH_SHA2_256)}
		}
		m.Payloads = append(m.Payloads, p)
	}
	if q.change != nil {
		q.change(m)
	}
	return m
}

// proposalsOf reads an offer without a look at what it means.
func proposalsOf(t *testing.T, offer string) []ike.Proposal {
	t.Helper()
	var all []ike.Proposal
	for text := range strings.SplitSeq(offer, ",") {
		p := ike.Proposal{Number: uint8(len(all) + 1), Protocol: ike.ProtocolIKE}
		for keyword := range strings.SplitSeq(text, "-") {
			a, err := proposals.ParseAlgorithm(keyword)
			if err != nil {
				t.Fatal(err)
			}
			p.Transforms = append(p.Transforms, a.Transform())
		}
		all = append(all, p)
	}
	return all
}

// outcome returns in a word what an answer is.
func outcome(m *ike.Message) string {
	if m == nil {
		return "silence"
	}
	if _, ok := ike.Find[*ike.SA](m); ok {
		return "accepted"
	}
	n, ok := ike.Find[*ike.Notify](m)
	if !ok {
		return fmt.Sprintf("%d payloads without SA or Notify", len(m.Payloads))
	}
	if method, ok := n.InvalidKEMethod(); ok {
		return "INVALID_KE_PAYLOAD " + method.String()
	}
	return n.Notification.String()
}
