# Real initiators: a gateway's daemon, with its root, in the client's namespace.
# Each daemon's file defines DAEMON_initiate, _agreed and _refused.
# shellcheck shell=bash

readonly INITIATORS="strongswan strongswan-pq libreswan"
# shellcheck disable=SC2034 # the daemons' files read it
readonly CLIENT_ADDRESS=10.88.${LEG[client]}.2

# initiate DAEMON FILE CONNECTION GATEWAY lets the daemon, with the connection of
# FILE, initiate an IKE SA with the gateway, and prints what came of
# IKE_SA_INIT: "agreed SUITE" or "refused NOTIFY", or "unanswered"; and then the
# path of a capture of all that it sent and received.
initiate() {
	local daemon client=client-$1 dir=$STATE/client-$1 address capture status=0
	[[ " $INITIATORS " == *" $1 "* ]] || die "\"$1\" is no initiator; there are: $INITIATORS"
	[[ -f $2 ]] || die "there is no file $2"
	root_complete "$1" || die "$1 is not installed: lab install $1"
	# shellcheck disable=SC2153 # the table of gateway.sh
	daemon=${DAEMON[$1]}
	need_namespace iks-client
	need_running "$4"
	address=$(gateway_address "$4" 4)
	initiator_stop "$client"
	rm -rf "$dir"
	mkdir -p "$dir"
	ip netns exec iks-client tcpdump --immediate-mode -Z root -U -n -i wan -w "$dir/capture.pcap" \
		"host $address and udp" >"$dir/tcpdump.log" 2>&1 {LOCK}>&- {PART}>&- &
	capture=$!
	# shellcheck disable=SC2064 # as they are now
	trap "initiator_end $client $capture" EXIT
	"${daemon}_start" "$client"
	if await 10 grep -q '^tcpdump: listening' "$dir/tcpdump.log" && await 20 initiator_ready "$daemon" "$client" &&
		"${daemon}_initiate" "$client" "$2" "$3" "$address"; then
		await 10 initiator_done "$daemon" "$client" || true
	else
		tail -n 20 "$dir/log" >&2 || true
		status=1
	fi
	trap - EXIT
	initiator_end "$client" "$capture"
	((status == 0)) || die "$daemon does not initiate $3 of $2"
	initiator_outcome "$daemon" "$client"
	echo "$dir/capture.pcap"
}

initiator_outcome() {
	local suite notify
	suite=$("${1}_agreed" "$2")
	notify=$("${1}_refused" "$2")
	if [[ -n $suite ]]; then
		echo "agreed $suite"
	elif [[ -n $notify ]]; then
		echo "refused $notify"
	else
		echo unanswered
	fi
}

initiator_ready() {
	daemon_runs "$2" && "${1}_control" "$2"
}

initiator_done() {
	[[ $(initiator_outcome "$@") != unanswered ]]
}

# initiator_end CLIENT CAPTURE ends the daemon and the capture.
initiator_end() {
	kill "$2" 2>/dev/null || true
	wait "$2" 2>/dev/null || true
	initiator_stop "$1"
}

# initiator_stop ends a daemon beside the client, and nothing else there.
initiator_stop() {
	local pid
	daemon_runs "$1" || return 0
	pid=$(daemon_pid "$1")
	kill "$pid"
	await 5 process_gone "$pid" || kill -KILL "$pid"
	await 5 process_gone "$pid" || die "$1 outlives SIGKILL"
}

process_gone() {
	! kill -0 "$1" 2>/dev/null
}
