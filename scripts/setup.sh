#!/usr/bin/env bash
# Installs what Muster needs on a Debian 12 machine that has only Rust and Node: system packages, then the npm packages
# of the interface. Safe to run again and again; does nothing, within a second, when nothing is missing.
#
#   scripts/setup.sh run     what building and opening the program needs
#   scripts/setup.sh test    the same, and what the tests need (browser, display, database and mail servers)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build_packages=(
    build-essential pkg-config curl ca-certificates
    libwebkit2gtk-4.1-dev libayatana-appindicator3-dev librsvg2-dev libssl-dev
)
test_packages=(
    xvfb xauth webkit2gtk-driver dbus dbus-x11 at-spi2-core imagemagick gnome-keyring
    chromium fonts-liberation fonts-noto-color-emoji
    postgresql postfix dovecot-imapd sqlite3 python3 python3-pyftpdlib python3-openssl python3-asyncssh openssh-server
)

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# The packages of the list that are not installed, one a line.
missing() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || echo "$package"
    done
}

install_packages() {
    local absent
    absent=$(missing "$@")
    [ -n "$absent" ] || return 0
    echo "setup: installing" $absent
    # Tests run smtp-sink, and a Postfix in a folder of their own: the machine's mail service is left unconfigured.
    if grep -qx postfix <<<"$absent"; then
        echo 'postfix postfix/main_mailer_type select No configuration' | as_root debconf-set-selections
    fi
    as_root apt-get -o DPkg::Lock::Timeout=300 -q update
    # shellcheck disable=SC2086 # one word a package
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qy \
        install --no-install-recommends $absent
}

# `npm ci` in a directory, unless it was done for this very lock file.
install_npm() {
    local dir=$1 stamp="$1/node_modules/.lock-sha256" wanted
    [ -f "$dir/package-lock.json" ] || return 0
    wanted=$(sha256sum <"$dir/package-lock.json")
    if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
        echo "setup: npm ci in $dir"
        (cd "$dir" && npm ci --no-audit --no-fund --loglevel=error)
        echo "$wanted" >"$stamp"
    fi
}

require() {
    command -v "$1" >/dev/null || { echo "setup: $1 is missing: $2" >&2; exit 1; }
}

mode=${1:-run}
require cargo "install Rust (https://rustup.rs)"
require node "install Node 20 or newer"
case "$mode" in
    run) install_packages "${build_packages[@]}" ;;
    test) install_packages "${build_packages[@]}" "${test_packages[@]}" ;;
    *) echo "usage: $0 [run|test]" >&2; exit 2 ;;
esac
install_npm ui
if [ "$mode" = test ]; then install_npm tests/e2e; fi
