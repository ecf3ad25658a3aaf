# A RADIUS server beside a gateway, on the loopback interface of its namespace:
# FreeRADIUS or hostapd.
# shellcheck shell=bash

# radius GATEWAY FOLDER|none [freeradius|hostapd] starts it with the server's certificates
# (server.pem) and key (server.key), and the authorities of clients (ca.pem), of a folder;
# none ends the one that runs.
radius() {
	local kind=${3:-freeradius} name pid
	[[ $kind == freeradius || $kind == hostapd ]] || die "no RADIUS server \"$kind\": there are freeradius and hostapd"
	need_running "$1"
	for name in "radius-$1" "hostapd-$1"; do
		if daemon_runs "$name"; then
			pid=$(daemon_pid "$name")
			kill "$pid"
			await 10 radius_ended "$name" || die "$name does not end"
		fi
	done
	[[ $2 != none ]] || return 0
	root_complete "$kind" || die "$kind is not installed: lab install $1"
	name=radius-$1
	[[ $kind == freeradius ]] || name=$kind-$1
	mkdir -p "$STATE/$name"
	cp "$2"/server.pem "$2"/server.key "$2"/ca.pem "$STATE/$name/"
	rm -f "$STATE/$name/log"
	"${kind}_start" "$name"
	if ! await 20 "${kind}_ready" "$name"; then
		tail -n 20 "$STATE/$name/log" >&2
		die "$name does not come up"
	fi
}

freeradius_start() {
	cp "$LAB/base/freeradius.conf" "$STATE/$1/radiusd.conf"
	launch "$1" freeradius -f -d /run/lab -D /usr/share/freeradius
}

freeradius_ready() {
	grep -qs 'Ready to process requests' "$STATE/$1/log"
}

# hostapd knows carol as FreeRADIUS does, first as who she is in the clear, and then inside.
hostapd_start() {
	cp "$LAB/base/hostapd.conf" "$STATE/$1/"
	echo "127.0.0.1/32 ikescope-lab" >"$STATE/$1/clients"
	cat >"$STATE/$1/users" <<-'TEXT'
		"client.lab" TLS
		* PEAP,TTLS,MSCHAPV2,MD5,GTC "Ar3etTnp" [ver=0]
		"carol" MSCHAPV2,TTLS-PAP,TTLS-MSCHAPV2 "Ar3etTnp" [2]
	TEXT
	launch "$1" hostapd -d /run/lab/hostapd.conf
}

hostapd_ready() {
	grep -qs 'AP-ENABLED' "$STATE/$1/log"
}

radius_ended() {
	! daemon_runs "$1"
}
