package path

import (
	"bytes"
	"context"
	"crypto/sha1"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/ikev1"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/probe/initiator"
)

// versionAttempts is how often a request of another version is sent.
const versionAttempts = 2

// askVersions asks on ways what else than IKEv2 is spoken, or whether anything is;
// answers says whether an IKEv2 responder answers there.
func (x *examination) askVersions(ctx context.Context, answers bool, ways ...*way) {
	if len(ways) == 0 {
		return
	}
	modes := make([][]Mode, len(ways))
	higher := make([]Higher, len(ways))
	var all sync.WaitGroup
	for i, w := range ways {
		all.Go(func() { modes[i] = x.askModes(ctx, w) })
		if answers {
			all.Go(func() { higher[i] = x.askHigher(ctx, w) })
		}
	}
	all.Wait()
	v := Versions{Higher: higher[0], MainMode: modes[0][0], AggressiveMode: modes[0][1]}
	for _, m := range modes[1:] {
		v.MainMode, v.AggressiveMode = better(v.MainMode, m[0]), better(v.AggressiveMode, m[1])
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if old := x.result.Versions; answers { // of silence, before
		v.MainMode, v.AggressiveMode = better(old.MainMode, v.MainMode), better(old.AggressiveMode, v.AggressiveMode)
	}
	x.result.Versions = v
}

// askModes asks w for Main Mode and Aggressive Mode at once, and for the latter again
// with the group that the gateway chose in the former.
func (x *examination) askModes(ctx context.Context, w *way) []Mode {
	modes := make([]Mode, 2)
	var chosen ikev1.Transform
	var both sync.WaitGroup
	both.Go(func() { modes[0], chosen = x.askIKEv1(ctx, w, ikev1.MainMode, 0) })
	both.Go(func() { modes[1], _ = x.askIKEv1(ctx, w, ikev1.AggressiveMode, groupMODP2048) })
	both.Wait()
	if group := chosen.Group; modes[0].State == Yes && modes[1].State == Unknown && group != groupMODP2048 && keyexchange.Supported(ike.KeyExchangeMethod(group)) {
		again, _ := x.askIKEv1(ctx, w, ikev1.AggressiveMode, group)
		modes[1] = better(modes[1], again)
	}
	return modes
}

// better returns the one of two that says more.
func better(a, b Mode) Mode {
	order := []Answer{Unknown, No, Yes}
	if slices.Index(order, b.State) > slices.Index(order, a.State) || a.Detail == "" {
		return b
	}
	return a
}

// Numbers of IKEv1 for an offer that modern and old gateways take. IANA, "Internet
// Key Exchange (IKE) Attributes".
const (
	encr3DES, encrAES                 = 5, 7
	hashMD5, hashSHA1                 = 1, 2
	hashSHA256, hashSHA384            = 4, 5
	authPSK, authRSA                  = 1, 3
	authXAUTHPSK, authXAUTHRSA        = 65001, 65005
	groupMODP1024, groupMODP1536      = 2, 5
	groupMODP2048                     = 14
	groupECP256, groupECP384          = 19, 20
	lifetime                          = 28800 // seconds, the default of many products
	spiLen, nonceLenIKEv1             = 8, 32 // octets
	idKeyFQDN                    byte = 2     // ID_FQDN, RFC 2407, Section 4.6.2.1
)

// offerIKEv1 returns transforms that gateways take by default, or did: those with
// AES-256 and SHA-2 first. With a group only those of it, since Aggressive Mode has
// a public value beside the offer. 32 of them fit a datagram of 1,232 octets.
func offerIKEv1(group uint16) []ikev1.Transform {
	var all []ikev1.Transform
	add := func(authentication uint16, suites ...[4]uint16) {
		for _, s := range suites {
			if group == 0 || s[3] == group {
				all = append(all, ikev1.Transform{Encryption: s[0], KeyLength: s[1], Hash: s[2], Group: s[3],
					Authentication: authentication, LifeSeconds: lifetime})
			}
		}
	}
	common := [][4]uint16{
		{encrAES, 256, hashSHA256, groupMODP2048}, {encrAES, 128, hashSHA256, groupMODP2048},
		{encrAES, 256, hashSHA1, groupMODP2048}, {encrAES, 128, hashSHA1, groupMODP2048},
		{encrAES, 256, hashSHA384, groupECP384}, {encrAES, 128, hashSHA256, groupECP256},
		{encrAES, 256, hashSHA1, groupMODP1536}, {encrAES, 256, hashSHA1, groupMODP1024}, {encrAES, 128, hashSHA1, groupMODP1024},
		{encr3DES, 0, hashSHA1, groupMODP2048}, {encr3DES, 0, hashSHA1, groupMODP1024}, {encr3DES, 0, hashMD5, groupMODP1024},
	}
	few := [][4]uint16{common[0], common[2], common[7], common[10]}
	add(authPSK, common...)
	add(authRSA, common...)
	add(authXAUTHPSK, few...)
	add(authXAUTHRSA, few...)
	return all
}

// requestIKEv1 returns the first message of an exchange of IKEv1, of Aggressive Mode
// with a public value of group.
func (x *examination) requestIKEv1(mode ike.ExchangeType, group uint16) ([]byte, error) {
	random := make([]byte, spiLen+nonceLenIKEv1)
	x.random.Lock()
	defer x.random.Unlock()
	if _, err := io.ReadFull(x.Rand, random); err != nil {
		return nil, err
	}
	m := &ikev1.Message{Header: ike.Header{MajorVersion: 1, Exchange: mode}}
	copy(m.SPIi[:], random)
	if bytes.Equal(m.SPIi[:4], make([]byte, 4)) {
		m.SPIi[0] = 1 // four zeros are the non-ESP marker
	}
	sa, err := ikev1.Offer(offerIKEv1(group))
	if err != nil {
		return nil, err
	}
	m.Payloads = []ikev1.Payload{sa}
	if group != 0 {
		key, err := keyexchange.Generate(ike.KeyExchangeMethod(group), x.Rand)
		if err != nil {
			return nil, err
		}
		name := append([]byte{idKeyFQDN, 0, 0, 0}, "ikescope.invalid"...)
		m.Payloads = append(m.Payloads, ikev1.Payload{Type: ikev1.PayloadKE, Body: key.Public()},
			ikev1.Payload{Type: ikev1.PayloadNonce, Body: random[spiLen:]}, ikev1.Payload{Type: ikev1.PayloadID, Body: name})
	}
	return m.AppendBinary(nil)
}

// askIKEv1 asks w whether mode is enabled, and returns what the gateway chose.
func (x *examination) askIKEv1(ctx context.Context, w *way, mode ike.ExchangeType, group uint16) (m Mode, chosen ikev1.Transform) {
	octets, err := x.requestIKEv1(mode, group)
	if err != nil {
		x.fail(err)
		return m, chosen
	}
	off := false
	req, err := w.conn.Plain(w.t, octets, func(b []byte) initiator.Reading {
		r, t := readIKEv1(mode, b)
		off = off || r.Outcome == initiator.NotIKE
		if t != nil {
			chosen = *t
		}
		return r
	})
	if err != nil {
		x.fail(err)
		return m, chosen
	}
	req.Attempts, req.Quiet, req.Early = versionAttempts, true, true
	if ctx.Err() != nil {
		return m, chosen
	}
	awaiting, cancel := lingering(ctx, lingerTime) // it may open what is then to be ended
	defer cancel()
	a := x.ask(awaiting, w.conn, req)
	m.Detail, m.Evidence = a.Detail, a.ID
	switch {
	case a.Outcome == initiator.NotTried:
		m = Mode{}
	case a.Outcome == initiator.Accepted:
		m.State, m.PreSharedKey = Yes, chosen.PreSharedKey()
		x.opened(a.ID)
		x.endIKEv1(ctx, w, mode, a)
	case a.Outcome == initiator.NotIKE && off: // not something else that answers
		m.State = No
	case a.Detail == "":
		m.Detail = "no answer"
	}
	return m, chosen
}

// endIKEv1 ends the half-open SA that a, the answer in a mode, left at the gateway,
// by a next message that cannot be right: of Main Mode one with a nonce alone, and of
// Aggressive Mode one with a hash of zeros. A gateway that answers with an error
// forgets the SA, as strongSwan does; one that is silent keeps it until it times out.
func (x *examination) endIKEv1(ctx context.Context, w *way, mode ike.ExchangeType, a initiator.Answer) {
	ctx = context.WithoutCancel(ctx)
	h, _, _, err := ike.ParseHeader(a.Octets)
	if err != nil {
		return
	}
	next := &ikev1.Message{Header: ike.Header{SPIi: h.SPIi, SPIr: h.SPIr, MajorVersion: 1, Exchange: mode}}
	if mode == ikev1.MainMode {
		next.Payloads = []ikev1.Payload{{Type: ikev1.PayloadNonce, Body: make([]byte, nonceLenIKEv1)}}
	} else {
		next.Payloads = []ikev1.Payload{{Type: ikev1.PayloadHash, Body: make([]byte, sha1.Size)}}
	}
	octets, err := next.AppendBinary(nil)
	if err != nil {
		x.fail(err)
		return
	}
	req, err := w.conn.Plain(w.t, octets, func(b []byte) initiator.Reading {
		if h, _, _, err := ike.ParseHeader(b); err == nil && h.MajorVersion == 1 && h.Exchange == ikev1.Informational {
			// An error, or an encrypted Delete.
			return initiator.Reading{Outcome: initiator.OtherError, Detail: "the SA is ended"}
		}
		return initiator.Reading{Detail: "no error"}
	})
	if err != nil {
		x.fail(err)
		return
	}
	req.Attempts, req.Quiet = versionAttempts, true
	if ended := x.ask(ctx, w.conn, req); ended.Outcome == initiator.OtherError {
		x.ended(a.ID)
		return
	}
	x.perhapsOpen(a.ID)
}

// readIKEv1 reads the answer to the first message of mode: Accepted, with the
// transform chosen; NotIKE, if it says that IKEv1, or the mode, is not spoken; else
// NoProposalChosen or OtherError, which prove nothing: the offer may be what is
// refused, or our name.
func readIKEv1(mode ike.ExchangeType, b []byte) (initiator.Reading, *ikev1.Transform) {
	m, err := ikev1.Parse(b)
	malformed := func(format string, args ...any) (initiator.Reading, *ikev1.Transform) {
		return initiator.Reading{Outcome: initiator.Malformed, Detail: fmt.Sprintf(format, args...)}, nil
	}
	switch {
	case m.MajorVersion == 2:
		return readIKEv2(b), nil
	case m.MajorVersion != 1:
		return malformed("an answer of IKE version %d.%d", m.MajorVersion, m.MinorVersion)
	case m.SPIr == ike.SPI{} && m.Exchange == mode:
		return initiator.Reading{Outcome: initiator.Echo, Detail: "our own request came back"}, nil
	}
	// What comes before a fault counts, too.
	if n, ok := m.Notify(); ok {
		r := initiator.Reading{Outcome: initiator.OtherError, Detail: n.String()}
		switch n {
		case ikev1.NoProposalChosen:
			r.Outcome = initiator.NoProposalChosen
		case ikev1.InvalidMajorVersion, ikev1.InvalidExchangeType, ikev1.UnsupportedExchange:
			r.Outcome = initiator.NotIKE
		}
		return r, nil
	}
	if err != nil {
		return malformed("%v", err)
	}
	sa, ok := m.Find(ikev1.PayloadSA)
	if m.Exchange != mode || !ok {
		return malformed("%s with neither a choice nor an error", ikev1.ExchangeName(m.Exchange))
	}
	all, ok := sa.Transforms()
	if !ok || len(all) != 1 {
		return malformed("its SA payload has %d transforms, not one", len(all))
	}
	words := all[0].String()
	if method := all[0].Method(); method != "" {
		words += ", " + method
	}
	return initiator.Reading{Outcome: initiator.Accepted, Detail: words}, &all[0]
}

// readIKEv2 reads an answer of IKEv2 to a request of another version.
func readIKEv2(b []byte) initiator.Reading {
	m, err := ike.ParseMessage(b)
	if err != nil {
		return initiator.Reading{Outcome: initiator.Malformed, Detail: err.Error()}
	}
	for _, p := range m.Payloads {
		if n, ok := p.(*ike.Notify); ok && n.Notification.IsError() {
			r := initiator.Reading{Outcome: initiator.OtherError, Notify: n.Notification, Detail: n.Notification.String()}
			switch n.Notification {
			case ike.INVALID_MAJOR_VERSION:
				r.Outcome = initiator.NotIKE
			case ike.INVALID_KE_PAYLOAD:
				r.Outcome = initiator.InvalidKEPayload
			case ike.NO_PROPOSAL_CHOSEN:
				r.Outcome = initiator.NoProposalChosen
			}
			return r
		}
	}
	return initiator.Reading{Outcome: initiator.Malformed, Detail: "an IKEv2 message without an error"}
}

// askHigher sends a request as of IKE version 3: the responder "MUST drop the
// message, and SHOULD send an unauthenticated Notify message of type
// INVALID_MAJOR_VERSION containing the highest version number it supports" (RFC
// 7296, Section 2.5).
func (x *examination) askHigher(ctx context.Context, w *way) Higher {
	req, err := w.conn.Init(initiator.Offer{Transport: w.t, Products: stateless.offer, KE: stateless.ke})
	if err != nil {
		x.fail(err)
		return HigherUnknown
	}
	octets := bytes.Clone(req.Octets())
	octets[17] = 3 << 4 // the octet of the versions, RFC 7296, Section 3.1
	req, err = w.conn.Plain(w.t, octets, readHigher)
	if err != nil {
		x.fail(err)
		return HigherUnknown
	}
	req.Attempts, req.Quiet, req.Early = versionAttempts, true, true
	switch a := x.ask(ctx, w.conn, req); a.Outcome {
	case initiator.NotIKE:
		return HigherRefused
	case initiator.InvalidKEPayload, initiator.NoProposalChosen, initiator.Accepted:
		return HigherTaken
	}
	return HigherUnknown
}

// readHigher reads the answer to a request of a higher version.
func readHigher(b []byte) initiator.Reading {
	if h, _, _, err := ike.ParseHeader(b); err == nil && h.Flags&ike.FlagResponse == 0 && h.MajorVersion == 3 {
		return initiator.Reading{Outcome: initiator.Echo, Detail: "our own request came back"}
	}
	return readIKEv2(b)
}
