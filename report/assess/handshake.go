package assess

import (
	"fmt"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// handshakeFinding is about what a gateway should draw anew for each IKE SA.
func handshakeFinding(f *report.Finding, h report.Habit) {
	answers := english.Counted(int64(h.Count), "accepted answer", "accepted answers")
	switch h.Kind {
	case report.HabitRepeatsPublic:
		f.ID, f.Severity = "GATEWAY-REPEATS-PUBLIC", report.SeverityMedium
		f.Title = "the gateway uses one public value for several IKE SAs"
		f.Detail = answers + " had the public value of another one: who gets its private key reads all of their traffic, and a key that is never changed gives no forward secrecy"
		f.Fix = []string{"set the gateway to make a new key for each IKE SA, or update it", "ask its maker whether the key is the same on other gateways, as was found of VoWiFi gateways"}
		f.Refs = []string{"RFC 7296, Section 2.12"}
	case report.HabitRepeatsNonces:
		f.ID, f.Severity = "GATEWAY-REPEATS-NONCES", report.SeverityHigh
		f.Title = "the gateway uses one nonce for several IKE SAs"
		f.Detail = answers + " had the nonce of another one: its random numbers are broken, and keys that come from them may be guessed"
		f.Fix = []string{"update the gateway, and check its source of randomness, after it was cloned or restored, too"}
		f.Refs = []string{"RFC 7296, Section 2.10"}
	case report.HabitSharesPublic:
		f.ID, f.Severity = "GATEWAY-SHARES-PUBLIC", report.SeverityHigh
		f.Title = "the gateway and " + h.Other + " have the same public value"
		f.Detail = answers + " had a public value that " + h.Other + " had before: if they are different gateways, who has the private key of one reads the traffic of both"
		f.Fix = []string{"if they are two addresses of one gateway, set it to make a new key for each IKE SA", "else find out where the key comes from: a key of the maker's, or a machine that was cloned"}
		f.Refs = []string{"RFC 7296, Section 2.12"}
	case report.HabitSharesNonces:
		f.ID, f.Severity = "GATEWAY-SHARES-NONCES", report.SeverityHigh
		f.Title = "the gateway and " + h.Other + " have the same nonce"
		f.Detail = answers + " had a nonce that " + h.Other + " had before: their random numbers are the same, and keys that come from them may be guessed"
		f.Fix = []string{"update the gateways, and check their source of randomness, after they were cloned or restored, too"}
		f.Refs = []string{"RFC 7296, Section 2.10"}
	case report.HabitShortNonces:
		f.ID, f.Severity = "GATEWAY-SHORT-NONCES", report.SeverityMedium
		f.Title = fmt.Sprintf("the gateway's nonces have only %s", english.Counted(int64(h.Count), "octet", "octets"))
		f.Detail = "they must have at least 16, and half of the key size of the PRF"
		f.Fix = []string{"update the gateway"}
		f.Refs = []string{"RFC 7296, Section 2.10"}
	case report.HabitRepeatsSPIs:
		f.ID, f.Severity = "GATEWAY-REPEATS-SPIS", report.SeverityMedium
		f.Title = "the gateway uses one SPI for several IKE SAs"
		f.Detail = answers + " had the responder SPI of another one, so that messages may be taken for those of another IKE SA"
		f.Fix = []string{"update the gateway, and check its source of randomness"}
		f.Refs = []string{"RFC 7296, Section 2.6"}
	}
}
