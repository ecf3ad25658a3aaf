package introduction

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// handshakes says what each server of TLS shows, and which versions it takes.
func (p page) handshakes(c *report.Connection, at time.Time) {
	label := "EAP server"
	write := func(words string) {
		p.Aligned(label, words)
		label = ""
	}
	var versions, refused []string
	shown := ""
	for _, t := range c.EAPTLS {
		if t.State == report.IdentitySeen && !slices.Contains(versions, t.Version) {
			versions = append(versions, t.Version)
		}
		if t.Offered != "TLS 1.3" {
			if t.State == report.IdentityRefused {
				refused = append(refused, t.Offered)
			}
			continue
		}
		switch {
		case t.State != report.IdentitySeen:
			write(t.Method + ": not seen: " + t.Detail)
			continue
		case len(t.Chain) == 0:
			write(t.Method + ": its certificate could not be read: " + strings.Join(t.Unread, "; "))
		case t.Chain[0].SHA256 == shown:
			write(t.Method + ": the same certificate")
		default:
			shown = t.Chain[0].SHA256
			write(t.Method + ": " + t.Chain[0].Subject)
			write("issued by " + t.Chain[0].Issuer + "; " + t.Chain[0].Key + "; " + validity(t.Chain[0], at))
			if len(c.Chain) > 0 && c.Chain[0].SHA256 == shown {
				write("the same certificate as in IKE")
			}
			for _, words := range rejections(t) {
				write(words)
			}
		}
		if t.AsksCertificate {
			write("asks for a certificate of the client, " + authorities(t.Authorities))
		}
	}
	if len(versions) > 0 {
		words := english.List(versions, "and")
		if len(refused) > 0 {
			words += "; not " + english.List(refused, "or") + " or older"
		}
		write(words)
	}
}

// rejections says why clients reject the certificate.
func rejections(t report.EAPTLS) []string {
	var out []string
	for _, c := range t.Judged {
		for _, r := range c.Reasons {
			if r.Effect == report.CertificateRejected && !slices.Contains(out, r.Sentence) {
				out = append(out, r.Sentence)
			}
		}
	}
	return out
}

// most is how many authorities are named.
const most = 3

func authorities(names []string) string {
	switch {
	case len(names) == 0:
		return "of any authority"
	case len(names) > most:
		return fmt.Sprintf("of %s and %s", strings.Join(names[:most], "; "), english.Counted(int64(len(names)-most), "other authority", "other authorities"))
	}
	return "of " + strings.Join(names, "; ")
}
