// Package iketest holds an IKEv2 responder that runs in the process of a test,
// as net/http/httptest does for HTTP.
//
//	network := memnet.New()
//	conn, err := network.ListenPacket(netip.MustParseAddrPort("198.51.100.7:500"))
//	...
//	gateway := &iketest.Responder{Policy: policy, Profile: iketest.StrongSwan}
//	go gateway.Serve(conn, nil) // until conn is closed
//
// Policy says what the gateway accepts, [Profile] how it answers, and [Faults] what
// goes wrong. [Oddities] lists ways to make it odd or hostile, each in one or two
// fields, for tests that mix them. Serve takes real UDP sockets just as well as those
// of a network in memory, which package memnet has.
//
// The responder negotiates an IKE SA with real keys, but knows no one: unless the
// Profile says otherwise, every IKE_AUTH ends in AUTHENTICATION_FAILED. To those that
// want EAP it shows who it is, if it has [Connection] values.
package iketest
