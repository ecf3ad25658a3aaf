package general

import "strings"

// Complains reports whether a line says in plain words that something failed or is wrong,
// of whatever. Why an attempt ended it does not say: others go on after such a line.
func Complains(text string) bool {
	if isSetting(text) {
		return false
	}
	x := words()
	var room [maxWords]uint16
	var spans [64]span
	text = strings.ReplaceAll(text, "Username:Unknown", "")
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
