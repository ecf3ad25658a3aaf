package readers

import "testing"

// A daemon that does not start says why in a line of its own; what it says last is a
// consequence.
func TestDaemonsThatDoNotStart(t *testing.T) {
	saySo(t, []said{
		// strongSwan, src/libcharon/plugins/socket_default/socket_default_socket.c
		{"charon, a port", "00[NET] unable to bind socket: Address already in use\n00[NET] could not open IPv4 NAT-T socket\n00[NET] could not open any sockets, using default socket failed",
			"port-in-use", "", "strongSwan|another program has it|ss -ulpn|second IKE daemon", "correct that setting"},
		// github.com/hwdsl2/setup-ipsec-vpn/issues/1286
		{"pluto, a port", "Nov 27 11:52:53 gw pluto[15453]: listening for IKE messages\nNov 27 11:52:53 gw pluto[15453]: FATAL ERROR: find IPv4 interfaces failed calling bind(0.0.0.0:500): Address already in use (errno 98)",
			"port-in-use", "", "libreswan|ss -ulpn", "correct that setting"},
		// ipsec-tools 0.8, src/racoon/isakmp.c
		{"racoon, a port", "racoon: ERROR: failed to bind to address 192.0.2.9[500] (Address already in use).\nracoon: ERROR: no address could be bound.",
			"port-in-use", "", "racoon|ss -ulpn", "correct that setting"},
		// OpenIKED, sbin/iked/util.c
		{"iked, a port", "iked: udp_bind: failed to bind UDP socket: Address already in use", "port-in-use", "", "ss -ulpn", "correct that setting"},
		// github.com/kitten/docker-strongswan/issues/7
		{"charon, a kernel without XFRM", `00[DMN] Starting IKE charon daemon (strongSwan 5.3.4, Linux 4.1.18, x86_64)
00[KNL] unable to create netlink socket
00[LIB] feature CUSTOM:libcharon in critical plugin 'charon' has unmet dependency: CUSTOM:kernel-ipsec
00[KNL] received netlink error: Address family not supported by protocol (97)
00[KNL] unable to create IPv6 routing table rule
00[LIB] failed to load 1 critical plugin feature
00[DMN] initialization failed - aborting charon`, "kernel-ipsec", "", "has no IPsec (XFRM)|modprobe -a xfrm_user|kernel-libipsec", "CREATE_CHILD_SA|setting"},
		// github.com/strongX509/docker/issues/3
		{"charon, the same with its error", `00[KNL] unable to create netlink socket: Protocol not supported (93)
00[NET] installing IKE bypass policy failed
00[LIB] feature CUSTOM:libcharon in critical plugin 'charon' has unmet dependency: CUSTOM:kernel-ipsec
00[DMN] initialization failed - aborting charon`, "kernel-ipsec", "", "modprobe -a xfrm_user", "service"},
		// github.com/Stanback/alpine-strongswan-vpn/issues/5
		{"the starter", "Jan 23 10:00:00 nas ipsec_starter[1]: charon has quit: initialization failed\nJan 23 10:00:00 nas ipsec_starter[1]: charon refused to be started", "daemon", "", "does not run|the lines before this one", ""},
		// github.com/openwrt/packages/issues/16261
		{"charon, a plugin", "00[LIB] feature CUSTOM:libcharon-receiver in critical plugin 'charon' has unmet dependency: CUSTOM:socket\n00[LIB] feature CUSTOM:libcharon in critical plugin 'charon' has unmet dependency: CUSTOM:libcharon-receiver\n00[DMN] initialization failed - aborting charon",
			"daemon-feature", "", "CUSTOM:socket|socket-default", ""},
		// strongSwan, src/starter/starter.c
		{"it runs already", "Jan 23 10:00:00 gw ipsec_starter[7]: charon is already running (/var/run/charon.pid exists) -- skipping daemon start", "daemon-twice", "", "pgrep", ""},
		// strongSwan, src/libcharon/plugins/socket_default/socket_default_socket.c
		{"no permission", "00[NET] unable to bind socket: Permission denied", "bind-permission", "", "as root", ""},
	})
	for _, log := range []string{
		// Without IPv6, charon does without rules for it.
		"00[DMN] Starting IKE charon daemon (strongSwan 5.9.8, Linux 6.1.0, x86_64)\n00[KNL] received netlink error: Address family not supported by protocol (97)\n00[KNL] unable to create IPv6 routing table rule\n00[JOB] spawning 16 worker threads",
	} {
		if d, text := readAny(t, log); len(d.Stories) > 0 {
			t.Errorf("%s:\n%s", log, text)
		}
	}
}

// A configuration that is not loaded, or only in part, names what is wrong with it.
func TestConfigurations(t *testing.T) {
	saySo(t, []said{
		// libreswan 3, programs/pluto/initiate.c
		{"not oriented, libreswan 3", `022 "net1": We cannot identify ourselves with either end of this connection.  172.16.0.27 or 198.51.100.7 are not usable`,
			"not-oriented", "", "172.16.0.27 and 198.51.100.7|left=%defaultroute|leftid", "correct that setting"},
		// libreswan 5.3, testing/pluto
		{"not oriented, libreswan 5", `Nov 30 10:00:00 gw pluto[7]: "west": added unoriented IKEv2 connection (neither left=192.0.2.9 nor right=198.51.100.7 match an interface)`,
			"not-oriented", "", "192.0.2.9 and 198.51.100.7|left=%defaultroute", ""},
		{"neither end", `"east": failed to add connection: neither 'left=%any' nor 'right=%any' specify the local host's IP address`, "not-oriented", "", "left=%defaultroute", ""},
		// github.com/libreswan/libreswan/issues/694, 571 and 1599
		{"duplicate key", "duplicate key 'left' in conn office while processing def office\naddconn, in config '/etc/ipsec.conf', duplicate key 'left' in conn office while processing def office",
			"config-duplicate", "", "libreswan|left in conn office|delete one", "rekey"},
		{"duplicate key, alone", "duplicate key 'leftid' in conn road-l2tp while processing def road-l2tp", "config-duplicate", "", "libreswan|leftid in conn road-l2tp|addconn --checkconfig", ""},
		{"duplicate conn", "addconn, in config '/etc/ipsec.conf', duplicate conn 'office'", "config-duplicate", "", "in conn office", ""},
		// libreswan 5.3, testing/pluto and lib/libswan/ipsecconf/parser.y
		{"unknown keyword", "ipsec addconn: ERROR: office.conf:9: unrecognized 'conn' keyword 'leftsubnett'\nipsec addconn: ERROR: loading config file 'office.conf' failed",
			"keyword-unknown", "", "libreswan|leftsubnett in conn, office.conf:9|addconn --checkconfig", ""},
		{"ignored keyword", "ipsec addconn: /etc/ipsec.conf:12: warning: invalid 'config setup' keyword ignored: retransmit-interval=300",
			"keyword-ignored", "", "libreswan|retransmit-interval in config setup, /etc/ipsec.conf:12|nothing failed", "prevents"},
		{"obsolete keyword", "ipsec add: warning: /etc/ipsec.conf:49: obsolete keyword ignored: dpdaction=clear", "keyword-ignored", "", "libreswan|dpdaction, /etc/ipsec.conf:49|nothing failed", "prevents"},
		// strongSwan, src/starter/confread.c
		{"the starter's", "Jan 23 10:00:00 gw ipsec_starter[7]: # deprecated keyword 'pfs' in conn 'office'", "keyword-ignored", "", "strongSwan|pfs in conn 'office'|nothing failed", ""},
		// github.com/libreswan/libreswan/issues/2169
		{"a file", "ipsec addconn: can't load file '/tmp/office.conf'", "own-config", "", "can't load file|libreswan", ""},
		// strongSwan, src/swanctl/commands/load_creds.c and stroke_cred.c
		{"a key", "loading '/etc/swanctl/private/key.pem' failed: parsing RSA private key failed", "own-key", "", "strongSwan|passphrase", "setting"},
		{"a key of stroke", "00[CFG]   loading private key from '/etc/ipsec.d/private/key.pem' failed", "own-key", "", "strongSwan", ""},
	})
}

// What the kernel refuses tells by its error what to do. After Linux, net/xfrm and
// net/key.
func TestKernelFixes(t *testing.T) {
	saySo(t, []said{
		// github.com/openwrt/packages/issues/14360 and 16595
		{"ENOENT", `daemon.info : 05[CFG] selected proposal: ESP:AES_CBC_128/HMAC_SHA1_96/NO_EXT_SEQ
daemon.info : 05[KNL] received netlink error: No such file or directory (2)
daemon.info : 05[KNL] unable to add SAD entry with SPI c89d7b58 (FAILED)
daemon.info : 05[IKE] unable to install inbound and outbound IPsec SA (SAD) in kernel`, "kernel-module", "", "ESP:AES_CBC_128/HMAC_SHA1_96/NO_EXT_SEQ|modprobe -a authenc|kmod-crypto-gcm", "CAP_NET_ADMIN"},
		// github.com/CZ-NIC/turris-os/issues/31
		{"ENOENT, folded", `2016-12-02T20:26:42+02:00 info []: 05[KNL] received netlink error: No such file
or directory (2)
2016-12-02T20:26:42+02:00 info []: 05[KNL] unable to add SAD entry with SPI cf22
1b54
2016-12-02T20:26:42+02:00 info []: 05[IKE] unable to install inbound and outboun
d IPsec SA (SAD) in kernel`, "kernel-module", "", "No such file or directory (2)|modprobe -a authenc", ""},
		{"ENOENT, libreswan", `"east" #2: ERROR: netlink response for Add SA esp.ESPSPIi@192.1.2.45 included errno 2: No such file or directory`, "kernel-module", "", "modprobe -a authenc", ""},
		// strongSwan, src/libcharon/plugins/kernel_pfkey/kernel_pfkey_ipsec.c
		{"ENOSYS, PF_KEY", `selected proposal: ESP:AES_GCM_16_128/CURVE_25519/NO_EXT_SEQ
11[KNL] pfkey unable to add SAD entry with SPI c27dfe6f: Function not implemented (38)
11[IKE] unable to install inbound and outbound IPsec SA (SAD) in kernel`, "kernel-pfkey", "", "kernel-netlink in place of kernel-pfkey", "modprobe"},
		// github.com/libreswan/libreswan, testing/pluto
		{"ENOSYS, libreswan", `"west" #1: ERROR: netlink response for Add SA esp.9720ea89@192.1.2.45 included errno 38: Function not implemented`, "kernel-algorithm", "", "/proc/crypto", "pfkey"},
		{"EEXIST, charon", `08[CFG] selected proposal: ESP:AES_CBC_128/HMAC_SHA2_256_128/NO_EXT_SEQ
08[KNL] unable to add SAD entry with SPI c2d98fd8 (ALREADY_DONE)
08[IKE] unable to install outbound IPsec SA (SAD) in kernel`, "kernel-exists", "", "ip xfrm state|one network namespace", "modprobe"},
		{"EEXIST, libreswan", `"east" #2: ERROR: netlink response for Add SA esp.3fa7676d@192.1.2.45 included errno 17: File exists`, "kernel-exists", "", "ip xfrm state", "modprobe"},
		{"EEXIST, netlink", "13[KNL] received netlink error: File exists (17)\n13[IKE] unable to install inbound IPsec SA (SAD) in kernel", "kernel-exists", "", "ip xfrm state", ""},
		{"ESRCH", "13[KNL] received netlink error: No such process (3)\n13[KNL] unable to add SAD entry with SPI c1 (FAILED)\n13[IKE] unable to install inbound IPsec SA (SAD) in kernel", "kernel-gone", "", "xfrm_acq_expires", ""},
		// github.com/strongswan/strongswan/issues/1126
		{"EPROTONOSUPPORT", "07[KNL] received netlink error: Protocol not supported (93)\n07[KNL] unable to add SAD entry with SPI c1 (FAILED)\n07[IKE] unable to install inbound and outbound IPsec SA (SAD) in kernel", "kernel-protocol", "", "esp4", ""},
		{"EPERM", "07[KNL] received netlink error: Operation not permitted (1)\n07[IKE] unable to install inbound and outbound IPsec SA (SAD) in kernel", "kernel-permission", "", "NET_ADMIN", ""},
		{"EINVAL", `"east" #2: ERROR: netlink response for Add SA esp.ESPSPIi@192.1.2.45 included errno 22: Invalid argument`, "kernel-invalid", "", "length of key|offload", "modprobe"},
		{"EOPNOTSUPP", "07[KNL] received netlink error: Operation not supported (95)\n07[IKE] unable to install inbound and outbound IPsec SA (SAD) in kernel", "kernel-offload", "", "hw_offload = no", "modprobe"},
		{"EAFNOSUPPORT", "07[KNL] received netlink error: Address family not supported by protocol (97)\n07[IKE] unable to install inbound and outbound IPsec SA (SAD) in kernel", "kernel-protocol", "", "esp6", ""},
		{"none", "07[IKE] unable to install inbound and outbound IPsec SA (SAD) in kernel", "kernel", "", "the kernel's own error", ""},
	})
	// What asks an SA how much it was used fails once it is gone.
	for _, log := range []string{
		"11[KNL] unable to query SAD entry with SPI 8ccac7f9: No such file or directory (2)",
		"11[KNL] <4> unable to query SAD entry with SPI 8ccac7f9\n11[KNL] querying policy failed: No such file or directory (2)",
		"11[KNL] unable to query policy 10.0.0.0/24 === 10.1.0.0/24 out: No such file or directory (2)",
	} {
		if d, text := readAny(t, log); len(d.Stories) > 0 {
			t.Errorf("%s:\n%s", log, text)
		}
	}
}

// Errors of Windows that are this computer's own, and those with which the other side
// ended the exchange.
func TestWindowsOwnErrors(t *testing.T) {
	saySo(t, []said{
		// Microsoft, system error codes
		{"87", "CoId={6895FC76-0000-0000-C953-9668F6F2D801}: The user CORP\\lee dialed a connection named Office which has failed. The error code returned on failure is 87.",
			"windows", "initiator", "WAN Miniport (IKEv2)|create it again|computer's own", "see its log"},
		{"1460", "CoId={6895FC76-0000-0000-C953-9668F6F2D801}: The user CORP\\lee dialed a connection named Office which has failed. The error code returned on failure is 1460.",
			"windows", "initiator", "in the background|Restart-Service RasMan|computer's own", "AES-GCM|see its log"},
		// Microsoft, "Troubleshoot Azure VPN Client"
		{"an app", "VPN Client Error: Dialing VPN connection Office, Status = VPN Platform did not trigger connection\nThe user lee dialed a connection named Office which has failed. The error code returned on failure is 1460.",
			"app-not-started", "initiator", "in the background", "AES-GCM"},
		// Microsoft, WFP: IKEEXT_CERT_FLAG and the failure points of FWPM_NET_EVENT_IKEEXT_MM_FAILURE
		{"13801 from the other side, a trace", `[0]0368.03A4::02/02/2017-17:36:01.496 [ikeext] 3038|203.0.113.9|  Failure error code:0x000035e9
[0]0368.03A4::02/02/2017-17:36:01.496 [ikeext] 3038|203.0.113.9|    IKE authentication credentials are unacceptable
[0]0368.03A4::02/02/2017-17:36:01.496 [ikeext] 3038|203.0.113.9|  Failure point: Remote`,
			"windows", "", "the other side refused what this one showed|pre-shared key", "serverAuth|ikescope identity"},
		{"13801 of its own, a trace", `[0]0368.03A4::02/02/2017-17:36:01.496 [ikeext] 3038|203.0.113.9|  Failure error code:0x000035e9
[0]0368.03A4::02/02/2017-17:36:01.496 [ikeext] 3038|203.0.113.9|  Failure point: Local`,
			"windows", "", "serverAuth", "the other side refused"},
		{"4653", `Id           : 4653
Message      : An IPsec main mode negotiation failed.
Network Address: 192.0.2.9
Network Address: 203.0.113.9
Keying Module Name: IKEv2
Role: Initiator
Failure Point: Remote computer
Failure Reason: IKE authentication credentials are unacceptable`, "windows", "initiator", "the other side refused what this one showed", "serverAuth"},
	})
}
