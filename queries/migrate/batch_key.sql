-- What batches must know of the table $1 and its column $2, both named as SQL names them.
SELECT
  format('%I.%I', n.nspname, c.relname) AS "table",
  format('%I', a.attname) AS key,
  format_type(a.atttypid, a.atttypmod) AS type,
  EXISTS (
    SELECT FROM pg_index i
    JOIN pg_class x ON x.oid = i.indexrelid
    JOIN pg_am m ON m.oid = x.relam
    WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND i.indkey[0] = a.attnum AND m.amname = 'btree'
  ) AS indexed,
  a.attnotnull AS "notNull"
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = (parse_ident($2))[1] AND NOT a.attisdropped
WHERE c.oid = to_regclass($1)
