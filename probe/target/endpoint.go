package target

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Endpoint is a target as it is written: host, host:port or [address]:port, or
// with the port of NAT traversal, too, as in host:500+4500.
type Endpoint struct {
	Text     string // as written
	Host     string // a name, or an address without brackets
	Port     uint16 // 0 where none was written
	NATTPort uint16 // likewise
}

// maxTarget bounds a target as it is written, in octets: a DNS name has up to
// 253, a port and brackets come with it.
const maxTarget = 300

// Parse reads a target. The error says what would be right.
func Parse(s string) (Endpoint, error) {
	e := Endpoint{Text: s, Host: s}
	if len(s) > maxTarget {
		return Endpoint{}, fmt.Errorf("%q is too long for a host", shown(s))
	}
	if _, rest, ok := strings.Cut(s, "://"); ok {
		host, _, _ := strings.Cut(rest[strings.LastIndexByte(rest, '@')+1:], "/")
		return Endpoint{}, fmt.Errorf("%q is a URL: write %q", shown(s), shown(host))
	}
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		return Endpoint{}, fmt.Errorf("a target has no user: write %q", shown(s[i+1:]))
	}
	if _, err := netip.ParsePrefix(s); err == nil {
		return Endpoint{}, fmt.Errorf("%q is a range of addresses, not one", s)
	}
	if _, err := netip.ParseAddr(s); err == nil {
		if host, port, ok := portInside(s); ok {
			return Endpoint{}, fmt.Errorf("%q may end in a port: write [%s]:%s, or [%s] for the address", s, host, port, s)
		}
		return e, e.check()
	}
	if host, ports, err := net.SplitHostPort(s); err == nil {
		port, natt, both := strings.Cut(ports, "+")
		e.Host = host
		if e.Port, err = parsePort(port); err == nil && both {
			e.NATTPort, err = parsePort(natt)
		}
		if err != nil {
			return Endpoint{}, fmt.Errorf("%w of %q is not a number from 1 to 65535", err, shown(s))
		}
	} else if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		e.Host = s[1 : len(s)-1]
	}
	return e, e.check()
}

// parsePort reads a port; the error names it, unless it may be a password.
func parsePort(s string) (uint16, error) {
	n, err := strconv.ParseUint(s, 10, 16)
	switch {
	case err == nil && n > 0:
		return uint16(n), nil
	case strings.Trim(s, "0123456789+") == "":
		return 0, fmt.Errorf("port %q", s)
	}
	return 0, errors.New("what stands for the port")
}

// shown returns what an error shows of a target that is none: its beginning, as far
// as it looks like a host and a port. A list may be another file, of secrets, or
// have them beside hosts.
func shown(s string) string {
	const most = 60
	n := 0
	for n < min(len(s), most) && isHostOctet(s[n]) {
		n++
	}
	if host, port, ok := strings.Cut(s[:n], ":"); ok && !strings.Contains(port, ":") && strings.Trim(port, "0123456789+") != "" {
		n = len(host) + 1 // no port, but perhaps a password
	}
	switch rest := s[n:]; {
	case rest == "":
		return s
	case strings.Contains(rest, "@"), strings.Trim(rest, "=") == "":
		return "..." // perhaps a user and a password, or base64
	}
	return s[:n] + "..."
}

// isHostOctet reports whether a host or a port may have c in it.
func isHostOctet(c byte) bool {
	return c >= 0x80 || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._:[]+", c) >= 0
}

// portInside cuts the last group off an IPv6 address that would be one without
// it, too, if that group reads as a port of IKE.
func portInside(s string) (host, port string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || s[i+1:] != "500" && s[i+1:] != "4500" {
		return "", "", false
	}
	_, err := netip.ParseAddr(s[:i])
	return s[:i], s[i+1:], err == nil
}

// broadcast is every host of the link (RFC 919, Section 7).
var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// check reports whether the host of e is a name or the address of one host.
func (e Endpoint) check() error {
	a, err := netip.ParseAddr(e.Host)
	switch {
	case err == nil && (a.IsUnspecified() || a.IsMulticast() || a == broadcast):
		return fmt.Errorf("%q is not the address of a host", e.Text)
	case err == nil && a.Is6() && a.IsLinkLocalUnicast() && a.Zone() == "":
		return fmt.Errorf("%q is link-local: name the interface to it, as %v%%eth0", e.Text, a)
	case err == nil:
		return nil
	case strings.Contains(e.Host, ":"):
		return fmt.Errorf("%q is neither a host, host:port, nor [IPv6 address]:port", shown(e.Text))
	case strings.Trim(e.Host, "0123456789.-,*/") == "" && strings.ContainsAny(e.Host, "-,*/"):
		return fmt.Errorf("%q is not a host name or an address; a range is written 192.0.2.0/24 or 192.0.2.1-20", shown(e.Text))
	case !validHostname(e.Host):
		return fmt.Errorf("%q is not a host name or an address", shown(e.Text))
	}
	return nil
}

// validHostname reports whether s can be a DNS name (RFC 1123, Section 2.1),
// with the underscores that people use.
func validHostname(s string) bool {
	s = strings.TrimSuffix(s, ".")
	if s == "" || len(s) > 253 {
		return false
	}
	labels := strings.Split(s, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range label {
			if c < 0x80 && c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
				return false
			}
		}
	}
	// All digits at the end is an address with a mistake in it.
	_, err := strconv.Atoi(labels[len(labels)-1])
	return err != nil
}
