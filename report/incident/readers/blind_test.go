package readers

import "testing"

// A message that is followed by what shows that all went well is no failure. After
// libreswan's ikev1_xauth.c and Cisco's system messages.
func TestWhatWentWellAfterAll(t *testing.T) {
	saySo(t, []said{
		{"a user who took his time", `Nov 30 03:29:00 gw pluto[77]: "office"[2] 198.51.100.7 #1: STATE_XAUTH_R0: retransmission; will wait 1 seconds for response
Nov 30 03:29:01 gw pluto[77]: "office"[2] 198.51.100.7 #1: STATE_XAUTH_R0: retransmission; will wait 2 seconds for response
Nov 30 03:29:02 gw pluto[77]: "office"[2] 198.51.100.7 #1: XAUTH: User lee: Authentication Successful`,
			"", "responder", "the IKE SA came up|it reached the authentication of phase 1", "does not answer|Quick Mode"},
		{"EZVPN", `%CRYPTO-4-IKMP_NO_SA: IKE message from 192.0.2.9 has no SA and is not an initialization offer
%CRYPTO-6-EZVPN_CONNECTION_UP: (Client)  User=lee  Group=staff  Client_public_addr=203.0.113.9  Server_public_addr=192.0.2.9`,
			"", "initiator", "the connection came up", "no longer"},
		{"a source route besides", `09[KNL] received netlink error: Network is unreachable (101)
09[KNL] unable to install source route for 10.0.0.7
09[IKE] CHILD_SA home{1} established with SPIs c1_i c2_o and TS 10.0.0.7/32 === 192.0.2.0/24`,
			"source-route", "", "the tunnel is up|10.0.0.7|Network is unreachable", ""},
	})
}

// The line that says why, and not one beside it that says less. After strongSwan's
// auth_cfg.c, simaka_message.c and ike_auth.c, and libreswan's orient.c,
// ikev1_quick.c and ikev1_main.c.
func TestTheLineThatSaysWhy(t *testing.T) {
	saySo(t, []said{
		{"a name that the certificate lacks, as a forum has it", `[CFG] constraint check failed: certificate does not confirm identity'192.0.2.9'(ID_IPV4_ADDR)
[CFG] selected peer config 'android' unacceptable: constraint checkingfailed
[CFG] no alternative config found`, "id-not-in-cert", "initiator", "not for the expected name, 192.0.2.9", "method"},
		{"a key of another type", `05[IKE] no trusted (1053) public key found for 'laptop7.example.com'`,
			"key-type", "", "number 1053|laptop7.example.com", "CA"},
		{"a SIM", `09[IKE] initiating EAP_AKA method (id 0x81)
15[ENC] parsed IKE_AUTH request 2 [ EAP/RES/AKA ]
15[LIB] EAP_AKA MAC verification failed
15[IKE] EAP method EAP_AKA failed for peer 0001010000000001@nai.epc.mnc001.mcc001.3gppnetwork.org`,
			"sim-mac", "responder", "OP or OPc", "password"},
		{"a SIM, without the reason", `15[IKE] EAP method EAP_AKA failed for peer 0001010000000001@nai.epc.mnc001.mcc001.3gppnetwork.org`,
			"sim-failed", "responder", "no user name or password is involved|0001010000000001", "account"},
		{"a lease that another client has", `"road"[1] 198.51.100.7 #3: Quick Mode request rejected, peer requested lease of 192.0.2.101/32 but it is unavailable, lease is in use by "north"[1]; deleting ISAKMP SA`,
			"lease-taken", "responder", `192.0.2.101/32|"north"[1]`, "mirror"},
		{"two ends that are both this host", `"test2": connection matches both left 192.0.2.1%eth0 and right 192.0.2.3%eth0
"test2": we cannot identify ourselves with either end of this connection.  192.0.2.1 or 192.0.2.3 are not usable`,
			"both-ends", "", "both ends|192.0.2.3%eth0", "neither"},
		{"an identity that is none", `"l2tp"[1] 198.51.100.7 #1: Peer ID is ID_IPV4_ADDR: '%any'
"l2tp"[1] 198.51.100.7 #1: Peer mismatch on first found connection and no better connection found
"l2tp"[1] 198.51.100.7 #1: sending encrypted notification INVALID_ID_INFORMATION to 198.51.100.7:26260`,
			"no-config", "responder", "identity %any, which names nobody|set its local ID", "scanner"},
		{"a public value that is malformed", `13[ENC] <7> parsed IKE_SA_INIT request 0 [ SA KE No ]
13[IKE] <7> 203.0.113.9 is initiating an IKE_SA
13[CFG] <7> selected proposal: IKE:AES_CBC_256/HMAC_SHA2_512_256/PRF_HMAC_SHA2_512/ECP_521
13[LIB] <7> ECDH public value is malformed`, "key-malformed", "responder", "ECP_521|value of the client is malformed", ""},
		{"EAP-only, of a client that cannot", `08[IKE] initiating EAP_AKA method (id 0x16)
08[IKE] configured EAP-only authentication, but peer does not support it
08[ENC] generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]`, "eap-only-peer", "responder", "the client does not support it|auth = pubkey", "method or peer"},
		{"a group that the log of the router tells", `05[IKE] initiating IKE_SA home[1] to 203.0.113.9
05[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]
08[IKE] retransmit 1 of request with message ID 0
09[IKE] retransmit 2 of request with message ID 0
"2026-11-30 06:36:31", "Prase error : DH group of IKEv2 Key Exchange Payload has an unknown value: 31 "`,
			"group-unknown", "initiator", "group 31|modp2048", "UDP 500"},
		{"networks that were refused, of several", `"road/0x1" #2: initiator established Child SA using #1; IPsec tunnel [198.51.100.0/24===192.0.2.0/24] {ESP/ESN=>0x1 <0x2 xfrm=AES_GCM_16_256 DPD=passive}
"road/0x2" #3: sent CREATE_CHILD_SA request to create Child SA using IKE SA #1 {ESP <0x3} [198.51.100.0/24===192.0.4.0/24]
"road/0x2" #3: CREATE_CHILD_SA failed with error notification TS_UNACCEPTABLE`,
			"traffic-selectors", "initiator", "198.51.100.0/24===192.0.4.0/24|only this one was refused", ""},
		{"an identity that is ours to refuse", `113 "hq" #1: STATE_AGGR_I1: initiate
003 "hq" #1: no suitable connection for peer '203.0.113.9'
218 "hq" #1: STATE_AGGR_I1: INVALID_ID_INFORMATION
002 "hq" #1: sending notification INVALID_ID_INFORMATION to 203.0.113.9:500`,
			"peer-id", "initiator", "the gateway's identity, 203.0.113.9, is not", "refuses this client too"},
		{"proposals of which one was cut", `05[CFG] received proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
05[CFG] configured proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_3072, IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256
05[IKE] received proposals unacceptable`, "ike-proposal", "responder", "received MODP_2048, configured MODP_3072", ""},
	})
}

// Who ended a connection. After strongSwan's stroke_socket.c, vici_control.c and
// ike_auth.c, and libreswan's terminate.c.
func TestWhoEndedIt(t *testing.T) {
	saySo(t, []said{
		{"vici", `10[CFG] vici terminate IKE_SA 'office'
10[CFG] vici terminate CHILD_SA 'net'`, "", "", "ended from this side, by a command (for office)", "the other side ended"},
		{"stroke, and no answer", `16[CFG] received stroke: terminate 'con1'
05[IKE] sending DELETE for IKE_SA con1[476]
05[ENC] generating INFORMATIONAL request 21 [ D ]
05[NET] sending packet: from 192.0.2.9[4500] to 203.0.113.9[4500] (76 bytes)
05[IKE] retransmit 1 of request with message ID 21
05[IKE] retransmit 2 of request with message ID 21`, "delete-unanswered", "", "by a command|203.0.113.9 does not answer its DELETE", "asleep|dpd"},
		{"pluto", `"office" #9: responder established Child SA using #8; IPsec transport [192.0.2.9/32===203.0.113.9/32] {ESP/ESN=>0x1 <0x2 xfrm=AES_GCM_16_256-NONE DPD=passive}
"office": terminating SAs using this connection`, "", "responder", "by a command (for office)", "at once"},
		{"without a reason", `14[IKE] sending DELETE for IKE_SA office[1]
14[ENC] generating INFORMATIONAL request 3 [ D ]`, "", "", "this side itself deletes the IKE SA", "failed"},
		{"a rekeying", `14[IKE] IKE_SA office[1] established between 192.0.2.9[a]...203.0.113.9[b]
14[IKE] CHILD_SA net{1} established with SPIs c1_i c2_o and TS 10.0.0.0/24 === 10.1.0.0/24
15[IKE] sending DELETE for IKE_SA office[1]`, "", "", "the connection came up", "itself deletes"},
		{"two at once", `13[IKE] got a response on a duplicate IKE_SA for 'CN=peer', deleting new IKE_SA`, "", "initiator", "both sides began an IKE SA at once|CN=peer", ""},
	})
}

// Daemons that do not run, and files that they may not read. After strongSwan's
// invokecharon.c, starter.c, chunk.c and stroke_cred.c.
func TestWhatKeepsADaemonFromRunning(t *testing.T) {
	saySo(t, []said{
		{"it took too long", `Oct 16 08:23:55 gw ipsec_starter[16]: charon too long to start... - kill kill
Oct 16 08:23:55 gw ipsec_starter[16]: charon has died -- restart scheduled (5sec)
Oct 16 08:24:10 gw ipsec_starter[16]: ipsec starter stopped
Oct 16 08:24:10 gw ipsec[19]: Stopping strongSwan IPsec failed: starter is not running`, "daemon-slow", "", "strongSwan|took too long to start", "MikroTik"},
		{"it gave up", `Sun May 18 08:37:25 2026 authpriv.info ipsec_starter[28]: failed to connect to stroke socket 'unix:///var/run/charon.ctl'
Sun May 18 08:37:25 2026 authpriv.info ipsec_starter[28]: charon has quit: initialization failed
Sun May 18 08:37:25 2026 authpriv.info ipsec_starter[28]: ipsec starter stopped`, "daemon", "", "strongSwan|does not run", "MikroTik"},
		{"it may not use the kernel's IPsec", `00[KNL] unable to bind XFRM event socket: Operation not permitted (1)
00[LIB] feature CUSTOM:libcharon in critical plugin 'charon' has unmet dependency: CUSTOM:kernel-ipsec
00[DMN] initialization failed - aborting charon`, "kernel-denied", "", "may not use the IPsec of the kernel|CAP_NET_ADMIN", "no IPsec (XFRM)"},
		{"it may not read its key", `  opening '/etc/ipsec.d/private/gw.pem' failed: Permission denied
building CRED_PRIVATE_KEY - RSA failed, tried 9 builders`, "file-permission", "", "strongSwan|/etc/ipsec.d/private/gw.pem: Permission denied", "other side is not accepted"},
		{"a CA that is none", `00[DMN] Starting IKE charon daemon (strongSwan 5.9.0, Linux 4.4.179, aarch64)
00[KNL] received netlink error: Operation not supported (95)
00[KNL] unable to create IPv4 routing table rule
00[CFG] loading ca certificates from '/etc/ipsec.d/cacerts'
00[CFG]   loading ca certificate from '/etc/ipsec.d/cacerts/ca.pem' failed`, "own-ca", "", "/etc/ipsec.d/cacerts/ca.pem|rules for routing tables (line 3", "basic constraint"},
		{"pluto, a connection with a group and no PFS", `Failed to add connection "office/1x1", esp="aes;modp1024" is invalid: ESP DH algorithm MODP1024 is invalid as PFS policy is disabled`,
			"own-config", "", "PFS policy is disabled", "succeeded"},
	})
}

// Requests that are not answered, or whose answers do not arrive. After strongSwan's
// task_manager_v1.c and task_manager_v2.c.
func TestOpenRequests(t *testing.T) {
	saySo(t, []said{
		{"one retransmission, and the end", `10[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]
10[NET] sending packet: from 192.0.2.9[500] to 203.0.113.9[500] (1216 bytes)
13[IKE] retransmit 1 of request with message ID 0`, "silence", "initiator", "203.0.113.9 does not answer the first message", ""},
		{"a TRANSACTION that stays open", `16[ENC] parsed INFORMATIONAL_V1 request 376847856 [ HASH N(DPD) ]
16[IKE] delaying task initiation, TRANSACTION exchange in progress
06[ENC] parsed INFORMATIONAL_V1 request 10268772 [ HASH N(DPD) ]
06[IKE] delaying task initiation, TRANSACTION exchange in progress`, "exchange-open", "", "TRANSACTION|Mode Config", ""},
		{"a TRANSACTION without an answer", `05[ENC] generating TRANSACTION request 1586625757 [ HASH CPRQ(ADDR DNS) ]
05[NET] sending packet: from 192.0.2.9[4500] to 203.0.113.9[4500] (92 bytes)
06[IKE] sending retransmit 1 of request message ID 1586625757, seq 4
07[IKE] sending retransmit 2 of request message ID 1586625757, seq 4`, "silence-phase2", "", "phase 1 is complete|Mode Config", "first message"},
		{"an INFORMATIONAL without an answer", `05[ENC] generating INFORMATIONAL request 3 [ ]
05[NET] sending packet: from 192.0.2.9[4500] to 203.0.113.9[4500] (80 bytes)
06[IKE] retransmit 1 of request with message ID 3
07[IKE] retransmit 2 of request with message ID 3`, "liveness", "", "the connection was up|203.0.113.9", "IKE_AUTH|dpd_delay"},
		{"the same request again and again is one attempt", `07[NET] received packet: from 203.0.113.9[500] to 192.0.2.9[500] (996 bytes)
07[ENC] parsed IKE_SA_INIT request 0 [ SA KE No ]
07[IKE] 203.0.113.9 is initiating an IKE_SA
07[ENC] generating IKE_SA_INIT response 0 [ SA KE No ]
07[NET] sending packet: from 192.0.2.9[500] to 203.0.113.9[500] (440 bytes)
02[NET] received packet: from 203.0.113.9[500] to 192.0.2.9[500] (996 bytes)
02[ENC] parsed IKE_SA_INIT request 0 [ SA KE No ]
02[IKE] received retransmit of request with ID 0, retransmitting response
09[NET] received packet: from 203.0.113.9[500] to 192.0.2.9[500] (996 bytes)
09[ENC] parsed IKE_SA_INIT request 0 [ SA KE No ]`, "answers-lost-init", "responder", "do not reach the client, or it does not take them", "nothing more of the client"},
		{"fragmentation that is there", `13[ENC] parsed IKE_SA_INIT request 0 [ SA KE No N(FRAG_SUP) ]
13[ENC] generating IKE_SA_INIT response 0 [ SA KE No N(FRAG_SUP) ]
11[JOB] deleting half open IKE_SA after timeout`, "half-open", "responder", "UDP 4500", "fragmentation = yes"},
		{"newest first, of few lines", `Jul 29 19:54:36 charon 11[MGR] checkin and destroy of IKE_SA successful
Jul 29 19:54:36 charon 11[JOB] <262> deleting half open IKE_SA with 203.0.113.9 after timeout
Jul 29 19:54:36 charon 11[MGR] IKE_SA (unnamed)[262] successfully checked out
Jul 29 19:54:06 charon 11[MGR] <262> checkin of IKE_SA successful
Jul 29 19:54:06 charon 11[MGR] <262> checkin IKE_SA (unnamed)[262]
Jul 29 19:54:06 charon 11[ENC] <262> generating IKE_SA_INIT response 0 [ SA KE No N(FRAG_SUP) ]
Jul 29 19:54:06 charon 11[IKE] <262> remote host is behind NAT
Jul 29 19:54:06 charon 11[ENC] <262> parsed IKE_SA_INIT request 0 [ SA KE No N(FRAG_SUP) ]`, "half-open", "responder", "descending order|never arrived", "ends too early"},
		{"who generates the answer is the responder", `[IKE] [gw-4|16] no acceptable traffic selectors found
[ENC] [gw-4|16] generating IKE_AUTH response 1 [ IDr AUTH N(TS_UNACCEPT) ]`, "traffic-selectors", "responder", `"gw-4"`, "whose log"},
	})
}

// What FortiOS prints of an answer and of ESP, and what its events say of phase 2.
func TestFortiGateOctets(t *testing.T) {
	saySo(t, []said{
		{"AUTHENTICATION_FAILED as octets", "2026-11-12 18:07:06.904 ike 0: comes 203.0.113.9:4500->192.0.2.9:4500,ifindex=4,vrf=0....\n" +
			"2026-11-12 18:07:06.906 ike 0:hq:370: dec 00112233445566778899AABBCCDDEEFF2E2023200000000100000028290000040000000800000018",
			"auth-refused", "initiator", "203.0.113.9|refuses this client's authentication", ""},
		{"replays", "ike V=root:0:hq: invalid ESP 4 (replay) SPI 3fe65c76 seq 00000000:00a02e94 7 203.0.113.9->192.0.2.9:0\n" +
			"ike V=root:0:hq: invalid ESP 4 (replay) SPI 3fe65c76 seq 00000000:00a02eac 7 203.0.113.9->192.0.2.9:0", "esp-replay", "", "replay|no failure of IKE", ""},
		{"a refusal of IKE_SA_INIT", "ike V=root:0: comes 203.0.113.9:500->192.0.2.9:500...\nike V=root:0:hq:30: processing notify type NO_PROPOSAL_CHOSEN\n" +
			"ike V=root:0:hq:30: received SA_INIT error notify response, abort", "ike-proposal", "initiator", "203.0.113.9|the gateway answers NO_PROPOSAL_CHOSEN", ""},
		{"phase 2 of an event", "IPsec phase 2 error\nreason=\"peer SA proposal not match local policy\"\nxauthuser=\"lee\"  assignip=10.10.30.10  mode=\"quick\"",
			"child-proposal", "", "Child SA|PFS group", "no IKE proposal"},
	})
}

// What an emulator of a client for ePDGs prints, github.com/fasferraz/SWu-IKEv2.
func TestSWu(t *testing.T) {
	saySo(t, []said{
		{"a notify", "sending IKE_AUTH (3)\nreceived decoded message:\n[[46, [[41, [1, 24, b'', b'']]]]]\nreceived IKE_AUTH (3)\nOTHER_ERROR : 24", "auth-refused", "initiator", "the gateway refuses this client's authentication", ""},
		{"EAP-Failure", "received decoded message:\n[[46, [[48, [4, 2]], [41, [1, 24, b'', b'']]]]]\nOTHER_ERROR : EAP FAILURE", "eap-ended", "initiator", "access point name|AAA", ""},
		{"an empty answer", "received decoded message:\n[[46, []]]\nMANDATORY_INFORMATION_MISSING : NO EAP PAYLOAD RECEIVED", "eap-none", "initiator", "did not begin EAP", "in common"},
		{"a request for the identity", "received decoded message:\n[[46, [[36, [2, b'ims']], [48, [1, 0, 1, b'']]]]]\nMANDATORY_INFORMATION_MISSING : NO EAP PAYLOAD RECEIVED", "eap-asks-identity", "initiator", "nothing was refused", "in common"},
	})
}
