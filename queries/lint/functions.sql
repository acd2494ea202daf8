-- Functions of the users', by how freely they may answer, domains that hold their values to something, and extended statistics.
SELECT format('%I.%I', n.nspname, p.proname) AS name, p.provolatile::text AS kind, NULL AS "table"
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.oid >= 16384 AND p.prokind <> 'a'
UNION ALL
SELECT format('%I.%I', n.nspname, t.typname), 'domain', NULL
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.oid >= 16384 AND t.typtype = 'd'
  AND (t.typnotnull OR EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = t.oid))
UNION ALL
SELECT format('%I.%I', n.nspname, s.stxname), 'statistics', format('%I.%I', tn.nspname, t.relname)
FROM pg_statistic_ext s
JOIN pg_namespace n ON n.oid = s.stxnamespace
JOIN pg_class t ON t.oid = s.stxrelid
JOIN pg_namespace tn ON tn.oid = t.relnamespace
