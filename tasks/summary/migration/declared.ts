import type { Shown, StepPlan } from "../../model/migration.ts";
import type { MigrationSummary, StepEvidence } from "../../model/migration_summary.ts";
import type { Rows } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";

type Declared = MigrationSummary["declared"];

/** What a declaration is compared with. */
type Seen = Pick<MigrationSummary, "steps" | "errors" | "stall" | "stallLimitMs">;

/** What the steps' heads declare that they show, in their order, and whether this run showed it. */
export async function declaredRisks(
  rows: Rows,
  run: string,
  plans: readonly StepPlan[],
  seen: Seen,
): Promise<Declared> {
  const declared: Declared[number][] = [];
  for (const { step, shows } of plans.filter(({ shows }) => shows.length > 0)) {
    const steps = seen.steps.filter((each) => each.step === step);
    const rowWaits = await readRowWaits(rows, run, steps);
    for (const shown of shows) {
      declared.push({ text: textOf(shown), seen: wasSeen(shown, { ...seen, steps, rowWaits }) });
    }
  }
  return declared;
}

/** `row of SCHEMA.NAME` of each relation for whose rows the load waited while a step's statements ran. */
async function readRowWaits(rows: Rows, run: string, steps: readonly StepEvidence[]): Promise<string[]> {
  if (steps.length === 0) return [];
  const found = await rows.rows<{ readonly relation: string }>(query("migration/row_waits"), {
    run,
    from: Math.min(...steps.map(({ startUs }) => startUs)),
    // One that never ended held them until the run's end.
    until: Math.max(...steps.map(({ endUs }) => endUs ?? Number.MAX_SAFE_INTEGER)),
  });
  return found.map(({ relation }) => relation);
}

/** @param evidence with the statements of the step that declares it alone */
function wasSeen(shown: Shown, evidence: Seen & { readonly rowWaits: readonly string[] }): boolean {
  const { steps, rowWaits, errors, stall, stallLimitMs } = evidence;
  switch (shown.kind) {
    case "wait": {
      // Who waits for a transaction is counted at its latest statement, which may have taken a weaker lock only.
      const locks = steps.flatMap((step) => step.locks).filter(({ relation }) => relation === shown.relation);
      return locks.some(({ mode }) => mode === shown.mode) && locks.some(({ blocked }) => blocked > 0);
    }
    case "row":
      return rowWaits.includes(`row of ${shown.relation}`);
    case "rewrite":
      return steps.some(({ rewritten }) => rewritten.includes(shown.relation));
    case "error":
      return errors.some(({ code }) => code === shown.code);
    case "stall":
      return stall !== null && stall.ms > stallLimitMs;
  }
}

function textOf(shown: Shown): string {
  switch (shown.kind) {
    case "wait":
      return `wait behind ${shown.mode} on ${shown.relation}`;
    case "row":
      return `wait for a row of ${shown.relation}`;
    case "rewrite":
      return `rewrite of ${shown.relation}`;
    case "error":
      return `error ${shown.code}`;
    case "stall":
      return "stall";
  }
}

/** `Meant to show (✓ shown, ✗ not shown): ✓ rewrite of northwind.orders · ✗ stall`; empty where nothing is declared. */
export function declaredText(declared: Declared): string {
  if (declared.length === 0) return "";
  const marked = declared.map(({ text, seen }) => `${seen ? "✓" : "✗"} ${text}`);
  return `Meant to show (✓ shown, ✗ not shown): ${marked.join(" · ")}`;
}
