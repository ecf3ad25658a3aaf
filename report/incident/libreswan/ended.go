package libreswan

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
)

var (
	// deleting are lines by which pluto drops an SA: "deleting state (STATE_MAIN_R3)
	// aged 0.408s and sending notification", of an IKE SA or a Child SA, by the name of
	// its state. Older releases do not say whether the other side is told.
	deleting = lazyregexp.New(`^deleting (?:other )?(?:state|IKE SA|ISAKMP SA|Child SA|IPsec SA)(?: #\d+)?(?: connection)? \(([A-Za-z0-9_]{1,64})\)(?: "[^"]{1,128}"\S{0,16}(?: [^ ]{1,64})?)?(?: aged ([0-9.]{1,16})s)?(?: and (NOT )?sending notification)?`)
	// expired is of an SA whose lifetime ended before another had taken its place.
	expired = lazyregexp.New(`^(IKE|ISAKMP) SA expired \((--dontrekey|LATEST!)\)`)
	// story is of the end of an IKE SA of which pluto says what it had done last, instead
	// of the name of its state, and nothing of the other side.
	story = lazyregexp.New(`^deleting IKE SA \(([a-zA-Z][\w() -]{1,64})\)$`)
	// command is of a command that ends a Child SA together with its IKE SA, which may
	// be that of another connection.
	command = lazyregexp.New(`^initiating delete of connection's (?:IPsec|Child) SA #\d+ and (?:ISAKMP|IKE) SA #(\d+)`)
	// rekeyed is of an IKE SA that was replaced by that which the line is of.
	rekeyed = lazyregexp.New(`^(?:initiator|responder) rekeyed IKE SA #(\d+)`)
)

// stories are the states by what pluto had done last in them.
var stories = map[string]string{
	"established IKE SA": "ESTABLISHED_IKE_SA", "sent IKE_SA_INIT request": "IKE_SA_INIT_I", "processed IKE_SA_INIT response": "IKE_AUTH_I",
	"sent IKE_SA_INIT response": "IKE_SA_INIT_R", "sent IKE_INTERMEDIATE request": "IKE_INTERMEDIATE_I", "processed IKE_INTERMEDIATE response": "IKE_AUTH_I",
	"sent IKE_INTERMEDIATE response": "IKE_INTERMEDIATE_R", "sent IKE_AUTH request": "IKE_AUTH_I",
}

// complete are the states, without their prefixes, of an IKE SA that is up.
var complete = map[string]bool{"ESTABLISHED_IKE_SA": true, "PARENT_I3": true, "MAIN_I4": true, "MAIN_R3": true, "AGGR_I2": true, "AGGR_R2": true}

// soon is how long an SA lives that was hardly of use: lifetimes are of minutes at least,
// and an L2TP session that gets nowhere is given up within it.
const soon = time.Minute

// within reports whether an age in seconds is less than soon.
func within(age string) bool {
	seconds, err := strconv.ParseFloat(age, 64)
	return err == nil && seconds < soon.Seconds()
}

// endOf reads a line that says that an IKE SA ended: how far it was, and whether this
// side told the other. It returns nil for any other line, and for an end that does not
// matter; known reports whether it is one of an SA.
func (r *reader) endOf(l *event.Line, h subject, text string) (e *event.Event, known bool) {
	if m := expired.FindStringSubmatch(text); m != nil {
		return r.expires(l, h, m[2]), true
	}
	text = strings.TrimPrefix(text, "IMPAIR: ")
	m := deleting.FindStringSubmatch(text)
	if told := story.FindStringSubmatch(text); m == nil && told != nil && stories[told[1]] != "" {
		m = []string{told[0], stories[told[1]], "", "NOT "}
	}
	if m == nil {
		return nil, false
	}
	if ended := r.commanded[h.sa]; ended != "" && ended != h.conn {
		return nil, true // of another connection, whose end was told
	}
	state := strings.TrimPrefix(strings.TrimPrefix(m[1], "STATE_"), "V2_")
	number, err := strconv.Atoi(h.sa)
	c := r.connection(h.conn)
	if err != nil || strings.Contains(text, "deleting other ") || number < c.newest && !slices.Contains(c.rekeyed, number) {
		return nil, true // another has taken its place
	}
	lacks, known := missing(state)
	if !complete[state] && !known {
		return nil, true
	}
	out := l.Event(event.Deleted)
	e = &out
	if !complete[state] {
		e.Kind = event.End
		inState(e, m[1])
		e.Set(event.Incomplete, lacks)
		e.Set("aged", m[2])
		if c.terminating {
			e.Set("ended-by", "this side was told to end the connection")
		}
		return e, true
	}
	if strings.HasPrefix(state, "MAIN") || strings.HasPrefix(state, "AGGR") {
		e.Version = 1
	}
	sends := m[3] == "" && strings.Contains(text, " sending notification")
	switch {
	case slices.Contains(c.rekeyed, number):
		e.Cause = "rekeyed-deleted"
		e.Set("by", "self")
	case c.expired == number && within(m[2]):
		e.Kind, e.Cause = event.Root, "expired-early"
		e.Set("aged", m[2])
	case sends:
		e.Cause = "self-ended"
		if c.terminating {
			e.Cause = "local-ended"
		}
		e.Set("by", "self")
	case e.Version != 1 && strings.Contains(text, "NOT sending"):
		e.Cause = "peer-ended"
	case c.terminating:
		e.Cause = "local-ended"
		e.Set("by", "self")
	case len(m[3]) > 0 && !strings.Contains(text, "NOT sending"): // by which side, and why, it does not say
		return nil, true
	}
	return e, true
}

// expires is of the end of a lifetime.
func (r *reader) expires(l *event.Line, h subject, why string) *event.Event {
	c := r.connection(h.conn)
	number, err := strconv.Atoi(h.sa)
	if err != nil || number < c.newest {
		return nil
	}
	c.expired = number
	e := l.Event(event.Sign)
	e.Cause = "sa-not-renewed"
	if why == "LATEST!" {
		e.Kind, e.Cause = event.Deleted, "sa-expired"
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

// ends completes what says that this side ended a connection: one that was up, or it had
// nothing to end.
func (r *reader) ends(e *event.Event, conn string) {
	if strings.HasSuffix(e.Text, ": terminating SAs using this connection") && !r.shut { // by a command
		r.connection(conn).terminating = true
	}
	switch {
	case e.Kind == event.Up || e.Kind == event.IKEUp:
		r.begun(conn)
	case e.Kind == event.Deleted && (e.Cause == "local-ended" || e.Cause == "child-expired"):
		e.Set("by", "self")
	case r.up[conn] && strings.HasSuffix(e.Text, ": terminating SAs using this connection"):
		e.Kind, e.Cause = event.Deleted, "local-ended"
		e.Set("by", "self")
	case strings.Contains(e.Text, " traffic information: "): // of a Child SA
		e.Set("came", "the connection came up")
	}
}

// orders remembers that a command ends the IKE SA of another connection, too, and which
// IKE SAs were rekeyed.
func (r *reader) orders(h subject, text string) {
	if m := command.FindStringSubmatch(text); m != nil {
		if len(r.commanded) >= maxQuick || r.commanded == nil {
			r.commanded = make(map[string]string)
		}
		r.commanded[m[1]] = h.conn
	}
	if m := rekeyed.FindStringSubmatch(text); m != nil {
		c := r.connection(h.conn)
		if old, err := strconv.Atoi(m[1]); err == nil && len(c.rekeyed) < maxRekeyed {
			c.rekeyed = append(c.rekeyed, old)
		}
	}
}

// maxRekeyed bounds the IKE SAs of a connection of which it is remembered that they were
// rekeyed.
const maxRekeyed = 64
