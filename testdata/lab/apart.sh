# Labs apart: each has namespaces, daemons and state of its own, beside any other
# lab of the machine.
# shellcheck shell=bash

# apart prints the number of a lab apart, and holds it until stdin ends. It is what
# a process sees that has /run, where namespaces get their names and the lab its
# state, to itself. In a PID namespace of its own all of it ends with this process,
# however that ends; bash waits for the orphans there.
apart() {
	((EUID == 0)) || die "the lab needs root"
	exec unshare --mount --pid --fork --kill-child --mount-proc \
		bash -euc 'mount -t tmpfs -o mode=755 tmpfs /run; echo "$1"; while read -r _; do :; done' apart $$
}

# within NUMBER COMMAND... runs a command of the lab for a lab apart.
within() {
	[[ $1 =~ ^[0-9]+$ && -e /proc/$1/ns/pid_for_children ]] || die "\"$1\" is not the number of a lab apart"
	exec nsenter --mount="/proc/$1/ns/mnt" --pid="/proc/$1/ns/pid_for_children" --wdns="$PWD" "$LAB/lab" "${@:2}"
}
