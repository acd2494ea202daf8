-- One look at the locks of this database: the moment of it, which of the waits that are known go on, which are new, and
-- what the sessions of a migration hold. $1 integer[] and $2 float8[]: the known waits, of each its process id and when
-- it began; $3 integer[]: the sessions whose locks are asked for, which are told as locks_held.sql does. Times are µs
-- since 1970 by the server's clock. One row; PostgreSQL 14 and later.
--
-- pg_blocking_pids takes all partitions of the lock manager. So it is asked of those alone who wait and were not seen
-- before, and once for all who wait for one lock in one mode: who stands against the first of them stands against those
-- behind it.
WITH locks AS MATERIALIZED (
  SELECT *, (extract(epoch FROM waitstart) * 1e6)::float8 AS since
  FROM pg_locks
  WHERE NOT granted
    -- Who waits for a row waits for the transaction that has it, and holds, or waits for, the row's own lock meanwhile.
    OR locktype = 'tuple'
    OR locktype = 'relation' AND pid = ANY ($3::integer[])
),
waiting AS MATERIALIZED (
  SELECT locks.*, known.pid IS NOT NULL AS known,
    first_value(locks.pid) OVER (
      PARTITION BY locktype, database, relation, page, tuple, virtualxid, transactionid::text, classid, objid, objsubid, mode
      ORDER BY since
    ) AS first
  FROM locks
  LEFT JOIN unnest($1::integer[], $2::float8[]) AS known (pid, since) USING (pid, since)
  -- For a moment a wait has begun, and does not say when. The next look finds it.
  WHERE NOT granted AND since IS NOT NULL
),
blocking AS MATERIALIZED (
  SELECT first, (pg_blocking_pids(first))[1] AS pid
  FROM (SELECT DISTINCT first FROM waiting WHERE NOT known) AS firsts
),
sessions AS MATERIALIZED (
  SELECT pid, datid, application_name, query
  FROM pg_stat_get_activity(NULL)
  WHERE EXISTS (SELECT FROM waiting WHERE NOT known)
),
relations AS NOT MATERIALIZED (
  SELECT c.oid, c.relkind, n.nspname, format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
),
new AS (
  SELECT waiting.pid, since, mode, locktype, relations.oid::bigint AS oid, waiter.application_name AS application, waiter.query,
    CASE
      WHEN locktype = 'relation' THEN relations.name
      WHEN locktype = 'tuple' OR locktype = 'transactionid' THEN 'row of ' || relations.name
      WHEN locktype = 'extend' THEN 'extension of ' || relations.name
      WHEN locktype = 'page' THEN 'page of ' || relations.name
      -- A key of two integers comes with 2, one of a bigint with 1.
      WHEN locktype = 'advisory' AND objsubid = 2 THEN format('advisory lock (%s, %s)', classid, objid)
      WHEN locktype = 'advisory' THEN format('advisory lock %s', (classid::bigint << 32) | objid::bigint)
    END AS relation,
    blocking.pid AS blocker, blocker.application_name AS blocker_application, blocker.query AS blocker_query
  FROM waiting
  JOIN sessions AS waiter ON waiter.pid = waiting.pid
  LEFT JOIN blocking USING (first)
  LEFT JOIN sessions AS blocker ON blocker.pid = blocking.pid
  LEFT JOIN relations ON relations.oid = coalesce(
    waiting.relation,
    (SELECT relation FROM locks WHERE locks.pid = waiting.pid AND locktype = 'tuple' LIMIT 1)
  )
  WHERE NOT known AND waiter.datid = (SELECT oid FROM pg_database WHERE datname = current_database())
),
held AS (
  SELECT locks.pid, locks.relation::bigint AS oid, relations.name AS relation, mode
  FROM locks
  JOIN relations ON relations.oid = locks.relation
  WHERE granted AND locktype = 'relation' AND locks.relation >= 16384
    AND nspname <> 'pg_toast' AND (relkind NOT IN ('i', 'I') OR mode = 'AccessExclusiveLock')
)
SELECT
  (extract(epoch FROM clock_timestamp()) * 1e6)::float8 AS now,
  (SELECT coalesce(json_agg(pid), '[]') FROM waiting WHERE known) AS still,
  (SELECT coalesce(json_agg(new), '[]') FROM new) AS new,
  (SELECT coalesce(json_agg(held), '[]') FROM held) AS held
