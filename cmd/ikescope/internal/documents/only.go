package documents

import (
	"errors"
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/report"
)

// Only returns the target of that name or address, or the only one.
func Only(saved report.Targets, name string) (*report.Target, error) {
	const most = 5
	var found []int
	var names []string
	for i := range saved.Count() {
		t := saved.Key(i)
		if name == "" || name == t.Name || name == t.Address {
			found = append(found, i)
		}
		if len(names) < most {
			names = append(names, fmt.Sprintf("%q at %q", t.Name, t.Address))
		}
	}
	if more := saved.Count() - most; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	switch {
	case len(found) == 1:
		return saved.At(found[0])
	case saved.Count() == 0:
		return nil, errors.New("it holds no target")
	case name == "":
		return nil, fmt.Errorf("it holds several targets; choose one by --target: %s", strings.Join(names, ", "))
	case len(found) == 0:
		return nil, fmt.Errorf("it holds no target %q: %s", name, strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("it holds %d targets %q: choose by address: %s", len(found), name, strings.Join(names, ", "))
}
