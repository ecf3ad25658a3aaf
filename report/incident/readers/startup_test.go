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
		"pluto's algorithms": `Nov 30 02:24:25.675782: Starting Pluto (Libreswan Version 5.2) pid:1
Nov 30 02:24:25.675799: Hash algorithms:
Nov 30 02:24:25.675801:   MD5                               IKEv1: IKE         IKEv2:                  NSS
Nov 30 02:24:25.675803:   SHA2_256                          IKEv1: IKE         IKEv2: IKE         FIPS NSS          sha2, sha256`,
	} {
		var all []*incident.Attempt
		file, err := incident.Scan(name, strings.NewReader(log), readers.All(), func(a *incident.Attempt) { all = append(all, a) })
		if err != nil {
			t.Fatal(err)
		}
		if file.Products["Cisco"] > 0 {
			t.Errorf("%s: it has lines of Cisco", name)
		}
		for _, a := range all {
			if a.Cause != nil {
				t.Errorf("%s: %s, for line %d", name, a.Cause.Sentence, a.Cause.Event.Line)
			}
		}
	}
}

// TestStatesThatEnd: the name of a state that an SA leaves is no sign of it.
func TestStatesThatEnd(t *testing.T) {
	log := `2026-11-30T02:18:55+0000 10[IKE] <lab|1> IKE_SA lab[1] established between 192.0.2.1[client.lab]...192.0.2.9[gateway.lab]
2026-11-30T02:18:55+0000 10[IKE] <lab|1> IKE_SA lab[1] state change: CONNECTING => ESTABLISHED
2026-11-30T02:18:55+0000 10[IKE] <lab|1> CHILD_SA net{1} established with SPIs 2a0a5ae3_i 57142a2e_o and TS 10.1.0.0/16 === 10.2.0.0/16
2026-11-30T02:18:56+0000 10[ENC] <lab|1> generating INFORMATIONAL request 2 [ ]
2026-11-30T02:18:56+0000 12[IKE] <lab|1> retransmit 1 of request with message ID 2
2026-11-30T02:18:58+0000 16[IKE] <lab|1> giving up after 3 retransmits
2026-11-30T02:18:58+0000 16[IKE] <lab|1> IKE_SA lab[1] state change: ESTABLISHED => DESTROYING`
	if got := causes(t, log); got != "liveness" {
		t.Errorf("it is %q, want liveness", got)
	}
}

// TestCompleteTable: of iked only notifies are read in general; what it says of its
// own policies and keys, and names of certificates, are not failures.
func TestCompleteTable(t *testing.T) {
	log := `create_ike: using unknown for peer gateway.lab
ikev2_init_ike_sa: initiating "lab"
spi=0xc11c0ee07709b3c8: send IKE_SA_INIT req 0 peer 192.0.2.9:500 local 192.0.2.1:500, 462 bytes
spi=0xc11c0ee07709b3c8: recv IKE_SA_INIT res 0 peer 192.0.2.9:500 local 192.0.2.1:500, 489 bytes, policy 'lab'
ca_getreq: found local certificate /O=Lab/CN=client revoked
spi=0xc11c0ee07709b3c8: send IKE_AUTH req 1 peer 192.0.2.9:4500 local 192.0.2.1:4500, 1344 bytes, NAT-T
spi=0xc11c0ee07709b3c8: recv IKE_AUTH res 1 peer 192.0.2.9:4500 local 192.0.2.1:4500, 80 bytes, policy 'lab'
`
	for notify, want := range map[string]string{"AUTHENTICATION_FAILED": "auth-refused", "TS_UNACCEPTABLE": "traffic-selectors", "NO_PROPOSAL_CHOSEN": "child-proposal"} {
		if got := causes(t, log+"ikev2_pld_notify: protoid NONE spisize 0 type "+notify); got != want {
			t.Errorf("%s: it is %q, want %s", notify, got, want)
		}
	}
}

// TestPhasesOfIKEv1: what comes before, and names of two phases, tell what a line
// is of.
func TestPhasesOfIKEv1(t *testing.T) {
	const main = `09[IKE] initiating Main Mode IKE_SA office[1] to 203.0.113.9
09[ENC] generating ID_PROT request 0 [ SA V V ]
10[ENC] parsed ID_PROT response 0 [ SA V ]
10[ENC] generating ID_PROT request 0 [ KE No ]
11[ENC] parsed ID_PROT response 0 [ KE No ]
11[ENC] generating ID_PROT request 0 [ ID HASH ]
`
	for name, test := range map[string]struct{ log, want string }{
		"the first that is encrypted": {main + "12[ENC] parsed INFORMATIONAL_V1 request 0 [ N(PLD_MAL) ]\n12[IKE] message verification failed", "psk-mismatch"},
		"XAUTH": {`Nov 30 03:29:00 gw pluto[77]: "office"[2] 198.51.100.7 #1: ISAKMP SA established {auth=PRESHARED_KEY}
Nov 30 03:29:01 gw pluto[77]: "office"[2] 198.51.100.7 #1: STATE_XAUTH_R0: retransmission; will wait 0.5 seconds for response
Nov 30 03:29:01 gw pluto[77]: "office"[2] 198.51.100.7 #1: STATE_XAUTH_R0: retransmission; will wait 1 seconds for response`, "xauth-silent"},
		"an identity of Quick Mode": {"Phase 1 IKE SA process done\nStart Phase 2: Quick Mode\n!! Verifying Local ID failed", "traffic-selectors"},
		"the name of a phase 2":     {"ike 0:hq:hq-p2: failed to get a proposal chosen\nike 0:hq: negotiation failure", "child-proposal"},
		"its number":                {"ike 0:hq:21: failed to get a proposal chosen\nike 0:hq: negotiation failure", "ike-proposal"},
	} {
		got := causes(t, test.log)
		if got == "" { // no product's
			incident.ScanGeneral(name, strings.Split(test.log, "\n"), func(a *incident.Attempt) { got += a.Cause.ID })
		}
		if got != test.want {
			t.Errorf("%s: it is %q, want %s", name, got, test.want)
		}
	}
}

// TestAnswerOnItsWay: a request that comes again once met its answer on the way.
func TestAnswerOnItsWay(t *testing.T) {
	const up = `Nov 30 03:20:34 gw pluto[77]: "lab"[1] 198.51.100.7 #1: responder established IKE SA; authenticated peer certificate
Nov 30 03:20:35 gw pluto[77]: "lab"[1] 198.51.100.7 #2: responder established Child SA using #1; IPsec tunnel [10.2.0.0/16===10.1.0.0/16]
`
	const again = `Nov 30 03:20:35 gw pluto[77]: "lab"[1] 198.51.100.7 #1: IKE_AUTH request fragment 1 of 3 has duplicate Message ID 1; retransmitting response
`
	if got := causes(t, up+again); got != "" {
		t.Errorf("after one duplicate it is %q, want none", got)
	}
	if got := causes(t, up+again+again); got != "answers-lost" {
		t.Errorf("after two it is %q, want answers-lost", got)
	}
}

// TestRekeyingIsNoAttempt: an IKE SA that replaces one with CREATE_CHILD_SA is no
// other attempt, and one that begins with IKE_SA_INIT is.
func TestRekeyingIsNoAttempt(t *testing.T) {
	const bare = `10[IKE] initiating IKE_SA lab[1] to 192.0.2.9
10[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]
11[ENC] parsed IKE_SA_INIT response 0 [ SA KE No ]
11[ENC] generating IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
12[ENC] parsed IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]
12[IKE] IKE_SA lab[1] established between 192.0.2.1[a]...192.0.2.9[b]
12[IKE] CHILD_SA net{1} established with SPIs c4b2dbf2_i 0d9dea2b_o and TS 10.1.0.0/16 === 10.2.0.0/16
13[IKE] initiating IKE_SA lab[2] to 192.0.2.9
`
	named := strings.ReplaceAll(bare, "] ", "] <lab|1> ")
	named = strings.ReplaceAll(named, "lab[1] <lab|1> ", "lab[1] ")
	named = strings.ReplaceAll(named, "lab[2] <lab|1> ", "lab[2] ")
	for name, test := range map[string]struct {
		log  string
		want int
	}{
		"rekeying":                 {bare + "13[ENC] generating CREATE_CHILD_SA request 2 [ SA No KE ]\n", 1},
		"another":                  {bare + "13[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]\n", 2},
		"rekeying, with its name":  {named + "13[ENC] <lab|1> generating CREATE_CHILD_SA request 2 [ SA No KE ]\n13[IKE] <lab|1> IKE_SA lab[2] rekeyed between 192.0.2.1[a]...192.0.2.9[b]\n14[ENC] <lab|2> generating INFORMATIONAL request 0 [ ]\n", 1},
		"another, with its name":   {named + "13[ENC] <lab|1> generating IKE_SA_INIT request 0 [ SA KE No ]\n", 2},
		"of which little is known": {bare + strings.Repeat("14[IKE] sending DPD request\n", 40) + "13[IKE] establishing CHILD_SA net{2}\n", 2},
	} {
		n := 0
		if _, err := incident.Scan(name, strings.NewReader(test.log), readers.All(), func(*incident.Attempt) { n++ }); err != nil {
			t.Fatal(err)
		}
		if n != test.want {
			t.Errorf("%s: there are %d attempts, want %d", name, n, test.want)
		}
	}
}

// TestJoinedLines: several messages of charon may be in one line.
func TestJoinedLines(t *testing.T) {
	log := "initiating Main Mode IKE_SA lab[3] to 192.0.2.9 generating ID_PROT request 0 [ SA V V ] sending packet: from 192.0.2.1[500] to 192.0.2.9[500] (204 bytes) " +
		"received packet: from 192.0.2.9[500] to 192.0.2.1[500] (56 bytes) parsed INFORMATIONAL_V1 request 1075657516 [ N(NO_PROP) ] received NO_PROPOSAL_CHOSEN error notify establishing connection 'lab' failed"
	if got := causes(t, log); got != "ike-proposal" {
		t.Errorf("it is %q, want ike-proposal", got)
	}
}

// TestDeletedInsteadOfAnswered: a gateway that deletes the IKE SA when it is asked
// for a Child SA refuses that.
func TestDeletedInsteadOfAnswered(t *testing.T) {
	log := `Nov 30 18:49:53 host charon: 07[ENC] generating QUICK_MODE request 449371497 [ HASH SA No ID ID ]
Nov 30 18:49:53 host charon: 08[ENC] parsed INFORMATIONAL_V1 request 3769144750 [ HASH D ]
Nov 30 18:49:53 host charon: 08[IKE] received DELETE for IKE_SA lab[1]`
	if got := causes(t, log); got != "child-refused" {
		t.Errorf("it is %q, want child-refused", got)
	}
}

// causes are those of the attempts in a log.
func causes(t *testing.T, log string) string {
	t.Helper()
	var all []string
	_, err := incident.Scan("log", strings.NewReader(log), readers.All(), func(a *incident.Attempt) {
		if a.Cause != nil {
			all = append(all, a.Cause.ID)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}
