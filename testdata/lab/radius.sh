# FreeRADIUS beside a gateway, on the loopback interface of its namespace.
# shellcheck shell=bash

# radius GATEWAY FOLDER|none starts it with the server's certificates (server.pem) and
# key (server.key), and the authorities of clients (ca.pem), of a folder; none ends it.
radius() {
	local name=radius-$1 pid
	need_running "$1"
	if daemon_runs "$name"; then
		pid=$(daemon_pid "$name")
		kill "$pid"
		await 10 radius_ended "$name" || die "FreeRADIUS does not end"
	fi
	[[ $2 != none ]] || return 0
	root_complete freeradius || die "FreeRADIUS is not installed: lab install"
	mkdir -p "$STATE/$name"
	cp "$2"/server.pem "$2"/server.key "$2"/ca.pem "$STATE/$name/"
	cp "$LAB/base/freeradius.conf" "$STATE/$name/radiusd.conf"
	rm -f "$STATE/$name/log"
	launch "$name" freeradius -f -d /run/lab -D /usr/share/freeradius
	if ! await 20 radius_ready "$name"; then
		tail -n 20 "$STATE/$name/log" >&2
		die "FreeRADIUS does not come up"
	fi
}

radius_ready() {
	grep -qs 'Ready to process requests' "$STATE/$1/log"
}

radius_ended() {
	! daemon_runs "$1"
}
