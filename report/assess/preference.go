package assess

import (
	"cmp"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/report"
)

// ProposalRule returns the word of the document, "" where the rule is not
// known.
func ProposalRule(rule choice.ProposalRule) report.ProposalRule {
	switch rule {
	case choice.ProposalsInitiator:
		return report.ProposalsInitiator
	case choice.ProposalsResponder:
		return report.ProposalsGateway
	case choice.ProposalsResponderBest:
		return report.ProposalsGatewayBest
	}
	return ""
}

// ChoiceOf reads back how the gateway chooses, so that a saved report predicts as
// well as a scan. Without a matrix it shows nothing.
func ChoiceOf(t *report.Target) choice.Choice {
	var c choice.Choice
	if t.Matrix == nil {
		return c
	}
	for _, p := range t.Matrix.Products {
		c.Accepted = append(c.Accepted, p.Product())
	}
	c.Seen = chosen(t)
	pref := t.Preference
	if pref == nil {
		return c
	}
	for _, rule := range []choice.ProposalRule{choice.ProposalsInitiator, choice.ProposalsResponder, choice.ProposalsResponderBest} {
		if ProposalRule(rule) == pref.Proposals {
			c.Proposals = rule
		}
	}
	switch pref.Decides {
	case report.ByGateway:
		c.Algorithms = choice.AlgorithmsResponder
	case report.ByInitiator:
		c.Algorithms = choice.AlgorithmsInitiator
	}
	c.FollowsKE = followsKE(pref)
	for _, own := range pref.Own {
		o := choice.OwnProposal{Rank: own.Rank, Product: own.Product()}
		o.Ordered, o.Anywhere = own.Ordered.Within(o.Product), own.Anywhere.Within(o.Product)
		c.Own = append(c.Own, o)
	}
	slices.SortStableFunc(c.Own, func(a, b choice.OwnProposal) int { return cmp.Compare(a.Rank, b.Rank) })
	return c
}

// followsKE reads back the two fields of the document that say one thing.
func followsKE(pref *report.Preference) choice.Known {
	switch {
	case pref.MayFollowKE:
		return choice.Unknown
	case pref.FollowsKE:
		return choice.Yes
	}
	return choice.No
}

// chosen returns what the gateway chose when it was asked how it does, and from
// the packets of clients.
func chosen(t *report.Target) []choice.Chosen {
	var all []choice.Chosen
	for _, e := range t.Exchanges {
		if e.Purpose != report.PurposeDetail && e.Purpose != report.PurposeClient {
			continue
		}
		c := choice.Chosen{Question: choice.Question{Offer: ParseKeywords(e.Offer)}}
		for _, method := range proposals.KeyExchangeMethods(c.Offer) {
			switch (proposals.Algorithm{Axis: proposals.KE, ID: uint16(method)}).Keyword() {
			case e.KE:
				c.Question.KE = method
			case e.Group:
				c.Pick.KE = method
			}
		}
		if suite, err := proposals.ParseSuite(e.Suite); err == nil && e.Suite != "" {
			c.Suite, c.Pick.KE = &suite, c.Question.KE
		}
		if c.Pick.KE != ike.KE_NONE {
			all = append(all, c)
		}
		if len(all) == maxChosen {
			break
		}
	}
	return all
}

// maxChosen bounds what a stranger's report makes a prediction look at; a scan
// asks about far fewer offers.
const maxChosen = 512
