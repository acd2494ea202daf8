import type { Client } from "pg";
import type { Mix } from "../load/mix.ts";
import { PROOF_SLOTS_FROM } from "../load/plan.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { readCheck } from "../load/write_check.ts";
import { UsageError } from "../model/errors.ts";
import { isCaptured } from "../model/scenario.ts";
import { addedText, type Complaint } from "../postgres/complaint.ts";
import { isOfServer } from "../seed/connect.ts";
import { undoSql } from "../seed/reserved.ts";
import { loadQuestion } from "../targets/workload.ts";
import { imageOf, readTexts } from "./image.ts";
import { DRY_RUN_LOCK_MS } from "./own_undo.ts";
import type { OwnUndo } from "./record.ts";

export interface TrialOptions {
  readonly scenario: Pick<LoadedScenario, "name" | "operations" | "workloadDir">;
  readonly mix: Mix;
  /** Slots of the comparison, each with its operation. */
  readonly proofSlots: readonly { readonly slot: number; readonly operation: number }[];
}

/** What a write that was tried changed, for looking at again. */
interface Tried {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  readonly before: string;
}

/**
 * Tries an undo of the user's own before a run writes: does each write of the scenario's as the first and as the last
 * request of a run would, and of the comparison of the paths, runs the undo, looks, and rolls all of it back. A write
 * that fails, or whose values come from an earlier answer, is not tried.
 * @throws {UsageError} where the undo leaves something, or fails
 */
export async function refuseNarrowUndo(
  client: Client,
  { file, sql }: Pick<OwnUndo, "file" | "sql">,
  options: TrialOptions,
): Promise<void> {
  const { name } = options.scenario;
  // Names are found as the user's role finds them.
  await client.query("RESET search_path; BEGIN");
  try {
    for (const text of ["exact_texts.sql", "unfiltered.sql"]) await client.query(undoSql(text));
    await client.query(undoSql("dry_run_limit.sql"), [DRY_RUN_LOCK_MS]);
    const tried = await tryWrites(client, options);
    await client.query("SELECT pg_catalog.set_config('benchbook.own_undo', $1, true)", [sql]);
    await client.query(undoSql("run_own.sql")).catch((error: Complaint) => {
      if (isOfServer(error)) throw error;
      throw new UsageError(
        `Cannot run ${name}: ${file}, tried on writes of the run's own that were rolled back, fails: ${error.message} ` +
          `(SQLSTATE ${error.code})${addedText(error)}`,
        `Nothing was changed. Correct ${file}.`,
        { cause: error },
      );
    });
    for (const { name: operation, text, values, before } of tried) {
      if (imageOf(await readTexts(client, text, values)) === before) continue;
      throw new UsageError(
        `Cannot run ${name}: ${file} must take back all that a run writes, and left what ${operation} wrote for ` +
          `${JSON.stringify(values)}, as ${operation}.check.sql finds it (tried, and rolled back)`,
        `Nothing was changed. Make ${file} match all of it: with dataset.keys every key from \`from\` up to \`from\` + ` +
          "1,099,999,999.",
      );
    }
  } finally {
    await client.query("ROLLBACK").catch(() => {});
  }
}

/** A write that is to be tried. */
interface Planned extends Tried {
  readonly write: string;
  readonly given: readonly unknown[];
}

/** @returns those that did not fail */
async function tryWrites(client: Client, options: TrialOptions): Promise<Tried[]> {
  // All are looked at before the first is done: one may write what another one's query finds.
  const planned = await plannedWrites(client, options);
  const tried: Tried[] = [];
  for (const each of planned) {
    const answer = await within(client, () => readTexts(client, each.write, each.given));
    // Why one fails the comparison of the paths says.
    if (answer !== null) tried.push(each);
  }
  return tried;
}

async function plannedWrites(
  client: Client,
  { scenario: { operations, workloadDir }, mix, proofSlots }: TrialOptions,
): Promise<Planned[]> {
  const planned: Planned[] = [];
  for (const [operation, { name, write, params }] of operations.entries()) {
    if (!write || Object.values(params).some(isCaptured)) continue;
    const { sql } = await loadQuestion(workloadDir, name, []);
    const check = await readCheck(workloadDir, name);
    const proof = proofSlots.filter((each) => each.operation === operation).map(({ slot }) => slot);
    for (const slot of new Set([0, PROOF_SLOTS_FROM - 1, ...proof.slice(0, 1), ...proof.slice(-1)])) {
      const drawn = mix.valuesOf(slot, operation);
      const valuesOf = (parameters: readonly { readonly name: string }[]) =>
        parameters.map((parameter) => drawn[parameter.name]);
      const values = valuesOf(check.parameters);
      const before = await within(client, () => readTexts(client, check.text, values));
      if (before === null) continue;
      planned.push({
        ...{ name, text: check.text, values, before: imageOf(before) },
        write: sql.text,
        given: valuesOf(sql.parameters),
      });
    }
  }
  return planned;
}

/** What a statement answers; null where it fails, and then it has done nothing. @throws where the server fails */
async function within<T>(client: Client, ask: () => Promise<T>): Promise<T | null> {
  await client.query("SAVEPOINT one_statement");
  try {
    return await ask();
  } catch (error) {
    if (isOfServer(error)) throw error;
    await client.query("ROLLBACK TO SAVEPOINT one_statement");
    return null;
  }
}
