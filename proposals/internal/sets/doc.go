// Package sets computes with sets of suites as boxes: a set of values for each
// axis, as bits. The planner numbers the algorithms of its universe so.
package sets
