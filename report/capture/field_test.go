package capture

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/ikev1"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/reporttest"
)

// A field case is a capture, and what is to be said of its IKE SAs.
type fieldCase struct {
	name string
	film film
	shot shot
	want string // result, layer and ID of each
	// says are parts of the notes, or of titles and details.
	says []string
}

var (
	both       = initial{offer: "aes256gcm16-prfsha256-ecp256-modp2048"}
	bothMODP   = initial{offer: "aes256gcm16-prfsha256-ecp256-modp2048", method: ike.KE_MODP_2048}
	chosenMODP = initial{offer: "aes256gcm16-prfsha256-modp2048", method: ike.KE_MODP_2048}
	wantsMODP  = notifyOf(ike.INVALID_KE_PAYLOAD, 0, 14)
	first      = ab(0, 500, initMessage(spiA, noSPI, byI, initial{}))
	plain      = ab(0, 500, initMessage(spiA, noSPI, byI, initial{noNAT: true}))
	accepts    = ba(.02, 500, initMessage(spiA, spiB, byR, initial{noNAT: true}))
	another    = meeting{i: spiC, r: spiD}.film()
	weakAnswer = meeting{answer: 52}.film() // of room for a notify
	mobikeAt   = "192.0.2.77"
)

func inform(at float64, id uint32, octets int) film {
	return of(ab(at, 500, sealedMessage(spiA, spiB, ike.INFORMATIONAL, byI, id, octets)),
		ba(at+.01, 500, sealedMessage(spiA, spiB, ike.INFORMATIONAL, byR, id, octets)))
}

// oldTunnel is ESP of a tunnel that was there before.
func oldTunnel(from float64, n int) film { return esp(from, n) }

var chosenAES = initial{offer: "aes256-sha256-prfsha256-ecp256"}

// A: wrong verdicts.
var verdictCases = []fieldCase{
	// A1: packets of an older tunnel are not those of a new IKE SA.
	{"A1 an old tunnel, and a refusal", of(another.shift(-10), oldTunnel(-5, 120), weakAnswer), shot{}, "works ESP-FLOWS; fails: authentication AUTH-REFUSED", nil},
	{"A1 the old tunnel began before the capture", of(oldTunnel(-5, 120), weakAnswer), shot{}, "fails: authentication AUTH-REFUSED", nil},
	{"A1 the old tunnel is rekeyed after the refusal", of(another.shift(-10), oldTunnel(-5, 40), weakAnswer,
		ab(1, 500, sealedMessage(spiC, spiD, ike.CREATE_CHILD_SA, byI, 2, 260)), ba(1.02, 500, sealedMessage(spiC, spiD, ike.CREATE_CHILD_SA, byR, 2, 240)),
		espOf(1.1, hostA, hostB, 0x3000, 9), espOf(1.15, hostB, hostA, 0x4000, 9)), shot{}, "works ESP-FLOWS; fails: authentication AUTH-REFUSED", nil},
	{"A1 in UDP", of(espBothInUDP(-5, 90), meeting{port: 4500, answer: 52}.film()), shot{}, "fails: authentication AUTH-REFUSED", nil},
	{"A1 the old tunnel, and one of its own", of(oldTunnel(-5, 90), good, espOf(1, hostA, hostB, 0x5000, 3), espOf(1.05, hostB, hostA, 0x6000, 4)), shot{}, "works ESP-FLOWS",
		[]string{"3 packets from the initiator, 4 to it"}},
	{"A1 authenticated anew", of(good, esp(.1, 5), another.shift(3600), inform(3600.1, 2, 56), esp(3601, 5)), shot{}, "works ESP-FLOWS; works ESP-FLOWS", nil},

	// A2: INFORMATIONALs right after IKE_AUTH end it.
	{"A2 refused with IDr and AUTH, two INFORMATIONALs", of(meeting{answer: 152}.film(), inform(.0515, 2, 56), inform(.0519, 3, 56)), shot{}, "fails: child CHILD-REFUSED", nil},
	{"A2 two INFORMATIONALs after a large answer", of(meeting{answer: 900}.film(), inform(.06, 2, 56), inform(.07, 3, 56), wait(60)), shot{}, "unknown ENDED-AT-ONCE", nil},
	{"A2 three of them", of(meeting{answer: 900}.film(), inform(.06, 2, 56), inform(.07, 3, 56), inform(1.5, 4, 56), wait(60)), shot{}, "unknown ENDED-AT-ONCE", nil},
	{"A2 of the responder", of(meeting{answer: 900}.film(), ba(.06, 500, sealedMessage(spiA, spiB, ike.INFORMATIONAL, 0, 0, 56)),
		ba(.07, 500, sealedMessage(spiA, spiB, ike.INFORMATIONAL, 0, 1, 56)), wait(60)), shot{}, "unknown ENDED-AT-ONCE", nil},
	{"A2 one later", of(meeting{answer: 900}.film(), inform(.06, 2, 56), inform(30, 3, 56)), shot{}, "works GOES-ON", nil},
	{"A2 no room for a Child SA, with AES in CBC", of(meeting{chosen: chosenAES, answer: 160}.film(), inform(10, 2, 60)), shot{}, "fails: child CHILD-REFUSED", nil},
	{"A2 no room for a Child SA, and nothing follows", of(meeting{answer: 152}.film(), wait(60)), shot{}, "unknown CHILD-REFUSED", nil},
	{"A2 childless on purpose", of(meeting{answer: 152, chosen: initial{more: []ike.Payload{notifyOf(ike.CHILDLESS_IKEV2_SUPPORTED)}}}.film(), inform(10, 2, 56)), shot{}, "works GOES-ON", nil},

	// A3: asked for something, some clients begin anew with another SPI.
	{"A3 another KE payload", of(ab(0, 500, initMessage(spiA, noSPI, byI, both)), ba(.02, 500, says(spiA, noSPI, wantsMODP)),
		meeting{i: spiC, r: spiD, init: bothMODP, chosen: chosenMODP}.film().shift(.15), esp(1, 5)), shot{}, "works TRIED-AGAIN; works ESP-FLOWS", []string{"tried again as IKE SA 2"}},
	{"A3 a cookie", of(first, ba(.02, 500, says(spiA, noSPI, notifyOf(ike.COOKIE, 1, 2, 3))), another.shift(.1), esp(1, 5)), shot{}, "works TRIED-AGAIN; works ESP-FLOWS", nil},
	{"A3 no proposal is chosen, and then one", of(first, ba(.02, 500, says(spiA, noSPI, notifyOf(ike.NO_PROPOSAL_CHOSEN))), another.shift(.2), esp(1, 5)), shot{},
		"works TRIED-AGAIN; works ESP-FLOWS", nil},
	{"A3 redirected", of(first, ba(.02, 500, says(spiA, noSPI, notifyOf(ike.REDIRECT, 1, 4, 203, 0, 113, 5))),
		send(.1, hostA, 500, "203.0.113.5", 500, initMessage(spiC, noSPI, byI, initial{noNAT: true})), send(.12, "203.0.113.5", 500, hostA, 500, initMessage(spiC, spiD, byR, initial{noNAT: true})),
		send(.13, hostA, 500, "203.0.113.5", 500, sealedMessage(spiC, spiD, ike.IKE_AUTH, byI, 1, 260)), send(.15, "203.0.113.5", 500, hostA, 500, sealedMessage(spiC, spiD, ike.IKE_AUTH, byR, 1, 52))), shot{},
		"fails: authentication TRIED-AGAIN; fails: authentication AUTH-REFUSED", nil},
	{"A3 begun anew without what was asked for", of(ab(0, 500, initMessage(spiA, noSPI, byI, both)), ba(.02, 500, says(spiA, noSPI, wantsMODP)),
		ab(5, 500, initMessage(spiC, noSPI, byI, both)), ba(5.02, 500, says(spiC, noSPI, wantsMODP)), wait(60)), shot{},
		"fails: client INVALID_KE_PAYLOAD; fails: client INVALID_KE_PAYLOAD", nil},
	{"A3 much later", of(ab(0, 500, initMessage(spiA, noSPI, byI, both)), ba(.02, 500, says(spiA, noSPI, wantsMODP)),
		meeting{i: spiC, r: spiD, init: bothMODP, chosen: chosenMODP}.film().shift(600), esp(601, 5)), shot{}, "fails: client INVALID_KE_PAYLOAD; works ESP-FLOWS", nil},

	// A4, A5: IKEv1 in one direction, and refused at first.
	{"A4 the initiator's side of IKEv1", of(mainMode, quickMode).from(hostA), shot{}, "unknown ONE-SIDED", nil},
	{"A4 the responder's side of IKEv1", of(mainMode, quickMode).from(hostB), shot{}, "unknown ONE-SIDED", nil},
	{"A4 the initiator's side, from its second message on", of(mainMode, quickMode).from(hostA)[1:], shot{}, "unknown ONE-SIDED", nil},
	{"A4 Quick Mode of the initiator alone", quickMode.from(hostA), shot{}, "unknown ONE-SIDED", nil},
	{"A5 a notify, and then Main Mode goes on", of(mainMode, quickMode, ba(.025, 500, v1Notify(spiB, ikev1.NoProposalChosen)), esp(1, 5)), shot{}, "works ESP-FLOWS", nil},
	{"A5 of the initiator", of(mainMode, quickMode, ab(.025, 500, v1Notify(spiB, ikev1.NoProposalChosen)), esp(1, 5)), shot{}, "works ESP-FLOWS", nil},
	{"A5 without ESP", of(mainMode, quickMode, ba(.01, 500, v1Notify(noSPI, ikev1.NoProposalChosen)), wait(9)), shot{}, "works QUICK-MODE", nil},
	{"A5 a notify, and the request again", of(mainMode[:1], ba(.02, 500, v1Notify(noSPI, ikev1.NoProposalChosen)), mainMode[:1].times(4, 8)), shot{}, "fails: negotiation IKEV1-REFUSED", nil},

	// A6: what the end of a capture hides.
	{"A6 a request alone", first, shot{}, "unknown CAPTURE-ENDS", nil},
	{"A6 IKE_AUTH at the end", good[:3], shot{}, "unknown CAPTURE-ENDS", nil},
	{"A6 the retry at the end", of(first, ba(.02, 500, says(spiA, noSPI, notifyOf(ike.COOKIE, 1))), ab(.03, 500, initMessage(spiA, noSPI, byI, initial{more: []ike.Payload{notifyOf(ike.COOKIE, 1)}}))), shot{},
		"unknown CAPTURE-ENDS", nil},
	{"A6 the answer at the end", of(plain, accepts), shot{}, "unknown CAPTURE-ENDS", nil},
	{"A6 INVALID_KE_PAYLOAD at the end", of(ab(0, 500, initMessage(spiA, noSPI, byI, both)), ba(.02, 500, says(spiA, noSPI, wantsMODP))), shot{}, "unknown CAPTURE-ENDS", nil},
	{"A6 sent again", of(first, first.times(1)), shot{}, "fails: network NO-ANSWER", nil},
	{"A6 the capture goes on", of(first, wait(1)), shot{}, "fails: network NO-ANSWER", nil},
	{"A6 refused by ICMP", of(first, icmpError(.01, hostB, hostA, 3, 3, first[0].ip, 28)), shot{}, "fails: network ICMP", nil},
	{"A6 IKEv1", mainMode[:1], shot{}, "unknown CAPTURE-ENDS", nil},

	// A7: a request that is cut, or cannot be read.
	{"A7 cut by the snapshot length", of(ab(0, 500, initMessage(spiA, noSPI, byI, initial{offer: both.offer, more: []ike.Payload{offerOf(both.offer)}})), ba(.02, 500, says(spiA, noSPI, wantsMODP)), wait(9)), shot{snap: 70},
		"unknown INVALID_KE_PAYLOAD", nil},
	{"A7 cut within its header", of(ab(0, 500, initMessage(spiA, noSPI, byI, both)), ba(.02, 500, says(spiA, noSPI, wantsMODP)), wait(9)), shot{snap: 66}, "unknown INVALID_KE_PAYLOAD", nil},
	{"A7 malformed", of(ab(0, 500, malformed(initMessage(spiA, noSPI, byI, both))), ba(.02, 500, says(spiA, noSPI, wantsMODP)), wait(9)), shot{}, "unknown INVALID_KE_PAYLOAD", nil},
	{"A7 not captured", of(ba(.02, 500, says(spiA, noSPI, wantsMODP)), wait(9)), shot{}, "unknown ONE-SIDED", nil},
	{"A7 whole", of(first, ba(.02, 500, says(spiA, noSPI, wantsMODP)), wait(9)), shot{}, "fails: negotiation INVALID_KE_PAYLOAD", nil},

	// A8: answered in another version of IKE.
	{"A8 IKEv1 alone", of(first, ba(.02, 500, v1Notify(noSPI, ikev1.InvalidMajorVersion))), shot{}, "fails: negotiation INVALID_MAJOR_VERSION", []string{"INVALID-MAJOR-VERSION"}},
	{"A8 IKEv1 alone, asked again and again", of(first, first.times(2, 6), ba(.02, 500, v1Notify(noSPI, ikev1.InvalidMajorVersion)).times(.02, 2.02, 6.02)), shot{},
		"fails: negotiation INVALID_MAJOR_VERSION", nil},
	{"A8 IKEv2 alone", of(mainMode[:1], ba(.02, 500, encode(&ike.Message{Header: header(spiA, noSPI, ike.INFORMATIONAL, byR, 0), Payloads: []ike.Payload{notifyOf(ike.INVALID_MAJOR_VERSION)}}))), shot{},
		"fails: negotiation INVALID_MAJOR_VERSION", []string{"it does not support IKEv1"}},
	{"A8 IKEv1 alone, with an SPI of its own", of(first, ba(.02, 500, v1Notify(spiB, ikev1.InvalidMajorVersion)), wait(9)), shot{}, "fails: negotiation INVALID_MAJOR_VERSION", nil},
	{"A8 a forged answer before the right one", of(good, ba(.01, 500, v1Notify(noSPI, ikev1.InvalidMajorVersion)), esp(1, 5)), shot{}, "works ESP-FLOWS", nil},

	// A9: the answer to IKE_AUTH comes in part.
	{"A9 IP fragments", partly(fragments(0, hostB, hostA, 4500, bigAnswer, 50, 0), .05, 2, 6, 14), shot{}, "fails: network IP-FRAGMENTS-LOST", []string{"does not arrive"}},
	{"A9 two of three IP fragments", partly(fragments(0, hostB, hostA, 4500, bigAnswer, 50, 0, 2), .05, 2, 6), shot{}, "fails: network IP-FRAGMENTS-LOST", nil},
	{"A9 IKE fragments", partly(of(ba(0, 4500, fragmentOf(spiA, spiB, byR, 1, 3, 1200)), ba(.001, 4500, fragmentOf(spiA, spiB, byR, 3, 3, 500))), .05, 2, 6, 14), shot{}, "fails: network FRAGMENTS-LOST", nil},
	{"A9 one IKE fragment", partly(ba(0, 4500, fragmentOf(spiA, spiB, byR, 2, 2, 500)), .05, 2, 6), shot{}, "fails: network FRAGMENTS-LOST", nil},
	{"A9 in part, once", of(partly(fragments(0, hostB, hostA, 4500, bigAnswer, 50, 0), .05), wait(30)), shot{}, "unknown ANSWER-IN-PART", nil},
	{"A9 in part, and it goes on", of(partly(fragments(0, hostB, hostA, 4500, bigAnswer, 50, 0), .05), ab(20, 4500, sealedMessage(spiA, spiB, ike.INFORMATIONAL, byI, 2, 56)),
		ba(20.02, 4500, sealedMessage(spiA, spiB, ike.INFORMATIONAL, byR, 2, 56))), shot{}, "works GOES-ON", nil},

	// A10: the answers do not arrive.
	{"A10 to IKE_AUTH", partly(ba(0, 4500, sealedMessage(spiA, spiB, ike.IKE_AUTH, byR, 1, 300)), .05, 2, 6, 14, 30), shot{}, "fails: network ANSWERS-LOST", nil},
	{"A10 to IKE_AUTH, answered once", of(behindNAT, authAt(.05), authAt(.05).times(2, 6, 14), ba(.06, 4500, sealedMessage(spiA, spiB, ike.IKE_AUTH, byR, 1, 300))), shot{}, "fails: network ANSWERS-LOST", nil},
	{"A10 to IKE_SA_INIT", of(plain, plain.times(2, 6), accepts, accepts.times(2.02, 6.02)), shot{}, "fails: network ANSWERS-LOST", nil},
	{"A10 to IKE_SA_INIT, with NAT", of(behindNAT, behindNAT[:1].times(2, 6, 14), behindNAT[1:].times(2.02, 6.02, 14.02)), shot{}, "fails: network ANSWERS-LOST", nil},
	{"A10 another KE payload is wanted", of(ab(0, 500, initMessage(spiA, noSPI, byI, both)), ab(0, 500, initMessage(spiA, noSPI, byI, both)).times(2, 6), ba(.02, 500, says(spiA, noSPI, wantsMODP))), shot{}, "fails: network ANSWERS-LOST", nil},
	{"A10 begun anew each time", anewEach(0, 2, 6, 14, 30), shot{}, "unknown BEGINS-ANEW; unknown BEGINS-ANEW; unknown BEGINS-ANEW; unknown BEGINS-ANEW; unknown CAPTURE-ENDS", nil},
	{"A10 answered late", of(good[:3], good[2:3].times(2.03, 6.03), good[3:].times(6.06), esp(8, 5)), shot{}, "works ESP-FLOWS", nil},

	// A11: a filter of ports leaves out further IP fragments.
	{"A11 of the answer", of(behindNAT, authAt(.05), fragments(.1, hostB, hostA, 4500, bigAnswer, 50, 0), espBothInUDP(1, 5)), shot{}, "works ESP-FLOWS", nil},
	{"A11 of the request", of(behindNAT, fragments(.05, hostA, hostB, 4500, bigRequest, 7, 0), ba(.1, 4500, sealedMessage(spiA, spiB, ike.IKE_AUTH, byR, 1, 400)), espBothInUDP(1, 5)), shot{}, "works ESP-FLOWS", nil},
	{"A11 of both", of(behindNAT, fragments(.05, hostA, hostB, 4500, bigRequest, 7, 0), fragments(.1, hostB, hostA, 4500, bigAnswer, 50, 0), espBothInUDP(1, 5)), shot{}, "works ESP-FLOWS", nil},
	{"A11 of the answer, and the capture goes on", of(behindNAT, authAt(.05), fragments(.1, hostB, hostA, 4500, bigAnswer, 50, 0), espBothInUDP(1, 400)), shot{}, "works ESP-FLOWS", nil},
	{"A11 of ESP", of(good, film{{1, ip4Fragment(hostA, hostB, 50, join(be32(0x1000), make([]byte, 100)), 9, 0, true)}, {1.1, ip4Fragment(hostB, hostA, 50, join(be32(0x2000), make([]byte, 100)), 9, 0, true)}}), shot{}, "works ESP-FLOWS", nil},

	// A12: the answer comes from elsewhere.
	{"A12 another address", of(plain, plain.times(2), elsewhere(.02, "198.51.100.77", 500), elsewhere(2.02, "198.51.100.77", 500)), shot{}, "fails: network ANSWERED-FROM-ELSEWHERE", nil},
	{"A12 another port", of(plain, plain.times(2), elsewhere(.02, hostB, 1500), elsewhere(2.02, hostB, 1500)), shot{}, "fails: network ANSWERED-FROM-ELSEWHERE", nil},
	{"A12 another address, once", of(plain, elsewhere(.02, "198.51.100.77", 500), wait(30)), shot{}, "fails: network ANSWERED-FROM-ELSEWHERE", nil},
	{"A12 another KE payload is wanted", of(ab(0, 500, initMessage(spiA, noSPI, byI, both)), send(.02, "198.51.100.77", 500, hostA, 500, says(spiA, noSPI, wantsMODP)), wait(30)), shot{},
		"fails: network ANSWERED-FROM-ELSEWHERE", nil},

	// A13: ESP in one direction, so far.
	{"A13 six packets in half a second", of(good, espOf(1, hostA, hostB, 0x1000, 6)), shot{}, "unknown ESP-ONE-WAY", nil},
	{"A13 after EAP", of(behindNAT, eapRounds, espInUDP(2, hostA, 4500, hostB, 0x1000, 5)), shot{}, "unknown ESP-ONE-WAY", nil},
	{"A13 of the responder", of(good, espOf(1, hostB, hostA, 0x2000, 9)), shot{}, "unknown ESP-ONE-WAY", nil},
	{"A13 for longer", of(good, espOf(1, hostA, hostB, 0x1000, 50)), shot{}, "fails: network ESP-ONE-WAY", nil},
	{"A13 two packets", of(good, espOf(1, hostA, hostB, 0x1000, 2), wait(99)), shot{}, "unknown ESP-ONE-WAY", nil},
	{"A13 one way, and detection of dead peers", of(good, espOf(1, hostA, hostB, 0x1000, 4), inform(20, 2, 56)), shot{}, "works GOES-ON", nil},
}

// B: which messages are one IKE SA, and what belongs to it.
var identityCases = []fieldCase{
	// B1: an SPI that begins as the non-ESP marker does.
	{"B1 four zero octets", of(meeting{i: spiZeros, r: spiB}.film(), esp(1, 5)), shot{}, "works ESP-FLOWS", nil},
	{"B1 of another client port", of(send(0, hostA, 40000, hostB, 500, initMessage(spiZeros, noSPI, byI, initial{noNAT: true})), send(.02, hostB, 500, hostA, 40000, says(spiZeros, noSPI, notifyOf(ike.NO_PROPOSAL_CHOSEN)))), shot{},
		"fails: negotiation NO_PROPOSAL_CHOSEN", nil},
	{"B1 on port 4500", of(meeting{i: spiZeros, r: spiB, port: 4500}.film(), espBothInUDP(1, 5)), shot{}, "works ESP-FLOWS", nil},
	{"B1 quoted by ICMP", of(ab(0, 500, initMessage(spiZeros, noSPI, byI, initial{})), another.shift(.001), icmpError(.01, hostB, hostA, 3, 3, ab(0, 500, initMessage(spiZeros, noSPI, byI, initial{}))[0].ip, 200)), shot{},
		"fails: network ICMP; unknown AUTH-ANSWERED", nil},
	{"B1 seven zero octets", of(meeting{i: ike.SPI{7: 1}, r: spiB}.film(), esp(1, 5)), shot{}, "works ESP-FLOWS", nil},
	{"B1 IKEv1", of(zeroIKEv1), shot{}, "fails: negotiation IKEV1-REFUSED", nil},

	// B2: a responder that asks as if it were an initiator.
	{"B2 CREATE_CHILD_SA", of(good, ba(3, 500, sealedMessage(spiB, spiA, ike.CREATE_CHILD_SA, byI, 2, 200)), ab(3.02, 500, sealedMessage(spiB, spiA, ike.CREATE_CHILD_SA, byR, 2, 180)), esp(4, 5)), shot{},
		"works ESP-FLOWS", []string{"2 messages have the SPIs and the Initiator flag the wrong way round"}},
	{"B2 INFORMATIONAL", of(good, ba(3, 500, sealedMessage(spiB, spiA, ike.INFORMATIONAL, byI, 0, 60)), ab(3.02, 500, sealedMessage(spiB, spiA, ike.INFORMATIONAL, byR, 0, 60))), shot{}, "works GOES-ON", nil},
	{"B2 on port 4500", of(meeting{port: 4500}.film(), ba(3, 4500, sealedMessage(spiB, spiA, ike.INFORMATIONAL, byI, 0, 60)), ab(3.02, 4500, sealedMessage(spiB, spiA, ike.INFORMATIONAL, byR, 0, 60))), shot{}, "works GOES-ON", nil},
	{"B2 the flag alone", of(good, ba(3, 500, sealedMessage(spiA, spiB, ike.INFORMATIONAL, byI, 0, 60)), ab(3.02, 500, sealedMessage(spiA, spiB, ike.INFORMATIONAL, byR, 0, 60))), shot{}, "works GOES-ON",
		[]string{"2 messages have the wrong flags"}},

	// B3: IKE SAs are not known by the initiator's SPI alone.
	{"B3 one SPI for all", fixedSPI(), shot{}, strings.TrimSuffix(strings.Repeat("unknown CAPTURE-ENDS; fails: negotiation NO_PROPOSAL_CHOSEN; ", 10), "; "), nil},
	{"B3 one SPI at two gateways that accept", of(good, send(1, hostA, 500, "203.0.113.5", 500, initMessage(spiA, noSPI, byI, initial{noNAT: true})), send(1.02, "203.0.113.5", 500, hostA, 500, initMessage(spiA, spiD, byR, initial{noNAT: true})),
		send(1.03, hostA, 500, "203.0.113.5", 500, sealedMessage(spiA, spiD, ike.IKE_AUTH, byI, 1, 260)), send(1.05, "203.0.113.5", 500, hostA, 500, sealedMessage(spiA, spiD, ike.IKE_AUTH, byR, 1, 52)), esp(2, 5)), shot{},
		"works ESP-FLOWS; fails: authentication AUTH-REFUSED", nil},
	{"B3 the same SPI of the responder", of(ba(0, 500, initMessage(spiA, noSPI, byI, initial{noNAT: true})), ab(.02, 500, says(spiA, noSPI, notifyOf(ike.NO_PROPOSAL_CHOSEN))), good.shift(5), esp(6, 5)), shot{},
		"fails: negotiation NO_PROPOSAL_CHOSEN; works ESP-FLOWS", nil},
	{"B3 the same SPI again, later", of(weakAnswer, meeting{init: initial{more: []ike.Payload{notifyOf(ike.REDIRECT_SUPPORTED)}}, i: spiA, r: spiD}.film().shift(100), esp(101, 5)), shot{},
		"fails: authentication AUTH-REFUSED; works ESP-FLOWS", nil},
	{"B3 seen on both sides of a NAT", bothSides(), shot{}, "unknown AUTH-ANSWERED", nil},

	// B5: AH.
	{"B5 AH with ESP in it", of(good, ahOf(1, hostA, hostB, 0x1000, 6, 50), ahOf(1.05, hostB, hostA, 0x2000, 6, 50)), shot{}, "works ESP-FLOWS", nil},
	{"B5 AH alone", of(good, ahOf(1, hostA, hostB, 0x1000, 6, 1), ahOf(1.05, hostB, hostA, 0x2000, 6, 1)), shot{}, "works ESP-FLOWS", []string{"AH flows in both directions"}},
	{"B5 AH in one direction", of(good, ahOf(1, hostA, hostB, 0x1000, 60, 1)), shot{}, "fails: network ESP-ONE-WAY", []string{"AH flows from the initiator"}},
	{"B5 AH of an older tunnel", of(ahOf(-5, hostA, hostB, 0x1000, 90, 1), ahOf(-5, hostB, hostA, 0x2000, 90, 1), weakAnswer), shot{}, "fails: authentication AUTH-REFUSED", nil},

	// B7: MOBIKE.
	{"B7 the initiator moves", of(meeting{port: 4500}.film(), mobike(20), espInUDP(21, mobikeAt, 4500, hostB, 0x1000, 5), back(21, 5)), shot{}, "works ESP-FLOWS", nil},
	{"B7 the initiator moves, with ESP before", of(meeting{port: 4500}.film(), espBothInUDP(1, 5), mobike(20), espInUDP(21, mobikeAt, 4500, hostB, 0x1000, 5), back(21, 5)), shot{}, "works ESP-FLOWS",
		[]string{"10 packets from the initiator, 10 to it"}},
	{"B7 to another address of the responder", of(meeting{port: 4500}.film(), send(20, hostA, 4500, "198.51.100.9", 4500, sealedMessage(spiA, spiB, ike.INFORMATIONAL, byI, 2, 120)),
		send(20.05, "198.51.100.9", 4500, hostA, 4500, sealedMessage(spiA, spiB, ike.INFORMATIONAL, byR, 2, 120)), espInUDP(21, hostA, 4500, "198.51.100.9", 0x1000, 5), espInUDP(21.05, "198.51.100.9", 4500, hostA, 0x2000, 5)), shot{},
		"works ESP-FLOWS", nil},
	{"B7 ESP from another port of the NAT", of(meeting{port: 4500}.film(), espInUDP(1, hostA, 61000, hostB, 0x1000, 5), film{{2, ip4(hostB, hostA, 17, udp(4500, 61000, join(be32(0x2000), make([]byte, 60))))}}), shot{}, "works ESP-FLOWS", nil},

	// B8: ICMP errors about ESP.
	{"B8 protocol unreachable", of(good, espOf(1, hostA, hostB, 0x1000, 6), unreachable(1.01, 2, 6)), shot{}, "fails: network ESP-ONE-WAY", []string{"protocol unreachable"}},
	{"B8 prohibited", of(good, espOf(1, hostA, hostB, 0x1000, 2), unreachable(1.01, 13, 2)), shot{}, "fails: network ESP-ONE-WAY", []string{"administratively prohibited"}},
	{"B8 too big, and it flows", of(good, esp(1, 6), unreachable(1.01, 4, 1)), shot{}, "works ESP-FLOWS", nil},
	{"B8 ESP in UDP", of(meeting{port: 4500}.film(), espInUDP(1, hostA, 4500, hostB, 0x1000, 3), icmpError(1.01, hostB, hostA, 3, 3, espInUDP(1, hostA, 4500, hostB, 0x1000, 1)[0].ip, 60)), shot{}, "fails: network ESP-ONE-WAY",
		[]string{"port unreachable"}},
	{"B8 of an older tunnel", of(espOf(-5, hostA, hostB, 0x1000, 90), good, unreachable(1, 2, 3)), shot{}, "unknown AUTH-ANSWERED", nil},

	// B9: an SPI of zero.
	{"B9 IKE_SA_INIT", ab(0, 500, initMessage(noSPI, noSPI, byI, initial{})), shot{}, "", []string{"1 datagram is malformed IKE: the initiator's SPI is zero"}},
	{"B9 Main Mode", ab(0, 500, v1(noSPI, noSPI, ikev1.MainMode, 0, 0, ikev1.PayloadSA, v1Payload(0, v1SA(v1Strong)))), shot{}, "", []string{"malformed IKE"}},
	{"B9 on port 4500", ab(0, 4500, initMessage(noSPI, noSPI, byI, initial{})), shot{}, "", []string{"malformed IKE"}},
	{"B9 beside others", of(good, ab(.5, 500, initMessage(noSPI, noSPI, byI, initial{}))), shot{}, "unknown AUTH-ANSWERED", []string{"malformed IKE"}},

	// B10: G-IKEv2.
	{"B10 GSA_AUTH", on848(meeting{exchange: ike.GSA_AUTH}.film()), shot{ports: []uint16{848}}, "unknown AUTH-ANSWERED", nil},
	{"B10 GSA_AUTH is refused", on848(meeting{exchange: ike.GSA_AUTH, answer: 52}.film()), shot{ports: []uint16{848}}, "fails: authentication AUTH-REFUSED", nil},
	{"B10 GSA_AUTH is not answered", on848(of(meeting{exchange: ike.GSA_AUTH}.film()[:3], wait(9))), shot{ports: []uint16{848}}, "fails: network AUTH-NO-ANSWER", nil},
	{"B10 not looked at", on848(meeting{exchange: ike.GSA_AUTH}.film()), shot{}, "", []string{"4 datagrams on UDP 848 look like IKE, of groups (GDOI, G-IKEv2): read them with --port 848"}},

	// Others.
	{"both begin", of(good, ba(.001, 500, initMessage(spiC, noSPI, byI, initial{noNAT: true})), ab(.021, 500, initMessage(spiC, spiD, byR, initial{noNAT: true})),
		ba(.031, 500, sealedMessage(spiC, spiD, ike.IKE_AUTH, byI, 1, 260)), ab(.051, 500, sealedMessage(spiC, spiD, ike.IKE_AUTH, byR, 1, 230))), shot{}, "unknown AUTH-ANSWERED; unknown AUTH-ANSWERED", nil},
	{"a forged refusal", of(good, ba(.01, 500, says(spiA, noSPI, notifyOf(ike.NO_PROPOSAL_CHOSEN))), esp(1, 5)), shot{}, "works ESP-FLOWS", nil},
	{"a Delete that is not answered", of(good, esp(1, 5), inform(60, 2, 56)[:1], inform(60, 2, 56)[:1].times(62, 66)), shot{}, "fails: network PEER-GONE", nil},
	{"time exceeded", of(first, first.times(2, 6), icmpError(.02, "203.0.113.9", hostA, 11, 0, first[0].ip, 28)), shot{}, "fails: network ICMP", nil},
	{"reassembly time exceeded", of(behindNAT, fragments(.05, hostA, hostB, 4500, bigRequest, 7), fragments(2, hostA, hostB, 4500, bigRequest, 8), icmpError(30, hostB, hostA, 11, 1, fragments(0, hostA, hostB, 4500, bigRequest, 7)[0].ip, 60)), shot{},
		"fails: network ICMP", nil},
	{"rekeyed", of(good, esp(1, 5), ab(3600, 500, sealedMessage(spiA, spiB, ike.CREATE_CHILD_SA, byI, 2, 260)), ba(3600.02, 500, sealedMessage(spiA, spiB, ike.CREATE_CHILD_SA, byR, 2, 230)), inform(3600.05, 3, 56),
		ab(3700, 500, sealedMessage(spiC, spiD, ike.INFORMATIONAL, byI, 0, 56)), ba(3700.02, 500, sealedMessage(spiC, spiD, ike.INFORMATIONAL, byR, 0, 56))), shot{}, "works ESP-FLOWS; works REKEYED", nil},
}

// C and D: captures that begin in the middle; time and order. E6, F.
var orderCases = []fieldCase{
	{"C1 works", of(meeting{port: 4500}.film()[2:], espBothInUDP(1, 5)), shot{}, "works ESP-FLOWS", []string{"IKE_SA_INIT is not in the capture"}},
	{"C1 refused", of(meeting{port: 4500, answer: 52}.film()[2:], wait(9)), shot{}, "fails: authentication AUTH-REFUSED", []string{"IKE_SA_INIT is not in the capture"}},
	{"C1 not answered", of(authAt(0), authAt(0).times(2, 6)), shot{}, "fails: network AUTH-NO-ANSWER", []string{"IKE_SA_INIT is not in the capture"}},
	{"C1 answered, and nothing follows", of(meeting{port: 4500}.film()[2:], wait(9)), shot{}, "unknown AUTH-ANSWERED", nil},
	{"C1 after a rekeying on the same path", of(ab(-9, 4500, sealedMessage(spiC, spiD, ike.CREATE_CHILD_SA, byI, 4, 260)), ba(-8.9, 4500, sealedMessage(spiC, spiD, ike.CREATE_CHILD_SA, byR, 4, 260)), meeting{port: 4500}.film()[2:], wait(9)), shot{},
		"unknown CAPTURE-BEGINS-LATE; unknown AUTH-ANSWERED", nil},
	{"C1 EAP", of(eapRounds, wait(9)), shot{}, "unknown AUTH-ANSWERED", nil},
	{"C1 ESP, and detection of dead peers", of(espBothInUDP(-5, 9), ab(0, 4500, sealedMessage(spiA, spiB, ike.INFORMATIONAL, byI, 9, 56)), ba(.02, 4500, sealedMessage(spiA, spiB, ike.INFORMATIONAL, byR, 9, 56))), shot{}, "works ESP-FLOWS", nil},
	{"C2 resumed", of(resume(), good[2:], esp(1, 5)), shot{}, "works ESP-FLOWS", nil},
	{"C2 resumed, and refused", of(resume(), weakAnswer[2:], wait(9)), shot{}, "fails: authentication AUTH-REFUSED", nil},
	{"C2 the ticket is not accepted", of(resume()[:1], ba(.02, 500, resumeSays(notifyOf(ike.TICKET_NACK))), another.shift(.1), esp(1, 5)), shot{}, "works TRIED-AGAIN; works ESP-FLOWS", nil},
	{"C2 not answered", of(resume()[:1], resume()[:1].times(2, 6)), shot{}, "fails: network NO-ANSWER", []string{"IKE_SESSION_RESUME got no answer"}},
	{"C3 ESP alone", esp(1, 5), shot{}, "", []string{"there is no IKE message, but 10 ESP packets: the capture begins after IKE"}},
	{"C3 ESP in UDP alone", espBothInUDP(1, 5), shot{}, "", []string{"10 ESP packets"}},
	{"C3 AH alone", ahOf(1, hostA, hostB, 7, 5, 1), shot{}, "", []string{"5 AH packets"}},
	{"C3 nothing", wait(1), shot{}, "", []string{"there is no IKE message on the ports that were examined"}},

	{"D1 sorted by flow", slices.Concat(meeting{port: 4500}.film()[2:], espBothInUDP(1, 5), meeting{port: 4500}.film()[:2]), shot{}, "works ESP-FLOWS", []string{"not in chronological order"}},
	{"D1 backwards", reversed(of(good, esp(1, 5))), shot{}, "works ESP-FLOWS", nil},
	{"D1 answers before requests", film{good[1], good[0], good[3], good[2]}, shot{}, "unknown AUTH-ANSWERED", nil},
	{"D1 ESP first", slices.Concat(esp(1, 5), good), shot{}, "works ESP-FLOWS", nil},
	{"D1 two files merged", slices.Concat(another.shift(10), esp(11, 5), weakAnswer), shot{}, "fails: authentication AUTH-REFUSED; works ESP-FLOWS", nil},
	{"D2 works", of(good, esp(1, 5)), shot{noTimes: true}, "works ESP-FLOWS", nil},
	{"D2 no answer", of(first, first.times(1, 2)), shot{noTimes: true}, "fails: network NO-ANSWER", []string{"3 tries"}},
	{"D2 a request", first, shot{noTimes: true}, "unknown CAPTURE-ENDS", []string{"it has no times"}},
	{"D2 refused", weakAnswer, shot{noTimes: true}, "fails: authentication AUTH-REFUSED", nil},
	{"D3 three hours", of(good, inform(20000, 2, 56), inform(20020, 3, 60), inform(20040, 4, 64)), shot{}, "works GOES-ON", nil},

	{"E5 XAUTH", of(mainMode, ba(.1, 500, v1Sealed(ikev1.Transaction, 0x99, 8, 80, 1)), ab(.2, 500, v1Sealed(ikev1.Transaction, 0x99, 8, 80, 2)), wait(9)), shot{}, "unknown IKEV1-NO-QUICK-MODE", []string{"XAUTH"}},
	{"E5 AuthIP", of(ab(0, 500, v1(spiA, noSPI, ikev1.AuthIPMainMode, 0, 0, ikev1.PayloadSA, v1Payload(0, v1SA(v1Strong)))), wait(9)), shot{}, "unknown AUTHIP", nil},
	{"E6 flags of zero", of(ab(0, 500, initMessage(spiA, noSPI, byI, initial{flags: 0x80})), wait(9)), shot{}, "fails: network NO-ANSWER", []string{"1 message has the wrong flags"}},
	{"E6 an answer with flags of zero", of(first, ba(.02, 500, initMessage(spiA, spiB, byR, initial{flags: 0x80})), good[2:], esp(1, 5)), shot{}, "works ESP-FLOWS", []string{"1 message has the wrong flags"}},

	{"F works", of(mainMode, quickMode, esp(1, 5)), shot{}, "works ESP-FLOWS", nil},
	{"F Quick Mode is complete", of(mainMode, quickMode), shot{}, "works QUICK-MODE", nil},
	{"F refused", of(mainMode[:1], ba(.02, 500, v1Notify(spiB, ikev1.NoProposalChosen))), shot{}, "fails: negotiation IKEV1-REFUSED", nil},
	{"F refused, without an SPI", of(mainMode[:1], ba(.02, 500, v1Notify(noSPI, ikev1.NoProposalChosen))), shot{}, "fails: negotiation IKEV1-REFUSED", nil},
	{"F the keys differ", of(mainMode[:5], mainMode[4:5].times(2.06, 6.06, 14.06)), shot{}, "fails: authentication IKEV1-AUTH-NO-ANSWER", []string{"most likely, the pre-shared keys differ"}},
	{"F the keys differ, and a notify says so", of(mainMode[:5], ba(.07, 500, v1Sealed(ikev1.Informational, 0x55, 8, 80, 1)), wait(9)), shot{}, "fails: authentication IKEV1-AUTH-REFUSED", nil},
	{"F a clear notify to the proof", of(mainMode[:5], ba(.07, 500, v1Notify(spiB, 16)), wait(9)), shot{}, "fails: authentication IKEV1-AUTH-REFUSED", nil},
	{"F port 4500, or the keys", of(mainMode[:4], ab(.06, 4500, v1Sealed(ikev1.MainMode, 0, 5, 64, 7)), ab(.06, 4500, v1Sealed(ikev1.MainMode, 0, 5, 64, 7)).times(2, 6)), shot{}, "unknown IKEV1-NO-ANSWER", nil},
	{"F Quick Mode is refused", of(mainMode, quickMode[:1], ba(.12, 500, v1Sealed(ikev1.Informational, 0x55, 8, 80, 1)), wait(9)), shot{}, "fails: child QUICK-MODE-REFUSED", nil},
	{"F Quick Mode is not answered", of(mainMode, quickMode[:1], quickMode[:1].times(4, 8)), shot{}, "fails: child QUICK-MODE-NO-ANSWER", nil},
	{"F no Quick Mode", of(mainMode, wait(9)), shot{}, "unknown IKEV1-NO-QUICK-MODE", nil},
	{"F no answer", of(mainMode[:1], mainMode[:1].times(4, 8)), shot{}, "fails: network IKEV1-NO-ANSWER", nil},
	{"F message 3 is not answered", of(mainMode[:3], mainMode[2:3].times(4, 8)), shot{}, "fails: network IKEV1-NO-ANSWER", []string{"message 3 of Main Mode got no answer"}},
	{"F not continued", of(mainMode[:2], wait(9)), shot{}, "fails: client NOT-CONTINUED", nil},
	{"F aggressive", of(aggressive(), quickMode, esp(1, 5)), shot{}, "works ESP-FLOWS", nil},
	{"F aggressive, and the initiator does not go on", of(aggressive()[:2], wait(9)), shot{}, "fails: authentication IKEV1-AUTH-REFUSED", []string{"the pre-shared keys differ"}},
	{"F and then IKEv2", of(mainMode[:1], mainMode[:1].times(4), another.shift(10)), shot{}, "fails: network IKEV1-NO-ANSWER; unknown AUTH-ANSWERED", []string{"the initiator starts over as IKE SA 2"}},
	{"F the rest of an IKE SA", of(quickMode, wait(9)), shot{}, "works QUICK-MODE", nil},
	{"F ESP in one direction", of(mainMode, quickMode, espOf(1, hostA, hostB, 0x1000, 60)), shot{}, "fails: network ESP-ONE-WAY", nil},
}

var (
	spiZeros   = ike.SPI{0, 0, 0, 0, 0, 1, 0xe0, 0xf3}
	bigRequest = sealedMessage(spiA, spiB, ike.IKE_AUTH, byI, 1, 3300)
	bigAnswer  = sealedMessage(spiA, spiB, ike.IKE_AUTH, byR, 1, 3300)
	eapRounds  = func() film {
		var out film
		for i, n := range [][2]int{{300, 900}, {60, 80}, {90, 110}, {60, 60}, {90, 260}} {
			at := .1 + float64(i)*.1
			out = of(out, ab(at, 4500, sealedMessage(spiA, spiB, ike.IKE_AUTH, byI, uint32(i+1), n[0])),
				ba(at+.05, 4500, sealedMessage(spiA, spiB, ike.IKE_AUTH, byR, uint32(i+1), n[1])))
		}
		return out
	}()
	zeroIKEv1 = of(ab(0, 500, v1(spiZeros, noSPI, ikev1.MainMode, 0, 0, ikev1.PayloadSA, v1Payload(0, v1SA(v1Strong)))),
		ba(.02, 500, v1(spiZeros, noSPI, ikev1.Informational, 7, 0, ikev1.PayloadNotification, v1Payload(0, join(be32(1), []byte{1, 0, 0, 14})))))
)

func authAt(at float64) film {
	return ab(at, 4500, sealedMessage(spiA, spiB, ike.IKE_AUTH, byI, 1, 400))
}

// partly is IKE_AUTH behind NAT, sent at some times, each answered after 50 ms.
func partly(answer film, at ...float64) film {
	out := of(behindNAT)
	for i, t := range at {
		again := answer.shift(t + .05)
		for n := range again { // another datagram has another identification
			again[n].ip = bytes.Clone(again[n].ip)
			again[n].ip[5] = byte(60 + i)
		}
		out = of(out, authAt(t), again)
	}
	return out
}

func elsewhere(at float64, address string, port int) film {
	return send(at, address, port, hostA, 500, initMessage(spiA, spiB, byR, initial{noNAT: true}))
}

func anewEach(at ...float64) film {
	var out film
	for i, t := range at {
		n := byte(i + 1)
		i, r := ike.SPI{n, n, n, n, n, n, n, n}, ike.SPI{n, 9}
		out = of(out, ab(t, 500, initMessage(i, noSPI, byI, initial{noNAT: true})), ba(t+.01, 500, initMessage(i, r, byR, initial{noNAT: true})))
	}
	return out
}

func malformed(m []byte) []byte {
	m = bytes.Clone(m)
	m[28+4+3] = 200 // the length of the proposal
	return m
}

func fixedSPI() film {
	var out film
	for i := range 20 {
		host, at := fmt.Sprintf("203.0.113.%d", i+1), float64(i)*.1
		answer := initMessage(spiA, ike.SPI{byte(i + 1), 7}, byR, initial{noNAT: true})
		if i%2 == 1 {
			answer = says(spiA, noSPI, notifyOf(ike.NO_PROPOSAL_CHOSEN))
		}
		out = of(out, send(at, hostA, 500, host, 500, initMessage(spiA, noSPI, byI, initial{noNAT: true})), send(at+.02, host, 500, hostA, 500, answer))
	}
	return out
}

// bothSides is a meeting as a NAT gateway sees it, inside and outside.
func bothSides() film {
	var out film
	for _, e := range (meeting{init: initial{noNAT: true}, chosen: initial{noNAT: true}}).film() {
		m := e.ip[28:]
		if bytes.Equal(e.ip[12:16], []byte{192, 0, 2, 10}) {
			out = append(out, send(e.at, "10.0.0.5", 500, hostB, 500, m)[0], send(e.at+.0001, hostA, 1024, hostB, 500, m)[0])
		} else {
			out = append(out, send(e.at, hostB, 500, hostA, 1024, m)[0], send(e.at+.0001, hostB, 500, "10.0.0.5", 500, m)[0])
		}
	}
	return out
}

func mobike(at float64) film {
	return of(send(at, mobikeAt, 4500, hostB, 4500, sealedMessage(spiA, spiB, ike.INFORMATIONAL, byI, 2, 120)),
		send(at+.05, hostB, 4500, mobikeAt, 4500, sealedMessage(spiA, spiB, ike.INFORMATIONAL, byR, 2, 120)))
}

func back(at float64, n int) film { return espInUDP(at+.05, hostB, 4500, mobikeAt, 0x2000, n) }

func unreachable(at float64, code byte, n int) film {
	var out film
	for i := range n {
		out = append(out, icmpError(at+float64(i)*.1, hostB, hostA, 3, code, espOf(1, hostA, hostB, 0x1000, 1)[0].ip, 28)...)
	}
	return out
}

// on848 moves what is on port 500 to 848.
func on848(f film) film {
	out := slices.Clone(f)
	for i := range out {
		if out[i].ip[9] == 17 {
			out[i].ip = bytes.Clone(out[i].ip)
			copy(out[i].ip[20:], join(be16(848), be16(848)))
		}
	}
	return out
}

func resume() film {
	return of(ab(0, 500, encode(&ike.Message{Header: header(spiA, noSPI, ike.IKE_SESSION_RESUME, byI, 0),
		Payloads: []ike.Payload{&ike.Nonce{Data: make([]byte, 32)}, notifyOf(ike.TICKET_OPAQUE, make([]byte, 40)...)}})),
		ba(.02, 500, encode(&ike.Message{Header: header(spiA, spiB, ike.IKE_SESSION_RESUME, byR, 0), Payloads: []ike.Payload{&ike.Nonce{Data: make([]byte, 32)}}})))
}

func resumeSays(p ike.Payload) []byte {
	return encode(&ike.Message{Header: header(spiA, noSPI, ike.IKE_SESSION_RESUME, byR, 0), Payloads: []ike.Payload{p}})
}

func aggressive() film {
	offer := v1(spiA, noSPI, ikev1.AggressiveMode, 0, 0, ikev1.PayloadSA, join(v1Payload(ikev1.PayloadKE, v1SA(v1Strong, v1Weak)), v1Payload(10, make([]byte, 128)), v1Payload(5, make([]byte, 20)), v1Payload(0, []byte("id: a"))))
	answer := v1(spiA, spiB, ikev1.AggressiveMode, 0, 0, ikev1.PayloadSA, join(v1Payload(ikev1.PayloadKE, v1SA(v1Strong)), v1Payload(10, make([]byte, 128)), v1Payload(8, make([]byte, 20)), v1Payload(0, make([]byte, 20))))
	return of(ab(0, 500, offer), ba(.02, 500, answer), ab(.03, 500, v1Sealed(ikev1.AggressiveMode, 0, 8, 52, 4)))
}

func reversed(f film) film {
	out := slices.Clone(f)
	slices.Reverse(out)
	return out
}

func verdicts(c *report.Capture) string {
	var all []string
	for _, sa := range c.SAs {
		all = append(all, sa.Verdict.String()+" "+sa.Verdict.ID)
	}
	return strings.Join(all, "; ")
}

func saying(c *report.Capture) string {
	all := slices.Clone(c.Notes)
	for _, sa := range c.SAs {
		all = append(all, sa.Verdict.Title, sa.Verdict.Detail)
		all = append(all, sa.Notes...)
	}
	return strings.Join(all, "\n")
}

func TestFieldCases(t *testing.T) {
	for _, tt := range slices.Concat(verdictCases, identityCases, orderCases) {
		t.Run(tt.name, func(t *testing.T) {
			c := tt.shot.show(t, tt.film)
			if got := verdicts(c); got != tt.want {
				t.Errorf("%s\nwant %s\n%s", got, tt.want, saying(c))
			}
			for _, part := range tt.says {
				if !strings.Contains(saying(c), part) {
					t.Errorf("%s\nlacks %s", saying(c), part)
				}
			}
			var b bytes.Buffer
			if err := report.WriteJSON(&b, c); err != nil {
				t.Fatal(err)
			}
			reporttest.Validate(t, report.CaptureSchema(), b.Bytes())
		})
	}
}

// F: what IKEv1 has in the clear is told: offers and choice, and NAT.
func TestFieldIKEv1(t *testing.T) {
	natd := func(next ikev1.PayloadType, r ike.SPI, of string) []byte {
		return v1Payload(next, natHashV1(spiA, r, of))
	}
	keys := func(salt byte, destination, source string) []byte {
		return v1(spiA, spiB, ikev1.MainMode, 0, 0, ikev1.PayloadKE, join(v1Payload(10, bytes.Repeat([]byte{salt}, 128)), v1Payload(ikev1.PayloadNATD, bytes.Repeat([]byte{salt}, 16)),
			natd(ikev1.PayloadNATD, spiB, destination), natd(0, spiB, source)))
	}
	f := of(ab(0, 500, v1(spiA, noSPI, ikev1.MainMode, 0, 0, ikev1.PayloadSA, join(v1Payload(ikev1.PayloadVendorID, v1SA(v1Strong, v1Weak)), v1Payload(0, []byte("an implementation"))))),
		ba(.02, 500, v1(spiA, spiB, ikev1.MainMode, 0, 0, ikev1.PayloadSA, v1Payload(0, v1SA(v1Weak)))),
		ab(.03, 500, keys(5, hostB+":500", "10.1.1.1:500")), ba(.05, 500, keys(6, hostA+":500", hostB+":500")), wait(9))
	c := shot{}.show(t, f)
	sa := c.SAs[0]
	request, response := sa.Exchanges[0].Request, sa.Exchanges[0].Responses[0]
	if len(request.Proposals) != 2 || request.Proposals[1].Keywords != "3des256-md5-modp1024" || request.Proposals[0].Keywords != "aes256-sha1-modp1024" ||
		request.Proposals[0].Authentication != "pre-shared key" || len(request.VendorIDs) != 1 || len(response.Proposals) != 1 || sa.Suite != "3des256-md5-modp1024" {
		t.Errorf("%+v, %+v, suite %s", request, response, sa.Suite)
	}
	if len(sa.Exchanges) != 2 || sa.Exchanges[1].Request.Payloads[2] != "NAT-D" {
		t.Errorf("%+v", sa.Exchanges)
	}
	if n := sa.NAT; n == nil || n.InitiatorBehindNAT == nil || !*n.InitiatorBehindNAT || n.ResponderBehindNAT == nil || *n.ResponderBehindNAT || !n.InitiatorSupports || !n.ResponderSupports {
		t.Errorf("NAT %+v", n)
	}
	if got := verdicts(c); got != "unknown NOTHING-ON-4500" {
		t.Error(got)
	}
}

// D1: what is told of a file that is sorted by flow is in order of time.
func TestFieldOrder(t *testing.T) {
	m := meeting{port: 4500}.film()
	c := shot{}.show(t, slices.Concat(m[2:], espBothInUDP(1, 5), m[:2]))
	sa := c.SAs[0]
	if sa.Exchanges[0].Type != "IKE_SA_INIT" || sa.Paths[0].Initiator.Port != 500 || sa.Initiator.Port != 500 || !sa.First.Equal(sa.Exchanges[0].Request.Time) {
		t.Errorf("%s first at %v, %+v", sa.Exchanges[0].Type, sa.First, sa.Paths)
	}
	if !sa.Until.After(sa.Last) {
		t.Errorf("the capture ends %v, the IKE SA %v", sa.Until, sa.Last)
	}
}

// Who is behind NAT is unknown without the hashes of both sides, unless one shows it.
func TestFieldNATUnknown(t *testing.T) {
	yes, no := true, false
	for _, test := range []struct {
		name                 string
		f                    film
		initiator, responder *bool
	}{
		{"no answer", of(first, first.times(1, 3)), nil, nil},
		{"an ICMP error", of(first, icmpError(.01, hostB, hostA, 3, 3, first[0].ip, 28)), nil, nil},
		{"an answer without NAT detection", of(first, ba(.02, 500, says(spiA, noSPI, wantsMODP))), nil, nil},
		{"no answer, and a NAT before the capture point", of(send(0, "203.0.113.9", 500, hostB, 500, initMessage(spiA, noSPI, byI, initial{}))), &yes, nil},
		{"both", good, &no, &no},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := shot{}.show(t, test.f)
			n := c.SAs[0].NAT
			if n == nil {
				t.Fatal("no NAT detection")
			}
			if diff := cmp.Diff([]*bool{test.initiator, test.responder}, []*bool{n.InitiatorBehindNAT, n.ResponderBehindNAT}); diff != "" {
				t.Errorf("behind NAT (-want +got):\n%s", diff)
			}
			var b bytes.Buffer
			if err := report.WriteJSON(&b, c); err != nil {
				t.Fatal(err)
			}
			reporttest.Validate(t, report.CaptureSchema(), b.Bytes())
		})
	}
}
