package initiator

import (
	"fmt"
	"slices"
)

// Transport is a way to reach a gateway's IKE responder.
type Transport uint8

const (
	UDP500  Transport = iota // plain IKE, RFC 7296 Section 2
	UDP4500                  // behind the non-ESP marker, RFC 3948 Section 2.2
	TCP4500                  // in a TCP stream, behind a length and the marker, RFC 9329
)

var transports = [...]struct {
	name string
	port uint16
}{
	UDP500:  {"udp500", 500},
	UDP4500: {"udp4500", 4500},
	TCP4500: {"tcp4500", 4500},
}

// String returns the transport as the JSON document writes it.
func (t Transport) String() string {
	if int(t) < len(transports) {
		return transports[t].name
	}
	return fmt.Sprintf("Transport(%d)", uint8(t))
}

// Port returns the port that is assigned to the transport; 0 for an unknown one.
func (t Transport) Port() uint16 {
	if int(t) < len(transports) {
		return transports[t].port
	}
	return 0
}

// IsTCP reports whether t is a TCP stream, and not datagrams.
func (t Transport) IsTCP() bool { return t == TCP4500 }

// marked reports whether the non-ESP marker stands before each IKE message.
func (t Transport) marked() bool { return t != UDP500 }

// Path is a transport to a responder, and its port there.
type Path struct {
	Transport Transport
	Port      uint16 // 0 stands for [Transport.Port]
}

// Paths are the paths to one responder, each transport at most once.
type Paths []Path

// Port returns the port of the responder over t: the assigned one, unless p says
// otherwise.
func (p Paths) Port(t Transport) uint16 {
	if i := slices.IndexFunc(p, func(q Path) bool { return q.Transport == t && q.Port != 0 }); i >= 0 {
		return p[i].Port
	}
	return t.Port()
}

// With returns p with another port for t.
func (p Paths) With(t Transport, port uint16) Paths {
	out := slices.DeleteFunc(slices.Clone(p), func(q Path) bool { return q.Transport == t })
	return append(out, Path{t, port})
}

// PathState is what a path to the gateway does.
type PathState uint8

const (
	PathSilent          PathState = iota // no answer
	PathAnswers                          // an IKEv2 responder answered
	PathPortUnreachable                  // ICMP port unreachable, or a TCP connection that is refused
	PathAdminProhibited                  // ICMP administratively prohibited
	PathNotIKE                           // something answered that is not an IKEv2 responder
	PathError                            // another ICMP error, or nothing could be sent
	PathOpen                             // a TCP connection opens, and no IKE message comes
)

var pathStates = [...]string{
	PathSilent:          "silent",
	PathAnswers:         "answers",
	PathPortUnreachable: "port_unreachable",
	PathAdminProhibited: "admin_prohibited",
	PathNotIKE:          "not_ike",
	PathError:           "error",
	PathOpen:            "open",
}

// String returns the state as the JSON document writes it.
func (s PathState) String() string {
	if int(s) < len(pathStates) {
		return pathStates[s]
	}
	return fmt.Sprintf("PathState(%d)", uint8(s))
}
