import { join } from "node:path";
import { planBlocks } from "../../load/blocks.ts";
import type { Operation } from "../../model/operation.ts";
import type { Run, Sample } from "../../model/run.ts";
import { self } from "../../stack/process.ts";
import { loadSpool } from "../../store/load.ts";
import { openStore } from "../../store/open.ts";
import { createSpool, removeSpool } from "../../store/spool.ts";
import { madeRun } from "../made_run.ts";

const ARMS = ["sql", "graphql", "sql+cache"];
/** Of the mix, in per cent; timings.sql draws by the same. */
const QUESTIONS = [
  ["product-by-id", 30],
  ["customer-orders", 20],
  ["order-details", 20],
  ["product-list", 12],
  ["order-search", 10],
  ["sales-by-employee", 3],
  ["order-insert", 5],
] as const;
/** Requests a second. */
const RATE = 5000;
const WARMUP_SHARE = 0.05;
const BLOCK_SECONDS = 3;
const WASHOUT_SECONDS = 0.5;
/** So many are made by one statement: more of them would not go into DuckDB's memory. */
const CHUNK = 500_000;
const SQL = join(import.meta.dirname!, "../../../queries/selfbench/report");

/**
 * Stores a run that nobody made, of three arms in turn, in a file of its own.
 * @param timings how many; DuckDB makes them, always the same
 * @returns its id
 */
export async function makeUpRun(
  dir: string,
  db: string,
  timings: number,
  onProgress: (made: number) => void,
): Promise<string> {
  const seconds = timings / RATE;
  const run = madeUpRun(seconds);
  const spool = createSpool(dir, run, self());
  spool.phases(phasesOf(seconds));
  spool.operations(operations());
  spool.samples(samplesOf(seconds));
  spool.end({ status: "complete", endedAt: new Date(run.startedAt.getTime() + seconds * 1000) });
  spool.close();
  using store = await openStore(db, { mode: "write" });
  await loadSpool(store, spool.dir);
  await store.run(Deno.readTextFileSync(join(SQL, "draw.sql")));
  const sql = Deno.readTextFileSync(join(SQL, "timings.sql"));
  for (let from = 0; from < timings; from += CHUNK) {
    onProgress(from);
    const to = Math.min(timings, from + CHUNK);
    await store.run(sql, { run: run.runId, period: 1e6 / RATE, from, to });
  }
  await store.run("CHECKPOINT");
  removeSpool(spool.dir);
  return run.runId;
}

function phasesOf(seconds: number) {
  const warmupSeconds = seconds * WARMUP_SHARE;
  return planBlocks({
    arms: ARMS,
    seed: 1,
    warmupSeconds,
    durationSeconds: seconds - warmupSeconds,
    blockSeconds: BLOCK_SECONDS,
    washoutSeconds: WASHOUT_SECONDS,
  });
}

function operations(): Operation[] {
  return ARMS.flatMap((arm, place) =>
    QUESTIONS.map(([name], index): Operation => ({
      operationId: place * QUESTIONS.length + index,
      workload: "made-up",
      stream: "main",
      name,
      path: arm,
      arm,
      statement: `SELECT '${name}'`,
      fingerprint: `${place}${index}`.padEnd(16, "0"),
      parameters: [],
    }))
  );
}

/** What a run has of each second, as far as the report draws it. */
function samplesOf(seconds: number): Sample[] {
  const samples: Sample[] = [];
  for (let second = 0; second < seconds; second++) {
    const wave = Math.sin(second / 30);
    const add = (source: Sample["source"], metric: string, value: number, labels = {}) =>
      samples.push({ atUs: second * 1e6 + 1500, source, metric, labels, value });
    add("host", "cpu_user", 0.4 + 0.1 * wave);
    add("host", "cpu_system", 0.1);
    add("host", "cpu_steal", 0);
    add("host", "memory_used_bytes", 2e9 + 1e8 * wave);
    add("postgres", "transactions", 3000 + 300 * wave);
    add("postgres", "blocks_hit", 9000 + 900 * wave);
    add("redis", "commands", 1500 + 100 * wave);
    add("generator", "gap_ms", 10 + wave, { worker: "0" });
  }
  return samples;
}

function madeUpRun(seconds: number): Run {
  return madeRun({
    scenario: "made-up",
    title: "A run that nobody made",
    loop: "open",
    arrivals: "constant",
    ratePerSecond: RATE,
    durationSeconds: seconds * (1 - WARMUP_SHARE),
    warmupSeconds: seconds * WARMUP_SHARE,
    blockSeconds: BLOCK_SECONDS,
    washoutSeconds: WASHOUT_SECONDS,
    timeoutMs: 2000,
    inFlightCap: 512,
    workers: 1,
    connections: 16,
    arms: ARMS,
    operations: QUESTIONS.map(([name, weight]) => ({ name, weight, write: name === "order-insert" })),
    slo: "p95<200ms,errors<1%",
    scale: "small",
  }, 1);
}
