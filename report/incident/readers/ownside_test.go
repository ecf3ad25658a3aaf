package readers

import "testing"

// What this side itself lacks is told as such: not as a service that does not run, the
// kernel's refusal, a wrong password or the other side's fault.
func TestOwnSideLacks(t *testing.T) {
	saySo(t, []said{
		{"the control socket is denied", `Nov  3 10:00:00 gw charon-systemd[12]: spawning 16 worker threads
Nov  3 10:00:01 gw swanctl[13]: opening socket 'unix:///var/run/charon.vici' failed: Permission denied`,
			"control-denied", "", "the daemon runs|swanctl --load-all", "not running|systemctl restart"},
		{"the control socket is not there", `Nov  3 10:00:01 gw swanctl[13]: opening socket 'unix:///var/run/charon.vici' failed: No such file or directory`,
			"services", "", "systemctl restart strongswan", "AppArmor"},
		{"no TUN device", `Nov  3 10:00:01 gw charon-systemd[12]: failed to open /dev/net/tun: No such file or directory
Nov  3 10:00:01 gw charon-systemd[12]: failed to create TUN device
Nov  3 10:00:01 gw charon-systemd[12]: plugin 'kernel-libipsec': failed to load - kernel_libipsec_plugin_create returned NULL`,
			"tun-missing", "", "/dev/net/tun: No such file or directory|modprobe tun", "did not accept the SA"},
		{"a script that checks logins", `Nov  3 10:00:01 fw charon: 09[IKE] XAUTH-SCRIPT failed to execute script '/usr/local/sbin/login.php'.
Nov  3 10:00:01 fw charon: 09[IKE] XAuth authentication of 'lee' failed`,
			"login-script", "responder", "/usr/local/sbin/login.php|whatever the password", "password at the client again"},
		{"RADIUS has no password", `(4) mschap: WARNING: No Cleartext-Password configured.  Cannot create NT-Password
(4) mschap: ERROR: FAILED: No NT-Password.  Cannot perform authentication
(4) mschap: ERROR: MS-CHAP2-Response is incorrect`,
			"radius-no-password", "", "finds no password for the user|NT hash", "a wrong user name"},
		{"RADIUS has none for PAP", `(0) pap: WARNING: No "known good" password found for the user.  Not setting Auth-Type`,
			"radius-no-password", "", "finds no password for the user", ""},
		{"a program of NetworkManager", `Nov  3 10:00:01 pc NetworkManager[9]: <warn>  [1700000000.1] vpn[0x1,office]: starting: failure to start VPN service: Failed to execute child process “/opt/libexec/charon-nm” (No such file or directory)`,
			"program-missing", "", "/opt/libexec/charon-nm: No such file|--enable-nm", "crash"},
		{"a program of systemd", `Nov  3 10:00:01 gw systemd[1]: strongswan.service: Failed at step EXEC spawning /usr/sbin/charon-systemd: No such file or directory`,
			"program-missing", "", "/usr/sbin/charon-systemd: No such file", ""},
		{"a firewall's log", `Nov  3 10:00:01 gw kernel: [12.5] [UFW BLOCK] IN=eth0 OUT= MAC=02:00 SRC=203.0.113.9 DST=192.0.2.9 LEN=732 TOS=0x00 PREC=0x00 TTL=43 ID=5 DF PROTO=UDP SPT=3500 DPT=500 LEN=712`,
			"ike-dropped", "", "UDP 500 from 203.0.113.9|ufw allow", ""},
		{"firewalld's log", `Nov  3 10:00:01 gw kernel: FINAL_REJECT: IN=eth0 OUT= MAC=02:00 SRC=203.0.113.9 DST=192.0.2.9 LEN=732 TOS=0x00 PREC=0x00 TTL=43 ID=5 DF PROTO=UDP SPT=4500 DPT=4500 LEN=712`,
			"ike-dropped", "", "UDP 4500 from 203.0.113.9|--add-service=ipsec", ""},
		{"a Child SA that pluto cannot set up", `"hq" #1: initiating IKEv2 connection to 203.0.113.9 using UDP
"hq" #1: initiator established IKE SA; authenticated peer using authby=secret and ID_FQDN '@gw'
"hq" #2: CHILD SA encountered fatal error: INVALID_SYNTAX
"hq" #1: encountered fatal error in state STATE_V2_ESTABLISHED_IKE_SA`,
			"child-unusable", "initiator", "this client cannot set up the Child SA|dmesg", "gateway refuses"},
		{"a hash that pluto does not know", `"hq" #2: Main mode peer ID is ID_IPV4_ADDR: '203.0.113.9'
"hq" #2:   digest algorithm not supported
"hq" #2: invalid certificate signature from "C=US, CN=ca" on "C=US, CN=gw"
"hq" #2: X.509 certificate rejected
"hq" #2: no RSA public key known for '203.0.113.9'`,
			"cert-hash", "", "CN=gw|SHA-256", "does not match its certificate"},
		{"a serial number twice", `| NSS: NSS: decoding certs using CERT_ImportCerts() failed: SEC_ERROR_REUSED_ISSUER_AND_SERIAL: You are attempting to import a cert with the same issuer/serial
"hq"[1] 203.0.113.9 #1: Peer ID '@gw' mismatched on first found connection and no better connection found`,
			"cert-serial", "responder", "same issuer and serial number|certutil -L", "mirror each other"},
		{"a client's closed port", `Nov  3 10:00:16 gw pluto[16]: "l2tp"[1] 203.0.113.9 #1: STATE_MAIN_R2: retransmission; will wait 8 seconds for response
Nov  3 10:00:40 gw pluto[16]: "l2tp"[1] 203.0.113.9 #1: ERROR: asynchronous network error report on eth0 (192.0.2.9:500) for message to 203.0.113.9 port 4380, complainant 203.0.113.9: Connection refused [errno 111, origin ICMP type 3 code 3 (not authenticated)].`,
			"port-refused", "responder", "the client 203.0.113.9 refuses|stopped waiting", "start the daemon"},
	})
}

// What went before a rekeying or a new beginning was up, and what ended so failed then.
func TestUpBefore(t *testing.T) {
	d, text := readText(t, `"road"[1] 203.0.113.9 #1: STATE_V2_ESTABLISHED_IKE_SA: retransmission; will wait 2 seconds for response
"road"[1] 203.0.113.9 #1: STATE_V2_ESTABLISHED_IKE_SA: retransmission; will wait 4 seconds for response
"road"[1] 203.0.113.9 #4: initiating IKEv2 connection to replace established IKE SA #1
"road"[1] 203.0.113.9 #4: sent IKE_SA_INIT request
`)
	if len(d.Stories) != 2 || d.Stories[0].Cause != "liveness" || d.Stories[1].Cause != "" {
		t.Errorf("a connection that was up, and another one in its place:\n%s", text)
	}
	d, text = readText(t, `Nov  3 09:00:42 gw charon: 07[IKE] <con1|2> giving up after 5 retransmits
Nov  3 09:00:12 gw charon: 07[IKE] <con1|2> retransmit 2 of request with message ID 0
Nov  3 09:00:04 gw charon: 07[IKE] <con1|2> retransmit 1 of request with message ID 0
Nov  3 09:00:00 gw charon: 10[ENC] <con1|1> generating IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
Nov  3 09:00:00 gw charon: 10[IKE] <con1|1> initiating IKE_SA con1[2] to 203.0.113.9
Nov  3 09:00:00 gw charon: 10[IKE] <con1|1> restarting CHILD_SA con1
Nov  3 09:00:00 gw charon: 10[IKE] <con1|1> giving up after 5 retransmits
Nov  3 08:59:42 gw charon: 10[IKE] <con1|1> retransmit 5 of request with message ID 2
`)
	if len(d.Stories) != 2 || d.Stories[0].Cause != "liveness" || d.Stories[1].Cause != "silence" {
		t.Errorf("a log in descending order, the oldest first:\n%s", text)
	}
}

// Lists of which two match are no difference, and no failure: the first Child SA has no
// key exchange method (RFC 7296, Section 1.2).
func TestMatchedListsAreNoDifference(t *testing.T) {
	d, text := readText(t, `15[IKE] assigning virtual IP 10.9.0.1 to peer 'lee'
15[CFG] selecting proposal:
15[CFG]   proposal matches
15[CFG] received proposals: ESP:AES_CBC_256/HMAC_SHA2_256_128/EXT_SEQ
15[CFG] configured proposals: ESP:AES_CBC_256/HMAC_SHA2_256_128/MODP_4096/EXT_SEQ
`)
	for _, s := range d.Stories {
		if s.Cause != "" {
			t.Errorf("%s, where nothing failed:\n%s", s.Cause, text)
		}
	}
}

// What IOS prints of an offer, an attribute a line, is the offer.
func TestOffersOfIOS(t *testing.T) {
	const refused = `ISAKMP:(0):atts are not acceptable. Next payload is 0
ISAKMP:(0):no offers accepted!
ISAKMP:(0): phase 1 SA policy not acceptable! (local 192.0.2.9 remote 203.0.113.9)
%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Main mode failed with peer at 203.0.113.9`
	saySo(t, []said{
		{"a strong one", `ISAKMP:(0):Checking ISAKMP transform 1 against priority 10 policy
ISAKMP:      encryption AES-CBC
ISAKMP:      keylength of 256
ISAKMP:      hash SHA256
ISAKMP:      default group 14
ISAKMP:      auth pre-share
` + refused, "ike-proposal", "responder", "received: IKE: AES-CBC-256, SHA256, group 14|encryption aes 256|hash sha256|authentication pre-share|group 14", "suite in common"},
		{"a weak one", `ISAKMP:(0):Checking ISAKMP transform 1 against priority 10 policy
ISAKMP:      encryption 3DES-CBC
ISAKMP:      hash MD5
ISAKMP:      default group 2
ISAKMP:      auth pre-share
ISAKMP:(0):atts are not acceptable. Next payload is 0
ISAKMP:(0):Checking ISAKMP transform 1 against priority 20 policy
ISAKMP:      encryption 3DES-CBC
ISAKMP:      hash MD5
ISAKMP:      default group 2
ISAKMP:      auth pre-share
` + refused, "ike-proposal", "responder", "received: IKE: 3DES-CBC, MD5, group 2|would be weak", "hash md5"},
		{"FortiGate, in one line each", `ike V=root:0: incoming proposal from hq:
ike V=root:0:   proposal id = 1..6: type=DH_GROUP, val=MODP1024 (Group 2)
ike V=root:0: my proposal, gw hq:
ike V=root:0:   proposal id = 1:    type=DH_GROUP, val=MODP2048 (Group 14)
ike V=root:0: Negotiate SA Error: peer SA proposal not match local policy`, "ike-proposal", "",
			"received MODP1024 (Group 2), configured MODP2048", "configured none"},
		{"FortiGate, which is told", `ike 0:hq:44: peer responded with error: NO_PROPOSAL_CHOSEN
ike 0:hq:44: no SA proposal chosen`, "ike-proposal", "initiator", "the gateway answers NO_PROPOSAL_CHOSEN", ""},
	})
	d, text := readText(t, `*Nov  3 09:00:01.153: %CRYPTO-4-IKMP_NO_SA: IKE message from 203.0.113.9 has no SA and is not an initialization offer
dst             src             state          conn-id status
203.0.113.9     192.0.2.9       QM_IDLE           1001 ACTIVE
`)
	if len(d.Stories) != 1 || d.Stories[0].Cause != "" {
		t.Errorf("an IKE SA that is up:\n%s", text)
	}
}

// METHOD stands for what the lines do not show.
func TestAuthenticationOfIOS(t *testing.T) {
	saySo(t, []said{{"no method named", `IKEv2-ERROR:(SESSION ID = 71,SA ID = 1):: Auth exchange failed`,
		"auth-failed", "", "authentication remote METHOD|pre-share, with a keyring", "authentication remote pre-share"}})
}
