package explain

// outcomes are the words of ikescope's reports: the outcomes of exchanges and
// the states of paths.
var outcomes = []struct{ word, topic, meaning string }{
	{"accepted", "established", "the gateway chose a suite of the offer"},
	{"invalid_ke_payload", "key-exchange", "the gateway named a different key exchange method; that it named one instead of refusing shows that it accepts the rest of the offer"},
	{"no_proposal_chosen", "no-proposal", "the gateway refused every suite of the offer"},
	{"cookie_loop", "overload", "the gateway asked for a cookie again after it had received one"},
	{"other_error", "malformed", "the gateway answered with a different error; the detail of the exchange names it"},
	{"malformed", "malformed", "an answer arrived that cannot be parsed"},
	{"echo", "malformed", "the request came back unchanged: from a reflector, not a gateway"},
	{"not_ike", "malformed", "an answer arrived that is not IKEv2"},
	{"unreachable", "port-refused", "an ICMP error arrived instead of an answer"},
	{"no_answer", "silence", "neither an answer nor an ICMP error arrived; that is not a refusal"},
	{"not_tried", "status", "the scan ended before this was asked"},
	{"answers", "established", "the path carries requests and answers"},
	{"silent", "silence", "nothing came back on this path"},
	{"port_unreachable", "port-refused", "ICMP port unreachable: the host is up, and nothing listens on the port"},
	{"open", "port-refused", "the TCP connection opens, and no IKE message comes: what listens there does not speak RFC 9329"},
	{"admin_prohibited", "port-refused", "ICMP administratively prohibited: a firewall reports that it drops this"},
}

// explainOutcome explains a word of ikescope's reports.
func explainOutcome(word string) (Explanation, bool) {
	for _, o := range outcomes {
		if o.word == word {
			return about(o.topic, word, "in ikescope's reports, "+o.word, o.meaning), true
		}
	}
	return Explanation{}, false
}
