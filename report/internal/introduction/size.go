package introduction

import (
	"fmt"
	"net/netip"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// Local reports whether an address is of this machine.
func Local(address string) bool {
	at, err := netip.ParseAddr(address)
	return err == nil && at.IsLoopback()
}

// Size says how large the answer is, and what becomes of it for clients without IKE
// fragmentation, a half sentence each; nothing of one that any path takes, or that was not
// seen. local: the gateway is on this machine.
func Size(c *report.Connection, local bool) []string {
	switch {
	case c.State != report.IdentitySeen || c.Fragments == 0 && c.Octets <= report.MostUnfragmented:
		return nil
	case c.Fragments == 0:
		return []string{"the answer came whole: " + wholeWords(&c.Introduction, local)}
	}
	out := []string{fmt.Sprintf("the answer came in %d fragments of IKE (RFC 7383) of at most %s octets", c.Fragments, english.Grouped(int64(c.Octets)))}
	if c.NoFragments != nil {
		out = append(out, "without RFC 7383, as Windows before 10 1803 asks: "+wholeWords(c.NoFragments, local))
	}
	return out
}

// size writes how large the answer is.
func (p page) size(c *report.Connection) {
	label := "size"
	for _, words := range Size(c, p.local) {
		p.Aligned(label, words)
		label = ""
	}
}

// wholeWords says what became of an answer that was to come whole.
func wholeWords(i *report.Introduction, local bool) string {
	switch octets := english.Grouped(int64(i.Octets)) + " octets"; {
	case i.State == report.IdentitySeen && i.Octets > report.MostUnfragmented && local:
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
