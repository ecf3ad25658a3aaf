package readers

import "testing"

// How pluto's SAs end, after libreswan's test suite (testing/pluto), each named after the
// test that shows the fault.
func TestPlutoEnds(t *testing.T) {
	saySo(t, []said{
		{"whack-down-01: a command ends a Child SA alone", `"office": initiating delete of connection's IPsec SA #2 using ISAKMP SA #1
"office": note: connection's ISAKMP SA #1 will remain up: in-use by "branch" #3
"office" #2: deleting IPsec SA (QUICK_I2) and sending notification using ISAKMP SA #1`, "", "", "ended from this side, by a command (for office)", ""},
		{"whack-down-04, with IKEv2", `"office": initiating delete of connection's Child SA #3 using IKE SA "branch" #1
"office" #3: sent INFORMATIONAL request to delete established Child SA using IKE SA #1`, "", "", "ended from this side, by a command (for office)", "nothing in the log shows"},
		{"whack-down-01: the IKE SA is of another connection", `"office": initiating delete of connection's IPsec SA #3 and ISAKMP SA #1
"office" #3: deleting IPsec SA (QUICK_I2) and sending notification using ISAKMP SA "branch" #1
"branch" #1: deleting ISAKMP SA (MAIN_I4) and sending notification`, "", "", "ended from this side, by a command (for office)", "why (a command"},
		{"ikev2-liveness-02: without a word to the other side", `"office": terminating SAs using this connection
IMPAIR: "office" #1: deleting IKE SA (established IKE SA)`, "", "", "ended from this side, by a command (for office)", ""},
		{"whack-add-01: before it was complete", `"office": terminating SAs using this connection
"office" #1: deleting IKE SA (sent IKE_SA_INIT request)`, "", "initiator", "IKE_SA_INIT was not completed|this side was told to end", "why, these lines"},
		{"crossing-streams-12: what pluto had done last", `"office" #2: deleting IKE SA (sent IKE_AUTH request)`, "", "initiator", "IKE_SA_INIT was answered, and IKE_AUTH was not completed|why, these lines do not show", ""},
		{"seccomp-03: a command does not tell who began", `"office"[1] 198.51.100.9: initiating delete of connection's IKE SA #1 (and Child SA #2)
"office"[1] 198.51.100.9 #1: sent INFORMATIONAL request to delete IKE SA`, "", "", "by a command", "the log of the responder"},
		{"ikev2-intermediate-10: the end of a rekeying", `"office" #3: initiating rekey to replace IKE SA #1 using IKE SA #1
"office" #3: sent CREATE_CHILD_SA request to rekey IKE SA #1 (using IKE SA #1)
"office" #3: initiator rekeyed IKE SA #1 {cipher=AES_GCM_16_256 integ=n/a prf=HMAC_SHA2_512 ke=DH19}
"office" #1: deleting IKE SA (ESTABLISHED_IKE_SA) and sending notification`, "", "", "the normal end of a rekeying", "why (a command"},
		{"and what ends the new one later counts", `"office" #3: initiator rekeyed IKE SA #1 {cipher=AES_GCM_16_256 integ=n/a prf=HMAC_SHA2_512 ke=DH19}
"office" #1: deleting IKE SA (ESTABLISHED_IKE_SA) and sending notification
"office" #3: deleting IKE SA (ESTABLISHED_IKE_SA) and sending notification`, "", "", "this side itself deletes the IKE SA office", "normal end of a rekeying"},
		{"ikev2-child-rekey-06: a rekeying is not answered", `"office" #4: sent CREATE_CHILD_SA request to rekey Child SA #3 using IKE SA #1 {ESP <0x1} [192.0.2.45/32===192.0.2.23/32]
"office" #1: ESTABLISHED_IKE_SA: 15 second timeout exceeded after 0 retransmits.  No response (or no acceptable response) to our IKEv2 message`, "child-unanswered", "", "the rekeying of Child SA #3", "asleep"},
		{"a Child SA that is not answered is none that is rekeyed", `"office" #4: sent CREATE_CHILD_SA request to rekey Child SA #3 using IKE SA #1 {ESP <0x1} [192.0.2.45/32===192.0.2.23/32]
"office" #4: initiator rekeyed Child SA #3 using #1; IPsec tunnel [192.0.2.45/32===192.0.2.23/32] {ESP/ESN=>0x1 <0x2 xfrm=AES_GCM_16_256 DPD=passive}
"office" #5: sent CREATE_CHILD_SA request to create Child SA using IKE SA #1 {ESP <0x1} [192.0.2.45/32===192.0.2.24/32]
"office" #1: ESTABLISHED_IKE_SA: 15 second timeout exceeded after 0 retransmits.  No response (or no acceptable response) to our IKEv2 message`, "child-unanswered", "", "the request for a Child SA", "rekeying of Child SA #3"},
		{"ikev2-07: an answer of another exchange", `"office" #1: sent IKE_AUTH request to 198.51.100.9:UDP/500 with shared-key-mac and FQDN '@office'
"office" #1: unexpected INFORMATIONAL response, expecting IKE_AUTH; message dropped
IMPAIR: "office" #1: retransmit so timing out SA (may retry)`, "exchange-unexpected", "initiator", "of another exchange, INFORMATIONAL|IKE_AUTH: it is dropped", "UDP 4500"},
		{"a request out of its turn is dropped, and does no harm", `"office" #1: initiating IKEv2 connection to 198.51.100.9 using UDP
"office" #1: unexpected CREATE_CHILD_SA request; message dropped`, "", "initiator", "no line shows that it failed", "another exchange"},
		{"impair-09: an answer without a Child SA", `"office" #1: initiator established IKE SA; authenticated peer using authby=secret and FQDN '@east'
"office" #2: IKE_AUTH response missing at least one of the Child SA payloads v2SA, v2TSi and v2TSr`, "child-missing", "initiator", "lacks payloads of the Child SA", "refuses"},
		{"ikev2-expire: the end of a Child SA", `"office" #2: initiator established Child SA using #1; IPsec tunnel [192.0.1.0/24===192.0.2.0/24] {ESP/ESN=>0x1 <0x2 xfrm=AES_GCM_16_256 DPD=passive}
"office" #2: received hard EXPIRE for outbound SPI 0x12345678 bytes 1100 packets 13 rekey=no`, "", "initiator", "reached its limit (1100 octets, 13 packets)", ""},
		{"x509-cert-08: the certificate, before anything is sent", `"office": WARNING: groundhog left certificate 'west-expired' has expired`, "groundhog", "", "west-expired", "no line"},
		{"newoe-30: what a script says of itself", `: expired-sa EXPECT NO FAILURE STATES
 ipsec addconn --name cert-missing-chain leftcert=west right=192.0.2.23
"office" #1: initiator established IKE SA; authenticated peer using authby=secret and FQDN '@east'
"office" #2: initiator established Child SA using #1; IPsec tunnel [192.0.1.0/24===192.0.2.0/24] {ESP/ESN=>0x1 <0x2 xfrm=AES_GCM_16_256 DPD=passive}
: expired-sa TRY FAILURE PING`, "", "initiator", "the connection came up, and nothing", "trusted CA|kernel"},
	})
}
