package assess

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/table"
	"github.com/ikescope/ikescope/report"
)

//go:embed unfragmented.csv
var unfragmentedCSV string

// unfragmented is a client, or a family of them, that has no IKE fragmentation, as far
// as who says.
type unfragmented struct {
	clients    []string // names, or families
	who, shows string
}

var readUnfragmented = sync.OnceValue(func() []unfragmented {
	var out []unfragmented
	for _, f := range table.MustRead("unfragmented.csv", unfragmentedCSV, "clients", "who", "shows", "certainty", "source") {
		out = append(out, unfragmented{strings.Fields(f["clients"]), f["who"], f["shows"]})
	}
	return out
})

// fragmentNote says in a sentence what becomes of the IKE_AUTH of a client that has no
// IKE fragmentation (RFC 7383), where the gateway sends certificates that no packet
// holds, or where such answers do not arrive; "" of others.
func fragmentNote(t *report.Target, p client.Policy) string {
	lost := t.Fragmentation != nil && t.Fragmentation.LargeAnswer == report.AnswerNo
	large := false
	if t.Identity != nil {
		for _, c := range t.Identity.Connections {
			lost = lost || c.NoFragments != nil && c.NoFragments.AnswerLost
			large = large || c.Fragments > 1 || c.Octets > report.MostUnfragmented
		}
	}
	if t.Fragmentation != nil && lost && !t.Fragmentation.Supported {
		return "Answers in IP fragments do not arrive here, and the gateway does not split them in IKE (RFC 7383): an IKE_AUTH with certificates gets no answer."
	}
	who, shows := withoutFragments(p)
	switch {
	case who == "":
	case lost:
		return "Answers in IP fragments do not arrive here: " + who + ", gets no answer to its IKE_AUTH where the gateway sends certificates" + shows + "."
	case large:
		return "The gateway's answer with its certificates comes to " + who + ", in IP fragments: where these are dropped on the way it gets none" + shows + "."
	}
	return ""
}

// withoutFragments says who of clients like p has no IKE fragmentation, and what that
// shows where it is needed; "" of those that are not known to lack it.
func withoutFragments(p client.Policy) (who, shows string) {
	if p.Packet != nil {
		if _, announced := p.Packet.Notify(ike.IKEV2_FRAGMENTATION_SUPPORTED); !announced {
			return "this client, whose first packet does not announce IKE fragmentation", ""
		}
		return "", ""
	}
	isKnown := p.Source != "" // and not a connection of a file, which may have any name
	for _, u := range readUnfragmented() {
		if isKnown && slices.Contains(u.clients, p.Name) || p.Family != "" && slices.Contains(u.clients, string(p.Family)) {
			if u.shows != "" {
				shows = ", and shows " + u.shows
			}
			return u.who, shows
		}
	}
	return "", ""
}
