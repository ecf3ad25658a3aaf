package readers

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/incident/event"
)

// Further logs of each kind, made from what the products print; source says
// where its lines are from.
var more = []struct {
	name, source, log string
	product, cause    string
	layer             incident.Layer
	side              event.Side
	say               string // words of the text, with | between
	kinds             int    // of attempts, 1 for 0
	notSay            string
}{
	{name: "initiator: the gateway's certificate", source: "strongSwan, credential_manager.c, pubkey_authenticator.c",
		log: `10[IKE] initiating IKE_SA home[1] to 198.51.100.7
10[ENC] generating IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) ]
11[ENC] parsed IKE_SA_INIT response 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) CERTREQ N(FRAG_SUP) ]
11[ENC] generating IKE_AUTH request 1 [ IDi N(INIT_CONTACT) IDr CPRQ(ADDR DNS) SA TSi TSr N(EAP_ONLY) ]
12[ENC] parsed IKE_AUTH response 1 [ IDr CERT AUTH EAP/REQ/ID ]
12[IKE] received end entity cert "CN=vpn.example.com"
12[CFG] no issuer certificate found for "CN=vpn.example.com"
12[CFG]   issuer is "C=US, O=Let's Encrypt, CN=R11"
12[IKE] no trusted RSA public key found for 'vpn.example.com'
12[ENC] generating INFORMATIONAL request 2 [ N(AUTH_FAILED) ]`,
		product: "strongSwan", cause: "cert-untrusted", layer: incident.Identity, side: event.Initiator,
		say: "gateway's certificate CN=vpn.example.com|CN=R11|not in the client's store", notSay: "RADIUS"},
	{name: "initiator: wrong password", source: "strongSwan, eap_mschapv2.c, eap_authenticator.c",
		log: `10[IKE] initiating IKE_SA home[1] to 198.51.100.7
12[ENC] parsed IKE_AUTH response 1 [ IDr CERT AUTH EAP/REQ/ID ]
12[IKE] authentication of 'vpn.example.com' with RSA_EMSA_PKCS1_SHA2_256 successful
12[IKE] server requested EAP_IDENTITY (id 0x00), sending 'lee'
13[ENC] parsed IKE_AUTH response 2 [ EAP/REQ/MSCHAPV2 ]
13[IKE] server requested EAP_MSCHAPV2 authentication (id 0x4E)
14[ENC] parsed IKE_AUTH response 3 [ EAP/REQ/MSCHAPV2 ]
14[IKE] EAP-MS-CHAPv2 failed with error ERROR_AUTHENTICATION_FAILURE: '(null)'
15[ENC] parsed IKE_AUTH response 4 [ EAP/FAIL ]
15[IKE] received EAP_FAILURE, EAP authentication failed`,
		product: "strongSwan", cause: "eap-credentials", layer: incident.Authentication, side: event.Initiator, say: "wrong user name or password"},
	{name: "responder: no connection with EAP", source: "strongSwan, ike_auth.c",
		log: `08[NET] received packet: from 203.0.113.9[4500] to 192.0.2.9[4500] (528 bytes)
08[ENC] parsed IKE_AUTH request 1 [ IDi CERTREQ N(MOBIKE_SUP) CPRQ(ADDR DNS NBNS SRV ADDR6 DNS6 SRV6) SA TSi TSr ]
08[CFG] looking for peer configs matching 192.0.2.9[%any]...203.0.113.9[192.168.1.34]
08[CFG] no matching peer config found
08[ENC] generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]`,
		product: "strongSwan", cause: "no-eap-config", layer: incident.Identity, side: event.Responder,
		say: "no connection of this gateway offers EAP to this client|eap_id = %any", notSay: "id = 192.168.1.34"},
	{name: "responder: no connection for a client with a certificate", source: "strongSwan, ike_auth.c",
		log: `08[ENC] parsed IKE_AUTH request 1 [ IDi CERT CERTREQ AUTH CPRQ(ADDR DNS) SA TSi TSr ]
08[CFG] looking for peer configs matching 192.0.2.9[%any]...203.0.113.9[lee@example.com]
08[CFG] no matching peer config found
08[ENC] generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]`,
		product: "strongSwan", cause: "no-config", layer: incident.Identity, side: event.Responder, say: "lee@example.com"},
	{name: "responder: wrong password", source: "strongSwan, eap_mschapv2.c, eap_authenticator.c",
		log: `08[ENC] parsed IKE_AUTH request 1 [ IDi CPRQ(ADDR DNS NBNS SRV ADDR6 DNS6 SRV6) SA TSi TSr ]
08[CFG] looking for peer configs matching 192.0.2.9[%any]...203.0.113.9[10.0.0.5]
08[CFG] selected peer config 'staff'
08[IKE] initiating EAP_IDENTITY method (id 0x00)
09[ENC] parsed IKE_AUTH request 2 [ EAP/RES/ID ]
09[IKE] received EAP identity 'lee'
09[IKE] initiating EAP_MSCHAPV2 method (id 0x8A)
10[ENC] parsed IKE_AUTH request 3 [ EAP/RES/MSCHAPV2 ]
10[IKE] EAP-MS-CHAPv2 verification failed, retry (1)
11[ENC] parsed IKE_AUTH request 4 [ EAP/RES/MSCHAPV2 ]
11[IKE] EAP method EAP_MSCHAPV2 failed for peer 10.0.0.5
11[ENC] generating IKE_AUTH response 4 [ EAP/FAIL ]`,
		product: "strongSwan", cause: "eap-credentials", layer: incident.Authentication, side: event.Responder, say: "of lee"},
	{name: "responder: no proposal", source: "strongSwan, ike_init.c; the lab of testdata/lab",
		log: `14[ENC] parsed IKE_SA_INIT request 0 [ SA KE No N(FRAG_SUP) N(NATD_S_IP) N(NATD_D_IP) V V V V ]
14[IKE] 203.0.113.9 is initiating an IKE_SA
14[CFG] received proposals: IKE:AES_CBC_256/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024, IKE:3DES_CBC/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024
14[CFG] configured proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
14[IKE] remote host is behind NAT
14[IKE] received proposals unacceptable
14[ENC] generating IKE_SA_INIT response 0 [ N(NO_PROP) ]`,
		product: "strongSwan", cause: "ike-proposal", layer: incident.Negotiation, side: event.Responder,
		say: "key exchange method: received MODP_1024, configured MODP_2048|integrity algorithm: received HMAC_SHA1_96, configured HMAC_SHA2_256_128|proposals = "},
	{name: "another key exchange, then established", source: "strongSwan, ike_init.c",
		log: `10[IKE] initiating IKE_SA home[1] to 198.51.100.7
10[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]
11[ENC] parsed IKE_SA_INIT response 0 [ N(INVAL_KE) ]
11[IKE] peer didn't accept key exchange method ECP_384, it requested CURVE_25519
11[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]
12[ENC] parsed IKE_SA_INIT response 0 [ SA KE No ]
12[ENC] generating IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
13[ENC] parsed IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]
13[IKE] IKE_SA home[1] established between 10.0.0.2[lee]...198.51.100.7[vpn.example.com]
13[IKE] CHILD_SA home{1} established with SPIs c1000001_i c2000002_o and TS 10.9.0.2/32 === 0.0.0.0/0`,
		product: "strongSwan", cause: "", layer: incident.NoFailure, side: event.Initiator, say: "came up"},
	{name: "IKE_AUTH is lost", source: "strongSwan, task_manager_v2.c",
		log: `10[IKE] initiating IKE_SA home[1] to 198.51.100.7
10[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]
12[ENC] parsed IKE_SA_INIT response 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
12[ENC] generating IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
12[NET] sending packet: from 10.0.0.2[4500] to 198.51.100.7[4500] (1200 bytes)
13[IKE] retransmit 1 of request with message ID 1
14[IKE] retransmit 2 of request with message ID 1
15[IKE] giving up after 5 retransmits
15[IKE] establishing IKE_SA failed, peer not responding`,
		product: "strongSwan", cause: "silence-auth", layer: incident.Network, side: event.Initiator, say: "198.51.100.7|UDP 4500"},
	{name: "dead peer", source: "strongSwan, ike_sa.c, task_manager_v2.c",
		log: `13[IKE] CHILD_SA home{1} established with SPIs c1000001_i c2000002_o and TS 10.9.0.2/32 === 0.0.0.0/0
05[IKE] sending DPD request
05[ENC] generating INFORMATIONAL request 12 [ ]
06[IKE] retransmit 1 of request with message ID 12
07[IKE] retransmit 5 of request with message ID 12
08[IKE] giving up after 5 retransmits
08[IKE] restarting CHILD_SA home
08[IKE] initiating IKE_SA home[2] to 198.51.100.7`,
		product: "strongSwan", cause: "liveness", layer: incident.Network, say: "no longer answers", kinds: 2},
	{name: "retransmits of a late request alone", source: "strongSwan, task_manager_v2.c",
		log:     "06[IKE] retransmit 1 of request with message ID 57\n07[IKE] retransmit 5 of request with message ID 57\n08[IKE] giving up after 5 retransmits",
		product: "strongSwan", cause: "liveness", layer: incident.Network, say: "no longer answers"},
	{name: "initiator: ESP refused", source: "strongSwan, child_create.c",
		log: `13[ENC] parsed IKE_AUTH response 1 [ IDr AUTH N(NO_PROP) ]
13[IKE] authentication of 'vpn.example.com' with pre-shared key successful
13[IKE] IKE_SA home[1] established between 10.0.0.2[lee]...198.51.100.7[vpn.example.com]
13[IKE] received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built
13[IKE] failed to establish CHILD_SA, keeping IKE_SA`,
		product: "strongSwan", cause: "child-proposal", layer: incident.Child, side: event.Initiator, say: "ESP", notSay: "MODP_1024"},
	{name: "traffic selectors", source: "strongSwan, child_create.c",
		log: `08[ENC] parsed IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
08[IKE] IKE_SA branch[3] established between 192.0.2.9[a]...203.0.113.9[b]
08[IKE] traffic selectors 10.1.0.0/16 === 0.0.0.0/0 unacceptable
08[IKE] failed to establish CHILD_SA, keeping IKE_SA
08[ENC] generating IKE_AUTH response 1 [ IDr AUTH N(TS_UNACCEPT) ]`,
		product: "strongSwan", cause: "traffic-selectors", layer: incident.Child, side: event.Responder, say: "10.1.0.0/16 === 0.0.0.0/0"},
	{name: "PFS at the first rekeying", source: "strongSwan, child_create.c, child_rekey.c",
		log: `07[ENC] parsed CREATE_CHILD_SA request 4 [ N(REKEY_SA) SA No TSi TSr ]
07[CFG] received proposals: ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ
07[CFG] configured proposals: ESP:AES_CBC_256/HMAC_SHA2_256_128/MODP_2048/NO_EXT_SEQ
07[IKE] no acceptable proposal found
07[ENC] generating CREATE_CHILD_SA response 4 [ N(NO_PROP) ]`,
		product: "strongSwan", cause: "child-pfs", layer: incident.Child, say: "received none, configured MODP_2048"},
	{name: "the pool is empty", source: "strongSwan, mem_pool.c, ike_config.c",
		log: `11[IKE] peer requested virtual IP %any
11[CFG] pool 'staff' is full, unable to assign address
11[IKE] no virtual IP found for %any requested by 'carol'
11[IKE] no virtual IP found, sending INTERNAL_ADDRESS_FAILURE
11[IKE] configuration payload negotiation failed, no CHILD_SA built`,
		product: "strongSwan", cause: "no-address", layer: incident.Child, side: event.Responder, say: "no free address|pools"},
	{name: "half open", source: "strongSwan, delete_ike_sa_job.c",
		log: `09[NET] received packet: from 203.0.113.9[500] to 192.0.2.9[500] (464 bytes)
09[ENC] parsed IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
09[ENC] generating IKE_SA_INIT response 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
10[JOB] deleting half open IKE_SA with 203.0.113.9 after timeout`,
		product: "strongSwan", cause: "half-open", layer: incident.Network, side: event.Responder, say: "203.0.113.9|never arrived"},
	{name: "RADIUS refuses", source: "strongSwan, eap_radius.c",
		log: `12[CFG] sending RADIUS Access-Request to server 'a'
12[CFG] received RADIUS Access-Reject from server 'a'
12[IKE] RADIUS authentication of 'lee' failed
12[IKE] EAP method EAP_MSCHAPV2 failed for peer 10.0.0.5
12[ENC] generating IKE_AUTH response 4 [ EAP/FAIL ]`,
		product: "strongSwan", cause: "radius-refused", layer: incident.Authentication, side: event.Responder, say: "refuses the user lee|6273"},
	{name: "expired client certificate", source: "strongSwan, credential_manager.c",
		log: `05[ENC] parsed IKE_AUTH request 1 [ IDi CERT AUTH CPRQ(ADDR DNS) SA TSi TSr ]
05[IKE] received end entity cert "CN=laptop7"
05[CFG]   using certificate "CN=laptop7"
05[CFG] subject certificate invalid (valid from Jan 01 00:00:00 2020 to Jan 01 00:00:00 2021)
05[IKE] no trusted RSA public key found for 'laptop7'
05[ENC] generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]`,
		product: "strongSwan", cause: "cert-invalid", layer: incident.Authentication, side: event.Responder, say: "client's certificate CN=laptop7 is not valid at this time|Jan 01 00:00:00 2021"},
	{name: "IKEv1 with another key", source: "strongSwan, ikev1/task_manager_v1.c, hash_payload.c",
		log: `11[ENC] parsed ID_PROT request 0 [ SA V V V ]
12[ENC] parsed ID_PROT request 0 [ KE No NAT-D NAT-D ]
13[ENC] invalid ID_V1 payload length, decryption failed?
13[ENC] could not decrypt payloads
13[IKE] message parsing failed
13[ENC] generating INFORMATIONAL_V1 request 1234567 [ HASH N(PLD_MAL) ]
13[IKE] ID_PROT request with message ID 0 processing failed`,
		product: "strongSwan", cause: "psk-mismatch", layer: incident.Authentication, side: event.Responder, say: "IKEv1 (Main Mode): the pre-shared keys differ"},
	{name: "IKEv1, no config of that method", source: "strongSwan, ikev1/tasks/main_mode.c",
		log: `11[ENC] parsed ID_PROT request 0 [ SA V V V ]
13[ENC] parsed ID_PROT request 0 [ ID HASH ]
13[IKE] found 1 matching config, but none allows pre-shared key authentication using Main Mode`,
		product: "strongSwan", cause: "method-mismatch", layer: incident.Authentication, side: event.Responder, say: "IKEv1"},
	{name: "IKEv1 scanner at libreswan", source: "libreswan, ikev1_main.c",
		log:     `packet from 203.0.113.90:40100: initial Main Mode message received on 192.0.2.9:500 but no connection has been authorized with policy PSK+IKEV1_ALLOW`,
		product: "libreswan", cause: "ikev1-peer", layer: incident.Negotiation, side: event.Responder, say: "203.0.113.90 uses IKEv1|scanner"},
	{name: "libreswan: no proposal", source: "the lab of testdata/lab, policy single",
		log: `Nov 23 20:44:56.421067: "lab4"[3] 10.88.1.2 #3: no local proposal matches remote proposals 1:IKE:ENCR=AES_CBC_128;PRF=HMAC_SHA1;INTEG=HMAC_SHA1_96;DH=MODP2048
Nov 23 20:44:56.421080: "lab4"[3] 10.88.1.2 #3: responding to IKE_SA_INIT message (ID 0) from 10.88.1.2:41824 with unencrypted notification NO_PROPOSAL_CHOSEN`,
		product: "libreswan", cause: "ike-proposal", layer: incident.Negotiation, side: event.Responder, say: "AES_CBC_128, HMAC_SHA1_96, HMAC_SHA1, MODP2048"},
	{name: "libreswan: ESP", source: "github.com/libreswan/libreswan/issues/1604",
		log:     `"westnet-eastnet2-ikev2" #4: no local proposal matches remote proposals 1:ESP:ENCR=AES_CBC_128;INTEG=HMAC_SHA2_256_128;DH=MODP2048;ESN=DISABLED`,
		product: "libreswan", cause: "child-proposal", layer: incident.Child, side: event.Responder, say: "ESP: AES_CBC_128"},
	{name: "libreswan: silence", source: "github.com/libreswan/libreswan/issues/2184",
		log: `Apr 29 03:39:57 gw pluto[10770]: "hq" #2311: initiating IKEv2 connection to 198.51.100.7 using UDP
Apr 29 03:39:58 gw pluto[10770]: "hq" #2311: IKE_SA_INIT_I: retransmission; will wait 1 seconds for response
Apr 29 03:40:00 gw pluto[10770]: "hq" #2311: IKE_SA_INIT_I: retransmission; will wait 2 seconds for response
Apr 29 03:40:58 gw pluto[10770]: "hq" #2311: IKE_SA_INIT_I: 60 second timeout exceeded after 7 retransmits.  No response (or no acceptable response) to our first IKEv2 message`,
		product: "libreswan", cause: "silence", layer: incident.Network, side: event.Initiator, say: "198.51.100.7|3 retransmissions"},
	{name: "libreswan: expired", source: "libreswan, testing/pluto/nss-cert-expired",
		log: `"nss-cert" #1: initiating IKEv2 connection to 192.1.2.23 using UDP
"nss-cert" #1: NSS: ERROR: IPsec certificate CN=east-expired invalid: SEC_ERROR_EXPIRED_CERTIFICATE: Peer's Certificate has expired.
"nss-cert" #1: X509: certificate payload rejected for this connection`,
		product: "libreswan", cause: "cert-invalid", layer: incident.Identity, side: event.Initiator, say: "gateway's certificate CN=east-expired is not valid"},
	{name: "libreswan: refused", source: "github.com/libreswan/libreswan/issues/1794",
		log: `002 "TestConn" #1030: initiating IKEv2 connection to 198.51.100.7 using UDP
002 "TestConn" #1030: IKE SA authentication request rejected by peer: AUTHENTICATION_FAILED
036 "TestConn" #1030: encountered fatal error in state IKE_AUTH_I`,
		product: "libreswan", cause: "auth-refused", layer: incident.Authentication, side: event.Initiator, say: "only its log shows why", notSay: "password"},
	{name: "OpenIKED: another key", source: "the lab of testdata/lab, policy single; OpenIKED, ikev2.c",
		log: `spi=0x9e596943986e0006: recv IKE_SA_INIT req 0 peer 203.0.113.9:500 local 192.0.2.9:500, 304 bytes, policy 'policy1'
spi=0x9e596943986e0006: send IKE_SA_INIT res 0 peer 203.0.113.9:500 local 192.0.2.9:500, 304 bytes
spi=0x9e596943986e0006: recv IKE_AUTH req 1 peer 203.0.113.9:500 local 192.0.2.9:500, 304 bytes, policy 'policy1'
spi=0x9e596943986e0006: ikev2_ike_auth_recv: ikev2_msg_authverify failed
spi=0x9e596943986e0006: ikev2_send_auth_failed: authentication failed for FQDN/lee
spi=0x9e596943986e0006: sa_free: authentication failed`,
		product: "OpenIKED", cause: "auth-failed", layer: incident.Authentication, side: event.Responder, say: "does not match"},
	{name: "OpenIKED: two clients", source: "OpenIKED, ikev2.c",
		log: `spi=0x01: recv IKE_SA_INIT req 0 peer 203.0.113.9:500 local 192.0.2.9:500, 304 bytes, policy 'policy1'
spi=0x02: recv IKE_SA_INIT req 0 peer 203.0.113.8:500 local 192.0.2.9:500, 304 bytes, policy 'policy1'
ikev2_sa_responder: no proposal chosen
spi=0x01: recv IKE_AUTH req 1 peer 203.0.113.9:500 local 192.0.2.9:500, 304 bytes, policy 'policy1'
spi=0x01: established peer 203.0.113.9:4500[FQDN/lee] local 192.0.2.9:4500[FQDN/vpn.example.com] policy 'policy1' as responder (enc aes-128-gcm group curve25519 prf hmac-sha2-256)`,
		product: "OpenIKED", cause: "ike-proposal", layer: incident.Negotiation, side: event.Responder, say: "", kinds: -1},
	{name: "Windows: XML", source: "Windows, wevtutil qe Application /f:xml; Microsoft's schema of events",
		log:     `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='RasClient'/><EventID Qualifiers='0'>20221</EventID><TimeCreated SystemTime='2026-11-03T08:00:00.0Z'/></System><EventData><Data>{11111111-2222-3333-4444-555555555555}</Data><Data>PC7\lee</Data><Data>Office</Data></EventData></Event><Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='RasClient'/><EventID Qualifiers='0'>20227</EventID><TimeCreated SystemTime='2026-11-03T08:00:09.0Z'/></System><EventData><Data>{11111111-2222-3333-4444-555555555555}</Data><Data>PC7\lee</Data><Data>Office</Data><Data>809</Data></EventData></Event>`,
		product: "Windows", cause: "windows", layer: incident.Network, side: event.Initiator, say: `Windows error 809|connection "Office"`},
	{name: "Windows: JSON", source: "PowerShell, Get-WinEvent | ConvertTo-Json",
		log:     "[\n    {\n        \"Message\":  \"CoId={11111111-2222-3333-4444-555555555555}: The user PC7\\\\lee dialed a connection named Office which has failed. The error code returned on failure is 13801.\",\n        \"Id\":  20227\n    }\n]",
		product: "Windows", cause: "windows", layer: incident.Identity, side: event.Initiator, say: "Windows error 13801"},
	{name: "Windows: wevtutil text, German", source: "Windows, wevtutil qe Application /f:text",
		log: `Event[0]:
  Log Name: Application
  Source: RasClient
  Date: 2026-11-03T09:05:00.0000000Z
  Event ID: 20227
  Task: N/A
  Level: Fehler
  Description:
CoId={11111111-2222-3333-4444-555555555555}: Der Benutzer "PC7\lee" hat eine Verbindung mit dem Namen "Office" gewählt, die Verbindung konnte jedoch nicht hergestellt werden. Der durch den Fehler zurückgegebene Ursachencode lautet: 868.`,
		product: "Windows", cause: "windows", layer: incident.Name, side: event.Initiator, say: "ERROR_DNSNAME_NOT_RESOLVABLE"},
	{name: "Windows: filtering platform", source: "Windows, netsh wfp show netevents; FWPM_NET_EVENT_IKEEXT_MM_FAILURE1",
		log: `<?xml version="1.0"?>
<netEvents>
	<item>
		<header>
			<timeStamp>2026-11-03T08:00:00.000Z</timeStamp>
			<localAddrV4>10.0.0.5</localAddrV4>
			<remoteAddrV4>198.51.100.7</remoteAddrV4>
		</header>
		<type>FWPM_NET_EVENT_TYPE_IKEEXT_MM_FAILURE</type>
		<ikeMmFailure>
			<failureErrorCode>ERROR_IPSEC_IKE_POLICY_MATCH</failureErrorCode>
			<failurePoint>IPSEC_FAILURE_PEER</failurePoint>
			<keyingModuleType>IKEEXT_KEY_MODULE_IKEV2</keyingModuleType>
			<mmState>IKEEXT_MM_SA_STATE_SA_SENT</mmState>
			<saRole>IKEEXT_SA_ROLE_INITIATOR</saRole>
		</ikeMmFailure>
	</item>
</netEvents>`,
		product: "Windows", cause: "windows", layer: incident.Negotiation, side: event.Initiator, say: "Windows error 13868|the other side ended it"},
	{name: "Windows: event 4653", source: "Microsoft, 4653(F): An IPsec Main Mode negotiation failed",
		log: `An IPsec main mode negotiation failed.
Local Endpoint:
	Network Address:	192.0.2.9
	Keying Module Port:	500
Remote Endpoint:
	Principal Name:		-
	Network Address:	203.0.113.9
	Keying Module Port:	500
Additional Information:
	Keying Module Name:	IKEv2
	Authentication Method:	Unknown authentication
	Role:			Responder
Failure Information:
	Failure Point:		Local computer
	Failure Reason:		No policy configured`,
		product: "Windows", cause: "windows", layer: incident.Client, side: event.Responder, say: "13825|203.0.113.9"},
	{name: "Windows: NPS", source: "Microsoft, event 6273",
		log: `Network Policy Server denied access to a user.
User:
	Security ID:			EXAMPLE\lee
	Account Name:			lee
RADIUS Client:
	Client Friendly Name:		gw
Authentication Details:
	Authentication Type:		EAP
	EAP Type:			Microsoft: Secured password (EAP-MSCHAP v2)
	Reason Code:			16
	Reason:				Authentication failed due to a user credentials mismatch.`,
		product: "Windows", cause: "eap-credentials", layer: incident.Authentication, side: event.Responder, say: "of lee"},
	{name: "Windows: RRAS", source: "Microsoft, RemoteAccess event 20271",
		log:     `CoId={11111111-2222-3333-4444-555555555555}: The user EXAMPLE\lee connected from 203.0.113.9 but failed an authentication attempt due to the following reason: The remote connection was denied because the user name and password combination you provided is not recognized, or the selected authentication protocol is not permitted on the remote access server.`,
		product: "Windows", cause: "eap-credentials", layer: incident.Authentication, side: event.Responder, say: "lee|203.0.113.9"},
	{name: "Windows: EAP", source: "Windows SDK, eaphosterror.h",
		log:     `CoId={11111111-2222-3333-4444-555555555555}: The user SYSTEM dialed a connection named V which has failed. The error code returned on failure is -2143157247.`,
		product: "Windows", cause: "windows", layer: incident.Authentication, side: event.Initiator, say: "EAP_E_SERVER_ROOT_CERT_INVALID"},
	{name: "FortiGate: phase 2", source: "Fortinet's technical tips on matching proposals",
		log: `ike 0:hq:21: responder received AUTH msg
ike 0:hq:21: established IKE SA 0123456789abcdef/0123456789abcdef
ike 0:hq:21:55: incoming child SA proposal:
ike 0:hq:21:hq:55: incoming proposal:
ike 0:hq:21:hq:55: proposal id = 1:
ike 0:hq:21:hq:55:   protocol = ESP:
ike 0:hq:21:hq:55:      encapsulation = TUNNEL
ike 0:hq:21:hq:55:         type=ENCR, val=AES_CBC (key_len = 256)
ike 0:hq:21:hq:55:         type=INTEGR, val=SHA256
ike 0:hq:21:hq:55:         type=ESN, val=NO
ike 0:hq:21:hq:55: my proposal:
ike 0:hq:21:hq:55: proposal id = 1:
ike 0:hq:21:hq:55:   protocol = ESP:
ike 0:hq:21:hq:55:         type=ENCR, val=AES_CBC (key_len = 128)
ike 0:hq:21:hq:55:         type=INTEGR, val=SHA256
ike 0:hq:21:hq:55:         type=ESN, val=NO
ike 0:hq:21:hq:55: no proposal chosen
ike Negotiate IPsec SA Error: ike 0:hq:21: no SA proposal chosen`,
		product: "FortiGate", cause: "child-proposal", layer: incident.Child, side: event.Responder, say: "cipher: received AES_CBC_256, configured AES_CBC_128"},
	{name: "FortiGate: event log", source: "FortiOS log message reference, 37124",
		log:     `date=2026-11-03 time=09:00:00 devname="fw" devid="FG100" logid="0101037124" type="event" subtype="vpn" level="error" vd="root" logdesc="IPsec phase 1 error" msg="IPsec phase 1 error" action="negotiate" remip=203.0.113.9 locip=192.0.2.9 remport=500 locport=500 outintf="wan1" cookies="0123456789abcdef/0000000000000000" user="N/A" vpntunnel="N/A" status="negotiate_error" reason="peer SA proposal not match local policy" peer_notif="NOT-APPLICABLE"`,
		product: "FortiGate", cause: "ike-proposal", layer: incident.Negotiation, say: "203.0.113.9"},
	{name: "FortiGate: silence", source: "Fortinet's technical tips",
		log: `ike 0:hq:21: initiator preparing SA_INIT msg
ike 0:hq:21: sent IKE msg (SA_INIT): 192.0.2.9:500->203.0.113.9:500, len=304, id=c0ffee0123456789/0000000000000000
ike 0:hq:21: sent IKE msg (RETRANSMIT_SA_INIT): 192.0.2.9:500->203.0.113.9:500, len=304
ike 0:hq:21: sent IKE msg (RETRANSMIT_SA_INIT): 192.0.2.9:500->203.0.113.9:500, len=304
ike 0:hq:21: negotiation timeout, deleting`,
		product: "FortiGate", cause: "silence", layer: incident.Network, side: event.Initiator, say: "203.0.113.9|2 retransmissions"},
	{name: "Microsoft's words at Palo Alto", source: "PAN-OS system log, type vpn",
		log:     `1,2026/11/03 08:00:00,0123,SYSTEM,vpn,0,2026/11/03 08:00:00,,ikev2-nego-ike-fail,gw-branch,0,0,general,informational,"IKEv2 IKE SA negotiation is failed as initiator, non-rekey. Failed SA: 192.0.2.9[500]-203.0.113.9[500] SPI:07f21c0fd2236540:0000000000000000. Due to negotiation timeout."`,
		product: "Palo Alto", cause: "silence", layer: incident.Network, side: event.Initiator, say: "203.0.113.9", notSay: "Windows"},
	{name: "Cisco: no answer", source: "Cisco, ASA syslog messages, 750003",
		log: `%ASA-5-750001: Local:192.0.2.9:500 Remote:203.0.113.9:500 Username:Unknown IKEv2 Received request to establish an IPsec tunnel; local traffic selector = Address Range: 10.0.0.1-10.0.0.1
%ASA-4-750003: Local:192.0.2.9:500 Remote:203.0.113.9:500 Username:Unknown IKEv2 Negotiation aborted due to ERROR: Maximum number of retransmissions reached`,
		product: "Cisco", cause: "silence", layer: incident.Network, side: event.Initiator, say: "203.0.113.9"},
	{name: "Cisco: payloads of an answer", source: "IOS-XE, debug crypto ikev2, as in a public lab note",
		log: `IKEv2:(SESSION ID = 31,SA ID = 1):Received Packet [From 203.0.113.9:500/To 192.0.2.9:500/VRF i0:f0]
Initiator SPI : 1D418169B24BF95A - Responder SPI : A645046F734260C6 Message id: 1
IKEv2 IKE_AUTH Exchange RESPONSE
Payload contents:
 VID IDr AUTH NOTIFY(NO_PROPOSAL_CHOSEN)

IKEv2:(SESSION ID = 31,SA ID = 1):Process auth response notify
IKEv2-ERROR:(SESSION ID = 31,SA ID = 1):
IKEv2:(SESSION ID = 31,SA ID = 1):Verify peer's authentication data`,
		product: "Cisco", cause: "child-proposal", layer: incident.Child, side: event.Initiator, say: "ESP", kinds: 1},
	{name: "Cisco: policies of later releases", source: "IOS-XE, debug crypto ikev2 error, as in a public lab note",
		log: `IKEv2-ERROR:(SESSION ID = 89,SA ID = 1):Received Policies: : Failed to find a matching policyProposal 1:  ENCRYPTION: AES-CBC-128 PRF: SHA512 INTEGRITY: SHA512 DH GROUP: DH_GROUP_384_ECP/Group 20
IKEv2-ERROR:(SESSION ID = 89,SA ID = 1):Expected Policies: : Failed to find a matching policyProposal 1:  ENCRYPTION: AES-CBC-256 PRF: SHA512 INTEGRITY: SHA512 DH GROUP: DH_GROUP_384_ECP/Group 20`,
		product: "Cisco", cause: "ike-proposal", layer: incident.Negotiation, say: "cipher: received AES-CBC-128, configured AES-CBC-256"},
	{name: "Cisco: ASA without a group", source: "Cisco, ASA syslog messages, 751009",
		log: `%ASA-5-750002: Local:192.0.2.9:500 Remote:203.0.113.9:500 Username:Unknown IKEv2 Received a IKE_INIT_SA request
%ASA-3-751009: Local:192.0.2.9:500 Remote:203.0.113.9:500 Username:Unknown IKEv2 Unable to find tunnel group for peer.
%ASA-4-750003: Local:192.0.2.9:500 Remote:203.0.113.9:500 Username:Unknown IKEv2 Negotiation aborted due to ERROR: Failed to locate an item in the database`,
		product: "Cisco", cause: "no-config", layer: incident.Identity, side: event.Responder, say: "203.0.113.9"},
	{name: "MikroTik: one algorithm", source: "racoon, ipsec_doi.c, as in RouterOS",
		log: `10:02:11 ipsec,info respond new phase 1 (Identity Protection): 192.0.2.9[500]<=>203.0.113.9[500]
10:02:11 ipsec rejected dh_group: DB(prop#1:trns#1):Peer(prop#1:trns#1) = 2048-bit MODP group:1024-bit MODP group
10:02:11 ipsec,error no suitable proposal found.`,
		product: "MikroTik", cause: "ike-proposal", layer: incident.Negotiation, side: event.Responder, say: "key exchange method: received 1024-bit MODP group, configured 2048-bit MODP group"},
	{name: "macOS: certificate", source: "macOS, NEIKEv2Provider",
		log: `2026-11-03 08:00:01.123456-0800 0x1234     Error       0x0                  512    0    NEIKEv2Provider: (NetworkExtension) [com.apple.networkextension:] IKEv2IKESA[1.1, C0FFEE0123456789-0123456789ABCDEF] Certificate authentication data could not be verified
2026-11-03 08:00:01.123500-0800 0x1234     Error       0x0                  512    0    NEIKEv2Provider: (NetworkExtension) [com.apple.networkextension:] IKEv2IKESA[1.1, C0FFEE0123456789-0123456789ABCDEF] Failed to process IKE Auth packet (connect)`,
		product: "macOS", cause: "cert-refused", layer: incident.Identity, side: event.Initiator, say: "does not accept the gateway's certificate"},
	{name: "macOS: password", source: "macOS, dialogue", log: "User Authentication failed.",
		product: "macOS", cause: "eap-credentials", layer: incident.Authentication, side: event.Initiator, say: "user name or password"},
	{name: "AWS: dead peer", source: "AWS, Contents of Site-to-Site VPN logs",
		log:     `{"VpnLogCreationTimestamp":"2026-11-03T08:00:00Z","VpnConnectionId":"vpn-1","TunnelIKEPhase1State":"established","VpnLogDetail":"AWS tunnel DPD timed out after 3 retransmits"}`,
		product: "AWS", cause: "liveness", layer: incident.Network, say: `connection "vpn-1"`},
	{name: "Azure: another proposal", source: "Microsoft, Troubleshoot Azure VPN Gateway using diagnostic logs",
		log:     `{"time": "2026-11-03T08:00:00Z", "category": "IKEDiagnosticLog", "properties": {"level": "Error", "message": "SESSION_ID :{11111111-2222-3333-4444-555555555555} Remote 203.0.113.5:500: Local 192.0.2.9:500: [IkeError] Policy match error"}}`,
		product: "Azure", cause: "ike-proposal", layer: incident.Negotiation, say: "203.0.113.5"},
	{name: "Juniper: no proposal", source: "Junos, kmd",
		log:     `Nov  3 08:00:00 srx kmd[1234]: IKE negotiation failed with error: No proposal chosen. IKE Version: 2, VPN: hq-branch Gateway: gw-branch, Local: 192.0.2.9/500, Remote: 203.0.113.9/500, Local IKE-ID: Not-Available, Remote IKE-ID: Not-Available, VR-ID: 0: Role: Responder`,
		product: "Juniper", cause: "ike-proposal", layer: incident.Negotiation, side: event.Responder, say: `203.0.113.9|connection "hq-branch"`},
	{name: "strongSwan: what ipsec up prints", source: "strongSwan, what stroke and vici print to who started a connection",
		log: `initiating IKE_SA office[1] to 198.51.100.7
generating IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) ]
sending packet: from 192.0.2.20[500] to 198.51.100.7[500] (256 bytes)
received packet: from 198.51.100.7[500] to 192.0.2.20[500] (280 bytes)
parsed IKE_SA_INIT response 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) ]
generating IKE_AUTH request 1 [ IDi N(INIT_CONTACT) IDr AUTH SA TSi TSr ]
retransmit 1 of request with message ID 1
retransmit 2 of request with message ID 1
giving up after 5 retransmits
establishing connection 'office' failed`,
		product: "strongSwan", cause: "silence-auth", layer: incident.Network, side: event.Initiator, say: "198.51.100.7"},
	{name: "strongSwan: a brief logcat of the app", source: "strongSwan, android_log plugin, as adb logcat -v brief prints it",
		log: `I/charon  ( 2101): 10[IKE] initiating IKE_SA android[2] to 198.51.100.7
I/charon  ( 2101): 05[IKE] retransmit 1 of request with message ID 0
I/charon  ( 2101): 13[IKE] giving up after 3 retransmits
I/charon  ( 2101): 13[IKE] establishing IKE_SA failed, peer not responding`,
		product: "strongSwan", cause: "silence", layer: incident.Network, side: event.Initiator, say: "198.51.100.7"},
	{name: "strongSwan: IKEv1, ESP refused", source: "strongSwan, quick_mode.c, task_manager_v1.c",
		log: `14[ENC] generating QUICK_MODE request 759760112 [ HASH SA No ID ID ]
14[ENC] parsed INFORMATIONAL_V1 request 1275272345 [ HASH N(NO_PROP) ]
14[IKE] received NO_PROPOSAL_CHOSEN error notify`,
		product: "strongSwan", cause: "child-proposal", layer: incident.Child, side: event.Initiator, say: "IKEv1"},
	{name: "strongSwan: IKEv1, networks refused", source: "strongSwan, quick_mode.c, task_manager_v1.c",
		log: `08[ENC] generating QUICK_MODE request 316948142 [ HASH SA No ID ID ]
08[ENC] parsed INFORMATIONAL_V1 request 460353720 [ HASH N(INVAL_ID) ]
08[IKE] received INVALID_ID_INFORMATION error notify`,
		product: "strongSwan", cause: "traffic-selectors", layer: incident.Child, side: event.Initiator, say: "IKEv1"},
	{name: "strongSwan: IKEv1, the IKE SA refused", source: "strongSwan, main_mode.c, task_manager_v1.c",
		log: `14[ENC] generating ID_PROT request 0 [ SA V V V ]
14[ENC] parsed INFORMATIONAL_V1 request 3851683074 [ N(NO_PROP) ]
14[IKE] received NO_PROPOSAL_CHOSEN error notify`,
		product: "strongSwan", cause: "ike-proposal", layer: incident.Negotiation, side: event.Initiator, say: "IKEv1"},
	{name: "strongSwan: an address is wanted", source: "strongSwan, child_create.c, ike_config.c",
		log: `12[IKE] failed to establish CHILD_SA, keeping IKE_SA
12[ENC] generating IKE_AUTH response 1 [ IDr AUTH N(FAIL_CP_REQ) ]`,
		product: "strongSwan", cause: "address-wanted", layer: incident.Child, side: event.Responder},
	{name: "libreswan: IKEv1, ESP refused", source: "libreswan 3, programs/pluto/ikev1.c",
		log: `pluto[7]: "link" #1: ISAKMP SA established {auth=PRESHARED_KEY cipher=AES_CBC_256 integ=HMAC_SHA1 group=MODP1536}
pluto[7]: "link" #2: initiating Quick Mode PSK+ENCRYPT+TUNNEL+PFS+UP {using isakmp#1 msgid:d7bcc824}
pluto[7]: "link" #1: ignoring informational payload NO_PROPOSAL_CHOSEN, msgid=00000000, length=16`,
		product: "libreswan", cause: "child-proposal", layer: incident.Child, side: event.Initiator, say: "IKEv1|link"},
	{name: "libreswan: IKEv1, the IKE SA refused", source: "libreswan 3, programs/pluto/ikev1.c",
		log: `pluto[7]: "link" #1: initiating Main Mode
pluto[7]: "link" #1: ignoring informational payload NO_PROPOSAL_CHOSEN, msgid=00000000, length=16`,
		product: "libreswan", cause: "ike-proposal", layer: incident.Negotiation, side: event.Initiator, say: "IKEv1"},
	{name: "Cisco: IKEv1, no offer taken", source: "Cisco, IKEv1 debug guide",
		log: `*Mar 28 08:14:22.335: ISAKMP (0): received packet from 203.0.113.9 dport 500 sport 500 Global (N) NEW SA
*Mar 28 08:14:22.335: ISAKMP:(0):Checking ISAKMP transform 1 against priority 10 policy
*Mar 28 08:14:22.335: ISAKMP:(0):Hash algorithm offered does not match policy!
*Mar 28 08:14:22.335: ISAKMP:(0):atts are not acceptable. Next payload is 0
*Mar 28 08:14:22.339: ISAKMP:(0):no offers accepted!`,
		product: "Cisco", cause: "ike-proposal", layer: incident.Negotiation, side: event.Responder, say: "IKEv1|203.0.113.9"},
	{name: "Cisco: IKEv1, ESP refused", source: "Cisco, IKEv1 debug guide",
		log: `ISAKMP:(0): beginning Main Mode exchange
ISAKMP:(0):atts are not acceptable. Next payload is 3
ISAKMP:(0):atts are acceptable. Next payload is 0
ISAKMP:(1003):SA has been authenticated with 203.0.113.9
ISAKMP:(1003):beginning Quick Mode exchange, M-ID of -889293300
ISAKMP:(1003): processing NOTIFY PROPOSAL_NOT_CHOSEN protocol 3`,
		product: "Cisco", cause: "child-proposal", layer: incident.Child, side: event.Initiator, say: "IKEv1|203.0.113.9"},
	{name: "Cisco: a pasted list", source: "Cisco, IKEv1 debug guide, as on a page for pastes",
		log: `- Mar 13 15:29:24.294 UTC: ISAKMP (0): received packet from 203.0.113.9 dport 500 sport 500 Global (N) NEW SA
- Mar 13 15:29:24.298 UTC: ISAKMP:(0):No pre-shared key with 203.0.113.9!`,
		product: "Cisco", cause: "psk-missing", layer: incident.Authentication, side: event.Responder, say: "203.0.113.9"},
	{name: "libreswan: the octets of a notification", source: "libreswan 3, programs/pluto/ikev1.c with debugging",
		log: `Jan  8 17:05:11 gw pluto[7]: "link" #1: ignoring informational payload NO_PROPOSAL_CHOSEN, msgid=00000000, length=16
Jan  8 17:05:11 gw pluto[7]: | ISAKMP Notification Payload
Jan  8 17:05:11 gw pluto[7]: |   00 00 00 10  00 00 00 01  03 04 00 0e`,
		product: "libreswan", cause: "child-proposal", layer: incident.Child, side: event.Initiator, say: "IKEv1"},
	{name: "libreswan: one line of retransmissions", source: "libreswan 3, programs/pluto/retry.c",
		log:     `Jul  5 18:06:36.447890: "link" #3: STATE_MAIN_I1: retransmission; will wait 16 seconds for response`,
		product: "libreswan", cause: "silence", layer: incident.Network, side: event.Initiator, say: "6 retransmissions"},
	{name: "libreswan: fragments of other keys", source: "libreswan 4, programs/pluto/ikev2_message.c",
		log: `Feb 15 16:02:20 gw pluto[7]: "rw"[2] 203.0.113.3 #135: processed IKE_SA_INIT request
Feb 15 16:02:21 gw pluto[7]: "rw"[2] 203.0.113.3 #135: failed to match authenticator
Feb 15 16:02:21 gw pluto[7]: "rw"[2] 203.0.113.3 #135: saved fragment 1 of 2 invalid; dropped`,
		product: "libreswan", cause: "undecryptable", layer: incident.Negotiation, side: event.Responder, say: "203.0.113.3"},
	{name: "libreswan: the client ends it soon", source: "libreswan 5.1, programs/pluto/state.c",
		log:     `2026-01-27T14:13:05.805258+00:00 gw pluto[7]: "l2tp"[2] 192.0.2.66 #13: deleting IPsec SA (QUICK_R2) aged 9.999015s and NOT sending notification`,
		product: "libreswan", cause: "client-deleted", layer: incident.Client, side: event.Responder, say: "192.0.2.66"},
	{name: "Cisco: debug of IKEv1 on ASA", source: "ASA, debug crypto ikev1",
		log: `Nov 08 07:10:05 [IKEv1]Group = 203.0.113.9, IP = 203.0.113.9, QM FSM error (P2 struct &0xcc19ed48, mess id 0xfc16eec2)!
Nov 08 07:10:05 [IKEv1]Group = 203.0.113.9, IP = 203.0.113.9, Session is being torn down. Reason: crypto map policy not found`,
		product: "Cisco", cause: "traffic-selectors", layer: incident.Child, side: event.Responder, say: "IKEv1|203.0.113.9"},
	{name: "FortiGate: phase 2 in the event log", source: "FortiOS log message reference, 37125",
		log:     `date=2026-11-03 time=09:00:00 devname="fw" devid="FG100" logid="0101037125" type="event" subtype="vpn" level="error" vd="root" logdesc="IPsec phase 2 error" msg="IPsec phase 2 error" action="negotiate" remip=203.0.113.9 locip=192.0.2.9 vpntunnel="hq" status="negotiate_error" reason="peer SA proposal not match local policy"`,
		product: "FortiGate", cause: "child-proposal", layer: incident.Child, say: "203.0.113.9"},
	{name: "strongSwan: another key exchange method, asked for", source: "strongSwan, ike_init.c",
		log: `04[IKE] initiating IKE_SA android[13] to 192.0.2.21
04[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]
07[ENC] parsed IKE_SA_INIT response 0 [ N(INVAL_KE) ]
07[IKE] peer didn't accept DH group ECP_256, it requested ECP_521
07[IKE] initiating IKE_SA android[13] to 192.0.2.21
07[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]
09[IKE] retransmit 1 of request with message ID 0
09[IKE] retransmit 2 of request with message ID 0
09[IKE] giving up after 5 retransmits`,
		product: "strongSwan", cause: "silence", layer: incident.Network, side: event.Initiator, say: "192.0.2.21"},
	{name: "strongSwan: pfSense's page of its log, from below", source: "strongSwan, child_create.c",
		log: `Feb 9 23:08:00 charon 13[ENC] <con1|74> generating CREATE_CHILD_SA response 142 [ N(NO_PROP) ]
Feb 9 23:08:00 charon 13[IKE] <con1|74> failed to establish CHILD_SA, keeping IKE_SA
Feb 9 23:08:00 charon 13[IKE] <con1|74> no acceptable proposal found`,
		product: "strongSwan", cause: "child-proposal", layer: incident.Child, say: "con1"},
	{name: "Azure: the pre-shared key", source: "Microsoft, Azure VPN Gateway site-to-site troubleshooting",
		log:     `SESSION_ID :{11111111-2222-3333-4444-555555555555} Remote 203.0.113.5:500: Local 192.0.2.9:500: IKE Tunnel closed for tunnelId 0x5 with status IKE authentication credentials are unacceptable`,
		product: "Azure", cause: "psk-mismatch", layer: incident.Authentication, say: "203.0.113.5"},
	{name: "mixed products", source: "of the above",
		log: `Nov  3 08:00:00 a charon: 12[IKE] no shared key found for '10.0.0.1' - '10.0.0.2'
Nov  3 08:00:01 b pluto[77]: "office" #3: authentication failed: no PSK found for '@west'
ike 0:hq-branch:34: PSK auth failed: probable pre-shared key mismatch`,
		product: "strongSwan", cause: "psk-missing", layer: incident.Authentication, say: "", kinds: 3},
}

// Forms in which people pass logs on, made after those of public threads.
var passedOn = []struct {
	name, log   string
	cause       string // "" for a connection that came up
	layer, side string
	say         string
}{
	{name: "a host whose name was taken out", log: `Nov  3 08:00:00 <host>-gw charon: 05[IKE] initiating IKE_SA hq[1] to 203.0.113.9
Nov  3 08:00:00 <host>-gw charon: 06[ENC] parsed IKE_SA_INIT response 0 [ N(NO_PROP) ]
Nov  3 08:00:00 <host>-gw charon: 06[IKE] received NO_PROPOSAL_CHOSEN notify error`, cause: "ike-proposal", layer: "negotiation", side: "initiator"},
	{name: "the third message of Main Mode", log: `initiating Main Mode IKE_SA hq[1] to 203.0.113.9
generating ID_PROT request 0 [ SA V V ]
parsed ID_PROT response 0 [ SA V V ]
generating ID_PROT request 0 [ KE No NAT-D NAT-D ]
parsed ID_PROT response 0 [ KE No NAT-D NAT-D ]
generating ID_PROT request 0 [ ID HASH N(INITIAL_CONTACT) ]
sending retransmit 1 of request message ID 0, seq 3
sending retransmit 2 of request message ID 0, seq 3
giving up after 5 retransmits
establishing connection 'hq' failed`, cause: "silence-phase1", layer: "network", side: "initiator", say: "silently dropped, as with another key"},
	{name: "a program before what whack prints, in doubled blanks", log: `client: 104 "hq" #1: STATE_MAIN_I1: initiate
client: 106 "hq" #1: STATE_MAIN_I2: sent MI2, expecting MR2
client: 004 "hq" #1: STATE_MAIN_I4: ISAKMP SA  established {auth=PRESHARED_KEY cipher=aes_256 integ=sha group=MODP2048}
client: 117 "hq" #2: STATE_QUICK_I1: initiate
client: 004 "hq" #2: STATE_QUICK_I2: sent QI2, IPsec SA  established tunnel mode {ESP=>0xc0ffee01 <0xc0ffee02 xfrm=AES_256-HMAC_SHA1}`},
	{name: "whack's errors", log: `002 "hq" #1: initiating Main Mode
003 ERROR: "hq" #1: sendto on eth0 to 203.0.113.9:500 failed in reply packet for main_outI1. Errno 22: Invalid argument
104 "hq" #1: STATE_MAIN_I1: initiate
010 "hq" #1: STATE_MAIN_I1: retransmission; will wait 1 seconds for response`, cause: "send-failed", layer: "network", side: "initiator"},
	{name: "Quick Mode without an answer", log: `104 "hq" #1: STATE_MAIN_I1: initiate
004 "hq" #1: STATE_MAIN_I4: ISAKMP SA established {auth=PRESHARED_KEY cipher=aes_256 integ=sha group=MODP2048}
117 "hq" #2: STATE_QUICK_I1: initiate
010 "hq" #2: STATE_QUICK_I1: retransmission; will wait 20s for response
010 "hq" #2: STATE_QUICK_I1: retransmission; will wait 40s for response`, cause: "quick-silent", layer: "child", side: "initiator"},
	{name: "no key on the side that began", log: `112 "hq" #6: STATE_AGGR_I1: initiate
003 "hq" #6: Can't authenticate: no preshared key found for ` + "`@laptop' and `@hq'" + `.  Attribute OAKLEY_AUTHENTICATION_METHOD
003 "hq" #6: no acceptable Oakley Transform
214 "hq" #6: STATE_AGGR_I1: NO_PROPOSAL_CHOSEN`, cause: "psk-missing", layer: "authentication", side: "initiator"},
	{name: "XAUTH", log: `002 "hq" #1: transition from state STATE_XAUTH_I0 to state STATE_XAUTH_I1
037 "hq" #1: encountered fatal error in state STATE_XAUTH_I1`, cause: "xauth", layer: "authentication", side: "initiator"},
	{name: "an SA that is handed to another instance", log: `Nov  3 08:00:00 gw pluto[15]: "l2tp"[5] 203.0.113.9 #5: responding to Main Mode from unknown peer 203.0.113.9
Nov  3 08:00:00 gw pluto[15]: "l2tp"[5] 203.0.113.9 #5: OAKLEY_GROUP 20 not supported.  Attribute OAKLEY_GROUP_DESCRIPTION
Nov  3 08:00:00 gw pluto[15]: "l2tp"[5] 203.0.113.9 #5: STATE_MAIN_R1: sent MR1, expecting MI2
Nov  3 08:00:00 gw pluto[15]: "l2tp"[6] 203.0.113.9 #5: STATE_MAIN_R3: sent MR3, ISAKMP SA established {auth=PRESHARED_KEY cipher=aes_256 integ=sha group=MODP2048}
Nov  3 08:00:00 gw pluto[15]: "l2tp"[6] 203.0.113.9 #6: STATE_QUICK_R2: IPsec SA established transport mode {ESP=>0xc0ffee01 <0xc0ffee02 xfrm=AES_128-HMAC_SHA1}`},
	{name: "a mail's folds", log: `Nov  3 08:00:00 gw racoon: INFO: isakmp.c:2418:log_ph1established():
ISAKMP-SA established 192.0.2.9[500]-203.0.113.9[500]
spi:c0ffee0123456789:0123456789abcdef
Nov  3 08:00:01 gw racoon: INFO: isakmp.c:941:isakmp_ph2begin_i():
initiate new phase 2 negotiation: 192.0.2.9[0]<=>203.0.113.9[0]
Nov  3 08:00:01 gw racoon: ERROR: pfkey.c:209:pfkey_handler(): pfkey
UPDATE failed: Invalid argument
Nov  3 08:00:16 gw racoon: ERROR: pfkey.c:740:pfkey_timeover():
203.0.113.9 give up to get IPsec-SA due to time up to wait.`, cause: "kernel-invalid", layer: "child", side: "initiator"},
	{name: "Cisco's numbers before times", log: `000318: Nov  3 08:00:00.051 GMT: IKEv2:(SESSION ID = 14,SA ID = 6):Peer's authentication method is 'RSA'
000319: Nov  3 08:00:00.055 GMT: CRYPTO_PKI: Unable to locate cert record by
issuername
000320: Nov  3 08:00:00.055 GMT: CRYPTO_PKI: (A16A8) No suitable trustpoints found
000321: Nov  3 08:00:00.059 GMT: IKEv2:(SESSION ID = 14,SA ID = 6):Verification of peer's authentication data FAILED`, cause: "cert-untrusted"},
}

func TestPassedOn(t *testing.T) {
	for _, test := range passedOn {
		d, text := readText(t, test.log+"\n")
		if len(d.Stories) != 1 {
			t.Errorf("%s: %d stories:\n%s", test.name, len(d.Stories), text)
			continue
		}
		s := d.Stories[0]
		if s.Cause != test.cause || s.Established != (test.cause == "") {
			t.Errorf("%s: %q, established %v\n%s", test.name, s.Cause, s.Established, text)
		}
		if test.layer != "" && (string(s.Layer) != test.layer || string(s.Side) != test.side) {
			t.Errorf("%s: %s, %q\n%s", test.name, s.Layer, s.Side, text)
		}
		if !strings.Contains(text, test.say) {
			t.Errorf("%s: there is no %q in\n%s", test.name, test.say, text)
		}
	}
}

func TestMore(t *testing.T) {
	seen := make(map[string]bool)
	for _, test := range more {
		if test.source == "" || seen[test.name] {
			t.Errorf("%s has no source, or is there twice", test.name)
		}
		seen[test.name] = true
		d, text := readText(t, test.log+"\n")
		if want := max(test.kinds, 1); len(d.Stories) != want && test.kinds >= 0 || len(d.Stories) == 0 {
			t.Errorf("%s: %d stories, want %d:\n%s", test.name, len(d.Stories), want, text)
			continue
		}
		s := d.Stories[0]
		if s.Product != test.product || s.Cause != test.cause || s.Layer != test.layer || s.Side != test.side {
			t.Errorf("%s: %s, %s, %s, %q\n%s", test.name, s.Product, s.Cause, s.Layer, s.Side, text)
		}
		for word := range strings.SplitSeq(test.say, "|") {
			if !strings.Contains(text, word) {
				t.Errorf("%s: there is no %q in\n%s", test.name, word, text)
			}
		}
		if test.notSay != "" && strings.Contains(text, test.notSay) {
			t.Errorf("%s: there is %q in\n%s", test.name, test.notSay, text)
		}
	}
}

// Lines of several clients that no name tells apart are put together by
// addresses, threads and Message IDs.
func TestInterleaved(t *testing.T) {
	d, text := readText(t, interleaved)
	if len(d.Stories) != 2 {
		t.Fatalf("%d stories:\n%s", len(d.Stories), text)
	}
	one, two := d.Stories[0], d.Stories[1]
	if one.Cause != "psk-mismatch" || one.Count != 2 || one.Peer != "203.0.113.1" || one.Connection != "a" {
		t.Errorf("%+v", one)
	}
	if two.Cause != "liveness" || two.Count != 1 || two.Peer != "203.0.113.2" || two.Connection != "b" || two.Retries != 1 {
		t.Errorf("%+v", two)
	}
}

const interleaved = `Nov  3 08:00:00 gw charon: 05[NET] received packet: from 203.0.113.1[500] to 192.0.2.9[500] (304 bytes)
Nov  3 08:00:00 gw charon: 05[ENC] parsed IKE_SA_INIT request 0 [ SA KE No ]
Nov  3 08:00:00 gw charon: 05[IKE] 203.0.113.1 is initiating an IKE_SA
Nov  3 08:00:00 gw charon: 06[NET] received packet: from 203.0.113.2[500] to 192.0.2.9[500] (304 bytes)
Nov  3 08:00:00 gw charon: 05[ENC] generating IKE_SA_INIT response 0 [ SA KE No ]
Nov  3 08:00:00 gw charon: 06[ENC] parsed IKE_SA_INIT request 0 [ SA KE No ]
Nov  3 08:00:00 gw charon: 06[IKE] 203.0.113.2 is initiating an IKE_SA
Nov  3 08:00:00 gw charon: 05[NET] sending packet: from 192.0.2.9[500] to 203.0.113.1[500] (304 bytes)
Nov  3 08:00:00 gw charon: 06[ENC] generating IKE_SA_INIT response 0 [ SA KE No ]
Nov  3 08:00:00 gw charon: 06[NET] sending packet: from 192.0.2.9[500] to 203.0.113.2[500] (304 bytes)
Nov  3 08:00:01 gw charon: 07[NET] received packet: from 203.0.113.2[4500] to 192.0.2.9[4500] (304 bytes)
Nov  3 08:00:01 gw charon: 08[NET] received packet: from 203.0.113.1[4500] to 192.0.2.9[4500] (304 bytes)
Nov  3 08:00:01 gw charon: 07[ENC] parsed IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
Nov  3 08:00:01 gw charon: 08[ENC] parsed IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
Nov  3 08:00:01 gw charon: 07[CFG] looking for peer configs matching 192.0.2.9[vpn]...203.0.113.2[two]
Nov  3 08:00:01 gw charon: 08[CFG] looking for peer configs matching 192.0.2.9[vpn]...203.0.113.1[one]
Nov  3 08:00:01 gw charon: 07[CFG] selected peer config 'b'
Nov  3 08:00:01 gw charon: 08[CFG] selected peer config 'a'
Nov  3 08:00:01 gw charon: 08[IKE] tried 1 shared key for 'vpn' - 'one', but MAC mismatched
Nov  3 08:00:01 gw charon: 07[IKE] authentication of 'two' with pre-shared key successful
Nov  3 08:00:01 gw charon: 08[ENC] generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]
Nov  3 08:00:01 gw charon: 07[IKE] IKE_SA b[2] established between 192.0.2.9[vpn]...203.0.113.2[two]
Nov  3 08:00:01 gw charon: 07[IKE] CHILD_SA b{1} established with SPIs c1_i c2_o and TS 10.0.0.0/24 === 10.9.0.2/32
Nov  3 08:05:01 gw charon: 09[IKE] sending DPD request
Nov  3 08:05:01 gw charon: 09[ENC] generating INFORMATIONAL request 0 [ ]
Nov  3 08:05:01 gw charon: 09[NET] sending packet: from 192.0.2.9[4500] to 203.0.113.2[4500] (80 bytes)
Nov  3 08:05:05 gw charon: 10[IKE] retransmit 1 of request with message ID 0
Nov  3 08:05:05 gw charon: 10[NET] sending packet: from 192.0.2.9[4500] to 203.0.113.2[4500] (80 bytes)
Nov  3 08:05:50 gw charon: 11[IKE] giving up after 5 retransmits
Nov  3 08:06:00 gw charon: 05[NET] received packet: from 203.0.113.1[500] to 192.0.2.9[500] (304 bytes)
Nov  3 08:06:00 gw charon: 05[ENC] parsed IKE_SA_INIT request 0 [ SA KE No ]
Nov  3 08:06:00 gw charon: 05[ENC] generating IKE_SA_INIT response 0 [ SA KE No ]
Nov  3 08:06:01 gw charon: 08[NET] received packet: from 203.0.113.1[4500] to 192.0.2.9[4500] (304 bytes)
Nov  3 08:06:01 gw charon: 08[ENC] parsed IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
Nov  3 08:06:01 gw charon: 08[CFG] selected peer config 'a'
Nov  3 08:06:01 gw charon: 08[IKE] tried 1 shared key for 'vpn' - 'one', but MAC mismatched
Nov  3 08:06:01 gw charon: 08[ENC] generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]
`
