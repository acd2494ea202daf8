import type { Client } from "pg";
import { type Mix, NOT_CAPTURED } from "../load/mix.ts";
import { PROOF_SLOTS_FROM } from "../load/plan.ts";
import { isReservedKey } from "../load/proof_slots.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { checkFile, readCheck } from "../load/write_check.ts";
import { UsageError } from "../model/errors.ts";
import { type Draw, isCaptured } from "../model/scenario.ts";
import { addedText, type Complaint, missingGrant } from "../postgres/complaint.ts";
import { isOfServer } from "../seed/connect.ts";
import { exactly, hasSomething, imageOf, readTexts } from "./image.ts";
import type { LeftHere } from "./in_the_way.ts";
import { takenBackBy } from "./own_undo.ts";
import type { Look } from "./record.ts";
import { operationOfSlot, type SlotWrites } from "./may_write.ts";

/** Sets of keys that are looked at before and after a run, at the most. */
export const MOST_LOOKS = 5000;
/** Slots walked through for them: a long run asks for the same keys again and again. */
const MOST_SLOTS = 500_000;
/** Looking before a run takes so long at the most; a slow query is looked at for fewer keys. */
const BUDGET_MS = 5000;

export interface LooksOptions extends LeftHere {
  readonly scenario: Pick<LoadedScenario, "operations" | "workloadDir" | "ownTables">;
  readonly writes: SlotWrites;
  readonly mix: Mix;
  /** Slots of the load that there may be: those planned, or as many as a closed loop may reach. */
  readonly slots: number;
  /** Slots of the proof, each a set of keys of its own. */
  readonly proofSlots: readonly { readonly slot: number; readonly operation: number }[];
}

/** The looks at what writes leave, and whether these are all of them. */
export interface Looks {
  readonly looks: readonly Look[];
  /** False where a run may write under more keys than are looked at. */
  readonly complete: boolean;
  /** Writes whose keys come from an earlier answer of their session, and not from a write of it: nobody knows them before. */
  readonly unseen: readonly string[];
}

const has = (draws: readonly Draw[], kind: Draw["kind"]) => draws.some((draw) => draw.kind === kind);

/**
 * Reads by the key what each write of a run is going to change, before it does: with the `.check.sql` beside the write,
 * which reads what it left. Writes under a data set's reserved keys are left out, as their rows are found by these; so
 * are those whose keys come from an earlier answer of their session, as nobody knows them yet.
 * @throws {UsageError} where something stands under a key that the user's own tables keep for a run
 */
export async function lookBefore(client: Client, options: LooksOptions): Promise<Looks> {
  const { scenario: { operations, workloadDir, ownTables }, writes, mix, slots, proofSlots } = options;
  const checks = await Promise.all(operations.map(async ({ name, write, params }) => {
    const draws = Object.values(params);
    const reserved = has(draws, "reserved");
    if (!write || (reserved && ownTables === null)) return null;
    if (draws.some(isCaptured) && (!reserved || has(draws, "after"))) return null;
    const check = await readCheck(workloadDir, name);
    const parameters = check.parameters.map((parameter) => parameter.name);
    if (parameters.some((name) => params[name] !== undefined && isCaptured(params[name]))) return null;
    return { name, path: checkFile(workloadDir, name), text: check.text, parameters, reserved };
  }));
  const unseen = operations.filter(({ write, params }) => {
    const draws = Object.values(params);
    const captured = draws.filter(isCaptured);
    return write && !has(draws, "reserved") && captured.some((draw) => !isReservedKey(operations, draw));
  }).map(({ name }) => name);
  if (checks.every((check) => check === null)) return { looks: [], complete: true, unseen };
  const operationOf = operationOfSlot(writes);
  const until = performance.now() + BUDGET_MS;
  const looks = new Map<string, Look>();
  const last = Math.min(slots, PROOF_SLOTS_FROM, MOST_SLOTS);
  let complete = slots <= last;
  const look = async (slot: number, operation: number): Promise<boolean> => {
    const check = checks[operation];
    if (check === null || check === undefined) return true;
    const drawn = mix.valuesOf(slot, operation, NOT_CAPTURED);
    const values = check.parameters.map((name) => drawn[name]);
    const id = JSON.stringify([operation, values]);
    if (looks.has(id)) return true;
    if (looks.size >= MOST_LOOKS || performance.now() >= until) return false;
    const { name, path, text, reserved } = check;
    const answer = await readTexts(client, text, values).catch((error) => {
      throw unreadable(name, error);
    });
    if (reserved && hasSomething(answer)) throw inTheWay(name, values, options);
    looks.set(id, { operation: name, path, text, values, before: imageOf(answer) });
    return true;
  };
  await exactly(client, async () => {
    for (const { slot, operation } of proofSlots) complete = await look(slot, operation) && complete;
    for (let slot = 0; slot < last; slot++) {
      if (await look(slot, operationOf(slot))) continue;
      complete = false;
      break;
    }
  });
  return { looks: [...looks.values()], complete, unseen };
}

function inTheWay(name: string, values: readonly unknown[], here: LeftHere): UsageError {
  return new UsageError(
    `Cannot write by ${name}: nothing may stand under a key that dataset.keys keeps for a run, and ` +
      `${name}.check.sql finds something under ${JSON.stringify(values)}`,
    `Nothing was changed. ${
      takenBackBy(
        here,
        "Write a larger `from`; or, if a run from another BENCHBOOK_HOME was killed here, run `deno task clean --writes` " +
          "with that home.",
      )
    }`,
  );
}

/** A statement that fails is its author's to correct, but for what is the server's state. */
function unreadable(name: string, error: unknown): unknown {
  if (isOfServer(error)) return error;
  const complaint = error as Complaint;
  const { code } = complaint;
  const grant = missingGrant(complaint, "SELECT");
  return new UsageError(
    `Cannot read what stands under the keys of ${name} before it writes: ${complaint.message} (${code})${
      addedText(complaint)
    }`,
    grant !== null
      ? `Nothing was changed. ${grant}`
      : code === "42501"
      ? "Nothing was changed. Use a role that may read these tables whole: where row-level security hides rows from it, " +
        "nobody could tell whether they were taken back."
      : `Nothing was changed. Correct ${name}.check.sql.`,
  );
}

/** What differs from before the run, by operation: how many keys, and the first of them. */
export interface Changed {
  readonly operation: string;
  readonly keys: number;
  readonly looked: number;
  readonly first: readonly unknown[];
}

/** Reads the same again. */
export async function lookAfter(client: Client, looks: readonly Look[]): Promise<Changed[]> {
  const changed = new Map<string, { keys: number; looked: number; first: readonly unknown[] | null }>();
  await exactly(client, async () => {
    for (const { operation, text, values, before } of looks) {
      const found = changed.get(operation) ?? { keys: 0, looked: 0, first: null };
      changed.set(operation, found);
      found.looked++;
      if (imageOf(await readTexts(client, text, values)) === before) continue;
      found.keys++;
      found.first ??= values;
    }
  });
  return [...changed].flatMap(([operation, { keys, looked, first }]) =>
    first === null ? [] : [{ operation, keys, looked, first }]
  );
}
