-- INVALID indexes that the session $1, which began at $2, has at work with CONCURRENTLY. CREATE says which one it has made.
-- REINDEX names the old one, too, and locks both for as long as it takes: what it makes is called _ccnew. DROP ($3) locks
-- what it has made INVALID.
SELECT i.indexrelid::text AS oid
FROM pg_stat_activity a
LEFT JOIN pg_stat_progress_create_index p ON p.pid = a.pid AND p.datname = a.datname
CROSS JOIN pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
WHERE a.pid = $1
  AND extract(epoch FROM a.backend_start)::text = $2
  AND a.datname = current_database()
  AND NOT i.indisvalid
  AND CASE
    WHEN p.command = 'CREATE INDEX CONCURRENTLY' THEN p.index_relid = i.indexrelid
    WHEN $3 OR c.relname ~ '_ccnew[0-9]*$' THEN EXISTS (
      SELECT FROM pg_locks l
      WHERE l.pid = a.pid
        AND l.locktype = 'relation'
        AND l.database = a.datid
        AND l.relation = i.indexrelid
        AND l.mode = 'ShareUpdateExclusiveLock'
        AND l.granted
    )
    ELSE false
  END
