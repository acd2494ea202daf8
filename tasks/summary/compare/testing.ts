import type { Environment, Run, RunConfig } from "../../model/run.ts";
import { insertRun } from "../../store/runs.ts";
import type { Store } from "../../store/open.ts";
import { fixtureRecord } from "../testing_record.ts";

/** What can be varied in a made-up run that is compared. */
export interface MadeRun {
  readonly label?: string | null;
  readonly gitCommit?: string | null;
  readonly arms?: readonly string[];
  readonly config?: Partial<RunConfig>;
  readonly environment?: Partial<Environment>;
  readonly run?: Partial<Run>;
  /** How much longer than usual everything takes, and an operation over an arm, e.g. 1.3. */
  readonly factor?: number;
  readonly slower?: { readonly operation: string; readonly arm?: string; readonly factor: number };
  /** Share of requests that fail, 0 to 1, and that are shed. */
  readonly failing?: number;
  readonly shed?: number;
  /** Requests; 0 gives a run without any. */
  readonly slots?: number;
  /** The statement of every operation. */
  readonly statement?: string;
  /** The plan of every operation over the arm `sql`. */
  readonly plan?: unknown;
}

/** Two questions, how often each is asked, and how long it takes over `sql`. */
export const MADE_OPERATIONS = [
  { name: "product-by-id", weight: 3, write: false },
  { name: "order-details", weight: 2, write: false },
] as const;

const BLOCKS = 12;
let made = 0;

/**
 * Adds a run to an open store, by SQL, in some milliseconds: `slots` requests over arms in blocks of a second, with
 * response times that are lognormal and, of the same number of runs before it, the same.
 * @returns its id, which begins a minute after the one before
 */
export async function makeRun(store: Store, options: MadeRun = {}): Promise<string> {
  const { arms = ["sql", "graphql"], label = null, factor = 1, slots = 2400, failing = 0, shed = 0 } =
    options;
  const at = ++made;
  const startedAt = new Date(Date.UTC(2026, 2, 14, 10, at));
  const runId = `${startedAt.toISOString().slice(0, 16).replace(/[-:]/g, "").replace("T", "-")}00-${
    at.toString(16).padStart(4, "0")
  }`;
  const plain = fixtureRecord(runId, BLOCKS, { label, startedAt, warmupSeconds: 0, slo: null });
  await insertRun(store, {
    ...plain,
    endedAt: new Date(startedAt.getTime() + BLOCKS * 1000),
    status: "complete",
    gitCommit: options.gitCommit === undefined ? plain.gitCommit : options.gitCommit,
    config: { ...plain.config, arms, operations: MADE_OPERATIONS, ...options.config },
    environment: { ...plain.environment, ...options.environment },
    ...options.run,
  });
  const { operation = "", arm = null, factor: slower = 1 } = options.slower ?? {};
  await store.rows(ROWS.phases, { run: runId, arms: JSON.stringify(arms), blocks: BLOCKS });
  await store.rows(ROWS.arms, { run: runId, arms: JSON.stringify(arms) });
  await store.rows(ROWS.operations, {
    run: runId,
    arms: JSON.stringify(arms),
    statement: options.statement ?? "SELECT * FROM northwind.answer WHERE id = $1",
  });
  await store.rows(ROWS.timings, {
    run: runId,
    seed: at,
    slots,
    factor,
    failing,
    shed,
    operation,
    arm,
    slower,
    blocks: BLOCKS,
  });
  if (options.plan !== undefined) {
    await store.rows(ROWS.plans, { run: runId, plan: JSON.stringify(options.plan) });
  }
  return runId;
}

/** Adds repetitions of one run, each a percent or so from the others. @returns the id of the series */
export async function makeSeries(store: Store, of: number, options: MadeRun = {}): Promise<string> {
  let id: string | null = null;
  for (let index = 0; index < of; index++) {
    const factor = (options.factor ?? 1) * (1 + 0.01 * Math.sin(7 * (made + 1)));
    const own = await makeRun(store, { ...options, factor });
    id ??= own;
    const series = JSON.stringify({ series: { id, index, of } });
    await store.rows("UPDATE run SET config = json_merge_patch(config, $series::JSON) WHERE run_id = $run", {
      run: own,
      series,
    });
  }
  return id!;
}

const ARMS =
  `(SELECT unnest(from_json($arms, '["VARCHAR"]')) AS arm, generate_subscripts(from_json($arms, '["VARCHAR"]'), 1) - 1 AS arm_id)`;
const ROWS = {
  phases: `INSERT INTO phase
    SELECT $run, block, 'steady', true, block, from_json($arms, '["VARCHAR"]')[1 + block % len(from_json($arms, '["VARCHAR"]'))],
      block * 1000000, (block + 1) * 1000000
    FROM range(0, $blocks::BIGINT) t(block)`,
  arms: `INSERT INTO arm
    SELECT $run, arm_id, arm, arm, CASE WHEN arm_id = 0 THEN 'baseline' ELSE 'candidate' END, '{}' FROM ${ARMS}`,
  operations: `INSERT INTO operation
    SELECT $run, 2 * arm_id + place, 'access-paths', 'main', name, arm, arm, $statement, md5($statement || name)[:16], '[]'
    FROM ${ARMS}, (VALUES (0, 'product-by-id'), (1, 'order-details')) t(place, name)`,
  timings: `INSERT INTO timing
    WITH
      slots AS (
        SELECT
          slot, slot * $blocks::BIGINT // greatest(1, $slots::BIGINT) AS block,
          slot * $blocks::BIGINT * 1000000 // greatest(1, $slots::BIGINT) AS intended_us,
          [hash(slot, $seed::BIGINT, i) / 18446744073709551616.0 for i in range(0, 6)] AS u
        FROM range(0, $slots::BIGINT) t(slot)
      ),
      asked AS (
        SELECT s.*, p.phase_id, p.arm, CASE WHEN u[1] < 0.6 THEN 'product-by-id' ELSE 'order-details' END AS name
        FROM slots s JOIN phase p ON p.run_id = $run AND p.block = s.block
      ),
      answered AS (
        SELECT a.*, o.operation_id,
          CASE WHEN u[6] < $failing::DOUBLE THEN 'failed' WHEN u[6] < $failing::DOUBLE + $shed::DOUBLE THEN 'shed' ELSE 'ok' END
            AS outcome,
          -- The sum of four uniforms is nearly normal.
          (1000 * (o.operation_id + 1) * $factor::DOUBLE * exp(0.4 * (u[2] + u[3] + u[4] + u[5] - 2) / 0.577)
            * CASE WHEN a.name = $operation AND coalesce(a.arm = $arm, true) THEN $slower::DOUBLE ELSE 1 END)::BIGINT AS us
        FROM asked a JOIN operation o ON o.run_id = $run AND o.arm = a.arm AND o.name = a.name
      )
    SELECT
      $run, slot, 0, 0, phase_id, operation_id, intended_us, intended_us + 30,
      CASE WHEN outcome <> 'shed' THEN intended_us + 40 END, CASE WHEN outcome <> 'shed' THEN intended_us + 42 END,
      CASE WHEN outcome <> 'shed' THEN intended_us + 42 + us END, outcome::outcome,
      CASE WHEN outcome = 'failed' THEN '40001' END, NULL, 1, 100, NULL, NULL, NULL
    FROM answered`,
  plans:
    `INSERT INTO plan SELECT $run, operation_id, 0, $plan::JSON FROM operation WHERE run_id = $run AND arm = 'sql'`,
};
