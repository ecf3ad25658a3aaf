// Package libreswan reads the log of pluto, of libreswan 3 to 5, and what whack
// prints.
package libreswan

import (
	"cmp"
	_ "embed"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/offered"
)

// Product is libreswan.
var Product = event.Product{Name: "libreswan", Word: "libreswan", Program: "pluto", Lines: Lines, Bare: bare, New: func() event.Reader {
	return &reader{quick: make(map[string]bool), waits: make(map[string]int), keys: make(map[string]string), asked: make(map[string]bool), cookies: make(map[string]event.Event)}
}}

//go:embed lines.csv
var linesCSV string

// Lines are the lines that are known.
var Lines = event.NewTable("libreswan/lines.csv", linesCSV)

// reader remembers what lines leave out.
type reader struct {
	// quick are the connections of which IKEv1 came to Quick Mode: a refusal then
	// is of the Child SA.
	quick map[string]bool
	// own: the log is the daemon's own file, which begins with its start.
	own bool
	// list is an event whose proposals follow it, each in a line.
	list *event.Event
	// before is the last event, which lines of debugging belong to.
	before event.Event
	// early are lines of debugging before any that names an SA, at most maxEarly: the
	// next that does says whose they are.
	early []event.Event
	// informed is the last notification that was passed over, and dump that
	// its octets are under way.
	informed event.Event
	dump     bool
	// keys are those of SAs of instances, by peer and number, and of the last
	// IKE SA of a peer.
	keys map[string]string
	// asked are the SAs that this side began, by connection and number.
	asked map[string]bool
	// waits are how often requests were sent again, by connection and SA.
	waits map[string]int
	// up are the connections of which an SA came up, or was about to.
	up map[string]bool
	// shut: an interface was lost, which ends connections too.
	shut bool
	// children are the requests for Child SAs that are not answered yet, by the number
	// of the IKE SA: the number of the Child SA.
	children map[string]string
	// rekeys is what the last of them is to rekey, "" if it asks for a new one.
	rekeys string
	// commanded are the IKE SAs, by number, that a command ended: for which connection.
	commanded map[string]string
	// leases are the IKE SAs of IKEv1 that asked for an address and have none yet, by
	// connection.
	leases map[string]string
	// wanted are the networks that were asked for, by connection and SA.
	wanted map[string]string
	// carried are the Child SAs in transport mode, by connection and number, with the
	// time at which they came up.
	carried map[string]time.Time
	// versions are those of IKE that connections were loaded with.
	versions map[string]int
	// phase2 are the SAs of Quick Mode, by connection and number: true if this side
	// asked for them.
	phase2 map[string]bool
	// cookies are the first requests for a cookie that were not met yet, by the
	// peer's address.
	cookies map[string]event.Event
	// connections are what lines told of their IKE SAs.
	connections map[string]*connection
	// gone is the address of this host that was removed last.
	gone string
	// responses are those that no request was found for, by connection and SA.
	responses map[string]event.Event
}

// maxQuick bounds the connections that are remembered.
const maxQuick = 4096

// maxCookies bounds the clients whose cookies are waited for.
const maxCookies = 256

// subject is what stands before a message: `"office"[3] 198.51.100.44 #8: `,
// or "packet from 198.51.100.44:500: ".
type subject struct {
	conn, instance, peer, sa string
}

func parseSubject(s string) (h subject, text string, ok bool) {
	if prefix, rest, found := strings.Cut(s, ": "); found && !strings.ContainsAny(prefix, " \"") && coded(rest) { // of who ran whack
		s = rest
	}
	if coded(s) {
		s = strings.TrimPrefix(s[4:], "ERROR: ")
	}
	if rest, found := strings.CutPrefix(s, "IMPAIR: "); found { // what pluto does because of a test setting
		h, text, ok = parseSubject(rest)
		return h, "IMPAIR: " + text, ok
	}
	for _, level := range []string{"ERROR: ", "FATAL ERROR: ", "WARNING: ", "EXPECTATION FAILED: "} { // of libreswan 5
		if rest, found := strings.CutPrefix(s, level); found && strings.HasPrefix(rest, `"`) {
			s = rest
		}
	}
	if rest, found := strings.CutPrefix(s, "packet from "); found {
		peer, text, found := strings.Cut(rest, ": ")
		if !found {
			return h, "", false
		}
		h.peer = address(peer)
		return h, text, true
	}
	rest, found := strings.CutPrefix(s, `"`)
	if !found {
		return h, "", false
	}
	conn, rest, found := strings.Cut(rest, `"`)
	if !found || conn == "" || len(conn) > 128 || strings.Contains(conn, " ") {
		return h, "", false
	}
	// "office/0x2" is one of several pairs of subnets of "office".
	h.conn, _, _ = strings.Cut(conn, "/")
	head, text, found := strings.Cut(rest, ": ")
	if !found || len(head) > 200 {
		return h, "", false
	}
	if inner, found := strings.CutPrefix(head, "["); found {
		h.instance, head, _ = strings.Cut(inner, "]")
		if !isNumber(h.instance) {
			return h, "", false
		}
	}
	for word := range strings.FieldsSeq(head) {
		switch {
		case strings.HasPrefix(word, "#"):
			h.sa = word[1:]
		case h.peer == "" && strings.ContainsAny(word, ".:") && !strings.HasPrefix(word, "..."):
			h.peer = word
		case h.peer == "":
			h.peer = strings.TrimPrefix(word, "...")
		}
	}
	if head != "" && h.sa == "" && h.peer == "" {
		return h, "", false
	}
	return h, text, true
}

// coded reports whether s begins with a code of whack: `104 "office" #1: `.
func coded(s string) bool { return len(s) > 4 && s[3] == ' ' && isNumber(s[:3]) }

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// address returns the address of "192.0.2.1:500", "[2001:db8::1]:500" and
// "192.0.2.1:UDP/500".
func address(s string) string {
	if inner, found := strings.CutPrefix(s, "["); found {
		at, _, _ := strings.Cut(inner, "]")
		return at
	}
	if i := strings.LastIndexByte(s, ':'); i > 0 && strings.Count(s, ":") == 1 {
		return s[:i]
	}
	return s
}

// Read implements [event.Reader].
func (r *reader) Read(l *event.Line) ([]event.Event, bool) {
	if r.list == nil {
		return r.line(l)
	}
	if listed.MatchString(l.Text) {
		if len(r.list.Proposals) < maxListed {
			r.list.Proposals = append(r.list.Proposals, proposals(l.Text)...)
		}
		return nil, true
	}
	out := r.ended()
	events, mine := r.line(l)
	return append(out, events...), mine || len(out) > 0
}

// listed is a proposal in a line of its own: "1:IKE:ENCR=AES_CBC_256;PRF=...".
var listed = lazyregexp.New(`^\d{1,3}:(?:IKE|ESP|AH):[A-Z]+=`)

// ended returns the event whose proposals were read.
func (r *reader) ended() []event.Event {
	if r.list == nil {
		return nil
	}
	e := *r.list
	r.list = nil
	if len(e.Proposals) > 0 && e.Proposals[0].Protocol != "IKE" {
		e.Cause, e.Phase = "child-proposal", event.PhaseChild
	}
	return []event.Event{e}
}

func (r *reader) line(l *event.Line) ([]event.Event, bool) {
	h, text, ok := parseSubject(l.Text)
	r.shut = r.shut || strings.HasPrefix(l.Text, "shutting down interface ")
	if !ok {
		if strings.HasPrefix(l.Text, "EXPECTATION FAILED: ") && strings.Contains(l.Text, "pluto/") {
			return r.check(l), true
		}
		if strings.Contains(l.Text, "(migration_down() ") {
			return r.migrates(l), true
		}
		debug := (l.Stamp != "" || r.before.Key != "") && strings.HasPrefix(l.Text, "| ") || strings.HasPrefix(l.Text, "| NSS: ")
		starts := strings.HasPrefix(l.Text, "Starting Pluto ")
		r.own = r.own || starts
		own := r.own && l.Program == "" && l.Stamp != ""
		if verifies.MatchString(l.Text) {
			return r.verified(l), true
		}
		if l.Program != "pluto" && !debug && !starts && !own {
			return nil, false
		}
		text = l.Text
	}
	if strings.HasPrefix(text, "| ") {
		return r.debug(l, text), true
	}
	about := ok && h.sa == "" && status.MatchString(text)
	if about && !strings.Contains(text, " established ") {
		return nil, true
	}
	if request, found := strings.CutPrefix(text, "processing IKE_SA_INIT request from "); found && strings.Contains(request, "N(COOKIE)") {
		peer, _, _ := strings.Cut(request, " ")
		delete(r.cookies, address(peer))
	}
	if strings.Contains(text, "Quick Mode") || strings.Contains(text, "STATE_QUICK") || strings.Contains(text, "ISAKMP SA established") {
		if len(r.quick) >= maxQuick {
			clear(r.quick)
		}
		r.quick[h.conn] = true
	}
	asked := h.conn + "#" + h.sa
	if h.instance == "" && h.sa != "" && (strings.Contains(text, "_I1: ") || strings.HasPrefix(text, "initiating ")) {
		if len(r.asked) >= maxQuick {
			clear(r.asked)
		}
		r.asked[asked] = true
	}
	if strings.Contains(l.Text, "EXPECTATION FAILED: ") && ok {
		e := l.Event(event.Own) // which counts where nothing else is told
		e.Cause = "daemon-bug"
		e.Set("internal", "EXPECTATION FAILED")
		e.Set("conn", h.conn)
		e.Key = h.conn
		if h.instance != "" && h.sa != "" {
			e.Key = r.of(h, h.conn+"["+h.instance+"]"+h.peer, text, false)
		}
		withoutAUTH(&e)
		return []event.Event{e}, true
	}
	if rest, found := strings.CutPrefix(text, "IMPAIR: deleting IKE SA ("); found { // without telling the other side
		text = "deleting IKE SA (" + rest
	}
	r.note(asked, text)
	r.asks(h.conn, text)
	r.awaits(&h, text)
	r.load(h.conn, asked, text)
	r.orders(h, text)
	row, words := Lines.Find(text)
	if row == nil && strings.Contains(text, "  ") { // forums double blanks
		row, words = Lines.Find(strings.Join(strings.Fields(text), " "))
	}
	var end *event.Event
	ending := false
	if story.MatchString(text) { // which names a state, and not what happened
		row = nil
	}
	if row == nil && ok {
		end, ending = r.endOf(l, h, text)
	}
	switch {
	case row != nil || about:
	case end != nil:
		row = &event.Row{}
	case ending:
	case ok:
		row, words = Lines.FindOrGeneral(text)
	default: // of the daemon
		row, words = event.FindStartup(text)
	}
	if row == nil {
		// `"name": text` may be of anything.
		return nil, ok && h.sa != "" || l.Program == "pluto" || r.own && l.Program == "" && l.Stamp != ""
	}
	e := row.Event(l, words)
	if end != nil {
		e = *end
	}
	if h.instance != "" && h.peer != "" && !strings.Contains(h.conn, "#") && !ofEitherSide(text) { // of a group, either side may begin
		e.Set("side-hint", string(event.Responder))
	}
	if v := cmp.Or(version(text), e.Version, r.versions[h.conn]); v != 0 {
		e.Version = v
	}
	switch {
	case strings.Contains(text, "sent IKE_SA_INIT reply"):
		e.Set(event.InitAnswered, "yes")
	case strings.Contains(text, "sent MR1, expecting MI2"), text == "sent Main Mode R1":
		e.Set(event.InitAnswered, "MR1")
		e.Set("next", "MI2")
	case strings.Contains(text, "sent MR2, expecting MI3"), text == "sent Main Mode R2":
		e.Set(event.InitAnswered, "MR2")
		e.Set("next", "MI3")
	case strings.HasPrefix(text, "sent Main Mode I2"):
		e.Set(event.SequenceNumber, "2")
		e.Set("mid", "0")
	}
	if strings.HasPrefix(text, "ignoring informational payload") {
		e.Version = 1
		switch {
		case !r.quick[h.conn]:
		case e.Cause == "ike-proposal":
			e.Cause, e.Phase = "child-proposal", event.PhaseChild
		case strings.Contains(text, "INVALID_ID_INFORMATION"):
			e.Cause, e.Phase = "traffic-selectors", event.PhaseChild
		}
	}
	switch carries := h.conn + "#" + h.sa; {
	case e.Kind == event.Up && strings.Contains(text, "transport mode"):
		if len(r.carried) >= maxQuick || r.carried == nil {
			r.carried = make(map[string]time.Time)
		}
		r.carried[carries] = l.Time
	case strings.HasPrefix(text, "received Delete SA("):
		r.short(&e, h.conn)
	}
	switch { // who established it
	case e.Kind != event.Up && e.Kind != event.IKEUp:
	case strings.HasPrefix(text, "responder established "):
		e.Side = event.Responder
	case strings.HasPrefix(text, "initiator established "):
		e.Side = event.Initiator
	}
	if state := e.Args["state"]; state != "" {
		inState(&e, state)
	}
	if text == "omitting CHILD SA payloads" {
		e.Set("childless", "yes")
	}
	refused(&e)
	r.follow(&e, h, text)
	unsupported(&e)
	r.quickMode(&e, asked, text)
	if r.asked[asked] && e.Kind != event.Start && e.Cause != "" {
		e.Side = event.Initiator
	}
	if list := e.Args["list"]; list != "" {
		e.Proposals = proposals(list)
		delete(e.Args, "list")
		if len(e.Proposals) > 0 && e.Proposals[0].Protocol != "IKE" && e.Cause == "ike-proposal" {
			e.Cause, e.Phase = "child-proposal", event.PhaseChild
		}
	}
	if id := e.Args["peer-id"]; id == "%any" || id == "0.0.0.0" {
		e.Set("no-id", id)
		delete(e.Args, "peer-id")
	}
	if e.Cause == "no-connection" && strings.Contains(text, "with IKEv2 policy") {
		e.Set("policy", "IKEv2")
	}
	if _, pfs, found := strings.Cut(text, "pfsgroup="); found && strings.HasPrefix(text, "initiating Quick Mode") {
		if at := strings.IndexAny(pfs, " }"); at >= 0 { // what follows are the networks
			pfs = pfs[:at]
		}
		e.Set("pfs", strings.TrimPrefix(pfs, "OAKLEY_GROUP_"))
	}
	if mode, found := mainMode(text); found {
		e.Set("exchange", mode)
	}
	if strings.HasPrefix(text, "sent IKE_INTERMEDIATE request") {
		e.Set(event.Asked, "IKE_INTERMEDIATE")
	} else if strings.HasPrefix(text, "sent IKE_AUTH request") {
		e.Set(event.Asked, "IKE_AUTH")
	}
	if peer := e.Args["peer"]; peer != "" {
		e.Set("peer", address(strings.Trim(peer, "'")))
	} else {
		e.Set("peer", h.peer)
	}
	e.Set("conn", h.conn)
	e.Set("sa", h.sa)
	if e.Args["age"] != "" {
		young(&e)
	}
	if e.Cause == "ke-length" {
		e.Set("got-group", publicValues[e.Args["got"]])
		e.Set("want-group", publicValues[e.Args["want"]])
	}
	r.ends(&e, h.conn)
	r.unmet(&e, &h)
	r.networks(&e, asked)
	e.Key = h.conn + "[" + h.instance + "]" + h.peer
	if h.instance == "" && h.conn != "" {
		e.Key = h.conn
	}
	if e.Cause == "cookie" && e.Kind == event.Own && len(r.cookies) < maxCookies {
		if _, waiting := r.cookies[h.peer]; !waiting {
			r.cookies[h.peer] = e
		}
		return nil, true
	}
	if h.instance != "" && h.sa != "" {
		e.Key = r.of(h, e.Key, text, e.Kind == event.Start)
	}
	if e.Kind == event.Again {
		e.Count = r.since(e.Key+"#"+h.sa, tries(text))
	}
	if strings.HasPrefix(text, "ignoring informational payload") {
		r.informed = e
	}
	r.before = e
	if out := r.unmatched(&e, asked); out != nil {
		return out, true
	}
	if e.Kind == event.Root && e.Cause == "ike-proposal" && len(e.Proposals) == 0 && strings.HasSuffix(text, "remote proposals") {
		r.list = &e
		return nil, true
	}
	return r.joined(e), true
}

// check reads a check of the daemon itself that failed, and that names no SA: it is of
// the event before it.
func (r *reader) check(l *event.Line) []event.Event {
	if r.before.Key == "" {
		return nil
	}
	e := l.Event(event.Own)
	e.Cause, e.Key = "daemon-bug", r.before.Key
	e.Set("internal", "EXPECTATION FAILED")
	e.Set("conn", r.before.Args["conn"])
	return []event.Event{e}
}

// migrates reads a line of debugging by which pluto takes down the route of an SA whose
// address is gone, to move it to another one.
func (r *reader) migrates(l *event.Line) []event.Event {
	if r.before.Key == "" || r.gone == "" {
		return nil
	}
	e := l.Event(event.Sign)
	e.Cause, e.Phase, e.Key = "path-lost", event.PhaseEstablished, r.before.Key
	e.Set("reason", "this host's address "+r.gone+" was removed, so that pluto takes down the route, to move the SA to another address (MOBIKE)")
	e.Set("conn", r.before.Args["conn"])
	e.Set("peer", r.before.Args["peer"])
	return []event.Event{e}
}

// verifies are lines of "ipsec verify".
var verifies = lazyregexp.New(`^(?:Version check and ipsec on-path|Libreswan \d[\w.]* \(|Checking (?:for|that|rp_filter|'|NAT|/)|\s*Pluto (?:ipsec\.|listening)|(?:Two or more|Hardware random|NETKEY|Opportunistic) )`)

// verified reads a line of "ipsec verify", which tells of failures in brackets; what
// it warns of is none.
func (r *reader) verified(l *event.Line) []event.Event {
	row, words := Lines.Find(strings.TrimSpace(l.Text))
	if row == nil || !strings.Contains(row.Template, "[FAILED]") {
		return nil
	}
	return []event.Event{row.Event(l, words)}
}

// of returns the key of an SA. It may be handed from one instance of a connection
// to another while it is under way, and its Child SA to a third.
func (r *reader) of(h subject, key, text string, begins bool) string {
	sa := h.peer + "#" + h.sa
	if before := r.keys[sa]; before != "" && !begins {
		return before
	}
	if len(r.keys) >= maxQuick {
		clear(r.keys)
	}
	if strings.Contains(text, "Quick Mode") || strings.Contains(text, "STATE_QUICK") {
		if ike := r.keys[h.peer]; ike != "" {
			key = ike
		}
	} else {
		r.keys[h.peer] = key
	}
	r.keys[sa] = key
	return key
}

// debug reads a line of pluto's debugging, which does not name its SA: that is of
// the event before it.
func (r *reader) debug(l *event.Line, text string) []event.Event {
	if text == "| ISAKMP Notification Payload" {
		r.dump = true
		return nil
	}
	if r.dump {
		r.dump = false
		return r.octets(l, text)
	}
	if gone, found := strings.CutPrefix(text, "| XFRM RTM_DELADDR "); found {
		r.gone, _, _ = strings.Cut(gone, " ")
		return nil
	}
	row, words := Lines.Find(text)
	if row == nil || !strings.HasPrefix(row.Template, "^|") {
		return nil
	}
	e := row.Event(l, words)
	e.Key = r.before.Key
	e.Set("conn", r.before.Args["conn"])
	e.Set("peer", r.before.Args["peer"])
	if r.before.Key == "" { // of the SA that the next line names
		if len(r.early) < maxEarly {
			r.early = append(r.early, e)
		}
		return nil
	}
	return []event.Event{e}
}

// maxEarly bounds the lines of debugging before any that names an SA.
const maxEarly = 8

// joined returns an event with the lines of debugging that came before any that names
// an SA.
func (r *reader) joined(e event.Event) []event.Event {
	out := r.early
	r.early = nil
	for i := range out {
		out[i].Key = e.Key
		out[i].Set("conn", e.Args["conn"])
		out[i].Set("peer", e.Args["peer"])
	}
	return append(out, e)
}

// octets reads those of a notification that was passed over, which say what it is
// about (RFC 2408, Section 3.14).
func (r *reader) octets(l *event.Line, text string) []event.Event {
	octets := strings.Fields(strings.TrimPrefix(text, "|"))
	const protocolID, esp = 8, "03"
	if len(octets) <= protocolID || octets[protocolID] != esp || r.informed.Key == "" {
		return nil
	}
	e := l.Event(event.Step)
	e.Key, e.Version, e.Phase = r.informed.Key, 1, event.PhaseChild
	e.Set("conn", r.informed.Args["conn"])
	return []event.Event{e}
}

// End implements [event.Ender]: it returns the requests for a cookie that were
// never met.
func (r *reader) End() []event.Event {
	out := append(r.ended(), r.early...)
	r.early = nil
	for _, peer := range slices.Sorted(maps.Keys(r.cookies)) {
		out = append(out, r.cookies[peer])
	}
	clear(r.cookies)
	return out
}

// tries returns how often a request was sent again, from how long pluto waits:
// half a second at first, then twice as long each time.
func tries(text string) int {
	_, wait, found := strings.Cut(text, "will wait ")
	if !found {
		return 1
	}
	wait, unit, _ := strings.Cut(wait, " ")
	first := 0.5
	if strings.HasSuffix(wait, "s") && !strings.HasPrefix(unit, "second") { // of Openswan and libreswan before 3.14: "20s"
		first = 10
	}
	seconds, err := strconv.ParseFloat(strings.TrimSuffix(wait, "s"), 64)
	n := 1
	for err == nil && seconds > first && n < 8 {
		seconds /= 2
		n++
	}
	return n
}

// since returns how many of n retransmissions are new.
func (r *reader) since(sa string, n int) int {
	if len(r.waits) >= maxQuick {
		clear(r.waits)
	}
	before := r.waits[sa]
	r.waits[sa] = n
	return max(1, n-before)
}

// short tells an SA in transport mode that the other side deleted soon from others.
func (r *reader) short(e *event.Event, conn string) {
	up, known := r.carried[conn+"#"+e.Args["sa"]]
	age := e.Time.Sub(up)
	if !known || up.IsZero() || e.Time.IsZero() || age < 0 || age > soon {
		return
	}
	e.Kind, e.Phase, e.Cause = event.Sign, event.PhaseEstablished, "l2tp-unfinished"
	e.Set("age", strconv.Itoa(int(age.Seconds())))
}

// bare completes an event of a message without what stands before it.
func bare(e *event.Event) {
	e.Version = version(e.Text)
	if state := e.Args["state"]; state != "" {
		inState(e, state)
	}
}

// young tells a Child SA that the other side ended soon from one that served.
func young(e *event.Event) {
	if within(e.Args["age"]) {
		return
	}
	e.Kind, e.Cause = event.Info, ""
}

// eitherSide are beginnings of lines that both sides have, of the end of an SA or of its
// rekeying.
var eitherSide = []string{"initiating delete ", "initiating rekey ", "initiator rekeyed ", "responder rekeyed ", "terminating SAs ", "deleting ", "ESP traffic information", "sent INFORMATIONAL ", "sent CREATE_CHILD_SA "}

// ofEitherSide reports whether a line does not tell who began an IKE SA.
func ofEitherSide(text string) bool {
	return slices.ContainsFunc(eitherSide, func(begins string) bool { return strings.HasPrefix(text, begins) })
}

// inState sets the phase and the side of a line that names a state of an SA:
// those of libreswan 3 and 4 ("STATE_PARENT_I1"), and of 5 ("IKE_SA_INIT_I").
func inState(e *event.Event, state string) {
	state = strings.TrimPrefix(strings.TrimPrefix(strings.Fields(state)[0], "STATE_"), "V2_")
	switch {
	case strings.HasPrefix(state, "ESTABLISHED"), strings.HasPrefix(state, "IPSEC_"), state == "PARENT_I3", state == "PARENT_R2", strings.HasPrefix(state, "IKE_SA_ESTABLISHED"):
		e.Phase, e.Cause = event.PhaseEstablished, "liveness"
		if e.Kind != event.Gone {
			e.Cause = ""
		}
	case state == "PARENT_I1", strings.HasPrefix(state, "IKE_SA_INIT_I"), state == "MAIN_I1", state == "AGGR_I1", state == "MAIN_I2":
		e.Phase, e.Side = event.PhaseInit, event.Initiator
	case state == "PARENT_I2", strings.HasPrefix(state, "IKE_AUTH_I"), state == "MAIN_I3", state == "AGGR_I2", strings.HasPrefix(state, "IKE_AUTH_EAP"):
		e.Phase, e.Side = event.PhaseAuth, event.Initiator
	case state == "PARENT_R1", strings.HasPrefix(state, "IKE_SA_INIT_R"), strings.HasPrefix(state, "MAIN_R"), strings.HasPrefix(state, "AGGR_R"):
		e.Phase, e.Side = event.PhaseInit, event.Responder
	case strings.HasPrefix(state, "XAUTH_R"):
		e.Phase, e.Side = event.PhaseEAP, event.Responder
		e.Set(event.Asked, "XAUTH")
	case strings.HasPrefix(state, "MODE_CFG_R"):
		e.Phase, e.Side = event.PhaseAuth, event.Responder
	case strings.HasPrefix(state, "IKE_INTERMEDIATE_I"):
		e.Phase, e.Side = event.PhaseAuth, event.Initiator
		e.Set(event.Asked, "IKE_INTERMEDIATE")
	case strings.HasPrefix(state, "XAUTH_I"), strings.HasPrefix(state, "MODE_CFG_I"):
		e.Phase, e.Side = event.PhaseAuth, event.Initiator
	case strings.HasPrefix(state, "QUICK_I"):
		e.Phase, e.Side = event.PhaseChild, event.Initiator
		if e.Kind == event.Again || e.Kind == event.Gone { // as pluto says itself when it gives up
			e.Cause = "child-proposal"
		}
	case strings.HasPrefix(state, "QUICK_R"):
		e.Phase, e.Side = event.PhaseChild, event.Responder
	case strings.Contains(state, "CHILD"), strings.Contains(state, "REKEY"):
		e.Phase = event.PhaseChild
	}
}

// version returns the version of IKE that the words of a line are of.
func version(text string) int {
	for _, word := range []string{"Main Mode", "Aggressive Mode", "Quick Mode", "ISAKMP SA", "STATE_MAIN", "STATE_AGGR", "STATE_QUICK", "STATE_XAUTH", "IKEv1", "preshared secrets", "OAKLEY_", "(XAUTH)", "(MAIN_R", "(MAIN_I", "(QUICK_R", "(QUICK_I", "ISAKMP Identification Payload", "ISAKMP Hash Payload"} {
		if strings.Contains(text, word) {
			return 1
		}
	}
	for _, word := range []string{"IKEv2", "IKE_SA_INIT", "IKE_AUTH", "CREATE_CHILD_SA", "STATE_V2", "STATE_PARENT", "Child SA", "v2N_"} {
		if strings.Contains(text, word) {
			return 2
		}
	}
	return 0
}

func mainMode(text string) (string, bool) {
	for _, mode := range []string{"Main Mode", "Aggressive Mode"} {
		if strings.Contains(text, mode) {
			return mode, true
		}
	}
	return "", false
}

// proposals reads "1:IKE:ENCR=AES_CBC_128;PRF=HMAC_SHA1;DH=MODP2048 2:IKE:...",
// and what stands before the list, "[first-match]", is passed over.
func proposals(list string) []offered.Proposal {
	var out []offered.Proposal
	for text := range strings.FieldsSeq(list) {
		f := strings.SplitN(text, ":", 3)
		if len(f) != 3 || len(out) == maxListed {
			break
		}
		p := offered.Proposal{Protocol: f[1]}
		names, _, _ := strings.Cut(f[2], "[")
		for pair := range strings.SplitSeq(names, ";") {
			kind, name, _ := strings.Cut(pair, "=")
			if axis, known := axes[kind]; known {
				p.Add(axis, name)
			}
		}
		out = append(out, p)
	}
	return out
}

const maxListed = 32

var axes = map[string]offered.Axis{"ENCR": offered.Cipher, "PRF": offered.PRF, "INTEG": offered.Integrity, "DH": offered.Exchange, "KE": offered.Exchange}
