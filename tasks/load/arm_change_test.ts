import assert from "node:assert/strict";
import { join } from "node:path";
import { armRecords, type PlannedArm } from "../model/arms.ts";
import { UsageError } from "../model/errors.ts";
import { withTempDir } from "../store/testing.ts";
import { readArmFile } from "./arm_file.ts";
import { makesSql } from "./change_statements.ts";

Deno.test("a change is read statement by statement, each with its line and as it may be shown", () =>
  withTempDir(async (dir) => {
    const file = join(dir, "change.sql");
    const sql = `SET maintenance_work_mem = '1GB'; -- wörk
/* two */ CREATE INDEX CONCURRENTLY a
  -- of b
  ON s.t (b);
CREATE USER MAPPING FOR me SERVER far OPTIONS (user 'me', password 'hidden-word');
INSERT INTO t VALUES ('postgres://me:hidden-word@h/d; x');
DO $$ BEGIN PERFORM 1; END $$;
VACUUM ANALYZE s.t`;
    Deno.writeTextFileSync(file, sql);
    const overrides = await readArmFile("mine", file);
    const { change } = overrides;
    assert.deepEqual(change!.statements.map(({ text, line }) => [line, text.split("\n")[0]]), [
      [1, "SET maintenance_work_mem = '1GB'"],
      [2, "CREATE INDEX CONCURRENTLY a"],
      [5, "CREATE USER MAPPING FOR me SERVER far OPTIONS (user 'me', password 'hidden-word')"],
      [6, "INSERT INTO t VALUES ('postgres://me:hidden-word@h/d; x')"],
      [7, "DO $$ BEGIN PERFORM 1; END $$"],
      [8, "VACUUM ANALYZE s.t"],
    ]);
    const arm = { name: "a", path: "sql", role: "candidate", overrides } as PlannedArm;
    const [record] = armRecords([arm], ["a"], () => "");
    assert.doesNotMatch(JSON.stringify(record), /hidden-word/);
    const stored = record!.overrides["change"] as { file: string; sha256: string; statements: string[] };
    assert.equal(stored.file, file);
    assert.match(stored.sha256, /^[0-9a-f]{64}$/);
    assert.deepEqual(stored.statements, [
      "SET maintenance_work_mem = '1GB'",
      "CREATE INDEX CONCURRENTLY a ON s.t (b)",
      "CREATE USER … (not shown: it may hold a password)",
      "INSERT INTO … (not shown: it may hold a password)",
      "DO $$ BEGIN PERFORM 1; END $$",
      "VACUUM ANALYZE s.t",
    ]);
  }));

async function refused(dir: string, sql: string): Promise<string> {
  const file = join(dir, "change.sql");
  Deno.writeTextFileSync(file, sql);
  const error = await readArmFile("mine", file).then(() => null, (error) => error);
  assert.ok(error instanceof UsageError, `${sql}: ${error}`);
  assert.ok(error.message.startsWith(`Cannot use the change ${file}`), error.message);
  return error.message.slice(`Cannot use the change ${file}`.length);
}

Deno.test("what is no SQL, or no change, is said with its line and column", () =>
  withTempDir(async (dir) => {
    for (
      const [sql, said] of [
        ["", /^: it has no statement/],
        ["-- nothing\n/* yet */ ;\n", /^: it has no statement/],
        ["SET work_mem = '1GB';", /^: it only sets what ends with its session/],
        ["SELECT 'ü';\n  CREATE INDX a ON t (b);", /^:2:10: syntax error at or near "INDX"$/],
        ["SELECT 'a;\n", /^:1:8: unterminated quoted string/],
        ["SELECT 1;\n\\i other.sql\n", /^:2:1: psql's own commands, which begin with a backslash/],
        ["SELECT '\n\\i is a text'; SELECT :a", /^:2:23: syntax error/],
        ["COPY t FROM STDIN;\n1\t2\n\\.\n", /^:2:1: the rows of COPY … FROM STDIN are no SQL/],
        ["SELECT 1;\n\nBEGIN;", /^:3: a change has no BEGIN, COMMIT or the like/],
        ["COMMIT", /^:1: a change has no BEGIN/],
        ["CREATE INDEX a ON b (c);\n\0DROP TABLE b;", /^:2:1: it holds a zero byte$/],
        ["ALTER ROLE a PASSWORD 'x' 's3cret'", /^:1:27: syntax error at or near a string$/],
      ] as const
    ) assert.match(await refused(dir, sql), said);
    const missing = await readArmFile("mine", join(dir, "none.sql")).catch((error) => error);
    assert.match(missing.message, /Cannot read the change .*none\.sql: there is no such file/);
    Deno.mkdirSync(join(dir, "folder.sql"));
    const folder = await readArmFile("mine", join(dir, "folder.sql")).catch((error) => error);
    assert.match(folder.message, /Cannot read the change .*folder\.sql: it is a folder/);
  }));

Deno.test("what reaches outside the database is refused, and what only looks like it is not", () =>
  withTempDir(async (dir) => {
    for (
      const sql of [
        "CREATE ROLE r",
        "CREATE USER u PASSWORD 'x'",
        "ALTER ROLE r IN DATABASE d SET work_mem = '1MB'",
        "DROP ROLE r",
        "GRANT a TO b",
        "ALTER SYSTEM SET work_mem = '1MB'",
        "CREATE DATABASE d",
        "DROP DATABASE d",
        "ALTER DATABASE d SET work_mem = '1MB'",
        "ALTER DATABASE d OWNER TO r",
        "ALTER DATABASE d RENAME TO e",
        "GRANT CONNECT ON DATABASE d TO r",
        "COMMENT ON DATABASE d IS 'x'",
        "GRANT SET ON PARAMETER work_mem TO r",
        "CREATE TABLESPACE t LOCATION '/x'",
        "DROP TABLESPACE t",
        "CREATE SUBSCRIPTION s CONNECTION 'host=h' PUBLICATION p",
        "DROP SUBSCRIPTION s",
        "REASSIGN OWNED BY a TO b",
        "DROP OWNED BY a",
        "CHECKPOINT",
        "COPY t TO '/tmp/x'",
        "COPY t FROM PROGRAM 'x'",
        "COPY t FROM STDIN",
        "COPY (SELECT 1) TO STDOUT",
        "SELECT dblink_exec('host=h', 'DROP TABLE t')",
        "INSERT INTO t SELECT * FROM public.dblink('a', 'b') AS x (a integer)",
        "SELECT pg_catalog.pg_terminate_backend(1)",
        "SELECT pg_reload_conf()",
        "SELECT pg_drop_replication_slot('s')",
        "SELECT lo_export(1, '/tmp/x')",
        "IMPORT FOREIGN SCHEMA a FROM SERVER s INTO b",
        "DO $$ BEGIN EXECUTE 'ALTER SYSTEM SET work_mem = 1'; END $$",
        "DO $$ BEGIN\n EXECUTE format('create\n role %I', 'r'); END $$",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'SELECT pg_terminate_backend(1)'",
        "DO $$ BEGIN PERFORM pg_drop_replication_slot('s'); END $$",
        "DO $$ BEGIN PERFORM pg_switch_wal(); END $$",
        "DO $$ BEGIN EXECUTE 'REASSIGN OWNED BY a TO b'; END $$",
        "DO $$ BEGIN EXECUTE 'al'||'ter sys' ||\n 'tem set work_mem = 1'; END $$",
        "DO $$ BEGIN EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', 'd'); END $$",
        "DO $$ BEGIN EXECUTE 'COMMENT ON ROLE r IS NULL'; END $$",
        "DO $$ BEGIN UPDATE pg_catalog.pg_authid SET rolpassword = NULL; END $$",
        "DO $$ BEGIN EXECUTE 'insert into pg_db_role_setting select'; END $$",
        "REINDEX SYSTEM",
        "VACUUM FULL",
        "VACUUM (FULL, ANALYZE)",
        "SET SESSION AUTHORIZATION r",
        "SET application_name = 'x'",
      ]
    ) assert.match(await refused(dir, `CREATE INDEX ON t (a);\n${sql};`), /^:2: /, sql);
    const file = join(dir, "allowed.sql");
    for (
      const sql of [
        "COMMENT ON TABLE t IS 'we drop user data; alter system; dblink('",
        "CREATE USER MAPPING FOR u SERVER s",
        "GRANT SELECT ON t TO r",
        "ALTER TABLE t OWNER TO r",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO r",
        "VACUUM FULL t",
        "VACUUM (ANALYZE)",
        "REINDEX DATABASE",
        "DO $$ BEGIN GRANT SELECT ON t TO r; COMMENT ON TABLE t IS 'on database'; END $$",
        "DO $$ BEGIN UPDATE pg_authid_of_mine SET a = 1; PERFORM count(*) FROM pg_database; END $$",
        "REINDEX TABLE CONCURRENTLY t",
        "CREATE STATISTICS s ON a, b FROM t",
        "ALTER TABLE t SET TABLESPACE fast",
        "DO $$ BEGIN UPDATE t SET a = 1; END $$",
        "CREATE EXTENSION pg_trgm",
      ]
    ) {
      Deno.writeTextFileSync(file, sql);
      assert.equal((await readArmFile("mine", file)).change!.statements.length, 1, sql);
    }
  }));

Deno.test("code that makes SQL while it runs is known as such", () => {
  assert.ok(makesSql("DO $$ BEGIN EXECUTE left('alter x', 5) || what; END $$"));
  assert.ok(makesSql("CREATE OR REPLACE PROCEDURE p() LANGUAGE plpgsql AS $$BEGIN execute x; END$$"));
  assert.ok(!makesSql("DO $$ BEGIN PERFORM executed FROM t; END $$"));
  assert.ok(!makesSql("CREATE TRIGGER t BEFORE INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION f()"));
  assert.ok(!makesSql("EXECUTE prepared"));
});

Deno.test("a statement that is nested too deeply is told with its place, and what to write instead", () =>
  withTempDir(async (dir) => {
    const deep = (terms: number) => Array(terms).fill("1").join("+");
    for (const [terms, place] of [[1500, ":2:3"], [5000, ":2:3"], [100_000, ":1:1"]] as const) {
      const said = await refused(dir, `SELECT 'ü';\n  SELECT ${deep(terms)};`);
      assert.ok(said.startsWith(`${place}: its expressions lie within one another too deeply`), said);
    }
    // Others can be read after it, and such as are long without being deep.
    const file = join(dir, "wide.sql");
    const wide = `SELECT ${Array(100_000).fill("1").join(",")}, ${deep(900)}`;
    Deno.writeTextFileSync(file, wide);
    assert.equal((await readArmFile("mine", file)).change!.statements.length, 1);
  }));
