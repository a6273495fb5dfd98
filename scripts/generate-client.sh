#!/usr/bin/env bash
# Writes the API's document, ui/openapi.json, and the types that the interface takes from it, ui/src/gen. Both are
# committed. With --check it fails when they were not up to date. MUSTER_SERVER names a program that is built already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

before=$(mktemp -d /tmp/muster-client.XXXXXX)
trap 'rm -rf "$before"' EXIT
cp -r ui/openapi.json ui/src/gen "$before/"

if [ -n "${MUSTER_SERVER:-}" ]; then
    "$MUSTER_SERVER" openapi --out ui/openapi.json
else
    cargo run --quiet --locked -p muster-server -- openapi --out ui/openapi.json
fi
(cd ui && npm run --silent gen >/dev/null)

if [ "${1:-}" = --check ]; then
    if ! diff -r "$before/openapi.json" ui/openapi.json || ! diff -r "$before/gen" ui/src/gen; then
        echo "The generated client was not up to date. It is now: commit ui/openapi.json and ui/src/gen." >&2
        exit 1
    fi
fi
