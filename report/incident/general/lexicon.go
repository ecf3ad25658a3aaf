package general

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/proposals/table"
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
	// plaint are classes that say that something is wrong, of whatever: most verdicts,
	// too. Asides void that.
	plaint, aside [maxClasses]bool
	up, found     int
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
		x.plaint[n] = x.verdict[n] && name != "verdict again" && name != "verdict duplicate" || strings.HasPrefix(name, "plaint ")
		x.aside[n] = strings.HasPrefix(name, "aside ")
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
