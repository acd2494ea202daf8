import { join } from "node:path";
import type { Config } from "../../config.ts";
import { runLoad } from "../../load/run_load.ts";
import { temporaryFolderIn } from "../../files/temporary.ts";
import { InterruptedError } from "../../model/errors.ts";
import { formatCount, withDecimals } from "../../model/units.ts";
import { self } from "../../stack/process.ts";
import { loadSpool } from "../../store/load.ts";
import { openStore, type Store } from "../../store/open.ts";
import { createSpool } from "../../store/spool.ts";
import { contest, type Finding, finding } from "../finding.ts";
import { measurePart, type PartContext, type PartFindings } from "../measure_part.ts";
import { madeRun } from "../made_run.ts";
import { oneArmPlan } from "../one_arm.ts";
import { partCommand, readPart } from "../options.ts";
import { withFreshDatabase } from "../seed/server.ts";
import { spread } from "../spread.ts";
import { accountQuestion, fillAccounts } from "../load/accounts.ts";
import { repeatRows, segmentOf } from "./spool_rows.ts";

/** What `selfbench store` is to measure. */
export interface StoreBenchPlan {
  readonly rounds: number;
  /** Timings that are stored in each. */
  readonly rows: number;
  /** Of the real run whose timings they are. */
  readonly seconds: number;
}

/** What a round came to. */
export interface Stored {
  readonly rows: number;
  readonly loadSeconds: number;
  /** In which DuckDB alone stores the same rows, out of a table of its own. */
  readonly copySeconds: number;
  /** Of the store's file beyond that of an empty one, after its checkpoint. */
  readonly storeBytes: number;
  readonly spoolSeconds: number;
  readonly spoolBytes: number;
}

const COPY = join(import.meta.dirname!, "../../../queries/selfbench/store/copy_timings.sql");
const CONNECTIONS = 8;
const RATE = 5000;
const SCALE = 1;
const GOAL_RATE = 2e6;
const GOAL_BYTES = 16;

/** `selfbench store`: measures and prints. @throws {UsageError} for a command line that cannot be meant */
export async function storePart(args: readonly string[], config: Config): Promise<void> {
  const task = partCommand("store", "Measure how timings are spooled, loaded into DuckDB and kept there.", {
    rounds: ["times it is done", "number of rounds", 1, 100],
    rows: ["timings each time", "number of rows", 1000, 100_000_000],
    seconds: ["seconds of the real run whose timings they are", "number of seconds", 1, 600],
  });
  const { json, ...plan } = readPart<StoreBenchPlan>(task, args);
  await measurePart("store", { json, config }, [], (context) => benchStore(plan, context));
}

/** Makes a real run, and stores its timings again and again. */
export async function benchStore(plan: StoreBenchPlan, context: PartContext): Promise<PartFindings> {
  const { terminal, dir } = context;
  const { runUs, real, segment } = await terminal.step("Make real timings", async () => {
    const made = await makeTimings(plan.seconds, context);
    return { value: made, detail: `${formatCount(made.real)} of an open loop at ${formatCount(RATE)}/s` };
  });
  const stored = await terminal.step(`Store ${formatCount(plan.rows)} timings`, async (progress) => {
    const rounds: Stored[] = [];
    while (rounds.length < plan.rounds) {
      progress(`round ${rounds.length + 1} of ${plan.rounds}`);
      rounds.push(await storeOnce(segment, plan.rows, runUs, dir));
    }
    return { value: rounds };
  });
  return { findings: storeFindings(stored, real), notMeasured: [] };
}

/** @param real how many of the rows come from a run; the others repeat them */
export function storeFindings(stored: readonly Stored[], real: number): Finding[] {
  const rows = stored[0]!.rows;
  const rate = spread(stored.map(({ rows, loadSeconds }) => rows / loadSeconds));
  const bytes = spread(stored.map(({ rows, storeBytes }) => storeBytes / rows));
  return [
    finding({
      what: `load ${formatCount(rows)} timings from the spool into DuckDB`,
      unit: "rows/s",
      ours: rate,
      goal: `≥ ${formatCount(GOAL_RATE)}/s`,
      reached: rate.median >= GOAL_RATE,
      note:
        "the whole load in one transaction, with the proof that no slot came twice, and the checkpoint; " +
        `${formatCount(Math.min(real, rows))} timings of a real run, repeated with later times`,
    }),
    contest(
      {
        what: `store ${formatCount(rows)} timings`,
        unit: "rows/s",
        peer: "DuckDB",
        note:
          "DuckDB: the same rows out of a table of its own, by one INSERT of the same settings, checkpoint included",
      },
      stored.map(({ rows, loadSeconds }) => rows / loadSeconds),
      stored.map(({ rows, copySeconds }) => rows / copySeconds),
      null,
    ),
    finding({
      what: "a timing in the store",
      unit: "bytes",
      ours: bytes,
      goal: `≤ ${GOAL_BYTES}`,
      reached: bytes.median <= GOAL_BYTES,
    }),
    finding({
      what: "a timing into the spool",
      unit: "µs",
      ours: spread(stored.map(({ rows, spoolSeconds }) => spoolSeconds * 1e6 / rows)),
      note: `${withDecimals(stored[0]!.spoolBytes / rows, 1)} bytes each, checksums and writing included`,
    }),
  ];
}

/** A real run over SQL in an open loop. */
async function makeTimings(seconds: number, { stack, dir, signal }: PartContext) {
  return await withFreshDatabase(stack.postgres, signal, async (url) => {
    await fillAccounts(null, url, SCALE);
    const plan = oneArmPlan({
      ...accountQuestion(url, SCALE),
      load: { arrivals: "poisson", rate: RATE },
      warmup: 0,
      seconds,
      connections: CONNECTIONS,
    }, Deno.makeTempDirSync({ dir }));
    // One worker writes one segment, which is what is repeated.
    const { interrupted, progress } = await runLoad({ plan: { ...plan, workers: 1 }, signal });
    if (interrupted) throw new InterruptedError();
    return { runUs: seconds * 1e6, real: progress.due, segment: segmentOf(plan.spoolDir) };
  });
}

async function storeOnce(real: string, rows: number, runUs: number, dir: string): Promise<Stored> {
  using home = temporaryFolderIn(dir, "store-");
  const file = join(home.path, "store.duckdb");
  const spool = createSpool(home.path, madeRun({ scenario: "selfbench" }, 42), self());
  const written = repeatRows(real, segmentOf(spool.dir), rows, runUs);
  spool.operations([]);
  spool.end({ status: "complete", endedAt: new Date() });
  spool.close();
  (await openStore(file, { mode: "write" })).close();
  const empty = Deno.statSync(file).size;
  const loadSeconds = await secondsIn(file, async (store) => {
    await loadSpool(store, spool.dir);
    await store.run("CHECKPOINT");
  });
  const storeBytes = Deno.statSync(file).size - empty;
  const copySeconds = await copyTimings(file, join(home.path, "copy.duckdb"));
  return {
    rows,
    loadSeconds,
    copySeconds,
    storeBytes,
    spoolSeconds: written.seconds,
    spoolBytes: written.bytes,
  };
}

/** Seconds in which DuckDB fills a store's timings from those of another. */
async function copyTimings(from: string, to: string): Promise<number> {
  (await openStore(to, { mode: "write" })).close();
  const sql = Deno.readTextFileSync(COPY).replace(":file", from.replaceAll("'", "''"));
  return await secondsIn(to, (store) => store.run(sql));
}

/** Seconds in which a store is written, closing included. */
async function secondsIn(file: string, write: (store: Store) => Promise<unknown>): Promise<number> {
  const store = await openStore(file, { mode: "write" });
  const begun = performance.now();
  try {
    await write(store);
  } finally {
    store.close();
  }
  return (performance.now() - begun) / 1000;
}
