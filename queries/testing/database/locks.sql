-- What sessions hold or wait for in this database, the looking one apart.
SELECT format('lock %s on %s by %s (%s)', l.mode,
    CASE
      WHEN l.locktype = 'advisory' THEN format('advisory key %s, %s, %s', l.classid, l.objid, l.objsubid)
      WHEN l.relation IS NOT NULL THEN l.relation::regclass::text
      ELSE l.locktype || coalesce(' ' || pg_describe_object(l.classid, l.objid, coalesce(l.objsubid, 0)), '')
    END,
    coalesce(a.usename, 'a prepared transaction'), a.application_name) AS name,
  jsonb_build_object('held', count(*) FILTER (WHERE l.granted), 'waited for', count(*) FILTER (WHERE NOT l.granted))
    AS fact
FROM pg_locks l
LEFT JOIN pg_stat_activity a USING (pid)
WHERE l.pid IS DISTINCT FROM pg_backend_pid() AND a.application_name IS DISTINCT FROM $1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (a.backend_type IS NULL OR a.backend_type IN ('client backend', 'walsender'))
GROUP BY 1
