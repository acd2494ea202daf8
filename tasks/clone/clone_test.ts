import assert from "node:assert/strict";
import { UsageError } from "../model/errors.ts";
import { applyChange } from "./apply_change.ts";
import { cloneName, forgetClone, keepClone, keptClones } from "./clone_record.ts";
import { inspectCloneable, refuseConnected } from "./cloneable.ts";
import { dropClone } from "./drop_clone.ts";
import { dropLeftClones } from "./left_clones.ts";
import { foundAs, makeClone } from "./make_clone.ts";
import { urlOf } from "../undo/place.ts";
import { changeOf, connected, rowsOf, withOriginal } from "./testing.ts";

Deno.test("a clone has what its original has, is changed alone, and is dropped by its mark", () =>
  withOriginal(async ({ url, home, runId, clone }) => {
    const made = await clone();
    assert.equal(made.record.name, cloneName(runId, 1));
    assert.deepEqual(keptClones(home), { records: [made.record], damaged: [] });
    const analyzed = await applyChange(
      changeOf("CREATE INDEX CONCURRENTLY t_a ON t (a)", "VACUUM t", "CREATE TABLE made AS SELECT 1 AS x"),
      { url: made.url, runId },
    );
    assert.deepEqual(analyzed, ["public.made", "public.t"]);
    // Who may connect to the original is not copied: nobody but its maker may.
    const [{ may }] = await rowsOf<{ may: boolean }>(
      url,
      `SELECT has_database_privilege('public', '${made.record.name}', 'CONNECT') AS may`,
    ) as [{ may: boolean }];
    assert.equal(may, false);
    const indexes = (at: string) =>
      rowsOf(at, "SELECT FROM pg_index WHERE indrelid = 't'::regclass").then(({ length }) => length);
    assert.deepEqual([await indexes(made.url), await indexes(url)], [1, 0]);
    const [stats] = await rowsOf<{ n: string }>(
      made.url,
      "SELECT count(*) AS n FROM pg_stats WHERE tablename = 'made'",
    );
    assert.equal(stats!.n, "1");
    await connected(url, async (client) => {
      assert.equal(await dropClone(home, made.record, client), "dropped");
      assert.equal(await foundAs(client, made.record.name), null);
    });
    assert.deepEqual(keptClones(home).records, []);
  }));

Deno.test("rows that a change writes are counted, so that their table is analyzed", () =>
  withOriginal(async ({ runId, clone }) => {
    const made = await clone();
    const written = changeOf("UPDATE t SET b = 1", "DO $$ BEGIN INSERT INTO untouched VALUES (1); END $$");
    assert.deepEqual(await applyChange(written, { url: made.url, runId }), ["public.t", "public.untouched"]);
    assert.deepEqual(await applyChange(changeOf("COMMENT ON TABLE t IS 'x'"), { url: made.url, runId }), []);
  }));

Deno.test("settings of the original's sessions are those of its clone's", () =>
  withOriginal(async ({ url, clone }) => {
    const { pathname } = new URL(url);
    const name = pathname.slice(1);
    await connected(url, async (client) => {
      await client.query(`ALTER DATABASE ${name} SET search_path = pg_catalog, "odd, one", public`);
      await client.query(`ALTER DATABASE ${name} SET work_mem = '7MB'`);
      await client.query(`ALTER DATABASE ${name} SET my.word = 'it''s, a "word"'`);
      await client.query(`ALTER ROLE CURRENT_USER IN DATABASE ${name} SET work_mem = '9MB'`);
    });
    const made = await clone();
    assert.deepEqual(made.lacking, []);
    for (const setting of ["search_path", "work_mem", "my.word"]) {
      const [there, here] = await Promise.all([url, made.url].map((at) => rowsOf(at, `SHOW ${setting}`)));
      assert.deepEqual(here, there, setting);
    }
    const [memory] = await rowsOf<{ work_mem: string }>(made.url, "SHOW work_mem");
    assert.equal(memory!.work_mem, "9MB");
  }));

Deno.test("settings that a login has in the original are its own in the clone, also where it takes on a role", () =>
  withOriginal(async ({ url, runId, home }) => {
    const login = new URL(url);
    const name = login.pathname.slice(1);
    const [app, team] = [`app_${name}`, `team_${name}`];
    login.username = app;
    login.password = "app";
    await connected(url, (client) =>
      client.query(
        `CREATE ROLE ${team} CREATEDB; CREATE ROLE ${app} LOGIN PASSWORD 'app' IN ROLE ${team};` +
          `ALTER ROLE ${app} SET role = '${team}'; ALTER DATABASE ${name} OWNER TO ${team};` +
          `ALTER DATABASE ${name} SET work_mem = '7MB'; ALTER ROLE ${app} IN DATABASE ${name} SET jit = 'off'`,
      ));
    try {
      const database = await inspectCloneable(login.href, runId, false);
      const { record, lacking } = await makeClone({ home, url: login.href, database, runId }, () => {});
      assert.deepEqual(lacking, []);
      const settings =
        "SELECT current_user AS role, current_setting('work_mem') AS memory, current_setting('jit') AS jit";
      assert.deepEqual(await rowsOf(urlOf(login.href, record.name), settings), [
        { role: team, memory: "7MB", jit: "off" },
      ]);
      await connected(url, (client) => dropClone(home, record, client));
    } finally {
      await connected(
        url,
        (client) => client.query(`ALTER DATABASE ${name} OWNER TO CURRENT_USER; DROP ROLE ${app}, ${team}`),
      );
    }
  }));

Deno.test("a change that writes into a foreign table or a shared catalog is refused: it would not go with the clone", () =>
  withOriginal(async ({ url, runId, clone }) => {
    await connected(url, (client) =>
      client.query(
        "CREATE FOREIGN DATA WRAPPER far; CREATE SERVER away FOREIGN DATA WRAPPER far;" +
          "CREATE FOREIGN TABLE remote (a integer) SERVER away; CREATE VIEW seen AS SELECT * FROM remote;" +
          "CREATE TABLE parent (a integer) PARTITION BY LIST (a);" +
          "CREATE FOREIGN TABLE part PARTITION OF parent FOR VALUES IN (1) SERVER away",
      ));
    const made = await clone();
    const tried: [sql: string, table: string][] = [
      ["UPDATE pg_database SET datname = datname WHERE false", "pg_database"],
      ["DELETE FROM pg_catalog.pg_db_role_setting WHERE false", "pg_db_role_setting"],
      ["UPDATE remote SET a = 1", "remote"],
      ["TRUNCATE t, public.remote", "remote"],
      ["WITH gone AS (DELETE FROM seen RETURNING a) SELECT * FROM gone", "remote"],
      ["INSERT INTO parent VALUES (1)", "part"],
    ];
    for (const [sql, table] of tried) {
      await assert.rejects(
        applyChange(changeOf("CREATE TABLE IF NOT EXISTS more ()", sql), { url: made.url, runId }),
        (error: UsageError) => {
          assert.match(
            error.message,
            new RegExp(`^Cannot apply the change change\\.sql:3: .* \\w+\\.${table}, `),
          );
          return true;
        },
      );
    }
    await applyChange(changeOf("ALTER FOREIGN TABLE remote ADD b integer"), { url: made.url, runId });
  }));

Deno.test("a change that fails is told with file, line, statement and PostgreSQL's message", () =>
  withOriginal(async ({ runId, clone }) => {
    const made = await clone();
    await assert.rejects(
      applyChange(changeOf("CREATE INDEX ON t (a)", "UPDATE t SET\n  a = 1,\n  b = none"), {
        url: made.url,
        runId,
      }),
      (error) => {
        assert.ok(error instanceof UsageError, String(error));
        assert.equal(
          error.message,
          'Cannot apply the change change.sql:5: column "none" does not exist (SQLSTATE 42703)',
        );
        assert.match(
          error.next!,
          /^The statement: UPDATE t SET\n {2}a = 1,\n {2}b = none\.$/,
        );
        return true;
      },
    );
  }));

Deno.test("a clone on another server is named, and a record that cannot be trusted is not acted upon", () =>
  withOriginal(async ({ url, home, clone }) => {
    const { record } = await clone();
    const owner = { pid: 1, startedAt: "of nobody" };
    keepClone(home, { ...record, owner, of: { ...record.of, port: 1 } });
    const other = await dropLeftClones(home, { url, embedded: false, held: false });
    assert.deepEqual(other.told, []);
    assert.match(
      other.left.join(),
      /may have left the clone .* at \S+:1\. `deno task clean --writes` drops it, .* Where you drop it yourself, delete \S+clones\/\S+\.json\.$/,
    );
    keepClone(home, { ...record, owner });
    const path = `${home}/clones/${record.name}.json`;
    Deno.chmodSync(path, 0o666);
    const untrusted = await dropLeftClones(home, { url, embedded: false, held: false });
    assert.match(untrusted.left.join(), /may be written by other users\. Drop that database yourself/);
    Deno.chmodSync(path, 0o600);
    Deno.writeTextFileSync(path, "{");
    assert.match(
      (await dropLeftClones(home, { url, embedded: false, held: false })).left.join(),
      /is damaged\. Drop that/,
    );
    assert.notEqual(await connected(url, (client) => foundAs(client, record.name)), null);
    forgetClone(home, record);
    keepClone(home, record);
  }));

Deno.test("who else is in the database is named, and stays", () =>
  withOriginal(async ({ url, runId }) => {
    await connected(url, async (other) => {
      await other.query("SET application_name = 'their shop'");
      const [{ pid }] = (await other.query("SELECT pg_backend_pid() AS pid")).rows;
      const named = (error: unknown) => {
        assert.ok(error instanceof UsageError, String(error));
        assert.match(error.message, new RegExp(`there is pid ${pid} \\(their shop, role \\w+\\)$`));
        assert.match(error.next!, /ends no session but its own/);
        return true;
      };
      await assert.rejects(refuseConnected(url, await inspectCloneable(url, runId, false), runId), named);
      assert.equal((await other.query("SELECT 1 AS one")).rows[0].one, 1);
      await other.query("SET application_name = 'benchbook-graphql'");
      await assert.rejects(
        refuseConnected(url, await inspectCloneable(url, runId, true, ""), runId),
        (error: UsageError) => {
          assert.equal(
            error.next,
            "`deno task down` ends those of the stack that `deno task up` has started.",
          );
          return true;
        },
      );
    });
  }));

Deno.test("a database of somebody else that bears a clone's name is left alone, and only the record goes", () =>
  withOriginal(async ({ url, home, clone }) => {
    const made = await clone();
    await connected(url, async (client) => {
      await dropClone(home, made.record, client);
      await client.query(`CREATE DATABASE ${made.record.name}`);
    });
    // The next clone of the run takes another name.
    assert.equal((await clone()).record.name, made.record.name.replace(/_1$/, "_2"));
    await connected(url, async (client) => {
      try {
        for (const record of [made.record, { ...made.record, oid: null }]) {
          keepClone(home, record);
          assert.equal(await dropClone(home, record, client), "not there");
          assert.notEqual(await foundAs(client, made.record.name), null);
          assert.ok(!keptClones(home).records.some(({ name }) => name === record.name));
        }
      } finally {
        await client.query(`DROP DATABASE ${made.record.name}`);
      }
    });
  }));
