import type { Config } from "../config.ts";
import { migrationSchedule } from "../load/migration_schedule.ts";
import { type ExitCode, firstThatApplies } from "../model/errors.ts";
import { forgetInPlace, forgetUnbegun } from "../migrate/in_place.ts";
import { parseSweep } from "../migrate/sweep.ts";
import type { RunSummary } from "../model/summary.ts";
import { formatSeconds } from "../model/units.ts";
import { SETTLED_SECONDS } from "../summary/migration/recovery.ts";
import { sayJson } from "../terminal/command.ts";
import { migrationTable } from "../terminal/migration_table.ts";
import type { Change } from "./change.ts";
import { type Job, withJob } from "./job.ts";
import { forgetUnlessLeft } from "./left_ledgers.ts";
import { keepLeft, measure } from "./measure.ts";
import { LONGEST_SECONDS, type MigrateRequest } from "./migrate_request.ts";
import { type Migrating, recordedSteps } from "./migrating.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { MigrationRun } from "./migration_run.ts";
import { MoveChange } from "./move_change.ts";
import { refreshMoved } from "./refresh_moved.ts";
import { report, tell } from "./report_run.ts";
import { newRunId } from "./run_id.ts";
import { judge, store, type Summarised } from "./store_run.ts";
import { StepsChange } from "./steps_change.ts";
import { withSystem } from "./system.ts";
import { tellInPlace } from "./tell_in_place.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** Makes migrations under load, one run after another, and tells what each did. */
export function migrate(requests: readonly MigrateRequest[], config: Config): Promise<ExitCode> {
  const [first] = requests;
  return withJob(
    first!,
    config,
    async (job) => {
      const group = job.runId;
      const codes: ExitCode[] = [];
      const summaries: RunSummary[] = [];
      const { terminal, given: { json, markdown } } = job;
      let made: { readonly request: MigrateRequest; readonly run: Summarised }[] = [];
      const { segmentSeconds } = first!;
      if (segmentSeconds < SETTLED_SECONDS) {
        terminal.print(
          `! Too short to judge: baseline and recovery need ${SETTLED_SECONDS} s each, and --duration gives them ${
            formatSeconds(segmentSeconds)
          }. What it does to locks and rows is told all the same.`,
        );
      }
      for (const [nth, request] of requests.entries()) {
        if (!job.signal.aborted) {
          const runId = nth === 0 ? group : newRunId(new Date());
          tellInPlace({ ...job, ...request }, null);
          const run = await migrateOnce({ ...job, ...request, runId, startedAt: new Date() }, group);
          made.push({ request, run });
        }
        // A report shows all variants of its change side by side: it is made once they have run.
        if (requests[nth + 1]?.migration === request.migration) continue;
        for (const { request, run } of made) {
          const reported = await report(run);
          // Of several runs one list is printed, at the end.
          codes.push(tell({ ...reported, given: { ...reported.given, json: false } }));
          summaries.push(reported.summary);
          tellInPlace({ ...job, ...request }, reported.summary);
          // Only now: whoever leaves at once has not been told, and is by the next start.
          forgetInPlace(config.home, reported.runId);
        }
        made = [];
      }
      if (summaries.length > 1) terminal.print(`\n${migrationTable(summaries, terminal.width.columns)}`);
      if (markdown !== undefined) {
        const { writeComment } = await import("./migration_comment.ts");
        writeComment(markdown, summaries);
        terminal.print(`Summary ${markdown}`);
      }
      if (json) sayJson(summaries.length === 1 ? summaries[0] : summaries);
      return firstThatApplies(codes);
    },
    `migrate ${new Set(requests.map(({ migration }) => migration)).size > 1 ? "all" : first!.migration.name}`,
  );
}

/** One run: the system on a clone, the load, and the change in the middle of it. */
async function migrateOnce(given: Job & MigrateRequest, group: string): Promise<Summarised> {
  const job = { ...given, migrating: migratingOf(given, group) };
  const { leftClones, runId, config: { home }, migrating } = job;
  const before = leftClones.length;
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => forgetUnlessLeft(home, runId));
  const outcome = await withSystem(job, async (system) => {
    await using made = await MigrationRun.prepare(system, migrating, changeOf);
    const schedule = migrationSchedule({
      warmupSeconds: job.plan.warmup,
      segmentSeconds: job.segmentSeconds,
      longestSeconds: LONGEST_SECONDS,
      ...made.actions,
    });
    return await measure({ ...system, migrating: made.migrating }, schedule, made);
  }).catch((error) => {
    forgetUnbegun(home, runId);
    throw error;
  });
  await cleanup.disposeAsync();
  await refreshMoved(job);
  // A clone goes after the run: whether it did is known only now.
  const left = migrating.place === "clone" ? leftClones.slice(before) : [];
  return await judge(await store({ ...job, ...left.length === 0 ? outcome : keepLeft(outcome, left) }));
}

async function changeOf(system: SystemUnderTest, migrating: Migrating): Promise<Change> {
  if (system.move === null) return await StepsChange.prepare(system, migrating);
  const change = new MoveChange(system, migrating, system.move);
  await change.check();
  return change;
}

function migratingOf(
  { migration, variant, file, place, move, lockTimeoutMs, segmentSeconds, given, data, config }:
    & Job
    & MigrateRequest,
  group: string,
): Migrating {
  const { name, title, before, beside, stallLimitMs } = migration;
  return {
    name,
    place,
    before,
    plan: variant,
    onSwitch: move?.onSwitch ?? null,
    segmentSeconds,
    config: {
      name,
      title,
      variant: variant.variant,
      file,
      place,
      database: config.databaseUrl === undefined
        ? data?.dataset ?? ""
        : placeOfUrl(config.databaseUrl).database,
      steps: recordedSteps(variant.steps),
      beside,
      ...move !== null &&
        {
          move: {
            andBack: move.andBack && variant.variant === "safe",
            onSwitch: move.onSwitch !== null,
            ...config.targetDatabaseUrl !== undefined &&
              { target: placeOfUrl(config.targetDatabaseUrl).database },
          },
        },
      ...stallLimitMs !== undefined && { stallLimitMs },
      lockTimeoutMs,
      ...given.sweep !== undefined && { sweepMs: parseSweep(given.sweep) },
      allow: given.allow ?? [],
      group,
    },
  };
}
