#!/bin/sh
# headless.sh PROGRAM [ARG…]: runs it with an X server, a session bus and user folders of its own, and gives back its exit status.
# The server picks a free display number itself (-displayfd), so tests may run side by side.
set -u
command -v Xvfb >/dev/null && command -v dbus-run-session >/dev/null || { echo '1..0 # SKIP no Xvfb or dbus-run-session'; exit 0; }
place=$(mktemp -d) || exit 99
mkfifo "$place/display"
Xvfb -displayfd 3 -screen 0 "${SACCADE_SCREEN:-1280x800x24}" -nolisten tcp -noreset 3>"$place/display" >/dev/null 2>"$place/xlog" &
server=$!
child=
trap 'kill $child $server 2>/dev/null; wait $child $server 2>/dev/null; rm -rf "$place"' EXIT
trap 'exit 143' TERM INT
read -r number <"$place/display" || { cat "$place/xlog" >&2; exit 99; }
mkdir -m 700 "$place/run"
export DISPLAY=":$number" GDK_BACKEND=x11 GSK_RENDERER=cairo GTK_A11Y=atspi NO_AT_BRIDGE=0 ADW_DISABLE_PORTAL=1
export XDG_RUNTIME_DIR="$place/run" XDG_CONFIG_HOME="$place/config" XDG_DATA_HOME="$place/data" XDG_STATE_HOME="$place/state"
export XDG_CACHE_HOME="${SACCADE_HEADLESS_CACHE:-$place/cache}"
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS
# What the bus starts writes to its own stdout, which must not get between the lines of TAP: only the program has ours.
exec 4>&1
dbus-run-session -- sh -c 'exec "$@" >&4 4>&-' sh "$@" >/dev/null &
child=$!
wait $child
