package readers

import "testing"

// A normal step is not a cause, and neither is what follows from a refusal.
func TestNormalSteps(t *testing.T) {
	begun := "12[IKE] initiating IKE_SA home[1] to 203.0.113.9\n" +
		"12[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]\n12[NET] sending packet: from 192.0.2.9[500] to 203.0.113.9[500] (240 bytes)\n" +
		"15[NET] received packet: from 203.0.113.9[500] to 192.0.2.9[500] (248 bytes)\n15[ENC] parsed IKE_SA_INIT response 0 [ SA KE No ]\n"
	saySo(t, []said{
		{"EAP-MD5 has no key, and a refusal no AUTH payload", begun +
			"14[ENC] parsed IKE_AUTH response 2 [ EAP/SUCC ]\n14[IKE] EAP method EAP_MD5 succeeded, no MSK established\n" +
			"14[ENC] generating IKE_AUTH request 3 [ AUTH ]\n04[ENC] parsed IKE_AUTH response 3 [ N(TS_UNACCEPT) ]\n04[IKE] AUTH payload missing",
			"traffic-selectors", "initiator", "does not accept the networks", "without a key"},
		{"words that are not known, before this client went on to authenticate", begun + "15[IKE] no subject certificate found for IKE_INTERMEDIATE\n" +
			"15[ENC] generating IKE_AUTH request 1 [ IDi CERT IDr AUTH SA TSi TSr ]\n16[ENC] parsed IKE_AUTH response 1 [ N(AUTH_FAILED) ]\n16[IKE] received AUTHENTICATION_FAILED notify error",
			"auth-refused", "initiator", "refuses this client's authentication", "sends no certificate"},
		{"an address for an identity", begun + "15[CFG] no IDi configured, default to IP address 192.0.2.9\n" +
			"16[ENC] parsed IKE_AUTH response 1 [ IDr AUTH EAP/REQ/ID ]\n16[IKE] no trusted RSA public key found for 'vpn.example.com'",
			"cert-untrusted", "initiator", "does not trust", "pool"},
		{"a key exchange that IKEv1 refuses", "16[IKE] initiating Main Mode IKE_SA hq[1] to 203.0.113.9\n16[ENC] generating ID_PROT request 0 [ SA V V ]\n" +
			"15[ENC] parsed ID_PROT response 0 [ SA V ]\n15[ENC] generating ID_PROT request 0 [ KE No ]\n" +
			"14[ENC] parsed INFORMATIONAL_V1 request 4711 [ N(INVAL_KE) ]\n14[IKE] received INVALID_KE_PAYLOAD error notify",
			"ke-refused", "initiator", "INVALID_KE_PAYLOAD", "normal step"},
	})
}
