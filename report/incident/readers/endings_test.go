package readers

import "testing"

// An attempt whose request came again once, and which this side then stopped, was
// not answered. After the lines of strongSwan's phase1.c and ike_sa.c.
func TestStoppedUnanswered(t *testing.T) {
	saySo(t, []said{
		{"the fifth message of Main Mode", `12[ENC] generating ID_PROT request 0 [ KE No NAT-D NAT-D ]
14[ENC] parsed ID_PROT response 0 [ KE No NAT-D NAT-D ]
14[ENC] generating ID_PROT request 0 [ ID HASH ]
14[NET] sending packet: from 10.0.2.15[4500] to 203.0.113.9[4500] (76 bytes)
07[IKE] sending retransmit 1 of request message ID 0, seq 3
07[NET] sending packet: from 10.0.2.15[4500] to 203.0.113.9[4500] (76 bytes)
00[DMN] signal of type SIGINT received. Shutting down
00[IKE] destroying IKE_SA in state CONNECTING without notification`,
			"silence-phase1", "initiator", "UDP 4500|keys of both sides|1 retransmission", "first message, IKE_SA_INIT"},
		{"IKE_SA_INIT", `11[IKE] initiating IKE_SA home[1] to 203.0.113.9
11[ENC] generating IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
11[NET] sending packet: from 10.0.2.15[500] to 203.0.113.9[500] (464 bytes)
07[IKE] retransmit 1 of request with message ID 0
00[IKE] destroying IKE_SA in state CONNECTING without notification`,
			"silence", "initiator", "first message, IKE_SA_INIT", "UDP 4500 closed"},
		{"IKE_AUTH", `11[IKE] initiating IKE_SA home[1] to 203.0.113.9
11[ENC] generating IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
12[ENC] parsed IKE_SA_INIT response 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
12[ENC] generating IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
12[NET] sending packet: from 10.0.2.15[4500] to 203.0.113.9[4500] (300 bytes)
07[IKE] retransmit 1 of request with message ID 1
00[IKE] destroying IKE_SA in state CONNECTING without notification`,
			"silence-auth", "initiator", "IKE_AUTH", ""},
	})
}

// Who is told that phase 1 has no proposal in common is who began it, and a request
// for another key exchange method stays a normal step where pluto ends the state.
func TestToldAndAsked(t *testing.T) {
	saySo(t, []said{
		{"charon, IKEv1", `14[ENC] parsed INFORMATIONAL_V1 request 3851683074 [ N(NO_PROP) ]
14[IKE] received NO_PROPOSAL_CHOSEN error notify`, "ike-proposal", "initiator", "IKEv1|or has no connection for it", ""},
		{"charon, IKEv1, one line", `14[IKE] received NO_PROPOSAL_CHOSEN error notify`, "ike-proposal", "initiator", "gateway answers NO_PROPOSAL_CHOSEN", ""},
		{"charon, Quick Mode", `14[ENC] generating QUICK_MODE request 759760112 [ HASH SA No ID ID ]
14[ENC] parsed INFORMATIONAL_V1 request 1275272345 [ HASH N(NO_PROP) ]
14[IKE] received NO_PROPOSAL_CHOSEN error notify`, "child-proposal", "initiator", "Quick Mode", "no connection for it"},
		{"pluto asks again", `pluto[1726]: "rw"[13] 203.0.113.9 #19: initiator guessed wrong keying material group (MODP4096); responding with INVALID_KE_PAYLOAD requesting MODP2048
pluto[1726]: "rw"[13] 203.0.113.9 #19: responding to IKE_SA_INIT message (ID 0) from 203.0.113.9:42689 with unencrypted notification INVALID_KE_PAYLOAD
pluto[1726]: "rw"[13] 203.0.113.9 #19: encountered fatal error in state STATE_V2_PARENT_R0`, "", "responder", "normal step", "does not continue"},
	})
}

// A Child SA of L2TP through which nothing came was of no use, whoever ended it.
func TestNothingThroughL2TP(t *testing.T) {
	saySo(t, []said{
		{"a client that is stopped", `00[DMN] SIGINT received, shutting down
00[IKE] closing CHILD_SA home{1} with SPIs cc9cf886_i (0 bytes) c3572935_o (500 bytes) and TS 192.168.0.167/32[udp/l2f] === 203.0.113.9/32[udp/l2f]
00[IKE] sending DELETE for ESP CHILD_SA with SPI cc9cf886`, "l2tp-nothing", "", "UDP 1701|xl2tpd", "pre-shared"},
		{"a gateway that is told", `06[ENC] parsed ID_PROT request 0 [ SA V V V V ]
06[IKE] 198.51.100.31 is initiating a Main Mode IKE_SA
07[IKE] CHILD_SA l2tp{31} established with SPIs ca86fad4_i 7cab1502_o and TS 192.0.2.9/32[udp/l2f] === 198.51.100.31/32[udp/l2f]
01[IKE] received DELETE for ESP CHILD_SA with SPI 7cab1502
01[IKE] closing CHILD_SA l2tp{31} with SPIs ca86fad4_i (0 bytes) 7cab1502_o (0 bytes) and TS 192.0.2.9/32[udp/l2f] === 198.51.100.31/32[udp/l2f]`, "l2tp-nothing", "responder", "nothing of the client came through", ""},
	})
	d, text := readText(t, "01[IKE] CHILD_SA l2tp{31} established with SPIs ca86fad4_i 7cab1502_o and TS 192.0.2.9/32[udp/l2f] === 198.51.100.31/32[udp/l2f]\n"+
		"01[IKE] closing CHILD_SA l2tp{31} with SPIs ca86fad4_i (538 bytes) 7cab1502_o (538 bytes) and TS 192.0.2.9/32[udp/l2f] === 198.51.100.31/32[udp/l2f]\n")
	if len(d.Stories) != 1 || d.Stories[0].Cause != "" {
		t.Errorf("what passed in both directions is told as a failure:\n%s", text)
	}
}

// A file of keys that is not read is a fault of that file, and no wrong key.
func TestSecretsFiles(t *testing.T) {
	saySo(t, []said{
		{"libreswan", `002 loading secrets from "/etc/ipsec.d/office.secrets"
003 "/etc/ipsec.d/office.secrets" line 1: expected record boundary in key
002 listening for IKE messages`, "secrets-file", "", "/etc/ipsec.d/office.secrets|line 1|ipsec secrets", "keys differ"},
		{"libreswan, the end of a record", `003 "/etc/ipsec.secrets" line 7: ERROR: unexpected end of record in PSK`, "secrets-file", "", "line 7", ""},
		{"strongSwan", `05[CFG] loading secrets from '/etc/ipsec.secrets'
05[CFG] line 3: missing ' : ' separator`, "secrets-file", "", "line 3|ipsec rereadsecrets", "keys differ"},
		{"racoon", `ERROR: /etc/racoon/psk.txt has weak file permission
ERROR: failed to open pre_share_key file /etc/racoon/psk.txt`, "secrets-file", "", "chmod 600 /etc/racoon/psk.txt", "keys differ"},
	})
}

// A service that does not run cannot be stopped, and what asks for charon fails where
// charon did not start.
func TestWhatOnlyFollows(t *testing.T) {
	saySo(t, []said{
		{"the kernel before the socket", `Cannot open netlink socket: Protocol not supported
ERRO[0001] Failed to connect to charon: dial unix /var/run/charon.vici: connect: connection refused
ERRO[0002] Failed to connect to charon: dial unix /var/run/charon.vici: connect: connection refused`, "kernel-ipsec", "", "XFRM", "systemctl restart"},
		{"the socket alone", `charon: dial unix /var/run/charon.vici: connect: connection refused`, "services", "", "", ""},
	})
	for _, log := range []string{
		"NetworkManager[2513]: Stopping strongSwan IPsec failed: starter is not running\nNetworkManager[2513]: Starting strongSwan 5.5.1 IPsec [starter]...\n",
		"Stopping IPsec failed: pluto is not running\n",
		"Stop the ipsec service failed: it is not loaded\n",
	} {
		if d, text := readAny(t, log); len(d.Stories) != 0 {
			t.Errorf("a service that was not running is told as a failure:\n%s", text)
		}
	}
}

// pluto sends no notification about an IKE SA that the other side deleted.
func TestEndedByThePeer(t *testing.T) {
	saySo(t, []said{
		{"libreswan 4, at once", `Jun 29 12:53:57 gw pluto[17222]: "rw"[1] 203.0.113.9 #1: responder established IKE SA; authenticated using RSASSA-PSS with SHA2_256 and peer certificate 'CN=laptop7' issued by CA 'CN=Office CA'
Jun 29 12:53:58 gw pluto[17222]: "rw"[1] 203.0.113.9 #2: responder established Child SA using #1; IPsec tunnel [0.0.0.0-255.255.255.255:0-65535 0] -> [10.9.0.1-10.9.0.1:0-65535 0] {ESPinUDP=>0x4cd03cb2 <0xc365744a xfrm=AES_GCM_16_128-NONE NATD=203.0.113.9:44717 DPD=active}
Jun 29 12:53:59 gw pluto[17222]: "rw"[1] 203.0.113.9 #1: deleting state (STATE_V2_ESTABLISHED_IKE_SA) aged 1.943156s and NOT sending notification`,
			"client-deleted", "responder", "the client ended it at once", ""},
		{"libreswan 4, later", `Jun 29 12:53:57 gw pluto[17222]: "rw"[1] 203.0.113.9 #2: responder established Child SA using #1; IPsec tunnel [0.0.0.0-255.255.255.255:0-65535 0] -> [10.9.0.1-10.9.0.1:0-65535 0] {ESPinUDP=>0x4cd03cb2 <0xc365744a xfrm=AES_GCM_16_128-NONE NATD=203.0.113.9:44717 DPD=active}
Jun 29 14:53:59 gw pluto[17222]: "rw"[1] 203.0.113.9 #1: deleting state (STATE_V2_ESTABLISHED_IKE_SA) aged 7201.9s and NOT sending notification`,
			"", "responder", "the client ended it: nothing failed here", "at once"},
		{"after silence", `Jul 10 19:11:12 gw pluto[30007]: "rw"[1] 203.0.113.9 #1: STATE_V2_ESTABLISHED_IKE_SA: 300 second timeout exceeded after 10 retransmits.  No response (or no acceptable response) to our IKEv2 message
Jul 10 19:11:12 gw pluto[30007]: "rw"[1] 203.0.113.9 #1: deleting state (STATE_V2_ESTABLISHED_IKE_SA) aged 400.1s and NOT sending notification`,
			"liveness", "responder", "no longer answers", "at once"},
	})
}

// SoftEther's IPsec module says little: that phase 1 ended without being established
// shows by what came before. After its strtable_en.stb.
func TestSoftEther(t *testing.T) {
	begins := `2019-10-17 18:01:45.648 IPsec Client 35 (198.51.100.31:62713 -> 192.0.2.9:500): A new IPsec client is created.
2019-10-17 18:01:45.648 IPsec IKE Session (IKE SA) 12 (Client: 35) (198.51.100.31:62713 -> 192.0.2.9:500): A new IKE SA (Main Mode) is created. Initiator Cookie: 0x3B663C91968AA11A, Responder Cookie: 0xFA6A291FD53907C3, DH Group: MODP 1024 (Group 2), Hash Algorithm: SHA-1, Cipher Algorithm: AES-CBC, Cipher Key Size: 256 bits, Lifetime: 4294967295 Kbytes or 28800 seconds
`
	floats := begins + `2019-10-17 18:01:45.759 IPsec Client 35 (198.51.100.31:62718 -> 192.0.2.9:4500): The port number information of this client is updated.
`
	saySo(t, []said{
		{"the last message of phase 1 was not taken", floats + `2019-10-17 18:01:55.701 IPsec Client 35 (198.51.100.31:62718 -> 192.0.2.9:4500): This IPsec Client is deleted.
2019-10-17 18:01:55.701 IPsec IKE Session (IKE SA) 12 (Client: 35) (198.51.100.31:62718 -> 192.0.2.9:4500): This IKE SA is deleted.
2019-10-17 18:01:55.954 IPsec Client 36 (198.51.100.31:62718 -> 192.0.2.9:4500): A new IPsec client is created.
2019-10-17 18:02:06.059 IPsec Client 36 (198.51.100.31:62718 -> 192.0.2.9:4500): This IPsec Client is deleted.`,
			"phase1-keyed", "responder", "SoftEther|most likely the pre-shared keys differ|IPsecEnable", "proposal"},
		{"the answer was not followed", begins + `2019-10-17 18:01:55.701 IPsec Client 35 (198.51.100.31:62713 -> 192.0.2.9:500): This IPsec Client is deleted.`,
			"phase1-unanswered", "responder", "198.51.100.31|UDP 500", "pre-shared"},
		{"no proposal", `2019-10-17 18:01:45.648 IPsec Client 35 (198.51.100.31:62713 -> 192.0.2.9:500): A new IPsec client is created.
2019-10-17 18:01:45.648 IPsec Client 35 (198.51.100.31:62713 -> 192.0.2.9:500): There are no acceptable transform proposals from the client for establishing an IKE SA.`,
			"ike-proposal", "responder", "IKEv1|no IKE proposal in common", ""},
		{"the login of PPP", floats + `2019-10-17 18:01:46.000 IPsec IKE Session (IKE SA) 12 (Client: 35) (198.51.100.31:62718 -> 192.0.2.9:4500): This IKE SA is established between the server and the client.
2019-10-17 18:01:46.400 IPsec ESP Session (IPsec SA) 7 (Client: 35) (198.51.100.31:62718 -> 192.0.2.9:4500): This IPsec SA is established between the server and the client.
2019-10-17 18:01:47.000 L2TP PPP Session [198.51.100.31:1701]: "MS-CHAP v2" (Microsoft Challenge and Response Protocol Version 2.0) user authentication failed.`,
			"ppp-login", "responder", "above IPsec", "pre-shared"},
		{"all came up", floats + `2019-10-17 18:01:46.000 IPsec IKE Session (IKE SA) 12 (Client: 35) (198.51.100.31:62718 -> 192.0.2.9:4500): This IKE SA is established between the server and the client.
2019-10-17 18:01:46.300 IPsec IKE Session (IKE SA) 12 (Client: 35) (198.51.100.31:62718 -> 192.0.2.9:4500): The client initiates a QuickMode negotiation.
2019-10-17 18:01:46.400 IPsec ESP Session (IPsec SA) 7 (Client: 35) (198.51.100.31:62718 -> 192.0.2.9:4500): This IPsec SA is established between the server and the client.
2019-10-17 19:01:46.400 IPsec Client 35 (198.51.100.31:62718 -> 192.0.2.9:4500): This IPsec Client is deleted.`,
			"", "responder", "the connection came up|ended it normally", ""},
	})
}

// RouterOS compares each proposal with each other: what both have in some pair keeps
// nothing apart, and the profile is to take what came, unless that is weaker. After
// the lines of its documentation.
func TestRouterOSSettings(t *testing.T) {
	saySo(t, []said{
		{"the hash alone", `17:21:08 ipsec rejected hashtype: DB(prop#1:trns#1):Peer(prop#1:trns#1) = MD5:SHA
17:21:08 ipsec rejected enctype: DB(prop#1:trns#2):Peer(prop#1:trns#1) = 3DES-CBC:AES-CBC
17:21:08 ipsec rejected enctype: DB(prop#1:trns#1):Peer(prop#1:trns#2) = AES-CBC:3DES-CBC
17:21:08 ipsec,error no suitable proposal found.`,
			"ike-proposal", "responder", "received SHA, configured MD5|set [find name=NAME] hash-algorithm=sha1", "cipher: received|enc-algorithm|weaker"},
		{"what came is weaker", `17:21:08 ipsec rejected dh_group: DB(prop#1:trns#1):Peer(prop#1:trns#1) = 2048-bit MODP group:1024-bit MODP group
17:21:08 ipsec,error no suitable proposal found.`,
			"ike-proposal", "responder", "let it offer 2048-bit MODP group", "dh-group="},
		{"two settings", `17:21:08 ipsec rejected hashtype: DB(prop#1:trns#1):Peer(prop#1:trns#1) = SHA:SHA256
17:21:08 ipsec rejected dh_group: DB(prop#1:trns#1):Peer(prop#1:trns#1) = 1024-bit MODP group:2048-bit MODP group
17:21:08 ipsec,error no suitable proposal found.`,
			"ike-proposal", "responder", "hash-algorithm=sha256 dh-group=modp2048", "let it offer"},
		{"nothing is named", `17:21:08 ipsec,error 203.0.113.9 failed to pre-process ph1 packet (side: 1, status 1).
17:21:08 ipsec,error no suitable proposal found.`, "ike-proposal", "responder", "enc-algorithm=aes-256", "let it offer"},
	})
}

// An event that says nothing of a thing does not withdraw it: what was refused stays
// refused after messages about something else.
func TestNothingElseWithdraws(t *testing.T) {
	refused := `13[CFG] <gw|7> received proposals: ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ
13[CFG] <gw|7> configured proposals: ESP:AES_CBC_256/HMAC_SHA2_256_128/MODP_2048/NO_EXT_SEQ
13[IKE] <gw|7> no acceptable proposal found
13[ENC] <gw|7> generating CREATE_CHILD_SA response 14 [ N(NO_PROP) ]
`
	const say = "received none, configured MODP_2048|esp_proposals = "
	saySo(t, []said{
		{"fragments of another message", refused + `05[ENC] <gw|7> received fragment #1 of 2, waiting for complete IKE message
05[ENC] <gw|7> received fragment #2 of 2, reassembled fragmented IKE message (600 bytes)`, "child-pfs", "", say, ""},
		{"a new IKE SA in place of the old one", refused + `06[CFG] <gw|7>   proposal matches
06[CFG] <gw|7> received proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
06[CFG] <gw|7> configured proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
06[CFG] <gw|7> selected proposal: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048`, "child-pfs", "", say, ""},
		{"an answer of the DHCP server", refused + `05[CFG] <gw|7> received DHCP OFFER 10.1.0.9 from 10.1.0.1`, "child-pfs", "responder", say, ""},
		{"a way that was found again", refused + `05[IKE] <gw|7> requesting address change using MOBIKE`, "child-pfs", "", say, ""},
		{"a Child SA beside DNS", `06[IKE] <home|1> installing DNS server 192.0.2.53 via resolvconf
06[IKE] <home|1> resolvconf: Failed to set DNS configuration: Link lo is loopback device.
06[IKE] <home|1> adding DNS server failed
06[IKE] <home|1> CHILD_SA home{1} established with SPIs c0ffee01_i c0ffee02_o and TS 10.9.0.1/32 === 0.0.0.0/0`, "dns-settings", "initiator", "DNS server|IKE did not fail", ""},
	})
}

// All lines of ASA that name a peer are of one attempt, whichever way they name it.
func TestOneAttemptOfASA(t *testing.T) {
	saySo(t, []said{
		{"crypto map", `Dec 04 2014 12:37:51: %ASA-5-713119: Group = 203.0.113.9, IP = 203.0.113.9, PHASE 1 COMPLETED
Dec 04 2014 12:37:51: %ASA-3-713061: Group = 203.0.113.9, IP = 203.0.113.9, Rejecting IPSec tunnel: no matching crypto map entry for remote proxy 0.0.0.0/0.0.0.0/0/0 local proxy 0.0.0.0/0.0.0.0/0/0 on interface OUTSIDE
Dec 04 2014 12:37:51: %ASA-4-113019: Group = 203.0.113.9, Username = 203.0.113.9, IP = 203.0.113.9, Session disconnected. Session Type: LAN-to-LAN, Duration: 0h:00m:00s, Bytes xmt: 0, Bytes rcv: 0, Reason: crypto map policy not found`,
			"traffic-selectors", "responder", "203.0.113.9|no Child SA is configured", "2 attempts"},
		{"proposals", `[IKEv1]Group = 203.0.113.9, IP = 203.0.113.9, PHASE 1 COMPLETED
[IKEv1]Group = 203.0.113.9, IP = 203.0.113.9, All IPSec SA proposals found unacceptable!
%ASA-3-713902: Group = 203.0.113.9, IP = 203.0.113.9, QM FSM error (P2 struct &0x00007f, mess id 0x2c44baec)!`,
			"child-proposal", "", "203.0.113.9", "2 attempts"},
		{"user", `%ASA-5-713119: Group = staff, IP = 203.0.113.9, PHASE 1 COMPLETED
%ASA-3-713167: Group = staff, IP = 203.0.113.9, Remote peer has failed user authentication -  check configured username and password`,
			"xauth", "responder", "203.0.113.9", "2 attempts"},
	})
}

// What to do fits what the lines have: PFS that only one side has, a peer that may be
// nobody's, a method that is named.
func TestFixesThatFit(t *testing.T) {
	saySo(t, []said{
		{"no PFS came", `"azure" #7: no local proposal matches remote proposals 1:ESP:ENCR=AES_GCM_C_256;ESN=DISABLED 2:ESP:ENCR=AES_CBC_256;INTEG=HMAC_SHA1_96;ESN=DISABLED
"azure" #7: CREATE_CHILD_SA request failed, responder SA processing returned NO_PROPOSAL_CHOSEN
"azure" #2: responding to CREATE_CHILD_SA message (ID 2) from 203.0.113.9:4500 with encrypted notification NO_PROPOSAL_CHOSEN`,
			"child-proposal", "responder", "no proposal received has a key exchange method|pfs=no", ""},
		{"PFS came", `"azure" #7: no local proposal matches remote proposals 1:ESP:ENCR=AES_GCM_C_256;DH=MODP2048;ESN=DISABLED
"azure" #7: CREATE_CHILD_SA request failed, responder SA processing returned NO_PROPOSAL_CHOSEN`,
			"child-proposal", "responder", "give both sides an ESP proposal in common", "pfs=no"},
		{"a peer of nobody", `ipsec,info respond new phase 1 (Identity Protection): 192.0.2.9[500]<=>203.0.113.77[60403]
ipsec,error no suitable proposal found.
ipsec,error 203.0.113.77 failed to get valid proposal.`,
			"ike-proposal", "responder", "if 203.0.113.77 is not one of your peers", ""},
	})
}
