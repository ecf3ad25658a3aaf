package incident

import (
	"strings"

	"github.com/ikescope/ikescope/report/incident/sentence"
)

// anyID stands in lines of charon for an ID that a message does not name.
const anyID = "%any"

// proposed adds the words of lines to paste that are made of several others.
func (a *Attempt) proposed(words map[string]string) {
	switch a.Cause.ID {
	case "no-config":
		peer := words["peer-id"]
		if sentence.Private(peer) && peer != words["from"] && a.Product == "strongSwan" { // NAT is between it and this side
			words["private-id"], peer = peer, anyID
		}
		own := words["local-id"]
		if peer == "" || strings.ContainsAny(peer+own, sentence.Meta) {
			return
		}
		local := ""
		if own != "" && own != anyID {
			local = "local {\n    id = " + own + "\n}\n"
		}
		words["ids"] = local + "remote {\n    id = " + peer + "\n}"
	case "traffic-selectors":
		own, theirs, both := strings.Cut(words["ts"], " === ")
		if sentence.Networks(own) != "" && sentence.Networks(theirs) != "" && both {
			words["ts-local"], words["ts-remote"] = sentence.Networks(own), sentence.Networks(theirs)
		}
	}
}
