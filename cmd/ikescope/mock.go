package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/english"
)

// mockPolicy is a gateway as there are many: modern, with something old left
// in for a client that may not exist any more.
const mockPolicy = "aes256gcm16-aes128gcm16-prfsha384-prfsha256-x25519-ecp384-ecp256-ke1_none-ke1_mlkem768," +
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

func profileNames() []string {
	var names []string
	for _, p := range profiles {
		names = append(names, p.name)
	}
	return names
}

// gatewayOptions say how a mock gateway behaves.
type gatewayOptions struct {
	profile string
	accepts []proposals.Product
}

// profileName is the value of --profile.
type profileName struct{ p *string }

func (n profileName) Set(s string) error {
	for _, p := range profiles {
		if p.name == s {
			*n.p = s
			return nil
		}
	}
	return fmt.Errorf("%q is not a profile: %s", s, strings.Join(profileNames(), ", "))
}

func (profileName) Type() string { return "name" }

func (profileName) choices() []string { return profileNames() }

func (n profileName) String() string {
	if n.p == nil {
		return ""
	}
	return *n.p
}

func (o *gatewayOptions) addFlags(flags *pflag.FlagSet) {
	o.profile = profiles[0].name
	flags.Var(profileName{&o.profile}, "profile", "behave as "+english.List(profileNames(), "or"))
	flags.Var(suites{&o.accepts}, "accept", "what it accepts, most preferred first, as strongSwan writes it, such as aes256gcm16-prfsha384-ecp384; may be repeated")
}

// products returns what it accepts, or that of a gateway as there are many, as
// far as the profile knows it.
func (o *gatewayOptions) products() []proposals.Product {
	if len(o.accepts) > 0 {
		return o.accepts
	}
	policy, err := proposals.ParseProducts(mockPolicy)
	if err != nil {
		panic("internal error: " + err.Error())
	}
	if o.behaviour().NoAdditionalKE {
		for i := range policy {
			clear(policy[i][proposals.ADDKE1:])
		}
	}
	return policy
}

// behaviour returns the profile.
func (o *gatewayOptions) behaviour() iketest.Profile {
	i := slices.IndexFunc(profiles, func(p namedProfile) bool { return p.name == o.profile })
	return profiles[i].profile
}

// check refuses what the profile would not accept though it is told to.
func (o *gatewayOptions) check() error {
	if !o.behaviour().NoAdditionalKE {
		return nil
	}
	for _, p := range o.accepts {
		for _, list := range p[proposals.ADDKE1:] {
			if len(list) > 0 {
				return usagef("--accept: %q has an additional key exchange, which %s does not know: use --profile strongswan", p, o.profile)
			}
		}
	}
	return nil
}

// responder returns the mock gateway.
func (o *gatewayOptions) responder() *iketest.Responder {
	r := &iketest.Responder{Profile: o.behaviour()}
	for i, p := range o.products() {
		r.Policy = append(r.Policy, p.Proposal(uint8(i+1)))
	}
	return r
}

// sockets are the two ports of a gateway.
type sockets struct{ ike, natt net.PacketConn }

// listenGateway opens the ports; 0 is the system's choice.
func listenGateway(ctx context.Context, host netip.Addr, port, nattPort uint16) (sockets, error) {
	var lc net.ListenConfig
	network := "udp4"
	if host.Is6() {
		network = "udp6"
	}
	first, err := lc.ListenPacket(ctx, network, netip.AddrPortFrom(host, port).String())
	if err != nil {
		return sockets{}, usagef("--port: %d cannot be opened on %v: %w; 0 picks a free one", port, host, systemError(err))
	}
	second, err := lc.ListenPacket(ctx, network, netip.AddrPortFrom(host, nattPort).String())
	if err != nil {
		_ = first.Close() // the first error says more
		return sockets{}, usagef("--natt-port: %d cannot be opened on %v: %w; 0 picks a free one", nattPort, host, systemError(err))
	}
	return sockets{first, second}, nil
}

// paths returns the paths to the gateway on s.
func (s sockets) paths() initiator.Paths {
	return initiator.Paths{
		{Transport: initiator.UDP500, Port: portOf(s.ike)},
		{Transport: initiator.UDP4500, Port: portOf(s.natt)},
	}
}

func portOf(c net.PacketConn) uint16 {
	// listenGateway opens UDP sockets only.
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Port()
}

func (s sockets) close() error { return errors.Join(s.ike.Close(), s.natt.Close()) }

func (a *app) mockCommand() *cobra.Command {
	var (
		gateway  gatewayOptions
		host     = loopback
		port     = uint16(10500)
		nattPort = uint16(14500)
		verbose  bool
	)
	cmd := &cobra.Command{
		Use:   "mock",
		Short: "Run a mock gateway until it is interrupted",
		Long: `Run an IKEv2 responder that answers as a known daemon does, for trying scans,
clients and reports. It negotiates IKE SAs, and authenticates no one.`,
		Example: `  ikescope mock --profile libreswan -v
  ikescope mock --accept aes256gcm16-prfsha384-ecp384 --listen ::1
  sudo ikescope mock --listen 192.0.2.1 --port 500 --natt-port 4500`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if port == nattPort && port != 0 {
				return usagef("--natt-port: %d is also the --port", port)
			}
			if err := gateway.check(); err != nil {
				return err
			}
			if err := checkOwn(cmd.Context(), "listen", host); err != nil {
				return err
			}
			conns, err := listenGateway(cmd.Context(), host, port, nattPort)
			if err != nil {
				return err
			}
			return a.mock(cmd.Context(), gateway, conns, verbose)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	gateway.addFlags(flags)
	flags.Var(address{&host}, "listen", "address to listen on")
	flags.Var(wholeNumber(&port, 0, 65535), "port", "the UDP port of IKE; 0 for a free one")
	flags.Var(wholeNumber(&nattPort, 0, 65535), "natt-port", "the UDP port of NAT traversal; 0 for a free one")
	addToggle(flags, &verbose, "verbose", "v", "a line on stderr for each message")
	return cmd
}

// mock serves on conns until ctx ends, and closes them.
func (a *app) mock(ctx context.Context, o gatewayOptions, conns sockets, verbose bool) error {
	stop := context.AfterFunc(ctx, func() { _ = conns.close() }) // Serve then returns
	defer stop()
	defer conns.close()
	addr, nattPort := conns.ike.LocalAddr().(*net.UDPAddr).AddrPort(), portOf(conns.natt)
	var policy strings.Builder
	for _, p := range o.products() {
		fmt.Fprintf(&policy, "  accepts   %s\n", p)
	}
	_, err := fmt.Fprintf(a.out, "mock gateway as %s, until interrupted\n%s  udp/%-5d  IKE\n  udp/%-5d  IKE behind the non-ESP marker\n"+
		"scan it: ikescope %s+%d\n", o.profile, policy.String(), addr.Port(), nattPort, addr, nattPort)
	if err != nil {
		return err
	}
	served := conns
	if verbose {
		log := &messageLog{w: a.err}
		served = sockets{loggedConn{conns.ike, log, false}, loggedConn{conns.natt, log, true}}
	}
	return o.responder().Serve(served.ike, served.natt)
}
