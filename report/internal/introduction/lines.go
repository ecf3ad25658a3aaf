package introduction

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// page is a page of a text report.
type page struct {
	*layout.Page
	local  bool   // the gateway is on this machine
	dialed string // what kind of name users dial
}

// Write writes who the gateway says it is to out, as a section.
func Write(out *layout.Page, t *report.Target) {
	if t.Identity == nil {
		return
	}
	p := page{out, Local(t.Address), "host name"}
	if _, err := netip.ParseAddr(t.Identity.Name); err == nil {
		p.dialed = "address"
	}
	p.Section("IDENTITY")
	several := len(t.Identity.Connections) > 1
	for i := range t.Identity.Connections {
		c := &t.Identity.Connections[i]
		if several {
			p.Text(11, "with       "+strings.Join(c.Suites, ", "))
		}
		p.connection(c, t.Started, t.Identity.RevocationAsked)
	}
	if n := t.Identity.Hybrid; n > 0 {
		p.Text(0, "Not asked with "+english.Counted(int64(n), "product of suites that all have", "products of suites that all have")+" an additional key exchange (RFC 9370), which comes before IKE_AUTH: who the gateway is there is unknown.")
	}
	if t.Identity.NullAccepted {
		p.Text(0, "Anyone is let in: the gateway authenticates initiators with the NULL method (RFC 7619).")
	}
	if n := t.Identity.NotAsked; n > 0 {
		p.Text(0, english.Counted(int64(n), "more product of suites was", "more products of suites were")+" not asked with.")
	}
	if t.Identity.KeptHalfOpen {
		p.Text(0, "The gateway keeps these IKE SAs half-open until they time out, so only the necessary questions were asked.")
	}
}

// connection writes what the gateway shows with some suites. Certificates are judged at
// a time, and authorities may have been asked about them.
func (p page) connection(c *report.Connection, at time.Time, asked bool) {
	if c.State != report.IdentitySeen {
		p.Text(0, notSeen(c.Introduction))
		return
	}
	as := map[report.AskedAs]string{
		report.AskedEAPOnly: ", only to clients that accept EAP alone as proof (RFC 5998)",
		report.AskedAsUser:  ", only to users of its domain",
		report.AskedByName:  ", only to clients that ask for it by name",
	}[c.As]
	p.Aligned("ID", cmp.Or(c.ID, "empty")+" ("+c.IDType+")"+as)
	for i, cert := range c.Chain {
		label := "issuer"
		if i == 0 {
			label = "cert"
		}
		p.certificate(label, cert, at)
	}
	if len(c.Chain) == 0 && c.As != report.AskedEAPOnly {
		p.Aligned("cert", "none was sent")
	}
	for _, u := range c.Unread {
		p.Aligned("cert", "not read: "+u)
	}
	p.proof(c)
	for _, v := range []struct {
		who   string
		reply *report.Introduction
	}{
		{"without RFC 7427, as Windows and Apple ask", c.NoHashes},
		{"without CERTREQ, as Apple clients set up by hand ask", c.NoCertReq},
		{"with IDr = " + p.dialed + ", as Apple and Android ask", c.ByName},
	} {
		if v.reply != nil {
			p.Aligned("", v.who+": "+variantWords(&c.Introduction, v.reply))
		}
	}
	p.size(c)
	p.revocation(c, asked)
	p.methods(c)
	p.handshakes(c, at)
	p.clients(c.Judged)
}

// clients writes what each family of clients makes of the certificate, once if it is the
// same for all.
func (p page) clients(all []report.JudgedClient) {
	words := lists.Convert(all, judgedWords)
	if len(all) > 1 && len(slices.Compact(slices.Clone(words))) == 1 {
		p.Aligned("clients", words[0])
		return
	}
	for i, j := range all {
		p.Aligned(string(j.Client), words[i])
	}
}

// judgedWords says what a family of clients makes of the certificate.
func judgedWords(j report.JudgedClient) string {
	words := string(j.Verdict)
	if len(j.Shows) > 0 && j.Verdict == report.CertificateRejected {
		words += " (" + strings.Join(j.Shows, " or ") + ")"
	}
	var why []string
	for _, r := range j.Reasons {
		if r.Effect == j.Verdict || r.Rule == report.RuleRevoked && j.Verdict == report.CertificateAccepted {
			why = append(why, r.Sentence)
		}
	}
	if len(why) > 0 {
		words += ": " + strings.Join(why[:min(len(why), maxReasons)], "; ")
		if more := len(why) - maxReasons; more > 0 {
			words += fmt.Sprintf("; and %s in the JSON report", english.Counted(int64(more), "more reason", "more reasons"))
		}
	}
	return words
}

// maxReasons is how many reasons of a client are written.
const maxReasons = 3

// notSeen says why no identity was seen.
func notSeen(i report.Introduction) string {
	switch i.State {
	case report.IdentityRefused:
		if i.Notify == "AUTHENTICATION_FAILED" {
			return "not shown to strangers: the gateway does not offer EAP to us. It wants a certificate or a pre-shared key, or serves other identities"
		}
		return "not shown: the gateway answers " + i.Notify
	case report.IdentityNoAnswer:
		return "unknown: the gateway does not answer an IKE_AUTH that asks for EAP"
	case report.IdentityUnclear:
		return "unknown: the answer holds neither an identity nor an error, or is not protected"
	}
	return "not asked"
}

// certificate writes one of a chain.
func (p page) certificate(label string, c report.Certificate, at time.Time) {
	p.Aligned(label, c.Subject)
	if c.Issuer != c.Subject {
		p.Aligned("", "issued by "+c.Issuer)
	} else {
		p.Aligned("", "self-signed")
	}
	if label == "cert" {
		names := "no names"
		if len(c.Names) > 0 {
			names = "names " + strings.Join(some(c.Names), ", ")
		}
		usage := "any usage"
		if c.EKU != nil {
			usage = "for " + english.List(some(*c.EKU), "and")
		}
		p.Aligned("", names+"; "+usage)
	}
	p.Aligned("", c.Key+", signed with "+c.Signature+"; "+validity(c, at))
	if c.Unverifiable != "" {
		p.Aligned("", "not verifiable here: "+c.Unverifiable)
	}
}

// maxNames is how many names, or usages, of a certificate are written.
const maxNames = 12

// some returns all, or the first and how many others there are.
func some(all []string) []string {
	if more := len(all) - maxNames; more > 0 {
		return append(slices.Clone(all[:maxNames]), fmt.Sprintf("%s in the JSON report", english.Counted(int64(more), "more", "more")))
	}
	return all
}

// validity says from when to when a certificate is valid, and how that is at a time.
func validity(c report.Certificate, at time.Time) string {
	const day = 24 * time.Hour
	words := fmt.Sprintf("valid until %s", c.NotAfter.Format(time.DateOnly))
	switch left := c.NotAfter.Sub(at); {
	case at.IsZero():
		return words
	case at.Before(c.NotBefore):
		return fmt.Sprintf("not valid before %s", c.NotBefore.Format(time.DateOnly))
	case left < 0:
		return fmt.Sprintf("expired on %s", c.NotAfter.Format(time.DateOnly))
	case left < 60*day:
		return words + fmt.Sprintf(" (%s left)", english.Counted(int64(left/day), "day", "days"))
	}
	return words
}

// proof writes what the AUTH payload proves.
func (p page) proof(i *report.Connection) {
	words, style := "", ""
	switch i.Proof {
	case report.ProofVerified:
		words, style = "signed with "+i.Scheme+", verified with the certificate's key", layout.Green
	case report.ProofForged:
		words, style = "the signature ("+i.Scheme+") was not made with the certificate's key", layout.Red
	case report.ProofNotVerifiable:
		words = "not verifiable here: " + i.Detail
	case report.ProofNoCertificate:
		words = "signed, but no certificate came to verify it with"
	case report.ProofSharedKeyMAC:
		words, style = "a MAC under a pre-shared key, given to strangers, who can guess the key offline", layout.Red
	case report.ProofNone:
		words = "none, although RFC 7296, Section 2.16, requires it"
		if i.As == report.AskedEAPOnly {
			words = "none: the gateway proves who it is by EAP alone"
		}
	}
	for n, line := range layout.Wrap(printable.Text(words), p.Width-layout.Margin-11, 0) {
		label := "           "
		if n == 0 {
			label = "AUTH       "
		}
		p.Raw(p.Paint(style, label+line))
	}
}

// variantWords says how an answer to another client differs from the plain one.
func variantWords(plain, other *report.Introduction) string {
	switch {
	case other.State != report.IdentitySeen:
		if other.State == report.IdentityRefused {
			return "refused with " + other.Notify
		}
		return english.Plain(string(other.State))
	case other.ID != plain.ID:
		return "it is " + other.ID
	case len(other.Chain) == 0 && len(plain.Chain) > 0:
		return "no certificate"
	case other.Scheme != plain.Scheme:
		return "signed with " + other.Scheme
	case len(other.Chain) != len(plain.Chain):
		return english.Counted(int64(len(other.Chain)), "certificate", "certificates")
	}
	return "the same"
}

// methods writes those of EAP.
func (p page) methods(c *report.Connection) {
	if len(c.Methods) == 0 {
		if c.FirstMethod != "" && c.FirstMethod != "identity" {
			p.Aligned("EAP", c.FirstMethod+" first; others were not asked for")
		}
		return
	}
	words := strings.Join(c.Methods, ", ")
	if c.EAPServerName != "" {
		words += fmt.Sprintf(" (server name %q)", c.EAPServerName)
	}
	switch {
	case c.MethodsComplete && len(c.Methods) == 1:
		words += ", and no other method"
	case c.MethodsComplete:
		words += ", and no others"
	default:
		words += "; whether there are others is unknown"
	}
	p.Aligned("EAP", words)
	if slices.Equal(c.Methods, []string{"eap-tls"}) {
		p.Aligned("", "clients need a certificate of their own; a user name and password are not enough")
	}
}
