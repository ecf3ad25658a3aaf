package general

// Refine returns the more particular cause, of L2TP, PPP, vpnc and some requests, that
// the other lines of an attempt make of one, "" if they leave none: by what PPP runs above, how long it was up, whether the IKE
// SA was, and whether a line has one of some words.
func Refine(cause, link, minutes string, up bool, says func(words ...string) bool) string {
	switch {
	case cause == "child-proposal" && says("STATE_QUICK_I1: retransmission", "acceptable response to our first Quick Mode") && !says("NO_PROPOSAL", "NO-PROPOSAL", "NO_PROP", "PROPOSAL_NOT_CHOSEN", "o proposal chosen"):
		return "quick-silent"
	case cause == "mid-window" && (up || !says("etransmit", "EV_RE_XMT")): // of an answer that came twice
		return ""
	case cause == "l2tp-silent" && says("requested tunnel"):
		return "l2tp-replies-lost"
	case cause == "ppp-lost" && says("death_handler: Fatal signal 15"):
		return "ppp-ended-here"
	case cause == "l2tp-closed" && minutes != "":
		return "l2tp-closed-late"
	case cause == "ppp-mppe" && link == "PPTP":
		return "pptp-mppe"
	case cause == "vpnc-silent" && up:
		return "vpnc-silent-late"
	case cause == "dhcp-silent" && says("DHCPOFFER(") && !says("received DHCP OFFER"):
		return "dhcp-offer-lost"
	case cause == "child-refused" && says("CPRQ(ADDR") && !says("CPRP(ADDR"):
		return "modecfg-refused"
	case cause == "psk-mismatch" && says("invalid HASH_V1 payload length") && (up || !says("ID_PROT", "AGGRESSIVE", "Main Mode", "Aggressive Mode", "ID_V1", "establishing")):
		return "keys-apart"
	}
	return cause
}
