import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RunSummary } from "../model/summary.ts";
import { lockDatabase } from "../seed/database_lock.ts";
import { seed } from "../seed/seed.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { openStore } from "../store/open.ts";
import type { Called } from "../terminal/testing_in_process.ts";
import { SHORT, withWorkbench, type Workbench } from "./testing.ts";

const QUICK = [...SHORT, "--no-report", "--json", "--slo", "errors<1%"];
const QUERY = join(import.meta.dirname!, "../../queries/workloads/access-paths/product-by-id.sql");

async function rows<T>(bench: Workbench, sql: string): Promise<T[]> {
  const store = await openStore(bench.db, { mode: "read" });
  try {
    return await store.rows<T>(sql);
  } finally {
    store.close();
  }
}

/** Writes files into the workbench's folder. @returns gives the path of one of them */
function filesOf(bench: Workbench): (name: string, text: string) => string {
  return (name, text) => {
    const file = join(bench.folder, "mine", name);
    Deno.mkdirSync(join(file, ".."), { recursive: true });
    Deno.writeTextFileSync(file, text);
    return file;
  };
}

function summaryOf({ code, stdout, stderr }: Called): RunSummary {
  assert.ok(stdout.startsWith("{"), stderr);
  const summary = JSON.parse(stdout) as RunSummary;
  // A busy machine may make it invalid.
  assert.equal(code, summary.validity.valid ? 0 : 4, stderr);
  return summary;
}

Deno.test("arms described by files are measured as they say, beside a twin and the baseline", async (t) => {
  await withWorkbench(async (bench) => {
    const file = filesOf(bench);
    const session = file(
      "noindex.json",
      '{"session": {"enable_indexscan": "off", "enable_bitmapscan": false}}',
    );
    const own = Deno.readTextFileSync(QUERY).replace("SELECT\n", "SELECT /* asked otherwise */\n");
    file("queries/product-by-id.sql", own);
    const asked = file(
      "asked.ts",
      'export default { path: "sql+cache", queries: "queries", settings: { cache_ttl: 7 } };',
    );

    await t.step("each is an arm of its name, with its role and what it has otherwise", async () => {
      const summary = summaryOf(
        await bench.call("bench", [
          "smoke",
          ...QUICK,
          ...["--arm", `noindex=${session}`, "--arm", `asked=${asked}`, "--arm", "twin="],
        ]),
      );
      const { config } = summary.run;
      assert.deepEqual(config.arms, ["sql", "noindex", "asked", "twin"]);
      assert.deepEqual(config.armFiles, [
        { name: "noindex", file: session },
        { name: "asked", file: asked },
        { name: "twin", file: "" },
      ]);
      assert.equal(config.unproven, undefined);
      assert.deepEqual(new Set(summary.comparisons.map(({ baseline }) => baseline)), new Set(["sql"]));
      assert.deepEqual(
        new Set(summary.comparisons.map(({ candidate }) => candidate)),
        new Set(["noindex", "asked", "twin"]),
      );
      assert.ok(
        summary.operations.find(({ arm, operation }) => arm === "asked" && operation === null)!.cache !==
          null,
      );
      const changed = summary.operations.filter(({ planChanges = [] }) => planChanges.length > 0);
      assert.deepEqual(new Set(changed.map(({ arm }) => arm)), new Set(["noindex"]));
      assert.ok(changed.every(({ planChanges }) => planChanges![0]!.includes("→ Seq Scan on")));
      const compared = summary.operations.filter(({ planChanges }) => planChanges !== undefined);
      assert.deepEqual(new Set(compared.map(({ arm }) => arm)), new Set(["noindex", "asked", "twin"]));
      const arms = await rows<{ name: string; path: string; role: string; overrides: string }>(
        bench,
        "SELECT name, path, role, overrides FROM arm ORDER BY arm_id",
      );
      assert.deepEqual(arms.map(({ overrides, ...arm }) => ({ ...arm, ...JSON.parse(overrides) })), [
        { name: "sql", path: "sql", role: "baseline" },
        {
          name: "noindex",
          path: "sql",
          role: "candidate",
          session: { enable_indexscan: "off", enable_bitmapscan: false },
        },
        {
          name: "asked",
          path: "sql+cache",
          role: "candidate",
          queries: "queries",
          settings: { cache_ttl: 7 },
        },
        { name: "twin", path: "sql", role: "candidate" },
      ]);
    });

    await t.step("its settings and its queries are its own alone", async () => {
      const plans = await rows<{ arm: string; plan: string }>(
        bench,
        "SELECT arm, plan FROM plan JOIN operation USING (run_id, operation_id) WHERE name = 'product-by-id'",
      );
      const off = Object.fromEntries(
        plans.map(({ arm, plan }) => [arm, JSON.parse(plan).Settings?.enable_indexscan ?? "on"]),
      );
      assert.deepEqual(off, { sql: "on", noindex: "off", asked: "on", twin: "on" });
      const theirs = await rows<{ arm: string }>(
        bench,
        "SELECT arm FROM operation WHERE statement LIKE '%asked otherwise%'",
      );
      assert.deepEqual(theirs, [{ arm: "asked" }]);
    });

    await t.step("a change is applied to a clone, which its arm alone asks and writes into", async () => {
      const change = file(
        "index.sql",
        "CREATE INDEX CONCURRENTLY by_freight ON northwind.orders (freight);\n",
      );
      const { code, stderr } = await bench.call("bench", [
        "smoke",
        ...QUICK,
        ...["--arm", `indexed=${change}`],
      ]);
      assert.ok(code === 0 || code === 4, stderr);
      assert.match(stderr, /^✔ Clone the database: [\d.]+ MiB \(/m);
      assert.match(stderr, /^✔ Apply \S+index\.sql: 1 statement \(/m);
      const [stored] = await rows<{ path: string; change: string; plans: number }>(
        bench,
        `SELECT path, overrides->>'change' AS change,
          (SELECT count(*)::INTEGER FROM plan JOIN operation USING (run_id, operation_id)
           WHERE run_id = arm.run_id AND operation.arm = arm.name) AS plans
        FROM arm WHERE name = 'indexed'`,
      );
      assert.equal(stored!.path, "sql");
      assert.ok(stored!.plans > 0);
      const { file: named, statements } = JSON.parse(stored!.change);
      assert.deepEqual([named, statements], [
        change,
        ["CREATE INDEX CONCURRENTLY by_freight ON northwind.orders (freight)"],
      ]);
      const [writes] = await rows<{ written: number }>(
        bench,
        `SELECT count(*)::INTEGER AS written FROM request
        JOIN operation USING (run_id, operation_id) WHERE operation.arm = 'indexed' AND name = 'order-insert'`,
      );
      assert.ok(writes!.written > 0);
      assert.ok(!existsSync(join(bench.home, "clones")) && !existsSync(join(bench.home, "undo", "spools")));
    });

    const other = file("other/asked.json", '{"queries": "."}');
    file("other/product-by-id.sql", own.replace("p.unit_price", "p.unit_price + 1 AS unit_price"));

    await t.step("one that answers otherwise is not measured, exit code 4", async () => {
      const { code, stderr } = await bench.call("bench", ["read-heavy", ...QUICK, "--arm", `other=${other}`]);
      assert.equal(code, 4, stderr);
      assert.match(stderr, /product-by-id answers differently over other than over sql.*unit_?price/is);
      assert.ok(stderr.includes(`${other.replace("asked.json", "product-by-id.sql")} ask the same`), stderr);
    });

    await t.step("an own query of a read that writes is refused before it has written", async () => {
      const writes = file("writes/arm.json", '{"queries": "."}');
      file(
        "writes/product-by-id.sql",
        "-- One.\n-- :product_id integer\nUPDATE northwind.products SET unit_price = 0 WHERE product_id = :product_id RETURNING *\n",
      );
      const { code, stderr } = await bench.call("bench", ["smoke", ...QUICK, "--arm", `writes=${writes}`]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /Cannot run product-by-id as a read: .*25006/);
    });

    await t.step("one whose own service is away is named, the others are measured, exit code 3", async () => {
      const dead = [
        "--arm",
        `cached=${file("cached.json", '{"path": "sql+cache", "redisUrl": "redis://:word@127.0.0.1:9"}')}`,
      ];
      for (
        const [name, own] of [
          ["elsewhere", { databaseUrl: "postgres://u:word@127.0.0.1:9/none" }],
          ["served", { path: "graphql", graphqlUrl: "http://127.0.0.1:9/graphql" }],
        ] as const
      ) dead.push("--arm", `${name}=${file(`${name}.json`, JSON.stringify(own))}`);
      const { code, stdout, stderr } = await bench.call("bench", ["spike", ...QUICK, ...dead]);
      assert.equal(code, 3, stderr);
      assert.doesNotMatch(stdout + stderr, /word/);
      const { verdict, run, reasons, slo } = JSON.parse(stdout) as RunSummary;
      assert.deepEqual(run.config.arms, ["sql"]);
      assert.deepEqual(run.config.unavailableArms.map(({ arm, asked }) => `${arm} ${asked}`), [
        "cached true",
        "elsewhere true",
        "served true",
      ]);
      for (const field of ["redisUrl", "databaseUrl", "graphqlUrl"]) {
        assert.ok(
          reasons.some((reason) => reason.includes(`measured: ${field} in `)),
          reasons.join("\n"),
        );
      }
      // A busy machine may make it invalid.
      if (verdict === "invalid") return;
      assert.equal(verdict, "inconclusive");
      assert.deepEqual(slo.map(({ arm, outcome }) => `${arm} ${outcome}`), [
        "sql pass",
        "cached not judged",
        "elsewhere not judged",
        "served not judged",
      ]);
    });

    await t.step("a setting that PostgreSQL does not know is a usage error", async () => {
      const wrong = file("wrong.json", '{"session": {"work_mum": "1MB"}}');
      const { code, stderr } = await bench.call("bench", ["smoke", ...QUICK, "--arm", `wrong=${wrong}`]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /work_mum/);
    });
  });
});

Deno.test("an arm may be exempt from the comparison and have a database of its own, without its password being kept", async () => {
  await withDatabase((url) =>
    withWorkbench(async (bench) => {
      await seed({ url, dataset: "northwind", scale: "tiny", seed: 42 });
      const file = filesOf(bench);
      const place = new URL(url);
      place.searchParams.set("application_name", "hidden-word");
      if (place.password === "") place.password = "hidden-word";
      const elsewhere = file("elsewhere.json", JSON.stringify({ databaseUrl: place.href }));
      const other = file("other/arm.json", '{"queries": "."}');
      file(
        "other/product-by-id.sql",
        Deno.readTextFileSync(QUERY).replace("p.unit_price", "p.unit_price + 1 AS unit_price"),
      );
      const scenario = file(
        "reads.ts",
        `import smoke from ${JSON.stringify(join(import.meta.dirname!, "../../queries/scenarios/smoke.ts"))};
        export default { ...smoke, name: "reads", slo: undefined,
          workload: ${JSON.stringify(join(QUERY, ".."))},
          operations: smoke.operations.filter(({ write }) => !write) };`,
      );
      const given = ["--arm", `elsewhere=${elsewhere}`, "--arm", `other=${other}`];
      const lock = await lockDatabase(url, "seed elsewhere");
      const refused = await bench.call("bench", [scenario, ...QUICK, ...given]);
      await lock.release();
      assert.equal(refused.code, 3, refused.stderr);
      assert.match(refused.stderr, /"seed elsewhere" .* is using the database/);
      const result = await bench.call("bench", [scenario, ...QUICK, ...given, "--no-prove", "other"]);
      const summary = summaryOf(result);
      assert.deepEqual(summary.run.config.unproven, ["other"]);
      assert.match(result.stderr, /results compared, none of other \(--no-prove\)/);
      assert.match(result.stderr, /results of the arm other were not compared/);
      const [stored] = await rows<{ overrides: string }>(
        bench,
        "SELECT overrides FROM arm WHERE name = 'elsewhere'",
      );
      assert.match(stored!.overrides, new RegExp(place.hostname));
      const text = JSON.stringify([result, stored, await rows(bench, "SELECT config, environment FROM run")]);
      assert.doesNotMatch(text, /hidden-word/);
      assert.equal(summary.operations.find(({ arm }) => arm === "elsewhere")!.errorRate.value, 0);
    })
  );
});
