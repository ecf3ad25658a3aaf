package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/clients"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/documents"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/text"
)

func (a *app) clientCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "client",
		Short: "Show what well-known clients and configurations offer",
		Long: `Show what clients offer in their first packet: well-known ones, the connections
of a configuration file, and those in a capture. Other commands take the same
clients with --client.`,
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
		Short: "List the well-known clients and the first suite each offers",
		Example: `  ikescope client list
  ikescope client list -o json`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			return a.printClients(&o, client.Policies(), text.ClientList)
		},
	}
	o.addFlags(cmd.Flags(), "the clients", documents.TextOrJSON)
	return cmd
}

func (a *app) clientShowCommand() *cobra.Command {
	var o printOptions
	cmd := &cobra.Command{
		Use:   "show NAME|FILE|SUITE...",
		Short: "Show the exact offer of clients, with its source",
		Long: `Show what a client offers in its first packet, proposal by proposal, where
that is known from, and what is uncertain about it. A client is the name of a
well-known one (ikescope client list), a configuration file with all its
connections, one of them as FILE#CONNECTION, or proposals as strongSwan writes
them.`,
		Example: `  ikescope client show windows-11
  ikescope client show ios android-12 -o json
  ikescope client show swanctl.conf#home`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("client show: name a client; ikescope client list shows them")
			}
			return nil
		},
		ValidArgsFunction: cobra.FixedCompletions(clients.Names(), cobra.ShellCompDirectiveDefault),
		RunE: func(_ *cobra.Command, args []string) error {
			var found []client.Policy
			for _, arg := range args {
				if err := flagvalue.Clients(&found).Set(arg); err != nil {
					return usagef("client show: %w", err)
				}
			}
			return a.printClients(&o, found, text.Clients)
		},
	}
	o.addFlags(cmd.Flags(), "the clients", documents.TextOrJSON)
	return cmd
}

// printClients writes policies as JSON, or as text by asText.
func (a *app) printClients(o *printOptions, policies []client.Policy, asText func(io.Writer, []client.Policy) error) error {
	all := []report.ClientOffer{}
	for _, p := range policies {
		all = append(all, assess.Offer(p))
	}
	return a.print(o, documents.Writers(all, func(w io.Writer, _ text.Options) error { return asText(w, policies) }))
}
