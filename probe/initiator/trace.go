package initiator

import (
	"encoding/binary"
	"net/netip"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
)

// Datagram is one UDP datagram that a Conn sent or received, or one IKE message of a
// TCP stream.
type Datagram struct {
	Time          time.Time
	Sent          bool
	Local, Remote netip.AddrPort
	Transport     Transport
	// Exchange is the number of the exchange that it belongs to; 0 if none.
	Exchange int
	// Octets is the UDP payload, with the non-ESP marker on UDP 4500; on TCP 4500,
	// what stands behind the length. It is not to be changed.
	Octets []byte
}

// furtherFragment reports whether d is a fragment of an IKE message (RFC 7383,
// Section 2.5), and not its first.
func (d Datagram) furtherFragment() bool {
	message := d.Octets
	if d.Transport.marked() {
		message, _ = ike.SplitNonESPMarker(message)
	}
	const next, number = 16, ike.HeaderLen + 4 // of the header; of the SKF payload
	return len(message) >= number+2 && message[next] == byte(ike.PayloadEncryptedFragment) && binary.BigEndian.Uint16(message[number:]) > 1
}

// ledger counts what a conn sends and receives, and shows it to a hook.
type ledger struct {
	hook func(Datagram)

	mu      sync.Mutex
	total   Cost
	sent    map[Transport]int // messages: one in fragments of IKE counts once
	came    map[Transport]int
	foreign int // datagrams from other addresses
	// unmarked are datagrams from the gateway's UDP 4500 that are not IKE.
	unmarked int
}

// transmit sends d by write, counts it if that worked, and shows it to the hook,
// which sees it before any answer to it.
func (l *ledger) transmit(d Datagram, write func() error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := write(); err != nil {
		return err
	}
	l.total.DatagramsSent++
	l.total.BytesSent += int64(len(d.Octets))
	if !d.furtherFragment() {
		l.sent[d.Transport]++
	}
	l.show(d)
	return nil
}

// received counts d and shows it to the hook. A foreign datagram, from another
// address, is counted apart: it says nothing of the path to the gateway.
func (l *ledger) received(d Datagram, foreign bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if foreign {
		l.foreign++
	} else {
		l.total.DatagramsReceived++
		l.total.BytesReceived += int64(len(d.Octets))
		if !d.furtherFragment() {
			l.came[d.Transport]++
		}
		if _, marked := ike.SplitNonESPMarker(d.Octets); d.Transport == UDP4500 && !marked {
			l.unmarked++
		}
	}
	l.show(d)
}

// show calls the hook, one datagram at a time. l.mu is held.
func (l *ledger) show(d Datagram) {
	if l.hook != nil {
		l.hook(d)
	}
}

// add changes the counts that are of exchanges.
func (l *ledger) add(exchanges, retransmits, cookies int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total.Exchanges += exchanges
	l.total.Retransmits += retransmits
	l.total.Cookies += cookies
}

func (l *ledger) cost() Cost {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total
}

func (l *ledger) traffic(t Transport) (sent, received int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sent[t], l.came[t]
}

func (l *ledger) strays() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.foreign
}
