package libreswan

import (
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
)

// asking is where pluto sends its first message.
var asking = lazyregexp.New(`^sent IKE_SA_INIT request to ([0-9A-Fa-f.:]{3,64})`)

// maxGateways bounds the gateways of a connection that are remembered.
const maxGateways = 8

// asks remembers a gateway that was tried.
func (r *reader) asks(conn, text string) {
	m := asking.FindStringSubmatch(text)
	if m == nil || conn == "" {
		return
	}
	c := r.connection(conn)
	if gateway := address(m[1]); len(c.gateways) < maxGateways {
		c.gateways = append(c.gateways, gateway)
	}
}

// redirect tells a redirect to another gateway from one back to where this side was.
func (c *connection) redirect(e *event.Event) {
	to := strings.TrimSuffix(e.Args["to"], ")")
	c.to, c.by = to, ""
	if n := len(c.gateways); n > 0 {
		c.by = c.gateways[n-1]
	}
	e.Set("to", to)
	for i, gateway := range c.gateways {
		if gateway == to && i < len(c.gateways)-1 {
			e.Kind, e.Cause = event.Root, "redirect-back"
			e.Set("from", c.gateways[len(c.gateways)-1])
			return
		}
	}
}
