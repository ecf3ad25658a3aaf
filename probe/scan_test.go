package probe

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/ike/iketest/streamtest"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/probe/target"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// scene is a gateway, a scanner and what is between them.
type scene struct {
	policy    string // as strongSwan writes it
	later     string // the policy after laterFrom requests
	laterFrom int
	profile   iketest.Profile
	// laterProfile, if set, is the profile after laterFrom requests.
	laterProfile *iketest.Profile
	faults       iketest.Faults
	behind       netip.Addr // the gateway's own address, if a NAT gives it another
	seed         uint64     // of the network
	scanner      Scanner
	target       target.Target // the gateway, unless Address is set
	client       netip.Addr
	gateway      netip.Addr
	link         memnet.Link
	silent500    bool // nothing comes through on port 500
	tcp          bool // nothing comes through over UDP, and TCP 4500 is open
	early        bool // somebody refuses each request 100 ms before the gateway answers
	rude         bool // there may be no matrix
	opens        bool // it opens IKE SAs that no request asked for
	odd          []iketest.Oddity
	connections  []iketest.Connection
	prepare      func(n *memnet.Network)
	// during, if set, runs beside the scan.
	during func(cancel context.CancelFunc)
}

// outcome is what came of a scene.
type outcome struct {
	evidence.Result
	err   error
	stats iketest.Stats
	scene scene
	// gateway is the one that was scanned.
	gateway *iketest.Responder
}

// scan runs a scene in a bubble of its own, so that its time costs none.
func (sc scene) scan(t *testing.T) outcome {
	t.Helper()
	out := outcome{scene: sc}
	synctest.Test(t, func(t *testing.T) {
		if !sc.gateway.IsValid() {
			sc.gateway = gatewayAddr
		}
		if !sc.client.IsValid() {
			sc.client = clientAddr
		}
		network := memnet.New()
		network.Seed = sc.seed
		network.SetLink(sc.link)
		network.AddHost(sc.gateway)
		if sc.silent500 {
			network.SetFilter(func(_, to netip.AddrPort, _ []byte) memnet.Verdict {
				if to.Port() == 500 {
					return memnet.Drop
				}
				return memnet.Pass
			})
		}
		var streams *streamtest.Network
		if sc.tcp {
			streams = &streamtest.Network{Delay: sc.link.Delay}
			network.SetFilter(func(netip.AddrPort, netip.AddrPort, []byte) memnet.Verdict { return memnet.Drop })
		}
		if sc.prepare != nil {
			sc.prepare(network)
		}
		r := &iketest.Responder{
			Policy: policyOf(t, sc.policy), LaterPolicy: policyOf(t, sc.later), LaterProfile: sc.laterProfile, LaterFrom: sc.laterFrom,
			Profile: sc.profile, Faults: sc.faults, Address: sc.behind, Connections: sc.connections,
			Rand: &lockedRand{source: rand.NewChaCha8([32]byte{1})},
		}
		for _, odd := range sc.odd {
			odd.Apply(r)
		}
		out.gateway = r
		var served sync.WaitGroup
		var conns []net.PacketConn
		for _, port := range []uint16{500, 4500} {
			pc, err := network.ListenPacket(netip.AddrPortFrom(sc.gateway, port))
			if err != nil {
				t.Fatal(err)
			}
			if sc.early {
				pc = forger{pc}
			}
			conns = append(conns, pc)
		}
		served.Go(func() {
			if err := r.Serve(conns[0], conns[1]); err != nil {
				t.Errorf("Serve: %v", err)
			}
		})
		s := sc.scanner
		if streams != nil {
			l, err := streams.Listen(netip.AddrPortFrom(sc.gateway, 4500))
			if err != nil {
				t.Fatal(err)
			}
			defer served.Wait()
			defer l.Close()
			served.Go(func() {
				if err := streamtest.Serve(r, l); err != nil {
					t.Errorf("Serve: %v", err)
				}
			})
			s.Dial = streams.Dial
		}
		s.Rand = &lockedRand{source: rand.NewChaCha8([32]byte{2})}
		s.Listen = func(_ context.Context, _ netip.Addr, source netip.AddrPort) (net.PacketConn, error) {
			return network.ListenPacket(netip.AddrPortFrom(sc.client, source.Port()))
		}
		target := sc.target
		if !target.Address.IsValid() {
			target.Name, target.Address = "gateway", sc.gateway
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if sc.during != nil {
			go sc.during(cancel)
		}
		out.Result, out.err = s.Scan(ctx, target)
		out.stats = r.Stats()
		for _, c := range conns {
			c.Close()
		}
		if streams == nil {
			served.Wait()
		}
	})
	out.check(t)
	return out
}

// forger sends NO_PROPOSAL_CHOSEN 100 ms before each answer to IKE_SA_INIT.
type forger struct{ net.PacketConn }

func (f forger) WriteTo(answer []byte, to net.Addr) (int, error) {
	message, marked := ike.SplitNonESPMarker(answer)
	if !marked {
		message = answer
	}
	h, _, _, err := ike.ParseHeader(message)
	if err != nil || h.Exchange != ike.IKE_SA_INIT {
		return f.PacketConn.WriteTo(answer, to)
	}
	h.SPIr = ike.SPI{}
	var forged []byte
	if marked {
		forged = ike.AppendNonESPMarker(nil)
	}
	forged, err = (&ike.Message{Header: h, Payloads: []ike.Payload{&ike.Notify{Notification: ike.NO_PROPOSAL_CHOSEN}}}).AppendBinary(forged)
	if err != nil {
		return 0, err
	}
	answer = slices.Clone(answer)
	time.AfterFunc(100*ms, func() { f.PacketConn.WriteTo(answer, to) })
	return f.PacketConn.WriteTo(forged, to)
}

// lockedRand is a source that several goroutines can read.
type lockedRand struct {
	mu     sync.Mutex
	source *rand.ChaCha8
}

func (r *lockedRand) Read(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.source.Read(b)
}

func policyOf(t testing.TB, policy string) []ike.Proposal {
	t.Helper()
	if policy == "" {
		return nil
	}
	var ps []ike.Proposal
	for i, p := range products(t, policy) {
		ps = append(ps, p.Proposal(uint8(i+1)))
	}
	return ps
}

// check holds what is true of every result.
func (o outcome) check(t *testing.T) {
	t.Helper()
	if o.Complete != (o.err == nil) {
		t.Errorf("complete: %v, error %v", o.Complete, o.err)
	}
	if o.Verdict == evidence.VerdictError || o.Err != nil {
		t.Errorf("verdict %v, error %v", o.Verdict, o.Err)
	}
	if (o.Verdict == evidence.VerdictIKEv2) != (o.Matrix != nil) && !o.scene.rude {
		t.Errorf("verdict %v, and matrix %v", o.Verdict, o.Matrix)
	}
	if o.Cost.HalfOpenPeak > 3 && !o.scene.opens {
		t.Errorf("%d half-open IKE SAs at a time", o.Cost.HalfOpenPeak)
	}
	for i, x := range o.Exchanges {
		if i > 0 && x.ID <= o.Exchanges[i-1].ID || x.Outcome == initiator.NotTried {
			t.Errorf("exchange %d after %d, %v", x.ID, o.Exchanges[max(i-1, 0)].ID, x.Outcome)
		}
	}
	o.observed(t)
}

// observed wants each suite that is called observed to be one that an exchange took
// by itself: nothing else was offered, but for the method of the KE payload, or an
// accepted answer named it.
func (o outcome) observed(t *testing.T) {
	t.Helper()
	if o.Matrix == nil || len(o.scene.target.Prior) > 0 {
		return // there, it was in an earlier scan
	}
	took := make(map[proposals.Suite]bool)
	for _, x := range o.Exchanges {
		if x.Type != ike.IKE_SA_INIT || !x.Taken() {
			continue
		}
		if x.Suite != nil {
			took[*x.Suite] = true
		} else if offer := offers.WithoutMethod(x.Offer, x.KE); offers.Size(offer) == 1 {
			s, _ := offer[0].First()
			took[s] = true
		}
	}
	for _, r := range o.Matrix.Products {
		samples := 0
		for s := range took {
			if o.Matrix.Observed(s) && r.Product.Contains(s) {
				samples++
			}
		}
		if samples != r.Samples || samples == 0 || r.Basis == matrix.Observed && int64(samples) != r.Product.Size() {
			t.Errorf("%v: %v with %d samples, and exchanges took %d by themselves", r.Product, r.Basis, r.Samples, samples)
		}
	}
}

// exact wants the matrix to be the policy, and all of it decided.
func (o outcome) exact(t *testing.T) {
	t.Helper()
	o.right(t)
	if m := o.Matrix; m != nil && (!m.Proven || !o.Complete || m.NoAnswer+m.NotTested != 0) {
		t.Errorf("not decided: %d without an answer, %d not tested; complete: %v", m.NoAnswer, m.NotTested, o.Complete)
	}
}

// right wants nothing wrong: what the matrix says of a suite is so, or it says
// that it does not know.
func (o outcome) right(t *testing.T) {
	t.Helper()
	m := o.Matrix
	if m == nil {
		t.Fatalf("no matrix, verdict %v; %+v %v", o.Verdict, o.Paths, o.Notes)
	}
	var want, accepted, undecided []proposals.Product
	for _, u := range m.Asked {
		if o.scene.policy == "" {
			break
		}
		for _, p := range products(t, o.scene.policy) {
			want = append(want, intersect(u, p)...)
		}
	}
	for _, r := range m.Products {
		accepted = append(accepted, full(r.Product))
	}
	for _, u := range m.Undecided {
		undecided = append(undecided, full(u.Product))
	}
	for _, p := range subtract(accepted, want) {
		t.Errorf("accepted, which is not the policy: %v", p)
	}
	for _, p := range subtract(subtract(want, accepted), undecided) {
		t.Errorf("not accepted, though it is the policy: %v", p)
	}
	if t.Failed() {
		t.Logf("%d exchanges; %+v", o.Cost.Exchanges, o.Notes)
	}
}

// clean wants nothing left at the gateway.
func (o outcome) clean(t *testing.T) {
	t.Helper()
	if o.stats.HalfOpen != 0 || o.Cost.HalfOpenLeft != 0 {
		t.Errorf("%d half-open IKE SAs left at the gateway, the result says %d; %v", o.stats.HalfOpen, o.Cost.HalfOpenLeft, o.Notes)
	}
}

// notes wants a note of each kind.
func (o outcome) notes(t *testing.T, kinds ...evidence.NoteKind) {
	t.Helper()
	for _, k := range kinds {
		if _, ok := find(o.Notes, k); !ok {
			t.Errorf("there is no note %v: %v", k, kindsOf(o.Notes))
		}
	}
}

// find returns the first of notes that is of a kind.
func find(notes []evidence.Note, k evidence.NoteKind) (evidence.Note, bool) {
	i := slices.IndexFunc(notes, func(n evidence.Note) bool { return n.Kind == k })
	if i < 0 {
		return evidence.Note{}, false
	}
	return notes[i], true
}

func kindsOf(notes []evidence.Note) []evidence.NoteKind {
	var kinds []evidence.NoteKind
	for _, n := range notes {
		kinds = append(kinds, n.Kind)
	}
	return kinds
}

// changed reports whether the result says that the policy changed.
func (o outcome) changed() bool {
	return slices.ContainsFunc(o.Notes, func(n evidence.Note) bool {
		return slices.Contains([]evidence.NoteKind{evidence.NoteControlRefused, evidence.NoteContradictions, evidence.NoteChanged, evidence.NotePriorRefused}, n.Kind)
	})
}

// repeated returns how often a test does something that it does n times when it
// is given time.
func repeated(n uint64) uint64 {
	if testing.Short() {
		return max(n/5, 2)
	}
	return n
}

// full returns p with none written out.
func full(p proposals.Product) proposals.Product {
	for i := range p {
		if len(p[i]) == 0 {
			p[i] = []proposals.Algorithm{proposals.None(proposals.Axis(i))}
		}
	}
	return p
}

// intersect returns the suites that p and q share, as one product or none.
func intersect(p, q proposals.Product) []proposals.Product {
	p, q = full(p), full(q)
	for i := range p {
		p[i] = slices.DeleteFunc(slices.Clone(p[i]), func(a proposals.Algorithm) bool { return !slices.Contains(q[i], a) })
		if len(p[i]) == 0 {
			return nil
		}
	}
	return []proposals.Product{p}
}

// subtract returns what is in from and not in other, both without none left
// out.
func subtract(from, other []proposals.Product) []proposals.Product {
	for _, q := range other {
		var rest []proposals.Product
		for _, p := range from {
			if len(intersect(p, q)) == 0 {
				rest = append(rest, p)
				continue
			}
			for i := range p {
				in, out := p, p
				in[i], out[i] = nil, nil
				for _, a := range p[i] {
					if slices.Contains(q[i], a) {
						in[i] = append(in[i], a)
					} else {
						out[i] = append(out[i], a)
					}
				}
				if len(out[i]) > 0 {
					rest = append(rest, out)
				}
				p = in
			}
		}
		from = rest
	}
	return from
}

// questionsOfReading returns how many exchanges asked about the gateway itself, and not
// about its policy: those whose offers were not asked before.
func (o outcome) questionsOfReading() (n int) {
	asked := make(map[string]bool)
	for _, x := range o.Exchanges {
		offer := fmt.Sprint(x.Offer)
		if x.Purpose == evidence.PurposeControl && !asked[offer] {
			n++
		}
		asked[offer] = true
	}
	return n
}

// Policies of the tests.
const (
	smallPolicy   = "aes256-sha256-prfsha256-modp2048"
	singlesPolicy = "aes256gcm16-prfsha384-ecp384,aes256-sha256-prfsha256-modp2048,aes128-sha1-prfsha1-modp1024," +
		"chacha20poly1305-prfsha256-x25519,3des-sha1-prfsha1-modp1536"
	overlapPolicy = "aes256gcm16-aes128gcm16-prfsha256-prfsha384-ecp256-ecp384-x25519," +
		"aes256-aes128-sha256-sha512-prfsha256-prfsha512-modp2048-ecp256," +
		"aes256-sha384-sha256-prfsha384-prfsha256-ecp384-modp2048-modp3072," +
		"aes128-aes192-sha1-sha256-prfsha1-prfsha256-modp2048-modp1536," +
		"aes256gcm16-prfsha384-prfsha512-ecp521-ecp384-modp4096"
	broadPolicy = "aes128gcm16-aes256gcm16-prfsha256-prfsha384-prfsha512-prfsha1-x25519-ecp521-ecp384-ecp256-modp4096-modp3072-modp2048-modp1536-modp1024," +
		"aes256-aes192-aes128-3des-sha256-sha384-sha512-sha1-prfsha256-prfsha384-prfsha512-prfsha1-x25519-ecp521-ecp384-ecp256-modp4096-modp3072-modp2048-modp1536-modp1024"
	hybridPolicy = "aes256gcm16-prfsha384-x25519-ke1_mlkem768"
	mixedPolicy  = "aes256gcm16-prfsha384-x25519-ke1_mlkem768-ke1_mlkem1024,aes256gcm16-prfsha384-x25519-ecp384-ke1_none,aes256-sha384-prfsha384-ecp384-x25519-modp3072"
)

func TestScan(t *testing.T) {
	policies := []struct{ name, policy string }{
		{"nothing", ""},
		{"small", smallPolicy},
		{"singles", singlesPolicy},
		{"overlap", overlapPolicy},
		{"broad", broadPolicy},
		{"hybrid", hybridPolicy},
		{"mixed", mixedPolicy},
	}
	for _, profile := range []struct {
		name    string
		profile iketest.Profile
	}{{"strongSwan", iketest.StrongSwan}, {"libreswan", iketest.Libreswan}, {"OpenIKED", iketest.OpenIKED}} {
		for _, p := range policies {
			if strings.Contains(p.policy, "mlkem") && profile.profile.NoAdditionalKE {
				continue
			}
			t.Run(profile.name+"/"+p.name, func(t *testing.T) {
				o := scene{policy: p.policy, profile: profile.profile, link: memnet.Link{Delay: 5 * ms}}.scan(t)
				o.exact(t)
				o.clean(t)
				t.Logf("%d exchanges in %v, half-open peak %d, %v", o.Cost.Exchanges, o.Cost.Elapsed, o.stats.HalfOpenPeak, kindsOf(o.Notes))
				if o.stats.Cookies != 0 || o.Cost.Retransmits != 0 {
					t.Errorf("%d cookies, %d retransmits", o.stats.Cookies, o.Cost.Retransmits)
				}
				if n := o.questionsOfReading(); o.Matrix.Accepted > 0 && n > 9 {
					t.Errorf("%d exchanges to see whether the gateway reads, understands and means what it is asked", n)
				}
				if o.NAT == nil && p.policy != "" {
					t.Errorf("nothing is known of NAT: %v", kindsOf(o.Notes))
				}
				if len(o.Paths) != 2 || o.Paths[0].State != initiator.PathAnswers || o.Paths[1].State != initiator.PathAnswers {
					t.Errorf("paths %+v", o.Paths)
				}
			})
		}
	}
}
