package assess

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report/internal/lists"
)

func overlaps(products []proposals.Product, p proposals.Product) bool {
	return slices.ContainsFunc(products, p.Overlaps)
}

func overlapsAny(a, b []proposals.Product) bool {
	return slices.ContainsFunc(a, func(p proposals.Product) bool { return overlaps(b, p) })
}

// exampleOf returns a suite of products.
func exampleOf(products []proposals.Product) string {
	for _, p := range products {
		for s := range p.Suites() {
			return s.String()
		}
	}
	return ""
}

// CountSuites returns the number of suites in products, which may overlap.
func CountSuites(products []proposals.Product) int64 {
	apart, err := matrix.Difference(products, nil)
	if err != nil {
		return matrix.Count(products)
	}
	return matrix.Count(apart)
}

// mostProducts bounds how many products a sentence names.
const mostProducts = 3

func shownProducts(products []proposals.Product) string {
	words := lists.Convert(products[:min(len(products), mostProducts)], proposals.Product.String)
	if more := len(products) - mostProducts; more > 0 {
		words = append(words, fmt.Sprintf("%d more", more))
	}
	return strings.Join(words, ", ")
}
