import { join } from "node:path";
import { OUTCOMES } from "../model/timing.ts";
import { oneArmPlan } from "../selfbench/one_arm.ts";
import { readSegment } from "../store/segment_reader.ts";
import type { ArmTarget } from "../paths/path.ts";
import { CUT_LEAD_US } from "./cuts.ts";
import { EventHub } from "./event_hub.ts";
import type { LoadGate } from "./load_gate.ts";
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
    const plan = { ...made, arms, phases };
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
