package explain

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// listed is a line in which charon lists proposals:
// "received proposals: IKE:AES_CBC_256/.../MODP_2048, IKE:...".
var listed = regexp.MustCompile(`\b(received|configured) proposals: ((?:IKE|ESP|AH):\S.*)`)

// charonKinds are what charon's names of algorithms are of; any other is a
// cipher.
var charonKinds = []struct {
	kind string
	name *regexp.Regexp
}{
	{"PRF", regexp.MustCompile(`^PRF_`)},
	{"integrity algorithm", regexp.MustCompile(`^HMAC_|^AES_(XCBC|CMAC)_96$`)},
	{"key exchange method", regexp.MustCompile(`^(MODP|ECP|CURVE)_|^ML_KEM_`)},
	{"additional key exchange", regexp.MustCompile(`^KE[1-7]_`)},
	{"sequence numbers", regexp.MustCompile(`EXT_SEQ$`)},
}

// kinds are the kinds of algorithms, as they are told.
var kinds = []string{"cipher", "integrity algorithm", "PRF", "key exchange method", "additional key exchange", "sequence numbers"}

func kindOf(name string) string {
	for _, k := range charonKinds {
		if k.name.MatchString(name) {
			return k.kind
		}
	}
	return "cipher"
}

// charonProposal is what a proposal of one protocol lists, by kind.
type charonProposal struct {
	protocol string
	names    map[string][]string
}

// maxListed bounds the proposals of a line that are compared.
const maxListed = 32

// charonProposals returns the proposals of a line that lists what was received
// or is configured, as word says.
func charonProposals(line, word string) []charonProposal {
	m := listed.FindStringSubmatch(line)
	if m == nil || m[1] != word {
		return nil
	}
	var out []charonProposal
	for text := range strings.SplitSeq(m[2], ", ") {
		protocol, names, ok := strings.Cut(strings.TrimSpace(text), ":")
		if !ok || len(out) == maxListed {
			break
		}
		p := charonProposal{protocol, make(map[string][]string)}
		for name := range strings.SplitSeq(names, "/") {
			p.names[kindOf(name)] = append(p.names[kindOf(name)], name)
		}
		out = append(out, p)
	}
	return out
}

// unmet says on which kinds the two nearest proposals of a pair of lines do not
// meet, in sentences. It is empty if the lines are no such pair, or if two
// proposals meet.
func unmet(received, configured string) []string {
	var least []string
	found := false
	for _, theirs := range charonProposals(received, "received") {
		for _, ours := range charonProposals(configured, "configured") {
			if theirs.protocol != ours.protocol {
				continue
			}
			if apart := theirs.apart(ours); !found || len(apart) < len(least) {
				least, found = apart, true
			}
		}
	}
	return least
}

// apart says on which kinds p, received, and q, configured, do not meet. A kind
// that one of them leaves out, as AES-GCM does integrity, is not compared.
func (p charonProposal) apart(q charonProposal) []string {
	var out []string
	for _, kind := range kinds {
		theirs, ours := p.names[kind], q.names[kind]
		common := slices.ContainsFunc(theirs, func(name string) bool { return slices.Contains(ours, name) })
		if len(theirs) > 0 && len(ours) > 0 && !common {
			out = append(out, fmt.Sprintf("they do not meet on the %s: received %s, configured %s",
				kind, strings.Join(theirs, ", "), strings.Join(ours, ", ")))
		}
	}
	return out
}
