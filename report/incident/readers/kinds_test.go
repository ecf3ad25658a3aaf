package readers

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/incident/general"
)

// A gateway that refuses without a reason leaves open which of the things that this
// side showed it is: they are named, and none is claimed. After the lines of
// strongSwan's ike_auth.c and libreswan's ikev2_ike_auth.c.
func TestSuspects(t *testing.T) {
	saySo(t, []said{
		{"a private address as identity", `[IKE] initiating IKE_SA home[1] to 198.51.100.7
[ENC] parsed IKE_SA_INIT response 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
[CFG] no IDi configured, fall back on IP address
[IKE] authentication of '10.0.0.7' (myself) with pre-shared key
[ENC] generating IKE_AUTH request 1 [ IDi AUTH SA TSi TSr N(EAP_ONLY) ]
[ENC] parsed IKE_AUTH response 1 [ N(AUTH_FAILED) ]
[IKE] received AUTHENTICATION_FAILED notify error`,
			"auth-refused", "initiator", "10.0.0.7: it is this client's private address|pre-shared keys differ", "certificate or key"},
		{"a name as identity, and a certificate", `[IKE] initiating IKE_SA home[1] to 198.51.100.7
[IKE] authentication of 'laptop7.example.com' (myself) with RSA_EMSA_PKCS1_SHA2_256 successful
[ENC] generating IKE_AUTH request 1 [ IDi CERT AUTH SA TSi TSr N(EAP_ONLY) ]
[ENC] parsed IKE_AUTH response 1 [ N(AUTH_FAILED) ]`,
			"auth-refused", "initiator", "identity laptop7.example.com|this client's certificate or key", "private address|pre-shared keys"},
		{"a post-quantum key", `"west" #1: initiating IKEv2 connection to 192.0.2.23 using UDP
"west" #1: PPK AUTH calculated as initiator
"west" #1: sent IKE_AUTH request to 192.0.2.23:UDP/500 with shared-key-mac and FQDN '@west'; Child SA #2 {ESP <0x12345678}
"west" #1: IKE SA authentication request rejected by peer: AUTHENTICATION_FAILED`,
			"auth-refused", "initiator", "post-quantum key (PPK)|identity @west|pre-shared keys differ", ""},
		{"no proposal, or no connection", `"west" #1: initiating IKEv2 connection to 192.0.2.23 using UDP
"west" #1: dropping unexpected IKE_SA_INIT message containing NO_PROPOSAL_CHOSEN notification; message payloads: N; missing payloads: SA,KE,Ni`,
			"ike-proposal", "initiator", "or has no connection for it|no IKE proposal in common|for IKEv2 with this client's address", "refuses every"},
		{"no proposal of IKEv1, or no connection", `11[IKE] initiating Main Mode IKE_SA home[1] to 203.0.113.21
12[ENC] parsed INFORMATIONAL_V1 request 0 [ N(NO_PROP) ]
12[IKE] received NO_PROPOSAL_CHOSEN error notify`,
			"ike-proposal", "initiator", "or has no connection for it|connection for IKEv1", "IKEv2"},
		{"EAP ends after the identity", `11[IKE] initiating IKE_SA home[1] to 198.51.100.7
12[ENC] parsed IKE_AUTH response 1 [ IDr CERT AUTH EAP/REQ/ID ]
12[IKE] server requested EAP_IDENTITY (id 0x00), sending 'lee@example.com'
13[ENC] parsed IKE_AUTH response 2 [ EAP/FAIL ]
13[IKE] received EAP_FAILURE, EAP authentication failed`,
			"eap-refused", "initiator", "right after the identity lee@example.com|does not know or admit|RADIUS server does not answer", "password"},
		{"EAP ends after a method", `11[IKE] initiating IKE_SA home[1] to 198.51.100.7
12[IKE] server requested EAP_IDENTITY (id 0x00), sending 'lee@example.com'
13[ENC] parsed IKE_AUTH response 2 [ EAP/REQ/TTLS ]
13[IKE] server requested EAP_TTLS authentication (id 0x01)
14[ENC] parsed IKE_AUTH response 3 [ EAP/FAIL ]`,
			"eap-refused", "initiator", "user, password, certificate or policy", "right after the identity"},
		{"IKEv1: the identity", `"west" #1: STATE_MAIN_I3: sent MI3, expecting MR3
"west" #1: ignoring informational payload, type INVALID_ID_INFORMATION msgid=00000000`,
			"id-refused", "initiator", "IKEv1|does not accept this client's identity|leftid", "certificate"},
		{"IKEv1: the key", `"west" #1: STATE_MAIN_I3: sent MI3, expecting MR3
"west" #1: ignoring informational payload, type INVALID_KEY_INFORMATION msgid=00000000`,
			"key-refused", "initiator", "IKEv1|copy of this client's public key", "pre-shared"},
	})
}

// Whose log it is shows by what only one side does, or by the ports. After RFC 7296,
// Sections 2.7, 2.21.2 and 2.23, and the lines of the products.
func TestWhoseLog(t *testing.T) {
	saySo(t, []said{
		{"the client refuses the gateway in an exchange of its own", `12[CFG] no issuer certificate found for "CN=vpn.example.com"
12[ENC] generating INFORMATIONAL request 2 [ N(AUTH_FAILED) ]`,
			"cert-untrusted", "initiator", "gateway's certificate CN=vpn.example.com", "client's certificate"},
		{"a gateway is told so", `12[IKE] sending end entity cert "CN=vpn.example.com"
12[ENC] generating IKE_AUTH response 1 [ IDr CERT AUTH EAP/REQ/ID ]
13[ENC] parsed INFORMATIONAL request 2 [ N(AUTH_FAILED) ]`,
			"auth-refused", "responder", "the client refuses this gateway", ""},
		{"a peer behind a NAT", `07[NET] received packet: from 198.51.100.102[22425] to 192.0.2.9[4500] (80 bytes)
07[ENC] parsed INFORMATIONAL request 6 [ D ]
07[IKE] received DELETE for IKE_SA home[1]`,
			"", "responder", "the client ended it", "failed:"},
		{"an app's own port", `07[NET] received packet: from 192.0.2.9[4500] to 10.0.0.7[50127] (80 bytes)
07[ENC] parsed INFORMATIONAL request 6 [ D ]
07[IKE] received DELETE for IKE_SA home[1]`,
			"", "initiator", "the gateway ended it", ""},
		{"the ports of IKE on both sides", `07[NET] received packet: from 198.51.100.102[4500] to 192.0.2.9[4500] (80 bytes)
07[ENC] parsed INFORMATIONAL request 6 [ D ]
07[IKE] received DELETE for IKE_SA home[1]`,
			"", "", "the other side ended it", ""},
		{"the first message that is encrypted, of IKEv1", "09[ENC] invalid ID_V1 payload length, decryption failed?\n09[IKE] message parsing failed",
			"psk-mismatch", "responder", "IKEv1|keys differ", ""},
		{"Cisco's state machine", `IKEv2:(SESSION ID = 14,SA ID = 6):SM Trace-> SA: I_SPI=A1 R_SPI=B2 (R) MsgID = 1 CurState: R_VERIFY_AUTH Event: EV_CHK_CERT_ENC
CRYPTO_PKI: No trust point for cert issuer, looking up cert chain`,
			"cert-untrusted", "responder", "client's certificate", ""},
		{"Cisco's state machine, folded, with an identity", `IKEv2:(SESSION ID = 17,SA ID = 1):SM Trace-> SA:
I_SPI=A1 R_SPI=B2 (I) MsgID = 1 CurState:
I_WAIT_AUTH Event: EV_RECV_AUTH
IKEv2:(SESSION ID = 17,SA ID = 1):Searching policy
based on peer's identity 'hostname=gw.example.com' of type 'DER ASN1 DN'
IKEv2:% IKEv2 profile not found`,
			"peer-id", "initiator", "hostname=gw.example.com", ""},
		{"racoon without a cookie of the other side", `racoon: DEBUG: resend phase1 packet 53b231fc25ce2252:0000000000000000
racoon: ERROR: phase1 negotiation failed due to time up. 53b231fc25ce2252:0000000000000000`,
			"silence", "initiator", "gateway does not answer the first message", ""},
		{"FortiOS", `ike 0:to-branch: responder: main mode get 3rd message...
ike 0:to-branch: probable pre-shared secret mismatch`,
			"psk-mismatch", "responder", "IKEv1", ""},
		{"PAN-OS in the words of a filter", `description contains 'IKEv2 IKE SA negotiation is failed as responder, non-rekey. Failed SA: 192.0.2.9[4500]-203.0.113.9[51435] SPI:0239:4267.' received ID_I(type ipaddr[10.0.0.7])doesnotmatch peers id203.0.113.9`,
			"peer-id", "responder", "10.0.0.7,|expects: 203.0.113.9", ""},
		{"a name that a gateway does not resolve", `looking for an ike config for 203.0.113.40...198.51.100.9
resolving 'any' failed: Name or service not known
no IKE config found for 203.0.113.40...198.51.100.9, sending NO_PROPOSAL_CHOSEN`,
			"no-connection", "responder", "203.0.113.40...198.51.100.9|names the host any|%any", "did not resolve to an address"},
	})
}

// Lists of proposals that follow their heading, each in a line, and how far the
// nearest are apart.
func TestListedProposals(t *testing.T) {
	saySo(t, []said{
		{"ASA, debug crypto ikev2 protocol", `IKEv2-PROTO-1: (16): Received Policies:
Proposal 1: AES-CBC-256 SHA256 SHA256 DH_GROUP_1024_MODP/Group 2
Proposal 2: 3DES SHA256 SHA256 DH_GROUP_1024_MODP/Group 2
IKEv2-PROTO-1: (16): Failed to find a matching policy
IKEv2-PROTO-1: (16): Expected Policies:
Proposal 1: AES-CBC-256 SHA256 SHA256 DH_GROUP_2048_MODP/Group 14`,
			"ike-proposal", "responder", "received DH_GROUP_1024_MODP/Group 2, configured DH_GROUP_2048_MODP/Group 14", "cipher:"},
		{"libreswan, without what stands before lines", `  no local proposal matches remote proposals
  1:IKE:ENCR=AES_CBC_256;INTEG=HMAC_SHA1_96;PRF=HMAC_SHA1;DH=MODP1024
  2:IKE:ENCR=3DES;INTEG=HMAC_SHA1_96;PRF=HMAC_SHA1;DH=MODP1024`,
			"ike-proposal", "responder", "libreswan|each of the 2 proposals received has MODP1024", ""},
		{"a key length is nearer than a cipher", `06[CFG] received proposals: IKE:AES_GCM_16_256/PRF_HMAC_SHA2_256/MODP_2048, IKE:AES_GCM_16_256/PRF_HMAC_SHA2_256/ECP_256, IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256, IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
06[CFG] configured proposals: IKE:AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
06[IKE] received proposals unacceptable`,
			"ike-proposal", "responder", "received AES_CBC_256, configured AES_CBC_128", "received AES_GCM"},
		{"only what is configured", `09[CFG] configured proposals: IKE:AES_GCM_16_256/PRF_HMAC_SHA2_512/ECP_384
09[IKE] received proposals unacceptable
09[ENC] generating IKE_SA_INIT response 0 [ N(NO_PROP) ]`,
			"ike-proposal", "responder", "configured: IKE: AES_GCM_16_256, PRF_HMAC_SHA2_512, ECP_384", ""},
		{"the group of a Child SA does not count in IKE_AUTH", `08[ENC] parsed IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
08[CFG] received proposals: ESP:AES_CBC_256/HMAC_SHA1_96/NO_EXT_SEQ
08[CFG] configured proposals: ESP:AES_CBC_128/HMAC_SHA1_96/MODP_2048/NO_EXT_SEQ
08[IKE] no acceptable proposal found`,
			"child-proposal", "responder", "received AES_CBC_256, configured AES_CBC_128", "key exchange method:"},
	})
}

// What the kernel refuses says by its error whether an algorithm, a protocol or a
// permission is missing. After Linux, net/xfrm, and kernel_netlink_ipsec.c.
func TestKernelErrors(t *testing.T) {
	saySo(t, []said{
		{"an algorithm", `12[CFG] selected proposal: ESP:CAMELLIA_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ
12[KNL] received netlink error: Function not implemented (38)
12[KNL] unable to add SAD entry with SPI ca0a6bc9 (FAILED)
12[IKE] unable to install inbound and outbound IPsec SA (SAD) in kernel
12[IKE] failed to establish CHILD_SA, keeping IKE_SA
12[ENC] generating CREATE_CHILD_SA response 2 [ N(NO_PROP) ]`,
			"kernel-algorithm", "", "ESP:CAMELLIA_CBC_256|Function not implemented|/proc/crypto", "modprobe"},
		{"a protocol", `09[CFG] selected proposal: AH:HMAC_SHA2_256_128/NO_EXT_SEQ
09[KNL] received netlink error: Protocol not supported (93)
09[IKE] unable to install inbound and outbound IPsec SA (SAD) in kernel`,
			"kernel-protocol", "", "AH:HMAC_SHA2_256_128|ah4|use ESP", ""},
		{"a permission", `09[KNL] received netlink error: Operation not permitted (1)
09[IKE] unable to install inbound and outbound IPsec SA (SAD) in kernel`,
			"kernel-permission", "", "CAP_NET_ADMIN", ""},
		{"libreswan", `ERROR: "east" #2: netlink response for Add SA esp.12345678@192.1.2.45: Function not implemented (errno 38)`,
			"kernel-algorithm", "", "lacks an algorithm", ""},
		{"racoon, with compression", `racoon: ERROR: IPComp SPI size promoted from 16bit to 32bit
racoon: INFO: initiate new phase 2 negotiation: 192.0.2.9[0]<=>203.0.113.9[0]
racoon: ERROR: IPComp SPI size promoted from 16bit to 32bit
racoon: ERROR: pfkey UPDATE failed: Invalid argument`,
			"kernel-invalid", "initiator", "Invalid argument|compression (IPComp)", ""},
	})
}

// What comes after the first Child SA, and what this side refuses of an answer. After
// libreswan's ikev2_ts.c, ikev2_child.c and retry.c.
func TestAfterTheFirst(t *testing.T) {
	saySo(t, []said{
		{"a rekeying refused with NO_PROPOSAL_CHOSEN", `"west" #1: initiating IKEv2 connection to 192.1.2.23 using UDP
"west" #1: initiator established IKE SA; authenticated peer using authby=secret and FQDN '@east'
"west" #2: initiator established Child SA using #1; IPsec tunnel [192.0.1.0/24===192.0.2.0/24] {ESP/ESN=>0x1 <0x2}
"west" #3: sent CREATE_CHILD_SA request to rekey IPsec SA
"west" #3: CREATE_CHILD_SA failed with error notification NO_PROPOSAL_CHOSEN`,
			"rekey-pfs", "initiator", "PFS groups differ|pfs=no", ""},
		{"the same, of strongSwan", `10[IKE] initiating IKE_SA home[1] to 198.51.100.7
12[IKE] IKE_SA home[1] established between 192.0.2.9[a]...198.51.100.7[b]
12[IKE] CHILD_SA home{1} established with SPIs c1_i c2_o and TS 10.0.0.0/24 === 10.9.0.0/24
13[ENC] generating CREATE_CHILD_SA request 2 [ N(REKEY_SA) SA No TSi TSr ]
14[ENC] parsed CREATE_CHILD_SA response 2 [ N(NO_PROP) ]
14[IKE] received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built`,
			"rekey-pfs", "initiator", "PFS groups differ", ""},
		{"an answer with selectors that were not asked for", `"west" #1: initiator established IKE SA; authenticated peer using authby=secret and FQDN '@east'
"west" #2: Child SA's Traffic Selector response {TSi=10.1.0.0/24/TCP/22;TSr=10.2.0.0/24/TCP/22} does not fit the proposal {TSi=10.1.0.0/24;TSr=10.2.0.0/24}
"west" #1: response for Child SA #2 was rejected with TS_UNACCEPTABLE; initiating delete of Child SA (IKE SA will remain UP)`,
			"ts-answer", "initiator", "TCP/22|this client refuses", "ESP|the gateway does not accept"},
		{"two that begin at once", `"west" #1: suppressing retransmit because IKE SA was superseded #2; drop this negotiation
Jan  6 14:20:38.130491: EXPECTATION FAILED: "west" #1: revival: skipping, it is not us`,
			"", "", "another, #2, of the same connection|both sides began at once|fault of the program", "network:"},
		{"no traffic ever passed", `"rw"[1] 203.0.113.132 #1: STATE_V2_ESTABLISHED_IKE_SA: 300 second timeout exceeded after 10 retransmits.  No response (or no acceptable response) to our IKEv2 message
"rw"[1] 203.0.113.132 #2: ESP traffic information: in=0B out=0B`,
			"liveness", "responder", "no ESP packet passed", ""},
		{"a mode on each side", `"west" #1: initiator established IKE SA; authenticated peer using authby=secret and FQDN '@east'
"west" #2: policy dictates Transport Mode, but peer requested Tunnel Mode
"west" #2: CHILD SA failed: NO_PROPOSAL_CHOSEN`,
			"mode", "initiator", "Transport is configured here, Tunnel there|type=tunnel", ""},
		{"nothing after IKE_SA_INIT", `09[NET] received packet: from 198.51.100.161[500] to 192.0.2.9[500] (308 bytes)
09[ENC] parsed IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
09[ENC] generating IKE_SA_INIT response 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
09[NET] sending packet: from 192.0.2.9[500] to 198.51.100.161[500] (316 bytes)`,
			"", "responder", "answered IKE_SA_INIT|IKE_AUTH did not arrive|log ends too early", ""},
	})
}

// A message that two programs log is one, and what a client and a gateway say of one
// attempt in one file is one story.
func TestOneStory(t *testing.T) {
	saySo(t, []said{
		{"two facilities", `Jun 23 08:16:12 charon[2440]: 01[CFG] <PEER|5> received proposals: ESP:AES_CBC_256/HMAC_SHA1_96/NO_EXT_SEQ
Jun 23 08:16:12 charon-systemd[2440]: received proposals: ESP:AES_CBC_256/HMAC_SHA1_96/NO_EXT_SEQ
Jun 23 08:16:12 charon[2440]: 01[CFG] <PEER|5> configured proposals: ESP:AES_CBC_128/HMAC_SHA1_96/NO_EXT_SEQ
Jun 23 08:16:12 charon-systemd[2440]: configured proposals: ESP:AES_CBC_128/HMAC_SHA1_96/NO_EXT_SEQ
Jun 23 08:16:12 charon[2440]: 01[IKE] <PEER|5> no acceptable proposal found
Jun 23 08:16:12 charon-systemd[2440]: no acceptable proposal found`,
			"child-proposal", "", "connection \"PEER\"", "2 times"},
		{"NetworkManager's copy", `Jul  9 16:40:03 desk charon: 11[IKE] initiating Main Mode IKE_SA home[1] to 203.0.113.21
Jul  9 16:40:03 desk charon: 12[IKE] received NO_PROPOSAL_CHOSEN error notify
Jul  9 16:40:03 desk NetworkManager[1147]: initiating Main Mode IKE_SA home[1] to 203.0.113.21`,
			"ike-proposal", "initiator", "IKEv1", ""},
		{"Windows and a gateway that refused", `The user SYSTEM dialed a connection named Lab which has failed. The error code returned on failure is 13868.
Aug 20 14:02:20 gw charon: 09[CFG] configured proposals: IKE:AES_GCM_16_256/PRF_HMAC_SHA2_512/ECP_384
Aug 20 14:02:20 gw charon: 09[IKE] received proposals unacceptable
Aug 20 14:02:20 gw charon: 09[ENC] generating IKE_SA_INIT response 0 [ N(NO_PROP) ]`,
			"ike-proposal", "responder", "OTHER LOG|13868", "LIKELY"},
		{"Windows and a gateway that accepted", `Windows: error 809
Oct  4 12:10:31 gw pluto[3953]: "rw"[1] 198.51.100.77 #1: processing decrypted IKE_AUTH request: SK{IDi,CERT,CERTREQ,AUTH,N(MOBIKE_SUPPORTED),CP,SA,TSi,TSr}
Oct  4 12:10:31 gw pluto[3953]: "rw"[1] 198.51.100.77 #1: responder established IKE SA; authenticated using PKCS#1 1.5 RSA with SHA1 and peer certificate 'CN=win10' issued by CA 'CN=CA'`,
			"answer-lost", "initiator", "accepted this client|fragments are dropped|OTHER LOG", "UDP 500 is closed"},
		{"emphasis of Markdown", `*Jan 15 06:26:09 gw charon: 06[NET] received packet: from **203.0.113.77**[500] to **192.168.30.4**[500] (620 bytes)*
*Jan 15 06:26:09 gw charon: 06[ENC] parsed IKE_SA_INIT request 0 [ SA KE No ]*
*Jan 15 06:26:09 gw charon: 06[IKE] no IKE config found for 192.168.30.4...203.0.113.77, sending NO_PROPOSAL_CHOSEN*`,
			"no-connection", "responder", "local_addrs = 192.168.30.4", "**"},
	})
}

// Lines of products and releases that were silent.
func TestSilentBefore(t *testing.T) {
	saySo(t, []said{
		{"OpenIKED 6, established", `ikev2_recv: IKE_SA_INIT request from initiator 203.0.113.9:500 to 192.0.2.9:500 policy 'policy1' id 0, 510 bytes
ikev2_msg_send: IKE_SA_INIT response from 192.0.2.9:500 to 203.0.113.9:500 msgid 0, 451 bytes
ikev2_recv: IKE_AUTH request from initiator 203.0.113.9:4500 to 192.0.2.9:4500 policy 'policy1' id 1, 800 bytes
ikev2_msg_send: IKE_AUTH response from 192.0.2.9:4500 to 203.0.113.9:4500 msgid 1, 720 bytes, NAT-T
sa_state: VALID -> ESTABLISHED from 203.0.113.9:4500 to 192.0.2.9:4500 policy 'policy1'`,
			"", "responder", "the connection came up|established", "FIX"},
		{"a key that NetworkManager's charon cannot load", `Dec 18 09:50:58 nb1 charon-nm[9579]: 15[IKE] installed bypass policy for 172.20.1.0/24
Dec 18 09:51:03 nb1 charon-nm[9579]: 06[LIB] building CRED_PRIVATE_KEY - ANY failed, tried 6 builders
Dec 18 09:51:03 nb1 charon-nm[9579]: 06[LIB] building CRED_PRIVATE_KEY - ANY failed, tried 6 builders`,
			"own-key", "initiator", "passphrase|no packet was sent", ""},
		{"Check Point's iked waits", `[iked1 1234 4065632704]@gw[15 Nov 10:04:51][ikev2] ikeChildSAExchange_r::postMessageProcessed: entering.
[iked1 1234 4065632704]@gw[15 Nov 10:04:51][ikev2] Exchange::setState: Changing state from: received message to: waiting for DH..
[iked1 1234 4065632704]@gw[15 Nov 10:04:51][ikev2] Exchange::doHandleMessage: error encountered while processing message: -3`,
			"", "", "Check Point|no line shows that it failed|CREATE_CHILD_SA", "FIX"},
		{"Azure's IKEErrors.txt", `Error: Authentication failed. Check shared key. Check crypto. Check lifetimes.
	 based on log : Peer failed with Windows error 13801(ERROR_IPSEC_IKE_AUTH_FAIL)
Error: On-prem device sent invalid payload.
	 based on log : IkeFindPayloadInPacket failed with Windows error 13843(ERROR_IPSEC_IKE_INVALID_PAYLOAD)`,
			"auth-failed", "", "Azure|shared-key update", "certificate, in Windows"},
		{"RemoteAccess, as Get-EventLog lists it", `EntryType          : Error
Message            : RoutingDomainID- {00000000-0000-0000-0000-000000000000}: A Demand Dial connection to the remote
                     interface Branch on port VPN2-4 was successfully initiated but failed to complete
                     successfully because of the  following error: IKE authentication credentials are unacceptable

Source             : RemoteAccess
InstanceId         : 20111`,
			"windows", "initiator", "13801|pre-shared key: the keys differ", ""},
		{"identities side by side", "vpp[4410]: ikev2_sa_auth:1387: profile id rw.vpn.example.com, received id gw.example.com",
			"peer-id", "", "identity, gw.example.com,|expects: rw.vpn.example.com", "macOS"},
		{"another wording of that", "ike: expected peer id branch.example.com but received 10.0.0.7",
			"peer-id", "", "10.0.0.7,|branch.example.com", ""},
		{"XAUTH", `"l2tp"[1] 203.0.113.3 #4: policy does not allow Extended Authentication (XAUTH) of initiator (we are responder).  Attribute OAKLEY_AUTHENTICATION_METHOD`,
			"method-mismatch", "responder", "IKEv1|Extended Authentication (XAUTH), is not", ""},
		{"a connection that is not loaded", `packet from 198.51.100.57:52110: initial parent SA message received on 172.17.0.3:500 but no suitable connection found with IKEv2 policy`,
			"no-connection", "responder", "for IKEv2|proposals are not the cause|ipsec status", ""},
		{"an identity that is not in the certificate", `"rw"[1] 203.0.113.56 #5: certificate does not contain ID_IP subjectAltName=203.0.113.56
"rw"[1] 203.0.113.56 #5: Peer ID '2001:db8::7' mismatched on first found connection and no better connection found`,
			"id-not-in-cert", "responder", "identity 2001:db8::7", "identity 203.0.113.56"},
	})
	if d, text := readText(t, "charon: 06[LIB] building CRED_PRIVATE_KEY - RSA failed, tried 6 builders\n"+
		"charon: 07[IKE] IKE_SA home[1] established between 192.0.2.9[a]...203.0.113.9[b]\ncharon: 07[IKE] CHILD_SA home{1} established with SPIs c1_i c2_o and TS 10.0.0.0/24 === 10.9.0.2/32\n"); len(d.Stories) != 1 || strings.Contains(text, "private key") {
		t.Errorf("files are tried as several kinds:\n%s", text)
	}
}

// A configuration that could not be loaded, in the words of who loads it: pluto's
// addconn, swanctl, strongSwan's starter, stroke, and iked.
func TestNotLoaded(t *testing.T) {
	saySo(t, []said{
		{"libreswan, a value", `036 "office": failed to add connection: rightsubnet= has invalid value "10.0.0.300/24"`,
			"own-config", "", "rightsubnet= has invalid value", "traffic selectors"},
		{"libreswan, a line", "cannot load config '/etc/ipsec.conf': /etc/ipsec.conf:20: syntax error, unexpected STRING [ike2]",
			"own-config", "", "/etc/ipsec.conf:20: syntax error", "matches the addresses"},
		{"libreswan, a name", "021 no connection named \"office\"", "own-config", "", `no connection named "office"`, "matches the addresses"},
		{"swanctl", "loading connection 'home' failed: invalid value for: proposals, config discarded", "own-config", "", "invalid value for: proposals", "in common"},
		{"strongSwan's starter", "Jan 10 10:00:00 gw ipsec[900]: /etc/ipsec.conf:12: syntax error, unexpected STRING [leftsubnett]", "own-config", "", "ipsec.conf:12", "phase 2"},
		{"stroke", `05[CFG] received stroke: add connection 'office'
05[CFG] skipped invalid proposal string: aes257-sha256-modp2048`, "own-proposal", "", "aes257-sha256-modp2048|keywords of strongSwan", "in common"},
		{"iked", "iked: /etc/iked.conf: 7: syntax error\niked: no valid configuration", "own-config", "", "OpenIKED|syntax error|iked -n", ""},
	})
	// What a file of secrets holds is no reason to be quoted.
	if reason, ok := general.Startup(`/etc/ipsec.secrets:3: syntax error, unexpected STRING [Zb7kQ9]`); ok {
		t.Errorf("%v", reason)
	}
}

// Products that are not known say the same things: what came and what is configured,
// and whose log it is.
func TestUnknownProducts(t *testing.T) {
	saySo(t, []said{
		{"identities, quoted", `[IKEv2] Peer gateway 203.0.113.9: phase1 ID mismatch, local expects "vpn.example.com", peer sent "10.0.0.7"`,
			"peer-id", "", "10.0.0.7,|expects: vpn.example.com", ""},
		{"identities, the other way round", "IKE: received peer ID 10.0.0.7, but configured peer ID is vpn.example.com", "peer-id", "", "10.0.0.7,|expects: vpn.example.com", ""},
		{"a group", "iked: (203.0.113.9<->192.0.2.9) WARNING: Received DH group 2, expecting 14", "ike-proposal", "", "key exchange method: received 2, configured 14", "OpenIKED"},
		{"a cipher", "IKEv2 negotiation: received encryption AES-128, local configured AES-256", "ike-proposal", "", "cipher: received AES-128, configured AES-256", ""},
		{"whose it is", "IKE Responder: IKEv2 received invalid AUTH; VPN Policy: branch; Possible shared secret mismatch", "psk-mismatch", "responder", "keys differ", ""},
		{"who refused", "info IKE Send:[NOTIFY:NO_PROPOSAL_CHOSEN]\ninfo IKE [SA] : No proposal chosen", "ike-proposal", "responder", "in common", "or has no connection"},
		{"FortiOS, up", `ike 0:branch:12:branch-p2:33: add IPsec SA: SPIs=a0/b0
ike 0:branch:12:branch-p2:33: sending SNMP tunnel UP trap`, "", "", "the connection came up", "FIX"},
		{"a key that makes IKEv1 unreadable", `"gw" #3: byte 2 of ISAKMP Identification Payload should have been zero, but was not (malformed)`, "psk-mismatch", "", "IKEv1|keys differ", ""},
	})
	for _, text := range []string{
		"received 12 packets, expected 13", "the peer has a certificate. We expect example.com to follow", "received ID payload, expecting AUTH payload",
		"IKE_SA office[1] established between 192.0.2.9[vpn.example.com]...203.0.113.9[lee]",
	} {
		if d, out := readAny(t, text); len(d.Stories) > 0 && d.Stories[0].Cause != "" {
			t.Errorf("%s:\n%s", text, out)
		}
	}
}
