package main

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/build"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/capturefiles"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/documents"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/report"
	captured "github.com/ikescope/ikescope/report/capture"
)

// captureOptions say which part of a capture is shown, and how.
type captureOptions struct {
	printOptions
	ports []uint16
	only  string
	all   bool
}

func (a *app) captureCommand() *cobra.Command {
	var opts captureOptions
	cmd := &cobra.Command{
		Use:   "capture FILE...",
		Short: "Show the IKE exchanges in packet captures",
		Long: `Read pcap or pcapng files, or - for one on standard input, and show each IKE SA
in them, of IKEv2 and IKEv1: who, when, exchange by exchange, offers, choice,
notifies and vendor IDs by name, retransmissions, NAT, where it stopped, and
which layer that points to: the network, the negotiation, the authentication,
the Child SA or the client. What a capture does not decide is unknown.

Nothing is decrypted. Of IKE_AUTH and later exchanges only the sizes, the times
and who answered can be seen; what is concluded from these is marked.

Files that follow one another in time, as tcpdump -C and -G write them, are read
as one capture. Files of the same time come from several places: an IKE
SA that is in both is shown for each.

Of many similar IKE SAs the first are shown, and of the questions of an ikescope
scan how many got which answer. --all shows each.

Capture with
  tcpdump -ni any -s 0 -w vpn.pcap 'udp port 500 or udp port 4500 or esp
    or icmp or icmp6 or ip[6:2] & 0x1fff != 0 or ip6[6] == 44'
so that ICMP errors and IP fragments are included.`,
		Example: `  ikescope capture vpn.pcapng
  ikescope capture --sa 192.0.2.10 vpn.pcap
  ikescope capture client.pcap gateway.pcap
  ikescope capture -o json vpn.pcap | jq -r '.sas[].verdict.title'
  tcpdump -ni any -s 0 -U -w - 'udp port 500 or udp port 4500 or esp
    or icmp or icmp6 or ip[6:2] & 0x1fff != 0 or ip6[6] == 44' |
    ikescope capture -`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return usagef("capture: name pcap or pcapng files, or - for standard input")
			case len(args) > 1 && slices.Contains(args, "-"):
				return usagef("capture: - for standard input cannot be combined with files")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.capture(cmd.Context(), opts, args) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.Var(flagvalue.SA(&opts.only), "sa", "show only this IKE SA: its number, an SPI or an address")
	flags.Var(flagvalue.Ports(&opts.ports), "port", "another UDP port of IKE besides 500 and 4500; may be repeated")
	addToggle(flags, &opts.all, "all", "", "show every IKE SA in full, scans and similar ones included")
	opts.addFlags(flags, "it", documents.TextJSONOrHTML)
	opts.addWidth(flags)
	opts.addNames(flags)
	return cmd
}

func (a *app) capture(ctx context.Context, opts captureOptions, paths []string) error {
	views, failed, err := capturefiles.Read(ctx, a.in, paths, opts.ports)
	if err != nil {
		return usageError{err}
	}
	doc := captured.New(build.Tool(), views)
	if opts.only != "" {
		if err := doc.Keep(opts.only); err != nil {
			return usagef("--sa: %w", err)
		}
	}
	written := a.print(&opts.printOptions, documents.Capture(doc, opts.all || opts.only != ""))
	switch {
	case written != nil:
		return written
	case errors.Is(failed, capturefiles.ErrStopped):
		a.exit = report.ExitInterrupted
		return nil // the document says so
	}
	return failed
}
