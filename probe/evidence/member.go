package evidence

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// ErrorSPI is the responder SPI of an error answer to IKE_SA_INIT. Some programs
// draw one, others leave it zero.
type ErrorSPI uint8

const (
	ErrorSPIUnseen ErrorSPI = iota
	ErrorSPIZero
	ErrorSPIDrawn
)

// String returns the word of the JSON document; "" for one that was not seen.
func (s ErrorSPI) String() string { return [...]string{"", "zero", "drawn"}[s] }

// Look is what an answer shows of the program that it is from, whatever the
// question. The zero Look shows nothing.
type Look struct {
	ErrorSPI ErrorSPI
	// Accepted: it is of an accepted answer, with these vendor IDs, hexadecimal,
	// one a word.
	Accepted  bool
	VendorIDs string
}

// LookOf returns how an answer looks.
func LookOf(a initiator.Answer) Look {
	if a.Message == nil || a.Type != ike.IKE_SA_INIT {
		return Look{}
	}
	switch a.Outcome {
	case initiator.NoProposalChosen, initiator.InvalidKEPayload:
		if a.Message.SPIr == (ike.SPI{}) {
			return Look{ErrorSPI: ErrorSPIZero}
		}
		return Look{ErrorSPI: ErrorSPIDrawn}
	case initiator.Accepted:
		var ids []string
		for _, payload := range a.Message.Payloads {
			if v, ok := payload.(*ike.VendorID); ok {
				ids = append(ids, hex.EncodeToString(v.Data))
			}
		}
		return Look{Accepted: true, VendorIDs: strings.Join(ids, " ")}
	}
	return Look{}
}

// Member is one of several gateways at the address, as far as its answers can be
// distinguished from those of the others.
type Member struct {
	Look Look
	// Exchanges are the numbers of those that it answered, ascending.
	Exchanges []int
	// Matrix is what these alone decide.
	Matrix *matrix.Matrix
}

// Members tells the gateways that answered apart, and returns them in the order in
// which they were met, without a Matrix; nothing if they look like one, or like one that
// was changed once. Error
// answers are distinguished by their SPIs, and where these are alike accepted answers by
// their vendor IDs. Which gateway an answer of the other kind is from is not known.
// An error may be forged or come from something between, so that one alone says
// nothing.
func Members(exchanges []Exchange) []Member {
	several := func(outcomes ...initiator.Outcome) []Member {
		var members []Member
		var sights []sight
		for _, x := range exchanges {
			if x.Look == (Look{}) || !slices.Contains(outcomes, x.Outcome) || x.Look.Accepted && x.Purpose == PurposeClient {
				continue
			}
			sights = append(sights, x.sight(fmt.Sprint(x.Look)))
			i := slices.IndexFunc(members, func(m Member) bool { return m.Look == x.Look })
			if i < 0 {
				i = len(members)
				members = append(members, Member{Look: x.Look})
			}
			members[i].Exchanges = append(members[i].Exchanges, x.ID)
		}
		members = slices.DeleteFunc(members, func(m Member) bool { return !m.Look.Accepted && len(m.Exchanges) < 2 })
		if len(members) < 2 || alternating(sights, 1) == nil {
			return nil
		}
		return members
	}
	var members []Member
	switch {
	// One program may have a SPI in the one error, and none in the other.
	case several(initiator.NoProposalChosen) != nil, several(initiator.InvalidKEPayload) != nil:
		members = several(initiator.NoProposalChosen, initiator.InvalidKEPayload)
	case vendorIDs(acceptedOnes(exchanges)) != nil:
		members = several(initiator.Accepted)
	}
	for _, m := range members {
		slices.Sort(m.Exchanges)
	}
	slices.SortFunc(members, func(a, b Member) int { return cmp.Compare(a.Exchanges[0], b.Exchanges[0]) })
	return members
}

// FlowOf returns a flow of which all answers look so, as far as they show it, as where
// each flow goes to one gateway; 0 if there is none.
func FlowOf(exchanges []Exchange, look Look) int {
	var its, others []int
	for _, x := range exchanges {
		switch {
		case x.Flow == 0 || x.Look.ErrorSPI == ErrorSPIUnseen:
		case x.Look == look:
			its = append(its, x.Flow)
		default:
			others = append(others, x.Flow)
		}
	}
	for _, f := range slices.Backward(its) {
		if !slices.Contains(others, f) {
			return f
		}
	}
	return 0
}

// AskedOf returns what the answers of one of several gateways say, without those of
// the others. INVALID_KE_PAYLOAD is a yes if its names are trusted.
func AskedOf(exchanges []Exchange, look Look, trusted bool) []matrix.Asked {
	var out []matrix.Asked
	for _, x := range exchanges {
		switch {
		case x.Purpose == PurposeClient || x.Look != look,
			x.Outcome != initiator.Accepted && KindOf(x) == BesideKE, // it may be about the KE payload
			x.Outcome == initiator.InvalidKEPayload && !trusted:
			continue
		}
		// The planner leaves out what is about more than suites.
		if a := Meaning(x.Offer, x.Exchange); a.State != matrix.NoAnswer {
			out = append(out, matrix.Asked{Offer: matrix.Offer{Products: x.Offer}, Answer: a})
		}
	}
	return out
}
