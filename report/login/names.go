package login

import (
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/internal/lists"
	"github.com/ikescope/ikescope/report/spelling"
)

// Named returns d with n's names of algorithms in its sentences and suites. What the
// gateway and others say, and lines to paste, stay as they are.
func (d *Document) Named(n spelling.Names) *Document {
	out := *d
	out.Suite = n.Text(d.Suite)
	out.Intended = lists.Convert(d.Intended, n.Text)
	out.Steps = lists.Convert(d.Steps, func(s Step) Step { return s.named(n) })
	if d.ESP != nil {
		e := *d.ESP
		e.WithPFS, e.WithoutPFS, e.Unasked = lists.Convert(e.WithPFS, n.Text), lists.Convert(e.WithoutPFS, n.Text), n.Text(e.Unasked)
		out.ESP = &e
	}
	if d.IKE != nil {
		e := *d.IKE
		e.Suites, e.Text, e.Unasked = lists.Convert(e.Suites, n.Text), n.Text(e.Text), n.Text(e.Unasked)
		e.Clients = lists.Convert(e.Clients, func(c IKEClient) IKEClient {
			c.Suites, c.Doubt = lists.Convert(c.Suites, n.Text), n.Text(c.Doubt)
			return c
		})
		out.IKE = &e
	}
	out.Clients = lists.Convert(d.Clients, func(c Client) Client {
		c.Text, c.Doubt = n.Text(c.Text), n.Text(c.Doubt)
		c.Suites, c.Rekeys, c.Fix = lists.Convert(c.Suites, n.Text), lists.Convert(c.Rekeys, n.Text), namedClientFixes(c, n)
		return c
	})
	if d.Stay != nil {
		s := *d.Stay
		s.Requests = lists.Convert(s.Requests, func(r OwnRequest) OwnRequest {
			r.Offer, r.KE = lists.Convert(r.Offer, n.Text), n.Text(r.KE)
			return r
		})
		out.Stay = &s
	}
	return &out
}

// named has other names where the step, or why it did not pass, is about algorithms;
// elsewhere identities and the names of certificates are in sentences.
func (s Step) named(n spelling.Names) Step {
	if s.Step == "negotiate" {
		s.Text = n.Text(s.Text)
	}
	if s.Reason != nil && (s.Reason.Layer == incident.Negotiation || s.Reason.Layer == incident.Child) {
		r := *s.Reason
		r.Text, r.Detail, r.Elsewhere, r.Fix = n.Text(r.Text), n.Text(r.Detail), n.Text(r.Elsewhere), namedFixes(r.Fix, n)
		s.Reason = &r
	}
	return s
}

func namedFixes(all []incident.Fix, n spelling.Names) []incident.Fix {
	return lists.Convert(all, func(f incident.Fix) incident.Fix {
		if !f.Paste {
			f.Line = n.Text(f.Line)
		}
		return f
	})
}

func namedClientFixes(c Client, n spelling.Names) []ClientFix {
	return lists.Convert(c.Fix, func(f ClientFix) ClientFix {
		if !f.Paste {
			f.Line = n.Text(f.Line)
		}
		f.Place = n.Text(f.Place)
		f.Where = f.whereFor(c.Name) // which is no algorithm's, whatever it is
		return f
	})
}
