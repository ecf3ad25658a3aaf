package main

import (
	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/probe/identity"
	"github.com/ikescope/ikescope/report/part"
	"github.com/ikescope/ikescope/report/text"
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
All are closed, as far as the gateway lets them. No password is sent.

The certificate is judged by the name that users dial: that of TARGET, or --name
where TARGET is an address. Whether clients trust it depends on their roots:
name these with --trust FILE, or --trust system for those of this machine.

A scan asks the same in brief. This command asks for the EAP methods too, and
looks only for suites of the algorithms in use, unless --profile says otherwise;
its text, Markdown and HTML are about the identity alone, and the other formats
are the whole report. The gateway logs a failed authentication of
ikescope.invalid for each question.`,
		Example: `  ikescope identity vpn.example.com
  ikescope identity --name vpn.example.com --trust ca.crt 198.51.100.7`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if opts.noIdentity || opts.identity == identity.Off {
				return usagef("identity: asks who the gateway is: leave out --no-identity and --identity off, or use ikescope scan")
			}
			if len(opts.suites) > 0 && !cmd.Flags().Changed("profile") {
				opts.profile = standard // of which these are a part
			}
			if opts.plan {
				return a.plan(opts, args)
			}
			return a.gather(cmd.Context(), opts, args, &reporting{asText: text.Identity, part: part.Identity})
		},
	}
	opts.addFlags(cmd.Flags(), reportFormats)
	return cmd
}
