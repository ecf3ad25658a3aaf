package readers

import "testing"

// Logs of pluto after those of libreswan's test suite (testing/pluto), each named after
// the test that shows the fault.
func TestPluto(t *testing.T) {
	saySo(t, []said{
		{"basic-pluto-13: a listing of settings is not a failure", `"office" #2: initiator established Child SA using #1; IPsec tunnel [192.0.1.0/24===192.0.2.0/24] {ESP/ESN=>0x1 <0x2 xfrm=AES_GCM_16_256 DPD=passive}
"office":   cisco-split: no; cisco-unity: no; cisco-peer: no; nm-configured: no;
"office":   retransmit-interval: 9999ms; retransmit-timeout: 99s; iketcp:no; iketcp-port:4500;
"office":   policy: IKEv2+PSK+ENCRYPT+TUNNEL+PFS+IKE_FRAG_ALLOW;
IMPAIR: packet from 198.51.100.9:500: blocking inbound message 1`, "", "initiator", "the connection came up, and nothing", "no connection matches|reads like a failure"},
		{"nss-cert-ocsp-02: how it was loaded tells the version", `"office": added oriented IKEv1 connection
"office" #1: NSS: ERROR: IPsec certificate CN=west invalid: SEC_ERROR_REVOKED_CERTIFICATE: Peer's Certificate has been revoked.`,
			"cert-revoked", "", "IKEv1", ""},
		{"ah-pluto-10: no answer in Quick Mode", `"office" #1: initiating IKEv1 Main Mode connection
"office" #1: ISAKMP SA established {auth=RSA_SIG cipher=AES_CBC_256 integ=HMAC_SHA2_256 group=MODP2048}
"office" #2: initiating Quick Mode IKEv1+RSASIG+AUTHENTICATE+TUNNEL+PFS+UP {using isakmp#1 msgid:c8f87ff6 proposal=HMAC_MD5_96 pfsgroup=MODP2048} 192.0.1.0/24===192.0.2.0/24
IMPAIR: "office" #2: retransmit so timing out SA (may retry)`, "child-proposal", "initiator", "(here MODP2048)", "MODP2048 192"},
		{"x509-pluto-frag-00: the first message was answered", `"office" #1: initiating IKEv1 Main Mode connection
"office" #1: sent Main Mode request
"office" #1: sent Main Mode I2
"office" #1: sent Main Mode I3
IMPAIR: "office" #1: retransmit so timing out SA (may retry)`, "silence-phase1", "initiator", "the first message of phase 1 was answered", ""},
		{"ikev1-xauth-35: networks, not the identity", `"office": added oriented IKEv1 connection
"office"[1] 198.51.100.9 #1: the peer proposed: 0.0.0.0/0===10.2.3.4/32
"office"[1] 198.51.100.9 #1: sending encrypted notification INVALID_ID_INFORMATION to 198.51.100.9:500`,
			"traffic-selectors", "responder", "networks", "pre-shared"},
		{"nss-cert-04: the certificate is refused by the notify of the identity", `"office" #1: initiating IKEv1 Main Mode connection
"office" #1: I am sending my cert
"office" #1: sent Main Mode I3
"office" #1: ignoring secured informational payload INVALID_ID_INFORMATION, msgid=00000000, length=12`,
			"id-refused", "initiator", "or it does not accept this client's certificate", ""},
		{"ikev1-impair-ke: before authentication no key has been used", `"office" #1: initiating IKEv1 Main Mode connection
"office" #1: sent Main Mode I2
"office" #1: ignoring unsecured informational payload INVALID_KEY_INFORMATION, length=12`, "ke-refused", "initiator", "key exchange", "keys differ"},
		{"an empty public value", `"office" #1: initiating IKEv1 Main Mode connection
"office" #1: sent Main Mode I2
"office" #1: responder IDPROT KE payload is 0 bytes; 256 required
"office" #1: sending notification INVALID_KEY_INFORMATION to 198.51.100.9:500`, "ke-length", "initiator", "0 octets", "pre-shared"},
		{"a compression that nobody asked for", `"office" #1: initiating IKEv2 connection to 198.51.100.9 using UDP
"office" #1: initiator established IKE SA; authenticated peer using authby=secret and FQDN '@east'
"office" #2: Unexpected IPCOMP request as our connection policy did not indicate support for it
"office" #1: response for Child SA #2 was rejected with NO_PROPOSAL_CHOSEN; initiating delete of Child SA (IKE SA will remain UP)`, "ipcomp-unasked", "initiator", "IP compression", "the gateway refuses"},
		{"a lease that another client holds", `"office"[1] 198.51.100.9 #1: responding to Main Mode from unknown peer 198.51.100.9:500
"office"[1] 198.51.100.9 #3: Quick Mode request rejected, peer requested lease of 192.0.2.101/32 but it is unavailable, lease is reserved by @north; deleting ISAKMP SA`,
			"lease-taken", "responder", "@north", "no Child SA is configured"},
		{"no answer before a later attempt that comes up", `"office" #1: sent IKE_SA_INIT request to 198.51.100.9:UDP/500
"office" #1: IKE_SA_INIT_I: 10 second timeout exceeded after 5 retransmits.  No response (or no acceptable response) to our first IKEv2 message
"office": initiating delete of connection's IKE SA #2 (and Child SA #3)
"office" #3: ESP traffic information: in=84B out=84B`, "silence", "initiator", "does not answer the first message", "was up, and the gateway no longer"},
		{"no answer in between", `"office" #1: initiating IKEv2 connection to 198.51.100.9 using UDP
"office" #2: initiator established Child SA using #1; IPsec tunnel [192.0.1.0/24===192.0.2.0/24] {ESP/ESN=>0x1 <0x2 xfrm=AES_GCM_16_256 DPD=active}
"office" #1: ESTABLISHED_IKE_SA: 10 second timeout exceeded after 0 retransmits.  No response (or no acceptable response) to our IKEv2 message
"office" #4: initiator established Child SA using #3; IPsec tunnel [192.0.1.0/24===192.0.2.0/24] {ESP/ESN=>0x3 <0x4 xfrm=AES_GCM_16_256 DPD=active}`,
			"", "initiator", "did not answer any more (line 3)", ""},
		{"a revival says nothing of an SA that was up", `"office"[1] 198.51.100.9: reviving connection which received Delete/Notify but must remain up per local policy (serial $2)
"office"[1] 198.51.100.9 #3: initiating IKEv2 connection to 198.51.100.9 using UDP
"office"[1] 198.51.100.9 #3: ignoring IKE_SA_INIT response containing NO_PROPOSAL_CHOSEN notification (Message ID 0; message payloads N, missing SA,KE,Ni)`,
			"ike-proposal", "initiator", "NO_PROPOSAL_CHOSEN", "was up"},
		{"an answer without the notify that joins it to the next", `"office" #2: initiator established Child SA using #1; IPsec tunnel [192.0.1.0/24===192.0.2.0/24] {ESP/ESN=>0x1 <0x2 xfrm=AES_GCM_16_256 DPD=passive}
"office" #4: missing ADDITIONAL_KEY_EXCHANGE notification`, "additional-ke-missing", "initiator", "ADDITIONAL_KEY_EXCHANGE", "nothing in the log"},
		{"nss-cert-chain-02: certificates, without a pre-shared key", `"office" #1: initiating IKEv1 Main Mode connection
"office" #1: I am sending my cert
"office" #1: sent Main Mode I3
"office" #1: ignoring secured informational payload INVALID_KEY_INFORMATION, msgid=00000000, length=12`,
			"key-refused", "initiator", "", "pre-shared keys differ"},
		{"ikev2-major-version-initiator: the notify is not always NO_PROPOSAL_CHOSEN", `"office" #1: initiating IKEv2 connection to 198.51.100.9 using UDP
"office" #1: ignoring IKE_SA_INIT response containing INVALID_MAJOR_VERSION notification (Message ID 0; message payloads N, missing SA,KE,Ni)`,
			"version", "initiator", "version of IKE", "NO_PROPOSAL_CHOSEN: it accepts"},
		{"x509-cert-08: the certificate is this side's own", `"office": WARNING: groundhog left certificate 'west-expired' has expired
"office" #1: initiating IKEv2 connection to 198.51.100.9 using UDP
"office" #1: IKE SA authentication request rejected by peer: AUTHENTICATION_FAILED`, "groundhog", "initiator", "west-expired", "the gateway's certificate is"},
		{"x509-cert-08, and no answer: what never sent the certificate is not due to it", `"office": WARNING: groundhog left certificate 'west-expired' has expired
"office" #1: initiating IKEv2 connection to 198.51.100.9 using UDP
"office" #1: sent IKE_SA_INIT request to 198.51.100.9:UDP/500
"office" #1: IKE_SA_INIT_I: 60 second timeout exceeded after 7 retransmits.  No response (or no acceptable response) to our first IKEv2 message`,
			"silence", "initiator", "does not answer the first message", "groundhog=yes|replace that certificate"},
		{"x509-cert-08, and no proposal in common", `"office": WARNING: groundhog left certificate 'west-expired' has expired
"office" #1: initiating IKEv2 connection to 198.51.100.9 using UDP
"office" #1: ignoring IKE_SA_INIT response containing NO_PROPOSAL_CHOSEN notification (Message ID 0; message payloads N, missing SA,KE,Ni)`,
			"ike-proposal", "initiator", "proposal", "groundhog=yes|replace that certificate"},
		{"x509-cert-08, in Main Mode", `"office": WARNING: groundhog left certificate 'west-expired' has expired
"office" #1: initiating IKEv1 Main Mode connection
"office" #1: I am sending my cert
"office" #1: sent Main Mode I3
"office" #1: ignoring secured informational payload INVALID_ID_INFORMATION, msgid=00000000, length=12`,
			"groundhog", "initiator", "west-expired", ""},
		{"x509-cert-08, and a certificate of the other side", `"office": WARNING: groundhog left certificate 'west-expired' has expired
"office" #1: initiating IKEv2 connection to 198.51.100.9 using UDP
"office" #1: X509: certificate payload rejected for this connection`, "cert-refused", "initiator", "this client does not accept", "groundhog=yes|replace that certificate"},
		{"crossing-streams-03: a delete that crossed another", `"office" #1: initiator established Child SA using #1; IPsec tunnel [192.0.1.0/24===192.0.2.0/24] {ESP/ESN=>0x1 <0x2 xfrm=AES_GCM_16_256 DPD=passive}
"office" #1: received delete request for ESP Child SA with outbound SPI 0x12345678; Child SA not found`, "", "initiator", "came up", "rekeying failed"},
		{"impair-install-ipsec-sa: this side refuses", `"office" #1: initiator established IKE SA; authenticated peer using authby=secret and FQDN '@east'
"office" #2: CHILD SA failed: TEMPORARY_FAILURE
"office" #1: IKE SA established but initiator rejected Child SA response`, "child-unusable", "initiator", "this client cannot set up the Child SA", "the gateway refuses"},
		{"whack-delete-04: transport mode without L2TP", `"office" #2: sent Quick Mode reply, inbound IPsec SA installed, expecting confirmation transport mode {ESP=>0x1 <0x2 xfrm=AES_CBC_128-HMAC_SHA1_96 DPD=passive}
"office" #2: deleting IPsec SA (QUICK_R1) and sending notification using ISAKMP SA #1
"office" #2: ESP traffic information: in=0B out=0B`, "", "responder", "", "L2TP"},
		{"ikev2-redirect-07: a redirect", `"office" #1: initiating IKEv2 connection to 198.51.100.9 using UDP
"office" #1: IKE_SA_INIT response redirects to new gateway 198.51.100.33
"office" #1: deleting IKE SA (sent IKE_SA_INIT request)`, "redirected", "initiator", "redirects this client to another, 198.51.100.33|nothing failed", ""},
		{"newoe-31: of a group, either side may begin", `"private-or-clear#192.0.2.0/24"[1] ...198.51.100.9 #1: deleting IKE SA (ESTABLISHED_IKE_SA) and sending notification
ERROR: "private-or-clear#192.0.2.0/24"[1] ...198.51.100.9 #1: send on eth1 from 203.0.113.9:500 to 198.51.100.9:500 using UDP failed in delete notification: Network is unreachable (errno 101)`,
			"path-lost", "", "Network is unreachable", "the log of the responder"},
		{"ikev2-selectors-46in6: what is asked for is not there", `"office": connection does not have an established IKE SA
"office" #1: IKE_SA_INIT_I: 60 second timeout exceeded after 7 retransmits.  No response (or no acceptable response) to our first IKEv2 message`,
			"silence", "initiator", "does not answer the first message", "came up"},
		{"ikev2-ondemand-04: the end came after what was not answered", `"office" #1: sent IKE_SA_INIT request to 198.51.100.9:UDP/500
"office" #1: IKE_SA_INIT_I: 10 second timeout exceeded after 5 retransmits.  No response (or no acceptable response) to our first IKEv2 message
"office": initiating delete of connection's IKE SA #2 (and Child SA #3)
"office" #2: sent INFORMATIONAL request to delete IKE SA`, "silence", "initiator", "does not answer the first message", "its DELETE"},
		{"ikev2-delete-05: ended by a command", `"office": initiating delete of connection's IKE SA #1 (and Child SA #2)
"office" #1: sent INFORMATIONAL request to delete IKE SA`, "", "", "ended from this side, by a command (for office)", ""},
	})
}

// What pluto says of a refusal, after ikev1_spdb_struct.c and ikev2_create_child_sa.c of
// libreswan.
func TestPlutoRefusals(t *testing.T) {
	saySo(t, []said{
		{"a transform is refused, and no key", `"office" #1: responding to Main Mode
"office" #1: OAKLEY proposal refused: contains unexpected integrity HMAC_MD5`, "ike-proposal", "responder", "no IKE proposal in common", "pre-shared"},
		{"phase 2 is refused while IKE is up", `"office" #3: CREATE_CHILD_SA failed with error notification NO_PROPOSAL_CHOSEN`, "child-proposal", "", "Child SA", ""},
	})
}
