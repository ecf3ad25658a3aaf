package scan_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/target"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/gate"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

// TestOddGateways: whatever the gateway is like, and whenever the scan ends, the
// document keeps to the schema, and all evidence is exchanges that it lists.
func TestOddGateways(t *testing.T) {
	t.Parallel()
	schema := report.Schema()
	for i, odd := range iketest.Oddities() {
		if testing.Short() && i%16 != 0 {
			continue
		}
		t.Run(odd.Name, func(t *testing.T) {
			t.Parallel()
			doc := scan.Document(scan.Run{Tool: report.Tool{Name: "ikescope", Version: "test"}}, []evidence.Result{scanOdd(t, uint64(i), odd)})
			octets, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			reporttest.Validate(t, schema, octets)
			target := doc.Targets[0]
			known := make(map[int]bool)
			for _, x := range target.Exchanges {
				known[x.ID] = true
			}
			var tree any
			if err := json.Unmarshal(octets, &tree); err != nil {
				t.Fatal(err)
			}
			for _, id := range evidenceIn(tree) {
				if !known[id] {
					t.Errorf("exchange %d is evidence, and not in the report", id)
				}
			}
		})
	}
}

// TestMembersGates: no gate passes on several gateways at an address, of which one is
// weak, or of which not each was asked about everything; it does where each was.
func TestMembersGates(t *testing.T) {
	t.Parallel()
	const first = "aes128-aes256-sha256-prfsha256-modp2048" // of scanOdd
	legacy, _ := baseline.PolicyNamed("legacy")
	mine := client.Policy{Name: "mine", Offer: reporttest.Products(t, first), KE: ike.KE_MODP_2048}
	passed := 0
	for _, second := range []string{"3des-sha1-prfsha1-modp1024", first} {
		odd := iketest.Oddity{Name: "two products", Apply: func(r *iketest.Responder) {
			other := &iketest.Responder{Profile: iketest.OpenIKED, Rand: r.Rand}
			for i, p := range reporttest.Products(t, second) {
				other.Policy = append(other.Policy, p.Proposal(uint8(i+1)))
			}
			r.Balance = iketest.PerPacket
			r.Members = []iketest.Member{{Responder: other, Share: 0.5}}
		}}
		for seed := range uint64(15) {
			if seed%3 == 2 {
				continue // it has hardly time for an answer
			}
			doc := scan.Document(scan.Run{}, []evidence.Result{scanOdd(t, seed, odd)})
			target := &doc.Targets[0]
			if n := len(target.Members); n != 2 && seed%3 == 0 {
				t.Fatalf("%d members", n)
			}
			target.Policies, target.Clients = assess.Policies(target, []baseline.Policy{legacy}), assess.Clients(target, []client.Policy{mine})
			gates, exit := gate.Check(doc, gate.Gates{Policies: true, Clients: true, FailOn: report.SeverityHigh})
			decided := len(target.Members) == 2 && !slices.ContainsFunc(target.Members, func(m report.Member) bool { return m.Unknown > 0 })
			for _, g := range gates {
				if g.State == report.GatePassed && (second != first || !decided) {
					t.Errorf("%s, seed %d: %+v, doubts %v", second, seed, g, target.Doubts)
				}
			}
			if exit.Code == report.ExitDone {
				passed++
			}
		}
	}
	if passed == 0 {
		t.Error("no two alike passed")
	}
}

// evidenceIn returns all numbers of exchanges in a document.
func evidenceIn(node any) []int {
	var out []int
	switch node := node.(type) {
	case map[string]any:
		for key, value := range node {
			if list, ok := value.([]any); ok && key == "evidence" {
				for _, n := range list {
					out = append(out, int(n.(float64)))
				}
				continue
			}
			out = slices.Concat(out, evidenceIn(value))
		}
	case []any:
		for _, value := range node {
			out = slices.Concat(out, evidenceIn(value))
		}
	}
	return out
}

// scanOdd scans an odd gateway in a network of its own, on a path that loses a few
// datagrams.
func scanOdd(t *testing.T, seed uint64, odd iketest.Oddity) evidence.Result {
	t.Helper()
	gateway, client := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	var result evidence.Result
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		network.Seed = seed
		network.SetLink(memnet.Link{Delay: 10 * time.Millisecond, Loss: 0.02})
		network.AddHost(gateway)
		r := &iketest.Responder{Profile: iketest.StrongSwan, Rand: lockedRand(seed), Faults: iketest.Faults{Seed: seed}}
		for i, p := range reporttest.Products(t, "aes128-aes256-sha256-prfsha256-modp2048") {
			r.Policy = append(r.Policy, p.Proposal(uint8(i+1)))
		}
		odd.Apply(r)
		var conns []net.PacketConn
		for _, port := range []uint16{500, 4500} {
			pc, err := network.ListenPacket(netip.AddrPortFrom(gateway, port))
			if err != nil {
				t.Fatal(err)
			}
			conns = append(conns, pc)
		}
		var served sync.WaitGroup
		served.Go(func() {
			if err := r.Serve(conns[0], conns[1]); err != nil {
				t.Errorf("Serve: %v", err)
			}
		})
		s := probe.Scanner{
			Rand: lockedRand(seed + 1), Deadline: 5 * time.Minute,
			Listen: func(_ context.Context, _ netip.Addr, source netip.AddrPort) (net.PacketConn, error) {
				return network.ListenPacket(netip.AddrPortFrom(client, source.Port()))
			},
		}
		switch seed % 3 {
		case 1:
			s.MaxExchanges = 4 + int(seed)%50
		case 2:
			s.Deadline = time.Duration(seed) * 50 * time.Millisecond
		}
		result, _ = s.Scan(t.Context(), target.Target{Name: "gateway", Address: gateway}) // the result says why it is not complete
		for _, c := range conns {
			c.Close()
		}
		served.Wait()
	})
	return result
}

// lockedRand returns randomness for several goroutines.
func lockedRand(seed uint64) *lockedReader {
	var key [32]byte
	key[0] = byte(seed)
	return &lockedReader{source: rand.NewChaCha8(key)}
}

type lockedReader struct {
	mu     sync.Mutex
	source *rand.ChaCha8
}

func (r *lockedReader) Read(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.source.Read(b)
}
