package main

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/clients"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/local"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/targets"
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/probe/identity"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// scanOptions are the flags of a scan.
type scanOptions struct {
	outputOptions
	judgeOptions
	port         uint16
	nattPort     uint16
	source       netip.Addr
	sourcePort   uint16
	outside      []netip.Addr
	ipv4, ipv6   bool
	follow       bool
	transports   []initiator.Transport
	rate         float64
	window       int
	tries        int
	timeout      time.Duration
	maxExchanges int
	deadline     time.Duration
	suites       []proposals.Product
	axes         []proposals.Axis
	profile      string
	exhaustive   bool
	resume       string
	plan         bool
	parallel     int
	identity     identity.Extent
	noIdentity   bool
	// live: the clients' own first packets are sent, too.
	live bool
}

// The profiles of a scan, by how much it asks.
const (
	quick    = "quick"
	standard = "standard"
	deep     = "deep"
)

var scanProfiles = []string{quick, standard, deep}

// defaultParallel is how many targets are scanned side by side, unless --parallel says
// otherwise.
const defaultParallel = 16

func newScanOptions() *scanOptions {
	return &scanOptions{
		port:         initiator.UDP500.Port(),
		nattPort:     initiator.UDP4500.Port(),
		profile:      standard,
		identity:     identity.Brief,
		judgeOptions: judgeOptions{warnDays: defaultWarnDays},
		rate:         50,
		window:       16,
		tries:        4,
		timeout:      500 * time.Millisecond,
		deadline:     5 * time.Minute,
		parallel:     defaultParallel,
	}
}

func (o *scanOptions) addFlags(flags *pflag.FlagSet, formats []string) {
	flags.SortFlags = false
	underHeading(flags, judgeFlags, o.judgeOptions.addFlags)
	underHeading(flags, askFlags, func(flags *pflag.FlagSet) {
		flags.Var(flagvalue.Suites(&o.suites), "suite", "ask about these suites only, as strongSwan writes them, such as aes256gcm16-prfsha384-ecp384; may be repeated")
		flags.Var(flagvalue.Word(&o.profile, scanProfiles), "profile", "how much to ask: quick (algorithms in use), standard (all that are registered, and ML-KEM as additional key exchange) or deep (any additional key exchange, and more samples)")
		flags.Var(flagvalue.Axes(&o.axes), "axes", "ask about every algorithm of these axes, "+strings.Join(flagvalue.AxisWords, ", ")+", and of the others about those in use")
		flags.Var(flagvalue.Extent(&o.identity), "identity", "how much to ask of who the gateway is: off, brief (its identity and certificate, and how they differ by client) or full (its EAP methods, too)")
		addToggle(flags, &o.noIdentity, "no-identity", "", "do not ask who the gateway is; the same as --identity off")
		o.addCertificateFlags(flags)
		addToggle(flags, &o.exhaustive, "exhaustive", "", "confirm every accepted suite instead of taking samples")
		flags.Var(flagvalue.File(&o.resume), "resume", "go on from this JSON report of a scan that was interrupted or ran out of its budget")
		addToggle(flags, &o.plan, "plan", "", "print the offers that would come first, and send nothing")
	})
	o.addReachFlags(flags)
	underHeading(flags, outputFlags, func(flags *pflag.FlagSet) { o.outputOptions.addFlags(flags, formats) })
}

// addReachFlags adds the flags on how targets are reached, and how fast they are
// asked.
func (o *scanOptions) addReachFlags(flags *pflag.FlagSet) {
	o.addWhereFlags(flags)
	underHeading(flags, paceFlags, func(flags *pflag.FlagSet) {
		o.addPaceFlags(flags)
		flags.Var(flagvalue.Number(&o.window, 1, 1024), "window", "the most exchanges in flight")
		flags.Var(flagvalue.Number(&o.maxExchanges, 1, 1000000), "max-exchanges", "budget for each target; what it does not reach is not tested")
		flags.Var(flagvalue.Duration(&o.deadline, time.Second, 7*24*time.Hour), "deadline", "the most time for each target; what is not reached by then is not tested")
	})
}

// addWhereFlags adds the flags on how targets are reached.
func (o *scanOptions) addWhereFlags(flags *pflag.FlagSet) {
	underHeading(flags, whereFlags, func(flags *pflag.FlagSet) {
		flags.Var(flagvalue.Transports(&o.transports), "transport", "ask over these only, with commas between: udp500, udp4500, or tcp4500, which is IKE in TCP (RFC 9329) (default udp500,udp4500)")
		flags.VarP(flagvalue.Number(&o.port, 1, 65535), "port", "p", "the UDP port of IKE, where the target names none")
		flags.Var(flagvalue.Number(&o.nattPort, 1, 65535), "natt-port", "the UDP port of NAT traversal, and the TCP port of tcp4500, where the target names none")
		addToggle(flags, &o.ipv4, "ipv4", "4", "only the IPv4 addresses of names")
		addToggle(flags, &o.ipv6, "ipv6", "6", "only the IPv6 addresses of names")
		addToggle(flags, &o.follow, "follow-redirect", "", "test the gateway that a gateway redirects to (RFC 5685) in its place, up to 3 times")
		flags.Var(flagvalue.Address(&o.source), "source", "send from this local address")
		flags.Var(flagvalue.Number(&o.sourcePort, 1, 65535), "source-port", "send from this port; targets are then scanned one after another")
		flags.Var(flagvalue.Addresses(&o.outside), "outside", "a public address that a NAT in front of us may have, to find the port it gave us; may be repeated")
	})
}

// addPaceFlags adds those on how fast, and how often, targets are asked.
func (o *scanOptions) addPaceFlags(flags *pflag.FlagSet) {
	flags.Var(flagvalue.Decimal(&o.rate, 0.1, 10000), "rate", "datagrams a second to each target")
	flags.Var(flagvalue.Number(&o.tries, 1, 20), "tries", "how often a request is sent before its silence counts")
	flags.Var(flagvalue.Duration(&o.timeout, 10*time.Millisecond, time.Minute), "timeout", "the first wait for an answer; each further one is twice as long")
	flags.Var(flagvalue.Number(&o.parallel, 1, 256), "parallel", "targets asked side by side")
}

// family returns which addresses are asked for.
func (o *scanOptions) family() (targets.Family, error) {
	asked := targets.AnyFamily
	switch {
	case o.ipv4 && o.ipv6:
		return 0, usagef("--ipv4: cannot be combined with --ipv6; without either both are scanned")
	case o.ipv4:
		asked = targets.OnlyIPv4
	case o.ipv6:
		asked = targets.OnlyIPv6
	}
	if !o.source.IsValid() {
		return asked, nil
	}
	if own := targets.FamilyOf(o.source); asked == targets.AnyFamily {
		asked = own
	} else if asked != own {
		return 0, usagef("--source: %q is not an %v address", o.source, asked)
	}
	return asked, nil
}

// checkSource fails if --source is not ours to send from.
func (o *scanOptions) checkSource(ctx context.Context) error {
	if !o.source.IsValid() {
		return nil
	}
	if err := local.CheckAddress(ctx, o.source); err != nil {
		return usagef("--source: %w", err)
	}
	return nil
}

// checkSourcePort fails if --source-port cannot be opened towards the targets of
// jobs.
func (o *scanOptions) checkSourcePort(ctx context.Context, jobs []job) error {
	if o.sourcePort == 0 {
		return nil
	}
	for _, j := range jobs {
		if j.Err != nil {
			continue
		}
		if err := local.CheckPort(ctx, o.source, o.sourcePort, j.Address); err != nil {
			return usagef("--source-port: %w", err)
		}
	}
	return nil
}

// paths returns the paths of targets that name no port.
func (o *scanOptions) paths() initiator.Paths {
	return initiator.Paths{
		{Transport: initiator.UDP500, Port: o.port},
		{Transport: initiator.UDP4500, Port: o.nattPort},
		{Transport: initiator.TCP4500, Port: o.nattPort},
	}
}

// scanner returns the scanner that the flags ask for.
func (o *scanOptions) scanner() (probe.Scanner, error) {
	s := probe.Scanner{
		Transports:   o.transports,
		Source:       netip.AddrPortFrom(o.source, o.sourcePort),
		Outside:      o.outside,
		Rate:         o.rate,
		Window:       o.window,
		Attempts:     o.tries,
		InitialRTO:   o.timeout,
		MaxExchanges: o.maxExchanges,
		Deadline:     o.deadline,
		Exhaustive:   o.exhaustive,
		HostName:     o.hostName,
		Roots:        o.roots,
		WarnDays:     o.warnDays,
		Staple:       o.revocation,
		Identity:     o.identity,
		Hypotheses:   clients.Hypotheses(o.clients),
		Shared:       new(probe.Shared),
		Known:        clients.FirstPackets(clients.Initiators()),
	}
	switch {
	case o.noIdentity && o.identity == identity.Full:
		return s, usagef("--no-identity: cannot be combined with --identity full, which asks who the gateway is")
	case o.noIdentity:
		s.Identity = identity.Off
	}
	if s.Identity == identity.Off && (s.HostName != "" || s.Roots != nil || o.revocation) {
		return s, usagef("--name, --trust and --revocation are for certificates, which are not asked for with --no-identity")
	}
	if o.live {
		s.Clients = clients.FirstPackets(o.clients)
	} else {
		s.Offers = clients.Offers(append(client.Policies(), o.clients...))
	}
	if len(o.axes) > 0 {
		if o.profile != standard {
			return s, usagef("--axes: cannot be combined with --profile %s, which sets what is asked", o.profile)
		}
		s.Universe = matrix.Quick(o.axes...)
	}
	switch o.profile {
	case quick:
		s.Universe = matrix.Quick()
	case deep:
		s.Universe, s.Thorough = matrix.Deep(), true
	}
	if len(o.suites) > 0 {
		if len(o.axes) > 0 {
			return s, usagef("--suite: cannot be combined with --axes, which sets what is asked")
		}
		if o.profile != standard {
			return s, usagef("--suite: cannot be combined with --profile %s, which sets what is asked", o.profile)
		}
		universe, err := matrix.NewUniverse(o.suites...)
		if err != nil {
			return s, usagef("--suite: %w", err)
		}
		s.Universe = universe
	}
	return s, nil
}
