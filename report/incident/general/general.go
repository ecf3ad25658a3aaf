// Package general reads lines of logs whose wording no table knows: by the names
// of notifies in whatever spelling, the names of exchanges, phases and states,
// and clauses that say of a subject (a certificate, a proposal) what is wrong
// with it (it expired, it does not match).
package general

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/proposals/table"
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

// phrase is a sequence of words with alternatives, of a class.
type phrase struct {
	words [][]uint16 // nil: a gap
	class int
}

// meaning is a row of meanings.csv.
type meaning struct {
	subject, verdict int
	says             Meaning
	sample           string
}

type notify struct {
	name, phase, cause, child string
	version                   int
}

type exchange struct {
	phase, side string
	version     int
}

// lexicon is the vocabulary, put together for looking up.
type lexicon struct {
	ids     map[string]uint16
	byFirst [][]phrase // by the number of its first word
	// Of the classes: which are verdicts that something is wrong, which are
	// guards or masks, and the verdicts that an SA is up, and that something was
	// found.
	verdict, guard, mask [maxClasses]bool
	up, found            int
	// ending is the guard of what an SA's end entails, which a reason that is
	// given, because, does not heed.
	ending, because int

	meanings  []meaning
	notifies  []notify
	exchanges []exchange
}

//go:embed words.csv
var wordsCSV string

//go:embed meanings.csv
var meaningsCSV string

//go:embed notifies.csv
var notifiesCSV string

//go:embed exchanges.csv
var exchangesCSV string

// Classes are numbered: notifies and exchanges by their rows, then subjects,
// verdicts and guards.
const (
	firstExchange = 100
	firstWord     = 200
	maxClasses    = 300
)

var words = sync.OnceValue(func() *lexicon {
	x := &lexicon{ids: make(map[string]uint16), byFirst: make([][]phrase, 1)}
	class := make(map[string]int)
	for i, f := range table.MustRead("notifies.csv", notifiesCSV, "name", "words", "version", "phase", "cause", "child") {
		x.notifies = append(x.notifies, notify{f["name"], f["phase"], f["cause"], f["child"], number(f["version"])})
		x.add(f["words"], i)
	}
	for i, f := range table.MustRead("exchanges.csv", exchangesCSV, "words", "phase", "version", "side") {
		x.exchanges = append(x.exchanges, exchange{f["phase"], f["side"], number(f["version"])})
		x.add(f["words"], firstExchange+i)
	}
	for _, f := range table.MustRead("words.csv", wordsCSV, "class", "name", "words") {
		name := f["class"] + " " + f["name"]
		n, known := class[name]
		if !known {
			n = firstWord + len(class)
			class[name] = n
		}
		x.add(f["words"], n)
	}
	if len(x.notifies) > firstExchange || firstExchange+len(x.exchanges) > firstWord || firstWord+len(class) > maxClasses {
		panic("general: internal error: there are more classes than numbers")
	}
	for name, n := range class {
		x.verdict[n] = strings.HasPrefix(name, "verdict ") && name != "verdict up" && name != "verdict found"
		x.guard[n] = strings.HasPrefix(name, "guard ")
		x.mask[n] = strings.HasPrefix(name, "mask ")
	}
	x.up, x.found, x.ending, x.because = class["verdict up"], class["verdict found"], class["guard ending"], class["clue because"]
	for _, f := range table.MustRead("meanings.csv", meaningsCSV, "subject", "verdict", "level", "kind", "phase", "cause", "sample") {
		subject, ok := class["subject "+f["subject"]]
		verdict, also := class["verdict "+f["verdict"]]
		if !ok || !also {
			panic("general: internal error: meanings.csv: " + f["subject"] + " " + f["verdict"])
		}
		x.meanings = append(x.meanings, meaning{subject, verdict,
			Meaning{Level: Level(f["level"]), Kind: f["kind"], Phase: f["phase"], Cause: f["cause"]}, f["sample"]})
	}
	return x
})

func number(s string) int {
	if s == "" {
		return 0
	}
	return int(s[0] - '0')
}

// add takes a phrase of a class into the lexicon.
func (x *lexicon) add(text string, class int) {
	p := phrase{class: class}
	for word := range strings.FieldsSeq(text) {
		if word == "..." {
			p.words = append(p.words, nil)
			continue
		}
		var ids []uint16
		for one := range strings.SplitSeq(word, "|") {
			id, known := x.ids[one]
			if !known {
				id = uint16(len(x.ids) + 1)
				x.ids[one] = id
				x.byFirst = append(x.byFirst, nil)
			}
			ids = append(ids, id)
		}
		p.words = append(p.words, ids)
	}
	for _, id := range p.words[0] {
		x.byFirst[id] = append(x.byFirst[id], p)
	}
}

// split returns the numbers of the words of a text, 0 for those that the lexicon
// does not have. Letters count as small ones, "NoProposal" as two words, and
// "doesn't" as "doesnt".
func (x *lexicon) split(text string, out []uint16) []uint16 {
	var buf [32]byte
	text = text[:min(len(text), maxOctets)]
	from, n, small := 0, 0, false
	end := func(i int) {
		if n > 0 && len(out) < maxWords {
			var id uint16
			if n <= len(buf) && !isLevel(text, from, i) && !isField(text, from, i) {
				id = x.ids[string(buf[:n])]
			}
			out = append(out, id)
		}
		n, small = 0, false
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		if n == 0 {
			from = i
			if size := name(text[i:]); size > 0 {
				i += size - 1
				if len(out) < maxWords {
					out = append(out, 0)
				}
				continue
			}
		}
		switch {
		case 'a' <= c && c <= 'z':
			small = true
		case '0' <= c && c <= '9':
		case 'A' <= c && c <= 'Z':
			if small {
				end(i)
				from = i
			}
			c += 'a' - 'A'
		case c == '\'' && n > 0 && i+1 < len(text) && text[i+1] == 't':
			continue
		default:
			end(i)
			continue
		}
		if n < len(buf) {
			buf[n] = c
		}
		n++
	}
	end(len(text))
	return out
}

// name returns how long a name in quotes is that s begins with, 0 if it does
// not: one word, or a distinguished name. Names of connections, such as
// "l2tp-psk", say nothing; what is in capitals alone may be that of a notify.
func name(s string) int {
	if s[0] != '"' && s[0] != '\'' {
		return 0
	}
	inside, _, found := strings.Cut(s[1:], s[:1])
	if !found || len(inside) > 100 || strings.Contains(inside, " ") && !strings.Contains(inside, "=") || strings.Trim(inside, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == "" {
		return 0
	}
	return len(inside) + 2
}

// isField reports whether the word between from and to is the name of a field:
// "Username:lee".
func isField(text string, from, to int) bool {
	if to+1 >= len(text) || text[to] != ':' && text[to] != '=' || strings.ContainsAny(text[from:to], "0123456789") {
		return false
	}
	c := text[to+1]
	return c == '"' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// isLevel reports whether the word between from and to is the level of the line:
// "ERROR:", "ISAKMP-ERROR", "[ERROR]".
func isLevel(text string, from, to int) bool {
	switch text[from:to] {
	case "ERROR", "Error", "error", "ERR":
		return to < len(text) && (text[to] == ':' || text[to] == ']') || from > 0 && (text[from-1] == '-' || text[from-1] == '[')
	}
	return false
}

// span is where a phrase stands.
type span struct{ class, from, to int }

// find returns the phrases in a text.
func (x *lexicon) find(ids []uint16, out []span) []span {
	for i, id := range ids {
		if id == 0 {
			continue
		}
		for _, p := range x.byFirst[id] {
			if to := p.at(ids, i); to > 0 && len(out) < cap(out) {
				out = append(out, span{p.class, i, to})
			}
		}
	}
	return out
}

// unmasked returns the phrases that are not part of one that says nothing, such
// as the "ID" of "Message ID".
func (x *lexicon) unmasked(found []span) []span {
	for i := 0; i < len(found); i++ {
		m := found[i]
		if !x.mask[m.class] {
			continue
		}
		for j := 0; j < len(found); j++ {
			if s := found[j]; s != m && m.from <= s.from && s.to <= m.to {
				found = append(found[:j], found[j+1:]...)
				i, j = -1, len(found)
			}
		}
	}
	return found
}

// at returns where the phrase ends that begins at i, 0 if it does not.
func (p *phrase) at(ids []uint16, i int) int {
	gap := 0
	for _, alternatives := range p.words {
		if alternatives == nil {
			gap = maxGap
			continue
		}
		for !in(alternatives, ids, i) {
			if gap == 0 || i >= len(ids) {
				return 0
			}
			gap--
			i++
		}
		i, gap = i+1, 0
	}
	return i
}

func in(alternatives, ids []uint16, i int) bool {
	if i >= len(ids) {
		return false
	}
	for _, id := range alternatives {
		if id == ids[i] {
			return true
		}
	}
	return false
}

// apart returns how many words are between two phrases.
func apart(a, b span) int {
	if a.to <= b.from {
		return b.from - a.to
	}
	return max(0, a.from-b.to)
}

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
	return m, true
}

// place takes from a line the phase, the version and the side that it names.
func (x *lexicon) place(found []span, at *Meaning) {
	for _, s := range found {
		if s.class < firstExchange {
			at.Named = true
		}
		if s.class < firstExchange || s.class >= firstWord {
			continue
		}
		e := &x.exchanges[s.class-firstExchange]
		at.Named = true
		if e.phase != "" && (at.Phase == "" || e.phase == "CREATE_CHILD_SA") {
			at.Phase = e.phase
		}
		if at.Version == 0 {
			at.Version = e.version
		}
		if at.Side == "" {
			at.Side = e.side
		}
	}
}

// clause returns the first meaning whose subject and verdict stand near each
// other.
func (x *lexicon) clause(found []span) (Meaning, bool) {
	var has [maxClasses]bool
	bad := false // something is wrong
	for _, s := range found {
		has[s.class] = true
		bad = bad || x.verdict[s.class]
	}
	if !bad && !has[x.up] && !has[x.found] {
		return Meaning{}, false
	}
	guarded := x.guarded(found, has[x.because])
	for _, limit := range []int{near, maxApart} {
		for i := range x.meanings {
			row := &x.meanings[i]
			if !has[row.subject] || !has[row.verdict] || row.says.Level != Progress && guarded || row.says.Level == Progress && bad {
				continue
			}
			if x.together(found, row, limit) {
				return row.says, true
			}
		}
	}
	return Meaning{}, false
}

// together reports whether a subject and its verdict stand within a number of
// words of each other.
func (x *lexicon) together(found []span, row *meaning, limit int) bool {
	for _, s := range found {
		if s.class != row.subject {
			continue
		}
		for _, v := range found {
			if v.class == row.verdict && apart(s, v) <= limit && !(s.from == v.from && s.to == v.to) {
				return true
			}
		}
	}
	return false
}

// guarded reports whether words void what a line says: that something worked, or
// that another is tried. Words that are part of a verdict do not: "not loaded".
func (x *lexicon) guarded(found []span, because bool) bool {
	for _, g := range found {
		if !x.guard[g.class] || g.class == x.ending && because {
			continue
		}
		part := false
		for _, v := range found {
			part = part || x.verdict[v.class] && v.from <= g.from && g.to <= v.to
		}
		if !part {
			return true
		}
	}
	return false
}

// ofNotify returns what the name of a notify says: that this side sent it, or
// that it came.
func (x *lexicon) ofNotify(i int, ids []uint16, at Meaning) Meaning {
	n := &x.notifies[i]
	m := Meaning{Level: Notify, Kind: "sign", Phase: n.phase, Cause: n.cause, Notify: n.name, Version: at.Version, Side: at.Side, Named: true}
	if at.Version == 0 {
		m.Version = n.version
	}
	if at.Phase == "CREATE_CHILD_SA" || at.Phase == "IKE_AUTH" && n.name == "NO_PROPOSAL_CHOSEN" {
		m.Phase, m.Cause = "CREATE_CHILD_SA", n.child
	} else if m.Phase == "" {
		m.Phase = at.Phase
	}
	for _, word := range []string{"sending", "sent", "send", "generating", "returning", "respond", "responding", "replying"} {
		if id := x.ids[word]; id != 0 && in([]uint16{id}, ids, position(ids, id)) {
			m.Kind = "own"
		}
	}
	return m
}

func position(ids []uint16, id uint16) int {
	for i, other := range ids {
		if other == id {
			return i
		}
	}
	return len(ids)
}
