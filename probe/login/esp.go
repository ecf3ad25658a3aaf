package login

import (
	"context"
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// ESP is what Child SAs of a connection may have.
type ESP struct {
	// PFS are the suites with a key exchange of their own, and Plain those without:
	// matrices of [Universe], in which the PRF stands for none, and in Plain so does
	// [PlainKE]. Plain is nil if it was not asked about.
	PFS, Plain *matrix.Matrix
	// ESN: extended sequence numbers are taken; NoESN: so are short ones.
	ESN, NoESN bool
	// Questions counts the CREATE_CHILD_SA exchanges, Installed the Child SAs that came
	// about on the way, each of which was deleted.
	Questions, Installed int
	// Unasked says why nothing, or not all, was asked; "" if all was.
	Unasked string
}

// filler is the PRF of all suites of ESP here, which have none: the planner of IKE
// suites then works as it is. PlainKE is the method of those without a key exchange.
var (
	filler  = proposals.Algorithm{Axis: proposals.PRF, ID: uint16(ike.PRF_HMAC_SHA2_256)}
	PlainKE = proposals.Algorithm{Axis: proposals.KE, ID: uint16(ike.KE_MODP_2048)}
)

// maxInstalled bounds the Child SAs that come about.
const maxInstalled = 24

// espAlgorithms are asked about, as keywords: ciphers that authenticate by themselves,
// others, integrity algorithms and key exchange methods.
const (
	espAEAD    = "aes256gcm16-aes192gcm16-aes128gcm16-aes256gcm12-aes192gcm12-aes128gcm12-aes256gcm8-aes192gcm8-aes128gcm8-aes256ccm16-aes128ccm16-aes256ccm12-aes128ccm12-aes256ccm8-aes128ccm8-chacha20poly1305"
	espClassic = "aes256-aes192-aes128-aes256ctr-aes192ctr-aes128ctr-camellia256-camellia192-camellia128-3des-des"
	espInteg   = "sha512-sha384-sha256-sha1-aesxcbc-aescmac-md5"
	espKE      = "x25519-ecp521-ecp384-ecp256-ecp224-ecp192-ecp512bp-ecp384bp-ecp256bp-ecp224bp-modp8192-modp6144-modp4096-modp3072-modp2048-modp1536-modp1024-modp768-modp2048s256-modp2048s224-modp1024s160"
)

// Universe returns the suites of ESP that are asked about, with a key exchange or
// without. ENCR_NULL, which an IKE SA cannot have, is among the ciphers: Windows offers
// it by default.
func Universe(pfs bool) []proposals.Product {
	ke := "-" + PlainKE.Keyword()
	if pfs {
		ke = "-" + espKE
	}
	out, err := proposals.ParseProducts(espAEAD + "-prfsha256" + ke + "," + espClassic + "-" + espInteg + "-prfsha256" + ke)
	if err != nil {
		panic("login: internal error: " + err.Error())
	}
	out[1][proposals.ENCR] = append(out[1][proposals.ENCR], proposals.Algorithm{Axis: proposals.ENCR, ID: uint16(ike.ENCR_NULL)})
	return out
}

// SuiteOf is a suite of ESP as [Universe] has it: with a key exchange, or without if ke is
// nil.
func SuiteOf(encr, integ proposals.Algorithm, ke *proposals.Algorithm) proposals.Suite {
	s := proposals.Product{}
	s[proposals.ENCR], s[proposals.PRF], s[proposals.KE] = []proposals.Algorithm{encr}, []proposals.Algorithm{filler}, []proposals.Algorithm{PlainKE}
	if !integ.IsNone() {
		s[proposals.INTEG] = []proposals.Algorithm{integ}
	}
	if ke != nil {
		s[proposals.KE] = []proposals.Algorithm{*ke}
	}
	suite, _ := s.First()
	return suite
}

// explorer asks which suites a Child SA may have.
type explorer struct {
	*asker
	esp *ESP
}

// explore asks for Child SAs that do not come about, where the gateway allows it.
func (a *attempt) explore(user, ctx context.Context) {
	a.r.ESP = &ESP{}
	asker, ok := a.newAsker(user, ctx)
	if !ok {
		return
	}
	x := &explorer{asker, a.r.ESP}
	defer func() { x.esp.Questions, x.esp.Unasked = x.questions, x.unasked }()
	// What nobody accepts: that it is refused shows that the answers are about suites.
	nobody, err := proposals.ParseProducts("des-md5-prfsha256-modp768")
	if err != nil {
		panic("login: internal error: " + err.Error())
	}
	switch reply := x.ask(nobody, true, bothSN); {
	case reply.notify == ike.TS_UNACCEPTABLE:
		x.stop("the gateway looks at traffic selectors first, and takes those of other networks only (TS_UNACCEPTABLE)")
		return
	case reply.state != matrix.Refused:
		x.stop(fmt.Sprintf("an offer that no gateway should take is answered by %s", reply.words))
		return
	}
	x.esp.PFS = x.matrix(true)
	if !x.stopped {
		x.esp.Plain = x.matrix(false)
	}
	x.sequenceNumbers()
}

// matrix has the planner ask.
func (x *explorer) matrix(pfs bool) *matrix.Matrix {
	u, err := matrix.NewUniverse(Universe(pfs)...)
	if err != nil {
		panic("login: internal error: " + err.Error())
	}
	return matrix.Planner{
		Universe: u, Limits: matrix.Limits{Octets: 800},
		Ask: func(offers []matrix.Offer) []matrix.Answer {
			return x.answers(offers, func(o matrix.Offer) matrix.Answer {
				reply := x.ask(o.Products, pfs, bothSN)
				answer := matrix.Answer{State: reply.state, KE: reply.method, Suite: reply.suite, Exchange: reply.exchange}
				if !pfs && reply.state == matrix.Accepted {
					answer.KE = PlainKE
				}
				return answer
			})
		},
	}.Run()
}

// sequenceNumbers asks for extended and for short ones, with a suite that is accepted.
func (x *explorer) sequenceNumbers() {
	for _, m := range []*matrix.Matrix{x.esp.PFS, x.esp.Plain} {
		if x.stopped || m == nil || len(m.Products) == 0 {
			continue
		}
		suite, _ := m.Products[0].Product.First()
		var one proposals.Product
		for axis, alg := range suite {
			one[axis] = []proposals.Algorithm{alg}
		}
		pfs := m == x.esp.PFS
		x.esp.NoESN = x.ask([]proposals.Product{one}, pfs, []uint16{0}).state == matrix.Accepted
		x.esp.ESN = x.ask([]proposals.Product{one}, pfs, []uint16{1}).state == matrix.Accepted
		return
	}
}

// bothSN are the Transform IDs of short and extended sequence numbers.
var bothSN = []uint16{0, 1}

// ask asks for a Child SA of some suites. A KE payload goes along exactly where key
// exchanges are offered: pluto aborts where it does not.
func (x *explorer) ask(products []proposals.Product, pfs bool, sn []uint16) reply {
	if x.esp.Installed >= maxInstalled {
		x.stop(fmt.Sprintf("the gateway sets up a Child SA for each suite without a key exchange: after %d no more were asked for", maxInstalled))
	}
	random := x.octets(4 + 32)
	if random == nil {
		return reply{state: matrix.NotTested}
	}
	random[0] |= 0xc0 // which no SPI is reserved of
	spi := random[:4:4]
	payloads := []ike.Payload{offerOf(products, pfs, sn, spi), &ike.Nonce{Data: random[4:]}}
	if pfs {
		payloads = append(payloads, &ike.KE{Method: decoy, Data: x.public})
	}
	payloads = append(payloads, x.selectors(ike.PayloadTSi), x.selectors(ike.PayloadTSr))
	out, answer, other := x.question(products, payloads)
	switch {
	case out.state == matrix.Accepted && !pfs:
		out.state, out.method = matrix.NoAnswer, proposals.Algorithm{} // it asks for a key exchange that was not offered
	case !other:
	case answer.Notify == ike.TS_UNACCEPTABLE:
		// Looked at only where a suite was found: the first offer, of which none could
		// be, was refused with the same selectors.
		out.state = matrix.Accepted
	case answer.Notify == 0:
		x.installed(&out, answer.Message, products, pfs, spi)
	default:
		x.unexpected(answer)
	}
	return out
}

// offerOf is an offer for ESP: products without their PRF, and without their key
// exchange methods unless pfs.
func offerOf(products []proposals.Product, pfs bool, sn []uint16, spi []byte) *ike.SA {
	sa := &ike.SA{}
	for i, product := range products {
		p := product.Proposal(uint8(i + 1))
		p.Protocol, p.SPI = ike.ProtocolESP, spi
		p.Transforms = slices.DeleteFunc(p.Transforms, func(t ike.Transform) bool {
			return t.Type == ike.TransformPRF || t.Type == ike.TransformKE && !pfs
		})
		for _, id := range sn {
			p.Transforms = append(p.Transforms, ike.Transform{Type: ike.TransformSN, ID: id})
		}
		sa.Proposals = append(sa.Proposals, p)
	}
	return sa
}

// installed reads the Child SA that came about, and deletes it.
func (x *explorer) installed(out *reply, m *ike.Message, products []proposals.Product, pfs bool, spi []byte) {
	sa, ok := ike.Find[*ike.SA](m)
	if !ok || len(sa.Proposals) != 1 {
		x.unexpected(initiator.Answer{})
		return
	}
	x.esp.Installed++
	p := sa.Proposals[0]
	ours := []ike.Transform{filler.Transform()}
	for _, t := range p.Transforms {
		if t.Type == ike.TransformENCR || t.Type == ike.TransformINTEG || t.Type == ike.TransformKE && pfs {
			ours = append(ours, t)
		}
	}
	if !pfs {
		ours = append(ours, PlainKE.Transform())
	}
	suite, err := proposals.SuiteOf(ike.Proposal{Number: 1, Protocol: ike.ProtocolIKE, Transforms: ours})
	if offered := slices.ContainsFunc(products, func(p proposals.Product) bool { return p.Contains(suite) }); err == nil && offered {
		out.state, out.suite = matrix.Accepted, &suite
	}
	answer, ok := x.attempt.ask(x.ctx, ike.INFORMATIONAL, []ike.Payload{&ike.Delete{Protocol: ike.ProtocolESP, SPISize: 4, SPIs: [][]byte{spi}}}, farewellAttempts)
	if !ok || !answer.Genuine {
		x.stop("the gateway does not answer the Delete of a Child SA")
	}
	if out.state != matrix.Accepted {
		x.stop("the gateway sets up a Child SA of a suite that was not offered")
	}
}
