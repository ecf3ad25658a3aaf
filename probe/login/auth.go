package login

import (
	"context"
	"net/netip"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/probe/initiator"
)

// opening returns the payloads of the first IKE_AUTH request but for AUTH: who we are,
// with our certificates, whom we want, and what we want of it.
func (a *attempt) opening(certificates [][]byte, auth *ike.Auth) []ike.Payload {
	out := []ike.Payload{a.local.payload(ike.PayloadIDi)}
	for _, der := range certificates {
		out = append(out, &ike.Cert{Encoding: ike.CertX509Signature, Data: der})
	}
	if a.Credentials.Method != PSK {
		// Of any authority: gateways then send all of their chain.
		out = append(out, &ike.CertReq{Encoding: ike.CertX509Signature})
	}
	if want := a.Credentials.RemoteIdentity; !want.IsZero() {
		out = append(out, want.payload(ike.PayloadIDr))
	}
	if auth != nil {
		out = append(out, auth)
	}
	return append(out, a.wishes()...)
}

// wishes returns what asks for a Child SA and an address: nothing where the gateway can
// do without (RFC 6023), unless an address is wanted, or a Child SA to see it rekeyed.
func (a *attempt) wishes() []ike.Payload {
	a.r.Childless = a.sa.childless && !a.Address && a.Stay.Limit == 0
	if a.r.Childless {
		return nil
	}
	var out []ike.Payload
	if a.Address {
		out = append(out, &ike.CP{ConfigType: ike.CFG_REQUEST, Attributes: []ike.ConfigAttribute{
			{Type: ike.INTERNAL_IP4_ADDRESS}, {Type: ike.INTERNAL_IP4_NETMASK}, {Type: ike.INTERNAL_IP4_DNS}, {Type: ike.INTERNAL_IP4_SUBNET},
			{Type: ike.INTERNAL_IP6_ADDRESS}, {Type: ike.INTERNAL_IP6_DNS}, {Type: ike.INTERNAL_IP6_SUBNET}, {Type: ike.INTERNAL_DNS_DOMAIN},
		}})
	}
	return append(out, childOffer(a.sa.ni), a.selectors(ike.PayloadTSi), a.selectors(ike.PayloadTSr))
}

// childSPI is our SPI of the Child SA that is offered.
func childSPI(random []byte) []byte { return append([]byte{0xc0}, random[:3]...) }

// childOffer is the offer for a Child SA, whose SPI is of random octets.
func childOffer(random []byte) *ike.SA {
	encr := func(id ike.EncryptionID, bits int) ike.Transform {
		return ike.Transform{Type: ike.TransformENCR, ID: uint16(id), Attributes: []ike.Attribute{ike.KeyLengthAttribute(bits)}}
	}
	integ := func(id ike.IntegrityID) ike.Transform { return ike.Transform{Type: ike.TransformINTEG, ID: uint16(id)} }
	spi := childSPI(random)
	noESN := ike.Transform{Type: ike.TransformSN}
	return &ike.SA{Proposals: []ike.Proposal{
		{Number: 1, Protocol: ike.ProtocolESP, SPI: spi, Transforms: []ike.Transform{
			encr(ike.ENCR_AES_GCM_16, 256), encr(ike.ENCR_AES_GCM_16, 128), noESN,
		}},
		{Number: 2, Protocol: ike.ProtocolESP, SPI: spi, Transforms: []ike.Transform{
			encr(ike.ENCR_AES_CBC, 256), encr(ike.ENCR_AES_CBC, 128),
			integ(ike.AUTH_HMAC_SHA2_256_128), integ(ike.AUTH_HMAC_SHA2_384_192), integ(ike.AUTH_HMAC_SHA2_512_256), integ(ike.AUTH_HMAC_SHA1_96), noESN,
		}},
	}}
}

// selectors are the traffic selectors of one side: of its network, if there is one.
func (a *attempt) selectors(t ike.PayloadType) *ike.TS {
	n := a.LocalNetwork
	if t == ike.PayloadTSr {
		n = a.RemoteNetwork
	}
	if !n.IsValid() {
		return anything(t)
	}
	n = n.Masked()
	last := n.Addr().AsSlice()
	for i := n.Bits(); i < 8*len(last); i++ {
		last[i/8] |= 0x80 >> (i % 8)
	}
	end, _ := netip.AddrFromSlice(last)
	s := ike.TrafficSelector{TSType: ike.TS_IPV6_ADDR_RANGE, EndPort: 65535, Start: n.Addr(), End: end}
	if n.Addr().Is4() {
		s.TSType = ike.TS_IPV4_ADDR_RANGE
	}
	return &ike.TS{Payload: t, Selectors: []ike.TrafficSelector{s}}
}

// anything are traffic selectors for all of IPv4 and IPv6.
func anything(t ike.PayloadType) *ike.TS {
	var last [16]byte
	for i := range last {
		last[i] = 0xff
	}
	return &ike.TS{Payload: t, Selectors: []ike.TrafficSelector{
		{TSType: ike.TS_IPV4_ADDR_RANGE, EndPort: 65535, Start: netip.IPv4Unspecified(), End: netip.AddrFrom4([4]byte(last[:4]))},
		{TSType: ike.TS_IPV6_ADDR_RANGE, EndPort: 65535, Start: netip.IPv6Unspecified(), End: netip.AddrFrom16(last)},
	}}
}

// directly logs in by a pre-shared key or a certificate, in one exchange.
func (a *attempt) directly(user, ctx context.Context) {
	var auth *ike.Auth
	var certificates [][]byte
	c := &a.Credentials
	if c.Method == PSK {
		auth = &ike.Auth{Method: ike.AuthSharedKey, Data: a.mac(keymat.Initiator, c.PSK.Reveal())}
	} else {
		var err error
		auth, _, err = certificate.SignAuth(c.Key.Signer(), a.signed(keymat.Initiator), certificate.SigningOptions{Hashes: a.sa.hashes, PSS: c.PSS})
		if err != nil {
			a.add(Step{Kind: Authenticate, State: Failed, Cause: "no-hash", Detail: err.Error()})
			return
		}
		for _, cert := range c.Chain {
			certificates = append(certificates, cert.Raw)
		}
	}
	request := a.opening(certificates, auth)
	if c.Second != "" {
		if !a.sa.multiple {
			a.add(Step{Kind: Authenticate, State: Failed, Cause: CauseOneRound})
			return
		}
		request = append(request, &ike.Notify{Notification: ike.ANOTHER_AUTH_FOLLOWS})
	}
	x, ok := a.ask(ctx, ike.IKE_AUTH, request, a.Attempts)
	if !ok {
		return
	}
	payloads, ok := a.answered(x, Authenticate, a.refused())
	if !ok {
		return
	}
	if c.Second != "" {
		// One that does not look at ANOTHER_AUTH_FOLLOWS may be done with us.
		a.sa.established = establishes(payloads)
		a.sa.doubtful = !a.sa.established
		if a.meet(payloads, x.ID) {
			a.add(Step{Kind: Authenticate, State: Passed, Exchanges: []int{x.ID}})
			a.again(user, ctx, x.ID)
		}
		return
	}
	// It has authenticated us, or it would not show who it is.
	a.sa.established = true
	if a.meet(payloads, x.ID) {
		a.welcome(payloads, x.ID)
	}
}

// refused is the cause of AUTHENTICATION_FAILED, as far as it can be known.
func (a *attempt) refused() string {
	if a.Credentials.Method.IsEAP() && a.Credentials.RemoteIdentity.IsZero() {
		return "eap-wanted"
	}
	return "auth-refused"
}

// answered returns the payloads of an answer to IKE_AUTH that goes on: with IDr or EAP.
// For others it adds the step that failed, with the cause of AUTHENTICATION_FAILED.
func (a *attempt) answered(x initiator.Answer, kind StepKind, refused string) ([]ike.Payload, bool) {
	step := Step{Kind: kind, State: Failed, Notify: x.Notify, Exchanges: []int{x.ID}}
	fail := func(cause string) ([]ike.Payload, bool) {
		step.Cause = cause
		a.add(step)
		return nil, false
	}
	switch x.Outcome {
	case initiator.Accepted, initiator.OtherError:
	case initiator.NoAnswer, initiator.NotTried:
		step.State = Unknown
		if a.r.Interrupted = x.Detail == "interrupted"; a.r.Interrupted {
			return fail(CauseInterrupted)
		}
		return fail("silence-auth")
	case initiator.Unreachable:
		step.Detail = x.Detail
		return fail("port-refused")
	default:
		step.Detail = x.Detail
		return fail(CauseProtocol)
	}
	if !x.Genuine {
		return fail("plain-notify")
	}
	payloads := x.Message.Payloads
	for _, p := range payloads {
		switch p := p.(type) {
		case *ike.EAP:
			return payloads, true
		case *ike.Auth:
			return payloads, true
		case *ike.ID:
			if p.Payload == ike.PayloadIDr {
				return payloads, true
			}
		}
	}
	a.sa.over = x.Notify != 0
	switch x.Notify {
	case ike.AUTHENTICATION_FAILED:
		return fail(refused)
	case ike.INVALID_SYNTAX:
		return fail("syntax-refused")
	case 0:
		step.Detail = "its answer to IKE_AUTH holds none of IDr, AUTH and EAP"
		return fail(CauseProtocol)
	}
	// strongSwan so says that its kernel lacks ESP, and keeps the IKE SA.
	a.sa.over, a.sa.established = false, true
	return fail(childCause(x.Notify))
}
