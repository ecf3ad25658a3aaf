package path

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"time"

	"github.com/ikescope/ikescope/probe/initiator"
)

// tlsTime bounds how long an answer to a TLS ClientHello is awaited.
const tlsTime = 2 * time.Second

// askTLS finds out, of a TCP port that opens and does not speak IKE, whether it speaks
// TLS: other VPNs, and web servers, have their ports beside IKE.
func (x *examination) askTLS(ctx context.Context, w *way) {
	if !w.t.IsTCP() || w.seen.State != initiator.PathOpen && w.seen.State != initiator.PathNotIKE {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tlsTime)
	defer cancel()
	nc, err := w.conn.Dial(ctx, w.t)
	if err != nil {
		return
	}
	defer nc.Close()
	if answersTLS(ctx, nc) {
		w.seen.State, w.seen.Reason, w.seen.From = initiator.PathNotIKE, TLS, netip.AddrPort{}
		w.seen.Detail = "it answers a TLS ClientHello"
	}
}

// answersTLS reports whether the other end of nc answers a ClientHello with a record
// of TLS, be it a refusal.
func answersTLS(ctx context.Context, nc net.Conn) bool {
	r := &beginning{Conn: nc}
	// Nothing is told to whoever is there, and nothing believed.
	client := tls.Client(r, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10})
	_ = client.HandshakeContext(ctx) // what came says more
	const handshake, alert = 22, 21
	return r.n >= len(r.b) && (r.b[0] == handshake || r.b[0] == alert) && r.b[1] == 3 && r.b[2] <= 4
}

// beginning keeps the first octets that are read: the type and the version of a TLS
// record (RFC 8446, Section 5.1).
type beginning struct {
	net.Conn
	b [3]byte
	n int
}

func (r *beginning) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	r.n += copy(r.b[min(r.n, len(r.b)):], p[:n])
	return n, err
}
