// Package fortigate reads what FortiOS prints with diagnose debug application
// ike -1, and its VPN event logs.
package fortigate

import (
	_ "embed"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/offered"
)

// Product is FortiGate.
var Product = event.Product{Name: "FortiGate", Word: "fortigate", Lines: Lines, New: func() event.Reader { return &reader{} }}

//go:embed lines.csv
var linesCSV string

// Lines are the lines that are known.
var Lines = event.NewTable("fortigate/lines.csv", linesCSV)

type reader struct {
	peer string // of the last packet
	// side is whose log it is, of the tunnel of, and first the first tunnel.
	side      event.Side
	of, first string
	v1        bool // it names a mode of IKEv1
	// keys are of the attempts by peer: that of the first goes on with what was
	// read before its address was.
	keys map[string]string
	// numbers are the keys of IKE SAs of which no line names an address, by number.
	numbers map[string]string
	// list is what a list of proposals under way is of, with its event.
	list      *event.Event
	proposals []offered.Proposal
	protocol  string
}

var (
	vdom  = lazyregexp.New(`^(?:V=[^:\s]{1,32}:|)(?:\d{1,5}:|)`)
	spis  = lazyregexp.New(`^([0-9a-f]{16})/([0-9a-f]{16}):`)
	field = lazyregexp.New(`([a-z_]+)=("[^"]*"|\S+)`)
)

// head takes "ike V=root:0:hq-branch:21: " from a line. child: it has the name of
// a phase 2.
func head(s string) (conn, spi, number, text string, child, ok bool) {
	rest, found := strings.CutPrefix(s, "ike ")
	if !found {
		return "", "", "", "", false, false
	}
	at := vdom.FindString(rest)
	if strings.HasPrefix(rest, "Negotiate ") {
		return "", "", "", rest, false, true
	}
	if at == "" {
		return "", "", "", "", false, false
	}
	rest = rest[len(at):]
	if m := spis.FindStringSubmatch(rest); m != nil {
		spi, rest = m[1], rest[len(m[0]):]
	} else if name, after, found := strings.Cut(rest, ":"); found && !strings.ContainsAny(name, " \t") && len(name) < 64 && strings.Trim(name, "0123456789") != "" {
		conn, rest = name, after
	}
	for first := true; ; first = false { // numbers of SAs, and the name of a phase 2
		word, after, found := strings.Cut(rest, ":")
		if !found || word == "" || strings.ContainsAny(word, " \t") || len(word) > 64 {
			break
		}
		if first && strings.Trim(word, "0123456789") == "" {
			number = word
		}
		child = child || conn != "" && !strings.HasSuffix(conn, "Error") && strings.HasPrefix(after, " ") && strings.Trim(word, "0123456789") != ""
		rest = after
	}
	return conn, spi, number, strings.TrimSpace(rest), child, true
}

// Read implements [event.Reader].
func (r *reader) Read(l *event.Line) ([]event.Event, bool) {
	if strings.Contains(l.Text, "logid=") && strings.Contains(l.Text, "subtype=") {
		return r.log(l)
	}
	conn, spi, number, text, child, ok := head(l.Text)
	if !ok {
		return nil, false
	}
	switch {
	case strings.HasPrefix(text, "responder:"), strings.HasPrefix(text, "responder received"):
		r.side, r.of = event.Responder, conn
	case strings.HasPrefix(text, "initiator:"), strings.HasPrefix(text, "initiator received"):
		r.side, r.of = event.Initiator, conn
	}
	if strings.HasPrefix(text, "responder: main mode") || strings.HasPrefix(text, "initiator: main mode") || strings.Contains(text, "aggressive mode") {
		r.v1 = true
	}
	var out []event.Event
	if r.list != nil {
		if r.proposal(text) {
			return nil, true
		}
		out = append(out, r.End()...)
	}
	if strings.HasPrefix(text, "protocol = ESP") || strings.HasPrefix(text, "protocol = AH") { // of a list without a heading
		r.protocol = "ESP"
	}
	if e, ok := decoded(l, text); ok {
		e.Set("conn", conn)
		e.Set("peer", r.peer)
		e.Key = r.keys[r.peer]
		return append(out, e), true
	}
	row, words := Lines.FindOrGeneral(text)
	if row == nil && conn != "" { // "Negotiate SA Error:" looks like a name
		row, words = Lines.FindOrGeneral(conn + ": " + text)
	}
	if row == nil {
		return out, true
	}
	e := row.Event(l, words)
	if at := e.Args["peer"]; at != "" {
		at, _, _ = strings.Cut(at, ":")
		r.meet(at)
		e.Set("peer", at)
	}
	if at := e.Args["local"]; at != "" {
		at, _, _ = strings.Cut(at, ":")
		e.Set("local", at)
	}
	e.Set("peer", r.peer)
	e.Set("spi", spi)
	if e.Args["conn"] == "" && !strings.HasSuffix(conn, "Error") {
		e.Set("conn", conn)
	}
	if e.Cause == "ike-proposal" && (child || r.protocol == "ESP" || r.protocol == "AH") {
		e.Cause, e.Phase = "child-proposal", event.PhaseChild
	}
	e.Key = r.keys[r.peer]
	if e.Side == "" && r.of == conn {
		e.Side = r.side
	}
	if r.peer == "" {
		e.Key = r.tunnel(conn, spi, number)
	}
	if strings.Contains(text, "IKEv1") || strings.Contains(text, "ISAKMP") || strings.Contains(text, "(P1_") || strings.Contains(text, "(P2_") {
		e.Version = 1
	} else if strings.Contains(text, "IKEv2") {
		e.Version = 2
	} else if r.v1 && r.of == conn {
		e.Version = 1
	}
	if e.Kind == event.Theirs || e.Kind == event.Ours {
		r.list, r.proposals, r.protocol = &e, nil, ""
		return out, true
	}
	return append(out, e), true
}

// tunnel tells lines of several tunnels apart, of which none names an address: by the
// number of their IKE SA, which stands behind its SPIs till the tunnel is known, and by
// the tunnel.
func (r *reader) tunnel(conn, spi, number string) string {
	if conn == "" && spi == "" {
		return ""
	}
	key, known := r.numbers[number]
	switch {
	case known && conn != "" && key == "" && r.first == "":
		r.first = conn
	case known:
	case conn == "" && len(r.numbers) > 0:
		key = "\x00#" + number
	case conn == "" || conn == r.first:
	case r.first != "" || number != "" && len(r.numbers) > 0:
		key = "\x00" + conn
	default:
		r.first = conn
	}
	if !known && number != "" {
		if r.numbers == nil || len(r.numbers) > maxPeers {
			r.numbers = make(map[string]string)
		}
		r.numbers[number] = key
	}
	return key
}

// maxPeers bounds the peers that are told apart.
const maxPeers = 4096

// meet notes the peer that the lines from here on are of.
func (r *reader) meet(peer string) {
	if r.keys == nil || len(r.keys) > maxPeers {
		r.keys = make(map[string]string)
	}
	if _, known := r.keys[peer]; !known {
		r.keys[peer] = peer
		if r.peer == "" { // the first
			r.keys[peer] = ""
		}
	}
	r.peer = peer
}

// maxListed bounds the proposals of a list.
const maxListed = 32

// proposal takes a line of a list of proposals.
func (r *reader) proposal(text string) bool {
	text = strings.Replace(text, "type = ", "type=", 1) // of older releases
	switch {
	case strings.HasPrefix(text, "proposal id"):
		if len(r.proposals) < maxListed {
			r.proposals = append(r.proposals, offered.Proposal{Protocol: r.protocol})
		}
		if _, transform, found := strings.Cut(text, " type="); found { // in one line
			return r.proposal("type=" + transform)
		}
		return true
	case strings.HasPrefix(text, "protocol"):
		_, name, _ := strings.Cut(text, "=")
		switch name = strings.Trim(name, " :."); {
		case strings.Contains(name, "ESP"):
			r.protocol = "ESP"
		case strings.Contains(name, "AH"):
			r.protocol = "AH"
		case strings.Contains(name, "IKE"), strings.Contains(name, "ISAKMP"):
			r.protocol = "IKE"
		}
		if n := len(r.proposals); n > 0 {
			r.proposals[n-1].Protocol = r.protocol
		}
		return true
	case strings.HasPrefix(text, "encapsulation"), strings.HasPrefix(text, "trans_id"), strings.HasPrefix(text, "ISAKMP SA lifetime"), strings.HasPrefix(text, "SA life"), strings.HasPrefix(text, "PFS DH group"), strings.HasPrefix(text, "type="):
	default:
		return false
	}
	if len(r.proposals) == 0 {
		return true
	}
	p := &r.proposals[len(r.proposals)-1]
	kind, value, _ := strings.Cut(text, ", val=")
	value = strings.TrimSuffix(strings.TrimSpace(value), ".")
	switch strings.TrimPrefix(kind, "type=") {
	case "ENCR", "OAKLEY_ENCRYPT_ALG":
		p.Add(offered.Cipher, cipher(value))
	case "INTEGR":
		p.Add(offered.Integrity, value)
	case "OAKLEY_HASH_ALG", "AUTH_ALG":
		p.Add(offered.Integrity, value)
	case "PRF":
		p.Add(offered.PRF, value)
	case "DH_GROUP", "OAKLEY_GROUP":
		p.Add(offered.Exchange, value)
	case "ESN":
		p.Add(offered.Sequence, value)
	default:
		if rest, ok := strings.CutPrefix(text, "PFS DH group ="); ok {
			p.Add(offered.Exchange, "group "+strings.Trim(rest, " ."))
		} else if rest, ok := strings.CutPrefix(text, "trans_id = ESP_"); ok {
			p.Add(offered.Cipher, cipher(strings.Trim(rest, " .")))
		}
	}
	return true
}

// cipher returns "AES_CBC_256" of "AES_CBC (key_len = 256)".
func cipher(value string) string {
	name, bits, ok := strings.Cut(value, "key")
	if !ok {
		return value
	}
	bits = strings.Trim(bits, "_-len =)")
	return strings.TrimRight(name, " (,") + "_" + bits
}

// End implements [event.Ender]: a list that is not followed by anything.
func (r *reader) End() []event.Event {
	if r.list == nil {
		return nil
	}
	e := *r.list
	e.Proposals = r.proposals
	r.list = nil
	return []event.Event{e}
}

// log reads an event log: key=value.
func (r *reader) log(l *event.Line) ([]event.Event, bool) {
	values := make(map[string]string)
	for _, m := range field.FindAllStringSubmatch(l.Text, 64) {
		values[m[1]] = strings.Trim(m[2], `"`)
	}
	if values["subtype"] != "vpn" && values["subtype"] != "ipsec" {
		return nil, false
	}
	text := values["logdesc"] + " " + values["msg"] + " " + values["action"] + " " + values["status"] + " " +
		values["reason"] + " " + values["error_reason"] + " " + values["error_num"] + " " + values["peer_notif"] + " " + values["result"]
	row, words := Lines.Find(strings.ToLower(text))
	if row == nil {
		return nil, true
	}
	e := row.Event(l, words)
	if e.Stamp == "" && values["time"] != "" {
		e.Stamp = values["date"] + " " + values["time"]
	}
	if why := event.Reason(values["reason"]); why != "" && (e.Cause == "phase1" || e.Cause == "phase2") {
		e.Cause = why
	}
	if e.Cause == "ike-proposal" && (values["mode"] == "quick" || strings.Contains(strings.ToLower(values["logdesc"]), "phase 2")) {
		e.Cause, e.Phase = "child-proposal", event.PhaseChild
	}
	if e.Cause == "phase1" && (values["mode"] == "quick" || values["exch"] == "CREATE_CHILD" || strings.Contains(strings.ToLower(values["logdesc"]), "phase 2")) {
		e.Cause, e.Phase = "phase2", event.PhaseChild
	}
	switch values["version"] {
	case "IKEv1":
		e.Version = 1
	case "IKEv2":
		e.Version = 2
	}
	switch values["mode"] {
	case "main", "aggressive", "quick":
		e.Version = 1
	}
	switch {
	case values["role"] == "initiator" || values["init"] == "local":
		e.Side = event.Initiator
	case values["role"] == "responder" || values["init"] == "remote":
		e.Side = event.Responder
	}
	if e.Cause == "tunnel-down" {
		e.Set("by", "self") // or not: it does not say
		e.Set("duration", values["duration"])
		if values["sentbyte"] == "0" && values["rcvdbyte"] == "0" {
			e.Set("traffic", "in which no octet passed")
		}
	}
	if notify := strings.ReplaceAll(values["peer_notif"], "-", "_"); notify != "NOT_APPLICABLE" && notify != "N/A" {
		e.Set("notify", notify)
	}
	e.Set("peer", values["remip"])
	e.Set("local", values["locip"])
	if name := values["vpntunnel"]; name != "N/A" {
		e.Set("conn", name)
	}
	if user := values["user"]; user != "N/A" {
		e.Set("user", user)
	}
	if id := values["peer_id"]; id != "N/A" {
		e.Set("peer-id", id)
	}
	e.Key = values["remip"]
	return []event.Event{e}, true
}
