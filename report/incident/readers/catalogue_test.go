package readers

import "testing"

// What the daemons' own messages say of why something failed, in the words of their
// sources, and no more than that: strongSwan's plugins and libtls, libreswan's
// ikev1_xauth.c, ikev2_psk.c and state.c, racoon's proposal.c.
func TestMessagesOfDaemons(t *testing.T) {
	saySo(t, []said{
		{"TLS suites are not those of IKE", "14[TLS] no supported TLS cipher suite available", "tls-suite", "", "inside EAP", "IKE proposal"},
		{"a passphrase is not a pre-shared key", "00[ASN]   invalid passphrase", "own-key", "", "passphrase", "pre-shared"},
		{"a key that FIPS finds short", `"office" #1: FIPS: authentication failed: 'office' PSK length of 8 bytes is too short for PRF HMAC_SHA2_256 in FIPS mode (16 bytes required)`,
			"fips-psk", "", "8 octets, at least 16", "the pre-shared keys differ"},
		{"a warning about it is none", `"office" #1: responding to Main Mode
"office" #1: WARNING: connection office PSK length of 8 bytes is too short for HMAC_SHA2_256 PRF in FIPS mode (16 bytes required)`, "", "responder", "", "FIPS mode requires"},
		{"XAUTH that the client does not do", `"office"[1] 203.0.113.9 #1: Cannot do Quick Mode until XAUTH done.`, "xauth-skipped", "responder", "not set to XAUTH", ""},
		{"a proposal that is none", `13[CFG] received stroke: add connection 'office'
13[CFG] a PRF algorithm is mandatory in IKE proposals
13[CFG] skipped invalid proposal string: aes256gcm16-aes256gmac-modp4096
08[CFG] no config named 'office'`, "own-proposal", "initiator", "aes256gcm16-aes256gmac-modp4096|prfsha256", ""},
		{"nothing through L2TP", `pluto[77]: "l2tp-psk"[7] 203.0.113.9 #30: STATE_QUICK_R2: IPsec SA established transport mode {ESP/NAT=>0x1 <0x2 xfrm=AES_CBC_256-HMAC_SHA1_96 DPD=active}
pluto[77]: "l2tp-psk"[7] 203.0.113.9 #27: received Delete SA(0xf2cdd2ca) payload: deleting IPSEC State #29
pluto[77]: "l2tp-psk"[7] 203.0.113.9 #29: ESP traffic information: in=0B out=0B`, "l2tp-nothing", "responder", "nothing of the client came through it", "proposal"},
		{"a client that begins anew", `pluto[77]: "cp"[1] 203.0.113.9 #1: proposal 1:IKE=AES_CBC_256-HMAC_SHA2_256-MODP2048 chosen from remote proposals 1:IKE:ENCR=AES_CBC_256;PRF=HMAC_SHA2_256;DH=MODP2048[first-match]
pluto[77]: "cp"[1] 203.0.113.9 #1: sent IKE_SA_INIT reply {cipher=AES_CBC_256 integ=HMAC_SHA2_256_128 prf=HMAC_SHA2_256 group=MODP2048}
pluto[77]: "cp"[1] 203.0.113.9 #2: proposal 1:IKE=AES_CBC_256-HMAC_SHA2_256-MODP2048 chosen from remote proposals 1:IKE:ENCR=AES_CBC_256;PRF=HMAC_SHA2_256;DH=MODP2048[first-match]
pluto[77]: "cp"[1] 203.0.113.9 #2: sent IKE_SA_INIT reply {cipher=AES_CBC_256 integ=HMAC_SHA2_256_128 prf=HMAC_SHA2_256 group=MODP2048}`, "half-open", "responder", "never arrived", ""},
		{"PPP above it, before charon's first line", `Jun 13 09:45:22 lap pppd[9559]: Plugin pppol2tp.so loaded.
Jun 13 09:45:30 lap pppd[9559]: MS-CHAPv2 Success packet is badly formed.
Jun 13 09:45:30 lap charon[9523]: 14[KNL] interface ppp0 deleted`, "ppp-login", "", "badly formed", "IKE proposal"},
		{"PPP without an address", "Jul 19 15:42:17 gw xl2tpd[12]: Call established with 203.0.113.9\nJul 19 15:43:17 gw pppd[15]: LCP terminated by peer (No network protocols running)", "ppp-address", "", "chap-secrets", "refuse-chap"},
		{"PPP's own encryption", "Nov 30 10:00:01 gw xl2tpd[12]: Call established with 203.0.113.9\nNov 30 10:00:02 gw pppd[15]: LCP terminated by peer (MPPE required but peer negotiation failed)", "ppp-mppe", "", "nomppe", "refuse-chap"},
		{"a login of PPP, of no product", "Nov 30 10:00:01 gw xl2tpd[12]: Call established with 203.0.113.9\nNov 30 10:00:02 gw pppd[15]: CHAP authentication failed: Access denied", "ppp-login", "", "Access denied", "FortiGate"},
		{"isakmpd", "Nov 30 10:00:01 gw isakmpd[5]: attribute_unacceptable: HASH_ALGORITHM: got SHA, expected MD5", "ike-proposal", "", "got SHA, expected MD5", ""},
		{"vpnc", "vpnc: can't initialise tunnel interface: Operation not permitted", "tun-none", "", "Operation not permitted", ""},
		{"the length of a key", `ISAKMP: (0): received packet from 203.0.113.9 dport 500 sport 500 Global (N)
ISAKMP-ERROR: (0): Proposed key length does not match policy
ISAKMP-ERROR: (0): no offers accepted!`, "ike-proposal", "responder", "key length", "crypto ikev2"},
		{"commands of the system that the log is of", "Nov 30 2026 10:00:01 fw : %ASA-5-713068: Group = 203.0.113.9, IP = 203.0.113.9, Received non-routine Notify message: Invalid hash info (23)",
			"psk-mismatch", "", "tunnel-group", "crypto ikev2 keyring"},
		{"a user name that is not known yet", "%ASA-3-751018: Local:192.0.2.9:500 Remote:203.0.113.9:500 Username:Unknown IKEv2 Terminating the VPN connection attempt from attribute list. Reason: no group policy",
			"own-config", "responder", "no group policy", "matches the addresses"},
		{"who refused", `Nov 30 10:00:01 gw CP-GW - Log [Action:"Key Install"; peer gateway:"203.0.113.9"; IKE:"Auth exchange: Sending notification to peer: Authentication failed"]`,
			"auth-failed", "", "authentication failed", "the client refuses"},
		{"a reason that a line gives", "Nov 30 10:00:01 rtr %%01IKE/4/IKE_NEGO_FAIL(l)[1]:IPSec tunnel negotiation fails. (PeerAddress=203.0.113.9, Reason=flow mismatch)", "traffic-selectors", "", "networks", "phase 2 (the Child SA)"},
		{"tags of another program", `2025-04-25T03:11:15Z [INFO][N3IWF][CFG] Read config from [./config/n3iwfcfg.yaml]
2025-04-25T03:11:15Z [ERRO][N3IWF][Main] Setup XFRM interface xfrmi-default fail: operation not supported`, "ipsec-interface", "", "xfrmi-default", "strongSwan"},
		{"a test setting", `"west" #1: initiator established IKE SA; authenticated peer using authby=secret and ID_FQDN '@east'
"west" #2: IMPAIR: kernel: install_ipsec_sa_outbound_state in setup_half_kernel_state()
"west" #2: CHILD SA encountered fatal error: INVALID_SYNTAX`, "impaired", "initiator", "impair none", ""},
		{"a first packet that could not be sent", `12[IKE] initiating IKE_SA office[1] to 203.0.113.9
12[NET] sending packet: from 192.0.2.9[500] to 203.0.113.9[500] (296 bytes)
03[NET] error writing to socket: Invalid argument
06[IKE] retransmit 1 of request with message ID 0
12[NET] received packet: from 203.0.113.9[500] to 192.0.2.9[500] (341 bytes)`, "", "initiator", "could not be sent at first (Invalid", ""},
	})
}

// TestTimesInSeconds: a time may be in seconds since 1970, or without marks in its date.
func TestTimesInSeconds(t *testing.T) {
	for _, log := range []string{
		"1578424549.931720602 appliance events Site-to-site VPN: initiate new phase 1 negotiation: 192.0.2.6[500]<=>203.0.113.9[500]\n1578424579.931720602 appliance events Site-to-site VPN: phase1 negotiation failed due to time up.",
		`20260420 12:47:35.514 TZ=+0200 [ipsecvpn:DEBG] log:120 ikev2_init_ike_sa: failed to initiate with peer 203.0.113.9`,
		"Source:        Microsoft-Windows-Security-Auditing\nDate:          11/30/2026 10:15:42 AM\nEvent ID:      6273\nAccount Name: lee\nReason Code: 22",
	} {
		if d, text := readAny(t, log); len(d.Stories) != 1 || !d.Stories[0].First.IsZero() && d.Stories[0].First.Minute() == 0 || contains(d.Notes, "times") {
			t.Errorf("%s:\n%s", log, text)
		}
	}
}

func contains(notes []string, word string) bool {
	for _, n := range notes {
		if n == "the log lacks "+word || len(n) > len("the log lacks "+word) && n[:len("the log lacks "+word)] == "the log lacks "+word {
			return true
		}
	}
	return false
}
