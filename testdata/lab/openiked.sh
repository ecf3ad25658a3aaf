# OpenIKED: iked, with PF_KEY answered by openiked-afkey.so.
# shellcheck shell=bash

# shellcheck disable=SC2034 # read by the daemon's name
openiked_package=openiked
# shellcheck disable=SC2034
openiked_name=OpenIKED

openiked_start() {
	local folder
	install -m 600 "$LAB/policies/openiked/default.conf" "$STATE/$1/iked.conf"
	for folder in ca certs crls private pubkeys; do
		mkdir -p "$STATE/$1/etc-iked/$folder"
	done
	install -m 600 "$(root_of "$1")/etc/iked/private/local.key" "$STATE/$1/etc-iked/private/"
	cp "$(root_of "$1")/etc/iked/local.pub" "$STATE/$1/etc-iked/"
	local iked=iked
	local -a reads=()
	if [[ $1 == openiked-2 ]]; then
		iked=iked-short
		[[ ! -e $STATE/$1/reads ]] || read -ra reads <"$STATE/$1/reads"
		reads=("LAB_PROPOSALS=${reads[0]:-1000}" "LAB_TRANSFORMS=${reads[1]:-1000}")
	fi
	launch "$1" env LD_PRELOAD=/usr/lib/openiked-afkey.so "${reads[@]}" "$iked" -d -v -v -f /run/lab/iked.conf
}

openiked_control() { # GATEWAY, ready for ikectl
	inside "$1" ikectl show sa >/dev/null 2>&1
}

# iked reads the file again in its own time, so this waits for its log.
openiked_load() { # GATEWAY POLICY-FILE
	local compiled
	install -m 600 "$2" "$STATE/$1/iked.conf"
	if [[ -d ${2%.conf} ]]; then # what the policy brings along
		rm -f "$STATE/$1"/etc-iked/{ca,certs}/*
		cp -r "${2%.conf}/." "$STATE/$1/etc-iked/"
		chmod -R a+rX "$STATE/$1"/etc-iked/{ca,certs} # iked reads them without privileges
		chmod 600 "$STATE/$1/etc-iked/private/local.key"
	fi
	quietly inside "$1" iked -n -f /run/lab/iked.conf || return 1
	compiled=$(openiked_compiled "$1")
	quietly inside "$1" ikectl reset all || return 1
	quietly inside "$1" ikectl reload || return 1
	await 10 openiked_compiled_since "$1" "$compiled"
}

openiked_compiled() {
	grep -c 'config_getcompile: compilation done' "$STATE/$1/log" || true
}

openiked_compiled_since() {
	(($(openiked_compiled "$1") > $2))
}

# iked keeps a request that it refused as CLOSED for a while.
openiked_stats() {
	inside "$1" ikectl show sa | awk '
		/^iked_sas:/ { total++; if ($0 !~ / (ESTABLISHED|CLOSED) /) half_open++ }
		END { print "half_open=" half_open + 0 " total=" total + 0 }'
}

# iked logs each policy that it loads as it would be written, with the defaults:
#	ikev2 "lab" ... ikesa enc aes-256 prf ... group ... ikesa ... childsa ...
openiked_loads() {
	sed -nE 's/^ikev2 "lab" .* any ikesa (.*) childsa .*$/\1/p' "$STATE/$1/log" |
		sed -E 's/ childsa .*//'
}

# A word and its value become one name, joined by a mark that keywords() takes
# away again, and the INTEGs go before the PRFs, as in the other daemons' lines.
openiked_split() {
	sed -E 's/ ikesa /\n/g' |
		sed -E 's/(enc|auth|prf|group) /\1~/g; s/((prf~[^ ]+ )+)((auth~[^ ]+ )+)/\3\1/'
}
