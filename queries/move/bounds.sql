-- Values of the column $2 of the relation $1 between which there are about as many rows each, as the last ANALYZE found
-- them; null: none is known.
SELECT s.histogram_bounds::text::text[] AS bounds
FROM pg_stats s
JOIN pg_class c ON c.relname = s.tablename
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = s.schemaname
WHERE c.oid = $1::regclass AND s.attname = $2 AND NOT s.inherited
