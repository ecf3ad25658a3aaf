package iketest

import (
	"net/netip"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/eap/eaptls"
	"github.com/ikescope/ikescope/ike/iketest/eapserver"
	"github.com/ikescope/ikescope/ike/iketest/internal/further"
	"github.com/ikescope/ikescope/ike/keymat"
)

// A gatewaySA is an IKE SA at the gateway, which begins half-open: it awaits its
// IKE_AUTH. Its keys are derived when that comes.
type gatewaySA struct {
	spii, spir  ike.SPI
	source      netip.Addr
	expires     time.Time
	established bool
	nextID      uint32 // Message ID of the next request
	chosen      ike.Proposal
	secret      []byte // nil where the key exchange could not be done
	ni, nr      []byte
	request     []byte              // the initiator's IKE_SA_INIT message
	init        []byte              // ours
	hashes      []ike.HashAlgorithm // of RFC 7427, that the initiator announced
	keys        *keymat.Keys
	// fragmentation: the initiator supports it (RFC 7383).
	fragmentation bool
	connection    *Connection // that the initiator was shown, nil for none
	tls           *eaptls.Server

	further further.State

	// Of a login.
	fragments *keymat.Reassembly // of the request that is next
	idi       []byte             // the body of the initiator's ID payload
	user      string             // who wants EAP
	first     *ike.Message       // its first IKE_AUTH request
	server    *eapserver.Server
	msk       func() []byte // the key of EAP, nil if the method makes none
	eapPassed bool          // EAP-Success was said
	login     *Login        // that let the initiator in
	children  int           // Child SAs that it set up by CREATE_CHILD_SA
}

// stop ends what goes on inside EAP.
func (sa *gatewaySA) stop() {
	if sa.tls != nil {
		sa.tls.Close()
		sa.tls = nil
	}
}

// signed are the octets that a side signs, whose ID payload has a body.
func (sa *gatewaySA) signed(role keymat.Role, body []byte) []byte {
	message, nonce := sa.init, sa.ni
	if role == keymat.Initiator {
		message, nonce = sa.request, sa.nr
	}
	return append(sa.keys.SignedOctets(role, message, nonce, body), sa.further.Signed()...)
}

// mac is the Authentication Data of a side under a shared key.
func (sa *gatewaySA) mac(role keymat.Role, key, body []byte) []byte {
	return sa.keys.SharedKeyAuth(key, sa.signed(role, body))
}

// saTable holds the SAs of a gateway.
type saTable struct {
	bySPI                    map[ike.SPI]*gatewaySA // by responder SPI
	closed                   []time.Time            // until when entries of SAs that are over are kept
	halfOpenPeak, closedPeak int
}

const (
	defaultHalfOpenFor = 30 * time.Second
	// establishedFor is how long an authenticated SA lives, libreswan's default.
	establishedFor = 8 * time.Hour
)

func (t *saTable) add(sa *gatewaySA) {
	t.bySPI[sa.spir] = sa
	t.halfOpenPeak = max(t.halfOpenPeak, t.halfOpen())
}

// count counts the SAs that match.
func (t *saTable) count(match func(*gatewaySA) bool) int {
	n := 0
	for _, sa := range t.bySPI {
		if match(sa) {
			n++
		}
	}
	return n
}

func (t *saTable) halfOpen() int {
	return t.count(func(sa *gatewaySA) bool { return !sa.established })
}

// halfOpenOf counts the half-open SAs of a source address.
func (t *saTable) halfOpenOf(source netip.Addr) int {
	return t.count(func(sa *gatewaySA) bool { return !sa.established && sa.source == source })
}

// end forgets an SA, but for an entry of it that lives until a time.
func (t *saTable) end(sa *gatewaySA, until, now time.Time) {
	sa.stop()
	delete(t.bySPI, sa.spir)
	t.keepClosed(until, now)
}

// keepClosed keeps an entry of an SA that is over.
func (t *saTable) keepClosed(until, now time.Time) {
	if until.After(now) {
		t.closed = append(t.closed, until)
		t.closedPeak = max(t.closedPeak, len(t.closed))
	}
}

// expire ends SAs and entries whose time has come. closedFor is the lifetime of
// entries.
func (t *saTable) expire(closedFor time.Duration, now time.Time) {
	t.closed = slices.DeleteFunc(t.closed, func(until time.Time) bool { return !until.After(now) })
	for _, sa := range t.bySPI {
		if !now.Before(sa.expires) {
			t.end(sa, sa.expires.Add(closedFor), now)
		}
	}
}
