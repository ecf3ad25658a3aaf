package capture

import "github.com/ikescope/ikescope/report"

// sighted is what an IKE SA is known by at another place: both SPIs, or where an
// answer is missing, the initiator's with one of its ends. Its addresses change
// with a NAT between the places, and some initiators use one SPI for all whom
// they ask.
type sighted struct {
	place, version int
	spii, spir     string
	end            string // an address, or "" with both SPIs
}

// findAgain looks for IKE SAs that were captured at several places, of which each
// has those up to a number.
func (c builder) findAgain(places []int) {
	if len(places) < 2 {
		return
	}
	known := map[sighted]int{}
	each := func(yield func(place int, sa *report.CapturedSA)) {
		place := 0
		for i := range c.SAs {
			for i >= places[place] {
				place++
			}
			yield(place, &c.SAs[i])
		}
	}
	each(func(place int, sa *report.CapturedSA) {
		for _, k := range sightings(place, sa) {
			if known[k] == 0 {
				known[k] = sa.Number
			}
		}
	})
	each(func(place int, sa *report.CapturedSA) {
		for other := range places {
			if other == place {
				continue
			}
			for _, k := range sightings(other, sa) {
				if n := known[k]; n != 0 {
					there := &c.SAs[n-1]
					sent, received := there.Datagrams()
					sa.Elsewhere = append(sa.Elsewhere, report.CapturedElsewhere{
						Number: n, File: there.File, FromInitiator: sent, FromResponder: received,
					})
					break
				}
			}
		}
	})
}

// sightings returns by what an IKE SA is known at a place, the surest first.
func sightings(place int, sa *report.CapturedSA) []sighted {
	var all []sighted
	if sa.SPIr != "" {
		all = append(all, sighted{place, sa.Version, sa.SPIi, sa.SPIr, ""})
	}
	return append(all, sighted{place, sa.Version, sa.SPIi, "", "r " + sa.Responder.Address},
		sighted{place, sa.Version, sa.SPIi, "", "i " + sa.Initiator.Address})
}
