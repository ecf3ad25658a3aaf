// Package general reads lines of logs whose wording no table knows: by the names
// of notifies in whatever spelling, the names of exchanges, phases and states,
// and clauses that say of a subject (a certificate, a proposal) what is wrong
// with it (it expired, it does not match).
package general

import (
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// Level is how much a meaning says.
type Level string

const (
	Reason   Level = "reason"   // why something failed
	Notify   Level = "notify"   // the name that the protocol has for it
	Result   Level = "result"   // what failed
	Progress Level = "progress" // an SA is up, or what was looked for was found
)

// Meaning is what a line says. Kind, Phase and Cause are in the words of
// package incident.
type Meaning struct {
	Level              Level
	Kind, Phase, Cause string
	// Version is the version of IKE that the line's words are of, 0 for none.
	Version int
	// Side is "i" or "r" where the line names a state of that side, "" elsewhere.
	Side string
	// Notify is the notify's name in its RFC, "" if the line has none.
	Notify string
	// Named: the line has a name that is of IKE alone.
	Named bool
}

// Bounds of what is looked at of a line.
const (
	maxOctets = 800
	maxWords  = 120
	maxGap    = 5 // words that "..." stands for
	maxApart  = 8 // words between a subject and its verdict
	near      = 3 // so many that they belong together whatever else there is
)

// isSetting reports whether a line shows a setting, such as "dpd_timeout = 0".
func isSetting(text string) bool {
	name, _, found := strings.Cut(strings.TrimSpace(text), " = ")
	return found && name != "" && !strings.ContainsAny(name, " \t:,")
}

// Read returns what a line says, and whether it says anything. Where the whole says
// nothing, one of its sentences may: another that begins with "if" does not void it.
func Read(text string) (Meaning, bool) {
	if isSetting(text) {
		return Meaning{}, false
	}
	if m, ok := given(text); ok {
		return m, true
	}
	if m, ok := read(text); ok || !strings.Contains(text, ". ") {
		return m, ok
	}
	for sentence := range strings.SplitSeq(text[:min(len(text), maxOctets)], ". ") {
		if m, ok := read(sentence); ok {
			return m, true
		}
	}
	return Meaning{}, false
}

// giving is what stands before a reason that a line gives by itself.
var giving = lazyregexp.New(`(?i)\breason\s*[=:]\s*"?`)

// given returns what a line says in the reason that it gives, if that says why.
func given(text string) (Meaning, bool) {
	text = text[:min(len(text), maxOctets)]
	at := giving.FindStringIndex(text)
	if at == nil {
		return Meaning{}, false
	}
	reason, _, _ := strings.Cut(text[at[1]:], `"`)
	reason, _, _ = strings.Cut(reason, ". ")
	m, ok := read(reason)
	if !ok || m.Level != Reason && m.Cause != "auth-failed" && m.Cause != "eap-refused" {
		return Meaning{}, false
	}
	if whole, ok := read(text); ok {
		m.Version, m.Side, m.Named = max(m.Version, whole.Version), whole.Side, m.Named || whole.Named
		if m.Phase == "" {
			m.Phase = whole.Phase
		}
	}
	return m, true
}

// roles are ways in which a line says whose it is.
var roles = []struct{ word, side string }{
	{"ike responder:", "r"}, {"ike initiator:", "i"}, {"as responder", "r"}, {"as initiator", "i"}, {"role: responder", "r"}, {"role: initiator", "i"},
	{"initiator=true", "i"}, {"initiator=false", "r"}, {"role=responder", "r"}, {"role=initiator", "i"}, {"we are responder", "r"}, {"we are initiator", "i"},
}

// role returns "r" or "i" where a line says whose it is, "" elsewhere.
func role(text string) string {
	text = strings.ToLower(text[:min(len(text), maxOctets)])
	for _, r := range roles {
		if strings.Contains(text, r.word) {
			return r.side
		}
	}
	return ""
}

func read(text string) (Meaning, bool) {
	x := words()
	var room [maxWords]uint16
	ids := x.split(text, room[:0])
	var spans [64]span
	found := x.unmasked(x.find(ids, spans[:0]))
	if len(found) == 0 {
		return Meaning{}, false
	}
	var at Meaning
	x.place(found, &at)
	var told *span
	for i := range found {
		if found[i].class < firstExchange && told == nil {
			told = &found[i]
		}
	}
	var m Meaning
	var ok bool
	if told == nil {
		m, ok = x.clause(found)
	} else {
		// What is said beside the name, or of whose authentication it is.
		beside := make([]span, 0, len(found))
		for _, f := range found {
			if apart(f, *told) <= maxApart && (f.from >= told.to || f.to <= told.from) {
				beside = append(beside, f)
			}
		}
		m, ok = x.clause(beside)
		if (!ok || m.Level != Reason) && x.notifies[told.class].name == "AUTHENTICATION_FAILED" {
			m, ok = x.clause(found)
		}
		if !ok || m.Level != Reason {
			return x.ofNotify(told.class, ids, at), true
		}
	}
	if !ok {
		return Meaning{}, false
	}
	if m.Phase == "" || m.Level != Progress && at.Phase == "CREATE_CHILD_SA" {
		m.Phase = at.Phase
	}
	if m.Cause == "ike-proposal" && at.Phase == "CREATE_CHILD_SA" {
		m.Cause = "child-proposal"
	}
	m.Version, m.Side, m.Named = at.Version, at.Side, at.Named
	if m.Side == "" {
		m.Side = role(text)
	}
	return m, true
}
