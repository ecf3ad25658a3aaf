# Run in fresh network, mount and PID namespaces, as their first process:
#	scene-run.sh LAB DIR LIBRARIES INITIATOR ROOT RESPONDER ROOT
# Each line of stdin is a command, a line of shell with these functions, and is
# answered by a line "ok" or "failed". What the commands print goes to DIR/output.
#	start SIDE        start the daemon of initiator or responder, with the
#	                  configuration in DIR/SIDE, which it sees as /run/lab
#	stop SIDE [KILL]  end it, without a word to its peer if it is killed
#	beside SIDE CMD... run a command beside it, in its namespaces and its root
#	charon_cmd PASSWORD ARGS... let charon-cmd, where that is the initiator, log in and
#	                  out again
#	rules FILE|none   nftables rules on the router between the two
# shellcheck shell=bash
set -uo pipefail
LAB=$1 DIR=$2 LIBRARIES=$3
declare -A PRODUCT=([initiator]=$4 [responder]=$6)
declare -A ROOT=([initiator]=$5 [responder]=$7)
declare -A NET=() # process ids that hold the network namespaces
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin

# await DECISECONDS CMD...
await() {
	local tries=$1
	shift
	until "$@"; do
		((tries-- > 0)) || return 1
		sleep 0.05
		"$@" && return 0
		sleep 0.05
	done
}

# leg SIDE NUMBER makes the namespace 10.88.NUMBER.2, with a network
# 10.NUMBER.0.0/16 behind it.
leg() {
	unshare --net sleep infinity &
	NET[$1]=$!
	await 50 separate "${NET[$1]}" || return 1
	ip link add "$1" type veth peer name wan netns "${NET[$1]}"
	ip address add "10.88.$2.1/24" dev "$1"
	ip link set "$1" up
	net "$1" sh -euc "
		ip link set lo up
		ip address add 10.$2.0.1/32 dev lo
		ip address add 10.88.$2.2/24 dev wan
		ip link set wan up
		ip route add default via 10.88.$2.1"
}

separate() {
	[[ -e /proc/$1/ns/net && ! /proc/$1/ns/net -ef /proc/self/ns/net ]]
}

net() { # SIDE CMD...
	nsenter --net="/proc/${NET[$1]}/ns/net" "${@:2}"
}

start() {
	rm -f "$DIR/$1/pid"
	cp "$LIBRARIES"/scene-*.so "$DIR/$1"
	"start_${PRODUCT[$1]}" "$1"
	await 200 runs "$1"
}

# preloaded SIDE LIBRARY... prints what the daemon is to be started with.
preloaded() {
	local libraries="${*:2}"
	if [[ -e $DIR/$1/clock ]]; then
		libraries+=" /run/lab/scene-clock.so"
	fi
	if [[ -e $DIR/$1/espintcp ]]; then
		libraries+=" /run/lab/scene-espintcp.so"
	fi
	echo "env LAB_CLOCK=$(cat "$DIR/$1/clock" 2>/dev/null) LD_PRELOAD='$libraries'"
}

launch() { # SIDE CMD...
	setsid nsenter --net="/proc/${NET[$1]}/ns/net" unshare --mount \
		bash "$LAB/enter.sh" "${ROOT[$1]}" "$DIR/$1" "${@:2}" </dev/null >>"$DIR/$1/output" 2>&1 &
}

# charon_cmd PASSWORD ARGS... fails where charon-cmd does not establish an IKE SA. It takes
# the password from stdin, having no terminal, and stays until it is told to end.
charon_cmd() {
	local out=$DIR/initiator/output pid
	rm -f "$DIR/initiator/pid"
	: >"$out" # before anything looks for an end of what was there
	setsid nsenter --net="/proc/${NET[initiator]}/ns/net" unshare --mount \
		bash "$LAB/enter.sh" "${ROOT[initiator]}" "$DIR/initiator" \
		env STRONGSWAN_CONF=/run/lab/strongswan.conf charon-cmd "${@:2}" <<<"$1" >"$out" 2>&1 &
	pid=$!
	await 400 settled "$pid" "$out" || echo "charon-cmd neither logs in nor ends"
	kill "$pid" && await 100 gone "$pid"
	wait "$pid"
	grep -q 'IKE_SA cmd\[1\] established' "$out"
}

settled() {
	gone "$1" || grep -q 'IKE_SA cmd\[1\] established' "$2"
}

runs() {
	[[ -e $DIR/$1/pid ]] && "runs_${PRODUCT[$1]}" "$1" >/dev/null 2>&1
}

beside() {
	timeout 60 nsenter --target "$(cat "$DIR/$1/pid")" --mount --net --root --wd "${@:2}"
}

stop() {
	local pid
	pid=$(cat "$DIR/$1/pid")
	kill "-${2:-TERM}" "$pid"
	await 100 gone "$pid"
}

gone() {
	! kill -0 "$1" 2>/dev/null || [[ $(cut -d ' ' -f 3 "/proc/$1/stat" 2>/dev/null) == Z ]]
}

rules() {
	nft flush ruleset && { [[ $1 == none ]] || nft -f "$1"; }
}

start_strongswan() {
	launch "$1" sh -euc "exec $(preloaded "$1") STRONGSWAN_CONF=/run/lab/strongswan.conf charon-systemd"
}

runs_strongswan() {
	beside "$1" timeout 10 swanctl --load-all --file /run/lab/swanctl.conf
}

start_libreswan() {
	launch "$1" sh -euc "
		mkdir -p /run/pluto
		[ -e /run/lab/nss/cert9.db ] || /run/lab/nss.sh
		exec $(preloaded "$1" /run/lab/scene-xfrm.so) /usr/libexec/ipsec/pluto --nofork --stderrlog --no-dnssec \
			--config /run/lab/ipsec.conf --nssdir /run/lab/nss \
			--secretsfile /run/lab/ipsec.secrets --ipsecdir /run/lab"
}

runs_libreswan() {
	beside "$1" timeout 10 ipsec whack --listen && beside "$1" timeout 10 ipsec addconn --config /run/lab/ipsec.conf lab
}

start_openiked() {
	launch "$1" sh -euc "
		mount --bind /run/lab/iked /etc/iked
		exec $(preloaded "$1" /usr/lib/openiked-afkey.so) iked -d -v -v -f /run/lab/iked.conf"
}

runs_openiked() {
	beside "$1" timeout 2 ikectl show sa
}

sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0
ip link set lo up
leg initiator 1 && leg responder 2 || exit 1
while read -r line; do
	if eval "$line" >>"$DIR/output" 2>&1 </dev/null; then
		echo ok
	else
		echo failed
	fi
done
# The network goes with this process, and a daemon that still ran would log that. Both
# end at once, since one would log that the other does not answer any more.
pids=$(cat "$DIR"/{initiator,responder}/pid 2>/dev/null)
# shellcheck disable=SC2086
[[ -z $pids ]] || kill -KILL $pids
for pid in $pids; do
	await 100 gone "$pid"
done
