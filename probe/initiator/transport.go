package initiator

// Transport is a way to reach a gateway's IKE responder.
type Transport uint8

const (
	UDP500  Transport = iota // plain IKE, RFC 7296 Section 2
	UDP4500                  // behind the non-ESP marker, RFC 3948 Section 2.2
)

// String returns the transport as the JSON document writes it.
func (t Transport) String() string {
	if t == UDP4500 {
		return "udp4500"
	}
	return "udp500"
}

// PathState is what a path to the gateway does.
type PathState uint8

const (
	PathSilent PathState = iota
	PathAnswers
	PathPortUnreachable
	PathAdminProhibited
	PathNotIKE
	PathError
)

// String returns the state as the JSON document writes it.
func (s PathState) String() string {
	return [...]string{"silent", "answers", "port_unreachable", "admin_prohibited", "not_ike", "error"}[s]
}
