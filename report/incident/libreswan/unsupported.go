package libreswan

import (
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/ike/ikev1"
	"github.com/ikescope/ikescope/report/incident/event"
)

// unsupported names what a transform has that this side does not know or was built
// without.
func unsupported(e *event.Event) {
	number, name := e.Args["group-number"], e.Args["unsupported"]
	switch {
	case number != "":
		e.Set("detail", "the other side offers DH group "+number+group(number)+", which this side does not support: let it offer another, such as 14 (MODP2048)")
	case name != "":
		e.Set("detail", "the other side offers "+name+", which this side does not support")
	default:
		return
	}
	delete(e.Args, "axis")
}

// group returns the name of a group of IKEv1 in parentheses, "" if its number has none.
func group(number string) string {
	n, err := strconv.ParseUint(number, 10, 16)
	name := ikev1.Transform{Group: uint16(n)}.String()
	if err != nil || name == "" || strings.HasPrefix(name, "group_") {
		return ""
	}
	return " (" + strings.ToUpper(name) + ")"
}
