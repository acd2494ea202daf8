-- What stands in the schemas $1 already, but for the schemas themselves.
SELECT format('%s %s', o.type, o.identity) AS name
FROM (
  {objects}
) s
CROSS JOIN LATERAL pg_identify_object(s.classid, s.objid, 0) o
WHERE s.classid <> 'pg_namespace'::regclass
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = s.classid AND d.objid = s.objid AND d.deptype = 'e')
ORDER BY 1
