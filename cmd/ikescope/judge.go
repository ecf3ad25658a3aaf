package main

import (
	"context"
	"crypto/x509"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/clients"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/revoked"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/assess/certcheck"
)

// judgeOptions are the flags that say what to hold a gateway against.
type judgeOptions struct {
	policies []baseline.Policy
	clients  []client.Policy

	// hostName, roots and warnDays are what certificates are judged by.
	hostName string
	roots    *x509.CertPool
	warnDays int
	// revocation has authorities asked whether certificates are revoked.
	revocation bool
}

// defaultWarnDays is how many days before its end a certificate is said to expire soon,
// unless --warn-days says otherwise.
const defaultWarnDays = 30

// again reports whether the flags ask to judge the certificates of a saved report anew.
func (o *judgeOptions) again() bool {
	return o.hostName != "" || o.roots != nil || o.warnDays != 0 && o.warnDays != defaultWarnDays
}

func (o *judgeOptions) addFlags(flags *pflag.FlagSet) {
	flags.Var(flagvalue.Policies(&o.policies), "policy", "evaluate the gateway against this policy: "+strings.Join(flagvalue.PolicyNames(), ", ")+", or a file; may be repeated")
	flags.Var(flagvalue.Clients(&o.clients), "client", "show whether this client connects: a name from ikescope client list, all, a configuration file, FILE#CONNECTION, or proposals; may be repeated (default all, in short)")
}

// addCertificateFlags adds those on what certificates are judged by.
func (o *judgeOptions) addCertificateFlags(flags *pflag.FlagSet) {
	flags.Var(flagvalue.Dialed(&o.hostName), "name", "the host name, or the address, that users dial, where TARGET is an address: the gateway is asked by it, and its certificate judged")
	flags.Var(flagvalue.Roots(&o.roots), "trust", "the root certificates that clients trust, in a PEM file, or system for those of this machine")
	addToggle(flags, &o.revocation, "revocation", "", "ask the OCSP servers and CRLs named in the gateway's certificates whether these are revoked, and the gateway for an OCSP response of its own; each URL is printed to stderr first")
	flags.Var(flagvalue.Number(&o.warnDays, 1, 3650), "warn-days", "report a certificate as expiring soon this many days before it ends")
}

// judge adds to t what the flags ask for. A target of a saved report keeps the
// clients and policies that it had where the flags name none. Without a client,
// what well-known ones get is said of each gateway that was asked what it accepts.
func (a *app) judge(ctx context.Context, o *judgeOptions, t *report.Target, isSaved bool) {
	if o.revocation {
		revoked.Check(ctx, a.err, t, o.roots)
	}
	if isSaved && o.again() || o.revocation {
		t.Identity, t.Findings = assess.Certificates(t, certcheck.Basis{Name: o.hostName, At: t.Started, WarnDays: o.warnDays, Roots: o.roots})
	}
	switch {
	case len(o.clients) > 0:
		t.ClientsAsked = true
		t.Clients = assess.Clients(t, o.clients)
		if !isSaved {
			t.Findings = assess.Findings(t, o.clients...)
		}
	case t.Matrix != nil && (!isSaved || o.again() || o.revocation):
		t.Clients = assess.Clients(t, clients.Initiators())
	}
	if len(o.policies) > 0 || !isSaved {
		t.Policies = assess.Policies(t, o.policies)
	}
}
