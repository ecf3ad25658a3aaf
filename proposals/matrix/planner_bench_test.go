package matrix

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

var update = flag.Bool("update", false, "write the tables of docs/benchmark.md")

// inFlight is how many exchanges a scan has on the way at most.
const inFlight = 16

// cost is what a method spends on one policy, and how much of its result is
// wrong.
type cost struct {
	exchanges int64
	octets    int64 // of UDP payload, sent
	rounds    int64 // round trips one after the other
	wrong     int64 // suites
}

// add counts offers that do not depend on each other's answers.
func (c *cost) add(offers ...Offer) {
	c.exchanges += int64(len(offers))
	c.rounds += ceilDiv(int64(len(offers)), inFlight)
	for _, o := range offers {
		c.octets += requestOctets(o)
	}
}

// Sizes of a scan's IKE_SA_INIT request, in octets of UDP payload.
const (
	// restOctets is all but the proposals, with an ECP_256 public value.
	restOctets = 228
	// ecp256Octets is what the public value of another method, ECP_384, is
	// longer by; an offer that holds ECP_256 needs it.
	ecp256Octets = 32
	// additionalOctets is the notify INTERMEDIATE_EXCHANGE_SUPPORTED, which
	// goes with additional key exchanges.
	additionalOctets = 8
)

// requestOctets returns the size of the request that makes o.
func requestOctets(o Offer) int64 {
	n := restOctets
	ecp256, additional := false, false
	for _, p := range o.Products {
		n += p.Octets()
		for _, m := range p[proposals.KE] {
			ecp256 = ecp256 || m.Keyword() == "ecp256"
		}
		for a := proposals.ADDKE1; a <= proposals.ADDKE7; a++ {
			additional = additional || !p.Absent(a)
		}
	}
	if ecp256 {
		n += ecp256Octets
	}
	if additional {
		n += additionalOctets
	}
	return int64(n)
}

// gatewayFor returns a gateway with a policy of the table policies.
func gatewayFor(t testing.TB, u *Universe, policy string) *gateway {
	t.Helper()
	if policy == "" {
		return gatewayOf(t, u, nil)
	}
	return newGateway(t, u, policy)
}

// plannerCost is what the planner of this package spends with the hypotheses of a
// scan, blindCost without.
func plannerCost(t testing.TB, g *gateway) cost { return costOf(t, g, held()) }
func blindCost(t testing.TB, g *gateway) cost   { return costOf(t, g, nil) }

func costOf(t testing.TB, g *gateway, hypotheses []Hypothesis) cost {
	var c cost
	m := Planner{Universe: g.u, Hypotheses: hypotheses, Ask: func(offers []Offer) []Answer {
		c.add(offers...)
		return g.ask(t, offers)
	}}.Run()
	c.wrong = g.differ(m)
	return c
}

// BenchmarkPlanner measures the planner's own work on a policy: the gateway
// answers at once. The costs of the scan are reported beside the time.
func BenchmarkPlanner(b *testing.B) {
	hypotheses := held()
	for _, tt := range policies {
		b.Run(tt.name, func(b *testing.B) {
			u := Standard()
			b.ReportAllocs()
			for b.Loop() {
				gatewayFor(b, u, tt.policy).guided(b, hypotheses)
			}
			g := gatewayFor(b, u, tt.policy)
			c := plannerCost(b, g)
			b.ReportMetric(float64(c.exchanges), "exchanges")
			b.ReportMetric(float64(c.octets), "octets")
			b.ReportMetric(float64(c.rounds), "rounds")
			b.ReportMetric(float64(sets.Size(g.want())), "accepted")
		})
	}
}

// BenchmarkMisleading gives methods random policies whose proposals overlap,
// touch and contain each other, and tells in how many of a hundred the result
// is wrong: a method that asks less must infer more.
func BenchmarkMisleading(b *testing.B) {
	const policies = 100
	u := Standard()
	for _, method := range columns {
		if method.name != "ikescope" && method.name != "blind" && method.name != "halving" && method.name != "by axis" {
			continue
		}
		b.Run(strings.ReplaceAll(method.name, " ", "-"), func(b *testing.B) {
			var wrong, exchanges, rounds int64
			for b.Loop() {
				wrong, exchanges, rounds = 0, 0, 0
				for seed := range uint64(policies) {
					r := rand.New(rand.NewPCG(seed, 2))
					c := method.cost(b, gatewayOf(b, u, randomPolicy(r.IntN, u)))
					exchanges += c.exchanges
					rounds += c.rounds
					if c.wrong != 0 {
						wrong++
					}
				}
			}
			b.ReportMetric(float64(exchanges)/policies, "exchanges/policy")
			b.ReportMetric(float64(rounds)/policies, "rounds/policy")
			b.ReportMetric(float64(wrong), "policies-wrong")
		})
	}
}

// columns are the methods of the tables, in order.
var columns = []struct {
	name string
	cost func(testing.TB, *gateway) cost
}{
	{"least", leastCost},
	{"told", toldCost},
	{"ikescope", plannerCost},
	{"blind", blindCost},
	{"halving", halvingCost},
	{"by axis", byAxisCost},
	{"alone", aloneCost},
}

// TestCostTable holds the tables of docs/benchmark.md to what the methods
// cost, and the costs to what must hold whatever the policy.
func TestCostTable(t *testing.T) {
	u := Standard()
	costs := make([][]cost, len(policies))
	var guided, blind int64 // exchanges of all policies
	accepted := make([]int64, len(policies))
	for i, tt := range policies {
		for _, method := range columns {
			g := gatewayFor(t, u, tt.policy)
			accepted[i] = sets.Size(g.want())
			costs[i] = append(costs[i], method.cost(t, g))
		}
		least, told, ours, alone := costs[i][0], costs[i][1], costs[i][2], costs[i][6]
		if least.exchanges > told.exchanges || least.octets > told.octets || least.rounds > told.rounds {
			t.Errorf("%s: the least cost %+v is more than %+v", tt.name, least, told)
		}
		if least.exchanges > ours.exchanges || least.octets > ours.octets {
			t.Errorf("%s: the least cost %+v is more than the planner's %+v", tt.name, least, ours)
		}
		guided, blind = guided+ours.exchanges, blind+costs[i][3].exchanges
		if ours.wrong != 0 || alone.wrong != 0 {
			t.Errorf("%s: the planner has %d suites wrong, each alone %d", tt.name, ours.wrong, alone.wrong)
		}
	}
	if guided > blind {
		t.Errorf("%d exchanges with hypotheses, %d without", guided, blind)
	}

	var doc strings.Builder
	for _, table := range []struct {
		title string
		value func(cost) int64
	}{
		{"Exchanges", func(c cost) int64 { return c.exchanges }},
		{"Octets sent", func(c cost) int64 { return c.octets }},
		{"Round trips", func(c cost) int64 { return c.rounds }},
		{"Suites wrong", func(c cost) int64 { return c.wrong }},
	} {
		fmt.Fprintf(&doc, "### %s\n\n| policy | accepted suites |", table.title)
		for _, method := range columns {
			fmt.Fprintf(&doc, " %s |", method.name)
		}
		doc.WriteString("\n|---|--:|" + strings.Repeat("--:|", len(columns)) + "\n")
		for i, tt := range policies {
			fmt.Fprintf(&doc, "| %s | %s |", tt.name, grouped(accepted[i]))
			for _, c := range costs[i] {
				fmt.Fprintf(&doc, " %s |", grouped(table.value(c)))
			}
			doc.WriteByte('\n')
		}
		doc.WriteByte('\n')
	}
	doc.WriteString(curve(t))
	doc.WriteString(knownTable(t))
	t.Log("\n" + doc.String())
	sameInDocument(t, "../../docs/benchmark.md", doc.String())
}

// knownTable returns a table of what the policies of well-known products cost,
// one for each set of suites.
func knownTable(t *testing.T) string {
	var b strings.Builder
	b.WriteString("### Exchanges, by known policies\n\n| policy | accepted suites | told | ikescope | blind |\n|---|--:|--:|--:|--:|\n")
	u := Standard()
	var before [][]sets.Box
	for _, p := range client.Policies() {
		g := gatewayOf(t, u, p.Offer)
		want := merge(g.want())
		if slices.ContainsFunc(before, func(bs []sets.Box) bool { return slices.Equal(bs, want) }) {
			continue
		}
		before = append(before, want)
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d |\n", p.Name, grouped(sets.Size(want)),
			toldCost(t, g).exchanges, plannerCost(t, g).exchanges, blindCost(t, g).exchanges)
	}
	b.WriteByte('\n')
	return b.String()
}

// curve returns a table of how many classical suites are undecided after some
// exchanges.
func curve(t *testing.T) string {
	var b strings.Builder
	after := []int{4, 8, 16, 24, 32, 48, 64, 96, 128, 160}
	b.WriteString("### Suites undecided\n\n| policy |")
	for _, n := range after {
		fmt.Fprintf(&b, " after %d |", n)
	}
	b.WriteString("\n|---|" + strings.Repeat("--:|", len(after)) + "\n")
	u := Classical()
	for _, tt := range policies {
		if tt.name == "hybrid" {
			continue // no classical suite of it is accepted
		}
		fmt.Fprintf(&b, "| %s |", tt.name)
		for _, n := range after {
			g := gatewayFor(t, u, tt.policy)
			m := Planner{Universe: u, Hypotheses: held(), MaxOffers: n, Ask: func(o []Offer) []Answer { return g.ask(t, o) }}.Run()
			fmt.Fprintf(&b, " %s |", grouped(m.NotTested))
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	return b.String()
}

// sameInDocument compares a part of a document, which stands between two
// marks, with want; with -update it writes it.
func sameInDocument(t *testing.T, path, want string) {
	t.Helper()
	const begin, end = "<!-- tables -->\n", "<!-- end of tables -->\n"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	old, after, found := strings.Cut(rest, end)
	if !ok || !found {
		t.Fatalf("%s has no part between %q and %q", path, begin, end)
	}
	if old == "\n"+want {
		return
	}
	if !*update {
		t.Errorf("%s says otherwise; -update writes what the log shows (go test -run TestCostTable ./proposals/matrix -update)", path)
		return
	}
	if err := os.WriteFile(path, []byte(before+begin+"\n"+want+end+after), 0o666); err != nil {
		t.Fatal(err)
	}
}

// grouped returns n with commas between the thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	var groups []string
	for len(s) > 3 {
		groups = append(groups, s[len(s)-3:])
		s = s[:len(s)-3]
	}
	groups = append(groups, s)
	slices.Reverse(groups)
	return strings.Join(groups, ",")
}

// ceilDiv returns a/b, rounded up; a is not negative.
func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }
