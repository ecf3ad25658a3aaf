// Package strongswan reads the log of charon: that of a daemon of strongSwan, of
// NetworkManager's charon-nm, of the Android app, and of the products that run
// it, such as pfSense, OPNsense and VyOS.
package strongswan

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
)

// Product is strongSwan.
var Product = event.Product{Name: "strongSwan", Word: "strongswan", Program: "charon", Lines: Lines, New: func() event.Reader { return newReader() }}

//go:embed lines.csv
var linesCSV string

// Lines are the lines that are known.
var Lines = event.NewTable("strongswan/lines.csv", linesCSV)

// maxSessions bounds the IKE SAs that are told apart by address.
const maxSessions = 4096

// session is an IKE SA whose lines do not name it.
type session struct {
	key, peer, local string
	// fragments that came of the message under way.
	total int
	seen  map[string]bool
	// retry: this side asked for the first message again.
	retry bool
	// again is what the other side asked this one for the first message again
	// with, as charon names the notify: "COOKIE" or "INVAL_KE".
	again string
	// quick: it came to IKEv1's Quick Mode. up: it was established.
	quick, up bool
	// known: a line named a phase of it. repeat: its IKE_SA_INIT request came once
	// more from where it came from before.
	known, repeat bool
	// selected is the last proposal that was.
	selected string
	// gone: it was deleted. anew: its peer began another while it was up.
	gone, anew bool
	// likely is whose log it most likely is, by the ports.
	likely event.Side
	// cert: the peer sent a certificate. faulted: a line said what is wrong with
	// it.
	cert, faulted bool
	// asked is the last request that was sent, by its Message ID, and retries
	// how often it was sent again.
	asked   string
	retries int
	// octets is how long the last packet was that was sent, and floated that the
	// peers are at UDP 4500.
	octets  int
	floated bool
	// answered: this side answered IKE_SA_INIT. came: something of the peer came
	// to UDP 4500 after that. failing: a packet could not be sent.
	answered, came, failing bool
	// leasing: it asked for an address, as clients do, and has no answer yet.
	leasing bool
	// renewed is the name and number of the IKE SA that took its place.
	renewed string
	// ours: this side sent its first request.
	ours bool
	// port is that to which it sends, unless it is one of IKE.
	port string
	// tries is the number of the last retransmission.
	tries int
	// endpoints are those of sessions that stand for it.
	endpoints []string
}

type reader struct {
	sessions map[string]*session // by address and port of the peer, or by unique ID
	byHost   map[string]*session // the last of each address
	threads  map[string]*session // what each thread works on
	last     *session
	count    int
	sender   header // of the last packet that was sent
	// awaiting are the last sessions whose requests are not answered yet.
	awaiting []*session
	// console: lines come without headers.
	console bool
	// pending is a packet that came, until its header is known.
	pending map[string]endpoints
	// stamp and text are those of the line before.
	stamp, text string
	// logged are the messages of the last second with whose log they stand in.
	logged copies
	halves halves
	// unloaded is the first failure to load what a connection needs. It counts if
	// no message follows.
	unloaded *event.Event
	busy     bool
	// rules is the line at which the kernel took no rule for a routing table, and
	// denied that it did not permit something.
	rules  int
	denied bool
	// replaced is the end of an IKE SA whose peer had begun another, of which nothing
	// more is known.
	replaced *event.Event
	// begun are, by thread, an IKE SA and the one begun in its place.
	begun map[string][2]string
	// held are, by thread, beginnings of IKE SAs that may be rekeyings, and lines
	// how many lines were read.
	held  map[string]beginning
	lines int
	// matching are, by thread, how many lists of proposals may follow of which two
	// were found to match.
	matching map[string]int
}

type endpoints struct{ peer, local string }

func newReader() *reader {
	return &reader{sessions: make(map[string]*session), byHost: make(map[string]*session),
		threads: make(map[string]*session), pending: make(map[string]endpoints), begun: make(map[string][2]string), held: make(map[string]beginning), matching: make(map[string]int)}
}

// groups are charon's subsystems.
var groups = map[string]bool{"DMN": true, "MGR": true, "IKE": true, "CHD": true, "JOB": true, "CFG": true, "KNL": true, "NET": true,
	"ASN": true, "ENC": true, "TNC": true, "IMC": true, "IMV": true, "PTS": true, "TLS": true, "APP": true, "ESP": true, "LIB": true}

// header is what stands before a message: "07[IKE] <office|1> ".
type header struct{ thread, group, conn, id string }

func parseHeader(s string) (h header, text string, ok bool) {
	open := strings.IndexByte(s, '[')
	if open < 0 || open > 4 || len(s) < open+5 {
		return h, "", false
	}
	for _, c := range s[:open] {
		if c < '0' || c > '9' {
			return h, "", false
		}
	}
	h.thread, h.group = s[:open], s[open+1:open+4]
	rest := s[open+4:]
	if rest[0] >= '0' && rest[0] <= '4' {
		rest = rest[1:]
	}
	rest, closed := strings.CutPrefix(rest, "]")
	if !closed || !groups[h.group] {
		return h, "", false
	}
	rest = strings.TrimPrefix(rest, " ")
	ends := ">"
	inner, found := strings.CutPrefix(rest, "<")
	if !found && bracketed.MatchString(rest) { // as forums keep what looks like a tag
		inner, ends, found = rest[1:], "]", true
	}
	if found {
		if name, after, found := strings.Cut(inner, ends); found && len(name) < 140 {
			h.conn, h.id, found = strings.Cut(name, "|")
			if !found {
				h.conn, h.id = "", name
			}
			rest = strings.TrimPrefix(after, " ")
		}
	}
	return h, rest, true
}

// bracketed is "<office|1>" with other brackets.
var bracketed = lazyregexp.New(`^\[[\w.-]{1,80}\|\d{1,9}\] `)

// ofDaemon are the groups of lines that are of the daemon and of what it loads, as
// all lines of thread 00 are: they say nothing of an IKE SA but what a row knows.
var ofDaemon = []string{"DMN", "LIB", "JOB", "PTS", "TNC", "IMC", "IMV"}

// ofStart returns the row of a line of the daemon itself.
func ofStart(text string) (*event.Row, map[string]string) {
	if row, words := Lines.Find(text); row != nil {
		return row, words
	}
	return event.FindStartup(text)
}

// Read implements [event.Reader].
func (r *reader) Read(l *event.Line) ([]event.Event, bool) {
	h, text, ok := parseHeader(l.Text)
	if !ok && ofStarter(l) {
		return r.starter(l), true
	}
	if !ok && r.last != nil && strings.HasPrefix(l.Program, "dnsmasq-dhcp") && strings.Contains(l.Text, "DHCPOFFER(") {
		e := l.Event(event.Info) // of the server that charon's plugin asks
		e.Key = r.last.key
		return []event.Event{e}, true
	}
	if !ok {
		if !strings.HasPrefix(l.Program, "charon") && l.Program != "swanctl" && !r.printed(l.Text) {
			return nil, false
		}
		// The Android app and some wraps leave the header out.
		text = l.Text
	}
	// A line that went to two facilities of syslog.
	if l.Stamp != "" && l.Stamp == r.stamp && l.Text == r.text {
		return nil, true
	}
	r.stamp, r.text = l.Stamp, l.Text
	trimmed := strings.TrimSpace(text)
	if r.logged.copied(l, &h, trimmed) {
		return nil, true
	}
	r.halves.note(l, &h)
	r.lines++
	id := h.id
	r.successor(&h, trimmed)
	released := r.release(&h, trimmed)
	r.rekeyed(&h, trimmed)
	r.renews(&h, trimmed)
	if h.id != "" && strings.HasPrefix(trimmed, "sending packet: ") {
		r.sender = h
	}
	if h.group == "NET" || h.group == "" {
		if events, isPacket := r.packet(l, &h, trimmed); isPacket {
			return append(released, events...), true
		}
	}
	if strings.HasPrefix(trimmed, "sending keep alive to ") {
		r.session(&h, "", false).floated = true
		return released, true
	}
	if r.load(l, &h, trimmed) {
		return released, true
	}
	if strings.HasPrefix(trimmed, "parsed ") || strings.HasPrefix(trimmed, "generating ") {
		return append(released, r.message(l, &h, trimmed)...), true
	}
	find := Lines.FindOrGeneral
	if h.thread == "00" || slices.Contains(ofDaemon, h.group) {
		find = ofStart
	}
	if h.group == "ESP" { // of packets, of which some are always dropped, and not of negotiating
		find = Lines.Find
	}
	r.denied = r.denied || h.thread == "00" && h.group == "KNL" && strings.HasSuffix(trimmed, "Operation not permitted (1)")
	row, words := find(trimmed)
	if row == nil {
		return released, true
	}
	e := row.Event(l, words)
	if r.matches(&e, &h, trimmed) {
		return released, true
	}
	r.permits(&e)
	if h.thread == "00" { // before there is any IKE SA
		e.Phase = event.PhaseNone
		if e.Cause == "kernel" && e.Kind == event.Sign { // of rules and addresses that the daemon does without
			return released, true
		}
	}
	var s *session
	if e.Cause == "send-failed" && h.id == "" { // a thread of its own sends what others made
		h.conn, h.id = r.sender.conn, r.sender.id
		id = h.id
	}
	begins := e.Kind == event.Start && e.Side == event.Initiator
	switch {
	case e.Kind == event.Again || e.Kind == event.Gone:
		s = r.repeats(&h, trimmed)
	case begins:
		s = r.resumed(&h, e.Args["peer"])
	}
	if begins && s != nil { // the same IKE SA, with what was asked for
		e.Kind = event.Step
		if s.again == "COOKIE" { // no progress until a message with it is answered
			e.Kind = event.Info
		}
		s.again = ""
	}
	if begins && s == nil && r.hold(&e, &h, id) {
		return released, true
	}
	if s == nil {
		s = r.session(&h, e.Args["peer"], begins)
	}
	r.succeeds(&e, s, trimmed)
	switch {
	case e.Cause == "send-failed":
		s.failing = true
	case e.Kind == event.Again || e.Kind == event.Gone:
		s.request(&e)
	case e.Kind == event.Theirs || e.Kind == event.Ours:
		e.Proposals = proposals(e.Args["list"])
		delete(e.Args, "list")
	case e.Args["fragment"] != "":
		s.fragment(&e)
	}
	if h.group == "TLS" {
		e.Set("inside", "tls")
	} else {
		s.certificate(&e)
	}
	if e.Cause == "key-exchange" && e.Kind == event.Own {
		s.retry = true
	}
	if strings.Contains(trimmed, "_V1 ") { // a payload of IKEv1
		e.Version = 1
	}
	if e.Args["exchange"] != "" {
		e.Version = 1
	}
	if begins {
		e.Version = 2
		if strings.Contains(trimmed, " Mode IKE_SA ") {
			e.Version = 1
		}
	}
	if selected := e.Args["selected"]; selected != "" {
		s.selected = selected
	} else if e.Cause == "kernel" {
		e.Set("selected", s.selected)
	}
	if e.Cause == "name-unresolved" { // a gateway looks for names of its connections too
		e.Set("side-hint", string(event.Initiator))
	}
	s.ending(&e, &h)
	if s.quick { // the Child SA is refused, not the IKE SA
		switch trimmed {
		case "received NO_PROPOSAL_CHOSEN error notify":
			e.Cause, e.Phase = "child-proposal", event.PhaseChild
		case "received INVALID_ID_INFORMATION error notify":
			e.Cause, e.Phase = "traffic-selectors", event.PhaseChild
		}
	}
	for _, name := range []string{"cert", "issuer"} {
		if v := e.Args[name]; v != "" {
			e.Set(name, strings.Trim(v, `"'`))
		}
	}
	r.finish(&e, &h, s)
	return append(released, e), true
}

// matches reports whether an event is a list of proposals that follows the line by which
// charon says that two of them match: the lists are no difference then, even if a key
// exchange method, which IKE_AUTH has none of, is in one of them only.
func (r *reader) matches(e *event.Event, h *header, text string) bool {
	switch {
	case text == "proposal matches":
		if len(r.matching) >= maxSessions {
			clear(r.matching)
		}
		r.matching[h.thread] = 2
	case e.Kind != event.Theirs && e.Kind != event.Ours:
		delete(r.matching, h.thread)
	case r.matching[h.thread] > 0:
		r.matching[h.thread]--
		return true
	}
	return false
}

// successor names the IKE SA of lines about one that is begun in place of
// another: they have the name and number of that other before them.
func (r *reader) successor(h *header, text string) {
	if h.id == "" {
		return
	}
	if strings.HasPrefix(text, "initiating ") {
		if _, rest, found := strings.Cut(text, "["); found {
			if id, _, closed := strings.Cut(rest, "]"); closed && id != h.id && id != "" && len(id) < 12 && strings.Trim(id, "0123456789") == "" {
				if len(r.begun) > 256 {
					clear(r.begun)
				}
				r.begun[h.thread] = [2]string{h.id, id}
			}
		}
	}
	begun := r.begun[h.thread]
	if begun[0] == "" || begun[0] != h.id {
		return
	}
	h.id = begun[1]
	if !strings.HasPrefix(text, "initiating ") && !strings.HasPrefix(text, "generating ") {
		delete(r.begun, h.thread)
	}
}

// exchanges are those of which charon prints the payloads.
var exchanges = []string{"IKE_SA_INIT", "IKE_INTERMEDIATE", "IKE_AUTH", "CREATE_CHILD_SA", "INFORMATIONAL", "ID_PROT", "AGGRESSIVE", "QUICK_MODE", "TRANSACTION", "INFORMATIONAL_V1"}

// printed reports whether a line without a header is of what charon prints to
// who started a connection, as "ipsec up" and NetworkManager show it. A line of
// an exchange shows that the log is one; the lines after it have to be known.
func (r *reader) printed(text string) bool {
	for _, verb := range []string{"parsed ", "generating "} {
		rest, found := strings.CutPrefix(text, verb)
		if !found {
			continue
		}
		f := strings.SplitN(rest, " ", 5)
		if len(f) == 5 && slices.Contains(exchanges, f[0]) && (f[1] == "request" || f[1] == "response") && f[3] == "[" {
			r.console = true
			return true
		}
	}
	row, _ := Lines.Find(text)
	if row != nil && row.Kind == event.Start && row.Side == event.Initiator && strings.HasPrefix(text, "initiating ") {
		r.console = true
		return true
	}
	return r.console && (row != nil || strings.HasPrefix(text, "sending packet: from ") || strings.HasPrefix(text, "received packet: from "))
}

// certificate follows what is said of the peer's certificate. Charon only looks at
// those that hold the peer's identity: of one that does not, it says only that
// there is no trusted one.
func (s *session) certificate(e *event.Event) {
	switch {
	case e.Kind == event.Info && e.Args["cert"] != "":
		s.cert, s.faulted = true, false
	case e.Kind == event.Sign && e.Cause == "cert-untrusted" && e.Args["id"] != "" && s.cert && !s.faulted:
		e.Cause = "id-not-in-cert"
	case e.Cause != "":
		s.faulted = true
	}
}

// resumed returns the IKE SA with a peer that asked for its first message again,
// nil if none did.
func (r *reader) resumed(h *header, peer string) *session {
	if h.id != "" {
		if s := r.sessions["#"+h.id]; s != nil && s.again != "" {
			return s
		}
		return nil
	}
	for _, s := range []*session{r.threads[h.thread], r.last} {
		if s != nil && s.again != "" && s.peer == peer {
			return r.use(h, s)
		}
	}
	return nil
}

// finish names the IKE SA of an event and what is known of it.
func (r *reader) finish(e *event.Event, h *header, s *session) {
	e.Key = s.key
	r.busy = r.busy || h.thread != "00" || e.Cause != ""
	s.known = s.known || e.Phase != event.PhaseNone
	if s.likely != "" && e.Args["side-hint"] == "" {
		e.Set("side-hint", string(s.likely))
	}
	if conn, _, child := strings.Cut(e.Args["conn"], "{"); child { // of a Child SA
		e.Args["conn"] = conn
	}
	e.Set("conn", h.conn)
	if e.Args["peer"] == "" {
		e.Set("peer", s.peer)
	}
	e.Set("local", s.local)
}

// packet follows which addresses a thread works with. A packet that came is an event
// where it changes what is known.
func (r *reader) packet(l *event.Line, h *header, text string) ([]event.Event, bool) {
	rest, received := strings.CutPrefix(text, "received packet: from ")
	if !received {
		var sent bool
		if rest, sent = strings.CutPrefix(text, "sending packet: from "); !sent {
			return nil, false
		}
	}
	from, rest, ok := strings.Cut(rest, " to ")
	if !ok {
		return nil, true
	}
	to, size, _ := strings.Cut(rest, " (")
	peer, local := from, to
	if !received {
		peer, local = to, from
	}
	likely := byPorts(peer, local)
	if h.id != "" {
		s := r.session(h, "", false)
		s.peer, s.local = host(peer), host(local)
		s.likely = likely
		if !received {
			s.sent(to, size)
			return nil, true
		}
		return r.arrived(l, h, s, to), true
	}
	if received {
		delete(r.threads, h.thread)
		if len(r.pending) > 256 {
			clear(r.pending)
		}
		r.pending[h.thread] = endpoints{peer, local}
		s := r.sessions[peer]
		if s != nil {
			s.likely = likely
		} else if s = r.byHost[host(peer)]; s == nil {
			return nil, true
		}
		return r.arrived(l, h, s, to), true
	}
	s := r.threads[h.thread]
	if s == nil || h.thread == "" {
		s = r.session(h, "", false)
	}
	if s.peer == "" { // its lines before have no address
		s.peer, s.local = host(peer), host(local)
		r.bound()
		r.call(peer, s)
		r.byHost[s.peer] = s
	}
	if host(peer) == s.peer {
		s.sent(to, size)
		s.likely = likely
	}
	return nil, true
}

// arrived returns an event for a packet of the peer where that shows more than the
// lines before: that its IKE_AUTH came, or that it hears this side.
func (r *reader) arrived(l *event.Line, h *header, s *session, to string) []event.Event {
	e := l.Event(event.Info)
	switch {
	case s.failing:
		e.Kind = event.Step
		s.failing = false
	case s.answered && !s.came && strings.HasSuffix(to, "[4500]"):
		e.Set(event.AuthCame, "yes")
		s.came = true
	default:
		return nil
	}
	busy := r.busy
	r.finish(&e, h, s)
	r.busy = busy
	return []event.Event{e}
}

// sent notes what is known of a packet that was sent.
func (s *session) sent(to, size string) {
	size, _, _ = strings.Cut(size, " ")
	s.octets, _ = strconv.Atoi(size)
	s.floated = s.floated || strings.HasSuffix(to, "[4500]")
	_, port, _ := strings.Cut(strings.TrimSuffix(to, "]"), "[")
	if s.port = ""; port != "500" && port != "4500" {
		s.port = port
	}
}

// leastInit is fewer octets than an IKE_SA_INIT request has, with the smallest
// key exchange: its header, a proposal, a public value of 32 octets and a nonce
// of 16 (RFC 7296, Sections 3.1 to 3.9).
const leastInit = 28 + 40 + 40 + 20

// request completes a retransmission, or the end of them.
func (s *session) request(e *event.Event) {
	if s.floated {
		e.Set(event.Floated, "yes")
	}
	if !s.floated {
		e.Set(event.OddPort, s.port)
	}
	if 0 < s.octets && s.octets < leastInit {
		e.Set(event.Small, "yes")
	}
	if e.Args[event.SequenceNumber] != "" {
		e.Version = 1
	}
	if n, err := strconv.Atoi(e.Args["n"]); err == nil && e.Kind == event.Again && n < 100 {
		e.Count = max(1, n-s.tries) // as for an excerpt that begins later
		s.tries = n
	}
}

// host returns the address of "192.0.2.1[500]".
func host(endpoint string) string {
	at, _, _ := strings.Cut(endpoint, "[")
	return at
}

// session returns the IKE SA of a line: by the unique ID that the line names,
// by what its thread works on, by the peer that the line names, or the last.
func (r *reader) session(h *header, peer string, begins bool) *session {
	if h.id != "" {
		s := r.sessions["#"+h.id]
		if s == nil {
			r.bound()
			switch s = r.halves.whole(r.last); {
			case s != nil:
			case h.thread != "" && r.threads[h.thread] != nil: // a copy that names what the others do not
				s = r.threads[h.thread]
			default:
				s = &session{key: h.id}
			}
			r.sessions["#"+h.id] = s
		}
		if p, ok := r.pending[h.thread]; ok {
			s.peer, s.local, s.likely = host(p.peer), host(p.local), byPorts(p.peer, p.local)
			delete(r.pending, h.thread)
		}
		return s
	}
	if begins {
		return r.start(h, endpoints{peer: peer})
	}
	if s := r.threads[h.thread]; s != nil && h.thread != "" {
		r.last = s
		return s
	}
	if p, ok := r.pending[h.thread]; ok {
		last := r.byHost[host(p.peer)]
		if s := r.sessions[p.peer]; s != nil && (!s.gone || last == nil) {
			return r.use(h, s)
		}
		if s := last; s != nil {
			return r.use(h, s)
		}
	}
	if s := r.byHost[host(peer)]; s != nil && peer != "" {
		return r.use(h, s)
	}
	if r.last == nil {
		r.last = &session{key: "-"}
	}
	return r.last
}

func (r *reader) use(h *header, s *session) *session {
	if h.thread != "" {
		if len(r.threads) > 256 {
			clear(r.threads)
		}
		r.threads[h.thread] = s
	}
	r.last = s
	return s
}

// start begins an IKE SA with a peer.
func (r *reader) start(h *header, p endpoints) *session {
	r.bound()
	if p.peer == "" && r.last != nil && r.last.peer == "" {
		return r.use(h, r.last)
	}
	r.count++
	s := &session{key: host(p.peer) + "#" + strconv.Itoa(r.count), peer: host(p.peer), local: host(p.local), likely: byPorts(p.peer, p.local)}
	if p.peer != "" {
		if old := r.sessions[p.peer]; old != nil { // the same client again
			for _, endpoint := range old.endpoints {
				delete(r.sessions, endpoint)
			}
		}
		r.call(p.peer, s)
		r.byHost[host(p.peer)] = s
	}
	return r.use(h, s)
}

// call lets an address and port stand for a session.
func (r *reader) call(endpoint string, s *session) {
	r.sessions[endpoint] = s
	if len(s.endpoints) < 8 {
		s.endpoints = append(s.endpoints, endpoint)
	}
}

// maxAwaiting bounds the sessions among which one is looked for whose request is
// sent again.
const maxAwaiting = 16

// await notes that a session has asked something.
func (r *reader) await(s *session) {
	r.awaiting = slices.DeleteFunc(r.awaiting, func(o *session) bool { return o == s })
	if len(r.awaiting) == maxAwaiting {
		r.awaiting = r.awaiting[1:]
	}
	r.awaiting = append(r.awaiting, s)
}

// repeats finds the session of a line of a timer, which no packet comes before:
// the one that asked with that Message ID, or was asked most often.
func (r *reader) repeats(h *header, text string) *session {
	if h.id != "" {
		return nil
	}
	delete(r.threads, h.thread)
	if _, id, found := strings.Cut(text, "of request with message ID "); found && strings.HasPrefix(text, "retransmit ") {
		for _, s := range slices.Backward(r.awaiting) {
			if s.asked == strings.TrimSpace(id) {
				s.retries++
				return r.use(h, s)
			}
		}
	}
	if strings.HasPrefix(text, "giving up after ") {
		var most *session
		for _, s := range slices.Backward(r.awaiting) {
			if most == nil || s.retries > most.retries {
				most = s
			}
		}
		if most != nil {
			r.awaiting = slices.DeleteFunc(r.awaiting, func(o *session) bool { return o == most })
			return r.use(h, most)
		}
	}
	return nil
}

func (r *reader) bound() {
	if len(r.sessions) >= maxSessions {
		clear(r.sessions)
		clear(r.byHost)
		clear(r.threads)
		r.awaiting = nil
	}
}

// fragment notes which fragments of a message came; the event then says which
// one is missing.
func (s *session) fragment(e *event.Event) {
	if total, _ := strconv.Atoi(e.Args["total"]); total > 0 && total < 256 && total != s.total {
		s.total, s.seen = total, nil
	}
	if s.seen == nil {
		s.seen = make(map[string]bool)
	}
	if len(s.seen) < 256 {
		s.seen[e.Args["fragment"]] = true
	}
	if s.total == 0 || s.total > 255 {
		return
	}
	for i := 1; i <= s.total; i++ {
		if n := strconv.Itoa(i); !s.seen[n] {
			e.Set("missing", n)
			e.Set("total", strconv.Itoa(s.total))
			return
		}
	}
}
