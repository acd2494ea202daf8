import { temporaryFolderIn } from "../files/temporary.ts";
import { join } from "node:path";
import { InterruptedError } from "../model/errors.ts";
import type { Draw } from "../model/scenario.ts";
import { OUTCOMES } from "../model/timing.ts";
import { planBlocks } from "../load/blocks.ts";
import { EventHub } from "../load/event_hub.ts";
import type { LoadPlan } from "../load/plan.ts";
import type { RunEvents } from "../load/run_events.ts";
import { runLoad } from "../load/run_load.ts";
import { defaultWorkers } from "../load/workers.ts";
import { graphql } from "../paths/graphql.ts";
import type { ArmTarget } from "../paths/path.ts";
import { readSegment } from "../store/segment_reader.ts";

/** A load of one question over one path, as the engine makes it for anyone. Times are seconds. */
export interface OneArm {
  readonly target: ArmTarget;
  readonly text: string;
  readonly params: Readonly<Record<string, Draw>>;
  /** Clients of a closed loop, or an open loop's arrivals. */
  readonly load:
    | { readonly clients: number }
    | { readonly arrivals: "poisson" | "constant"; readonly rate: number };
  readonly warmup: number;
  readonly seconds: number;
  readonly connections: number;
  readonly inFlightCap?: number;
  readonly seed?: number;
}

/** A question without parameters to a server of selfbench's own. */
export function askServer(url: string, text = "{ product }"): Pick<OneArm, "target" | "text" | "params"> {
  return { target: { path: graphql.name, url, headers: {} }, text, params: {} };
}

/** The plan that the engine gets for it. */
export function oneArmPlan(arm: OneArm, spoolDir: string): LoadPlan {
  const { target, text, params, load, connections, seed = 42 } = arm;
  const closed = "clients" in load;
  const stream = {
    name: "main",
    arrivals: closed ? "constant" as const : load.arrivals,
    rate: closed ? 1 : load.rate,
    stages: null,
    session: null,
    first: 0,
    count: 1,
  };
  return {
    seed,
    loop: closed ? { kind: "closed", clients: load.clients } : { kind: "open" },
    streams: [stream],
    phases: planBlocks({
      arms: [target.path],
      seed,
      warmupSeconds: arm.warmup,
      durationSeconds: arm.seconds,
      blockSeconds: arm.seconds,
      washoutSeconds: 0,
    }),
    arms: [{
      name: target.path,
      target,
      statements: [{ operationId: 0, name: "question", write: false, text, parameters: Object.keys(params) }],
    }],
    operations: [{ name: "question", weight: 1, params }],
    dataset: null,
    sources: {},
    retry: null,
    connections,
    inFlightCap: arm.inFlightCap ?? 1024,
    timeoutMs: 10_000,
    workers: defaultWorkers(closed ? "closed" : "open", connections),
    spoolDir,
  };
}

/** What was recorded after the warm-up. Times are µs, ascending; of requests that were answered. */
export interface Recorded {
  readonly rows: number;
  /** Answers that were right. */
  readonly ok: number;
  readonly response: Float64Array;
  readonly service: Float64Array;
  /** Response time less the generator's own lag. */
  readonly served: Float64Array;
  /** Of all requests that were dispatched. */
  readonly lag: Float64Array;
  /** When the answered ones were due, µs from the run's start; in no order. */
  readonly intended: Float64Array;
  /** When they were sent, in the same order. */
  readonly sent: Float64Array;
  /** Measured time. */
  readonly seconds: number;
}

/** Makes the load with every request recorded, and reads the records. @throws {InterruptedError} */
export async function makeLoad(
  arm: OneArm,
  dir: string,
  signal: AbortSignal,
  onStart: (start: RunEvents["start"]) => void = () => {},
): Promise<Recorded> {
  using spool = temporaryFolderIn(dir, "spool-");
  const plan = oneArmPlan(arm, spool.path);
  const events = new EventHub<RunEvents>();
  events.on("start", onStart);
  const { interrupted } = await runLoad({ plan, signal, events });
  if (interrupted) throw new InterruptedError();
  return readRecords(plan);
}

/** Reads what the generators of a plan recorded in its measured phases. */
export function readRecords({ spoolDir, workers, phases }: LoadPlan): Recorded {
  const measured = new Set(phases.flatMap(({ phaseId, measured }) => measured ? [phaseId] : []));
  const seconds = phases.reduce(
    (sum, { phaseId, startUs, endUs }) => sum + (measured.has(phaseId) ? (endUs - startUs) / 1e6 : 0),
    0,
  );
  const ok = OUTCOMES.indexOf("ok");
  const [response, service, served, lag, intended, sent]: number[][] = [[], [], [], [], [], []];
  let rows = 0;
  for (let worker = 0; worker < workers; worker++) {
    for (const { columns } of readSegment(join(spoolDir, `timing-${worker}.seg`), { droppedBytes: 0 })) {
      for (let row = 0; row < columns.slot.length; row++) {
        if (!measured.has(columns.phase[row]!)) continue;
        rows++;
        const due = columns.intended[row]!;
        if (!Number.isNaN(columns.woke[row]!)) lag!.push(columns.woke[row]! - due);
        if (columns.outcome[row] !== ok) continue;
        response!.push(columns.done[row]! - due);
        service!.push(columns.done[row]! - columns.sent[row]!);
        served!.push(columns.done[row]! - columns.woke[row]!);
        intended!.push(due);
        sent!.push(columns.sent[row]!);
      }
    }
  }
  const ascending = (values: number[]) => Float64Array.from(values).sort();
  return {
    rows,
    ok: response!.length,
    response: ascending(response!),
    service: ascending(service!),
    served: ascending(served!),
    lag: ascending(lag!),
    intended: Float64Array.from(intended!),
    sent: Float64Array.from(sent!),
    seconds,
  };
}
