-- How many connections this role may still make here: of the server, the database and the role, whichever is least. What others are
-- is not shown to every role: whoever is in a database counts.
SELECT
  least(
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
      - coalesce(current_setting('reserved_connections', true)::int, 0) - count(*),
    (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database())
      - count(*) FILTER (WHERE datname = current_database()),
    (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = session_user)
      - count(*) FILTER (WHERE usename = session_user)
  )::int AS free
FROM pg_stat_activity
WHERE datid IS NOT NULL
