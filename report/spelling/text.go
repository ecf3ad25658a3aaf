package spelling

import (
	"strconv"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// token is what may name an algorithm, or the algorithms of a suite: IANA's names, the
// labels made of them, and strongSwan's keywords; not the ID of a finding.
var token = lazyregexp.New(`\b(?:[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+|(?:PRF )?[A-Z0-9]+(?:_[A-Z0-9]+)+(?: with [0-9]+ bits)?|PRF (?:MD5|SHA1|TIGER)|3?DES|IDEA|X25519|X448|[a-z0-9]+(?:[-_][a-z0-9]+)*)\b`)

// byName are algorithms by IANA's names.
var byName = sync.OnceValue(func() map[string]proposals.Algorithm {
	out := map[string]proposals.Algorithm{}
	for _, axis := range []proposals.Axis{proposals.ENCR, proposals.PRF, proposals.INTEG, proposals.KE} {
		for _, a := range proposals.IKEAlgorithms(axis) {
			name := a.Name()
			if a.KeyBits > 0 {
				name += " with " + strconv.Itoa(int(a.KeyBits)) + " bits"
			}
			out[name] = a
			label := short(a)
			if axis == proposals.PRF {
				label = "PRF " + label // else it may be that of an integrity algorithm
			}
			out[label] = a
		}
	}
	return out
})

// Text returns a sentence of ours with n's names in place of the names of IANA and the
// keywords of strongSwan. It is not for text of strangers, in which the same word may
// mean something else, nor for lines to paste; it leaves those of strongSwan alone.
func (n Names) Text(sentence string) string {
	var b strings.Builder
	from := 0
	for _, at := range token.FindAllStringIndex(sentence, -1) {
		b.WriteString(sentence[from:at[0]])
		word := sentence[at[0]:at[1]]
		if named := n.word(word); named != word && !inLongerName(sentence, at[0]) && !strings.HasSuffix(sentence[:at[0]], "proposals = ") {
			word = named
		}
		b.WriteString(word)
		from = at[1]
	}
	b.WriteString(sentence[from:])
	out := b.String()
	// Of several groups the first alone is called one.
	if i := strings.Index(out, groupMark); i >= 0 {
		i += len(groupMark)
		out = out[:i] + strings.ReplaceAll(out[i:], groupMark, " (")
	}
	return out
}

// inLongerName reports whether what stands at index at is part of a host name, of an
// address, of a path or of a URL, which are names that others chose.
func inLongerName(sentence string, at int) bool {
	const ends = " \t\n\"'()[]<>,;"
	begin, end := strings.LastIndexAny(sentence[:at], ends)+1, len(sentence)
	if i := strings.IndexAny(sentence[at:], ends); i >= 0 {
		end = at + i
	}
	name := sentence[begin:end]
	if strings.ContainsAny(name, `@\`) || strings.Contains(name, "://") || strings.HasPrefix(name, "/") {
		return true
	}
	for i := 1; i < len(name)-1; i++ {
		if name[i] == '.' && isNamed(name[i-1]) && isNamed(name[i+1]) {
			return true
		}
	}
	return false
}

// isNamed reports whether c may stand beside a dot in a name; the octets of a letter
// that is not of ASCII may.
func isNamed(c byte) bool {
	return c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

// groupMark comes before the number of a group.
const groupMark = " (group "

// withoutNumber are the keywords of strongSwan that have no digit.
var withoutNumber = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, axis := range []proposals.Axis{proposals.ENCR, proposals.PRF, proposals.INTEG, proposals.KE} {
		for _, a := range proposals.IKEAlgorithms(axis) {
			out[a.Keyword()] = !strings.ContainsAny(a.Keyword(), digits)
		}
	}
	return out
})

const digits = "0123456789"

func (n Names) word(word string) string {
	if a, ok := byName()[word]; ok {
		return n.InText(a)
	}
	if !strings.ContainsAny(word, digits) && !withoutNumber()[word] {
		return word // nearly each is one, and to look for what it may be a slip of takes long
	}
	if a, err := proposals.ParseAlgorithm(word); err == nil {
		// An alias is a word of everyday, such as aes.
		if a.Keyword() != word || a.IsNone() || word == "none" || word == "null" {
			return word
		}
		return n.InText(a)
	}
	if !strings.Contains(word, "-") || n == "" || n == StrongSwan {
		return word
	}
	if p, others, ok := literal(word); ok {
		return n.product(p) + others
	}
	if p, err := proposals.ParseProduct(word); err == nil {
		return n.product(p)
	}
	return word
}

// literal reads keywords of strongSwan as they stand: nothing is added that they leave
// out, as those of ESP leave out a PRF. Others are what ESP has beside them.
func literal(word string) (p proposals.Product, others string, ok bool) {
	for keyword := range strings.SplitSeq(word, "-") {
		a, err := proposals.ParseAlgorithm(keyword)
		switch {
		case err == nil && a.Keyword() == keyword:
			p[a.Axis] = append(p[a.Axis], a)
			ok = true
		case keyword == "esn" || keyword == "noesn" || strings.HasPrefix(keyword, "sn_"):
			others += "-" + keyword
		default:
			return p, "", false
		}
	}
	return p, others, ok
}
