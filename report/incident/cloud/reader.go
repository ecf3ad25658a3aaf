// Package cloud reads the logs of the VPN gateways of AWS and Azure, in JSON or
// as the lines in it.
package cloud

import (
	_ "embed"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/explain"
	"github.com/ikescope/ikescope/report/incident/event"
)

// AWS is Amazon's Site-to-Site VPN, Azure Microsoft's VPN Gateway.
var (
	AWS = event.Product{Name: "AWS", Word: "aws", Lines: AWSLines, New: func() event.Reader {
		return &event.Plain{Table: AWSLines, Claim: claimAWS, After: afterAWS}
	}}
	Azure = event.Product{Name: "Azure", Word: "azure", Lines: AzureLines, New: func() event.Reader { return azure{} }}
)

//go:embed aws.csv
var awsCSV string

//go:embed azure.csv
var azureCSV string

// AWSLines and AzureLines are the lines that are known.
var (
	AWSLines   = event.NewTable("cloud/aws.csv", awsCSV)
	AzureLines = event.NewTable("cloud/azure.csv", azureCSV)
)

// claimAWS claims a log entry with the fields of AWS, or a line with its words.
func claimAWS(l *event.Line) (string, map[string]string, bool) {
	text := l.Text
	for _, name := range []string{"details", "VpnLogDetail", "message.details", "@message.details"} {
		if l.Fields[name] != "" && (l.Fields["ike_phase1_state"] != "" || l.Fields["dpd_enabled"] != "" || l.Fields["TunnelIKEPhase1State"] != "" || strings.Contains(l.Fields[name], "AWS")) {
			return l.Fields[name], map[string]string{"conn": l.Fields["vpn_connection_id"] + l.Fields["VpnConnectionId"]}, true
		}
	}
	return text, nil, strings.HasPrefix(text, "AWS tunnel") || strings.HasPrefix(text, "AWS: ") || strings.Contains(text, "Proposal Match Found by AWS")
}

func afterAWS(e *event.Event) {
	if e.Args["conn"] == "" {
		delete(e.Args, "conn")
	}
	if strings.Contains(e.Text, "payload decryption") {
		e.Version = 1
	}
}

type azure struct{}

var (
	errorCode = lazyregexp.New(`(?i)\[?(?:ErrorCode|Error code|Error)\]?:? *\(?(0x[0-9a-f]{3,8}|\d{5})`)
	remote    = lazyregexp.New(`Remote:? *\[?([0-9a-fA-F.:]+?)\]?:\d+:? *Local:? *\[?([0-9a-fA-F.:]+?)\]?:\d+`)
)

// Read implements [event.Reader].
func (azure) Read(l *event.Line) ([]event.Event, bool) {
	mine := strings.Contains(l.Text, "[IkeEvent]") || strings.Contains(l.Text, "[IkeError]") || strings.Contains(l.Text, "SA_NEGOTIATION_FAILED") || strings.HasPrefix(l.Text, "SESSION_ID") || l.Fields["category"] == "IKEDiagnosticLog" || l.Fields["Category"] == "IKEDiagnosticLog" || troubleshoot.MatchString(l.Text) || strings.HasPrefix(l.Text, "Error: Authentication failed. Check shared key")
	if !mine {
		return nil, false
	}
	var e event.Event
	row, words := AzureLines.Find(l.Text)
	if row != nil {
		e = row.Event(l, words)
	} else if m := troubleshoot.FindStringSubmatch(l.Text); m != nil {
		known, ok := explain.Windows(m[1])
		if !ok {
			return nil, true
		}
		e = l.Event(event.Sign)
		e.Cause = troubleshot[known.Code]
		if e.Cause == "auth-failed" {
			e.Kind = event.Root
		}
		if e.Cause == "" {
			e.Cause = "windows"
			e.Set("code", known.Code)
			e.Set("symbol", known.Symbol)
			e.Set("meaning", strings.TrimSuffix(known.Text, "."))
		}
		return []event.Event{e}, true
	} else if m := errorCode.FindStringSubmatch(l.Text); m != nil {
		known, ok := explain.Windows(m[1])
		if _, is := azureCauses[m[1]]; !ok && !is {
			return nil, true
		} else if !ok {
			known.Code = m[1]
		}
		e = l.Event(event.Sign)
		e.Cause = "windows"
		e.Set("code", known.Code)
		e.Set("symbol", known.Symbol)
		e.Set("meaning", strings.TrimSuffix(known.Text, "."))
		if cause, ok := azureCauses[known.Code]; ok {
			e.Kind, e.Cause = event.Root, cause
			if known.Code == "13801" { // which a certificate may have, too
				e.Set("likely", "most likely ")
			}
		}
	} else if row, words = AzureLines.FindOrGeneral(l.Text); row != nil {
		e = row.Event(l, words)
	} else {
		return nil, true
	}
	e.Version = 2
	switch {
	case e.Side != "":
	case begun.MatchString(l.Text):
		e.Side = event.Initiator
	case asked.MatchString(l.Text):
		e.Side = event.Responder
	}
	if m := remote.FindStringSubmatch(l.Text); m != nil {
		e.Set("peer", m[1])
		e.Set("local", m[2])
	}
	e.Key = e.Args["peer"]
	return []event.Event{e}, true
}

// begun are words of a line of who asked, asked those of who was asked: they send, or
// receive, the requests of the first two exchanges (RFC 7296, Section 1.2).
var (
	begun = lazyregexp.New(`(?i)\[SEND\].{0,80}(?:SA_INIT|IKE_AUTH|SA_AUTH) request|\[RECEIVED\].{0,80}(?:SA_INIT|IKE_AUTH|SA_AUTH) response`)
	asked = lazyregexp.New(`(?i)\[RECEIVED\].{0,80}(?:SA_INIT|IKE_AUTH|SA_AUTH) request|\[SEND\].{0,80}(?:SA_INIT|IKE_AUTH|SA_AUTH) response`)
)

// troubleshoot is a line of IKEErrors.txt, of Network Watcher's VPN troubleshoot, and
// troubleshot what its errors stand for: the file does not say which end refused.
var (
	troubleshoot = lazyregexp.New(`(?:failed with|Windows) (?:Windows )?error (1[34]\d{3}) ?\(ERROR_IPSEC_`)
	troubleshot  = map[string]string{"13801": "auth-failed", "13824": "auth-failed", "13826": "psk-mismatch", "13805": "silence", "13868": "ike-proposal",
		"13879": "traffic-selectors", "13893": "child-proposal", "13843": "malformed"}
)

// azureCauses are the first causes of Windows' errors on a VPN gateway of Azure,
// as Microsoft gives them.
var azureCauses = map[string]string{
	"13801": "psk-mismatch", "13805": "silence", "13826": "psk-mismatch", "13868": "ike-proposal", "13879": "traffic-selectors",
	"13893": "child-proposal", "13824": "psk-mismatch",
}
