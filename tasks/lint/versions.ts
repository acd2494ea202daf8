import type { SqlNode } from "../postgres/sql_parser.ts";
import type { Catalogue } from "./catalogue.ts";
import { fields, nodes, within, word } from "./nodes.ts";
import { written } from "./names.ts";

/** What PostgreSQL can do, or does otherwise, from a version on. */
export interface Difference {
  /** The first version that does. */
  readonly since: number;
  /** As it is written, or called. */
  readonly what: string;
  /** How older versions take it. */
  readonly before: string;
  /** Whether a statement says it, and is refused by older versions; null: it only has other effects there. */
  readonly says: ((kind: string, node: SqlNode, known: Catalogue) => boolean) | null;
}

/** The subcommands of ALTER TABLE. */
function commands(kind: string, node: SqlNode): readonly SqlNode[] {
  return kind === "AlterTableStmt"
    ? nodes(node["cmds"]).map(({ AlterTableCmd }) => fields(AlterTableCmd))
    : [];
}

function hasCommand(kind: string, node: SqlNode, subtype: string): boolean {
  return commands(kind, node).some((command) => command["subtype"] === subtype);
}

function hasConstraint(node: SqlNode, is: (constraint: SqlNode) => boolean): boolean {
  return within(node, "Constraint").some(is);
}

function isPartitioned(node: SqlNode, known: Catalogue): boolean {
  return node["relation"] !== undefined &&
    known.relation(written(fields(node["relation"]))).kind === "partitioned table";
}

/** By the release notes of PostgreSQL 14 to 18, and tried on 14.23, 15.18, 16.14, 17.10 and 18.4; the oldest first. */
export const DIFFERENCES: readonly Difference[] = [
  {
    since: 15,
    what: "MERGE",
    before: "is refused",
    says: (kind) => kind === "MergeStmt",
  },
  {
    since: 15,
    what: "UNIQUE NULLS NOT DISTINCT",
    before: "is refused",
    says: (kind, node) =>
      kind === "IndexStmt" && node["nulls_not_distinct"] === true ||
      hasConstraint(node, ({ nulls_not_distinct }) => nulls_not_distinct === true),
  },
  {
    since: 15,
    what: "ALTER TABLE … SET ACCESS METHOD",
    before: "is refused",
    says: (kind, node) => hasCommand(kind, node, "AT_SetAccessMethod"),
  },
  {
    since: 15,
    what: "CLUSTER of a partitioned table",
    before: "is refused",
    says: (kind, node, known) => kind === "ClusterStmt" && isPartitioned(node, known),
  },
  {
    since: 15,
    what: "ALTER TRIGGER … RENAME on a partitioned table",
    before: "renames that of the table alone, and locks no partition",
    says: null,
  },
  {
    since: 16,
    what: "STORAGE in CREATE TABLE",
    before: "is refused",
    says: (kind, node) =>
      kind === "CreateStmt" &&
      within(node, "ColumnDef").some(({ storage_name }) => storage_name !== undefined),
  },
  {
    since: 17,
    what: "ALTER COLUMN … SET EXPRESSION",
    before: "is refused",
    says: (kind, node) => hasCommand(kind, node, "AT_SetExpression"),
  },
  {
    since: 18,
    what: "VIRTUAL, of generated columns",
    before: "is refused",
    says: (_kind, node) =>
      hasConstraint(
        node,
        ({ contype, generated_kind }) => contype === "CONSTR_GENERATED" && generated_kind === "v",
      ),
  },
  {
    since: 18,
    what: "ADD CONSTRAINT … NOT NULL, also as NOT VALID",
    before: "is refused; there, validate a CHECK and then SET NOT NULL",
    says: (kind, node) =>
      commands(kind, node).some(({ subtype, def }) =>
        subtype === "AT_AddConstraint" &&
        word(fields(fields(def)["Constraint"])["contype"]) === "CONSTR_NOTNULL"
      ),
  },
  {
    since: 18,
    what: "NOT ENFORCED, of constraints",
    before: "is refused",
    says: (kind, node) =>
      hasConstraint(
        node,
        ({ contype, is_enforced }) => /^CONSTR_(CHECK|FOREIGN)$/.test(word(contype)) && is_enforced !== true,
      ) || commands(kind, node).some(({ def }) =>
        fields(fields(def)["ATAlterConstraint"])["alterEnforceability"] === true
      ),
  },
  {
    since: 18,
    what: "a foreign key that is NOT VALID on a partitioned table",
    before: "is refused",
    says: (kind, node, known) =>
      isPartitioned(node, known) &&
      commands(kind, node).some(({ def }) => {
        const { contype, skip_validation } = fields(fields(def)["Constraint"]);
        return contype === "CONSTR_FOREIGN" && skip_validation === true;
      }),
  },
  {
    since: 18,
    what: "WITHOUT OVERLAPS, and PERIOD of foreign keys",
    before: "is refused",
    says: (_kind, node) =>
      hasConstraint(
        node,
        ({ without_overlaps, fk_with_period }) => without_overlaps === true || fk_with_period === true,
      ),
  },
  {
    since: 18,
    what: "GRANT and REVOKE on a table",
    before: "takes no lock, where it takes ACCESS SHARE now",
    says: null,
  },
];

/** What a statement says that a version does not know yet. */
export function tooNew(kind: string, node: SqlNode, known: Catalogue, version: number): Difference[] {
  return DIFFERENCES.filter(({ since, says }) => since > version && says?.(kind, node, known) === true);
}
