package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
)

// capturedClients returns the clients of a capture: the first request of each
// IKE SA, since the retry after INVALID_KE_PAYLOAD is often in another order. A
// client is named by its address and port, and as aliases has its address, the
// SPIs and the numbers that `ikescope capture` gives its IKE SAs; those that
// repeat their offer are one.
func capturedClients(path string, in io.Reader) ([]client.Policy, error) {
	r, err := newCaptureReader(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	capture := place{dissector: newDissector(nil)}
	if err := capture.read(context.Background(), r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var policies []client.Policy
	var last error
	for i, sa := range capture.tracker.SAs {
		m := initRequest(sa)
		if m == nil {
			continue
		}
		p, err := client.FromPacket(m.Content)
		if err != nil {
			last = fmt.Errorf("packet %d: %w", m.Packet, err)
			continue
		}
		name := sa.Paths[0].Initiator
		p.Name, p.Aliases = name.String(), []string{name.Addr().String(), sa.SPIi.String(), strconv.Itoa(i + 1)}
		p.Product, p.Scope = "captured client", fmt.Sprintf("packet %d of %s", m.Packet, path)
		p.Source = path
		if !m.First.IsZero() {
			p.SourceDate = m.First.Format("2006-01-02")
		}
		known := slices.IndexFunc(policies, func(q client.Policy) bool {
			return slices.Contains(q.Aliases, p.Aliases[0]) && sameOffer(q, p)
		})
		if known >= 0 {
			policies[known].Aliases = append(policies[known].Aliases, p.Aliases[1:]...)
			continue
		}
		if slices.ContainsFunc(policies, func(q client.Policy) bool { return q.Name == p.Name }) {
			p.Name += "/" + sa.SPIi.String()
		}
		policies = append(policies, p)
	}
	if len(policies) == 0 {
		if last == nil {
			last = errors.New("it holds no IKE_SA_INIT request on UDP 500 or 4500")
		}
		return nil, fmt.Errorf("%s: %w", path, last)
	}
	return policies, nil
}

// initRequest returns the first IKE_SA_INIT request that was captured whole,
// or nil.
func initRequest(sa *dialog.SA) *dialog.Message {
	for _, x := range sa.Exchanges {
		if m := x.Request; sa.Version == 2 && x.Type == ike.IKE_SA_INIT && m != nil && m.Fault == nil && m.Missing == 0 {
			return m
		}
	}
	return nil
}

func sameOffer(a, b client.Policy) bool {
	return a.KE == b.KE && slices.EqualFunc(a.Offer, b.Offer, func(p, q proposals.Product) bool { return p.String() == q.String() })
}
