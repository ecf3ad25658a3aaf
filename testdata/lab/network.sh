# The namespaces, veths, addresses and routes of the lab. Everything lives in
# namespaces whose names start with iks-; nothing is added to the host's own.
# shellcheck shell=bash

# The last number of a leg's subnet: 10.88.N.0/24 and fd88:N::/64, where the
# router has host number 1 and the namespace at the other end has 2.
declare -rA LEG=(
	[client]=1
	[nat]=2
	[strongswan]=11
	[strongswan-pq]=12
	[libreswan]=13
	[openiked]=14
	[strongswan-2]=15
	[openiked-2]=16
)

# The leg between the NAT box (host 1) and the client behind it (host 2).
readonly INSIDE=3

# The outside ports that the NAT box maps to.
readonly NAT_PORTS=40000-50000

namespace_exists() {
	[[ -e /run/netns/$1 ]]
}

lab_namespaces() {
	local path
	for path in /run/netns/iks-*; do
		[[ -e $path ]] && echo "${path##*/}"
	done
	return 0
}

# add_namespace NAME makes an empty namespace, where IPv6 addresses are used at once
# (no duplicate detection).
add_namespace() {
	ip netns add "$1"
	ip netns exec "$1" sysctl -qw \
		net.ipv6.conf.all.accept_ra=0 net.ipv6.conf.default.accept_ra=0 \
		net.ipv6.conf.default.accept_dad=0 \
		net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
	ip -n "$1" link set lo up
}

add_address() { # NAMESPACE INTERFACE SUBNET HOST
	ip -n "$1" address add "10.88.$3.$4/24" dev "$2"
	ip -n "$1" address add "fd88:$3::$4/64" dev "$2" nodad
	ip -n "$1" link set "$2" up
}

forward() {
	ip netns exec "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

default_route() { # NAMESPACE SUBNET
	ip -n "$1" route add default via "10.88.$2.1"
	ip -n "$1" -6 route add default via "fd88:$2::1"
}

# add_leg NAME makes the namespace iks-NAME and joins it to the router.
add_leg() {
	local subnet=${LEG[$1]}
	add_namespace "iks-$1"
	ip link add "$1" netns iks-router type veth peer name wan netns "iks-$1"
	add_address iks-router "$1" "$subnet" 1
	add_address "iks-$1" wan "$subnet" 2
	default_route "iks-$1" "$subnet"
}

add_nat() {
	add_leg nat
	add_namespace iks-inside
	ip link add lan netns iks-nat type veth peer name wan netns iks-inside
	add_address iks-nat lan "$INSIDE" 1
	add_address iks-inside wan "$INSIDE" 2
	default_route iks-inside "$INSIDE"
	forward iks-nat
	ip netns exec iks-nat nft -f - <<-RULES
		table inet lab-nat {
			chain postrouting {
				type nat hook postrouting priority srcnat
				oifname "wan" meta l4proto { tcp, udp } masquerade to :$NAT_PORTS
				oifname "wan" masquerade
			}
		}
	RULES
}

# network_up makes the router, the clients and the NAT box, if one is missing. A
# half-made network, which a crash may leave, is made again from nothing.
network_up() {
	local name missing=""
	for name in router client nat inside; do
		namespace_exists "iks-$name" || missing=yes
	done
	if [[ -n $missing || ! -e $STATE/network.complete ]]; then
		network_down
		add_namespace iks-router
		forward iks-router
		add_leg client
		add_nat
		touch "$STATE/network.complete"
	fi
}

# gateway_leg_up GATEWAY makes the namespace of one gateway, if it is missing.
gateway_leg_up() {
	if [[ ! -e $STATE/$1/leg.complete ]] || ! namespace_exists "iks-$1"; then
		namespace_remove "iks-$1"
		# The old pair's end in the router goes away only some time later.
		ip -n iks-router link delete "$1" 2>/dev/null || true
		add_leg "$1"
		touch "$STATE/$1/leg.complete"
	fi
}

# namespace_stop NAMESPACE ends every process that runs in the namespace: ones
# of the lab, and ones that `lab exec` started and forgot.
namespace_stop() {
	local pids signal try
	for signal in TERM KILL; do
		for ((try = 0; try < 30; try++)); do
			pids=$(ip netns pids "$1" 2>/dev/null || true)
			[[ -n $pids ]] || return 0
			if ((try % 10 == 0)); then
				# shellcheck disable=SC2086 # one word for each process
				kill -s "$signal" $pids 2>/dev/null || true
			fi
			sleep 0.1
		done
	done
	die "processes in $1 outlive SIGKILL: $pids"
}

namespace_remove() {
	if namespace_exists "$1"; then
		namespace_stop "$1"
		ip netns delete "$1" || rm -f "/run/netns/$1" # a file left by a reboot
	fi
}

network_down() {
	local name
	rm -f "$STATE"/network.complete "$STATE"/*/leg.complete
	for name in $(lab_namespaces); do
		namespace_remove "$name"
	done
}

# lab_nft NAMESPACE replaces the table of the tests' own rules by the one on
# stdin: the body of a table of family inet named lab. Forwarded packets are
# seen in iks-router.
lab_nft() {
	{
		echo "add table inet lab"
		echo "delete table inet lab"
		if [[ $2 != none ]]; then
			echo "table inet lab {"
			cat
			echo "}"
		fi
	} | ip netns exec "$1" nft -f -
}
