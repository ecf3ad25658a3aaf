package general

import "strings"

// Complains reports whether a line says in plain words that something failed or is wrong,
// of whatever. Why an attempt ended it does not say: others go on after such a line.
func Complains(text string) bool {
	if isSetting(text) || isListing(text) {
		return false
	}
	x := words()
	var room [maxWords]uint16
	var spans [64]span
	text = strings.ReplaceAll(text, "Username:Unknown", "") // ASA's, until the user is known
	found := x.unmasked(x.find(x.split(text, room[:0]), spans[:0]))
	wrong := false
	for _, s := range found {
		if x.aside[s.class] {
			return false
		}
		wrong = wrong || x.plaint[s.class]
	}
	return wrong && !x.guarded(found, false)
}

// isListing reports whether a line lists a setting of a connection, as pluto's "ipsec
// status" does, or tells what a test setting of pluto does.
func isListing(text string) bool {
	return strings.HasPrefix(text, `"`) && (strings.Contains(text, `":  `) || strings.Contains(text, `]:  `)) || strings.Contains(text, "IMPAIR: ")
}
