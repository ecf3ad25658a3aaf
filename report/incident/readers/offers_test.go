package readers

import (
	"strings"
	"testing"
)

// Lists of which two match are no difference, and no failure: the first Child SA has no
// key exchange method (RFC 7296, Section 1.2).
func TestMatchedListsAreNoDifference(t *testing.T) {
	d, text := readText(t, `15[IKE] assigning virtual IP 10.9.0.1 to peer 'lee'
15[CFG] selecting proposal:
15[CFG]   proposal matches
15[CFG] received proposals: ESP:AES_CBC_256/HMAC_SHA2_256_128/EXT_SEQ
15[CFG] configured proposals: ESP:AES_CBC_256/HMAC_SHA2_256_128/MODP_4096/EXT_SEQ
`)
	for _, s := range d.Stories {
		if s.Cause != "" {
			t.Errorf("%s, where nothing failed:\n%s", s.Cause, text)
		}
	}
}

// What IOS prints of an offer, an attribute a line, is the offer, and so is what FortiGate
// prints in one line each. Of what came, only what is strong is to be pasted.
func TestOffers(t *testing.T) {
	const refused = `ISAKMP:(0):atts are not acceptable. Next payload is 0
ISAKMP:(0):no offers accepted!
ISAKMP:(0): phase 1 SA policy not acceptable! (local 192.0.2.9 remote 203.0.113.9)
%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Main mode failed with peer at 203.0.113.9`
	attributes := func(hash, group string) string {
		return "ISAKMP:(0):Checking ISAKMP transform 1 against priority 10 policy\nISAKMP:      encryption AES-CBC\nISAKMP:      keylength of 256\n" +
			"ISAKMP:      hash " + hash + "\nISAKMP:      default group " + group + "\nISAKMP:      auth pre-share\n"
	}
	saySo(t, []said{
		{"a strong one", `ISAKMP:(0):Checking ISAKMP transform 1 against priority 10 policy
ISAKMP:      encryption AES-CBC
ISAKMP:      keylength of 256
ISAKMP:      hash SHA256
ISAKMP:      default group 14
ISAKMP:      auth pre-share
` + refused, "ike-proposal", "responder", "received: IKE: AES-CBC-256, SHA256, group 14|encryption aes 256|hash sha256|authentication pre-share|group 14", "suite in common"},
		{"a weak one", `ISAKMP:(0):Checking ISAKMP transform 1 against priority 10 policy
ISAKMP:      encryption 3DES-CBC
ISAKMP:      hash MD5
ISAKMP:      default group 2
ISAKMP:      auth pre-share
ISAKMP:(0):atts are not acceptable. Next payload is 0
ISAKMP:(0):Checking ISAKMP transform 1 against priority 20 policy
ISAKMP:      encryption 3DES-CBC
ISAKMP:      hash MD5
ISAKMP:      default group 2
ISAKMP:      auth pre-share
` + refused, "ike-proposal", "responder", "received: IKE: 3DES-CBC, MD5, group 2|would be weak", "hash md5"},
		{"a group that is weak, though its number is high", attributes("SHA256", "24") + refused, "ike-proposal", "responder", "received: IKE: AES-CBC-256, SHA256, group 24|would be weak", "hash sha256"},
		{"a large prime with a small subgroup", attributes("SHA256", "23") + refused, "ike-proposal", "responder", "would be weak", "hash sha256"},
		{"SHA-1", attributes("SHA", "14") + refused, "ike-proposal", "responder", "received: IKE: AES-CBC-256, SHA, group 14|would be weak", "hash sha"},
		{"a strong one after a weak one", attributes("SHA", "14") + "ISAKMP:(0):atts are not acceptable. Next payload is 3\n" + strings.Replace(attributes("SHA384", "20"), "transform 1", "transform 2", 1) + refused,
			"ike-proposal", "responder", "hash sha384|group 20", "would be weak"},
		{"FortiGate, in one line each", `ike V=root:0: incoming proposal from hq:
ike V=root:0:   proposal id = 1..6: type=DH_GROUP, val=MODP1024 (Group 2)
ike V=root:0: my proposal, gw hq:
ike V=root:0:   proposal id = 1:    type=DH_GROUP, val=MODP2048 (Group 14)
ike V=root:0: Negotiate SA Error: peer SA proposal not match local policy`, "ike-proposal", "responder",
			"received MODP1024 (Group 2), configured MODP2048", "configured none"},
		{"FortiGate, as older releases list phase 2", `ike 0:hq:28:hq:23: my proposal:
ike 0:hq:28:hq:23: proposal id = 1:
ike 0:hq:28:hq:23:   protocol id = IPSEC_ESP:
ike 0:hq:28:hq:23:      trans_id = ESP_AES_CBC (key_len = 256)
ike 0:hq:28:hq:23:      encapsulation = ENCAPSULATION_MODE_TUNNEL
ike 0:hq:28:hq:23:         type = AUTH_ALG, val=SHA2_512
ike 0:hq:28:hq:23: incoming proposal:
ike 0:hq:28:hq:23: proposal id = 1:
ike 0:hq:28:hq:23:   protocol id = IPSEC_ESP:
ike 0:hq:28:hq:23:      trans_id = ESP_AES_CBC (key_len = 128)
ike 0:hq:28:hq:23:      encapsulation = ENCAPSULATION_MODE_TUNNEL
ike 0:hq:28:hq:23:         type = AUTH_ALG, val=SHA1
ike 0:hq:28:hq:23: negotiation failure
ike Negotiate IPsec SA Error: ike 0:hq:28:23: no SA proposal chosen`, "child-proposal", "",
			"received SHA1, configured SHA2_512|received AES_CBC_128, configured AES_CBC_256", "list the same"},
		{"FortiGate, which is told", `ike 0:hq:44: peer responded with error: NO_PROPOSAL_CHOSEN
ike 0:hq:44: no SA proposal chosen`, "ike-proposal", "initiator", "the gateway answers NO_PROPOSAL_CHOSEN", ""},
	})
	d, text := readText(t, `*Nov  3 09:00:01.153: %CRYPTO-4-IKMP_NO_SA: IKE message from 203.0.113.9 has no SA and is not an initialization offer
dst             src             state          conn-id status
203.0.113.9     192.0.2.9       QM_IDLE           1001 ACTIVE
`)
	if len(d.Stories) != 1 || d.Stories[0].Cause != "" {
		t.Errorf("an IKE SA that is up:\n%s", text)
	}
}

// METHOD stands for what the lines do not show.
func TestAuthenticationOfIOS(t *testing.T) {
	saySo(t, []said{{"no method named", `IKEv2-ERROR:(SESSION ID = 71,SA ID = 1):: Auth exchange failed`,
		"auth-failed", "", "authentication remote METHOD|pre-share, with a keyring", "authentication remote pre-share"}})
}
