// Package mock is a gateway to scan on this machine: which daemon it behaves as,
// what it accepts, and its Sockets.
package mock

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/local"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/streamtest"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/login"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/english"
)

// defaultPolicy is a gateway as there are many: modern, with something old left
// in for a client that may not exist any more.
const defaultPolicy = "aes256gcm16-aes128gcm16-prfsha384-prfsha256-x25519-ecp384-ecp256-ke1_none-ke1_mlkem768," +
	"aes256-aes128-sha256-prfsha256-ecp256-modp2048," +
	"3des-sha1-prfsha1-modp1024"

type namedProfile struct {
	name    string
	profile iketest.Profile
}

// profiles are the daemons that the mock gateway can behave as.
var profiles = []namedProfile{
	{"strongswan", iketest.StrongSwan},
	{"libreswan", iketest.Libreswan},
	{"openiked", iketest.OpenIKED},
}

// Profiles returns the names of the daemons, the default first.
func Profiles() []string {
	var names []string
	for _, p := range profiles {
		names = append(names, p.name)
	}
	return names
}

// Gateway says how a mock gateway behaves.
type Gateway struct {
	Profile string              // one of [Profiles]
	Accepts []proposals.Product // most preferred first; nil for those of a gateway as there are many

	// EAP is the method that it asks clients for, one of [EAPMethods]; "" for none, so
	// that it does not show who it is. It is Name, with the key and the certificates of
	// CertFile, in PEM, or ones made for it. PSK proves it by a pre-shared key instead.
	EAP, Name, CertFile string
	PSK                 bool
	// RootFile is written with the root of a certificate made for it, for those who are
	// to trust it.
	RootFile string

	// User may log in by EAP, and who knows the pre-shared key by PSK. Environment
	// returns a variable, "" if it is not set: IKESCOPE_PASSWORD and IKESCOPE_PSK are
	// the secrets.
	User string
	// ESP are the suites of Child SAs for them; "" for none but what is asked for at
	// login.
	ESP         string
	Environment func(name string) string
}

// Variables of the environment that hold the secrets.
const (
	passwordVariable = "IKESCOPE_PASSWORD"
	keyVariable      = "IKESCOPE_PSK"
)

// Admit lets in who has credentials: by a pre-shared key, or a user and a password by EAP.
func (g *Gateway) Admit(c login.Credentials) error {
	secret := string(c.Password.Reveal())
	c.Method = c.Method.Outer() // what goes on inside the peer chooses
	switch {
	case c.Method == login.PSK:
		g.PSK, secret = true, string(c.PSK.Reveal())
	case !c.Method.IsEAP() || !slices.Contains(loginMethods(), string(c.Method)):
		return fmt.Errorf("--credentials: a mock gateway lets nobody in by %s, but by psk, %s", c.Method, english.List(loginMethods(), "or"))
	default:
		g.User, g.EAP = c.User, cmp.Or(g.EAP, string(c.Method))
	}
	g.Environment = func(name string) string {
		if (name == keyVariable) == (c.Method == login.PSK) {
			return secret
		}
		return ""
	}
	return nil
}

// secret returns a variable of the environment.
func (g *Gateway) secret(name string) string {
	if g.Environment == nil {
		return ""
	}
	return g.Environment(name)
}

// checkLogin refuses users who cannot log in. The error names the flag.
func (g *Gateway) checkLogin() error {
	switch {
	case g.User != "" && g.EAP != "" && !slices.Contains(loginMethods(), g.EAP):
		return fmt.Errorf("--eap: %s has no users here: %s have", g.EAP, english.List(loginMethods(), "and"))
	case g.User != "" && g.secret(passwordVariable) == "":
		return fmt.Errorf("--user: set %s in the environment to the password of %s", passwordVariable, g.User)
	case g.ESP != "" && g.User == "" && g.PSK && g.secret(keyVariable) == "":
		return fmt.Errorf("--esp: set %s in the environment to the pre-shared key of who may log in", keyVariable)
	case g.ESP != "" && g.User == "" && !g.PSK:
		return errors.New("--esp: needs somebody who may log in: --credentials, --user or --psk")
	case g.ESP != "":
		_, err := parseESP(g.ESP)
		return err
	case g.PSK && g.EAP == "" && g.User == "" && g.secret(keyVariable) == "":
		return fmt.Errorf("--psk: needs --eap METHOD, or the pre-shared key as %s in the environment", keyVariable)
	}
	return nil
}

// Products returns what it accepts, or that of a gateway as there are many, as
// far as the profile knows it.
func (g *Gateway) Products() []proposals.Product {
	if len(g.Accepts) > 0 {
		return g.Accepts
	}
	policy, err := proposals.ParseProducts(defaultPolicy)
	if err != nil {
		panic("internal error: " + err.Error())
	}
	if g.behaviour().NoAdditionalKE {
		for i := range policy {
			clear(policy[i][proposals.ADDKE1:])
		}
	}
	return policy
}

// behaviour returns the profile.
func (g *Gateway) behaviour() iketest.Profile {
	i := slices.IndexFunc(profiles, func(p namedProfile) bool { return p.name == g.Profile })
	return profiles[i].profile
}

// Check refuses what the profile would not accept. The error names the flag
// --accept.
func (g *Gateway) Check() error {
	if err := g.checkLogin(); err != nil {
		return err
	}
	if g.EAP == "" && g.User == "" && !g.PSK {
		for flag, given := range map[string]bool{"--name": g.Name != "", "--cert": g.CertFile != ""} {
			if given {
				return fmt.Errorf("%s: needs --eap METHOD or --credentials FILE, since a gateway shows who it is only to clients of EAP and to those that log in", flag)
			}
		}
	}
	if g.CertFile != "" && g.PSK {
		return errors.New("--cert: with a pre-shared key the gateway shows no certificate: leave out --cert or the key")
	}
	if g.RootFile != "" && (g.CertFile != "" || g.PSK || g.EAP == "" && g.User == "") {
		return errors.New("--root-out: is of the certificate that is made for it, with --eap or --user, and without --cert and --psk")
	}
	if !g.behaviour().NoAdditionalKE {
		return nil
	}
	for _, p := range g.Accepts {
		for _, list := range p[proposals.ADDKE1:] {
			if len(list) > 0 {
				return fmt.Errorf("--accept: %q has an additional key exchange, which %s does not know: use --profile strongswan", p, g.Profile)
			}
		}
	}
	return nil
}

// Responder returns the mock gateway. The error names a flag.
func (g *Gateway) Responder() (*iketest.Responder, error) {
	r := &iketest.Responder{Profile: g.behaviour()}
	for i, p := range g.Products() {
		r.Policy = append(r.Policy, p.Proposal(uint8(i+1)))
	}
	return r, g.introduce(r)
}

// Sockets are the two ports of a gateway, and the TCP port with the number of the second
// one; Stream is nil without.
type Sockets struct {
	IKE, NATT net.PacketConn
	Stream    net.Listener
	log       *messageLog // nil for none
}

// Listen opens the ports; 0 is the system's choice. The error names the flag --port,
// --natt-port or --tcp.
func Listen(ctx context.Context, host netip.Addr, ikePort, nattPort uint16, tcp bool) (Sockets, error) {
	var lc net.ListenConfig
	network := "udp4"
	if host.Is6() {
		network = "udp6"
	}
	first, err := lc.ListenPacket(ctx, network, netip.AddrPortFrom(host, ikePort).String())
	if err != nil {
		return Sockets{}, fmt.Errorf("--port: %d cannot be opened on %v: %w; 0 picks a free one", ikePort, host, local.Cause(err))
	}
	for tries := 1; ; tries++ {
		second, err := lc.ListenPacket(ctx, network, netip.AddrPortFrom(host, nattPort).String())
		if err != nil {
			_ = first.Close() // the first error says more
			return Sockets{}, fmt.Errorf("--natt-port: %d cannot be opened on %v: %w; 0 picks a free one", nattPort, host, local.Cause(err))
		}
		s := Sockets{IKE: first, NATT: second}
		if !tcp {
			return s, nil
		}
		at := netip.AddrPortFrom(host, port(second))
		if s.Stream, err = lc.Listen(ctx, "tcp", at.String()); err == nil {
			return s, nil
		}
		if nattPort == 0 && tries < mostTries {
			_ = second.Close() // the system chose one that is free in UDP alone
			continue
		}
		s.Stream = nil
		_ = s.Close() // the first error says more
		return Sockets{}, fmt.Errorf("--tcp: TCP port %d cannot be opened on %v: %w; --natt-port names another one", at.Port(), host, local.Cause(err))
	}
}

// mostTries is how many ports of the system's choice are tried.
const mostTries = 20

// Serve has r answer on s, until s is closed.
func (s Sockets) Serve(r *iketest.Responder) error {
	if s.Stream == nil {
		return r.Serve(s.logged(s.IKE, false), s.logged(s.NATT, true))
	}
	served := make(chan error, 1)
	go func() {
		served <- streamtest.ServeThrough(r, s.Stream, func(c net.PacketConn) net.PacketConn { return s.logged(c, true) })
	}()
	err := r.Serve(s.logged(s.IKE, false), s.logged(s.NATT, true))
	_ = s.Stream.Close() // it mostly is already
	return errors.Join(err, <-served)
}

// Paths returns the paths to the gateway on s.
func (s Sockets) Paths() initiator.Paths {
	paths := initiator.Paths{
		{Transport: initiator.UDP500, Port: port(s.IKE)},
		{Transport: initiator.UDP4500, Port: port(s.NATT)},
	}
	if s.Stream != nil {
		paths = append(paths, initiator.Path{Transport: initiator.TCP4500, Port: port(s.NATT)})
	}
	return paths
}

func port(c net.PacketConn) uint16 {
	// Listen opens UDP sockets only.
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Port()
}

// Close closes all.
func (s Sockets) Close() error {
	var err error
	if s.Stream != nil {
		err = s.Stream.Close()
	}
	return errors.Join(err, s.IKE.Close(), s.NATT.Close())
}

// Addr returns the address and port of IKE.
func (s Sockets) Addr() netip.AddrPort { return s.IKE.LocalAddr().(*net.UDPAddr).AddrPort() }
