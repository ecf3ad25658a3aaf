package explain

// Layer is where a failure lies, in the words that log stories and verdicts on
// captures use.
type Layer string

const (
	Name           Layer = "name"
	Network        Layer = "network"
	Negotiation    Layer = "negotiation"
	Identity       Layer = "identity"
	Authentication Layer = "authentication"
	Child          Layer = "child"
	Client         Layer = "client"
	NoFailure      Layer = "none" // not a failure
)

// Check is something that ikescope can find out. Where it cannot, there is no
// Command.
type Check struct {
	What    string `json:"what"`
	Command string `json:"command,omitempty"`
}

// topic is what is known of one kind of failure.
type topic struct {
	layer   Layer
	meaning string
	causes  []string // the likeliest first
	checks  []Check
	// server is what only the log of the gateway can show.
	server []string
}

// Where the gateway's log is to be looked for.
const (
	logStrongSwan = "strongSwan: swanctl --log, or journalctl -u strongswan; for more detail, a filelog with cfg = 2, ike = 2 in strongswan.conf"
	logLibreswan  = "libreswan: journalctl -u ipsec, or /var/log/pluto.log"
	logIked       = "OpenIKED: run iked -dvv, or /var/log/daemon"
	logWindows    = "Windows Server: Event Viewer, Application, source RemoteAccess or RasServer, and the IKEEXT trace (netsh wfp capture start)"
	logClient     = "on the client: Event Viewer, Windows Logs, Application, source RasClient, event 20227"
)

var (
	checkSuites = Check{"which suites the gateway accepts, and what is weak", "ikescope vpn.example.com"}
	checkClient = Check{"whether this client offers one of them, and the line that would change that",
		"ikescope explain vpn.example.com --client windows-11"}
	checkMethods = Check{"which methods of EAP the gateway offers, and the certificate of its EAP server", "ikescope identity vpn.example.com"}
	checkPaths   = Check{"whether UDP 500 and 4500 reach the gateway and, if not, who refuses", "ikescope reach vpn.example.com"}
	checkCapture = Check{"at which message a recorded attempt stopped", "ikescope capture client.pcap"}
)

var topics = map[string]topic{
	"no-proposal": {
		layer:   Negotiation,
		meaning: "the two sides have no suite in common: the responder refused every proposal of the SA payload",
		causes: []string{
			"the client offers only what the gateway no longer accepts: unless configured otherwise, Windows offers only modp1024 (group 2)",
			"the gateway has no connection for the client's address or identity, and many gateways answer that in the same way",
			"the client has a custom IPsec policy, which is exactly one suite, and the gateway does not accept it",
			"after IKE_AUTH: the two sides have a suite for IKE in common, and none for ESP",
		},
		checks: []Check{checkSuites, checkClient},
		server: []string{"which proposals were received, and those configured for ESP",
			logStrongSwan, logLibreswan, logIked, logWindows},
	},
	"key-exchange": {
		layer:   Negotiation,
		meaning: "the responder requires a different key exchange method from that of the first KE payload, and names it",
		causes: []string{
			"nothing is wrong if the client tries again with that method, as it must",
			"the client does not offer the method that the responder names, or refuses it",
			"a device on the way drops the large second request",
		},
		checks: []Check{{"which key exchange methods the gateway accepts, and which it prefers", "ikescope vpn.example.com"}, checkClient},
		server: []string{"whether the second request arrived", logStrongSwan, logLibreswan, logIked, logWindows},
	},
	"silence": {
		layer:   Network,
		meaning: "no answer came before the client gave up",
		causes: []string{
			"a firewall or a NAT on the way drops UDP 500 or UDP 4500",
			"the gateway is down, or its name resolves to a different address",
			"IKE_AUTH is lost: with certificates it is so large that IP fragments it, and fragments are dropped",
			"the gateway silently drops what it refuses, as some do with proposals or unknown addresses",
		},
		checks: []Check{checkPaths,
			{"whether the gateway supports IKE fragmentation (IKEV2_FRAGMENTATION_SUPPORTED)", "ikescope vpn.example.com"},
			{"whether it answers this client's own first packet", "ikescope compare --live --client windows-11 vpn.example.com"}, checkCapture},
		server: []string{"whether the client's packets arrive at all, and where the attempt stops", logStrongSwan, logLibreswan, logIked, logWindows, logClient},
	},
	"port-refused": {
		layer:   Network,
		meaning: "a host on the way, or the gateway itself, answered with an ICMP error",
		causes: []string{
			"no IKE daemon is listening there",
			"a firewall rejects UDP 500 or 4500",
			"the name resolves to the wrong host",
		},
		checks: []Check{{"which port is refused, by whom, and with which ICMP code", "ikescope vpn.example.com"}},
		server: []string{"whether the daemon is running, and on which addresses it listens: ss -ulpn on the gateway"},
	},
	"interrupted": {
		layer:   Network,
		meaning: "a connection that was up, or being established, ended",
		causes: []string{
			"the path was lost: the network changed, the computer slept, or a NAT dropped its mapping",
			"the other side deleted the SA: an idle timeout, a failed rekeying, or an administrator",
			"dead peer detection got no answer",
		},
		checks: []Check{checkPaths, checkCapture},
		server: []string{"who sent the DELETE, and why", logStrongSwan, logLibreswan, logIked, logWindows},
	},
	"credentials": {
		layer:   Authentication,
		meaning: "the other side did not accept the identity of this one, or its proof",
		causes: []string{
			"a wrong user name or password, or an account that is locked, expired or not permitted",
			"the client's authentication method is not the one that the server expects: EAP type, certificate or pre-shared key",
			"one side sends an identity other than the one that the other side is configured for",
			"the RADIUS or NPS server behind the gateway refused",
		},
		checks: []Check{{"that the negotiation, which comes first, is not the problem", "ikescope vpn.example.com"}, checkMethods, checkCapture},
		server: []string{"which identity was received, which connection it matched, and what was wrong with the proof: IKE_AUTH is encrypted",
			logStrongSwan, logLibreswan, logIked, logWindows,
			"NPS: Event Viewer, Custom Views, Server Roles, Network Policy and Access Services, event 6273"},
	},
	"psk": {
		layer:   Authentication,
		meaning: "the pre-shared keys of the two sides differ, or one side does not find its key",
		causes: []string{
			"the keys differ: a typing error, or a space at the end",
			"the identity that one side sends selects a different key on the other side, or none",
		},
		checks: []Check{checkSuites},
		server: []string{"for which identities a key was looked up", logStrongSwan, logLibreswan, logIked},
	},
	"gateway-certificate": {
		layer:   Identity,
		meaning: "the client does not accept the gateway's certificate, or its signature",
		causes: []string{
			"the root or an intermediate of the gateway's certificate is not in the client's store: for Windows, that of the computer, Trusted Root Certification Authorities",
			"the name that the client dials is not among the certificate's subjectAltNames",
			"the certificate lacks the extended key usage serverAuth, or is expired or not yet valid",
			"the revocation list cannot be fetched before the tunnel is up",
			"the client does not accept the type of key or signature, such as ECDSA, RSASSA-PSS or SHA-1",
		},
		checks: []Check{{"the certificate, as each kind of client judges it, if the gateway offers EAP", "ikescope identity vpn.example.com"},
			{"that the negotiation, which comes first, is not the problem", "ikescope vpn.example.com"}, checkCapture},
		server: []string{"whether a client that logs in with a certificate or a pre-shared key gets this certificate: to strangers the gateway shows it only if it offers EAP (ikescope identity)",
			logStrongSwan, logLibreswan, logIked, logWindows, "on the client: certutil -verify -urlfetch gateway.cer"},
	},
	"client-certificate": {
		layer:   Client,
		meaning: "the client has no suitable certificate, or the gateway does not accept it",
		causes: []string{
			"the computer or user has no certificate with a private key and the usage clientAuth",
			"its issuer is not one that the gateway asks for",
			"it is expired or revoked, or the revocation list cannot be fetched",
		},
		checks: []Check{{"the issuers that the gateway asks for, where it sends CERTREQ", "ikescope -o json vpn.example.com"},
			{"the gateway's own certificate, if it offers EAP", "ikescope identity vpn.example.com"}},
		server: []string{"what is wrong with the certificate that was received", logStrongSwan, logLibreswan, logIked, logWindows, "on the client: certlm.msc, or certutil -store My"},
	},
	"eap-certificate": {
		layer:   Authentication,
		meaning: "a certificate within EAP was refused: that of the RADIUS or NPS server or its root, not that of the IKE gateway",
		causes: []string{
			"the certificate of the NPS server is expired, revoked, or lacks serverAuth",
			"its root is not in the client's store, or not selected in the EAP properties of the connection",
			"the server name in the EAP properties differs from the one in the certificate",
		},
		checks: []Check{checkMethods, {"that the IKE negotiation, which comes first, is not the problem", "ikescope vpn.example.com"}},
		server: []string{"NPS: Event Viewer, Network Policy and Access Services, events 6272 to 6274; CAPI2 operational log on the client"},
	},
	"client-settings": {
		layer:   Client,
		meaning: "the client stopped because of its own settings or services, not because of anything that the gateway sent",
		causes: []string{
			"a service of the client is not running: IKEEXT, BFE or RasMan",
			"the connection's IPsec policy is not consistent: AES-GCM needs the same value for cipher and authentication",
			"the connection asks for something that the client does not have",
		},
		checks: []Check{{"what the client's connection offers, from its settings", "ikescope client import connection.json"}},
		server: []string{"nothing: look at the client", logClient},
	},
	"other-protocol": {
		layer:   NoFailure,
		meaning: "the code does not belong to IKEv2: the client tried L2TP over IPsec (IKEv1), PPTP or SSTP",
		causes:  []string{"the type of the connection is Automatic, or not IKEv2: Set-VpnConnection NAME -TunnelType IKEv2"},
		checks:  []Check{checkSuites},
		server:  []string{logWindows},
	},
	"address": {
		layer:   Child,
		meaning: "the gateway could not, or would not, give the client an address inside the tunnel",
		causes: []string{
			"the address pool is exhausted, or there is none",
			"the client did not ask for an address although the gateway requires it, or asked for a family that the gateway does not assign",
			"the DHCP or RADIUS server that assigns addresses did not answer",
		},
		checks: []Check{{What: "nothing more: addresses are assigned in IKE_AUTH, which is encrypted"}},
		server: []string{"the state of the pool: swanctl --list-pools", logStrongSwan, logLibreswan, logIked, logWindows},
	},
	"traffic-selectors": {
		layer:   Child,
		meaning: "the networks that the two sides want in the tunnel do not overlap",
		causes: []string{
			"the local and remote subnets do not mirror those of the other side",
			"the client asks for all traffic (0.0.0.0/0), and the gateway allows only a subnet and does not narrow",
			"the client should have been assigned an address from a pool, and was not",
		},
		checks: []Check{{What: "nothing more: traffic selectors are in IKE_AUTH, which is encrypted"}},
		server: []string{"which selectors were received, and which are configured", logStrongSwan, logLibreswan, logIked, logWindows},
	},
	"name": {
		layer:   Name,
		meaning: "the name of the gateway has no address",
		causes:  []string{"a typing error, or a name that only the internal DNS resolves", "the client's DNS server does not answer"},
		checks:  []Check{{"that the name has addresses, and how each of them answers", "ikescope vpn.example.com"}},
		server:  []string{"nothing: no packet reached the gateway"},
	},
	"malformed": {
		layer:   Negotiation,
		meaning: "one side could not interpret a message of the other",
		causes: []string{
			"the message belongs to another IKE SA: one side restarted, or two sessions were mixed up",
			"a device on the way changes or truncates packets, or the non-ESP marker of port 4500 is wrong",
			"one implementation does not support an extension that the other uses",
		},
		checks: []Check{{"which answers are malformed, octet by octet", "ikescope --pcap vpn.pcap -o json vpn.example.com"}, checkCapture},
		server: []string{"which payload it was", logStrongSwan, logLibreswan, logIked, logWindows},
	},
	"version": {
		layer:   Negotiation,
		meaning: "the other side does not support this version of IKE",
		causes:  []string{"the gateway supports only IKEv1, or has IKEv2 disabled for this connection"},
		checks:  []Check{{"whether it answers IKEv2 at all", "ikescope vpn.example.com"}},
		server:  []string{"for which versions the connection is configured", logStrongSwan, logLibreswan, logIked, logWindows},
	},
	"overload": {
		layer:   Negotiation,
		meaning: "the gateway protects itself from overload: it asks for a cookie, or asks the client to wait",
		causes: []string{
			"nothing is wrong if the request with the cookie is answered",
			"the gateway has many half-open IKE SAs: heavy load, a scan, or an attack",
			"the cookie does not reach the client, or the client's address changes on the way",
		},
		checks: []Check{{"whether the gateway asks for cookies, and answers when it receives them", "ikescope vpn.example.com"}},
		server: []string{"how many SAs are half-open: swanctl --stats, ipsec whack --globalstatus", logStrongSwan, logLibreswan},
	},
	"status": {
		layer:   NoFailure,
		meaning: "a status notification: it announces something and refuses nothing",
		causes:  []string{"nothing is wrong"},
		checks:  []Check{{"which extensions a gateway announces", "ikescope vpn.example.com"}},
		server:  []string{"nothing"},
	},
	"established": {
		layer:   NoFailure,
		meaning: "it worked",
		causes:  []string{"nothing is wrong"},
		checks:  []Check{checkSuites},
		server:  []string{"nothing"},
	},
	"rekeying": {
		layer:   Negotiation,
		meaning: "an exchange within an established SA was refused",
		causes: []string{
			"both sides rekey at the same time, or one is about to delete the SA: the exchange is tried again",
			"the SA no longer exists on the other side",
		},
		checks: []Check{checkCapture},
		server: []string{"which SA it was", logStrongSwan, logLibreswan, logIked, logWindows},
	},
}
