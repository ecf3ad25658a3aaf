package main

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/text"
)

func (a *app) clientCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "client",
		Short: "Say what well-known clients offer, and what a configuration offers",
		Long: `Say what clients offer in their first packet: well-known ones, the connections
of a configuration file, and those of a capture. Other commands take the same
clients by --client.`,
		Example: `  ikescope client list
  ikescope client show windows-11
  ikescope client import swanctl.conf`,
		Args: onlySubcommands,
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	cmd.AddCommand(a.clientListCommand(), a.clientShowCommand(), a.clientImportCommand())
	return cmd
}

func (a *app) clientListCommand() *cobra.Command {
	var o printOptions
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the well-known clients and the first suite that each offers",
		Example: `  ikescope client list
  ikescope client list -o json`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			return a.printClients(&o, client.Policies(), listClients)
		},
	}
	o.addFlags(cmd.Flags(), "the clients", textOrJSON)
	return cmd
}

func (a *app) clientShowCommand() *cobra.Command {
	var o printOptions
	cmd := &cobra.Command{
		Use:   "show NAME|FILE|SUITE...",
		Short: "Show the exact offer of clients, with its source",
		Long: `Show what a client offers in its first packet, proposal by proposal, where
that is known from, and what is doubtful of it. A client is the name of a
well-known one (ikescope client list), a configuration file with all its
connections, one of them as FILE#CONNECTION, or proposals as strongSwan writes
them.`,
		Example: `  ikescope client show windows-11
  ikescope client show ios android-12 -o json
  ikescope client show swanctl.conf#home`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("client show: name a client: ikescope client list has them")
			}
			return nil
		},
		ValidArgsFunction: cobra.FixedCompletions(clientNames(), cobra.ShellCompDirectiveDefault),
		RunE: func(_ *cobra.Command, args []string) error {
			var found []client.Policy
			for _, arg := range args {
				if err := (clients{&found}).Set(arg); err != nil {
					return usagef("client show: %w", err)
				}
			}
			return a.printClients(&o, found, showClients)
		},
	}
	o.addFlags(cmd.Flags(), "the clients", textOrJSON)
	return cmd
}

// printClients writes policies as JSON, or as text by list.
func (a *app) printClients(o *printOptions, policies []client.Policy, list func(*bytes.Buffer, []client.Policy)) error {
	all := []report.ClientOffer{}
	for _, p := range policies {
		all = append(all, assess.Offer(p))
	}
	return a.print(o, documentWriters(all, func(w io.Writer, _ text.Options) error {
		var b bytes.Buffer
		list(&b, policies)
		_, err := b.WriteTo(w)
		return err
	}))
}

// listClients writes two lines for each client.
func listClients(b *bytes.Buffer, policies []client.Policy) {
	fmt.Fprintf(b, "  %-26s %6s  %s\n", "CLIENT", "SUITES", "THE FIRST")
	for _, p := range policies {
		mark := " "
		if p.Doubt != "" {
			mark = "*"
		}
		fmt.Fprintf(b, "%s %-26s %6d  %s\n", mark, escaped(p.Name), assess.Offer(p).Suites, firstSuite(p))
		about := p.Product + ", " + p.Scope
		if p.Responder {
			about += " (responder)"
		}
		fmt.Fprintf(b, "    %s\n", escaped(about))
	}
	fmt.Fprint(b, "\n* marks what is doubtful, (responder) what is accepted rather than offered:\n"+
		"ikescope client show NAME says more.\n")
}

func countOf(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.FormatInt(n, 10) + " " + noun + "s"
}

func firstSuite(p client.Policy) string {
	for s := range p.Offer[0].Suites() {
		return s.String()
	}
	return ""
}

// showClients writes all that is known of each client.
func showClients(b *bytes.Buffer, policies []client.Policy) {
	for i, p := range policies {
		if i > 0 {
			b.WriteByte('\n')
		}
		j := assess.Offer(p)
		line := func(label, text string) {
			for _, words := range wrapped(escaped(text), helpWidth-11) {
				fmt.Fprintf(b, "%-11s%s\n", label, words)
				label = ""
			}
		}
		b.WriteString(escaped(p.Name) + "\n")
		line("client", strings.TrimSuffix(p.Product+", "+p.Scope, ", "))
		line("aliases", strings.Join(p.Aliases, ", "))
		line("packet", fmt.Sprintf("KE payload of %v, %d octets; SA payload, %d octets", p.KE, j.KEOctets, j.SAOctets))
		line("offer", countOf(int64(len(p.Offer)), "proposal")+", "+countOf(j.Suites, "suite"))
		for n, product := range p.Offer {
			label := fmt.Sprintf("%10d ", n+1)
			for _, words := range brokenOffer(product.String(), helpWidth-11) {
				fmt.Fprintf(b, "%-11s%s\n", label, words)
				label = ""
			}
		}
		line("source", p.Source)
		line("date", p.SourceDate)
		line("confidence", p.Confidence)
		line("doubt", p.Doubt)
		for _, note := range p.Notes {
			line("note", note)
		}
	}
}

// wrapped breaks text at spaces into lines of at most width octets, where the
// words allow it.
func wrapped(text string, width int) []string {
	var lines []string
	for word := range strings.FieldsSeq(text) {
		if last := len(lines) - 1; last >= 0 && len(lines[last])+1+len(word) <= width {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// brokenOffer breaks an offer between its algorithms into lines of at most
// width octets.
func brokenOffer(offer string, width int) []string {
	lines := []string{""}
	for word := range strings.SplitAfterSeq(offer, "-") {
		if last := len(lines) - 1; lines[last] == "" || len(lines[last])+len(word) <= width {
			lines[last] += word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// escaped returns s fit for a terminal: what does not print is quoted.
func escaped(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }) < 0 {
		return s
	}
	return strings.Trim(strconv.Quote(s), `"`)
}
