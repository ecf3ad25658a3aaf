package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/remedy"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/explain"
	"github.com/ikescope/ikescope/report/text"
)

// explainOptions are the flags of explain.
type explainOptions struct {
	printOptions
	clients  []client.Policy
	syntaxes []client.Syntax
	attempt  int
}

func (a *app) explainCommand() *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:   "explain WHAT... | REPORT... --client CLIENT",
		Short: "Say what an error means, or what would make a client connect",
		Long: `Say what an error code of Windows, a notify message, an outcome of ikescope or
lines of a log (strongSwan, libreswan, OpenIKED, Windows) mean: the layer, the
likely causes, what ikescope can check, and what only a log can tell. Lines come
as one argument, from standard input with -, or from a file with @file. Nothing
is sent.

With a JSON report and --client, say whether the client connects and, if not,
the smallest change with which it does, on its side and on the gateway's, as
lines to paste. What is weaker than the policy in force is said to be.`,
		Example: `  ikescope explain 13868
  ikescope explain 0x800B0109 -2146762487 TS_UNACCEPTABLE
  ikescope explain "14[IKE] received proposals unacceptable"
  journalctl -u strongswan | ikescope explain -
  ikescope explain vpn.json --client windows-11
  ikescope explain vpn.json --client swanctl.conf#home --syntax iked`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("explain: name an error code, a notify message, a line of a log, or a JSON report with --client")
			}
			return nil
		},
		ValidArgsFunction: cobra.FixedCompletions(explain.Words(), cobra.ShellCompDirectiveDefault),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(o.clients) > 0 {
				return a.advise(&o, args)
			}
			if len(o.syntaxes) > 0 {
				return usagef("--syntax: goes with --client")
			}
			return a.explain(cmd.Context(), &o, args)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.Var(clients{&o.clients}, "client", "the client to connect: a name, FILE, FILE#CONNECTION or proposals; may be repeated")
	flags.Var(syntaxes{&o.syntaxes}, "syntax", "write remedies in this syntax; may be repeated (default: the client's own, and that of the gateway's product)")
	flags.Var(wholeNumber(&o.attempt, 1, 1000), "attempt", "of a log with many kinds of attempts, tell that of this number")
	o.addFlags(flags, "the explanation", textOrJSON)
	o.addWidth(flags)
	return cmd
}

// withCodes returns the arguments of a command line so that a negative error
// code to explain, which an HRESULT is in decimal, is no flag: behind a space,
// which explain passes over.
func withCodes(args []string) []string {
	if len(args) == 0 || args[0] != "explain" {
		return args
	}
	out := slices.Clone(args)
	for i, arg := range out {
		if n, err := strconv.ParseInt(arg, 10, 32); err == nil && n < 0 {
			out[i] = " " + arg
		}
	}
	return out
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
		found, err := explain.Explain(word)
		if err != nil {
			unknown = append(unknown, usagef("explain: %w", err))
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		return errors.Join(unknown...)
	}
	err := a.print(&o.printOptions, documentWriters(all, func(w io.Writer, look text.Options) error {
		return text.Explanations(w, all, look)
	}))
	return errors.Join(append([]error{err}, unknown...)...)
}

// syntaxes is the value of --syntax.
type syntaxes struct{ p *[]client.Syntax }

func (s syntaxes) Set(word string) error {
	if !slices.Contains(syntaxNames(), word) {
		hint := "they are " + strings.Join(syntaxNames(), ", ")
		if near := nearest(word, syntaxNames()); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return fmt.Errorf("%q is no syntax that remedies are written in; %s", word, hint)
	}
	if syntax := client.Syntax(word); !slices.Contains(*s.p, syntax) {
		*s.p = append(*s.p, syntax)
	}
	return nil
}

func (syntaxes) Type() string      { return "syntax" }
func (syntaxes) String() string    { return "" }
func (syntaxes) choices() []string { return syntaxNames() }

func syntaxNames() []string {
	var names []string
	for _, side := range []remedy.Side{remedy.ClientSide, remedy.GatewaySide} {
		for _, s := range remedy.Syntaxes(side) {
			if !slices.Contains(names, string(s)) {
				names = append(names, string(s))
			}
		}
	}
	return names
}

// advise writes what would make the clients connect to the targets of reports.
func (a *app) advise(o *explainOptions, args []string) error {
	all := []report.Advice{}
	for _, path := range args {
		doc, err := readReport(path)
		if err != nil {
			return usagef("explain: %w", err)
		}
		for i := range doc.Targets {
			for _, p := range o.clients {
				all = append(all, report.Advise(&doc.Targets[i], p, o.syntaxes))
			}
		}
	}
	return a.print(&o.printOptions, documentWriters(all, func(w io.Writer, look text.Options) error {
		return text.Advice(w, all, look)
	}))
}
