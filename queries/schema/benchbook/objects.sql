-- Every object in the schemas $1, and every one in the database that leans on them, however far: with what it is, and
-- whether it is Benchbook's own. It is where the record $2 has it (a list of {object, oid}), or where the list $3 names
-- it; both write it as pg_identify_object does, $3 without a function's arguments. The record's oids count as long as
-- the marker table has the one that is on record: not after a restore from a dump.
--
-- Left out is what exists only as part of another that is listed: row types, array types, views' rules, the triggers
-- of foreign keys, constraints' indexes, what partitions have of their table's, and NOT NULL.
WITH RECURSIVE recorded AS (
  SELECT object, oid
  FROM jsonb_to_recordset($2::jsonb) AS r (object text, oid oid)
), trusted AS (
  SELECT EXISTS (
    SELECT FROM recorded
    WHERE object = 'table benchbook.dataset' AND oid = to_regclass('benchbook.dataset')
  ) AS oids
), space AS (
  SELECT oid FROM pg_namespace WHERE nspname = ANY ($1::text[])
), reached (classid, objid, objsubid) AS (
  SELECT 'pg_namespace'::regclass::oid, oid, 0 FROM space
  UNION
  SELECT next.*
  FROM reached r
  CROSS JOIN LATERAL (
    SELECT d.classid, d.objid, d.objsubid
    FROM pg_depend d
    WHERE d.refclassid = r.classid
      AND d.refobjid = r.objid
      AND (r.objsubid = 0 OR d.refobjsubid = r.objsubid)
    UNION ALL
    -- A part does not go without the whole: a view's rule, a generated column's expression.
    SELECT d.refclassid, d.refobjid, d.refobjsubid
    FROM pg_depend d
    WHERE d.classid = r.classid AND d.objid = r.objid AND d.objsubid = r.objsubid AND d.deptype = 'i'
  ) AS next
), own_column AS (
  -- Columns lean on nothing. A partition has its table's.
  SELECT 'pg_class'::regclass::oid AS classid, a.attrelid AS objid, a.attnum::integer AS objsubid
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  WHERE c.relnamespace IN (SELECT oid FROM space)
    AND c.relkind IN ('r', 'p')
    AND NOT c.relispartition
    AND a.attnum > 0
    AND NOT a.attisdropped
), listed AS (
  SELECT r.*
  FROM (SELECT * FROM reached UNION SELECT * FROM own_column) r
  LEFT JOIN pg_class c ON r.classid = 'pg_class'::regclass AND c.oid = r.objid
  LEFT JOIN pg_type t ON r.classid = 'pg_type'::regclass AND t.oid = r.objid
  LEFT JOIN pg_class row_of ON row_of.oid = t.typrelid
  LEFT JOIN pg_constraint k ON r.classid = 'pg_constraint'::regclass AND k.oid = r.objid
  LEFT JOIN pg_trigger g ON r.classid = 'pg_trigger'::regclass AND g.oid = r.objid
  LEFT JOIN pg_rewrite w ON r.classid = 'pg_rewrite'::regclass AND w.oid = r.objid
  WHERE NOT coalesce(
    c.relkind = 't'
      OR c.relnamespace = 'pg_toast'::regnamespace
      OR c.relkind = 'c' AND r.objsubid = 0
      OR c.relkind IN ('i', 'I') AND (
        c.relispartition OR EXISTS (
          SELECT FROM pg_depend d
          WHERE (d.classid, d.objid, d.refclassid) = ('pg_class'::regclass, c.oid, 'pg_constraint'::regclass)
            AND d.deptype = 'i'
        )
      ),
    row_of.relkind <> 'c',
    t.typtype = 'm' OR EXISTS (SELECT FROM pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid),
    k.contype = 'n' OR k.conparentid <> 0 OR NOT k.conislocal,
    g.tgisinternal,
    w.rulename = '_RETURN',
    false
  )
), described AS (
  SELECT
    l.*,
    i.type || ' ' || i.identity AS object,
    l.objsubid = 0 AND (
      l.classid IN ('pg_namespace'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass)
      OR c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
    ) AS lasting
  FROM listed l
  CROSS JOIN LATERAL pg_identify_object(l.classid, l.objid, l.objsubid) AS i
  LEFT JOIN pg_class c ON l.classid = 'pg_class'::regclass AND c.oid = l.objid
), judged AS (
  SELECT
    d.*,
    EXISTS (
      SELECT FROM recorded
      WHERE recorded.object = d.object
        AND (recorded.oid IS NULL OR recorded.oid = d.objid OR NOT (SELECT oids FROM trusted))
    ) OR CASE d.classid WHEN 'pg_proc'::regclass THEN split_part(d.object, '(', 1) ELSE d.object END
      = ANY ($3::text[]) AS own
  FROM described d
), said AS (
  SELECT own.object, word.said, own.classid = 'pg_proc'::regclass AS is_function
  FROM judged own
  CROSS JOIN LATERAL (
    SELECT 'comment on ' || own.object AS said
    FROM pg_description s
    WHERE (s.classoid, s.objoid, s.objsubid) = (own.classid, own.objid, own.objsubid)
    UNION
    SELECT 'security label on ' || own.object
    FROM pg_seclabel s
    WHERE (s.classoid, s.objoid, s.objsubid) = (own.classid, own.objid, own.objsubid)
  ) AS word
  WHERE own.own
), part_of AS (
  -- What ours are parts of: it would lose them.
  SELECT 'pg_class'::regclass::oid AS classid, h.inhparent AS objid
  FROM pg_inherits h
  JOIN judged own ON own.own AND own.classid = 'pg_class'::regclass AND own.objid = h.inhrelid AND own.objsubid = 0
  UNION
  SELECT d.refclassid, d.refobjid
  FROM pg_depend d
  JOIN judged own ON own.own AND (own.classid, own.objid) = (d.classid, d.objid)
  WHERE d.deptype = 'e'
  UNION
  SELECT 'pg_subscription'::regclass, s.srsubid
  FROM pg_subscription_rel s
  JOIN judged own ON own.own AND own.classid = 'pg_class'::regclass AND own.objid = s.srrelid AND own.objsubid = 0
)
SELECT object, CASE WHEN lasting THEN objid::bigint END::float8 AS oid, own
FROM judged j
WHERE j.own OR NOT EXISTS (
  -- What goes with another's table needs no mention beside it.
  SELECT
  FROM judged whole
  LEFT JOIN pg_depend d ON d.deptype IN ('a', 'e', 'i')
    AND (d.refclassid, d.refobjid) = (whole.classid, whole.objid)
    AND (d.classid, d.objid) = (j.classid, j.objid)
  WHERE NOT whole.own
    AND whole.objsubid = 0
    AND CASE j.objsubid WHEN 0 THEN d.objid IS NOT NULL ELSE (whole.classid, whole.objid) = (j.classid, j.objid) END
)
UNION
SELECT said, NULL, EXISTS (SELECT FROM recorded WHERE recorded.object = said)
  OR CASE WHEN is_function THEN split_part(said, '(', 1) ELSE said END = ANY ($3::text[])
FROM said
UNION
SELECT i.type || ' ' || i.identity, NULL, false
FROM part_of p
CROSS JOIN LATERAL pg_identify_object(p.classid, p.objid, 0) AS i
WHERE NOT EXISTS (SELECT FROM judged own WHERE own.own AND (own.classid, own.objid) = (p.classid, p.objid))
ORDER BY object
