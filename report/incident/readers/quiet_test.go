package readers

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/incident"
)

// worked are logs of connections that came up, by product.
var worked = []struct{ product, log string }{
	{"strongSwan", `Nov  3 08:00:00 gw charon: 05[NET] received packet: from 203.0.113.1[500] to 192.0.2.9[500] (304 bytes)
Nov  3 08:00:00 gw charon: 05[ENC] parsed IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) N(REDIR_SUP) V ]
Nov  3 08:00:00 gw charon: 05[ENC] received unknown vendor ID: 01:52:8b:bb:c0:06:96:12:18:49:ab:9a:1c:5b:2a:51
Nov  3 08:00:00 gw charon: 05[IKE] 203.0.113.1 is initiating an IKE_SA
Nov  3 08:00:00 gw charon: 05[CFG] selecting proposal:
Nov  3 08:00:00 gw charon: 05[CFG]   no acceptable ENCRYPTION_ALGORITHM found
Nov  3 08:00:00 gw charon: 05[CFG] selecting proposal:
Nov  3 08:00:00 gw charon: 05[CFG]   proposal matches
Nov  3 08:00:00 gw charon: 05[CFG] selected proposal: IKE:AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_384
Nov  3 08:00:00 gw charon: 05[IKE] remote host is behind NAT
Nov  3 08:00:00 gw charon: 05[IKE] sending cert request for "C=DE, O=Example, CN=Example Root"
Nov  3 08:00:00 gw charon: 05[ENC] generating IKE_SA_INIT response 0 [ SA KE No CERTREQ ]
Nov  3 08:00:01 gw charon: 06[ENC] parsed IKE_AUTH request 1 [ IDi CERT CERTREQ AUTH CPRQ(ADDR DNS) SA TSi TSr ]
Nov  3 08:00:01 gw charon: 06[IKE] received 27 cert requests for an unknown ca
Nov  3 08:00:01 gw charon: 06[CFG] looking for peer configs matching 192.0.2.9[vpn.example.com]...203.0.113.1[lee]
Nov  3 08:00:01 gw charon: 06[CFG] selected peer config 'staff'
Nov  3 08:00:01 gw charon: 06[CFG]   using trusted ca certificate "C=DE, O=Example, CN=Example Root"
Nov  3 08:00:01 gw charon: 06[CFG] checking certificate status of "CN=lee"
Nov  3 08:00:01 gw charon: 06[CFG] certificate status is not available
Nov  3 08:00:01 gw charon: 06[IKE] authentication of 'lee' with RSA signature successful
Nov  3 08:00:01 gw charon: 06[IKE] IKE_SA staff[1] established between 192.0.2.9[vpn.example.com]...203.0.113.1[lee]
Nov  3 08:00:01 gw charon: 06[IKE] CHILD_SA staff{1} established with SPIs c1_i c2_o and TS 0.0.0.0/0 === 10.9.0.2/32
Nov  3 08:00:01 gw charon: 06[ENC] generating IKE_AUTH response 1 [ IDr CERT AUTH CPRP(ADDR DNS) SA TSi TSr ]
`},
	{"libreswan", `Nov  3 08:00:00 gw pluto[15]: "hq" #1: initiating IKEv2 connection
Nov  3 08:00:00 gw pluto[15]: "hq" #1: sent IKE_SA_INIT request to 203.0.113.9:500
Nov  3 08:00:00 gw pluto[15]: "hq" #1: sent IKE_AUTH request {cipher=AES_GCM_16_256 integ=n/a prf=HMAC_SHA2_512 group=MODP2048}
Nov  3 08:00:00 gw pluto[15]: "hq" #1: no CRL found for certificate; revocation is not checked
Nov  3 08:00:00 gw pluto[15]: "hq" #1: initiator established IKE SA; authenticated peer using authby=secret and ID_FQDN '@east'
Nov  3 08:00:00 gw pluto[15]: "hq" #2: initiator established Child SA using #1; IPsec tunnel [192.0.1.0-192.0.1.255:0-65535 0] -> [192.0.2.0-192.0.2.255:0-65535 0] {ESP=>0xc0ffee01 <0xc0ffee02 xfrm=AES_GCM_16_256-NONE DPD=passive}
`},
	{"libreswan", `104 "hq" #1: STATE_MAIN_I1: initiate
003 "hq" #1: ignoring unknown Vendor ID payload [8299031757a36082c6a621de000500b3]
106 "hq" #1: STATE_MAIN_I2: sent MI2, expecting MR2
108 "hq" #1: STATE_MAIN_I3: sent MI3, expecting MR3
004 "hq" #1: STATE_MAIN_I4: ISAKMP SA established {auth=PRESHARED_KEY cipher=aes_128 integ=sha group=MODP2048}
117 "hq" #2: STATE_QUICK_I1: initiate
004 "hq" #2: STATE_QUICK_I2: sent QI2, IPsec SA established tunnel mode {ESP=>0xc0ffee01 <0xc0ffee02}
`},
	{"racoon", `Nov  3 08:00:00 gw racoon: INFO: initiate new phase 1 negotiation: 192.0.2.9[500]<=>203.0.113.9[500]
Nov  3 08:00:00 gw racoon: INFO: begin Identity Protection mode.
Nov  3 08:00:00 gw racoon: INFO: received Vendor ID: DPD
Nov  3 08:00:00 gw racoon: WARNING: unable to get certificate CRL(3) at depth:0 SubjectName:/CN=hq
Nov  3 08:00:00 gw racoon: INFO: ISAKMP-SA established 192.0.2.9[500]-203.0.113.9[500] spi:c0ffee0123456789:0123456789abcdef
Nov  3 08:00:01 gw racoon: INFO: IPsec-SA established: ESP/Tunnel 203.0.113.9[0]->192.0.2.9[0] spi=187337237(0xb2a8a15)
`},
	{"FortiGate", `ike 0:hq:1: initiator: main mode is sending 1st message...
ike 0:hq:1: negotiation result
ike 0:hq:1: proposal id = 1:
ike 0:hq:1:   protocol id = ISAKMP:
ike 0:hq:1: unknown VID (20): 1E2B516905991C7D7C96FCBFB587E46100000009
ike 0:hq:1: established IKE SA c0ffee0123456789/0123456789abcdef
ike 0:hq:1:hq:1: IPsec SA connect 5 192.0.2.9->203.0.113.9:0
ike 0:hq:1:hq:1: SA is created. Add IPsec SA: SPIs=c0ffee01/c0ffee02
`},
	{"Cisco", `*Nov  3 08:00:00.100: ISAKMP:(0): processing SA payload. message ID = 0
*Nov  3 08:00:00.100: ISAKMP:(0): vendor ID seems Unity/DPD but major 69 mismatch
*Nov  3 08:00:00.100: ISAKMP:(0):found peer pre-shared key matching 203.0.113.9
*Nov  3 08:00:00.100: ISAKMP:(0):Checking ISAKMP transform 1 against priority 10 policy
*Nov  3 08:00:00.100: ISAKMP:(0):Encryption algorithm offered does not match policy!
*Nov  3 08:00:00.100: ISAKMP:(0):atts are not acceptable. Next payload is 3
*Nov  3 08:00:00.100: ISAKMP:(0):Checking ISAKMP transform 2 against priority 10 policy
*Nov  3 08:00:00.100: ISAKMP:(0):atts are acceptable. Next payload is 0
*Nov  3 08:00:00.200: ISAKMP:(1001):SA authentication status: authenticated
*Nov  3 08:00:00.200: ISAKMP:(1001):Old State = IKE_P1_COMPLETE  New State = IKE_P1_COMPLETE
*Nov  3 08:00:00.300: %CRYPTO-5-SESSION_STATUS: Crypto tunnel is UP  . Peer 203.0.113.9:500       Id: 203.0.113.9
`},
	{"MikroTik", `08:00:00 ipsec,info respond new phase 1 (Identity Protection): 192.0.2.9[500]<=>203.0.113.9[500]
08:00:00 ipsec,info ISAKMP-SA established 192.0.2.9[500]-203.0.113.9[500] spi:c0ffee0123456789:0123456789abcdef
08:00:01 ipsec,debug IPsec-SA established: ESP/Tunnel 203.0.113.9[500]->192.0.2.9[500] spi=0x1
`},
}

// A connection that came up has no cause of a failure, in whatever frame.
func TestWorked(t *testing.T) {
	for _, test := range worked {
		for _, frame := range append(frames, struct {
			name string
			put  func(int, string) string
		}{"plain", func(_ int, s string) string { return s }}) {
			var log strings.Builder
			for i, line := range strings.Split(strings.TrimSpace(test.log), "\n") {
				log.WriteString(frame.put(i, line) + "\n")
			}
			d, text := readText(t, log.String())
			if len(d.Stories) == 0 {
				t.Errorf("%s, %s: nothing is told", test.product, frame.name)
			}
			for _, s := range d.Stories {
				if s.Cause != "" || s.Product != test.product || s.Layer != incident.NoFailure {
					t.Errorf("%s, %s: %s\n%s", test.product, frame.name, s.Cause, text)
				}
			}
		}
	}
}

// foreign are lines of other programs.
const foreign = `Nov  3 08:00:00 gw sshd[812]: Failed password for invalid user admin from 203.0.113.77 port 51123 ssh2
Nov  3 08:00:00 gw sshd[812]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.77
Nov  3 08:00:00 gw sshd[812]: error: maximum authentication attempts exceeded for root from 203.0.113.77 port 51123 ssh2 [preauth]
Nov  3 08:00:01 gw kernel: [ 4711.123] device eth0 left promiscuous mode
Nov  3 08:00:01 gw kernel: nf_conntrack: table full, dropping packet
Nov  3 08:00:01 gw dhcpd: DHCPDISCOVER from 02:00:00:00:00:01 via eth1: network 192.0.2.0/24: no free leases
Nov  3 08:00:02 gw named[99]: client 203.0.113.5#53: query (cache) 'example.com/A/IN' denied
Nov  3 08:00:02 gw named[99]: network unreachable resolving './NS/IN': 2001:db8::1#53
Nov  3 08:00:03 gw ntpd[77]: unable to resolve host name 0.pool.ntp.example
Nov  3 08:00:03 gw postfix/smtp[55]: certificate verification failed for mx.example.com: untrusted issuer
Nov  3 08:00:04 gw nginx: SSL_do_handshake() failed: certificate has expired
Nov  3 08:00:04 gw openvpn[33]: TLS Error: TLS handshake failed
Nov  3 08:00:05 gw systemd[1]: Failed to start Some Service: connection timed out.
Nov  3 08:00:05 gw pppd[22]: LCP: timeout sending Config-Requests
Nov  3 08:00:06 gw cron[11]: (root) CMD (test -x /usr/sbin/anacron || run-parts --report /etc/cron.daily)
`

// Lines of other programs say nothing, alone and among lines of a connection
// that came up.
func TestForeign(t *testing.T) {
	if d, text := readText(t, foreign); len(d.Stories) != 0 {
		t.Errorf("of other programs is told:\n%s", text)
	}
	for _, test := range worked {
		others := strings.Split(strings.TrimSpace(foreign), "\n")
		var log strings.Builder
		for i, line := range strings.Split(strings.TrimSpace(test.log), "\n") {
			log.WriteString(line + "\n" + others[i%len(others)] + "\n")
		}
		d, text := readText(t, log.String()+foreign)
		for _, s := range d.Stories {
			if s.Cause != "" {
				t.Errorf("%s, with lines of others: %s\n%s", test.product, s.Cause, text)
			}
		}
	}
}
