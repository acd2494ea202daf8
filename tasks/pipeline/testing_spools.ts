import assert from "node:assert/strict";
import { join } from "node:path";
import { type Counter, counter } from "../random/counter.ts";
import { openStore } from "../store/open.ts";
import { SegmentWriter } from "../store/segment_writer.ts";
import { createSpool, pendingSpools, spoolRoot } from "../store/spool.ts";
import { bareRun, sqlOperation, steadyPhase } from "../store/testing.ts";
import { recoverRuns } from "./recover.ts";

/** A process that has ended long ago. */
export const DEAD = { pid: 2 ** 22 - 1, startedAt: "then" };

const [WORKERS, SLOTS, PHASES] = [2, 120, 6];

/** A row as a store tells it, with what its phase and its operation say of it. */
export type StoredRow = Readonly<Record<string, unknown>>;

/** Writes the spool of a run that was killed: rows of two workers in several frames, some of them failed. */
export function writeSpool(home: string, runId: string, shift = 0): string {
  const spool = createSpool(home, bareRun(runId), DEAD);
  spool.operations([sqlOperation(0), { ...sqlOperation(1), name: "other" }]);
  spool.phases(Array.from({ length: PHASES }, (_, id) => {
    return { ...steadyPhase(id, id * 1e6, (id + 1) * 1e6, `arm ${(id + shift) % 3}`) };
  }));
  spool.samples([{ atUs: 1000, source: "host", metric: "cpu_user", labels: { core: "0" }, value: 0.25 }]);
  spool.plans([{ operationId: 0, atUs: 5, plan: [{ Plan: { "Node Type": "Result" } }] }]);
  spool.end({ status: "complete", endedAt: new Date("2026-01-02T03:04:12.678Z") });
  spool.close();
  for (let worker = 0; worker < WORKERS; worker++) {
    using writer = new SegmentWriter(spool.segmentPath(worker), worker, 16);
    for (let slot = worker; slot < SLOTS; slot += WORKERS) {
      const us = slot * 50_000 + shift;
      const failed = slot % 7 === 3;
      writer.push(
        slot,
        0,
        Math.floor(us / 1e6),
        slot % 2,
        us,
        us + 1,
        us + 2,
        us + 3,
        us + 400 + shift,
        failed ? 1 : 0,
        failed ? `E${slot % 4}` : null,
        slot % 5 - 1,
        failed ? -1 : slot,
        failed ? -1 : 10 * slot,
      );
    }
  }
  return spool.dir;
}

const COLUMNS =
  `t.slot, t.worker, t.phase_id, r.operation, t.intended_us, t.woke_us, t.acquired_us, t.sent_us,
  t.done_us, t.outcome, t.error, t.cache, t.rows, t.bytes, r.arm, r.segment`;
const FROM = "FROM timing t JOIN request r USING (run_id, slot)";

/** The rows that a store has of a run. */
export async function storedRows(db: string, run: string): Promise<StoredRow[]> {
  using store = await openStore(db, { mode: "read" });
  return await store.rows<StoredRow>(
    `SELECT ${COLUMNS} ${FROM} WHERE t.run_id = $run ORDER BY t.slot`,
    { run },
  );
}

/** Those of all its runs, by their ids: to ask for each takes a tenth of what recovering it does. */
async function storedByRun(db: string): Promise<Map<string, StoredRow[]>> {
  using store = await openStore(db, { mode: "read" });
  const found = await store.rows<StoredRow & { readonly run: string }>(
    `SELECT run_id AS run, ${COLUMNS} ${FROM} ORDER BY run, t.slot`,
  );
  const byRun = new Map<string, StoredRow[]>();
  for (const { run, ...row } of found) {
    const rows = byRun.get(run);
    if (rows === undefined) byRun.set(run, [row]);
    else rows.push(row);
  }
  return byRun;
}

/** The rows of a whole spool. */
async function rowsOf(dir: string, runId: string, shift: number): Promise<Map<unknown, StoredRow>> {
  const [home, db] = [join(dir, `whole-${shift}`), join(dir, `whole-${shift}.duckdb`)];
  writeSpool(home, runId, shift);
  await recoverRuns(home, db);
  const rows = await storedRows(db, runId);
  assert.equal(rows.length, SLOTS);
  return new Map(rows.map((row) => [row["slot"], row]));
}

/** Picks by the seed, one pick after the other. */
class Picker {
  #at = 0;
  readonly #random: Counter;

  constructor(seed: number) {
    this.#random = counter(seed, "mutation");
  }

  below(n: number): number {
    return Math.floor(this.#random.float(this.#at++, 0) * n);
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

type Mutation = (dir: string, file: string, pick: Picker, otherDir: string) => void;

function change(path: string, how: (bytes: Uint8Array) => Uint8Array): void {
  if (Deno.statSync(path).isFile) Deno.writeFileSync(path, how(Deno.readFileSync(path)));
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Deno.build.os === "windows" ? [] : parts.flatMap((part) => [...part]));
}

const ODD = [null, -1, 1e300, 2 ** 53, "text", [], {}, true, "\ud83d", [[[[]]]]];

/** One field of a record, of whatever depth, replaced by something odd; what it was sealed with is left off. */
function oddField(text: string, pick: Picker): string {
  const json = text.replace(/^[0-9a-f]{8} /, "");
  const value = JSON.parse(json);
  let at = value;
  while (typeof at === "object" && at !== null && Object.keys(at).length > 0) {
    const key = pick.of(Object.keys(at));
    if (typeof at[key] !== "object" || at[key] === null || pick.below(3) === 0) {
      at[key] = pick.of(ODD);
      break;
    }
    at = at[key];
  }
  return JSON.stringify(value);
}

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  flip: (dir, file, pick) =>
    change(join(dir, file), (bytes) => {
      for (let flips = 1 + pick.below(3); flips > 0 && bytes.length > 0; flips--) {
        bytes[pick.below(bytes.length)]! ^= 1 << pick.below(8);
      }
      return bytes;
    }),
  cut: (dir, file, pick) =>
    change(join(dir, file), (bytes) => bytes.subarray(0, pick.below(bytes.length + 1))),
  hole: (dir, file, pick) =>
    change(join(dir, file), (bytes) => {
      const from = pick.below(bytes.length + 1);
      return joined(bytes.subarray(0, from), bytes.subarray(from + pick.below(bytes.length - from + 1)));
    }),
  double: (dir, file, pick) =>
    change(join(dir, file), (bytes) => {
      const from = pick.below(bytes.length + 1);
      const to = from + pick.below(bytes.length - from + 1);
      const at = pick.of([to, pick.below(bytes.length + 1)]);
      return joined(bytes.subarray(0, at), bytes.subarray(from, to), bytes.subarray(at));
    }),
  zeros: (dir, file, pick) =>
    change(join(dir, file), (bytes) => {
      const from = pick.below(bytes.length + 1);
      return bytes.fill(0, from, from + pick.below(4096));
    }),
  garbage: (dir, file, pick) =>
    change(
      join(dir, file),
      (bytes) => joined(bytes, Uint8Array.from({ length: 1 + pick.below(300) }, () => pick.below(256))),
    ),
  "invalid UTF-8": (dir, file, pick) =>
    change(join(dir, file), (bytes) => {
      const at = pick.below(bytes.length + 1);
      return joined(
        bytes.subarray(0, at),
        Uint8Array.of(0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80),
        bytes.subarray(at),
      );
    }),
  empty: (dir, file) => change(join(dir, file), () => new Uint8Array()),
  missing: (dir, file) => Deno.removeSync(join(dir, file), { recursive: true }),
  folder(dir, file) {
    Deno.removeSync(join(dir, file), { recursive: true });
    Deno.mkdirSync(join(dir, file));
  },
  swap(dir, file, pick) {
    const other = pick.of([...Deno.readDirSync(dir)].map(({ name }) => name).sort());
    Deno.renameSync(join(dir, file), join(dir, "swapping"));
    if (other !== file) Deno.renameSync(join(dir, other), join(dir, file));
    Deno.renameSync(join(dir, "swapping"), join(dir, other));
  },
  copy: (dir, file, pick) =>
    Deno.copyFileSync(join(dir, file), join(dir, pick.of(["timing-0.seg", "timing-7.seg", "phases.jsonl"]))),
  foreign: (dir, file, _pick, otherDir) => Deno.copyFileSync(join(otherDir, file), join(dir, file)),
  field: (dir, _file, pick) =>
    change(
      join(dir, pick.of(["run.json", "operations.json", "plans.json", "end.json", "owner.json"])),
      (bytes) => {
        return new TextEncoder().encode(oddField(new TextDecoder().decode(bytes), pick));
      },
    ),
  line: (dir, _file, pick) =>
    change(join(dir, pick.of(["phases.jsonl", "samples.jsonl"])), (bytes) => {
      const lines = new TextDecoder().decode(bytes).split("\n");
      const at = pick.below(lines.length - 1);
      return new TextEncoder().encode(
        lines.with(at, pick.of([oddField(lines[at]!, pick), "x", "{", "\ud83d"])).join("\n"),
      );
    }),
};

/** Spools of one start; opening the store takes longer than loading one of them. */
const SPOOLS_A_START = 50;

/**
 * Recovers spools each of which was damaged in a way that the seed says: recovery never throws, what it stores of
 * a run are rows that the run had, what it does not store is kept in the folder for what is set aside, and the
 * next start finds nothing left.
 */
export async function checkMutatedSpools(dir: string, seeds: readonly number[]): Promise<void> {
  const names = Object.keys(MUTATIONS);
  // Whole rows know nothing of their run's id.
  const whole = await rowsOf(dir, "R", 0);
  const other = await rowsOf(dir, "R", 7);
  assert.notDeepEqual(whole.get(5), other.get(5));
  for (let from = 0; from < seeds.length; from += SPOOLS_A_START) {
    const home = Deno.makeTempDirSync({ dir });
    const db = join(home, "store.duckdb");
    const done = new Map<string, string>();
    for (const seed of seeds.slice(from, from + SPOOLS_A_START)) {
      const runId = `R${seed}`;
      const pick = new Picker(seed);
      const spool = writeSpool(home, runId);
      const otherDir = writeSpool(join(home, "others"), `other-${seed}`, 7);
      const told: string[] = [];
      for (let mutations = 1 + pick.below(2); mutations > 0; mutations--) {
        const file = pick.of([...Deno.readDirSync(spool)].map(({ name }) => name).sort());
        const name = pick.of(names);
        told.push(`${name} ${file}`);
        try {
          MUTATIONS[name]!(spool, file, pick, otherDir);
        } catch {
          // A mutation that the one before has made impossible.
        }
      }
      done.set(runId, `seed ${seed}: ${told.join(", ")}`);
    }
    const all = [...done.values()].join("; ");
    const told = await recoverRuns(home, db).catch((error) => assert.fail(`${error.stack}\n${all}`));
    assert.deepEqual(pendingSpools(home), [], all);
    assert.deepEqual(await recoverRuns(home, db), [], all);
    const stored = await storedByRun(db);
    for (const [runId, what] of done) {
      const rows = stored.get(runId) ?? [];
      for (const row of rows) {
        const expected = whole.get(row["slot"]);
        // A phase that was lost is not measured, and is said to be damaged.
        const phaseLost = row["segment"] === "unknown";
        assert.deepEqual(row, phaseLost ? { ...expected, arm: "sql", segment: "unknown" } : expected, what);
      }
      const kept = await Deno.stat(join(home, "set-aside", runId)).then(() => true, () => false);
      if (!kept && rows.length < SLOTS) {
        assert.match(what, /(cut|empty|missing|hole) timing|swap|foreign/, what);
      }
      assert.ok(told.some((line) => line.includes(runId)), what);
    }
    // And a whole one behind them.
    writeSpool(home, "NEXT");
    assert.match((await recoverRuns(home, db))[0]!, /^Recovered run NEXT \(complete\): 120 requests\./);
    Deno.removeSync(home, { recursive: true });
    assert.ok(spoolRoot(home).startsWith(dir));
  }
}
