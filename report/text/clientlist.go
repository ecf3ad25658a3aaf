package text

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/spelling"
)

// listWidth is the columns of texts that do not fit themselves to a terminal.
const listWidth = 80

// ClientList writes two lines for each client: what it is called, how many suites
// it offers, and the first of them.
func ClientList(w io.Writer, policies []client.Policy) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "  %-26s %6s  %s\n", "CLIENT", "SUITES", "THE FIRST")
	for _, p := range policies {
		mark := " "
		if p.Doubt != "" {
			mark = "*"
		}
		fmt.Fprintf(&b, "%s %-26s %6d  %s\n", mark, printable.Text(p.Name), assess.Offer(p).Suites, firstSuite(p))
		about := p.Product + ", " + p.Scope
		if p.Responder {
			about += " (responder)"
		}
		fmt.Fprintf(&b, "    %s\n", printable.Text(about))
	}
	fmt.Fprint(&b, "\n* marks what is doubtful, (responder) what is accepted rather than offered:\n"+
		"ikescope client show NAME shows more.\n")
	_, err := b.WriteTo(w)
	return err
}

func firstSuite(p client.Policy) string {
	for s := range p.Offer[0].Suites() {
		return s.String()
	}
	return ""
}

// Clients writes all that is known of each client.
func Clients(w io.Writer, policies []client.Policy) error {
	var b bytes.Buffer
	for i, p := range policies {
		if i > 0 {
			b.WriteByte('\n')
		}
		j := assess.Offer(p)
		line := func(label, text string) {
			for _, words := range unbroken(printable.Text(text), listWidth-11) {
				fmt.Fprintf(&b, "%-11s%s\n", label, words)
				label = ""
			}
		}
		b.WriteString(printable.Text(p.Name) + "\n")
		line("client", strings.TrimSuffix(p.Product+", "+p.Scope, ", "))
		line("aliases", strings.Join(p.Aliases, ", "))
		line("packet", fmt.Sprintf("KE payload of %s, %d octets; SA payload, %d octets", method(p.KE), j.KEOctets, j.SAOctets))
		line("offer", english.Counted(int64(len(p.Offer)), "proposal", "proposals")+", "+english.Counted(j.Suites, "suite", "suites"))
		for n, product := range p.Offer {
			label := fmt.Sprintf("%10d ", n+1)
			for _, words := range brokenOffer(product.String(), listWidth-11) {
				fmt.Fprintf(&b, "%-11s%s\n", label, words)
				label = ""
			}
		}
		if j.Child != nil {
			words, same := childWords(j.Child)
			line("Child SAs", words)
			for n, proposal := range j.Child.Proposals {
				label := fmt.Sprintf("%10d ", n+1)
				for _, words := range brokenOffer(proposal.Suites, listWidth-11) {
					fmt.Fprintf(&b, "%-11s%s\n", label, words)
					label = ""
				}
				if !same {
					line("", "rekeyed with "+rekeyingWords(proposal))
				}
				switch optional := len(proposal.Optional); {
				case optional > strings.Count(proposal.Suites, "-"):
					line("", "only some offer this")
				case optional > 0:
					line("", "only some have "+english.List(proposal.Optional, "and"))
				}
			}
			if j.Child.Source != "" {
				line("", "source: "+j.Child.Source)
			}
			if j.Child.Doubt != "" {
				line("", "doubt: "+j.Child.Doubt)
			}
		}
		line("source", p.Source)
		line("date", p.SourceDate)
		line("confidence", p.Confidence)
		line("doubt", spelling.StrongSwan.Text(p.Doubt))
		for _, note := range p.Notes {
			line("note", spelling.StrongSwan.Text(note))
		}
	}
	_, err := b.WriteTo(w)
	return err
}

// method names a key exchange method, as the proposals below do, with the number of a group.
func method(m ike.KeyExchangeMethod) string {
	return spelling.StrongSwan.InText(proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)})
}

// childWords says in short what a client offers for Child SAs, and whether all proposals
// are rekeyed with the same methods, which are then named.
func childWords(c *report.ClientChild) (words string, same bool) {
	words = english.Counted(int64(len(c.Proposals)), "proposal", "proposals")
	if len(c.SequenceNumbers) > 0 {
		words += ", " + english.List(c.SequenceNumbers, "and") + " sequence numbers"
	}
	if len(c.Proposals) == 0 {
		return words, true
	}
	first := rekeyingWords(c.Proposals[0])
	for _, p := range c.Proposals {
		if rekeyingWords(p) != first {
			return words, false
		}
	}
	return words + ", rekeyed with " + first, true
}

// rekeyingWords says what a client adds to a proposal when it rekeys.
func rekeyingWords(p report.ClientChildProposal) string {
	var words []string
	for _, method := range p.Rekeying {
		if method == "none" {
			method = "no key exchange"
		}
		words = append(words, spelling.StrongSwan.Text(method))
	}
	switch {
	case len(words) == 0:
		return "what is not known"
	case p.OfIKE:
		return "that of its IKE SA: " + english.List(words, "or")
	}
	return english.List(words, "or")
}

// unbroken breaks text at spaces alone, so that addresses and paths can be copied.
func unbroken(text string, width int) []string {
	var lines []string
	for word := range strings.FieldsSeq(text) {
		if last := len(lines) - 1; last >= 0 && layout.Columns(lines[last])+1+layout.Columns(word) <= width {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// brokenOffer breaks an offer between its algorithms into lines of at most
// width octets.
func brokenOffer(offer string, width int) []string {
	lines := []string{""}
	for word := range strings.SplitAfterSeq(offer, "-") {
		if last := len(lines) - 1; lines[last] == "" || len(lines[last])+len(word) <= width {
			lines[last] += word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}
