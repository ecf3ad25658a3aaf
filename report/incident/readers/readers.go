// Package readers lists the products whose logs are read.
package readers

import (
	"slices"

	"github.com/ikescope/ikescope/report/incident/android"
	"github.com/ikescope/ikescope/report/incident/apple"
	"github.com/ikescope/ikescope/report/incident/checkpoint"
	"github.com/ikescope/ikescope/report/incident/cisco"
	"github.com/ikescope/ikescope/report/incident/cloud"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/fortigate"
	"github.com/ikescope/ikescope/report/incident/juniper"
	"github.com/ikescope/ikescope/report/incident/libreswan"
	"github.com/ikescope/ikescope/report/incident/mikrotik"
	"github.com/ikescope/ikescope/report/incident/openiked"
	"github.com/ikescope/ikescope/report/incident/paloalto"
	"github.com/ikescope/ikescope/report/incident/racoon"
	"github.com/ikescope/ikescope/report/incident/softether"
	"github.com/ikescope/ikescope/report/incident/strongswan"
	"github.com/ikescope/ikescope/report/incident/vendors"
	"github.com/ikescope/ikescope/report/incident/windows"
)

// All returns the products, those whose lines cannot be mistaken first.
func All() []event.Product {
	return slices.Concat(vendors.Products(), []event.Product{
		strongswan.Product, libreswan.Product, juniper.Product, openiked.Product, cloud.AWS, cloud.Azure,
		fortigate.Product, cisco.Product, mikrotik.Product, paloalto.Product, checkpoint.Product, racoon.Product, softether.Product, apple.Product, android.Product,
		windows.Product,
	})
}
