#!/usr/bin/env bash
# Release builds: muster-server, the desktop program and its Debian package. `make build`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh run
(cd ui && npx vite build --logLevel warn)
cargo build --locked --release -p muster-server
(cd src-tauri && ../ui/node_modules/.bin/tauri build --bundles deb)
printf '\n%s\n' "$PWD/target/release/muster-server" "$PWD"/target/release/bundle/deb/*.deb
