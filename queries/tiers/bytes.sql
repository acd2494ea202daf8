-- What a relation takes on disk, with its indexes.
SELECT pg_total_relation_size(to_regclass($1))::float8 AS bytes
