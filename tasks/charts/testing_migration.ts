import type { AnswerBin, MigrationRun, PathSecond, StepSpan } from "./migration_rows.ts";
import type { WaitSpan } from "./waiting_sessions.ts";

/**
 * A change of a table beside a report that reads it for five seconds, as two runs would give it: one waits for the report
 * and everybody behind it, the other gives up its place in the queue. Small, fixed, and made by formulas.
 */
export function migrationRuns(): [naive: MigrationRun, safe: MigrationRun] {
  return [naive(), safe()];
}

const PATHS = ["graphql", "sql", "sql+cache"] as const;
const BASE: Readonly<Record<string, number>> = { sql: 3.1, graphql: 9.4, "sql+cache": 3.6 };
const S = 1e6;

function naive(): MigrationRun {
  const [from, until] = [23.4, 28.33];
  return {
    name: "naive",
    ...load(49, 25.75, (at) => Math.max(0, at >= from && at < until ? until - at : 0)),
    steps: [step(1, "01-add-column", 23.38, 28.34)],
    waits: [
      wait(23.4, 4.93, "AccessExclusiveLock", "migration"),
      ...Array.from({ length: 14 }, (_, index) => {
        const at = 23.45 + 0.06 * index;
        return wait(at, until - at, index % 5 === 0 ? "RowExclusiveLock" : "AccessShareLock", "load");
      }),
    ],
    segments: segments(23, 28.9, 48.9),
    stall: {
      ms: 4890,
      fromUs: from * S,
      untilUs: until * S - 40_000,
      path: "sql",
      kind: "write",
      pending: 612,
      lock: "AccessExclusiveLock on northwind.orders, of the migration",
    },
  };
}

function safe(): MigrationRun {
  const tries = [23.4, 24.2, 25.1, 25.8, 26.9, 27.9];
  return {
    name: "safe",
    ...load(50, null, (at) => tries.some((begun) => at >= begun && at < begun + 0.2) ? 0.1 : 0),
    steps: [step(1, "01-add-column", 23.38, 29.05)],
    waits: tries.flatMap((at) => [
      wait(at, 0.2, "AccessExclusiveLock", "migration"),
      wait(at + 0.02, 0.17, "AccessShareLock", "load"),
      wait(at + 0.05, 0.14, "AccessShareLock", "load"),
    ]),
    segments: segments(23, 29.6, 49.6),
    stall: {
      ms: 182,
      fromUs: 25.11 * S,
      untilUs: 25.292 * S,
      path: "sql",
      kind: "write",
      pending: 9,
      lock: null,
    },
  };
}

function segments(migrate: number, recovery: number, end: number) {
  const span = (segment: string, from: number, to: number) => ({
    segment,
    changing: segment === "migrate",
    startUs: from * S,
    endUs: to * S,
  });
  return [
    span("warmup", 0, 3),
    span("baseline", 3, migrate),
    span("migrate", migrate, recovery),
    span("recovery", recovery, end),
  ];
}

function step(number: number, stem: string, from: number, to: number): StepSpan {
  return {
    step: number,
    statement: 1,
    file: `lock-queue/naive/${stem}.sql`,
    startUs: from * S,
    endUs: to * S,
    errorCode: null,
  };
}

function wait(at: number, seconds: number, mode: string, role: string): WaitSpan {
  return { atUs: Math.round(at * S), waitedUs: Math.round(seconds * S), mode, role };
}

/** @param held how long a request that is due at a moment waits for a lock, s */
function load(end: number, errorsAt: number | null, held: (at: number) => number) {
  const seconds = Array.from(
    { length: Math.ceil(end) },
    (_, second) =>
      PATHS.map((path, index): PathSecond => {
        const longest = Math.max(held(second), held(second + 0.25), held(second + 0.5), held(second + 0.75));
        const wobble = 1 + 0.15 * Math.sin(second * 1.7 + index);
        return {
          path,
          second,
          bin: 1,
          segment: second < 3 ? "warmup" : second < 23 ? "baseline" : second < 29 ? "migrate" : "recovery",
          n: 160 + (second * 7 + index) % 11,
          errors: errorsAt !== null && Math.floor(errorsAt) === second ? 2 + index : 0,
          p95: BASE[path]! * wobble * (second < 3 ? 1.6 : 1) + longest * 1000,
          hitRate: path === "sql+cache" ? 0.82 + 0.02 * Math.sin(second) : null,
        };
      }),
  ).flat();
  const answers = Array.from({ length: Math.ceil(end * 4) }, (_, nth): AnswerBin => {
    const second = nth / 4;
    const now = held(second);
    const burst = now === 0 && held(second - 0.25) > 0.15 ? 1100 : 0;
    return {
      second,
      width: 0.25,
      ok: now > 0.15 ? 0 : 84 + (nth * 5) % 13 + burst,
      errors: second === errorsAt ? 9 : 0,
    };
  });
  return { seconds, answers };
}
