-- What a query's rows take up that were kept, their partitions included.
SELECT (
  pg_relation_size('benchbook_likeness.written')
  + (SELECT coalesce(sum(pg_relation_size(inhrelid)), 0) FROM pg_inherits WHERE inhparent = 'benchbook_likeness.written'::regclass)
) / 1024.0::float8 AS kib
