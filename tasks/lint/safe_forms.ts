import type { Work } from "../model/statement_effects.ts";
import type { Judged } from "./judged.ts";
import { lastPart, quoted, written } from "./names.ts";
import { fields, nodes, word } from "./nodes.ts";
import type { RuleName } from "./rules.ts";
import { addedConstraint, commandOf } from "./safe_parts.ts";
import { typeName } from "./type_names.ts";
import { volatileCall } from "./volatile.ts";

type SafeForm = (judged: Judged, work: Work | null) => string | null;

/** What to write instead, with the user's own names; null: nothing better is known. */
export function safeForm(rule: RuleName, judged: Judged, work: Work | null): string | null {
  return FORMS[rule]?.(judged, work) ?? null;
}

const FORMS: Partial<Record<RuleName, SafeForm>> = {
  "rewrite": rewrite,
  "set-not-null": (judged, work) => {
    const column = word(commandOf(judged, "AT_SetNotNull")?.["name"]) || "…";
    return notNull(work!.relation, column);
  },
  "add-check": validated,
  "add-foreign-key": (judged, work) => inlineKey(judged, work!) ?? validated(judged, work),
  "add-key": addKey,
  "create-index": ({ oneLine }) => `${oneLine.replace(/\bINDEX\b/i, "INDEX CONCURRENTLY")};`,
  "reindex": ({ oneLine }) => `${oneLine.replace(/\b(TABLE|INDEX)\b/i, "$1 CONCURRENTLY")};`,
  "attach-partition": attach,
  "refresh": refresh,
  "domain": ({ oneLine }) =>
    `${oneLine} NOT VALID;\n-- and later, where it reads the rows all the same:\n-- ALTER DOMAIN … VALIDATE CONSTRAINT …;`,
  "work-under-lock": (_judged, work) =>
    `Do the work on ${
      work!.relation
    } in a transaction of its own, before the lock is taken or after it is free again; keep in this one only what takes a moment.`,
  "lock-queue": ({ oneLine, transaction }) =>
    `SET lock_timeout = '100ms';\n${
      transaction === null ? `${shortened(oneLine)};\n` : ""
    }-- and where it gives up: try again after a moment`,
  "lock-table": () =>
    "Leave it out where each statement takes the lock that it needs; keep the transaction short where it does not.",
  "drop-index": ({ oneLine }) => `${oneLine.replace(/\bINDEX\b/i, "INDEX CONCURRENTLY")};`,
  "detach-partition": ({ oneLine }) => `${oneLine} CONCURRENTLY;`,
  "all-rows": ({ oneLine }, work) =>
    `${shortened(oneLine)}\nWHERE key > … AND key <= …;\n-- for one range of the key of ${
      work!.relation
    } after another, each a transaction by itself`,
  "rename-column": renameColumn,
  "rename-relation": renameRelation,
  "drop-column": () =>
    "First have no program ask for it (also SELECT * and lists of columns in INSERT); drop it in a later change.",
  "drop-relation": () => "First have no program ask for it; drop it in a later change.",
  "not-null-without-default": (judged, work) => {
    const column = fields(fields(commandOf(judged, "AT_AddColumn")?.["def"])["ColumnDef"]);
    return addedInSteps(
      work!.relation,
      quoted(word(column["colname"])),
      typeName(fields(column["typeName"])),
      "…",
    );
  },
};

/** So that what is shown fits on a few lines. */
function shortened(sql: string): string {
  return sql.length > 300 ? `${sql.slice(0, 300)} …` : sql;
}

function notNull(table: string, column: string): string {
  const name = quoted(`${column}_not_null`);
  return [
    `ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (${quoted(column)} IS NOT NULL) NOT VALID;`,
    `ALTER TABLE ${table} VALIDATE CONSTRAINT ${name};`,
    `ALTER TABLE ${table} ALTER COLUMN ${
      quoted(column)
    } SET NOT NULL; -- believes the check, and reads no row`,
    `ALTER TABLE ${table} DROP CONSTRAINT ${name};`,
  ].join("\n");
}

/** A constraint that binds new rows at once, and has the old ones read beside those who write. */
function validated(judged: Judged, work: Work | null): string | null {
  const constraint = addedConstraint(judged, work!);
  if (constraint === null) return null;
  const { definition, name } = constraint;
  const table = work!.relation;
  return [
    definition === null
      ? `ALTER TABLE ${table} ADD CONSTRAINT ${name} … NOT VALID;`
      : `${definition} NOT VALID;`,
    `ALTER TABLE ${table} VALIDATE CONSTRAINT ${name};`,
  ].join("\n");
}

/** A column that comes with a reference: without a default none of its rows is looked up. */
function inlineKey(judged: Judged, { relation, columns: [column] }: Work): string | null {
  const added = fields(fields(commandOf(judged, "AT_AddColumn")?.["def"])["ColumnDef"]);
  if (word(added["colname"]) !== column) return null;
  const type = typeName(fields(added["typeName"]));
  const key = nodes(added["constraints"]).map(({ Constraint }) => fields(Constraint)).find(({ pktable }) =>
    pktable !== undefined
  );
  const into = key === undefined ? "…" : written(fields(key["pktable"]));
  const name = quoted(`${lastPart(relation).replaceAll('"', "")}_${column}_fkey`);
  return [
    `ALTER TABLE ${relation} ADD COLUMN ${quoted(column!)} ${type};`,
    `ALTER TABLE ${relation} ADD CONSTRAINT ${name} FOREIGN KEY (${
      quoted(column!)
    }) REFERENCES ${into} NOT VALID;`,
    `-- fill it, some rows at a time`,
    `ALTER TABLE ${relation} VALIDATE CONSTRAINT ${name};`,
  ].join("\n");
}

function addKey({ node, known }: Judged, work: Work | null): string | null {
  const { relation, columns } = work!;
  if (work!.kind !== "index build" || columns.length === 0) return null;
  const constraint = nodes(node["cmds"]).map(({ AlterTableCmd }) =>
    fields(fields(fields(AlterTableCmd)["def"])["Constraint"])
  )
    .find(({ contype }) => contype === "CONSTR_PRIMARY" || contype === "CONSTR_UNIQUE");
  if (constraint === undefined) return null;
  const isPrimary = constraint["contype"] === "CONSTR_PRIMARY";
  const ending = isPrimary ? "pkey" : `${columns.join("_")}_key`;
  const name = quoted(
    word(constraint["conname"]) || `${lastPart(known.relation(relation).name).replaceAll('"', "")}_${ending}`,
  );
  return [
    `CREATE UNIQUE INDEX CONCURRENTLY ${name} ON ${relation} (${columns.map(quoted).join(", ")});`,
    ...isPrimary
      ? ["-- each column NOT NULL before, by a check that is validated: see the rule set-not-null"]
      : [],
    `ALTER TABLE ${relation} ADD CONSTRAINT ${name} ${
      isPrimary ? "PRIMARY KEY" : "UNIQUE"
    } USING INDEX ${name};`,
  ].join("\n");
}

function attach({ oneLine, node, known }: Judged, work: Work | null): string | null {
  const { relation } = work!;
  const table = lastPart(relation).replaceAll('"', "");
  if (work!.kind === "index build") {
    return `CREATE INDEX CONCURRENTLY ON ${relation} (${
      work!.columns.join(", ")
    });\n-- one like each index of the table that it becomes a part of, before:\n${oneLine};`;
  }
  const isOther = known.relation(relation).isDefault;
  const bounds = isOther ? "none of its rows belongs into the new one" : "all its rows are within the bounds";
  const key = known.relation(written(fields(node["relation"]))).partitionKey;
  return [
    `ALTER TABLE ${relation} ADD CONSTRAINT ${
      quoted(`${table}_bounds`)
    } CHECK (…) NOT VALID; -- says that ${bounds}${key === null ? "" : `, by ${key}`}`,
    `ALTER TABLE ${relation} VALIDATE CONSTRAINT ${quoted(`${table}_bounds`)};`,
    `${oneLine};`,
    `ALTER TABLE ${relation} DROP CONSTRAINT ${quoted(`${table}_bounds`)};`,
  ].join("\n");
}

function refresh({ oneLine, known }: Judged, work: Work | null): string {
  const view = known.relation(work!.relation);
  const isUnique = known.indexesOf(view.name).some(({ index }) => index?.unique);
  return [
    ...isUnique ? [] : [
      `CREATE UNIQUE INDEX ON ${view.name} (…); -- of columns that tell its rows apart: CONCURRENTLY needs it`,
    ],
    `${oneLine.replace(/\bVIEW\b/i, "VIEW CONCURRENTLY")};`,
  ].join("\n");
}

function addedInSteps(table: string, column: string, type: string, value: string): string {
  return [
    `ALTER TABLE ${table} ADD COLUMN ${column} ${type};`,
    `ALTER TABLE ${table} ALTER COLUMN ${column} SET DEFAULT ${value};`,
    `-- UPDATE ${table} SET ${column} = ${value} WHERE ${column} IS NULL AND key > … AND key <= …, some rows at a time`,
    `-- then NOT NULL by a check that is validated: see the rule set-not-null`,
  ].join("\n");
}

function rewrite(judged: Judged, work: Work | null): string | null {
  const { relation, of } = work!;
  if (of.endsWith("ADD COLUMN")) {
    const column = fields(fields(commandOf(judged, "AT_AddColumn")?.["def"])["ColumnDef"]);
    const call = volatileCall(column["constraints"], judged.known)?.call ?? "…";
    return addedInSteps(
      relation,
      quoted(word(column["colname"])),
      typeName(fields(column["typeName"])),
      call,
    );
  }
  if (of.endsWith("ALTER COLUMN TYPE")) return otherType(judged, relation);
  if (of === "VACUUM FULL" || of === "CLUSTER") {
    return `VACUUM ${relation}; -- makes room for new rows in the file\n-- and where the file itself must become smaller: the extension pg_repack`;
  }
  return null;
}

function otherType(judged: Judged, table: string): string {
  const command = commandOf(judged, "AT_AlterColumnType");
  const name = word(command?.["name"]);
  const type = typeName(fields(fields(fields(command?.["def"])["ColumnDef"])["typeName"]));
  const [column, next] = [quoted(name), quoted(`${name}_new`)];
  return [
    `ALTER TABLE ${table} ADD COLUMN ${next} ${type};`,
    `-- a trigger that sets ${next} to ${column} wherever a row is inserted or updated`,
    `-- UPDATE ${table} SET ${next} = ${column} WHERE ${next} IS DISTINCT FROM ${column} AND key > … AND key <= …, some rows at a time`,
    `-- and, in one transaction under lock_timeout: drop the trigger and ${column}, rename ${next} to ${column}`,
  ].join("\n");
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

function renameRelation({ oneLine, node, known }: Judged): string {
  const { name } = known.relation(written(fields(node["relation"])));
  const schema = name.slice(0, name.length - lastPart(name).length);
  const to = node["newname"] === undefined
    ? `${quoted(word(node["newschema"]))}.${lastPart(name)}`
    : `${schema}${quoted(word(node["newname"]))}`;
  return ["BEGIN;", `${oneLine};`, `CREATE VIEW ${name} AS SELECT * FROM ${to};`, "COMMIT;"].join("\n");
}
