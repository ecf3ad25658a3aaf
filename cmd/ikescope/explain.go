package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/documents"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/output"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/explain"
	"github.com/ikescope/ikescope/report/findings"
	"github.com/ikescope/ikescope/report/incident/how"
	"github.com/ikescope/ikescope/report/text"
)

// explainOptions are the flags of explain, among them some of scans.
type explainOptions struct {
	scanOptions
	syntaxes []client.Syntax
	attempt  int
	how      string
}

func (a *app) explainCommand() *cobra.Command {
	o := explainOptions{scanOptions: *newScanOptions()}
	cmd := &cobra.Command{
		Use:   "explain LOG... | CODE... | TARGET|REPORT... --client CLIENT",
		Short: "Explain why a connection failed, from logs, codes or a scan",
		Long: `Read logs of gateways and clients (strongSwan, libreswan, OpenIKED, Windows,
macOS, FortiGate, Cisco, MikroTik, Palo Alto, AWS, Azure and others) and show
for each attempt how far it came, the one line that is the cause, and what to
do. Logs are files, standard input with -, or lines as one argument; the logs of
both sides make one story. From a pipe that is followed, each attempt is shown
as it ends.

For a Windows error code, a notify message or an ikescope outcome, show the
layer, the likely causes, what ikescope can check, and what only a log can show.
For the ID of a finding or verdict, show what was seen, why it matters, how each
product is changed, and how it can be wrong.

With --client, scan targets, or read JSON reports of them, and show whether the
client connects and, if not or with a weak suite alone, the smallest change that
mends it, on its side and on the gateway's, as lines to paste. What is weaker
than the policy in force is marked, and so are clients that get a weaker suite
by the change. The certificate counts, too (--name, --trust). Otherwise nothing
is sent.

With --how, show how to enable, collect and disable the log of a product, and
what it does not show.`,
		Example: `  ikescope explain gateway.log
  ikescope explain gateway.log client.log
  journalctl -f -u strongswan | ikescope explain -
  ikescope explain --how fortigate
  ikescope explain 13868 0x800B0109 TS_UNACCEPTABLE
  ikescope explain IKE-KE-MODP1024
  ikescope explain "14[IKE] received proposals unacceptable"
  ikescope explain vpn.example.com --client windows-11 --trust ca.crt
  ikescope explain vpn.json --client windows-11 --syntax windows
  ikescope explain vpn.json --client swanctl.conf#home --syntax iked`,
		Args: func(_ *cobra.Command, args []string) error {
			if o.how != "" && len(args) > 0 {
				return usagef("--how: does not take %q", args[0])
			}
			if len(args) == 0 && o.how == "" {
				return usagef("explain: name an error code, a notify message, a log, or with --client a target or a report")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) { // made when asked for
			return findings.Words(), cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(o.clients) > 0 && o.how == "" {
				return a.advise(cmd.Context(), &o, cmd.Flags(), args)
			}
			if err := onlyWithClient(cmd.Flags()); err != nil {
				return err
			}
			if o.how != "" {
				return a.how(&o)
			}
			return a.explain(cmd.Context(), &o, args)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	underHeading(flags, "What to explain", func(flags *pflag.FlagSet) {
		flags.Var(flagvalue.Clients(&o.clients), "client", "the client to connect: a name, FILE, FILE#CONNECTION or proposals; may be repeated")
		flags.Var(flagvalue.Syntaxes(&o.syntaxes), "syntax", "write remedies in this syntax; may be repeated (default: the client's own, and that of the gateway's product)")
		o.addCertificateFlags(flags)
		flags.Var(flagvalue.Number(&o.attempt, 1, 1000), "attempt", "of a log with many kinds of attempts, show the one with this number")
		flags.Var(flagvalue.LogProduct(&o.how), "how", "show how to enable, collect and disable the log of a product, and what it lacks")
	})
	o.addReachFlags(flags)
	underHeading(flags, outputFlags, func(flags *pflag.FlagSet) {
		o.printOptions.addFlags(flags, "the explanation", documents.TextJSONOrHTML)
		o.addWidth(flags)
		o.addNames(flags)
	})
	return cmd
}

// onlyWithClient fails if a flag of flags is given that says something of scans, or
// of what is said of clients.
func onlyWithClient(flags *pflag.FlagSet) (err error) {
	flags.Visit(func(f *pflag.Flag) {
		heading := f.Annotations[flagHeading]
		if err == nil && (slices.Contains([]string{"syntax", "name", "trust", "warn-days", "revocation", "names"}, f.Name) || slices.Contains(heading, whereFlags) || slices.Contains(heading, paceFlags)) {
			err = usagef("--%s: requires --client", f.Name)
		}
	})
	return err
}

// explain writes what each of args means: codes and names, or logs.
func (a *app) explain(ctx context.Context, o *explainOptions, args []string) error {
	var logs []logSource
	var words []string
	for _, arg := range args {
		if s, ok := a.logSource(arg); ok {
			logs = append(logs, s)
		} else {
			words = append(words, arg)
		}
	}
	switch {
	case len(logs) == 0:
		return a.explainWords(o, words)
	case len(words) > 0:
		return usagef("explain: %q is not a file: give logs, or codes and names", words[0])
	}
	return a.explainLogs(ctx, o, logs)
}

// explainWords writes what codes and names mean. Those that are not known are
// named after the others.
func (a *app) explainWords(o *explainOptions, words []string) error {
	all := []explain.Explanation{}
	var unknown []error
	for _, word := range words {
		found, err := findings.Explain(word)
		switch {
		case err != nil && strings.ContainsAny(word, `./\\`):
			unknown = append(unknown, usagef("explain: %s: %w", word, syscall.ENOENT))
		case err != nil:
			unknown = append(unknown, usagef("explain: %w", err))
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		return errors.Join(unknown...)
	}
	err := a.print(&o.printOptions, documents.Writers(all, func(w io.Writer, look text.Options) error {
		return text.Explanations(w, all, look)
	}))
	return errors.Join(append([]error{err}, unknown...)...)
}

// how writes how the log of a product is switched on.
func (a *app) how(o *explainOptions) error {
	h, _ := how.Of(o.how)
	return a.print(&o.printOptions, documents.Writers(h, func(w io.Writer, look text.Options) error {
		return text.How(w, h, look)
	}))
}

// advise scans targets, or reads reports of them, and writes what would make the
// clients connect.
func (a *app) advise(ctx context.Context, o *explainOptions, flags *pflag.FlagSet, args []string) error {
	for _, arg := range args {
		if argfile.IsNamed(arg) && !argfile.IsJSON(arg) {
			_, err := a.openReport(arg)
			return usagef("explain: %w", err)
		}
	}
	saved, targets, err := a.savedReports("explain", args, flags)
	if err != nil {
		return err
	}
	return a.gather(ctx, &o.scanOptions, targets, &reporting{saved: saved, instead: func(doc report.Source) (output.Writers, error) {
		all := []report.Advice{}
		for i := range doc.Count() {
			t, err := doc.At(i)
			if err != nil {
				return nil, err
			}
			for _, p := range o.clients {
				all = append(all, assess.Advise(t, p, o.syntaxes))
			}
		}
		return documents.Advice(all), nil
	}})
}
