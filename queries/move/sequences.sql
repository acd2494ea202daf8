-- Where the sequences of the schemas $1 stand.
SELECT
  format('%I.%I', n.nspname, c.relname) AS sequence,
  pg_sequence_last_value(c.oid)::text AS last,
  s.seqincrement::text AS increment,
  s.seqmax::text AS max,
  s.seqmin::text AS min,
  s.seqcache::text AS cache,
  s.seqcycle AS cycle
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_sequence s ON s.seqrelid = c.oid
WHERE n.nspname = ANY ($1::text[])
ORDER BY 1
