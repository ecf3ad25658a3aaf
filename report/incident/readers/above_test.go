package readers

import "testing"

// Lines that other programs print beside IKE, or that say less than they seem to: what
// they show is said, and no cause that they do not.
func TestNoInventedCauses(t *testing.T) {
	saySo(t, []said{
		{"noise of OpenSSL beside PPP", "Got a EAP_NAK, abandoning EAP protocol\n139911111111111:error:06065064:digital envelope routines:EVP_DecryptFinal_ex:bad decrypt:crypto/evp/evp_enc.c:570:\nL2TP Tunnel 5/1 is Disconnected.",
			"ppp-method", "", "above IPsec", "decrypt a|integrity check:"},
		{"a list of connections", `DBG Connection "cable-site-0-0" not found in active connections obtained from whack: map[], map[]`, "not-active", "", "why, these lines do not show", "matches the addresses"},
		{"a sandbox of systemd", "systemd[45]: strongswan-starter.service: Failed to set up mount namespacing: /run/systemd/unit-root/proc/45/net/pfkey: No such file or directory",
			"unit-sandbox", "", "does not start", "did not accept"},
		{"TCP inside the tunnel", "Signaling SA CHILD created. Establishing TCP session towards NAS...\nCannot create namespace file \"/run/netns/office\": File exists\nTcp connection to NAS timeouted.", "nas-silent", "", "", "phase 2"},
		{"a library of a plugin", "plugin 'openssl' failed to load: Error relocating /usr/lib/ipsec/plugins/libstrongswan-openssl.so: X509_new: symbol not found\nprivate key generation failed", "plugin-library", "", "openssl", "phase 2"},
		{"macOS without a reason", "L2TP connecting to server '192.0.2.9' (192.0.2.9)...\nIPSec connection started\nL2TP error sending Hello (Connection refused)\nIPSec connection failed", "l2tp-ipsec", "", "did not come up", "phase 2|setting of this side"},
		{"NSS and its password", "NSS Password file \"/etc/ipsec.d/nsspassword\" for token \"NSS FIPS 140-2 Certificate DB\" could not be opened for reading\nauthentication of \"NSS FIPS 140-2 Certificate DB\" failed\nFATAL ERROR: NSS: could not authenticate slot",
			"nss-password", "", "does not start", "certificate of the other"},
		{"LDAP under EAP", "[1032] __ldap_auth_ctx_prep-Invalid credential\n[438] ldap_start-Failed to init ldap ctx for office", "ldap-no-password", "", "no password to bind", "refuses the user"},
		{"vpnc reads an error", "n.type: 0012\nvpnc: response was invalid [1]: ISAKMP_N_INVALID_EXCHANGE_TYPE(7)", "vpnc-group", "initiator", "INVALID_ID_INFORMATION", "type of exchange"},
		{"vpnc reads what it does not name", "vpnc: response was invalid [1]: ISAKMP_N_INVALID_EXCHANGE_TYPE(7)", "vpnc-refused", "initiator", "no notify of the gateway", "does not take this type"},
		{"Quick Mode of vpnc", "received notice of type  (ISAKMP_N_NO_PROPOSAL_CHOSEN)(14), giving up\nvpnc: quick mode response rejected:  (ISAKMP_N_INVALID_MESSAGE_ID)(9)", "child-proposal", "", "ESP", "no IKE proposal"},
		{"a payload in the clear", "13[IKE] initiating Main Mode IKE_SA office[1] to 203.0.113.9\n13[ENC] generating ID_PROT request 0 [ ID HASH ]\n09[ENC] payload type ID_V1 was not encrypted\n09[ENC] could not decrypt payloads\n09[IKE] integrity check failed", "v1-unencrypted", "initiator", "need not differ", "most likely"},
		{"an SA that the kernel wants", "09[KNL] received an SADB_ACQUIRE with policy id 7 but no matching policy found\n09[KNL] creating acquire job for policy 192.0.2.1/32 === 192.0.2.9/32 with reqid {0}\n13[CFG] trap not found, unable to acquire reqid 0", "acquire-unknown", "initiator", "", "identity"},
		{"its own signature", "pluto[7]: \"west\"[2] 192.0.2.9 #1: NSS: SGN_Digest(SHA-1) function failed: SEC_ERROR_SIGNATURE_ALGORITHM_DISABLED: disabled because it is not secure.", "sign-hash", "responder", "SHA-1", "does not match"},
		{"a method, of proposals", "racoon: INFO: respond new phase 1 negotiation: 192.0.2.9[500]<=>203.0.113.9[500]\nracoon: ERROR: rejected authmethod: DB (prop#1:trns#1):Peer(prop#1:trns#2) = pre-shared key:GSS-API on Kerberos 5\nracoon: ERROR: no suitable proposal found.",
			"method-mismatch", "responder", "Kerberos", "in common"},
		{"a field before the text", "msg: phase1 negotiation failed.\nmsg: failed to get valid proposal.\nmsg: no suitable proposal found.", "ike-proposal", "responder", "", "MikroTik|RouterOS"},
		{"liveness of another SA", "06[IKE] initiating IKE_SA office[1] to 203.0.113.9\n06[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]\n06[IKE] sending DPD request\n06[IKE] giving up after 5 retransmits", "silence", "initiator", "", "came up"},
		{"a firewall that says so", "\"west\" #1: ERROR: asynchronous network error report on eth1 (192.1.2.45:500), complainant 192.1.2.23: No route to host [errno 113, origin ICMP type 3 code 10 (not authenticated)]", "admin-prohibited", "", "192.1.2.23", "next hop"},
	})
}

// Daemons that do not start or that crash, and what else was missing then.
func TestStartsAndCrashes(t *testing.T) {
	saySo(t, []said{
		{"a crash counts more than a plugin", "00[LIB] failed to open /dev/net/tun: No such file or directory\n03[DMN] killing ourself, received critical signal\nipsec_starter[7]: charon refused to be started", "daemon-crash", "", "crashed", "has no TUN device"},
		{"keys that are not there", "00[CFG] loading secrets from '/etc/strongswan/ipsec.secrets'\n00[CFG] expanding file expression '/etc/ipsec.secrets' failed", "secrets-missing", "", "no key", ""},
		{"vici without charon", "level=error msg=\"Failed to connect: dial unix /run/charon.vici: connect: no such file or directory\"", "services", "", "not running", ""},
		{"a module of another kernel", "modprobe: ERROR: could not insert 'af_key': Exec format error\nFAILURE in loading NETKEY/XFRM stack", "module-unfit", "", "another kernel", "did not accept"},
		{"no ESP", "modprobe: FATAL: Module xfrm_type_2_50 not found.\nracoon: ERROR: pfkey ADD failed: No buffer space available", "kernel-esp", "", "xfrm_type_2_50", "memory"},
		{"a panic", "n3iwf | panic: runtime error: invalid memory address or nil pointer dereference", "daemon-crash", "", "nil pointer", ""},
		{"a wrong call", "Usage: ipsec {command} [argument] ...", "ipsec-usage", "", "started nothing", ""},
		{"an option that is not known", "/usr/sbin/ipsec: unknown option \"--ctlbase\" (perhaps command name was omitted?)", "ipsec-usage", "", "ctlbase", ""},
		{"random numbers", "[1700000000] libunbound[7:0] error: could not init, getentropy failed: Function not implemented\nFATAL ERROR: failed to initialize unbound libevent ABI, please recompile libunbound", "unbound-init", "", "getentropy", ""},
		{"a service that does not start", "whack: Pluto is not running (no \"/run/pluto/pluto.ctl\")\nJob for ipsec.service failed because the control process exited with error code.", "service-fails", "", "does not start", "restart ipsec"},
		{"a kernel that warns", "xl2tpd[7]: Calling on tunnel 7\nnet/xfrm/xfrm_policy.c:100 xfrm_policy_destroy+0x10/0x20", "kernel-warning", "", "xfrm_policy_destroy", ""},
		{"pluto and the kernel", "pluto[7]: \"office\" #5: received Delete SA(0x00000001) payload: deleting IPSEC State #7\nkernel: [12.3] pluto[7] general protection ip:7f0000000000 sp:7f0000000008 error:0 in pluto[7f0000000000+1000]", "daemon-crash", "", "crashed", ""},
	})
}

// L2TP and PPP above IPsec, and PPTP, which has none.
func TestAboveIPsec(t *testing.T) {
	saySo(t, []said{
		{"no answer yet", "xl2tpd[7]: control_finish: sending SCCRQ\nxl2tpd[7]: network_thread: select timeout with max retries: 5 for tunnel: 7", "l2tp-silent", "", "UDP 1701", ""},
		{"answers that get lost", "xl2tpd[7]: Maximum retries exceeded for tunnel 8.  Closing.\nxl2tpd[7]: control_finish: Peer requested tunnel 7 twice, ignoring second one.", "l2tp-replies-lost", "", "answers of this side", "daemon of the other side runs"},
		{"the other side stops", "xl2tpd[7]: message_type_avp: message type 4 (Stop-Control-Connection-Notification)\nxl2tpd[7]: network_thread: bad packet", "l2tp-stopped", "", "StopCCN", ""},
		{"its user ended it", "pppd[7]: LCP terminated by peer (User request)\nxl2tpd[7]: Maximum retries exceeded for tunnel 5.  Closing.", "ppp-user-ended", "", "nothing failed", "refuse-chap"},
		{"no address", "pppd[7]: sent [IPCP ConfRej id=0x3 <addr 0.0.0.0>]\npppd[7]: LCP terminated by peer (ABCD)\nxl2tpd[7]: Terminating pppd", "ppp-address", "", "none for this user", "refuse-chap"},
		{"this side refuses", "pppd[7]: PPPoL2TP options: debugmask 0\npppd[7]: sent [LCP TermReq id=0x3 \"Authentication failed\"]", "ppp-login-here", "", "this side's PPP refuses", "log of the other side at"},
		{"up for long", "xl2tpd[7]: control_finish: Connection closed to 192.0.2.9, serial 1 ()\npppd[7]: Connect time 764.0 minutes.", "l2tp-closed-late", "", "764.0", "check the user"},
		{"PPTP", "pptpsetup --create office --server vpn.example.com --start\nLCP: timeout sending Config-Requests", "ppp-silent", "", "PPTP, which has no IPsec", "above IPsec"},
		{"encryption of PPTP", "pptpd[7]: CTRL: Starting call\npppd[8]: LCP terminated by peer (MPPE required but not available)", "pptp-mppe", "", "MPPE", "above IPsec"},
		{"phase 1, and then nothing", "2026-10-27 15:08:02.818 IPsec IKE Session (IKE SA) 8 (Client: 7) (203.0.113.9:4500 -> 192.0.2.9:4500): A new IKE SA (Main Mode) is created. Initiator Cookie: 0x1, Responder Cookie: 0x2\n" +
			"2026-10-27 15:08:02.959 IPsec IKE Session (IKE SA) 8 (Client: 7) (203.0.113.9:4500 -> 192.0.2.9:4500): This IKE SA is established between the server and the client.\n" +
			"2026-10-27 15:08:12.960 IPsec Client 7 (203.0.113.9:4500 -> 192.0.2.9:4500): This IPsec Client is deleted.", "v1-peer-quiet", "responder", "no Quick Mode", ""},
		{"after the banner", "Connect Banner:\nvpnc: no response from target", "vpnc-silent-late", "initiator", "login passed", "CREATE_CHILD_SA"},
		{"an answer again", "generating ID_PROT request 0 [ ID HASH ]\nsending retransmit 1 of request message ID 0, seq 3\nreceived retransmit of response with ID 0, but next request already sent", "phase1-repeated", "initiator", "UDP 4500", ""},
		{"IKE over TCP", "ERROR: \"west\" #1: TCP: connect(15) failed: Operation not permitted (errno 1)", "tcp-connect", "", "Operation not permitted", ""},
		{"EAP of a phone", "W System.err: android.net.ipsec.ike.exceptions.AuthenticationFailedException: EAP Authentication Failed", "sim-refused", "initiator", "SIM", "key, certificate"},
	})
}
