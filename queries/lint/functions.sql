-- Functions of the users', by how freely they may answer; PostgreSQL's own that give each row another value; domains, with
-- the types that they are of, and whether they hold their values to something; extended statistics; and publications, with
-- the tables that they name.
SELECT format('%I.%I', n.nspname, p.proname) AS name, p.provolatile::text AS kind, NULL AS "table"
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.oid >= 16384 AND p.prokind <> 'a'
UNION ALL
SELECT p.proname, 'built-in', NULL
FROM pg_proc p
WHERE p.oid < 16384 AND p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f'
GROUP BY p.proname HAVING bool_and(p.provolatile = 'v')
UNION ALL
SELECT format('%I.%I', n.nspname, t.typname),
  CASE WHEN t.typnotnull OR EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = t.oid) THEN 'held domain' ELSE 'domain' END,
  format_type(t.typbasetype, t.typtypmod)
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.oid >= 16384 AND t.typtype = 'd'
UNION ALL
SELECT format('%I.%I', n.nspname, s.stxname), 'statistics', format('%I.%I', tn.nspname, t.relname)
FROM pg_statistic_ext s
JOIN pg_namespace n ON n.oid = s.stxnamespace
JOIN pg_class t ON t.oid = s.stxrelid
JOIN pg_namespace tn ON tn.oid = t.relnamespace
UNION ALL
SELECT quote_ident(p.pubname), 'publication', CASE WHEN t.oid IS NOT NULL THEN format('%I.%I', tn.nspname, t.relname) END
FROM pg_publication p
LEFT JOIN pg_publication_rel r ON r.prpubid = p.oid
LEFT JOIN pg_class t ON t.oid = r.prrelid
LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
