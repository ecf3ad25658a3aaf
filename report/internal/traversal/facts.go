package traversal

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// Fact is something that was found on the way to a gateway, in words. About is what it
// is about: size, IKEv1, you, or the gateway, for example; "" for the same as the one
// before it.
type Fact struct{ About, Words string }

// Facts returns what is known of the way to t beside the state of each path, in the order
// in which reports have it.
func Facts(t *report.Target) []Fact {
	var all []Fact
	all = append(all, size(t.PathSize)...)
	if f := t.Fragmentation; f != nil {
		all = append(all, Fact{"", Fragmentation(f)})
		if t.PathSize == nil {
			all[len(all)-1].About = "size"
		}
	}
	if words := HopLimits(t.HopLimits); words != "" {
		about := ""
		if len(all) == 0 {
			about = "answers"
		}
		all = append(all, Fact{about, words})
	}
	all = append(all, versions(t)...)
	return append(all, nat(t)...)
}

// Measured says how round trips vary, and what was lost; "" where neither is known. A
// time is written by duration, from milliseconds.
func Measured(path report.Path, duration func(float64) string) string {
	var words []string
	if path.RTTMaxMs > 0 {
		words = append(words, fmt.Sprintf("median %s, at most %s", duration(path.RTTMedianMs), duration(path.RTTMaxMs)))
	}
	if path.Lost > 0 {
		words = append(words, english.Counted(int64(path.Lost), "request", "requests")+" lost")
	}
	return strings.Join(words, "; ")
}

// Source says what a port of ours met.
func Source(s report.PathSource) string {
	words := english.Plain(string(s.State))
	switch {
	case s.State == "":
		words = "not tested: " + s.Detail
		if s.HeldBy != "" {
			words += ", held by " + s.HeldBy
		}
		if strings.Contains(s.Detail, "permission") {
			words += "; ports below 1024 need root or CAP_NET_BIND_SERVICE"
		}
	case s.State != report.PathAnswers && s.Reporter != "":
		words += ", by " + s.Reporter
	}
	return words
}

// size says how large packets may be.
func size(s *report.PathSize) []Fact {
	if s == nil {
		return nil
	}
	words := "packets of " + english.Grouped(int64(s.MTU)) + " octets pass unfragmented"
	var unknown []string
	switch {
	case s.MTU == 0 && s.Discovery == report.DiscoveryUnknown:
		words = "not known, as smaller requests get lost as well; to find out, test again at a quieter time, or with --rate 2"
	case s.MTU == 0:
		words = "no large packet passes unfragmented"
	case s.Discovery == report.DiscoveryUnknown:
		unknown = append(unknown, "larger ones do")
	case s.Discovery == report.DiscoveryWorks:
		words += ", and " + cmp.Or(s.Reporter, "a router") + " reports larger ones"
	case s.Discovery == report.DiscoveryBlackHole:
		words += ", and larger ones vanish"
	}
	switch s.Fragments {
	case report.AnswerYes:
		words += "; IP fragments pass"
	case report.AnswerNo:
		words += "; IP fragments do not pass"
	case report.AnswerUnknown:
		if s.MTU > 0 && s.Discovery != report.DiscoveryBlackHole {
			unknown = append(unknown, "IP fragments do")
		}
	}
	if len(unknown) > 0 {
		words += "; whether " + english.List(unknown, "and") + " is not known, as smaller requests get lost as well: to find out, test again at a quieter time, or with --rate 2"
	}
	return []Fact{{"size", words}}
}

// versions says which versions of IKE are spoken beside IKEv2.
func versions(t *report.Target) (all []Fact) {
	if t.IKEv1 != nil {
		all = append(all, Fact{"IKEv1", ikev1(t.IKEv1)})
	}
	if t.HigherVersion == report.HigherTaken {
		all = append(all, Fact{"IKE 3", "is accepted as IKEv2, although RFC 7296 requires a refusal"})
	}
	return all
}

func ikev1(v *report.IKEv1) string {
	mode := func(name string, a report.Answer, detail string) string {
		switch a {
		case report.AnswerYes:
			return name + " accepts " + detail
		case report.AnswerNo:
			return name + " is off (" + detail + ")"
		}
		return name + " unknown (" + cmp.Or(detail, "not asked") + ")"
	}
	if v.MainMode != report.AnswerYes && v.AggressiveMode != report.AnswerYes && v.MainModeDetail == v.AggressiveModeDetail {
		word := "not seen"
		if v.MainMode == report.AnswerNo {
			word = "off"
		}
		return word + ": " + v.MainModeDetail
	}
	return mode("Main Mode", v.MainMode, v.MainModeDetail) + "; " + mode("Aggressive Mode", v.AggressiveMode, v.AggressiveModeDetail)
}

// nat says what NAT is on the way.
func nat(t *report.Target) (all []Fact) {
	n := t.NAT
	if n == nil {
		return nil
	}
	if !n.Supported {
		return []Fact{{"gateway", "sent no NAT detection, so NAT cannot be detected"}}
	}
	add := func(about, words string) {
		if words != "" {
			all = append(all, Fact{about, words})
		}
	}
	ike, natt := t.PortName(report.UDP500), t.PortName(report.UDP4500)
	you := "not behind NAT"
	if n.LocalBehindNAT {
		you = "behind NAT"
		switch {
		case n.Local != nil && n.Observed != nil:
			you += fmt.Sprintf(": %s is seen as %s", n.Local, n.Observed)
		case n.Local != nil:
			you += fmt.Sprintf(": not seen as %s", n.Local)
		}
		switch n.Mapping {
		case report.MappingSame:
			you += ", on " + natt + " too"
		case report.MappingPerDestination:
			you += fmt.Sprintf(", and on %s as %s: a mapping for each destination", natt, n.ObservedNATT)
		}
	}
	add("you", you)
	if n.MappingBehavior != nil {
		add("", Mapping(n))
	} else {
		add("", NotSeen(n))
	}
	if n.Lifetime != nil {
		add("", Lifetime(n))
	}
	gateway := "not behind NAT"
	if n.GatewayBehindNAT {
		gateway = "behind NAT, or pretends to be"
		if n.GatewayInside != nil {
			gateway = fmt.Sprintf("behind NAT: its own address is %s", n.GatewayInside.Address)
		}
	}
	add("gateway", gateway)
	switch n.Floats {
	case report.AnswerYes:
		add("", "continues on "+natt+" what began on "+ike)
	case report.AnswerNo:
		add("", "does not continue on "+natt+" what began on "+ike)
	}
	add("", Habits(n))
	return all
}
