package login

import (
	"context"
	"fmt"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// clients is what well-known clients offer together, most wanted first; the last is for
// gateways that take nothing better.
const clients = "aes256gcm16-aes128gcm16-prfsha384-prfsha256-prfsha512-x25519-ecp384-ecp256-ecp521-modp4096-modp3072-modp2048," +
	"aes256-aes192-aes128-sha512-sha384-sha256-prfsha512-prfsha384-prfsha256-x25519-ecp384-ecp256-ecp521-modp4096-modp3072-modp2048," +
	"aes256-aes128-3des-sha256-sha1-prfsha256-prfsha1-ecp256-modp2048-modp1536-modp1024"

// hybrids are for gateways that refuse clients without ML-KEM.
const hybrids = "aes256gcm16-aes128gcm16-prfsha512-prfsha384-prfsha256-x25519-ecp384-ecp256-ke1_mlkem768-ke1_mlkem1024-ke1_mlkem512-ke2_none-ke2_mlkem1024-ke2_mlkem768," +
	"aes256-aes128-sha512-sha384-sha256-prfsha512-prfsha384-prfsha256-x25519-ecp384-ecp256-ke1_mlkem768-ke1_mlkem1024-ke1_mlkem512-ke2_none-ke2_mlkem1024-ke2_mlkem768"

// Offer returns what is offered unless the user says otherwise.
func Offer() []proposals.Product { return parsed(clients) }

// HybridOffer returns what is offered where that is refused: suites with additional key
// exchanges (RFC 9370).
func HybridOffer() []proposals.Product { return parsed(hybrids) }

func parsed(keywords string) []proposals.Product {
	products, err := proposals.ParseProducts(keywords)
	if err != nil {
		panic("login: internal error: " + err.Error())
	}
	return products
}

// maxInits bounds the IKE_SA_INIT requests over one transport: the gateway may want
// another key exchange method than that of the first.
const maxInits = 5

// negotiate opens the IKE SA over the first transport that is answered. When user ends,
// no further request is sent, and the answer to the last one is awaited as ctx has it.
func (a *attempt) negotiate(user, ctx context.Context) bool {
	for i, t := range a.Transports {
		a.r.Transport, a.r.Port = t, a.conn.Remote(t).Port()
		done, again := a.negotiateOver(user, ctx, t)
		if done || a.err != nil {
			return done
		}
		if !again || i == len(a.Transports)-1 || user.Err() != nil {
			return false
		}
		a.r.Steps = nil // the next one may be answered
	}
	return false
}

// negotiateOver opens it over one transport. It reports whether the next one is worth a
// try: nothing but silence or ICMP errors came.
func (a *attempt) negotiateOver(user, ctx context.Context, t initiator.Transport) (done, again bool) {
	var method ike.KeyExchangeMethod
	var asked []int
	products, more := a.Products, []proposals.Product(nil)
	if products == nil {
		products, more = Offer(), HybridOffer()
	}
	for range maxInits {
		if user.Err() != nil {
			a.interrupted(Negotiate)
			return false, false
		}
		req, err := a.conn.Init(initiator.Offer{Transport: t, Products: products, KE: method, NoRedirect: true, MultipleAuth: a.Credentials.Second != ""})
		if err != nil {
			a.err = err
			return false, false
		}
		x := a.conn.Exchange(ctx, req)
		a.record(x, 0, nil)
		if x.Tries > 0 {
			asked = append(asked, x.ID)
		}
		switch {
		case user.Err() != nil && !x.Outcome.IsIKEv2():
			a.interrupted(Negotiate)
			return false, false
		case x.Outcome == initiator.InvalidKEPayload && x.Group != method && proposals.HasKeyExchange(products, x.Group):
			method = x.Group
			continue
		case x.Outcome == initiator.NoProposalChosen && more != nil:
			products, more, method = more, nil, ike.KE_NONE
			continue
		case x.Outcome == initiator.Accepted:
			return a.open(req, x, asked), false
		}
		step := refusal(x)
		step.Exchanges = asked
		a.add(step)
		return false, x.Outcome == initiator.NoAnswer || x.Outcome == initiator.Unreachable
	}
	a.add(Step{Kind: Negotiate, State: Failed, Cause: CauseProtocol, Exchanges: asked,
		Detail: fmt.Sprintf("it answers %d requests with INVALID_KE_PAYLOAD", maxInits)})
	return false, false
}

// refusal is the step of an IKE_SA_INIT exchange that opened nothing.
func refusal(x initiator.Answer) Step {
	s := Step{Kind: Negotiate, State: Failed, Notify: x.Notify, Detail: x.Detail}
	switch x.Outcome {
	case initiator.NoAnswer, initiator.NotTried:
		s.State, s.Cause, s.Detail = Unknown, "silence", ""
	case initiator.Unreachable:
		s.Cause = "port-refused"
		if x.Blocked != nil && x.Blocked.Local {
			s.Cause = "send-failed"
		}
	case initiator.NoProposalChosen:
		s.Cause, s.Detail = "ike-proposal", ""
	case initiator.InvalidKEPayload:
		s.Cause, s.Words = "key-exchange", map[string]string{"group": x.Group.String()}
	case initiator.NotIKE, initiator.Echo:
		s.Cause = CauseNoResponder
	default:
		s.Cause = CauseProtocol
	}
	return s
}

// open takes the IKE SA that an answer opened.
func (a *attempt) open(req *initiator.Request, x initiator.Answer, asked []int) bool {
	a.r.Suite = x.Suite
	chosen, _ := ike.Find[*ike.SA](x.Message)
	ke, _ := ike.Find[*ike.KE](x.Message)
	nonce, _ := ike.Find[*ike.Nonce](x.Message)
	step := Step{Kind: Negotiate, State: Passed, Exchanges: asked}
	transforms, err := keymat.TransformsOf(chosen.Proposals[0])
	if err == nil && ke.Method != x.KE {
		err = fmt.Errorf("it chose %v, and took a KE payload of %v for it", ke.Method, x.KE)
	}
	var keys *keymat.Keys
	if err == nil {
		var secret []byte
		if secret, err = req.Key().SharedSecret(ke.Data); err == nil {
			keys, err = keymat.Derive(transforms, secret, req.Nonce(), nonce.Data, req.SPI(), x.Message.SPIr)
		}
	}
	if err != nil {
		// It stays half-open at the gateway, which nothing can end without keys.
		step.State, step.Cause, step.Detail = Failed, CauseProtocol, err.Error()
		a.add(step)
		a.r.Left = MayBeLeft
		return false
	}
	a.sa = &sa{
		transport: x.Transport, flow: x.Flow, keys: keys,
		header:  ike.Header{SPIi: req.SPI(), SPIr: x.Message.SPIr, MajorVersion: 2, Flags: ike.FlagInitiator, MessageID: 1},
		request: x.Request, reply: x.Octets, ni: req.Nonce(), nr: nonce.Data,
	}
	_, a.sa.childless = x.Message.Notify(ike.CHILDLESS_IKEV2_SUPPORTED)
	a.sa.openIKED = isOpenIKED(x.Message)
	_, a.sa.multiple = x.Message.Notify(ike.MULTIPLE_AUTH_SUPPORTED)
	_, a.sa.fragments = x.Message.Notify(ike.IKEV2_FRAGMENTATION_SUPPORTED)
	if n, ok := x.Message.Notify(ike.SIGNATURE_HASH_ALGORITHMS); ok {
		a.sa.hashes, _ = n.SignatureHashes()
	}
	a.add(step)
	a.float(x)
	return true
}

// float goes on on the port of NAT traversal if a NAT is between: "The initiator MUST
// [...] tunnel all future IKE and ESP packets associated with this IKE SA over UDP port
// 4500" (RFC 7296, Section 2.23).
func (a *attempt) float(x initiator.Answer) {
	nat, ok := x.Message.NATDetection()
	if !ok {
		return
	}
	a.r.GatewayNAT = nat.SenderBehindNAT(a.conn.Remote(x.Transport))
	a.r.LocalNAT = x.Local.IsValid() && !nat.SentTo(x.Local)
	if x.Transport == initiator.UDP500 && (a.r.GatewayNAT || a.r.LocalNAT) {
		a.sa.transport = initiator.UDP4500
	}
}
