import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Operation } from "../model/operation.ts";
import { memoryFolder } from "../files/testing_memory.ts";
import type { Phase, Run } from "../model/run.ts";
import { DEFAULT_THRESHOLDS } from "../model/validity.ts";
import { openStore, type Store } from "./open.ts";
import { SegmentWriter } from "./segment_writer.ts";

/** Runs `body` with a directory of its own that is gone afterwards, in `parent` or in memory. */
export async function withTempDir<T>(
  body: (dir: string) => T | Promise<T>,
  parent = memoryFolder(),
): Promise<T> {
  const dir = Deno.makeTempDirSync({ prefix: "benchbook-store-", dir: parent });
  try {
    return await body(dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

/** Opens a store, hands it to `body` and closes it again. */
export async function withStore<T>(
  file: string,
  mode: "read" | "write",
  body: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openStore(file, { mode });
  try {
    return await body(store);
  } finally {
    store.close();
  }
}

let empty: Promise<Uint8Array> | undefined;

/** Puts an empty store where there is none: to make one takes as long as to load a small run, and many tests want one. */
export async function placeStore(file: string): Promise<void> {
  if (existsSync(file)) return;
  empty ??= withTempDir(async (dir) => {
    (await openStore(storeFile(dir), { mode: "write" })).close();
    return readFileSync(storeFile(dir));
  });
  writeFileSync(file, await empty);
}

/** Where tests keep their store. */
export function storeFile(dir: string): string {
  return join(dir, "benchbook.duckdb");
}

/** A run record with as little in it as a store needs. */
export function bareRun(runId: string, changes: Partial<Run> = {}): Run {
  return {
    runId,
    label: null,
    kind: "bench",
    scenario: "access-paths",
    startedAt: new Date("2026-01-02T03:04:05.678Z"),
    endedAt: null,
    status: "running",
    verdict: null,
    seed: 1,
    config: { scenario: "access-paths", thresholds: DEFAULT_THRESHOLDS } as Run["config"],
    environment: { deno: "2.9.6" } as Run["environment"],
    gitCommit: null,
    ...changes,
  };
}

/** One steady phase of one arm. */
export function steadyPhase(phaseId: number, startUs: number, endUs: number, arm = "sql"): Phase {
  return { phaseId, segment: "steady", measured: true, block: phaseId, arm, startUs, endUs };
}

/** An operation over direct SQL. */
export function sqlOperation(operationId = 0): Operation {
  return {
    operationId,
    workload: "w",
    stream: "main",
    name: "product-by-id",
    path: "sql",
    arm: "sql",
    statement: "SELECT $1",
    fingerprint: "0123456789abcdef",
    parameters: [{ name: "id", type: "integer" }],
  };
}

/** Pushes an ok request of operation 0 in phase 0 with a response time of `us`. */
export function pushOk(writer: SegmentWriter, slot: number, intendedUs: number, us = 1000): void {
  const woke = intendedUs + 10;
  writer.push(slot, 0, 0, 0, intendedUs, woke, woke + 5, woke + 7, intendedUs + us, 0, null, -1, 1, 100);
}
