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
}

func (o *judgeOptions) addFlags(flags *pflag.FlagSet) {
	flags.Var(policies{&o.policies}, "policy", "evaluate the gateway against this policy: "+strings.Join(policyNames(), ", ")+", or a file; may be repeated")
	flags.Var(clients{&o.clients}, "client", "show whether this client connects: a name from ikescope client list, all, a configuration file, FILE#CONNECTION, or proposals; may be repeated (default all, in short)")
}

// judge returns doc with what the flags ask for, and with the gates and the exit
// code that they decide. Before the targets of doc come those of saved reports,
// which keep the clients and policies that they had where the flags name none.
// Without a client, what well-known ones get is said of each gateway that was
// asked what it accepts.
func (o *judgeOptions) judge(doc *report.Document, saved []*report.Document, gates gate.Gates) *report.Document {
	fresh := len(doc.Targets)
	doc = report.Join(saved, doc)
	for i := range doc.Targets {
		t := &doc.Targets[i]
		isSaved := i < len(doc.Targets)-fresh
		switch {
		case len(o.clients) > 0:
			t.Clients = assess.Clients(t, o.clients)
		case t.Matrix != nil && !isSaved:
			t.Clients = assess.Clients(t, initiators())
		}
		if len(o.policies) > 0 || !isSaved {
			t.Policies = assess.Policies(t, o.policies)
		}
	}
	doc.Gates, doc.Exit = gate.Check(doc, gates)
	return doc
}
