#!/usr/bin/env bash
# Backs the site up: its database, and the pictures staff uploaded. Encrypted, each archive read whole before the old ones go.
#
#   backup.sh          take a backup, then delete those that would be older than 30 days by tomorrow
#   backup.sh check    fail unless the newest backup is younger than 26 hours
#
# Variables: BACKUP_TO     the public key of age (https://age-encryption.org), for which it is encrypted
#            BACKUP_DIR    where to; not set: /var/backups/harley
#            DATABASE_URL and VAR_DIR, as the site has them
#            COMPOSE_FILE  path of compose.yaml: then database and pictures are those of its containers
#
# It fails, and deletes nothing, when any part of it fails.
set -euo pipefail
umask 077

fail() { echo "backup: $*" >&2; exit 1; }

FOLDER=${BACKUP_DIR:-/var/backups/harley}
KEPT=$(((29 * 24 - 1) * 60)) # minutes: tomorrow's run may come up to an hour late, and nothing is kept for more than 30 days
FRESH=$((26 * 60))

if [ "${1:-}" = check ]; then
  newest=$(find "$FOLDER" -maxdepth 1 \( -name '*.sqlite3.age' -o -name '*.dump.age' \) -size +0 -mmin "-$FRESH" -print -quit) || newest=
  [ -n "$newest" ] || fail "no backup of the last 26 hours in $FOLDER"
  exit 0
fi
[ $# = 0 ] || fail "unknown argument: $1 (only 'check' is one)"

TO=${BACKUP_TO:-}
[ -n "$TO" ] || fail "BACKUP_TO, the public key to encrypt for, is not set"
command -v age >/dev/null || fail "age is needed (on Debian: apt install age)"
mkdir -p "$FOLDER"
work=$(mktemp -d "$FOLDER/unfinished.XXXXXX")
trap 'rm -rf "$work"' EXIT
name=$(date -u +%Y-%m-%d-%H%M%S)

# Encrypts $1 into the folder, under its own name, and takes the readable copy away.
keep() {
  age -r "$TO" -o "$1.age" "$1"
  [ "$(wc -c <"$1.age")" -ge "$(wc -c <"$1")" ] || fail "$(basename "$1").age is shorter than what went into it"
  rm "$1"
}

# A dump is good if all of it can be read, and it holds the requests.
check_dump() {
  pg_restore --list "$1" | grep -q ' TABLE DATA .* bookings_enquiry ' || fail "the dump holds no requests: is this the site's database?"
  pg_restore --file=/dev/null "$1" || fail "the dump cannot be read"
}

if [ -n "${COMPOSE_FILE:-}" ]; then
  inside() { docker compose exec -T "$@"; }
  file=$work/$name.dump
  inside database pg_dump --username=postgres --format=custom harley >"$file"
  inside database sh -c 'cat >/tmp/check && pg_restore --file=/dev/null /tmp/check && pg_restore --list /tmp/check; code=$?; rm /tmp/check; exit $code' \
    <"$file" | grep -q ' TABLE DATA .* bookings_enquiry ' || fail "the dump cannot be read, or holds no requests"
  # The pictures staff uploaded, and the list of erasures, as far as there are any.
  inside web sh -c 'cd /var/lib/harley && set -- $(ls -d media erased 2>/dev/null) && { [ $# = 0 ] || tar -cz "$@"; }' >"$work/$name.files.tar.gz"
else
  [ -n "${VAR_DIR:-}" ] || fail "VAR_DIR is not set"
  [ -d "$VAR_DIR" ] || fail "VAR_DIR: there is no folder $VAR_DIR"
  url=${DATABASE_URL:-sqlite:///$VAR_DIR/db.sqlite3}
  case $url in
    sqlite:*)
      # While the site runs. Never `cp`: it misses what still lies in the log file, and can tear the copy.
      file=$work/$name.sqlite3
      python3 - "$url" "$file" <<'PYTHON'
import sqlite3, sys
from contextlib import closing
from urllib.parse import quote, unquote

path = unquote(sys.argv[1].removeprefix("sqlite:///"))
try:
    with closing(sqlite3.connect(f"file:{quote(path)}?mode=rw", uri=True)) as live, closing(sqlite3.connect(sys.argv[2])) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        if (verdict := copy.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            sys.exit(f"backup: the copy of {path} is not whole: {verdict}")
        copy.execute("SELECT count(*) FROM bookings_enquiry")
except sqlite3.Error as error:
    sys.exit(f"backup: {path}: {error}")
PYTHON
      ;;
    postgres:* | postgresql:*)
      command -v pg_dump >/dev/null || fail "pg_dump is needed (on Debian: apt install postgresql-client)"
      # By variables: a password on a command line is seen by every account of the machine.
      variables=$(python3 - <<'PYTHON'
import os, shlex
from urllib.parse import parse_qsl, unquote, urlsplit

url = urlsplit(os.environ["DATABASE_URL"])
where = url.netloc.rpartition("@")[2]
host, _, port = where[1:].partition("]") if where.startswith("[") else where.partition(":")
found = {"PGHOST": unquote(host), "PGPORT": port.lstrip(":"), "PGUSER": unquote(url.username or ""), "PGPASSWORD": unquote(url.password or "")}
found["PGDATABASE"] = unquote(url.path.removeprefix("/"))
found |= {f"PG{name.upper()}": value for name, value in parse_qsl(url.query) if name in {"host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey"}}
for name, value in found.items():
    if value:
        print(f"export {name}={shlex.quote(value)}")
PYTHON
      )
      eval "$variables"
      [ -n "${PGDATABASE:-}" ] || fail "DATABASE_URL names no database"
      file=$work/$name.dump
      pg_dump --format=custom --file="$file"
      check_dump "$file"
      ;;
    *) fail "DATABASE_URL names neither SQLite nor PostgreSQL" ;;
  esac
  # The pictures staff uploaded, and the list of erasures.
  files=()
  for part in media erased; do [ ! -e "$VAR_DIR/$part" ] || files+=("$part"); done
  [ ${#files[@]} = 0 ] || tar -cz -C "$VAR_DIR" -f "$work/$name.files.tar.gz" "${files[@]}"
fi

[ -s "$file" ] || fail "the copy of the database is empty"
keep "$file"
if [ -s "$work/$name.files.tar.gz" ]; then
  tar -tzf "$work/$name.files.tar.gz" >/dev/null
  keep "$work/$name.files.tar.gz"
fi
sync "$work"/*.age
mv "$work"/*.age "$FOLDER/"
find "$FOLDER" -maxdepth 1 -name '*.age' -mmin "+$KEPT" -delete
echo "backup: $FOLDER/$(basename "$file").age"
