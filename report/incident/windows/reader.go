// Package windows reads what Windows logs of VPN connections: events of
// RasClient, RemoteAccess, IKEEXT (4650 to 4656, 4976 to 4984) and NPS, in any
// language, as Get-WinEvent, wevtutil and the Event Viewer print them, in text,
// JSON and XML; network events of the Windows Filtering Platform; and traces of
// IKEEXT.
package windows

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/explain"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/incident/event"
)

// Product is Windows.
var Product = event.Product{Name: "Windows", Word: "windows", New: func() event.Reader { return &reader{} }}

// Bounds of what is put together of several lines.
const (
	maxWrapped = 8
	maxElement = 64 << 10
)

type reader struct {
	// message is a wrapped message under way, and wrapped how many lines of it
	// came; at is its first.
	message string
	wrapped int
	at      event.Line
	// element is XML under way.
	element strings.Builder
	open    string // the end tag that it waits for
	// Of the list of properties under way.
	id, provider, stamp string
	details             map[string]string
	filter              filterEvent
	negotiation         negotiation
}

var (
	coID = lazyregexp.New(`CoI[dD]=(\{[0-9A-Fa-f-]{36}\})`)
	// lastNumber is the number at the end of a sentence in any language.
	lastNumber = lazyregexp.New(`(-?\d{1,10}|0[xX][0-9A-Fa-f]{3,8})[^\d\p{L}]{0,4}$`)
	dialed     = lazyregexp.New(`The user (\S.{0,100}?) (?:has )?(?:dial{1,2}ed|started dial{1,2}ing|successfully established|is trying)`)
	named      = lazyregexp.New(`connection named (.{1,100}?) (?:which|that|to the|using|has)`)
	property   = lazyregexp.New(`^"?([A-Za-z][A-Za-z ]{0,30}?)"?\s*:\s*(.*)$`)
)

// Read implements [event.Reader].
func (r *reader) Read(l *event.Line) ([]event.Event, bool) {
	text := l.Text
	if mode := failedMode(text); mode != "" {
		before := r.End()
		r.details, r.negotiation = nil, negotiation{mode, *l}
		return before, true
	}
	switch {
	case r.open != "":
		return r.xml(l, text), true
	case strings.HasPrefix(text, "<"):
		if events, mine := r.filterLine(l, text); mine {
			return events, true
		}
		if strings.HasPrefix(text, "<Event ") || text == "<Event>" {
			r.element.Reset()
			r.open = "</Event>"
			return r.xml(l, text), true
		}
		return nil, strings.HasPrefix(text, "<Events") || strings.HasPrefix(text, "</Events") || strings.HasPrefix(text, "<?xml")
	case l.Fields != nil && (l.Fields["ProviderName"] != "" || l.Fields["Id"] != "" && coID.MatchString(text)):
		return r.event(l, l.Fields["Id"], text), true
	}
	if strings.Contains(text, "CoI") && coID.MatchString(text) {
		r.message, r.wrapped, r.at = "", 0, *l
		return r.wrap(l, afterProperty(text)), true
	}
	var before []event.Event
	if r.message != "" {
		if !isProperty(text) && r.wrapped < maxWrapped {
			return r.wrap(l, text), true
		}
		before = r.End() // which did not end with a sentence
	}
	events, mine := r.single(l, text)
	return append(before, events...), mine || len(before) > 0
}

// single reads a line that is not part of a message under way.
func (r *reader) single(l *event.Line, text string) ([]event.Event, bool) {
	if value, found := messageOf(text); found && strings.HasPrefix(value, "RoutingDomainID") {
		r.message, r.wrapped, r.at = "", 0, *l
		return r.wrap(l, value), true
	}
	if colon := strings.IndexByte(text, ':'); colon < 1 || colon > 40 {
	} else if m := property.FindStringSubmatch(text); m != nil {
		if events, mine := r.property(l, m[1], strings.Trim(strings.TrimSuffix(m[2], ","), `"`)); mine {
			return events, true
		}
	}
	return r.other(l, text)
}

func isProperty(text string) bool {
	m := property.FindStringSubmatch(text)
	return m != nil && properties[strings.ToLower(strings.TrimSpace(m[1]))]
}

// properties are those of lists that Get-WinEvent and wevtutil print.
var properties = map[string]bool{"timecreated": true, "providername": true, "id": true, "message": true, "leveldisplayname": true, "level": true,
	"log name": true, "source": true, "date": true, "event id": true, "task": true, "opcode": true, "keyword": true, "user": true, "user name": true,
	"computer": true, "description": true, "logname": true, "machinename": true, "recordid": true, "keywords": true, "task category": true, "processid": true, "threadid": true, "userid": true, "version": true, "qualifiers": true, "index": true, "entrytype": true, "instanceid": true, "replacementstrings": true, "timegenerated": true, "timewritten": true, "username": true, "eventid": true}

// messageOf returns what follows "Message : ".
func messageOf(text string) (string, bool) {
	name, value, found := strings.Cut(text, ":")
	return strings.TrimSpace(value), found && strings.EqualFold(strings.TrimSpace(name), "message")
}

// afterProperty returns what follows "Message : ".
func afterProperty(text string) string {
	if i := strings.Index(text, "CoI"); i >= 0 {
		return text[i:]
	}
	return text
}

// wrap takes a line of a message, which ends with a sentence.
func (r *reader) wrap(l *event.Line, text string) []event.Event {
	r.message = strings.TrimSpace(r.message + " " + strings.TrimRight(strings.TrimSpace(text), `",`))
	r.wrapped++
	r.message = strings.Join(strings.Fields(r.message), " ")
	end := strings.HasSuffix(r.message, ".") || strings.HasSuffix(r.message, "。") || strings.HasSuffix(r.message, "।")
	if !end && (strings.HasPrefix(r.message, "RoutingDomainID") || lastNumber.FindString(r.message) == "") {
		return nil
	}
	whole := r.at
	whole.Text = r.message
	if whole.Stamp == "" {
		whole.Stamp = r.stamp
	}
	message := r.message
	r.message = ""
	id := r.id
	r.id = ""
	return r.event(&whole, id, message)
}

// End implements [event.Ender]: a message whose end is that of the log.
func (r *reader) End() []event.Event {
	if r.message == "" {
		return r.negotiation.end()
	}
	whole, message := r.at, r.message
	whole.Text = message
	r.message = ""
	return r.event(&whole, r.id, message)
}

// property takes a line of a list of properties.
func (r *reader) property(l *event.Line, name, value string) ([]event.Event, bool) {
	value = strings.TrimSpace(value)
	switch lower := strings.ToLower(strings.TrimSpace(name)); lower {
	case "id", "event id", "eventid", "instanceid":
		if strings.Trim(value, "0123456789") == "" {
			r.id = value
			return nil, true
		}
	case "timecreated", "date":
		r.stamp = clip(value, 40)
		return nil, true
	case "providername", "source":
		r.provider = value
		return nil, true
	case "network address", "role", "keying module name", "failure point", "account name", "client ip address", "fully qualified account name", "authentication type", "eap type", "client friendly name":
		if r.details == nil {
			r.details = make(map[string]string)
		}
		if lower == "network address" && r.details[lower] != "" {
			lower = "peer"
		}
		r.details[lower] = clip(value, 100)
		return nil, true
	case "failure reason":
		begun := r.negotiation
		e := r.failure(l, value)
		if begun.mode == "" {
			return []event.Event{e}, true
		}
		first := begun.at.Event(event.Begin) // each such event is of an attempt of its own
		first.Key, first.Side, first.Version = e.Key, e.Side, e.Version
		return []event.Event{first, e}, true
	case "reason code":
		return r.nps(l, value)
	case "reason":
		return nil, r.provider != "" || r.details != nil
	}
	return nil, properties[strings.ToLower(strings.TrimSpace(name))] && (r.provider != "" || r.id != "")
}

// failure is the end of an event of IKEEXT: 4652, 4653, 4654 and 4984.
func (r *reader) failure(l *event.Line, reason string) event.Event {
	e := l.Event(event.Root)
	e.Stamp, e.Cause = cmp.Or(e.Stamp, r.stamp), "windows"
	setError(&e, reason)
	switch strings.ToLower(r.details["role"]) {
	case "initiator":
		e.Side = event.Initiator
	case "responder":
		e.Side = event.Responder
	}
	if module := r.details["keying module name"]; module == "IKEv1" {
		e.Version = 1
	} else if module == "IKEv2" {
		e.Version = 2
	}
	e.Set("local", r.details["network address"])
	e.Set("peer", r.details["peer"])
	if r.negotiation.mode == quickMode {
		e.Phase = event.PhaseChild
	}
	r.negotiation = negotiation{}
	if point := strings.ToLower(r.details["failure point"]); strings.HasPrefix(point, "remote") {
		e.Set("point", remotePoint)
	}
	e.Key = "ikeext " + r.details["peer"]
	r.details = nil
	return e
}

// remotePoint is said of a failure of which the other side told.
const remotePoint = "the other side ended it"

// setError names the error that a number, a symbol or Microsoft's text stands
// for.
func setError(e *event.Event, word string) {
	known, ok := explain.Windows(strings.TrimSpace(word))
	if !ok {
		known, ok = explain.WindowsQuoted(word)
	}
	if !ok {
		e.Set("code", word)
		return
	}
	e.Set("code", known.Code)
	e.Set("symbol", known.Symbol)
	e.Set("meaning", strings.TrimSuffix(first(known.Text), "."))
	e.Set("layer", string(layerOf(known)))
}

// first returns the first sentence of a text.
func first(text string) string {
	sentence, _, _ := strings.Cut(text, ". ")
	return clip(sentence, 180)
}

func clip(s string, n int) string {
	if len(s) > n {
		return strings.ToValidUTF8(s[:n], "")
	}
	return s
}

// layerOf names the layer of an error. One that says nothing of IKEv2 is the
// client's own.
func layerOf(w explain.WindowsError) incident.Layer {
	if w.Layer == explain.NoFailure {
		return incident.Client
	}
	return incident.Layer(w.Layer)
}

// event reads an event of RasClient, RasServer or RemoteAccess: by its number,
// or by its words.
func (r *reader) event(l *event.Line, id, text string) []event.Event {
	e := l.Event(event.Step)
	if m := coID.FindStringSubmatch(text); m != nil {
		e.Key = m[1]
	}
	if m := dialed.FindStringSubmatch(text); m != nil {
		e.Set("user", m[1])
	}
	if m := named.FindStringSubmatch(text); m != nil {
		e.Set("conn", m[1])
	}
	code := ""
	if m := failureCode.FindStringSubmatch(text); m != nil {
		code = m[1]
	} else if m := lastNumber.FindStringSubmatch(text); m != nil {
		code = m[1]
	}
	e.Side = event.Initiator
	switch {
	case id == "20221" || startsDialing(text):
		e.Kind = event.Begin
	case id == "20222" || strings.Contains(text, "is trying to establish a link"):
		e.Phase = event.PhaseInit
	case id == "20223" || strings.Contains(text, "has successfully established a link"):
		e.Phase = event.PhaseAuth
	case id == "20224":
		e.Phase = event.PhaseAuth
	case id == "20225" || strings.Contains(text, "which has successfully connected"):
		e.Kind, e.Phase = event.Up, event.PhaseEstablished
	case id == "20226" || strings.Contains(text, "which has terminated"):
		e.Kind = event.Deleted
		if known, ok := explain.Windows(code); ok && code != "631" {
			e.Kind, e.Cause = event.Root, "windows"
			setError(&e, known.Code)
		}
		e.Set("by", "self")
	case id == "20271", id == "20255", id == "20262", id == "20013", id == "20014", strings.Contains(text, "failed an authentication attempt"), strings.Contains(text, "The following error occurred in the Point to Point Protocol module"):
		return r.server(e, text)
	case id == "20111" || strings.Contains(text, demandDial):
		_, reason, found := strings.Cut(text, "following error: ")
		if known, ok := explain.WindowsQuoted(reason); found && ok {
			e.Kind, e.Cause = event.Root, "windows"
			setError(&e, known.Code)
			e.Set("link", "demand-dial")
			break
		}
		return nil
	case id == "20227" || id == "" && code != "":
		if _, known := explain.Windows(code); !known && id == "" {
			return nil
		}
		e.Kind, e.Cause = event.Root, "windows"
		setError(&e, code)
	default:
		return nil
	}
	return []event.Event{e}
}

// demandDial are words of RemoteAccess's event 20111, which has the text of an
// error in place of its number.
const demandDial = "successfully initiated but failed to complete successfully because of"

var connectedFrom = lazyregexp.New(`The user (.{1,100}?) connected from ([0-9A-Fa-f.:]+)`)

// server reads an event of a RemoteAccess server.
func (r *reader) server(e event.Event, text string) []event.Event {
	e.Side, e.Kind, e.Cause = event.Responder, event.Root, "windows"
	if m := connectedFrom.FindStringSubmatch(text); m != nil {
		e.Set("user", m[1])
		e.Set("peer", m[2])
	}
	reason := text
	if i := strings.LastIndex(text, "reason: "); i >= 0 {
		reason = text[i+len("reason: "):]
	}
	switch {
	case strings.Contains(reason, "user name and password combination"):
		e.Cause = "eap-credentials"
	case strings.Contains(reason, "authentication method used by the server"), strings.Contains(reason, "policy configured on your RAS/VPN server"):
		e.Cause = "radius-refused"
	default:
		setError(&e, reason)
		if e.Args["symbol"] == "" {
			e.Set("code", "")
			e.Cause = "auth-refused"
		}
	}
	return []event.Event{e}
}

// ofLines are words of lines of which the number at the end is an error.
var ofLines = []string{"rror code returned", "which has failed. The error code is", "eason code returned", "RasClient", "IKEEXT", "ikeext]", "RasMan", "ailure value",
	"ehlercode", "rsachencode", "code d'erreur", "code d’erreur", "ódigo de error", "ódigo de erro", "odice di errore", "outcode", "od błędu", "од ошибки",
	"错误代码", "錯誤碼", "エラー コード", "エラーコード", "오류 코드", "ata kodu", "elkod", "ejlkode", "eilkode"}

// failureCode is the number of an error that more words follow.
var failureCode = lazyregexp.New(`error code returned (?:on|after) failure is:? *(-?\d{1,10}|0[xX][0-9A-Fa-f]{3,8})\b`)

// alone is an error of Windows that somebody wrote down.
var alone = lazyregexp.New(`^(?i:windows(?: 1[01])?(?: client)?|vpn client|client)[:,]? (?:\w+ )?error:? (\d{3,5})\b[^\d]{0,80}$`)

var failureValue = lazyregexp.New(`(?i)(?:failure value|failure error code|error)[:=]? *(-?\d{3,}|0x[0-9a-f]{3,8})`)

// other reads a line without the form of an event.
func (r *reader) other(l *event.Line, text string) ([]event.Event, bool) {
	if strings.HasPrefix(text, "The user ") && strings.Contains(text, "but failed an authentication attempt due to the following reason") {
		return r.server(l.Event(event.Root), text), true
	}
	if strings.Contains(text, demandDial) {
		return r.event(l, "20111", text), true
	}
	if m := alone.FindStringSubmatch(text); m != nil {
		if known, ok := explain.Windows(m[1]); ok {
			e := l.Event(event.Root)
			e.Cause, e.Side, e.Key = "windows", event.Initiator, "line"
			setError(&e, known.Code)
			return []event.Event{e}, true
		}
	}
	if strings.Contains(text, "VPN Platform did not trigger connection") { // of an app that provides connections
		e := l.Event(event.Root)
		e.Cause, e.Side, e.Key = "app-not-started", event.Initiator, "line"
		return []event.Event{e}, true
	}
	if strings.Contains(text, "ikeext]") && strings.HasSuffix(text, "Failure point: Remote") {
		e := l.Event(event.Info)
		e.Key = "line"
		e.Set("point", remotePoint)
		return []event.Event{e}, true
	}
	if !slices.ContainsFunc(ofLines, func(word string) bool { return strings.Contains(text, word) }) {
		return nil, false
	}
	code := ""
	if m := failureCode.FindStringSubmatch(text); m != nil {
		code = m[1]
	} else if m := failureValue.FindStringSubmatch(text); m != nil {
		code = m[1]
	} else if m := lastNumber.FindStringSubmatch(text); m != nil {
		code = m[1]
	}
	if _, ok := explain.Windows(code); !ok {
		return nil, strings.Contains(text, "ikeext]") || strings.Contains(text, "rror code returned on failure is")
	}
	e := l.Event(event.Root)
	e.Cause = "windows"
	setError(&e, code)
	if !strings.Contains(strings.ToLower(text), "ikeext") {
		e.Side = event.Initiator
	}
	e.Key = "line"
	return []event.Event{e}, true
}

// startsDialing reports whether a text is that of event 20221, in either spelling.
func startsDialing(text string) bool {
	return strings.Contains(text, "has started dialing") || strings.Contains(text, "has started dialling")
}
