package readers

import (
	"strings"
	"testing"
)

// What follows a suspicious line is weighed: what was answered after all did not
// fail, and where nothing failed that is said.
func TestWhatFollows(t *testing.T) {
	saySo(t, []said{
		// strongSwan, src/libcharon/plugins/socket_default/socket_default_socket.c
		{"a socket that failed, and an answer", `08[IKE] initiating IKE_SA siteB[1] to 203.0.113.3
12[ENC] generating IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
12[NET] sending packet: from 10.9.1.3[500] to 203.0.113.3[500] (296 bytes)
03[NET] error writing to socket: Invalid argument
06[IKE] retransmit 1 of request with message ID 0
06[NET] sending packet: from 10.9.1.3[500] to 203.0.113.3[500] (296 bytes)
12[NET] received packet: from 203.0.113.3[500] to 10.9.1.3[500] (341 bytes)`, "", "initiator", "no line shows that it failed", "cannot be sent|FIX"},
		{"a socket that failed, and none", `08[IKE] initiating IKE_SA siteB[1] to 203.0.113.3
12[ENC] generating IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
12[NET] sending packet: from 10.9.1.3[500] to 203.0.113.3[500] (296 bytes)
03[NET] error writing to socket: Network is unreachable
06[IKE] retransmit 1 of request with message ID 0`, "send-failed", "initiator", "cannot be sent|ip route get 203.0.113.3", ""},
		{"libreswan, and an answer", `"west" #1: initiating IKEv2 connection to 192.0.2.23 using UDP
"west" #1: send on eth1 from 192.0.2.45:500 to 192.0.2.23:500 using UDP failed in IKE_SA_INIT request: Network is unreachable (errno 101)
"west" #1: processed IKE_SA_INIT response from 192.0.2.23:UDP/500 {cipher=AES_GCM_16_256 integ=n/a prf=HMAC_SHA2_512 ke=MODP2048}, initiating IKE_AUTH`, "", "initiator", "no line shows that it failed", "FIX"},
		// RFC 7296, Section 1.2; libreswan 5.3, programs/pluto/ikev2_ike_sa_init.c
		{"another group is asked for, libreswan", `"rw"[1] 198.51.100.167 #24: proposal 1:IKE=AES_CBC_256-HMAC_SHA2_256-HMAC_SHA2_256_128-CURVE25519 chosen from remote proposals 1:IKE:ENCR=AES_CBC_256;INTEG=HMAC_SHA2_256_128;DH=MODP4096;DH=CURVE25519;PRF=HMAC_SHA2_256[first-match]
"rw"[1] 198.51.100.167 #24: initiator guessed wrong keying material group (MODP4096); responding with INVALID_KE_PAYLOAD requesting DH31
"rw"[1] 198.51.100.167 #24: responding to IKE_SA_INIT message (ID 0) from 198.51.100.167:3313 with unencrypted notification INVALID_KE_PAYLOAD`, "", "responder", "DH31, which is a normal step|nothing in it failed", "FIX"},
		{"another group is asked for, charon", `07[ENC] parsed IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
07[IKE] 203.0.113.9 is initiating an IKE_SA
07[IKE] key exchange method ECP_256 unacceptable, requesting MODP_2048
07[ENC] generating IKE_SA_INIT response 0 [ N(INVAL_KE) ]`, "", "responder", "MODP_2048, which is a normal step", "FIX"},
		{"another group is asked for, the client's log", `08[IKE] initiating IKE_SA home[1] to 198.51.100.7
08[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]
08[ENC] parsed IKE_SA_INIT response 0 [ N(INVAL_KE) ]
08[IKE] peer didn't accept key exchange method ECP_384, it requested CURVE_25519`, "", "initiator", "CURVE_25519, which is a normal step", "FIX"},
		{"a group that this side does not have", `08[IKE] initiating IKE_SA home[1] to 198.51.100.7
08[ENC] parsed IKE_SA_INIT response 0 [ N(INVAL_KE) ]
08[IKE] requested key exchange method MODP_2048 not supported`, "key-exchange", "initiator", "FIX", "normal step"},
		{"another group is asked for, and no more comes", `07[ENC] parsed IKE_SA_INIT request 0 [ SA KE No ]
07[IKE] 203.0.113.9 is initiating an IKE_SA
07[IKE] key exchange method ECP_256 unacceptable, requesting MODP_2048
07[ENC] generating IKE_SA_INIT response 0 [ N(INVAL_KE) ]
05[JOB] deleting half open IKE_SA with 203.0.113.9 after timeout`, "key-exchange", "responder", "does not continue", "normal step"},
		// libreswan 3, programs/pluto/ikev2_parent.c
		{"an old answer, and up", `"devA" #1: ISAKMP_v2_IKE_AUTH message response with Message ID 1 has no matching SA
"devA" #5: STATE_PARENT_R2: received v2I2, PARENT SA established`, "", "responder", "the IKE SA came up", "delete it there"},
		{"ipsec up", `initiating IKE_SA home[1] to 198.51.100.7
generating IKE_SA_INIT request 0 [ SA KE No ]
parsed IKE_SA_INIT response 0 [ SA KE No ]
IKE_SA home[1] established between 192.0.2.1[a]...198.51.100.7[b]
connection 'home' established successfully`, "", "initiator", "the connection came up", "does not show"},
		{"swanctl", `[IKE] initiating IKE_SA home[1] to 198.51.100.7
[ENC] parsed IKE_SA_INIT response 0 [ SA KE No ]
[IKE] IKE_SA home[1] established between 192.0.2.1[a]...198.51.100.7[b]
initiate completed successfully`, "", "initiator", "the connection came up", "does not show"},
		// strongSwan, src/libcharon/sa/ike_sa.c
		{"a network that is gone", `14[IKE] old path is not available anymore, try to find another
14[IKE] no route found to reach 203.0.113.9, MOBIKE update deferred
09[NET] error writing to socket: Network is unreachable
10[IKE] giving up after 3 retransmits`, "path-lost", "", "was up|interface or a route is gone", "no packet was sent"},
		{"a network that is gone, and back", `14[IKE] IKE_SA home[1] established between 192.0.2.1[a]...203.0.113.9[b]
14[IKE] CHILD_SA home{1} established with SPIs c1_i c2_o and TS 10.0.0.0/24 === 0.0.0.0/0
14[IKE] old path is not available anymore, try to find another
14[IKE] no route found to reach 203.0.113.9, MOBIKE update deferred
14[IKE] requesting address change using MOBIKE`, "", "", "the connection came up", "FIX"},
		{"a network that is gone while it is up", `14[IKE] IKE_SA home[1] established between 192.0.2.1[a]...203.0.113.9[b]
14[IKE] CHILD_SA home{1} established with SPIs c1_i c2_o and TS 10.0.0.0/24 === 0.0.0.0/0
09[NET] error writing to socket: Network is unreachable`, "path-lost", "", "was up", "no packet was sent"},
		// charon's syslog, without its first line
		{"two facilities", `Jun 23 07:36:33 gw charon-systemd[2440]: received proposals: IKE:AES_CBC_256/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_2048
Jun 23 07:36:33 gw charon[2440]: 01[CFG] <1> configured proposals: IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_2048
Jun 23 07:36:33 gw charon-systemd[2440]: configured proposals: IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_2048
Jun 23 07:36:33 gw charon[2440]: 01[IKE] <1> received proposals unacceptable
Jun 23 07:36:33 gw charon-systemd[2440]: received proposals unacceptable`, "ike-proposal", "responder", "received AES_CBC_256, configured AES_CBC_128", "attempts"},
	})
}

// The step that was reached is the one that the lines show.
func TestSteps(t *testing.T) {
	saySo(t, []said{
		// libreswan 3 to 5, programs/pluto/xauth.c
		{"XAUTH", `"xauth-psk"[2] 198.51.100.194 #2: XAUTH: Sending Username/Password request (XAUTH_R0->XAUTH_R0)
"xauth-psk"[2] 198.51.100.194 #2: STATE_XAUTH_R0: retransmission; will wait 0.5 seconds for response
"xauth-psk"[2] 198.51.100.194 #2: STATE_XAUTH_R0: retransmission; will wait 1 seconds for response`, "xauth-silent", "responder", "user name and password (XAUTH)|it reached XAUTH", "which of its messages"},
		// strongSwan, src/libcharon/sa/ikev1/tasks/xauth.c
		{"XAUTH, charon", `07[ENC] parsed ID_PROT request 0 [ ID HASH ]
07[ENC] generating ID_PROT response 0 [ ID HASH ]
07[ENC] generating TRANSACTION request 3728 [ HASH CPRQ(X_USER X_PWD) ]
09[IKE] sending retransmit 1 of request message ID 3728, seq 1
09[IKE] giving up after 5 retransmits`, "xauth-silent", "responder", "(XAUTH)", ""},
		{"XAUTH that was answered", `"office"[2] 198.51.100.7 #1: STATE_XAUTH_R0: retransmission; will wait 0.5 seconds for response
"office"[2] 198.51.100.7 #1: XAUTH: User lee: Authentication Failed: Incorrect Username or Password`, "xauth", "responder", "login failed", "does not answer"},
		// RFC 9242; strongSwan, src/libcharon/encoding/message.c
		{"IKE_INTERMEDIATE", `[ENC] generating IKE_INTERMEDIATE request 1 [ KE ]
[ENC] parsed IKE_INTERMEDIATE response 1 [ KE ]
[ENC] generating IKE_INTERMEDIATE request 2 [ KE ]
[IKE] giving up after 5 retransmits`, "silence-intermediate", "initiator", "does not answer IKE_INTERMEDIATE", "answer IKE_AUTH"},
		// libreswan 5.3, testing/pluto
		{"IKE_INTERMEDIATE, libreswan", `"west" #1: sent IKE_INTERMEDIATE request to 192.1.2.23:UDP/500 {addke1=ML_KEM_768}
"west" #1: retransmitting IKE_INTERMEDIATE request; will wait 0.5 seconds for response
"west" #1: retransmitting IKE_INTERMEDIATE request; will wait 1 seconds for response`, "silence-intermediate", "initiator", "does not answer IKE_INTERMEDIATE|ML-KEM", ""},
		{"IKE_AUTH after it", `[ENC] generating IKE_INTERMEDIATE request 1 [ KE ]
[ENC] parsed IKE_INTERMEDIATE response 1 [ KE ]
[ENC] generating IKE_AUTH request 2 [ IDi AUTH SA TSi TSr ]
[IKE] giving up after 5 retransmits`, "silence-auth", "initiator", "does not answer IKE_AUTH", "IKE_INTERMEDIATE:"},
		{"a packet on 4500", `11[NET] received packet: from 198.51.100.40[500] to 203.0.113.5[500] (604 bytes)
11[ENC] parsed IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
11[IKE] 198.51.100.40 is initiating an IKE_SA
11[ENC] generating IKE_SA_INIT response 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
11[NET] sending packet: from 203.0.113.5[500] to 198.51.100.40[500] (476 bytes)
13[NET] received packet: from 198.51.100.40[4500] to 203.0.113.5[4500] (524 bytes)
13[ENC] unknown attribute type (25)`, "", "responder", "came to UDP 4500", "did not arrive"},
		{"none on 4500", `11[NET] received packet: from 198.51.100.40[500] to 203.0.113.5[500] (604 bytes)
11[ENC] parsed IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
11[ENC] generating IKE_SA_INIT response 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
11[NET] sending packet: from 203.0.113.5[500] to 198.51.100.40[500] (476 bytes)`, "", "responder", "did not arrive", ""},
		// RFC 2408, Section 3.14.1
		{"notify 29", `[IKE] initiating Aggressive Mode IKE_SA con1[5] to 198.51.100.77
[ENC] generating AGGRESSIVE request 0 [ SA KE No ID V V V V V ]
[ENC] parsed INFORMATIONAL_V1 request 0 [ N((29)) ]
[IKE] received (29) error notify`, "exchange-refused", "initiator", "IKEv1 (Aggressive Mode)|type of exchange|aggressive = no", "version of IKE"},
		{"notify 29 by its name", "ISAKMP: received notify UNSUPPORTED_EXCHANGE_TYPE from 203.0.113.9", "exchange-refused", "", "type of exchange|Main Mode", "version of IKE"},
		{"notify 7", "IKE: received notification INVALID_EXCHANGE_TYPE", "exchange-refused", "", "type of exchange", "version of IKE"},
		// strongSwan, src/libcharon/sa/ikev1/tasks/main_mode.c
		{"a method that no connection allows", "15[CFG] <70> looking for pre-shared key peer configs matching 192.0.2.5...198.51.100.8[198.51.100.8]\n15[IKE] <70> found 1 matching config, but none allows pre-shared key authentication using Main Mode",
			"method-mismatch", "responder", "the client's authentication method, pre-shared key, is not|phase 1", "expects: pre-shared key"},
	})
}

// A fix does not contradict the numbers in the log.
func TestNumbers(t *testing.T) {
	const silent = `I/charon: 10[IKE] initiating IKE_SA android[3] to 203.0.113.117
I/charon: 10[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]
I/charon: 10[NET] sending packet: from 10.44.8.19[40112] to 203.0.113.117[15901] (716 bytes)
I/charon: 13[IKE] giving up after 3 retransmits
I/charon: 13[IKE] establishing IKE_SA failed, peer not responding`
	const again = `"rw"[4] 198.51.100.196 #21: sent IKE_SA_INIT response to 198.51.100.196:UDP/500 {cipher=AES_CBC_256 integ=HMAC_SHA2_256_128 prf=HMAC_SHA2_256 group=MODP2048}
"rw"[4] 198.51.100.196 #21: received duplicate IKE_SA_INIT request; retransmitting response
"rw"[4] 198.51.100.196 #21: received duplicate IKE_SA_INIT request; retransmitting response`
	saySo(t, []said{
		{"another port", silent, "silence", "initiator", "UDP 15901", ""},
		{"port 500", strings.ReplaceAll(silent, "[15901]", "[500]"), "silence", "initiator", "let UDP 500 and UDP 4500 through", "which goes to"},
		{"port 4500", strings.ReplaceAll(silent, "[15901]", "[4500]"), "silence", "initiator", "let UDP 500 and UDP 4500 through", "which goes to"},
		{"another port, charon's own", `08[IKE] initiating IKE_SA home[1] to 198.51.100.7
08[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]
08[NET] sending packet: from 192.0.2.1[500] to 198.51.100.7[1701] (716 bytes)
09[IKE] retransmit 1 of request with message ID 0
09[NET] sending packet: from 192.0.2.1[500] to 198.51.100.7[1701] (716 bytes)
13[IKE] giving up after 5 retransmits`, "silence", "initiator", "UDP 1701|remote_port", ""},
		// RFC 7383, Section 2.5
		{"IKE_SA_INIT again", again, "answers-lost-init", "responder", "IKE_SA_INIT is never cut", "fragmentation=yes"},
		{"IKE_SA_INIT again, charon", `09[ENC] parsed IKE_SA_INIT request 0 [ SA KE No ]
09[ENC] generating IKE_SA_INIT response 0 [ SA KE No ]
09[IKE] received retransmit of request with ID 0, retransmitting response
09[IKE] received retransmit of request with ID 0, retransmitting response`, "answers-lost-init", "responder", "IKE_SA_INIT is never cut", "fragment_size"},
		{"IKE_AUTH again", `09[ENC] parsed IKE_SA_INIT request 0 [ SA KE No ]
09[ENC] generating IKE_SA_INIT response 0 [ SA KE No ]
09[ENC] parsed IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
09[ENC] generating IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]
09[IKE] received retransmit of request with ID 1, retransmitting response
09[IKE] received retransmit of request with ID 1, retransmitting response`, "answers-lost", "responder", "fragment_size", "never cut"},
		// strongSwan, src/libstrongswan/crypto/proposal/proposal.c
		{"the same proposals, with a private number", `14[CFG] received proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048/KE1_(1051)
14[CFG] configured proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048/KE1_(1051)
14[IKE] received proposals unacceptable`, "proposals-alike", "responder", "KE1_(1051) is a number for private use|accept_private_algs", "in common"},
		{"the same proposals, with a private cipher", `14[CFG] received proposals: ESP:(1031)/HMAC_SHA2_256_128/NO_EXT_SEQ
14[CFG] configured proposals: ESP:(1031)/HMAC_SHA2_256_128/NO_EXT_SEQ
14[IKE] no acceptable proposal found`, "proposals-alike", "", "(1031) is a number for private use", "in common"},
		{"the same proposals", `14[CFG] received proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
14[CFG] configured proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
14[IKE] received proposals unacceptable`, "proposals-alike", "responder", "both sides list the same proposal", "private"},
		// Openswan 2.6 and libreswan before 3.14: the first wait is 10 or 20 seconds
		{"counts, in whole seconds", `010 "office" #7: STATE_MAIN_I3: retransmission; will wait 20s for response
010 "office" #7: STATE_MAIN_I3: retransmission; will wait 40s for response
031 "office" #7: max number of retransmissions (2) reached STATE_MAIN_I3.  Possible authentication failure: no acceptable response to our first encrypted message`, "silence-phase1", "initiator", "3 retransmissions", "8 retransmissions"},
	})
}

// Identities that do not match, in the products' words, and connections that are not
// there.
func TestIdentitiesExpected(t *testing.T) {
	saySo(t, []said{
		// libreswan 4, lib/libswan/id.c
		{"a second client behind a NAT", `"rw"[2] 198.51.100.22 #10: certificate verified OK: O=Example,CN=phone2
"rw"[2] 198.51.100.22 #10: ID_DER_ASN1_DN 'O=Example,CN=phone2' does not match expected 'CN=phone1, O=Example'
"rw"[2] 198.51.100.22 #10: Peer ID '192.168.3.111' mismatched on first found connection and no better connection found`, "peer-id", "responder", "O=Example,CN=phone2, is not|expects: CN=phone1|rightid=%fromcert|several may come from one address", "mirror"},
		{"a name", `"office" #3: ID_FQDN '@gw2.example.com' does not match expected '@gw.example.com'`, "peer-id", "", "@gw2.example.com|@gw.example.com", ""},
		{"an address", `"office" #3: X509: authentication failed; peer ID IPV4_ADDR '192.0.2.9' does not match expected '192.0.2.1'`, "peer-id", "", "192.0.2.9, is not|192.0.2.1", ""},
		// libreswan 3, programs/pluto/x509.c and ikev2_parent.c
		{"a connection for others", `"l2tp-psk"[2] 198.51.100.123 #2: certificate verified OK: O=Example,CN=phone1
"l2tp-psk"[2] 198.51.100.123 #2: certificate does not contain ID_IP subjectAltName=198.51.100.123
"l2tp-psk"[2] 198.51.100.123 #2: Peer public key SubjectAltName does not match peer ID for this connection
"l2tp-psk"[2] 198.51.100.123 #2: Peer ID 'CN=phone1, O=Example' mismatched on first found connection and no better connection found`, "other-connection", "responder", "l2tp-psk, expects another identity, 198.51.100.123|CN=phone1, O=Example|ipsec auto --add", "set the client's local ID"},
		// libreswan 3, programs/pluto/ikev1_main.c; 5.3, ikev1_host_pair.c
		{"no connection for IKEv1", "Aug 10 09:11:06: packet from 198.51.100.163:26447: initial Main Mode message received on 192.168.0.15:500 but no connection has been authorized with policy PSK+IKEV1_ALLOW\nAug 10 09:11:09: packet from 198.51.100.163:26447: initial Main Mode message received on 192.168.0.15:500 but no connection has been authorized with policy PSK+IKEV1_ALLOW",
			"ikev1-peer", "responder", "PSK+IKEV1_ALLOW|ipsec auto --add|scanner", ""},
		{"no connection for IKEv1, libreswan 5", "packet from 192.1.2.45:500: initial Main Mode message received but no connection has been authorized with authby=RSASIG and xauth=no", "ikev1-peer", "responder", "authby=RSASIG and xauth=no|ipsec status", ""},
		{"no connection for IKEv1, with XAUTH", "packet from 192.1.2.45:500: initial Main Mode message received on 192.1.2.23:500 but no connection has been authorized with policy RSASIG+XAUTH+IKEV1_ALLOW", "ikev1-peer", "responder", "RSASIG+XAUTH+IKEV1_ALLOW", ""},
		// RouterOS, topic ipsec
		{"two refusals, RouterOS", "ipsec,error peer's ID does not match certificate\nipsec,error got fatal error: AUTHENTICATION_FAILED", "id-not-in-cert", "initiator", "the gateway refuses this client too|subjectAltName", ""},
		{"two refusals, another", "ipsec,error can't verify peer's certificate from store\nipsec,error got fatal error: AUTHENTICATION_FAILED", "cert-untrusted", "initiator", "the gateway refuses this client too", ""},
		{"one refusal", "ipsec,error can't verify peer's certificate from store\nipsec,error got fatal error: NO_PROPOSAL_CHOSEN", "cert-untrusted", "initiator", "", "refuses this client too"},
		// libreswan 5.0, programs/pluto/ikev2_auth.c
		{"how the peer signed is not who it is", `"rw"[2] 192.0.2.45 #3: processing decrypted IKE_AUTH request: SK{IDi,CERT,AUTH,SA,TSi,TSr}
"rw"[2] 192.0.2.45 #3: responder established IKE SA; authenticated peer '2048-bit RSASSA-PSS with SHA2_512' digital signature using peer certificate 'CN=branch7' issued by CA 'CN=corp-ca'
|    Notify Message Type: v2N_TS_UNACCEPTABLE (0x26)`, "traffic-selectors", "responder", "peer CN=branch7|networks", "peer 2048-bit"},
	})
}

// Child SAs: what debugging shows, bare lists, and what Quick Mode leaves open.
func TestChildRefusals(t *testing.T) {
	saySo(t, []said{
		// libreswan, testing/pluto, plutodebug=all
		{"a notify in debugging", `"east" #1: responder established IKE SA; authenticated peer using authby=secret and FQDN '@west'
|    Notify Message Type: v2N_TS_UNACCEPTABLE (38, 0x0026)`, "traffic-selectors", "responder", "no Child SA is configured for the networks", ""},
		{"another notify in debugging", `"east" #1: responder established IKE SA; authenticated peer using authby=secret and FQDN '@west'
|    Notify Message Type: v2N_NO_PROPOSAL_CHOSEN (14, 0x000e)`, "child-proposal", "responder", "ESP", ""},
		{"addresses in debugging", `"east" #1: responder established IKE SA; authenticated peer using authby=secret and FQDN '@west'
|    Notify Message Type: v2N_INTERNAL_ADDRESS_FAILURE (36, 0x0024)`, "no-address", "responder", "", ""},
		// strongSwan, src/libcharon/sa/ikev1/tasks/quick_mode.c
		{"bare lists", `ESP:AES_CBC_256/HMAC_SHA1_96/MODP_1024/NO_EXT_SEQ
ESP:AES_CBC_128/HMAC_SHA2_256_128/NO_EXT_SEQ
no matching proposal found, sending NO_PROPOSAL_CHOSEN`, "child-proposal", "responder", "strongSwan|ESP", "no IKE proposal"},
		{"with headers", "13[IKE] no matching proposal found, sending NO_PROPOSAL_CHOSEN", "child-proposal", "responder", "ESP", "no IKE proposal"},
		// RFC 2409, Section 5.5; libreswan 3, programs/pluto/ikev1.c
		{"Quick Mode, libreswan", `"LinkA" #2: initiating Quick Mode PSK+ENCRYPT+TUNNEL+PFS+UP+IKEV1_ALLOW {using isakmp#1 msgid:c8f87ff6 proposal=AES(12)_256-SHA1(2) pfsgroup=OAKLEY_GROUP_MODP1536}
"LinkA" #1: ignoring informational payload NO_PROPOSAL_CHOSEN, msgid=00000000, length=16`, "child-proposal", "initiator", "refuses Quick Mode|PFS, or the groups differ (here MODP1536)|networks of the two sides", "refuses every proposal"},
		{"Quick Mode, charon", `13[ENC] generating QUICK_MODE request 449371497 [ HASH SA No ID ID ]
14[ENC] parsed INFORMATIONAL_V1 request 2918 [ HASH N(NO_PROP) ]
14[IKE] received NO_PROPOSAL_CHOSEN error notify`, "child-proposal", "initiator", "refuses Quick Mode|PFS|networks of the two sides", "refuses every proposal"},
		{"Quick Mode, a timeout", `"west" #2: STATE_QUICK_I1: 60 second timeout exceeded after 7 retransmits.  No acceptable response to our first Quick Mode message: perhaps peer likes no proposal`, "quick-silent", "initiator", "no acceptable answer to Quick Mode|PFS|networks", "refuses Quick Mode"},
		{"IKEv2", `13[IKE] IKE_SA home[1] established between 192.0.2.1[a]...198.51.100.7[b]
13[IKE] received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built`, "child-proposal", "initiator", "refuses every proposal", "Quick Mode"},
	})
}

// Reasons of other products, and what is no failure at all.
func TestOtherReasons(t *testing.T) {
	const down = "Aug  3 10:18:01  srx1 kmd[14162]: KMD_VPN_DOWN_ALARM_USER: VPN hq-branch from 203.0.113.9 is down. Local-ip: 192.0.2.9, gateway name: gw-branch, vpn name: hq-branch, tunnel-id: 131073, SA Type: Static, Reason: "
	const session = "nesessionmanager[77]: NESMIKEv2VPNSession[Primary Tunnel:Home IKEv2:F6CFCB8B-0000-49AB-8B43-E037CB36FE19:(null)] in state NESMVPNSessionState"
	const disconnected = ": plugin NEVPNTunnelPlugin(com.apple.NetworkExtension.IKEv2Provider[inactive]) disconnected with reason Tunnel was terminated by the server"
	saySo(t, []said{
		{"Junos, the configuration", down + "Tunnel configuration is deleted. Corresponding IKE/IPSec SAs are deleted", "", "", "somebody at this side changed or removed", ""},
		{"Junos, DPD", down + "DPD failover. IPsec SAs are cleared", "liveness", "", "no longer answers", ""},
		{"Junos, the peer", down + "IPSec SA delete payload received from peer, corresponding IPSec SAs cleared", "", "", "the other side ended it", ""},
		{"Junos, an interface", down + "External interface is down", "path-lost", "", "interface", ""},
		{"macOS, while it starts", session + "Starting" + disconnected, "server-ended", "initiator", "the gateway ended the attempt|com.apple.networkextension", ""},
		{"macOS, while it is up", session + "Running" + disconnected, "", "initiator", "the gateway ended it", "failed:"},
		{"RouterOS, bare", "killing ike2 SA:::ffff:192.0.2.40 <->::ffff:203.0.113.33", "", "", "MikroTik|removed the IKE SA|/system logging add", ""},
		{"RouterOS, with topics", "ipsec,info killing ike2 SA: branch 192.0.2.9[4500]-203.0.113.9[4500] spi:c0ffee0123456789:0123456789abcdef", "", "", "MikroTik|/system logging add", ""},
		{"RouterOS, with its reason", "ipsec,error identity not found\nipsec,info killing ike2 SA: branch 192.0.2.9[4500]-203.0.113.9[4500] spi:c0ffee0123456789:0123456789abcdef", "no-config", "responder", "", "/system logging"},
		// libreswan 4, programs/pluto/ikev2_message.c
		{"the first that is encrypted", `"rw"[2] 198.51.100.31 #135: sent IKE_SA_INIT reply {cipher=AES_CBC_128 integ=HMAC_SHA1_96 prf=HMAC_SHA1 group=MODP2048}
"rw"[2] 198.51.100.31 #135: failed to match authenticator
"rw"[2] 198.51.100.31 #135: saved fragment 1 of 2 invalid; dropped`, "undecryptable-first", "responder", "did not derive the same keys|(and 1 more like it)", "delete old IKE SAs"},
	})
	// libreswan 3 and 4, programs/verify/verify.in
	for _, log := range []string{
		"Version check and ipsec on-path                   \t[OK]\nLibreswan 3.20 (netkey) on 4.4.0-70-generic\n Pluto ipsec.secret syntax                        INTERNAL ERROR - unknown rcode:WARNING\n  003 WARNING: using a weak secret (PSK)\nChecking 'ip' command                             \t[OK]",
		"Checking that pluto is running                    \t[OK]\n Pluto listening for IKE on udp 500               \t[OK]",
		"Checking for IPsec support in kernel              \t[OK]\n Pluto ipsec.conf syntax                          \t[OK]",
	} {
		if d, text := readAny(t, log); len(d.Stories) > 0 || len(d.Files[0].Products) == 0 {
			t.Errorf("%s:\n%s", log, text)
		}
	}
	saySo(t, []said{{"ipsec verify", "Version check and ipsec on-path                   \t[OK]\nChecking that pluto is running                    \t[FAILED]", "services", "", "libreswan", ""}})
}

// A table of several kinds says what to do about each.
func TestBriefly(t *testing.T) {
	_, text := readText(t, `Nov  3 08:10:00 gw charon: 07[IKE] <1> received proposals unacceptable
Nov  3 08:12:00 gw charon: 07[IKE] <a|3> no shared key found for 'a' - 'b'
Nov  3 08:13:00 gw charon: 07[IKE] <b|4> no matching CHILD_SA config found for 10.1.0.0/16 === 0.0.0.0/0
`)
	if n := strings.Count(text, "FIX "); n < 3 {
		t.Errorf("%d of 3 kinds have something to do:\n%s", n, text)
	}
}
