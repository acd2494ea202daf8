import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunSummary } from "../../model/summary.ts";

/** The question that is made slower: 15 of 100 requests of the default scenario ask it. */
export const OPERATION = "product-list";
const BASELINE = "sql";

/** How often each of two arms reads the clock in the run that says what that takes. */
export const TRIED = [500, 3000] as const;

/**
 * Writes an arm that asks as direct SQL does, but for one question, in which the server first reads the clock so many
 * times: `pg_sleep` waits no less than the system's timers allow, and that is longer.
 * @param dir where its file and its queries lie
 * @returns the arm's file
 */
export function slowerArm(dir: string, name: string, root: string, times: number): string {
  const statement = readFileSync(join(root, "queries/workloads/access-paths", `${OPERATION}.sql`), "utf8");
  // Once a statement, whatever rows it finds, and without a change of the plan below.
  const spins = `WHERE (SELECT count(clock_timestamp()) >= 0 FROM generate_series(1, ${times})) AND `;
  mkdirSync(join(dir, name), { recursive: true });
  writeFileSync(join(dir, name, `${OPERATION}.sql`), statement.replace(/^WHERE /m, spins));
  const file = join(dir, `${name}.json`);
  writeFileSync(file, JSON.stringify({ queries: name }));
  return file;
}

/**
 * How often the clock must be read for an operation to take so much longer, by what a run of `TRIED` measured.
 * @param share of the operation's own median, e.g. 0.1
 * @returns null where a busy machine hides it
 */
export function timesFor(
  share: number,
  { operations }: Pick<RunSummary, "operations">,
  tried: readonly string[],
): number | null {
  const [base, few, many] = [BASELINE, ...tried].map((arm) =>
    operations.find((row) => row.arm === arm && row.operation === OPERATION)?.response["0.5"]?.value ?? NaN
  ) as [number, number, number];
  const each = (many - few) / (TRIED[1] - TRIED[0]);
  const times = TRIED[0] + Math.round((base * (1 + share) - few) / each);
  return each > 0 && times > 0 ? times : null;
}
