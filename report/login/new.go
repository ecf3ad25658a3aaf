package login

import (
	"cmp"
	"crypto/rsa"
	"crypto/tls"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/probe/login"
	"github.com/ikescope/ikescope/proposals/table"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/explain"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/incident/ask"
	"github.com/ikescope/ikescope/report/incident/sentence"
	"github.com/ikescope/ikescope/report/login/causes"
)

// rows are those of the causes of a login, by their names.
var rows = sync.OnceValue(func() map[string]table.Row {
	out := make(map[string]table.Row)
	for _, f := range causes.All() {
		out[f["cause"]] = f
	}
	return out
})

// New makes the document of a login to a target as the user named it.
func New(tool report.Tool, target string, c login.Client, r *login.Result) *Document {
	d := &Document{
		SchemaVersion: SchemaVersion, Tool: tool, Target: target, Address: r.Address.String(),
		Started: r.Started.UTC(), ElapsedMS: milliseconds(r.Elapsed),
		Method: string(r.Method), Identity: r.Local.String(), Intended: Intended(c),
		Steps: []Step{}, Left: r.Left == login.MayBeLeft, Exchanges: []Exchange{},
	}
	d.SecondMethod = string(r.Second)
	byEAP := r.Method.IsEAP() || r.Second != ""
	if byEAP && r.Method != login.TLS {
		d.User = c.Credentials.User
	}
	if r.Suite != nil {
		d.Suite, d.Transport = r.Suite.String(), r.Transport.String()
	}
	d.Gateway = gateway(&r.Gateway)
	if e := (EAP{Server: r.EAPServer, Error: r.EAPError, Message: r.EAPMessage, Notices: r.EAPNotices}); byEAP {
		if r.OtherMethod != 0 {
			e.OtherMethod = r.OtherMethod.String()
		}
		e.TLS = newTLS(r.EAPTLS)
		d.EAP = &e
	}
	if r.LoggedIn {
		d.Session = &Session{Childless: r.Childless, Child: r.Child, Assigned: settings(r.Assigned), AuthLifetime: int(r.AuthLifetime / time.Second)}
	}
	d.ESP, d.IKE, d.Stay = newESP(r.ESP), newIKE(r.IKE, d.Suite), newStay(r.Stay)
	for _, s := range r.Steps {
		d.Steps = append(d.Steps, d.step(c, s, r))
	}
	for _, x := range r.Exchanges {
		if x.Tries == 0 {
			continue
		}
		d.Exchanges = append(d.Exchanges, Exchange{
			Number: x.ID, Type: x.Type.String(), MessageID: x.MessageID, Transport: x.Transport.String(), Tries: x.Tries,
			Outcome: x.Outcome.String(), RTTMS: milliseconds(x.RTT), Sends: x.Sends, Answer: x.Answer,
		})
	}
	d.decide(r)
	return d
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// decide sets the verdict and the exit code.
func (d *Document) decide(r *login.Result) {
	f := r.Failure()
	switch {
	case r.LoggedIn:
		d.Verdict, d.Exit = LoggedIn, report.Exit{Code: report.ExitDone, Reason: "logged in"}
	case r.Interrupted:
		d.Verdict, d.Exit = Undecided, report.Exit{Code: report.ExitInterrupted, Reason: "interrupted"}
	case f != nil && f.Kind == login.Negotiate && (f.Cause == "silence" || f.Cause == "port-refused" || f.Cause == "send-failed" || f.Cause == login.CauseNoResponder):
		d.Verdict, d.Exit = NoAnswer, report.Exit{Code: report.ExitNoAnswer, Reason: "no IKEv2 answer"}
	case f != nil && f.State == login.Unknown:
		d.Verdict, d.Exit = Undecided, report.Exit{Code: report.ExitUndecided, Reason: "the gateway stopped answering"}
	default:
		d.Verdict, d.Exit = Failed, report.Exit{Code: report.ExitFailed, Reason: "the login failed"}
	}
	if d.Verdict == LoggedIn && r.Interrupted {
		d.Exit = report.Exit{Code: report.ExitInterrupted, Reason: "interrupted"}
	}
}

// step makes one step.
func (d *Document) step(c login.Client, s login.Step, r *login.Result) Step {
	out := Step{Step: string(s.Kind), State: string(s.State), Evidence: s.Exchanges}
	if out.Evidence == nil {
		out.Evidence = []int{}
	}
	if s.Cause != "" {
		out.Reason = reason(s, r, d.wordsOf(s, r))
		if out.Reason.Elsewhere != "" {
			out.Reason.Ask = ask.Command(s.Cause, d.Target)
		}
		if s.Cause == "auth-refused" && d.Method == string(login.Certificate) && !c.Credentials.PSS && isRSA(c) {
			out.Reason.Fix = append(out.Reason.Fix, incident.Fix{Line: "libreswan with authby=rsa-sha2 takes RSASSA-PSS alone: set signature: rsa-pss"})
		}
	}
	if s.Cause == "auth-refused" && s.Kind == login.EAPMethod && !c.Credentials.RemoteIdentity.IsZero() {
		out.Reason.Fix = slices.Insert(out.Reason.Fix, 0, incident.Fix{Line: "leave remote_identity out: if it is what the gateway refuses, the gateway then says who it is"})
	}
	if s.Cause == "eap-refused" {
		if line := insideTTLS[c.Credentials.Method]; line != "" {
			out.Reason.Fix = append(out.Reason.Fix, incident.Fix{Line: line})
		}
	}
	out.Text = d.text(s, r)
	return out
}

// insideTTLS say what else a server may want inside TTLS, where it refuses a login without a
// reason. strongSwan's own refuses attributes that are not of EAP as it does a password.
var insideTTLS = map[login.Method]string{
	login.TTLS:         "if the server takes no EAP inside TTLS, set method to eap-ttls-mschapv2 or eap-ttls-pap",
	login.TTLSMSCHAPv2: "if the server takes only EAP inside TTLS, as strongSwan's does, set method to eap-ttls",
	login.TTLSPAP:      "if the server takes only EAP inside TTLS, as strongSwan's does, set method to eap-ttls",
}

// isRSA reports whether the client signs with an RSA key.
func isRSA(c login.Client) bool {
	key := c.Credentials.Key.Signer()
	if key == nil {
		return false
	}
	_, ok := key.Public().(*rsa.PublicKey)
	return ok
}

// text says in half a sentence how a step went.
func (d *Document) text(s login.Step, r *login.Result) string {
	failed := s.State == login.Failed || s.State == login.Unknown
	method := d.Method
	if s.Second {
		method = d.SecondMethod
	}
	switch s.Kind {
	case login.Negotiate:
		if failed {
			return "no IKE SA was set up"
		}
		return fmt.Sprintf("IKE_SA_INIT: %s, over %s", d.Suite, report.Path{Transport: report.Transport(d.Transport), Port: r.Port}.Name())
	case login.Gateway:
		if failed && d.Gateway == nil {
			return "the gateway does not say who it is"
		}
		return "the gateway says it is " + d.Gateway.ID + d.proof(failed)
	case login.EAPMethod:
		if failed {
			return "the gateway does not ask for " + string(login.Method(method).Outer())
		}
		if d.EAP.OtherMethod != "" {
			return fmt.Sprintf("the gateway asks for %s, and takes %s in its place", d.EAP.OtherMethod, method)
		}
		return "the gateway asks for " + string(login.Method(method).Outer())
	case login.Authenticate:
		switch {
		case s.Cause == "eap-server-cert" || s.Cause == login.CauseServer:
			return "the EAP server is not trusted"
		case s.Cause == "eap-server-name":
			return "the EAP server is not the one that was asked for"
		case s.Cause == login.CauseProtocol || s.Cause == "eap-tls":
			return "the login does not complete"
		case s.State == login.Unknown:
			return "whether the gateway accepts " + d.credentials(method) + " is not known"
		case failed:
			who := cmp.Or(d.User, d.Identity)
			if d.SecondMethod != "" && !s.Second {
				who = d.Identity
			}
			return "the gateway refuses the login of " + who + " by " + method
		}
		return "the gateway accepts " + d.credentials(method)
	case login.Session:
		switch {
		case s.Cause == login.CauseNoAddress:
			return "the IKE SA is there, without the address that was asked for"
		case s.State == login.Warning:
			return "the IKE SA is there, and the rest is not as asked"
		case len(r.Assigned) > 0 && r.Child:
			return "an address and a Child SA were given"
		case r.Child:
			return "a Child SA was set up"
		}
		return "the gateway gave what was asked for"
	}
	switch {
	case d.Stay != nil && d.Stay.End == string(login.StayDeleted):
		return s.Detail
	case s.State == login.Unknown:
		return "whether the gateway still has the IKE SA is not known: " + s.Detail
	case r.LoggedIn:
		return cmp.Or(s.Detail, "the gateway answered the Delete: no IKE SA is left")
	}
	return cmp.Or(s.Detail, "the IKE SA was ended: none is left")
}

// credentials names what the gateway accepts or not.
func (d *Document) credentials(method string) string {
	switch method {
	case string(login.PSK):
		return "the pre-shared key of " + d.Identity
	case string(login.Certificate), string(login.TLS):
		return "the certificate of " + d.Identity
	}
	return d.User + "'s user name and password"
}

// proof says by what the gateway proves who it is.
func (d *Document) proof(failed bool) string {
	g := d.Gateway
	if !g.Proven {
		return ", and does not prove it"
	}
	by := ", proven by the pre-shared key"
	if len(g.Chain) > 0 && g.Scheme != "" {
		by = fmt.Sprintf(", proven by the certificate of %s (%s)", g.Chain[0].Subject, g.Scheme)
	}
	switch {
	case !failed:
		return by
	case g.Trusted && differs(g.CertificateMatches):
		return by + ", trusted, but it is not for " + g.Wanted
	case g.Trusted && len(g.Chain) > 0:
		return by + ", trusted, but the client asked for " + g.Wanted
	case g.Trusted:
		return by + ", and is not " + g.Wanted
	case differs(g.CertificateMatches):
		return by + ", not trusted, nor for " + g.Wanted
	case differs(g.IDMatches):
		return by + ", not trusted, and the client asked for " + g.Wanted
	}
	return by + ", and not trusted"
}

// reason says why a step did not pass.
func reason(s login.Step, r *login.Result, words map[string]string) *Reason {
	out := &Reason{Cause: s.Cause, Detail: s.Detail, Layer: incident.Unknown, Fix: []incident.Fix{}}
	if s.Notify != 0 {
		out.Notify = s.Notify.String()
	}
	own := rows()[s.Cause]
	told, ok := incident.TellInitiator(s.Cause, words)
	if ok {
		out.Layer, out.Text, out.Elsewhere = told.Layer, told.Sentence, told.Elsewhere
	}
	if !ok {
		out.Layer = incident.Layer(own["layer"])
	}
	if !ok || own["sentence"] != "" {
		out.Text, out.Elsewhere = sentence.Fill(own["sentence"], words), own["elsewhere"]
	}
	if s.Kind == login.Negotiate && s.Cause == login.CauseProtocol {
		out.Layer = incident.Negotiation // the cause alone does not say where
	}
	switch {
	case own["fix"] != "":
		out.Fix = append(out.Fix, incident.Fix{Line: sentence.Fill(own["fix"], words)})
	default:
		out.Fix = append(out.Fix, told.Fixes...)
	}
	// One that is not trusted may be for others as well.
	if g := &r.Gateway; s.Kind == login.Gateway && g.Fit() == login.Differs && !g.Trusted && g.Proven {
		other := "id-not-in-cert"
		if g.IDFit == login.Differs {
			other = "peer-id"
		}
		out.Fix = append(out.Fix, incident.Fix{Line: sentence.Fill(rows()[other]["fix"], words)})
	}
	code := own["windows"]
	if s.Cause == "eap-credentials" && r.EAPError > 0 {
		code = strconv.Itoa(r.EAPError) // which Windows shows as it is
	}
	if r.Method == login.PSK || r.Method == login.MD5 || r.Method == login.GTC || r.Second != "" {
		code = "" // for which Windows has no IKEv2 connection
	}
	if w, ok := explain.Windows(code); ok && code != "" {
		out.Windows = &Windows{code, w.Symbol} // as Windows writes it: HRESULTs in hexadecimal
		if s.Cause == "eap-credentials" && code != "691" {
			out.Text = w.Cause
		}
	}
	return out
}

// gateway makes who the gateway is; nil if it did not say.
func gateway(p *login.Peer) *Gateway {
	if p.ID.IsZero() {
		return nil
	}
	g := &Gateway{ID: p.ID.String(), IDType: p.ID.Type.String(), Proven: p.Proven, Trusted: p.Trusted, Scheme: p.Scheme.String(), Unread: p.Unread, Chain: []Certificate{}}
	g.Wanted, g.NameMatches, g.IDMatches, g.CertificateMatches = p.Wanted.String(), matches(p.Fit()), matches(p.IDFit), matches(p.CertificateFit)
	if p.Scheme.Method != 0 {
		g.AuthMethod = p.Scheme.Method.String()
	}
	for _, c := range p.Chain {
		g.Chain = append(g.Chain, certificateOf(c))
	}
	return g
}

// matches is whether something fits; nil where that was not judged.
func matches(f login.Fit) *bool {
	if f == login.Unjudged {
		return nil
	}
	fits := f == login.Fits
	return &fits
}

// newTLS makes who the server of EAP is; nil if there is none, or it did not say.
func newTLS(s *login.EAPServer) *TLS {
	if s == nil {
		return nil
	}
	out := &TLS{Version: tls.VersionName(s.Version), Proven: s.Proven, Trusted: s.Trusted, Wanted: s.Wanted.String(), Demanded: s.Demanded, NameMatches: s.Fit == login.Fits, Chain: []Certificate{}}
	for _, one := range s.Chain {
		out.Chain = append(out.Chain, certificateOf(one))
	}
	return out
}

func certificateOf(c *certificate.Certificate) Certificate {
	out := Certificate{Subject: c.Subject, Issuer: c.Issuer, NotAfter: c.NotAfter.UTC(), Key: c.Key.String(), SHA256: fmt.Sprintf("%x", c.SHA256)}
	out.Names = append(out.Names, c.DNSNames...)
	for _, a := range c.Addresses {
		out.Names = append(out.Names, a.String())
	}
	out.Names = append(out.Names, c.EmailAddresses...)
	return out
}

// settings reads the attributes of a CFG_REPLY (RFC 7296, Section 3.15.1).
func settings(all []ike.ConfigAttribute) []Setting {
	var out []Setting
	for _, a := range all {
		out = append(out, Setting{a.Type.String(), settingValue(a)})
	}
	return out
}

// settingValue reads a value: addresses and networks as such, text as text.
func settingValue(a ike.ConfigAttribute) string {
	v := a.Value
	switch a.Type {
	case ike.INTERNAL_IP4_ADDRESS, ike.INTERNAL_IP4_NETMASK, ike.INTERNAL_IP4_DNS, ike.INTERNAL_IP4_NBNS, ike.INTERNAL_IP6_DNS:
		if addr, ok := netip.AddrFromSlice(v); ok {
			return addr.String()
		}
	case ike.INTERNAL_IP6_ADDRESS, ike.INTERNAL_IP6_SUBNET:
		if len(v) == 17 && v[16] <= 128 {
			return fmt.Sprintf("%v/%d", netip.AddrFrom16([16]byte(v[:16])), v[16])
		}
	case ike.INTERNAL_IP4_SUBNET:
		if len(v) == 8 {
			return fmt.Sprintf("%v/%v", netip.AddrFrom4([4]byte(v[:4])), netip.AddrFrom4([4]byte(v[4:])))
		}
	case ike.INTERNAL_DNS_DOMAIN:
		return strings.ToValidUTF8(string(v), "\ufffd")
	}
	return fmt.Sprintf("%x", v)
}
