package strongswan

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/offered"
)

// notifies are charon's names of error notifies in its lists of payloads
// (src/libcharon/encoding/payloads/notify_payload.c), and what each stands for
// where it was received.
var notifies = map[string]struct{ name, cause string }{
	"CRIT": {"UNSUPPORTED_CRITICAL_PAYLOAD", "critical-refused"}, "INVAL_IKE_SPI": {"INVALID_IKE_SPI", "lost-state"},
	"INVAL_MAJOR": {"INVALID_MAJOR_VERSION", "version"}, "INVAL_SYN": {"INVALID_SYNTAX", "syntax-refused"},
	"INVAL_MID": {"INVALID_MESSAGE_ID", "malformed"}, "NO_PROP": {"NO_PROPOSAL_CHOSEN", "ike-proposal"},
	"INVAL_KE": {"INVALID_KE_PAYLOAD", "key-exchange"}, "AUTH_FAILED": {"AUTHENTICATION_FAILED", "auth-refused"},
	"NO_ADD_SAS": {"NO_ADDITIONAL_SAS", "child-refused"}, "INT_ADDR_FAIL": {"INTERNAL_ADDRESS_FAILURE", "no-address"},
	"FAIL_CP_REQ": {"FAILED_CP_REQUIRED", "address-wanted"}, "TS_UNACCEPT": {"TS_UNACCEPTABLE", "traffic-selectors"},
	"CHILD_SA_NOT_FOUND": {"CHILD_SA_NOT_FOUND", "rekey"}, "NO_CHILD_SA": {"CHILD_SA_NOT_FOUND", "rekey"},
	"TEMP_FAIL": {"TEMPORARY_FAILURE", ""}, "COOKIE": {"COOKIE", "cookie"}, "INVAL_ID": {"INVALID_ID_INFORMATION", "auth-refused"},
}

// exchanges of IKEv1, as charon names them, and as people do.
var ikev1 = map[string]string{"ID_PROT": "Main Mode", "AGGRESSIVE": "Aggressive Mode", "QUICK_MODE": "Quick Mode",
	"TRANSACTION": "Config Mode", "INFORMATIONAL_V1": "Informational", "BASE": "Base Mode", "AUTH_ONLY": "Authentication Only"}

// message reads "parsed IKE_AUTH request 1 [ IDi CERT AUTH ]".
func (r *reader) message(l *event.Line, h *header, text string) []event.Event {
	rest, parsed := strings.CutPrefix(text, "parsed ")
	if !parsed {
		rest = strings.TrimPrefix(text, "generating ")
	}
	f := strings.Fields(rest)
	if len(f) < 3 || f[1] != "request" && f[1] != "response" {
		return nil
	}
	exchange, request, id := f[0], f[1] == "request", f[2]
	_, list, _ := strings.Cut(rest, "[")
	list, _, _ = strings.Cut(list, "]")
	payloads := strings.Fields(list)

	e := l.Event(event.Step)
	mode, v1 := ikev1[exchange]
	if v1 {
		e.Version = 1
	} else {
		e.Version = 2
	}
	s := r.ofMessage(h, exchange, request, parsed, v1 && !slices.Contains(payloads, "SA"))
	if exchange == "IKE_SA_INIT" && request {
		if parsed && s.ours && h.id == "" { // of another
			s = r.start(h, endpoints{})
		}
		s.ours = !parsed
	}
	first := id == "0"
	switch {
	case exchange == "IKE_SA_INIT" || exchange == "ID_PROT" || exchange == "AGGRESSIVE":
		e.Phase = event.PhaseInit
		if v1 {
			e.Set("exchange", mode)
			first = len(payloads) > 0 && payloads[0] == "SA"
			if exchange == "ID_PROT" && slices.Contains(payloads, "ID") { // the third message
				e.Phase = event.PhaseAuth
			}
		}
		if request && first {
			e.Side = sideOf(parsed)
			if parsed {
				e.Kind = event.Start
				switch {
				case s.retry:
					e.Kind, s.retry = event.Step, false
				case s.answered && !s.came: // the same again, or a new one from there
					e.Kind, s.repeat = event.Info, true
				}
			} else {
				e.Kind = event.Begin
			}
		} else if !request {
			e.Side = sideOf(!parsed)
			if s.repeat && !parsed && !v1 { // an answer that was computed anew
				e.Kind, s.repeat = event.Start, false
			}
			if !v1 && !parsed && slices.Contains(payloads, "KE") {
				e.Set(event.InitAnswered, exchange)
				s.answered = true
			}
		}
	case exchange == "IKE_AUTH", exchange == "IKE_INTERMEDIATE":
		e.Phase = event.PhaseAuth
		if exchange == "IKE_AUTH" && !request && !parsed {
			e.Set(event.Answered, exchange)
		}
		if exchange == "IKE_AUTH" && request && parsed && slices.Contains(payloads, "IDi") && !slices.Contains(payloads, "AUTH") {
			e.Set(event.AsksEAP, "yes")
		}
		if request {
			e.Side = sideOf(parsed)
		} else {
			e.Side = sideOf(!parsed)
		}
		if request && !parsed {
			e.Set(event.Asked, exchange)
		}
	case exchange == "TRANSACTION" && request && !parsed && strings.Contains(list, "X_USER"):
		e.Phase = event.PhaseEAP
		e.Set(event.Asked, "XAUTH")
	case exchange == "TRANSACTION":
		s.leasing = !parsed && strings.Contains(list, "CPRQ(ADDR")
		if parsed && request && (strings.Contains(list, "CPRQ(X_TYPE X_USER") || strings.Contains(list, "CPRQ(X_USER")) {
			e.Set("xauth-asked", "yes") // by the other side
		}
		e.Set(event.Asked, exchange)
	case exchange == "QUICK_MODE":
		e.Phase, s.quick = event.PhaseChild, true
		if request && slices.Contains(payloads, "SA") {
			e.Side = sideOf(parsed)
		}
	case exchange == "CREATE_CHILD_SA":
		e.Set("exchange", exchange) // the IKE SA is up, or it could not be
		if slices.Contains(payloads, "N(REKEY_SA)") {
			e.Set(event.Rekeys, "yes")
		}
	case exchange == "INFORMATIONAL" && request && slices.Contains(payloads, "N(AUTH_FAILED)"):
		e.Side = sideOf(parsed) // who began says so in an exchange of its own (RFC 7296, Section 2.21.2)
	case exchange == "INFORMATIONAL" && request && !parsed:
		e.Set("exchange", exchange) // as with CREATE_CHILD_SA
	case exchange == "INFORMATIONAL_V1" && !parsed:
		e.Kind = event.Info
	}
	s.asked = ""
	if request && !parsed {
		s.asked, s.retries, s.tries = id, 0, 0
		r.await(s)
	}
	var out []event.Event
	for _, p := range payloads {
		switch {
		case strings.HasPrefix(p, "EAP/"):
			e.Phase = event.PhaseEAP
			parts := strings.Split(p, "/")
			if len(parts) == 3 && parts[2] != "ID" && parts[2] != "NAK" {
				e.Set("method", parts[2])
			}
			if parts[1] == "FAIL" {
				out = append(out, r.refusal(l, h, s, parsed, "eap-refused", "EAP failure", event.PhaseEAP))
			}
		case strings.HasPrefix(p, "N("):
			name := strings.TrimSuffix(strings.TrimPrefix(p, "N("), ")")
			if code, ofMicrosoft := strings.CutPrefix(name, "MS_STATUS("); ofMicrosoft && parsed {
				refused := r.refusal(l, h, s, parsed, "ms-status", "MS_NOTIFY_STATUS", e.Phase)
				refused.Set("code", strings.TrimSuffix(code, ")"))
				refused.Set("reason", statuses[refused.Args["code"]])
				out = append(out, refused)
			}
			n, known := notifies[name]
			if !known || n.cause == "" || name == "COOKIE" && request {
				continue
			}
			phase := e.Phase
			cause := n.cause
			// In IKEv1 what is refused after phase 1 comes with a hash.
			protected := exchange == "INFORMATIONAL_V1" && slices.Contains(payloads, "HASH")
			switch {
			case name == "NO_PROP" && (exchange != "IKE_SA_INIT" && !v1 || protected):
				phase, cause = event.PhaseChild, "child-proposal"
				s.quick = s.quick || protected
			case name == "INVAL_ID" && (protected || s.quick):
				phase, cause = event.PhaseChild, "traffic-selectors"
				s.quick = true
			case name == "CRIT" && !parsed: // of what came
				cause = "critical-payload"
			case name == "INVAL_ID":
				phase, cause = event.PhaseAuth, "auth-refused"
			}
			if v1 && name == "AUTH_FAILED" {
				cause = "auth-refused"
			}
			if v1 && name == "INVAL_KE" { // nothing is asked for anew there
				cause = "ke-refused"
			} else if name == "COOKIE" || name == "INVAL_KE" {
				if parsed {
					s.again = name
				} else {
					s.retry = true
				}
			}
			out = append(out, r.refusal(l, h, s, parsed, cause, n.name, phase))
		case p == "D" && exchange == "INFORMATIONAL" && request && parsed:
			s.asked = ""
		}
	}
	r.finish(&e, h, s)
	// An answer that only refuses is no progress; what it says counts.
	return append([]event.Event{e}, out...)
}

func sideOf(parsedRequest bool) event.Side {
	if parsedRequest {
		return event.Responder
	}
	return event.Initiator
}

// ofMessage returns the IKE SA of a message. later: it is not the first one of IKEv1.
func (r *reader) ofMessage(h *header, exchange string, request, parsed, later bool) *session {
	begins := parsed && request && !later && (exchange == "IKE_SA_INIT" || exchange == "ID_PROT" || exchange == "AGGRESSIVE")
	p, came := r.pending[h.thread]
	if h.id != "" || !came || !parsed {
		return r.session(h, "", false)
	}
	delete(r.pending, h.thread)
	if s := r.sessions[p.peer]; s != nil && (!s.gone || r.byHost[host(p.peer)] == nil) && (!begins || s.retry || s.answered && !s.came || exchange != "IKE_SA_INIT") {
		return r.use(h, s)
	}
	if begins {
		return r.start(h, p)
	}
	// The peer went on from another port: from 500 to 4500.
	if s := r.byHost[host(p.peer)]; s != nil {
		r.bound()
		r.call(p.peer, s)
		if s.local == "" {
			s.local = host(p.local)
		}
		return r.use(h, s)
	}
	// What is not the first message is of an IKE SA whose lines before have no
	// address, or, if it is an answer, of the only one that asked.
	if s := r.last; s != nil && !begins && (s.peer == "" || !request && len(r.byHost) == 1) {
		r.bound()
		s.peer, s.local = host(p.peer), host(p.local)
		r.call(p.peer, s)
		r.byHost[s.peer] = s
		return r.use(h, s)
	}
	return r.start(h, p)
}

func (r *reader) refusal(l *event.Line, h *header, s *session, parsed bool, cause, notify string, phase event.Phase) event.Event {
	e := l.Event(event.Sign)
	if !parsed {
		e.Kind = event.Own
	}
	e.Cause, e.Phase = cause, phase
	e.Set("notify", notify)
	r.finish(&e, h, s)
	return e
}

// proposals reads "IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048, ESP:...".
func proposals(list string) []offered.Proposal {
	var out []offered.Proposal
	for text := range strings.SplitSeq(list, ", ") {
		protocol, names, ok := strings.Cut(strings.TrimSpace(text), ":")
		if !ok || len(out) == maxListed {
			break
		}
		p := offered.Proposal{Protocol: protocol}
		for name := range strings.SplitSeq(names, "/") {
			p.Add(axisOf(name), name)
		}
		out = append(out, p)
	}
	return out
}

// maxListed bounds the proposals of a line that are compared.
const maxListed = 32

func axisOf(name string) offered.Axis {
	switch {
	case strings.HasPrefix(name, "PRF_"):
		return offered.PRF
	case strings.HasPrefix(name, "HMAC_"), name == "AES_XCBC_96", name == "AES_CMAC_96", strings.HasPrefix(name, "AES_") && strings.Contains(name, "GMAC"):
		return offered.Integrity
	case strings.HasPrefix(name, "MODP_"), strings.HasPrefix(name, "ECP_"), strings.HasPrefix(name, "CURVE_"), strings.HasPrefix(name, "ML_KEM_"), strings.HasPrefix(name, "NTRU"), strings.HasPrefix(name, "FRODO"):
		return offered.Exchange
	case len(name) > 4 && name[:2] == "KE" && name[3] == '_':
		return offered.Further
	case strings.HasSuffix(name, "EXT_SEQ"):
		return offered.Sequence
	}
	return offered.Cipher
}
