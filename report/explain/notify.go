package explain

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/ike"
)

// notifies returns every registered notify message, ascending.
var notifies = sync.OnceValue(func() []ike.NotifyType {
	var out []ike.NotifyType
	for n := range 1 << 16 {
		if t := ike.NotifyType(n); !strings.HasSuffix(t.String(), ")") {
			out = append(out, t)
		}
	}
	return out
})

// explainNotify explains a notify message by its IANA name, with or without
// libreswan's "v2N_", in any case and with spaces for underscores, or by its number.
func explainNotify(word string) (Explanation, bool) {
	name := strings.ReplaceAll(strings.TrimPrefix(word, "v2N_"), " ", "_")
	number, err := strconv.ParseUint(word, 10, 16)
	for _, t := range notifies() {
		if err == nil && uint16(number) == uint16(t) || strings.EqualFold(t.String(), name) {
			return notifyMessage(t, word), true
		}
	}
	return Explanation{}, false
}

func notifyMessage(t ike.NotifyType, input string) Explanation {
	title := fmt.Sprintf("notify message %v (%d)", t, uint16(t))
	n, ok := notes[t]
	switch {
	case ok:
	case t.IsError():
		n = note{"malformed", "an error that the other side reports", "IANA, IKEv2 Notify Message Error Types"}
	default:
		n = note{"status", "a status notification", "IANA, IKEv2 Notify Message Status Types"}
	}
	e := about(n.topic, input, title, n.meaning)
	e.Refs = []string{n.ref}
	return e
}

// note is what a notify message says, and where that stands.
type note struct{ topic, meaning, ref string }

var notes = map[ike.NotifyType]note{
	ike.UNSUPPORTED_CRITICAL_PAYLOAD: {"malformed", "the message contained a payload that is marked critical and that the sender of this notification does not support; its type follows", "RFC 7296, Section 2.5"},
	ike.INVALID_IKE_SPI:              {"rekeying", "a message arrived for an unknown IKE SA: after a restart, or at the wrong member of a cluster", "RFC 7296, Section 2.21.4"},
	ike.INVALID_MAJOR_VERSION:        {"version", "the major version in the header is not supported; the one that is supported follows", "RFC 7296, Section 2.5"},
	ike.INVALID_SYNTAX:               {"malformed", "a field of the message was out of range or of the wrong length, or a payload was missing; in IKE_AUTH also for an authentication method that the responder does not accept, such as EAP", "RFC 7296, Sections 2.21.2 and 3.10.1"},
	ike.INVALID_MESSAGE_ID:           {"malformed", "a Message ID outside the window arrived within an IKE SA", "RFC 7296, Section 2.3"},
	ike.INVALID_SPI:                  {"rekeying", "an ESP or AH packet arrived for an unknown SA", "RFC 7296, Section 1.5"},
	ike.NO_PROPOSAL_CHOSEN:           {"no-proposal", "none of the proposals of the SA payload is acceptable; in IKE_SA_INIT it refers to IKE, in IKE_AUTH and CREATE_CHILD_SA usually to ESP", "RFC 7296, Sections 2.7 and 3.10.1"},
	ike.INVALID_KE_PAYLOAD:           {"key-exchange", "the key exchange method of the KE payload is not the one to use; the number of the right one follows in two octets", "RFC 7296, Sections 1.2 and 3.4"},
	ike.AUTHENTICATION_FAILED:        {"credentials", "the AUTH payload, the identity or EAP was not accepted; RFC 7296 does not let a responder say more than this", "RFC 7296, Section 2.21.2"},
	ike.SINGLE_PAIR_REQUIRED:         {"traffic-selectors", "the responder accepts only one pair of addresses in each Child SA", "RFC 7296, Section 2.9"},
	ike.NO_ADDITIONAL_SAS:            {"rekeying", "the IKE SA does not accept any more Child SAs", "RFC 7296, Section 1.3"},
	ike.INTERNAL_ADDRESS_FAILURE:     {"address", "no address could be assigned to the initiator", "RFC 7296, Section 3.15.4"},
	ike.FAILED_CP_REQUIRED:           {"address", "the responder requires a configuration payload, CP(CFG_REQUEST), and there was none", "RFC 7296, Section 2.19"},
	ike.TS_UNACCEPTABLE:              {"traffic-selectors", "none of the traffic selectors is acceptable", "RFC 7296, Section 2.9"},
	ike.INVALID_SELECTORS:            {"traffic-selectors", "a packet arrived through an SA whose selectors do not cover its addresses", "RFC 7296, Section 3.10.1"},
	ike.UNACCEPTABLE_ADDRESSES:       {"interrupted", "the addresses that the peer moved to are not acceptable", "RFC 4555, Section 3.5"},
	ike.UNEXPECTED_NAT_DETECTED:      {"interrupted", "a NAT was detected, and the peer had forbidden NAT", "RFC 4555, Section 3.9"},
	ike.TEMPORARY_FAILURE:            {"rekeying", "the request cannot be carried out now, because another exchange is in progress", "RFC 7296, Section 2.25"},
	ike.CHILD_SA_NOT_FOUND:           {"rekeying", "the Child SA that was to be rekeyed does not exist", "RFC 7296, Section 2.25"},
	ike.AUTHORIZATION_FAILED:         {"credentials", "the peer is authenticated but not allowed to join the group", "RFC 9838"},
	ike.STATE_NOT_FOUND:              {"rekeying", "the state of an additional key exchange no longer exists", "RFC 9370, Section 2.2.4"},
	ike.MS_NOTIFY_STATUS:             {"client-settings", "Windows reports why it gives up, as a Win32 error in four octets; ikescope explain takes that number", "MS-IKEE, Section 2.2.7"},

	ike.INITIAL_CONTACT:                 {"status", "this is the only IKE SA between the two identities; older ones can be deleted", "RFC 7296, Section 2.4"},
	ike.SET_WINDOW_SIZE:                 {"status", "how many requests may be outstanding at a time", "RFC 7296, Section 2.3"},
	ike.ADDITIONAL_TS_POSSIBLE:          {"status", "the traffic selectors were narrowed; others would also be acceptable", "RFC 7296, Section 2.9"},
	ike.IPCOMP_SUPPORTED:                {"status", "IPComp may be used", "RFC 7296, Section 2.22"},
	ike.NAT_DETECTION_SOURCE_IP:         {"status", "a hash of the sender's address and port: if it does not match, the sender is behind a NAT", "RFC 7296, Section 2.23"},
	ike.NAT_DETECTION_DESTINATION_IP:    {"status", "a hash of the receiver's address and port: if it does not match, the receiver is behind a NAT", "RFC 7296, Section 2.23"},
	ike.COOKIE:                          {"overload", "the request is to be sent again with this cookie as its first payload", "RFC 7296, Section 2.6"},
	ike.USE_TRANSPORT_MODE:              {"status", "the sender asks for a Child SA in transport mode; without this in the answer, it is in tunnel mode", "RFC 7296, Section 1.3.1"},
	ike.HTTP_CERT_LOOKUP_SUPPORTED:      {"status", "certificates may be sent as a hash and URL", "RFC 7296, Section 3.6"},
	ike.REKEY_SA:                        {"status", "the exchange rekeys the SA that is named", "RFC 7296, Section 1.3.3"},
	ike.ESP_TFC_PADDING_NOT_SUPPORTED:   {"status", "the sender does not accept padding for traffic flow confidentiality", "RFC 7296, Section 1.3.1"},
	ike.NON_FIRST_FRAGMENTS_ALSO:        {"status", "fragments other than the first may also be sent through the SA", "RFC 7296, Section 1.3.1"},
	ike.MOBIKE_SUPPORTED:                {"status", "the peer can move to other addresses", "RFC 4555, Section 3.1"},
	ike.AUTH_LIFETIME:                   {"status", "when the initiator has to authenticate again", "RFC 4478, Section 3"},
	ike.MULTIPLE_AUTH_SUPPORTED:         {"status", "the sender supports several authentications in sequence", "RFC 4739, Section 3.1"},
	ike.REDIRECT:                        {"status", "the initiator is asked to connect to another gateway", "RFC 5685, Section 3"},
	ike.REDIRECT_SUPPORTED:              {"status", "the initiator can be redirected to another gateway", "RFC 5685, Section 3"},
	ike.EAP_ONLY_AUTHENTICATION:         {"status", "the initiator accepts EAP alone as the authentication of the responder", "RFC 5998, Section 3"},
	ike.CHILDLESS_IKEV2_SUPPORTED:       {"status", "an IKE SA can be established without a Child SA", "RFC 6023, Section 3"},
	ike.IKEV2_FRAGMENTATION_SUPPORTED:   {"status", "IKE itself can split large messages into fragments", "RFC 7383, Section 2.3"},
	ike.SIGNATURE_HASH_ALGORITHMS:       {"status", "the hash algorithms that the sender supports for digital signatures", "RFC 7427, Section 4"},
	ike.USE_PPK:                         {"status", "the sender supports mixing in post-quantum pre-shared keys", "RFC 8784, Section 3"},
	ike.INTERMEDIATE_EXCHANGE_SUPPORTED: {"status", "the sender supports IKE_INTERMEDIATE exchanges, which additional key exchanges require", "RFC 9242, Section 3.1"},
	ike.ADDITIONAL_KEY_EXCHANGE:         {"status", "links the exchanges of a rekeying with additional key exchanges", "RFC 9370, Section 2.2.4"},
}
