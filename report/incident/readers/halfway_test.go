package readers

import "testing"

// Messages that arrive and are not taken, requests that stay open, and ends without a
// reason: what the lines show of them, and no more.
func TestHalfway(t *testing.T) {
	saySo(t, []said{
		{"Quick Mode, and a refusal that is shown", `"evry" #20: STATE_QUICK_I1: retransmission; will wait 0.5 seconds for response
"evry" #20: STATE_QUICK_I1: retransmission; will wait 1 seconds for response
"evry" #20: ignoring informational payload NO_PROPOSAL_CHOSEN, msgid=00000000, length=12`, "child-proposal", "initiator", "refuses Quick Mode with NO_PROPOSAL_CHOSEN", "no acceptable answer"},
		// libreswan, programs/pluto/ikev2_proposals.c
		{"a public value of another length", `"east" #3: KE has 32 byte DH public value; 256 required`, "ke-length", "", "32 octets (Curve25519)|needs, 256 (MODP2048)", ""},
		{"proposals that break the rules", `"rw"[4] 203.0.113.9 #7: responder established Child SA using #6; IPsec tunnel [0.0.0.0-255.255.255.255:0-65535 0] -> [10.1.0.10-10.1.0.10:0-65535 0] {ESPinUDP=>0x07c9aaa4 <0x3d932aba xfrm=AES_GCM_16_256-NONE DPD=active}
"rw"[4] 203.0.113.9 #8: proposal number was 3 but 1 expected
"rw"[4] 203.0.113.9 #8: partial list of remote proposals: 3:IKE:[wrong-protonum]`, "proposals-malformed", "responder", "the connection came up|number 3 where 1 is due", ""},
		{"an answer with several proposals", `"west" #1: Error: more than one accepted proposal received.`, "accepted-malformed", "initiator", "chose several", ""},
		{"a rekeying without an answer", `002 "west" #1: STATE_V2_ESTABLISHED_IKE_SA: 60 second timeout exceeded after 0 retransmits.  No response (or no acceptable response) to our IKEv2 message
002 "west" #1: liveness action - putting connection into hold
002 "west" #1: deleting state (STATE_V2_ESTABLISHED_IKE_SA) and sending notification`, "liveness", "", "no longer answers", "the IKE SA came up;"},
		{"EAP that pluto does not expect", `"rw-eap"[1] 192.0.2.9 #1: processing decrypted IKE_AUTH request from 192.0.2.9:UDP/4500 containing SK{IDi,CERTREQ,SA,TSi,TSr}
EXPECTATION FAILED: "rw-eap"[1] 192.0.2.9 #1: not (md->chain[ISAKMP_NEXT_v2AUTH] == ((void *)0)) (process_v2_IKE_AUTH_request_standard_payloads() +572 programs/pluto/ikev2_ike_auth.c)`, "eap-unexpected", "responder", "without an AUTH payload", ""},
		{"networks of an answer, in debugging", `"aws"[1] 192.0.2.9 #1: processing IKE_AUTH response from 192.0.2.9:UDP/500 containing SK{IDr,AUTH,SA,TSi,TSr}
| ts:   narrow range: END initiator.client.selector=10.2.0.7/32 WIDER-THAN TS TSi[0]=10.0.0.0-10.255.255.255 ==> <unset-range> (use TS, but must fit within END)
"aws"[1] 192.0.2.9 #2: CHILD SA failed: TS_UNACCEPTABLE
"aws"[1] 192.0.2.9 #1: IKE SA established but initiator rejected Child SA response`, "ts-answer", "initiator", "TSi[0] of 10.0.0.0-10.255.255.255|10.2.0.7/32", "kernel"},
		{"a request without an answer yet", `"hq" #3: STATE_PARENT_I1: sent v2I1, expected v2R1`, "", "initiator", "reached IKE_SA_INIT|no answer to it is in these lines", "FIX"},
		{"a request with an answer", `"hq" #3: STATE_PARENT_I1: sent v2I1, expected v2R1
"hq" #3: STATE_PARENT_I2: sent v2I2, expected v2R2 {auth=IKEv2 cipher=aes_gcm_16_256 integ=n/a prf=sha256 group=MODP2048}`, "", "initiator", "reached IKE_AUTH", "no answer to it|FIX"},
		// strongSwan 6.1, src/libcharon/encoding/message.c, and Windows' raserror.h
		{"a status of Microsoft's", `11[ENC] <purevpn|14> generating IKE_AUTH request 2 [ EAP/RES/ID ]
11[ENC] <purevpn|14> parsed IKE_AUTH response 2 [ N(MS_STATUS(691)) ]`, "ms-status", "initiator", "status 691|user name or the password", ""},
		{"a status of Microsoft's that is not known", `11[ENC] <purevpn|14> parsed IKE_AUTH response 2 [ N(MS_STATUS(77)) ]`, "ms-status", "initiator", "status 77", "77:"},
		{"no key of RADIUS", `06[IKE] <m|11> RADIUS authentication of 'anna' successful
06[IKE] <m|11> EAP method EAP_MSCHAPV2 succeeded, no MSK established
06[ENC] <m|11> parsed IKE_AUTH request 6 [ AUTH ]
06[IKE] <m|11> verification of AUTH payload without EAP MSK failed`, "eap-no-key", "responder", "MS-MPPE", "same EAP method"},
		{"another key of EAP", `06[IKE] <m|11> EAP method EAP_MSCHAPV2 succeeded, MSK established
06[IKE] <m|11> verification of AUTH payload with EAP MSK failed`, "eap-key", "", "did not derive the same key", "MS-MPPE"},
		{"a new IKE SA, and the end of the old", `14[IKE] 203.0.113.9 is initiating an IKE_SA
15[IKE] IKE_SA ios[13] established between 192.0.2.9[gw]...203.0.113.9[10.0.0.5]
15[IKE] CHILD_SA ios{20} established with SPIs 5c12d761_i 0e37ed88_o and TS 0.0.0.0/0 === 10.31.2.1/32
13[IKE] 203.0.113.9 is initiating an IKE_SA
13[IKE] deleting IKE_SA ios[13] between 192.0.2.9[gw]...203.0.113.9[10.0.0.5]
13[IKE] IKE_SA deleted`, "", "responder", "began a new IKE SA|whether the new one came up", ""},
		{"a new IKE SA that comes up", `14[IKE] 203.0.113.9 is initiating an IKE_SA
15[IKE] IKE_SA ios[13] established between 192.0.2.9[gw]...203.0.113.9[10.0.0.5]
13[IKE] 203.0.113.9 is initiating an IKE_SA
13[IKE] deleting IKE_SA ios[13] between 192.0.2.9[gw]...203.0.113.9[10.0.0.5]
13[IKE] IKE_SA ios[14] established between 192.0.2.9[gw]...203.0.113.9[10.0.0.5]
13[IKE] CHILD_SA ios{21} established with SPIs 5c12d762_i 0e37ed89_o and TS 0.0.0.0/0 === 10.31.2.1/32`, "", "responder", "nothing in the log shows that it failed", "whether the new one"},
		// IOS-XE, debug crypto ikev2
		{"an answer outside the window", `IKEv2-ERROR:(SESSION ID = 1,SA ID = 5):Response is outside of window received 0x1, expect 0x2 <= mess_id < 0x2
IKEv2-INTERNAL:(SESSION ID = 1,SA ID = 5):SM Trace-> SA: I_SPI=A47449A2BD1AE71A R_SPI=5A1E2DF2291B6E9D (I) MsgID = 1 CurState: I_WAIT_AUTH Event: EV_RE_XMT
IKEv2:(SESSION ID = 1,SA ID = 5):Retransmitting packet`, "mid-window", "initiator", "0x1|0x2", ""},
		{"an answer that came twice", `IKEv2:(SESSION ID = 1,SA ID = 5):Retransmitting packet
IKEv2:(SESSION ID = 1,SA ID = 5):IKEV2 SA created; inserting SA into database. SA lifetime timer (86400 sec) started
IKEv2-ERROR:(SESSION ID = 1,SA ID = 5):Response is outside of window received 0x1, expect 0x2 <= mess_id < 0x2`, "", "", "", "dropped"},
		{"IKE that is off", `%CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is OFF`, "isakmp-off", "", "switched off", ""},
		// FortiOS, log message reference, 0101037138
		{"a tunnel that went down", `date=2026-11-03 time=09:00:35 devname="fw" logid="0101037138" type="event" subtype="vpn" action="tunnel-down" msg="IPsec connection status change" remip=203.0.113.9 vpntunnel="hq" duration=35 sentbyte=0 rcvdbyte=0`, "", "", "up for 35 seconds, in which no octet passed", "lacks times"},
		{"a tunnel that came up again", `date=2026-11-03 time=09:00:35 devname="fw" logid="0101037138" type="event" subtype="vpn" action="tunnel-down" msg="IPsec connection status change" remip=203.0.113.9 vpntunnel="hq" duration=3500 sentbyte=10 rcvdbyte=9
date=2026-11-03 time=09:00:39 devname="fw" logid="0101037138" type="event" subtype="vpn" action="tunnel-up" msg="IPsec connection status change" remip=203.0.113.9 vpntunnel="hq" duration=0 sentbyte=0 rcvdbyte=0`, "", "", "the connection came up", "went down"},
		{"no configuration of phase 1", `date=2026-11-03 time=09:00:35 devname="fw" logid="0101037124" type="event" subtype="vpn" action="negotiate" msg="IPsec phase 1 error" status="negotiate_error" reason="no matching gateway for new request" remip=203.0.113.9`, "no-gateway", "responder", "its address, its ID", "matches the addresses"},
	})
}
