import assert from "node:assert/strict";
import { join } from "node:path";
import { ExitCode } from "../model/errors.ts";
import { reportOf, rowsOf, slotsOf } from "./seen.ts";
import { FOR_P95, SHORT, SUMMARY } from "./short.ts";
import type { Story } from "./story.ts";

/** What the options of bench do to a run. Those of its data have stories of their own. */
export const BENCH: readonly Story[] = [
  {
    promise: "--json prints summary.json on stdout alone, --no-report makes no report",
    typed: `deno task bench smoke ${SUMMARY}`,
    ends: "pass",
    judge({ stdout, summary }, { bench }) {
      assert.equal((JSON.parse(stdout) as typeof summary).schema, 1);
      assert.equal(summary.run.config.durationSeconds, 1.5);
      assert.equal(summary.run.config.warmupSeconds, 0.3);
      assert.deepEqual(reportOf(summary, bench.reports), { html: false, pdf: false });
    },
  },
  {
    promise: "--no-pdf makes the page and no PDF",
    typed: `deno task bench smoke ${SHORT} --no-pdf --json`,
    ends: "pass",
    judge({ stdout, summary }, { bench }) {
      assert.deepEqual(reportOf(summary, bench.reports), { html: true, pdf: false });
      const { files, ...rest } = JSON.parse(
        Deno.readTextFileSync(join(bench.reports, summary.run.runId, "summary.json")),
      );
      assert.equal(files.pdf, null);
      // What is printed is the file, but for the paths.
      const { files: _, ...printed } = JSON.parse(stdout);
      assert.deepEqual(rest, printed);
    },
  },
  {
    promise: "the same seed makes the same requests again, and --seed 7 others",
    typed: `deno task bench --seed 7 --paths sql --slo "errors<1%" ${SUMMARY}`,
    ends: "pass",
    async judge(other, place) {
      assert.equal(other.summary.run.seed, 7);
      const [one, again] = [1, 2].map(() => `deno task bench --paths sql --slo "errors<1%" ${SUMMARY}`);
      const first = await slotsOf(await place.type(one!));
      assert.deepEqual(await slotsOf(await place.type(again!)), first);
      const theirs = await slotsOf(other);
      assert.ok(theirs.length > 100);
      const common = new Set(first);
      assert.ok(theirs.filter((slot) => common.has(slot)).length < theirs.length / 20);
    },
  },
  {
    promise: "--rate is what is offered over all paths, and --paths which they are",
    typed: `deno task bench smoke --rate 100 --paths sql,sql+cache ${SUMMARY} --warmup 0`,
    ends: "pass",
    judge({ summary: { run, accounting } }) {
      assert.equal(run.config.ratePerSecond, 100);
      assert.deepEqual(run.config.arms, ["sql", "sql+cache"]);
      assert.deepEqual([...new Set(accounting.rows.map(({ arm }) => arm))].sort(), ["sql", "sql+cache"]);
      assert.equal(accounting.scheduled, 150);
      assert.ok(accounting.rows.every(({ phase }) => phase !== "warmup"));
    },
  },
  {
    promise: "--concurrency makes a closed loop, and --workers share it",
    typed: `deno task bench smoke --concurrency 3 --workers 2 --paths sql ${SUMMARY}`,
    ends: "pass",
    async judge({ summary }) {
      const { config } = summary.run;
      assert.deepEqual([config.loop, config.concurrency, config.connections, config.workers], [
        "closed",
        3,
        3,
        2,
      ]);
      assert.equal(summary.validity.lagMs.p99, null);
      const workers = await rowsOf(summary, "SELECT DISTINCT worker FROM timing WHERE run_id = $run");
      assert.equal(workers.length, 2);
    },
  },
  {
    promise: "--set changes a setting of the scenario: only queries are asked",
    typed:
      `deno task bench saas-events --rate 100 --set read_share=100 --set cache_ttl=7 --paths sql --slo "errors<1%" ${SUMMARY}`,
    ends: "pass",
    judge({ summary: { run: { config } } }) {
      assert.deepEqual([config.settings.read_share, config.settings.cache_ttl], [100, 7]);
      assert.deepEqual(config.streams!.map(({ name }) => name), ["queries"]);
      assert.ok(config.operations.every(({ write }) => !write));
    },
  },
  {
    promise: "--label names a run for report, runs and the next comparison",
    typed: `deno task bench smoke --label "before the index" --paths sql ${SUMMARY}`,
    ends: "pass",
    async judge({ summary }, place) {
      assert.equal(summary.run.label, "before the index");
      const { stdout } = await place.type("deno task runs");
      assert.match(stdout, new RegExp(`^${summary.run.runId} +before the index `, "m"));
      const report = await place.type('deno task report "before the index" --no-pdf');
      assert.ok(report.stdout.includes(summary.run.runId), report.said);
    },
  },
  {
    promise: "a target that is missed fails the run, exit code 1",
    typed: `deno task bench --paths sql --slo "p95<0.001ms" ${FOR_P95} --no-report --json`,
    ends: "fail",
    judge({ summary }) {
      assert.equal(summary.run.config.slo, "p95<0.001ms");
      assert.deepEqual(summary.slo.map(({ arm, ok }) => [arm, ok]), [["sql", false]]);
    },
  },
  {
    promise:
      "a target that so few requests cannot tell is said before, named first, and no pass: exit code 0",
    typed: `deno task bench smoke --paths sql --slo "p99.9<10s,errors<1%" ${SHORT} --no-report`,
    ends: "inconclusive",
    judge({ stdout, summary: { verdict, slo } }) {
      const told = stdout.replaceAll(/\s+/g, " ");
      assert.match(told, / ! Too few requests to judge the target p99\.9<10s: .* Use --duration \d+s, /);
      assert.doesNotMatch(told, /PASS:|pass p99\.9/);
      if (verdict === "invalid") return;
      assert.match(told, / INCONCLUSIVE: Not judged: p99\.9<10s \(sql\)\. p99\.9 takes 3,688 requests, /);
      assert.match(told, / Exit code 0 says only that no target was missed\./);
      assert.deepEqual(slo.map(({ ok, outcome }) => `${ok} ${outcome}`), ["false not judged", "true pass"]);
    },
  },
  {
    promise: "targets of one path, operation or stream are judged for those alone, a rate of requests too",
    typed: "deno task bench --paths sql,sql+cache --slo " +
      `"errors<1%,hit>=0%,throughput>1/s,shed<1%,sql/product-by-id: p50<5s,stream:main: errors<1%" ${SUMMARY}`,
    ends: "pass",
    judge({ summary: { slo } }) {
      const judged = (text: string) =>
        slo.filter((result) => result.text.endsWith(text)).map(({ arm }) => arm);
      assert.deepEqual(judged("hit>=0%"), ["sql+cache"]);
      assert.deepEqual(judged("p50<5s"), ["sql"]);
      assert.equal(slo.filter(({ stream }) => stream === "main").length, 2);
    },
  },
  {
    promise: "--abort-on-fail ends a run whose targets over windows can no longer be met",
    typed:
      'deno task bench --rate 200 --paths sql --slo "p95<0.001ms over 1s" --abort-on-fail --scale tiny --warmup 300ms ' +
      "--duration 60s --no-report --json",
    ends: 1,
    judge({ summary: { run, verdict } }) {
      assert.equal(verdict, "fail");
      const [began, ended] = [run.startedAt, run.endedAt].map((at) => new Date(at!).getTime());
      const seconds = (ended! - began!) / 1000;
      assert.ok(seconds < 45, `it went on for ${seconds} s`);
    },
  },
  {
    promise: "--db stores elsewhere, and the other tasks read there",
    typed: `deno task bench smoke --db "$MINE/other.duckdb" --paths sql ${SUMMARY} --label elsewhere`,
    ends: "pass",
    async judge({ summary }, place) {
      assert.equal(summary.files.store, join(place.mine, "other.duckdb"));
      const there = await place.type('deno task runs --db "$MINE/other.duckdb"');
      assert.match(there.stdout, new RegExp(`^${summary.run.runId} +elsewhere `, "m"));
      assert.doesNotMatch((await place.type("deno task runs")).stdout, /elsewhere/);
    },
  },
  {
    promise: "a path named by --paths that is not available: the others are measured, exit code 3",
    typed: `deno task bench smoke --paths sql,graphql ${SUMMARY}`,
    env: { GRAPHQL_URL: "http://127.0.0.1:9/graphql" },
    ends: 3,
    judge({ summary: { run, reasons, verdict } }) {
      assert.notEqual(verdict, "pass");
      assert.deepEqual(run.config.arms, ["sql"]);
      assert.deepEqual(run.config.unavailableArms.map(({ arm }) => arm), ["graphql"]);
      assert.ok(reasons.some((reason) => reason.includes("graphql")), reasons.join("\n"));
    },
  },
  {
    promise: "paths that return different results are not measured, exit code 4",
    typed: `deno task bench "$MINE/examples/shop.ts" ${SUMMARY}`,
    async prepare({ root, mine }) {
      await new Deno.Command("cp", { args: ["-r", join(root, "docs/examples"), mine] }).output();
      const question = join(mine, "examples/shop/product.sql");
      Deno.writeTextFileSync(
        question,
        Deno.readTextFileSync(question).replace(" price ", " price + 1 AS price "),
      );
    },
    ends: ExitCode.invalid,
    judge: ({ stdout, stderr }) => {
      assert.match(stderr, /product.*price|price.*product/s);
      assert.equal(stdout, "");
    },
  },
  {
    promise:
      "--arm compares a configuration or a twin with the baseline, and --no-prove exempts one from the comparison",
    typed:
      `deno task bench smoke --arm "sorted=$MINE/sorted.json" --arm twin= --no-prove twin ${SUMMARY} --slo "errors<1%"`,
    prepare: ({ mine }) =>
      Deno.writeTextFileSync(join(mine, "sorted.json"), '{"session": {"enable_hashjoin": "off"}}'),
    ends: "pass",
    judge({ summary: { run, comparisons }, stderr }) {
      assert.deepEqual(run.config.arms, ["sql", "sorted", "twin"]);
      assert.ok(comparisons.every(({ baseline }) => baseline === "sql"));
      assert.match(stderr, /results of the arm twin were not compared/);
    },
  },
  {
    promise: "--arm NAME=FILE.sql applies a change to a clone, and tells which plans it changed",
    typed:
      "deno task bench --paths sql --arm indexed=docs/examples/add_index.sql --duration 1500ms --warmup 300ms " +
      '--no-report --json --slo "errors<1%"',
    ends: "pass",
    async judge({ summary, stderr }) {
      assert.deepEqual(summary.run.config.arms, ["sql", "indexed"]);
      assert.match(stderr, /^✔ Clone the database: [\d.]+ MiB \(/m);
      assert.match(stderr, /^✔ Apply docs\/examples\/add_index\.sql: 1 statement \(/m);
      const plans = await rowsOf(
        summary,
        `SELECT arm, contains(plan::VARCHAR, 'orders_report') AS changed FROM plan
        JOIN operation USING (run_id, operation_id)
        WHERE run_id = $run AND name = 'sales-by-employee' ORDER BY arm`,
      );
      assert.deepEqual(plans, [{ arm: "indexed", changed: true }, { arm: "sql", changed: false }]);
    },
  },
  {
    promise: "a word that is unknown is refused with the nearest one, exit code 2",
    typed: "deno task bench smok",
    ends: 2,
    judge: ({ stderr }) => assert.match(stderr, /Did you mean "smoke"\?/),
  },
];
