package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/places"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/progress"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/targets"
	"github.com/ikescope/ikescope/probe/path"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/scan"
)

// mostRedirects is how many redirects are followed, one after the other.
const mostRedirects = 3

// following is whether redirects are followed (RFC 5685), and to which addresses.
type following struct {
	on     bool
	family targets.Family
}

// trail is where redirects led.
type trail struct {
	before  []path.Result // of those that redirected us, the first one first
	stopped string        // why the last redirect was not followed, if it was not
}

// examine examines the path to the target of j, and follows redirects. What it returns
// is of the last gateway.
func (f following) examine(ctx context.Context, e path.Examiner, j job, room *places.Places, w *progress.Watch) (job, path.Result, trail, error) {
	var t trail
	for asked := map[netip.Addr]bool{}; ; {
		r, err := examine(ctx, e, j, room, w)
		if !f.on || err != nil || ctx.Err() != nil || r.Redirect == nil {
			return j, r, t, err
		}
		asked[j.Target.Address] = true
		next, err := f.next(ctx, j, r)
		switch {
		case err != nil:
			t.stopped = err.Error()
		case asked[next.Target.Address]:
			t.stopped = "it leads back to " + next.Target.Address.String()
		case len(t.before) == mostRedirects:
			t.stopped = fmt.Sprintf("%d were", mostRedirects)
		default:
			t.before, j = append(t.before, r), next
			continue
		}
		return j, r, t, nil
	}
}

// next returns the target that r redirects to, under the name of the user's.
func (f following) next(ctx context.Context, j job, r path.Result) (job, error) {
	if !r.Redirect.RepeatsNonce {
		return j, errors.New("it does not repeat our nonce, so that anyone may have sent it")
	}
	address, err := targets.Redirected(ctx, r.Redirect.To, f.family, j.Target.Paths)
	if err != nil {
		return j, err
	}
	next := j
	next.Target.Address, next.Target.RedirectedFrom = address, j.Target.Address
	if n := len(r.Exchanges); n > 0 {
		next.Target.FirstExchange = r.Exchanges[n-1].ID + 1
	}
	return next, nil
}

// tell adds t to a report on the last gateway.
func (t trail) tell(last report.Target) report.Target {
	return scan.Redirected(last, t.before, t.stopped)
}
