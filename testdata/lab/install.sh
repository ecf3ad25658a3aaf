# The cache of root file systems that the daemons run in, one for each gateway.
# shellcheck shell=bash

# The Debian packages of each gateway, and the suite that they come from.
readonly STRONGSWAN_PACKAGES="charon-systemd strongswan-swanctl strongswan-pki \
libcharon-extra-plugins libcharon-extauth-plugins \
libstrongswan-extra-plugins libstrongswan-standard-plugins"
declare -rA PACKAGES=(
	[strongswan]=$STRONGSWAN_PACKAGES
	[strongswan-2]=$STRONGSWAN_PACKAGES
	[strongswan-pq]=$STRONGSWAN_PACKAGES
	[libreswan]=libreswan
	[openiked]=openiked
	[openiked-2]=openiked
	[freeradius]=freeradius
	[hostapd]=hostapd
	[charon-cmd]="charon-cmd libcharon-extra-plugins libcharon-extauth-plugins libstrongswan-extra-plugins libstrongswan-standard-plugins"
)
declare -rA SUITE=(
	[strongswan]=trixie
	[strongswan-2]=trixie
	[strongswan-pq]=sid
	[libreswan]=trixie
	[openiked]=trixie
	[openiked-2]=trixie
	[freeradius]=trixie
	[hostapd]=trixie
	[charon-cmd]=trixie
)

# The packages that openiked-2, which runs another iked, is built with.
readonly BUILD_PACKAGES="dpkg-dev gcc g++ libc6-dev cmake bison make patch \
libevent-dev libssl-dev"

# Commands that the lab runs on the host, and the package that each comes with.
declare -rA HOST_COMMANDS=(
	[ip]=iproute2 [nft]=nftables [debootstrap]=debootstrap [unshare]=util-linux
	[nsenter]=util-linux [sysctl]=procps [gcc]=gcc [tcpdump]=tcpdump
	[openssl]=openssl
)

# like GATEWAY prints the gateway whose root and policies another one has, too:
# an initiator, or a second one of its kind. RADIUS servers of a kind have one root.
like() {
	local name=${1#client-}
	[[ $name != radius-* ]] || name=freeradius
	[[ $name != hostapd-* ]] || name=hostapd
	echo "${name%-2}"
}

root_of() {
	echo "$CACHE/roots/$(like "$1")"
}

# A root counts only with its stamp, which is written last and says of what the
# root was made.
root_complete() {
	[[ $(cat "$(root_of "$1").complete" 2>/dev/null) == "$(recipe "$1")" ]]
}

# is_installed GATEWAY holds if its root is complete and all that it runs is there.
is_installed() {
	root_complete "$1" && [[ $1 != openiked-2 || -x $(short_iked) ]]
}

short_iked() {
	echo "$(root_of openiked)/usr/sbin/iked-short"
}

recipe() {
	echo "${SUITE[$1]}: ${PACKAGES[$1]}"
}

# host_mirror prints the base address of the Debian archive that this machine's
# own apt sources name.
host_mirror() {
	local codename
	# shellcheck source=/dev/null
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	apt-get indextargets --format "\$(RELEASE) \$(REPO_URI)" "Created-By: Packages" |
		awk -v want="$codename" '
			$1 == want { print $2; found = 1; exit }
			first == "" && $2 !~ /security/ { first = $2 }
			END { if (!found && first != "") print first }'
}

# use_host_proxy hands the host apt's HTTP proxy, if it has one, to the tools
# that fetch into a root.
use_host_proxy() {
	local proxy
	proxy=$(apt-config shell p Acquire::http::Proxy | sed -n "s/^p='\(.*\)'$/\1/p")
	if [[ -n $proxy && $proxy != DIRECT ]]; then
		export http_proxy=$proxy
	fi
}

install_host_packages() {
	local command missing=()
	for command in "${!HOST_COMMANDS[@]}"; do
		type -P "$command" >/dev/null || missing+=("${HOST_COMMANDS[$command]}")
	done
	[[ -e /usr/include/dlfcn.h ]] || missing+=(libc6-dev)
	[[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] || missing+=(debian-archive-keyring)
	if ((${#missing[@]})); then
		note "host packages: ${missing[*]}"
		export DEBIAN_FRONTEND=noninteractive
		quietly apt-get update
		quietly apt-get install -y --no-install-recommends "${missing[@]}"
	fi
}

# quietly CMD... shows what a command printed only if it fails.
quietly() {
	local out
	if ! out=$("$@" 2>&1 </dev/null); then
		printf '%s\n' "$out" | tail -n 30 >&2
		note "failed: $*"
		return 1
	fi
}

# make_base SUITE makes the minimal system that the roots of a suite start from.
make_base() {
	local base=$CACHE/base/$1 mirror
	[[ ! -e $base.complete ]] || return 0
	rm -rf "$base"
	mkdir -p "$CACHE/base"
	mirror=$(host_mirror)
	[[ -n $mirror ]] || { note "no Debian mirror in this machine's apt sources"; return 1; }
	# The script is named, since an older debootstrap may not know a newer suite.
	# What it mounts goes with its mount namespace, even if it is killed.
	quietly unshare --mount debootstrap --variant=minbase "$1" "$base" "$mirror" /usr/share/debootstrap/scripts/sid || return 1
	# No daemon starts while its package is installed; and a mirror that
	# stands still for some weeks is good enough.
	printf '#!/bin/sh\nexit 101\n' >"$base/usr/sbin/policy-rc.d" || return 1
	chmod +x "$base/usr/sbin/policy-rc.d" || return 1
	echo 'Acquire::Check-Valid-Until "false";' >"$base/etc/apt/apt.conf.d/80ikescope-lab" || return 1
	quietly chroot "$base" apt-get update || return 1
	touch "$base.complete"
}

make_root() {
	local root packages
	root=$(root_of "$1")
	read -ra packages <<<"${PACKAGES[$1]}"
	rm -rf "$root" "$root.complete"
	mkdir -p "$CACHE/roots"
	cp -a --reflink=auto "$CACHE/base/${SUITE[$1]}" "$root" || return 1
	quietly chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get install -y \
		--no-install-recommends -o Dpkg::Options::=--force-unsafe-io "${packages[@]}" || return 1
	recipe "$1" >"$root.complete"
}

# build_afkey compiles the library that OpenIKED is preloaded with, if its
# source is newer.
build_afkey() {
	local library
	library=$(root_of openiked)/usr/lib/openiked-afkey.so
	if root_complete openiked && [[ $LAB/openiked-afkey.c -nt $library ]]; then
		quietly gcc -O2 -Wall -shared -fPIC -o "$library.new" "$LAB/openiked-afkey.c"
		mv "$library.new" "$library"
	fi
}

# build_short builds iked of the source of its package, with openiked-short.patch,
# if that is newer, in a copy of the base that is thrown away.
build_short() {
	local build=$CACHE/build program
	program=$(short_iked)
	root_complete openiked && [[ $LAB/openiked-short.patch -nt $program ]] || return 0
	rm -rf "$build"
	cp -a --reflink=auto "$CACHE/base/${SUITE[openiked]}" "$build"
	cp "$LAB/openiked-short.patch" "$build/root/"
	sed -n 's/^deb /deb-src /p' "$build/etc/apt/sources.list" >"$build/etc/apt/sources.list.d/source.list"
	quietly chroot "$build" env DEBIAN_FRONTEND=noninteractive PACKAGES="$BUILD_PACKAGES" sh -euc '
		apt-get update
		apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-unsafe-io $PACKAGES
		cd /root
		apt-get source openiked
		cd openiked-*/
		patch -p1 <../openiked-short.patch
		cmake -S . -B obj -DCMAKE_BUILD_TYPE=Release
		make -C obj -j2 iked
		mv obj/iked/iked ../iked-short' || return 1
	mv "$build/root/iked-short" "$program"
	touch "$program" # newer than the patch
	rm -rf "$build"
}

# make_suite SUITE GATEWAY... makes a base and the roots that start from it.
make_suite() {
	local suite=$1 gateway
	shift
	note "$suite for: $*"
	make_base "$suite" || return 1
	for gateway; do
		! root_complete "$gateway" || continue # it is like one before it
		make_root "$gateway" || return 1
		[[ -z ${DAEMON[$gateway]:-} ]] || note "$gateway: $(gateway_version "$gateway")"
	done
}

# lab_install GATEWAY... makes the missing roots, and those of FreeRADIUS, hostapd and
# charon-cmd, each suite in its own process.
# The suite sid moves, and a source may be missing, so their failure is told and
# survived.
lab_install() {
	local gateway suite pid failed=0 started=$SECONDS
	local -A wanted=() pids=()
	install_host_packages
	use_host_proxy
	for gateway in "$@" freeradius hostapd charon-cmd; do
		root_complete "$gateway" || wanted[${SUITE[$gateway]}]+=" $gateway"
	done
	for suite in "${!wanted[@]}"; do
		# shellcheck disable=SC2086 # one word for each gateway
		make_suite "$suite" ${wanted[$suite]} &
		pids[$suite]=$!
	done
	for suite in "${!pids[@]}"; do
		pid=${pids[$suite]}
		if wait "$pid"; then
			continue
		elif [[ $suite == sid ]]; then
			note "WARNING: no root of Debian sid: the lab goes on WITHOUT strongswan-pq (ML-KEM)"
		else
			note "no root of Debian $suite"
			failed=1
		fi
	done
	((failed == 0)) || die "lab install failed"
	build_afkey
	build_short || note "WARNING: no openiked-2: the lab goes on WITHOUT a gateway that reads less than all of an offer"
	note "installed in $((SECONDS - started)) s, cache $CACHE"
}
