package flagvalue

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/probe/identity"
)

// extents are the words of [identity.Extent], in its order.
var extents = []string{"off", "brief", "full"}

// Extent stores how much is asked of who a gateway is in p: off, brief or full.
func Extent(p *identity.Extent) Value { return extent{p} }

type extent struct{ p *identity.Extent }

func (e extent) Set(s string) error {
	var word string
	for other, meant := range map[string]string{"none": "off", "no": "off", "never": "off", "all": "full", "yes": "brief", "on": "brief"} {
		if strings.EqualFold(s, other) {
			return fmt.Errorf("%q is not one of %s; did you mean %q?", s, strings.Join(extents, ", "), meant)
		}
	}
	if err := (enum{&word, extents}).Set(s); err != nil {
		return err
	}
	*e.p = identity.Extent(slices.Index(extents, word))
	return nil
}

func (extent) Type() string      { return "name" }
func (extent) Choices() []string { return extents }
func (e extent) String() string {
	if e.p == nil {
		return extents[identity.Off]
	}
	return extents[*e.p]
}

// Roots stores the root certificates of a PEM file in p, or with "system" those of this
// machine.
func Roots(p **x509.CertPool) Value { return roots{p} }

type roots struct{ p **x509.CertPool }

func (r roots) Set(s string) error {
	if s == "" || s == "-" {
		return fmt.Errorf("%q names no file", s)
	}
	pool, err := argfile.Roots(s)
	if err != nil {
		return err
	}
	*r.p = pool
	return nil
}

func (roots) Type() string   { return "file" }
func (roots) String() string { return "" }
