#!/bin/sh
# install-packages.sh LIST: install the Debian packages in a list that are missing, as root or through sudo.
set -eu
list=$1
missing=""
for package in $(grep -v '^#' "$list"); do
    dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
        missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "Installing Debian packages:$missing"
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null; then
    as_root="sudo"
else
    echo "These packages are missing and there is neither root nor sudo. As root, run:" >&2
    echo "  apt-get install --no-install-recommends$missing" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086 (a list of words)
$as_root apt-get install --yes --no-install-recommends -qq $missing >/dev/null
