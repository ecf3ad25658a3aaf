package probe_test

import (
	"net"
	"net/netip"
	"sync"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/target"
	"github.com/ikescope/ikescope/proposals"
)

// unlimited is a rate that a scan over loopback does not reach.
const unlimited = 1e6

// strongSwanDefault is what strongSwan accepts where nothing is configured:
// 7,800 suites.
const strongSwanDefault = "aes128-aes192-aes256-aes128ctr-aes192ctr-aes256ctr-camellia128-camellia192-camellia256-" +
	"camellia128ctr-camellia192ctr-camellia256ctr-3des-sha256-sha384-sha512-sha1-aesxcbc-aescmac-" +
	strongSwanPRFs + "-" + strongSwanMethods + "," +
	"aes128gcm16-aes192gcm16-aes256gcm16-chacha20poly1305-aes128gcm12-aes192gcm12-aes256gcm12-" +
	"aes128gcm8-aes192gcm8-aes256gcm8-aes128ccm16-aes192ccm16-aes256ccm16-aes128ccm12-aes192ccm12-aes256ccm12-" +
	"aes128ccm8-aes192ccm8-aes256ccm8-camellia128ccm16-camellia192ccm16-camellia256ccm16-" +
	strongSwanPRFs + "-" + strongSwanMethods

const (
	strongSwanPRFs    = "prfsha256-prfsha384-prfsha512-prfaesxcbc-prfaescmac-prfsha1"
	strongSwanMethods = "ecp256-ecp384-ecp521-ecp256bp-ecp384bp-ecp512bp-x25519-x448-modp3072-modp4096-modp6144-modp8192-modp2048"
)

// serveStrongSwan runs a gateway that accepts policy on two free ports of the
// loopback address, until the test ends.
func serveStrongSwan(t testing.TB, policy string) target.Target {
	t.Helper()
	products, err := proposals.ParseProducts(policy)
	if err != nil {
		t.Fatal(err)
	}
	r := &iketest.Responder{Profile: iketest.StrongSwan}
	for i, p := range products {
		r.Policy = append(r.Policy, p.Proposal(uint8(i+1)))
	}
	gateway := target.Target{Address: netip.AddrFrom4([4]byte{127, 0, 0, 1})}
	var conns [2]net.PacketConn
	for i := range conns {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: gateway.Address.AsSlice()})
		if err != nil {
			t.Fatal(err)
		}
		conns[i] = c
		gateway.Paths = gateway.Paths.With(initiator.Transport(i), c.LocalAddr().(*net.UDPAddr).AddrPort().Port())
	}
	var served sync.WaitGroup
	served.Go(func() {
		if err := r.Serve(conns[initiator.UDP500], conns[initiator.UDP4500]); err != nil {
			t.Errorf("the gateway: %v", err)
		}
	})
	t.Cleanup(func() {
		for _, c := range conns {
			c.Close()
		}
		served.Wait()
	})
	return gateway
}

// BenchmarkScan scans a gateway with strongSwan's default policy over real UDP
// on loopback, at the rate that answers come. Its time holds the work of both
// sides.
func BenchmarkScan(b *testing.B) {
	target := serveStrongSwan(b, strongSwanDefault)
	var cost evidence.Cost
	scans := 0
	b.ReportAllocs()
	for b.Loop() {
		r, err := probe.Scanner{Rate: unlimited}.Scan(b.Context(), target)
		if err != nil {
			b.Fatal(err)
		}
		if r.Err != nil || r.Matrix == nil || r.Matrix.Accepted != 7800 || !r.Matrix.Proven || r.Cost.HalfOpenLeft != 0 {
			b.Fatalf("verdict %v, error %v, matrix %+v, cost %+v", r.Verdict, r.Err, r.Matrix, r.Cost)
		}
		scans++
		cost.Exchanges += r.Cost.Exchanges
		cost.DatagramsSent += r.Cost.DatagramsSent
		cost.BytesSent += r.Cost.BytesSent
		cost.BytesReceived += r.Cost.BytesReceived
		cost.Retransmits += r.Cost.Retransmits
		cost.Cookies += r.Cost.Cookies
	}
	for _, m := range []struct {
		unit  string
		total int64
	}{
		{"exchanges", int64(cost.Exchanges)},
		{"datagrams", int64(cost.DatagramsSent)},
		{"octets-sent", cost.BytesSent},
		{"octets-received", cost.BytesReceived},
		{"retransmits", int64(cost.Retransmits)},
		{"cookies", int64(cost.Cookies)},
	} {
		b.ReportMetric(float64(m.total)/float64(scans), m.unit)
	}
}

// TestRequestOctets holds requests to the sizes with which the tables of
// docs/benchmark.md count: 228 octets and the proposals, 32 more for offers
// with ECP_256 and 8 for those with additional key exchanges.
func TestRequestOctets(t *testing.T) {
	target := serveStrongSwan(t, "aes256-sha256-prfsha256-modp2048")
	sent := make(map[int]int) // octets, by the number of the exchange
	r, err := probe.Scanner{
		Rate: unlimited, Transports: []initiator.Transport{initiator.UDP500},
		Trace: func(d initiator.Datagram) {
			if d.Sent && sent[d.Exchange] == 0 { // another try may have a cookie
				sent[d.Exchange] = len(d.Octets)
			}
		},
	}.Scan(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, x := range r.Exchanges {
		if x.Purpose != evidence.PurposeMatrix {
			continue
		}
		want := 228
		ecp256, additional := false, false
		for _, p := range x.Offer {
			want += p.Octets()
			for _, m := range p[proposals.KE] {
				ecp256 = ecp256 || ike.KeyExchangeMethod(m.ID) == ike.KE_ECP_256
			}
			additional = additional || len(p[proposals.ADDKE1]) > 0
		}
		if ecp256 {
			want += 32
		}
		if additional {
			want += 8
		}
		if got := sent[x.ID]; got != want {
			t.Errorf("exchange %d: %d octets, want %d", x.ID, got, want)
		}
		checked++
	}
	if checked < 10 {
		t.Errorf("%d offers seen, want more", checked)
	}
}
