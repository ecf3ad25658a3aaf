package evidence

import (
	"slices"

	"github.com/ikescope/ikescope/proposals"
)

// QuestionKind is how the KE payload of a question stands to its offer.
type QuestionKind uint8

// Kinds of questions, by the method of their KE payload.
const (
	ForeignKE     QuestionKind = iota // not offered
	BesideKE                          // offered beside others
	OwnKE                             // the only one offered
	QuestionKinds                     // how many there are
)

// KindOf returns how x was asked.
func KindOf(x Exchange) QuestionKind {
	switch methods := proposals.KeyExchangeMethods(x.Offer); {
	case !slices.Contains(methods, x.KE):
		return ForeignKE
	case len(methods) > 1:
		return BesideKE
	}
	return OwnKE
}
