package introduction

import (
	"fmt"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// size writes how large the answer is, and what becomes of it for clients without IKE
// fragmentation.
func (p page) size(c *report.Connection) {
	if c.Fragments == 0 && c.Octets <= report.MostUnfragmented {
		return
	}
	if c.Fragments == 0 {
		p.Aligned("size", "the answer came whole: "+p.wholeWords(&c.Introduction))
		return
	}
	p.Aligned("size", fmt.Sprintf("the answer came in %d fragments of IKE (RFC 7383) of at most %s octets", c.Fragments, english.Grouped(int64(c.Octets))))
	if c.NoFragments != nil {
		p.Aligned("", "without RFC 7383, as Windows before 10 1803 asks: "+p.wholeWords(c.NoFragments))
	}
}

// wholeWords says what became of an answer that was to come whole.
func (p page) wholeWords(i *report.Introduction) string {
	switch octets := english.Grouped(int64(i.Octets)) + " octets"; {
	case i.State == report.IdentitySeen && i.Octets > report.MostUnfragmented && p.local:
		return octets + ", which elsewhere come in IP fragments"
	case i.State == report.IdentitySeen && i.Octets > report.MostUnfragmented:
		return octets + ", which arrived in IP fragments"
	case i.State == report.IdentitySeen:
		return octets + " in one packet"
	case i.AnswerLost:
		return "the gateway answered, and its answer in IP fragments did NOT arrive"
	case i.State == report.IdentityNoAnswer:
		return "no answer; whether one was sent is not known"
	case i.State == report.IdentityRefused:
		return "refused with " + i.Notify
	}
	return english.Plain(i.State)
}
