import { join } from "node:path";

/** Plans of one statement that PostgreSQL made under two sets of settings; what was 0 is left out. */
export interface TakenPlans {
  readonly version: string;
  /** What is other in the second plan. */
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Real plans, taken by a PostgreSQL of a major version. */
export function takenPlans(version: 15 | 16 | 17 | 18): TakenPlans[] {
  const file = join(import.meta.dirname!, "testdata", `plans_${version}.ndjson`);
  return Deno.readTextFileSync(file).trim().split("\n").map((line) => JSON.parse(line) as TakenPlans);
}
