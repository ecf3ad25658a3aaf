package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/build"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/clients"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/datagrams"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/documents"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/local"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/login"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/targets"
	"github.com/ikescope/ikescope/ike/printable"
	dial "github.com/ikescope/ikescope/probe/login"
	reported "github.com/ikescope/ikescope/report/login"
)

// loginOptions are the flags of login.
type loginOptions struct {
	scanOptions
	credentials string
	trust       *x509.CertPool
	address     bool
	esp, ike    bool
	networks    [2]netip.Prefix // local and remote
	stays       bool
	stay        dial.Staying
}

// loginTries is how often a request is sent: gateways may wait for a RADIUS server, and
// that for a person.
const loginTries = 7

// loginStay is how long a login stays at most: longer than gateways keep an IKE SA.
const loginStay = 9 * time.Hour

func (a *app) loginCommand() *cobra.Command {
	opts := &loginOptions{scanOptions: *newScanOptions()}
	opts.tries, opts.stay = loginTries, dial.Staying{Limit: loginStay, Rekeyings: 1}
	cmd := &cobra.Command{
		Use:   "login TARGET",
		Short: "Log in with credentials, once, and say which step fails and why",
		Long:  login.Help,
		Example: `  ikescope login vpn.example.com --credentials carol.yaml
  IKESCOPE_METHOD=psk IKESCOPE_PSK=... ikescope login 198.51.100.7
  ikescope login vpn.example.com --credentials carol.yaml --trust ca.pem`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.login(cmd.Context(), opts, args) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	underHeading(flags, askFlags, func(flags *pflag.FlagSet) {
		flags.Var(flagvalue.File(&opts.credentials), "credentials", "the file of the credentials, in YAML")
		flags.Var(flagvalue.Roots(&opts.trust), "trust", "the root certificates that are trusted for the gateway, in a PEM file (default: those of this machine)")
		flags.Var(flagvalue.Suites(&opts.suites), "suite", "offer these suites only, as strongSwan writes them, such as aes256gcm16-prfsha384-ecp384; may be repeated")
		addToggle(flags, &opts.address, "address", "", "ask for an address and a Child SA, too, as clients do, and show what is assigned")
		addToggle(flags, &opts.esp, "esp", "", "ask which suites Child SAs may have, whether PFS is demanded, and so which clients connect and rekey, before it logs out")
		addToggle(flags, &opts.ike, "ike", "", "ask which suites the IKE SA may be rekeyed with, which are those of this connection alone, and so which clients can rekey")
		flags.Var(flagvalue.Clients(&opts.clients), "client", "judge this client by --esp and --ike: a name from ikescope client list, a configuration file, or FILE#CONNECTION; may be repeated")
		addToggle(flags, &opts.stays, "watch-rekey", "", "stay logged in until the gateway rekeys or ends the IKE SA, and show what it offers then, and when")
		flags.Var(flagvalue.Duration(&opts.stay.Limit, time.Second, 48*time.Hour), "for", "with --watch-rekey: how long at most")
		flags.Var(flagvalue.Number(&opts.stay.Rekeyings, 1, 16), "count", "with --watch-rekey: wait until this many SAs were rekeyed")
		flags.Var(flagvalue.Network(&opts.networks[0]), "local-network", "the network on this side that a Child SA is asked for (default: all addresses)")
		flags.Var(flagvalue.Network(&opts.networks[1]), "remote-network", "likewise the network behind the gateway")
	})
	underHeading(flags, whereFlags, func(flags *pflag.FlagSet) {
		flags.Var(flagvalue.Transports(&opts.transports), "transport", "over these, in turn until one is answered: udp500, udp4500, tcp4500 (default udp500,udp4500)")
		flags.VarP(flagvalue.Number(&opts.port, 1, 65535), "port", "p", "the UDP port of IKE, where the target names none")
		flags.Var(flagvalue.Number(&opts.nattPort, 1, 65535), "natt-port", "the UDP port of NAT traversal, and the TCP port of tcp4500, where the target names none")
		addToggle(flags, &opts.ipv4, "ipv4", "4", "only the IPv4 addresses of names")
		addToggle(flags, &opts.ipv6, "ipv6", "6", "only the IPv6 addresses of names")
		flags.Var(flagvalue.Address(&opts.source), "source", "send from this local address")
		flags.Var(flagvalue.Number(&opts.sourcePort, 1, 65535), "source-port", "send from this port")
	})
	underHeading(flags, paceFlags, func(flags *pflag.FlagSet) {
		flags.Var(flagvalue.Number(&opts.tries, 1, 20), "tries", "how often a request is sent before its silence counts")
		flags.Var(flagvalue.Duration(&opts.timeout, 10*time.Millisecond, time.Minute), "timeout", "the first wait for an answer; each further one is twice as long")
	})
	underHeading(flags, outputFlags, func(flags *pflag.FlagSet) {
		opts.printOptions.addFlags(flags, "the report", documents.TextJSONHTMLOrMarkdown)
		opts.addWidth(flags)
		opts.addNames(flags)
		flags.Var(flagvalue.File(&opts.pcap), "pcap", "write every datagram to this file")
	})
	return cmd
}

// login logs in to the target of args and reports.
func (a *app) login(ctx context.Context, opts *loginOptions, args []string) error {
	if len(args) != 1 {
		return usagef("login: name one target, as in ikescope login vpn.example.com --credentials FILE")
	}
	if !opts.stays && (opts.stay.Limit != loginStay || opts.stay.Rekeyings != 1) {
		return usagef("login: --for and --count say how long --watch-rekey stays: add --watch-rekey")
	}
	if len(opts.clients) > 0 && !opts.esp && !opts.ike {
		return usagef("login: --client judges what --esp and --ike find: add one of them")
	}
	login.NoCore()
	_, family, found, err := opts.asked(args, a.in)
	if err == nil {
		err = opts.checkSource(ctx)
	}
	if err != nil {
		return err
	}
	if len(found) != 1 {
		return usagef("login: %q names %d targets; log in to one at a time", printable.Text(args[0]), len(found))
	}
	c := dial.Client{
		Host: found[0].Host, Roots: opts.trust, Products: opts.suites, Address: opts.address, ESP: opts.esp, IKE: opts.ike, LocalNetwork: opts.networks[0], RemoteNetwork: opts.networks[1],
		Attempts: opts.tries, InitialRTO: opts.timeout, Transports: opts.transports, Source: netip.AddrPortFrom(opts.source, opts.sourcePort),
	}
	c.Credentials, err = login.Source{File: opts.credentials, Environment: os.Getenv, Ask: login.Terminal(ctx, a.in, a.err)}.Read(time.Now())
	if ctx.Err() != nil {
		return targets.ErrInterrupted
	}
	if err != nil {
		return usageError{err}
	}
	resolved, err := targets.Resolve(ctx, found, family, opts.paths(), 1)
	if err == nil && resolved[0].Err != nil {
		err = fmt.Errorf("%s: %w", printable.Text(args[0]), resolved[0].Err)
	}
	if err != nil {
		return usageError{err}
	}
	pcap, err := opts.outputOptions.open()
	if err != nil {
		return err
	}
	defer opts.to.Discard()
	recorded := datagrams.New(&a.spool, 1)
	if pcap != nil {
		defer pcap.Discard()
		c.Trace = recorded.Of(0)
	}
	if opts.stays {
		c.Stay = opts.stay
		c.Stay.Progress = reported.Progress(a.err, opts.quiet)
	}
	at := resolved[0].Target
	if !opts.quiet {
		fmt.Fprintf(a.err, "ikescope: at %s, this login will:\n", at.Address)
		for _, line := range reported.Intended(c) {
			fmt.Fprintf(a.err, "  - %s\n", printable.Text(line))
		}
	}
	r, err := c.Login(ctx, dial.Target{Address: at.Address, Paths: at.Paths})
	if err != nil {
		return local.Cause(err)
	}
	doc := reported.New(build.Tool(), args[0], c, r)
	judged := clients.OfLogin(opts.clients)
	doc.JudgeIKE(r.IKE, judged)
	doc.Judge(r.ESP, judged)
	a.exit = doc.Exit.Code
	// A login is not to be done again for want of a capture.
	return errors.Join(datagrams.Save(pcap, recorded), opts.printOptions.write(a.out, documents.Login(doc)))
}
