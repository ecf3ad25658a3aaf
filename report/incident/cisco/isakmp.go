package cisco

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/offered"
)

// isakmpKey is that of an attempt in the lines of debug crypto isakmp: few of them name
// the peer, and the number of an SA is 0 until phase 1 is done.
const isakmpKey = "isakmp"

// offer is what a peer offers for phase 1 (RFC 2409, Appendix A), of which debug crypto
// isakmp prints an attribute a line, for each policy that it is compared with.
type offer struct {
	transform  int // the last
	transforms []transform
}

// transform is one of an offer, in the words of crypto isakmp policy.
type transform struct {
	encryption, bits, hash, group, auth string
}

var checking = lazyregexp.New(`^Checking ISAKMP transform (\d{1,3}) against priority \d{1,5} policy`)

// offered takes a line of an offer, and reports whether it was one.
func (r *reader) offered(l *event.Line) bool {
	if !strings.HasPrefix(l.Text, "ISAKMP") {
		return false
	}
	r.debug = true
	text := strings.TrimSpace(l.Text[len(isakmp.FindString(l.Text)):])
	if m := checking.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		if r.offer == nil || n <= r.offer.transform { // against the next policy, it is the same again
			r.offer = new(offer)
		}
		r.offer.transform = n
		if len(r.offer.transforms) < maxListed {
			r.offer.transforms = append(r.offer.transforms, transform{})
		}
		return true
	}
	if r.offer == nil {
		return false
	}
	if strings.HasPrefix(text, "atts are acceptable") {
		r.offer = nil
		return false
	}
	return r.offer.transforms[len(r.offer.transforms)-1].attribute(text)
}

// attribute takes an attribute, and reports whether the line is one.
func (t *transform) attribute(text string) bool {
	for _, a := range []struct {
		name  string
		value *string
	}{{"encryption ", &t.encryption}, {"keylength of ", &t.bits}, {"hash ", &t.hash}, {"default group ", &t.group}, {"auth ", &t.auth}} {
		if rest, found := strings.CutPrefix(text, a.name); found {
			if words := strings.Fields(rest); len(words) > 0 {
				*a.value = words[0]
			}
			return true
		}
	}
	return false
}

// complete adds to an event, by which nothing of an offer is accepted, its proposals and
// the words for a policy that takes one of them.
func (o *offer) complete(e *event.Event) {
	var taken *transform
	for i := range o.transforms {
		t := &o.transforms[i]
		p := offered.Proposal{Protocol: "IKE"}
		if name, bits := t.encryption, t.bits; name != "" {
			if bits != "" {
				name += "-" + bits
			}
			p.Add(offered.Cipher, name)
		}
		p.Add(offered.Integrity, t.hash)
		if t.group != "" {
			p.Add(offered.Exchange, "group "+t.group)
		}
		e.Proposals = append(e.Proposals, p)
		if taken == nil && t.strong() {
			taken = t
		}
	}
	if taken == nil {
		e.Set("v1-weak", strings.TrimPrefix(e.Proposals[0].String(), "IKE: "))
		return
	}
	cipher, bits, _ := strings.Cut(strings.TrimPrefix(taken.encryption, "AES-CBC"), "-")
	e.Set("v1-encryption", strings.TrimSpace("aes "+cipher+bits+taken.bits))
	e.Set("v1-hash", strings.ToLower(taken.hash))
	e.Set("v1-group", taken.group)
	if strings.Contains(strings.ToLower(taken.auth), "pre") {
		e.Set("v1-auth", "pre-share")
	} else if taken.auth != "" {
		e.Set("v1-auth", "rsa-sig")
	}
}

// Groups of at least 2048 bits, without those with a subgroup of prime order (RFC 8247,
// Section 2.4), and hashes of SHA-2: what a policy may be told to take.
var (
	strongGroups = []string{"14", "15", "16", "19", "20", "21"}
	strongHashes = []string{"SHA256", "SHA384", "SHA512"}
)

// strong reports whether a policy should take a transform.
func (t *transform) strong() bool {
	return strings.HasPrefix(t.encryption, "AES-CBC") && slices.Contains(strongHashes, t.hash) && slices.Contains(strongGroups, t.group)
}
