import { keptBy } from "../model/lock_modes.ts";
import { formatSeconds } from "../model/units.ts";
import type { LintFinding } from "../model/lint.ts";
import type { Judged } from "./judged.ts";
import { safeForm } from "./safe_forms.ts";
import { tooNew } from "./versions.ts";
import { modeInSql } from "../model/effects_text.ts";

/**
 * A lock that is waited for without a limit.
 * @param told the line of the file in which the first one is; null: this is it
 * @param hasForm whether something else is to be written in the statement's place
 */
export function lockQueue(judged: Judged, told: number | null, hasForm: boolean): LintFinding[] {
  const { effects: { locks }, known, waitLimit, transaction, facts: { oldestTransaction } } = judged;
  if (waitLimit !== null || judged.node["nowait"] === true) return [];
  const strong = locks.find(({ relation, mode }) =>
    keptBy(mode).writes && !known.relation(relation).isNew && transaction?.held.get(relation)?.mode !== mode
  );
  if (strong === undefined) return [];
  if (told !== null) {
    return [{
      rule: "lock-queue",
      level: "warning",
      message: `${
        modeInSql(strong.mode)
      } on ${strong.relation} is waited for without a limit too, as in line ${told}.`,
      safe: null,
    }];
  }
  const oldest = oldestTransaction === null || oldestTransaction < 1
    ? ""
    : ` The oldest that is open now has been so for ${formatSeconds(oldestTransaction)}.`;
  return [{
    rule: "lock-queue",
    level: "warning",
    message: `${
      modeInSql(strong.mode)
    } on ${strong.relation} waits until all older transactions that use it have ended, and whoever comes after it ${
      keptBy(strong.mode).reads ? "to read or write" : "to write"
    } waits behind it: nothing limits that.${oldest}`,
    safe: hasForm ? FORM_TOO : safeForm("lock-queue", judged, null),
  }];
}

const FORM_TOO =
  "What is to be written in its place takes locks as well: SET lock_timeout = '100ms' before it, and try again where it gives up.";

/** LOCK TABLE, and what is known to have a form beside others. */
export function plainForms(judged: Judged): LintFinding[] {
  const { kind, node, known, effects: { locks } } = judged;
  const used = locks.filter(({ relation }) => !known.relation(relation).isNew);
  if (used.length === 0) return [];
  if (kind === "LockStmt" && keptBy(used[0]!.mode).writes) {
    return [{
      rule: "lock-table",
      level: "warning",
      message: `${modeInSql(used[0]!.mode)} on ${used[0]!.relation} is held until the transaction ends.`,
      safe: safeForm("lock-table", judged, null),
    }];
  }
  if (kind === "DropStmt" && node["removeType"] === "OBJECT_INDEX" && node["concurrent"] !== true) {
    return [{
      rule: "drop-index",
      level: "warning",
      message: `ACCESS EXCLUSIVE on ${
        used.at(-1)!.relation
      } keeps everybody out for a moment, and waits for all who use it.`,
      safe: safeForm("drop-index", judged, null),
    }];
  }
  if (locks.length > 1 && /DETACH PARTITION$/.test(judged.effects.kind) && !judged.effects.alone) {
    return [{
      rule: "detach-partition",
      level: "warning",
      message: `ACCESS EXCLUSIVE on ${
        used[0]!.relation
      } keeps everybody out of all partitions for a moment, and waits for all who use one.`,
      safe: safeForm("detach-partition", judged, null),
    }];
  }
  return [];
}

/** What is a transaction by itself, and what has to wait for others'. */
export function alone(judged: Judged): LintFinding[] {
  const { effects: { alone, work, kind }, transaction, facts: { oldestTransaction } } = judged;
  if (alone && transaction !== null) {
    return [{
      rule: "not-in-transaction",
      level: "blocking",
      message: `${kind} is refused within a transaction.`,
      safe: "Put it into a file of its own, without BEGIN and COMMIT.",
    }];
  }
  const waits = work.find((each) => each.kind === "wait for transactions");
  if (waits === undefined) return [];
  const oldest = oldestTransaction === null
    ? ""
    : `, the oldest of which has been open for ${formatSeconds(oldestTransaction)}`;
  const index = kind.includes("INDEX") && !kind.startsWith("DROP");
  return [{
    rule: "concurrently",
    level: "note",
    message:
      `It waits for transactions that are older than it${oldest}; nobody waits for it meanwhile but schema changes.${
        index ? " Where it fails it leaves an index that is INVALID." : ""
      }`,
    safe: index ? "Where it failed: DROP INDEX CONCURRENTLY, and try again." : null,
  }];
}

/** What the server is too old for. */
export function tooNewFor({ kind, node, known, facts: { version } }: Judged): LintFinding[] {
  return tooNew(kind, node, known, version).map(({ what, since, before }) => ({
    rule: "not-in-version",
    level: "blocking",
    message: `PostgreSQL ${version} does not know ${what}, which is there from ${since} on: it ${before}.`,
    safe: null,
  }));
}

/** What cannot be told. */
export function notTold({ effects: { unknown } }: Judged): LintFinding[] {
  if (unknown === null) return [];
  return [{ rule: "unknown", level: "note", message: `It cannot be told ${unknown}.`, safe: null }];
}
