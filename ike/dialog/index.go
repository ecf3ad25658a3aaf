package dialog

import (
	"net/netip"
	"slices"

	"github.com/ikescope/ikescope/ike"
)

// index finds the SA of a message. The SPIs alone do not show it: some initiators
// use one SPI for all whom they ask, and some IKE SAs change their addresses.
type index struct {
	between map[betweenKey]*SA // the latest of an SPIi between two addresses
	spis    map[spisKey]*SA    // the latest of two SPIs, wherever it is
	ends    map[endKey]*SA     // the latest of an SPIi with one end
	spoke   map[pair]bool      // two addresses
}

type betweenKey struct {
	version uint8
	spii    ike.SPI
	ends    pair // without ports
}

type spisKey struct {
	version    uint8
	spii, spir ike.SPI
}

type endKey struct {
	version   uint8
	spii      ike.SPI
	end       netip.Addr
	initiator bool
}

// put adds an SA with a path of it.
func (i *index) put(sa *SA, p Path) {
	if i.between == nil {
		i.between, i.spis, i.ends = map[betweenKey]*SA{}, map[spisKey]*SA{}, map[endKey]*SA{}
		i.spoke = map[pair]bool{}
	}
	i.spoke[withoutPorts(p.Initiator, p.Responder)] = true
	v := uint8(sa.Version)
	i.between[betweenKey{v, sa.SPIi, withoutPorts(p.Initiator, p.Responder)}] = sa
	i.ends[endKey{v, sa.SPIi, p.Initiator.Addr(), true}] = sa
	i.ends[endKey{v, sa.SPIi, p.Responder.Addr(), false}] = sa
}

// speaks reports whether there is an SA between two addresses.
func (i *index) speaks(a, b netip.Addr) bool {
	return i.spoke[pairOf(netip.AddrPortFrom(a, 0), netip.AddrPortFrom(b, 0))]
}

// maxSPIs bounds the SPIs of a responder that are known of an SA: it names
// another one only where it has forgotten the first, or where a cookie came
// with one.
const maxSPIs = 8

// learn notes the responder's SPI that a message names.
func (t *Tracker) learn(sa *SA, h ike.Header) {
	if h.SPIr == (ike.SPI{}) {
		return
	}
	// What a message after IKE_SA_INIT has is what both sides agreed on.
	if !isInit(h.Exchange) || !sa.isSealed {
		sa.SPIr = h.SPIr
	}
	if !slices.Contains(sa.responders, h.SPIr) && len(sa.responders) < maxSPIs {
		sa.responders = append(sa.responders, h.SPIr)
		t.index.spis[spisKey{h.MajorVersion, h.SPIi, h.SPIr}] = sa
	}
}

// find returns the SA of a message, or nil if it is of a new one.
func (t *Tracker) find(h ike.Header, d Datagram, sum digest) *SA {
	i := &t.index
	v, ends := h.MajorVersion, withoutPorts(d.Source, d.Destination)
	here := i.between[betweenKey{v, h.SPIi, ends}]
	if begins(h) {
		if here != nil && here.asksAgain(d, sum) {
			return here
		}
		// A capture on both sides of a NAT holds each request twice.
		if twin := i.ends[endKey{v, h.SPIi, d.Destination.Addr(), false}]; twin != nil && twin.justSaw(sum, d) {
			return twin
		}
		return nil
	}
	if here != nil && here.mayName(h) {
		return here
	}
	if h.SPIr != (ike.SPI{}) {
		// Elsewhere, as with MOBIKE; or the wrong way round.
		if sa := i.spis[spisKey{v, h.SPIi, h.SPIr}]; sa != nil {
			return sa
		}
		if sa := i.spis[spisKey{v, h.SPIr, h.SPIi}]; sa != nil && v == 2 {
			return sa
		}
	}
	// An answer may come from another address than the one that was asked.
	if v == 2 && isInit(h.Exchange) {
		if sa := i.ends[endKey{v, h.SPIi, d.Destination.Addr(), true}]; sa != nil && !sa.isSealed {
			return sa
		}
	}
	// The responder may answer in the other version.
	other := i.between[betweenKey{3 - v, h.SPIi, ends}]
	if other != nil && other.side(d) == ofResponder {
		return other
	}
	return nil
}

// begins reports whether a message is the first of an IKE SA, or such a one
// again: the responder's SPI is not known yet.
func begins(h ike.Header) bool {
	if h.SPIr != (ike.SPI{}) {
		return false
	}
	if h.MajorVersion == 1 {
		return startsIKEv1(h.Exchange)
	}
	return isInit(h.Exchange) && h.Flags&ike.FlagResponse == 0
}

// asksAgain reports whether a first request is of this SA: sent again, or with a
// cookie or another KE payload. From the former responder, or when the SA is
// past its beginning, it is of another one, with the same SPI.
func (sa *SA) asksAgain(d Datagram, sum digest) bool {
	if sa.side(d) == ofResponder {
		return false
	}
	for _, x := range sa.Exchanges {
		if x.Request != nil && x.Request.sighting(sum) != nil {
			return true
		}
	}
	if !sa.isSealed {
		return true
	}
	// A file need not be in order of time.
	return (moment{d.Time, d.Packet}).before(sa.sealed) || !sa.Began() && d.Time.IsZero()
}

// justSaw reports whether the SA holds a datagram with these octets at the same
// time.
func (sa *SA) justSaw(sum digest, d Datagram) bool {
	for _, x := range sa.Exchanges {
		if x.Request == nil {
			continue
		}
		if s := x.Request.sighting(sum); s != nil && isCopy(s, d) {
			return true
		}
	}
	return false
}

// mayName reports whether a message between the addresses of the SA may be of
// it, with the responder's SPI that it names.
func (sa *SA) mayName(h ike.Header) bool {
	return h.SPIr == (ike.SPI{}) || len(sa.responders) == 0 || !sa.isSealed || slices.Contains(sa.responders, h.SPIr) ||
		h.MajorVersion == 2 && isInit(h.Exchange)
}

// quoted returns the SA of an IKE message of which an ICMP error quotes the
// beginning, or nil.
func (i *index) quoted(octets []byte, e ICMPError) *SA {
	var spi ike.SPI
	if len(octets) < len(spi) {
		return nil
	}
	copy(spi[:], octets)
	for _, version := range []uint8{2, 1} {
		if sa := i.between[betweenKey{version, spi, withoutPorts(e.Source, e.Destination)}]; sa != nil {
			return sa
		}
		// The quoted addresses are those of the other side of a NAT.
		for _, end := range []endKey{
			{version, spi, e.Destination.Addr(), false}, {version, spi, e.Source.Addr(), true},
			{version, spi, e.Source.Addr(), false}, {version, spi, e.Destination.Addr(), true},
		} {
			if sa := i.ends[end]; sa != nil {
				return sa
			}
		}
	}
	return nil
}

// side is who sent a datagram, by its addresses and ports.
type side int

const (
	ofNeither side = iota // not known, or both are the same
	ofInitiator
	ofResponder
)

// side tells who sent a datagram from the paths that are known: by addresses
// and ports first, and by addresses alone where the ports are new.
func (sa *SA) side(d Datagram) side {
	var exact, byAddress [2]bool
	for _, p := range sa.Paths {
		exact[0] = exact[0] || p.Initiator == d.Source && p.Responder == d.Destination
		exact[1] = exact[1] || p.Responder == d.Source && p.Initiator == d.Destination
		byAddress[0] = byAddress[0] || p.Initiator.Addr() == d.Source.Addr() && p.Responder.Addr() == d.Destination.Addr()
		byAddress[1] = byAddress[1] || p.Responder.Addr() == d.Source.Addr() && p.Initiator.Addr() == d.Destination.Addr()
	}
	for _, known := range [][2]bool{exact, byAddress} {
		if known[0] != known[1] {
			if known[0] {
				return ofInitiator
			}
			return ofResponder
		}
	}
	return ofNeither
}

// way is which way a message goes.
type way struct {
	fromInitiator, isResponse bool
	// foreign: it is of another version than the SA.
	foreign bool
	// swapped: its SPIs are the wrong way round. misflagged: its flags are.
	swapped, misflagged bool
}

// way returns which way a message of the SA goes: by its flags, or where these
// contradict, by its addresses.
func (sa *SA) way(h ike.Header, d Datagram) way {
	side := sa.side(d)
	if int(h.MajorVersion) != sa.Version {
		return way{foreign: true}
	}
	if sa.Version == 1 {
		return way{fromInitiator: sa.ikev1Initiator(h, d, side)}
	}
	flagged := h.Flags&ike.FlagInitiator != 0
	w := way{fromInitiator: flagged, isResponse: h.Flags&ike.FlagResponse != 0, swapped: h.SPIi != sa.SPIi}
	if w.swapped {
		w.fromInitiator = !flagged
	}
	if isInit(h.Exchange) {
		// Only the initiator asks so.
		if side == ofResponder && h.SPIr != (ike.SPI{}) {
			w.isResponse = true
		}
		w.fromInitiator = !w.isResponse
		w.misflagged = flagged != w.fromInitiator || w.isResponse != (h.Flags&ike.FlagResponse != 0)
		return w
	}
	if side == ofInitiator && !w.fromInitiator || side == ofResponder && w.fromInitiator {
		w.fromInitiator = !w.fromInitiator
		w.misflagged = true
	}
	return w
}
