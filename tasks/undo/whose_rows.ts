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
import type { Evidence } from "./evidence.ts";

/** Keys looked at in one query. */
const BATCH = 5000;

/** Rows of somebody else's under keys that a run used too. */
export interface WhoseRows {
  /** Of each relation and key that others have rows of: the places of the run's own. */
  readonly spared: SparedRows;
  /** Those under the key of a request of which nobody knows what became: the run's own may have been changed since. */
  readonly doubtful: readonly { readonly relation: string; readonly column: string; readonly key: bigint }[];
}

/** What is known of a run's writes. */
export interface Known {
  /** What a slot left. */
  readonly evidence: (slot: number) => Evidence;
  /** Whether what was answered has been removed before. */
  readonly removed: boolean;
}

interface Row {
  readonly key: string;
  readonly place: string;
  readonly ours: boolean;
}

/**
 * Tells a run's rows from those of others that have the same key, by the values that its requests gave: where nobody
 * knows what became of a request, and where several rows have a key that was written once.
 * @param asked what the request of a slot gave
 */
export async function whoseRows(
  client: Client,
  dataset: Dataset,
  known: Known,
  asked: (slot: number) => Readonly<Record<string, Value>>,
): Promise<WhoseRows> {
  const questioned = new Map<string, ReservedKey[]>();
  for (const entries of await ambiguous(client, dataset, known)) {
    for (const entry of entries) {
      questioned.set(entry.relation, [...questioned.get(entry.relation) ?? [], entry]);
    }
  }
  const spared = new Map<string, readonly string[]>();
  const doubtful: { relation: string; column: string; key: bigint }[] = [];
  const found: { entry: ReservedKey; rows: readonly Row[] }[] = [];
  for (const [relation, entries] of questioned) {
    for (let from = 0; from < entries.length; from += BATCH) {
      const part = entries.slice(from, from + BATCH);
      const rows = await rowsOf(client, dataset, relation, part, asked);
      for (const entry of part) found.push({ entry, rows: rows.get(String(entry.key)) ?? [] });
    }
  }
  const idOf = ({ table, key }: ReservedKey) => `${table} ${key}`;
  // A key's rows lie in several partitions, and those of the run in one of them.
  const matched = new Set(
    found.flatMap(({ entry, rows }) => rows.some(({ ours }) => ours) ? [idOf(entry)] : []),
  );
  const isUnknown = (entry: ReservedKey) => known.evidence(slotOf(dataset, entry)) === "unknown";
  const others = new Set<bigint>();
  for (const { entry, rows } of found) {
    const { relation, column, key } = entry;
    if (!isUnknown(entry) || rows.every(({ ours }) => ours)) continue;
    others.add(key);
    doubtful.push({ relation, column, key });
  }
  for (const { entry, rows } of found) {
    const own = rows.filter(({ ours }) => ours);
    const id = rowsId(entry.relation, entry.key);
    // Of one request either all rows are the run's, an order and its lines, or none.
    if (isUnknown(entry)) { if (others.has(entry.key)) spared.set(id, []); }
    // Where an answered statement wrote other values than its parameters', what is there is its own.
    else if (own.length < rows.length && (known.removed || matched.has(idOf(entry)))) {
      spared.set(
        id,
        own.map(({ place }) => place),
      );
    }
  }
  return { spared, doubtful };
}

/** What is to be looked at more closely, grouped by table and key. */
async function ambiguous(
  client: Client,
  dataset: Dataset,
  { evidence, removed }: Known,
): Promise<ReservedKey[][]> {
  const groups: ReservedKey[][] = [];
  let group: ReservedKey[] = [];
  const close = () => {
    const rows = group.reduce((sum, each) => sum + each.rows, 0);
    if (group.length > 0 && (removed || rows > 1 || evidence(slotOf(dataset, group[0]!)) === "unknown")) {
      groups.push(group);
    }
    group = [];
  };
  for await (const entry of reservedKeys(client, dataset)) {
    if (evidence(slotOf(dataset, entry)) === "nothing") continue;
    const [first] = group;
    if (first !== undefined && (first.table !== entry.table || first.key !== entry.key)) close();
    group.push(entry);
  }
  close();
  return groups;
}

async function rowsOf(
  client: Client,
  dataset: Dataset,
  relation: string,
  entries: readonly ReservedKey[],
  asked: (slot: number) => Readonly<Record<string, Value>>,
): Promise<Map<string, Row[]>> {
  const { column } = entries[0]!;
  const given = entries.map((entry) => ({ ...asked(slotOf(dataset, entry)), [column]: String(entry.key) }));
  const text = undoSql("whose_rows.sql", { relation, key: column });
  const byKey = new Map<string, Row[]>();
  for (const row of await read(client, text, given)) {
    const of = byKey.get(row.key);
    if (of === undefined) byKey.set(row.key, [row]);
    else of.push(row);
  }
  return byKey;
}

/** None where a parameter is called like a column and is of another type: then its value tells nothing. */
async function read(client: Client, text: string, given: unknown): Promise<readonly Row[]> {
  try {
    return (await client.query<Row>(text, [JSON.stringify(given)])).rows;
  } catch (error) {
    if (/^22/.test((error as { code?: string }).code ?? "")) return [];
    throw error;
  }
}
