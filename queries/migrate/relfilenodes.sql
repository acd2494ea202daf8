-- The file of each relation of the users', by its oid. "table" is the table that a TOAST table or an index belongs to,
-- otherwise the relation itself. What has no file, as views, is left out, and so are TOAST's indexes.
SELECT
  c.oid::text AS oid,
  format('%I.%I', n.nspname, c.relname) AS name,
  coalesce(owner.oid, i.indrelid, c.oid)::text AS "table",
  c.relkind IN ('i', 'I') AS "isIndex",
  c.relfilenode::text AS file
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indexrelid = c.oid
LEFT JOIN pg_class owner ON c.relkind = 't' AND owner.reltoastrelid = c.oid
-- Those below are the catalog's.
WHERE c.oid >= 16384 AND c.relfilenode <> 0 AND NOT (n.nspname = 'pg_toast' AND c.relkind = 'i')
