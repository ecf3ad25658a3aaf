package clients

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/capture"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	captured "github.com/ikescope/ikescope/report/capture"
)

// capturedClients returns the clients of a capture, and apart from them the
// questions of ikescope scans in it. A client is the first request of an IKE SA,
// since the retry after INVALID_KE_PAYLOAD is often in another order. It is named
// by its address and port, and as aliases has its address, the SPIs and the
// numbers that `ikescope capture` gives its IKE SAs; those that repeat their
// offer are one.
// A capture that ends within a packet, as tcpdump may leave it, has the clients
// until then.
func capturedClients(path string, in io.Reader) (File, error) {
	var out File
	r, err := capture.NewReader(in)
	if err != nil {
		return out, fmt.Errorf("%s: %w", path, err)
	}
	var point capture.Point
	if err := point.Read(context.Background(), path, r); err != nil {
		out.Cut = fmt.Errorf("%s: %w", path, err)
	}
	ofScans := captured.ScanQuestions(point.Tracker.SAs)
	var last error
	for i, sa := range point.Tracker.SAs {
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
		if out.Cut != nil {
			p.Notes = append(p.Notes, "The capture is not read to its end: "+out.Cut.Error()+".")
		}
		if ofScans[sa] {
			p.Product = "question of an ikescope scan"
			out.Questions = addCaptured(out.Questions, p)
		} else {
			out.Clients = addCaptured(out.Clients, p)
		}
	}
	switch {
	case len(out.Clients)+len(out.Questions) > 0:
		return out, nil
	case out.Cut != nil:
		return out, out.Cut
	case last == nil:
		last = errors.New("it holds no IKE_SA_INIT request on UDP 500 or 4500" + whyNoClient(&point))
	}
	return out, fmt.Errorf("%s: %w", path, last)
}

// whyNoClient says what a capture without clients holds instead, if that is known.
func whyNoClient(p *capture.Point) string {
	v1 := slices.ContainsFunc(p.Tracker.SAs, func(sa *dialog.SA) bool { return sa.Version == 1 })
	v2 := slices.ContainsFunc(p.Tracker.SAs, func(sa *dialog.SA) bool { return sa.Version == 2 })
	notRead := p.NotRead()
	switch n := p.Counts; {
	case n.Packets == 0:
		return ": it holds no packets"
	case len(notRead) > 0 && n.IKE == 0:
		return fmt.Sprintf(": %s is not examined; capture on an interface with Ethernet or IP packets", notRead[0].What)
	case n.Incomplete > 0:
		return fmt.Sprintf(": datagrams that lack IP fragments: %d; capture without a port filter, since fragments have no ports", n.Incomplete)
	case v1 && !v2:
		return ": its IKE is IKEv1, whose offers ikescope capture shows"
	case v2:
		return ": it begins after the first request, or holds it only in part"
	case n.ESP > 0 && n.IKE == 0:
		return ": it holds encrypted ESP, and no IKE; capture from before the client connects"
	}
	return ""
}

// addCaptured adds a client, or its aliases to the one whose offer it repeats.
func addCaptured(policies []client.Policy, p client.Policy) []client.Policy {
	known := slices.IndexFunc(policies, func(q client.Policy) bool {
		return slices.Contains(q.Aliases, p.Aliases[0]) && sameOffer(q, p)
	})
	if known >= 0 {
		policies[known].Aliases = append(policies[known].Aliases, p.Aliases[1:]...)
		return policies
	}
	if slices.ContainsFunc(policies, func(q client.Policy) bool { return q.Name == p.Name }) {
		p.Name += "/" + p.Aliases[1]
	}
	return append(policies, p)
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
