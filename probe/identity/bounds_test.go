package identity

import (
	"context"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// refusing is a gateway that refuses every question, each IKE SA with the next of its
// errors.
type refusing struct {
	errors []ike.NotifyType
	opened int
}

func (g *refusing) Open(_ context.Context, _ proposals.Suite, _ []ike.NotifyType, use func(SA, func([]ike.Payload) Answer)) Opened {
	g.opened++
	use(SA{Exchange: 2 * g.opened}, func([]ike.Payload) Answer {
		return Answer{Exchange: 2*g.opened + 1, Heard: true, Answered: true, Notify: g.errors[g.opened%len(g.errors)]}
	})
	return Opened{Exchange: 2 * g.opened, Closed: true}
}

// TestBounds: what is left out for its number is counted.
func TestBounds(t *testing.T) {
	suite, err := proposals.ParseSuite("aes256gcm16-prfsha384-ecp384")
	if err != nil {
		t.Fatal(err)
	}
	many := make([]proposals.Suite, maxSuites+3)
	for i := range many {
		many[i] = suite
	}
	r := Asker{Gateway: &refusing{errors: []ike.NotifyType{ike.AUTHENTICATION_FAILED}}}.Ask(t.Context(), many)
	if r.NotAsked != 3 || len(r.Identities) != 1 || len(r.Identities[0].Suites) != maxSuites {
		t.Errorf("%d not asked, %+v", r.NotAsked, r.Identities)
	}
	g := &refusing{errors: []ike.NotifyType{ike.AUTHENTICATION_FAILED}}
	r = Asker{Gateway: g, Host: "vpn.example.com", Brief: true}.Ask(t.Context(), many)
	if want := maxBriefSuites + 3; r.NotAsked != len(many)-maxBriefSuites || g.opened != want || len(r.Replies) != want {
		t.Errorf("in brief: %d not asked, %d IKE SAs, want %d", r.NotAsked, g.opened, want)
	}

	var reply Reply
	reply.addCertificate(&ike.Cert{Encoding: ike.CertHashAndURL, Data: make([]byte, 40)})
	for range maxCertificates + 1 {
		reply.addCertificate(&ike.Cert{Encoding: ike.CertX509Signature, Data: []byte("no DER")})
	}
	if reply.Omitted != 2 || len(reply.Unread) != maxCertificates || !reply.HashAndURL || !reply.LeafUnread {
		t.Errorf("%d omitted, %d unread, %v, %v", reply.Omitted, len(reply.Unread), reply.HashAndURL, reply.LeafUnread)
	}
}

// silent is a gateway that answers no IKE_AUTH.
type silent struct{ opened int }

func (g *silent) Open(_ context.Context, _ proposals.Suite, _ []ike.NotifyType, use func(SA, func([]ike.Payload) Answer)) Opened {
	g.opened++
	use(SA{Exchange: 2 * g.opened}, func([]ike.Payload) Answer { return Answer{Exchange: 2*g.opened + 1} })
	return Opened{Exchange: 2 * g.opened, Closed: true}
}

// TestSilence: in brief a gateway that does not answer is not asked again.
func TestSilence(t *testing.T) {
	suite, err := proposals.ParseSuite("aes256gcm16-prfsha384-ecp384")
	if err != nil {
		t.Fatal(err)
	}
	suites := []proposals.Suite{suite, suite, suite}
	for brief, want := range map[bool]int{true: 1, false: len(suites)} {
		g := &silent{}
		r := Asker{Gateway: g, Host: "vpn.example.com", Brief: brief}.Ask(t.Context(), suites)
		if g.opened != want || r.NotAsked != len(suites)-want || len(r.Identities) != 1 || r.Identities[0].Plain.State != Silent {
			t.Errorf("brief %v: %d IKE SAs, %d not asked, %+v", brief, g.opened, r.NotAsked, r.Identities)
		}
	}
}

// TestRefusals: suites that are refused with different errors lead to different
// connections.
func TestRefusals(t *testing.T) {
	suite, err := proposals.ParseSuite("aes256gcm16-prfsha384-ecp384")
	if err != nil {
		t.Fatal(err)
	}
	// The first suite takes two questions, of which the first counts.
	g := &refusing{errors: []ike.NotifyType{ike.AUTHENTICATION_FAILED, ike.NO_PROPOSAL_CHOSEN, ike.AUTHENTICATION_FAILED, ike.TS_UNACCEPTABLE}}
	r := Asker{Gateway: g}.Ask(t.Context(), []proposals.Suite{suite, suite})
	if len(r.Identities) != 2 || r.Identities[0].Plain.Notify == r.Identities[1].Plain.Notify {
		t.Errorf("%+v", r.Identities)
	}
}
