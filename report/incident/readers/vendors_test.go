package readers

import "testing"

// Each of these is what a gateway logs of one attempt, put together by hand after what its
// documentation shows: whose log it is, what failed and which version it is of.
func TestVendors(t *testing.T) {
	saySo(t, []said{
		{"IOS-XE by the headers of its packets", `*Mar 12 14:02:11.120: IKEv2:(SESSION ID = 5,SA ID = 1):Sending Packet [To 203.0.113.20:500/From 198.51.100.10:500/VRF i0:f0]
Initiator SPI : 7D2F1A0B5C6E9F10 - Responder SPI : 0000000000000000 Message id: 0
IKEv2 IKE_SA_INIT Exchange REQUEST
Payload contents:
 SA KE N VID VID VID VID NOTIFY(NAT_DETECTION_SOURCE_IP) NOTIFY(NAT_DETECTION_DESTINATION_IP)

*Mar 12 14:02:11.172: IKEv2:(SESSION ID = 5,SA ID = 1):Received Packet [From 203.0.113.20:500/To 198.51.100.10:500/VRF i0:f0]
Initiator SPI : 7D2F1A0B5C6E9F10 - Responder SPI : 11A23B4C5D6E7F80 Message id: 0
IKEv2 IKE_SA_INIT Exchange RESPONSE
Payload contents:
 SA KE N VID VID VID NOTIFY(NAT_DETECTION_SOURCE_IP) NOTIFY(NAT_DETECTION_DESTINATION_IP)

*Mar 12 14:02:11.172: IKEv2:(SESSION ID = 5,SA ID = 1):Processing IKE_SA_INIT message
*Mar 12 14:02:11.173: IKEv2:(SESSION ID = 5,SA ID = 1):Verify SA init message
*Mar 12 14:02:11.173: IKEv2:(SESSION ID = 5,SA ID = 1):Checking NAT discovery
*Mar 12 14:02:11.173: IKEv2:(SESSION ID = 5,SA ID = 1):NAT not found
*Mar 12 14:02:11.190: IKEv2:(SESSION ID = 5,SA ID = 1):[IKEv2 -> Crypto Engine] Computing DH secret key, DH Group 14
*Mar 12 14:02:11.199: IKEv2:(SESSION ID = 5,SA ID = 1):Completed SA init exchange
*Mar 12 14:02:11.199: IKEv2:(SESSION ID = 5,SA ID = 1):Generate my authentication data
*Mar 12 14:02:11.199: IKEv2:(SESSION ID = 5,SA ID = 1):Use preshared key for id 198.51.100.10, key len 16
*Mar 12 14:02:11.200: IKEv2:(SESSION ID = 5,SA ID = 1):Get my authentication method
*Mar 12 14:02:11.200: IKEv2:(SESSION ID = 5,SA ID = 1):My authentication method is 'PSK'
*Mar 12 14:02:11.200: IKEv2:(SESSION ID = 5,SA ID = 1):Generating IKE_AUTH message
*Mar 12 14:02:11.201: IKEv2:(SESSION ID = 5,SA ID = 1):Sending Packet [To 203.0.113.20:500/From 198.51.100.10:500/VRF i0:f0]
Initiator SPI : 7D2F1A0B5C6E9F10 - Responder SPI : 11A23B4C5D6E7F80 Message id: 1
IKEv2 IKE_AUTH Exchange REQUEST
Payload contents:
 VID IDi AUTH SA TSi TSr NOTIFY(INITIAL_CONTACT) NOTIFY(SET_WINDOW_SIZE) NOTIFY(ESP_TFC_NO_SUPPORT) NOTIFY(NON_FIRST_FRAGS)

*Mar 12 14:02:11.250: IKEv2:(SESSION ID = 5,SA ID = 1):Received Packet [From 203.0.113.20:500/To 198.51.100.10:500/VRF i0:f0]
Initiator SPI : 7D2F1A0B5C6E9F10 - Responder SPI : 11A23B4C5D6E7F80 Message id: 1
IKEv2 IKE_AUTH Exchange RESPONSE
Payload contents:
 NOTIFY(AUTHENTICATION_FAILED)

*Mar 12 14:02:11.251: IKEv2:(SESSION ID = 5,SA ID = 1):Process auth response notify
*Mar 12 14:02:11.251: IKEv2-ERROR:(SESSION ID = 5,SA ID = 1):
*Mar 12 14:02:11.251: IKEv2:(SESSION ID = 5,SA ID = 1):Auth exchange failed
*Mar 12 14:02:11.251: IKEv2-ERROR:(SESSION ID = 5,SA ID = 1):: Auth exchange failed
*Mar 12 14:02:11.251: IKEv2:(SESSION ID = 5,SA ID = 1):Abort exchange
*Mar 12 14:02:11.251: IKEv2:(SESSION ID = 5,SA ID = 1):Deleting SA`, "auth-refused", "initiator", "the gateway refuses this client", "the client refuses"},
		{"ASA's messages of level 7 on IKEv1", `Aug 07 2023 11:02:00 fw1 : %ASA-7-713236: IP = 198.51.100.9, IKE_DECODE RECEIVED Message (msgid=0) with payloads : HDR + SA (1) + VENDOR (13) + VENDOR (13) + NONE (0) total length : 168
Aug 07 2023 11:02:00 fw1 : %ASA-7-715047: IP = 198.51.100.9, processing SA payload
Aug 07 2023 11:02:00 fw1 : %ASA-7-713906: IP = 198.51.100.9, All SA proposals found unacceptable
Aug 07 2023 11:02:00 fw1 : %ASA-3-713048: IP = 198.51.100.9, Error processing payload: Payload ID: 1
Aug 07 2023 11:02:00 fw1 : %ASA-7-713236: IP = 198.51.100.9, IKE_DECODE SENDING Message (msgid=0) with payloads : HDR + NOTIFY (11) + NONE (0) total length : 92
Aug 07 2023 11:02:00 fw1 : %ASA-7-713906: IP = 198.51.100.9, IKE MM Responder FSM error history (struct &0x00007fff2e)  <state>, <event>:  MM_DONE, EV_ERROR-->MM_START, EV_RCV_MSG-->MM_START, EV_START_MM-->MM_START, EV_START_MM-->MM_START
Aug 07 2023 11:02:00 fw1 : %ASA-7-713906: IP = 198.51.100.9, IKE SA MM:6b1e0f5a terminating:  flags 0x01000002, refcnt 0, tuncnt 0
Aug 07 2023 11:02:00 fw1 : %ASA-3-713902: IP = 198.51.100.9, Removing peer from peer table failed, no match!
Aug 07 2023 11:02:00 fw1 : %ASA-4-713903: IP = 198.51.100.9, Error: Unable to remove PeerTblEntry`, "ike-proposal", "responder", "IKEv1: the two sides", "for IKEv2"},
		{"idle on ASA", `Oct 10 2023 01:00:11: %ASA-5-713041: IP = 203.0.113.5, IKE Initiator: New Phase 1, Intf inside, IKE Peer 203.0.113.5  local Proxy Address 10.1.0.0, remote Proxy Address 10.2.0.0,  Crypto map (outside_map)
Oct 10 2023 01:00:11: %ASA-5-713119: Group = 203.0.113.5, IP = 203.0.113.5, PHASE 1 COMPLETED
Oct 10 2023 01:00:11: %ASA-6-602303: IPSEC: An outbound LAN-to-LAN SA (SPI= 0x9F1C2B3A) between 198.51.100.2 and 203.0.113.5 (user= 203.0.113.5) has been created.
Oct 10 2023 01:00:11: %ASA-5-713049: Group = 203.0.113.5, IP = 203.0.113.5, Security negotiation complete for LAN-to-LAN Group (203.0.113.5)  Initiator, Inbound SPI = 0x1b2c3d4e, Outbound SPI = 0x9f1c2b3a
Oct 10 2023 01:00:11: %ASA-6-602303: IPSEC: An inbound LAN-to-LAN SA (SPI= 0x1B2C3D4E) between 198.51.100.2 and 203.0.113.5 (user= 203.0.113.5) has been created.
Oct 10 2023 01:00:11: %ASA-5-713120: Group = 203.0.113.5, IP = 203.0.113.5, PHASE 2 COMPLETED (msgid=5e3a1b2c)
Oct 10 2023 02:40:44: %ASA-5-713050: Group = 203.0.113.5, IP = 203.0.113.5, Connection terminated for peer 203.0.113.5.  Reason: IPSec SA Idle Timeout  Remote Proxy 10.2.0.0, Local Proxy 10.1.0.0
Oct 10 2023 02:40:44: %ASA-6-602304: IPSEC: An outbound LAN-to-LAN SA (SPI= 0x9F1C2B3A) between 198.51.100.2 and 203.0.113.5 (user= 203.0.113.5) has been deleted.
Oct 10 2023 02:40:44: %ASA-6-602304: IPSEC: An inbound LAN-to-LAN SA (SPI= 0x1B2C3D4E) between 198.51.100.2 and 203.0.113.5 (user= 203.0.113.5) has been deleted.
Oct 10 2023 02:40:44: %ASA-5-713259: Group = 203.0.113.5, IP = 203.0.113.5, Session is being torn down. Reason: Idle Timeout
Oct 10 2023 02:40:44: %ASA-4-113019: Group = 203.0.113.5, Username = 203.0.113.5, IP = 203.0.113.5, Session disconnected. Session Type: LAN-to-LAN, Duration: 1h:40m:33s, Bytes xmt: 10433, Bytes rcv: 22310, Reason: Idle Timeout`, "", "", "ended after it had been idle", "no longer answers"},
		{"the notify in an event log of FortiOS", `date=2023-05-04 time=10:22:31 devname="FGT60F" devid="FGT60FTK0000001" eventtime=1683184951 tz="+0200" logid="0101037127" type="event" subtype="vpn" level="notice" vd="root" logdesc="Progress IPsec phase 1" msg="progress IPsec phase 1" action="negotiate" remip=203.0.113.90 locip=198.51.100.30 remport=500 locport=500 outintf="wan1" cookies="11aa22bb33cc44dd/0000000000000000" user="N/A" group="N/A" xauthuser="N/A" xauthgroup="N/A" assignip=N/A vpntunnel="HQ" status="success" init="local" mode="main" dir="outbound" stage=1 role="initiator" result="OK"
date=2023-05-04 time=10:22:31 devname="FGT60F" devid="FGT60FTK0000001" eventtime=1683184951 tz="+0200" logid="0101037127" type="event" subtype="vpn" level="notice" vd="root" logdesc="Progress IPsec phase 1" msg="progress IPsec phase 1" action="negotiate" remip=203.0.113.90 locip=198.51.100.30 remport=500 locport=500 outintf="wan1" cookies="11aa22bb33cc44dd/55ee66ff77008811" user="203.0.113.90" group="N/A" xauthuser="N/A" xauthgroup="N/A" assignip=N/A vpntunnel="HQ" status="success" init="local" mode="main" dir="inbound" stage=3 role="initiator" result="DONE"
date=2023-05-04 time=10:22:31 devname="FGT60F" devid="FGT60FTK0000001" eventtime=1683184951 tz="+0200" logid="0101037129" type="event" subtype="vpn" level="notice" vd="root" logdesc="Progress IPsec phase 2" msg="progress IPsec phase 2" action="negotiate" remip=203.0.113.90 locip=198.51.100.30 remport=500 locport=500 outintf="wan1" cookies="11aa22bb33cc44dd/55ee66ff77008811" user="203.0.113.90" group="N/A" vpntunnel="HQ" status="success" init="local" mode="quick" dir="outbound" stage=1 role="initiator" result="OK"
date=2023-05-04 time=10:22:31 devname="FGT60F" devid="FGT60FTK0000001" eventtime=1683184951 tz="+0200" logid="0101037132" type="event" subtype="vpn" level="error" vd="root" logdesc="IPsec phase 2 error" msg="IPsec phase 2 error" action="negotiate" remip=203.0.113.90 locip=198.51.100.30 remport=500 locport=500 outintf="wan1" cookies="11aa22bb33cc44dd/55ee66ff77008811" user="203.0.113.90" group="N/A" vpntunnel="HQ" status="negotiate_error" reason="peer notification" peer_notif="NO-PROPOSAL-CHOSEN"`, "child-proposal", "initiator", "refuses Quick Mode with NO_PROPOSAL_CHOSEN", "do not show"},
		{"an SPI is not hidden as a secret", `ike 0: comes 192.0.2.201:62011->198.51.100.2:500,ifindex=5....
ike 0: IKEv1 exchange=Aggressive id=0f4b21d3ae8c8712/0000000000000000 len=627
ike 0:0f4b21d3ae8c8712/0000000000000000:1188: responder: aggressive mode get 1st message...
ike 0:0f4b21d3ae8c8712/0000000000000000:1188: VID FORTIGATE 8299031757A36082C6A621DE000504B0
ike 0:0f4b21d3ae8c8712/0000000000000000:1188: received peer identifier FQDN 'homeoffice'
ike 0:0f4b21d3ae8c8712/0000000000000000:1188: peer identifier 'homeoffice' does not match any configured dialup gateway
ike 0: IKEv1 Aggressive, comes 192.0.2.201:62011->198.51.100.2 5, peer-id=homeoffice
ike 0: cache rebuild done
ike 0:0f4b21d3ae8c8712/0000000000000000:1188: no SA proposal chosen
ike Negotiate SA Error: ike ike  [11420]`, "peer-id", "responder", "does not match any configured dialup gateway", "(not shown)"},
		{"the second line of ikemgr.log", `2023-11-02 10:11:05.001 +0100  [PNTF]: {    3:     }: ====> PHASE-1 NEGOTIATION STARTED AS INITIATOR, MAIN MODE <====
                                                      ====> Initiated SA: 198.51.100.7[500]-192.0.2.90[500] cookie:4f3e2d1c0b9a8877:0000000000000000 <====
2023-11-02 10:11:10.105 +0100  [INFO]: {    3:     }: 198.51.100.7[500] - 192.0.2.90[500]:(nil) resend phase1 packet 4f3e2d1c0b9a8877:0000000000000000
2023-11-02 10:11:20.105 +0100  [INFO]: {    3:     }: 198.51.100.7[500] - 192.0.2.90[500]:(nil) resend phase1 packet 4f3e2d1c0b9a8877:0000000000000000
2023-11-02 10:11:35.106 +0100  [INFO]: {    3:     }: 198.51.100.7[500] - 192.0.2.90[500]:(nil) resend phase1 packet 4f3e2d1c0b9a8877:0000000000000000
2023-11-02 10:11:55.107 +0100  [PNTF]: {    3:     }: ====> PHASE-1 NEGOTIATION FAILED AS INITIATOR, MAIN MODE <====
                                                      ====> Failed SA: 198.51.100.7[500]-192.0.2.90[500] cookie:4f3e2d1c0b9a8877:0000000000000000 <==== Due to timeout.
2023-11-02 10:11:55.107 +0100  [INFO]: {    3:     }: ====> PHASE-1 SA DELETED <====
                                                      ====> Deleted SA: 198.51.100.7[500]-192.0.2.90[500] cookie:4f3e2d1c0b9a8877:0000000000000000 <====`, "silence", "initiator", "does not answer the first message", "did not agree"},
		{"proxy IDs on Junos, and what follows", `Apr 20 12:00:01  srx-a kmd[1405]: IKE Phase-1: (Responder) IKE SA established for local 198.51.100.60, remote 203.0.113.61
Apr 20 12:00:02  srx-a kmd[1405]: KMD_VPN_PV_PHASE1: IKE Phase-1 Completed
Apr 20 12:00:02  srx-a kmd[1405]: IKE Phase-2: Failed to match the peer proxy IDs. p2_remote=ipv4_subnet(any:0,[0..7]=10.50.0.0/16), p2_local=ipv4_subnet(any:0,[0..7]=10.60.0.0/24) for remote peer:203.0.113.61
Apr 20 12:00:02  srx-a kmd[1405]: IKE negotiation failed with error: No proposal chosen. IKE Version: 1, VPN: VPN-B Gateway: GW-B, Local: 198.51.100.60/500, Remote: 203.0.113.61/500, Local IKE-ID: 198.51.100.60, Remote IKE-ID: 203.0.113.61, VR-ID: 0: Role: Responder`, "traffic-selectors", "responder", "Quick Mode", "no IKE proposal"},
		{"traceoptions of iked", `[May 12 09:30:01.100]ikev2_packet_allocate: Allocated packet ff0c00 from freelist
[May 12 09:30:01.101][198.51.100.60 <-> 203.0.113.99]  iked_pm_ike_spd_notify_request: Sending Initial contact
[May 12 09:30:01.102][198.51.100.60 <-> 203.0.113.99]  ikev2_udp_send_packet: [ff0c00/0] <-------- Sending packet - length = 0  VR id 0
[May 12 09:30:01.150][198.51.100.60 <-> 203.0.113.99]  ikev2_packet_st_input_v2_get_sa: FSM_SET_NEXT:ikev2_packet_v2_start
[May 12 09:30:01.151][198.51.100.60 <-> 203.0.113.99]  ikev2_decode_packet: [ff1000/f1c000] Received packet: HDR, N(AUTHENTICATION_FAILED)
[May 12 09:30:01.151][198.51.100.60 <-> 203.0.113.99]  ikev2_process_notify: [ff1000/f1c000] Received error notify Authentication failed (24)
[May 12 09:30:01.151][198.51.100.60 <-> 203.0.113.99]  ikev2_state_error: [ff1000/f1c000] Negotiation failed because of error Authentication failed (24)
[May 12 09:30:01.152][198.51.100.60 <-> 203.0.113.99]  IKE negotiation fail for local:198.51.100.60, remote:203.0.113.99 IKEv2 with status: Authentication failed
[May 12 09:30:01.152][198.51.100.60 <-> 203.0.113.99]  IKEv2 Error : Authentication failed`, "auth-refused", "", "Juniper", "OpenIKED|macOS"},
		{"RouterOS, one attempt", `09:40:01 ipsec -> ike2 request, exchange: SA_INIT:0 203.0.113.12[500] 8c1d2e3f4a5b6c7d:0000000000000000
09:40:01 ipsec ike2 respond
09:40:01 ipsec payload seen: SA (256 bytes)
09:40:01 ipsec payload seen: KE (264 bytes)
09:40:01 ipsec ike auth: respond
09:40:01 ipsec processing payload: NONCE
09:40:01 ipsec processing payload: SA
09:40:01 ipsec IKE Protocol: IKE
09:40:01 ipsec  proposal #1
09:40:01 ipsec   enc: aes256-cbc
09:40:01 ipsec   prf: hmac-sha256
09:40:01 ipsec   auth: sha256
09:40:01 ipsec   dh: modp2048
09:40:01 ipsec matched proposal:
09:40:01 ipsec <- ike2 reply, exchange: SA_INIT:0 203.0.113.12[500] 8c1d2e3f4a5b6c7d:1a2b3c4d5e6f7081
09:40:01 ipsec,info new ike2 SA (R): peer1 198.51.100.1[500]-203.0.113.12[500] spi:1a2b3c4d5e6f7081:8c1d2e3f4a5b6c7d
09:40:02 ipsec -> ike2 request, exchange: AUTH:1 203.0.113.12[4500] 8c1d2e3f4a5b6c7d:1a2b3c4d5e6f7081
09:40:02 ipsec peer wants EAP authentication
09:40:02 ipsec adding payload: EAP
09:40:02 ipsec <- ike2 reply, exchange: AUTH:1 203.0.113.12[4500] 8c1d2e3f4a5b6c7d:1a2b3c4d5e6f7081
09:40:02 ipsec -> ike2 request, exchange: AUTH:2 203.0.113.12[4500] 8c1d2e3f4a5b6c7d:1a2b3c4d5e6f7081
09:40:02 ipsec update peer's identity: 10.0.0.50 (ADDR4) -> alice (EAP)
09:40:12 ipsec,error radius timeout
09:40:12 ipsec,error EAP failed
09:40:12 ipsec,info killing ike2 SA: peer1 198.51.100.1[4500]-203.0.113.12[4500] spi:1a2b3c4d5e6f7081:8c1d2e3f4a5b6c7d`, "radius-silent", "responder", "RADIUS server does not answer", "attempts"},
		{"13801 on Azure", `TimeGenerated [UTC],Resource,OperationName,Message,Instance
2023-09-05T12:11:01Z,VNETGW1,IKELogEvent,"Remote 203.0.113.45:500: Local 20.1.2.3:500: [RECEIVED][SA_INIT] Received IKE_SA_INIT request","GatewayTenantWorker_IN_0"
2023-09-05T12:11:01Z,VNETGW1,IKELogEvent,"SESSION_ID :{a1b2c3d4-0000-0000-0000-000000000001} Remote 203.0.113.45:500: Local 20.1.2.3:500: [SEND]Proposed selected: encr AES256, integ SHA256, prf SHA256, dhgroup DHGroup14","GatewayTenantWorker_IN_0"
2023-09-05T12:11:02Z,VNETGW1,IKELogEvent,"SESSION_ID :{a1b2c3d4-0000-0000-0000-000000000001} Remote 203.0.113.45:500: Local 20.1.2.3:500: [RECEIVED][IKE_AUTH] Received IKE_AUTH message","GatewayTenantWorker_IN_0"
2023-09-05T12:11:02Z,VNETGW1,IKELogEvent,"SESSION_ID :{a1b2c3d4-0000-0000-0000-000000000001} Remote 203.0.113.45:500: Local 20.1.2.3:500: [SEND] Sending IKE_AUTH response with Notify AUTHENTICATION_FAILED. Error: 13801 (ERROR_IPSEC_IKE_AUTH_FAIL): IKE authentication credentials are unacceptable","GatewayTenantWorker_IN_0"
2023-09-05T12:11:02Z,VNETGW1,IKELogEvent,"SESSION_ID :{a1b2c3d4-0000-0000-0000-000000000001} IKE Tunnel closed for tunnelId 0x2 with status Authentication credentials are unacceptable","GatewayTenantWorker_IN_0"`, "psk-mismatch", "responder", "most likely the pre-shared keys differ", ""},
		{"a CA that Android lacks", `08-14 12:00:00.100  1234  2231 I IkeV2VpnRunner: Start IKE session
08-14 12:00:00.120  1234  2240 D IkeSessionStateMachine: SM [CreateIkeLocalIkeInit] entered
08-14 12:00:00.300  1234  2240 D IKE: IkeSession: Received IKE_SA_INIT response
08-14 12:00:00.310  1234  2240 D IkeSessionStateMachine: SM [CreateIkeLocalIkeAuth] entered
08-14 12:00:00.512  1234  2240 E IkeSessionStateMachine: Fatal error
08-14 12:00:00.512  1234  2240 E IkeSessionStateMachine: com.android.internal.net.ipsec.ike.exceptions.AuthenticationFailedException: java.security.cert.CertPathValidatorException: Trust anchor for certification path not found.
08-14 12:00:00.515  1234  2240 W Vpn     : onSessionLost: IKE Session 3 closed with exception: android.net.ipsec.ike.exceptions.IkeProtocolException: AUTHENTICATION_FAILED`, "cert-untrusted", "initiator", "this client does not trust", "refuses this client"},
		{"a request that waits for phase 1", `Nov  3 10:00:00 gw racoon: INFO: IPsec-SA request for 203.0.113.40 queued due to no phase1 found.
Nov  3 10:00:00 gw racoon: INFO: initiate new phase 1 negotiation: 198.51.100.40[500]<=>203.0.113.40[500]
Nov  3 10:00:00 gw racoon: INFO: begin Identity Protection mode.
Nov  3 10:00:01 gw racoon: INFO: received Vendor ID: DPD
Nov  3 10:00:01 gw racoon: INFO: ISAKMP-SA established 198.51.100.40[500]-203.0.113.40[500] spi:77aa88bb99cc00dd:1122aabbccddeeff
Nov  3 10:00:02 gw racoon: INFO: initiate new phase 2 negotiation: 198.51.100.40[500]<=>203.0.113.40[500]
Nov  3 10:00:02 gw racoon: ERROR: fatal NO-PROPOSAL-CHOSEN notify messsage, phase1 should be deleted.
Nov  3 10:00:32 gw racoon: ERROR: 203.0.113.40 give up to get IPsec-SA due to time up to wait.`, "child-proposal", "initiator", "refuses Quick Mode with NO_PROPOSAL_CHOSEN", "attempts"},
		{"SonicWall", `id=firewall sn=18B169000000 time="2023-10-02 09:11:03 UTC" fw=198.51.100.90 pri=6 c=16 m=942 msg="IKEv2 Initiator: Send IKE_SA_INIT Request" n=12 src=198.51.100.90:500 dst=203.0.113.91:500 note="VPN Policy: To Branch"
id=firewall sn=18B169000000 time="2023-10-02 09:11:03 UTC" fw=198.51.100.90 pri=6 c=16 m=943 msg="IKEv2 Initiator: Received IKE_SA_INIT response" n=12 src=203.0.113.91:500 dst=198.51.100.90:500 note="VPN Policy: To Branch"
id=firewall sn=18B169000000 time="2023-10-02 09:11:03 UTC" fw=198.51.100.90 pri=6 c=16 m=945 msg="IKEv2 Initiator: Send IKE_AUTH Request" n=12 src=198.51.100.90:500 dst=203.0.113.91:500 note="VPN Policy: To Branch"
id=firewall sn=18B169000000 time="2023-10-02 09:11:03 UTC" fw=198.51.100.90 pri=4 c=16 m=981 msg="IKEv2 Received notify error payload" n=4 src=203.0.113.91:500 dst=198.51.100.90:500 note="VPN Policy: To Branch; Authentication Failed"
id=firewall sn=18B169000000 time="2023-10-02 09:11:03 UTC" fw=198.51.100.90 pri=4 c=16 m=979 msg="IKEv2 Authentication failed" n=4 src=203.0.113.91:500 dst=198.51.100.90:500 note="VPN Policy: To Branch"`, "auth-refused", "initiator", "SonicWall", "do not show whose"},
		{"Huawei", `2023-7-19 16:10:21 USG6300 %%01IKE/4/IKE_NEGO_FAIL(l): IPSec tunnel negotiation fails. (IfIndex=6, SeqNum=1, PeerAddress=203.0.113.120, PeerPort=500, Reason=receive proposal mismatch or use sm in ikev2)
2023-7-19 16:10:51 USG6300 %%01IKE/4/IKE_NEGO_FAIL(l): IPSec tunnel negotiation fails. (IfIndex=6, SeqNum=1, PeerAddress=203.0.113.120, PeerPort=500, Reason=phase1 proposal mismatch)`, "ike-proposal", "", "Huawei|203.0.113.120", "RouterOS"},
		{"PROTO lines of ASA", `IKEv2-PROTO-4: Received Packet [From 203.0.113.5:500/To 198.51.100.2:500/VRF i0:f0]
Initiator SPI : 3C0A11D3B12CA312 - Responder SPI : 0000000000000000 Message id: 0
IKEv2 IKE_SA_INIT Exchange REQUEST
IKEv2-PROTO-4: (112): Checking NAT discovery
IKEv2-PROTO-4: (112): Generating IKE_SA_INIT message
IKEv2-PROTO-4: (112): Sending Packet [To 203.0.113.5:500/From 198.51.100.2:500/VRF i0:f0]
(112): Initiator SPI : 3C0A11D3B12CA312 - Responder SPI : A8B1C0D3E4F50617 Message id: 0
(112): IKEv2 IKE_SA_INIT Exchange RESPONSE
IKEv2-PROTO-4: (112): Received Packet [From 203.0.113.5:500/To 198.51.100.2:500/VRF i0:f0]
(112): IKEv2 IKE_AUTH Exchange REQUEST
IKEv2-PROTO-4: (112): Process auth response notify
IKEv2-PROTO-4: (112): Searching policy based on peer's identity '203.0.113.5' of type 'IPv4 address'
IKEv2-PROTO-4: (112): Verify peer's authentication data
IKEv2-PROTO-4: (112): Use preshared key for id 203.0.113.5, key len 12
IKEv2-PROTO-2: (112): Failed to authenticate the IKE SA
IKEv2-PROTO-4: (112): Verification of peer's authentication data FAILED
IKEv2-PROTO-4: (112): Sending authentication failure notify
IKEv2-PROTO-4: (112): Auth exchange failed`, "auth-failed", "responder", "of the client does not match", "initiator"},
		{"IOS-XE that is up", `*Jan  5 08:00:00.100: IKEv2:(SESSION ID = 3,SA ID = 2):Sending Packet [To 203.0.113.20:500/From 198.51.100.10:500/VRF i0:f0]
Initiator SPI : 7D2F1A0B5C6E9F10 - Responder SPI : 0000000000000000 Message id: 0
IKEv2 IKE_SA_INIT Exchange REQUEST
*Jan  5 08:00:00.150: IKEv2:(SESSION ID = 3,SA ID = 2):Received Packet [From 203.0.113.20:500/To 198.51.100.10:500/VRF i0:f0]
Initiator SPI : 7D2F1A0B5C6E9F10 - Responder SPI : 11A23B4C5D6E7F80 Message id: 0
IKEv2 IKE_SA_INIT Exchange RESPONSE
*Jan  5 08:00:00.151: IKEv2:(SESSION ID = 3,SA ID = 2):Processing IKE_SA_INIT message
*Jan  5 08:00:00.160: IKEv2:(SESSION ID = 3,SA ID = 2):Completed SA init exchange
*Jan  5 08:00:00.200: IKEv2:(SESSION ID = 3,SA ID = 2):Received Packet [From 203.0.113.20:500/To 198.51.100.10:500/VRF i0:f0]
IKEv2 IKE_AUTH Exchange RESPONSE
*Jan  5 08:00:00.201: IKEv2:(SESSION ID = 3,SA ID = 2):Verify peer's authentication data
*Jan  5 08:00:00.202: IKEv2:(SESSION ID = 3,SA ID = 2):Verification of peer's authenctication data PASSED
*Jan  5 08:00:00.203: IKEv2:(SESSION ID = 3,SA ID = 2):IKEV2 SA created; inserting SA into database. SA lifetime timer (86400 sec) started
*Jan  5 08:00:00.204: IKEv2:(SESSION ID = 3,SA ID = 2):Session with IKE ID PAIR (203.0.113.20, 198.51.100.10) is UP
*Jan  5 08:00:00.210: IKEv2:(SESSION ID = 3,SA ID = 2):Creation of IPsec SA into IPsec database PASSED`, "", "initiator", "the connection came up", "whether a Child SA did"},
		{"a group that ikemgr.log rejects", `2023-11-02 10:11:05.001 +0100  [PNTF]: {    3:     }: ====> PHASE-1 NEGOTIATION STARTED AS RESPONDER, MAIN MODE <====
                                                      ====> Initiated SA: 198.51.100.7[500]-192.0.2.90[500] cookie:4f3e2d1c0b9a8877:0a1b2c3d4e5f6071 <====
2023-11-02 10:11:05.002 +0100  [PERR]: {    3:     }: rejected dh_group: DB(prop#1:trns#1):Peer(prop#1:trns#1) = 14:2
2023-11-02 10:11:05.002 +0100  [PERR]: {    3:     }: no suitable proposal found in peer's SA payload.
2023-11-02 10:11:05.002 +0100  [PERR]: {    3:     }: failed to get valid proposal.
2023-11-02 10:11:05.003 +0100  [PNTF]: {    3:     }: ====> PHASE-1 NEGOTIATION FAILED AS RESPONDER, MAIN MODE <====
                                                      ====> Failed SA: 198.51.100.7[500]-192.0.2.90[500] cookie:4f3e2d1c0b9a8877:0a1b2c3d4e5f6071 <==== Due to negotiation failure.`, "ike-proposal", "responder", "received 2, configured 14", ""},
		{"Junos, up and down", `Jun  1 10:00:00 srx kmd[2001]: KMD_PM_SA_ESTABLISHED: Local gateway: 198.51.100.60, Remote gateway: 203.0.113.61, Local ID: ipv4_subnet(any:0,[0..7]=10.0.0.0/24), Remote ID: ipv4_subnet(any:0,[0..7]=10.1.0.0/24), Direction: inbound, SPI: 0xa1b2c3d4, AUX-SPI: 0, Mode: Tunnel, Type: dynamic
Jun  1 10:00:00 srx kmd[2001]: KMD_VPN_UP_ALARM_USER: VPN VPN-B from 203.0.113.61 is up. Local-ip: 198.51.100.60, gateway name: GW-B, vpn name: VPN-B, tunnel-id: 131073
Jun  1 14:20:00 srx kmd[2001]: KMD_VPN_DOWN_ALARM_USER: VPN VPN-B from 203.0.113.61 is down. Local-ip: 198.51.100.60, gateway name: GW-B, vpn name: VPN-B, tunnel-id: 131073, local tunnel-if: st0.1, Reason: DPD failover`, "liveness", "", "VPN-B", "attempts"},
		{"Check Point refuses", `Time: 2023-05-01T10:00:00Z; Action: Key Install; Origin: gw1; Source: 203.0.113.71; Destination: 198.51.100.70; IKE: Main Mode Sent Notification to Peer: no proposal chosen; scheme: IKE; Peer Gateway: 203.0.113.71; VPN Feature: IKE; Product Family: Network`, "ike-proposal", "responder", "Check Point", ""},
		{"Android and silence", `08-14 12:00:00.100  1234  2231 I IkeV2VpnRunner: Start IKE session
08-14 12:00:31.120  1234  2240 E IkeSessionStateMachine: Fatal error
08-14 12:00:31.512  1234  2240 E IkeSessionStateMachine: android.net.ipsec.ike.exceptions.IkeTimeoutException: Retransmitting IKE INIT request failure`, "silence", "initiator", "the first message", ""},
		{"a message that fails its check", `*Dec  1 10:00:00.100: ISAKMP:(0): beginning Main Mode exchange
*Dec  1 10:00:00.200: ISAKMP:(0):Old State = IKE_I_MM1  New State = IKE_I_MM2
*Dec  1 10:00:00.300: ISAKMP:(1001): sending packet to 203.0.113.200 my_port 500 peer_port 500 (I) MM_KEY_EXCH
*Dec  1 10:00:00.300: ISAKMP:(1001):Old State = IKE_I_MM4  New State = IKE_I_MM5
*Dec  1 10:00:00.400: ISAKMP (1001): received packet from 203.0.113.200 dport 500 sport 500 Global (I) MM_KEY_EXCH
*Dec  1 10:00:00.400: %CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from 203.0.113.200  failed its sanity check or is malformed`, "psk-mismatch", "initiator", "the pre-shared keys differ", "attempts"},
	})
}
