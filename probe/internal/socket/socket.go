package socket

import (
	"context"
	"net"
	"net/netip"
)

// Dial opens a TCP connection from source, whose port may be 0, to the gateway.
func Dial(ctx context.Context, source, gateway netip.AddrPort) (net.Conn, error) {
	d := net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(source), KeepAlive: -1}
	return d.DialContext(ctx, "tcp", gateway.String())
}

// Listen opens a UDP socket bound to the source address, so that our side of the NAT
// detection is known, and asks for ICMP errors. A source without an address, or with
// port 0, leaves that to the system.
func Listen(ctx context.Context, gateway netip.Addr, source netip.AddrPort) (net.PacketConn, error) {
	network := "udp4"
	if gateway.Is6() {
		network = "udp6"
	}
	address := source.Addr()
	if !address.IsValid() || address.IsUnspecified() {
		var err error
		if address, err = sourceTowards(ctx, gateway); err != nil {
			return nil, err
		}
	}
	var lc net.ListenConfig
	pc, err := lc.ListenPacket(ctx, network, netip.AddrPortFrom(address, source.Port()).String())
	if err != nil {
		return nil, err
	}
	queueErrors(pc)
	askHopLimits(pc)
	return pc, nil
}

// sourceTowards asks the routing table for our address. Nothing is sent.
func sourceTowards(ctx context.Context, gateway netip.Addr) (netip.Addr, error) {
	var d net.Dialer
	nc, err := d.DialContext(ctx, "udp", netip.AddrPortFrom(gateway, 500).String())
	if err != nil {
		return netip.Addr{}, err
	}
	defer nc.Close()
	return AddrPortOf(nc.LocalAddr()).Addr(), nil
}

// Local returns the address of pc, also where it is bound to no one address.
func Local(ctx context.Context, pc net.PacketConn, gateway netip.Addr) (netip.AddrPort, error) {
	local := AddrPortOf(pc.LocalAddr())
	if local.Addr().IsValid() && !local.Addr().IsUnspecified() {
		return local, nil
	}
	address, err := sourceTowards(ctx, gateway)
	return netip.AddrPortFrom(address, local.Port()), err
}

// AddrPortOf returns the address and port of UDP or TCP; invalid for any other.
func AddrPortOf(a net.Addr) netip.AddrPort {
	switch a := a.(type) {
	case *net.UDPAddr:
		if a != nil {
			return Unmap(a.AddrPort())
		}
	case *net.TCPAddr:
		if a != nil {
			return Unmap(a.AddrPort())
		}
	}
	return netip.AddrPort{}
}

// Unmap returns an IPv4 address that is written as one of IPv6 as what it is.
func Unmap(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}
