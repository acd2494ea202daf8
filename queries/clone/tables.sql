-- Each table with all that its statistics depend on: where its rows lie, its columns, its indexes, its extended
-- statistics, and how many rows were written since it was analyzed.
SELECT
  format('%I.%I', n.nspname, c.relname) AS name,
  concat_ws(
    ' ',
    c.oid,
    pg_relation_filenode(c.oid),
    (
      SELECT string_agg(format('%s:%s:%s', a.attnum, a.atttypid, a.attstattarget), ',' ORDER BY a.attnum)
      FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ),
    (SELECT string_agg(i.indexrelid::text, ',' ORDER BY i.indexrelid) FROM pg_index i WHERE i.indrelid = c.oid),
    (SELECT string_agg(e.oid::text, ',' ORDER BY e.oid) FROM pg_statistic_ext e WHERE e.stxrelid = c.oid),
    pg_stat_get_mod_since_analyze(c.oid)
  ) AS state
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 'p')
  AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY 1
