#!/usr/bin/env bash
# Runs a PostgreSQL server of its own in a temporary folder, for tests: on a Unix socket and on loopback with TLS.
#
#   scripts/postgresql.sh
#
# Prints one line `ready FOLDER PORT` and runs until its standard input ends; then it stops the server and removes the
# folder. So the server ends with whoever started it, however that one ends.
#
# FOLDER holds `socket/`, the certificate of its authority `ca.pem`, and `password`, that of the user `portvakt`. PostgreSQL
# refuses to run as root: the server then runs as the user `postgres`, which Debian's package makes.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$programs" ] || die "PostgreSQL is not installed (Debian: postgresql-15)"

folder=$(mktemp -d -t portvakt-postgres.XXXXXX)
server=""
finish() {
    trap - EXIT INT TERM HUP
    if [ -n "$server" ]; then
        kill -INT "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

as_user=()
if [ "$(id -u)" -eq 0 ]; then
    as_user=(setpriv --reuid=postgres --regid=postgres --clear-groups --no-new-privs --)
fi

{
    mkdir "$folder/socket"
    openssl rand -hex 16 >"$folder/password"
    # An authority and a certificate for `localhost`, which clients verify.
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=portvakt test authority" \
        -keyout "$folder/ca.key" -out "$folder/ca.pem"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" \
        -keyout "$folder/server.key" -out "$folder/server.csr"
    openssl x509 -req -in "$folder/server.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" -CAcreateserial -days 2 \
        -extfile <(echo "subjectAltName=DNS:localhost") -out "$folder/server.pem"
    chmod 0600 "$folder/server.key"
    [ "${#as_user[@]}" -eq 0 ] || chown -R postgres:postgres "$folder"
    cd "$folder"
    "${as_user[@]}" "$programs/initdb" --pgdata="$folder/data" --username=portvakt --pwfile="$folder/password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync
} >"$folder/start.log" 2>&1 </dev/null || {
    cat "$folder/start.log" >&2
    die "the cluster could not be made"
}
# The tests read them, whoever they run as.
chmod 0755 "$folder" "$folder/socket"
chmod 0644 "$folder/password" "$folder/ca.pem"

# A port that nobody has: tried until one is free.
for _ in 1 2 3 4 5 6 7 8; do
    port=$((20000 + RANDOM % 12000))
    "${as_user[@]}" "$programs/postgres" -D "$folder/data" -p "$port" -k "$folder/socket" \
        -c listen_addresses=127.0.0.1 -c ssl=on -c ssl_cert_file="$folder/server.pem" \
        -c ssl_key_file="$folder/server.key" -c max_connections=200 -c shared_buffers=64MB \
        -c log_min_messages=warning >"$folder/server.log" 2>&1 </dev/null &
    server=$!
    for _ in $(seq 300); do
        if "$programs/pg_isready" -q -h "$folder/socket" -p "$port" -U portvakt -d postgres; then
            echo "ready $folder $port"
            # Until whoever started it is gone.
            cat >/dev/null
            exit 0
        fi
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    kill -INT "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=""
done
cat "$folder/server.log" >&2
die "the server does not start"
