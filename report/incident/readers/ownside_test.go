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
		{"RADIUS has none for PAP", `(0) pap: WARNING: No "known good" password found for the user.  Not setting Auth-Type
(0) Sent Access-Reject Id 17 from 127.0.0.1:1812 to 127.0.0.1:40000 length 20`,
			"radius-no-password", "", "finds no password for the user", ""},
		{"RADIUS has none for PAP, nor for MS-CHAP", `(0) pap: WARNING: No "known good" password found for the user.  Not setting Auth-Type
(1) Sent Access-Accept Id 18 from 127.0.0.1:1812 to 127.0.0.1:40000 length 20
(0) mschap: ERROR: FAILED: No NT-Password.  Cannot perform authentication`,
			"radius-no-password", "", "finds no password for the user", ""},
		{"FreeRADIUS 2", `[pap] WARNING! No "known good" password found for the user.  Authentication may fail because of this.
Sending Access-Reject of id 17 to 127.0.0.1 port 40000`,
			"radius-no-password", "", "finds no password for the user", ""},
		{"a program of NetworkManager", `Nov  3 10:00:01 pc NetworkManager[9]: <warn>  [1700000000.1] vpn[0x1,office]: starting: failure to start VPN service: Failed to execute child process “/opt/libexec/charon-nm” (No such file or directory)`,
			"program-missing", "", "/opt/libexec/charon-nm: No such file|--enable-nm", "crash"},
		{"a program of systemd", `Nov  3 10:00:01 gw systemd[1]: strongswan.service: Failed at step EXEC spawning /usr/sbin/charon-systemd: No such file or directory`,
			"program-missing", "", "/usr/sbin/charon-systemd: No such file", ""},
		{"a firewall's log", `Nov  3 10:00:01 gw kernel: [12.5] [UFW BLOCK] IN=eth0 OUT= MAC=02:00 SRC=203.0.113.9 DST=192.0.2.9 LEN=732 TOS=0x00 PREC=0x00 TTL=43 ID=5 DF PROTO=UDP SPT=3500 DPT=500 LEN=712`,
			"ike-dropped", "", "UDP 500 from 203.0.113.9|ufw allow", ""},
		{"a firewall's log of what goes out", `Nov  3 10:00:01 gw kernel: [12.5] [UFW BLOCK] IN= OUT=eth0 SRC=192.0.2.9 DST=203.0.113.9 LEN=732 TOS=0x00 PREC=0x00 TTL=64 ID=5 DF PROTO=UDP SPT=500 DPT=500 LEN=712`,
			"ike-dropped-out", "", "that it sends itself: UDP 500 to 203.0.113.9|ufw allow out", "ufw allow proto|route"},
		{"a firewall's log of what is forwarded", `Nov  3 10:00:01 gw kernel: [12.5] [UFW BLOCK] IN=eth1 OUT=eth0 MAC=02:00 SRC=10.0.0.7 DST=203.0.113.9 LEN=732 TOS=0x00 PREC=0x00 TTL=63 ID=5 DF PROTO=UDP SPT=500 DPT=4500 LEN=712`,
			"ike-dropped-forward", "", "UDP 4500 from 10.0.0.7 to 203.0.113.9|ufw route allow", "ufw allow"},
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

// A login that RADIUS accepts did not fail, though one of its modules found no password.
func TestAcceptedAfterAll(t *testing.T) {
	for _, log := range []string{
		`(0) pap: WARNING: No "known good" password found for the user.  Not setting Auth-Type
(0) Sent Access-Accept Id 17 from 127.0.0.1:1812 to 127.0.0.1:40000 length 20`,
		`(0) pap: WARNING: No "known good" password found for the user.  Not setting Auth-Type
(0) Login OK: [lee] (from client gw port 0)`,
		`(0) mschap: ERROR: FAILED: No NT-Password.  Cannot perform authentication
(0) Sent Access-Accept Id 17 from 127.0.0.1:1812 to 127.0.0.1:40000 length 20`,
		`(0) pap: WARNING: No "known good" password found for the user.  Not setting Auth-Type
(1) Sent Access-Reject Id 18 from 127.0.0.1:1812 to 127.0.0.1:40000 length 20`,
		`(0) pap: WARNING: No "known good" password found for the user.  Not setting Auth-Type`,
	} {
		if d, text := readAny(t, log); len(d.Stories) > 0 {
			t.Errorf("%s\nis told as\n%s", log, text)
		}
	}
}
