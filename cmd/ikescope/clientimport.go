package main

import (
	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/clients"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/documents"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report/text"
)

func (a *app) clientImportCommand() *cobra.Command {
	var (
		o      printOptions
		syntax string
	)
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Show what the connections of a configuration offer",
		Long: `Show what each IKEv2 connection of a configuration file offers in its first
packet: the exact proposals, in order, and what the product completes, drops or
takes from its defaults on the way there. The syntax is recognized by its
content; --syntax sets it where two products share one.

For a packet capture, pcap or pcapng, show the offers of the clients in it.

Other commands read such files with --client FILE and --client FILE#CONNECTION.`,
		Example: `  ikescope client import /etc/swanctl/swanctl.conf
  ikescope client import ipsec.conf --syntax libreswan
  ikescope client import iked.conf -o json
  ikescope client import vpn.pcapng`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("client import: name one file, for example /etc/swanctl/swanctl.conf")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			f, err := clients.ReadFile(args[0], client.Syntax(syntax))
			if err != nil {
				return usagef("client import: %w", err)
			}
			if err := a.printClients(&o, f.Best(), text.Clients); err != nil {
				return err
			}
			return f.Cut
		},
	}
	var syntaxes []string
	for _, s := range client.Syntaxes() {
		syntaxes = append(syntaxes, string(s))
	}
	cmd.Flags().Var(flagvalue.Word(&syntax, syntaxes), "syntax", "read the file as this `SYNTAX`")
	// It fails only for flags that do not exist.
	_ = cmd.RegisterFlagCompletionFunc("syntax", cobra.FixedCompletions(syntaxes, cobra.ShellCompDirectiveDefault))
	o.addFlags(cmd.Flags(), "the clients", documents.TextOrJSON)
	return cmd
}
