import type { Work } from "../model/statement_effects.ts";
import type { Judged } from "./judged.ts";
import { joined, lastPart, quoted, written } from "./names.ts";
import { fields, nodes, word, words } from "./nodes.ts";
import { bareName, freeName } from "./object_names.ts";
import { bareRelation } from "./relations.ts";
import type { RuleName } from "./rules.ts";
import { addedColumn, otherType } from "./safe_columns.ts";
import { createdIndex, droppedIndexes, indexLike, refreshed, reindexed } from "./safe_indexes.ts";
import {
  addedBy,
  aloneFirst,
  keySteps,
  mayBeNotValid,
  notNullSteps,
  targetOf,
  validatedSteps,
} from "./safe_keys.ts";
import { type AlterText, alterText } from "./statement_text.ts";

type SafeForm = (judged: Judged, work: Work | null) => string | null;

/**
 * What to write instead, with the user's own names and clauses: SQL that does the same, or a sentence where there is no
 * such SQL; null: nothing better is known.
 */
export function safeForm(rule: RuleName, judged: Judged, work: Work | null): string | null {
  return FORMS[rule]?.(judged, work) ?? null;
}

const FORMS: Partial<Record<RuleName, SafeForm>> = {
  "rewrite": rewrite,
  "set-not-null": altered((judged, alter) => {
    const command = alter.commands[0]!.node;
    if (command["subtype"] !== "AT_SetNotNull") return null;
    return notNullSteps(alter.head, word(command["name"]), targetOf(judged)).join("\n");
  }),
  "add-check": altered((judged, alter) => constrained(judged, alter, ["CONSTR_CHECK", "CONSTR_NOTNULL"])),
  "add-foreign-key": altered((judged, alter) => constrained(judged, alter, ["CONSTR_FOREIGN"])),
  "add-key": altered((judged, alter) => {
    const added = addedBy(alter, ["CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_EXCLUSION"]);
    if (added === null) return columnOrNothing(judged, alter);
    const steps = keySteps(judged, alter, added);
    return typeof steps === "string" ? steps : steps.join("\n");
  }),
  "create-index": createdIndex,
  "reindex": reindexed,
  "attach-partition": attach,
  "refresh": refreshed,
  "domain": domain,
  "work-under-lock": (_judged, work) =>
    `Do the work on ${
      work!.relation
    } in a transaction of its own, before the lock is taken or after it is free again; keep in this one only what takes a moment.`,
  "lock-queue": ({ oneLine, transaction }) =>
    transaction === null
      ? `SET lock_timeout = '100ms';\n${
        shortened(oneLine)
      };\n-- and where it gives up: try again after a moment`
      : "Set lock_timeout = '100ms' before it; where it gives up, run the whole transaction again after a moment.",
  "lock-table": () =>
    "Leave it out where each statement takes the lock that it needs; keep the transaction short where it does not.",
  "drop-index": droppedIndexes,
  "detach-partition": detach,
  "all-rows": allRows,
  "rename-column": renameColumn,
  "rename-relation": renameRelation,
  "drop-column": () =>
    "First have no program ask for it (also SELECT * and lists of columns in INSERT); drop it in a later change.",
  "drop-relation": () => "First have no program ask for it; drop it in a later change.",
  "not-null-without-default": altered(columnOrNothing),
};

/** So that what is shown fits on a few lines. */
function shortened(sql: string): string {
  return sql.length > 300 ? `${sql.slice(0, 300)} …` : sql;
}

const EACH_PART = "Make each part of it a statement of its own: lint then tells the form of each.";

/** The form of an ALTER TABLE with one subcommand. */
function altered(form: (judged: Judged, alter: AlterText) => string | null): SafeForm {
  return (judged) => {
    const alter = alterText(judged);
    return alter.commands.length === 1 ? form(judged, alter) : EACH_PART;
  };
}

function columnOrNothing(judged: Judged, alter: AlterText): string | null {
  return alter.commands[0]?.node["subtype"] === "AT_AddColumn" ? addedColumn(judged, alter) : null;
}

const BY_PARTITION =
  "This version refuses one that is NOT VALID there: add a CHECK that is NOT VALID, or a foreign key to each partition, validate those, and add the whole one then.";

function constrained(judged: Judged, alter: AlterText, kinds: readonly string[]): string | null {
  const added = addedBy(alter, kinds);
  if (added === null) return columnOrNothing(judged, alter);
  if (!mayBeNotValid(judged, added, targetOf(judged))) return BY_PARTITION;
  return validatedSteps(judged, alter, added).join("\n");
}

function attach(judged: Judged, work: Work | null): string | null {
  const { oneLine, known, node } = judged;
  const { relation } = work!;
  const part = known.relation(relation);
  if (work!.kind === "index build") {
    const whole = known.indexesOf(targetOf(judged).name)
      .find(({ index }) => index!.columns.join() === work!.columns.join());
    return whole === undefined
      ? "First build an index like each one of the whole at the table, CONCURRENTLY."
      : [...aloneFirst(judged), indexLike(whole, part), `${oneLine};`].join("\n");
  }
  const bounds = part.isDefault
    ? "none of its rows belongs into the new one"
    : "all its rows are within the bounds";
  const parent = node["inhRelations"] === undefined
    ? targetOf(judged)
    : known.relation(written(fields(nodes(node["inhRelations"])[0]?.["RangeVar"])));
  const name = quoted(`${bareName(relation)}_bounds`);
  return [
    `ALTER TABLE ${relation} ADD CONSTRAINT ${name} CHECK (…) NOT VALID; -- says that ${bounds}${
      parent.partitionKey === null ? "" : `, by ${parent.partitionKey}`
    }`,
    `ALTER TABLE ${relation} VALIDATE CONSTRAINT ${name};`,
    `${oneLine};`,
    `ALTER TABLE ${relation} DROP CONSTRAINT ${name};`,
  ].join("\n");
}

function detach(judged: Judged): string {
  const other = judged.known.partsOf(targetOf(judged).name).find(({ isDefault }) => isDefault);
  if (other !== undefined) {
    return `While there is a default partition, as ${other.name} is, PostgreSQL detaches none beside others: set lock_timeout, and try again where it gives up.`;
  }
  return [
    ...aloneFirst(judged),
    `${judged.oneLine} CONCURRENTLY;`,
    "-- it leaves a check of the old bounds at the table that is detached: drop that where it is in the way",
  ].join("\n");
}

function domain({ oneLine, node }: Judged): string | null {
  const constraint = fields(fields(node["def"])["Constraint"]);
  if (constraint["contype"] !== "CONSTR_CHECK") {
    return node["subtype"] === "V"
      ? null
      : "No form reads the rows beside those who write. CHECK (VALUE IS NOT NULL) can be NOT VALID: it binds new values at once and reads none, but it is another constraint.";
  }
  const name = joined(words(node["typeName"]));
  const own = word(constraint["conname"]) || freeName(bareRelation(name, "table"), "", "check", () => false);
  const said = constraint["conname"] === undefined
    ? oneLine.replace(/\bADD\b/i, `ADD CONSTRAINT ${quoted(own)}`)
    : oneLine;
  return `${said} NOT VALID;\n-- and at a quiet time, as it reads all rows all the same:\n-- ALTER DOMAIN ${name} VALIDATE CONSTRAINT ${
    quoted(own)
  };`;
}

function rewrite(judged: Judged, work: Work | null): string | null {
  const { relation, of } = work!;
  if (of === "VACUUM FULL" || of === "CLUSTER") {
    return `VACUUM makes room for new rows in the file of ${relation}, beside those who use it. Where the file itself must become smaller, or its rows stand in an order: the extension pg_repack.`;
  }
  if (judged.kind !== "AlterTableStmt") return null;
  return altered((_judged, alter) => {
    if (of.endsWith("ALTER COLUMN TYPE")) return otherType(alter);
    return columnOrNothing(judged, alter);
  })(judged, work);
}

function allRows({ oneLine, node }: Judged, work: Work | null): string {
  const isPlain = ["fromClause", "usingClause", "returningList", "returningClause", "withClause"]
    .every((clause) => node[clause] === undefined);
  return isPlain
    ? `${shortened(oneLine)}\nWHERE key > … AND key <= …;\n-- for one range of the key of ${
      work!.relation
    } after another, each a transaction by itself`
    : `Change one range of the key of ${
      work!.relation
    } after another, by a WHERE, each in a transaction by itself.`;
}

function renameColumn({ node, known }: Judged): string {
  const { name, columns } = known.relation(written(fields(node["relation"])));
  const [from, to] = [word(node["subname"]), word(node["newname"])];
  const type = columns.find((column) => column.name === from)?.type ?? "…";
  return [
    `ALTER TABLE ${name} ADD COLUMN ${quoted(to)} ${type};`,
    `-- a trigger that keeps ${quoted(from)} and ${
      quoted(to)
    } alike; fill the rows that are there, some at a time`,
    `-- drop ${quoted(from)} in a later change, when no program asks for it any more`,
  ].join("\n");
}

function renameRelation({ oneLine, node, known, transaction }: Judged): string {
  const { name } = known.relation(written(fields(node["relation"])));
  const schema = name.slice(0, name.length - lastPart(name).length);
  const to = node["newname"] === undefined
    ? `${quoted(word(node["newschema"]))}.${lastPart(name)}`
    : `${schema}${quoted(word(node["newname"]))}`;
  const steps = [`${oneLine};`, `CREATE VIEW ${name} AS SELECT * FROM ${to};`];
  return (transaction === null ? ["BEGIN;", ...steps, "COMMIT;"] : steps).join("\n");
}
