// Package traversal says in words what NAT, and fragmentation, do to IKE.
package traversal

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// Fragmentation says what becomes of answers that are larger than a packet.
func Fragmentation(f *report.Fragmentation) string {
	const needs = "certificate chains (about 3,000 octets) and ML-KEM-1024 (1,568 octets)"
	words := "the gateway supports IKE fragmentation: " + needs + " are split to fit"
	if !f.Supported {
		words = "the gateway does not support IKE fragmentation: " + needs + " need IP fragments"
	}
	switch {
	case f.LargeAnswer == report.AnswerYes:
		words += fmt.Sprintf("; an answer of %s octets in IP fragments arrived", english.Grouped(int64(f.AnswerOctets)))
	case f.LargeAnswer == report.AnswerNo:
		words += "; a large answer in IP fragments did NOT arrive"
	}
	switch f.Works {
	case report.AnswerYes:
		words += fmt.Sprintf("; a large answer in %d fragments of IKE arrived", f.Pieces)
	case report.AnswerNo:
		words += "; a large answer in fragments of IKE did NOT arrive"
	}
	return words
}

// behaviors are those of RFC 4787, Section 4.1.
var behaviors = map[report.MappingBehavior]string{
	report.MappingEndpointIndependent:     "endpoint-independent",
	report.MappingAddressDependent:        "address-dependent",
	report.MappingAddressAndPortDependent: "address and port-dependent",
}

// NotSeen says that none of the addresses that were given of NAT is the one that the
// gateway sees; "" where none was given.
func NotSeen(n *report.NAT) string {
	if len(n.Outside) == 0 || n.Observed != nil {
		return ""
	}
	var same []string
	for _, a := range n.Outside {
		if n.Local == nil || strings.Contains(a, ":") == strings.Contains(n.Local.Address, ":") {
			same = append(same, a)
		}
	}
	switch {
	case len(same) == 0:
		return english.List(n.Outside, "and") + " of --outside " + isAre(n.Outside) + " of another IP version than the gateway"
	case len(same) == 1:
		return same[0] + " of --outside is not the address that this gateway sees"
	}
	return "none of " + english.List(same, "and") + " of --outside is the address that this gateway sees"
}

func isAre(words []string) string {
	if len(words) == 1 {
		return "is"
	}
	return "are"
}

// Mapping says how NAT in front of us maps one port for several destinations, or what would
// tell.
func Mapping(n *report.NAT) string {
	b := n.MappingBehavior
	switch b.Behavior {
	case report.MappingEndpointIndependent:
		return "NAT mapping is endpoint-independent (RFC 4787): the same port for different gateways"
	case report.MappingAddressDependent:
		return "NAT mapping is address-dependent (RFC 4787): the same port for both ports of one gateway, another one for another gateway"
	case report.MappingAddressAndPortDependent:
		return "NAT mapping is address and port-dependent (RFC 4787): another port for each port of a gateway"
	}
	words := "NAT mapping (RFC 4787) is unknown: "
	if 0 < len(b.Possible) && len(b.Possible) < len(behaviors) {
		words += english.List(lists.Convert(b.Possible, func(b report.MappingBehavior) string { return behaviors[b] }), "or") + "; "
	}
	switch b.Reason {
	case "outside_unknown":
		if wrong := NotSeen(n); wrong != "" {
			return words + wrong + "; the public address of your NAT towards it would tell"
		}
		return words + "--outside with the public address of your NAT would tell"
	case "port_kept":
		return words + "NAT keeps your port, as NAT of any kind may while it is free; a second machine behind it that uses the same port would tell"
	case "one_gateway":
		return words + "a gateway at another address in the same run would tell"
	case "others_silent":
		return words + "no other gateway in this run said which port it sees; one that answers would tell"
	}
	return words + "a gateway that answers on both ports would tell"
}

// HopLimits says that answers arrived with several hop limits, and what that is a sign of;
// "" of one.
func HopLimits(all []report.HopLimit) string {
	if len(all) < 2 {
		return ""
	}
	numbers := lists.Convert(all, func(h report.HopLimit) string { return fmt.Sprint(h.Limit) })
	words := "answers arrive with hop limits of " + english.List(numbers, "and") + ": "
	// Systems begin with 64, 128 or 255, which few routes make up for.
	const systems = 40
	if all[len(all)-1].Limit-all[0].Limit > systems {
		return words + "different systems send them, such as several gateways, or a device that answers in the gateway's place"
	}
	return words + "several gateways, a device that answers in the gateway's place, or routes of different length"
}

// Lifetime says how long NAT in front of us keeps an idle mapping.
func Lifetime(n *report.NAT) string {
	l := n.Lifetime
	words := lifetime(l)
	if wrong := NotSeen(n); wrong != "" && l.Unmeasured == "outside_unknown" {
		words = "how long NAT keeps a mapping is unknown: " + wrong
	}
	if l.Interrupted && l.Unmeasured == "" {
		words += "; the test was interrupted, and this is what it found until then"
	}
	return words
}

func lifetime(l *report.NATLifetime) string {
	switch {
	case l.Unmeasured == "no_nat":
		return "how long NAT keeps a mapping: there is no NAT in front of you to measure"
	case l.Unmeasured == "outside_unknown":
		return "how long NAT keeps a mapping is unknown: --outside has to name its public address"
	case l.Unmeasured == "port_kept":
		return "how long NAT keeps a mapping is unknown: it keeps your port, so a new mapping looks like the old one"
	case l.Unmeasured == "interrupted":
		return "how long NAT keeps a mapping is unknown: the test was interrupted before the first one had been idle for its time"
	case l.Unmeasured != "":
		return "how long NAT keeps a mapping is unknown: the gateway did not answer often enough"
	case l.LostMs == 0:
		return fmt.Sprintf("NAT keeps an idle mapping for %s or longer, unless it gives the same port again", seconds(l.KeptMs))
	case l.KeptMs == 0:
		return fmt.Sprintf("NAT forgets an idle mapping within %s", seconds(l.LostMs))
	}
	return fmt.Sprintf("NAT forgets an idle mapping after %s to %s", seconds(l.KeptMs), seconds(l.LostMs))
}

// Habits says what a gateway does with NAT traversal; "" where nothing is known.
func Habits(n *report.NAT) string {
	var habits []string
	for _, h := range []struct {
		a       report.Answer
		yes, no string
	}{
		{n.Forced, "accepts forced NAT traversal", "does NOT accept forced NAT traversal"},
		{n.Insists, "insists on NAT detection", ""},
		{n.KeepalivesIgnored, "ignores NAT keepalives", "ANSWERS NAT keepalives"},
	} {
		if word := map[report.Answer]string{report.AnswerYes: h.yes, report.AnswerNo: h.no}[h.a]; word != "" {
			habits = append(habits, word)
		}
	}
	return english.List(habits, "and")
}

func seconds(ms float64) string { return fmt.Sprintf("%.1f s", ms/1000) }
