package main

import (
	"github.com/spf13/cobra"
)

func (a *app) identityCommand() *cobra.Command {
	opts := newScanOptions()
	opts.identity, opts.profile = identityFull, quick
	cmd := &cobra.Command{
		Use:   "identity TARGET...",
		Short: "Ask gateways who they are: certificate, signature and EAP methods, without credentials",
		Long: `Ask a gateway who it is, as a client does that wants to log in by EAP, and end the
IKE SA before any login. Gateways that offer EAP answer with their identity, their
certificates and a signature. Those that want a certificate or a pre-shared key of
the client do not show who they are: the report then says so, and nothing more.

One IKE SA is opened for each product of suites that the gateway accepts, and a few
more to see what Windows, Apple and Android clients get, and which EAP methods
there are. All are closed. No password and no user name is tried. The gateway logs
attempts of ikescope.invalid. docs/identity.md has the details.`,
		Example: `  ikescope identity vpn.example.com
  ikescope identity -o json vpn.example.com
  ikescope scan --identity brief vpn.example.com`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.scan(cmd.Context(), opts, args) },
	}
	opts.addFlags(cmd.Flags(), reportFormats)
	return cmd
}
