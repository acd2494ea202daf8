-- What a move keeps in each of its two databases, all of it in one schema, which bears the run's mark.
CREATE SCHEMA {schema};
COMMENT ON SCHEMA {schema} IS {mark};

-- A row written here on one server is seen there on the other once all that was written before it is there too.
CREATE TABLE {schema}.sentinel_out (id integer PRIMARY KEY, beat bigint NOT NULL);
CREATE TABLE {schema}.sentinel_back (id integer PRIMARY KEY, beat bigint NOT NULL);

-- To commit a change of it stores all that was committed on this server before, that of replication too.
CREATE TABLE {schema}.stored (id integer PRIMARY KEY, times bigint NOT NULL);
INSERT INTO {schema}.stored VALUES (1, 0);

-- 25006 is what a read-only server says. It binds every role, and not what comes by replication.
CREATE FUNCTION {schema}.fence() RETURNS trigger LANGUAGE plpgsql AS $fence$
BEGIN
  RAISE EXCEPTION 'cannot execute % on %.% of a server that is being left', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'read_only_sql_transaction', HINT = 'Connect to the server that the data moves to.';
END
$fence$;

-- The same for changes of tables, views and the like in what moves: they would not be at the other server. A trigger, a rule
-- and a policy are in no schema, but their tables are. Of a GRANT nothing is told: whether it changes rights in what moves is
-- seen by these, before it and after it.
CREATE FUNCTION {schema}.fence_schemas() RETURNS event_trigger LANGUAGE plpgsql AS $fence$
DECLARE
  bound CONSTANT oid[] := ARRAY['pg_trigger'::regclass, 'pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_namespace'::regclass];
  changed text;
  rights text;
BEGIN
  IF TG_TAG IN ('GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES') THEN
    WITH moved AS (SELECT oid, nspacl FROM pg_namespace WHERE nspname = ANY ({schemas}))
    SELECT md5(string_agg(acl, ' ' ORDER BY acl)) INTO rights
    FROM (
      SELECT concat_ws(' ', 'n', oid, nspacl::text) FROM moved
      UNION ALL
      SELECT concat_ws(' ', 'c', c.oid, relacl::text) FROM pg_class c JOIN moved m ON m.oid = relnamespace
      UNION ALL
      SELECT concat_ws(' ', 'a', attrelid, attnum, attacl::text)
      FROM pg_attribute
      JOIN pg_class c ON c.oid = attrelid
      JOIN moved m ON m.oid = relnamespace
      WHERE attacl IS NOT NULL
      UNION ALL
      SELECT concat_ws(' ', 'p', p.oid, proacl::text) FROM pg_proc p JOIN moved m ON m.oid = pronamespace
      UNION ALL
      SELECT concat_ws(' ', 't', t.oid, typacl::text) FROM pg_type t JOIN moved m ON m.oid = typnamespace
      UNION ALL
      SELECT concat_ws(' ', 'd', d.oid, defaclacl::text) FROM pg_default_acl d JOIN moved m ON m.oid = defaclnamespace
    ) acls (acl);
    IF TG_EVENT = 'ddl_command_start' THEN
      PERFORM set_config('{schema}.rights', rights, true);
    ELSIF current_setting('{schema}.rights', true) IS DISTINCT FROM rights THEN
      changed := 'rights in ' || array_to_string({schemas}, ', ');
    END IF;
  ELSIF TG_EVENT = 'sql_drop' THEN
    SELECT object_identity INTO changed
    FROM pg_event_trigger_dropped_objects()
    WHERE schema_name = ANY ({schemas}) OR classid = ANY (bound) AND address_names[1] = ANY ({schemas});
  ELSE
    SELECT object_identity INTO changed
    FROM pg_event_trigger_ddl_commands() c
    WHERE schema_name = ANY ({schemas})
      OR classid = ANY (bound)
        AND (SELECT object_names[1] FROM pg_identify_object_as_address(c.classid, c.objid, c.objsubid)) = ANY ({schemas});
    IF changed IS NULL AND TG_TAG = 'ALTER SCHEMA' THEN
      -- It bears its new name by now.
      SELECT name INTO changed FROM unnest({schemas}) name WHERE to_regnamespace(quote_ident(name)) IS NULL;
    END IF;
  END IF;
  IF changed IS NOT NULL THEN
    RAISE EXCEPTION 'cannot execute % of % of a server that is being left', TG_TAG, changed
      USING ERRCODE = 'read_only_sql_transaction', HINT = 'Connect to the server that the data moves to.';
  END IF;
END
$fence$;
