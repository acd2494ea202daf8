-- The foreign keys of the schemas $1, with the columns of both sides in their order; those that a partition has
-- from its parent stand there.
SELECT
  k.conname AS name,
  k.convalidated AS validated,
  format('%I.%I', cn.nspname, c.relname) AS child,
  format('%I.%I', pn.nspname, p.relname) AS parent,
  c.relname AS child_table,
  p.relname AS parent_table,
  (SELECT array_agg(quote_ident(a.attname) ORDER BY key.nth)
   FROM unnest(k.conkey) WITH ORDINALITY AS key (attnum, nth)
   JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = key.attnum) AS child_columns,
  (SELECT array_agg(quote_ident(a.attname) ORDER BY key.nth)
   FROM unnest(k.confkey) WITH ORDINALITY AS key (attnum, nth)
   JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = key.attnum) AS parent_columns
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace cn ON cn.oid = c.relnamespace
JOIN pg_class p ON p.oid = k.confrelid
JOIN pg_namespace pn ON pn.oid = p.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND cn.nspname = ANY ($1::text[])
ORDER BY cn.nspname, c.relname, k.conname
