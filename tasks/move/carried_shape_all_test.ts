import assert from "node:assert/strict";
import { UsageError } from "../model/errors.ts";
import { checkMove } from "./check_move.ts";
import { moveServer } from "./move_server.ts";
import { withPg, withTwoServers } from "./testing_move.ts";

const SHOP = `
  CREATE ROLE owner_of_shop;
  CREATE ROLE reader;
  CREATE ROLE only_here;
  CREATE SCHEMA shop AUTHORIZATION owner_of_shop;
  GRANT USAGE ON SCHEMA shop TO reader, only_here;
  CREATE TABLE shop.item (id serial PRIMARY KEY, note text, scan text, at date);
  ALTER TABLE shop.item OWNER TO owner_of_shop;
  ALTER TABLE shop.item ALTER COLUMN note SET STATISTICS 777, ALTER COLUMN note SET (n_distinct = 55),
    ALTER COLUMN scan SET STORAGE EXTERNAL, ALTER COLUMN note SET COMPRESSION pglz, SET (toast.autovacuum_enabled = false),
    CLUSTER ON item_pkey;
  CREATE STATISTICS shop.together ON note, at FROM shop.item;
  COMMENT ON STATISTICS shop.together IS 'what goes together';
  GRANT SELECT, INSERT ON shop.item TO reader WITH GRANT OPTION;
  GRANT SELECT (note) ON shop.item TO PUBLIC;
  GRANT UPDATE ON shop.item TO only_here;
  GRANT USAGE ON SEQUENCE shop.item_id_seq TO reader;
  CREATE TABLE shop.part (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
  CREATE TABLE shop.part_old PARTITION OF shop.part FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
  CREATE FUNCTION shop.stamped() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER stamp BEFORE INSERT ON shop.part FOR EACH ROW EXECUTE FUNCTION shop.stamped();
  ALTER TABLE shop.part_old DISABLE TRIGGER stamp;
  CREATE FUNCTION shop.secret() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
  ALTER FUNCTION shop.secret() OWNER TO owner_of_shop;
  REVOKE EXECUTE ON FUNCTION shop.secret() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION shop.secret() TO reader;
  CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
  CREATE VIEW shop.busy AS SELECT calls FROM pg_stat_statements(false);
  CREATE TYPE shop.state AS ENUM ('new');
  GRANT USAGE ON TYPE shop.state TO reader;
  ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO reader;
  INSERT INTO shop.item (note) SELECT 'note ' || i FROM generate_series(1, 100) i;
  ANALYZE`;

/** Owners and rights of the schema and of all in it, with what columns and triggers were told. */
const SHAPE = `
  SELECT 'schema' AS name, nspowner::regrole::text AS owner, array(SELECT a::text FROM unnest(nspacl) a ORDER BY 1)::text AS acl FROM pg_namespace WHERE nspname = 'shop'
  UNION ALL SELECT relname, relowner::regrole::text, array(SELECT a::text FROM unnest(relacl) a ORDER BY 1)::text FROM pg_class WHERE relnamespace = 'shop'::regnamespace
  UNION ALL SELECT proname, proowner::regrole::text, array(SELECT a::text FROM unnest(proacl) a ORDER BY 1)::text FROM pg_proc WHERE pronamespace = 'shop'::regnamespace
  UNION ALL SELECT typname, typowner::regrole::text, array(SELECT a::text FROM unnest(typacl) a ORDER BY 1)::text FROM pg_type WHERE typnamespace = 'shop'::regnamespace
  UNION ALL
  SELECT attrelid::regclass || '.' || attname, concat_ws(' ', attstattarget, attstorage, attcompression, attoptions), array(SELECT a::text FROM unnest(attacl) a ORDER BY 1)::text
  FROM pg_attribute
  WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'shop'::regnamespace AND relkind IN ('r', 'p')) AND attnum > 0
  UNION ALL
  SELECT tgname || ' of ' || tgrelid::regclass, tgenabled::text, NULL
  FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'shop'::regnamespace) AND NOT tgisinternal
  UNION ALL SELECT indexrelid::regclass::text, indisclustered::text, NULL
  FROM pg_index WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'shop'::regnamespace)
  UNION ALL SELECT stxname, obj_description(oid, 'pg_statistic_ext'), NULL FROM pg_statistic_ext
  UNION ALL SELECT 'toast of item', t.reloptions::text, NULL
  FROM pg_class c JOIN pg_class t ON t.oid = c.reltoastrelid WHERE c.oid = 'shop.item'::regclass
  ORDER BY 1, 2, 3`;

Deno.test("owners, rights and what tables were told go along, and what cannot is named", async () => {
  await withTwoServers(async ({ source, target, options }) => {
    await withPg(source.url, (client) => client.query(SHOP));
    await withPg(
      target.url,
      (client) => client.query("CREATE ROLE reader; DROP EXTENSION IF EXISTS pg_stat_statements"),
    );
    // Somebody else's rights would become those of whoever moves.
    await assert.rejects(
      checkMove(options),
      (error) =>
        error instanceof UsageError &&
        /shop\.secret\(\) runs with the rights of owner_of_shop .* and the target has no such role/.test(
          error.message,
        ),
    );
    await withPg(target.url, (client) => client.query("CREATE ROLE owner_of_shop"));
    const outcome = await moveServer(options);
    assert.deepEqual([outcome.done, outcome.stopped, outcome.left], [true, null, []]);
    assert.match(
      outcome.notes.join("\n"),
      /no role only_here: what it owns or may do at the source is not carried, of shop, shop\.item\. Make it there/,
    );
    assert.match(outcome.notes.join("\n"), /ALTER DEFAULT PRIVILEGES\) is not carried, of shop\./);
    assert.deepEqual(await outcome.finish(), []);
    const shapeOf = async (url: string) =>
      JSON.stringify((await withPg(url, (client) => client.query(SHAPE))).rows, null, 1);
    await withPg(
      source.url,
      (client) =>
        client.query("REVOKE ALL ON shop.item FROM only_here; REVOKE ALL ON SCHEMA shop FROM only_here"),
    );
    assert.equal(await shapeOf(target.url), await shapeOf(source.url));
  });
});
