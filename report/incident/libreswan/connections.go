package libreswan

import (
	"cmp"
	"strconv"

	"github.com/ikescope/ikescope/report/incident/event"
)

// connection is what lines told of the IKE SAs of a connection.
type connection struct {
	newest   int      // the number of that which began or came up last
	expired  int      // of that whose lifetime ended
	rekeyed  []int    // of those that were rekeyed
	gateways []string // that were tried since a Child SA was up
	to, by   string   // the gateway that the next goes to, by a redirect, and whose that is
	// terminating: it was said that its SAs are to be ended.
	terminating bool
}

// connection returns what lines told of a connection.
func (r *reader) connection(conn string) *connection {
	if len(r.connections) >= maxQuick || r.connections == nil {
		r.connections = make(map[string]*connection)
	}
	if r.connections[conn] == nil {
		r.connections[conn] = &connection{}
	}
	return r.connections[conn]
}

// follow remembers what of a connection began and came up, and completes the events
// of redirects.
func (r *reader) follow(e *event.Event, h subject, text string) {
	number, err := strconv.Atoi(h.sa)
	if h.conn == "" || err != nil {
		return
	}
	c := r.connection(h.conn)
	switch {
	case e.Kind == event.Start || e.Kind == event.IKEUp:
		c.newest = max(c.newest, number)
		c.terminating = false // the command was for those before
		if e.Kind == event.Start && e.Side == event.Initiator {
			if c.to == "" {
				c.gateways = nil
			}
			if e.Set(event.RedirectedTo, c.to); c.to != "" {
				e.Set("redirected-by", cmp.Or(c.by, "another one"))
			}
			c.to = ""
		}
	case e.Kind == event.Up:
		c.gateways = nil
	case e.Cause == "redirected":
		c.redirect(e)
	}
}

// begun remembers that there is something of a connection to end.
func (r *reader) begun(conn string) {
	if len(r.up) >= maxQuick || r.up == nil {
		r.up = make(map[string]bool)
	}
	r.up[conn] = true
}
