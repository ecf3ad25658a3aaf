package main

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/gate"
)

// judgeOptions are the flags that say what to hold a gateway against.
type judgeOptions struct {
	policies []baseline.Policy
	clients  []client.Policy
	// saved are reports whose targets are judged beside those of a scan.
	saved []*report.Document
	// gates are what decides the exit.
	gates gate.Gates
}

func (o *judgeOptions) addFlags(flags *pflag.FlagSet) {
	flags.Var(policies{&o.policies}, "policy", "tell how the gateway stands to this policy: "+strings.Join(policyNames(), ", ")+", or a file; may be repeated")
	flags.Var(clients{&o.clients}, "client", "tell whether this client connects: a name that ikescope client list shows, all, a configuration file, FILE#CONNECTION, or proposals; may be repeated (default all, in short)")
}

// judge adds to doc what the flags ask for. Without a client, what well-known
// ones get is told of each gateway that was asked what it accepts.
func (o *judgeOptions) judge(doc *report.Document) {
	for i := range doc.Targets {
		t := &doc.Targets[i]
		switch {
		case len(o.clients) > 0:
			t.Clients = assess.Clients(t, o.clients)
		case t.Matrix != nil:
			t.Clients = assess.Clients(t, initiators())
		}
		t.Policies = assess.Policies(t, o.policies)
	}
	for _, doc := range o.saved {
		for i := range doc.Targets {
			t := &doc.Targets[i] // which keeps what it was told of before
			if len(o.clients) > 0 {
				t.Clients = assess.Clients(t, o.clients)
			}
			if len(o.policies) > 0 {
				t.Policies = assess.Policies(t, o.policies)
			}
		}
	}
	*doc = *report.Join(o.saved, doc)
	doc.Gates, doc.Exit = gate.Check(doc, o.gates)
}
