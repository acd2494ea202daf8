-- Who would hear of rows written into the schemas $1: publications, and logical slots that no publication feeds. Where
-- $2 is set also who would hear of tables made and removed: event triggers, but for those of extensions, for those of
-- a login and, unless $3 is set, for those of other commands than these.
SELECT
  'replication' AS kind,
  format('publication %I (%s)', p.pubname, CASE
    WHEN p.puballtables THEN 'FOR ALL TABLES'
    ELSE (
      SELECT min(format('%I.%I', t.schemaname, t.tablename))
      FROM pg_publication_tables t
      WHERE t.pubname = p.pubname AND t.schemaname = ANY ($1::text[])
    )
  END) AS what,
  NULL AS disable
FROM pg_publication p
WHERE (p.pubinsert OR p.pubupdate OR p.pubdelete OR p.pubtruncate)
  AND (
    p.puballtables
    OR EXISTS (
      SELECT FROM pg_publication_tables t
      WHERE t.pubname = p.pubname AND t.schemaname = ANY ($1::text[])
    )
  )
UNION ALL
SELECT 'replication', format('replication slot %I (%s)', slot_name, plugin), NULL
FROM pg_replication_slots
WHERE slot_type = 'logical' AND database = current_database() AND plugin <> 'pgoutput' AND NOT temporary
UNION ALL
SELECT
  'event trigger',
  format('event trigger %I (%s)', e.evtname, e.evtevent),
  format('ALTER EVENT TRIGGER %I DISABLE;', e.evtname)
FROM pg_event_trigger e
WHERE $2
  AND e.evtenabled IN ('O', 'A')
  AND e.evtevent <> 'login'
  AND (
    $3 OR e.evttags IS NULL
    OR EXISTS (
      SELECT FROM unnest(e.evttags) AS tag
      WHERE tag = 'COMMENT'
        OR tag ~ '^(CREATE|ALTER|DROP) (SCHEMA|TABLE|INDEX|VIEW|MATERIALIZED VIEW|SEQUENCE|TYPE|DOMAIN|FUNCTION)$'
    )
  )
  AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_event_trigger'::regclass AND d.objid = e.oid AND d.deptype = 'e'
  )
ORDER BY kind, what
