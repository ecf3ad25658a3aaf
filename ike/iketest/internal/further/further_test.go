package further

import (
	"crypto/rand"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

// TestNotTheOne: nothing answers a request that is not the next exchange of the suite, and
// nobody is to be authenticated before that.
func TestNotTheOne(t *testing.T) {
	hybrid := ike.Proposal{Transforms: []ike.Transform{
		{Type: ike.TransformKE, ID: uint16(ike.KE_CURVE25519)}, {Type: ike.TransformADDKE1, ID: uint16(ike.KE_NONE)}, {Type: ike.TransformADDKE1 + 1, ID: uint16(ike.KE_ML_KEM_768)},
	}}
	classical := ike.Proposal{Transforms: hybrid.Transforms[:2]}
	ke := func(method ike.KeyExchangeMethod, octets int) *ike.Message {
		return &ike.Message{Payloads: []ike.Payload{&ike.KE{Method: method, Data: make([]byte, octets)}}}
	}
	for name, tt := range map[string]struct {
		suite   ike.Proposal
		request *ike.Message
		pending bool
	}{
		"a suite without":   {classical, ke(ike.KE_ML_KEM_768, 1184), false},
		"no KE payload":     {hybrid, &ike.Message{}, true},
		"another method":    {hybrid, ke(ike.KE_ML_KEM_1024, 1568), true},
		"another length":    {hybrid, ke(ike.KE_ML_KEM_768, 1183), true},
		"that of the suite": {hybrid, ke(ike.KE_CURVE25519, 32), true},
	} {
		var s State
		payloads, err := s.Answer(tt.suite, nil, nil, tt.request, nil, nil, ike.Header{}, rand.Reader)
		if payloads != nil || err != nil || s.Pending(tt.suite) != tt.pending || s.Signed() != nil {
			t.Errorf("%s: %v, %v; pending: %v", name, payloads, err, s.Pending(tt.suite))
		}
	}
}
