-- The triggers of the fence function $1, by the function's oid and not by their names.
SELECT format('DROP TRIGGER %I ON %I.%I', t.tgname, n.nspname, c.relname) AS removal
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE t.tgfoid = to_regprocedure($1)
ORDER BY 1
