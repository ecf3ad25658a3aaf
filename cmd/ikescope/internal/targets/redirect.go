package targets

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/target"
)

// Redirected returns the address of the gateway that a REDIRECT names (RFC 5685), a
// host name or an address.
func Redirected(ctx context.Context, name string, f Family, paths initiator.Paths) (netip.Addr, error) {
	to, err := target.Parse(name)
	if err == nil && to.Port != 0 {
		err = fmt.Errorf("%q is not a host", name)
	}
	if err == nil {
		err = f.Check(to)
	}
	if err != nil {
		return netip.Addr{}, err
	}
	found, err := Resolve(ctx, []Listed{{Endpoint: to}}, f, paths, 1)
	if err != nil {
		return netip.Addr{}, err
	}
	return found[0].Target.Address, nil
}
