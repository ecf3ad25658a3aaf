# What all daemons share: each runs in its gateway's network namespace, in a
# mount namespace of its own, with its cached root as /, read-only, and with the
# gateway's state folder as /run/lab. The mounts vanish with the process.
# shellcheck shell=bash

# namespace_of GATEWAY: an initiator is a gateway's daemon beside the client, and a
# RADIUS server is beside its gateway.
namespace_of() {
	case $1 in
	client-*) echo iks-client ;;
	radius-*) echo "iks-${1#radius-}" ;;
	hostapd-*) echo "iks-${1#hostapd-}" ;;
	*) echo "iks-$1" ;;
	esac
}

# launch GATEWAY CMD... starts a daemon and leaves its process id in the state
# folder. Its output goes to the gateway's log.
launch() {
	local gateway=$1
	shift
	setsid ip netns exec "$(namespace_of "$gateway")" unshare --mount \
		bash "$LAB/enter.sh" "$(root_of "$gateway")" "$STATE/$gateway" "$@" \
		</dev/null >>"$STATE/$gateway/log" 2>&1 {LOCK}>&- {PART}>&- &
}

daemon_pid() {
	cat "$STATE/$1/pid" 2>/dev/null || true
}

# daemon_runs GATEWAY holds if the recorded process is alive and in the
# gateway's namespace: after a crash, its number may be another process's.
daemon_runs() {
	local pid
	pid=$(daemon_pid "$1")
	[[ -n $pid && /proc/$pid/ns/net -ef /run/netns/$(namespace_of "$1") ]]
}

need_running() {
	daemon_runs "$1" || die "$1 does not run: lab up $1"
}

# inside GATEWAY CMD... runs a command beside the daemon, in its namespaces and
# its root.
inside() {
	local gateway=$1
	shift
	need_running "$gateway"
	nsenter --target "$(daemon_pid "$gateway")" --mount --net --root --wd "$@"
}

# listens GATEWAY holds once the daemon has all four of its UDP sockets.
listens() {
	local address sockets
	sockets=$(ip netns exec "iks-$1" ss -Hlun | awk '{ print $4 }')
	for address in 4 6; do
		listens_on "$sockets" "$(gateway_address "$1" "$address")" 500 &&
			listens_on "$sockets" "$(gateway_address "$1" "$address")" 4500 || return 1
	done
}

# listens_on SOCKETS ADDRESS PORT looks for the address or a wildcard in the
# local addresses that ss printed.
listens_on() {
	local wildcard='0.0.0.0'
	[[ $2 == *:* ]] && wildcard='[::]'
	grep -qxF -e "$2:$3" -e "[$2]:$3" -e "*:$3" -e "$wildcard:$3" <<<"$1"
}

await() { # SECONDS CMD...
	local deadline=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < deadline)) || return 1
		sleep 0.1
	done
}
