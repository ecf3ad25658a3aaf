package main

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/local"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/login"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/mock"
	"github.com/ikescope/ikescope/proposals/english"
)

func (a *app) mockCommand() *cobra.Command {
	var (
		gateway  mock.Gateway
		host     = loopback
		port     = uint16(10500)
		nattPort = uint16(14500)
		tcp      bool
		verbose  bool
		admitted string
	)
	cmd := &cobra.Command{
		Use:   "mock",
		Short: "Run a mock gateway until it is interrupted",
		Long: `Run an IKEv2 responder that answers as a known daemon does, for trying scans,
clients and reports. It negotiates IKE SAs. Only these can log in: the user of
--credentials; --user, with the password in IKESCOPE_PASSWORD; and, with --psk,
whoever knows IKESCOPE_PSK. Nobody can log in with a certificate.

A client that logs in has to trust its certificate: that of --cert, or one that
is made for it. Its root is then written by --root-out FILE, for ikescope login
--trust FILE.`,
		Example: `  ikescope mock --profile libreswan -v
  ikescope mock --accept aes256gcm16-prfsha384-ecp384 --listen ::1
  ikescope mock --tcp
  sudo ikescope mock --listen 192.0.2.1 --port 500 --natt-port 4500`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if port == nattPort && port != 0 {
				return usagef("--natt-port: %d is also the --port", port)
			}
			if admitted != "" {
				c, err := login.Source{File: admitted, Environment: func(string) string { return "" }}.Read(time.Now())
				if err == nil {
					err = gateway.Admit(c)
				}
				if err != nil {
					return usageError{err}
				}
			}
			if err := gateway.Check(); err != nil {
				return usageError{err}
			}
			responder, err := gateway.Responder()
			if err != nil {
				return usageError{err}
			}
			if err := local.CheckAddress(cmd.Context(), host); err != nil {
				return usagef("--listen: %w", err)
			}
			conns, err := mock.Listen(cmd.Context(), host, port, nattPort, tcp)
			if err != nil {
				return usageError{err}
			}
			served := conns
			if verbose {
				served = conns.Logged(a.err, responder)
			}
			stop := context.AfterFunc(cmd.Context(), func() { _ = conns.Close() }) // Serve then returns
			defer stop()
			defer conns.Close()
			if _, err := io.WriteString(a.out, gateway.Words(conns)); err != nil {
				return err
			}
			return served.Serve(responder)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	addGatewayFlags(flags, &gateway)
	flags.Var(flagvalue.File(&admitted), "credentials", "who may log in: a file as ikescope login reads it, of a pre-shared key or of a user and a password")
	flags.Var(flagvalue.Address(&host), "listen", "address to listen on")
	flags.VarP(flagvalue.Number(&port, 0, 65535), "port", "p", "the UDP port of IKE; 0 for a free one")
	flags.Var(flagvalue.Number(&nattPort, 0, 65535), "natt-port", "the UDP port of NAT traversal; 0 for a free one")
	addToggle(flags, &tcp, "tcp", "", "answer IKE in TCP, too (RFC 9329), on the TCP port with the number of --natt-port")
	addToggle(flags, &verbose, "verbose", "v", "a line on stderr for each message")
	return cmd
}

// addGatewayFlags adds the flags that say how g behaves.
func addGatewayFlags(flags *pflag.FlagSet, g *mock.Gateway) {
	g.Profile, g.Environment = mock.Profiles()[0], os.Getenv
	flags.Var(flagvalue.Word(&g.Profile, mock.Profiles()), "profile", "behave as "+english.List(mock.Profiles(), "or"))
	flags.Var(flagvalue.Suites(&g.Accepts), "accept", "what it accepts, most preferred first, as strongSwan writes it, such as aes256gcm16-prfsha384-ecp384; may be repeated")
	flags.Var(flagvalue.Word(&g.EAP, mock.EAPMethods()), "eap", "the EAP method that it asks clients for, such as eap-mschapv2; it then shows who it is")
	flags.Var(flagvalue.Dialed(&g.Name), "name", "the host name or the address that it claims as its identity, for which its certificate is made, too (default vpn.example.com)")
	flags.Var(flagvalue.File(&g.CertFile), "cert", "its private key and certificates, its own first, in one PEM file (default: made for its name)")
	flags.Var(flagvalue.File(&g.RootFile), "root-out", "write the root of the certificate that is made for it to this file, in PEM, for --trust")
	flags.Var(flagvalue.User(&g.User), "user", "the user who may log in by EAP, with the password in IKESCOPE_PASSWORD")
	flags.Var(flagvalue.Keywords(&g.ESP), "esp", "which suites Child SAs may have after a login, such as aes256gcm16-ecp384,aes256-sha256; with a key exchange PFS is demanded")
	addToggle(flags, &g.PSK, "psk", "", "authenticate with the pre-shared key in IKESCOPE_PSK, and let in whoever knows it; with --eap, strangers can guess it offline")
}
