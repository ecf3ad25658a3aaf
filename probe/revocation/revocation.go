package revocation

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// State is what became of a question.
type State string

// The states. Only an answer that its issuer signed, and that is not out of date, says
// that a certificate is good or revoked.
const (
	Good        State = "good"
	Revoked     State = "revoked"
	Unknown     State = "unknown"     // an answer came that does not say
	Unreachable State = "unreachable" // no answer came
)

// The ways to ask.
const (
	OCSP = "ocsp"
	CRL  = "crl"
	// Staple is not asked of an authority: the gateway sends its answer.
	Staple = "staple"
)

// Question is one URL to ask about one certificate.
type Question struct {
	Certificate int // its index in the chain
	By          string
	URL         string
}

// Answer is what came of a question.
type Answer struct {
	Question
	State State
	// Why says in half a sentence why a state is not good.
	Why string
	// NextUpdate is until when the answer holds; zero if it does not say.
	NextUpdate time.Time
}

// Bounds of what strangers make us do: of a chain, of each of its certificates, and of
// an answer, in octets.
const (
	maxCertificates = 4
	maxURLs         = 2 // of each way
	maxURL          = 2048
	maxOCSP         = 64 << 10
	maxCRL          = 16 << 20
	maxRedirects    = 3
)

// Questions are those about a chain, the gateway's own certificate first, each issued by
// the next one. Nobody is asked about the last one.
func Questions(chain []*x509.Certificate) []Question {
	var out []Question
	for i, c := range chain[:min(len(chain), maxCertificates)] {
		if i+1 == len(chain) {
			break
		}
		for _, way := range []struct {
			by   string
			urls []string
		}{{OCSP, c.OCSPServer}, {CRL, c.CRLDistributionPoints}} {
			n := 0
			for _, u := range way.urls {
				if p, err := url.Parse(u); err == nil && (p.Scheme == "http" || p.Scheme == "https") && p.Host != "" && len(u) <= maxURL && n < maxURLs {
					out, n = append(out, Question{i, way.by, u}), n+1
				}
			}
		}
	}
	return out
}

// Asker asks.
type Asker struct {
	// At is the time at which answers have to hold.
	At time.Time
	// Timeout is the longest time for a question.
	Timeout time.Duration
	// Loopback lets addresses of this machine be asked, as those of a gateway on it.
	Loopback bool
}

// Ask asks about a certificate of chain.
func (a Asker) Ask(ctx context.Context, chain []*x509.Certificate, q Question) Answer {
	ctx, cancel := context.WithTimeout(ctx, a.Timeout)
	defer cancel()
	c, issuer := chain[q.Certificate], chain[q.Certificate+1]
	out := Answer{Question: q, State: Unknown}
	if err := c.CheckSignatureFrom(issuer); err != nil {
		out.Why = "its issuer's certificate was not sent, so nobody can be asked"
		return out
	}
	if q.By == OCSP {
		a.ocsp(ctx, &out, c, issuer)
	} else {
		a.crl(ctx, &out, c, issuer)
	}
	return out
}

// fetch sends a request, a POST if there is a body, and returns the answer to it; Unreachable
// and why if there is none.
func (a Asker) fetch(ctx context.Context, out *Answer, kind string, body []byte, most int64) []byte {
	fail := func(why string) []byte {
		out.State, out.Why = Unreachable, why
		return nil
	}
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	request, err := http.NewRequestWithContext(ctx, method, out.URL, bytes.NewReader(body))
	if err != nil {
		return fail("its URL cannot be asked")
	}
	if body != nil {
		request.Header.Set("Content-Type", kind)
	}
	request.Header.Set("User-Agent", "ikescope")
	transport := &http.Transport{
		DialContext:       (&net.Dialer{Control: a.allowed}).DialContext,
		DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10,
	}
	client := http.Client{Transport: transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects || r.URL.Scheme != "http" && r.URL.Scheme != "https" {
			return fmt.Errorf("more than %d redirects", maxRedirects)
		}
		return nil
	}}
	response, err := client.Do(request)
	if err != nil {
		var of *url.Error
		if errors.As(err, &of) {
			err = of.Err // without the URL, which is beside it
		}
		if ctx.Err() != nil {
			return fail("no answer came within " + a.Timeout.String())
		}
		return fail(err.Error())
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fail("the answer is " + response.Status)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, most+1))
	switch {
	case err != nil && ctx.Err() != nil:
		return fail("no whole answer came within " + a.Timeout.String())
	case err != nil:
		return fail("the answer breaks off")
	case int64(len(text)) > most:
		out.Why = fmt.Sprintf("the answer is longer than %d octets, and was not read", most)
		return nil
	}
	return text
}

// allowed refuses addresses that no authority has, and that a gateway may name to have
// us ask services that are not its own.
func (a Asker) allowed(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	switch ip := at.Addr().Unmap(); {
	case err != nil:
		return err
	case ip.IsLoopback() && !a.Loopback:
		return errors.New("it is an address of this machine, which is not asked")
	case ip.IsLinkLocalUnicast(), ip.IsMulticast(), ip.IsUnspecified():
		return errors.New("it is an address of the local link, which is not asked")
	}
	return nil
}

// current reports whether an answer holds, and says why not.
func (a Asker) current(out *Answer, this, next time.Time) bool {
	const skew = 5 * time.Minute
	out.NextUpdate = next
	switch {
	case a.At.Before(this.Add(-skew)):
		out.Why = "the answer is valid from " + this.UTC().Format(time.RFC3339) + " on only"
	case !next.IsZero() && a.At.After(next.Add(skew)):
		out.Why = "the answer is out of date: it was valid until " + next.UTC().Format(time.RFC3339)
	default:
		return true
	}
	return false
}

// reasons are those of RFC 5280, Section 5.3.1.
var reasons = map[int]string{
	1: "the key is compromised", 2: "its CA is compromised", 3: "the affiliation changed", 4: "it was superseded",
	5: "it is no longer needed", 6: "it is on hold", 9: "a privilege was withdrawn", 10: "the attribute authority is compromised",
}

func revokedWords(at time.Time, reason int) string {
	words := "revoked on " + at.UTC().Format("2006-01-02 15:04 UTC")
	if why := reasons[reason]; why != "" {
		words += ": " + why
	}
	return words
}
