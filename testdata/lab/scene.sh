# Scenes: two daemons, an initiator and a responder, with a router between them,
# alone in namespaces that nothing else sees and that end with the scene.
# shellcheck shell=bash

# scene DIR INITIATOR RESPONDER, of which the former may be charon-cmd, reads commands from stdin; scene-run.sh says which.
# All that it starts is in a PID namespace of its own, so that it ends when stdin
# does, or when this process is killed in whatever way.
scene() {
	local product
	for product in "$2" "$3"; do
		[[ $product == charon-cmd ]] || need_gateway "$product"
		root_complete "$product" || die "$product is not installed: lab install $product"
	done
	[[ -d $1/initiator && -d $1/responder ]] || die "$1 has no folders initiator and responder"
	((EUID == 0)) || die "the lab needs root"
	scene_library clock && scene_library xfrm && scene_library espintcp || die "the libraries of scenes are not compiled"
	exec unshare --net --mount --pid --fork --kill-child --mount-proc \
		bash "$LAB/scene-run.sh" "$LAB" "$(readlink -f "$1")" "$CACHE" \
		"${DAEMON[$2]:-$2}" "$(root_of "$2")" "${DAEMON[$3]}" "$(root_of "$3")"
}

# scene_library NAME compiles scene-NAME.c, which daemons are preloaded with, if
# it is newer.
scene_library() {
	local library=$CACHE/scene-$1.so
	[[ $LAB/scene-$1.c -nt $library ]] || return 0
	quietly gcc -O2 -Wall -shared -fPIC -o "$library.$$" "$LAB/scene-$1.c" && mv "$library.$$" "$library"
}
