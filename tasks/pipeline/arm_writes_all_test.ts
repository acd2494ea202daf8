import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { seed } from "../seed/seed.ts";
import { type UserPostgres, withUserPostgres } from "../stack/testing_user_postgres.ts";
import { assertAsFound } from "../testing/facts.ts";
import { lookAround } from "../testing/surroundings.ts";
import { keptRecords } from "../undo/journal.ts";
import type { Called } from "../terminal/testing_in_process.ts";
import { type RunningTask, until, withWorkbench, type Workbench } from "./testing.ts";

const WRITING = ["write-heavy", "--scale", "tiny", "--paths", "sql", "--no-report", "--slo", "errors<1%"];
const SHORT = ["--duration", "1500ms", "--warmup", "300ms"];
const LONG = ["--duration", "60s", "--warmup", "300ms", "--rate", "200"];
/** Vacuums of what was written into, and all that a crash of a server changes by itself. */
const VACUUMED = /: maintenance of table northwind\./;
const CRASHED = [/: statistics of /, /: maintenance of /, /: content of sequence [^:]+: last value /];

/** Two servers of the user's with the same data, and an arm that asks the second one. */
interface Servers {
  readonly bench: Workbench;
  readonly own: UserPostgres;
  readonly other: UserPostgres;
  /** Calls bench with that arm, or without any. */
  run(args: readonly string[], arms?: readonly string[]): Promise<Called>;
  /** The same with that arm in a process of its own: while one lasts, what it owes is nobody else's. */
  apart(args: readonly string[]): Promise<Called>;
  /** Starts it with that arm. */
  start(args: readonly string[]): RunningTask;
  /** Does so, and kills it once both databases hold rows of it. */
  killed(): Promise<string>;
  clean(server: UserPostgres): Promise<Called>;
  asFound(except?: readonly RegExp[]): Promise<void>;
}

function withServers(use: (servers: Servers) => Promise<void>): Promise<void> {
  return withUserPostgres((own) =>
    withUserPostgres((other) =>
      withWorkbench(async (bench) => {
        for (const { url } of [own, other]) {
          await seed({ url, dataset: "northwind", scale: "tiny", seed: 42 });
        }
        const file = join(bench.folder, "other.json");
        Deno.writeTextFileSync(file, JSON.stringify({ databaseUrl: other.url }));
        const arm = ["--arm", `other=${file}`];
        const env = { DATABASE_URL: own.url };
        const look = async () => [
          await lookAround({ postgres: { url: own.url } }),
          await lookAround({ postgres: { url: other.url } }),
        ];
        const before = await look();
        const none = (said: string) => assert.doesNotMatch(said, /theirs@|:theirs/, "no password is said");
        const checked = async (result: Promise<Called>) => {
          const ended = await result;
          none(ended.stdout + ended.stderr);
          return ended;
        };
        const start = (args: readonly string[]) => bench.start("bench", [...WRITING, ...args, ...arm], env);
        await use({
          bench,
          start,
          own,
          other,
          run: (args, arms = arm) => checked(bench.call("bench", [...WRITING, ...args, ...arms], env)),
          apart: (args) => checked(start(args).result),
          async killed() {
            const running = start(LONG);
            await bench.measuring();
            await until(
              async () => await reserved(own) > 0 && await reserved(other) > 0 || null,
              "nothing was written into one of the databases",
            );
            running.kill("SIGKILL");
            await running.result;
            const { records } = await keptRecords(bench.home);
            assert.deepEqual(records.map(({ part = 0 }) => part).sort(), [0, 1]);
            for (const { name } of Deno.readDirSync(join(bench.home, "undo"))) {
              if (name.endsWith(".json")) none(Deno.readTextFileSync(join(bench.home, "undo", name)));
            }
            return records[0]!.runId;
          },
          clean: ({ url }) => checked(bench.call("clean", ["--writes"], { DATABASE_URL: url })),
          async asFound(except = [VACUUMED]) {
            const after = await look();
            before.forEach((each, at) => assertAsFound(each, after[at]!, { except }));
            assert.deepEqual(await keptRecords(bench.home), { records: [], refused: [], damaged: [] });
            assert.ok(!existsSync(join(bench.home, "undo/spools")));
          },
        });
      }, { untouched: true })
    )
  );
}

async function reserved({ url }: UserPostgres): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: [found] } = await client.query(
      "SELECT count(*)::integer AS n FROM ONLY northwind.orders WHERE order_id BETWEEN 1000000000 AND 1999999999",
    );
    return found.n;
  } finally {
    await client.end();
  }
}

/** A run that went through; a busy machine may make it invalid. */
const ended = ({ code, stdout, stderr }: Called) =>
  assert.ok(
    code === 0 || code === 4 && !/Cannot compare/.test(stderr),
    `exit ${code}\n${stdout}${stderr}`,
  );
const tookBack = (runId: string, { url }: UserPostgres) =>
  new RegExp(
    `Took back what the run ${runId} \\(write-heavy\\) had left in the database "postgres" at ${
      new URL(url).host
    }: \\d+ rows?\\.`,
  );

Deno.test("what an arm wrote on another server is taken back there, however the run ends", (t) =>
  withServers(async ({ bench, start, own, other, run, apart, killed, clean, asFound }) => {
    const host = new URL(other.url).host;

    await t.step("an open and a closed loop", async () => {
      ended(await run(SHORT));
      await asFound();
      ended(await run([...SHORT, "--concurrency", "2"]));
      await asFound();
    });

    await t.step(
      "a search for the highest rate, interrupted: its run wrote into one of them alone",
      async () => {
        const running = start(["--find-rate", "--slo", "p95<80ms", "--duration", "20s"]);
        await bench.measuring();
        assert.deepEqual((await keptRecords(bench.home)).records.map(({ part = 0 }) => part), [0]);
        await until(async () => await reserved(own) > 0 || null, "nothing was written");
        assert.equal(await reserved(other), 0);
        running.kill("SIGINT");
        const { code, stdout, stderr } = await running.result;
        assert.equal(code, 130, stdout + stderr);
        await asFound();
      },
    );

    await t.step("killed: the next start with the arm takes back both", async () => {
      const runId = await killed();
      const next = await run(SHORT);
      ended(next);
      for (const server of [own, other]) assert.match(next.stdout, tookBack(runId, server));
      await asFound();
    });

    await t.step(
      "killed: a start without the arm takes back its own and names the other, and so does a cleaning",
      async () => {
        const runId = await killed();
        const next = await run(SHORT, []);
        ended(next);
        const named = new RegExp(
          `The run ${runId} \\(write-heavy\\) ended early and may have left rows in the database "postgres" at ` +
            `${host}\\. .*with a DATABASE_URL that leads there`,
        );
        assert.match(next.stdout, tookBack(runId, own));
        assert.match(next.stdout, named);
        assert.ok(await reserved(other) > 0);
        const cleaned = await clean(own);
        assert.equal(cleaned.code, 3, cleaned.stderr);
        assert.match(cleaned.stdout, named);
        const there = await clean(other);
        assert.equal(there.code, 0, there.stderr);
        assert.match(there.stdout, tookBack(runId, other));
        await asFound();
      },
    );

    await t.step(
      "killed, and its own server with it: the other is taken back, and the record kept",
      async () => {
        const runId = await killed();
        await own.kill();
        assert.equal((await run(SHORT)).code, 3);
        const there = await clean(other);
        assert.equal(there.code, 3, there.stderr);
        assert.match(there.stdout, tookBack(runId, other));
        assert.match(there.stdout, new RegExp(`may have left rows in .* at ${new URL(own.url).host}`));
        assert.deepEqual((await keptRecords(bench.home)).records.map(({ part = 0 }) => part), [0]);
        await own.start();
        const cleaned = await clean(own);
        assert.equal(cleaned.code, 0, cleaned.stderr);
        assert.match(cleaned.stdout, tookBack(runId, own));
        await asFound(CRASHED);
      },
    );

    await t.step(
      "the other server dies in mid-run: its own is taken back at once, the other later",
      async () => {
        const running = apart(LONG);
        await bench.measuring();
        await until(async () => await reserved(other) > 0 || null, "nothing was written");
        await other.kill();
        const { code, stdout, stderr } = await running;
        assert.equal(code, 3, stdout + stderr);
        assert.match(
          stdout + stderr,
          new RegExp(
            `In the database "postgres" at ${host}: It is not known whether writes of the run \\S+ .* are left: Cannot connect`,
          ),
        );
        assert.match(
          stdout + stderr,
          new RegExp(
            `then run \`deno task clean --writes\` with a DATABASE_URL that leads to the database "postgres" at ${host}: it takes back`,
          ),
        );
        assert.equal(await reserved(own), 0);
        assert.deepEqual((await keptRecords(bench.home)).records.map(({ part = 0 }) => part), [1]);
        await other.start();
        const cleaned = await clean(other);
        assert.equal(cleaned.code, 0, cleaned.stderr);
        await asFound(CRASHED);
      },
    );

    await t.step("a role that could not take its writes back is refused", async () => {
      const client = new Client({ connectionString: other.url });
      await client.connect();
      await client.query(`
        CREATE ROLE plain LOGIN PASSWORD 'theirs'; GRANT USAGE ON SCHEMA northwind, benchbook TO plain;
        GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA northwind, benchbook TO plain`);
      const theirs = new URL(other.url);
      theirs.username = "plain";
      const file = join(bench.folder, "plain.json");
      Deno.writeTextFileSync(file, JSON.stringify({ databaseUrl: theirs.href }));
      const { code, stderr } = await run(SHORT, ["--arm", `other=${file}`]);
      assert.equal(code, 2, stderr);
      assert.match(
        stderr,
        /the role lacks DELETE on northwind\.order_details, DELETE on northwind\.orders$/m,
      );
      await client.query("DROP OWNED BY plain; DROP ROLE plain");
      await client.end();
      assert.equal(await reserved(other), 0);
    });
  }));
