package hops

import (
	"context"
	"net/netip"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/icmp"
	"github.com/ikescope/ikescope/probe/initiator"
)

// way answers as routers and a gateway behind them: of each hop the address, "" for a
// router that is silent. asked counts the requests with each hop limit.
type way struct {
	routers []string
	gateway bool
	rejects bool // the last router, whatever would pass it
	// quiet is how often routers and the gateway are silent about each hop limit first,
	// and interrupt is called when a hop limit of interruptAt is asked with.
	quiet       int
	interrupt   func()
	interruptAt int

	mu    sync.Mutex
	asked map[int]int
}

func (w *way) ask(_ context.Context, limit int) (initiator.Answer, ike.SPI) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked[limit]++
	if w.interrupt != nil && limit >= w.interruptAt {
		w.interrupt()
		return initiator.Answer{}, ike.SPI{}
	}
	a := initiator.Answer{Exchange: initiator.Exchange{ID: limit}}
	n := len(w.routers)
	switch {
	case limit > 1 && w.asked[limit] <= w.quiet:
	case limit <= n && w.routers[limit-1] == "", limit > n && !w.gateway && !w.rejects:
	case limit <= n:
		a.Blocked = &initiator.PathFault{State: initiator.PathError, Meaning: icmp.TimeExceeded, Reporter: netip.MustParseAddr(w.routers[limit-1])}
	case w.rejects:
		a.Blocked = &initiator.PathFault{State: initiator.PathAdminProhibited, Meaning: icmp.AdminProhibited,
			Reporter: netip.MustParseAddr(w.routers[n-1]), Detail: "prohibited"}
	default:
		a.Outcome, a.Message = initiator.NoProposalChosen, &ike.Message{}
	}
	return a, ike.SPI{}
}

func (w *way) tracer(answers bool) Tracer {
	return Tracer{Transport: initiator.UDP500, Remote: gateway, Answers: answers, Ask: w.ask}
}

func (w *way) route(answers bool) *Route {
	w.asked = map[int]int{}
	return w.tracer(answers).Route(context.Background())
}

// addresses are those of the hops, "" for a silent one.
func addresses(r *Route) []string {
	all := []string{}
	for _, h := range r.Hops {
		if h.Router.IsValid() {
			all = append(all, h.Router.String())
		} else {
			all = append(all, "")
		}
	}
	return all
}

func TestRoute(t *testing.T) {
	const a, b, g = "192.0.2.1", "192.0.2.5", "198.51.100.7"
	far := append(make([]string, 10), a)
	for _, tt := range []struct {
		name    string
		way     *way
		answers bool
		want    []string
		reached bool
		silent  int
		most    int // the largest hop limit asked for
	}{
		{"a gateway on our link", &way{gateway: true}, true, []string{g}, true, 0, 2},
		{"two routers", &way{routers: []string{a, b}, gateway: true}, true, []string{a, b, g}, true, 0, 4},
		{"a silent router", &way{routers: []string{a, "", b}, gateway: true}, true, []string{a, "", b, g}, true, 0, 4},
		{"many silent routers", &way{routers: far, gateway: true}, true, append(far, g), true, 0, 12},
		{"a filter", &way{routers: []string{a, b}}, false, []string{a, b}, false, 4, 6},
		{"nothing", &way{}, false, []string{}, false, 4, 4},
		{"a gateway that answers other requests alone", &way{routers: []string{a}}, true, []string{a}, false, mostHops - 1, mostHops},
		{"a router that rejects", &way{routers: []string{a, b}, rejects: true}, false, []string{a, b, b}, false, 0, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := tt.way.route(tt.answers)
			if got := addresses(r); !reflect.DeepEqual(got, tt.want) || r.Reached != tt.reached || r.Silent != tt.silent {
				t.Errorf("%v, reached: %v, %d silent; want %v, %v, %d", got, r.Reached, r.Silent, tt.want, tt.reached, tt.silent)
			}
			for limit, n := range tt.way.asked {
				if limit > tt.most || n > 2 {
					t.Errorf("the hop limit %d was asked with %d times, want at most %d", limit, n, tt.most)
				}
			}
			if r.Rewritten != 0 || r.Quoted || !r.Complete {
				t.Errorf("rewritten at %d, quoted: %v, complete: %v", r.Rewritten, r.Quoted, r.Complete)
			}
		})
	}
}

// TestCompare: a filter shows only where another port gets further.
func TestCompare(t *testing.T) {
	const a, b, c = "192.0.2.1", "192.0.2.5", "192.0.2.9"
	for _, tt := range []struct {
		name      string
		one, two  *way
		want, and int
	}{
		{"the same", &way{routers: []string{a, b}}, &way{routers: []string{a, b}}, -1, -1},
		{"one is filtered", &way{routers: []string{a}}, &way{routers: []string{a, b}, gateway: true}, 1, -1},
		{"one is filtered at once", &way{}, &way{routers: []string{a}}, 0, -1},
		{"neither arrives", &way{routers: []string{a, b, c}}, &way{routers: []string{a}}, -1, 1},
		{"one is rejected", &way{routers: []string{a}, rejects: true}, &way{routers: []string{a, b}, gateway: true}, -1, -1},
		{"a gateway that answers, if not this", &way{routers: []string{a, "", "", "", ""}}, &way{routers: []string{a, b}, gateway: true}, 1, -1},
		{"both arrive", &way{gateway: true}, &way{routers: []string{a}, gateway: true}, -1, -1},
	} {
		routes := []*Route{tt.one.route(tt.one.gateway), tt.two.route(tt.two.gateway)}
		Compare(routes)
		control := tt.two.route(tt.two.gateway)
		control.Control = true
		routes = append(routes, control)
		Compare(routes)
		if control.FilteredAfter != -1 {
			t.Errorf("%s: what is compared with is filtered after %d", tt.name, control.FilteredAfter)
		}
		if routes[0].FilteredAfter != tt.want || routes[1].FilteredAfter != tt.and {
			t.Errorf("%s: filtered after %d and %d, want %d and %d", tt.name, routes[0].FilteredAfter, routes[1].FilteredAfter, tt.want, tt.and)
		}
	}
}

// TestInterrupted: a route that was interrupted is not complete, counts no hop as silent
// that did not have its time, and shows no filter; how far it got is known.
func TestInterrupted(t *testing.T) {
	const a, b, c = "192.0.2.1", "192.0.2.5", "192.0.2.9"
	whole := (&way{routers: []string{a, b, c}, gateway: true}).route(true)
	for at := 1; at <= 4; at++ {
		ctx, cancel := context.WithCancel(context.Background())
		w := &way{routers: []string{a, b, c}, asked: map[int]int{}, interrupt: cancel, interruptAt: at}
		r := w.tracer(false).Route(ctx)
		Compare([]*Route{whole, r})
		if want := []string{a, b, c}[:at-1]; r.Complete || r.FilteredAfter != -1 || r.Silent != 0 || !slices.Equal(addresses(r), want) {
			t.Errorf("interrupted at %d: %v, %d silent, complete: %v, filtered after %d; want %v",
				at, addresses(r), r.Silent, r.Complete, r.FilteredAfter, want)
		}
		w.tracer(false).Confirm(ctx, r, []*Route{whole, r})
		if n := w.asked[at]; n != 1 {
			t.Errorf("interrupted at %d: asked with it %d times", at, n)
		}
	}
	// What was seen of it counts against another one.
	ctx, cancel := context.WithCancel(context.Background())
	further := (&way{routers: []string{a, b, c}, asked: map[int]int{}, interrupt: cancel, interruptAt: 3}).tracer(false).Route(ctx)
	shorter := (&way{routers: []string{a}}).route(false)
	if Compare([]*Route{further, shorter}); shorter.FilteredAfter != 1 {
		t.Errorf("filtered after %d, want 1", shorter.FilteredAfter)
	}
}

// TestConfirm: routers that were silent twice, since they limit their errors, are asked
// again before a filter is said to be there; where they stay silent it is.
func TestConfirm(t *testing.T) {
	const a, b, c = "192.0.2.1", "192.0.2.5", "192.0.2.9"
	whole := (&way{routers: []string{a, b, c}, gateway: true}).route(true)
	for _, tt := range []struct {
		name    string
		way     *way
		want    []string
		silent  int
		reached bool
		after   int
	}{
		{"a limit of errors", &way{routers: []string{a, b, c}, gateway: true, quiet: 2}, []string{a, b, c, gateway.Addr().String()}, 0, true, -1},
		{"one of them says nothing", &way{routers: []string{a, "", c}, gateway: true, quiet: 2}, []string{a, "", c, gateway.Addr().String()}, 0, true, -1},
		{"a filter behind it", &way{routers: []string{a, b}, quiet: 2}, []string{a, b}, 4, false, 2},
		{"a rejection", &way{routers: []string{a, b}, rejects: true, quiet: 2}, []string{a, b, b}, 0, false, -1},
		{"a filter", &way{routers: []string{a}}, []string{a}, 5, false, 1},
	} {
		r := tt.way.route(false)
		routes := []*Route{whole, r}
		if Compare(routes); r.FilteredAfter != 1 {
			t.Errorf("%s: filtered after %d, want 1 at first", tt.name, r.FilteredAfter)
		}
		tt.way.tracer(false).Confirm(context.Background(), r, routes)
		Compare(routes)
		if got := addresses(r); !slices.Equal(got, tt.want) || r.Silent != tt.silent || r.Reached != tt.reached || r.FilteredAfter != tt.after {
			t.Errorf("%s: %v, %d silent, reached: %v, filtered after %d; want %v, %d, %v, %d",
				tt.name, got, r.Silent, r.Reached, r.FilteredAfter, tt.want, tt.silent, tt.reached, tt.after)
		}
		for limit, n := range tt.way.asked {
			if n > 3 {
				t.Errorf("%s: asked with %d %d times", tt.name, limit, n)
			}
		}
	}
}

// TestRewritten: the first hop with a quote that was changed is named, and an IP ID
// shows something only if the first router saw none.
func TestRewritten(t *testing.T) {
	for _, tt := range []struct {
		name   string
		quotes []*Quote
		want   int
	}{
		{"no quotes", []*Quote{nil, nil}, 0},
		{"unchanged", []*Quote{{}, {}, {}}, 0},
		{"the source", []*Quote{{}, nil, {Changed: ChangedSource}, {Changed: ChangedSource}}, 3},
		{"the ID", []*Quote{{}, {ID: 7}}, 2},
		{"IDs of ours", []*Quote{{ID: 6}, {ID: 7}}, 0},
	} {
		r := &Route{}
		for i, q := range tt.quotes {
			r.Hops = append(r.Hops, Hop{Number: i + 1, Router: router, Quote: q})
		}
		r.trim(len(r.Hops))
		if r.Rewritten != tt.want {
			t.Errorf("%s: rewritten at %d, want %d", tt.name, r.Rewritten, tt.want)
		}
	}
}
