package login

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/login"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// Stay is what the gateway asked by itself while the login stayed.
type Stay struct {
	Seconds float64 `json:"seconds"`
	// End is "rekeyed", "deleted", "limit", "interrupted", "silent" or "full".
	End      string       `json:"end"`
	Requests []OwnRequest `json:"requests"`
}

// OwnRequest is a request of the gateway; those alike are one.
type OwnRequest struct {
	// Kind is "liveness", "rekey_ike", "rekey_child", "new_child", "delete_ike",
	// "delete_child" or "other".
	Kind string `json:"kind"`
	// After is when the first came, in seconds from the login.
	After float64 `json:"after_s"`
	Times int     `json:"times"`
	// Offer are the proposals of a rekeying, as strongSwan writes them, and KE is the
	// method of its KE payload.
	Offer []string `json:"offer"`
	KE    string   `json:"ke,omitempty"`
	// Answer is the error that it got.
	Answer string `json:"answer,omitempty"`
}

func newStay(s *login.Stay) *Stay {
	if s == nil {
		return nil
	}
	out := &Stay{Seconds: s.Stayed.Round(time.Millisecond).Seconds(), End: string(s.End), Requests: []OwnRequest{}}
	for _, r := range s.Requests {
		out.Requests = append(out.Requests, newRequest(r))
	}
	return out
}

func newRequest(r login.OwnRequest) OwnRequest {
	out := OwnRequest{Kind: string(r.Kind), After: r.After.Round(time.Millisecond).Seconds(), Times: r.Times, Offer: []string{}}
	for _, p := range r.Offer {
		out.Offer = append(out.Offer, proposalWords(p))
	}
	if r.KE != 0 {
		out.KE = r.KE.String()
	}
	if r.Answer != 0 {
		out.Answer = r.Answer.String()
	}
	return out
}

// maxOffered bounds the transforms that are shown of a proposal.
const maxOffered = 64

// proposalWords is a proposal, also for ESP, as strongSwan writes it.
func proposalWords(p ike.Proposal) string {
	var words []string
	for _, t := range p.Transforms[:min(len(p.Transforms), maxOffered)] {
		if t.Type == ike.TransformSN {
			word := fmt.Sprintf("sn_%d", t.ID)
			if t.ID < 2 {
				word = []string{"noesn", "esn"}[t.ID]
			}
			words = append(words, word)
			continue
		}
		a, err := proposals.AlgorithmOf(t)
		switch {
		case err != nil:
			words = append(words, fmt.Sprintf("transform_%d_%d", t.Type, t.ID))
		case a.Axis == proposals.KE && a.ID == 0:
			words = append(words, "none")
		case a.Keyword() != "":
			words = append(words, a.Keyword())
		}
	}
	if more := len(p.Transforms) - maxOffered; more > 0 {
		words = append(words, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(words, "-")
}

// ownWords say what a request is.
var ownWords = map[string]string{
	"liveness": "it asks whether the client is there", "rekey_ike": "it rekeys the IKE SA", "rekey_child": "it rekeys the Child SA",
	"new_child": "it wants another Child SA", "delete_ike": "it ends the IKE SA", "delete_child": "it ends the Child SA", "other": "it sends an INFORMATIONAL request",
}

// Progress returns what writes a line on each request that comes; nil if nothing is to be
// written.
func Progress(w io.Writer, quiet bool) func(login.OwnRequest) {
	if quiet {
		return nil
	}
	return func(r login.OwnRequest) {
		// Where it cannot be written, the report says it.
		_, _ = fmt.Fprintf(w, "ikescope: %s\n", newRequest(r).words())
	}
}

func (r OwnRequest) words() string {
	out := fmt.Sprintf("after %v: %s", since(r.After), ownWords[r.Kind])
	if r.Times > 1 {
		out = fmt.Sprintf("first after %v, %d times: %s", since(r.After), r.Times, ownWords[r.Kind])
	}
	if r.Answer != "" {
		out += ", and got " + r.Answer
	}
	return out
}

func since(seconds float64) time.Duration {
	d := time.Duration(seconds * float64(time.Second))
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Second)
}

// stayEnds say why it ended.
var stayEnds = map[string]string{
	"rekeyed": "until the gateway rekeyed", "deleted": "until the gateway ended the IKE SA", "limit": "for as long as --for allows",
	"interrupted": "until it was interrupted", "silent": "until the gateway stopped answering", "full": "until the gateway had asked more than is kept",
}

// Said says how long it was and why it ended, and then what was asked: of each request the
// lines that [OwnRequest.Lines] has.
func (s *Stay) Said() [][]string {
	out := [][]string{{fmt.Sprintf("%v, %s", since(s.Seconds), stayEnds[s.End])}}
	for _, r := range s.Requests {
		out = append(out, r.Lines())
	}
	if len(s.Requests) == 0 {
		out = append(out, []string{"the gateway sent no request of its own"})
	}
	return out
}

// Lines say what was asked: first a sentence, then a line for each proposal.
func (r OwnRequest) Lines() []string {
	out := []string{r.words()}
	for _, offer := range r.Offer {
		out = append(out, "+ "+offer)
	}
	if r.KE != "" {
		out = append(out, "with a KE payload of "+r.KE)
	}
	return out
}

// stay writes the section.
func (d *Document) stay(p *layout.Page) {
	s := d.Stay
	if s == nil {
		return
	}
	p.Section("STAYED")
	for _, lines := range s.Said() {
		for _, line := range lines {
			p.Text(2, line)
		}
	}
}
