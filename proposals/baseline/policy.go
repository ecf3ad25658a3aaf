package baseline

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Policy is what a gateway is held to: rules drawn from a document, or from a
// user's own reasons.
type Policy struct {
	Name   string // one word, such as "cnsa1"
	Title  string
	Source string // the document, or who wrote the policy
	Date   string // of the source
	About  string // how the words of the source became rules
	File   string // where it was read, for reports on it; "" for one of ours
	Rules  []Rule
}

// Rule is one demand of a policy.
type Rule struct {
	ID string // one word, unique in the policy
	// Demand says what is demanded of Aspect and Algorithms, or of Suites. It
	// is "" where no scan of IKE_SA_INIT can see what is demanded, which
	// NotObservable then says in words.
	Demand        Demand
	Aspect        Aspect
	Algorithms    []proposals.Algorithm // those of key exchange stand on the axis KE
	Suites        []proposals.Product
	NotObservable string

	// Severity says how much a violation matters. Info makes the rule advice:
	// it is judged and shown, and does not decide whether the policy is met.
	Severity Severity
	Why      string // a sentence
	Ref      string // the place in the source
	// Unverified says what the rule was taken from, where that is not the
	// source itself.
	Unverified string
}

// Demand is what a rule asks of the suites that a gateway accepts.
type Demand string

const (
	// Allowed: no accepted suite has anything else.
	Allowed Demand = "allowed"
	// Forbidden: no accepted suite has any of them.
	Forbidden Demand = "forbidden"
	// RequiredAny: at least one of them is accepted, in some suite.
	RequiredAny Demand = "required_any"
	// RequiredAll: each of them is accepted, in some suite.
	RequiredAll Demand = "required_all"
	// InEverySuite: each accepted suite has one of them.
	InEverySuite Demand = "in_every_suite"
)

var demands = []Demand{Allowed, Forbidden, RequiredAny, RequiredAll, InEverySuite}

// Aspect is the part of a suite that a rule is about.
type Aspect string

const (
	AspectENCR  Aspect = "encr"
	AspectPRF   Aspect = "prf"
	AspectINTEG Aspect = "integ" // of the suites that have one
	AspectKE    Aspect = "ke"    // of IKE_SA_INIT
	AspectADDKE Aspect = "addke" // additional key exchanges, of the suites that have some
	// AspectKeyExchange is KE and the additional ones, all together.
	AspectKeyExchange Aspect = "key_exchange"
)

var aspects = []Aspect{AspectENCR, AspectPRF, AspectINTEG, AspectKE, AspectADDKE, AspectKeyExchange}

// Axes returns the axes that a is about.
func (a Aspect) Axes() []proposals.Axis {
	var additional []proposals.Axis
	for axis := proposals.ADDKE1; axis <= proposals.ADDKE7; axis++ {
		additional = append(additional, axis)
	}
	switch a {
	case AspectENCR:
		return []proposals.Axis{proposals.ENCR}
	case AspectPRF:
		return []proposals.Axis{proposals.PRF}
	case AspectINTEG:
		return []proposals.Axis{proposals.INTEG}
	case AspectKE:
		return []proposals.Axis{proposals.KE}
	case AspectADDKE:
		return additional
	case AspectKeyExchange:
		return append([]proposals.Axis{proposals.KE}, additional...)
	}
	return nil
}

// String names what a is about, such as "encryption".
func (a Aspect) String() string {
	switch a {
	case AspectENCR:
		return "encryption"
	case AspectPRF:
		return "PRF"
	case AspectINTEG:
		return "integrity"
	case AspectKE:
		return "key exchange of IKE_SA_INIT"
	case AspectADDKE:
		return "additional key exchange"
	case AspectKeyExchange:
		return "key exchange"
	}
	return "suites"
}

// Prohibits tells demands that suites can break from those that some suite has
// to meet.
func (d Demand) Prohibits() bool { return d == Allowed || d == Forbidden || d == InEverySuite }

// Observable reports whether a scan can judge r.
func (r Rule) Observable() bool { return r.Demand != "" }

// String says what r demands: "encryption: nothing but aes256gcm16".
func (r Rule) String() string {
	if !r.Observable() {
		return r.NotObservable
	}
	var words []string
	for _, a := range r.Algorithms {
		words = append(words, a.Keyword())
	}
	for _, p := range r.Suites {
		words = append(words, p.String())
	}
	list := func(last string) string {
		if n := len(words) - 1; n > 0 {
			return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
		}
		return strings.Join(words, "")
	}
	what := r.Aspect.String() + ": "
	switch r.Demand {
	case Forbidden:
		return what + "no " + list("or")
	case RequiredAny:
		return what + "accepts at least one of " + list("and")
	case RequiredAll:
		return what + "accepts " + list("and")
	case InEverySuite:
		return what + list("or") + " in every suite"
	}
	return what + "nothing but " + list("and")
}

// Select returns the suites of products that break r, if its demand prohibits
// something, and those that go towards meeting it otherwise.
func (r Rule) Select(products []proposals.Product) ([]proposals.Product, error) {
	switch {
	case r.Suites != nil && r.Demand == Allowed:
		return matrix.Difference(products, r.Suites)
	case r.Suites != nil:
		return matrix.Intersection(products, r.Suites)
	case r.Demand == InEverySuite:
		var out []proposals.Product
		for _, p := range products {
			if p, ok := only(p, r.Aspect.Axes(), func(a proposals.Algorithm) bool { return !r.names(a) }); ok {
				out = append(out, p)
			}
		}
		return out, nil
	}
	selects := r.names
	if r.Demand == Allowed {
		selects = func(a proposals.Algorithm) bool { return !a.IsNone() && !r.names(a) }
	}
	var out []proposals.Product
	for _, p := range products {
		for _, axis := range r.Aspect.Axes() {
			if p, ok := only(p, []proposals.Axis{axis}, selects); ok {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

// Each returns r as rules for one algorithm or product each.
func (r Rule) Each() []Rule {
	var out []Rule
	for _, a := range r.Algorithms {
		one := r
		one.Algorithms = []proposals.Algorithm{a}
		out = append(out, one)
	}
	for _, p := range r.Suites {
		one := r
		one.Suites = []proposals.Product{p}
		out = append(out, one)
	}
	return out
}

// names reports whether a is one of r's algorithms, on whichever axis.
func (r Rule) names(a proposals.Algorithm) bool {
	if a.Axis >= proposals.ADDKE1 && !a.IsNone() {
		a.Axis = proposals.KE
	}
	return slices.Contains(r.Algorithms, a)
}

// only returns the suites of p whose algorithms on axes are selected. It
// reports false if there are none.
func only(p proposals.Product, axes []proposals.Axis, selects func(proposals.Algorithm) bool) (proposals.Product, bool) {
	for _, axis := range axes {
		var kept []proposals.Algorithm
		for _, a := range p.On(axis) {
			if selects(a) {
				kept = append(kept, a)
			}
		}
		if len(kept) == 0 {
			return proposals.Product{}, false
		}
		p[axis] = kept
	}
	return p, true
}

//go:embed policies/*.yaml
var policyFiles embed.FS

// order is that of Policies: published ones, then our own.
var order = []string{"rfc8247", "cnsa1", "cnsa2", "bsi-tr-02102-3", "nist-800-77", "ncsc", "anssi-dr", "modern", "intermediate", "legacy"}

var policies = sync.OnceValue(func() []Policy {
	files, err := fs.Glob(policyFiles, "policies/*.yaml")
	if err != nil || len(files) != len(order) {
		panic(fmt.Sprintf("baseline: internal error: %d policies, want %d", len(files), len(order)))
	}
	var out []Policy
	for _, name := range order {
		file := path.Join("policies", name+".yaml")
		data, err := policyFiles.ReadFile(file)
		if err != nil {
			panic("baseline: internal error: " + err.Error())
		}
		p, err := ParsePolicy(data)
		if err != nil || p.Name != name {
			panic(fmt.Sprintf("baseline: internal error: %s: policy %q: %v", file, p.Name, err))
		}
		out = append(out, p)
	}
	return out
})

// Policies returns the embedded policies: those of published documents first,
// then our own.
func Policies() []Policy { return slices.Clone(policies()) }

// PolicyNamed returns the embedded policy of that name, and false if there is
// none.
func PolicyNamed(name string) (Policy, bool) {
	for _, p := range policies() {
		if p.Name == name {
			return p, true
		}
	}
	return Policy{}, false
}
