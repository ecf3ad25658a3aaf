package general

import (
	"strings"
	"testing"
)

// Each sample of the meanings is of its own row.
func TestMeanings(t *testing.T) {
	for i := range words().meanings {
		row := &words().meanings[i]
		m, ok := Read(row.sample)
		if !ok || m.Cause != row.says.Cause && !(m.Cause == "child-proposal" && row.says.Cause == "ike-proposal") || m.Kind != row.says.Kind || m.Level != row.says.Level {
			t.Errorf("%q is read as %+v, want %+v", row.sample, m, row.says)
		}
	}
}

// The name of a notify is known in every spelling that products use.
func TestSpellings(t *testing.T) {
	for i := range words().notifies {
		n := &words().notifies[i]
		camel := ""
		for word := range strings.SplitSeq(n.name, "_") {
			camel += word[:1] + strings.ToLower(word[1:])
		}
		small := strings.ToLower(strings.ReplaceAll(n.name, "_", " "))
		for _, spelling := range []string{n.name, strings.ReplaceAll(n.name, "_", "-"), small, strings.ReplaceAll(n.name, "_", " "), camel,
			"N(" + n.name + ")", "v2N_" + n.name, `"` + n.name + `"`} {
			for _, line := range []string{"received " + spelling + " notify", "notification " + spelling + " (14)", spelling, "informational payload, type " + spelling} {
				m, ok := Read(line)
				if !ok || m.Notify != n.name && m.Cause != n.cause && m.Cause != n.child || m.Kind != "sign" {
					t.Errorf("%q is read as %+v, want %s", line, m, n.cause)
				}
			}
			m, ok := Read("sending notification " + spelling + " to 192.0.2.1")
			if !ok || m.Notify != "" && m.Kind != "own" {
				t.Errorf("%s that was sent is read as %+v", spelling, m)
			}
		}
	}
}

// What is no failure, and what is not of IKE at all, says nothing.
func TestSilence(t *testing.T) {
	for _, line := range []string{
		"", " ", "the certificate was verified successfully", "certificate verification succeeded", "no error", "authentication of 'a' successful",
		"trying next proposal", "received unknown vendor ID: 4f:45", "certificate will expire in 7 days", "loaded certificate 'a'",
		"checking certificate status", "looking for a matching proposal", "peer supports MOBIKE", "the traffic selectors match",
		"ipsec up home", "pre-shared key loaded", "DPD is enabled",
		"eth0: renamed from veth1", "DHCPACK of 192.0.2.7 from 192.0.2.1", "Accepted publickey for lee from 192.0.2.7 port 22",
		"response with Message ID 1 failed to match", "Connection Failed for user SYSTEM with error ID 1168",
		"session opened for user root", "USB disconnect, device number 3", "systemd[1]: Started Session 4 of user root.",
	} {
		if m, ok := Read(line); ok {
			t.Errorf("%q is read as %+v", line, m)
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, test := range []struct {
		line, phase, cause string
		version            int
	}{
		{"dropping unexpected ISAKMP_v2_IKE_AUTH message containing v2N_NO_PROPOSAL_CHOSEN notification", "CREATE_CHILD_SA", "child-proposal", 2},
		{"Quick Mode: NO-PROPOSAL-CHOSEN", "CREATE_CHILD_SA", "child-proposal", 1},
		{"IKE_SA_INIT: N(NO_PROP)", "IKE_SA_INIT", "ike-proposal", 2},
		{"phase 1: no proposal chosen", "IKE_SA_INIT", "ike-proposal", 0},
		{"STATE_MAIN_I1: timed out, no response", "IKE_SA_INIT", "", 1},
		{"phase2: no matching proposal", "CREATE_CHILD_SA", "child-proposal", 0},
		{"ESP: proposal mismatch", "CREATE_CHILD_SA", "child-proposal", 0},
	} {
		m, ok := Read(test.line)
		if !ok || m.Phase != test.phase || m.Cause != test.cause || m.Version != test.version {
			t.Errorf("%q is read as %+v", test.line, m)
		}
	}
}

// Whatever is read, in time and in bounds.
func FuzzRead(f *testing.F) {
	for i := range words().meanings {
		f.Add(words().meanings[i].sample)
	}
	for i := range words().notifies {
		f.Add(words().notifies[i].name)
	}
	f.Add(strings.Repeat("no ", 1000) + strings.Repeat("proposal not found ", 1000))
	f.Fuzz(func(t *testing.T, in string) {
		m, ok := Read(in)
		if !ok && m != (Meaning{}) {
			t.Errorf("%q says nothing, and %+v", in, m)
		}
		if ok && (m.Kind == "" || m.Level == "" || m.Version < 0 || m.Version > 2) {
			t.Errorf("%q is read as %+v", in, m)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	line := "10[CFG] <7> looking for peer configs matching 192.0.2.9[vpn.example.com]...203.0.113.9[lee7]"
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		Read(line)
	}
}

// Each sample of what is said of a start is of its own row.
func TestStartupSamples(t *testing.T) {
	for i := range startups() {
		row := &startups()[i]
		f, ok := Startup(row.sample)
		if !ok || f.Cause != row.fault.Cause || f.Kind != row.fault.Kind || f.Product != row.fault.Product || !row.pattern.MatchString(row.sample) {
			t.Errorf("%q is read as %+v, want %+v", row.sample, f, row.fault)
		}
	}
}

// A line that says in plain words that something is wrong complains; one of a step that
// went well, or of what is done without, does not.
func TestComplains(t *testing.T) {
	for line, want := range map[string]bool{
		"could not lock the token of the smart card":            true,
		"the module for hybrid keys is unavailable":             true,
		"unable to map the tunnel to a zone":                    true,
		"peer is not entitled to this profile":                  true,
		"quota of the tenant violated":                          true,
		"the resident key agent crashed":                        true,
		"LDAP query failed: server is unreachable":              true,
		"could not query the database":                          true,
		"could not delete the old ticket":                       true,
		"unable to flush the cache of the directory":            true,
		"user account is disabled":                              true,
		"WARNING: could not open the token":                     true,
		"ipsec,warning cannot renew the ticket":                 true,
		"ipsec,debug cannot renew the ticket":                   true,
		"rejected: not yet valid":                               true,
		"login denied, will retry":                              true,
		"found 1 matching config, but none allows certificates": true,
		"but no":                  false,
		"pluto expects no answer": false,
		"unable to query SAD entry with SPI c0ffee01: No such process (3)":   false,
		"CHILD_SA ESP/0xc0ffee01/192.0.2.9 not found for delete":             false,
		"missing PDP server name, PDP disabled":                              false,
		"no answer yet":                                                      false,
		"cannot continue: peer config not yet loaded":                        false,
		"IKE_SA rw[1] established between 192.0.2.9[a]...203.0.113.9[b]":     false,
		"sending packet: from 192.0.2.9[500] to 203.0.113.9[500]":            false,
		"unable to load 5 plugin features (5 due to unmet dependencies)":     false,
		"received ESP_TFC_PADDING_NOT_SUPPORTED, not using ESPv3 padding":    false,
		"IPsec-SA expired: ESP/Transport 192.0.2.9[0]->203.0.113.9[0]":       false,
		"certificate policy for 'CN=lee' not allowed by trustchain, ignored": false,
		"Username:Unknown SA UP. Reason: New Connection Established":         false,
		"dpd_failed = 0": false,
		"":               false,
	} {
		if got := Complains(line); got != want {
			t.Errorf("%q: %v, want %v", line, got, want)
		}
	}
}
