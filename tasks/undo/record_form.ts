import { isRunId } from "../model/run_id.ts";
import { datasets } from "../seed/catalog.ts";
import type { WriteRecord } from "./journal.ts";
import type { SlotWrites } from "./may_write.ts";

/** A query: what is asked after a run must not be a statement that does something. */
const QUERY = /^(?:\s|--[^\n]*\n|\/\*[^*]*\*\/|\()*(?:SELECT|WITH|VALUES|TABLE)\b/i;

/** A record as it was written, of whatever version; null where it is none. */
export function parseRecord(text: string): WriteRecord | null {
  try {
    const record = completed(JSON.parse(text));
    const { place, reserved, own, owner, runId, spool, writes } = record;
    const texts = [record.scenario, place.database, place.host, owner.startedAt];
    // Both become names of files that are removed.
    const named = isRunId(runId) && (spool === null || isRunId(spool));
    const readable = record.schema === 1 && named && texts.every((text) => typeof text === "string") &&
      Number.isSafeInteger(owner.pid) && Number.isSafeInteger(place.oid) && Array.isArray(record.looks) &&
      record.looks.every(({ operation, path, text, values }) =>
        [operation, path].every((name) => typeof name === "string") && QUERY.test(text) &&
        Array.isArray(values)
      ) &&
      (own === null ||
        [own.sql, own.file, own.path].every((text) => typeof text === "string") &&
          Array.isArray(own.schemas)) &&
      (reserved === null ||
        Object.hasOwn(datasets, reserved.dataset) && Array.isArray(reserved.proofSlots)) &&
      Array.isArray(writes.operations) && Array.isArray(writes.streams) && Array.isArray(record.arms);
    return readable ? record : null;
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
