import type { Catalogue } from "./catalogue.ts";
import type { LintFinding } from "../model/lint.ts";
import type { Judged } from "./judged.ts";
import { listed, quoted, written } from "./names.ts";
import { fields, nodes, word } from "./nodes.ts";
import type { SqlNode } from "../postgres/sql_parser.ts";
import type { Relation } from "./relations.ts";
import { safeForm } from "./safe_forms.ts";

/** What is to be said once the transaction has ended, of the database as it is then. */
export type Later = (after: Catalogue) => LintFinding[];

/** What makes programs fail that work today: they may have got back what they use before others see that it went. */
export function programs(judged: Judged): Later {
  const { kind, node, transaction } = judged;
  const nothing = () => [];
  if (kind === "RenameStmt") return renames(judged);
  if (kind === "AlterObjectSchemaStmt" && node["relation"] !== undefined) {
    return relationGone(judged, written(fields(node["relation"])), "rename-relation");
  }
  if (kind === "TruncateStmt") return () => truncated(judged);
  if (kind === "DropStmt") {
    if (!/^OBJECT_(TABLE|VIEW|MATVIEW)$/.test(word(node["removeType"]))) return nothing;
    const each = nodes(node["objects"]).map((object) =>
      relationGone(judged, listed(object), "drop-relation")
    );
    return (after) => each.flatMap((later) => later(after));
  }
  if (kind !== "AlterTableStmt") return nothing;
  const table = judged.known.relation(written(fields(node["relation"])));
  const dropped = nodes(node["cmds"]).map(({ AlterTableCmd }) => fields(AlterTableCmd))
    .filter((command) => command["subtype"] === "AT_DropColumn" && !isGone(command, table))
    .map(({ name }) => word(name));
  for (const name of dropped) transaction?.dropped.add(`${table.name}.${name}`);
  const each = dropped.map((name) => columnDropped(judged, table.name, name));
  return (after) => each.flatMap((later) => later(after));
}

/** Whether `IF EXISTS` is said of a column that is known not to be there. */
function isGone({ missing_ok, name }: SqlNode, { columns }: Relation): boolean {
  return missing_ok === true && columns.length > 0 && !columns.some((column) => column.name === name);
}

function columnDropped(judged: Judged, table: string, name: string): Later {
  const { known } = judged;
  if (known.relation(table).isNew || known.isAdded(table, name)) return () => [];
  const found: LintFinding = {
    rule: "drop-column",
    level: "warning",
    message: `Whoever still asks for ${
      quoted(name)
    } of ${table} gets error 42703 from then on, and its values are gone.`,
    safe: safeForm("drop-column", judged, null),
  };
  const isBack = (after: Catalogue) =>
    after.find(table)?.columns.some((column) => column.name === name) === true;
  return (after) => isBack(after) ? [] : [found];
}

function renames(judged: Judged): Later {
  const { node, known, transaction } = judged;
  const type = word(node["renameType"]);
  if (type === "OBJECT_SCHEMA") return () => [schemaRenamed(quoted(word(node["subname"])))];
  if (node["relation"] === undefined) return () => [];
  const table = known.relation(written(fields(node["relation"])));
  if (/^OBJECT_(TABLE|VIEW|MATVIEW)$/.test(type)) return relationGone(judged, table.name, "rename-relation");
  if (type !== "OBJECT_COLUMN") return () => [];
  const [from, to] = [word(node["subname"]), word(node["newname"])];
  const isSwap = transaction?.dropped.has(`${table.name}.${to}`) === true;
  if (table.isNew || isSwap || known.isAdded(table.name, from)) return () => [];
  // Before the statement is put into what is known.
  const safe = safeForm("rename-column", judged, null);
  return (after) =>
    after.find(table.name)?.columns.some(({ name }) => name === from) === true ? [] : [{
      rule: "rename-column",
      level: "blocking",
      message: `Whoever asks for ${
        quoted(from)
      } of ${table.name} gets error 42703 from then on, until all programs say ${quoted(to)}.`,
      safe,
    }];
}

/** A relation's name is gone, unless something else has it by then. */
function relationGone(judged: Judged, written: string, rule: "rename-relation" | "drop-relation"): Later {
  const { name, isNew, kind } = judged.known.relation(written);
  if (isNew) return () => [];
  const safe = safeForm(rule, judged, null);
  return (after) =>
    // What is dropped or renamed is no longer known, unless something else has come in its place.
    after.find(name) !== undefined ? [] : [{
      rule,
      level: rule === "rename-relation" ? "blocking" : "warning",
      message: `Whoever asks for ${name} gets error 42P01 from then on${
        rule === "drop-relation" && kind === "table" ? ", and its rows are gone" : ""
      }.`,
      safe,
    }];
}

function schemaRenamed(schema: string): LintFinding {
  return {
    rule: "rename-relation",
    level: "blocking",
    message: `Whoever asks for anything in the schema ${schema} gets an error from then on.`,
    safe: null,
  };
}

function truncated({ effects: { locks }, known }: Judged): LintFinding[] {
  const names = locks.map(({ relation }) => relation).filter((name) => !known.relation(name).isNew);
  if (names.length === 0) return [];
  return [{
    rule: "truncate",
    level: "warning",
    message: `All rows of ${
      names.join(", ")
    } are gone, and ACCESS EXCLUSIVE keeps everybody out until the transaction ends.`,
    safe: "DELETE some rows at a time, where others use the table meanwhile.",
  }];
}
