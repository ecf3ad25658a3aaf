package iketest

import (
	"crypto/hmac"
	"crypto/sha256"
	"io"
	"net/netip"
	"time"

	"github.com/ikescope/ikescope/ike"
)

// cookies are stateless: a COOKIE proves only that its bearer receives what is
// sent to its address (RFC 7296, Section 2.6).
type cookies struct {
	secret [32]byte
	asked  map[netip.Addr]time.Time // when one was last due
}

// cookieVersion is the <VersionIDofSecret> of RFC 7296, Section 2.6.
const cookieVersion = 1

// cookie is 33 octets: the version and a MAC of Ni | IPi | SPIi.
func (c *cookies) cookie(m *ike.Message, source netip.Addr) []byte {
	mac := hmac.New(sha256.New, c.secret[:])
	if ni, ok := ike.Find[*ike.Nonce](m); ok {
		mac.Write(ni.Data)
	}
	mac.Write(source.AsSlice())
	mac.Write(m.SPIi[:])
	return mac.Sum([]byte{cookieVersion})
}

// valid reports whether a request brings the COOKIE that it was asked for: "the
// first payload" (RFC 7296, Section 2.6).
func (c *cookies) valid(m *ike.Message, source netip.Addr) bool {
	if len(m.Payloads) == 0 {
		return false
	}
	n, ok := m.Payloads[0].(*ike.Notify)
	return ok && n.Notification == ike.COOKIE && hmac.Equal(n.Data, c.cookie(m, source))
}

// guard lets a request pass, asks for a COOKIE, or drops it.
func (s *server) guard(in arrival, m *ike.Message, now time.Time) (answer []byte, pass bool, err error) {
	source := in.remote.Addr()
	halfOpen := s.sas.halfOpenOf(source)
	if s.cookieDue(source, halfOpen, now) && !s.cookies.valid(m, source) {
		s.stats.Cookies++
		n := ike.Notify{Notification: ike.COOKIE, Data: s.cookies.cookie(m, source)}
		if s.faults.CookieLoop {
			// No cookie of an old secret is valid.
			if _, err := io.ReadFull(s.rand, s.cookies.secret[:]); err != nil {
				return nil, false, err
			}
		}
		answer, err = s.encode(responseHeader(m.Header), &n)
		return answer, false, err
	}
	if s.profile.BlockFrom > 0 && halfOpen >= s.profile.BlockFrom {
		s.stats.Blocked++
		return nil, false, nil
	}
	return nil, true, nil
}

func (s *server) cookieDue(source netip.Addr, halfOpen int, now time.Time) bool {
	if s.profile.AlwaysCookie || s.faults.CookieLoop {
		return true
	}
	if s.profile.CookieFrom <= 0 {
		return false
	}
	if halfOpen >= s.profile.CookieFrom {
		s.cookies.asked[source] = now
		return true
	}
	last, ok := s.cookies.asked[source]
	return ok && now.Before(last.Add(s.profile.CookieLinger))
}
