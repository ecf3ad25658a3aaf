# strongSwan: charon-systemd, configured through swanctl.
# shellcheck shell=bash

strongswan_package=charon-systemd
strongswan_name=strongSwan

strongswan_start() {
	local gateway=$1 dir=$STATE/$1 limits folder
	for folder in x509 x509ca x509ocsp x509aa x509ac x509crl pubkey private rsa ecdsa pkcs8 pkcs12; do
		mkdir -p "$dir/$folder"
	done
	cp "$LAB/base/strongswan.conf" "$dir/strongswan.conf"
	if [[ -e $dir/limits ]]; then
		read -ra limits <"$dir/limits"
		cat >>"$dir/strongswan.conf" <<-CONF
			charon-systemd {
				cookie_threshold = ${limits[0]}
				cookie_threshold_ip = ${limits[0]}
				block_threshold = ${limits[1]}
			}
		CONF
	fi
	launch "$gateway" env STRONGSWAN_CONF=/run/lab/strongswan.conf charon-systemd
}

strongswan_control() { # GATEWAY, ready for swanctl
	inside "$1" swanctl --stats >/dev/null 2>&1
}

# make_certificates GATEWAY makes the CA and the gateway's certificate of the
# EAP policies, once for each `lab up`.
make_certificates() {
	local gateway=$1 pki="pki --gen --type rsa --size 2048 --outform pem"
	[[ ! -e $STATE/$gateway/x509/gateway.pem ]] || return 0
	quietly inside "$gateway" sh -euc "
		cd /run/lab
		$pki >ca.key
		$pki >private/gateway.key
		pki --self --ca --lifetime 365 --in ca.key --type rsa \
			--dn 'CN=ikescope lab CA' --outform pem >x509ca/ca.pem
		pki --issue --lifetime 365 --in private/gateway.key --type priv \
			--cacert x509ca/ca.pem --cakey ca.key --dn 'CN=gateway.lab' --san gateway.lab \
			--flag serverAuth --outform pem >gateway.new
		mv gateway.new x509/gateway.pem"
}

strongswan_load() { # GATEWAY POLICY-FILE
	local dir=$STATE/$1
	if grep -q '^[[:space:]]*certs' "$2"; then
		make_certificates "$1"
	fi
	cat "$LAB/base/swanctl.conf" "$2" >"$dir/swanctl.conf"
	quietly inside "$1" swanctl --load-all --clear --file /run/lab/swanctl.conf
}

strongswan_stats() {
	inside "$1" swanctl --stats |
		sed -nE 's/^IKE_SAs: ([0-9]+) total, ([0-9]+) half-open.*/half_open=\2 total=\1/p'
}

# charon logs, of each connection that it loads, the line
#	proposals = IKE:AES_CBC_256/HMAC_SHA2_256_128/..., IKE:...
strongswan_loads() {
	sed -nE 's/^.*\] +proposals = IKE:(.*)$/\1/p' "$STATE/$1/log"
}

strongswan_split() {
	sed 's/, IKE:/\n/g' | tr / ' '
}
