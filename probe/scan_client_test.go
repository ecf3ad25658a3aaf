package probe

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// packet returns a first packet that offers what strongSwan writes as offer,
// with a KE payload of the first method.
func packet(t *testing.T, offer string) initiator.FirstPacket {
	t.Helper()
	ps := policyOf(t, offer)
	return initiator.FirstPacket{Name: offer, Proposals: ps, KE: proposals.KeyExchangeMethods(products(t, offer))[0]}
}

func withKE(p initiator.FirstPacket, m ike.KeyExchangeMethod) initiator.FirstPacket {
	p.KE = m
	return p
}

// gost stands for a method that this scanner cannot compute.
const gost = ike.KE_GOST3410_2012_256

func TestScanClients(t *testing.T) {
	t.Parallel()
	const policy = "aes256gcm16-prfsha384-ecp384-x25519,aes256-sha256-prfsha256-modp2048"
	const refused = "aes128-sha1-prfsha1-modp1024"
	dropping := iketest.StrongSwan
	dropping.CookieFrom = 0
	cookies := iketest.StrongSwan
	cookies.AlwaysCookie = true
	unusual := iketest.StrongSwan
	unusual.Refusal = ike.INVALID_SYNTAX
	deaf := iketest.StrongSwan
	deaf.DeafAboveKE = ike.KE_ECP_521
	refusesForeign := iketest.StrongSwan
	refusesForeign.ForeignKE = iketest.AsRefusal
	attribute := packet(t, "aes256-sha256-prfsha256-modp2048")
	attribute.Proposals[0].Transforms[0].Attributes = append(attribute.Proposals[0].Transforms[0].Attributes,
		ike.Attribute{Type: 77, Value: []byte{1, 2}})
	unknownType := packet(t, policy)
	unknownType.Proposals[0].Transforms = append(unknownType.Proposals[0].Transforms, ike.Transform{Type: 99, ID: 1})
	unknownType.KE = ike.KE_MODP_2048
	gostPolicy := strings.ReplaceAll(policy, "modp2048", "ke_33")
	long := packet(t, strings.Repeat(refused+",", 40)+policy)
	for _, tc := range []struct {
		name   string
		scene  scene
		packet initiator.FirstPacket
		state  matrix.State
		// outcome, suite and exchanges of the answer, and the kinds of its notes.
		outcome   initiator.Outcome
		suite     string
		exchanges int
		notes     []evidence.NoteKind
	}{
		{"accepted", scene{}, packet(t, policy), matrix.Accepted, initiator.Accepted, "aes256gcm16-prfsha384-ecp384", 1, nil},
		{"another method of the offer", scene{}, withKE(packet(t, policy), ike.KE_MODP_2048), matrix.Accepted, initiator.Accepted,
			"aes256gcm16-prfsha384-ecp384", 2, []evidence.NoteKind{evidence.ClientRetried}},
		{"refused", scene{}, packet(t, refused), matrix.Refused, initiator.NoProposalChosen, "", 1, nil},
		{"hybrid", scene{policy: hybridPolicy}, packet(t, hybridPolicy), matrix.Accepted, initiator.Accepted, hybridPolicy, 1, nil},
		{"cookie", scene{profile: cookies}, packet(t, policy), matrix.Accepted, initiator.Accepted, "aes256gcm16-prfsha384-ecp384", 1, nil},
		{"loss", scene{link: memnet.Link{Loss: 0.2, Delay: 10 * ms}, seed: 7}, packet(t, policy), matrix.Accepted, initiator.Accepted,
			"aes256gcm16-prfsha384-ecp384", 1, nil},
		{"silent drop", scene{profile: dropping, faults: iketest.Faults{DropRefused: true}}, packet(t, refused), matrix.Refused, initiator.NoAnswer, "", 1,
			[]evidence.NoteKind{evidence.ClientSilent, evidence.ClientDropped}},
		{"silent drop and loss", scene{profile: dropping, faults: iketest.Faults{DropRefused: true}, link: memnet.Link{Loss: 0.2, Delay: 10 * ms}, seed: 8},
			packet(t, policy), matrix.Accepted, initiator.Accepted, "aes256gcm16-prfsha384-ecp384", 1, nil},
		{"deaf to a method", scene{profile: deaf}, withKE(packet(t, policy), ike.KE_CURVE25519), matrix.NoAnswer, initiator.NoAnswer, "", 1, []evidence.NoteKind{evidence.ClientSilent}},
		{"another error", scene{profile: unusual}, packet(t, refused), matrix.Refused, initiator.OtherError, "", 1, []evidence.NoteKind{evidence.ClientOtherAnswer}},
		{"unknown attribute", scene{}, attribute, matrix.Accepted, initiator.Accepted, "aes256-sha256-prfsha256-modp2048", 1, []evidence.NoteKind{evidence.ClientUntold}},
		{"unknown transform type", scene{}, unknownType, matrix.Accepted, initiator.Accepted, "aes256-sha256-prfsha256-modp2048", 1, []evidence.NoteKind{evidence.ClientUntold}},
		{"a method that cannot be computed", scene{policy: gostPolicy}, withKE(packet(t, gostPolicy), gost), matrix.Accepted, initiator.Accepted,
			"aes256gcm16-prfsha384-ecp384", 2, []evidence.NoteKind{evidence.ClientRetried}},
		{"a method that cannot be computed, wanted", scene{policy: gostPolicy}, packet(t, "aes256-sha256-prfsha256-ke_33"), matrix.Accepted, initiator.InvalidKEPayload, "", 1,
			[]evidence.NoteKind{evidence.ClientStandIn}},
		{"a method that cannot be computed, asked for", scene{policy: gostPolicy}, withKE(packet(t, "aes256-sha256-prfsha256-ke_33-modp2048"), ike.KE_MODP_2048),
			matrix.Accepted, initiator.InvalidKEPayload, "", 1, []evidence.NoteKind{evidence.ClientWouldRetry}},
		{"a method that cannot be computed, refused", scene{policy: policy}, packet(t, "aes256-sha256-prfsha256-ke_33"), matrix.Refused, initiator.NoProposalChosen, "", 1, nil},
		{"a method that cannot be computed, no oracle", scene{profile: refusesForeign}, packet(t, "aes256-sha256-prfsha256-ke_33"), matrix.NotTested, initiator.NotTried, "", 0,
			[]evidence.NoteKind{evidence.ClientUncomputable}},
		{"too long for some paths", scene{}, withKE(long, ike.KE_ECP_384), matrix.Accepted, initiator.Accepted, "aes256gcm16-prfsha384-ecp384", 1, []evidence.NoteKind{evidence.ClientLong}},
		{"no offer", scene{}, initiator.FirstPacket{Name: "no offer", KE: ike.KE_ECP_256}, matrix.NotTested, initiator.NotTried, "", 0, []evidence.NoteKind{evidence.ClientInvalid}},
	} {
		for _, only := range []bool{false, true} {
			name := tc.name
			if only {
				name += ", clients only"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				sc := tc.scene
				if sc.policy == "" {
					sc.policy = policy
				}
				if sc.profile.Notifies == nil {
					sc.profile = iketest.StrongSwan
				}
				sc.scanner.Clients, sc.scanner.ClientsOnly, sc.rude = []initiator.FirstPacket{tc.packet}, only, only
				o := sc.scan(t)
				o.clean(t)
				if len(o.Clients) != 1 {
					t.Fatalf("%d answers: %+v", len(o.Clients), o.Clients)
				}
				c := o.Clients[0]
				suite := ""
				if c.Suite != nil {
					suite = c.Suite.String()
				}
				if c.Name != tc.packet.Name || c.State != tc.state || c.Outcome != tc.outcome || suite != tc.suite || !slices.Equal(kindsOf(c.Notes), tc.notes) {
					t.Errorf("%v, %v, suite %q, %v; want %v, %v, %q, %v", c.State, c.Outcome, suite, kindsOf(c.Notes), tc.state, tc.outcome, tc.suite, tc.notes)
				}
				if n := len(c.Evidence); n < tc.exchanges || n != tc.exchanges && sc.link.Loss == 0 && c.Outcome != initiator.NoAnswer {
					t.Errorf("%d exchanges, want %d: %+v", n, tc.exchanges, c.Evidence)
				}
				for _, x := range o.Exchanges {
					if slices.Contains(c.Evidence, x.ID) != (x.Purpose == evidence.PurposeClient) {
						t.Errorf("exchange %d is for %q; evidence %v", x.ID, x.Purpose, c.Evidence)
					}
				}
				if only && o.Matrix != nil {
					t.Error("the matrix was asked")
				}
			})
		}
	}
}

// TestScanClientsRetryOnce is about a gateway that is never content with a KE
// payload, and one that wants what was not offered.
func TestScanClientsRetryOnce(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, offer string
		content     bool // with the method that it asks for
		note        evidence.NoteKind
		want        matrix.State
	}{
		// It says no to nothing.
		{"again and again", "aes256-sha256-prfsha256-modp2048-ecp256-ecp384", false, evidence.ClientAskedAgain, matrix.NoAnswer},
		{"not offered", "aes256-sha256-prfsha256-modp2048", false, evidence.ClientNotOffered, matrix.NoAnswer},
		{"not offered, and accepted of others", "aes128-sha1-prfsha1-modp1024", true, evidence.ClientNotOffered, matrix.Refused},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := packet(t, tc.offer)
			sc := scene{policy: "aes256-sha256-prfsha256-modp2048-ecp256-ecp384", profile: iketest.StrongSwan, rude: true,
				faults: iketest.Faults{InvalidKELoop: !tc.content}, scanner: Scanner{Clients: []initiator.FirstPacket{p}, ClientsOnly: true}}
			if tc.content {
				sc.profile = with(func(p *iketest.Profile) { p.KECheck = iketest.CheckOwn })
			}
			o := sc.scan(t)
			if tc.content {
				o.clean(t)
			}
			c := o.Clients[0]
			if c.State != tc.want || c.Outcome != initiator.InvalidKEPayload || len(c.Evidence) > 2 || !slices.Contains(kindsOf(c.Notes), tc.note) {
				t.Errorf("%+v", c)
			}
		})
	}
}

// TestScanClientsCaptured holds the requests to the captured packet.
func TestScanClientsCaptured(t *testing.T) {
	t.Parallel()
	hash := make([]byte, 20)
	captured := []ike.Payload{
		&ike.Notify{Notification: ike.COOKIE, Data: []byte("of another gateway")},
		&ike.VendorID{Data: []byte("somebody's")},
		&ike.SA{Proposals: policyOf(t, smallPolicy)},
		&ike.Nonce{Data: make([]byte, 48)},
		&ike.KE{Method: ike.KE_MODP_2048, Data: make([]byte, 256)},
		&ike.Unknown{PayloadType: 200, Body: []byte("whatever")},
		&ike.Notify{Notification: ike.NAT_DETECTION_DESTINATION_IP, Data: hash},
		&ike.Notify{Notification: ike.NAT_DETECTION_SOURCE_IP, Data: hash},
		&ike.Notify{Notification: 40961, Data: []byte("private")},
		&ike.VendorID{Data: []byte("another")},
	}
	p := withKE(packet(t, "aes256-sha256-prfsha256-ecp256-modp2048"), ike.KE_ECP_256)
	p.Proposals[0].Number = 7
	p.Payloads = captured
	cookies := iketest.StrongSwan
	cookies.AlwaysCookie = true
	for _, profile := range []iketest.Profile{iketest.StrongSwan, cookies} {
		var sent []*ike.Message
		o := scene{policy: smallPolicy, profile: profile, rude: true, scanner: Scanner{Clients: []initiator.FirstPacket{p}, ClientsOnly: true, Trace: func(d initiator.Datagram) {
			if m, err := ike.ParseMessage(d.Octets); d.Sent && err == nil && m.Exchange == ike.IKE_SA_INIT && d.Transport == initiator.UDP500 && d.Exchange > 2 {
				sent = append(sent, m)
			}
		}}}.scan(t)
		o.clean(t)
		if c := o.Clients[0]; c.State != matrix.Accepted || len(c.Evidence) != 2 {
			t.Fatalf("%+v", c)
		}
		for _, x := range o.Exchanges {
			if x.Purpose == evidence.PurposeClient && x.Outcome == initiator.Accepted && x.Detail != "" {
				t.Errorf("exchange %d: %s", x.ID, x.Detail)
			}
		}
		if want := 2; !profile.AlwaysCookie && len(sent) != want || profile.AlwaysCookie && len(sent) != 2*want {
			t.Fatalf("%d requests", len(sent))
		}
		for i, m := range sent {
			payloads := m.Payloads
			if n, ok := payloads[0].(*ike.Notify); ok {
				if n.Notification != ike.COOKIE || !profile.AlwaysCookie || i%2 == 0 || bytes.Equal(n.Data, []byte("of another gateway")) {
					t.Errorf("request %d begins with %v %q", i, n.Notification, n.Data)
				}
				payloads = payloads[1:]
			} else if profile.AlwaysCookie && i%2 == 1 {
				t.Errorf("request %d has no COOKIE", i)
			}
			method := []ike.KeyExchangeMethod{ike.KE_ECP_256, ike.KE_MODP_2048}[i*2/len(sent)]
			sameAsCaptured(t, m.SPIi, payloads, captured[1:], p.Proposals, method)
		}
	}
}

// sameAsCaptured wants in sent what was captured, but for what has to be ours.
func sameAsCaptured(t *testing.T, spi ike.SPI, sent, captured []ike.Payload, offer []ike.Proposal, method ike.KeyExchangeMethod) {
	t.Helper()
	if len(sent) != len(captured) {
		t.Fatalf("%d payloads, not %d", len(sent), len(captured))
	}
	local := netip.AddrPortFrom(clientAddr, 49152)
	for i, p := range sent {
		want := captured[i]
		switch theirs := want.(type) {
		case *ike.SA:
			want = &ike.SA{Proposals: offer}
		case *ike.KE:
			got, ok := p.(*ike.KE)
			if !ok || got.Method != method || bytes.Equal(got.Data, theirs.Data) {
				t.Errorf("payload %d: %v of %v", i, p.Type(), method)
			}
			continue
		case *ike.Nonce:
			got, ok := p.(*ike.Nonce)
			if !ok || len(got.Data) != len(theirs.Data) || bytes.Equal(got.Data, theirs.Data) {
				t.Errorf("payload %d: %v, of %d octets", i, p.Type(), len(theirs.Data))
			}
			continue
		case *ike.Notify:
			n := *theirs
			if h := ike.NATDetectionHash(spi, ike.SPI{}, local); n.Notification == ike.NAT_DETECTION_SOURCE_IP {
				n.Data = h[:]
			}
			if h := ike.NATDetectionHash(spi, ike.SPI{}, netip.AddrPortFrom(gatewayAddr, 500)); n.Notification == ike.NAT_DETECTION_DESTINATION_IP {
				n.Data = h[:]
			}
			want = &n
		}
		got, _, err := ike.AppendPayloads(nil, []ike.Payload{p})
		if err != nil {
			t.Fatal(err)
		}
		octets, _, err := ike.AppendPayloads(nil, []ike.Payload{want})
		if err != nil || p.Type() != want.Type() || !bytes.Equal(got, octets) {
			t.Errorf("payload %d, %v: %x, want %v, %x; %v", i, p.Type(), got, want.Type(), octets, err)
		}
	}
}

// TestScanClientsRedirected: what a gateway answers that redirects initiators is no
// refusal of a client, unless it was seen to accept something without redirecting.
func TestScanClientsRedirected(t *testing.T) {
	t.Parallel()
	supports := packet(t, smallPolicy)
	supports.Payloads = []ike.Payload{&ike.SA{Proposals: supports.Proposals}, &ike.KE{Method: supports.KE, Data: make([]byte, 256)},
		&ike.Nonce{Data: make([]byte, 32)}, &ike.Notify{Notification: ike.REDIRECT_SUPPORTED}}
	clients := []initiator.FirstPacket{packet(t, smallPolicy), packet(t, "aes128-sha1-prfsha1-modp1024"), supports}
	for name, want := range map[string][3]string{
		"redirects who supports it":         {"accepted", "refused", "no_answer"},
		"redirects and is silent to others": {}, // it was asked nothing more
		"redirects and refuses others":      {"no_answer", "no_answer", "no_answer"},
		"redirects everyone":                {},
	} {
		for _, dropping := range []bool{false, true} {
			if dropping && want[1] == "refused" {
				want[1] = "no_answer" // it may be silent to those that it would redirect
			}
			i := slices.IndexFunc(iketest.Oddities(), func(o iketest.Oddity) bool { return o.Name == name })
			sc := oddScene(smallPolicy, iketest.StrongSwan, 1, iketest.Oddities()[i])
			sc.faults.DropRefused = dropping
			sc.scanner.Clients = clients
			var got [3]string
			for i, c := range sc.scan(t).Clients {
				got[i] = c.State.String()
			}
			if got != want && !(dropping && got == [3]string{}) {
				t.Errorf("%s, refusing by silence: %v: the clients are %v, want %v", name, dropping, got, want)
			}
		}
	}
}
