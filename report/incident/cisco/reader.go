// Package cisco reads what IOS-XE and ASA log and print of IKEv2: debug crypto
// ikev2, and system messages.
package cisco

import (
	"cmp"
	_ "embed"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/offered"
)

// Product is Cisco's IOS-XE and ASA.
var Product = event.Product{Name: "Cisco", Word: "cisco", Lines: Lines, Folds: true, New: func() event.Reader { return newReader() }}

//go:embed lines.csv
var linesCSV string

// Lines are the lines that are known.
var Lines = event.NewTable("cisco/lines.csv", linesCSV)

var (
	session  = lazyregexp.New(`^:?\s*\((?:SESSION ID = (\d+),\s*)?SA ID = (\d+)\):*\s*`)
	protoV2  = lazyregexp.New(`^IKEv2-PROTO-\d: `)
	numbered = lazyregexp.New(`^IKEv2-[A-Z]+-\d: \((\d+)\)`)
	platform = lazyregexp.New(`^-\d: `)
	protoID  = lazyregexp.New(`^-\d+: \(?(\d+)\)?: ?`)
	ends     = lazyregexp.New(`Local: ?([0-9A-Fa-f.:]+):\d+ Remote: ?([0-9A-Fa-f.:]+):\d+ Username: ?(\S+) `)
	exchange = lazyregexp.New(`^(?:\(\d+\): *)?IKEv2 (IKE_SA_INIT|IKE_AUTH|CREATE_CHILD_SA|INFORMATIONAL) Exchange (REQUEST|RESPONSE)`)
	payloads = lazyregexp.New(`^(?:(?:VID|SA|KE|N|IDi|IDr|CERT|CERTREQ|AUTH|CFG|EAP|TSi|TSr|ENCR|DELETE|NOTIFY\([A-Z_0-9]+\)|NOTIFY\(Unknown - \d+\)) *)+$`)
	isakmp   = lazyregexp.New(`^ISAKMP(?:-(?:ERROR|INTERNAL|PAK))?\s*:?\s*(?:\((?:\d+:)?\d+\))?\s*:*\s*`)
	systemID = lazyregexp.New(`%((?:ASA|FTD|IKEV2|CRYPTO|PKI|IPSEC|FTD-vpn)-[\w-]+): ?`)
)

// reader remembers of which SA and exchange the lines are that name neither: the
// lists of payloads below a line "Received Packet".
type reader struct {
	plain        event.Plain
	sa, exchange string
	// side is whose log it is, and identity what the peer calls itself, of the SA
	// of the lines.
	side     event.Side
	identity string
	// own is the method of this side, where its configuration is shown.
	own string
	// method is by what the peer authenticates, of the SA methodSA, and pskPeer by what
	// its key was looked for.
	method, methodSA, pskPeer string
	// list is an event whose proposals follow it, each in a line.
	list *event.Event
	// asks is the SA of which this side has sent IKE_SA_INIT, and answers that of which
	// one came.
	asks, answers string
	// sent is whether the packet whose header follows was sent, or received, "" where no
	// line says. sides are those of SAs, by the headers of their packets.
	sent  string
	sides map[string]event.Side
	// early is that of an SA that has no number yet.
	early event.Side
	// offer is what a peer offers for phase 1, and debug that lines of debug crypto
	// isakmp were seen. last is the key of the last event.
	offer *offer
	debug bool
	last  string
}

func newReader() *reader {
	r := new(reader)
	r.plain = event.Plain{Table: Lines, Claim: claim, After: r.after, Key: r.key}
	return r
}

// Read implements [event.Reader].
func (r *reader) Read(l *event.Line) ([]event.Event, bool) {
	if r.list != nil && listed.MatchString(l.Text) {
		r.list.Proposals = append(r.list.Proposals, proposals(l.Text)...)
		return nil, true
	}
	out := r.End()
	if r.offered(l) {
		return out, true
	}
	events, mine := r.line(l)
	if n := len(events); n > 0 && (events[n-1].Kind == event.Theirs || events[n-1].Kind == event.Ours) && len(events[n-1].Proposals) == 0 {
		r.list, events = &events[n-1], events[:n-1]
	}
	return append(out, events...), mine || len(out) > 0
}

// End implements [event.Ender]: a list that nothing follows.
func (r *reader) End() []event.Event {
	if r.list == nil {
		return nil
	}
	e := *r.list
	r.list = nil
	e.Proposals = e.Proposals[:min(len(e.Proposals), maxListed)]
	return []event.Event{e}
}

// listed is a proposal in a line of its own, role what a state machine prints of
// whose SA it is, and said what the peer calls itself.
var (
	listed = lazyregexp.New(`^Proposal \d{1,2}:`)
	role   = lazyregexp.New(`\(([IR])\) MsgID|CurState: ([IR])_[A-Z]`)
	// status is a line of show crypto isakmp sa, of an SA that is up.
	status = lazyregexp.New(`^([0-9A-Fa-f.:]{2,45})\s+([0-9A-Fa-f.:]{2,45})\s+QM_IDLE\s+\d{1,6}\s+(?:\d{1,3}\s+)?ACTIVE$`)
	// historyV1 is what ASA prints of an exchange of IKEv1 that failed, ofASA what
	// stands before the messages of its debug.
	historyV1 = lazyregexp.New(`IKE (?:MM|AM|QM) (?:Initiator|Responder) FSM error history`)
	ofASA     = lazyregexp.New(`^(?:\[IKEv1|IKEv2-(?:PROTO|PLAT)-\d)`)
	// ofIPsec are messages on packets of ESP, which are the same in both versions of IKE.
	ofIPsec = lazyregexp.New(`^IPSEC-|^CRYPTO-4-(?:RECVD_PKT|PKT_REPLAY)`)
	// packet is what stands before the header of a packet.
	packet = lazyregexp.New(`\b(Sending|Received) Packet \[(?:To|From) `)
	// ofIKEv1 are the numbers of ASA's messages on IKEv1.
	ofIKEv1 = lazyregexp.New(`-71[35]\d{3}$`)
	said    = lazyregexp.New(`peer's identity '([^']{1,120})'`)
)

func (r *reader) line(l *event.Line) ([]event.Event, bool) {
	if m := role.FindStringSubmatch(l.Text); m != nil {
		r.side = map[string]event.Side{"I": event.Initiator, "R": event.Responder}[m[1]+m[2]]
	}
	if m := said.FindStringSubmatch(l.Text); m != nil {
		r.identity = m[1]
	}
	if m := numbered.FindStringSubmatch(l.Text); m != nil {
		r.sa = m[1]
	}
	if m := exchange.FindStringSubmatch(l.Text); m != nil {
		r.exchange = m[1]
		r.heads(m[1], m[2])
		return nil, true
	}
	if m := packet.FindStringSubmatch(l.Text); m != nil {
		r.sent = m[1]
		if protoV2.MatchString(l.Text) && !numbered.MatchString(l.Text) {
			r.sa = ""
		}
	}
	if strings.Contains(l.Text, "SA ID = ") {
		if _, words, mine := claim(l); mine && words["sa"] != "" {
			r.sa = words["sa"]
		}
	}
	return r.plain.Read(l)
}

// claim takes what stands before a message: "IKEv2-ERROR:(SESSION ID = 12,SA
// ID = 1):", "IKEv2-PROTO-1: (12): ", "%ASA-4-750003: Local:...".
func claim(l *event.Line) (string, map[string]string, bool) {
	s := l.Text
	words := make(map[string]string)
	if strings.HasPrefix(s, "%ASA-") || strings.HasPrefix(s, "[IKEv1") { // "Group = staff, IP = 203.0.113.9, ..."
		if _, after, found := strings.Cut(s, "IP = "); found {
			words["peer"], _, _ = strings.Cut(after, ",")
		}
	}
	if m := systemID.FindStringSubmatchIndex(s); m != nil && m[0] < 120 {
		words["message"] = s[m[2]:m[3]]
		text := s[m[1]:]
		if _, after, found := strings.Cut(clip(text, maxGroup), "IP = "); found { // the host may stand before it, too
			words["peer"], _, _ = strings.Cut(after, ",")
		}
		if e := ends.FindStringSubmatch(text); e != nil {
			words["local"], words["peer"] = e[1], e[2]
			if e[3] != "Unknown" {
				words["peer-id"] = e[3]
			}
			text = text[strings.Index(text, e[0])+len(e[0]):]
		}
		return words["message"] + ": " + text, words, true
	}
	if strings.Contains(s, "NOTIFY(") && payloads.MatchString(s) {
		words["list"] = "yes"
		return s, words, true
	}
	if strings.HasPrefix(s, "ISAKMP") && !strings.HasPrefix(s, "ISAKMP-SA") { // debug crypto isakmp
		if text := s[len(isakmp.FindString(s)):]; len(text) < len(s) {
			words["v1"] = "yes"
			return "ISAKMP: " + text, words, true
		}
	}
	if rest, found := strings.CutPrefix(s, "[IKEv1"); found { // of ASA
		if _, text, found := strings.Cut(rest, "]"); found {
			words["v1"] = "yes"
			return strings.TrimLeft(text, ": "), words, true
		}
	}
	if rest, found := strings.CutPrefix(s, "CRYPTO_PKI"); found { // debug crypto pki
		return strings.TrimLeft(rest, " :"), words, true
	}
	if strings.Contains(s, "(config-ikev2-profile)#") {
		return s, words, true
	}
	if strings.HasPrefix(s, "IPSEC(") || strings.HasPrefix(s, "IPSec(") || status.MatchString(s) {
		return s, words, true
	}
	i := strings.Index(s, "IKEv2")
	if i < 0 || i > 40 || l.Program == "IKEv1" || strings.Contains(s[:i], "IKEv1") { // pluto's list of algorithms
		return "", nil, false
	}
	rest := s[i+len("IKEv2"):]
	for _, level := range []string{"-ERROR", "-INTERNAL", "-PROTO", "-PLAT", "-EVENT", "-PAK"} {
		rest = strings.TrimPrefix(rest, level)
	}
	switch {
	case session.MatchString(rest):
		m := session.FindStringSubmatch(rest)
		words["sa"] = m[1] + "/" + m[2]
		rest = rest[len(m[0]):]
	case protoID.MatchString(rest):
		m := protoID.FindStringSubmatch(rest)
		words["sa"] = m[1]
		rest = rest[len(m[0]):]
	case strings.HasPrefix(rest, ":"):
		rest = rest[1:]
	case platform.MatchString(rest):
		rest = rest[len(platform.FindString(rest)):]
	default:
		return "", nil, false
	}
	return strings.TrimLeft(rest, ": "), words, true
}

// maxGroup bounds what is looked at of a message for the address of its peer, in octets.
const maxGroup = 400

func clip(s string, n int) string { return s[:min(n, len(s))] }

func (r *reader) key(e *event.Event) string {
	r.last = r.keyOf(e)
	return r.last
}

func (r *reader) keyOf(e *event.Event) string {
	if strings.HasPrefix(e.Text, "ISAKMP") || strings.HasPrefix(e.Text, "IPSEC(") || strings.HasPrefix(e.Text, "IPSec(") ||
		r.debug && (strings.Contains(e.Text, "IKMP_MODE_FAILURE") || strings.Contains(e.Text, "IKMP_BAD_MESSAGE")) {
		return isakmpKey
	}
	if ends := status.FindStringSubmatch(e.Text); ends != nil { // it does not say which of them is the peer
		if r.last == ends[1] || r.last == ends[2] || r.last == isakmpKey {
			return r.last
		}
		return ends[1]
	}
	if sa := e.Args["sa"]; sa != "" {
		r.sa = sa
		return sa
	}
	if peer := e.Args["peer"]; peer != "" {
		return peer
	}
	return r.sa
}

func (r *reader) after(e *event.Event) {
	r.verifies(e)
	if e.Args["list"] != "" && e.Cause == "ike-proposal" && r.exchange != "IKE_SA_INIT" && r.exchange != "" {
		e.Cause, e.Phase = "child-proposal", event.PhaseChild
	}
	delete(e.Args, "list")
	e.Version = 2
	if sa := e.Args["sa"]; r.early != "" && sa != "" {
		if r.sides[sa] == "" {
			r.known(sa, r.early)
		}
		r.early = ""
	}
	if side := r.sides[cmp.Or(e.Args["sa"], r.sa)]; side != "" && e.Args["message"] == "" {
		e.Side = side
	}
	if e.Side == "" && r.side != "" && e.Args["message"] == "" {
		e.Side = r.side
	}
	if e.Cause == "no-connection" && r.identity != "" && strings.Contains(e.Text, "profile not found") {
		e.Cause, e.Phase = "no-config", event.PhaseAuth
	}
	if at := e.Args["psk-peer"]; at != "" {
		r.pskPeer = at
	}
	if method := e.Args["peer-method"]; method != "" {
		r.method, r.methodSA = strings.Trim(method, "'"), r.sa
	} else if e.Cause == "auth-failed" && r.method == "PSK" && r.methodSA == r.sa && (strings.Contains(e.Text, "Verification of peer's auth") || strings.Contains(e.Text, "Failed to authenticate the IKE SA")) {
		e.Set("psk-peer", r.pskPeer)
		e.Cause = "psk-mismatch" // that is all its AUTH payload depends on (RFC 7296, Section 2.15)
	}
	if own := e.Args["own-auth"]; own != "" {
		r.own = own
	} else if e.Cause == "auth-failed" {
		e.Set("own-auth", r.own)
	}
	if e.Cause == "no-config" {
		e.Set("peer-id", r.identity)
		e.Set("got", r.identity)
	}
	if e.Args["v1"] != "" {
		e.Version = 1
		delete(e.Args, "v1")
	} else if strings.HasPrefix(e.Text, "IPSEC(") {
		e.Version = 0
	}
	m := e.Args["message"]
	if ofIPsec.MatchString(m) {
		e.Version = 0
	} else if strings.HasPrefix(m, "CRYPTO-") || strings.Contains(e.Text, "IKEv1") || ofIKEv1.MatchString(m) {
		e.Version = 1
	}
	if got, want := e.Args["got"], e.Args["want"]; e.Cause == "ike-proposal" && got != "" && want != "" {
		e.Set("detail", e.Args["axis"]+": received "+got+", configured "+want)
	}
	if strings.Contains(e.Text, "does not match policy") && e.Args["axis"] != "" {
		e.Set("detail", e.Args["axis"]+": that of the offer is another than this side's policy has")
		delete(e.Args, "axis")
	}
	if status.MatchString(e.Text) {
		e.Version = 1
	}
	if r.offer != nil && strings.Contains(e.Text, "no offers accepted") {
		r.offer.complete(e)
		r.offer = nil
	}
	if strings.HasPrefix(m, "CRYPTO-6-ISAKMP_ON_OFF") { // of both versions
		e.Version = 0
	}
	if historyV1.MatchString(e.Text) {
		e.Version = 1
	}
	if strings.HasPrefix(m, "ASA-") || strings.HasPrefix(m, "FTD-") || ofASA.MatchString(e.Text) {
		e.Set("os", "ASA")
	}
	delete(e.Args, "message")
	if e.Kind == event.Theirs || e.Kind == event.Ours {
		e.Proposals = proposals(e.Text)
	}
	for _, name := range []string{"peer", "local"} {
		if at, _, found := strings.Cut(e.Args[name], "/"); found {
			e.Set(name, at)
		}
		if at := e.Args[name]; strings.Count(at, ":") == 1 {
			at, _, _ = strings.Cut(at, ":")
			e.Set(name, at)
		}
	}
}

// maxListed bounds the proposals of a line.
const maxListed = 32

// proposals reads "Proposal 1:  AES-CBC-256 SHA256 SHA256 DH_GROUP_2048_MODP/Group
// 14": ciphers, PRFs, integrity algorithms and groups.
func proposals(text string) []offered.Proposal {
	var out []offered.Proposal
	for rest := text; len(out) < maxListed; {
		_, after, found := strings.Cut(rest, "Proposal ")
		if !found {
			break
		}
		_, list, found := strings.Cut(after, ":")
		if !found {
			break
		}
		one, _, _ := strings.Cut(list, "Proposal ")
		p := offered.Proposal{Protocol: "IKE"}
		var hashes []string
		words := strings.Fields(one)
		for i := 0; i < len(words); i++ {
			w := words[i]
			switch {
			case strings.HasPrefix(w, "AES"), strings.HasPrefix(w, "3DES"), strings.HasPrefix(w, "DES"):
				p.Add(offered.Cipher, w)
			case strings.HasPrefix(w, "SHA"), strings.HasPrefix(w, "MD5"), w == "None":
				hashes = append(hashes, w)
			case strings.HasPrefix(w, "DH_GROUP"):
				if i+1 < len(words) && strings.HasSuffix(w, "/Group") {
					w += " " + words[i+1]
					i++
				}
				p.Add(offered.Exchange, w)
			}
		}
		for i, h := range hashes {
			if i < (len(hashes)+1)/2 {
				p.Add(offered.PRF, h)
			} else {
				p.Add(offered.Integrity, h)
			}
		}
		out = append(out, p)
		rest = list
	}
	return out
}
