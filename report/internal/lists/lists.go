// Package lists makes the lists of documents, which are never nil.
package lists

import "slices"

// Convert returns f of each element of in.
func Convert[A, B any](in []A, f func(A) B) []B {
	out := make([]B, 0, len(in))
	for _, a := range in {
		out = append(out, f(a))
	}
	return out
}

// Evidence returns numbers of exchanges ascending, each once. Those that were never
// made have the number 0, which is left out.
func Evidence(numbers []int) []int {
	out := slices.DeleteFunc(Sorted(numbers), func(n int) bool { return n == 0 })
	return slices.Compact(out)
}

// Sorted returns a sorted copy of numbers.
func Sorted(numbers []int) []int {
	out := append([]int{}, numbers...)
	slices.Sort(out)
	return out
}

// Distinct drops repeated lines, and keeps the order.
func Distinct(lines []string) []string {
	out := []string{}
	for _, l := range lines {
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}
