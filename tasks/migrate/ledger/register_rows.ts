import type { Client } from "pg";
import pg from "pg";
import type { LedgerProblem } from "../../model/migration.ts";
import type { Value } from "../../targets/target.ts";
import { type Proven, quotedName } from "./inserted.ts";
import { type RegisterAttempt, RegisterHistory } from "./registers.ts";
import { columnsOf, ledgerSql, Refused, tried } from "./sql.ts";
import type { SlotOutcome } from "./slot_outcomes.ts";
import type { Register } from "./written.ts";

/** Rows read in one query. */
const BATCH = 5000;
const { escapeIdentifier: quoted } = pg;

/** Values as PostgreSQL prints them, by register and key; one for each row with that key. */
export type RegisterValues = ReadonlyMap<string, ReadonlyMap<string, readonly (string | null)[]>>;

/** Tells one register of a table from another. */
export function registerId({ table, key, value }: Register): string {
  return `${table}(${key.column}).${value.column}`;
}

/**
 * Reads what registers hold.
 * @param keys of the rows, by `registerId`
 * @returns values, and of each register that cannot be read why, as a sentence's part
 */
export async function readRegisters(
  client: Client,
  registers: readonly Register[],
  keys: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<{ readonly values: RegisterValues; readonly refusals: ReadonlyMap<string, string> }> {
  const values = new Map<string, Map<string, (string | null)[]>>();
  const refusals = new Map<string, string>();
  for (const register of registers) {
    const id = registerId(register);
    if (values.has(id)) continue;
    const found = new Map<string, (string | null)[]>();
    values.set(id, found);
    const refusal = await readOne(client, register, [...keys.get(id) ?? []], found);
    if (refusal !== null) refusals.set(id, refusal);
  }
  return { values, refusals };
}

async function readOne(
  client: Client,
  { table, key, value }: Register,
  keys: readonly string[],
  found: Map<string, (string | null)[]>,
): Promise<string | null> {
  const columns = await columnsOf(client, table);
  if (columns.size === 0) return `${table} is not there`;
  const missing = [key.column, value.column].find((column) => !columns.has(column));
  if (missing !== undefined) return `${table} has no column ${missing}`;
  const text = ledgerSql("values.sql", {
    relation: quotedName(table),
    key: quoted(key.column),
    value: quoted(value.column),
    type: columns.get(key.column)!,
  });
  for (let at = 0; at < keys.length; at += BATCH) {
    const answer = await tried(
      client,
      () => client.query<{ key: string; value: string | null }>(text, [keys.slice(at, at + BATCH)]),
    );
    if (answer instanceof Refused) return `${table}: ${answer.message} (${answer.code})`;
    for (const row of answer.rows) found.set(row.key, [...found.get(row.key) ?? [], row.value]);
  }
  return null;
}

/** A write of a register's row, with the values that it gave. */
export interface RegisterWrite {
  readonly register: Register;
  readonly key: string;
  readonly value: string;
  readonly attempt: RegisterAttempt;
}

/** What is wrong with writes of registers, by slot. */
export interface RegisterVerdicts {
  readonly problems: ReadonlyMap<number, LedgerProblem>;
  /** Writes whose values are left. */
  readonly standing: ReadonlySet<number>;
  /** Registers that could not be read, by `registerId`, with the reason. */
  readonly refusals: ReadonlyMap<string, string>;
  /** Rows that were written, or may have been, by `registerId`. */
  readonly keys: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Judges all writes of registers by what is left of them: goes over the writes twice, and needs memory for each row that
 * was written, and none for a write.
 * @param writes all of them, in any order; called twice
 * @param first what the registers held before anything was written; what is not there is not known
 */
export async function judgeRegisters(
  client: Client,
  registers: readonly Register[],
  writes: () => Iterable<RegisterWrite>,
  first: RegisterValues,
): Promise<RegisterVerdicts> {
  const rows = new Map<string, Map<string, RegisterHistory>>();
  for (const { register, key, attempt } of writes()) {
    const id = registerId(register);
    const ofRegister = rows.get(id) ?? new Map<string, RegisterHistory>();
    rows.set(id, ofRegister);
    const history = ofRegister.get(key) ?? new RegisterHistory();
    ofRegister.set(key, history);
    history.add(attempt);
  }
  const keys = new Map([...rows].map(([id, ofRegister]) => [id, new Set(ofRegister.keys())]));
  const { values, refusals } = await readRegisters(client, registers, keys);
  for (const { register, key, value, attempt } of writes()) {
    const id = registerId(register);
    const left = values.get(id)?.get(key) ?? [];
    if (left.some((one) => isSame(one, value))) rows.get(id)!.get(key)!.stands(attempt);
  }
  const problems = new Map<number, LedgerProblem>();
  const standing = new Set<number>();
  for (const [id, ofRegister] of rows) {
    if (refusals.has(id)) continue;
    for (const [key, history] of ofRegister) {
      const left = values.get(id)?.get(key) ?? [];
      const verdict = history.verdict(stateOf(left, first.get(id)?.get(key)));
      if (verdict !== null) problems.set(verdict.slot, verdict.problem);
      if (history.standing !== null) standing.add(history.standing);
    }
  }
  return { problems, standing, refusals, keys };
}

function stateOf(
  left: readonly (string | null)[],
  first: readonly (string | null)[] | undefined,
): "first" | "other" | "several" | "gone" {
  // Rows of one key as many as before are no doubles.
  if (left.length > Math.max(1, first?.length ?? 1)) return "several";
  if (left.length === 0) return "gone";
  // What nobody looked at before cannot be called anybody else's.
  return first === undefined || left[0] === first[0] ? "first" : "other";
}

/** Numbers are printed with as many digits as their column has. */
export function isSame(printed: string | null, given: string | null): boolean {
  if (printed === null || given === null) return printed === given;
  return printed === given || printed !== "" && given !== "" && Number(printed) === Number(given);
}

/** A drawn value as text. */
export function textOf(value: Value | undefined): string {
  return value === undefined ? "" : String(value);
}

/** Judges an update by what stands in its row: an acknowledged one is right where nothing is wrong with it. */
export function judgeRegister(
  { slot, outcome }: { readonly slot: number; readonly outcome: SlotOutcome["outcome"] },
  { problems, standing }: RegisterVerdicts,
): Proven {
  const problem = problems.get(slot) ?? null;
  if (problem !== null) return { verified: false, problem };
  // That of others stands: whether it was there before nobody can tell.
  return { verified: outcome === "unknown" ? standing.has(slot) : true, problem };
}
