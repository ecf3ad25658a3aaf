package identity

import (
	"context"
	"crypto/x509"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/proposals"
)

// Answer is the answer to a request in an IKE SA.
type Answer struct {
	// Exchange is the number of the exchange; 0 if nothing was sent.
	Exchange int
	// Heard: something came in answer. Answered: the gateway's own answer, protected by
	// the keys of the IKE SA.
	Heard, Answered bool
	// Notify is the error in the answer, 0 if none.
	Notify   ike.NotifyType
	Payloads []ike.Payload
	// Fragments is how many fragments it came in (RFC 7383), 0 for whole, and Octets
	// those of its largest IKE message.
	Fragments, Octets int
}

// Opened is what became of an IKE SA that was to be opened.
type Opened struct {
	// Exchange is the number of the one that was to open it, 0 for none.
	Exchange int
	// Closed: the gateway does not keep it half-open until a timeout.
	Closed bool
	// AnswerLost: the gateway answered the last request in it, and the answer did not
	// come.
	AnswerLost bool
}

// Gateway opens IKE SAs at the gateway.
type Gateway interface {
	// Open negotiates an IKE SA of a suite, in an IKE_SA_INIT request that leaves
	// notifications out, has use ask in it, and closes it. The request of ask is an
	// IKE_AUTH with the next Message ID. Where no IKE SA came about use is not called.
	Open(ctx context.Context, suite proposals.Suite, without []ike.NotifyType, use func(sa SA, ask func([]ike.Payload) Answer)) Opened
}

// Result is what a gateway said of itself.
type Result struct {
	// Identities are the connections that the suites lead to: one for each suite
	// asked with, those that lead to the same one together.
	Identities []Connection
	// Replies are all questions in the order asked.
	Replies []*Reply
	// Name is the host name or the address that users dial, "" if none is known, and Roots
	// and WarnDays what its certificates are to be judged by: see [Asker].
	Name     string
	Roots    *x509.CertPool
	WarnDays int
	// NotAsked is how many suites were not asked with, as there were too many.
	NotAsked int
	// Hybrid is how many products were not asked with, as all of their suites have an
	// additional key exchange, which comes before IKE_AUTH (RFC 9370).
	Hybrid int
	// Null is what came of the NULL method (RFC 7619): Seen if the gateway let us in, and
	// nil if it was not asked.
	Null *Reply
	// Unclosed: the gateway keeps the IKE SAs half-open that are opened to ask, so no
	// more was asked than needed.
	Unclosed bool
	// otherwise: a gateway that refuses was asked in the other ways, too.
	otherwise bool
}

// Connection is what the gateway serves with some suites.
type Connection struct {
	// Suites are those that were asked with.
	Suites []proposals.Suite
	// Plain is the reply that shows the connection, or that was refused; the others
	// differ in what the field of [Question] says, and are nil if they were not asked.
	Plain                       *Reply
	ByName, NoHashes, NoCertReq *Reply
	// NoFragments is asked once, where a plain reply came in fragments.
	NoFragments *Reply
	// Staple is asked with [Asker.Staple], once for each certificate.
	Staple *Reply
	// Methods are the types of EAP that the gateway offered, in the order in which it
	// named them.
	Methods []eap.Type
	// MethodsBy are the numbers of the exchanges in which it did; AllMethods: it
	// refused to name another one.
	MethodsBy  []int
	AllMethods bool
	// ServerName is the name in the challenge of MSCHAPv2; it comes from the gateway.
	ServerName string
	// TLS are the handshakes with servers of those with TLS, in the order asked.
	TLS []*TLS
}

// Extent is how much is asked.
type Extent uint8

const (
	// Off: nothing.
	Off Extent = iota
	// Brief: who the gateway is, and how that differs by client.
	Brief
	// Full: and which methods of EAP it has.
	Full
)

// Asker asks a gateway.
type Asker struct {
	Gateway Gateway
	// Host is the host name or the address that users dial; "" if that is not known.
	Host string
	// Methods: the methods of EAP are asked for, too.
	Methods bool
	// Brief: with fewer suites, and of the other ways to ask a gateway that refuses each
	// once.
	Brief bool
	// Staple: OCSP responses are asked for, for which the gateway may ask others.
	Staple bool
	// Name, Roots and WarnDays go into the result.
	Name     string
	Roots    *x509.CertPool
	WarnDays int
}

// maxSuites and maxBriefSuites bound the suites that are asked with.
const (
	maxSuites      = 8
	maxBriefSuites = 4
)

// Ask asks with one suite of each of products that the gateway accepts.
func (a Asker) Ask(ctx context.Context, suites []proposals.Suite) *Result {
	most := maxSuites
	if a.Brief {
		most = maxBriefSuites
	}
	r := &Result{Name: a.Name, Roots: a.Roots, WarnDays: a.WarnDays, NotAsked: len(suites)}
	for _, suite := range suites[:min(len(suites), most)] {
		if ctx.Err() != nil || r.Unclosed {
			break
		}
		r.NotAsked--
		plain := a.find(ctx, r, suite)
		i := slices.IndexFunc(r.Identities, func(c Connection) bool {
			if c.Plain.State != Seen || plain.State != Seen {
				return c.Plain.State == plain.State && c.Plain.Notify == plain.Notify
			}
			return sameIdentity(c.Plain, plain)
		})
		if i >= 0 {
			r.Identities[i].Suites = append(r.Identities[i].Suites, suite)
			continue
		}
		c := Connection{Suites: []proposals.Suite{suite}, Plain: plain}
		if plain.State == Seen && !r.Unclosed {
			a.vary(ctx, r, &c)
		}
		r.Identities = append(r.Identities, c)
		if a.Brief && plain.State == Silent {
			break // each further silence would take its time
		}
	}
	// A connection for EAP is none for anyone.
	hidden := slices.IndexFunc(r.Identities, func(c Connection) bool { return c.Plain.State != Seen || c.Plain.EAP == nil })
	if a.Methods && hidden >= 0 && !r.Unclosed && ctx.Err() == nil {
		r.Null = a.null(ctx, r, r.Identities[hidden].Suites[0])
	}
	return r
}

// find asks until the gateway shows an identity or there is nothing left to try. It
// returns the reply that shows one, else the first.
func (a Asker) find(ctx context.Context, r *Result, suite proposals.Suite) *Reply {
	q := Question{Suite: suite, Host: a.Host}
	first := a.ask(ctx, r, q, a.begin())
	if first.State != Refused || a.Brief && r.otherwise {
		return first
	}
	r.otherwise = true
	others := []Question{{Suite: suite, Host: a.Host, EAPOnly: true}}
	if IsHostName(a.Host) { // which has users
		others = append(others, Question{Suite: suite, Host: a.Host, AsUser: true})
	}
	if a.Host != "" {
		others = append(others, Question{Suite: suite, Host: a.Host, ByName: true})
	}
	for _, q := range others {
		if r.Unclosed || ctx.Err() != nil {
			break
		}
		if reply := a.ask(ctx, r, q, a.begin()); reply.State == Seen {
			return reply
		}
	}
	return first
}

// begin returns what goes on in the IKE SA of a question until the first method, by which
// connections with one certificate differ; nil if methods are not asked for.
func (a Asker) begin() func(*Reply, func([]ike.Payload) Answer) {
	if !a.Methods {
		return nil
	}
	return func(reply *Reply, ask func([]ike.Payload) Answer) {
		if reply.EAP == nil || reply.EAP.Code != eap.Request || reply.EAP.Type != eap.Identity {
			reply.Method = reply.EAP
			return
		}
		d := dialogue{reply: reply, ask: ask}
		request, err := d.exchange(eap.Packet{Code: eap.Response, Identifier: reply.EAP.Identifier, Type: eap.Identity, Data: []byte(nobody)})
		if err == nil && request.Code == eap.Request {
			reply.Method = &request
		}
	}
}

// vary asks for the connection in the ways in which clients differ.
func (a Asker) vary(ctx context.Context, r *Result, c *Connection) {
	plain := c.Plain.Question
	if c.Plain.Proof != SharedKeyMAC && c.Plain.Proof != NoProof {
		q := plain
		q.NoHashes = true
		c.NoHashes = a.ask(ctx, r, q, nil)
		q = plain
		q.NoCertReq = true
		c.NoCertReq = a.ask(ctx, r, q, nil)
	}
	asked := slices.ContainsFunc(r.Identities, func(other Connection) bool { return other.NoFragments != nil })
	if c.Plain.Fragments > 1 && !asked {
		q := plain
		q.NoFragments = true
		c.NoFragments = a.ask(ctx, r, q, nil)
	}
	if leaf := c.Plain.Leaf(); a.Staple && leaf != nil && !slices.ContainsFunc(r.Identities, func(other Connection) bool {
		return other.Staple != nil && other.Plain.Leaf().SHA256 == leaf.SHA256
	}) {
		q := plain
		q.Staple = true
		c.Staple = a.ask(ctx, r, q, nil)
	}
	switch {
	case plain.ByName:
		c.ByName = c.Plain
	case a.Host != "":
		q := plain
		q.ByName = true
		c.ByName = a.ask(ctx, r, q, nil)
	}
	if a.Methods {
		a.methods(ctx, r, c)
		a.handshakes(ctx, r, c)
	}
}

// ask asks one question in an IKE SA of its own, and goes on in it with next, unless
// nil.
func (a Asker) ask(ctx context.Context, r *Result, q Question, next func(reply *Reply, ask func([]ike.Payload) Answer)) *Reply {
	reply := &Reply{Question: q}
	var opened bool
	sa := a.Gateway.Open(ctx, q.Suite, q.Without(), func(sa SA, ask func([]ike.Payload) Answer) {
		opened = true
		answer := ask(q.Payloads())
		switch {
		case answer.Exchange == 0:
		case !answer.Heard:
			reply.State = Silent
		case !answer.Answered:
			reply.State = Unclear
		case answer.Notify != 0:
			reply.State, reply.Notify = Refused, answer.Notify
		default:
			*reply = read(q, sa, answer.Payloads)
		}
		reply.Fragments, reply.Octets = answer.Fragments, answer.Octets
		reply.Exchanges = []int{sa.Exchange}
		if answer.Exchange != 0 {
			reply.Exchanges = append(reply.Exchanges, answer.Exchange)
		}
		if next != nil && reply.State == Seen {
			next(reply, ask)
		}
	})
	r.Unclosed = r.Unclosed || !sa.Closed
	reply.AnswerLost = sa.AnswerLost && reply.State == Silent
	if !opened && sa.Exchange != 0 {
		reply.Exchanges = []int{sa.Exchange}
	}
	r.Replies = append(r.Replies, reply)
	return reply
}
