-- The triggers of the fence functions $1 and $2, by their oids and not by their names; those of schemas first, which would not
-- let the others be dropped.
SELECT removal
FROM (
  SELECT 0 AS rank, format('DROP EVENT TRIGGER %I', e.evtname) AS removal
  FROM pg_event_trigger e
  WHERE e.evtfoid = to_regprocedure($2)
  UNION ALL
  SELECT 1, format('DROP TRIGGER %I ON %I.%I', t.tgname, n.nspname, c.relname)
  FROM pg_trigger t
  JOIN pg_class c ON c.oid = t.tgrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE t.tgfoid = to_regprocedure($1)
) found
ORDER BY rank, removal
