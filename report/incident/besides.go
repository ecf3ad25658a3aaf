package incident

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
)

// besideIt returns what the lines show beside a cause, or leave open.
func (a *Attempt) besideIt(id string, e *event.Event) []string {
	const apart = ": the line does not tell the two apart"
	switch sent := a.words["no-id"]; {
	case id == "traffic-selectors" && a.Established:
		return []string{"another Child SA of this connection came up: only this one was refused"}
	case (id == "id-refused" || id == "key-refused") && a.Product == "libreswan" && a.says("sending my cert"):
		return []string{"or it does not accept this client's certificate (its CA, its time, a revocation): libreswan answers that with the same notify"}
	case id == "id-not-in-cert" && strings.Contains(e.Text, "no trusted "):
		return []string{"where lines of [CFG] were left out of this log, the CA of the certificate may be what is missing"}
	case id == "no-config" && sent != "":
		return []string{"the client sends the identity " + sent + ", which names nobody: its own ID or address is not set"}
	case id == "cert-untrusted" && e.Arg("id") != "" && e.Arg("cert") == "":
		return []string{"or the certificate does not have the name " + e.Arg("id") + apart}
	case id == "eap-credentials" && strings.Contains(e.Text, "authentication protocol is not permitted"):
		return []string{"or the authentication protocol that the client uses is not permitted here" + apart}
	case id == "undecryptable" && a.Version == 0 && !a.ikeUp:
		return []string{"in IKEv1, where the pre-shared key is part of the keys, or the two pre-shared keys differ; these lines do not show the version of IKE"}
	case id == "malformed" && strings.Contains(e.Text, "Delete response"):
		return []string{"it is the answer to this side's own DELETE: the IKE SA was being ended already, and why, earlier lines tell"}
	case id == "malformed" && a.says("IkeAuthPostEap"):
		return []string{"it is the answer to the last IKE_AUTH, which comes after EAP"}
	case id == "client-deleted" && a.Side != event.Responder && a.words["xauth-asked"] != "" && !a.says("CPRP(X_"):
		return []string{"the gateway asked for a user name and a password (XAUTH), and no answer of this side in these lines has them: the connection needs XAUTH, or another group of the gateway that does not ask for it"}
	case id == "ts-answer" && a.words["discarded"] != "":
		return []string{"of the addresses that the gateway assigned, this client discarded " + a.words["discarded"] + ", since it had one already: the selectors of the answer may be for the other"}
	case id == "path-lost":
		if at, err := netip.ParseAddr(a.Peer); err == nil && at.Is6() || err != nil && strings.Count(a.Peer, ":") > 2 {
			return []string{"the address is one of IPv6: IPv4 may still work, by which a new connection would come up"}
		}
	}
	return nil
}

// nothingThrough returns the line by which an SA for L2TP ended without any packet of
// the other side, nil if there is none.
func (a *Attempt) nothingThrough() *event.Event {
	if a.Version == 2 || !a.Established && a.Reached != event.PhaseEstablished {
		return nil
	}
	forL2TP := strings.Contains(strings.ToLower(a.Connection), "l2tp") || a.says(":17/1701")
	for i := range a.Events {
		if e := &a.Events[i]; forL2TP && e.Kind == event.Info && e.Arg("in") == "0B" {
			return e
		}
	}
	return nil
}

// carried reports whether packets passed through a Child SA in both directions.
func (a *Attempt) carried() bool {
	return passed(a.words["in"]) && passed(a.words["out"])
}

// beganAnew returns why a client that this side answered began anew, again and again,
// nil if the lines do not show that.
func (g *Group) beganAnew() *Cause {
	a := g.Attempt
	if a.Cause != nil || a.Side != event.Responder || a.Reached != event.PhaseInit || g.Count < 2 || len(g.Peers) > 1 || a.words[event.InitAnswered] == "" {
		return nil
	}
	id := "half-open"
	if a.Version == 1 {
		id = "answers-lost-init"
	}
	return a.cause(id, &a.Events[len(a.Events)-1])
}

// overcome returns what went wrong on the way of an attempt that did not fail of it.
func (a *Attempt) overcome() []string {
	var out []string
	up := false
	var lost, silent *event.Event // the last request that stayed unanswered while it was up, and the first
	for i := range a.Events {
		e := &a.Events[i]
		switch {
		case e.Kind == event.Up && lost != nil:
			silent, lost = cmp.Or(silent, lost), nil
		case e.Kind == event.Up:
			up = true
		case e.Kind == event.Gone && up:
			lost = e
		case e.Cause == "send-failed" && e.Kind == event.Root:
			said := "a packet could not be sent at first"
			if reason := e.Arg("reason"); reason != "" {
				said += " (" + reason + ")"
			}
			out = append(out, said+", as where this side's address or its route came only later, and what was sent again was answered")
		case e.Kind == event.Start && e.Arg(event.RedirectedTo) != "":
			if said := "a gateway redirected this client to " + e.Arg(event.RedirectedTo) + ", and it began anew there"; !slices.Contains(out, said) {
				out = append(out, said)
			}
		case i == len(a.Events)-1 && strings.Contains(e.Text, "sent v2I1, expected v2R1"):
			out = append(out, "this side's request is sent, and no answer to it is in these lines")
		case e.Cause == "cert-refused" && a.ikeUp && !slices.Contains(out, certPassed):
			out = append(out, certPassed)
		}
	}
	if silent != nil {
		out = append(out, fmt.Sprintf("in between, the other side did not answer any more (line %d), and the connection came up anew", silent.Line))
	}
	return out
}

const certPassed = "before that, this side rejected a certificate of the other, as for a CA that is not loaded here"

// unfit reports whether a fix proposes what the lines show to be so already.
func (a *Attempt) unfit(line string) bool {
	switch {
	case strings.HasPrefix(line, "fragmentation"):
		return a.says("N(FRAG_SUP)")
	case line == "correct that setting" || line == "swanctl --load-all":
		return a.words["socket"] != ""
	case strings.HasPrefix(line, "dpd_delay") || strings.HasPrefix(line, "dpddelay"): // it sent requests, and missed the answers
		return a.Cause.Event.Kind == event.Again || a.Cause.Event.Kind == event.Gone
	}
	return false
}

// shown is how far the attempt came, as its lines show it: in IKEv1 an IKE SA that is up
// may be followed by XAUTH, before any Quick Mode.
func (a *Attempt) shown() event.Phase {
	if a.Cause != nil && a.Cause.ID == "daemon-crash" && !a.began && !a.ikeUp {
		return event.PhaseNone // nothing was begun
	}
	if a.Version != 1 && a.Reached == event.PhaseChild && a.words["exchange"] != "CREATE_CHILD_SA" && (a.Version == 2 || !a.says("hase 2", "hase2", "uick", "QUICK", "QM_", "CHILD_SA")) && !a.says("CREATE_CHILD", "ChildSAExchange", "Child SA exchange", "create child", "create_child") {
		return event.PhaseAuth // the first Child SA is set up by it (RFC 7296, Section 1.2)
	}
	if a.Version != 1 || a.Reached != event.PhaseChild || slices.ContainsFunc(a.Events, func(e event.Event) bool { return e.Phase == event.PhaseChild && e.Kind != event.Info }) {
		return a.Reached
	}
	return event.PhaseAuth
}
