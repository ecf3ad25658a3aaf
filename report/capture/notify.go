package capture

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// notifyMeaning says what a notify of IKE_SA_INIT means to a person, "" where
// its name says enough. request is what it answers, or nil.
func notifyMeaning(n *ike.Notify, m, request *dialog.Message) string {
	switch n.Notification {
	case ike.NO_PROPOSAL_CHOSEN:
		return "none of the proposals is acceptable, or the KE payload is not"
	case ike.INVALID_KE_PAYLOAD:
		method, ok := n.InvalidKEMethod()
		if !ok {
			return "wants another key exchange method and does not name it"
		}
		text := "wants a KE payload of " + keMethod(method)
		if request != nil && request.Content != nil && hasOffer(request.Content) && !offersMethod(request.Content, method) {
			text += ", which is not offered"
		}
		return text
	case ike.COOKIE:
		if request == nil {
			return fmt.Sprintf("the requested cookie, %d octets", len(n.Data))
		}
		return fmt.Sprintf("the responder is busy or careful: send the request again with these %d octets", len(n.Data))
	case ike.INVALID_SYNTAX:
		return "the responder cannot parse the request, or does not accept it"
	case ike.INVALID_MAJOR_VERSION:
		return "the responder does not support this version of IKE"
	case ike.AUTHENTICATION_FAILED:
		return "unprotected, so anyone may have sent it"
	case ike.INVALID_IKE_SPI:
		return "the sender does not have this IKE SA: it restarted or deleted it"
	case ike.TEMPORARY_FAILURE:
		return "not now; try again later"
	case ike.UNSUPPORTED_CRITICAL_PAYLOAD:
		if t, ok := n.UnsupportedPayload(); ok {
			return fmt.Sprintf("payload %v is critical and not supported", t)
		}
	case ike.MS_NOTIFY_STATUS:
		if code, ok := n.WindowsError(); ok {
			return fmt.Sprintf("Windows error %d", code)
		}
	case ike.REDIRECT:
		if gw, ok := n.Redirect(); ok {
			return "go to " + gw.String()
		}
	case ike.SIGNATURE_HASH_ALGORITHMS:
		if hashes, ok := n.SignatureHashes(); ok {
			return english.List(lists.Convert(hashes, func(h ike.HashAlgorithm) string {
				return strings.ReplaceAll(strings.TrimPrefix(h.String(), "SIGHASH_"), "_", "-")
			}), "and")
		}
	case ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP:
		of, name := m.Source, "source"
		if n.Notification == ike.NAT_DETECTION_DESTINATION_IP {
			of, name = m.Destination, "destination"
		}
		if hash, ok := n.NATDetection(); ok && hash == ike.NATDetectionHash(m.Content.SPIi, m.Content.SPIr, of) {
			return "the " + name + " as captured"
		}
		return "not the " + name + " as captured"
	}
	return ""
}

// offersMethod reports whether an offer holds a key exchange method.
func offersMethod(m *ike.Message, method ike.KeyExchangeMethod) bool {
	sa, ok := ike.Find[*ike.SA](m)
	if !ok {
		return false
	}
	for _, p := range sa.Proposals {
		for _, t := range p.Transforms {
			if t.Type == ike.TransformKE && t.ID == uint16(method) {
				return true
			}
		}
	}
	return false
}
