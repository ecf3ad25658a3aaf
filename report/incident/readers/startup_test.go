package readers_test

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/incident/readers"
)

// TestDaemonsAreNoAttempts: what a daemon says of itself when it starts, and of the
// settings that it loads, is no attempt of a client.
func TestDaemonsAreNoAttempts(t *testing.T) {
	for name, log := range map[string]string{
		"strongSwan": `Nov 30 01:34:17 00[DMN] Starting charon-systemd IKE daemon (strongSwan 6.0.1, Linux 6.18.44, x86_64)
Nov 30 01:34:17 00[CFG] PKCS11 module '<name>' lacks library path
Nov 30 01:34:17 00[LIB] plugin 'tpm': failed to load - tpm_plugin_create returned NULL
Nov 30 01:34:17 00[JOB] spawning 16 worker threads
Nov 30 01:34:17 14[CFG]   dpd_delay = 0
Nov 30 01:34:17 14[CFG]   dpd_timeout = 0
Nov 30 01:34:17 14[CFG] added vici connection: lab`,
		"libreswan": `Nov 30 01:34:17.100000: Starting Pluto (Libreswan Version 5.2) pid:1
Nov 30 01:34:17.200000: ERROR: xfrmi is not supported, failed to create ipsec1 if_id 1
Nov 30 01:34:17.300000: listening for IKE messages`,
	} {
		var all []*incident.Attempt
		if _, err := incident.Scan(name, strings.NewReader(log), readers.All(), func(a *incident.Attempt) { all = append(all, a) }); err != nil {
			t.Fatal(err)
		}
		for _, a := range all {
			if a.Cause != nil {
				t.Errorf("%s: %s, for line %d", name, a.Cause.Sentence, a.Cause.Event.Line)
			}
		}
	}
}
