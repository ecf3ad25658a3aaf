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
// libreswan's "v2N_" and in any case, or by its number.
func explainNotify(word string) (Explanation, bool) {
	name := strings.TrimPrefix(word, "v2N_")
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
		n = note{"status", "an announcement", "IANA, IKEv2 Notify Message Status Types"}
	}
	e := about(n.topic, input, title, n.meaning)
	e.Refs = []string{n.ref}
	return e
}

// note is what a notify message says, and where that stands.
type note struct{ topic, meaning, ref string }

var notes = map[ike.NotifyType]note{
	ike.UNSUPPORTED_CRITICAL_PAYLOAD: {"malformed", "the message held a payload that is marked critical and that the sender of this does not know; its number follows", "RFC 7296, Section 2.5"},
	ike.INVALID_IKE_SPI:              {"rekeying", "a message came for an IKE SA that is not known here: after a restart, or to the wrong member of a cluster", "RFC 7296, Section 2.21.4"},
	ike.INVALID_MAJOR_VERSION:        {"version", "the major version in the header is not spoken here; the one that is follows", "RFC 7296, Section 2.5"},
	ike.INVALID_SYNTAX:               {"malformed", "a field of the message was out of range or of the wrong length, or a payload was missing: in IKE_AUTH also that of an authentication method that the responder does not take, such as EAP", "RFC 7296, Sections 2.21.2 and 3.10.1"},
	ike.INVALID_MESSAGE_ID:           {"malformed", "a Message ID outside the window came within an IKE SA", "RFC 7296, Section 2.3"},
	ike.INVALID_SPI:                  {"rekeying", "an ESP or AH packet came for an SA that is not known here", "RFC 7296, Section 1.5"},
	ike.NO_PROPOSAL_CHOSEN:           {"no-proposal", "none of the proposals of the SA payload is acceptable; in IKE_SA_INIT it is about IKE, in IKE_AUTH and CREATE_CHILD_SA mostly about ESP", "RFC 7296, Sections 2.7 and 3.10.1"},
	ike.INVALID_KE_PAYLOAD:           {"key-exchange", "the key exchange method of the KE payload is not the one to use; its number follows in two octets", "RFC 7296, Sections 1.2 and 3.4"},
	ike.AUTHENTICATION_FAILED:        {"credentials", "the AUTH payload, the identity or EAP was not accepted; RFC 7296 lets a responder say no more than this", "RFC 7296, Section 2.21.2"},
	ike.SINGLE_PAIR_REQUIRED:         {"traffic-selectors", "the responder takes only one pair of addresses in each Child SA", "RFC 7296, Section 2.9"},
	ike.NO_ADDITIONAL_SAS:            {"rekeying", "the IKE SA takes no more Child SAs", "RFC 7296, Section 1.3"},
	ike.INTERNAL_ADDRESS_FAILURE:     {"address", "no address could be given to the initiator", "RFC 7296, Section 3.15.4"},
	ike.FAILED_CP_REQUIRED:           {"address", "the responder wants a configuration payload, CP(CFG_REQUEST), and there was none", "RFC 7296, Section 2.19"},
	ike.TS_UNACCEPTABLE:              {"traffic-selectors", "none of the traffic selectors is acceptable", "RFC 7296, Section 2.9"},
	ike.INVALID_SELECTORS:            {"traffic-selectors", "a packet came through an SA whose selectors do not hold its addresses", "RFC 7296, Section 3.10.1"},
	ike.UNACCEPTABLE_ADDRESSES:       {"interrupted", "the addresses that the peer moved to are not acceptable", "RFC 4555, Section 3.5"},
	ike.UNEXPECTED_NAT_DETECTED:      {"interrupted", "a NAT was found where the peer had forbidden one", "RFC 4555, Section 3.9"},
	ike.TEMPORARY_FAILURE:            {"rekeying", "the request cannot be done now, since another one is under way", "RFC 7296, Section 2.25"},
	ike.CHILD_SA_NOT_FOUND:           {"rekeying", "the Child SA that was to be rekeyed is not there", "RFC 7296, Section 2.25"},
	ike.AUTHORIZATION_FAILED:         {"credentials", "the peer is known, but not allowed to join the group", "RFC 9838"},
	ike.STATE_NOT_FOUND:              {"rekeying", "the state of an additional key exchange is gone", "RFC 9370, Section 2.2.4"},
	ike.MS_NOTIFY_STATUS:             {"client-settings", "Windows reports why it gives up, as a Win32 error in four octets: explain that number", "MS-IKEE, Section 2.2.7"},

	ike.INITIAL_CONTACT:                 {"status", "this is the only IKE SA between the two identities; older ones are to be forgotten", "RFC 7296, Section 2.4"},
	ike.SET_WINDOW_SIZE:                 {"status", "how many requests may be under way at once", "RFC 7296, Section 2.3"},
	ike.ADDITIONAL_TS_POSSIBLE:          {"status", "the traffic selectors were narrowed; others would also be acceptable", "RFC 7296, Section 2.9"},
	ike.IPCOMP_SUPPORTED:                {"status", "IPComp may be used", "RFC 7296, Section 2.22"},
	ike.NAT_DETECTION_SOURCE_IP:         {"status", "a hash of the sender's address and port: where it does not fit, there is a NAT before the sender", "RFC 7296, Section 2.23"},
	ike.NAT_DETECTION_DESTINATION_IP:    {"status", "a hash of the receiver's address and port: where it does not fit, there is a NAT before the receiver", "RFC 7296, Section 2.23"},
	ike.COOKIE:                          {"overload", "the request is to be sent again with this cookie as its first payload", "RFC 7296, Section 2.6"},
	ike.USE_TRANSPORT_MODE:              {"status", "the Child SA is to be in transport mode; tunnel mode it is if the answer lacks this", "RFC 7296, Section 1.3.1"},
	ike.HTTP_CERT_LOOKUP_SUPPORTED:      {"status", "certificates may be sent as URL and hash", "RFC 7296, Section 3.6"},
	ike.REKEY_SA:                        {"status", "the exchange is to replace the SA named", "RFC 7296, Section 1.3.3"},
	ike.ESP_TFC_PADDING_NOT_SUPPORTED:   {"status", "no padding to hide the flow of traffic, please", "RFC 7296, Section 1.3.1"},
	ike.NON_FIRST_FRAGMENTS_ALSO:        {"status", "later fragments of packets may go through the SA", "RFC 7296, Section 1.3.1"},
	ike.MOBIKE_SUPPORTED:                {"status", "the peer can move to other addresses", "RFC 4555, Section 3.1"},
	ike.AUTH_LIFETIME:                   {"status", "when the initiator has to authenticate again", "RFC 4478, Section 3"},
	ike.MULTIPLE_AUTH_SUPPORTED:         {"status", "several authentications in a row are possible", "RFC 4739, Section 3.1"},
	ike.REDIRECT:                        {"status", "the initiator is to go to another gateway", "RFC 5685, Section 3"},
	ike.REDIRECT_SUPPORTED:              {"status", "the initiator can be sent to another gateway", "RFC 5685, Section 3"},
	ike.EAP_ONLY_AUTHENTICATION:         {"status", "the responder need not authenticate beside EAP", "RFC 5998, Section 3"},
	ike.CHILDLESS_IKEV2_SUPPORTED:       {"status", "an IKE SA may come up without a Child SA", "RFC 6023, Section 3"},
	ike.IKEV2_FRAGMENTATION_SUPPORTED:   {"status", "large messages may be cut into fragments by IKE itself", "RFC 7383, Section 2.3"},
	ike.SIGNATURE_HASH_ALGORITHMS:       {"status", "the hash algorithms for digital signatures", "RFC 7427, Section 4"},
	ike.USE_PPK:                         {"status", "post-quantum pre-shared keys may be mixed in", "RFC 8784, Section 3"},
	ike.INTERMEDIATE_EXCHANGE_SUPPORTED: {"status", "IKE_INTERMEDIATE exchanges are possible, which additional key exchanges need", "RFC 9242, Section 3.1"},
	ike.ADDITIONAL_KEY_EXCHANGE:         {"status", "links the exchanges of a rekeying with additional key exchanges", "RFC 9370, Section 2.2.4"},
}
