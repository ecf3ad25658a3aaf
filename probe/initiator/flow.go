package initiator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/ikescope/ikescope/probe/internal/socket"
)

// flow is one port of ours towards the gateway, and its socket.
type flow struct {
	number int
	pc     net.PacketConn
	local  netip.AddrPort
	// stream is the TCP connection, or the last one, guarded by Conn.mu; nil where
	// none was needed.
	stream *stream
}

// openFlow opens a socket to the gateway.
func openFlow(ctx context.Context, cfg Config) (*flow, error) {
	pc, err := cfg.Listen(ctx, cfg.Gateway, cfg.Source)
	if err != nil {
		return nil, fmt.Errorf("initiator: open a socket to %v: %w", cfg.Gateway, err)
	}
	if cfg.DontFragment {
		socket.DontFragment(pc)
	}
	local, err := socket.Local(ctx, pc, cfg.Gateway)
	if err != nil {
		_ = pc.Close() // the first error says more
		return nil, fmt.Errorf("initiator: own address towards %v: %w", cfg.Gateway, err)
	}
	return &flow{pc: pc, local: local}, nil
}

// OpenFlow opens another port of ours, and returns the number by which requests
// go out from it: who shares the gateway's address with others may be chosen by
// it. The first one is 0. Where [Config.Source] names a port there is no other
// one. The error is that of the system, or of a Conn that is closed.
func (c *Conn) OpenFlow(ctx context.Context) (int, error) {
	if c.cfg.Source.Port() != 0 {
		return 0, fmt.Errorf("initiator: port %d is the only one", c.cfg.Source.Port())
	}
	f, err := openFlow(ctx, c.cfg)
	if err != nil {
		return 0, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		_ = f.pc.Close() // nothing came of it
		return 0, fmt.Errorf("initiator: %w", net.ErrClosed)
	}
	f.number = len(c.flows)
	c.flows = append(c.flows, f)
	c.reading.Go(func() { c.read(f) })
	return f.number, nil
}

// flow returns the one with a number, or the first if there is none.
func (c *Conn) flow(number int) *flow {
	c.mu.Lock()
	defer c.mu.Unlock()
	if number < 0 || number >= len(c.flows) {
		number = 0
	}
	return c.flows[number]
}

// closeFlows has all reading end. Only the first call does something.
func (c *Conn) closeFlows(why error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed, c.broken = true, why
	close(c.done)
	var errs []error
	for _, f := range c.flows {
		errs = append(errs, f.pc.Close())
		if f.stream != nil {
			f.stream.close()
		}
	}
	return errors.Join(errs...)
}

// read hands what arrives at f to the exchanges, until the socket is closed.
func (c *Conn) read(f *flow) {
	reader := socket.NewReader(f.pc)
	for failures := 0; ; {
		datagram, from, hopLimit, err := reader.Read()
		now := time.Now()
		switch {
		case err == nil:
			failures = 0
			in := receive(datagram, from)
			in.hopLimit = hopLimit
			c.dispatch(f, in, now)
		case errors.Is(err, net.ErrClosed):
			_ = c.closeFlows(nil) // somebody else closed this one
			return
		case c.readErrors(f.pc, err, now):
			failures = 0
		default:
			if failures++; failures >= maxReadErrors {
				_ = c.closeFlows(err) // it does not work any more
				return
			}
		}
	}
}
