package path

import (
	"reflect"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
)

func TestSeveral(t *testing.T) {
	asks := func(exchange int, group ike.KeyExchangeMethod, drawn bool) look {
		return look{exchange, initiator.InvalidKEPayload, group, drawn}
	}
	refuses := func(exchange int, drawn bool) look { return look{exchange, initiator.NoProposalChosen, 0, drawn} }
	for _, tt := range []struct {
		name  string
		looks []look
		want  *Several
	}{
		{"none", nil, nil},
		{"one answer", []look{asks(1, ike.KE_MODP_2048, true)}, nil},
		{"all alike", []look{asks(1, ike.KE_MODP_2048, true), asks(2, ike.KE_MODP_2048, true)}, nil},
		{"another SPI", []look{asks(1, ike.KE_MODP_2048, true), asks(2, ike.KE_MODP_2048, true), asks(3, ike.KE_MODP_2048, false)},
			&Several{ErrorSPIs: true, Evidence: []int{1, 3}}},
		{"another method", []look{asks(1, ike.KE_MODP_2048, true), asks(2, ike.KE_ECP_384, true)}, &Several{Answers: true, Evidence: []int{1, 2}}},
		{"refused", []look{asks(1, ike.KE_MODP_2048, false), refuses(2, false)}, &Several{Answers: true, Evidence: []int{1, 2}}},
		// Of errors of two kinds one program may draw an SPI for one.
		{"refused, and another SPI", []look{asks(1, ike.KE_MODP_2048, true), refuses(2, false)}, &Several{Answers: true, Evidence: []int{1, 2}}},
		{"both", []look{refuses(1, true), refuses(2, false), asks(3, ike.KE_MODP_2048, false)}, &Several{ErrorSPIs: true, Answers: true, Evidence: []int{1, 2, 3}}},
	} {
		if got := severalOf(tt.looks); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
