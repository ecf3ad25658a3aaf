package path

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"syscall"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/host"
)

// sourcePorts has one examination at a time send from a port, since it can be open
// only once.
var sourcePorts = struct {
	mu    sync.Mutex
	taken map[netip.AddrPort]bool
	freed *sync.Cond
}{taken: map[netip.AddrPort]bool{}}

func init() { sourcePorts.freed = sync.NewCond(&sourcePorts.mu) }

// openSources opens further ports of ours, each towards the port of the gateway with
// the same number. What it returns closes them.
func (x *examination) openSources(ctx context.Context) (closeAll func()) {
	var conns []*initiator.Conn
	var held []netip.AddrPort
	for _, port := range x.SourcePorts {
		i := slices.IndexFunc(x.Transports, func(t initiator.Transport) bool { return t.Port() == port && !t.IsTCP() })
		if i < 0 {
			continue
		}
		p := &x.result.Ports[i]
		local := netip.AddrPortFrom(x.conn.Local().Addr(), port)
		if local == netip.AddrPortFrom(x.target.Address, p.Port) {
			continue // it would be asked itself
		}
		takeSource(local)
		conn, err := initiator.Open(ctx, x.config(local))
		if err != nil {
			releaseSource(local)
			p.Sources = append(p.Sources, Source{Port: port, Err: bindError(err), Holder: holder(local, err)})
			continue
		}
		held = append(held, local)
		conns = append(conns, conn)
		p.Sources = append(p.Sources, Source{Port: port})
		x.ways = append(x.ways, &way{conn: conn, t: x.Transports[i], source: port})
	}
	return func() {
		for i, c := range conns {
			_ = c.Close() // it was read to the end
			releaseSource(held[i])
		}
	}
}

func takeSource(local netip.AddrPort) {
	sourcePorts.mu.Lock()
	defer sourcePorts.mu.Unlock()
	for sourcePorts.taken[local] {
		sourcePorts.freed.Wait()
	}
	sourcePorts.taken[local] = true
}

func releaseSource(local netip.AddrPort) {
	sourcePorts.mu.Lock()
	defer sourcePorts.mu.Unlock()
	delete(sourcePorts.taken, local)
	sourcePorts.freed.Broadcast()
}

// bindError returns what the system says in an error of opening a port.
func bindError(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}

// holder names the program that has local, where it is taken and the system says.
func holder(local netip.AddrPort, err error) string {
	if !errors.Is(err, syscall.EADDRINUSE) {
		return ""
	}
	return host.Holder(local)
}
