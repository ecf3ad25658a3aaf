package path

import (
	"context"
	"sync"
	"time"

	"github.com/ikescope/ikescope/probe/initiator"
)

// Sample is what came of one request of a watch.
type Sample struct {
	Sent      time.Time
	Transport initiator.Transport
	Port      uint16 // of the gateway
	State     initiator.PathState
	Reason    Reason
	// RTT is 0 without an answer.
	RTT time.Duration
	// Detail says in a few printable words what was seen, where the rest does not.
	Detail string
}

// watchWait is how long an answer is awaited at most.
const watchWait = 2 * time.Second

// Watch asks each port of target once an interval, until ctx ends or each was asked
// count times, where count is not 0. It calls each with what came of every request,
// never concurrently. What is asked leaves nothing open at a gateway, but one that
// takes a KE payload of a method that was not offered. The error is that of
// [Examiner.Examine]; where our host has no route that is a sample.
func (e Examiner) Watch(ctx context.Context, target Target, interval time.Duration, count int, each func(Sample)) error {
	e.SourcePorts = []uint16{}
	x := newExamination(e, target)
	var mu sync.Mutex
	tell := func(s Sample) {
		mu.Lock()
		defer mu.Unlock()
		each(s)
	}
	conn, err := initiator.Open(ctx, x.config(x.Source))
	if u, ok := initiator.NoRoute(err); err != nil && ok {
		for _, t := range x.Transports {
			tell(Sample{Sent: time.Now(), Transport: t, Port: x.target.Paths.Port(t), State: u.State, Reason: reasonOf(&u, x.target.Address), Detail: u.Detail})
		}
		return nil
	}
	if err != nil {
		return err
	}
	defer conn.Close()
	x.conn = conn
	for _, t := range x.Transports {
		x.ways = append(x.ways, &way{conn: conn, t: t})
	}
	tick := time.NewTicker(interval)
	defer tick.Stop()
	var asking sync.WaitGroup
	defer asking.Wait()
	for round := 0; count == 0 || round < count; round++ {
		if round > 0 {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return nil
			}
		}
		for _, w := range x.ways {
			asking.Go(func() { x.sample(ctx, w, min(interval, watchWait), tell) })
		}
	}
	return nil
}

// sample asks once on w.
func (x *examination) sample(ctx context.Context, w *way, wait time.Duration, tell func(Sample)) {
	req, err := w.conn.Init(initiator.Offer{Transport: w.t, Products: stateless.offer, KE: stateless.ke})
	if err != nil {
		x.fail(err)
		return
	}
	req.Attempts, req.Quiet, req.Wait = 1, true, wait
	a := w.conn.Exchange(ctx, req)
	if a.Outcome == initiator.NotTried || ctx.Err() != nil && !a.Outcome.IsIKEv2() {
		return // it did not have its time
	}
	if a.Outcome == initiator.Accepted {
		x.opened(a.ID)
		x.close(ctx, w.conn, req, a, w.t)
	}
	s := Sample{Sent: a.Sent, Transport: w.t, Port: x.target.Paths.Port(w.t), State: stateOf(a), RTT: a.RTT, Detail: a.Detail}
	switch {
	case a.Elsewhere.IsValid():
		s.Reason = OtherAddress
	case a.Blocked != nil && s.State != initiator.PathAnswers:
		s.Reason, s.Detail = reasonOf(a.Blocked, w.conn.Local().Addr()), a.Blocked.Detail
	}
	if s.State == initiator.PathAnswers {
		s.Detail = ""
	} else {
		s.RTT = 0
	}
	tell(s)
}
