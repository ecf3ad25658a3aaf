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
		f.Detail = answers + " had the public value of another one: whoever gets its private key can read all of their traffic, and a key that never changes gives no forward secrecy"
		f.Fix = []string{"configure the gateway to generate a new key for each IKE SA, or update it", "ask its vendor whether other gateways have the same key, as was found with VoWiFi gateways"}
		f.Refs = []string{"RFC 7296, Section 2.12"}
	case report.HabitRepeatsNonces:
		f.ID, f.Severity = "GATEWAY-REPEATS-NONCES", report.SeverityHigh
		f.Title = "the gateway uses one nonce for several IKE SAs"
		f.Detail = answers + " had the nonce of another one: its random number generator is broken, and its keys may be guessed"
		f.Fix = []string{"update the gateway, and check its source of randomness, also after it was cloned or restored"}
		f.Refs = []string{"RFC 7296, Section 2.10"}
	case report.HabitSharesPublic:
		f.ID, f.Severity = "GATEWAY-SHARES-PUBLIC", report.SeverityHigh
		f.Title = "the gateway and " + h.Other + " have the same public value"
		f.Detail = answers + " had a public value that " + h.Other + " had before: if they are different gateways, whoever has the private key of one can read the traffic of both"
		f.Fix = []string{"if they are two addresses of one gateway, configure it to generate a new key for each IKE SA", "otherwise, find out where the key comes from: the vendor, or a machine that was cloned"}
		f.Refs = []string{"RFC 7296, Section 2.12"}
	case report.HabitSharesNonces:
		f.ID, f.Severity = "GATEWAY-SHARES-NONCES", report.SeverityHigh
		f.Title = "the gateway and " + h.Other + " have the same nonce"
		f.Detail = answers + " had a nonce that " + h.Other + " had before: their random numbers are the same, and their keys may be guessed"
		f.Fix = []string{"update the gateways, and check their source of randomness, also after they were cloned or restored"}
		f.Refs = []string{"RFC 7296, Section 2.10"}
	case report.HabitShortNonces:
		f.ID, f.Severity = "GATEWAY-SHORT-NONCES", report.SeverityMedium
		f.Title = fmt.Sprintf("the gateway's nonces have only %s", english.Counted(int64(h.Count), "octet", "octets"))
		f.Detail = "they must have at least 16, and at least half the key size of the PRF"
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
