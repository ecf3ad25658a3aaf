package incident

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/general"
	"github.com/ikescope/ikescope/report/incident/offered"
	"github.com/ikescope/ikescope/report/incident/sentence"
)

// conclude sets what is known of an attempt once it has ended: whose log it is, the
// lists of proposals that stand, and the cause, nil if nothing failed or nothing
// explains it.
func (a *Attempt) conclude() {
	standing := a.standing()
	a.lists = listed(standing)
	a.Side = cmp.Or(a.Side, a.hint, a.byLists(), a.byRefusal(), a.byWords())
	best := a.best(standing)
	if id, e := a.byEnd(best); id != "" {
		a.Cause = a.cause(id, e)
		return
	}
	switch {
	case best == nil:
	case a.asksAgain(best):
		a.again = best
	case best.Kind == event.Again && !a.stuck(best) && len(a.Events) > 1: // it was answered, or may be
	default:
		a.Cause = a.explained(best)
	}
}

// conclude sets the cause that shows only in several attempts of one kind, or beside
// the log of the other side.
func (g *Group) conclude() {
	c := g.beganAnew()
	if g.Other != nil && c == nil {
		c = g.Attempt.unheardAnswer(g.Other)
	}
	if c != nil {
		g.Attempt.Cause = c
	}
}

// byEnd returns the cause that the end of SAs shows, and its line, where that says more
// than the best of the events; "" if it does not.
func (a *Attempt) byEnd(best *event.Event) (string, *event.Event) {
	if e := a.nothingThrough(); e != nil && (best == nil || best.Cause == "l2tp-unfinished" || best.Cause == "client-deleted") {
		return "l2tp-nothing", e
	}
	at := slices.IndexFunc(a.Events, func(e event.Event) bool { return e.Kind == event.Deleted })
	switch {
	case at < 0:
	case a.deletedAtOnce && !a.carried() && (best == nil || a.rank(best) > rankVague && best.Kind != event.Gone):
		return "client-deleted", &a.Events[at]
	case (best == nil || best.Cause == "daemon-crash" && best.Kind == event.Own) && !a.Established && a.Reached == event.PhaseChild && a.Side == event.Initiator && a.ending == "peer-ended":
		return general.Refine("child-refused", "", "", false, a.says), &a.Events[at] // the other side ended what it was asked to go on with
	}
	return "", nil
}

// explained returns the cause that an event stands for, nil if there is none.
func (a *Attempt) explained(e *event.Event) *Cause {
	id := general.Refine(a.resolve(e), a.words[general.LinkWord], a.words["minutes"], a.ikeUp, a.says)
	if id == "" {
		return nil
	}
	c := a.cause(id, e)
	if len(a.lists.gaps) == 0 && a.Side == event.Initiator {
		c.Likely = append(c.Likely, sentence.Suspects(id, a.Version, a.words)...)
	}
	c.Likely = append(c.Likely, a.saidBefore(e)...)
	if fromWords(e) {
		c.Likely = append(c.Likely, fmt.Sprintf("this is read from the words of line %d alone: ikescope does not know the message", e.Line))
	}
	a.compare(c)
	return c
}

// compare adds to a cause what lists and lines say of the proposals of the two sides.
func (a *Attempt) compare(c *Cause) {
	const most = 3 // of a list
	l, details := a.lists, a.details()
	refused := c.ID == "ike-proposal" || c.ID == "child-proposal"
	switch {
	case l.apart && (refused || c.ID == "child-pfs" || c.ID == "key-exchange"):
		c.Gaps, c.Firm = l.gaps, true
		switch {
		case c.ID == "ike-proposal":
			c.Sentence = a.sentence(c.ID, "", &c.Event)
		case a.Established && a.words[event.Rekeys] != "" && c.Event.Line >= a.upLine && a.Version != 1:
			c.Sentence = offered.Rekeyed(l.gaps)
		}
		for _, g := range l.gaps {
			c.Details = append(c.Details, g.String())
		}
	case !refused:
	case len(details) > 0:
		c.Details = details
	case len(l.theirs) > 0:
		for _, p := range l.theirs[:min(len(l.theirs), most)] {
			c.Details = append(c.Details, "received: "+p.String())
		}
		if all := offered.Everywhere(l.theirs); all != "" {
			c.Details = append(c.Details, all)
		}
		if a.Version != 1 && offered.NoExchange(l.theirs) && strings.Contains(c.Event.Text+a.lastText(), "CREATE_CHILD_SA") {
			c.Likely = append(c.Likely, "no proposal received has a key exchange method: a connection with PFS takes none of them in CREATE_CHILD_SA, though it did in IKE_AUTH (libreswan: pfs=yes, its default)")
			a.setWord("nopfs", "pfs=no")
		}
	case a.Side == event.Responder:
		for _, p := range l.ours[:min(len(l.ours), most)] {
			c.Details = append(c.Details, "configured: "+p.String())
		}
	}
}

// asksAgain reports whether an event asks for the first message again, with another
// key exchange method, and is the last of the attempt: who asked goes on so (RFC
// 7296, Section 1.2).
func (a *Attempt) asksAgain(first *event.Event) bool {
	if first.Cause != "key-exchange" || first.Kind == event.Root || first.Count > 2 {
		return false
	}
	after := false
	for i := range a.Events {
		e := &a.Events[i]
		after = after || e == first || e.Line == first.Line
		if after && e.Kind != event.Info && e.Cause != "key-exchange" && !strings.Contains(e.Text, "INVAL") && !strings.Contains(e.Text, "encountered fatal error in state") {
			return false
		}
	}
	return true
}

// byLists returns whose log it is by proposals that came: who began is answered with
// one (RFC 7296, Section 2.7).
func (a *Attempt) byLists() event.Side {
	if slices.ContainsFunc(a.Events, func(e event.Event) bool {
		return (e.Kind == event.Theirs || e.Kind == event.Root) && len(e.Proposals) > 1 && e.Proposals[0].Protocol == "IKE"
	}) {
		return event.Responder
	}
	return ""
}

// byRefusal returns whose log it is by who refused: only who was asked refuses all
// proposals for an IKE SA (RFC 7296, Section 2.7), and only who asked is told so.
func (a *Attempt) byRefusal() event.Side {
	for i := range a.Events {
		e := &a.Events[i]
		if e.Cause != "ike-proposal" || a.ikeUp || a.Reached.Rank() > event.PhaseInit.Rank() {
			continue
		}
		if e.Kind == event.Own && e.Arg("notify") == "NO_PROPOSAL_CHOSEN" {
			return event.Responder
		}
		if e.Kind == event.Sign && (strings.Contains(e.Text, "received NO_PROPOSAL_CHOSEN ") || strings.Contains(e.Text, "parsed INFORMATIONAL_V1 request ")) {
			return event.Initiator
		}
	}
	return ""
}

// maxDetails bounds what is said of proposals that do not meet.
const maxDetails = 4

// details are what lines say of single algorithms that do not meet.
func (a *Attempt) details() []string {
	var out []string
	for i := range a.Events {
		e := &a.Events[i]
		if d := e.Arg("detail"); d != "" && len(out) < maxDetails && !slices.Contains(out, d) && !a.common(e.Arg("axis")) {
			out = append(out, d)
		}
	}
	return out
}

// common reports whether lines name an algorithm of an axis both as one that came and
// as one that is configured: racoon and RouterOS compare each with each.
func (a *Attempt) common(axis string) bool {
	return axis != "" && slices.ContainsFunc(a.Events, func(e event.Event) bool {
		return e.Arg("axis") == axis && slices.ContainsFunc(a.Events, func(o event.Event) bool {
			return o.Arg("axis") == axis && o.Arg("want") == e.Arg("got")
		})
	})
}

// stuck reports whether retransmissions went on to the end of the log, more
// than once, or until this side was stopped.
func (a *Attempt) stuck(e *event.Event) bool {
	last := &a.Events[len(a.Events)-1]
	return e.Count >= 2 || last.Kind == event.End || last.Line == e.Line && a.Side == event.Initiator && a.Reached == event.PhaseInit && !strings.Contains(e.Text, "will wait 0.")
}

// arrives are words of a line about what came: this side hears the other.
var arrives = lazyregexp.New(`(?i)\b(?:parsed|received|processed|processing|recv)\b`)

// standing returns the events that nothing later took back.
func (a *Attempt) standing() []*event.Event {
	var out []*event.Event
	up := false
	for i := range a.Events {
		e := &a.Events[i]
		// Of a connection that is up, general words count only where they say
		// that the peer is gone, or of rekeying.
		up = up || e.Kind == event.Up
		if up && e.Arg(event.GeneralLevel) != "" && (e.Kind == event.Sign || e.Kind == event.Try || e.Kind == event.Wait) && e.Cause != "rekey" {
			continue
		}
		switch e.Kind {
		case event.Match:
			out = slices.DeleteFunc(out, func(o *event.Event) bool { return meets(e, o) })
		case event.Step:
			// What was sent again was answered.
			heard := arrives.MatchString(e.Text)
			out = slices.DeleteFunc(out, func(o *event.Event) bool {
				return heard && o.Cause == "send-failed" || o.Kind == event.Again || o.Kind == event.Sign && o.Cause == "answers-lost" || o.Kind == event.Own && o.Cause == "key-exchange" || o.Kind == event.Sign && o.Cause == "key-exchange" || o.Cause == "cookie"
			})
		case event.IKEUp:
			out = slices.DeleteFunc(out, func(o *event.Event) bool {
				return o.Kind != event.Root && o.Phase != event.PhaseChild && !ofChild(o) && !besides[o.Cause] || slices.Contains([]string{"cert-untrusted", "cert-status", "signature", "no-config", "method-mismatch", "psk-missing", "cert-refused", "id-not-in-cert", "peer-id", "eap-method"}, o.Cause)
			})
		case event.Up:
			// Another Child SA that failed stays failed.
			out = slices.DeleteFunc(out, func(o *event.Event) bool {
				return !besides[o.Cause] && (o.Phase != event.PhaseChild || o.Arg("sa") == "" || o.Arg("sa") == e.Arg("sa"))
			})
		case event.Start:
			out = slices.DeleteFunc(out, func(o *event.Event) bool {
				return o.Kind == event.Own || o.Kind == event.Again || o.Cause == "redirected" || o.Cause == "redirect-back"
			})
		}
		if e.Cause != "" || e.Kind == event.Again || e.Kind == event.Gone || e.Kind == event.Theirs || e.Kind == event.Ours {
			if e.Kind != event.Match {
				out = append(out, e)
			}
		}
	}
	if n := len(a.Events); n > 0 && a.Events[n-1].Kind == event.Wait {
		out = slices.DeleteFunc(out, func(o *event.Event) bool { return o.Kind == event.Wait })
	}
	if up && a.crossed() {
		out = slices.DeleteFunc(out, func(o *event.Event) bool { return o.Kind == event.Sign && o.Cause == "answers-lost" })
	}
	return out
}

// crossed reports whether a request came again only once: on its way it met its
// answer, which took long.
func (a *Attempt) crossed() bool {
	n := 0
	for i := range a.Events {
		if e := &a.Events[i]; e.Kind == event.Sign && e.Cause == "answers-lost" {
			n += e.Count
		}
	}
	return n == 1
}

// cause returns the entry of the catalogue for what an event shows.
func (a *Attempt) cause(id string, e *event.Event) *Cause {
	known := catalogue()[id]
	said := a.sentence(id, a.Side, e)
	c := &Cause{
		ID: id, Layer: known.layers[a.Side], Sentence: said,
		Event: *e, Firm: e.Kind == event.Root, Elsewhere: sentence.Fill(known.elsewhere, a.words),
	}
	if id == "windows" {
		c.ofWindows(e.Arg("code"), e.Arg("link"), a.words["point"] != "")
		if e.Arg("code") == "691" && a.says("VpnStrategy = L2TP") { // ERROR_AUTHENTICATION_FAILURE
			c.Likely, c.Checks = []string{"PPP refused the login, after IPsec had come up: a wrong user name or password, a locked account, or an authentication method that the server does not accept (MS-CHAPv2 is the usual one)"}, nil
		}
		if layer := Layer(e.Arg("layer")); layer != "" {
			c.Layer = layer
		}
		if c.Layer == Client {
			c.Elsewhere = "nothing: the error is this computer's own"
		}
	}
	if id == "no-connection" && a.words["host"] != "" {
		c.Likely = append(c.Likely, "a connection names the host "+a.words["host"]+", which does not resolve, so that it matches nobody (any address is %any)")
	}
	if cert := a.words["cert"]; id == "cert-untrusted" && cert != "" && cert == a.words["issuer"] {
		c.Likely = append(c.Likely, "the certificate names itself as its issuer: it is self-signed, or its CA has the same name, as after a new setup of the gateway")
	}
	c.Likely = append(c.Likely, a.besideIt(id, e)...)
	if id == "liveness" && a.words["in"] == "0B" && a.words["out"] == "0B" {
		c.Likely = append(c.Likely, "no ESP packet passed while it was up: the way back, or ESP in UDP 4500, may be blocked")
	}
	if id != "daemon-crash" && a.words["crash"] != "" {
		c.Likely = append(c.Likely, "this side's daemon crashed as well, with signal "+a.words["signal"]+": update it")
	}
	if c.Layer == Child && a.words["compression"] != "" {
		c.Likely = append(c.Likely, "compression (IPComp) was negotiated, which the kernel may lack")
	}
	if policy := a.words["policy"]; id == "ikev1-peer" && policy != "" {
		c.Likely = append(c.Likely, "it asks for a connection with "+policy+", and none such is loaded for these addresses")
	}
	if (id == "child-proposal" || id == "quick-silent") && a.Version == 1 && a.Side == event.Initiator {
		c.Likely = append(c.Likely, offered.QuickMode(a.words["pfs"])...)
	}
	if identified[id] && a.Side == event.Initiator && a.alsoRefused() {
		c.Likely = append(c.Likely, "the gateway refuses this client too (AUTHENTICATION_FAILED), as with another identity, certificate or key than it expects: see its log")
	}
	if reason := e.Arg("reason"); reason != "" && !strings.Contains(said, reason) {
		c.Likely = append(c.Likely, reason)
	}
	return c
}

// identified are causes for which this side refuses the other.
var identified = map[string]bool{"id-not-in-cert": true, "cert-untrusted": true, "cert-invalid": true, "cert-revoked": true, "cert-refused": true, "cert-purpose": true, "peer-id": true}

// alsoRefused reports whether the other side refused this one, too. Android calls its own
// refusal so.
func (a *Attempt) alsoRefused() bool {
	return a.Product != "Android" && slices.ContainsFunc(a.Events, func(e event.Event) bool {
		return e.Kind == event.Sign && e.Cause == "auth-refused" && !general.RefusesIdentity(e.Text)
	})
}

// sentence returns what is said of a cause, with the words of the attempt.
func (a *Attempt) sentence(id string, side event.Side, e *event.Event) string {
	known := catalogue()[id]
	words := make(map[string]string)
	for _, from := range []map[string]string{a.words, {"peer": a.Peer, "conn": a.Connection}, e.Args} {
		for name, value := range from {
			if value != "" {
				words[name] = value
			}
		}
	}
	if known.sentences[side] == "" {
		side = ""
	}
	if id == "peer-id" && words["got"] == "" {
		words["got"] = e.Arg("peer-id")
	}
	if id == "psk-mismatch" && e.Cause != id {
		words["likely"] = "most likely "
	}
	words["sent"] = a.sentID()
	if sent := words["sent"]; id == "id-not-in-cert" && sent != "" {
		words["id"] = sent
	}
	if own := words["local-id"]; own == "" || own == anyID {
		words["local-id"], words["lone-id"] = "", words["peer-id"]
		if own != "" {
			words["lone-id"] += " (it asks for none of the gateway's)"
		}
	}
	if id == "eap-refused" {
		words["how"] = ": user, password, certificate or policy"
		if early := words["eap-id"]; early != "" && words["method"] == "" {
			a.words["early-id"] = early
			words["how"] = " right after the identity " + early + ", before any method: it does not know or admit this identity, or its RADIUS server does not answer"
		}
	}
	if strings.HasPrefix(id, "kernel") {
		_, words["errno"] = a.kernel()
		if !strings.HasPrefix(words["selected"], "ESP") && !strings.HasPrefix(words["selected"], "AH") {
			words["selected"] = ""
		}
	}
	if a.Version == 2 {
		words["init"] = "IKE_SA_INIT" // what IKEv1 has none of
	}
	said := general.Below(sentence.Fill(known.sentences[side], words), words[general.LinkWord])
	if id == "child-pfs" && a.Version == 1 {
		said = "only one side has a key exchange method (PFS) in its proposal for Quick Mode, so that it is refused"
	}
	if id == "child-proposal" && a.Version == 1 && side == event.Initiator {
		said = "phase 1 succeeded, and the gateway does not accept Quick Mode; with which notify, these lines do not show"
		if a.says("NO_PROPOSAL_CHOSEN", "NO-PROPOSAL-CHOSEN", "NO_PROP", "PROPOSAL_NOT_CHOSEN", "o proposal chosen") {
			said = "phase 1 succeeded, and the gateway refuses Quick Mode with NO_PROPOSAL_CHOSEN"
		}
	}
	if a.Version == 1 && id != "ikev1-peer" {
		said = sentence.Fill("IKEv1[ ({exchange})]: ", words) + said
	}
	return said
}

// lastText returns the last line of the attempt.
func (a *Attempt) lastText() string { return a.Events[len(a.Events)-1].Text }

// says reports whether a line of the attempt has one of the words.
func (a *Attempt) says(words ...string) bool {
	return slices.ContainsFunc(a.Events, func(e event.Event) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(e.Text, w) || strings.Contains(e.Arg("notify"), w) })
	})
}

// sentID returns the identity that the other side sent and that matched no
// connection, "" if no line has it.
func (a *Attempt) sentID() string {
	for i := range a.Events {
		if e := &a.Events[i]; e.Cause == "no-config" && e.Arg("got") != "" {
			return e.Arg("got")
		}
	}
	return ""
}

// resolve names the cause that an event stands for, by the phase and the side
// of the attempt.
func (a *Attempt) resolve(e *event.Event) string {
	id, gaps := e.Cause, a.lists.gaps
	private, alike := offered.Alike(a.lists.theirs, a.lists.ours)
	switch {
	case e.Kind == event.Again, e.Kind == event.Gone:
		return a.unanswered(e)
	case a.refusedAgain(e) && a.words[event.AnotherChild] != "":
		return "child-again"
	case a.refusedAgain(e):
		return "rekey-pfs"
	case (id == "ike-proposal" || id == "child-proposal") && alike: // which then do not differ
		if private != "" {
			a.setWord("private", private)
		}
		return "proposals-alike"
	case e.Kind == event.Theirs, e.Kind == event.Ours, id == "ike-proposal", id == "child-proposal", id == "child-pfs":
		if a.Version == 1 && id != "child-proposal" && len(gaps) == 0 && a.words["lists"] == "" && a.Side == event.Responder && id == "" {
			return "ikev1-peer"
		}
		protocol := cmp.Or(a.lists.got.Protocol, a.lists.want.Protocol)
		child := protocol == "ESP" || protocol == "AH" ||
			protocol == "" && (id == "child-proposal" || id == "child-pfs" || e.Phase == event.PhaseChild || a.Reached.Rank() >= event.PhaseAuth.Rank() && !strings.Contains(e.Text, "IKE_SA_INIT"))
		if !child && !a.ofPhase2() {
			return "ike-proposal"
		}
		if len(gaps) == 1 && gaps[0].Axis == offered.Exchange && (len(gaps[0].Got) == 0 || len(gaps[0].Want) == 0) || id == "child-pfs" && len(gaps) == 0 {
			return "child-pfs"
		}
		return "child-proposal"
	case id == "answers-lost" && a.Reached.Rank() <= event.PhaseInit.Rank() && e.Phase.Rank() <= event.PhaseInit.Rank() && a.Reached != event.PhaseNone:
		return "answers-lost-init"
	case id == "lost-state" && a.Version == 1 && !a.ikeUp && (a.began || a.says("when P1 SA is complete")):
		return "dropped-phase1" // INVALID_COOKIE
	case id == "send-failed" && (a.Established || a.ikeUp):
		return "path-lost"
	case id == "undecryptable" && a.Version == 2 && !a.ikeUp && a.Reached == event.PhaseInit:
		return "undecryptable-first"
	case id == "id-not-in-cert" && a.Side == event.Responder && strings.Contains(a.sentID(), "=") && e.Arg("id") != "" && !strings.Contains(e.Arg("id"), "="):
		return "other-connection"
	case e.Kind == event.Own && id == "auth-refused":
		return "auth-failed" // by this side
	case id == "no-config" && a.Side == event.Responder && a.words[event.AsksEAP] != "":
		return "no-eap-config"
	case id == "no-config" && a.Side == event.Initiator && (e.Arg("got") != "" || e.Arg("peer-id") != ""):
		return "peer-id" // which it found no connection for
	case (id == "child-refused" || id == "refused") && ofNotify[e.Arg("notify")] != "":
		return ofNotify[e.Arg("notify")]
	case id == "child-refused" && a.toldWhy() != "":
		return a.toldWhy()
	case id == "undecryptable" && a.Version == 1 && !a.ikeUp:
		return "psk-mismatch" // in IKEv1 it is part of the keys
	case id == "malformed" && a.Version != 2 && e.Kind == event.Sign && e.Arg("notify") == "PAYLOAD_MALFORMED" && !a.ikeUp:
		return "payload-refused"
	case id == "malformed" && a.Version == 1 && a.Reached == event.PhaseAuth && !a.ikeUp:
		return "psk-mismatch" // the first that is encrypted
	case id == "no-connection" && a.Version == 1:
		return "ikev1-peer"
	case (id == "cert-untrusted" || id == "cert-invalid" || id == "cert-refused" || id == "cert-revoked") && a.insideEAP(e):
		if a.Side == event.Responder {
			return "eap-client-cert"
		}
		return "eap-server-cert"
	case id == "kernel":
		id, _ = a.kernel()
		return id
	case id == "id-not-in-cert" && a.insideEAP(e):
		return "eap-server-name"
	case id == "peer-id" && a.ikeUp && a.Version != 2 && e.Arg(event.GeneralLevel) != "":
		return "traffic-selectors" // identities of Quick Mode
	case id == "auth-refused" && (a.ikeUp || a.Version != 2 && len(a.Events) == 1) && general.RefusesIdentity(e.Text):
		return "traffic-selectors" // of Quick Mode
	case id == "auth-refused" && a.Version == 1 && strings.Contains(e.Text, "type INVALID_KEY_INFORMATION"),
		id == "psk-mismatch" && strings.Contains(e.Text, "INVALID_KEY_INFORMATION") && a.says("sending my cert"):
		return "key-refused"
	case id == "psk-mismatch" && strings.Contains(e.Text, "INVALID_KEY_INFORMATION") && a.Side == event.Initiator && a.Reached.Rank() < event.PhaseAuth.Rank():
		return "ke-refused" // no key was used yet
	case id == "auth-refused" && a.Version == 1 && a.Side == event.Initiator && general.RefusesIdentity(e.Text):
		return "id-refused"
	case id == "auth-refused" && a.Version != 1 && a.Reached == event.PhaseEAP && e.Kind == event.Sign && a.Side != event.Responder, id == "eap-refused":
		return "eap-refused"
	}
	return id
}

// refusedAgain reports whether an event refuses the proposal of a Child SA after one
// was up. The proposal of the first, in IKE_AUTH, has no key exchange method (RFC
// 7296, Section 1.2): that may be what differs.
func (a *Attempt) refusedAgain(e *event.Event) bool {
	if !a.Established || len(a.lists.gaps) > 0 || a.Version == 1 || e.Line < a.upLine {
		return false
	}
	return e.Cause == "child-proposal" || (e.Cause == "child-refused" || e.Cause == "rekey") && e.Arg("notify") == "NO_PROPOSAL_CHOSEN"
}

// ofNotify are the causes of notify messages that refuse something.
var ofNotify = map[string]string{
	"TS_UNACCEPTABLE": "traffic-selectors", "INTERNAL_ADDRESS_FAILURE": "no-address", "FAILED_CP_REQUIRED": "address-wanted",
	"AUTHENTICATION_FAILED": "auth-refused", "INVALID_SYNTAX": "syntax-refused", "INVALID_MAJOR_VERSION": "version", "INVALID_IKE_SPI": "lost-state", "UNSUPPORTED_CRITICAL_PAYLOAD": "critical-refused",
}

// toldWhy returns why this side refused a Child SA, as its notify to the other
// says, "" if it does not.
func (a *Attempt) toldWhy() string {
	for i := range a.Events {
		if o := &a.Events[i]; o.Kind == event.Own && o.Cause != "child-refused" && catalogue()[o.Cause].layers[""] == Child {
			return o.Cause
		}
	}
	return ""
}

// insideEAP reports whether an event about a certificate is of a TLS handshake
// inside EAP: this side is in a round of a method that has TLS, or the lines
// after it say so.
func (a *Attempt) insideEAP(e *event.Event) bool {
	if strings.Contains(e.Text, "[TLS]") || e.Args["inside"] == "tls" {
		return true
	}
	seen := false
	for i := range a.Events {
		o := &a.Events[i]
		seen = seen || o.Line == e.Line && o.Text == e.Text
		if seen && o.Args["inside"] == "tls" {
			return true
		}
	}
	switch a.words["method"] {
	case "TLS", "TTLS", "PEAP", "EAP_TLS", "EAP_TTLS", "EAP_PEAP":
		return e.Phase == event.PhaseEAP || a.Reached == event.PhaseEAP
	}
	return false
}
