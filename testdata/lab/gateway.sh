# What can be done with a gateway, whichever daemon it runs. Each daemon's file
# defines DAEMON_start, _control, _load, _stats, _loads and _split.
# shellcheck shell=bash

readonly GATEWAYS="strongswan strongswan-2 strongswan-pq libreswan openiked openiked-2"
declare -rA DAEMON=(
	[strongswan]=strongswan
	[strongswan-2]=strongswan
	[strongswan-pq]=strongswan
	[libreswan]=libreswan
	[openiked]=openiked
	[openiked-2]=openiked
)

need_gateway() {
	[[ -n ${1:-} && -n ${DAEMON[$1]:-} ]] || die "no gateway named \"${1:-}\"; there are: $GATEWAYS"
}

gateway_address() { # GATEWAY 4|6
	case $2 in
	4) echo "10.88.${LEG[$1]}.2" ;;
	6) echo "fd88:${LEG[$1]}::2" ;;
	*) die "address family \"$2\" is neither 4 nor 6" ;;
	esac
}

gateway_version() {
	local package=${DAEMON[$1]}_package name=${DAEMON[$1]}_name version
	is_installed "$1" || die "$1 is not installed: lab install $1"
	version=$(chroot "$(root_of "$1")" dpkg-query -W -f "\${Version}" "${!package}")
	echo "${!name} ${version%%-*} (Debian $version)"
}

gateway_ready() {
	daemon_runs "$1" && listens "$1" && "${DAEMON[$1]}_control" "$1"
}

# gateway_start starts the daemon, with a fresh log, and loads its default
# policy, so that the first load in the log is always the default one's.
gateway_start() {
	namespace_stop "iks-$1"
	# shellcheck disable=SC2153 # set in lab
	rm -f "$STATE/$1/log" "$STATE/$1/pid"
	"${DAEMON[$1]}_start" "$1"
	if ! await 20 gateway_ready "$1"; then
		tail -n 20 "$STATE/$1/log" >&2 || true
		die "$1 does not come up"
	fi
	gateway_policy "$1" default
}

# gateway_up leaves a gateway that is ready as it is.
gateway_up() {
	is_installed "$1" || die "$1 is not installed: lab install $1"
	mkdir -p "$STATE/$1"
	gateway_leg_up "$1"
	if ! gateway_ready "$1" || [[ ! -e $STATE/$1/policy ]]; then
		rm -f "$STATE/$1"/{limits,redirect,reads,policy}
		gateway_start "$1"
	fi
}

# gateway_restart forgets every IKE SA, and keeps the policy and the limits.
gateway_restart() {
	local policy
	need_running "$1"
	policy=$(cat "$STATE/$1/policy")
	gateway_start "$1"
	if [[ $policy != default ]]; then
		gateway_policy "$1" "$policy"
	fi
}

# policy_file prints the file of a policy: one of the lab's by its name, or any
# other by its path from the root.
policy_file() {
	local file=$LAB/policies/$(like "$1")/$2.conf
	[[ $2 != /* ]] || file=$2
	[[ -e $file ]] || die "$1 has no policy \"$2\"; it has: $(gateway_policies "$1")"
	echo "$file"
}

gateway_policies() {
	(cd "$LAB/policies/$(like "$1")" && printf '%s\n' *.conf) | sed 's/\.conf$//' | paste -sd ' '
}

# gateway_policy puts a policy in force: the old one's connections are unloaded.
gateway_policy() {
	local file
	file=$(policy_file "$1" "$2")
	need_running "$1"
	"${DAEMON[$1]}_load" "$1" "$file" || die "$1 does not take the policy $2; see lab log $1"
	echo "$2" >"$STATE/$1/policy"
}

# gateway_limits GATEWAY default|COOKIE [BLOCK] sets from how many half-open IKE
# SAs on the daemon asks for cookies, and from how many it answers nothing.
gateway_limits() {
	[[ ${DAEMON[$1]} != openiked ]] || die "OpenIKED has no limits of half-open IKE SAs"
	need_running "$1"
	if [[ $2 == default ]]; then
		rm -f "$STATE/$1/limits"
	else
		[[ "$2 $3" =~ ^[0-9]+\ [0-9]+$ ]] || die "limits are numbers, or default"
		echo "$2 $3" >"$STATE/$1/limits"
	fi
	gateway_restart "$1"
}

# gateway_redirect GATEWAY none|ADDRESS has the daemon send all initiators to
# another gateway (RFC 5685).
gateway_redirect() {
	[[ ${DAEMON[$1]} == libreswan ]] || die "only libreswan redirects all initiators"
	need_running "$1"
	if [[ $2 == none ]]; then
		rm -f "$STATE/$1/redirect"
	else
		echo "$2" >"$STATE/$1/redirect"
	fi
	gateway_restart "$1"
}

# gateway_reads GATEWAY PROPOSALS TRANSFORMS has the daemon read that many
# proposals of an offer, and that many transforms of a type in each.
gateway_reads() {
	[[ $1 == openiked-2 ]] || die "only openiked-2 reads less than all"
	need_running "$1"
	[[ "$2 $3" =~ ^[1-9][0-9]*\ [1-9][0-9]*$ ]] || die "how much it reads are two numbers from 1"
	echo "$2 $3" >"$STATE/$1/reads"
	gateway_restart "$1"
}

# keywords turns lines of a daemon's names of algorithms into proposals.
keywords() {
	local line
	while read -r line; do
		tr -s ' ' '\n' <<<"$line" | tr '~' ' ' | sed -E -f "$LAB/keywords.sed" | paste -sd -
	done
}

# gateway_proposals GATEWAY first|last prints one load of the daemon's log. sed
# reads to the end: a reader that stops early would kill the writer.
gateway_proposals() {
	local line=1
	[[ $2 == first ]] || line='$'
	need_running "$1"
	"${DAEMON[$1]}_loads" "$1" | sed -n "${line}p" | "${DAEMON[$1]}_split" | keywords
}

# gateway_accepts GATEWAY POLICY prints the suites that the policy accepts: what
# its file declares, or for a build's own default what the daemon logged of it.
gateway_accepts() {
	local file
	file=$(policy_file "$1" "$2")
	if ! sed -n 's/^# accepts: //p' "$file" | grep .; then
		gateway_proposals "$1" first
	fi
}

gateway_line() {
	local state="not installed" policy=- version=-
	if is_installed "$1"; then
		state=down
		version=$(gateway_version "$1")
		if gateway_ready "$1"; then
			state=up
			# Another command may be about to put one in force.
			policy=$(cat "$STATE/$1/policy" 2>/dev/null) || policy=-
		fi
	fi
	printf '%-14s %-14s %-10s %-12s %-11s %s\n' "$1" "$state" "$policy" \
		"$(gateway_address "$1" 4)" "$(gateway_address "$1" 6)" "$version"
}
