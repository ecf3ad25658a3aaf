package libreswan

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident"
)

var (
	// deleting are lines by which pluto drops an SA: "deleting state (STATE_MAIN_R3)
	// aged 0.408s and sending notification", of an IKE SA or a Child SA, by the name of
	// its state; whether the other side is told is said since libreswan 3.20 or so.
	deleting = lazyregexp.New(`^deleting (?:other )?(?:state|IKE SA|ISAKMP SA|Child SA|IPsec SA)(?: #\d+)?(?: connection)? \(([A-Za-z0-9_]{1,64})\)(?: "[^"]{1,128}"\S{0,16}(?: [^ ]{1,64})?)?(?: aged ([0-9.]{1,16})s)?(?: and (NOT )?sending notification)?`)
	// expired is of an SA whose lifetime ended before another had taken its place.
	expired = lazyregexp.New(`^(IKE|ISAKMP) SA expired \((--dontrekey|LATEST!)\)`)
	// asking is where pluto sends its first message.
	asking = lazyregexp.New(`^sent IKE_SA_INIT request to ([0-9A-Fa-f.:]{3,64})`)
)

// complete are the states, without their prefixes, of an IKE SA that is up.
var complete = map[string]bool{"ESTABLISHED_IKE_SA": true, "PARENT_I3": true, "MAIN_I4": true, "MAIN_R3": true, "AGGR_I2": true, "AGGR_R2": true}

// life is what is kept of the IKE SAs of a connection.
type life struct {
	newest   int      // the number of that which began or came up last
	expired  int      // of that whose lifetime ended
	gateways []string // that were tried since a Child SA was up
	to, by   string   // the gateway that the next goes to, by a redirect, and whose that is
	// terminating: it was said that its SAs are to be ended.
	terminating bool
}

// maxGateways bounds the gateways of a connection that are remembered.
const maxGateways = 8

// lifeOf returns what is kept of a connection.
func (r *reader) lifeOf(conn string) *life {
	if len(r.lives) >= maxQuick || r.lives == nil {
		r.lives = make(map[string]*life)
	}
	if r.lives[conn] == nil {
		r.lives[conn] = &life{}
	}
	return r.lives[conn]
}

// follow remembers what of a connection began and came up, and completes the events
// of redirects.
func (r *reader) follow(e *incident.Event, h subject, text string) {
	number, err := strconv.Atoi(h.sa)
	if h.conn == "" || err != nil {
		return
	}
	l := r.lifeOf(h.conn)
	switch {
	case e.Kind == incident.Start || e.Kind == incident.IKEUp:
		l.newest = max(l.newest, number)
		if e.Kind == incident.Start && e.Side == incident.Initiator {
			if l.to == "" {
				l.gateways = nil
			}
			if e.Set(incident.RedirectedTo, l.to); l.to != "" {
				e.Set("redirected-by", cmp.Or(l.by, "another one"))
			}
			l.to = ""
		}
	case e.Kind == incident.Up:
		l.gateways = nil
	case e.Cause == "redirected":
		l.redirect(e)
	}
}

// asks remembers a gateway that was tried.
func (r *reader) asks(conn, text string) {
	m := asking.FindStringSubmatch(text)
	if m == nil || conn == "" {
		return
	}
	l := r.lifeOf(conn)
	if gateway := address(m[1]); len(l.gateways) < maxGateways {
		l.gateways = append(l.gateways, gateway)
	}
}

// redirect tells a redirect to another gateway from one back to where this side was.
func (l *life) redirect(e *incident.Event) {
	to := strings.TrimSuffix(e.Args["to"], ")")
	l.to, l.by = to, ""
	if n := len(l.gateways); n > 0 {
		l.by = l.gateways[n-1]
	}
	e.Set("to", to)
	for i, gateway := range l.gateways {
		if gateway == to && i < len(l.gateways)-1 {
			e.Kind, e.Cause = incident.Root, "redirect-back"
			e.Set("from", l.gateways[len(l.gateways)-1])
			return
		}
	}
}

// endOf reads a line that says that an IKE SA ended: how it stood, and whether this
// side told the other. It returns nil for any other line, and for an end that does not
// matter; known reports whether it is one of an SA.
func (r *reader) endOf(l *incident.Line, h subject, text string) (e *incident.Event, known bool) {
	if m := expired.FindStringSubmatch(text); m != nil {
		return r.expires(l, h, m[2]), true
	}
	m := deleting.FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	state := strings.TrimPrefix(strings.TrimPrefix(m[1], "STATE_"), "V2_")
	number, err := strconv.Atoi(h.sa)
	kept := r.lifeOf(h.conn)
	if err != nil || strings.Contains(text, "deleting other ") || number < kept.newest {
		return nil, true // another has taken its place
	}
	began, known := missing(state)
	if !complete[state] && !known {
		return nil, true
	}
	out := l.Event(incident.Deleted)
	e = &out
	if !complete[state] {
		e.Kind = incident.End
		inState(e, m[1])
		e.Set(incident.Stood, began)
		e.Set("aged", m[2])
		return e, true
	}
	if strings.HasPrefix(state, "MAIN") || strings.HasPrefix(state, "AGGR") {
		e.Version = 1
	}
	sends := m[3] == "" && strings.Contains(text, " sending notification")
	const soon = 60 // seconds
	switch age, err := strconv.ParseFloat(m[2], 64); {
	case kept.expired == number && err == nil && age < soon:
		e.Kind, e.Cause = incident.Root, "expired-early"
		e.Set("aged", m[2])
	case sends:
		e.Cause = "self-ended"
		if kept.terminating {
			e.Cause = "local-ended"
		}
		e.Set("by", "self")
	case e.Version != 1 && strings.Contains(text, "NOT sending"):
		e.Cause = "peer-ended"
	}
	return e, true
}

// expires is of the end of a lifetime.
func (r *reader) expires(l *incident.Line, h subject, why string) *incident.Event {
	kept := r.lifeOf(h.conn)
	number, err := strconv.Atoi(h.sa)
	if err != nil || number < kept.newest {
		return nil
	}
	kept.expired = number
	e := l.Event(incident.Sign)
	e.Cause = "sa-not-renewed"
	if why == "LATEST!" {
		e.Kind, e.Cause = incident.Deleted, "sa-expired"
		e.Set("by", "self")
	}
	return &e
}

// missing says of the state of an IKE SA that is not complete what is missing.
func missing(state string) (string, bool) {
	switch {
	case strings.HasSuffix(state, "_R0") || strings.HasSuffix(state, "_I0"):
		return "", false // it was not begun, or only for a refusal
	case state == "PARENT_I1" || strings.HasPrefix(state, "IKE_SA_INIT_I"):
		return "IKE_SA_INIT was not completed", true
	case state == "PARENT_I2" || strings.HasPrefix(state, "IKE_AUTH_I"):
		return "IKE_SA_INIT was answered, and IKE_AUTH was not completed", true
	case state == "PARENT_R1" || strings.HasPrefix(state, "IKE_SA_INIT_R"):
		return "IKE_SA_INIT was answered, and no IKE_AUTH completed it", true
	case strings.HasPrefix(state, "IKE_INTERMEDIATE_"):
		return "IKE_SA_INIT was answered, and IKE_INTERMEDIATE was not completed", true
	case strings.HasPrefix(state, "MAIN_I") || strings.HasPrefix(state, "MAIN_R"):
		return "Main Mode was not completed", true
	case strings.HasPrefix(state, "AGGR_I") || strings.HasPrefix(state, "AGGR_R"):
		return "Aggressive Mode was not completed", true
	}
	return "", false
}

// groups are the names of those that IKEv1 has by number (RFC 2409, RFC 3526).
var groups = map[string]string{"1": " (MODP768)", "2": " (MODP1024)", "5": " (MODP1536)", "14": " (MODP2048)", "15": " (MODP3072)", "16": " (MODP4096)", "19": " (ECP_256)", "20": " (ECP_384)", "21": " (ECP_521)"}

// unsupported names what a transform has that this side does not know or was built
// without.
func unsupported(e *incident.Event) {
	number, name := e.Args["group-number"], e.Args["unsupported"]
	switch {
	case number != "":
		e.Set("detail", "the other side offers DH group "+number+groups[number]+", which this side does not support: let it offer another, such as 14 (MODP2048)")
	case name != "":
		e.Set("detail", "the other side offers "+name+", which this side does not support")
	default:
		return
	}
	delete(e.Args, "axis")
}

// unmatched remembers an answer that pluto found no request for. It matters where a
// request of the same IKE SA then is sent again or given up: else it came twice, and
// did no harm.
func (r *reader) unmatched(e *incident.Event, sa string) []incident.Event {
	switch held, ok := r.stray[sa]; {
	case e.Args["unmatched"] != "":
		if len(r.stray) >= maxQuick || r.stray == nil {
			r.stray = make(map[string]incident.Event)
		}
		if !ok {
			r.stray[sa] = *e
		}
	case ok && (e.Kind == incident.Again || e.Kind == incident.Gone):
		delete(r.stray, sa)
		held.Kind, held.Cause = incident.Sign, "response-unmatched"
		return []incident.Event{held, *e}
	}
	return nil
}
