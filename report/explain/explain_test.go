package explain

import (
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

func TestCodesAndNames(t *testing.T) {
	for _, test := range []struct {
		input string
		title string // each of the titles begins with one of these, with | between
		layer Layer
	}{
		{"13868", "Windows error 13868 (0x362C), ERROR_IPSEC_IKE_POLICY_MATCH", Negotiation},
		{"0x362C", "Windows error 13868", Negotiation},
		{"0x8007362c", "Windows error 13868", Negotiation},
		{"-2147011028", "Windows error 13868", Negotiation}, // 0x8007362C
		{"ERROR_IPSEC_IKE_POLICY_MATCH", "Windows error 13868", Negotiation},
		{"error_ipsec_ike_policy_match", "Windows error 13868", Negotiation},
		{"809", "Windows error 809 (0x329), ERROR_VPN_TIMEOUT", Network},
		{"0x800B0109", "Windows error -2146762487 (0x800B0109), CERT_E_UNTRUSTEDROOT", Identity},
		{"2148204809", "Windows error -2146762487", Identity},
		{"0x80070005", "Windows error 5 (0x5), ERROR_ACCESS_DENIED", Client},
		{"NO_PROPOSAL_CHOSEN", "notify message NO_PROPOSAL_CHOSEN (14)", Negotiation},
		{"14", "notify message NO_PROPOSAL_CHOSEN (14)", Negotiation},
		{"v2N_TS_UNACCEPTABLE", "notify message TS_UNACCEPTABLE (38)", Child},
		{"authentication_failed", "notify message AUTHENTICATION_FAILED (24)", Authentication},
		{"COOKIE", "notify message COOKIE (16390)", Negotiation},
		{"mobike_supported", "notify message MOBIKE_SUPPORTED (16396)", NoFailure},
		{"5", "Windows error 5|notify message INVALID_MAJOR_VERSION (5)", ""},
		{"port_unreachable", "in ikescope's reports, port_unreachable", Network},
		{"no_proposal_chosen", "in ikescope's reports, no_proposal_chosen", Negotiation},
	} {
		found, err := Explain(test.input)
		if err != nil {
			t.Errorf("Explain(%q): %v", test.input, err)
			continue
		}
		titles := strings.Split(test.title, "|")
		if len(found) != len(titles) {
			t.Errorf("Explain(%q) has %d explanations, want %d", test.input, len(found), len(titles))
			continue
		}
		for i, e := range found {
			if !strings.HasPrefix(e.Title, titles[i]) || test.layer != "" && e.Layer != test.layer || e.Input != test.input {
				t.Errorf("Explain(%q) = %q, %s; want %q, %s", test.input, e.Title, e.Layer, titles[i], test.layer)
			}
		}
	}
}

// Lines that no row is for are read by the codes and messages in them.
func TestLinesWithCodes(t *testing.T) {
	for line, title := range map[string]string{
		// RasClient, event 20227 (Microsoft's documentation of Azure Stack; richardhicks.com).
		"CoId={B4000371-A67F-452F-AA4C-3125AA9CFC78}: The user SYSTEM dialed a connection named AzureGateway that has failed. The error code returned on failure is 809.": "Windows error 809",
		"The user [username] dialed a connection named [connection name] which has failed. The error code returned on failure is 13868.":                                  "Windows error 13868",
		"CoId={00000000-0000-0000-0000-000000000000}: The user SYSTEM dialed a connection named V which has failed. The error code returned on failure is -2146762487.":   "Windows error -2146762487",
		"14[ENC] generating IKE_SA_INIT response 0 [ N(NO_PROP) ]":                                                                              "notify message NO_PROPOSAL_CHOSEN",
		"responding to IKE_AUTH message (ID 1) from 10.88.1.2:41824 with encrypted notification AUTHENTICATION_FAILED":                          "notify message AUTHENTICATION_FAILED",
		"[1]05AC.0CE0::11/23/2026-20:00:00.000 [ikeext] 15|198.51.100.7|Failure value: 13868(ERROR_IPSEC_IKE_POLICY_MATCH)":                     "Windows error 13868",
		"The network connection between your computer and the VPN server could not be established because the remote server is not responding.": "Windows error 809",
		"IKE failed with Windows error 0x800B0109":                                                                                              "Windows error -2146762487",
	} {
		found, err := Explain(line)
		if err != nil || len(found) == 0 || !strings.HasPrefix(found[0].Title, title) {
			t.Errorf("Explain(%q) = %+v, %v; want %q", line, found, err, title)
		}
	}
}

func TestUnknown(t *testing.T) {
	for input, want := range map[string]string{
		"":                         "nothing to explain",
		"99999999":                 "is not an error code",
		"NO_PROPOSAL_CHOSE":        "did you mean NO_PROPOSAL_CHOSEN",
		"port_unreacheable":        "did you mean port_unreachable",
		"13686":                    `did you mean 13`,
		"the weather is fine":      "no line of it shows",
		"0x":                       "is not an error code",
		strings.Repeat("a", 2<<20): "more than",
	} {
		if found, err := Explain(input); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Explain(%.40q) = %+v, %v; want an error with %q", input, found, err, want)
		}
	}
}

// Every code has its topic and every error notify a meaning of its own.
func TestTables(t *testing.T) {
	seen := map[uint32]bool{}
	for _, w := range windows() {
		if _, ok := topics[w.topic]; !ok || w.symbol == "" || w.text == "" || w.source == "" || w.verification == "" || seen[w.value] {
			t.Errorf("windows.csv: %+v", w)
		}
		seen[w.value] = true
		if value, ok := windowsNumber(w.hex); !ok || value != w.value {
			t.Errorf("windows.csv: %s is not %s", w.hex, w.code)
		}
	}
	if len(seen) < 120 {
		t.Errorf("windows.csv has %d codes", len(seen))
	}
	for _, n := range notifies() {
		if _, ok := notes[n]; n.IsError() && !ok && n != ike.USE_ASSIGNED_HoA && n != ike.INVALID_GROUP_ID && n != ike.TS_MAX_QUEUE && n != ike.REGISTRATION_FAILED {
			t.Errorf("%v has no meaning", n)
		}
	}
	for name, topic := range topics {
		if topic.meaning == "" || topic.layer == "" || len(topic.causes) == 0 || len(topic.checks) == 0 || len(topic.server) == 0 {
			t.Errorf("topic %s lacks something", name)
		}
	}
}

func FuzzExplain(f *testing.F) {
	f.Add("IKE failed with Windows error 0x800B0109")
	f.Add("14[ENC] generating IKE_SA_INIT response 0 [ N(NO_PROP) ]")
	f.Add("-2147011028")
	f.Fuzz(func(t *testing.T, input string) {
		found, err := Explain(input)
		if (err == nil) != (len(found) > 0) || len(found) > maxExplanations+2 {
			t.Errorf("%d explanations, %v", len(found), err)
		}
	})
}

// Codes are of the layers that log stories and verdicts on captures know.
func TestLayers(t *testing.T) {
	known := map[Layer]bool{Name: true, Network: true, Negotiation: true, Identity: true, Authentication: true, Child: true, Client: true, NoFailure: true}
	for _, w := range windows() {
		if !known[w.layer] {
			t.Errorf("%s: the layer is %q", w.symbol, w.layer)
		}
	}
	for name, topic := range topics {
		if !known[topic.layer] {
			t.Errorf("topic %s: the layer is %q", name, topic.layer)
		}
	}
}

// TestLanguages: the text of 13801 is known in other languages, without its number.
func TestLanguages(t *testing.T) {
	for _, line := range []string{"IKE 身份验证凭据不可接受。", "Las credenciales de autenticación IKE no son aceptables.",
		"Учетные данные проверки подлинности IKE недопустимы.", "IKE 認証資格情報は受け入れられません"} {
		got, err := Explain(line)
		if err != nil || len(got) != 1 || !strings.Contains(got[0].Title, "13801") {
			t.Errorf("%q is explained as %v, %v", line, got, err)
		}
	}
}

// TestNumberBeforeText: the number of an error may stand before its text.
func TestNumberBeforeText(t *testing.T) {
	for _, line := range []string{"IKE authentication credentials are unacceptable", "13801 IKE authentication credentials are unacceptable."} {
		got, err := Explain(line)
		if err != nil || len(got) == 0 || got[0].Layer != "identity" {
			t.Errorf("%q is explained as %v, %v", line, got, err)
		}
	}
}

// TestWhereToLook: a code leads to the command that looks at its layer.
func TestWhereToLook(t *testing.T) {
	for code, command := range map[string]string{
		"809": "ikescope reach vpn.example.com", "13801": "ikescope identity vpn.example.com", "13806": "ikescope identity vpn.example.com",
	} {
		found, err := Explain(code)
		if err != nil || len(found) != 1 || !slices.ContainsFunc(found[0].Checks, func(c Check) bool { return c.Command == command }) {
			t.Errorf("%s: %+v, %v, want %q", code, found, err, command)
		}
	}
	if e, _ := Explain("13806"); !strings.Contains(strings.Join(e[0].Causes, "\n"), "missing at the gateway") {
		t.Errorf("13806 is not only of the client: %q", e[0].Causes)
	}
}

// TestCausesOnce: no cause is the sum of those beside it.
func TestCausesOnce(t *testing.T) {
	for code, sum := range map[string]string{"809": "no answer on UDP 500 or 4500", "691": "the user name or password was refused", "13868": "policy match error"} {
		found, err := Explain(code)
		if err != nil || len(found) != 1 || len(found[0].Causes) < 3 || strings.Contains(strings.Join(found[0].Causes, "\n"), sum) {
			t.Errorf("%s: %+v, %v", code, found, err)
		}
	}
}
