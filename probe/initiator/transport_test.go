package initiator

import (
	"slices"
	"testing"
)

func TestString(t *testing.T) {
	for got, want := range map[string]string{
		UDP500.String():              "udp500",
		UDP4500.String():             "udp4500",
		Transport(7).String():        "Transport(7)",
		PathAdminProhibited.String(): "admin_prohibited",
		PathState(9).String():        "PathState(9)",
		Unreachable.String():         "unreachable",
		Outcome(200).String():        "Outcome(200)",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestPaths(t *testing.T) {
	var none Paths
	if none.Port(UDP500) != 500 || none.Port(UDP4500) != 4500 || none.Port(Transport(7)) != 0 {
		t.Errorf("ports %d, %d and %d", none.Port(UDP500), none.Port(UDP4500), none.Port(Transport(7)))
	}
	p := Paths{{UDP500, 1500}, {UDP4500, 0}}
	if p.Port(UDP500) != 1500 || p.Port(UDP4500) != 4500 {
		t.Errorf("ports %d and %d, want 1500 and 4500", p.Port(UDP500), p.Port(UDP4500))
	}
	q := p.With(UDP500, 2500)
	if want := (Paths{{UDP4500, 0}, {UDP500, 2500}}); !slices.Equal(q, want) || p.Port(UDP500) != 1500 {
		t.Errorf("got %v, want %v, and %v as it was", q, want, p)
	}
}
