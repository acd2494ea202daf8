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

-- The same for changes of tables, views and the like in what moves: they would not be at the other server.
CREATE FUNCTION {schema}.fence_schemas() RETURNS event_trigger LANGUAGE plpgsql AS $fence$
DECLARE
  changed text;
BEGIN
  IF TG_EVENT = 'sql_drop' THEN
    SELECT object_identity INTO changed FROM pg_event_trigger_dropped_objects() WHERE schema_name = ANY ({schemas});
  ELSE
    SELECT object_identity INTO changed FROM pg_event_trigger_ddl_commands() WHERE schema_name = ANY ({schemas});
  END IF;
  IF changed IS NOT NULL THEN
    RAISE EXCEPTION 'cannot execute % of % of a server that is being left', TG_TAG, changed
      USING ERRCODE = 'read_only_sql_transaction', HINT = 'Connect to the server that the data moves to.';
  END IF;
END
$fence$;
