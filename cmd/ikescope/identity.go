package main

import (
	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/probe/identity"
)

func (a *app) identityCommand() *cobra.Command {
	opts := newScanOptions()
	opts.identity, opts.profile = identity.Full, quick
	cmd := &cobra.Command{
		Use:   "identity TARGET...",
		Short: "Ask who a gateway is: certificate, signature, EAP methods",
		Long: `Ask a gateway who it is, as a client does that wants to log in by EAP, and end
the IKE SA before any login. A gateway that offers EAP answers with its
identity, its certificates and a signature. One that wants a certificate or a
pre-shared key of the client does not; the report then says so, and no more.

One IKE SA is opened for each product of suites that the gateway accepts, and a
few more to see what each kind of client gets, and which EAP methods there are.
All are closed. No password is sent. docs/identity.md says what is asked, what
the gateway logs, and what cannot be known from outside.`,
		Example: `  ikescope identity vpn.example.com
  ikescope scan --identity brief vpn.example.com`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(opts.suites) > 0 && !cmd.Flags().Changed("profile") {
				opts.profile = standard // of which these are a part
			}
			return a.scan(cmd.Context(), opts, args)
		},
	}
	opts.addFlags(cmd.Flags(), reportFormats)
	return cmd
}
