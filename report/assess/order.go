package assess

import (
	"cmp"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
)

// BestFirst orders sound algorithms before weak ones, AEAD ciphers before the
// others, what RFC 8247 asks for before the rest, and then by number. Key
// exchange methods keep to their numbers, which people know.
func BestFirst(a, b proposals.Algorithm) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.ID, b.ID), cmp.Compare(a.KeyBits, b.KeyBits))
}

func rank(a proposals.Algorithm) int {
	if w, weak := baseline.WeaknessOf(a); weak {
		return 100 - w.Severity.Rank()
	}
	r := 0
	if a.Axis == proposals.ENCR && !a.AEAD() {
		r = 10
	}
	if a.Axis == proposals.KE {
		return r
	}
	rfc8247, _ := baseline.Named(baseline.RFC8247)
	a.KeyBits = 0 // the lengths of a key stay together
	said, _ := rfc8247.Requirement(a)
	switch {
	case said.Level == "MUST":
		return r
	case strings.HasPrefix(string(said.Level), "SHOULD") && !strings.Contains(said.Notes, "IoT"):
		return r + 1
	}
	return r + 2
}
