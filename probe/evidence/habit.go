package evidence

import (
	"fmt"
	"net/netip"
)

// Habit is something that a gateway does and others do not, which the scan found
// by its control questions and kept to.
type Habit struct {
	Kind HabitKind
	// Count is the most that it reads, of the kinds that are limits.
	Count int
	// Exchanges are the numbers of those that show it, ascending.
	Exchanges []int
	// Signs are what shows it, of HabitMembers.
	Signs []SignKind
	// Other is the address of another gateway, of what this one has in common with it.
	Other netip.Addr
}

// HabitKind is what a [Habit] is.
type HabitKind uint8

const (
	_ HabitKind = iota
	// HabitTransforms: it reads, or takes, Count transforms of a type in a
	// proposal.
	HabitTransforms
	// HabitProposals: it reads, or takes, Count proposals of an offer.
	HabitProposals
	// HabitIgnoresTypes: it ignores transform types that it does not know, where
	// RFC 7296, Section 3.3.6, has it refuse the proposal.
	HabitIgnoresTypes
	// HabitRejectsTypes: it answers an offer with such a type with an error,
	// whatever else is in it.
	HabitRejectsTypes
	// HabitNoAdditional: it accepts offers of additional key exchanges and leaves
	// these out, or answers them with an error: so it has none.
	HabitNoAdditional
	// HabitIgnoresKeyLength: it takes a cipher with a key length that the cipher
	// does not have.
	HabitIgnoresKeyLength
	// HabitMembers: its answers are of two kinds, as Signs says, as those of two
	// programs; what they accept is the same, as far as is known.
	HabitMembers
	// HabitRepeatsPublic: in Count accepted answers it had a public value of another one.
	HabitRepeatsPublic
	// HabitRepeatsNonces: in Count accepted answers it had a nonce of another one.
	HabitRepeatsNonces
	// HabitShortNonces: its nonces have Count octets, less than RFC 7296, Section 2.10,
	// demands.
	HabitShortNonces
	// HabitRepeatsSPIs: in Count accepted answers it had an SPI of another one.
	HabitRepeatsSPIs
	// HabitSharesPublic and HabitSharesNonces: in Count accepted answers it had a public
	// value, or a nonce, that Other had before.
	HabitSharesPublic
	HabitSharesNonces

	habitKinds // how many there are
)

var habitNames = [habitKinds]string{
	HabitTransforms:       "transforms_read",
	HabitProposals:        "proposals_read",
	HabitIgnoresTypes:     "ignores_transform_types",
	HabitRejectsTypes:     "rejects_transform_types",
	HabitNoAdditional:     "no_additional_key_exchanges",
	HabitIgnoresKeyLength: "ignores_key_length",
	HabitMembers:          "several_programs",
	HabitRepeatsPublic:    "repeats_public_values",
	HabitRepeatsNonces:    "repeats_nonces",
	HabitShortNonces:      "short_nonces",
	HabitRepeatsSPIs:      "repeats_spis",
	HabitSharesPublic:     "shares_public_values",
	HabitSharesNonces:     "shares_nonces",
}

// String returns the kind as the JSON document writes it.
func (k HabitKind) String() string {
	if k > 0 && k < habitKinds {
		return habitNames[k]
	}
	return fmt.Sprintf("HabitKind(%d)", uint8(k))
}

// HabitKinds returns every kind, ascending.
func HabitKinds() []HabitKind {
	var all []HabitKind
	for k := HabitKind(1); k < habitKinds; k++ {
		all = append(all, k)
	}
	return all
}
