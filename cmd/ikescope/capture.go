package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/report"
)

// captureOptions say which part of a capture is told, and how.
type captureOptions struct {
	printOptions
	ports []uint16
	only  string
}

func (a *app) captureCommand() *cobra.Command {
	var opts captureOptions
	cmd := &cobra.Command{
		Use:   "capture FILE",
		Short: "Tell the IKE exchanges of a packet capture",
		Long: `Read a pcap or pcapng file, or - for one on standard input, and tell each IKE
SA in it: who, when, exchange by exchange, offers, choice, notifies and vendor
IDs by name, retransmissions, NAT, where it stopped, and which layer that
points to: the network, the negotiation, the authentication or the client.

Nothing is decrypted. Of IKE_AUTH and later exchanges there are the sizes, the
times, and who answered; what these suggest is said to be so.

Capture with
  tcpdump -ni any -s 0 -w vpn.pcap 'udp port 500 or udp port 4500 or esp
    or icmp or icmp6 or ip[6:2] & 0x1fff != 0 or ip6[6] == 44'
so that ICMP errors and IP fragments are there.`,
		Example: `  ikescope capture vpn.pcapng
  ikescope capture --sa 192.0.2.10 vpn.pcap
  ikescope capture -o json vpn.pcap | jq -r '.sas[].verdict.title'
  tcpdump -ni any -s 0 -U -w - 'udp port 500 or udp port 4500 or esp
    or icmp or icmp6 or ip[6:2] & 0x1fff != 0 or ip6[6] == 44' |
    ikescope capture -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("capture: name one pcap or pcapng file, or - for standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.capture(cmd.Context(), opts, args[0]) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.Var(someSA{&opts.only}, "sa", "tell this IKE SA only: its number, an SPI, or an address of it")
	flags.Var(portList{&opts.ports}, "port", "a UDP port of IKE besides 500 and 4500; may be repeated")
	opts.addFlags(flags, "it", textOrJSON)
	opts.addWidth(flags)
	return cmd
}

// someSA is the value of --sa.
type someSA struct{ p *string }

func (s someSA) Set(text string) error {
	if text == "" {
		return errors.New("is empty: give a number, an SPI or an address")
	}
	*s.p = text
	return nil
}

func (someSA) Type() string   { return "sa" }
func (someSA) String() string { return "" }

// portList is the value of a flag of ports that may be given more than once.
type portList struct{ p *[]uint16 }

func (l portList) Set(s string) error {
	for word := range strings.SplitSeq(s, ",") {
		n, err := strconv.ParseUint(word, 10, 16)
		if err != nil || n == 0 {
			return fmt.Errorf("%q is not a number from 1 to 65535", word)
		}
		*l.p = append(*l.p, uint16(n))
	}
	return nil
}

func (portList) Type() string   { return "number" }
func (portList) String() string { return "" }

func (a *app) capture(ctx context.Context, opts captureOptions, path string) error {
	in := a.in
	name := "standard input"
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return usagef("%s: %w", path, withoutPath(err))
		}
		defer file.Close()
		in, name = file, path
	} else {
		// Who interrupts `tcpdump | ikescope capture -` ends the capture, which
		// is to be told.
		ctx = context.WithoutCancel(ctx)
	}
	d, err := readCapture(ctx, in, opts.ports)
	if d == nil {
		return usagef("%s: %w", name, err)
	}
	doc := report.NewCapture(report.Tool{Name: "ikescope", Version: version()}, name, &d.tracker, d.counts, err)
	if opts.only != "" {
		doc.SAs = slices.DeleteFunc(doc.SAs, func(sa report.CapturedSA) bool { return !sa.Is(opts.only) })
		if len(doc.SAs) == 0 {
			return usagef("--sa: %q is no number, SPI or address of an IKE SA in %s", opts.only, name)
		}
	}
	written := a.print(&opts.printOptions, documentWriters(doc, func(w io.Writer, text report.TextOptions) error {
		return report.WriteCaptureText(w, doc, text)
	}))
	if written != nil {
		return written
	}
	if err != nil {
		if errors.Is(err, errStopped) {
			a.exit = report.ExitInterrupted
			return nil // the document says so
		}
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

var errStopped = errors.New("interrupted")

// readCapture reads a capture to its end, to a fault, or to the end of ctx. It
// returns what was read with the error, and nil if this is no capture.
func readCapture(ctx context.Context, in io.Reader, ports []uint16) (*dissector, error) {
	r, err := newCaptureReader(in)
	if err != nil {
		return nil, err
	}
	d := &dissector{ports: append([]uint16{500, 4500}, ports...)}
	defer d.finish()
	for ctx.Err() == nil {
		f, err := r.read()
		if err == io.EOF {
			return d, nil
		}
		if err != nil {
			return d, err
		}
		d.add(f)
	}
	return d, errStopped
}
