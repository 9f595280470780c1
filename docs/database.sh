#!/bin/sh
# Run once by the image of PostgreSQL, in an empty database: the site's role, which owns its database and nothing else. Afterwards the
# superuser has no password: it gets in from inside the container only.
set -eu
psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres <<'SQL'
\getenv password POSTGRES_PASSWORD
CREATE ROLE harley LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE harley OWNER harley;
REVOKE ALL ON DATABASE harley, postgres FROM PUBLIC;
ALTER ROLE postgres PASSWORD NULL;
SQL
