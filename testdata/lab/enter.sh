# Run in a fresh mount namespace: enter.sh ROOT STATE CMD...
# Makes ROOT ready for one daemon and becomes that daemon.
# shellcheck shell=bash
set -euo pipefail
root=$1 state=$2
shift 2

# What the caller has open, such as a lock, is not the daemon's.
for fd in /proc/"$$"/fd/*; do
	fd=${fd##*/}
	((fd <= 2 || fd == 255)) || exec {fd}>&-
done

mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mkdir "$root/run/lab" "$root/run/lock"
mount --bind "$state" "$root/run/lab"
# What OpenIKED wants in /etc, and a policy brings along.
[[ ! -d $state/etc-iked ]] || mount --bind "$state/etc-iked" "$root/etc/iked"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"

echo $$ >"$state/pid"
exec chroot "$root" "$@"
