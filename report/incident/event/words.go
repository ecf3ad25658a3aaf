package event

// Words of an event that a reader sets, of a request that is sent again or of how the
// line was read.
const (
	// Floated: it goes to UDP 4500, to which the peers change after the first
	// exchange (RFC 7296, Section 2.23; RFC 3947, Section 4).
	Floated = "floated"
	Small   = "small" // it has not the octets of an IKE_SA_INIT
	// SequenceNumber is the number of the request within IKEv1's phase 1, from 1.
	SequenceNumber = "seq"
	// Answered: this side has answered IKE_AUTH. AsksEAP: one without AUTH came.
	Answered, AsksEAP = "answered", "asks-eap"
	// Asked is what was asked last: IKE_INTERMEDIATE, IKE_AUTH, XAUTH.
	Asked = "asked"
	// OddPort is the port to which it goes, where that is none of IKE's.
	OddPort = "odd-port"
	// Rekeys: a Child SA was to be rekeyed.
	Rekeys = "rekeys"
	// AnotherChild: another Child SA of the same IKE SA was asked for.
	AnotherChild = "another-child"
	// RedirectedTo is the gateway that an attempt goes on with after a redirect.
	RedirectedTo = "redirected-to"
	// Incomplete is what an IKE SA lacked that was dropped before it was complete.
	Incomplete = "incomplete"
	// AuthCame: a packet came to UDP 4500 after IKE_SA_INIT was answered.
	AuthCame = "auth-came"
	// InitAnswered: this side has answered IKE_SA_INIT, with what it takes to go on.
	InitAnswered = "init-answered"

	// GeneralLevel is by what in general a line was read that no table knows.
	GeneralLevel = "general"
	// AtStart: the line is of a daemon's start.
	AtStart = "start"
)
