// Package spelling names algorithms in reports as one product does: a report has one
// spelling for each.
package spelling
