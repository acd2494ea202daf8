-- Constraints of the users' tables, and of what they refer to.
WITH kept AS (
  -- Whoever has the expression written out opens the table, and would wait.
  SELECT relation FROM pg_locks WHERE locktype = 'relation' AND mode = 'AccessExclusiveLock' AND pid <> pg_backend_pid()
)
SELECT
  format('%I.%I', n.nspname, c.relname) AS "table",
  k.conname AS name,
  k.contype AS kind,
  k.convalidated AS valid,
  coalesce((SELECT json_agg(a.attname ORDER BY u.at)
    FROM unnest(k.conkey) WITH ORDINALITY AS u (attnum, at)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum), '[]') AS columns,
  (SELECT format('%I.%I', rn.nspname, r.relname)
   FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace
   WHERE r.oid = k.confrelid) AS "references",
  coalesce((SELECT json_agg(a.attname ORDER BY u.at)
    FROM unnest(k.confkey) WITH ORDINALITY AS u (attnum, at)
    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum), '[]') AS "referencedColumns",
  k.confdeltype AS "onDelete",
  CASE WHEN k.contype = 'c' AND k.conrelid NOT IN (SELECT relation FROM kept) THEN pg_get_expr(k.conbin, k.conrelid) END AS expression
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid >= 16384 AND k.contype IN ('c', 'f', 'p', 'u', 'n', 'x')
  AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
