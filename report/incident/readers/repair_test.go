package readers

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/incident"
)

// What a log has is in the lines to paste, what they let in is named, and nothing is
// proposed that is so by default.
func TestRepairs(t *testing.T) {
	saySo(t, []said{
		{"ESP without its SA says nothing of the version of IKE", `%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has invalid spi for destaddr=192.0.2.9, prot=50, spi=0x1234567(19088743), srcaddr=203.0.113.9, input interface=GigabitEthernet1`,
			"esp-stale", "", "clear crypto sa peer 203.0.113.9|for IKEv1 alone", "IKEv1:|Cisco, IKEv1"},
		{"nor does it where another line names that", `%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has invalid spi for destaddr=192.0.2.9, prot=50, spi=0x1234567(19088743), srcaddr=203.0.113.9
%IKEV2-3-NEG_ABORT: Negotiation aborted due to ERROR: There was no IPSEC policy found for received TS`,
			"traffic-selectors", "", "crypto map", "IKEv1"},
		{"ESP that is weaker", `05[CFG] <branch|1> received proposals: ESP:AES_CBC_256/HMAC_SHA1_96/NO_EXT_SEQ
05[CFG] <branch|1> configured proposals: ESP:AES_GCM_16_256/NO_EXT_SEQ, ESP:CHACHA20_POLY1305/NO_EXT_SEQ
05[IKE] <branch|1> no acceptable proposal found`, "child-proposal", "",
			"better, on the other side|let it offer aes256gcm16 or chacha20poly1305|esp_proposals = aes256gcm16, chacha20poly1305, aes256-sha1|WEAKER|AUTH_HMAC_SHA1_96", ""},
		{"of several offers the one that lets in the least", `05[CFG] <branch|1> received proposals: ESP:AES_CBC_128/HMAC_MD5_96/NO_EXT_SEQ, ESP:AES_GCM_16_256/NO_EXT_SEQ
05[CFG] <branch|1> configured proposals: ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ
05[IKE] <branch|1> no acceptable proposal found`, "child-proposal", "", "esp_proposals = aes256-sha256, aes256gcm16", "WEAKER|better,"},
		{"without PFS", `05[CFG] <branch|1> received proposals: ESP:AES_GCM_16_256/NO_EXT_SEQ
05[CFG] <branch|1> configured proposals: ESP:AES_GCM_16_256/ECP_384/NO_EXT_SEQ
05[IKE] <branch|1> no acceptable proposal found`, "child-pfs", "", "let it offer aes256gcm16-ecp384|WEAKER|rekeying without a key exchange", ""},
		{"the nearest of what is configured", `05[CFG] <1> received proposals: IKE:AES_CBC_256/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024
05[CFG] <1> configured proposals: IKE:AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_384, IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
05[IKE] <1> received proposals unacceptable`, "ike-proposal", "responder", "key exchange method: received MODP_1024, configured MODP_2048", "ECP_384\n|cipher:"},
		{"a client that asks for no ID, behind NAT", `05[CFG] <1> looking for peer configs matching 198.51.100.7[%any]...203.0.113.9[192.168.1.20]
05[CFG] <1> no matching peer config found`, "no-config", "responder", "it asks for none of the gateway's|remote {\n                 id = %any|it sends 192.168.1.20, its private address", "local {|own %any"},
		{"one that is not behind NAT", `05[CFG] <1> looking for peer configs matching 192.168.1.1[gw.example.com]...192.168.1.20[192.168.1.20]
05[CFG] <1> no matching peer config found`, "no-config", "responder", "local {\n                 id = gw.example.com|id = 192.168.1.20", "%any|private"},
		{"networks", `05[IKE] <branch|1> traffic selectors 10.1.0.0/16 10.3.0.0/16 === 10.20.0.0/24 unacceptable`,
			"traffic-selectors", "responder", "local_ts = 10.1.0.0/16,10.3.0.0/16|remote_ts = 10.20.0.0/24", ""},
		{"no CRL", `%ASA-3-751006: Local:203.0.113.1:500 Remote:198.51.100.9:500 Username:Unknown IKEv2 Certificate authentication failed. Error: Certificate validation failed. CRL not available`,
			"cert-status", "", "make the CRL reachable|WEAKER|revocation-check crl none", "look at the lines before"},
		{"IKE_AUTH without an answer", `05[ENC] generating IKE_AUTH request 1 [ IDi CERT AUTH SA TSi TSr ]
05[NET] sending packet: from 192.168.1.20[4500] to 198.51.100.7[4500] (2000 bytes)
06[IKE] retransmit 1 of request with message ID 1
06[IKE] giving up after 5 retransmits`, "silence-auth", "initiator", "let UDP 4500 through|fragment_size = 1000", "fragmentation = yes"},
		{"a peer that is gone", `05[IKE] <branch|1> CHILD_SA net{1} established with SPIs c1111111_i c2222222_o and TS 10.1.0.0/16 === 10.2.0.0/16
06[IKE] <branch|1> sending DPD request
06[IKE] <branch|1> retransmit 1 of request with message ID 0
06[IKE] <branch|1> giving up after 5 retransmits`, "liveness", "", "dpd_action = restart", "keep_alive = 20s"},
		{"an offer to libreswan", `"branch" #1: no local proposal matches remote proposals 1:IKE:ENCR=AES_CBC_128;PRF=HMAC_MD5;INTEG=HMAC_MD5_96;DH=MODP2048 2:IKE:ENCR=AES_CBC_256;PRF=HMAC_SHA1;INTEG=HMAC_SHA1_96;DH=MODP2048`,
			"ike-proposal", "responder", "ike=aes256-sha1;modp2048|WEAKER", "md5;"},
		{"one that it is built without", `"branch" #1: no local proposal matches remote proposals 1:IKE:ENCR=AES_CBC_256;PRF=HMAC_SHA1;INTEG=HMAC_SHA1_96;DH=MODP1024`,
			"ike-proposal", "responder", "let it offer a stronger key exchange method", "ike="},
		{"a key of IOS-XE", `IKEv2:(SESSION ID = 12,SA ID = 1):Peer's authentication method is 'PSK'
IKEv2:(SESSION ID = 12,SA ID = 1):Get peer's preshared key for 198.51.100.9
IKEv2:(SESSION ID = 12,SA ID = 1):Verify peer's authentication data
IKEv2-ERROR:(SESSION ID = 12,SA ID = 1):: Failed to authenticate the IKE SA
IKEv2:(SESSION ID = 12,SA ID = 1):Verification of peer's authentication data FAILED`, "psk-mismatch", "", "crypto ikev2 keyring NAME|address 198.51.100.9", "METHOD"},
		{"a certificate of IOS-XE", `IKEv2:(SESSION ID = 12,SA ID = 1):Peer's authentication method is 'RSA'
IKEv2:(SESSION ID = 12,SA ID = 1):Verify peer's authentication data
IKEv2:(SESSION ID = 12,SA ID = 1):Verification of peer's authentication data FAILED`, "auth-failed", "", "METHOD", "keyring NAME"},
		{"a notify that PAN-OS received", `2026/11/30 10:00:01 info vpn gw1 ike-recv-notify 0 IKEv2 IKE SA negotiation: received notify type AUTHENTICATION_FAILED`,
			"auth-refused", "", "Palo Alto", "FortiGate"},
		{"no network policy", "Network Policy Server denied access to a user.\n" + `User:
	Account Name:			alice@example.com
Authentication Details:
	Reason Code:			48
	Reason:				The connection request did not match any configured network policy.`,
			"nps-policy", "responder", "no network policy of the server (NPS) matches the request of alice@example.com|NAS port type", "is authenticated|LIKELY"},
	})
}

// Lines of one attempt are one, whatever stands before them, and those of two are two.
func TestSplitAttempts(t *testing.T) {
	for name, test := range map[string]struct {
		log   string
		want  int
		cause string
	}{
		"FortiGate, whose peer comes twice": {`ike 0: comes 203.0.113.9:500->198.51.100.7:500,ifindex=5....
ike 0:1d3a7c2b9e8f4a10/0000000000000000:33: responder received SA_INIT msg
ike 0:1d3a7c2b9e8f4a10/7a6b5c4d3e2f1a0b:33: SA proposal chosen, matched gateway branch
ike 0: comes 203.0.113.9:4500->198.51.100.7:4500,ifindex=5....
ike 0:branch:33: responder received AUTH msg
ike 0:branch:33: auth verify failed`, 1, "auth-failed"},
		"FortiGate, another tunnel before": {`ike 0:other:32: responder received SA_INIT msg
ike 0:1d3a7c2b9e8f4a10/0000000000000000:33: responder received SA_INIT msg
ike 0:other:32: auth verify failed
ike 0:1d3a7c2b9e8f4a10/7a6b5c4d3e2f1a0b:33: SA proposal chosen, matched gateway branch
ike 0:branch:33: responder received AUTH msg
ike 0:branch:33: auth verify failed`, 2, "auth-failed"},
		"FortiGate, another tunnel after": {`ike 0:1d3a7c2b9e8f4a10/0000000000000000:33: responder received SA_INIT msg
ike 0:other:32: responder received SA_INIT msg
ike 0:other:32: auth verify failed
ike 0:branch:33: responder received AUTH msg
ike 0:branch:33: auth verify failed`, 2, "auth-failed"},
		"ASA, behind the name of its host": {`Nov 30 2026 10:00:01 asa : %ASA-5-713119: Group = branch, IP = 198.51.100.9, PHASE 1 COMPLETED
Nov 30 2026 10:00:01 asa : %ASA-3-713061: Group = branch, IP = 198.51.100.9, Rejecting IPSec tunnel: no matching crypto map entry for remote proxy 10.2.0.0/255.255.0.0/0/0 local proxy 10.1.0.0/255.255.0.0/0/0 on interface outside`, 1, "traffic-selectors"},
		"MikroTik, after the end of an SA": {`nov/30 10:00:01 ipsec,error no proposal chosen
nov/30 10:00:01 ipsec,info killing ike2 SA: peer1 198.51.100.7[4500]-203.0.113.9[4500] spi:1234567890abcdef:fedcba0987654321
nov/30 10:01:01 ipsec,error identity not found for server:gw.example.com peer: FQDN: client.example.com`, 2, "no-config"},
	} {
		d, text := readText(t, test.log+"\n")
		if d.Attempts != test.want || !strings.Contains(causesOf(d.Stories), test.cause) {
			t.Errorf("%s: %d attempts (%s):\n%s", name, d.Attempts, causesOf(d.Stories), text)
		}
	}
}

// The identities that a line of RouterOS names are those to paste.
func TestMikroTikIdentity(t *testing.T) {
	saySo(t, []said{
		{"identities", `nov/30 10:01:01 ipsec,error identity not found for server:gw.example.com peer: FQDN: client.example.com`, "no-config", "responder",
			"my-id=fqdn:gw.example.com remote-id=fqdn:client.example.com", "{"},
		{"an address", `nov/30 10:01:01 ipsec,error identity not found for server:gw.example.com peer: ADDR4: 203.0.113.9`, "no-config", "responder",
			"remote-id=address:203.0.113.9", ""},
		{"what would need quotes", `nov/30 10:01:01 ipsec,error identity not found for server:gw.example.com peer: FQDN: a b;reset`, "no-config", "responder",
			"remote-id=auto", "remote-id=fqdn"},
	})
}

func causesOf(stories []incident.Story) string {
	var out []string
	for _, s := range stories {
		out = append(out, s.Cause)
	}
	return strings.Join(out, " ")
}
