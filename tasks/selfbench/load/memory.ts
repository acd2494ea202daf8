import { formatCount, significant } from "../../model/units.ts";
import { median } from "../../stats/robust.ts";
import { type Finding, finding } from "../finding.ts";
import type { PartContext } from "../measure_part.ts";
import { askServer } from "../one_arm.ts";
import { residentBytes } from "../../observe/process_memory.ts";
import { withServer } from "../servers/serving.ts";
import { spread } from "../spread.ts";
import type { LoadBenchPlan } from "./options.ts";
import { runInProcess } from "./run_in_process.ts";

const CLIENTS = 8;
const GOAL_BYTES = 500e6;
/** The last quarter may have so much more than the second one. */
const GOAL_GROWTH = 0.05;
const LOOK_MS = 100;
/** A closed loop is ended by its requests; this is only longer than they can take. */
const LONGEST_SECONDS = 3600;

/** Resident memory of a long run, as fast as a closed loop goes, and of storing it. */
export async function memory(
  { requests }: LoadBenchPlan,
  { terminal, dir, signal }: PartContext,
  databaseUrl: string,
): Promise<Finding[]> {
  return await terminal.step(
    `A run of ${formatCount(requests)} requests`,
    (progress) =>
      withServer("./instant.ts", [], async ({ url }) => {
        const [measuring, storing]: number[][] = [[], []];
        let into = measuring!;
        let timer: ReturnType<typeof setInterval> | undefined;
        try {
          const { rows } = await runInProcess(
            {
              arm: {
                ...askServer(url),
                load: { clients: CLIENTS },
                warmup: 0,
                seconds: LONGEST_SECONDS,
                connections: CLIENTS,
              },
              databaseUrl,
              requests,
            },
            dir,
            {
              signal,
              onStarted({ pid }) {
                timer = setInterval(() => {
                  const bytes = residentBytes(pid);
                  if (bytes === null) return;
                  into.push(bytes);
                  progress(`${significant(bytes / 1e6, 3)} MB`);
                }, LOOK_MS);
              },
              onMeasured: () => into = storing!,
            },
          );
          return { value: memoryFindings(rows, measuring!, storing!), detail: `${formatCount(rows)} stored` };
        } finally {
          clearInterval(timer);
        }
      }),
  );
}

/** @param measuring bytes, evenly over the load; @param storing bytes while it was loaded into the store */
export function memoryFindings(
  rows: number,
  measuring: readonly number[],
  storing: readonly number[],
): Finding[] {
  const what = `memory over ${formatCount(rows)} requests`;
  const quarter = (nth: number) => {
    const size = measuring.length / 4;
    return measuring.slice(Math.floor(nth * size), Math.floor((nth + 1) * size));
  };
  if (measuring.length < 8) {
    return [finding({ what, unit: "MB", note: "too short a run, or a system that does not tell" })];
  }
  const growth = median(quarter(3))! / median(quarter(1))!;
  const mega = (bytes: readonly number[]) => spread(bytes.map((each) => each / 1e6));
  return [
    finding({
      what,
      unit: "MB",
      ours: mega(measuring),
      goal: `< ${GOAL_BYTES / 1e6} MB`,
      reached: Math.max(...measuring) < GOAL_BYTES,
      note: "resident memory of the whole process while it makes the load, its start included",
    }),
    finding({
      what: "its last quarter against its second",
      unit: "MB",
      ours: mega(quarter(3)),
      peer: "second quarter",
      theirs: mega(quarter(1)),
      ratio: spread([growth]),
      goal: `ratio ≤ ${1 + GOAL_GROWTH}`,
      reached: growth <= 1 + GOAL_GROWTH,
    }),
    ...storing.length === 0 ? [] : [
      finding({
        what: "memory while the run is stored and judged",
        unit: "MB",
        ours: mega(storing),
        note: "DuckDB's own memory is limited to 1 GB; it is no part of the measured time",
      }),
    ],
  ];
}
