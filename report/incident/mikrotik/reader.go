// Package mikrotik reads the lines of RouterOS that have the topic ipsec.
package mikrotik

import (
	_ "embed"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/offered"
)

// Product is MikroTik's RouterOS.
var Product = event.Product{Name: "MikroTik", Word: "mikrotik", Program: program, Lines: Lines, New: func() event.Reader {
	ended, asked := 0, false // asked: a request of IKE_SA_INIT came, or went
	return &event.Plain{Table: Lines, Claim: claim, After: after, Key: func(e *event.Event) string {
		key := ""
		switch {
		case strings.Contains(e.Text, "ike2 request, exchange: SA_INIT"):
			asked = true
		case asked && e.Kind == event.Start && strings.Contains(e.Text, "new ike2 SA ("): // that of this request
			e.Kind, asked = event.Step, false
		}
		if ended > 0 {
			key = strconv.Itoa(ended)
		}
		if e.Kind == event.Deleted { // what follows is of another SA
			ended++
		}
		return key
	}}
}}

//go:embed lines.csv
var linesCSV string

// Lines are the lines that are known.
var Lines = event.NewTable("mikrotik/lines.csv", linesCSV)

// program stands for RouterOS where topics were left out.
const program = "routeros"

// claim takes the topics from a line: "ipsec,error ".
func claim(l *event.Line) (string, map[string]string, bool) {
	if l.Program == program || strings.HasPrefix(l.Text, "killing ike2 SA:") || strings.HasPrefix(l.Text, "new ike2 SA (") {
		return l.Text, nil, true
	}
	topics, text, ok := strings.Cut(l.Text, " ")
	if !ok || strings.HasPrefix(l.Program, "ipsec") || strings.HasPrefix(l.Text, "ipsec starter ") {
		return "", nil, false
	}
	for topic := range strings.SplitSeq(strings.TrimSuffix(topics, ":"), ",") {
		switch topic {
		case "ipsec":
			// A line that begins with "ipsec" alone may be a command.
			return strings.TrimLeft(text, " :"), nil, strings.HasPrefix(topics, "ipsec") && (topics != "ipsec" || l.Stamp != "")
		}
	}
	return "", nil, false
}

func after(e *event.Event) {
	for _, name := range []string{"peer", "local"} {
		if at := e.Args[name]; at != "" {
			at, _, _ = strings.Cut(at, "[")
			e.Set(name, at)
		}
	}
	if e.Cause == "no-config" {
		e.Set("my-id", identity(e.Args["local-id"]))
		e.Set("remote-id", identity(e.Args["peer-id"]))
	}
	text := e.Text
	switch {
	case strings.Contains(text, "ike2"):
		e.Version = 2
	case strings.Contains(text, "ph1 packet"), strings.Contains(text, "phase1"), strings.Contains(text, "phase 1"), strings.Contains(text, "ISAKMP-SA"), strings.Contains(text, "ph2 packet"):
		e.Version = 1
	}
	if _, side, found := strings.Cut(text, "(side: "); found { // racoon's INITIATOR and RESPONDER
		switch side[:min(1, len(side))] {
		case "0":
			e.Side = event.Initiator
		case "1":
			e.Side = event.Responder
		}
	}
	if got, want := e.Args["got"], e.Args["want"]; e.Args["axis"] != "" {
		axis := map[string]offered.Axis{"enctype": offered.Cipher, "hashtype": offered.Integrity, "dh_group": offered.Exchange}[e.Args["axis"]]
		if axis != "" {
			e.Set("detail", offered.Gap{Axis: axis, Got: []string{got}, Want: []string{want}}.String())
		}
		setting(e, got, want)
	} else if e.Cause == "ike-proposal" {
		e.Set("take", "enc-algorithm=aes-256 hash-algorithm=sha256 dh-group=modp2048")
	}
}

// identity returns an ID of a line as /ip ipsec identity takes it, "" if its type is not
// known.
func identity(id string) string {
	kind, name, typed := strings.Cut(id, ":")
	name = strings.TrimSpace(name)
	switch at, err := netip.ParseAddr(strings.TrimSpace(id)); {
	case err == nil:
		return "address:" + at.String()
	case !typed && plain.MatchString(id):
		return "fqdn:" + id
	case !plain.MatchString(name):
		return ""
	}
	switch strings.ToUpper(kind) {
	case "FQDN":
		return "fqdn:" + name
	case "ADDR4", "ADDR6", "IPV4", "IPV6", "ADDRESS":
		return "address:" + name
	case "RFC822", "USER-FQDN", "USER_FQDN", "UFQDN":
		return "user-fqdn:" + name
	case "KEY-ID", "KEY_ID", "KEYID":
		return "key-id:" + name
	}
	return ""
}

// plain is an ID that needs no quoting.
var plain = lazyregexp.New(`^[A-Za-z0-9@._:-]{1,120}$`)

// settings are those of a profile by the axis that a line names: the name, and the
// values of a line and of the setting, the weakest first.
var settings = map[string]struct {
	name   string
	values [][2]string
}{
	"enctype": {"enc-algorithm", [][2]string{{"DES-CBC", "des"}, {"3DES-CBC", "3des"}, {"AES-CBC", "aes-256,aes-192,aes-128"}}},
	"hashtype": {"hash-algorithm", [][2]string{{"MD5", "md5"}, {"SHA", "sha1"}, {"SHA1", "sha1"}, {"SHA256", "sha256"},
		{"SHA384", "sha384"}, {"SHA512", "sha512"}}},
	"dh_group": {"dh-group", [][2]string{{"768-bit MODP group", "modp768"}, {"1024-bit MODP group", "modp1024"}, {"1536-bit MODP group", "modp1536"},
		{"2048-bit MODP group", "modp2048"}, {"3072-bit MODP group", "modp3072"}, {"4096-bit MODP group", "modp4096"}, {"8192-bit MODP group", "modp8192"}}},
}

// setting says which setting lets the two sides meet on an axis: this side's, unless
// that were weaker than what is set.
func setting(e *event.Event, got, want string) {
	s := settings[e.Args["axis"]]
	at := func(value string) int {
		return slices.IndexFunc(s.values, func(v [2]string) bool { return v[0] == value })
	}
	theirs, ours := at(got), at(want)
	switch {
	case theirs < 0 || ours < 0:
	case theirs > ours:
		e.Set("set", s.name+"="+s.values[theirs][1])
	default:
		e.Set("ask", want)
	}
}
