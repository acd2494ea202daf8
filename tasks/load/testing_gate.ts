import assert from "node:assert/strict";
import { join } from "node:path";
import { OUTCOMES } from "../model/timing.ts";
import { sleep } from "../net/sleep.ts";
import { eventually } from "../net/testing.ts";
import { withClient } from "../seed/connect.ts";
import { oneArmPlan } from "../selfbench/one_arm.ts";
import { readSegment } from "../store/segment_reader.ts";
import type { ArmTarget } from "../paths/path.ts";
import { CUT_LEAD_US } from "./cuts.ts";
import { EventHub } from "./event_hub.ts";
import { LoadGate } from "./load_gate.ts";
import type { LoadPlan } from "./plan.ts";
import type { RunEvents } from "./run_events.ts";
import { runLoad } from "./run_load.ts";

/** What would never end. */
const MOST_SECONDS = 120;

/** What became of one request, µs from the run's start. */
export interface Sent {
  readonly outcome: typeof OUTCOMES[number];
  readonly error: string | null;
  readonly intended: number;
  readonly acquired: number;
  readonly sent: number;
}

/** Where each request of `gatedLoad` leaves a row: it is told by that which server has answered it. */
export const WRITES = "CREATE TABLE answered (slot serial)";
export const WRITE = "INSERT INTO answered DEFAULT VALUES";

/** What connections of such a load are called at PostgreSQL. */
export const SESSION = "benchbook test gate";

/** How many requests a server has answered. */
export const answered = (url: string) => count(url, "SELECT count(*) FROM answered");

/** Connections of such a load to a server. */
export const sessions = (url: string, where = "true") =>
  count(
    url,
    `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
      AND application_name LIKE '%${SESSION}%' AND ${where}`,
  );

async function count(url: string, sql: string): Promise<number> {
  return await withClient(url, async (client) => Number((await client.query(sql)).rows[0].count));
}

export function assertAllOk(requests: readonly Sent[]): void {
  assert.deepEqual(requests.filter(({ outcome }) => outcome !== "ok"), []);
}

/** Has a load move from one empty database to another one and back. @throws where any request fails or goes astray */
export async function moveThereAndBack(source: string, target: string): Promise<void> {
  for (const url of [source, target]) await withClient(url, (client) => client.query(WRITES));
  const gate = new LoadGate();
  const moments: number[] = [];
  const requests = await gatedLoad({
    arms: [{ target: { path: "sql", url: source, movesTo: target, session: SESSION }, text: WRITE }],
    gate,
    rate: 300,
  }, async (nowUs) => {
    await eventually(async () => await answered(source) > 50);
    await gate.prepare("target");
    assert.equal(await sessions(target), await sessions(source), "as many connections");
    for (const at of ["target", "source"] as const) {
      const [from, to] = at === "target" ? [source, target] : [target, source];
      await gate.prepare(at);
      await gate.close();
      moments.push(nowUs());
      assert.equal(await sessions(from, "state = 'active'"), 0, "nothing is under way");
      await sleep(100);
      moments.push(nowUs());
      const before = await answered(to);
      await gate.open(at);
      await eventually(async () => await answered(to) > before + 50);
    }
  });
  assertAllOk(requests);
  const [closed, toTarget, closedAgain, toSource] = moments as [number, number, number, number];
  const within = (from: number, to: number) => requests.filter(({ sent }) => sent > from && sent < to).length;
  assert.equal(
    within(closed, toTarget) + within(closedAgain, toSource),
    0,
    "none is sent while it is closed",
  );
  const waited = requests.filter(({ intended }) => intended > closed && intended < toTarget);
  assert.ok(waited.length > 0);
  for (const { acquired } of waited) assert.ok(acquired >= toTarget, "it waited for a connection");
  assert.equal(await answered(target), within(toTarget, closedAgain));
  assert.equal(await answered(source), within(0, closed) + within(toSource, Infinity));
}

export interface GatedLoad {
  /** Asked in turn, each with what writes a row by it. */
  readonly arms: readonly { readonly target: ArmTarget; readonly text: string }[];
  readonly gate: LoadGate;
  readonly rate: number;
}

/**
 * Makes a load of writes while `during` opens and closes its gate, and ends it with that.
 * @returns what became of each request
 */
export async function gatedLoad(
  { arms: asked, gate, rate }: GatedLoad,
  during: (nowUs: () => number) => Promise<void>,
): Promise<Sent[]> {
  const spoolDir = Deno.makeTempDirSync();
  try {
    const load = { arrivals: "poisson" as const, rate };
    const made = oneArmPlan(
      { ...asked[0]!, params: {}, load, warmup: 0, seconds: MOST_SECONDS, connections: 4 },
      spoolDir,
    );
    const arms = asked.map(({ target, text }) => {
      const statement = { operationId: 0, name: "answered", write: true, text, parameters: [] };
      return { name: target.path, target, statements: [statement] };
    });
    const phases = made.phases.map((phase) => ({ ...phase, arm: arms.length > 1 ? null : phase.arm }));
    // More than one thread, whatever machine this is; and none is shed or given up, however long the gate stays closed.
    const patience = { inFlightCap: rate * MOST_SECONDS, timeoutMs: MOST_SECONDS * 1000 };
    const plan = { ...made, ...patience, workers: 2, arms, phases };
    const events = new EventHub<RunEvents>();
    const { phaseId } = plan.phases.at(-1)!;
    let over: Promise<void> | undefined;
    events.on("start", ({ nowUs }) => {
      // What is under way then is answered.
      over = during(nowUs).finally(() => events.emit("cut", { phaseId, endUs: nowUs() + CUT_LEAD_US }));
      over.catch(() => {});
    });
    await runLoad({ plan, signal: new AbortController().signal, events, gate });
    await over;
    return requestsOf(plan);
  } finally {
    Deno.removeSync(spoolDir, { recursive: true });
  }
}

function requestsOf({ spoolDir, workers }: LoadPlan): Sent[] {
  const found: Sent[] = [];
  for (let worker = 0; worker < workers; worker++) {
    for (
      const { columns, codes } of readSegment(join(spoolDir, `timing-${worker}.seg`), { droppedBytes: 0 })
    ) {
      for (let row = 0; row < columns.slot.length; row++) {
        const error = columns.error[row]!;
        found.push({
          outcome: OUTCOMES[columns.outcome[row]!]!,
          error: error === 0 ? null : codes[error - 1]!,
          intended: columns.intended[row]!,
          acquired: columns.acquired[row]!,
          sent: columns.sent[row]!,
        });
      }
    }
  }
  return found;
}
