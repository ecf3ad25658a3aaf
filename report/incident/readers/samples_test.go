package readers

import (
	"testing"

	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/incident/android"
	"github.com/ikescope/ikescope/report/incident/apple"
	"github.com/ikescope/ikescope/report/incident/checkpoint"
	"github.com/ikescope/ikescope/report/incident/cisco"
	"github.com/ikescope/ikescope/report/incident/cloud"
	"github.com/ikescope/ikescope/report/incident/fortigate"
	"github.com/ikescope/ikescope/report/incident/juniper"
	"github.com/ikescope/ikescope/report/incident/libreswan"
	"github.com/ikescope/ikescope/report/incident/mikrotik"
	"github.com/ikescope/ikescope/report/incident/openiked"
	"github.com/ikescope/ikescope/report/incident/paloalto"
	"github.com/ikescope/ikescope/report/incident/racoon"
	"github.com/ikescope/ikescope/report/incident/strongswan"
)

// tables are the lines that are known of each product.
var tables = []struct {
	product incident.Product
	lines   *incident.Table
}{
	{strongswan.Product, strongswan.Lines}, {libreswan.Product, libreswan.Lines}, {openiked.Product, openiked.Lines},
	{cloud.AWS, cloud.AWSLines}, {cloud.Azure, cloud.AzureLines}, {fortigate.Product, fortigate.Lines}, {cisco.Product, cisco.Lines},
	{mikrotik.Product, mikrotik.Lines}, {paloalto.Product, paloalto.Lines}, {apple.Product, apple.Lines},
	{juniper.Product, juniper.Lines}, {checkpoint.Product, checkpoint.Lines}, {racoon.Product, racoon.Lines}, {android.Product, android.Lines},
}

// Each sample is of its product, and of its own row and no other before it.
func TestSamples(t *testing.T) {
	for _, table := range tables {
		for i := range table.lines.Rows {
			row := &table.lines.Rows[i]
			if row.Source == "" || row.Sample == "" {
				t.Errorf("%s: %q has no sample or source", table.product.Name, row.Template)
				continue
			}
			for _, l := range incident.Unwrap("log", 1, row.Sample) {
				var events []incident.Event
				for _, p := range All() {
					r := p.New()
					found, mine := r.Read(&l)
					if ender, ok := r.(incident.Ender); ok && mine {
						found = append(found, ender.End()...)
					}
					if mine && p.Name != table.product.Name {
						t.Errorf("%q is taken for a line of %s, not of %s", row.Sample, p.Name, table.product.Name)
					}
					if mine {
						events = found
						break
					}
				}
				if len(events) == 0 {
					t.Errorf("%s: nothing is read of %q", table.product.Name, row.Sample)
					continue
				}
				e := events[0]
				if e.Kind != row.Kind || row.Cause != "" && e.Cause != row.Cause && e.Cause != "child-proposal" && e.Cause != "liveness" || row.Side != "" && e.Side != row.Side {
					t.Errorf("%s: %q is read as %s %s %s, want %s %s %s", table.product.Name, row.Sample, e.Kind, e.Side, e.Cause, row.Kind, row.Side, row.Cause)
				}
			}
		}
	}
}
