// Package products lists the products whose logs are read.
package products

import (
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/incident/libreswan"
	"github.com/ikescope/ikescope/report/incident/openiked"
	"github.com/ikescope/ikescope/report/incident/strongswan"
)

// All returns the products, those whose lines cannot be mistaken first.
func All() []incident.Product {
	return []incident.Product{
		strongswan.Product, libreswan.Product, openiked.Product,
	}
}
