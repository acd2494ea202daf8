-- Extensions of this database whose types, functions or operators the schemas $1 use, or that stand in them.
SELECT DISTINCT e.extname AS name
FROM pg_depend d
JOIN pg_depend m ON m.classid = d.refclassid AND m.objid = d.refobjid AND m.deptype = 'e'
  AND m.refclassid = 'pg_extension'::regclass
JOIN pg_extension e ON e.oid = m.refobjid
CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) o
WHERE e.extname <> 'plpgsql' AND d.deptype <> 'e'
  AND d.classid IN (
    'pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_attrdef'::regclass, 'pg_constraint'::regclass
  )
  AND o.schema = ANY ($1::text[])
ORDER BY 1
