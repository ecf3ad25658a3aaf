package login

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/probe/login"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report/incident/ask"
)

// Heading says in a sentence how it went.
func (d *Document) Heading() string {
	who := cmp.Or(d.User, d.Identity)
	method := d.Method
	if d.SecondMethod != "" {
		who, method = d.Identity, method+", and "+d.User+" by "+d.SecondMethod
	}
	at := d.Target
	if d.Target != d.Address {
		at += " (" + d.Address + ")"
	}
	how := map[Verdict]string{
		LoggedIn: "logged in, and out again", Failed: "the login fails", Undecided: "the login was not decided", NoAnswer: "no IKEv2 answer",
	}[d.Verdict]
	if d.Stay != nil && d.Stay.End == string(login.StayDeleted) {
		how = "logged in, until the gateway ended the IKE SA"
	}
	if f := d.Failure(); f != nil && d.Verdict == Failed {
		how = "the login fails at " + stepNames[f.Step]
	}
	return fmt.Sprintf("%s: %s, as %s by %s", at, how, who, method)
}

var stepNames = map[string]string{
	"negotiate": "the negotiation", "gateway": "the proof of who the gateway is", "eap_method": "the choice of the EAP method",
	"authenticate": "the credentials", "session": "what comes with the session", "end": "its end",
}

func numbers(all []int) string {
	if last := len(all) - 1; last > 1 && all[last]-all[0] == last && slices.IsSorted(all) {
		return fmt.Sprintf("exchanges %d to %d", all[0], all[last])
	}
	var out []string
	for _, n := range all {
		out = append(out, fmt.Sprint(n))
	}
	if len(out) == 1 {
		return "exchange " + out[0]
	}
	return "exchanges " + strings.Join(out, ", ")
}

// Shown is what else shows why: the gateway's error, if it was not said, and the one that Windows shows.
func (r *Reason) Shown() []string {
	var out []string
	if r.Notify != "" && !strings.Contains(r.Text+" "+r.Detail, r.Notify) {
		out = append(out, "the gateway answers "+r.Notify)
	}
	if r.Windows != nil {
		out = append(out, fmt.Sprintf("Windows shows %s (%s)", r.Windows.Code, r.Windows.Symbol))
	}
	return out
}

// GatewayKnows says what only the gateway knows, and how to ask it by r.Ask; "" for
// nothing.
func (r *Reason) GatewayKnows() string {
	switch {
	case r.Elsewhere == "" || strings.HasPrefix(r.Elsewhere, "nothing"):
		return ""
	case r.Ask == "":
		return "only the gateway knows " + r.Elsewhere
	}
	return "the gateway knows " + r.Elsewhere + "; " + ask.Words(r.Cause)
}

// differs reports whether something was judged, and does not match.
func differs(matches *bool) bool { return matches != nil && !*matches }

// Judged says in a list whether it is proven who the gateway is, whether it is trusted, and
// whether it is whom the client asked for.
func (g *Gateway) Judged() string {
	not := func(yes bool, word string) string {
		if yes {
			return word
		}
		return "not " + word
	}
	out := not(g.Proven, "proven") + ", " + not(g.Trusted, "trusted")
	switch {
	case differs(g.IDMatches) && !differs(g.CertificateMatches):
		out += ", but not " + g.Wanted + ", which was asked for"
	case differs(g.NameMatches):
		out += ", but not for " + g.Wanted + ", which was asked for"
	case g.NameMatches != nil:
		out += ", for " + g.Wanted
	}
	return out
}

// Lines say what the server of EAP said; none of nil.
func (e *EAP) Lines() (out []string) {
	if e == nil {
		return nil
	}
	if e.Server != "" {
		out = append(out, "the server calls itself "+e.Server)
	}
	out = append(out, e.TLS.lines()...)
	for _, said := range append(e.Notices[:len(e.Notices):len(e.Notices)], e.Message) {
		if said != "" {
			out = append(out, "it says: "+said)
		}
	}
	return out
}

// lines say who the server is, and what clients may demand of it; none of nil.
func (t *TLS) lines() []string {
	if t == nil || len(t.Chain) == 0 {
		return nil
	}
	own := t.Chain[0]
	names := "without a subjectAltName"
	if len(own.Names) > 0 {
		names = "for " + someNames(own.Names)
	}
	shown := "with the EAP server's certificate " + own.Subject
	if !t.Proven {
		shown = "with the certificate " + own.Subject + ", which the EAP server showed and did not prove to be its own"
	}
	out := []string{fmt.Sprintf("%s, %s: %s, issued by %s, valid until %s", t.Version, shown, names, own.Issuer, own.NotAfter.Format(time.DateOnly))}
	switch {
	case t.Demanded && t.NameMatches:
		out = append(out, "the certificate is for "+t.Wanted+", as the credentials demand (eap_server)")
	case t.Demanded: // as why it failed says
	case t.NameMatches:
		out = append(out, "the certificate is for "+t.Wanted+", the gateway's identity, which strongSwan's client demands unless aaa_id names another")
	default:
		out = append(out, "the certificate is not for "+t.Wanted+", the gateway's identity, which strongSwan's client demands unless aaa_id names another; no name was demanded here (eap_server)")
	}
	return out
}

// someNames lists the first names of a certificate.
func someNames(all []string) string {
	const most = 4
	if more := len(all) - most; more > 0 {
		all = append(all[:most:most], fmt.Sprintf("%d more", more))
	}
	return english.List(all, "and")
}

// Lines say what the gateway gave; none of nil.
func (s *Session) Lines() (out []string) {
	if s == nil {
		return nil
	}
	for _, a := range s.Assigned {
		out = append(out, a.Type+" "+a.Value)
	}
	if s.AuthLifetime > 0 {
		out = append(out, fmt.Sprintf("the gateway wants a new login after %d seconds (AUTH_LIFETIME)", s.AuthLifetime))
	}
	return out
}

// Name is what a step is about.
func (s *Step) Name() string {
	return map[string]string{"negotiate": "negotiation", "gateway": "gateway", "eap_method": "EAP method", "authenticate": "credentials", "session": "session", "end": "end"}[s.Step]
}
