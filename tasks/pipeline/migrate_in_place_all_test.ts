import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { InPlaceRecord } from "../migrate/in_place.ts";
import { ExitCode } from "../model/errors.ts";
import { assertSettledAsFound, settledDifference } from "../testing/facts.ts";
import { lookAtPostgres } from "../testing/look_at_postgres.ts";
import { latest, leftAtOnce, LITTLE, ofRun, ownFile, SLOW, startedUntil } from "./testing_migration.ts";
import { notes, withTheirs } from "./testing_their_database.ts";
import { type RunningTask, until, type Workbench } from "./testing.ts";

/** A scenario of the user's. @returns its path */
function onlyReading({ folder }: Workbench): string {
  const path = join(folder, "reads.ts");
  const accessPaths = import.meta.resolve("../../queries/scenarios/access-paths.ts");
  Deno.writeTextFileSync(
    path,
    `import accessPaths from "${accessPaths}";
export default {
  ...accessPaths,
  name: "reads",
  operations: accessPaths.operations.filter(({ write }) => !write),
};
`,
  );
  return path;
}

Deno.test("a change in place stays, the load's own rows do not, and nothing else is changed", async () => {
  await withTheirs(async ({ bench, env, client, url }) => {
    const file = ownFile(bench, "ALTER TABLE northwind.orders ADD COLUMN gift_note text;\n");
    const look = () => lookAtPostgres(url, { databases: ["mine"] });
    const before = await look();
    const { code, stdout, stderr } = await bench.run(
      "migrate",
      [file, "--in-place", "mine", ...LITTLE, "--duration", "2s"],
      env,
    );
    assert.ok([ExitCode.ok, ExitCode.verdictFailed, ExitCode.invalid].includes(code as 0), stderr);
    assert.doesNotMatch(`${stdout}${stderr}`, /plain@|plain:plain/);
    const { migration } = await latest(bench);
    assert.deepEqual([migration!.migration.place, migration!.migration.database], ["in-place", "mine"]);
    assert.ok(migration!.ledger.complete && migration!.ledger.ok > 0);
    assert.deepEqual(await notes(client), ["gift_note"]);
    const others = (lines: readonly string[]) =>
      lines.filter((line) => !/gift_note|northwind\.orders\b/.test(line));
    const except = [/maintenance of table northwind\./];
    const lines = await settledDifference(before, look, { except }, (lines) => others(lines).length === 0);
    assert.ok(lines.length > 0);
    assert.deepEqual(others(lines), []);
    const { rows: [{ n }] } = await client.query(
      "SELECT count(*)::int AS n FROM northwind.orders WHERE order_id > 1000000",
    );
    assert.equal(n, 0);
  });
});

Deno.test("a change in place that is killed is named at the next start, and is gone on with from there", async () => {
  await withTheirs(async ({ bench, env, client }) => {
    const file = ownFile(bench, SLOW);
    const running = await startedUntil(bench, "migrate", [file, "--in-place", "mine"], env);
    running.kill("SIGKILL");
    await running.result;
    // It was acknowledged long before, and nobody can know but who looks there before it is taken back.
    const { rowCount: lost } = await client.query(
      "DELETE FROM northwind.orders WHERE order_id = " +
        "(SELECT min(order_id) FROM northwind.orders WHERE order_id >= 1000000000)",
    );
    assert.equal(lost, 1);
    // What writes into the data set refuses tables that have other columns than it has made.
    const next = await bench.call("migrate", [
      file,
      "--in-place",
      "mine",
      "--from",
      "3",
      "--scenario",
      onlyReading(bench),
      ...LITTLE,
      "--duration",
      "1s",
    ], env);
    const said = `${next.stdout}${next.stderr}`;
    assert.match(
      said,
      /was cut off while it made \S+change\.sql in the database "mine" at \S+: \S+change\.sql:2 \(SELECT pg_sleep\(6\)\) was under way/,
    );
    assert.match(
      said,
      /`deno task migrate \S+change\.sql --in-place mine --from 2 --scenario \S+ --scale tiny` goes on with it/,
    );
    assert.deepEqual(await notes(client), ["first_note", "last_note"], said);
    const [, judged, runId, reserve] =
      /(Checked the writes of the run (\S+) in the database "mine" at \S+: \d+ acknowledged writes, 1 problem\.) (The run's writes are judged as they were found at [-\d]+ \d\d:\d\d UTC, .+ after it ended: others may have changed them since\.)/
        .exec(said) ?? [];
    assert.ok(judged !== undefined && said.includes(`Took back what the run ${runId} `), said);
    assert.ok(said.indexOf(judged) < said.indexOf("Took back what the run"), said);
    const { run, migration, reasons } = await ofRun(bench, runId!);
    assert.equal(run.status, "crashed");
    assert.ok(reasons.includes(reserve!), reasons.join("\n"));
    assert.ok(migration!.ledger.ok > 0 && migration!.ledger.complete, JSON.stringify(migration!.ledger));
    assert.deepEqual(migration!.ledger.problems.map(({ problem, n }) => [problem, n]), [["lost", 1]]);
    assert.equal(existsSync(join(bench.home, "ledgers")), false);
    const after = await bench.call("bench", [
      "smoke",
      "--scale",
      "tiny",
      "--duration",
      "1500ms",
      "--paths",
      "sql",
      "--no-report",
    ], env);
    assert.doesNotMatch(after.stdout, /was cut off/);
  });
});

/** How far a change in place has come, as its run keeps it. */
function recordIn({ home }: Workbench): Pick<InPlaceRecord, "statement" | "done"> | null {
  const folder = join(home, "in-place");
  try {
    const [name] = readdirSync(folder).filter((name) => name.endsWith(".json"));
    return JSON.parse(Deno.readTextFileSync(join(folder, name!)));
  } catch {
    return null;
  }
}

/** Takes a part of what a run's writes are judged by away. */
function damageLedger({ home }: Workbench): void {
  const [runId] = readdirSync(join(home, "ledgers"));
  const path = join(home, "ledgers", runId!, "record.json");
  const { draws: _, ...rest } = JSON.parse(Deno.readTextFileSync(path));
  Deno.writeTextFileSync(path, JSON.stringify(rest));
}

Deno.test("kill -9 before, within and after a change in place is told by the next start, with what is left of it", async (t) => {
  await withTheirs(async ({ bench, env, client }) => {
    const building = ownFile(
      bench,
      "CREATE INDEX CONCURRENTLY gift_index ON northwind.orders (ship_city);\n",
    );
    const start = (file: string, duration: string) =>
      bench.start("migrate", [file, "--in-place", "mine", ...LITTLE, "--duration", duration], env);
    const kill = async (running: RunningTask) => {
      running.kill("SIGKILL");
      await running.result;
    };
    /** A start that ends soon: what it is asked for cannot be. */
    const next = async () => {
      const asked = ["smoke", "--scale", "small", "--paths", "sql", "--no-report"];
      const { stdout, stderr } = await bench.call("bench", asked, env);
      return `${stdout}${stderr}`;
    };
    /** Ctrl-C. Where a machine is too busy to end a run within five seconds, the next start says what is to be said. */
    const interrupt = async (running: RunningTask, inTime: RegExp, afterwards: RegExp) => {
      await bench.measuring();
      running.kill("SIGINT");
      const ended = await running.result;
      assert.equal(ended.code, ExitCode.interrupted, ended.stdout);
      if (leftAtOnce(ended)) {
        assert.match(await next(), afterwards);
        return;
      }
      assert.match(ended.stdout, inTime);
      const { run, migration } = await latest(bench);
      assert.equal(run.status, "interrupted");
      assert.deepEqual(migration!.ledger.problems, []);
      assert.deepEqual(await ownRows(), 0);
    };
    const ownRows = async () =>
      (await client.query("SELECT FROM northwind.orders WHERE order_id >= 1000000000")).rowCount;
    await t.step("in the baseline, as after Ctrl-C there", async () => {
      await interrupt(
        start(building, "30s"),
        /Nothing of \S+change\.sql was begun in the database "mine" at \S+: the same command begins anew/,
        /was cut off before it began with \S+change\.sql in the database "mine" at \S+: nothing of it is done there, and the same command begins anew/,
      );
      const running = start(building, "30s");
      await bench.measuring();
      await until(async () => await ownRows() || null, "no row of the load's");
      await kill(running);
      damageLedger(bench);
    });
    await t.step("while it builds an index, which stays INVALID", async () => {
      await client.query("BEGIN; LOCK TABLE northwind.orders IN ROW EXCLUSIVE MODE");
      const running = start(building, "1s");
      const invalid = async () =>
        (await client.query("SELECT FROM pg_index WHERE NOT indisvalid")).rowCount === 1 ? true : null;
      await until(invalid, "no index that is being built");
      await kill(running);
      // The server looks each second whether a client is there yet: before that the build would go on, and come to its end.
      const ended = async () => {
        await client.query("SELECT pg_stat_clear_snapshot()");
        const { rowCount } = await client.query(
          "SELECT FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%'",
        );
        return rowCount === 0 || null;
      };
      await until(ended, "no end of the build");
      await client.query("COMMIT");
      const { stdout } = await running.result;
      // Whether they can be judged or not, they are taken back.
      const [, runId] =
        /The writes of the run (\S+) cannot be judged: \S+record\.json is damaged\./.exec(stdout) ?? [];
      assert.match(stdout, new RegExp(`Took back what the run ${runId} .* had left in .*: [\\d,]+ rows?\\.`));
      assert.doesNotMatch(stdout, /not known whether/);
      assert.match(
        stdout,
        /was cut off before it began with \S+change\.sql in the database "mine" at \S+: nothing of it is done there/,
      );
      const said = await next();
      assert.match(said, /change\.sql:1 \(CREATE INDEX CONCURRENTLY gift_index .*\) was under way/);
      const [, drop] = /The index northwind\.gift_index is INVALID: .* Remove it: (DROP .*;)/.exec(said) ??
        [];
      assert.ok(drop !== undefined, said);
      await client.query(drop);
      assert.doesNotMatch(await next(), /INVALID/);
    });
    await t.step("in the recovery, as after Ctrl-C there", async () => {
      const made = async () => {
        const running = start(ownFile(bench, "COMMENT ON TABLE northwind.orders IS 'theirs';\n"), "6s");
        await until(() => recordIn(bench)?.done || null, "no end of the change");
        return running;
      };
      await interrupt(
        await made(),
        /change\.sql was made in the database "mine" at \S+ itself: nothing of it is undone/,
        /was cut off after it had made \S+change\.sql .*: all of it is done and stays/,
      );
      const running = await made();
      await until(async () => await ownRows() || null, "no row of the load's");
      await kill(running);
      // What the server is at yet may come to its end.
      const alone = async () =>
        (await client.query(
            "SELECT FROM pg_stat_activity " +
              "WHERE datname = 'mine' AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
          )).rowCount === 0 || null;
      await until(alone, "no end of the run's sessions");
      // Whoever cleans up after a kill is not told that the change lost what they have removed.
      await client.query("DELETE FROM northwind.order_details WHERE order_id >= 1000000000");
      await client.query("DELETE FROM northwind.orders WHERE order_id >= 1000000000");
      assert.match(
        await next(),
        /was cut off after it had made \S+change\.sql .*: all of it is done and stays/,
      );
      const { stdout: said } = await bench.call("clean", ["--writes"], env);
      const [, runId, reserve] =
        /Checked the writes of the run (\S+) in .*: \d+ acknowledged writes, [\d,]+ could not be looked at\. (None of the rows that the run inserted was left at .* is not known\.)/
          .exec(said) ?? [];
      assert.ok(runId !== undefined, said);
      const { migration, reasons } = await ofRun(bench, runId);
      assert.deepEqual([migration!.ledger.problems, migration!.ledger.complete], [[], false]);
      assert.ok(reasons.includes(reserve!), reasons.join("\n"));
      assert.equal(recordIn(bench), null);
    });
  });
});

Deno.test("a change of a clone leaves the database as it was, and nothing beside it", async () => {
  await withTheirs(async ({ bench, env, client, url }) => {
    const asked = [...LITTLE, "--duration", "1s"];
    const own = ownFile(bench, "ALTER TABLE northwind.orders ADD COLUMN gift_note text;\n");
    const without = await bench.call("migrate", [own, ...asked, "--clone"], env);
    assert.equal(without.code, ExitCode.usage, without.stdout);
    assert.match(
      without.stderr,
      /may not create databases \(CREATEDB\)[\s\S]*let DATABASE_URL lead to it, and give --in-place with its name/,
    );
    await client.query("ALTER ROLE plain CREATEDB");
    // Nobody may be in a database that is cloned.
    await client.end();
    const file = ownFile(
      bench,
      "ALTER TABLE northwind.orders ADD COLUMN gift_note text;\n" +
        "DO $$ BEGIN EXECUTE 'COMMENT ON TABLE northwind.orders IS ' || quote_literal('theirs'); END $$;\n",
    );
    const look = () => lookAtPostgres(url, { databases: ["mine"] });
    const before = await look();
    const refused = await bench.call("migrate", [file, ...asked], env);
    assert.equal(refused.code, ExitCode.usage, refused.stdout);
    assert.match(refused.stderr, /takes \S+ MiB of the server's disk, and --clone is not given/);
    const { code, stdout, stderr } = await bench.call("migrate", [file, ...asked, "--clone"], env);
    assert.ok([ExitCode.ok, ExitCode.verdictFailed, ExitCode.invalid].includes(code as 0), stderr);
    const unread = /The SQL that \S+change\.sql:2 makes by EXECUTE cannot be read before it runs/;
    assert.match(stdout, unread);

    const { run, migration } = await latest(bench);
    assert.equal(migration!.migration.place, "clone");
    assert.ok(run.environment.unavailable.some((sentence) => unread.test(sentence)));
    assert.deepEqual(migration!.steps.map(({ endUs, error }) => [endUs !== null, error]), [[true, null], [
      true,
      null,
    ]]);
    await assertSettledAsFound(before, look, { except: [/maintenance of table northwind\./] });
  });
});

Deno.test("a right that is lacking fails the change with its reason, and nothing is done", async () => {
  await withTheirs(async ({ bench, env, client }) => {
    await client.query("CREATE TABLE public.theirs (id integer)");
    const file = ownFile(bench, "ALTER TABLE public.theirs ADD COLUMN note text;\n");
    const asked = [file, "--in-place", "mine", ...LITTLE, "--duration", "1s"];
    // A parameter `dbname` counts before the path.
    const at = (path: string, dbname: string) => {
      const url = Object.assign(new URL(env["DATABASE_URL"]!), { pathname: path });
      url.searchParams.set("dbname", dbname);
      return { DATABASE_URL: url.href };
    };
    const other = await bench.call("migrate", asked, at("/mine", "postgres"));
    assert.equal(other.code, ExitCode.usage, other.stdout);
    assert.match(other.stderr, /DATABASE_URL names the database "postgres"/);
    const { code, stdout } = await bench.call("migrate", asked, at("/nowhere", "mine"));
    assert.equal(code, ExitCode.verdictFailed, stdout);
    assert.match(stdout, /must be owner of table theirs \(42501\)/);
  });
});
