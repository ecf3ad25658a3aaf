package logtext

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// Message is a line, or a piece of one, without what wraps it.
type Message struct {
	// Stamp is the time as the log has it, and Time its value: see [Stamp].
	Stamp string
	Time  time.Time
	// Program is who logged it, where a wrap says so, and Host where it ran: as the
	// wrap has it up to the first dot, and of IKE daemons and what they work with
	// alone.
	Program, Host string
	Text          string
	// Fields are those of a JSON object, with the names of nested ones joined
	// by a dot.
	Fields map[string]string
}

// maxLayers bounds the wraps around a message: a container's log of a journal's
// lines in JSON, say.
const maxLayers = 5

// Unwrap returns the messages of one line of a file without what logging put
// around them: times, hosts, programs, priorities, JSON objects, the prefixes of
// containers and journals. Most lines hold one message; a line with a list of
// JSON objects or events in XML has several.
func Unwrap(s string) []Message {
	pieces := split(s)
	out := make([]Message, 0, len(pieces))
	for _, piece := range pieces {
		l := Message{Text: strings.TrimSpace(withoutMarks(Plain(piece)))}
		l.Peel()
		out = append(out, l)
	}
	return out
}

// maxPieces bounds the messages of one line.
const maxPieces = 1000

// split returns the events of a line of XML or the objects of a list in JSON,
// or the line itself.
func split(s string) []string {
	if strings.Count(s, "</Event>") > 1 {
		return strings.SplitAfterN(s, "</Event>", maxPieces)
	}
	if strings.Count(s, " packet: from ") > 1 && s[0] != '{' && s[0] != '[' {
		return messages(s)
	}
	trimmed := strings.TrimSpace(s)
	if !strings.HasPrefix(trimmed, "[{") && !(strings.HasPrefix(trimmed, "{") && strings.Contains(trimmed, "}{")) {
		return []string{s}
	}
	var out []string
	d := json.NewDecoder(strings.NewReader(strings.TrimPrefix(trimmed, "[")))
	for len(out) < maxPieces {
		var raw json.RawMessage
		before := d.InputOffset()
		if err := d.Decode(&raw); err == nil {
			out = append(out, string(raw))
			continue
		}
		// A comma between two of a list, or the end of what was read.
		rest := strings.TrimPrefix(trimmed, "[")[before:]
		rest = strings.TrimLeft(rest, ", \t")
		if !strings.HasPrefix(rest, "{") {
			break
		}
		d = json.NewDecoder(strings.NewReader(rest))
		trimmed = rest
		if err := d.Decode(&raw); err != nil {
			break
		}
		out = append(out, string(raw))
	}
	if len(out) == 0 {
		return []string{s}
	}
	return out
}

// joint is where the next of charon's messages begins, of a line with several.
var joint = lazyregexp.New(` (?:\d\d\[[A-Z]{3}\] )?(?:(?:sending|received) packet: from |generating [A-Z_0-9]+ re|parsed [A-Z_0-9]+ re|received [A-Z_]{6,} |establishing |initiating )`)

// messages are charon's in a line that holds several: copied from where lines were
// joined.
func messages(s string) []string {
	var out []string
	from := 0
	for _, at := range joint.FindAllStringIndex(s, maxPieces) {
		if before := s[:at[0]]; from == 0 && len(before) < 80 && (strings.HasSuffix(before, ":") || strings.HasSuffix(before, "]")) {
			continue // what stands before the first
		}
		out = append(out, s[from:at[0]])
		from = at[0] + 1
	}
	return append(out, s[from:])
}

// Peel removes what is wrapped around a message.
func (l *Message) Peel() {
	for range maxLayers {
		if !l.peel() {
			return
		}
	}
}

// peel removes one layer, if there is one.
func (l *Message) peel() bool {
	s := l.Text
	switch {
	case s == "":
		return false
	case s[0] == '{' && s[len(s)-1] == '}' && l.Fields == nil:
		return l.object()
	case s[0] == '<':
		if end := strings.IndexByte(s, '>'); end > 1 && end <= 4 && span(s[1:end], isDigit) == end-1 {
			l.Text = strings.TrimPrefix(s[end+1:], "1 ") // RFC 5424
			return true
		}
	}
	for _, key := range []string{"MESSAGE=", "stdout F ", "stderr F ", "- ", "msg: "} { // the last is of a list
		if rest, ok := strings.CutPrefix(s, key); ok {
			l.Text = rest
			return true
		}
	}
	// rsyslog: "message repeated 2 times: [ message]".
	if rest, found := strings.CutPrefix(s, "message repeated "); found {
		if n := span(rest, isDigit); n > 0 && strings.HasPrefix(rest[n:], " times: [") {
			l.Text = strings.TrimSuffix(strings.TrimLeft(rest[n+len(" times: ["):], " "), "]")
			return true
		}
	}
	if l.Stamp == "" && l.seconds(s) {
		return true
	}
	if at, text, rest, ok := Stamp(s); ok {
		rest = withoutPriority(rest)
		if columns, found := strings.CutPrefix(rest, "| "); found { // a viewer's
			if _, _, ok := program(columns); ok {
				rest = columns
			}
		}
		l.Stamp, l.Time, l.Text = text, at, rest
		if at.Year() != 0 {
			l.host()
		}
		return true
	}
	if program, rest, ok := program(s); ok {
		l.Program, l.Text = program, rest
		return true
	}
	// Cisco's sequence numbers: "000123: *Nov  3 09:00:00.123: message".
	if n := span(s, isDigit); n > 0 && n < 11 && strings.HasPrefix(s[n:], ": ") {
		if _, _, _, ok := Stamp(strings.TrimLeft(s[n+2:], " ")); ok {
			l.Text = strings.TrimLeft(s[n+2:], " ")
			return true
		}
	}
	// A numbered list: "12. message".
	if n := span(s, isDigit); n > 0 && n < 6 && strings.HasPrefix(s[n:], ". ") {
		l.Text = strings.TrimLeft(s[n+2:], " ")
		return true
	}
	// Logcat, brief: "I/charon  ( 1234): message".
	if len(s) > 4 && s[1] == '/' && strings.IndexByte("VDIWEF", s[0]) >= 0 {
		if tag, rest, ok := strings.Cut(s[2:], ": "); ok && len(tag) < 48 {
			tag, _, _ = strings.Cut(tag, "(")
			l.Program, l.Text = strings.TrimSpace(tag), rest
			return true
		}
	}
	// docker compose: "gateway-1  | message".
	if i := strings.Index(s, " | "); i > 0 && i < 64 && !strings.ContainsAny(strings.TrimRight(s[:i], " "), " :[\"'") {
		l.Text = strings.TrimLeft(s[i+3:], " ")
		return true
	}
	// Logcat: " 1234  1250 I charon  : message".
	if f := strings.Fields(clip(s, 64)); len(f) > 4 && len(f[2]) == 1 && span(f[0], isDigit) == len(f[0]) && span(f[1], isDigit) == len(f[1]) {
		if i := strings.Index(s, ": "); i > 0 {
			l.Program, l.Text = strings.TrimSuffix(f[3], ":"), s[i+2:]
			return true
		}
	}
	return false
}

// withoutPriority removes "<10.4> ", the facility and level that some loggers
// put behind the time.
func withoutPriority(s string) string {
	inner, found := strings.CutPrefix(s, "<")
	if !found {
		return s
	}
	level, rest, found := strings.Cut(inner, "> ")
	if !found || level == "" || strings.Trim(level, "0123456789.") != "" {
		return s
	}
	return rest
}

// IsProgram reports whether lines of a program are known without a time before
// them.
func IsProgram(name string) bool { return slices.Contains(programs, name) }

// besides are programs that an IKE daemon works with, or that start it.
var besides = []string{"", "xl2tpd", "pppd", "kernel", "dnsmasq-dhcp", "resolvconf", "dhcpd", "NetworkManager", "ipsec_starter", "starter", "systemd"}

// Beside reports whether a program is one that an IKE daemon works with; what has no
// name may be of one.
func Beside(name string) bool { return slices.Contains(besides, name) }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// programs are those whose lines are known without a time before them.
var programs = []string{"charon", "charon-nm", "charon-systemd", "charon-cmd", "pluto", "iked", "racoon", "neagent", "NEIKEv2Provider", "ipsec", "strongswan", "swanctl", "kmd", "ikemgr", "vpn", "daemon", "NetworkManager"}

// program takes "charon[123]: " from the beginning of s.
func program(s string) (name, rest string, ok bool) {
	if inner, found := strings.CutPrefix(s, "["); found { // "[charon] message"
		if name, rest, found := strings.Cut(inner, "] "); found && slices.Contains(programs, name) {
			return name, rest, true
		}
	}
	if rest, found := strings.CutPrefix(s, "charon "); found { // "charon 13[IKE] message"
		if n := span(rest, isDigit); n > 0 && n < 4 && strings.HasPrefix(rest[n:], "[") {
			return "charon", rest, true
		}
	}
	for _, p := range programs {
		after, found := strings.CutPrefix(s, p)
		if !found {
			continue
		}
		if inner, found := strings.CutPrefix(after, "["); found {
			n := span(inner, isDigit)
			if after, found = strings.CutPrefix(inner[n:], "]"); n == 0 || !found {
				continue
			}
		}
		for _, mark := range []string{": ", " | "} { // the latter are columns of a viewer
			if rest, found := strings.CutPrefix(after, mark); found {
				return p, strings.TrimLeft(rest, " "), true
			}
		}
	}
	return "", s, false
}

// host takes "gw charon[123]: " and RFC 5424's "gw charon 123 - - " from what
// follows a time.
func (l *Message) host() {
	if f := strings.SplitN(l.Text, "\t", 3); len(f) == 3 && !strings.Contains(f[0], " ") && span(f[1], isDigit) == len(f[1]) { // pfSense
		l.Program, l.Text = f[0], f[2]
		return
	}
	host, rest, ok := strings.Cut(l.Text, " ")
	if !ok || host == "" || host == "ike" || host == "ipsec" || host == "EXPECTATION" || host == "FATAL" || strings.ContainsAny(host, ",\"'(%{") {
		return
	}
	rest = strings.TrimLeft(rest, " ")
	tag, after, ok := strings.Cut(rest, " ")
	if !ok {
		return
	}
	name := strings.TrimSuffix(tag, ":")
	if name != tag && name != "" && !strings.HasPrefix(name, "[") && !strings.ContainsAny(name, "\"'(%#<{=") && !strings.HasSuffix(host, ":") {
		if base, _, found := strings.Cut(name, "["); found {
			name = base
		}
		if strings.Contains(host, "<") && !slices.Contains(programs, name) && !slices.Contains(besides, name) { // a name that was taken out
			return
		}
		l.Program, l.Text = name, strings.TrimLeft(after, " ")
		l.ranOn(host)
		return
	}
	// RFC 5424: app, process, message id, structured data.
	f := strings.SplitN(rest, " ", 4)
	if len(f) < 4 || f[1] != "-" && span(f[1], isDigit) != len(f[1]) {
		return
	}
	switch data := f[3]; {
	case strings.HasPrefix(data, "- "):
		l.Program, l.Text = f[0], data[2:]
		l.ranOn(host)
	case strings.HasPrefix(data, "["):
		if end := strings.Index(data, "] "); end > 0 {
			l.Program, l.Text = f[0], data[end+2:]
			l.ranOn(host)
		}
	}
}

// Names of members that hold the message, the program and the time, the
// likeliest first.
var (
	messageFields = []string{"MESSAGE", "message", "msg", "Message", "log", "details", "textPayload", "jsonPayload.message", "@message", "_raw", "eventMessage", "text"}
	programFields = []string{"SYSLOG_IDENTIFIER", "_COMM", "program", "ident", "process"}
	timeFields    = []string{"__REALTIME_TIMESTAMP", "_SOURCE_REALTIME_TIMESTAMP", "time", "timestamp", "@timestamp", "event_timestamp", "TimeCreated", "TimeGenerated"}
)

// object reads a JSON object. It becomes the line's message if it has one.
func (l *Message) object() bool {
	d := json.NewDecoder(strings.NewReader(l.Text))
	d.UseNumber()
	var values map[string]any
	if d.Decode(&values) != nil {
		return false
	}
	l.Fields = make(map[string]string)
	l.flatten("", values, 0)
	// strongSwan's own logs in JSON.
	if msg, group := l.Fields["msg"], l.Fields["group"]; msg != "" && group != "" {
		l.take(timeFields)
		name := ""
		if id := l.Fields["ikesa-unique-id"]; id != "" {
			name = " <" + l.Fields["ikesa-name"] + "|" + id + ">"
		}
		l.Text = fmt.Sprintf("%s[%s]%s %s", l.Fields["thread"], group, name, msg)
		return true
	}
	for _, name := range programFields {
		if l.Fields[name] != "" {
			l.Program = l.Fields[name]
			break
		}
	}
	l.take(timeFields)
	for _, name := range messageFields {
		if text := l.Fields[name]; text != "" {
			l.Text = strings.TrimSpace(text)
			return true
		}
	}
	return false
}

// maxFields bounds the members that are kept.
const maxFields = 100

func (l *Message) flatten(prefix string, values map[string]any, depth int) {
	for name, value := range values {
		if len(l.Fields) >= maxFields {
			return
		}
		switch v := value.(type) {
		case string:
			l.Fields[prefix+name] = v
		case json.Number:
			l.Fields[prefix+name] = v.String()
		case bool:
			l.Fields[prefix+name] = strconv.FormatBool(v)
		case map[string]any:
			if depth < 4 {
				l.flatten(prefix+name+".", v, depth+1)
			}
		}
	}
}

// take sets the time of the line from one of the members.
func (l *Message) take(names []string) {
	for _, name := range names {
		text := l.Fields[name]
		if text == "" {
			continue
		}
		if at, stampText, _, ok := Stamp(text); ok {
			l.Time, l.Stamp = at, stampText
			return
		}
		if ticks, found := strings.CutPrefix(text, "/Date("); found { // Windows PowerShell
			text = strings.TrimSuffix(ticks, ")/")
		}
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || n <= 0 {
			continue
		}
		for n > 4e9 { // milliseconds, microseconds
			n /= 1000
		}
		whole, fraction := math.Modf(n)
		l.Time = time.Unix(int64(whole), int64(fraction*1e9)).UTC()
		l.Stamp = l.Time.Format("2006-01-02T15:04:05Z")
		return
	}
}
