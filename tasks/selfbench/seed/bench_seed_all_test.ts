import assert from "node:assert/strict";
import { join, relative } from "node:path";
import process from "node:process";
import { Client } from "pg";
import { resolveData } from "../../seed/spec.ts";
import { type TestPostgres, withPostgres } from "../../stack/testing.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { benchSeed, type SeedBenchPlan, type SeedContext } from "./bench_seed.ts";
import { writeCopyFiles } from "./copy_files.ts";
import { withServerFolder } from "./folder.ts";
import { withClient } from "../../seed/connect.ts";
import { wayIn } from "../peers/way_in.ts";
import { DATABASE, findServer, withFreshDatabase } from "./server.ts";
import { copySide, oursSide, type SideContext } from "./sides.ts";

const PLAN: SeedBenchPlan = {
  dataset: "northwind",
  scale: "tiny",
  seed: 42,
  pairs: 1,
  wholePairs: 1,
  workers: 2,
};

/** A terminal that tells `say` everything. */
function terminal(say: (text: string) => void = () => {}): Terminal {
  return {
    live: false,
    width: { columns: 100, prose: 100 },
    print: say,
    step: async (_title, work) => (await work(Object.assign(say, { note: say }))).value,
  };
}

async function query<Row extends object>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

const databases = async (url: string) =>
  (await query<{ datname: string }>(url, "SELECT datname FROM pg_database")).map(({ datname }) => datname);

/** A folder that the test's server can read. */
function withContext<T>({ url, home }: TestPostgres, use: (context: SeedContext) => Promise<T>): Promise<T> {
  return withServerFolder(home, false, async (folder) => {
    const server = await findServer(url, folder);
    return await use({ server, folder, terminal: terminal(), signal: new AbortController().signal });
  });
}

/** The rows as files, and what the sides need. */
async function sideContext(context: SeedContext): Promise<SideContext> {
  const { dataset, shape } = resolveData(PLAN);
  const tables = dataset.tables(shape, await dataset.prepare(shape));
  const files = await writeCopyFiles(tables, context.folder);
  return { ...context, dataset, files, order: { dataset: "northwind", scale: "tiny", seed: 42, workers: 1 } };
}

Deno.test("the seeding against COPY on a real server", async (t) => {
  await withPostgres(async (url, postgres) => {
    await t.step("all sides load the same rows, and nothing stays", async () => {
      const before = await databases(url);
      const result = await withContext(postgres, (context) => benchSeed(PLAN, context));
      assert.equal(result.connections, 2);
      assert.match(result.hash, /^[0-9a-f]{32}$/);
      assert.ok(result.rows > 5_000 && result.copyBytes > result.rows * 10, `${result.rows} rows`);
      const [rows, whole] = result.contests;
      assert.deepEqual([rows!.what, whole!.what], ["rows", "whole"]);
      for (const { ours, peers } of result.contests) {
        assert.equal(peers.length, 2);
        for (const timed of [ours, ...peers]) {
          assert.equal(timed.rows, result.rows);
          assert.equal(timed.seconds.length, 1);
          assert.ok(timed.seconds.every((seconds) => seconds > 0));
        }
        for (const { ratio } of peers) assert.ok(ratio.low <= ratio.median && ratio.median <= ratio.high);
      }
      if (!("unavailable" in result.pgbench)) assert.equal(result.pgbench.rows, 100_011);
      // Where the system tells it: a process of Deno alone takes more than 20 MB.
      if (Deno.build.os === "linux") assert.ok(result.memory.peakBytes! > 20e6);
      assert.deepEqual(await databases(url), before);
      assert.throws(() => Deno.statSync(`${postgres.home}/selfbench`), Deno.errors.NotFound);
    });

    await t.step("a side that loads other rows is found out", async () => {
      await withContext(postgres, async (context) => {
        const sides = await sideContext(context);
        const { path } = sides.files.files.find(({ name }) => name === "order_details")!;
        const text = Deno.readTextFileSync(path);
        // One digit of one row: rows and bytes stay the same.
        Deno.writeTextFileSync(path, text.replace(/\d\n/, (end) => `${(Number(end[0]) + 1) % 10}\n`));
        await assert.rejects(copySide("COPY", 1, "nothing", sides).run(0, () => {}), {
          name: "ServiceError",
          message: /"COPY" .* it loaded other rows/,
        });
        const seconds = (await copySide("COPY", 1, "nothing", sides).run(1, () => {})).seconds;
        assert.ok(seconds > 0, "only the first round is read back");
        const other = { ...sides, order: { ...sides.order, seed: 43 } };
        await assert.rejects(oursSide("Benchbook", "rows", other).run(1, () => {}), /it loaded other rows/);
      });
    });

    await t.step("Ctrl-C ends both sides in mid-work and removes what they made", async () => {
      await withContext(postgres, async (context) => {
        const sides = await sideContext(context);
        const ours = new AbortController();
        // It says something as soon as it loads.
        const stopped = oursSide("Benchbook", "whole", { ...sides, signal: ours.signal })
          .run(0, () => ours.abort());
        await assert.rejects(stopped, { name: "InterruptedError" });

        // A data set that takes ten minutes to make its tables.
        Deno.writeTextFileSync(join(context.folder, "tables.sql"), "SELECT pg_sleep(600)");
        const slow = relative(join(import.meta.dirname!, "../../../queries/schema"), context.folder);
        const peer = new AbortController();
        const waiting = copySide("COPY", 1, "nothing", {
          ...sides,
          dataset: { ...sides.dataset, name: slow },
          signal: peer.signal,
        }).run(0, () => {});
        const asleep = "SELECT FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'PgSleep'";
        while ((await query(url, asleep, [DATABASE])).length === 0);
        peer.abort();
        await assert.rejects(waiting, { name: "InterruptedError" });
      });
      assert.ok(!(await databases(url)).includes(DATABASE));
    });

    await t.step("a database of that name that is not ours is refused and kept", async () => {
      await query(url, `CREATE DATABASE ${DATABASE}`);
      await withContext(postgres, async ({ server, signal }) => {
        await assert.rejects(withFreshDatabase(server, signal, () => Promise.resolve()), {
          name: "ServiceError",
          message: /that Benchbook did not make/,
        });
      });
      assert.ok((await databases(url)).includes(DATABASE));
      await query(url, `DROP DATABASE ${DATABASE}`);
    });

    await t.step("no session but ours is ended, and a database that others look into stays", async () => {
      await withContext(postgres, async ({ server, signal }) => {
        // As another selfbench's, of the same login, is called.
        const visitor = new Client({
          connectionString: url.replace(/[^/]+$/, DATABASE),
          application_name: "benchbook-seed benchbook-selfbench-00000000",
        });
        const ours: string[] = [];
        const left = withFreshDatabase(server, signal, async (fresh) => {
          await visitor.connect();
          const name = "SELECT current_setting('application_name') AS name";
          ours.push(await withClient(fresh, async (client) => (await client.query(name)).rows[0].name));
          ours.push(wayIn(fresh)["PGAPPNAME"]!);
        });
        await assert.rejects(left, {
          name: "ServiceError",
          message:
            /Cannot remove the database .*: sessions that this selfbench did not open use it \(There is 1 other/,
        });
        assert.equal((await visitor.query("SELECT 1")).rowCount, 1);
        assert.match(ours[0]!, /^benchbook-seed benchbook-selfbench-[0-9a-f]{8}$/);
        assert.ok(ours[0]!.endsWith(ours[1]!), "pgbench's sessions bear the mark too");
        await visitor.end();
        await withFreshDatabase(server, signal, () => Promise.resolve());
        assert.ok(!(await databases(url)).includes(DATABASE));
      });
    });

    await t.step("what a killed run has left is removed", async () => {
      await withContext(postgres, async ({ server, signal }) => {
        let comment = "";
        await withFreshDatabase(server, signal, async () => {
          const [row] = await query<{ comment: string }>(
            url,
            "SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1",
            [DATABASE],
          );
          comment = row!.comment;
        });
        await query(url, `CREATE DATABASE ${DATABASE}`);
        await query(url, `COMMENT ON DATABASE ${DATABASE} IS '${comment}'`);
        await withFreshDatabase(server, signal, async (fresh) => {
          assert.deepEqual(await query(fresh, "SELECT 1 AS one"), [{ one: 1 }]);
        });
      });
    });

    await t.step(
      "a role without the rights, and a server that does not see the files, are refused",
      async () => {
        await query(url, "CREATE ROLE ordinary LOGIN PASSWORD 'secret'");
        const ordinary = new URL(url);
        ordinary.username = "ordinary";
        ordinary.password = "secret";
        await withServerFolder(postgres.home, false, async (folder) => {
          await assert.rejects(findServer(ordinary.href, folder), {
            name: "ServiceError",
            exitCode: 3,
            message:
              /"ordinary" lacks CREATEDB, membership of pg_read_server_files, membership of pg_checkpoint/,
          });
          await query(
            url,
            "ALTER ROLE ordinary CREATEDB; GRANT pg_read_server_files, pg_checkpoint TO ordinary",
          );
          const server = await findServer(ordinary.href, folder);
          assert.equal(server.dataDirectory, null);
          const signal = new AbortController().signal;
          const sides = await sideContext({ server, folder, terminal: terminal(), signal });
          // With these rights it goes all the way.
          await copySide("COPY", 2, "in order", sides).run(0, () => {});
          if (process.getuid?.() !== 0) return;
          // Started by root the server runs as another user, to whom this is closed.
          Deno.chmodSync(folder, 0o700);
          await assert.rejects(findServer(url, folder), {
            name: "ServiceError",
            message: /the server cannot read .*Permission denied/,
          });
        });
      },
    );
  });
});
