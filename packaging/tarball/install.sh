#!/bin/sh
# Installs Postern from this folder to /usr, or below DESTDIR. Starts and enables nothing, and leaves /etc alone.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
node=$here/usr/lib/postern/node/bin/node

fail() {
	printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
	exit 1
}

[ "$(uname -s)" = Linux ] || fail "this is $(uname -s)" "Postern runs on Linux alone"
if ! said=$("$node" --version 2>&1); then
	case "$said" in
	*GLIBC*) fail "the C library of this system is too old: $said" "glibc 2.28 or newer is needed" ;;
	esac
	fail "this archive is not for this machine ($(uname -m)): $said" "take the one for $(uname -m), on a system with glibc"
fi
[ -n "${DESTDIR:-}" ] || [ "$(id -u)" = 0 ] || fail "'$(id -un)' cannot write to /usr" "run it as root, or set DESTDIR"

mkdir -p "${DESTDIR:-}/usr"
# The old program first: files that are no more must not stay.
rm -rf "${DESTDIR:-}/usr/lib/postern"
cp -R "$here/usr/." "${DESTDIR:-}/usr/"

for library in libnftables.so.1 libpcap.so.0.8; do
	/sbin/ldconfig -p 2>/dev/null | grep -q "$library" || echo "warning: there is no $library; INSTALL.md says what needs it" >&2
done
echo "installed. Next: 'postern init', or 'postern check /etc/knockd.conf'; then 'systemctl enable --now knockd'"
