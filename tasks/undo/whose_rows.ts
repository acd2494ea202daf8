import type { Client } from "pg";
import type { Dataset } from "../seed/dataset.ts";
import {
  type ReservedKey,
  reservedKeys,
  rowsId,
  slotOf,
  type SparedRows,
  undoSql,
} from "../seed/reserved.ts";
import type { Value } from "../targets/target.ts";
import type { RequestValues } from "./request_values.ts";
import type { Evidence } from "./evidence.ts";
import { requestedRows } from "./requested_rows.ts";

/** Keys looked at in one query. */
const BATCH = 5000;

/** A key that is left, in one relation. */
export interface Doubtful {
  readonly relation: string;
  readonly column: string;
  readonly key: bigint;
  /** Whether its request is known to have written; else nobody knows what became of it. */
  readonly written: boolean;
}

/** Rows of somebody else's under keys that a run used too. */
export interface WhoseRows {
  /** Of each relation and key that others have rows of: the places of the run's own that are to go. */
  readonly spared: SparedRows;
  /** Keys of which nothing is to go: somebody else has rows there, or has changed the run's. */
  readonly doubtful: readonly Doubtful[];
}

/** What is known of a run's writes. */
export interface Known {
  /** What a slot left. */
  readonly evidence: (slot: number) => Evidence;
  /** Whether what was answered has been removed before. */
  readonly removed: boolean;
  /** Whether that was an earlier undo, after which nothing of the run could come any more. */
  readonly gone: boolean;
}

interface Row {
  readonly key: string;
  readonly place: string;
  readonly ours: boolean;
}

/** The rows of one key in one relation, and how many of them the request may have asked for. */
interface Found {
  readonly entry: ReservedKey;
  readonly rows: readonly Row[];
  readonly most: number;
}

/**
 * Tells a run's rows from those of others that have the same key, by the values that its requests gave. That a request
 * was answered does not say whose row stands there by now: it may have been removed, and another put in its place.
 * Within a transaction, of whose snapshot the places are.
 * @param valuesOf what the request of a slot gave
 */
export async function whoseRows(
  client: Client,
  dataset: Dataset,
  known: Known,
  valuesOf: (slot: number) => RequestValues,
): Promise<WhoseRows> {
  const spared = new Map<string, readonly string[]>();
  const kept = new Set<bigint>();
  const columns = new Map<string, ReadonlySet<string>>();
  for await (const entries of batches(client, dataset, known)) {
    for (const group of byKey(await look(client, dataset, entries, valuesOf, columns))) {
      judge(group, dataset, known, { spared, kept });
    }
  }
  const doubtful: Doubtful[] = [];
  if (kept.size === 0) return { spared, doubtful };
  // Of one request either all rows go, an order and its lines, or none.
  for await (const entry of reservedKeys(client, dataset)) {
    const { relation, column, key } = entry;
    if (!kept.has(key)) continue;
    spared.set(rowsId(relation, key), []);
    doubtful.push({
      relation,
      column,
      key,
      written: known.evidence(slotOf(dataset, entry)) === "written",
    });
  }
  return { spared, doubtful };
}

/** @param group a key's rows in one table, which may lie in several partitions */
function judge(
  group: readonly Found[],
  dataset: Dataset,
  { evidence, removed, gone }: Known,
  { spared, kept }: { readonly spared: Map<string, readonly string[]>; readonly kept: Set<bigint> },
): void {
  const { entry, most } = group[0]!;
  const rows = group.flatMap((found) => found.rows);
  const written = evidence(slotOf(dataset, entry)) === "written";
  // What was answered is gone: whatever stands there since, also what looks like it, is somebody else's.
  const own = written && gone ? [] : rows.filter(({ ours }) => ours);
  // Of more rows alike than were asked for nobody knows which are the run's.
  if (own.length === rows.length && own.length <= most) return;
  const isApart = written && own.length <= most &&
    (own.length === 0 ? removed : dataset.reserved.length === 1);
  if (!isApart) {
    kept.add(entry.key);
    return;
  }
  for (const found of group) {
    const places = found.rows.filter((row) => own.includes(row)).map(({ place }) => place);
    if (places.length < found.rows.length) spared.set(rowsId(found.entry.relation, entry.key), places);
  }
}

/** Keys that the run may have written under; those of a key in one table are in one batch. */
async function* batches(
  client: Client,
  dataset: Dataset,
  { evidence }: Known,
): AsyncGenerator<readonly ReservedKey[]> {
  let batch: ReservedKey[] = [];
  for await (const entry of reservedKeys(client, dataset)) {
    if (evidence(slotOf(dataset, entry)) === "nothing") continue;
    const last = batch.at(-1);
    const isNext = last !== undefined && (last.table !== entry.table || last.key !== entry.key);
    if (isNext && (batch.length >= BATCH || last.table !== entry.table)) {
      yield batch;
      batch = [];
    }
    batch.push(entry);
  }
  if (batch.length > 0) yield batch;
}

function byKey(found: readonly Found[]): Iterable<readonly Found[]> {
  return Map.groupBy(found, ({ entry }) => entry.key).values();
}

/** @param columns of relations, as far as they are known yet */
async function look(
  client: Client,
  dataset: Dataset,
  entries: readonly ReservedKey[],
  valuesOf: (slot: number) => RequestValues,
  columns: Map<string, ReadonlySet<string>>,
): Promise<Found[]> {
  const found: Found[] = [];
  for (const [relation, part] of Map.groupBy(entries, (entry) => entry.relation)) {
    const names = columns.get(relation) ?? await columnsOf(client, relation);
    columns.set(relation, names);
    const { column } = part[0]!;
    const wanted = part.map((entry) =>
      requestedRows({ ...valuesOf(slotOf(dataset, entry)), [column]: String(entry.key) }, names)
    );
    const text = undoSql("whose_rows.sql", { relation, key: column });
    const rows = Map.groupBy(
      await read(client, text, wanted.flatMap((each) => each.rows), column),
      ({ key }) => key,
    );
    part.forEach((entry, at) =>
      found.push({ entry, rows: rows.get(String(entry.key)) ?? [], most: wanted[at]!.most })
    );
  }
  return found;
}

async function columnsOf(client: Client, relation: string): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string }>(undoSql("columns.sql"), [relation]);
  return new Set(rows.map(({ name }) => name));
}

type Given = Readonly<Record<string, Value>>;

/** Where a parameter is called like a column and is of another type its value tells nothing. */
async function read(
  client: Client,
  text: string,
  given: readonly Given[],
  key: string,
): Promise<readonly Row[]> {
  const ask = async (rows: readonly Given[]): Promise<readonly Row[] | null> => {
    await client.query("SAVEPOINT asked");
    try {
      const found = await client.query<Row>(text, [JSON.stringify(rows)]);
      await client.query("RELEASE SAVEPOINT asked");
      return found.rows;
    } catch (error) {
      if (!/^22/.test((error as { code?: string }).code ?? "")) throw error;
      await client.query("ROLLBACK TO SAVEPOINT asked");
      return null;
    }
  };
  const only = (names: readonly string[]) =>
    given.map((row) => Object.fromEntries(names.flatMap((name) => name in row ? [[name, row[name]!]] : [])));
  const all = await ask(given);
  if (all !== null) return all;
  const told = [key];
  for (const name of new Set(given.flatMap((row) => Object.keys(row)))) {
    if (name !== key && await ask(only([key, name])) !== null) told.push(name);
  }
  return await ask(only(told)) ?? [];
}
