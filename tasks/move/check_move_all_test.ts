import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../model/errors.ts";
import { checkMove } from "./check_move.ts";
import { withPg, withTwoServers } from "./testing_move.ts";

/** What stands against a move of a schema `shop` that was made by `sql`. */
const CONTENTS: readonly (readonly [sql: string, said: RegExp])[] = [
  ["CREATE UNLOGGED TABLE shop.a (id int PRIMARY KEY)", /unlogged.*: shop\.a/],
  [
    "CREATE TABLE shop.a (id int); CREATE TABLE shop.b (id int PRIMARY KEY DEFERRABLE)",
    /without a primary key.*: shop\.a, shop\.b/,
  ],
  [
    "CREATE TABLE shop.a (id int PRIMARY KEY); ALTER TABLE shop.a REPLICA IDENTITY NOTHING",
    /replica identity.*: shop\.a/,
  ],
  [
    "CREATE TABLE shop.a (id int PRIMARY KEY, scan oid); SELECT lo_create(0)",
    /large objects.*: shop\.a\.scan/,
  ],
  [
    "CREATE TABLE shop.a (id int PRIMARY KEY); ALTER TABLE shop.a ENABLE ROW LEVEL SECURITY",
    /row-level security.*: shop\.a/,
  ],
  [
    "CREATE TABLE shop.a (id int PRIMARY KEY); CREATE TABLE shop.b (PRIMARY KEY (id)) INHERITS (shop.a)",
    /inherit.*: shop\.b/,
  ],
  [
    "CREATE TABLE other.o (id int PRIMARY KEY); CREATE TABLE shop.a (id int PRIMARY KEY REFERENCES other.o)",
    /foreign keys.*: a_id_fkey of shop\.a/,
  ],
  [
    "CREATE TABLE shop.a (id int PRIMARY KEY); CREATE TRIGGER t BEFORE UPDATE ON shop.a FOR EACH ROW " +
    "EXECUTE FUNCTION suppress_redundant_updates_trigger(); ALTER TABLE shop.a ENABLE ALWAYS TRIGGER t",
    /fire for replicated rows.*: t of shop\.a/,
  ],
  [
    "CREATE TABLE shop.a (id int PRIMARY KEY); CREATE RULE r AS ON DELETE TO shop.a DO INSTEAD NOTHING",
    /rules.*: r of shop\.a/,
  ],
  [
    "CREATE AGGREGATE shop.total (int) (SFUNC = int4pl, STYPE = int)",
    /kind.*: aggregate shop\.total\(integer\)/,
  ],
];

/** Gives one server an extension that the other one's machine does not have. @param use told of its folder */
async function withExtension(use: (path: string) => Promise<void>): Promise<void> {
  const path = Deno.makeTempDirSync();
  try {
    const folder = join(path, "extension");
    Deno.mkdirSync(folder);
    Deno.writeTextFileSync(join(folder, "benchbook_lacking.control"), "default_version = '1.0'\n");
    Deno.writeTextFileSync(
      join(folder, "benchbook_lacking--1.0.sql"),
      "CREATE FUNCTION public.lacking() RETURNS int LANGUAGE sql AS 'SELECT 1';\n",
    );
    // The server may run as another user.
    for (const each of [path, folder]) Deno.chmodSync(each, 0o755);
    await use(path);
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
}

Deno.test("what cannot be moved is refused before anything is made, all of it at once, with what would do", async () => {
  await withTwoServers(async ({ source, target, options }) => {
    const refused = async (changes: object, said: RegExp) => {
      await assert.rejects(checkMove({ ...options, ...changes }), (error) => {
        assert.ok(error instanceof UsageError && error.next !== undefined && error.next !== "");
        assert.match(error.message, said);
        return true;
      });
    };
    await withPg(source.url, async (client) => {
      for (const [sql, said] of CONTENTS) {
        await client.query(`CREATE SCHEMA shop; CREATE SCHEMA other; ${sql}`);
        await refused({}, said);
        await client.query(
          "DROP SCHEMA shop, other CASCADE; SELECT lo_unlink(oid) FROM pg_largeobject_metadata",
        );
      }
      await client.query(
        "CREATE SCHEMA shop; CREATE TABLE shop.a (id int PRIMARY KEY); CREATE ROLE plain LOGIN PASSWORD 'p'",
      );
      await client.query("CREATE UNLOGGED TABLE shop.u (id int)");
      await checkMove({ ...options, variant: "naive" });
      await client.query("DROP TABLE shop.u");
      assert.deepEqual(await checkMove(options), { wayBack: true, notes: [] });
    });
    for (const [url, side] of [[source.url, "source"], [target.url, "target"]] as const) {
      await withPg(url, async (client) => {
        // It would keep the fence from being removed.
        await client.query(`
          CREATE FUNCTION public.house() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''rule''; END';
          CREATE EVENT TRIGGER house ON ddl_command_start WHEN TAG IN ('DROP TRIGGER') EXECUTE FUNCTION public.house()`);
        await refused({}, new RegExp(`made at the ${side} would fire event trigger house`));
        await client.query("DROP EVENT TRIGGER house; CREATE PUBLICATION everything FOR ALL TABLES");
        await refused(
          {},
          new RegExp(`rows of the ${side} are replicated to others by publication everything`),
        );
        await client.query("DROP PUBLICATION everything; DROP FUNCTION public.house()");
      });
    }
    await withExtension(async (path) => {
      await withPg(source.url, (client) =>
        client.query(`
          SET extension_control_path = '$system:${path}';
          CREATE EXTENSION benchbook_lacking;
          ALTER TABLE shop.a ALTER COLUMN id SET DEFAULT lacking()`));
      await refused({}, /the target does not have the extension benchbook_lacking/);
      await withPg(source.url, (client) => client.query("DROP EXTENSION benchbook_lacking CASCADE"));
    });
    await refused({ target: options.source }, /are one database/);
    await refused({ target: { ...options.target, connection: null }, andBack: true }, /no way back/);
    assert.equal(
      (await checkMove({ ...options, target: { ...options.target, connection: null } })).wayBack,
      false,
    );
    await refused({ source: { ...options.source, connection: null } }, /no connection string is known/);
    for (const connection of ["host=a password = x", "postgres://u:x@a/b", "postgres://a/b?password=x"]) {
      await refused({ source: { ...options.source, connection } }, /must hold no password/);
    }
    const plain = new URL(source.url);
    [plain.username, plain.password] = ["plain", "p"];
    await refused(
      { source: { ...options.source, url: plain.href } },
      /another owner.*: shop\.a; the role plain may not create a schema.*; the role plain of the source lacks REPLICATION; the role plain of the source is no superuser/,
    );
    await withPg(
      source.url,
      (client) =>
        client.query("SELECT pg_create_physical_replication_slot('s' || i) FROM generate_series(1, 7) i"),
    );
    await refused({}, /the source has 3 free replication slots, and 4 are needed/);
    await withPg(
      source.url,
      (client) => client.query("SELECT pg_drop_replication_slot('s' || i) FROM generate_series(1, 7) i"),
    );
    await withPg(target.url, (client) => client.query("CREATE SCHEMA shop; CREATE TABLE shop.a (id int)"));
    await refused({}, /the target already has table shop\.a/);
  });
});
