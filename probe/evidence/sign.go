package evidence

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
)

// Sign is a trait by which the answers of several gateways at an address disagree, again
// and again.
type Sign struct {
	Kind SignKind
	// Exchanges are the numbers of some that show it, ascending.
	Exchanges []int
}

// SignKind is what a [Sign] is of.
type SignKind uint8

const (
	_ SignKind = iota
	// SignErrorSPIs: some errors have a responder SPI.
	SignErrorSPIs
	// SignVendorIDs: accepted answers have other vendor IDs.
	SignVendorIDs
	// SignNotifies: accepted answers to the same question have other status notifies.
	SignNotifies
	// SignAddresses: by the hashes of NAT detection, the addresses that accepted answers
	// were sent from are not the same.
	SignAddresses
	// SignHopLimits: answers came with hop limits so far apart that no other way
	// explains them.
	SignHopLimits
	// SignSPIs: responder SPIs begin with one of a few numbers.
	SignSPIs

	signKinds // how many there are
)

var signNames = [signKinds]string{
	SignErrorSPIs: "error_spis",
	SignVendorIDs: "vendor_ids",
	SignNotifies:  "notifies",
	SignAddresses: "addresses",
	SignHopLimits: "hop_limits",
	SignSPIs:      "responder_spis",
}

// String returns the kind as the JSON document writes it.
func (k SignKind) String() string {
	if k > 0 && k < signKinds {
		return signNames[k]
	}
	return fmt.Sprintf("SignKind(%d)", uint8(k))
}

// OneProgram reports whether one gateway may show it, too, of which several parts
// answer.
func (k SignKind) OneProgram() bool { return k == SignSPIs }

// Inside returns the address that has one of the hashes of NAT detection with a port,
// if it can be found.
type Inside func(d ike.NATDetection, port uint16) (netip.Addr, bool)

// Signs returns the signs of several gateways in what the traits of exchanges show, by
// kind, but for what [Members] shows. unclear says that accepted answers disagree, and
// that more of them have to show whether that was a change.
func Signs(exchanges []Exchange, inside Inside) (signs []Sign, unclear bool) {
	add := func(kind SignKind, shown []int) {
		if len(shown) > 0 && !slices.ContainsFunc(signs, func(s Sign) bool { return s.Kind == kind }) {
			slices.Sort(shown)
			signs = append(signs, Sign{kind, shown})
		}
	}
	accepted := acceptedOnes(exchanges)
	add(SignVendorIDs, vendorIDs(accepted))
	grouped(accepted, func(x Exchange) (string, string) { return x.Traits.Question, x.Traits.Notifies }, func(of []sight) {
		add(SignNotifies, alternating(of, enoughAlike))
	})
	sources := make(map[int]string)
	behind := 0
	for _, x := range accepted {
		if x.Traits.NAT != nil && !x.Traits.Direct {
			behind++
		}
	}
	for _, x := range accepted {
		sources[x.ID] = sourceOf(x, inside, behind >= enoughBehind)
	}
	grouped(accepted, func(x Exchange) (string, string) { return x.Traits.Question, sources[x.ID] }, func(of []sight) {
		add(SignAddresses, alternating(of, enoughAlike))
	})
	known := slices.DeleteFunc(slices.Clone(accepted), func(x Exchange) bool { return sources[x.ID] == hiddenSource || sources[x.ID] == "" })
	one := func(x Exchange) (string, string) { return "", sources[x.ID] }
	grouped(known, one, func(of []sight) { add(SignAddresses, alternating(of, enoughAlike)) })
	add(SignHopLimits, alternating(hopLimits(exchanges), enoughAlike))
	add(SignSPIs, alternating(numbered(exchanges), enoughAlike))
	disagree := func(kind SignKind, among []Exchange, of func(Exchange) (group, value string)) {
		grouped(among, of, func(of []sight) {
			alike := !slices.ContainsFunc(of, func(s sight) bool { return s.value != of[0].value })
			if !alike && !slices.ContainsFunc(signs, func(s Sign) bool { return s.Kind == kind }) {
				unclear = true
			}
		})
	}
	disagree(SignVendorIDs, accepted, func(x Exchange) (string, string) { return x.Traits.besideTransport(x.Transport), x.Look.VendorIDs })
	disagree(SignNotifies, accepted, func(x Exchange) (string, string) { return x.Traits.besideTransport(x.Transport), x.Traits.Notifies })
	disagree(SignAddresses, accepted, func(x Exchange) (string, string) { return x.Transport.String(), sources[x.ID] })
	disagree(SignAddresses, known, one)
	slices.SortFunc(signs, func(a, b Sign) int { return int(a.Kind) - int(b.Kind) })
	return signs, unclear
}

// enoughAlike is how many answers have each of the values that alternate. One may be
// forged, or what a gateway says under load.
const enoughAlike = 2

// grouped calls f with the sights of each group of exchanges.
func grouped(exchanges []Exchange, of func(Exchange) (group, value string), f func([]sight)) {
	groups := make(map[string][]sight)
	for _, x := range exchanges {
		group, value := of(x)
		groups[group] = append(groups[group], x.sight(value))
	}
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		f(groups[group])
	}
}

func (x Exchange) sight(value string) sight {
	if x.Traits == nil {
		return sight{x.ID, x.Sent, x.Sent, value}
	}
	return sight{x.ID, x.Sent, x.Traits.Ended, value}
}

// acceptedOnes returns the accepted exchanges whose traits can be compared. Clients ask
// otherwise.
func acceptedOnes(exchanges []Exchange) []Exchange {
	return slices.DeleteFunc(slices.Clone(exchanges), func(x Exchange) bool {
		return x.Traits == nil || x.Doubtful || x.Outcome != initiator.Accepted || x.Purpose == PurposeClient
	})
}

// vendorIDs returns accepted exchanges that show several gateways by their vendor IDs.
// A gateway may send some only to a client that sends the same, so that requests are alike.
func vendorIDs(accepted []Exchange) (shown []int) {
	grouped(accepted, func(x Exchange) (string, string) {
		return x.Traits.besideTransport(x.Transport), x.Look.VendorIDs
	}, func(of []sight) {
		if shown == nil {
			shown = alternating(of, 1)
		}
	})
	return shown
}

// hiddenSource is that of an answer whose NAT detection hashes are of no address that
// could be found.
const hiddenSource = "hidden"

// enoughBehind is how many accepted answers from behind NAT are worth a search for the
// address.
const enoughBehind = 2

// sourceOf names the address that an accepted answer was sent from, before any NAT; ""
// where it says nothing of that.
func sourceOf(x Exchange, inside Inside, search bool) string {
	switch {
	case x.Traits.NAT == nil:
		return ""
	case x.Traits.Direct:
		return "direct"
	case !search:
		return hiddenSource
	}
	if a, ok := inside(*x.Traits.NAT, x.Transport.Port()); ok {
		return a.String()
	}
	return hiddenSource
}

// farApart is how far hop limits are apart that are of different kinds of systems,
// which begin with 64, 128 or 255; ways of the same system's answers are not so
// different.
const farApart = 32

// hopLimits returns answers with the kinds of their hop limits. Where answers are forged,
// an error may be, too.
func hopLimits(exchanges []Exchange) []sight {
	forged := slices.ContainsFunc(exchanges, func(x Exchange) bool { return x.Doubtful })
	var seen []Exchange
	for _, x := range exchanges {
		if x.Traits != nil && x.HopLimit > 0 && !x.Doubtful && !x.Transport.IsTCP() && (!forged || x.Outcome == initiator.Accepted) {
			seen = append(seen, x)
		}
	}
	slices.SortStableFunc(seen, func(a, b Exchange) int { return a.HopLimit - b.HopLimit })
	var out []sight
	kind := 0
	for i, x := range seen {
		if i > 0 && x.HopLimit-seen[i-1].HopLimit >= farApart {
			kind++
		}
		out = append(out, x.sight(fmt.Sprint(kind)))
	}
	return out
}

// Bounds on what counts as numbers in SPIs: numberOctets begin them, each of them at
// least in enoughAlike answers, and there are mostNumbers at most.
const numberOctets, mostNumbers = 4, 16

// numbered returns answers with the beginnings of their responder SPIs, if these are so
// few that they were not drawn.
func numbered(exchanges []Exchange) []sight {
	var out []sight
	count := make(map[string]int)
	for _, x := range exchanges {
		if x.Traits == nil || x.Doubtful || x.Traits.SPI == (ike.SPI{}) {
			continue
		}
		number := string(x.Traits.SPI[:numberOctets])
		count[number]++
		out = append(out, x.sight(number))
	}
	if len(count) > mostNumbers {
		return nil
	}
	for _, n := range count {
		if n < enoughAlike {
			return nil
		}
	}
	return out
}
