package explain

// outcomes are the words of ikescope's reports: the outcomes of exchanges and
// the states of paths.
var outcomes = []struct{ word, topic, meaning string }{
	{"accepted", "established", "the gateway chose a suite of the offer"},
	{"invalid_ke_payload", "key-exchange", "the gateway named another key exchange method; that it did so without a refusal says that it takes the rest of the offer"},
	{"no_proposal_chosen", "no-proposal", "the gateway refused every suite of the offer"},
	{"cookie_loop", "overload", "the gateway asked for a cookie again, after it had got one"},
	{"other_error", "malformed", "the gateway answered with another error; the exchange's detail names it"},
	{"malformed", "malformed", "an answer came that cannot be read"},
	{"echo", "malformed", "the request came back as it was: a reflector, not a gateway"},
	{"not_ike", "malformed", "an answer came that is not of IKEv2"},
	{"unreachable", "port-refused", "an ICMP error came instead of an answer"},
	{"no_answer", "silence", "neither an answer nor an ICMP error came; that is not a refusal"},
	{"not_tried", "status", "the scan ended before this was asked"},
	{"answers", "established", "the path carries requests and answers"},
	{"silent", "silence", "nothing came back on this path"},
	{"port_unreachable", "port-refused", "ICMP port unreachable: the host is there, and nothing listens on the port"},
	{"admin_prohibited", "port-refused", "ICMP administratively prohibited: a firewall says that it drops this"},
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
