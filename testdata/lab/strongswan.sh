# strongSwan: charon-systemd, configured through swanctl.
# shellcheck shell=bash

# shellcheck disable=SC2034 # read by the daemon's name
strongswan_package=charon-systemd
# shellcheck disable=SC2034
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
				# what counts against them is there until the scan has ended
				half_open_timeout = 600
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
	local pki="pki --gen --type rsa --size 2048 --outform pem"
	[[ ! -e $STATE/$1/pki/gateway.pem ]] || return 0
	mkdir -p "$STATE/$1/pki"
	quietly inside "$1" sh -euc "
		cd /run/lab/pki
		$pki >ca.key
		$pki >gateway.key
		pki --self --ca --lifetime 365 --in ca.key --type rsa \
			--dn 'CN=ikescope lab CA' --outform pem >ca.pem
		pki --issue --lifetime 365 --in gateway.key --type priv \
			--cacert ca.pem --cakey ca.key --dn 'CN=gateway.lab' --san gateway.lab \
			--flag serverAuth --outform pem >gateway.new
		mv gateway.new gateway.pem"
}

strongswan_load() { # GATEWAY POLICY-FILE
	local dir=$STATE/$1 folder
	# Only a policy that needs certificates has them: a CA that is loaded shows
	# in every answer, as a CERTREQ.
	rm -f "$dir"/{x509/gateway.pem,x509ca/ca.pem,private/gateway.key}
	if grep -q '^[[:space:]]*certs = gateway.pem' "$2"; then
		make_certificates "$1" || return 1
		cp "$dir/pki/gateway.pem" "$dir/x509/"
		cp "$dir/pki/ca.pem" "$dir/x509ca/"
		cp "$dir/pki/gateway.key" "$dir/private/"
	fi
	rm -rf "$dir/mine"
	if [[ -d ${2%.conf} ]]; then
		# What the policy brings along.
		cp -r "${2%.conf}" "$dir/mine"
		for folder in x509 x509ca private; do
			rm -f "$dir/$folder"/*
			[[ ! -d $dir/mine/$folder ]] || cp "$dir/mine/$folder"/* "$dir/$folder/"
		done
	fi
	cat "$LAB/base/swanctl.conf" "$2" >"$dir/swanctl.conf"
	quietly inside "$1" swanctl --load-all --clear --file /run/lab/swanctl.conf
}

# strongswan_initiate CLIENT FILE CONNECTION ADDRESS: what is set after FILE
# takes the place of what FILE says.
strongswan_initiate() {
	local dir=$STATE/$1
	cp "$2" "$dir/swanctl.conf"
	cat >>"$dir/swanctl.conf" <<-CONF

		connections {
			$3 {
				local_addrs = $CLIENT_ADDRESS
				remote_addrs = $4
				local {
					auth = psk
				}
				remote {
					auth = psk
				}
			}
		}
		secrets {
			ike {
				secret = "ikescope lab"
			}
		}
	CONF
	quietly inside "$1" swanctl --load-all --clear --file /run/lab/swanctl.conf || return 1
	# It fails if the IKE SA does, which the log tells.
	inside "$1" swanctl --initiate --ike "$3" --timeout 10 >/dev/null 2>&1 || true
}

strongswan_agreed() {
	sed -nE 's/^.*selected proposal: IKE:(.*)$/\1/p' "$STATE/$1/log" | sed -n '$p' | strongswan_split | keywords
}

strongswan_refused() {
	sed -nE 's/^.*received (NO_PROPOSAL_CHOSEN) notify.*$/\1/p' "$STATE/$1/log" | sed -n 1p
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
