package readers

import "testing"

// What was asked for and not got, what cannot be computed or signed here, and ends that
// are none of a failure: pluto after libreswan's testing/pluto, charon after its sources.
func TestRequests(t *testing.T) {
	saySo(t, []said{
		{"ikev2-child-ipsec-retransmit: another connection's IKE SA", `"b" #3: initiating Child SA using IKE SA #1
"b" #3: sent CREATE_CHILD_SA request to create Child SA using IKE SA #1 {ESP <0xESPESP} [192.0.100.0/24===192.0.200.0/24]
IMPAIR: "a" #1: retransmit so timing out SA (may retry)`, "child-unanswered", "", "request for a Child SA (CREATE_CHILD_SA)", "UDP 4500"},
		{"a Child SA that came up, and a silent peer later", `"a" #1: initiator established IKE SA; authenticated peer using authby=secret and FQDN '@east'
"a" #3: initiating Child SA using IKE SA #1
"a" #3: initiator established Child SA using #1; IPsec tunnel [192.0.1.0/24===192.0.2.0/24] {ESP/ESN=>0x1 <0x2 xfrm=AES_GCM_16_256 DPD=passive}
"a" #1: ESTABLISHED_IKE_SA: 60 second timeout exceeded after 7 retransmits.  No response (or no acceptable response) to our IKEv2 message`, "liveness", "initiator", "no longer answers", "request for a Child SA"},
		{"addresspool-4in4-exhausted: an address was asked for", `"road" #1: ISAKMP SA established {auth=PRESHARED_KEY cipher=AES_CBC_256 integ=HMAC_SHA2_256 group=MODP2048}
"road" #1: modecfg: Sending IP request (MODECFG_I1)
"road" #1: received Delete SA payload: self-deleting ISAKMP State #1`, "modecfg-refused", "initiator", "asked for an address (Mode Config)", "nothing failed"},
		{"Mode Config of charon", `10[IKE] IKE_SA home[1] established between 192.0.2.1[lee]...198.51.100.2[gw]
10[ENC] generating TRANSACTION request 2212441823 [ HASH CPRQ(ADDR DNS) ]
11[ENC] parsed INFORMATIONAL_V1 request 1380277626 [ HASH D ]
11[IKE] received DELETE for IKE_SA home[1]`, "modecfg-refused", "initiator", "asked for an address (Mode Config)", "nothing failed"},
		{"ikev1-impair-05: no shared secret, and no secret in it", `"west" #1: initiating IKEv1 Main Mode connection
"west" #1: sent Main Mode I2
"west" #1: NSS: shared key calculation using MODP failed: SEC_ERROR_NO_MEMORY: security library: memory allocation failure.
"west" #1: sending notification INVALID_KEY_INFORMATION to 192.1.2.23:500`, "dh-failed", "initiator", "Diffie-Hellman|SEC_ERROR_NO_MEMORY", "pre-shared"},
		{"ikev2-auth-mismatch-bug: a key of another type", `"west" #1: processed IKE_SA_INIT response from 192.1.2.23:UDP/500 {cipher=AES_GCM_16_256 integ=n/a prf=HMAC_SHA2_512 ke=DH19}, initiating IKE_AUTH
"west" #1: private key matching certificate west has type ECDSA but RSA is needed`, "own-key-type", "initiator", "ECDSA instead of RSA", "no line shows"},
		{"ikev2-unknown-payload: by the general notify too", `"west" #1: IKE SA authentication request rejected by peer: UNSUPPORTED_CRITICAL_PAYLOAD`, "critical-refused", "initiator", "marked critical", ""},
		{"ikev2-invalid-ke-07: another group for the Child SA", `"west" #3: CREATE_CHILD_SA failed with error notification INVALID_KE_PAYLOAD response suggesting MODP4096 instead of MODP8192`, "child-group", "initiator", "MODP4096 instead of MODP8192", "networks"},
		{"whack-delete-01: told to end what came up before", `"a": terminating SAs using this connection
"a" #1: deleting IKE SA (ESTABLISHED_IKE_SA) and sending notification
"a" #2: ESP traffic information: in=84B out=84B`, "", "", "came up; this connection was ended from this side", "does not show"},
		{"a lost interface is not an end by a command", `shutting down interface eth3 192.1.3.3:500
"a": terminating SAs using this connection
"a" #1: deleting IKE SA (ESTABLISHED_IKE_SA) and sending notification`, "", "", "this side itself deletes", "by a command (for"},
		{"ikev2-impair-04: a spoilt copy after the end", `"a" #1: initiator established IKE SA; authenticated peer using authby=secret and FQDN '@east'
"a" #2: initiator established Child SA using #1; IPsec tunnel [192.0.1.0/24===192.0.2.0/24] {ESP/ESN=>0x1 <0x2 xfrm=AES_GCM_16_256 DPD=passive}
"a": initiating delete of connection's IKE SA #1 (and Child SA #2)
"a" #1: encrypted payload seems to be corrupt; dropping packet
"a" #1: deleting IKE SA (established IKE SA)`, "", "initiator", "ended from this side", "fails to decrypt"},
		{"the old IKE SA of a rekeying", `08[IKE] <office|1> IKE_SA office[1] established between 192.0.2.1[gw]...198.51.100.2[peer]
08[IKE] <office|1> IKE_SA office[2] rekeyed between 192.0.2.1[gw]...198.51.100.2[peer]
09[IKE] <office|1> received DELETE for IKE_SA office[1]
09[IKE] <office|1> IKE_SA deleted`, "", "", "normal end of a rekeying", "other side ended"},
		{"the new one", `08[IKE] <office|1> IKE_SA office[1] established between 192.0.2.1[gw]...198.51.100.2[peer]
08[IKE] <office|1> IKE_SA office[2] rekeyed between 192.0.2.1[gw]...198.51.100.2[peer]
09[IKE] <office|2> received DELETE for IKE_SA office[2]
09[IKE] <office|2> IKE_SA deleted`, "", "", "the other side ended it", "normal end"},
		{"keys apart after phase 1", `07[IKE] <office|1> IKE_SA office[1] established between 192.0.2.1[gw]...198.51.100.2[peer]
08[ENC] <office|1> invalid HASH_V1 payload length, decryption failed?
08[ENC] <office|1> could not decrypt payloads`, "keys-apart", "", "another IKE SA than the other", ""},
		{"an offer of DHCP that charon has", `Nov 30 10:00:00 gw charon: 09[CFG] sending DHCP DISCOVER for 7a:a7:00:00:00:01 to 192.0.2.1
Nov 30 10:00:00 gw dnsmasq-dhcp[1]: DHCPOFFER(lan) 192.0.2.9 7a:a7:00:00:00:01
Nov 30 10:00:00 gw charon: 09[CFG] received DHCP OFFER 192.0.2.9 from 192.0.2.1
Nov 30 10:00:09 gw charon: 09[CFG] DHCP REQUEST timed out`, "dhcp-silent", "responder", "REQUEST", "makes an offer"},
		{"an offer of DHCP that it has not", `Nov 30 10:00:00 gw charon: 09[CFG] sending DHCP DISCOVER for 7a:a7:00:00:00:01 to 192.0.2.1
Nov 30 10:00:03 gw charon: 09[CFG] sending DHCP DISCOVER for 7a:a7:00:00:00:01 to 192.0.2.1
Nov 30 10:00:03 gw dnsmasq-dhcp[1]: DHCPOFFER(lan) 192.0.2.9 7a:a7:00:00:00:01`, "dhcp-offer-lost", "responder", "makes an offer", "does not answer"},
		{"Main Mode goes on from UDP 4500 of another port", `08[NET] received packet: from 10.1.1.1[36312] to 10.1.1.84[500] (756 bytes)
08[ENC] parsed ID_PROT request 0 [ SA V V V V ]
08[IKE] 10.1.1.1 is initiating a Main Mode IKE_SA
05[NET] received packet: from 10.1.1.1[36312] to 10.1.1.84[500] (228 bytes)
05[ENC] parsed ID_PROT request 0 [ KE No NAT-D NAT-D ]
09[NET] received packet: from 10.1.1.1[40011] to 10.1.1.84[4500] (92 bytes)
09[ENC] parsed ID_PROT request 0 [ ID HASH ]
12[IKE] IKE_SA roadw[1] established between 10.1.1.84[home]...10.1.1.1[100.106.113.62]`, "", "responder", "the IKE SA came up", "2 attempts"},
	})
}
