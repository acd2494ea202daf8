-- Whether the table $1 is there, and whether its rows lie in partitions.
SELECT relkind = 'p' AS partitioned FROM pg_class WHERE oid = to_regclass($1)
