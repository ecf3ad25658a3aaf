//go:build linux

package main

import (
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// testCiphers: strongSwan reads what is sealed with each cipher that it takes,
// with keys of 192 bits where it has several lengths, and forgets the IKE SA.
func (l lab) testCiphers(t *testing.T, gateway string) {
	l.do(t, "restart", gateway)
	l.policy(t, gateway, "default")
	for _, p := range l.accepts(t, gateway, "default") {
		suite := p
		for axis, list := range p {
			suite[axis] = list[:min(len(list), 1)]
		}
		suite[proposals.KE] = []proposals.Algorithm{{Axis: proposals.KE, ID: uint16(ike.KE_ECP_256)}}
		for i, cipher := range p[proposals.ENCR] {
			if cipher.KeyBits != 0 && cipher.KeyBits != 192 {
				continue
			}
			suite[proposals.ENCR] = p[proposals.ENCR][i : i+1]
			t.Run(cipher.Keyword(), func(t *testing.T) {
				target := l.scan(t, beside, 0, "--suite", suite.String(), l.do(t, "addr", gateway))
				closed := 0
				for _, x := range target.Exchanges {
					if x.Purpose == "close" && x.Detail == ike.AUTHENTICATION_FAILED.String() {
						closed++
					}
				}
				if closed == 0 || target.Cost.HalfOpenLeft != 0 {
					t.Errorf("%v: %d half-open IKE SAs closed, %d left", suite, closed, target.Cost.HalfOpenLeft)
				}
				l.noneHalfOpen(t, gateway)
			})
		}
	}
}
