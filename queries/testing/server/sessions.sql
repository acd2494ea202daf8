-- Open sessions, the looking one apart, and locks on what all databases share.
SELECT format('session of %s on %s (%s)', usename, datname, application_name) AS name,
  jsonb_build_object('open', count(*), 'in a transaction', count(*) FILTER (WHERE xact_start IS NOT NULL),
    'running', count(*) FILTER (WHERE state = 'active' AND backend_type = 'client backend')) AS fact
FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND application_name <> $1 AND backend_type IN ('client backend', 'walsender')
GROUP BY usename, datname, application_name
UNION ALL
SELECT format('lock %s on %s by %s (%s)', l.mode, coalesce(l.relation::regclass::text, l.locktype),
    coalesce(a.usename, 'a prepared transaction'), a.application_name),
  jsonb_build_object('held', count(*) FILTER (WHERE l.granted), 'waited for', count(*) FILTER (WHERE NOT l.granted))
FROM pg_locks l
LEFT JOIN pg_stat_activity a USING (pid)
WHERE l.pid IS DISTINCT FROM pg_backend_pid() AND a.application_name IS DISTINCT FROM $1
  AND coalesce(l.database, 0) = 0 AND l.locktype <> 'virtualxid'
  AND (a.backend_type IS NULL OR a.backend_type IN ('client backend', 'walsender'))
GROUP BY 1
