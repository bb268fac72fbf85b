#!/bin/sh
# A restore that is really made: the newest backup (or a moment: --target '2026-11-22 09:00:00+07') into an empty folder,
# a server of its own on a socket, the product's own checks, and a line with counts, ranking and log head to compare.
# As root, where pgBackRest reaches its repository:  deploy/pgbackrest/drill.sh FOLDER [--target MOMENT]
# With LANTOA="/opt/lantoa/.venv/bin/lantoa" (and the keys in the environment) the product checks too.
set -eu
FOLDER=$1
TARGET=
[ "${2:-}" = --target ] && TARGET=$3
PROGRAMS=${PROGRAMS:-/usr/lib/postgresql/15/bin}
CONFIG=${PGBACKREST_CONFIG:-/etc/pgbackrest/pgbackrest.conf}
STANZA=${STANZA:-lantoa}
PORT=5499
as_postgres() { (cd / && setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"); }
sql() { as_postgres psql -qAtX -h "$FOLDER" -p $PORT -U postgres -d "${DATABASE:-lantoa}" -c "$1"; }

[ -e "$FOLDER" ] && { echo "$FOLDER is there already" >&2; exit 2; }
BEGAN=$(date +%s)
install -d -o postgres -g postgres -m 0700 "$FOLDER" "$FOLDER/data"
finish() {
  as_postgres "$PROGRAMS/pg_ctl" -s -D "$FOLDER/data" -m immediate stop 2>/dev/null || true
  [ "${KEEP:-}" = 1 ] || rm -rf "$FOLDER"
}
trap finish EXIT

set -- --config="$CONFIG" --stanza="$STANZA" --pg1-path="$FOLDER/data" --lock-path="$FOLDER" --log-level-file=off
if [ -n "$TARGET" ]; then
  as_postgres pgbackrest "$@" --type=time --target="$TARGET" --target-action=promote restore
else
  as_postgres pgbackrest "$@" restore
fi

# Nobody but this drill may come in, nothing is archived, nothing waits for a standby; what Patroni wrote does not count.
printf 'local all all trust\n' > "$FOLDER/hba.conf"
cat > "$FOLDER/server.conf" <<END
listen_addresses = ''
unix_socket_directories = '$FOLDER'
port = $PORT
hba_file = '$FOLDER/hba.conf'
ident_file = '$FOLDER/ident.conf'
archive_mode = off
synchronous_standby_names = ''
max_connections = 300
max_worker_processes = 16
max_wal_senders = 20
max_prepared_transactions = 0
max_locks_per_transaction = 128
shared_buffers = 256MB
hot_standby = off
jit = off
END
: > "$FOLDER/ident.conf"
chown postgres:postgres "$FOLDER"/*.conf
as_postgres "$PROGRAMS/pg_ctl" -s -w -t 3600 -D "$FOLDER/data" -l "$FOLDER/data/drill.log" \
  -o "-c config_file=$FOLDER/server.conf -c data_directory=$FOLDER/data" start >&2
until [ "$(sql 'SELECT pg_is_in_recovery()')" = f ]; do sleep 0.2; done
echo "restored in $(($(date +%s) - BEGAN)) s" >&2

if [ -n "${LANTOA:-}" ]; then
  URL="postgresql://postgres@/lantoa?host=$FOLDER&port=$PORT"
  for CONTEST in $(sql 'SELECT slug FROM lantoa_contest'); do
    DATABASE_URL=$URL $LANTOA rebuild "$CONTEST" --check >&2
    DATABASE_URL=$URL $LANTOA log verify "$CONTEST" >&2
  done
fi
sql "$(cat "$(dirname "$0")/fingerprint.sql")"
