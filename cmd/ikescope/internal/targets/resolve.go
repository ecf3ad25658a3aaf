package targets

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/local"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/target"
)

// Found is an address of a target.
type Found struct {
	target.Target
	// Err is why the name of the target stands for no address; nil if it does.
	Err error
	// File and Line are those of [Listed].
	File string
	Line int
}

// ErrInterrupted is the error of [Resolve] where ctx ended first.
var ErrInterrupted = errors.New("not scanned: interrupted")

// Resolve returns each address that endpoints stand for, in their order, with so
// many looked up side by side. Where some stand for none, it says why, and that
// does not keep the others from being scanned. The error has a line for each
// endpoint that stands for none, if all do, or for those that name a file.
func Resolve(ctx context.Context, endpoints []Listed, f Family, paths initiator.Paths, parallel int) ([]Found, error) {
	found := make([][]target.Target, len(endpoints))
	failed := make([]error, len(endpoints))
	var group errgroup.Group
	group.SetLimit(parallel)
	for i, e := range endpoints {
		group.Go(func() (err error) {
			if found[i], err = f.resolve(ctx, e.Endpoint, paths); err != nil {
				failed[i] = argfile.Hint(e.Text, err)
			}
			return nil
		})
	}
	_ = group.Wait() // each has an error of its own
	for i, e := range endpoints {
		if local.IsTooManyFiles(failed[i]) { // one at a time there are enough
			if found[i], failed[i] = f.resolve(ctx, e.Endpoint, paths); failed[i] != nil {
				failed[i] = argfile.Hint(e.Text, failed[i])
			}
		}
	}
	if ctx.Err() != nil && errors.Join(failed...) != nil {
		return nil, ErrInterrupted
	}
	var all []Found
	var files []error
	resolved := false
	for i, targets := range found {
		in := endpoints[i]
		if failed[i] != nil {
			all = append(all, Found{target.Target{Name: in.Text}, failed[i], in.File, in.Line})
			if argfile.IsNamed(endpoints[i].Text) {
				files = append(files, failed[i])
			}
		}
		for _, t := range targets {
			resolved = true
			all = append(all, Found{Target: t, File: in.File, Line: in.Line})
		}
	}
	switch {
	case !resolved:
		return nil, errors.Join(failed...)
	case len(files) > 0:
		return nil, errors.Join(files...)
	}
	return all, nil
}

// Family says which addresses of a name are scanned.
type Family uint8

const (
	AnyFamily Family = iota
	OnlyIPv4
	OnlyIPv6
)

// FamilyOf returns the family of a.
func FamilyOf(a netip.Addr) Family {
	if a.Is4() {
		return OnlyIPv4
	}
	return OnlyIPv6
}

func (f Family) String() string {
	return [...]string{"IPv4 or IPv6", "IPv4", "IPv6"}[f]
}

// Check fails if e is written as an address of another family, or of an
// interface that is not there.
func (f Family) Check(e target.Endpoint) error {
	a, err := netip.ParseAddr(e.Host)
	if err != nil {
		return nil // a name
	}
	if zone := a.Zone(); zone != "" && !local.IsInterface(zone) {
		return fmt.Errorf("%q: this machine has no interface %q", e.Text, zone)
	}
	if f == AnyFamily || FamilyOf(a.Unmap()) == f {
		return nil
	}
	return fmt.Errorf("%q is not an %v address", e.Text, f)
}

// resolve returns the targets that e stands for.
func (f Family) resolve(ctx context.Context, e target.Endpoint, paths initiator.Paths) ([]target.Target, error) {
	targets, err := e.Resolve(ctx, paths)
	if err != nil {
		return nil, err
	}
	targets = slices.DeleteFunc(targets, func(t target.Target) bool {
		return f != AnyFamily && FamilyOf(t.Address) != f
	})
	if len(targets) == 0 {
		return nil, fmt.Errorf("%q has no %v address", e.Host, f)
	}
	return targets, nil
}
