package readers_test

import "testing"

// TestBeside: what a daemon says of itself, of its kernel and of what runs above or
// beside IPsec is told as a cause, and as one that is not of IKE.
func TestBeside(t *testing.T) {
	for _, c := range []struct{ name, log, want string }{
		{"a second policy", `09[CFG] selected proposal: ESP:AES_GCM_16_256/NO_EXT_SEQ
09[KNL] unable to install policy 10.1.0.0/16 === 10.2.0.0/16 out for reqid 3, the same policy for reqid 2 exists
09[IKE] unable to install IPsec policies (SPD) in kernel
09[IKE] failed to establish CHILD_SA, keeping IKE_SA`, "policy-taken"},
		{"a driver that does not offload", `09[KNL] received netlink error: nic_core: Device failed to offload this state (22)
09[KNL] unable to add SAD entry with SPI c0ffee01 (FAILED)
09[IKE] unable to install outbound IPsec SA (SAD) in kernel`, "kernel-offload"},
		{"a crash of the daemon", `Nov  3 08:00:00 gw charon: 07[DMN] thread 7 received 11
Nov  3 08:00:00 gw charon: 07[LIB] no support for capturing backtraces
Nov  3 08:00:00 gw charon: 07[DMN] killing ourself, received critical signal`, "daemon-crash"},
		{"a crash of the kernel", `Nov  3 08:00:00 gw charon: 09[KNL] NAT mappings of CHILD_SA ESP/0xc0ffee01/192.0.2.9 changed to 203.0.113.9[4500], queuing update job
Nov  3 08:00:00 gw charon: 09[JOB] CHILD_SA ESP/0xc0ffee01/192.0.2.9 not found for update
Nov  3 08:00:00 gw kernel: [   60.000000] Unable to handle kernel NULL pointer dereference at virtual address 00000008`, "kernel-crash"},
		{"a crash that systemd tells", `Nov  3 08:00:00 gw pluto[15]: "west" #1: initiating IKEv2 connection to 203.0.113.9 using UDP
Nov  3 08:00:01 gw systemd[1]: ipsec.service: Main process exited, code=dumped, status=6/ABRT`, "daemon-crash"},
		{"another service that ends", `Nov  3 08:00:00 gw pluto[15]: "west" #1: initiating IKEv2 connection to 203.0.113.9 using UDP
Nov  3 08:00:01 gw systemd[1]: nginx.service: Main process exited, code=dumped, status=6/ABRT`, ""},
		{"a second daemon", `Nov  3 08:00:00 gw charon: 00[DMN] Starting IKE charon daemon (strongSwan 5.9.14, Linux 6.1.0, x86_64)
Nov  3 08:00:00 gw charon: 00[DMN] charon already running ("/var/run/charon.pid" exists)`, "daemon-twice"},
		{"no range for DHCP", `Nov  3 08:00:00 gw charon: 05[CFG] sending DHCP DISCOVER for 7a:a7:00:00:00:01 to 255.255.255.255
Nov  3 08:00:00 gw dnsmasq-dhcp[12]: no address range available for DHCP request via eth1`, "dhcp-range"},
		{"no answer of DHCP", `Nov  3 08:00:00 gw charon: 05[CFG] sending DHCP DISCOVER for 7a:a7:00:00:00:01 to 255.255.255.255
Nov  3 08:00:01 gw charon: 05[CFG] sending DHCP DISCOVER for 7a:a7:00:00:00:01 to 255.255.255.255`, "dhcp-silent"},
		{"an answer of DHCP", `Nov  3 08:00:00 gw charon: 05[CFG] sending DHCP DISCOVER for 7a:a7:00:00:00:01 to 255.255.255.255
Nov  3 08:00:01 gw charon: 05[CFG] sending DHCP DISCOVER for 7a:a7:00:00:00:01 to 255.255.255.255
Nov  3 08:00:01 gw charon: 05[CFG] received DHCP OFFER 10.1.0.9 from 10.1.0.1`, ""},
		{"the DNS server of the tunnel", `Nov  3 08:00:00 pc charon: 06[IKE] installing DNS server 10.1.0.53 via resolvconf
Nov  3 08:00:00 pc charon: 06[IKE] adding DNS server failed`, "dns-settings"},
		{"a name that is not set", `17[LIB] resolving '(null)' failed: Name or service not known
15[IKE] initiating Main Mode IKE_SA office[1] to 203.0.113.9
15[ENC] generating ID_PROT request 0 [ SA V V V V V ]
16[ENC] parsed ID_PROT response 0 [ SA V V V ]`, ""},
		{"another connection takes EAP", `06[CFG] selected peer config 'certs'
06[IKE] peer requested EAP, config unacceptable
06[CFG] switching to peer config 'eap'
06[IKE] initiating EAP_IDENTITY method (id 0x00)`, ""},
		{"no connection takes EAP", `06[CFG] selected peer config 'certs'
06[IKE] peer requested EAP, config unacceptable
06[CFG] no alternative config found
06[ENC] generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]`, "eap-wanted"},
		{"a write without the name of its connection", `06[NET] <gw|1> sending packet: from 192.0.2.9[500] to 203.0.113.9[500] (464 bytes)
04[NET] error writing to socket: Invalid argument
07[IKE] <gw|1> retransmit 1 of request with message ID 0
07[NET] <gw|1> sending packet: from 192.0.2.9[500] to 203.0.113.9[500] (464 bytes)`, "send-failed"},
		{"packets on lo", `002 "west" #1: initiating Main Mode
003 ERROR: "west" #1: sendto on lo to 203.0.113.9:500 failed in main_outI1. Errno 22: Invalid argument
010 "west" #1: STATE_MAIN_I1: retransmission; will wait 0.5 seconds for response`, "send-loopback"},
		{"a loop of redirects", `"west" #3: sent IKE_AUTH request to 203.0.113.9:UDP/500 with shared-key-mac and FQDN '@west'; Child SA #4 {ESP <0x12345678} [10.1.0.0/16===10.2.0.0/16]
"west" #3: initiator established IKE SA; authenticated peer using authby=secret and FQDN '@east'
"west" #3: IKE_AUTH redirect exceeds limit; assuming redirect loop
"west" #3: deleting IKE SA (established IKE SA)`, "redirect-loop"},
		{"a ping that follows", `"west" #1: sent IKE_AUTH request to 203.0.113.9:UDP/500 with shared-key-mac and FQDN '@west'; Child SA #2 {ESP <0x12345678} [10.9.0.1/32===10.2.0.0/16]
"west" #2: IKE_AUTH response rejected Child SA with INTERNAL_ADDRESS_FAILURE
bind: Cannot assign requested address`, "no-address"},
		{"a transform among others", `Nov  3 08:00:00 gw pluto[15]: "phones"[1] 203.0.113.9 #1: responding to Main Mode from unknown peer 203.0.113.9
Nov  3 08:00:00 gw pluto[15]: "phones"[1] 203.0.113.9 #1: Oakley Transform [OAKLEY_AES_CBC (256), OAKLEY_SHA2_256, OAKLEY_GROUP_MODP2048] refused
Nov  3 08:00:00 gw pluto[15]: "phones"[1] 203.0.113.9 #1: STATE_MAIN_R1: sent MR1, expecting MI2`, ""},
		{"a fault of pluto at rekeying", `Nov  3 08:00:00 gw pluto[15]: "west" #3: initiating rekey to replace Child SA #2 using IKE SA #1
Nov  3 08:00:00 gw pluto[15]: EXPECTATION FAILED: "west" #3: c->child.spds != NULL (in process_v2TS_response_payloads() at ikev2_ts.c:1)`, "daemon-bug"},
		{"L2TP that the server closed", `Nov  3 08:00:00 pc pluto[15]: "l2tp" #2: STATE_QUICK_I2: sent QI2, IPsec SA established transport mode {ESP=>0xc0ffee01 <0xc0ffee02}
Nov  3 08:00:01 pc xl2tpd[22]: Connection established to 203.0.113.9, 1701.  Local: 5, Remote: 6 (ref=0/0).
Nov  3 08:00:05 pc xl2tpd[22]: Connection 6 closed to 203.0.113.9, port 1701 (Server closing)`, "l2tp-closed"},
		{"PPP inside L2TP", `Nov  3 08:00:00 pc pluto[15]: "l2tp" #2: STATE_QUICK_I2: sent QI2, IPsec SA established transport mode {ESP=>0xc0ffee01 <0xc0ffee02}
Nov  3 08:00:01 pc xl2tpd[22]: Call established with 203.0.113.9, Local: 5, Remote: 6, Serial: 1 (ref=0/0)
Nov  3 08:00:05 pc pppd[23]: CHAP authentication failed: Access denied`, "ppp-login"},
		{"PPP of another connection", `Nov  3 08:00:00 pc pluto[15]: "office" #2: STATE_QUICK_I2: sent QI2, IPsec SA established tunnel mode {ESP=>0xc0ffee01 <0xc0ffee02}
Nov  3 08:00:01 pc pppd[23]: Plugin rp-pppoe.so loaded.
Nov  3 08:00:05 pc pppd[23]: CHAP authentication failed: Access denied`, ""},
		{"transport mode that ends soon", `Nov  3 08:00:00 gw pluto[15]: "phones"[1] 203.0.113.9 #2: STATE_QUICK_R2: IPsec SA established transport mode {ESP=>0xc0ffee01 <0xc0ffee02}
Nov  3 08:00:20 gw pluto[15]: "phones"[1] 203.0.113.9 #1: received Delete SA(0xc0ffee01) payload: deleting IPSEC State #2`, "l2tp-unfinished"},
		{"transport mode that served", `Nov  3 08:00:00 gw pluto[15]: "phones"[1] 203.0.113.9 #2: STATE_QUICK_R2: IPsec SA established transport mode {ESP=>0xc0ffee01 <0xc0ffee02}
Nov  3 09:00:20 gw pluto[15]: "phones"[1] 203.0.113.9 #1: received Delete SA(0xc0ffee01) payload: deleting IPSEC State #2`, ""},
		{"ESP without its SA", `%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has invalid spi for destaddr=192.0.2.9, prot=50, spi=0x1234567(19088743), srcaddr=203.0.113.9`, "esp-stale"},
		{"ESP of another SA", `%ASA-4-402116: IPSEC: Received an ESP packet (SPI= 0x12345678, sequence number= 0x1) from 203.0.113.9 (user= 203.0.113.9) to 192.0.2.9.  The decapsulated inner packet doesn't match the negotiated policy in the SA.`, "esp-selectors"},
		{"PFS on one side", `Nov  3 08:00:00 gw charon: 13[IKE] <gw|7> no acceptable proposal found
Nov  3 08:00:00 gw charon: 13[CFG] <gw|7> received proposals: ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ, ESP:AES_GCM_16_128/NO_EXT_SEQ
Nov  3 08:00:00 gw charon: 13[CFG] <gw|7> configured proposals: ESP:AES_GCM_16_128/MODP_2048/NO_EXT_SEQ
Nov  3 08:00:00 gw charon: 13[ENC] <gw|7> generating CREATE_CHILD_SA response 14 [ N(NO_PROP) ]`, "child-pfs"},
		{"PFS on one side, and another address after it", `Nov  3 08:00:00 gw charon: 13[CFG] <gw|7> received proposals: ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ
Nov  3 08:00:00 gw charon: 13[CFG] <gw|7> configured proposals: ESP:AES_CBC_256/HMAC_SHA2_256_128/MODP_2048/NO_EXT_SEQ
Nov  3 08:00:00 gw charon: 13[IKE] <gw|7> no acceptable proposal found
Nov  3 08:00:00 gw charon: 13[ENC] <gw|7> generating CREATE_CHILD_SA response 14 [ N(NO_PROP) ]
Nov  3 08:00:01 gw charon: 05[IKE] <gw|7> sending address list update using MOBIKE`, "child-pfs"},
		{"a note of IOS", `%CRYPTO-6-IKMP_NO_ID_CERT_ADDR_MATCH: (NOT ERROR BUT WARNING ONLY)ID of 192.0.2.9 (type 1) and certificate addr with 203.0.113.9`, ""},
	} {
		if got := causes(t, c.log); got != c.want {
			t.Errorf("%s: it is %q, want %q", c.name, got, c.want)
		}
	}
}
