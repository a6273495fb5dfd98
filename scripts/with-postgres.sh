#!/usr/bin/env bash
# Runs a command beside a throw-away PostgreSQL 15 and removes the server afterwards, also when the command fails or is
# interrupted:
#
#   scripts/with-postgres.sh cargo test -p muster-db
#
# The command finds the server in MUSTER_TEST_PG_URL. Its role owns the database, may create databases and roles, and is
# no superuser, as on a real server: row-level security applies to it. Nothing is synced to disk. When the variable is set already, that server is used and left alone.
set -euo pipefail

[ $# -gt 0 ] || { echo "usage: $0 COMMAND [ARGUMENT…]" >&2; exit 2; }
if [ -n "${MUSTER_TEST_PG_URL:-}" ]; then exec "$@"; fi

bin=/usr/lib/postgresql/15/bin
[ -x "$bin/initdb" ] || { echo "with-postgres: $bin/initdb is missing; run scripts/setup.sh test" >&2; exit 1; }

dir=$(mktemp -d /tmp/muster-pg.XXXXXX)
child=
cleanup() {
    trap - EXIT INT TERM HUP
    if [ -n "$child" ] && kill -0 "$child" 2>/dev/null; then
        kill -TERM "$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    fi
    if [ -f "$dir/data/postmaster.pid" ]; then
        server "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
    fi
    # Hundreds of databases are many thousands of files: nobody has to wait for that.
    setsid nice rm -rf "$dir" </dev/null >/dev/null 2>&1 &
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# PostgreSQL refuses to run as root.
server() {
    if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}
if [ "$(id -u)" -eq 0 ]; then chown postgres "$dir"; fi

server "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" \
    || { cat "$dir/initdb.log" >&2; exit 1; }
cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$dir'
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 400
shared_buffers = 128MB
timezone = 'UTC'
CONF

# A port that another program takes in the meantime only costs another try.
started=
for _ in 1 2 3 4 5 6 7 8; do
    port=$((20000 + RANDOM % 10000))
    if server "$bin/pg_ctl" -D "$dir/data" -o "-p $port" -l "$dir/data/server.log" -w -t 30 start >/dev/null 2>&1; then
        started=yes
        break
    fi
done
[ -n "$started" ] || { cat "$dir/data/server.log" >&2; exit 1; }

server "$bin/psql" -q -v ON_ERROR_STOP=1 -h "$dir" -p "$port" -U postgres -d postgres \
    -c 'CREATE ROLE muster LOGIN CREATEDB CREATEROLE' -c 'CREATE DATABASE muster OWNER muster'

export MUSTER_TEST_PG_URL="postgres://muster@127.0.0.1:$port/muster"
# In the background, so that a signal to this script is handled at once; standard input is kept.
"$@" <&0 &
child=$!
code=0
wait "$child" || code=$?
child=
exit "$code"
