SELECT pg_relation_size('benchbook_likeness.written') / 1024.0::float8 AS kib
