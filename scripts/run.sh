#!/usr/bin/env bash
# Builds Muster and opens it: in its window where there is a display, else at a loopback address for a browser on this
# machine. `make run`; the window keeps its data where the desktop keeps application data, the address in MUSTER_DATA.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh run
(cd ui && npx vite build --logLevel warn)

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec cargo run --locked -p muster-desktop --features custom-protocol
fi
data=${MUSTER_DATA:-${XDG_DATA_HOME:-$HOME/.local/share}/muster}
echo "No display here: Muster serves the same interface to a browser. Stop it with Ctrl-C."
exec cargo run --locked -p muster-server -- serve --data-dir "$data" --listen "${MUSTER_LISTEN:-127.0.0.1:8787}"
