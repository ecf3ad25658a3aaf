package flagvalue

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/plaintext"
)

// Policies adds the policies of a flag that may be repeated, names or files, to p.
func Policies(p *[]baseline.Policy) Value { return policies{p} }

type policies struct{ p *[]baseline.Policy }

func (f policies) Set(s string) error {
	p, err := FindPolicy(s)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(*f.p, func(q baseline.Policy) bool { return q.Name == p.Name }) {
		return fmt.Errorf("%s: a policy named %s was given before", s, p.Name)
	}
	*f.p = append(*f.p, p)
	return nil
}

func (policies) Type() string   { return "policy" }
func (policies) String() string { return "" }

func (policies) Choices() []string { return PolicyNames() }

// PolicyNames returns the names of the embedded policies.
func PolicyNames() []string {
	var names []string
	for _, p := range baseline.Policies() {
		names = append(names, p.Name)
	}
	return names
}

// FindPolicy returns the embedded policy of that name, or the one of a file.
func FindPolicy(s string) (baseline.Policy, error) {
	if p, ok := baseline.PolicyNamed(s); ok {
		return p, nil
	}
	f, err := os.Open(s)
	if errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(s, `./\`) {
		if p, ok := baseline.PolicyNamed(strings.ToLower(s)); ok {
			return p, nil
		}
		if near := Nearest(s, PolicyNames()); near != "" {
			return baseline.Policy{}, fmt.Errorf("%q is not a policy; did you mean %q?", s, near)
		}
		return baseline.Policy{}, fmt.Errorf("%q is neither a policy nor a file: policies are %s", s, strings.Join(PolicyNames(), ", "))
	}
	if err != nil {
		return baseline.Policy{}, fmt.Errorf("%s: %w", s, argfile.Cause(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxPolicyFile))
	if err != nil {
		return baseline.Policy{}, fmt.Errorf("%s: %w", s, argfile.Cause(err))
	}
	p, err := baseline.ParsePolicy(plaintext.Bytes(data))
	var faults baseline.Errors
	if errors.As(err, &faults) {
		err = faults.In(s)
	}
	p.File = s
	return p, err
}

// maxPolicyFile bounds what is read of a file, in octets: more than a policy
// may have.
const maxPolicyFile = 2 << 20
