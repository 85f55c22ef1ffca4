#!/bin/sh
# The screen end to end: a virtual X server, keys by xdotool, read back by AT-SPI. `make e2e` runs it.
set -eu
here=$(dirname "$0")
for program in Xvfb xauth xdotool dbus-run-session; do
    command -v "$program" >/dev/null || { echo "$program is missing: make packages" >&2; exit 1; }
done
words=$("$1" -c 'import sys; sys.path.insert(0, "tests/ui"); from sample_release import REQUEST; from workstation.core.release_words import release_words; print(" ".join(release_words(REQUEST)))')
export QT_QPA_PLATFORM=xcb QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1 NO_AT_BRIDGE=0
exec xvfb-run --auto-servernum --server-args="-screen 0 1280x800x24" dbus-run-session -- sh -c '
    /usr/libexec/at-spi-bus-launcher --launch-immediately >/dev/null 2>&1 &
    launcher=$!
    sleep 1
    "$1" "$2/screen.py" & screen=$!
    here=$2; shift 2
    status=0
    timeout 240 /usr/bin/python3 "$here/drive.py" "$@" || status=$?
    kill "$screen" "$launcher" 2>/dev/null || true
    exit "$status"
' sh "$1" "$here" $words
