# libreswan: pluto, configured through ipsec addconn.
# shellcheck shell=bash

# shellcheck disable=SC2034 # read by the daemon's name
libreswan_package=libreswan
# shellcheck disable=SC2034
libreswan_name=libreswan

libreswan_start() {
	local dir=$STATE/$1 limits
	mkdir -p "$dir/nss"
	echo ': PSK "ikescope lab"' >"$dir/ipsec.secrets"
	cat "$LAB/base/libreswan.conf" "$LAB/policies/libreswan/default.conf" >"$dir/ipsec.conf"
	if [[ -e $dir/limits ]]; then
		read -ra limits <"$dir/limits"
		sed -i "s/^config setup$/&\n\tddos-ike-threshold=${limits[0]}\n\tmax-halfopen-ike=${limits[1]}/" "$dir/ipsec.conf"
	fi
	if [[ -e $dir/redirect ]]; then
		sed -i "s/^config setup$/&\n\tglobal-redirect=yes\n\tglobal-redirect-to=$(cat "$dir/redirect")/" "$dir/ipsec.conf"
	fi
	launch "$1" sh -euc '
		mkdir -p /run/pluto
		[ -e /run/lab/nss/cert9.db ] || ipsec initnss --nssdir /run/lab/nss
		exec /usr/libexec/ipsec/pluto --nofork --stderrlog --no-dnssec \
			--config /run/lab/ipsec.conf --nssdir /run/lab/nss \
			--secretsfile /run/lab/ipsec.secrets --ipsecdir /run/lab'
}

libreswan_control() { # GATEWAY, ready for whack
	inside "$1" ipsec whack --globalstatus >/dev/null 2>&1
}

libreswan_load() { # GATEWAY POLICY-FILE
	cat "$LAB/base/libreswan.conf" "$2" >"$STATE/$1/ipsec.conf"
	if grep -q '^# anyone$' "$2"; then # is let in
		sed -i 's/^\tauthby=secret$/\tauthby=null/; s/^\tleftid=.*$/\tleftid=%null\n\trightid=%null/' "$STATE/$1/ipsec.conf"
	fi
	inside "$1" sh -uc '
		ipsec whack --delete --name lab4
		ipsec whack --delete --name lab6' >/dev/null 2>&1 || true
	quietly inside "$1" ipsec addconn --config /run/lab/ipsec.conf lab4 lab6
}

# libreswan_initiate CLIENT FILE CONNECTION ADDRESS: the ends of FILE make way
# for those of the lab, which stand in a %default, since a conn that sets one
# twice is not loaded.
libreswan_initiate() {
	{
		sed -E '/^[[:space:]]+(left|right)(nexthop)?[[:space:]]*=/d' "$2"
		printf '\nconn %%default\n\tleft=%s\n\tright=%s\n\tauthby=secret\n' "$CLIENT_ADDRESS" "$4"
	} >"$STATE/$1/initiator.conf"
	quietly inside "$1" ipsec addconn --config /run/lab/initiator.conf "$3" || return 1
	inside "$1" ipsec whack --name "$3" --initiate --asynchronous >/dev/null 2>&1 || true
}

# pluto logs what it agreed on in one line:
#	... {cipher=AES_GCM_16_256 integ=n/a prf=HMAC_SHA2_512 group=DH19}, ...
libreswan_agreed() {
	sed -nE 's/^.*IKE_SA_INIT response .*\{cipher=([^ ]+) integ=([^ ]+) prf=([^ ]+) group=([^ }]+).*$/\1 \2 PRF_\3 \4/p' "$STATE/$1/log" |
		sed -n 1p |
		sed -E 's/ n\/a / /; s/DH19$/ECP_256/; s/DH20$/ECP_384/; s/DH21$/ECP_521/; s/DH31$/CURVE25519/' | keywords
}

libreswan_refused() {
	sed -nE 's/^.*(NO_PROPOSAL_CHOSEN).*$/\1/p' "$STATE/$1/log" | sed -n 1p
}

libreswan_stats() {
	inside "$1" ipsec whack --globalstatus | awk -F = '
		$1 == "current.states.iketype.halfopen" { half_open = $2 }
		$1 == "current.states.ike" { total = $2 }
		END { print "half_open=" half_open " total=" total }'
}

# pluto logs, of each connection that it adds, its proposals one a line:
#	"lab4":   1:IKE=AES_GCM_16_256-HMAC_SHA2_512+HMAC_SHA2_256-NONE-ECP_256+...
# Here they are joined to one line a load.
libreswan_loads() {
	awk '
		/"lab4": IKE SA proposals/ { if (line != "") print line; line = "" }
		match($0, /"lab4": +[0-9]+:IKE=/) {
			line = line (line == "" ? "" : " ") substr($0, RSTART + RLENGTH)
		}
		END { if (line != "") print line }' "$STATE/$1/log"
}

# The second field holds PRFs, whose names lack what tells them from INTEGs.
libreswan_split() {
	tr ' ' '\n' | awk -F - '{
		gsub(/[+]/, " PRF_", $2)
		line = $1 " " ($3 == "NONE" ? "" : $3 " ") "PRF_" $2 " " $4
		gsub(/[+]/, " ", line)
		print line
	}'
}
