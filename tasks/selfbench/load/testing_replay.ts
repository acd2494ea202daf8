import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { arrivals } from "../../load/arrivals.ts";
import { spike } from "../../model/stages.ts";
import type { Validity } from "../../model/validity.ts";
import { openStore, type Store } from "../../store/open.ts";
import { bareRun, withTempDir } from "../../store/testing.ts";
import { judgeValidity } from "../../summary/validity.ts";
import type { Lags } from "./run_messages.ts";

/** How requests come: what a scenario can ask for. A spike is of Poisson arrivals, ten times the rate for a while. */
const PROCESSES = ["poisson", "constant", "poisson spike", "constant spike", "closed"] as const;
/** One of `PROCESSES`. */
type Process = typeof PROCESSES[number];

/** What a real generator lost of its time at each moment: see record_lags.ts. */
interface Recording extends Lags {
  readonly condition: string;
  readonly periodUs: number;
}

/** The committed recordings, by their condition. */
function recordings(): ReadonlyMap<string, Recording> {
  const [, ...lines] = Deno.readTextFileSync(resolve(import.meta.dirname!, "testdata/lags.csv")).trim().split(
    "\n",
  );
  return new Map(lines.map((line) => {
    const [condition, period, gap, lags] = line.split(",") as [string, string, string, string];
    return [condition, {
      condition,
      periodUs: Number(period),
      gapMs: Number(gap),
      us: lags.split(" ").map(Number),
    }];
  }));
}

/** That of every arrival process at these rates a healthy generator is valid, and a stopped or starved one is not. */
export async function exerciseReplay(t: Deno.TestContext, rates: readonly number[]): Promise<void> {
  const recorded = recordings();
  const healthy = recorded.get("healthy")!;
  await withTempDir(async (dir) => {
    const store = await openStore(join(dir, "replay.duckdb"), { mode: "write" });
    try {
      for (const process of PROCESSES) {
        for (const rate of rates) {
          await t.step(`${process}, ${rate}/s`, async () => {
            const judged = async (condition: string) =>
              await replayed(store, process, rate, recorded.get(condition)!, healthy);
            const broken = async (condition: string) =>
              (await judged(condition)).checks.filter(({ ok }) => !ok).map(({ name }) => name);
            assert.deepEqual(await broken("healthy"), []);
            assert.ok((await broken("stopped")).includes("generator-gap"));
            // A client sends when it is ready: that it lost a quarter of its time is not seen in when it did.
            if (process !== "closed") assert.ok((await broken("starved")).includes("on-time"));
          });
        }
      }
    } finally {
      store.close();
    }
  });
}

const SERVICE_US = 2000;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const SAMPLE_US = 1e6;

/**
 * Judges a run of these arrivals whose requests leave as late as the recorded ones did at the same moment. What
 * happened once in a recording happens once, in the middle; before and after it is the healthy one.
 */
async function replayed(
  store: Store,
  process: Process,
  rate: number,
  recording: Recording,
  healthy: Recording,
): Promise<Validity> {
  const run = `${process} ${rate} ${recording.condition}`;
  // At least some hundred requests, and time for what happens once.
  const endUs = Math.min(40, Math.max(3, 4000 / rate)) * 1e6;
  const intended = process === "closed" ? clients(rate, endUs) : drawn(process, rate, endUs);
  const lengthUs = recording.us.length * recording.periodUs;
  const fromUs = recording.condition === "stopped" ? Math.round((endUs - lengthUs) / 2) : 0;
  const toUs = recording.condition === "stopped" ? fromUs + lengthUs : endUs;
  const lag = (atUs: number) =>
    atUs >= fromUs && atUs < toUs ? lagAt(recording, atUs - fromUs) : lagAt(healthy, atUs);
  const woke = intended.map((atUs) => process === "closed" ? atUs : atUs + lag(atUs));
  await store.run(
    `INSERT INTO timing
       (run_id, slot, attempt, worker, phase_id, operation_id, intended_us, woke_us, acquired_us, sent_us, done_us, outcome)
     SELECT $run, slot, 0, 0, 0, 0, intended, woke, woke, woke, woke + ${SERVICE_US}, 'ok'
     FROM (
       SELECT
         unnest(range(len(from_json($intended, '["BIGINT"]')))) AS slot,
         unnest(from_json($intended, '["BIGINT"]')) AS intended,
         unnest(from_json($woke, '["BIGINT"]')) AS woke
     )`,
    { run, intended: JSON.stringify(intended), woke: JSON.stringify(woke) },
  );
  for (
    const sql of [
      `INSERT INTO operation VALUES ($run, 0, 'w', 'main', 'one', 'sql', 'sql', '', '', '[]')`,
      `INSERT INTO phase VALUES ($run, 0, 'steady', true, 0, 'sql', 0, ${endUs})`,
      `INSERT INTO sample SELECT $run, unnest(range(0, ${endUs}, ${SAMPLE_US})), 'host', 'cpu_user', '{}', 0.2`,
      `INSERT INTO sample VALUES ($run, ${endUs / 2}, 'generator', 'gap_ms', '{}', ${recording.gapMs})`,
    ]
  ) await store.run(sql, { run });
  const { config, ...rest } = bareRun(run, { status: "complete" });
  const loop = process === "closed" ? "closed" as const : "open" as const;
  const kind = process.startsWith("constant") ? "constant" as const : "poisson" as const;
  return await judgeValidity(store, { ...rest, config: { ...config, loop, arrivals: kind } });
}

/**
 * Of what was recorded as due next after a moment. After its end a recording begins anew, each time elsewhere: a
 * constant rate would else meet the same few moments over and over.
 */
function lagAt({ us, periodUs }: Recording, atUs: number): number {
  const place = Math.ceil(atUs / periodUs);
  const again = Math.floor(place / us.length);
  return us[(place + Math.round(again * GOLDEN * us.length)) % us.length]!;
}

function drawn(process: Exclude<Process, "closed">, rate: number, endUs: number): number[] {
  const seconds = endUs / 1e6;
  const kind = process.startsWith("constant") ? "constant" as const : "poisson" as const;
  const due = arrivals({
    kind,
    seed: 42,
    endUs,
    ...process.endsWith("spike")
      ? { stages: spike(rate / 10, rate, 0.4 * seconds, 0.2 * seconds) }
      : { ratePerSecond: rate },
  });
  const times: number[] = [];
  for (; due.atUs < endUs; due.next()) times.push(Math.round(due.atUs));
  return times;
}

/** Requests of clients that ask again when they are answered, so many a second in all. */
function clients(rate: number, endUs: number): number[] {
  return Array.from({ length: Math.floor(rate * endUs / 1e6) }, (_, slot) => Math.round(slot / rate * 1e6));
}
