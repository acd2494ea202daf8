-- What a server's catalogue says of a schema, a text for each thing.
SELECT format('column %s.%s %s %s null=%s default=%s %s%s%s', a.attrelid::regclass, a.attname, a.attnum,
  format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated,
  (SELECT collname FROM pg_collation WHERE oid = a.attcollation)) AS said
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped
  AND a.attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'shop'::regnamespace AND relkind NOT IN ('i', 'I'))
UNION ALL
SELECT format('constraint %s of %s%s: %s valid=%s inherit=%s local=%s', conname, conrelid::regclass, nullif(contypid, 0)::regtype,
  pg_get_constraintdef(oid), convalidated, NOT connoinherit, conislocal)
FROM pg_constraint WHERE connamespace = 'shop'::regnamespace
UNION ALL
SELECT format('index %s valid=%s immediate=%s primary=%s replident=%s part of %s', pg_get_indexdef(indexrelid), indisvalid, indimmediate,
  indisprimary, indisreplident, (SELECT inhparent::regclass FROM pg_inherits WHERE inhrelid = indexrelid))
FROM pg_index WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'shop'::regnamespace)
UNION ALL
SELECT format('relation %s %s %s %s %s bound %s', oid::regclass, relkind, relpersistence, reloptions, reltablespace,
  pg_get_expr(relpartbound, oid))
FROM pg_class WHERE relnamespace = 'shop'::regnamespace
UNION ALL
SELECT format('trigger %s', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT format('view %s %s', oid::regclass, pg_get_viewdef(oid))
FROM pg_class WHERE relnamespace = 'shop'::regnamespace AND relkind IN ('v', 'm')
UNION ALL
SELECT format('domain %s %s', typname, typnotnull) FROM pg_type WHERE typnamespace = 'shop'::regnamespace AND typtype = 'd'
ORDER BY 1
