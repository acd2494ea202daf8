import { rmSync } from "node:fs";
import { join } from "node:path";
import { readSmallText } from "../files/small_file.ts";
import { writeAtomically } from "./places.ts";
import {
  isAlive,
  isProcessId,
  killProcess,
  type ProcessId,
  self,
  stopProcess,
  type StopSignal,
} from "./process.ts";

/** `up` leaves its services running; those of a `bench` end with it. */
export type OwnerKind = "up" | "bench";

/** One process that we started and must be able to stop, also from another process and after a crash. */
export interface ServiceRecord {
  /** "postgres", "redis", "graphql", "graphql-2" …; also the name of its log. */
  readonly name: string;
  readonly process: ProcessId;
  readonly port: number;
  readonly stopSignal: StopSignal;
  readonly owner: { readonly kind: OwnerKind; readonly process: ProcessId };
  /** What the service was started with and another start may ask for; never a secret. */
  readonly facts: Readonly<Record<string, string>>;
}

/**
 * What runs, as `stack.json` in the home tells it. A record is written as soon as its process exists; those
 * of processes that are gone are dropped on reading.
 */
export function readRecords(home: string): ServiceRecord[] {
  try {
    const { services } = JSON.parse(readSmallText(statePath(home))) as { services: unknown[] };
    return services.filter(isRecord).filter(({ process }) => isAlive(process));
  } catch {
    // Absent, or written by a version that we do not know: nothing we could stop by it.
    return [];
  }
}

/** A torn record must neither end a start nor name a process that was not ours. */
function isRecord(value: unknown): value is ServiceRecord {
  const { name, process, port, stopSignal, owner, facts } = (value ?? {}) as Partial<ServiceRecord>;
  return typeof name === "string" && isProcessId(process) && Number.isInteger(port) &&
    (stopSignal === "SIGINT" || stopSignal === "SIGTERM") &&
    (owner?.kind === "up" || owner?.kind === "bench") && isProcessId(owner.process) &&
    typeof facts === "object" && facts !== null &&
    Object.values(facts).every((fact) => typeof fact === "string");
}

/** Adds a record, in place of one of the same name. */
export function record(
  home: string,
  service: Omit<ServiceRecord, "owner">,
  owner: OwnerKind,
): ServiceRecord {
  const added = { ...service, owner: { kind: owner, process: self() } };
  write(home, [...readRecords(home).filter(({ name }) => name !== service.name), added]);
  return added;
}

/** What the next service of a kind is called: "graphql", then "graphql-2" … */
export function freeName(home: string, kind: string): string {
  const taken = new Set(readRecords(home).map(({ name }) => name));
  for (let count = 1;; count++) {
    const name = count === 1 ? kind : `${kind}-${count}`;
    if (!taken.has(name)) return name;
  }
}

/** Stops services side by side, whoever started them, and forgets them. Bounded by 5 seconds. */
export async function stopServices(home: string, services: readonly ServiceRecord[]): Promise<void> {
  await Promise.all(services.map(({ process, stopSignal }) => stopProcess(process, stopSignal)));
  // What still lives here after SIGKILL (a process in uninterruptible sleep) stays on record.
  const gone = readRecords(home);
  if (gone.length === 0) rmSync(statePath(home), { force: true });
  else write(home, gone);
}

/**
 * Ends the services that this process has started, also those of `up`, before it ends itself: without returning to
 * the event loop, which may be what is stuck.
 * @returns those that could not be ended
 */
export function killOwnServices(home: string): { readonly left: readonly ServiceRecord[] } {
  const me = self();
  const own = readRecords(home).filter(({ owner }) =>
    owner.process.pid === me.pid && owner.process.startedAt === me.startedAt
  );
  return { left: own.filter(({ process, stopSignal }) => !killProcess(process, stopSignal)) };
}

/** Services whose owner was a bench that is dead: nobody else will stop them. */
export function orphans(records: readonly ServiceRecord[]): ServiceRecord[] {
  return records.filter(({ owner }) => owner.kind === "bench" && !isAlive(owner.process));
}

function statePath(home: string): string {
  return join(home, "stack.json");
}

function write(home: string, services: readonly ServiceRecord[]): void {
  writeAtomically(statePath(home), `${JSON.stringify({ schema: 1, services }, null, 2)}\n`);
}
