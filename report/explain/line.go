package explain

import (
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/logtext"
)

var (
	// rasClient is event 20227 of RasClient.
	rasClient = lazyregexp.New(`error code returned on failure is (-?\d+)`)
	// coded is a code that a line calls one: "Error code: 0x80070005", "Error 809:".
	coded = lazyregexp.New(`(?i)\berror(?: code)?[:=]? *(-?\d{3,}|0x[0-9a-f]{3,8})\b`)
	// leading is a code with its text behind it: "13868: Policy match error".
	leading = lazyregexp.New(`(?i)^(-?\d{3,}|0x[0-9a-f]{3,8})(?:[:,.] | - )`)
	// named is a word that may be the symbol of an error or a notify message.
	named = lazyregexp.New(`\b(?:v2N_)?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b`)
	// short is a notify message as charon lists it: "N(NO_PROP)".
	short = lazyregexp.New(`\bN\(([A-Z_]+)\)`)
)

// shortNames are charon's names of error notifies (src/libcharon/encoding/
// payloads/notify_payload.c).
var shortNames = map[string]ike.NotifyType{
	"CRIT": ike.UNSUPPORTED_CRITICAL_PAYLOAD, "INVAL_IKE_SPI": ike.INVALID_IKE_SPI,
	"INVAL_MAJOR": ike.INVALID_MAJOR_VERSION, "INVAL_SYN": ike.INVALID_SYNTAX,
	"INVAL_MID": ike.INVALID_MESSAGE_ID, "INVAL_SPI": ike.INVALID_SPI,
	"NO_PROP": ike.NO_PROPOSAL_CHOSEN, "INVAL_KE": ike.INVALID_KE_PAYLOAD,
	"AUTH_FAILED": ike.AUTHENTICATION_FAILED, "SINGLE_PAIR": ike.SINGLE_PAIR_REQUIRED,
	"NO_ADD_SAS": ike.NO_ADDITIONAL_SAS, "INT_ADDR_FAIL": ike.INTERNAL_ADDRESS_FAILURE,
	"FAIL_CP_REQ": ike.FAILED_CP_REQUIRED, "TS_UNACCEPT": ike.TS_UNACCEPTABLE,
	"INVAL_SEL": ike.INVALID_SELECTORS, "TEMP_FAIL": ike.TEMPORARY_FAILURE,
	"NO_CHILD_SA": ike.CHILD_SA_NOT_FOUND, "COOKIE": ike.COOKIE,
}

// explainLine explains a line: by the error codes and the error messages of IKE
// that stand in it, or as Microsoft's text of an error.
func explainLine(line string) []Explanation {
	var out []Explanation
	for _, pattern := range []*lazyregexp.Regexp{rasClient, coded, leading} {
		if m := pattern.FindStringSubmatch(line); m != nil && len(out) == 0 {
			if e, ok := explainWindows(m[1]); ok {
				out = append(out, e)
			}
		}
	}
	for _, m := range short.FindAllStringSubmatch(line, -1) {
		if t, ok := shortNames[m[1]]; ok {
			out = append(out, notifyMessage(t, line))
		}
	}
	for _, word := range named.FindAllString(line, -1) {
		if e, ok := explainWindows(word); ok {
			out = append(out, e)
		} else if e, ok := explainNotify(word); ok && (e.Layer != NoFailure || strings.EqualFold(line, word)) {
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		out = explainWindowsText(line)
	}
	for i := range out {
		out[i].Input = logtext.WithoutSecrets(line)
	}
	return out
}
