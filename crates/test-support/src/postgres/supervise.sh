# Runs one throw-away PostgreSQL server and stops it when no test uses it any more.
#
# Arguments: the server's programs, the folder of the locks, then the ports to try in turn.
#
# Every test process holds a shared lock on users.lock as long as it lives. The kernel lets go of it however that
# process ends, so an exclusive lock here means that nobody is left. supervisor.lock shows that this script lives.
set -eu
programs=$1
state=$2
shift 2
umask 077
cd /

exec 8>>"$state/users.lock" 9>>"$state/supervisor.lock"
flock --nonblock 9 || { echo "another server is already supervised in $state" >&2; exit 1; }

# PostgreSQL refuses to run as root.
user=
if [ "$(id -u)" = 0 ]; then
    user=nobody
    if id postgres >/dev/null 2>&1; then user=postgres; fi
fi
# The server must not inherit the locks: it would hold them when this script is gone.
as_server() {
    if [ -n "$user" ]; then runuser -u "$user" -- "$@" 8>&- 9>&-; else "$@" 8>&- 9>&-; fi
}

remove_server() {
    as_server "$programs/pg_ctl" --pgdata "$1/data" --mode immediate --wait stop >/dev/null 2>&1 || true
    rm -rf "$1"
}

# A server whose supervisor was killed is still there.
if [ -f "$state/home" ]; then
    left_over=$(cat "$state/home")
    case $left_over in */holdfast-test-pg-??????) remove_server "$left_over" ;; esac
fi
rm -f "$state/url"

home=$(mktemp -d "${TMPDIR:-/tmp}/holdfast-test-pg-XXXXXX")
printf '%s\n' "$home" >"$state/home"
password=$(tr -d - </proc/sys/kernel/random/uuid)
printf '%s\n' "$password" >"$home/password"
if [ -n "$user" ]; then chown -R "$user" "$home"; fi

as_server "$programs/initdb" --pgdata "$home/data" --username holdfast --pwfile "$home/password" \
    --auth scram-sha-256 --encoding UTF8 --locale C.UTF-8 --no-sync >"$home/initdb.log" 2>&1 ||
    { cat "$home/initdb.log" >&2; rm -rf "$home"; exit 1; }

# Its contents are worth nothing after the run, so it need not survive a power cut.
cat >>"$home/data/postgresql.conf" <<'SETTINGS'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300
max_locks_per_transaction = 512
shared_buffers = 128MB
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 4GB
checkpoint_timeout = 1h
SETTINGS

started=
for port; do
    if as_server "$programs/pg_ctl" --pgdata "$home/data" --log "$home/server.log" --options "-p $port" \
        --wait --timeout 60 start >/dev/null 2>&1; then
        started=$port
        break
    fi
done
if [ -z "$started" ]; then
    cat "$home/server.log" >&2
    rm -rf "$home"
    exit 1
fi

printf 'postgres://holdfast:%s@127.0.0.1:%s/postgres\n' "$password" "$started" >"$state/url.new"
mv "$state/url.new" "$state/url"
echo ready
exec >/dev/null

# nextest starts a process for each test, so a moment without any test is not yet the end of the run.
while :; do
    flock --exclusive 8 9>&-
    flock --unlock 8 9>&-
    sleep 5 8>&- 9>&-
    if flock --exclusive --nonblock 8 9>&-; then break; fi
done
remove_server "$home"
rm -f "$state/url" "$state/home"
