package report

// Doubt is a reason not to rely on a target's report: with any it is not
// complete, its matrix not proven, and no gate passes on it.
type Doubt struct {
	// Kind is "contradiction", "several_gateways", "unredeemed", "unread",
	// "unexamined", "redirected", "malformed", "forged", "unnamed", "deaf",
	// "whole_packets" or "member_undecided".
	Kind DoubtKind `json:"doubt"`
	// Suite is one that it is about, where there is one.
	Suite    string `json:"suite,omitempty"`
	Evidence []int  `json:"evidence"`
}

// DoubtKind is what a doubt is about.
type DoubtKind string

// The kinds of doubts.
const (
	DoubtContradiction DoubtKind = "contradiction"
	DoubtSeveral       DoubtKind = "several_gateways"
	DoubtUnredeemed    DoubtKind = "unredeemed"
	DoubtUnread        DoubtKind = "unread"
	DoubtUnexamined    DoubtKind = "unexamined"
	DoubtRedirected    DoubtKind = "redirected"
	DoubtMalformed     DoubtKind = "malformed"
	DoubtForged        DoubtKind = "forged"
	DoubtUnnamed       DoubtKind = "unnamed"
	DoubtDeaf          DoubtKind = "deaf"
	DoubtWhole         DoubtKind = "whole_packets"
	DoubtMember        DoubtKind = "member_undecided"
)

// Words returns the doubt as half a sentence.
func (k DoubtKind) Words() string {
	switch k {
	case DoubtContradiction:
		return "answers to the scan contradict each other"
	case DoubtSeveral:
		return "several gateways answer at this address, and accept different suites"
	case DoubtUnredeemed:
		return "the gateway asks for key exchange methods and then refuses them"
	case DoubtUnread:
		return "the gateway accepts offers that make no sense"
	case DoubtUnexamined:
		return "control questions got no answer"
	case DoubtRedirected:
		return "the gateway redirects initiators, and accepts nothing from one that does not follow"
	case DoubtMalformed:
		return "the gateway's answers are malformed IKEv2 messages"
	case DoubtForged:
		return "requests got answers that contradict each other"
	case DoubtUnnamed:
		return "no accepted answer named an additional key exchange"
	case DoubtDeaf:
		return "the gateway does not answer KE payloads of a method that it asks for"
	case DoubtWhole:
		return "the gateway accepts the first packet of a client as it is, and nothing else that it was asked"
	case DoubtMember:
		return "several gateways answer at this address, and what one of them accepts is not decided"
	}
	return string(k)
}

// Habit is something that a gateway does and others do not, which the scan found
// out and kept to.
type Habit struct {
	// Kind is "transforms_read", "proposals_read", "ignores_transform_types",
	// "rejects_transform_types", "no_additional_key_exchanges",
	// "ignores_key_length", "several_programs", "repeats_public_values",
	// "repeats_nonces", "short_nonces", "repeats_spis", "shares_public_values" or
	// "shares_nonces".
	Kind HabitKind `json:"habit"`
	// Count is the most that it reads, of the first two; the octets of short nonces; or
	// in how many accepted answers something was repeated.
	Count    int   `json:"count,omitempty"`
	Evidence []int `json:"evidence"`
	// Signs say in what the answers of "several_programs" differ: "error_spis",
	// "vendor_ids", "notifies", "addresses", "hop_limits" or "responder_spis".
	Signs []Sign `json:"signs,omitempty"`
	// Other is the address of the gateway that had the same before.
	Other string `json:"other,omitempty"`
}

// Sign is in what the answers of several gateways differ.
type Sign string

// The kinds of signs.
const (
	SignErrorSPIs Sign = "error_spis"
	SignVendorIDs Sign = "vendor_ids"
	SignNotifies  Sign = "notifies"
	SignAddresses Sign = "addresses"
	SignHopLimits Sign = "hop_limits"
	SignSPIs      Sign = "responder_spis"
)

// Words names what differs.
func (s Sign) Words() string {
	return map[Sign]string{
		SignErrorSPIs: "the responder SPIs of errors",
		SignVendorIDs: "the vendor IDs",
		SignNotifies:  "the status notifies in answers to the same question",
		SignAddresses: "the gateways' own addresses in NAT detection hashes",
		SignHopLimits: "the hop limits",
		SignSPIs:      "the numbers that responder SPIs begin with",
	}[s]
}

// HabitKind is what a habit is.
type HabitKind string

// The kinds of habits.
const (
	HabitTransforms       HabitKind = "transforms_read"
	HabitProposals        HabitKind = "proposals_read"
	HabitIgnoresTypes     HabitKind = "ignores_transform_types"
	HabitRejectsTypes     HabitKind = "rejects_transform_types"
	HabitNoAdditional     HabitKind = "no_additional_key_exchanges"
	HabitIgnoresKeyLength HabitKind = "ignores_key_length"
	HabitSeveralPrograms  HabitKind = "several_programs"
	HabitRepeatsPublic    HabitKind = "repeats_public_values"
	HabitRepeatsNonces    HabitKind = "repeats_nonces"
	HabitShortNonces      HabitKind = "short_nonces"
	HabitSharesPublic     HabitKind = "shares_public_values"
	HabitSharesNonces     HabitKind = "shares_nonces"
	HabitRepeatsSPIs      HabitKind = "repeats_spis"
)
