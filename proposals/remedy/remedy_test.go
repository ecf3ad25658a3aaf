package remedy

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// The offers of some clients (proposals/client has their sources).
const (
	windows10 = "3des-aes128-aes192-aes256-sha1-prfsha1-modp1024," +
		"3des-aes128-aes192-aes256-sha256-prfsha256-modp1024," +
		"3des-aes128-aes192-aes256-sha384-prfsha384-modp1024"
	iOS = "aes256-sha256-prfsha256-modp2048,aes256-sha256-prfsha256-ecp256,aes256-sha256-prfsha256-modp1536," +
		"aes128-sha1-prfsha1-modp1024,3des-sha1-prfsha1-modp1024"
	android = "aes256-aes128-sha512-sha384-sha256-prfsha512-prfsha384-prfsha256-modp4096-x25519-modp3072-modp2048"
)

func products(t testing.TB, keywords string) []proposals.Product {
	t.Helper()
	if keywords == "" {
		return nil
	}
	ps, err := proposals.ParseProducts(keywords)
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

func TestRemedies(t *testing.T) {
	modp1024 := "KE_MODP_1024, which is weaker than every key exchange method that the gateway accepts now: one precomputation"
	for _, test := range []struct {
		name, offer, accepted string
		client, gateway       client.Syntax
		want                  []string // "side syntax suite axes", the best first
		weaker                string   // in the only sentence of the last, "" for no sentence
	}{
		{
			"Windows, which the registry helps, too", windows10, "aes256-sha256-prfsha256-modp2048",
			client.SyntaxWindows, client.SyntaxSwanctl,
			[]string{
				"client windows aes256-sha256-prfsha256-modp2048 [KE]",
				"client windows aes256-sha256-prfsha256-modp2048 [KE]",
				"gateway swanctl aes256-sha256-prfsha256-modp1024 [KE]",
			}, modp1024,
		},
		{
			"one axis rather than a stronger suite", windows10, "aes256-sha256-prfsha256-modp2048,aes256gcm16-prfsha384-ecp384",
			client.SyntaxWindows, "",
			[]string{
				"client windows aes256-sha256-prfsha256-modp2048 [KE]",
				"client windows aes256-sha256-prfsha256-modp2048 [KE]",
			}, "",
		},
		{
			"sound before small", iOS, "aes256-sha256-prfsha256-modp1024,aes256gcm16-prfsha384-ecp384",
			client.SyntaxMobileconfig, "",
			[]string{"client mobileconfig aes256gcm16-prfsha384-ecp384 [ENCR PRF INTEG KE]"}, "",
		},
		{
			"a gateway that has what the client has not", android, "3des-sha1-prfsha1-modp1024,aes256gcm16-prfsha384-ecp384",
			client.SyntaxSwanctl, client.SyntaxIked,
			[]string{
				"client swanctl aes256gcm16-prfsha384-ecp384 [ENCR INTEG KE]",
				"gateway iked aes256-sha256-prfsha384-modp3072 [ENCR INTEG KE]",
			}, "",
		},
		{
			"nothing but weak suites", "aes256-sha256-prfsha256-modp2048", "3des-sha1-prfsha1-modp1024",
			"", client.SyntaxLibreswan,
			[]string{"client  cannot", "gateway libreswan cannot"}, "",
		},
		{
			"both sides rather than a weak suite", windows10, "chacha20poly1305-prfsha512-x25519",
			client.SyntaxWindows, client.SyntaxSwanctl,
			[]string{
				"together client windows aes256gcm16-prfsha256-ecp384 [ENCR INTEG KE]",
				"together gateway swanctl aes256gcm16-prfsha256-ecp384 [ENCR PRF KE]",
				"gateway swanctl aes256-sha256-prfsha256-modp1024 [ENCR PRF INTEG KE]",
				"client windows cannot", "client windows cannot",
			}, "",
		},
		{
			"a gateway that accepts nothing", windows10, "", client.SyntaxWindows, client.SyntaxSwanctl,
			[]string{
				"together client windows aes256gcm16-prfsha256-ecp384 [ENCR INTEG KE]",
				"together gateway swanctl aes256gcm16-prfsha256-ecp384 [ENCR PRF KE]",
				"gateway swanctl aes256-sha256-prfsha256-modp1024 [ENCR PRF INTEG KE]",
				"client windows cannot", "client windows cannot",
			}, "",
		},
		{
			"a client that connects", windows10, "3des-sha1-prfsha1-modp1024", client.SyntaxWindows, client.SyntaxSwanctl,
			nil, "",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := Case{
				Client:   client.Policy{Offer: products(t, test.offer), Syntax: test.client},
				Accepted: products(t, test.accepted),
			}
			if test.gateway != "" {
				c.GatewaySyntaxes = []client.Syntax{test.gateway}
			}
			var got []string
			for _, r := range c.Remedies() {
				got = append(got, describe(r))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
			if all := c.Remedies(); test.weaker != "" {
				if said := all[len(all)-1].Weaker; len(said) != 1 || !strings.Contains(said[0], test.weaker) {
					t.Errorf("the last says %q, want %q", said, test.weaker)
				}
			}
		})
	}
}

func describe(r Remedy) string {
	text := string(r.Side) + " " + string(r.Syntax) + " "
	if len(r.Lines) == 0 {
		return text + "cannot"
	}
	var axes []string
	for _, a := range r.Changes {
		axes = append(axes, a.String())
	}
	if r.Together {
		text = "together " + text
	}
	return text + r.Suite.String() + " [" + strings.Join(axes, " ") + "]"
}

// What a syntax cannot write is not proposed, and why is said.
func TestCannot(t *testing.T) {
	for _, test := range []struct {
		side            Side
		syntax          client.Syntax
		offer, accepted string
		want            string
	}{
		{ClientSide, client.SyntaxWindows, windows10, "aes256gcm16-prfsha384-x25519", "Windows has no KE_CURVE25519"},
		{ClientSide, client.SyntaxWindows, windows10, "aes256-sha512-prfsha512-ecp384", "Windows has no PRF_HMAC_SHA2_512"},
		{ClientSide, client.SyntaxMobileconfig, iOS, "aes192-sha256-prfsha256-modp3072", "Apple's configuration profile has no ENCR_AES_CBC with 192 bits"},
		{ClientSide, "", android, "3des-sha1-prfsha1-modp1024", "no setting is known"},
		{ClientSide, client.SyntaxCapture, android, "3des-sha1-prfsha1-modp1024", "a capture does not show"},
		{GatewaySide, client.SyntaxLibreswan, windows10, "aes256-sha256-prfsha256-modp2048", "USE_DH2"},
		{GatewaySide, client.SyntaxIked, "camellia256-sha256-prfsha256-modp2048", "aes256-sha256-prfsha256-modp2048", "OpenIKED has no ENCR_CAMELLIA_CBC with 256 bits"},
		{GatewaySide, client.SyntaxIked, iOS, "chacha20poly1305-prfsha256-x25519", "the gateway accepts chacha20poly1305-prfsha256-x25519, and OpenIKED has no"},
		{GatewaySide, client.SyntaxCisco, "aes256-sha256-prfsha256-x25519", "aes256-sha256-prfsha256-modp2048", "IOS-XE has no KE_CURVE25519"},
		{GatewaySide, client.SyntaxLibreswan, iOS, "aes256-sha512-prfsha256-modp3072", "one hash"},
	} {
		c := Case{Client: client.Policy{Offer: products(t, test.offer)}, Accepted: products(t, test.accepted)}
		if test.side == ClientSide {
			c.Client.Syntax = test.syntax
		} else {
			c.GatewaySyntaxes = []client.Syntax{test.syntax}
		}
		found := false
		for _, r := range c.Remedies() {
			if r.Side != test.side || r.Syntax != test.syntax {
				continue
			}
			found = found || strings.Contains(r.Why, test.want)
			if len(r.Lines) > 0 || r.Why == "" {
				t.Errorf("%s %s: %q, want none, for %q", test.side, test.syntax, r.Lines, test.want)
			}
		}
		if !found {
			t.Errorf("%s %s: nothing says %q: %+v", test.side, test.syntax, test.want, c.Remedies())
		}
	}
}

// A Windows connection with a policy of its own gets another one, and the
// registry is no way.
func TestCustomWindows(t *testing.T) {
	for _, syntax := range []client.Syntax{client.SyntaxWindows, client.SyntaxRasphone} {
		c := Case{
			Client:   client.Policy{Offer: products(t, "aes128-sha256-prfsha256-ecp256"), Syntax: syntax},
			Accepted: products(t, "aes256-sha256-prfsha256-modp2048"),
		}
		var got []string
		for _, r := range c.Remedies() {
			got = append(got, describe(r))
		}
		want := []string{"client windows aes256-sha256-prfsha256-modp2048 [ENCR KE]", "client windows cannot"}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", syntax, got, want)
		}
	}
}

// A name of a connection that could be more than a name is not written.
func TestHostileName(t *testing.T) {
	for _, name := range []string{"vpn\n} evil {", `a" & calc.exe`, "$(id)", "", strings.Repeat("a", 100)} {
		c := Case{
			Client:          client.Policy{Offer: products(t, iOS), Syntax: client.SyntaxMobileconfig},
			Accepted:        products(t, "aes256gcm16-prfsha384-ecp384"),
			GatewaySyntaxes: Syntaxes(GatewaySide), ClientSyntaxes: Syntaxes(ClientSide), Connection: name,
		}
		for _, r := range c.Remedies() {
			if text := strings.Join(r.Lines, "\n"); name != "" && strings.Contains(text, name) {
				t.Errorf("%s %s writes the name %q: %s", r.Side, r.Syntax, name, text)
			}
		}
	}
}

// For any client and gateway, a remedy does what it promises: the suite is the
// other side's, no suite that this syntax can write needs less, and what is
// weaker is said to be.
func TestRemediesKeepTheirPromise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := randomCase(t)
		remedies := c.Remedies()
		if meet(c.Client.Offer, c.Accepted) != (len(remedies) == 0) {
			t.Fatalf("%d remedies", len(remedies))
		}
		for _, r := range remedies {
			from, inForce := c.Accepted, c.Client.Offer
			if r.Side == GatewaySide {
				from, inForce = inForce, from
			}
			if (len(r.Lines) == 0) != (r.Why != "") {
				t.Fatalf("%+v has both lines and a reason for none, or neither", r)
			}
			if len(r.Lines) == 0 {
				continue
			}
			holds := func(p proposals.Product) bool { return p.Contains(r.Suite) }
			if r.Together {
				if slices.ContainsFunc(inForce, holds) {
					t.Fatalf("%s %s: %v is no news", r.Side, r.Syntax, r.Suite)
				}
			} else if !slices.ContainsFunc(from, holds) || slices.ContainsFunc(inForce, holds) {
				t.Fatalf("%s %s: %v is not what one side has and the other has not", r.Side, r.Syntax, r.Suite)
			}
			weaker := false
			for axis := proposals.ENCR; axis <= proposals.KE; axis++ {
				beats := func(p proposals.Product) bool {
					return slices.ContainsFunc(p.On(axis), func(b proposals.Algorithm) bool {
						return baseline.Compare(r.Suite[axis], b) >= 0
					})
				}
				weaker = weaker || !slices.ContainsFunc(inForce, beats)
			}
			if weaker && len(r.Weaker) == 0 {
				t.Fatalf("%s %s: %v is weaker than all of %v, and nothing says so", r.Side, r.Syntax, r.Suite, inForce)
			}
			if !r.Together {
				leastOf(t, r, from, inForce)
			}
		}
	})
}

// A gateway or a client that a published policy has nothing against is not
// changed to what that policy forbids without a word: for any gateway, client
// and policy. (Rules of whole suites say which profile one is of, and those of
// severity info are advice.)
func TestForbiddenIsTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := randomCase(t)
		for _, r := range c.Remedies() {
			inForce := c.Client.Offer
			if r.Side == GatewaySide {
				inForce = c.Accepted
			}
			if len(r.Lines) == 0 || len(r.Weaker) > 0 {
				continue
			}
			for _, p := range baseline.Policies() {
				for _, rule := range p.Rules {
					if rule.Demand == baseline.Forbidden && rule.Suites == nil && rule.Severity != baseline.Info && !breaks(t, rule, inForce) && breaks(t, rule, []proposals.Product{r.Suite.Product()}) {
						t.Fatalf("%s %s: %v breaks %s of %s (%v), which %v does not, and nothing says so",
							r.Side, r.Syntax, r.Suite, rule.ID, p.Name, rule, inForce)
					}
				}
			}
		}
	})
}

func breaks(t *rapid.T, rule baseline.Rule, products []proposals.Product) bool {
	bad, err := rule.Select(products)
	if err != nil {
		t.Fatal(err)
	}
	return len(bad) > 0
}

// leastOf fails if a suite of from that some syntax of the remedy's name can
// write is as sound as the remedy's and changes fewer axes.
func leastOf(t *rapid.T, r Remedy, from, inForce []proposals.Product) {
	for _, s := range syntaxes {
		if s.name != r.Syntax || s.only != nil || r.Where != s.clientPlace && r.Where != s.gatewayPlace {
			continue
		}
		for _, p := range from {
			for _, q := range s.writable(p) {
				for suite := range q.Suites() {
					for _, have := range inForce {
						var changes []proposals.Axis
						for axis := proposals.ENCR; axis < proposals.NumAxes; axis++ {
							if !slices.Contains(have.On(axis), suite[axis]) {
								changes = append(changes, axis)
							}
						}
						if len(changes) < len(r.Changes) && baseline.SuiteSoundness(suite) >= baseline.SuiteSoundness(r.Suite) {
							t.Fatalf("%s %s: %v changes %v, and %v only %v", r.Side, r.Syntax, r.Suite, r.Changes, suite, changes)
						}
					}
				}
			}
		}
	}
}

// randomCase draws any client and gateway, with the remedies in all syntaxes.
func randomCase(t *rapid.T) Case {
	some := rapid.SliceOfN(randomProduct(), 1, 3)
	return Case{
		Client:          client.Policy{Offer: some.Draw(t, "offer")},
		Accepted:        some.Draw(t, "accepted"),
		ClientSyntaxes:  Syntaxes(ClientSide),
		GatewaySyntaxes: Syntaxes(GatewaySide),
	}
}

// randomProduct makes products of the algorithms that are in use.
func randomProduct() *rapid.Generator[proposals.Product] {
	lists := [proposals.NumAxes][]proposals.Algorithm{}
	for _, p := range matrix.Quick().Products() {
		for axis, list := range p {
			for _, a := range list {
				if !a.IsNone() && !slices.Contains(lists[axis], a) {
					lists[axis] = append(lists[axis], a)
				}
			}
		}
	}
	return rapid.Custom(func(t *rapid.T) proposals.Product {
		var p proposals.Product
		aead := rapid.Bool().Draw(t, "aead")
		for axis := proposals.ENCR; axis <= proposals.KE; axis++ {
			list := slices.DeleteFunc(slices.Clone(lists[axis]), func(a proposals.Algorithm) bool {
				return axis == proposals.ENCR && a.AEAD() != aead
			})
			if axis == proposals.INTEG && aead {
				continue
			}
			p[axis] = rapid.SliceOfNDistinct(rapid.SampledFrom(list), 1, 3, rapid.ID).Draw(t, axis.String())
		}
		return p
	})
}

// No line names a proposal twice, even where what was found in force does.
func TestEachOnce(t *testing.T) {
	c := Case{
		Client:   client.Policy{Offer: products(t, "aes128-sha256-prfsha256-modp2048"), Syntax: client.SyntaxSwanctl},
		Accepted: products(t, "aes256-sha256-prfsha256-modp2048-ecp256,aes256-sha256-prfsha256-ecp256,aes256-sha256-prfsha256-modp2048-ecp256"),
	}
	for syntax, want := range map[client.Syntax]string{
		client.SyntaxLibreswan: "    ike=aes256-sha2_256-modp2048+dh19,aes128-sha2_256-modp2048",
		client.SyntaxSwanctl:   "        proposals = aes256-sha256-prfsha256-modp2048-ecp256, aes128-sha256-prfsha256-modp2048",
	} {
		c.GatewaySyntaxes = []client.Syntax{syntax}
		i := slices.IndexFunc(c.Remedies(), func(r Remedy) bool { return r.Side == GatewaySide })
		if r := c.Remedies()[i]; !slices.Contains(r.Lines, want) {
			t.Errorf("%s: got\n%s\nwant the line\n%s", syntax, strings.Join(r.Lines, "\n"), want)
		}
	}
}
