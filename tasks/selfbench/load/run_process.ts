import { join } from "node:path";
import { EventHub } from "../../load/event_hub.ts";
import type { RunEvents } from "../../load/run_events.ts";
import { runLoad } from "../../load/run_load.ts";
import type { LoadPlan } from "../../load/plan.ts";
import type { Run, RunConfig } from "../../model/run.ts";
import { startSampler } from "../../observe/sampler.ts";
import { self } from "../../stack/process.ts";
import { loadSpool } from "../../store/load.ts";
import { openStore, type Store } from "../../store/open.ts";
import { createSpool } from "../../store/spool.ts";
import { query } from "../../store/sql.ts";
import { judgeValidity } from "../../summary/validity.ts";
import { madeRun } from "../made_run.ts";
import { oneArmPlan } from "../one_arm.ts";
import { answer } from "../own_process.ts";
import type { Lags, RunDone, RunOrder, RunSaid } from "./run_messages.ts";

/**
 * A process that makes one run as `bench` does it, from the load to the judgement, and nothing else: it can be
 * stopped, starved and weighed. An order comes in on stdin; what happens goes out on stdout.
 */
if (import.meta.main) {
  await answer(makeRun);
  // A worker thread that was starved may still be at it.
  Deno.exit(0);
}

async function makeRun(
  { arm, home, databaseUrl, requests, lags = false }: RunOrder,
  say: (said: RunSaid) => void,
): Promise<RunDone> {
  // The spool's folder is known once it is made, and it is made from the run.
  const plan = oneArmPlan(arm, "");
  const run = runOf(plan, arm);
  const { runId } = run;
  const spool = createSpool(home, run, self());
  spool.operations(plan.arms.map(({ name: arm, target: { path }, statements }) => {
    const { operationId, name, text: statement } = statements[0]!;
    const { name: stream } = plan.streams[0]!;
    return {
      operationId,
      workload: "selfbench",
      stream,
      name,
      path,
      arm,
      statement,
      fingerprint: "",
      parameters: [],
    };
  }));
  const ending = new AbortController();
  let sampler: ReturnType<typeof startSampler> | undefined;
  const events = new EventHub<RunEvents>();
  events.on("start", ({ nowUs }) => {
    spool.phases(plan.phases);
    sampler = startSampler({
      instances: [{ name: "postgres", service: "postgres", url: databaseUrl }],
      nowUs,
      pids: () => ({ benchbook: Deno.pid }),
      emit: (samples) => events.emit("sample", samples),
    });
    say("started");
  });
  events.on("tick", ({ counts: { due } }) => {
    if (requests !== null && due >= requests) ending.abort();
  });
  events.on("sample", (samples) => spool.samples(samples));
  const { signal } = ending;
  const result = await runLoad({ plan: { ...plan, spoolDir: spool.dir }, signal, events });
  say("measured");
  await sampler?.stop();
  spool.phases(result.phases);
  spool.end({ status: result.interrupted ? "interrupted" : "complete", endedAt: new Date() });
  spool.close();
  using store = await openStore(join(home, "runs.duckdb"), { mode: "write" });
  const { timings } = await loadSpool(store, spool.dir);
  const validity = await judgeValidity(store, run);
  return { validity, rows: timings, lags: lags ? await lagsOf(store, runId) : null };
}

async function lagsOf(store: Store, run: string): Promise<Lags> {
  const rows = await store.rows<{ lagMs: number }>(
    `SELECT lag_ms AS "lagMs" FROM request WHERE run_id = $run AND measured ORDER BY slot`,
    { run },
  );
  const [gaps] = await store.rows<{ gapMs: number }>(query("summary/gaps"), { run });
  return { us: rows.map(({ lagMs }) => Math.round(lagMs * 1000)), gapMs: gaps!.gapMs };
}

/** As much of a run's record as its judgement needs. */
function runOf(plan: LoadPlan, { load, warmup, seconds }: RunOrder["arm"]): Run {
  const closed = "clients" in load;
  const config: Partial<RunConfig> = {
    loop: plan.loop.kind,
    ...closed ? { concurrency: load.clients } : { arrivals: load.arrivals, ratePerSecond: load.rate },
    streams: plan.streams.map(({ name, arrivals, rate, stages }) => ({
      name,
      arrivals,
      ratePerSecond: rate,
      stages,
      session: false,
      operations: ["question"],
    })),
    durationSeconds: seconds,
    warmupSeconds: warmup,
    blockSeconds: seconds,
    washoutSeconds: 0,
    timeoutMs: plan.timeoutMs,
    inFlightCap: plan.inFlightCap,
    workers: plan.workers,
    connections: plan.connections,
    arms: plan.arms.map(({ name }) => name),
    operations: plan.operations.map(({ name, weight }) => ({ name, weight, write: false })),
  };
  return { ...madeRun({ scenario: "selfbench", ...config }, plan.seed), status: "complete" };
}
