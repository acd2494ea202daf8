import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { migrationNames } from "../migrate/definition.ts";
import { ExitCode } from "../model/errors.ts";
import type { RunSummary } from "../model/summary.ts";
import { movesFound, movesTable } from "../selfbench/moves/moves_found.ts";
import { LINT } from "./lint.ts";
import { rowsOf } from "./seen.ts";
import type { Story } from "./story.ts";

const SHORT = "--scale tiny --rate 120 --duration 1500ms --warmup 500ms";
/** Judged by what it did to the data, whatever the machine makes of response times. */
const SUMMARY = `${SHORT} --no-report --json`;

/** What options of migrate do. */
export const MIGRATE: readonly Story[] = [
  ...LINT,
  {
    promise: "migrate --list names every migration with what it does",
    typed: "npx -y deno task migrate --list",
    shown: "npx -y deno task migrate --list",
    ends: 0,
    judge({ stdout }, { root }) {
      for (const name of [...migrationNames(root), "move-server"]) {
        assert.match(stdout, new RegExp(`^${name} +\\S.{10}`, "m"));
      }
    },
  },
  {
    promise: "a migration is made both ways, naive first, and a summary for a pull request is written",
    shown: "npx -y deno task migrate lock-queue",
    typed:
      `npx -y deno task migrate lock-queue ${SHORT} --no-pdf --label "a gift note" --slo "stall<400ms,errors<1%" --markdown "$MINE/comment.md"`,
    ends: "migrated",
    async judge({ said, summary }, { bench, mine, type }) {
      // What was migrated is a clone: the data set is what it was.
      const verified = await type("deno task seed --scale tiny --verify");
      assert.equal(verified.code, 0, verified.said);
      const runs = await runsOf(summary);
      assert.deepEqual(runs.map(({ variant }) => variant), ["naive", "safe"]);
      assert.equal(new Set(runs.map(({ group }) => group)).size, 1);
      for (const { id } of runs) assert.ok(existsSync(join(bench.reports, id, "index.html")), said);
      // For the better part of four seconds' wait for the report that is open beside it; of a run that is INVALID only
      // that is told.
      if (summary.validity.valid) {
        assert.match(
          said.replaceAll(/\s+/g, " "),
          /The load stalled for \d+(\.\d+)? s \(allowed: 400 ms\)(, [\d.]+ m?s of it behind a lock)?: /,
        );
      }
      const lines = Deno.readTextFileSync(join(mine, "comment.md")).trimEnd().split("\n");
      assert.ok(lines.length <= 40, `${lines.length} lines`);
    },
  },
  {
    promise: "--variant safe makes one run, which --json prints as its summary",
    typed:
      `deno task migrate backfill --variant safe --seed 7 --paths sql --workers 1 --set cache_ttl=30 --set write_share=50 ${SUMMARY}`,
    ends: "migrated",
    judge({ stdout, summary }) {
      const printed = JSON.parse(stdout) as RunSummary;
      assert.equal(printed.run.kind, "migrate");
      const { seed, config } = summary.run;
      assert.deepEqual([seed, config.arms, config.workers], [7, ["sql"], 1]);
      assert.deepEqual(config.settings, { write_share: 50, cache_ttl: 30 });
      assert.equal(config.migration!.variant, "safe");
      const [add, fill] = summary.migration!.steps;
      // A server that is too busy to be asked for it within a moment is not kept waiting.
      assert.ok([null, "AccessExclusiveLock"].includes(add!.lockMode), `${add!.lockMode}`);
      assert.ok(fill!.batches! > 0 && fill!.rows! > 0);
      assertProven(summary);
    },
  },
  {
    promise: "the data may be of one's own size and shape",
    typed:
      "deno task migrate add-column --variant naive --scenario access-paths --paths sql --customers 40 --employees 4 --products 30 --suppliers 6 " +
      `--orders 200 --distribution lines.productSkew=0.2 --custom queries/generators/northwind-shops.ts --replace ${SUMMARY}`,
    ends: "migrated",
    judge({ summary }) {
      assert.match(summary.environment.dataset.variation!, /orders=200/);
      assert.deepEqual(summary.migration!.steps.flatMap(({ rewritten }) => rewritten), ["northwind.orders"]);
    },
  },
  {
    promise: "a file of one's own is measured under the load of a scenario, on events of one's own size",
    typed:
      'deno task migrate "$MINE/change.sql" --scenario saas-events --paths sql --set organizations=3 --set users=9 ' +
      `--organizations 3 --users 9 --events 500 ${SUMMARY} --db "$MINE/own.duckdb"`,
    prepare: ({ mine }) =>
      Deno.writeTextFileSync(
        join(mine, "change.sql"),
        "-- Says how an event was taken in.\nALTER TABLE events.events ADD COLUMN source text;\n",
      ),
    ends: "migrated",
    judge({ summary }, { mine }) {
      assert.equal(summary.files.store, join(mine, "own.duckdb"));
      const { file, variant, title } = summary.run.config.migration!;
      assert.deepEqual([file, variant, title], [
        join(mine, "change.sql"),
        "own",
        "Says how an event was taken in",
      ]);
      assertProven(summary);
    },
  },
  {
    promise: "--sweep tries several timeouts, each in a run of its own, and --json prints all of them",
    typed:
      `deno task migrate set-not-null --variant safe --paths sql --sweep lock_timeout=50ms,200ms ${SUMMARY}`,
    ends: "migrated",
    judge({ stdout }) {
      const all = JSON.parse(stdout) as RunSummary[];
      assert.deepEqual(all.map(({ run }) => run.config.migration!.lockTimeoutMs), [50, 200]);
      all.forEach(assertProven);
    },
  },
  {
    promise: "arms of one's own ask the database that is migrated",
    typed:
      `deno task migrate rename-column --variant naive --paths sql --arm twin= --no-prove twin ${SUMMARY}`,
    ends: ExitCode.verdictFailed,
    judge({ summary }) {
      const arms = new Set(
        summary.migration!.errors.filter(({ code }) => code === "42703").map(({ path }) => path),
      );
      assert.deepEqual([...arms].sort(), ["sql", "twin"]);
      assertProven(summary);
    },
  },
  {
    promise:
      "the database moves to a new server and back, clients of one's own are held by a command, and both servers have each write",
    shown: "npx -y deno task migrate move-server",
    typed:
      `npx -y deno task migrate move-server --variant safe --and-back --on-switch "sh $MINE/pools.sh" --paths sql,graphql ${SUMMARY}`,
    prepare: ({ mine }) =>
      Deno.writeTextFileSync(
        join(mine, "pools.sh"),
        `echo "$BENCHBOOK_SWITCH $BENCHBOOK_SWITCH_TO" >> "${join(mine, "switches.log")}"\n`,
      ),
    ends: "migrated",
    judge({ summary }, { mine }) {
      const { moved, errors, steps, migration } = summary.migration!;
      assert.deepEqual(migration.move, { andBack: true, onSwitch: true });
      assert.deepEqual(moved!.switches.map(({ to }) => to), ["target", "source"]);
      assert.deepEqual(moved!.provenAt, ["source", "target"]);
      // On a slow machine they may have waited too long.
      assert.deepEqual(errors.filter(({ code }) => code !== "timeout"), []);
      assert.ok(steps.every(({ endUs, error }) => endUs !== null && error === null));
      assert.deepEqual(Deno.readTextFileSync(join(mine, "switches.log")).trim().split("\n"), [
        "prepare target",
        "close target",
        "open target",
        "prepare source",
        "close source",
        "open source",
      ]);
      assertProven(summary);
      // As `selfbench moves` counts it.
      assert.equal(movesFound("moves", [summary], [])[0]!.reached, errors.length === 0);
      assert.match(movesTable([summary], 200), /^ *1 .+, .+ clean +equal /m);
    },
  },
  {
    promise: "the naive move has no way back, which is said before anything is started",
    typed: `deno task migrate move-server --variant naive --and-back ${SUMMARY}`,
    ends: ExitCode.usage,
    judge: ({ stderr }) => assert.match(stderr, /Cannot move back after the naive move/),
  },
  {
    promise: "a move between servers of one's own needs both, which is said before anything is started",
    typed: `TARGET_DATABASE_URL=postgres://nobody@127.0.0.1:9/new deno task migrate move-server ${SUMMARY}`,
    ends: ExitCode.usage,
    judge: ({ stderr }) => assert.match(stderr, /TARGET_DATABASE_URL is set, and DATABASE_URL is not/),
  },
  {
    promise: "a closed loop is refused, as its clients would stop asking while they wait",
    typed: `deno task migrate add-column --concurrency 4 ${SUMMARY}`,
    ends: ExitCode.usage,
    judge: ({ stderr }) => assert.match(stderr, /Cannot migrate under a closed loop: /),
  },
  {
    promise: "--in-place needs a database of the user's",
    typed: 'deno task migrate "$MINE/change.sql" --in-place shop',
    ends: ExitCode.usage,
    judge: ({ stderr }) =>
      assert.match(stderr, /Cannot migrate the database "shop" in place: DATABASE_URL is not set/),
  },
];

/** That every write was looked at, and nothing is wrong with any row. */
function assertProven({ migration }: RunSummary): void {
  const { ledger, checksums } = migration!;
  assert.ok(ledger.complete && ledger.ok > 0, "the ledger");
  assert.deepEqual([ledger.problems, checksums.different], [[], []]);
  assert.ok(checksums.ranges > 0);
}

/** The runs of one command, oldest first. */
function runsOf(summary: RunSummary): Promise<{ id: string; variant: string; group: string }[]> {
  return rowsOf(
    summary,
    `SELECT run_id AS id, config ->> '$.migration.variant' AS variant, config ->> '$.migration.group' AS group
     FROM run WHERE kind = 'migrate' AND label = (SELECT label FROM run WHERE run_id = $run) ORDER BY started_at`,
  );
}
