-- What is not Benchbook's and would be lost with the schemas $1: relations inside of them that are not among
-- $2, and views and foreign keys outside of them that lean on what is inside. Where $3 is set only tables
-- inside count: which views were made is not on record.
SELECT format('%I.%I', n.nspname, c.relname) AS name
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1::text[])
  AND c.relkind = ANY (CASE WHEN $3 THEN '{r,p,f}' ELSE '{r,p,f,v,m,S}' END::"char"[])
  AND format('%s.%s', n.nspname, c.relname) <> ALL ($2::text[])
UNION
SELECT format('%I.%I', vn.nspname, v.relname)
FROM pg_depend d
JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
JOIN pg_class v ON v.oid = r.ev_class
JOIN pg_namespace vn ON vn.oid = v.relnamespace
JOIN pg_class t ON d.refclassid = 'pg_class'::regclass AND t.oid = d.refobjid
JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE tn.nspname = ANY ($1::text[]) AND vn.nspname <> ALL ($1::text[])
UNION
SELECT format('%I.%I', fn.nspname, f.relname)
FROM pg_constraint k
JOIN pg_class f ON f.oid = k.conrelid
JOIN pg_namespace fn ON fn.oid = f.relnamespace
JOIN pg_class t ON t.oid = k.confrelid
JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE k.contype = 'f' AND tn.nspname = ANY ($1::text[]) AND fn.nspname <> ALL ($1::text[])
ORDER BY name
