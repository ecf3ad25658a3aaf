// Package offered compares proposals as logs write them: what one side offers with
// what the other accepts.
package offered

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// Proposal is what one side offers or accepts, with the algorithms as its log
// writes them.
type Proposal struct {
	Protocol string // IKE, ESP or AH; "" if the log does not say
	Names    map[Axis][]string
}

// Axis is a kind of algorithm.
type Axis string

const (
	Cipher    Axis = "cipher"
	Integrity Axis = "integrity algorithm"
	PRF       Axis = "PRF"
	Exchange  Axis = "key exchange method"
	Further   Axis = "additional key exchange"
	Sequence  Axis = "sequence numbers"
)

var axes = []Axis{Cipher, Integrity, PRF, Exchange, Further, Sequence}

// Add adds an algorithm. What cannot be the name of one is not shown: the line may go
// on with anything.
func (p *Proposal) Add(axis Axis, name string) {
	if p.Names == nil {
		p.Names = make(map[Axis][]string)
	}
	if name = strings.TrimSpace(name); strings.ContainsAny(name, `=:"'`) {
		name = "(not shown)"
	}
	if name != "" && len(p.Names[axis]) < 64 && !slices.Contains(p.Names[axis], name) {
		p.Names[axis] = append(p.Names[axis], clip(name))
	}
}

// String lists the algorithms as the log writes them.
func (p Proposal) String() string {
	var parts []string
	for _, axis := range axes {
		if names := p.Names[axis]; len(names) > 0 {
			parts = append(parts, strings.Join(names, " or "))
		}
	}
	return strings.TrimPrefix(p.Protocol+": "+strings.Join(parts, ", "), ": ")
}

// Gap is an axis on which two proposals do not meet.
type Gap struct {
	Axis Axis     `json:"axis"`
	Got  []string `json:"received"`
	Want []string `json:"configured"`
}

func (g Gap) String() string {
	name := func(names []string) string {
		if len(names) == 0 {
			return "none"
		}
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s: received %s, configured %s", g.Axis, name(g.Got), name(g.Want))
}

// Unmet returns where the two nearest of two lists of proposals do not meet. ok
// is false if no two are of one protocol, or if two meet.
func Unmet(received, configured []Proposal) (gaps []Gap, got, want Proposal, ok bool) {
	least := 0
	cut := slices.ContainsFunc(configured, exchanges)
	for _, r := range received {
		for _, c := range configured {
			if cut && c.Protocol == "IKE" && !exchanges(c) {
				continue // the line does not have it whole: it fits nothing as it stands
			}
			if r.Protocol != "" && c.Protocol != "" && r.Protocol != c.Protocol {
				continue
			}
			apart := r.apart(c)
			if len(apart) == 0 {
				return nil, r, c, false
			}
			far := distance(apart)
			if len(r.Names[Integrity]) > 0 != (len(c.Names[Integrity]) > 0) {
				far += 2 // one has AEAD, so that this axis differs as well
			}
			if !ok || far < least {
				gaps, got, want, ok, least = apart, r, c, true, far
			}
		}
	}
	return gaps, got, want, ok
}

// QuickMode are the reasons for which Quick Mode is refused with NO_PROPOSAL_CHOSEN
// (RFC 2409, Section 5.5), which is one notify for all. group is that of PFS here, "" if
// it is not known.
func QuickMode(group string) []string {
	pfs := "only one side has PFS, or the groups differ"
	if group != "" {
		pfs += " (here " + group + ")"
	}
	return []string{"the two sides have no ESP algorithms in common", pfs, "the networks of the two sides do not mirror each other, or one wants transport mode: many gateways answer that in the same way"}
}

// exchanges reports whether a proposal has a key exchange method, as each for an IKE SA
// does (RFC 7296, Section 3.3.3).
func exchanges(p Proposal) bool { return len(p.Names[Exchange]) > 0 }

// distance says how far two proposals are apart: by a key length less than by a
// cipher, and least by PFS alone, which is refused only in CREATE_CHILD_SA.
func distance(gaps []Gap) int {
	if len(gaps) == 1 && gaps[0].Axis == Exchange && (len(gaps[0].Got) == 0 || len(gaps[0].Want) == 0) {
		return 0
	}
	n := 2 * len(gaps)
	for _, g := range gaps {
		if g.Axis == Cipher && slices.ContainsFunc(g.Got, func(a string) bool {
			return slices.ContainsFunc(g.Want, func(b string) bool { return mode(a) != "" && mode(a) == mode(b) })
		}) {
			n--
		}
	}
	return n
}

// mode returns the keyword of a cipher without its key length.
func mode(name string) string {
	return strings.NewReplacer("128", "", "192", "", "256", "").Replace(keyword(name))
}

// Everywhere says what all of several proposals have as the only key exchange
// method, "" if they do not.
func Everywhere(all []Proposal) string {
	if len(all) < 2 {
		return ""
	}
	names := all[0].Names[Exchange]
	for _, p := range all {
		if len(names) != 1 || !slices.Equal(p.Names[Exchange], names) {
			return ""
		}
	}
	return fmt.Sprintf("each of the %d proposals received has %s as its key exchange method", len(all), names[0])
}

// NoExchange reports whether all of several proposals of ESP are without a key exchange
// method.
func NoExchange(all []Proposal) bool {
	return len(all) > 0 && !slices.ContainsFunc(all, func(p Proposal) bool { return p.Protocol != "ESP" || len(p.Names[Exchange]) > 0 })
}

// apart returns the axes on which p, received, and q, configured, do not meet.
// Integrity and PRF are compared where both list them, since a cipher may have
// its own; a key exchange that only one side lists is PFS on that side alone.
func (p Proposal) apart(q Proposal) []Gap {
	var out []Gap
	for _, axis := range axes {
		got, want := p.Names[axis], q.Names[axis]
		common := slices.ContainsFunc(got, func(a string) bool {
			return slices.ContainsFunc(want, func(b string) bool { return sameAlgorithm(a, b) })
		})
		oneSided := axis == Exchange && p.Protocol != "IKE" && q.Protocol != "IKE" && (len(got) > 0) != (len(want) > 0) &&
			!slices.ContainsFunc(append(slices.Clone(got), want...), isNone)
		lacking := axis == Integrity && p.Protocol == "IKE" && len(got) == 0 && len(want) > 0 && len(p.Names[PRF]) == 0 &&
			slices.ContainsFunc(p.Names[Cipher], func(name string) bool { return cbc(name) })
		if !common && (len(got) > 0 && len(want) > 0 || oneSided || lacking) {
			out = append(out, Gap{axis, got, want})
		}
	}
	// In IKE_AUTH no proposal has a key exchange method: where another axis does not
	// meet, one that only one side lists is no reason.
	if len(out) > 1 {
		out = slices.DeleteFunc(out, func(g Gap) bool {
			return g.Axis == Exchange && p.Protocol != "IKE" && (len(g.Got) == 0 || len(g.Want) == 0)
		})
	}
	return out
}

// cbc reports whether a cipher needs an integrity algorithm beside it.
func cbc(name string) bool {
	switch keyword(name) {
	case "aes128", "aes192", "aes256", "3des":
		return true
	}
	return false
}

func isNone(name string) bool { return strings.EqualFold(name, "NONE") }

// sameAlgorithm compares names as one product writes them on two occasions.
func sameAlgorithm(a, b string) bool {
	return strings.EqualFold(a, b) || keyword(a) != "" && keyword(a) == keyword(b)
}

// keyword returns the strongSwan keyword of an algorithm as charon, pluto,
// FortiOS and others write it, "" if it is not known.
func keyword(name string) string {
	s := strings.ToLower(strings.NewReplacer("-", "_", " ", "_").Replace(name))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "encr_"), "auth_")
	if k, ok := keywords[s]; ok {
		return k
	}
	prefix := ""
	if rest, ok := strings.CutPrefix(s, "prf_"); ok {
		prefix, s = "prf", rest
	}
	if k, ok := hashes[s]; ok {
		return prefix + k
	}
	// AES_CBC_256, AES_GCM_16_256, AES_GCM_C_256, aes_256.
	if rest, ok := strings.CutPrefix(s, "aes_"); ok {
		mode, bits := "", ""
		for part := range strings.SplitSeq(rest, "_") {
			switch part {
			case "128", "192", "256":
				bits = part
			case "gcm":
				mode = "gcm16"
			case "ccm":
				mode = "ccm16"
			case "ctr":
				mode = "ctr"
			case "8", "12":
				mode = strings.TrimSuffix(mode, "16") + part
			}
		}
		if bits != "" {
			return "aes" + bits + mode
		}
	}
	return ""
}

var hashes = map[string]string{
	"hmac_sha2_256_128": "sha256", "hmac_sha2_384_192": "sha384", "hmac_sha2_512_256": "sha512",
	"hmac_sha2_256": "sha256", "hmac_sha2_384": "sha384", "hmac_sha2_512": "sha512",
	"hmac_sha1_96": "sha1", "hmac_sha1": "sha1", "hmac_md5_96": "md5", "hmac_md5": "md5",
	"sha2_256": "sha256", "sha2_384": "sha384", "sha2_512": "sha512", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512",
	"sha1": "sha1", "sha": "sha1", "sha96": "sha1", "md5": "md5", "aes_xcbc_96": "aesxcbc", "aes128_xcbc": "aesxcbc", "aes128_cmac": "aescmac",
	"aes_cmac_96": "aescmac", "aes_xcbc": "aesxcbc",
}

var keywords = map[string]string{
	"3des_cbc": "3des", "3des": "3des", "des_cbc": "des", "des": "des", "chacha20_poly1305": "chacha20poly1305",
	"curve_25519": "x25519", "x25519": "x25519", "curve25519": "x25519", "dh31": "x25519", "ecp_25519": "x25519",
	"curve_448": "x448", "curve448": "x448",
	"ecp_256": "ecp256", "ecp256": "ecp256", "ecp_384": "ecp384", "ecp384": "ecp384", "ecp_521": "ecp521", "ecp521": "ecp521",
	"dh19": "ecp256", "dh20": "ecp384", "dh21": "ecp521",
	"modp_768": "modp768", "modp768": "modp768", "modp_1024": "modp1024", "modp1024": "modp1024", "modp_1536": "modp1536", "modp1536": "modp1536",
	"modp_2048": "modp2048", "modp2048": "modp2048", "modp_3072": "modp3072", "modp3072": "modp3072", "modp_4096": "modp4096", "modp4096": "modp4096",
	"modp_6144": "modp6144", "modp6144": "modp6144", "modp_8192": "modp8192", "modp8192": "modp8192",
	"ml_kem_512": "mlkem512", "ml_kem_768": "mlkem768", "ml_kem_1024": "mlkem1024",
	"no_ext_seq": "noesn", "ext_seq": "esn", "dh_group_2048_modp/group_14": "modp2048", "dh_group_521_ecp/group_21": "ecp521",
	"dh_group_1024_modp/group_2": "modp1024", "dh_group_1536_modp/group_5": "modp1536", "dh_group_3072_modp/group_15": "modp3072",
	"dh_group_4096_modp/group_16": "modp4096", "dh_group_256_ecp/group_19": "ecp256", "dh_group_384_ecp/group_20": "ecp384",
	"group_1": "modp768", "group_2": "modp1024", "group_5": "modp1536", "group_14": "modp2048", "group_15": "modp3072", "group_16": "modp4096",
	"group_19": "ecp256", "group_20": "ecp384", "group_21": "ecp521", "group_31": "x25519",
}

// Keywords returns the proposal in strongSwan's notation, "" if one of its
// algorithms is not known.
func (p Proposal) Keywords() string {
	var words []string
	for _, axis := range axes {
		for _, name := range p.Names[axis] {
			k := keyword(name)
			switch {
			case axis == Sequence || isNone(name):
				continue
			case axis == Further: // "KE1_ML_KEM_768"
				head, rest, _ := strings.Cut(name, "_")
				if k = keyword(rest); k != "" {
					k = strings.ToLower(head) + "_" + k
				}
			case axis == PRF && k != "" && !strings.HasPrefix(k, "prf"):
				k = "prf" + k
			}
			if k == "" {
				return ""
			}
			words = append(words, k)
		}
	}
	return strings.Join(words, "-")
}

// maxName bounds the name of an algorithm, in octets.
const maxName = 200

// clip returns s without what is beyond maxName octets, at the end of a character.
func clip(s string) string {
	if len(s) <= maxName {
		return s
	}
	n := maxName
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}

// number is a transform whose name its product does not know, which charon prints as
// "KE1_(1051)" or "UNKNOWN_65001".
var number = lazyregexp.New(`(?:\(|UNKNOWN_)(\d{4,5})\)?$`)

// firstPrivate is the first number for private use of most transforms (RFC 7296,
// Section 3.3.2).
const firstPrivate = 1024

// Private returns a transform of the proposal that has a number for private use, ""
// for none.
func (p Proposal) Private() string {
	for _, names := range p.Names {
		for _, name := range names {
			if m := number.FindStringSubmatch(name); m != nil {
				if n, err := strconv.Atoi(m[1]); err == nil && n >= firstPrivate {
					return name
				}
			}
		}
	}
	return ""
}

// Alike reports whether a proposal is in both of two lists, and which transform of it, ""
// for none, has a number for private use.
func Alike(theirs, ours []Proposal) (private string, alike bool) {
	for _, p := range theirs {
		if slices.ContainsFunc(ours, func(q Proposal) bool { return p.String() == q.String() }) {
			return p.Private(), true
		}
	}
	return "", false
}
