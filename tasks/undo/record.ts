import { isRunId } from "../model/run_id.ts";
import { statementKinds } from "../postgres/sql_parser.ts";
import { datasets } from "../seed/catalog.ts";
import type { ProcessId } from "../stack/process.ts";
import type { WriteDraws } from "./request_values.ts";
import type { WritingArm } from "./evidence.ts";
import type { SlotWrites } from "./may_write.ts";

/** Which database was written into; never with a password. */
export interface DatabasePlace {
  /** Of the server and its replicas; null where the role may not ask. */
  readonly system: string | null;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly oid: number;
  /** Whether it is a server of the home's own. */
  readonly embedded: boolean;
}

/** What a write leaves under one set of keys, as its `.check.sql` reads it. */
export interface Look {
  readonly operation: string;
  /** Where its query lies; "" where an earlier Benchbook did not keep that. */
  readonly path: string;
  /** The query, with $1, $2 … placeholders. */
  readonly text: string;
  readonly values: readonly unknown[];
  /** Hash of what it gave before the run wrote: the rows themselves are the user's. */
  readonly before: string;
}

/** SQL of the user's own that takes a run's writes back. */
export interface OwnUndo {
  /** As the scenario names it. */
  readonly file: string;
  /** Where it lies; "" where an earlier Benchbook did not keep that. */
  readonly path: string;
  readonly sql: string;
  /** Of the tables that the run writes into. */
  readonly schemas: readonly string[];
  /** Slots of the load lie below this; absent or null where only its end decides. */
  readonly slots?: number | null;
  /** Rows that it touches for each write, at the most, as the comparison of the paths showed; absent: not known. */
  readonly perWrite?: number;
}

/** All that is needed to take back what a run writes into a database, also after it was killed. */
export interface WriteRecord {
  readonly schema: 1;
  /** Of the run or the search: its connections bear its name. */
  readonly runId: string;
  /** Which of the databases that the run writes into; absent: its own, the others are those of arms, from 1 on. */
  readonly part?: number;
  /** Rows came to it from the run's own database, if they did: its tables need not be there. */
  readonly copy?: true;
  /** The run whose spool tells of the writes; null while results are compared. */
  readonly spool: string | null;
  readonly scenario: string;
  readonly owner: ProcessId;
  readonly since: string;
  readonly place: DatabasePlace;
  readonly writes: SlotWrites;
  /** In the order in which the spool numbers their operations. */
  readonly arms: readonly WritingArm[];
  /** Whether a slot may have more attempts than one. */
  readonly retries: boolean;
  /** Null where the run can end all sessions that write for it. */
  readonly late: LateWrites | null;
  /** Writes under reserved keys of a data set; null where there are none. */
  readonly reserved: {
    readonly dataset: string;
    /** Those of a comparison of paths that may have written, which no spool tells of. */
    readonly proofSlots: readonly number[];
    /** Whether an earlier undo removed all that was answered: what stands there since is not of these requests. */
    readonly removed: boolean;
    /** What the requests gave; null where nobody knows. */
    readonly draws: WriteDraws | null;
    /** Slots of the load lie below this; null where only its end decides. */
    readonly slots: number | null;
  } | null;
  /** Whether the run's spool tells of every slot that was sent; after a kill it does not. */
  readonly whole: boolean;
  /** The SQL of the scenario's own that takes its writes back; null where it has none. */
  readonly own: OwnUndo | null;
  readonly looks: readonly Look[];
  /** Beginning of the run's keys in Redis; null without a cache. */
  readonly cachePrefix: string | null;
}

/** What is known beforehand of writes over a service whose sessions the run cannot end. */
export interface LateWrites {
  /** After this a request is given up. */
  readonly timeoutMs: number;
  /** Transactions of others that were open before the run: they are none of its requests. */
  readonly open: readonly string[];
}

/** Whether it can be asked after a run: one statement, which does nothing. */
export async function isQuery(text: string): Promise<boolean> {
  const kinds = await statementKinds(text, { file: "" }).catch(() => []);
  return kinds.length === 1 && kinds[0] === "SelectStmt";
}

/** A record as it was written, of whatever version; null where it is none. */
export async function parseRecord(text: string): Promise<WriteRecord | null> {
  try {
    const record = completed(JSON.parse(text));
    const { place, reserved, own, owner, runId, part = 1, spool, writes } = record;
    const texts = [record.scenario, place.database, place.host, owner.startedAt];
    // All become names of files that are removed.
    const named = isRunId(runId) && (spool === null || isRunId(spool)) && Number.isSafeInteger(part) &&
      part > 0;
    const readable = record.schema === 1 && named && texts.every((text) => typeof text === "string") &&
      Number.isSafeInteger(owner.pid) && Number.isSafeInteger(place.oid) && Array.isArray(record.looks) &&
      record.looks.every(({ operation, path, text, values }) =>
        [operation, path, text].every((name) => typeof name === "string") && Array.isArray(values)
      ) &&
      (own === null ||
        [own.sql, own.file, own.path].every((text) => typeof text === "string") &&
          Array.isArray(own.schemas)) &&
      (reserved === null ||
        Object.hasOwn(datasets, reserved.dataset) && Array.isArray(reserved.proofSlots)) &&
      Array.isArray(writes.operations) && Array.isArray(writes.streams) && Array.isArray(record.arms);
    if (!readable) return null;
    // Of thousands of looks few differ by more than their values.
    const queries = [...new Set(record.looks.map(({ text }) => text))].map(isQuery);
    return (await Promise.all(queries)).every((is) => is) ? record : null;
  } catch {
    return null;
  }
}

/** Of a record that an earlier Benchbook wrote; what it does not know makes nothing somebody else's. */
function completed(
  record: WriteRecord & { readonly reserved: { readonly writes?: SlotWrites } | null },
): WriteRecord {
  const writes = record.writes ?? record.reserved?.writes ??
    { seed: 0, closed: true, operations: [], streams: [] };
  const { reserved, own, arms = [], retries = false, late = null } = record;
  return {
    ...record,
    writes,
    arms,
    retries,
    late,
    looks: record.looks.map((look) => ({ ...look, path: look.path ?? "" })),
    reserved: reserved === null ? null : {
      ...reserved,
      removed: reserved.removed ?? false,
      draws: reserved.draws ?? null,
    },
    own: own === null ? null : { ...own, path: own.path ?? "", schemas: own.schemas ?? [] },
  };
}
